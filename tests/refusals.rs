//! Reaches: bad requests are refused with a sentence that says where and what would do, nothing that
//! a person or a file can send makes the engine panic, and a run that diverges stops in time.

#![cfg(not(target_arch = "wasm32"))]

#[path = "refusals/fuzz.rs"]
mod fuzz;
#[path = "refusals/steps.rs"]
mod steps;

use glassbox::experiment::{Experiment, read_fit};
use glassbox::model::Sequential;
use glassbox::model::config::ModelConfig;
use glassbox::options::error::ConfigError;
use glassbox::run::{Run, Set};
use glassbox::training::fit::Fit;
use glassbox::training::trainer::{CompileConfig, Examples, Trainer};
use serde_json::{Value as Json, json};

/// An experiment that is in order.
fn good() -> Json {
    json!({
        "data": {"class_name": "Xor", "config": {"n": 20}},
        "model": {"class_name": "Sequential", "config": {"layers": [
            {"class_name": "InputLayer", "config": {"batch_shape": [null, 2]}},
            {"class_name": "Dense", "config": {"units": 3, "activation": "tanh"}},
            {"class_name": "Dropout", "config": {"rate": 0.1}},
            {"class_name": "Dense", "config": {"units": 1, "activation": "sigmoid"}},
        ]}},
        "compile": {
            "optimizer": {"class_name": "Adam", "config": {"learning_rate": 0.01}},
            "loss": {"class_name": "BinaryCrossentropy", "config": {"label_smoothing": 0.1}},
            "metrics": ["accuracy"],
        },
        "fit": {"epochs": 2, "batch_size": 8, "validation_split": 0.2},
        "seed": 42,
    })
}

/// The same, with what stands at `pointer` (RFC 6901) replaced or, in an object, added.
fn with(pointer: &str, value: Json) -> Json {
    let mut json = good();
    let (outer, key) = pointer.rsplit_once('/').unwrap();
    let at = json
        .pointer_mut(outer)
        .unwrap_or_else(|| panic!("{pointer}"));
    match at {
        Json::Array(list) => list[key.parse::<usize>().unwrap()] = value,
        _ => at[key] = value,
    }
    json
}

fn set_up(text: &str) -> Result<Run, ConfigError> {
    Run::new(Experiment::read(text)?, None)
}

/// A refusal is a sentence: it ends like one and is not a page long, and it names its place.
fn fault<T>(answer: Result<T, ConfigError>, place: &str, words: &[&str]) -> Option<String> {
    let Err(refusal) = answer else {
        return Some(format!("{place}: was not refused, for {words:?}"));
    };
    let message = &refusal.message;
    let short = message.chars().count() < 400;
    let ends = message.ends_with(['.', '?']);
    let says = words.iter().all(|words| message.contains(words));
    let good = refusal.path == place && short && ends && says;
    (!good).then(|| format!("{place}: {words:?} wanted, but: {refusal}"))
}

