//! Reaches: bad requests are refused with a sentence that says where and what would do, nothing that
//! a person or a file can send makes the engine panic, and a run that diverges stops in time.

#![cfg(not(target_arch = "wasm32"))]

mod listing;

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
use listing::{refusal, same};
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

/// What is put where into the good experiment, and the path of the error where that is another (`+`: further inside).
const BAD: &str = r#"
    Numbers outside their range.
/model/config/layers/1/config/units = 0
/model/config/layers/1/config/units = -3
/model/config/layers/1/config/units = 2.5
/model/config/layers/1/config/units = 1e9
/model/config/layers/1/config/units = 1e300
/model/config/layers/2/config/rate = 1.5
/compile/optimizer/config/learning_rate = -1
/compile/loss/config/label_smoothing = 2
/fit/epochs = 0
/fit/batch_size = 0
/fit/batch_size = 1000000000
/fit/validation_split = 1
/fit/validation_split = -0.1
/data/config/n = 1
/seed = -1
/seed = 4294967296
/seed = "42"

    Names that do not exist, and what was meant.
/model/config/layers/1/class_name = "Dence"
/model/config/layers/1/config/activation = "sigmoyd" @ +.class_name
/model/config/layers/1/config/activation = "quantum" @ +.class_name
/model/config/layers/1/config/unit = 3
/model/config/layers/1/config/kernel_initializer = "glorot" @ +.class_name
/compile/loss = "binary_crossentrpy" @ +.class_name
/compile/loss/class_name = "MeanSquareError"
/compile/loss/config/from_logit = true
/compile/loss/config/reduction = "meen"
/compile/optimizer/config/gradient_accumulation_steps = 1
/compile/optimizer/config/ema_overwrite_frequency = 0
/compile/optimizer = "adm" @ +.class_name
/compile/optimizer/config/learningrate = 1
/compile/metrics/0 = "acuracy" @ +.class_name
/compile/metric = []
/fit/epoch = 3
/data/class_name = "Spirl"
/modell = {}
/model/class_name = "Sequentiel"

    Keys that Keras writes elsewhere.
/model/config/layers/0/config/trainable = true
/model/config/layers/0/config/units = 3
/model/config/layers/1/config/batch_shape = [null, 2]
/model/config/layers/1/config/batch_input_shape = [null, 2]
/model/config/layers/1/config/input_shape = [2]
/model/config/layers/1/config/module = "keras.layers"
/model/config/layers/1/config/jit_compile = true
/model/config/layers/1/config/fn = "relu"
/model/config/layers/1/compile_config = {}
/model/config/layers/1/units = 3
/model/config/layers/1/config/kernel_initializer = {"class_name": "Zeros", "config": {"name": "zeros"}} @ +.config.name
/model/config/units = 3
/model/layers = []
/compile/optimizer/config/trainable = true
/compile/optimizer/config/dtype = "float32"
/compile/optimizer/build_config = {}
/compile/optimizer/learning_rate = 0.01
/compile/loss/config/trainable = true
/compile/loss/from_logits = true
/compile/metrics/0 = {"class_name": "AUC", "config": {"trainable": true}} @ +.config.trainable
/data/config/name = "xor"
/fit/name = "fit"

    Things of another kind.
/data = 7
/data = {"config": {}} @ +.class_name
/data/config = [1]
/model = "Dense"
/model/config = 1 @ +.layers
/model/config/layers = {}
/model/config/layers = []
/model/config/layers/1 = 5
/model/config/layers/1 = {} @ +.class_name
/model/config/layers/1/config = {} @ +.units
/model/config/layers/1/config/units = "many"
/model/config/layers/1/config/units = null
/model/config/layers/1/config/use_bias = "yes"
/model/config/layers/1/config/trainable = "no"
/model/config/layers/1/config/name = 3
/model/config/layers/1/config/activation = []
/compile = null
/compile/loss = null
/compile/metrics = "accuracy"
/compile/optimizer/config/learning_rate = "fast"
/compile/optimizer/config/learning_rate = ["fast"]
/compile/optimizer/config/learning_rate = {"class_name": "ExponentialDecay"} @ +.config.initial_learning_rate
/compile/optimizer/config/learning_rate = {"class_name": "ExponentialDecey"} @ +.class_name
/fit = []
/fit/shuffle = 1

    Parts that do not fit each other.
