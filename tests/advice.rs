//! Reaches: what does not fit is said where it was chosen, and the one change that is offered mends it.

#![cfg(not(target_arch = "wasm32"))]

use glassbox::doctor::{self, Advice};
use glassbox::experiment::Experiment;
use glassbox::run::Run;
use serde_json::{Value as Json, json};

fn experiment(layers: Json, data: &str, more: Json) -> Json {
    let mut whole = json!({
        "data": {"class_name": data, "config": {"n": 60}},
        "model": {"class_name": "Sequential", "config": {"layers": layers}},
        "compile": {"optimizer": "adam", "loss": "binary_crossentropy", "metrics": ["accuracy"]},
        "fit": {"epochs": 1, "batch_size": 16},
        "seed": 1,
    });
    for (path, value) in more.as_object().into_iter().flatten() {
        let (part, key) = path.split_once('.').unwrap_or(("fit", path));
        whole[part][key] = value.clone();
    }
    whole
}

fn layer(class: &str, config: Json) -> Json {
    json!({"class_name": class, "config": config})
}

fn dense(units: u32, activation: &str) -> Json {
    layer("Dense", json!({"units": units, "activation": activation}))
}

/// What is said of an experiment that runs, or what would mend one that does not.
fn told(json: &Json) -> Vec<Advice> {
    doctor::of_text(&json.to_string(), None)
}

/// Experiment, place, a phrase of the message (none where a refusal speaks), the change.
fn cases() -> Vec<(Json, &'static str, &'static str, &'static str)> {
    let circle = |layers: Json, more: Json| experiment(layers, "Circle", more);
    let hidden = || dense(4, "relu");
    vec![
        (
            circle(json!([hidden(), dense(1, "softmax")]), json!({})),
            "model.config.layers[1].config.activation",
            "always gives 1",
            "Use sigmoid",
        ),
        (
            circle(
                json!([hidden(), dense(2, "sigmoid")]),
                json!({"compile.loss": "categorical_crossentropy"}),
            ),
            "model.config.layers[1].config.activation",
            "add up to 1",
            "Use softmax",
        ),
        (
            circle(json!([hidden(), dense(1, "linear")]), json!({})),
            "model.config.layers[1].config.activation",
            "probability",
            "Use sigmoid",
        ),
        (
            circle(json!([hidden(), dense(2, "softmax")]), json!({})),
            "compile.loss",
            "share one yes",
            "Use categorical cross-entropy",
        ),
        (
            circle(
                json!([hidden(), dense(1, "sigmoid")]),
                json!({"compile.loss": {"class_name": "BinaryCrossentropy", "config": {"from_logits": true}}}),
            ),
            "compile.loss.config.from_logits",
            "twice",
            "Switch from_logits off",
        ),
        (
            circle(
                json!([
                    layer("Embedding", json!({"input_dim": 9, "output_dim": 3})),
                    layer("Flatten", json!({})),
                    dense(1, "sigmoid")
                ]),
                json!({}),
            ),
            "data",
            "",
            "Take Embedding out",
        ),
        (
            circle(
                json!([dense(1, "sigmoid"), layer("Dropout", json!({"rate": 0.5}))]),
                json!({}),
            ),
            "model.config.layers[1]",
            "strikes out answers",
            "Take it out",
        ),
        (
            circle(
                json!([
                    hidden(),
                    layer("Dropout", json!({"rate": 0.95})),
                    dense(1, "sigmoid")
                ]),
                json!({}),
            ),
            "model.config.layers[1].config.rate",
            "hardly anything",
            "Use 0.5",
        ),
        (
            circle(
                json!([
                    hidden(),
                    layer("BatchNormalization", json!({})),
                    dense(1, "sigmoid")
                ]),
                json!({"fit.batch_size": 1}),
            ),
            "fit.batch_size",
            "with each other",
            "Use 32",
        ),
        (
            circle(
                json!([hidden(), dense(1, "sigmoid")]),
                json!({"compile.optimizer": layer("Adam", json!({"learning_rate": 5.0}))}),
            ),
            "compile.optimizer.config.learning_rate",
            "overshoot",
            "Use 0.001",
        ),
        (
            circle(
                json!([
                    layer("Conv2D", json!({"filters": 2, "kernel_size": 1})),
                    layer("Flatten", json!({})),
                    dense(1, "sigmoid")
                ]),
                json!({}),
            ),
            "model.config.layers[0]",
            "",
            "Put Reshape to 2 x 1 x 1 before it",
        ),
        (
            circle(
                json!([hidden(), dense(1, "linear"), layer("Softmax", json!({}))]),
                json!({}),
            ),
            "model.config.layers[2]",
            "always gives 1",
            "Use sigmoid",
        ),
        (
            circle(
                json!([hidden(), dense(1, "softmax"), dense(1, "sigmoid")]),
                json!({}),
            ),
            "model.config.layers[1].config.activation",
            "always gives 1",
            "Use sigmoid",
        ),
        (
            circle(
                json!([
                    dense(25, "relu"),
                    layer("Conv2D", json!({"filters": 2, "kernel_size": 3})),
                    dense(1, "sigmoid")
                ]),
                json!({}),
            ),
            "model.config.layers[1]",
            "",
            "Put Reshape to 5 x 5 x 1 before it and Flatten after it",
        ),
        (
            circle(
                json!([hidden(), layer("Add", json!({})), dense(1, "sigmoid")]),
                json!({}),
            ),
            "model.config.layers[1]",
            "",
            "Take it out",
        ),
        (
            circle(
                json!([
                    hidden(),
                    layer("RepeatVector", json!({"n": 3})),
                    dense(1, "sigmoid")
                ]),
                json!({}),
            ),
            "model.config.layers[2]",
            "",
            "Put Flatten before it",
        ),
        (
            circle(
                json!([hidden(), dense(1, "sigmoid")]),
                json!({"fit.initial_epoch": 1}),
            ),
            "fit.initial_epoch",
            "no epoch is trained",
            "Begin with 0",
        ),
        (
            circle(
                json!([layer("LSTM", json!({"units": 3})), dense(1, "sigmoid")]),
                json!({}),
            ),
            "model.config.layers[0]",
            "",
            "Put Reshape to 2 x 1 before it",
        ),
        (
            circle(
                json!([
                    layer("Reshape", json!({"target_shape": [2, 1]})),
                    dense(1, "sigmoid")
                ]),
                json!({}),
            ),
            "",
            "",
            "Put Flatten",
        ),
        (
            circle(json!([hidden(), dense(3, "sigmoid")]), json!({})),
            "",
            "",
            "unit",
        ),
        (
            circle(
                json!([hidden(), dense(1, "sigmoid")]),
                json!({"fit.callbacks": [layer("CSVLogger", json!({})), layer("CSVLogger", json!({}))]}),
            ),
            "fit.callbacks[1].config.filename",
            "",
            "Write to log_2.csv",
        ),
    ]
}