fn none(faults: Vec<String>) {
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

/// What is put where into the good experiment; what the sentence must contain; and its place, where
/// that is another (`+`: further inside).
const BAD: &str = r#"
    Numbers outside their range.
/model/config/layers/1/config/units = 0 | 'units' is 0; try 1
/model/config/layers/1/config/units = -3 | try 1
/model/config/layers/1/config/units = 2.5 | 2.5; whole number
/model/config/layers/1/config/units = 1e9 | try 100000
/model/config/layers/1/config/units = 1e300 | whole number
/model/config/layers/2/config/rate = 1.5 | try 1
/compile/optimizer/config/learning_rate = -1 | 'learning_rate' is -1; try 0
/compile/loss/config/label_smoothing = 2 | try 1
/fit/epochs = 0 | try 1
/fit/batch_size = 0 | try 1
/fit/batch_size = 1000000000 | try 100000
/fit/validation_split = 1 | try 0.99
/fit/validation_split = -0.1 | try 0
/data/config/n = 1 | try 10
/seed = -1 | -1; try 42
/seed = 4294967296 | 4294967295
/seed = "42" | try 42

    Names that do not exist, and what was meant.
/model/config/layers/1/class_name = "Dence" | 'Dence'; 'Dense'
/model/config/layers/1/config/activation = "sigmoyd" | 'sigmoid' @ +.class_name
/model/config/layers/1/config/activation = "quantum" | Choose one of; softmax @ +.class_name
/model/config/layers/1/config/unit = 3 | 'units'
/model/config/layers/1/config/kernel_initializer = "glorot" | glorot_uniform @ +.class_name
/compile/loss = "binary_crossentrpy" | 'binary_crossentropy' @ +.class_name
/compile/loss/class_name = "MeanSquareError" | 'MeanSquaredError'
/compile/loss/config/from_logit = true | 'from_logits'
/compile/loss/config/reduction = "meen" | 'mean'
/compile/optimizer/config/gradient_accumulation_steps = 1 | try 2
/compile/optimizer/config/ema_overwrite_frequency = 0 | try 1
/compile/optimizer = "adm" | 'adam' @ +.class_name
/compile/optimizer/config/learningrate = 1 | 'learning_rate'
/compile/metrics/0 = "acuracy" | 'accuracy' @ +.class_name
/compile/metric = [] | 'metrics'
/fit/epoch = 3 | 'epochs'
/data/class_name = "Spirl" | 'Spiral'
/modell = {} | 'model'
/model/class_name = "Sequentiel" | 'Sequential'

    Things of another kind.
/data = 7 | 7 is not a dataset
/data = {"config": {}} | class_name @ +.class_name
/data/config = [1] | not an object
/model = "Dense" | not a model
/model/config = 1 | no list of layers @ +.layers
/model/config/layers = {} | no list of layers
/model/config/layers = [] | at least one
/model/config/layers/1 = 5 | 5 is not a layer
/model/config/layers/1 = {} | Dense @ +.class_name
/model/config/layers/1/config = {} | needs 'units' @ +.units
/model/config/layers/1/config/units = "many" | "many"; whole number
/model/config/layers/1/config/units = null | null; whole number
/model/config/layers/1/config/use_bias = "yes" | true or false
/model/config/layers/1/config/trainable = "no" | true or false
/model/config/layers/1/config/name = 3 | text
/model/config/layers/1/config/activation = [] | is not an activation
/compile = null | optimizer, loss and metrics
/compile/loss = null | no loss
/compile/metrics = "accuracy" | ["accuracy"]
/compile/optimizer/config/learning_rate = "fast" | "fast"; a number
/compile/optimizer/config/learning_rate = ["fast"] | a number; learning rate schedule
/compile/optimizer/config/learning_rate = {"class_name": "ExponentialDecay"} | needs 'initial_learning_rate' @ +.config.initial_learning_rate
/compile/optimizer/config/learning_rate = {"class_name": "ExponentialDecey"} | 'ExponentialDecay' @ +.class_name
/fit = [] | epochs
/fit/shuffle = 1 | true or false

    Parts that do not fit each other.
/model/config/layers/0/config/batch_shape = [null, 3] | [3]; [2]
/model/config/layers/0/config/batch_shape = [null, 0] | sizes from 1
/model/config/layers/0/config/batch_shape = "wide" | "wide"
/model/config/layers/0/config = {} | needs a shape @ +.batch_shape
/model/config/layers/2 = {"class_name": "InputLayer"} | comes first @ +.config.batch_shape
/model/config/layers/3/config/name = "dense" | 'dense'
/model/config/layers/3/config/units = 4 | 2 classes; 4 numbers; 1 unit
/compile/loss = "categorical_crossentropy" | 2 units; BinaryCrossentropy @ model.config.layers[3].config.units
/compile/loss = "sparse_categorical_crossentropy" | 2 units; BinaryCrossentropy @ model.config.layers[3].config.units
/compile/metrics/0 = "sparse_categorical_crossentropy" | class numbers
/compile/optimizer/config = {"clipnorm": 1, "clipvalue": 0.5} | 'clipnorm'; 'clipvalue'; leave one @ +.clipvalue
/compile/optimizer/config/learning_rate = {"class_name": "PiecewiseConstantDecay", "config": {"boundaries": [5], "values": [0.1]}} | 1 boundaries; 1 values; one value more @ +.config.values
/fit/validation_split = 0.99 | nothing to train on
/data = "Digits01" | digits01.bin @ +.dataset
"#;

/// A line of [`BAD`]: the experiment, the place, the words.
fn bad(line: &str) -> (Json, String, Vec<&str>) {
    let (pointer, rest) = line.split_once(" = ").unwrap();
    let (value, rest) = rest.rsplit_once(" | ").unwrap();
    let (words, other) = rest.split_once(" @ ").unwrap_or((rest, "+"));
    let json = with(pointer, serde_json::from_str(value).unwrap());
    let mut place = String::new();
    for part in pointer.split('/').skip(1) {
        match part.parse::<usize>() {
            Ok(i) => place += &format!("[{i}]"),
            Err(_) if place.is_empty() => place += part,
            Err(_) => place += &format!(".{part}"),
        }
    }
    match other.strip_prefix('+') {
        Some(inside) => place += inside,
        None => place = other.to_string(),
    }
    (json, place, words.split("; ").collect())
}

#[test]
fn reaches_a_sentence_for_every_bad_experiment() {
    assert!(set_up(&good().to_string()).is_ok());
    let lines: Vec<&str> = BAD.lines().filter(|l| l.starts_with('/')).collect();
    assert!(lines.len() > 60);
    let check = |line: &&str| {
        let (json, place, words) = bad(line);
        fault(set_up(&json.to_string()), &place, &words)
    };
    none(lines.iter().filter_map(check).collect());
}

#[test]
fn reaches_a_sentence_for_every_experiment_that_is_too_large_or_odd() {
    let dense = |units: u32| json!({"class_name": "Dense", "config": {"units": units}});
    let input = json!({"class_name": "InputLayer", "config": {"batch_shape": [null, 2]}});
    let asked = |data: Json, layers: Vec<Json>, compile: Json, batch: u32| {
        let fit = json!({"batch_size": batch});
        let model = json!({"layers": layers});
        set_up(
            &json!({"data": data, "model": model, "compile": compile, "fit": fit, "seed": 1})
                .to_string(),
        )
    };
    let xor = json!({"class_name": "Xor", "config": {"n": 10_000}});
    let large = |layers| asked(xor.clone(), layers, json!({"loss": "mse"}), 10_000);
    let blobs = |compile| asked(json!("Blobs"), vec![dense(4)], compile, 32);
    let (e5, e4) = (100_000, 10_000);
    let faults = [
        fault(
            large(vec![dense(e5), dense(e5), dense(1)]),
            "model.config.layers[1].config.units",
            &["'dense_1'", "16 million", "fewer units"],
        ),
        fault(
            large(vec![input, dense(1), dense(e5), dense(e4)]),
            "model.config.layers[3].config.units",
            &["'dense_2'", "fewer units"],
        ),
        fault(large(vec![dense(1); 201]), "model.layers", &["201", "200"]),
        fault(
            large(vec![dense(e5), dense(1)]),
            "fit.batch_size",
            &["10000 examples", "at most"],
        ),
        fault(
            blobs(json!({"loss": "scce", "weighted_metrics": ["mse"]})),
            "compile.weighted_metrics[0]",
            &["'mean_squared_error'", "one target per output"],
        ),
        fault(
            blobs(json!({
                "loss": {"class_name": "SparseCategoricalCrossentropy", "config": {"ignore_class": 3}},
                "metrics": ["accuracy", "sparse_categorical_crossentropy"],
            })),
            "compile.metrics[1]",
            &["ignore_class"],
        ),
    ];
    none(faults.into_iter().flatten().collect());
}

/// A compiled model of two inputs, for the loss given.
fn trainer(loss: &str, units: usize) -> Trainer {
    let layers = json!({"layers": [{"class_name": "Dense", "config": {"units": units}}]});
    let model = Sequential::build(&ModelConfig::read(&layers).unwrap(), &vec![2], 1).unwrap();
    let compile = CompileConfig::read(&json!({"loss": loss})).unwrap();
    Trainer::new(model, &compile, 4).unwrap()
}

#[test]
fn reaches_a_sentence_for_every_bad_array() {
    let x = [0.0, 1.0, 2.0, 3.0];
    let (nan, inf) = (f32::NAN, f32::INFINITY);
    type Case<'a> = (
        &'a str,
        usize,
        &'a [f32],
        &'a [f32],
        Option<&'a [f32]>,
        &'a str,
        &'a [&'a str],
    );
    let cases: &[Case] = &[
        ("mse", 1, &[], &[], None, "x", &["0 numbers", "2 inputs"]),
        ("mse", 1, &x[..3], &[0.0], None, "x", &["3 numbers"]),
        (
            "mse",
            1,
            &x,
            &[0.0],
            None,
            "y",
            &["1 numbers", "2 examples", "1 target "],
        ),
        ("mse", 3, &x, &[0.0; 4], None, "y", &["3 targets", "need 6"]),
        (
            "mse",
            1,
            &[0.0, 1.0, nan, 0.0],
            &[0.0, 1.0],
            None,
            "x",
            &["NaN", "row 1, column 0"],
        ),
        (
            "mse",
            1,
            &[0.0, 1.0, 2.0, -inf],
            &[0.0, 1.0],
            None,
            "x",
            &["-inf", "row 1, column 1"],
        ),
        ("mse", 1, &x, &[0.0, inf], None, "y", &["inf in row 1"]),
        (
            "mse",
            1,
            &x,
            &[0.0, 1.0],
            Some(&[1.0]),
            "sample_weight",
            &["2 finite numbers"],
        ),
        (
            "mse",
            1,
            &x,
            &[0.0, 1.0],
            Some(&[1.0, nan]),
            "sample_weight",
            &["finite"],
        ),
        (
            "bce",
            1,
            &x,
            &[0.0, 1.5],
            None,
            "y",
            &["1.5 in row 1", "from 0 to 1"],
        ),
        (
            "bce",
            1,
            &x,
            &[-1.0, 1.0],
            None,
            "y",
            &["-1 in row 0", "from 0 to 1"],
        ),
        (
            "cce",
            2,
            &x,
            &[0.0, 1.0, 2.0, 0.0],
            None,
            "y",
            &["2 in row 1", "from 0 to 1"],
        ),
        (
            "scce",
            3,
            &x,
            &[0.0, 3.0],
            None,
            "y",
            &["3 in row 1", "from 0 to 2"],
        ),
        (
            "scce",
            3,
            &x,
            &[0.5, 1.0],
            None,
            "y",
            &["0.5 in row 0", "from 0 to 2"],
        ),
        ("scce", 3, &x, &[0.0, -1.0], None, "y", &["-1 in row 1"]),
        ("scce", 3, &x, &[0.0, 3e9], None, "y", &["row 1"]),
    ];
    let check = |(loss, units, x, t, w, place, words): &Case| {
        let mut trainer = trainer(loss, *units);
        let data = Examples {
            x: x.to_vec(),
            t: t.to_vec(),
            weights: w.map(<[f32]>::to_vec),
        };
        let fit = read_fit(&json!({"batch_size": 4})).unwrap();
        let begun = Fit::new(&mut trainer, &fit, data.clone(), None, 1).map(drop);
        let good = Examples {
            x: vec![0.0, 1.0],
            t: vec![0.0; trainer.n_targets()],
            weights: None,
        };
        let validated = Fit::new(&mut trainer, &fit, good, Some(data), 1).map(drop);
        let inner = format!("validation_data.{place}");
        fault(begun, place, words).or(fault(validated, &inner, words))
    };
    none(cases.iter().filter_map(check).collect());
}

