//! Reaches: what trains without a word and measures something else than was meant is said, where it was chosen, and
//! the one change that is offered leaves nothing to say; what is meant is left alone.

#![cfg(not(target_arch = "wasm32"))]

mod listing;

use glassbox::doctor::{self, Advice};
use glassbox::experiment::Experiment;
use glassbox::run::Run;
use listing::same;
use serde_json::{Map, Value as Json, json};

fn class(name: &str, config: &Json) -> Json {
    json!({"class_name": name, "config": config})
}

/// A name, or a class from its name and config.
fn named(json: &Json) -> Json {
    match (&json[0], &json[1]) {
        (Json::String(name), config @ Json::Object(_)) => class(name, config),
        _ => json.clone(),
    }
}

/// Rows of one number with these targets.
fn numbers(y: &[Json]) -> Json {
    let x: Vec<f64> = (0..y.len()).map(|i| i as f64 / 10.0).collect();
    class("Numbers", &json!({"x": x, "y": y, "shape": [1]}))
}

/// A yes or no by one unit, with what a case replaces: `dense` has units and an activation, `y` own targets.
fn experiment(case: &str) -> Json {
    let mut parts = json!({
        "data": ["Circle", {"n": 60}], "dense": [1, "sigmoid"], "optimizer": "adam",
        "loss": "binary_crossentropy", "metrics": ["accuracy"], "callbacks": [], "split": 0.25,
    });
    let case: Map<String, Json> =
        serde_json::from_str(case).unwrap_or_else(|e| panic!("{case}: {e}"));
    for (key, value) in case {
        parts[key] = value;
    }
    let all = |key: &str| -> Json {
        parts[key]
            .as_array()
            .expect("a list")
            .iter()
            .map(named)
            .collect()
    };
    let [units, activation] = [0, 1].map(|i| &parts["dense"][i]);
    json!({
        "data": parts["y"].as_array().map_or_else(|| named(&parts["data"]), |y| numbers(y)),
        "model": {"class_name": "Sequential", "config": {"layers": [
            class("Dense", &json!({"units": units, "activation": activation})),
        ]}},
        "compile": {
            "optimizer": named(&parts["optimizer"]), "loss": named(&parts["loss"]), "metrics": all("metrics"),
        },
        "fit": {
            "epochs": 2, "batch_size": 16, "validation_split": parts["split"], "callbacks": all("callbacks"),
        },
        "seed": 1,
    })
}

fn told(case: &str) -> Vec<Advice> {
    doctor::of_text(&experiment(case).to_string(), None)
}

/// What is replaced, and the path of the advice. (The area under PR in Keras 3.15.1: 1 where all are positive, 0 where
/// none is.)
const CASES: &str = r#"
{"y": [0, 0, 0, 1, 1, 1, 2, 2, 2], "dense": [3, "softmax"], "loss": "sparse_categorical_crossentropy"} @ fit.validation_split
{"y": [0, 1, 0, 1, 0, 1, 1, 1, 1, 1], "metrics": ["AUC"]} @ compile.metrics[0]
{"y": [0, 1, 0, 1, 0, 1, 1, 1, 1, 1], "metrics": [["AUC", {"curve": "PR"}]]} @ compile.metrics[0]
{"loss": "crossentropy", "dense": [1, "linear"]} @ model.config.layers[0].config.activation
{"loss": ["BinaryCrossentropy", {"from_logits": true}], "dense": [1, "linear"]} @ compile.metrics[0]
{"loss": ["BinaryCrossentropy", {"from_logits": true}], "dense": [1, "linear"], "metrics": [["BinaryAccuracy", {}]]} @ compile.metrics[0]
{"loss": ["BinaryCrossentropy", {"from_logits": true}], "dense": [1, "linear"], "metrics": ["Precision"]} @ compile.metrics[0]
{"loss": ["BinaryCrossentropy", {"from_logits": true}], "dense": [1, "linear"], "metrics": ["AUC"]} @ compile.metrics[0]
{"y": [0.5, -1.25, 2, 0.75, 1.5, -0.5], "loss": "mse", "dense": [1, "linear"]} @ compile.metrics[0]
{"dense": [2, "sigmoid"]} @ model.config.layers[0].config.units
{"loss": ["BinaryCrossentropy", {"from_logits": true}], "dense": [2, "linear"], "metrics": ["mse"]} @ model.config.layers[0].config.units
{"callbacks": [["EarlyStopping", {"monitor": "val_accuracy", "mode": "min"}]]} @ fit.callbacks[0].config.mode
{"callbacks": [["EarlyStopping", {"mode": "max"}]]} @ fit.callbacks[0].config.mode
{"callbacks": ["CSVLogger", ["ReduceLROnPlateau", {"monitor": "loss", "mode": "max"}]]} @ fit.callbacks[1].config.mode
{"callbacks": [["ModelCheckpoint", {"monitor": "accuracy", "mode": "min", "save_best_only": true}]]} @ fit.callbacks[0].config.mode
{"optimizer": ["SGD", {"learning_rate": 1}]} @ compile.optimizer.config.learning_rate
{"optimizer": ["SGD", {"learning_rate": 3}]} @ compile.optimizer.config.learning_rate
{"optimizer": ["SGD", {"learning_rate": 10}]} @ compile.optimizer.config.learning_rate
{"split": 0, "callbacks": ["EarlyStopping"]} @ fit.callbacks[0].config.monitor
{"split": 0, "callbacks": [["ModelCheckpoint", {"save_best_only": true}]]} @ fit.callbacks[0].config.monitor
{"split": 0, "callbacks": [["ModelCheckpoint", {"filepath": "{epoch}-{val_loss:.2f}.keras"}]]} @ fit.callbacks[0].config.filepath
{"callbacks": [["EarlyStopping", {"monitor": "learning_rate", "mode": "min"}], "ReduceLROnPlateau"]} @ fit.callbacks[0].config.monitor
"#;

