//! Oracle: every option of every class takes the values that Keras takes and refuses those that Keras refuses
//! (`tests/keras/options.json`, made by `tests/keras/options.py`). Each probe sets one option of one class, in a small
//! model that is built, compiled and trained for one batch.
//!
//! `KERAS_OPTIONS=file cargo test --test options` writes the probes, for `options.py` to run.

#![cfg(not(target_arch = "wasm32"))]

use glassbox::experiment::catalog;
use glassbox::experiment::read_fit;
use glassbox::model::Sequential;
use glassbox::model::config::ModelConfig;
use glassbox::options::error::ConfigError;
use glassbox::training::fit::Fit;
use glassbox::training::trainer::{CompileConfig, Examples, Trainer};
use serde_json::{Map, Value as Json, json};

/// Shapes of one example, of which the first that a class takes is its probes' own.
const SHAPES: [&[usize]; 6] = [&[6], &[6, 4], &[6, 6, 4], &[6, 6, 1], &[6, 6, 3], &[32]];
/// Loss, last layer, and number of targets of a row.
const ENDS: [(&str, &str, usize, usize); 4] = [
    ("categorical_crossentropy", "softmax", 3, 3),
    ("sparse_categorical_crossentropy", "softmax", 3, 1),
    ("binary_crossentropy", "sigmoid", 1, 1),
    ("mse", "linear", 3, 3),
];
const ROWS: usize = 8;

/// Words that Keras knows somewhere for an option of this name.
const WORDS: [(&str, &[&str]); 9] = [
    ("padding", &["valid", "same", "causal", "full"]),
    ("data_format", &["channels_first", "channels_last"]),
    (
        "interpolation",
        &[
            "nearest", "bilinear", "bicubic", "lanczos3", "lanczos5", "area",
        ],
    ),
    ("fill_mode", &["constant", "nearest", "reflect", "wrap"]),
    ("merge_mode", &["concat", "sum", "mul", "ave", "max"]),
    (
        "mode",
        &[
            "auto",
            "min",
            "max",
            "fan_in",
            "fan_out",
            "fan_avg",
            "rows",
            "columns",
            "horizontal",
        ],
    ),
    ("average", &["micro", "macro", "weighted", "samples"]),
    (
        "reduction",
        &[
            "sum",
            "mean",
            "none",
            "sum_over_batch_size",
            "mean_with_sample_weight",
            "auto",
        ],
    ),
    (
        "distribution",
        &[
            "normal",
            "uniform",
            "truncated_normal",
            "untruncated_normal",
        ],
    ),
];

/// What this engine refuses though Keras takes it, beside words of which it says so and numbers outside the option's range.
const ONLY_KERAS: [(&str, &str); 9] = [
    ("axis = 0", "a softmax or a length over the rows of a batch"),
    ("EarlyStopping.mode", "Keras reads any other word as 'auto'"),
    (
        "ModelCheckpoint.mode",
        "Keras reads any other word as 'auto'",
    ),
    (
        "ReduceLROnPlateau.mode",
        "Keras reads any other word as 'auto'",
    ),
    ("ignore_class", "it must be the loss's own"),
    ("label_weights", "one weight for all outputs"),
    ("RandomFlip.mode", "Keras reads any other word as no flip"),
    ("target_class_ids", "fractions are no classes"),
    ("value_range", "what comes after the two is not read"),
];

/// What this engine takes though Keras raises an error, by what the error says.
const ONLY_HERE: [(&str, &str, &str); 6] = [
    (
        "Conv",
        "InvalidArgumentError",
        "TensorFlow cannot compute it on a CPU",
    ),
    (
        "Reshape.target_shape",
        "not iterable",
        "one number stands for a list of one",
    ),
    (
        "AUC.thresholds",
        "has no len()",
        "one number stands for a list of one",
    ),
    (
        "target_class_ids",
        "not iterable",
        "one number stands for a list of one",
    ),
    (
        "PiecewiseConstantDecay.boundaries",
        "object of type 'int'",
        "one number stands for a list of one",
    ),
    (
        "metrics.R2Score.class_aggregation",
        "class_aggregation=none",
        "None, in a word",
    ),
];

fn class(name: &str, config: Json) -> Json {
    json!({"class_name": name, "config": config})
}

