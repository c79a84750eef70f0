//! The texts that the core gives away, for a reviewer: the catalog's labels and help, and canonical experiments.

#![cfg(not(target_arch = "wasm32"))]

mod listing;

use glassbox::experiment::Experiment;
use glassbox::experiment::catalog;
use glassbox::options::ConfigObject;
use listing::same;
use serde_json::{Map, Value as Json, json};
use std::collections::HashSet;

fn words<'a>(json: &'a Json, key: &str) -> &'a str {
    json[key].as_str().unwrap_or_default()
}

/// A line for each option that no class before it has in the same words, and the names of the others.
fn options(list: &Json, known: &mut HashSet<String>) -> Vec<String> {
    let (mut lines, mut others) = (Vec::new(), Vec::new());
    for option in list.as_array().expect("a list") {
        let [name, label, doc] = ["name", "label", "doc"].map(|key| words(option, key));
        let line = format!("    {name}, \"{label}\": {doc}");
        match known.insert(line.clone()) {
            true => lines.push(line),
            false => others.push(name),
        }
    }
    lines.extend((!others.is_empty()).then(|| format!("    as above: {}", others.join(", "))));
    lines
}

#[test]
fn reaches_the_labels_and_help_of_every_class_and_option() {
    let catalog = catalog::to_json();
    for (family, classes) in catalog.as_object().expect("families") {
        let (mut list, mut known) = (Vec::new(), HashSet::new());
        if family == "fit" {
            list = options(classes, &mut known);
        } else {
            for class in classes.as_array().expect("a list") {
                let keys = ["class_name", "name", "label", "group", "doc", "formula"];
                let [class_name, name, label, group, doc, formula] = keys.map(|k| words(class, k));
                let group = if group.is_empty() {
                    ""
                } else {
                    &format!(" [{group}]")
                };
                list.push(format!("{class_name} = {name}, \"{label}\"{group}: {doc}"));
                list.extend((!formula.is_empty()).then(|| format!("    formula: {formula}")));
                list.extend(options(&class["options"], &mut known));
            }
        }
        same(&format!("catalog_{family}"), &list);
    }
}

/// A value of an option that has to be given.
fn some(option: &Json) -> Json {
    match words(option, "kind") {
        "class" if option["family"] == "activations" => json!("tanh"),
        "class" => dense(3, "relu"),
        "int" => json!(3),
        "float" => json!(0.5),
        "floats" if option["name"] == "values" => json!([0.5, 0.25]),
        "floats" if words(option, "name").ends_with("factor") => json!(0.5),
        "floats" => json!([0.5]),
        "text" => json!("0123456789abcdef"),
        _ => json!([2]),
    }
}

/// Each class with its defaults.
#[test]
fn reaches_the_canonical_text_of_every_class() {
    let catalog = catalog::to_json();
    let mut list = Vec::new();
    for (name, family) in catalog::REGISTRIES {
        list.push(format!("{name}:"));
        for class in catalog[*name].as_array().expect("a list") {
            let options = class["options"].as_array().expect("a list");
            let required = options.iter().filter(|o| o["required"] == true);
            let config = required.map(|o| (words(o, "name").into(), some(o)));
            let read = |config: &Map<String, Json>| {
                ConfigObject::with_options(family, words(class, "class_name"), config)
            };
            let object = read(&config.collect()).unwrap_or_else(|e| panic!("{e}"));
            assert_eq!(read(&object.config_json()).as_ref(), Ok(&object));
            list.push(format!("    {}", object.to_short_json()));
        }
    }
    same("canonical_classes", &list);
}

fn class(name: &str, config: Json) -> Json {
    json!({"class_name": name, "config": config})
}

fn dense(units: u32, activation: &str) -> Json {
    class("Dense", json!({"units": units, "activation": activation}))
}

/// The page's first one.
fn lesson() -> Json {
    json!({
        "data": class("Digits01", json!({})),
        "model": class("Sequential", json!({
            "layers": [dense(25, "sigmoid"), dense(15, "sigmoid"), dense(1, "sigmoid")],
        })),
        "compile": {
            "optimizer": class("Adam", json!({"learning_rate": 0.001})),
            "loss": class("BinaryCrossentropy", json!({})),
            "metrics": ["accuracy"],
        },
        "fit": {"epochs": 20},
        "seed": 42,
    })
}

/// The lesson with some of its parts replaced.
fn with(parts: &Json) -> Json {
    let mut whole = lesson();
    for (part, value) in parts.as_object().expect("parts") {
        whole[part] = value.clone();
    }
    whole
}

/// Layers with names and where each takes its inputs from.
fn graph(layers: &[(&str, &[&str], Json)]) -> Json {
    let tensor = |name: &&str| class("__keras_tensor__", json!({"keras_history": [name, 0, 0]}));
    let node = |(name, from, layer): &(&str, &[&str], Json)| {
        let mut layer = layer.clone();
        let from: Vec<Json> = from.iter().map(tensor).collect();
        layer["name"] = (*name).into();
        layer["config"]["name"] = (*name).into();
        layer["inbound_nodes"] = match from.len() {
            0 => json!([]),
            1 => json!([{"args": from, "kwargs": {}}]),
            _ => json!([{"args": [from], "kwargs": {}}]),
        };
        layer
    };
    let layers: Vec<Json> = layers.iter().map(node).collect();
    class("Functional", json!({"layers": layers}))
}