#[test]
fn reaches_what_contradicts_without_a_word_and_the_change_that_mends_it() {
    let mut list = Vec::new();
    for line in CASES.trim().lines() {
        let (case, path) = line.split_once(" @ ").expect("a case and a path");
        let told = told(case);
        let [found] = &told[..] else {
            panic!("{line}: {told:#?}");
        };
        assert_eq!(found.path, path, "{}", found.message);
        let fixed = Experiment::read(&found.text).and_then(|e| Run::new(e, None));
        let run = fixed.unwrap_or_else(|e| panic!("{e}: {}", found.text));
        assert_eq!(doctor::of(&run), [], "after {} of {line}", found.change);
        list.extend([case.to_string(), listing::advice(found)]);
    }
    same("advice_silent", &list);
}

/// The same, as it is meant.
const MEANT: &str = r#"
{"y": [0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2], "dense": [3, "softmax"], "loss": "sparse_categorical_crossentropy"}
    Sorted, but nothing is kept for validation.
{"y": [0, 0, 0, 1, 1, 1, 2, 2, 2], "dense": [3, "softmax"], "loss": "sparse_categorical_crossentropy", "split": 0}
{"y": [0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1], "metrics": ["AUC"]}
{"metrics": ["AUC", "Precision"]}
    No yes among all rows: another split would not fix it.
{"y": [0, 0, 0, 0, 0, 0, 0, 0], "metrics": ["AUC"]}
{"loss": ["BinaryCrossentropy", {"from_logits": true}], "dense": [1, "linear"], "metrics": [["BinaryAccuracy", {"threshold": 0}]]}
{"loss": ["BinaryCrossentropy", {"from_logits": true}], "dense": [1, "linear"], "metrics": [["AUC", {"from_logits": true}], "binary_crossentropy"]}
{"data": ["Blobs", {"n": 80}], "dense": [4, "linear"], "loss": ["SparseCategoricalCrossentropy", {"from_logits": true}]}
{"data": ["Blobs", {"n": 80}], "dense": [4, "sigmoid"]}
{"y": [0.5, -1.25, 2, 0.75, 1.5, -0.5], "loss": "mse", "dense": [1, "linear"], "metrics": ["mae"]}
{"dense": [2, "softmax"], "loss": "categorical_crossentropy"}
{"optimizer": ["SGD", {"learning_rate": 0.9}]}
{"optimizer": ["SGD", {"learning_rate": {"class_name": "ExponentialDecay", "config": {"initial_learning_rate": 2, "decay_steps": 9, "decay_rate": 0.5}}}]}
{"split": 0, "callbacks": ["ModelCheckpoint"]}
{"callbacks": [["EarlyStopping", {"monitor": "val_accuracy", "mode": "max"}], ["ReduceLROnPlateau", {"mode": "min"}]]}
{"callbacks": ["ReduceLROnPlateau", ["EarlyStopping", {"monitor": "learning_rate", "mode": "min", "patience": 9}]]}
    It keeps every epoch, in either mode.
{"callbacks": [["ModelCheckpoint", {"monitor": "accuracy", "mode": "min"}], ["ModelCheckpoint", {"filepath": "{val_loss}.keras"}]]}
"#;

#[test]
fn reaches_silence_where_nothing_contradicts() {
    let cases = MEANT.lines().filter(|line| line.starts_with('{'));
    for case in cases {
        let read = Experiment::read(&experiment(case).to_string());
        let run = read.and_then(|e| Run::new(e, None));
        let run = run.unwrap_or_else(|e| panic!("{e}: {case}"));
        assert_eq!(doctor::of(&run), [], "{case}");
    }
}