/// The values that an option is tried with.
fn values(option: &Json) -> Vec<Json> {
    let number = |key: &str| option[key].as_f64();
    let named = WORDS.iter().find(|(name, _)| option["name"] == **name);
    match option["kind"].as_str().unwrap_or("") {
        "bool" => vec![true.into(), false.into()],
        "one_of" => {
            let mut words: Vec<Json> = option["choices"].as_array().cloned().unwrap_or_default();
            words.extend(
                named
                    .into_iter()
                    .flat_map(|(_, more)| more.iter().map(|w| json!(w))),
            );
            words.push("other".into());
            let mut once: Vec<Json> = Vec::new();
            words.into_iter().for_each(|w| {
                if !once.contains(&w) {
                    once.push(w);
                }
            });
            once
        }
        "int" => [-1, 0, 1, 2, 3, 7].map(Json::from).to_vec(),
        "float" => {
            let edges = ["min", "max"].into_iter().filter_map(number);
            let edges: Vec<f64> = edges.filter(|v| v.abs() < 1e5 && v.abs() > 1e-5).collect();
            let plain = [-0.5, 0.0, 0.5, 1.0, 1.5];
            plain.into_iter().chain(edges).map(Json::from).collect()
        }
        "ints" => vec![
            (-1).into(),
            0.into(),
            1.into(),
            2.into(),
            7.into(),
            json!([1, 2]),
            json!([2, 1]),
            json!([2, 2]),
            json!([1, 1, 1]),
            json!([]),
        ],
        "floats" => vec![
            (-0.5).into(),
            0.0.into(),
            0.5.into(),
            1.5.into(),
            json!([0.1, 0.3]),
            json!([0.3, 0.1]),
            json!([-0.2, 0.2]),
            json!([0.1, 0.2, 0.3]),
            json!([]),
        ],
        _ => Vec::new(),
    }
}

/// The options that an entry must be given.
fn required(entry: &Json) -> Map<String, Json> {
    let options = entry["options"].as_array().expect("a list").iter();
    let given = options.filter(|o| o["required"] == true);
    given
        .map(|o| (o["name"].as_str().unwrap_or("").into(), o["start"].clone()))
        .collect()
}

/// What stands around a choice: the shape of one example, an end of [`ENDS`], and whether a layer takes its input twice.
type Frame = (
    &'static [usize],
    (&'static str, &'static str, usize, usize),
    bool,
);

/// A probe: everything that Keras and this engine need to try one choice.
fn probe(family: &str, choice: &Json, (shape, end, twice): Frame) -> Json {
    let (loss, last, units, targets) = end;
    let mut layers = vec![class("InputLayer", json!({}))];
    layers[0]["config"]["batch_shape"] = std::iter::once(Json::Null)
        .chain(shape.iter().map(|n| json!(n)))
        .collect();
    let mut dense = json!({"units": units, "activation": last});
    let mut compile =
        json!({"optimizer": class("SGD", json!({"learning_rate": 0.01})), "loss": loss});
    let mut fit = json!({"epochs": 1, "batch_size": 4, "shuffle": false});
    match family {
        "layers" => layers.push(choice.clone()),
        "initializers" => dense["kernel_initializer"] = choice.clone(),
        "regularizers" => dense["kernel_regularizer"] = choice.clone(),
        "constraints" => dense["kernel_constraint"] = choice.clone(),
        "losses" => compile["loss"] = choice.clone(),
        "metrics" => compile["metrics"] = json!([choice]),
        "optimizers" => compile["optimizer"] = choice.clone(),
        "schedules" => compile["optimizer"]["config"]["learning_rate"] = choice.clone(),
        "callbacks" => {
            fit["callbacks"] = json!([choice]);
            fit["validation_split"] = 0.5.into();
        }
        _ => fit
            .as_object_mut()
            .expect("an object")
            .extend(choice["config"].as_object().expect("an object").clone()),
    }
    layers.push(class("Flatten", json!({})));
    layers.push(class("Dense", dense));
    let model = if twice {
        wired(&layers)
    } else {
        class("Sequential", json!({"layers": layers}))
    };
    json!({"model": model, "compile": compile, "fit": fit, "targets": targets})
}

/// A Functional model whose second layer takes the input twice.
fn wired(layers: &[Json]) -> Json {
    let name = |i: usize| format!("layer_{i}");
    let tensor = |i: usize| json!({"class_name": "__keras_tensor__", "config": {"keras_history": [name(i), 0, 0]}});
    let mut list = Vec::new();
    for (i, layer) in layers.iter().enumerate() {
        let mut layer = layer.clone();
        layer["name"] = name(i).into();
        layer["config"]["name"] = name(i).into();
        layer["inbound_nodes"] = match i {
            0 => json!([]),
            1 => json!([{"args": [[tensor(0), tensor(0)]], "kwargs": {}}]),
            _ => json!([{"args": [tensor(i - 1)], "kwargs": {}}]),
        };
        list.push(layer);
    }
    let last = name(layers.len() - 1);
    class(
        "Functional",
        json!({"layers": list, "input_layers": [name(0), 0, 0], "output_layers": [last, 0, 0]}),
    )
}