#[test]
fn reaches_a_sentence_for_every_other_bad_argument() {
    let mut run = set_up(&good().to_string()).unwrap();
    let n = run.model().n_parameters();
    let mut model = trainer("mse", 1).model;
    let mut weights = vec![0.5; 3];
    let before = model.weights_hash();
    let config =
        ModelConfig::read(&json!({"layers": [{"class_name": "Dense", "config": {"units": 1}}]}));
    let build =
        |shape: &[usize]| Sequential::build(config.as_ref().unwrap(), &shape.to_vec(), 1).map(drop);
    let huge = "config.layers[0].config.batch_shape";
    let compile = |units: usize| {
        let layers = json!({"layers": [{"class_name": "Dense", "config": {"units": units}}]});
        let model = Sequential::build(&ModelConfig::read(&layers)?, &vec![2], 1)?;
        let compile = CompileConfig::read(&json!({"loss": "scce"}))?;
        Trainer::new(model, &compile, 4).map(drop)
    };
    let mut faults = vec![
        fault(
            compile(1),
            "compile.loss",
            &["at least 2", "BinaryCrossentropy"],
        ),
        fault(build(&[]), "config.layers[0].config", &["[1]"]),
        fault(build(&[0]), huge, &["[0]"]),
        fault(build(&[1 << 23, 1 << 23]), huge, &["memory"]),
        fault(build(&[usize::MAX, usize::MAX, 2]), huge, &["memory"]),
        fault(
            model.set_weights(&weights[..2]),
            "weights",
            &["3 weights", "2 were given"],
        ),
        fault(Set::of("trian").map(drop), "set", &["'train'"]),
        fault(
            run.activations(&[1.0]),
            "x",
            &["2 finite numbers", "1 were given"],
        ),
        fault(run.activations(&[1.0, f32::NAN]), "x", &["finite"]),
        fault(run.example(Set::Test, 20), "index", &["20 rows"]),
        fault(run.restore(&[]), "checkpoint", &["from its beginning"]),
        fault(
            Experiment::read(&"[".repeat(100_000)).map(drop),
            "",
            &["line 1"],
        ),
        fault(
            Experiment::read(&" ".repeat(200_001)).map(drop),
            "",
            &["too long"],
        ),
    ];
    weights[1] = f32::NAN;
    faults.push(fault(
        model.set_weights(&weights),
        "weights",
        &["Weight 1", "NaN"],
    ));
    none(faults.into_iter().flatten().collect());
    assert_eq!(model.weights_hash(), before);
    assert_eq!(run.model().n_parameters(), n);
}

