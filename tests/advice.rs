//! Reaches: advice names the place of a choice that does not fit, and the offered change fixes it.

#![cfg(not(target_arch = "wasm32"))]

mod listing;

use glassbox::doctor::{self, Advice};
use glassbox::experiment::Experiment;
use glassbox::run::Run;
use listing::same;
use serde_json::{Value as Json, json};

fn class(name: &str, config: Json) -> Json {
    json!({"class_name": name, "config": config})
}

/// An experiment on the circle: `layers`, each a class with its config or the units and activation of a dense one, and
/// what `more` puts into a part.
fn experiment(layers: &Json, more: &Json) -> Json {
    let layer = |json: &Json| match &json[0] {
        Json::String(name) => class(name, json[1].clone()),
        units => class("Dense", json!({"units": units, "activation": json[1]})),
    };
    let layers: Vec<Json> = layers.as_array().unwrap().iter().map(layer).collect();
    let mut whole = json!({
        "data": {"class_name": "Circle", "config": {"n": 60}},
        "model": {"class_name": "Sequential", "config": {"layers": layers}},
        "compile": {"optimizer": "adam", "loss": "binary_crossentropy", "metrics": ["accuracy"]},
        "fit": {"epochs": 1, "batch_size": 16},
        "seed": 1,
    });
    for (part, values) in more.as_object().into_iter().flatten() {
        for (key, value) in values.as_object().unwrap() {
            whole[part][key] = value.clone();
        }
    }
    whole
}

/// Layers, what else is other than usual, and where there is advice.
const CASES: &str = r#"
[[4, "relu"], [1, "softmax"]] @ model.config.layers[1].config.activation
[[4, "relu"], [2, "sigmoid"]] + {"compile": {"loss": "categorical_crossentropy"}} @ model.config.layers[1].config.activation
[[4, "relu"], [1, "linear"]] @ model.config.layers[1].config.activation
[[4, "relu"], [2, "softmax"]] @ compile.loss
[[4, "relu"], [1, "sigmoid"]] + {"compile": {"loss": {"class_name": "BinaryCrossentropy", "config": {"from_logits": true}}}} @ compile.loss.config.from_logits
[["Embedding", {"input_dim": 9, "output_dim": 3}], ["Flatten", {}], [1, "sigmoid"]] @ data
[[1, "sigmoid"], ["Dropout", {"rate": 0.5}]] @ model.config.layers[1]
[[4, "relu"], ["Dropout", {"rate": 0.95}], [1, "sigmoid"]] @ model.config.layers[1].config.rate
[[4, "relu"], ["BatchNormalization", {}], [1, "sigmoid"]] + {"fit": {"batch_size": 1}} @ fit.batch_size
[[4, "relu"], [1, "sigmoid"]] + {"compile": {"optimizer": {"class_name": "Adam", "config": {"learning_rate": 5.0}}}} @ compile.optimizer.config.learning_rate
[["Conv2D", {"filters": 2, "kernel_size": 1}], ["Flatten", {}], [1, "sigmoid"]] @ model.config.layers[0]
[[4, "relu"], [1, "linear"], ["Softmax", {}]] @ model.config.layers[2]
[[4, "relu"], [1, "softmax"], [1, "sigmoid"]] @ model.config.layers[1].config.activation
[[25, "relu"], ["Conv2D", {"filters": 2, "kernel_size": 3}], [1, "sigmoid"]] @ model.config.layers[1]
[[4, "relu"], ["Add", {}], [1, "sigmoid"]] @ model.config.layers[1]
[[4, "relu"], ["RepeatVector", {"n": 3}], [1, "sigmoid"]] @ model.config.layers[2]
[[4, "relu"], [1, "sigmoid"]] + {"fit": {"initial_epoch": 1}} @ fit.initial_epoch
[["LSTM", {"units": 3}], [1, "sigmoid"]] @ model.config.layers[0]
[["Reshape", {"target_shape": [2, 1]}], [1, "sigmoid"]] @ model
[[4, "relu"], [3, "sigmoid"]] @ model
[[4, "relu"], [1, "sigmoid"]] + {"fit": {"callbacks": ["CSVLogger", "CSVLogger"]}} @ fit.callbacks[1].config.filename
"#;

#[test]
fn reaches_advice_where_it_was_chosen_and_a_change_that_mends() {
    let mut list = Vec::new();
    for line in CASES.trim().lines() {
        let (given, place) = line.split_once(" @ ").unwrap();
        let (layers, more) = given.split_once(" + ").unwrap_or((given, "{}"));
        let [layers, more] = [layers, more].map(|text| serde_json::from_str(text).unwrap());
        let told = doctor::of_text(&experiment(&layers, &more).to_string(), None);
        assert!(told.iter().any(|a| a.path.starts_with(place)), "{line}");
        list.push(given.to_string());
        for advice in told {
            let (mut run, left) = fixed(&advice);
            assert!(left.iter().all(|a| a.path != advice.path), "{left:#?}");
            run.step();
            assert_eq!(run.trouble(), None);
            list.push(listing::advice(&advice));
        }
    }
    same("advice", &list);
}

/// The experiment after a change that was offered runs.
fn fixed(advice: &Advice) -> (Run, Vec<Advice>) {
    let experiment = Experiment::read(&advice.text);
    let run = experiment.and_then(|e| Run::new(e, None));
    let run = run.unwrap_or_else(|e| panic!("{e}: {}", advice.text));
    let left = doctor::of(&run);
    (run, left)
}

#[test]
fn reaches_silence_where_all_fits() {
    for layers in [
        json!([[8, "tanh"], [1, "sigmoid"]]),
        json!([[1, "sigmoid"]]),
        json!([[8, "relu"], ["Dropout", {"rate": 0.3}], [1, "sigmoid"]]),
        json!([["Reshape", {"target_shape": [2, 1]}], ["GRU", {"units": 3}], [1, "sigmoid"]]),
    ] {
        let read = Experiment::read(&experiment(&layers, &json!({})).to_string());
        let run = read.and_then(|e| Run::new(e, None));
        let run = run.unwrap_or_else(|e| panic!("{e}: {layers}"));
        assert_eq!(doctor::of(&run), [], "{layers}");
    }
}