/model/config/layers/0/config/batch_shape = [null, 3]
/model/config/layers/0/config/batch_shape = [null, 0]
/model/config/layers/0/config/batch_shape = "wide"
/model/config/layers/0/config = {} @ +.batch_shape
/model/config/layers/2 = {"class_name": "InputLayer"} @ +.config.batch_shape
/model/config/layers/3/config/name = "dense"
/model/config/layers/3/config/units = 4
/compile/loss = "categorical_crossentropy" @ model.config.layers[3].config.units
/compile/loss = "sparse_categorical_crossentropy" @ model.config.layers[3].config.units
/compile/metrics/0 = "sparse_categorical_crossentropy"
/compile/optimizer/config = {"clipnorm": 1, "clipvalue": 0.5} @ +.clipvalue
/compile/optimizer/config/learning_rate = {"class_name": "PiecewiseConstantDecay", "config": {"boundaries": [5], "values": [0.1]}} @ +.config.values
/fit/validation_split = 0.99
/data = "Digits01" @ +.dataset
"#;

/// A line of [`BAD`]: what is put where, the experiment, the path of the error.
fn bad(line: &str) -> (&str, Json, String) {
    let (given, other) = line.split_once(" @ ").unwrap_or((line, "+"));
    let (pointer, value) = given.split_once(" = ").unwrap();
    let json = with(pointer, serde_json::from_str(value).unwrap());
    let mut path = String::new();
    for part in pointer.split('/').skip(1) {
        match part.parse::<usize>() {
            Ok(i) => path += &format!("[{i}]"),
            Err(_) if path.is_empty() => path += part,
            Err(_) => path += &format!(".{part}"),
        }
    }
    match other.strip_prefix('+') {
        Some(inside) => path += inside,
        None => path = other.to_string(),
    }
    (given, json, path)
}