#[test]
fn reaches_a_sentence_for_every_malformed_text() {
    let text = good().to_string();
    let malformed = [
        "",
        " ",
        "{",
        "nul",
        "{\"data\": }",
        "{'data': 1}",
        "{\"seed\": 1e999}",
        "{\"seed\": 01}",
        "{\"seed\": NaN}",
        "{\"a\": \"\\x\"}",
        "{\"a\": \"\\ud800\"}",
        "[1, 2,]",
        "\u{feff}{}",
        "{}{}",
        "// {}",
    ];
    let mut faults: Vec<_> = malformed
        .iter()
        .map(|text| fault(Experiment::read(text).map(drop), "", &["line", "column"]))
        .collect();
    // A text that breaks off anywhere.
    faults.extend((0..text.len()).map(|end| {
        fault(
            Experiment::read(&text[..end]).map(drop),
            "",
            &["line 1, column"],
        )
    }));
    // Good JSON, but no experiment.
    for json in ["null", "true", "7", "-1.5", "\"text\"", "[]"] {
        faults.push(fault(
            Experiment::read(json).map(drop),
            "",
            &["data, model, compile, fit and seed"],
        ));
    }
    for part in ["data", "model", "compile", "seed"] {
        let mut json = good();
        json.as_object_mut().unwrap().remove(part);
        let text = json.to_string();
        faults.push(fault(
            Experiment::read(&text).map(drop),
            part,
            &["has no", part],
        ));
    }
    none(faults.into_iter().flatten().collect());
}