#[test]
fn reaches_advice_where_it_was_chosen_and_a_change_that_mends() {
    for (json, place, phrase, change) in cases() {
        let told = told(&json);
        let found = told
            .iter()
            .find(|a| a.path.starts_with(place) && a.change.contains(change));
        let found = found.unwrap_or_else(|| panic!("{place}, {change}: {told:#?} of {json}"));
        assert!(found.message.contains(phrase), "{}", found.message);
        let mended =
            Experiment::read(&found.text).unwrap_or_else(|e| panic!("{e}: {}", found.text));
        let mut run = Run::new(mended, None).unwrap_or_else(|e| panic!("{e}: {}", found.text));
        let left = doctor::of(&run);
        assert!(left.iter().all(|a| a.path != found.path), "{left:#?}");
        run.step();
        assert_eq!(run.trouble(), None);
    }
}

#[test]
fn reaches_silence_where_all_fits() {
    for layers in [
        json!([dense(8, "tanh"), dense(1, "sigmoid")]),
        json!([dense(1, "sigmoid")]),
        json!([
            dense(8, "relu"),
            layer("Dropout", json!({"rate": 0.3})),
            dense(1, "sigmoid")
        ]),
        json!([
            layer("Reshape", json!({"target_shape": [2, 1]})),
            layer("GRU", json!({"units": 3})),
            dense(1, "sigmoid")
        ]),
    ] {
        assert_eq!(told(&experiment(layers, "Circle", json!({}))), []);
    }
}