#[test]
fn reaches_a_sentence_for_every_bad_experiment() {
    assert!(set_up(&good().to_string()).is_ok());
    let list = BAD.lines().skip(1).map(|line| match line.starts_with('/') {
        true => {
            let (given, json, path) = bad(line);
            refusal(given, &path, set_up(&json.to_string()))
        }
        false => line.trim().to_string(),
    });
    same("refusals_of_experiments", &list.collect::<Vec<_>>());
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
    let ignoring = json!({
        "loss": {"class_name": "SparseCategoricalCrossentropy", "config": {"ignore_class": 3}},
        "metrics": ["accuracy", "sparse_categorical_crossentropy"],
    });
    let list = [
        refusal(
            "100000, 100000 and 1 units",
            "model.config.layers[1].config.units",
            large(vec![dense(e5), dense(e5), dense(1)]),
        ),
        refusal(
            "an input, 1, 100000 and 10000 units",
            "model.config.layers[3].config.units",
            large(vec![input, dense(1), dense(e5), dense(e4)]),
        ),
        refusal("201 layers", "model.layers", large(vec![dense(1); 201])),
        refusal(
            "100000 and 1 units, a batch of 10000",
            "fit.batch_size",
            large(vec![dense(e5), dense(1)]),
        ),
        refusal(
            "class numbers, and a weighted metric of values",
            "compile.weighted_metrics[0]",
            blobs(json!({"loss": "scce", "weighted_metrics": ["mse"]})),
        ),
        refusal("ignore_class 3", "compile.metrics[1]", blobs(ignoring)),
        refusal(
            "one output for the probabilities of two classes",
            "model.config.layers[0].config.units",
            asked(
                xor.clone(),
                vec![dense(1)],
                json!({"loss": "categorical_focal_crossentropy"}),
                32,
            ),
        ),
    ];
    same("refusals_of_sizes", &list);
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
    let x: &[f32] = &[0.0, 1.0, 2.0, 3.0];
    let (nan, inf) = (f32::NAN, f32::INFINITY);
    type Case<'a> = (&'a str, usize, &'a [f32], &'a [f32], &'a [f32], &'a str);
    // Loss, units, inputs, targets, weights (none where empty), path.
    let cases: &[Case] = &[
        ("mse", 1, &[], &[], &[], "x"),
        ("mse", 1, &x[..3], &[0.0], &[], "x"),
        ("mse", 1, x, &[0.0], &[], "y"),
        ("mse", 3, x, &[0.0; 4], &[], "y"),
        ("mse", 1, &[0.0, 1.0, nan, 0.0], &[0.0, 1.0], &[], "x"),
        ("mse", 1, &[0.0, 1.0, 2.0, -inf], &[0.0, 1.0], &[], "x"),
        ("mse", 1, x, &[0.0, inf], &[], "y"),
        ("mse", 1, x, &[0.0, 1.0], &[1.0], "sample_weight"),
        ("mse", 1, x, &[0.0, 1.0], &[1.0, nan], "sample_weight"),
        ("bce", 1, x, &[0.0, 1.5], &[], "y"),
        ("bce", 1, x, &[-1.0, 1.0], &[], "y"),
        ("cce", 2, x, &[0.0, 1.0, 2.0, 0.0], &[], "y"),
        ("scce", 3, x, &[0.0, 3.0], &[], "y"),
        ("scce", 3, x, &[0.5, 1.0], &[], "y"),
        ("scce", 3, x, &[0.0, -1.0], &[], "y"),
        ("scce", 3, x, &[0.0, 3e9], &[], "y"),
    ];
    let told = |(loss, units, x, t, w, path): &Case| {
        let mut trainer = trainer(loss, *units);
        let data = Examples {
            x: x.to_vec().into(),
            t: t.to_vec(),
            weights: (!w.is_empty()).then(|| w.to_vec()),
        };
        let fit = read_fit(&json!({"batch_size": 4})).unwrap();
        let started = Fit::new(&mut trainer, &fit, data.clone(), None, 1).map(drop);
        let good = Examples {
            x: vec![0.0, 1.0].into(),
            t: vec![0.0; trainer.n_targets()],
            weights: None,
        };
        let validated = Fit::new(&mut trainer, &fit, good, Some(data), 1).map(drop);
        let given = format!("{loss}, {units} units, x {x:?}, y {t:?}, weights {w:?}");
        let inner = started.clone().map_err(|e| e.at("validation_data"));
        assert_eq!(validated, inner, "{given}");
        refusal(given, path, started)
    };
    same(
        "refusals_of_arrays",
        &cases.iter().map(told).collect::<Vec<_>>(),
    );
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
    weights[1] = f32::NAN;
    let read = |text: String| Experiment::read(&text).map(drop);
    let list = [
        refusal("scce of 1 unit", "compile.loss", compile(1)),
        refusal("shape []", "config.layers[0].config", build(&[])),
        refusal("shape [0]", huge, build(&[0])),
        refusal("shape [2^23, 2^23]", huge, build(&[1 << 23, 1 << 23])),
        refusal(
            "shape [most, most, 2]",
            huge,
            build(&[usize::MAX, usize::MAX, 2]),
        ),
        refusal(
            "2 weights of 3",
            "weights",
            model.set_weights(&weights[..2]),
        ),
        refusal("weights with NaN", "weights", model.set_weights(&weights)),
        refusal("set 'trian'", "set", Set::of("trian").map(drop)),
        refusal("1 input of 2", "x", run.activations(&[1.0])),
        refusal("an input NaN", "x", run.activations(&[1.0, f32::NAN])),
        refusal("row 20 of 20", "index", run.example(Set::Test, 20)),
        refusal("an empty checkpoint", "checkpoint", run.restore(&[])),
        refusal("[ 100000 times", "", read("[".repeat(100_000))),
        refusal("200001 blanks", "", read(" ".repeat(200_001))),
    ];
    same("refusals_of_arguments", &list);
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
    let read = |text: &str, path: &str| {
        refusal(format!("{text:?}"), path, Experiment::read(text).map(drop))
    };
    let mut list: Vec<_> = malformed.iter().map(|text| read(text, "")).collect();
    // Good JSON, but no experiment.
    for json in ["null", "true", "7", "-1.5", "\"text\"", "[]"] {
        list.push(read(json, ""));
    }
    for part in ["data", "model", "compile", "seed"] {
        let mut json = good();
        json.as_object_mut().unwrap().remove(part);
        let answer = Experiment::read(&json.to_string()).map(drop);
        list.push(refusal(format!("without {part}"), part, answer));
    }
    same("refusals_of_texts", &list);
    // A text that breaks off anywhere.
    for end in 0..text.len() {
        let told = read(&text[..end], "");
        assert!(told.contains("line 1, column"), "{told}");
    }
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
        ("Xor", relus.clone(), squares(1e20)),
        ("Moons", relus.clone(), squares(1e30)),
        ("Circle", relus.clone(), squares(1e10)),
        (
            "Spiral",
            json!([
                dense(4, "relu", "first"),
                dense(4, "relu", "second"),
                dense(1, "sigmoid", "last")
            ]),
            json!({"optimizer": sgd(1e20), "loss": "bce"}),
        ),
        (
            "Blobs",
            json!([dense(6, "relu", "hidden"), dense(4, "softmax", "classes")]),
            json!({"optimizer": sgd(1e25), "loss": "scce"}),
        ),
    ];
    let mut list = Vec::new();
    for (data, layers, compile) in cases {
        let mut run = run(data, layers, compile);
        let mut before = run.model().weights_hash();
        while !run.fit().done() {
            before = run.model().weights_hash();
            run.step();
        }
        let trouble = run
            .trouble()
            .unwrap_or_else(|| panic!("{data} did not diverge"));
        let (epoch, batch) = (run.fit().epochs_done() + 1, run.fit().batch() + 1);
        list.push(format!(
            "{data}, stopped in epoch {epoch}, batch {batch}\n    {trouble}"
        ));
        // The batch moved no weight, and no later call does.
        assert_eq!(run.model().weights_hash(), before, "{data}");
        assert!(run.model().weights().all(f32::is_finite), "{data}");
        assert!(
            run.fit()
                .batch_losses()
                .numbers()
                .iter()
                .all(|l| l.is_finite()),
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
    same("refusals_of_diverging_runs", &list);
}