/// Text of every experiment in which one thing is replaced by something of another kind is read or
/// refused, and what is read can be printed and read again.
#[test]
fn reaches_an_answer_for_every_value_of_another_kind() {
    fn places(json: &Json, at: &str, all: &mut Vec<String>) {
        all.push(at.to_string());
        match json {
            Json::Object(map) => map
                .iter()
                .for_each(|(k, v)| places(v, &format!("{at}/{k}"), all)),
            Json::Array(list) => {
                list.iter()
                    .enumerate()
                    .for_each(|(i, v)| places(v, &format!("{at}/{i}"), all));
            }
            _ => {}
        }
    }
    let mut all = Vec::new();
    places(&good(), "", &mut all);
    let others = [
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(1),
        json!(2.5),
        json!(1e300),
        json!(-1e300),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(""),
        json!("x"),
        json!("Dense"),
        json!([]),
        json!([null]),
        json!([[[]]]),
        json!({}),
        json!({"class_name": "Dense"}),
        json!({"class_name": 3, "config": 4}),
        json!({"class_name": "function", "config": "relu"}),
        json!({"class_name": "function"}),
    ];
    let (mut read, mut refused) = (0, 0);
    for place in &all[1..] {
        for other in &others {
            let text = with(place, other.clone()).to_string();
            match Experiment::read(&text) {
                Ok(experiment) => {
                    read += 1;
                    assert_eq!(
                        Experiment::read(&experiment.text()).as_ref(),
                        Ok(&experiment)
                    );
                    let _ = Run::new(experiment, None);
                }
                Err(refusal) => {
                    refused += 1;
                    assert!(!refusal.path.is_empty(), "{place}: {refusal}");
                    assert!(refusal.message.ends_with(['.', '?']), "{refusal}");
                }
            }
        }
    }
    println!(
        "{} places, {} values: {read} read, {refused} refused",
        all.len(),
        others.len()
    );
    assert!(refused > 5 * read && read > 0);
}