fn experiments() -> Vec<(&'static str, Json)> {
    let input = |shape: Json| class("InputLayer", json!({"batch_shape": shape}));
    let sequential = |layers: Json| class("Sequential", json!({"layers": layers}));
    let conv = class(
        "Conv2D",
        json!({"filters": 4, "kernel_size": 3, "strides": [2, 1], "padding": "same"}),
    );
    let edits = json!([{"path": "dense/kernel", "at": 3, "values": [0.5, 1e-30]}]);
    let penalty = class("L2", json!({"l2": 0.02}));
    let plan = class(
        "ExponentialDecay",
        json!({"initial_learning_rate": 0.1, "decay_steps": 9, "decay_rate": 0.5}),
    );
    vec![
        ("the page's first one", lesson()),
        (
            "the same from short names and no fit",
            with(&json!({
                "data": "Digits01", "fit": null,
                "compile": {"optimizer": "adam", "loss": "bce", "metrics": ["acc"]},
            })),
        ),
        (
            "images, and a model inside",
            with(&json!({"model": sequential(json!([
                input(json!([null, 20, 20, 1])), conv, class("MaxPooling2D", json!({})),
                sequential(json!([class("Flatten", json!({})), dense(8, "relu")])),
                class("Dropout", json!({"rate": 0.25})), dense(1, "linear"),
            ]))})),
        ),
        (
            "steps, a layer around a layer, names, what is not trained",
            with(&json!({"model": sequential(json!([
                class("Reshape", json!({"target_shape": [20, 20]})),
                class("Bidirectional", json!({"layer": class("LSTM", json!({"units": 3}))})),
                class("BatchNormalization", json!({"name": "norm", "trainable": false})),
                class("Dense", json!({
                    "units": 1, "kernel_regularizer": penalty, "kernel_constraint": "NonNeg",
                    "kernel_initializer": class("RandomNormal", json!({"stddev": 0.3})),
                })),
            ]))})),
        ),
        (
            "a graph",
            with(&json!({"model": graph(&[
                ("in", &[], input(json!([null, 400]))),
                ("left", &["in"], dense(4, "relu")),
                ("right", &["in"], dense(4, "tanh")),
                ("both", &["left", "right"], class("Add", json!({}))),
                ("out", &["both"], dense(1, "sigmoid")),
            ])})),
        ),
        (
            "own numbers, a schedule, weighted metrics",
            with(&json!({
                "data": class("Numbers", json!({"x": [0, 0.1, 1e-7, 3], "y": [0, 1, 1, 0], "shape": [1]})),
                "compile": {
                    "optimizer": class("SGD", json!({"learning_rate": plan, "momentum": 0.9})),
                    "loss": class("BinaryCrossentropy", json!({"from_logits": true})),
                    "metrics": [class("BinaryAccuracy", json!({"threshold": 0.0})), "AUC"],
                    "weighted_metrics": ["mse"],
                },
            })),
        ),
        (
            "every argument of fit",
            with(&json!({"fit": {
                "epochs": 5, "batch_size": 4, "validation_split": 0.25, "class_weight": {"0": 0.5, "1": 2},
                "initial_epoch": 2, "steps_per_epoch": 2, "validation_steps": 1, "validation_batch_size": 3,
                "validation_freq": [4], "shuffle": false, "callbacks": [
                    "CSVLogger", class("EarlyStopping", json!({"patience": 2, "restore_best_weights": true})),
                    class("ReduceLROnPlateau", json!({"factor": 0.5})),
                    class("ModelCheckpoint", json!({"save_best_only": true})), "TerminateOnNaN",
                ],
            }})),
        ),
        (
            "a branch with changed weights",
            with(&json!({"start": {"experiment": lesson(), "step": 30, "weights": edits}})),
        ),
    ]
}

/// Broken into lines before each class and each part.
#[test]
fn reaches_the_canonical_text_of_experiments() {
    let told = |(given, json): (&str, Json)| {
        let read = Experiment::read(&json.to_string()).unwrap_or_else(|e| panic!("{given}: {e}"));
        let text = read.text();
        assert_eq!(Experiment::read(&text), Ok(read), "{given}");
        let mut lines = text.replace("{\"class_name\"", "\n        {\"class_name\"");
        for part in ["data", "model", "compile", "fit", "seed", "start"] {
            let part = format!("\"{part}\":");
            lines = lines.replace(&part, &format!("\n    {part}"));
        }
        format!("{given}:\n{lines}")
    };
    let list: Vec<_> = experiments().into_iter().map(told).collect();
    same("canonical_experiments", &list);
}