/// Builds, compiles and trains a probe for one batch.
fn run(probe: &Json) -> Result<(), ConfigError> {
    let config = ModelConfig::read(&probe["model"])?;
    let shape = config.input_shape.clone().expect("an input layer");
    let model = Sequential::build(&config, &shape, 1)?;
    let mut trainer = Trainer::new(model, &CompileConfig::read(&probe["compile"])?, 4)?;
    let (n_in, n_t) = (shape.iter().product::<usize>(), trainer.n_targets());
    let wanted = probe["targets"].as_u64().expect("a number") as usize;
    if n_t != wanted {
        return Err(ConfigError::new(
            "",
            format!("The probe has {wanted} targets a row, the model wants {n_t}."),
        ));
    }
    let one_hot = |i: usize| match n_t {
        1 => (i % 2) as f32,
        n => f32::from(u8::from(i / n % n == i % n)),
    };
    let train = Examples {
        x: (0..ROWS * n_in).map(|i| (i * 5 % 7) as f32).collect(),
        t: (0..ROWS * n_t).map(one_hot).collect(),
        weights: None,
    };
    let fit = read_fit(&probe["fit"])?;
    let mut fit = Fit::new(&mut trainer, &fit, train, None, 1)?;
    fit.step(&mut trainer);
    Ok(())
}

fn frames() -> Vec<Frame> {
    let with = |shape: &'static [usize]| {
        ENDS.iter()
            .flat_map(move |end| [false, true].map(|twice| (shape, *end, twice)))
    };
    SHAPES.iter().flat_map(|shape| with(shape)).collect()
}

/// Whether a value is a word, or lies in the range of the option.
fn inside(option: &Json, value: &Json) -> bool {
    let (min, max) = (option["min"].as_f64(), option["max"].as_f64());
    let fits = |v: &Json| match v.as_f64() {
        Some(v) => min.is_none_or(|min| v >= min) && max.is_none_or(|max| v <= max),
        None => true,
    };
    match value {
        Json::Array(list) => !list.is_empty() && list.iter().all(fits),
        one => fits(one),
    }
}

/// A probe by its name, and whether its value is one that the option is meant to take.
fn probes() -> Vec<(String, Json, bool)> {
    let catalog = catalog::to_json();
    let mut probes = Vec::new();
    let fit = json!([{"class_name": "fit", "options": catalog["fit"]}]);
    for (family, _) in catalog::REGISTRIES
        .iter()
        .chain([&("fit", &glassbox::training::fit::REGISTRY)])
    {
        // What a function of Keras takes only as a call, and data, are tried elsewhere.
        if ["activations", "datasets"].contains(family) {
            continue;
        }
        let entries = if *family == "fit" {
            &fit
        } else {
            &catalog[*family]
        };
        for entry in entries.as_array().expect("a list") {
            let name = entry["class_name"].as_str().expect("a name");
            // Keras takes a function there.
            if name == "LearningRateScheduler" {
                continue;
            }
            let config = required(entry);
            let base = class(name, config.clone().into());
            let Some(frame) = frames()
                .into_iter()
                .find(|f| run(&probe(family, &base, *f)).is_ok())
            else {
                panic!(
                    "no probe fits {name}: {:?}",
                    run(&probe(family, &base, frames()[0]))
                );
            };
            probes.push((
                format!("{family}.{name}"),
                probe(family, &base, frame),
                true,
            ));
            for option in entry["options"].as_array().expect("a list") {
                let key = option["name"].as_str().expect("a name");
                for value in values(option) {
                    let mut config = config.clone();
                    config.insert(key.into(), value.clone());
                    let choice = class(name, config.into());
                    let inside = inside(option, &value);
                    probes.push((
                        format!("{family}.{name}.{key} = {value}"),
                        probe(family, &choice, frame),
                        inside,
                    ));
                }
            }
        }
    }
    probes
}

#[test]
fn oracle_options_take_what_keras_takes() {
    let probes = probes();
    if let Ok(path) = std::env::var("KERAS_OPTIONS") {
        let list: Map<String, Json> = probes
            .into_iter()
            .map(|(name, probe, _)| (name, probe))
            .collect();
        std::fs::write(path, Json::Object(list).to_string()).expect("the file can be written");
        return;
    }
    let answers: Json =
        serde_json::from_str(include_str!("keras/options.json")).expect("the file is JSON");
    let mut wrong = Vec::new();
    for (name, probe, inside) in &probes {
        let here = |error: &str| {
            ONLY_HERE
                .iter()
                .any(|(part, said, _)| name.contains(part) && error.contains(said))
        };
        let keras = || ONLY_KERAS.iter().any(|(part, _)| name.contains(part));
        match (run(probe), answers.get(name)) {
            (_, None) => wrong.push(format!("{name}: not in options.json: run options.py")),
            (Ok(()), Some(Json::String(error))) if !here(error) => {
                wrong.push(format!("{name}: taken here; Keras: {error}"))
            }
            (Err(refusal), Some(Json::Null))
                if *inside && !refusal.message.contains("Keras") && !keras() =>
            {
                wrong.push(format!("{name}: Keras takes it; here: {refusal}"));
            }
            _ => {}
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        probes.len(),
        wrong.join("\n")
    );
}