#[test]
fn reaches_an_end_at_the_batch_that_diverges() {
    let run = |data: &str, layers: Json, compile: Json| {
        let experiment = json!({
            "data": data, "model": {"layers": layers}, "compile": compile,
            "fit": {"epochs": 3, "batch_size": 10}, "seed": 1,
        });
        set_up(&experiment.to_string()).unwrap()
    };
    let dense = |units: u32, activation: &str, name: &str| {
        json!({"class_name": "Dense", "config": {
            "units": units, "activation": activation, "name": name,
        }})
    };
    let sgd = |rate: f64| json!({"class_name": "SGD", "config": {"learning_rate": rate}});
    let relus = json!([dense(8, "relu", "hidden"), dense(1, "linear", "answer")]);
    let squares = |rate| json!({"optimizer": sgd(rate), "loss": "mse", "metrics": ["mse"]});
    let cases = [
        ("Xor", relus.clone(), squares(1e20), "layer 'answer'"),
        ("Moons", relus.clone(), squares(1e30), "layer 'answer'"),
        ("Circle", relus.clone(), squares(1e10), "layer 'answer'"),
        (
            "Spiral",
            json!([
                dense(4, "relu", "first"),
                dense(4, "relu", "second"),
                dense(1, "sigmoid", "last")
            ]),
            json!({"optimizer": sgd(1e20), "loss": "bce"}),
            "layer '",
        ),
        (
            "Blobs",
            json!([dense(6, "relu", "hidden"), dense(4, "softmax", "classes")]),
            json!({"optimizer": sgd(1e25), "loss": "scce"}),
            "layer '",
        ),
    ];
    for (data, layers, compile, named) in cases {
        let mut run = run(data, layers, compile);
        let mut before = run.model().weights_hash();
        while !run.fit().done() {
            before = run.model().weights_hash();
            run.step();
        }
        let trouble = run
            .trouble()
            .unwrap_or_else(|| panic!("{data} did not diverge"));
        println!("{data}: {trouble}");
        assert!(trouble.contains(named), "{data}: {trouble}");
        let (epoch, batch) = (run.fit().epochs_done() + 1, run.fit().batch() + 1);
        assert!(
            trouble.contains(&format!("epoch {epoch}, batch {batch},")),
            "{trouble}"
        );
        assert!(
            trouble.contains("learning rate ten times smaller"),
            "{trouble}"
        );
        // The batch moved no weight, and no later call does.
        assert_eq!(run.model().weights_hash(), before, "{data}");
        assert!(run.model().weights().all(f32::is_finite), "{data}");
        assert!(
            run.fit().batch_losses().iter().all(|l| l.is_finite()),
            "{data}"
        );
        let steps = run.steps();
        run.step();
        assert_eq!((run.epoch(), run.steps()), (0, steps), "{data}");
        assert_eq!(run.model().weights_hash(), before, "{data}");
        // What it learned until then can still be looked at and kept.
        run.predictions(Set::Test);
        let kept = run.checkpoint();
        assert_eq!(run.restore(&kept), Ok(()));
    }
}
