//! Reaches: what trains without a word and measures something else than was meant is said, where it was chosen, and
//! the one change that is offered leaves nothing to say; what is meant is left alone.

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

fn dense(units: u32, activation: &str) -> Json {
    class("Dense", json!({"units": units, "activation": activation}))
}

/// Rows of one number with these targets.
fn numbers(y: &[f64]) -> Json {
    let x: Vec<f64> = (0..y.len()).map(|i| i as f64 / 10.0).collect();
    class("Numbers", json!({"x": x, "y": y, "shape": [1]}))
}

const SORTED: [f64; 9] = [0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 2.0, 2.0, 2.0];
const ZEROS_FIRST: [f64; 10] = [0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0];
const VALUES: [f64; 6] = [0.5, -1.25, 2.0, 0.75, 1.5, -0.5];

/// A yes or no by one unit, with some parts replaced.
fn experiment(parts: &[(&str, Json)]) -> Json {
    let mut whole = json!({
        "data": class("Circle", json!({"n": 60})),
        "model": {"class_name": "Sequential", "config": {"layers": [dense(1, "sigmoid")]}},
        "compile": {"optimizer": "adam", "loss": "binary_crossentropy", "metrics": ["accuracy"]},
        "fit": {"epochs": 2, "batch_size": 16, "validation_split": 0.25},
        "seed": 1,
    });
    for (pointer, value) in parts {
        let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
        whole.pointer_mut(parent).expect("a parent")[key] = value.clone();
    }
    whole
}

fn told(json: &Json) -> Vec<Advice> {
    doctor::of_text(&json.to_string(), None)
}

fn callbacks(list: &[(&str, Json)]) -> (&'static str, Json) {
    let all = list
        .iter()
        .map(|(name, config)| class(name, config.clone()));
    ("/fit/callbacks", all.collect())
}

const LAYERS: &str = "/model/config/layers";

/// What is replaced, and the path of the advice.
type Told = (Vec<(&'static str, Json)>, &'static str);

fn cases() -> Vec<Told> {
    let logits = || {
        (
            "/compile/loss",
            class("BinaryCrossentropy", json!({"from_logits": true})),
        )
    };
    let sums = || (LAYERS, json!([dense(1, "linear")]));
    let metric = |json: Json| ("/compile/metrics", json!([json]));
    let sgd = |rate: f64| {
        (
            "/compile/optimizer",
            class("SGD", json!({"learning_rate": rate})),
        )
    };
    let softmax = || (LAYERS, json!([dense(3, "softmax")]));
    let sparse = || ("/compile/loss", json!("sparse_categorical_crossentropy"));
    vec![
        (
            vec![("/data", numbers(&SORTED)), softmax(), sparse()],
            "fit.validation_split",
        ),
        (
            vec![("/data", numbers(&ZEROS_FIRST)), metric(json!("AUC"))],
            "compile.metrics[0]",
        ),
        // Keras 3.15.1: 1 where all are positive, 0 where none is.
        (
            vec![
                ("/data", numbers(&ZEROS_FIRST)),
                metric(class("AUC", json!({"curve": "PR"}))),
            ],
            "compile.metrics[0]",
        ),
        // Binary cross-entropy by the outputs.
        (
            vec![("/compile/loss", json!("crossentropy")), sums()],
            "model.config.layers[0].config.activation",
        ),
        (vec![logits(), sums()], "compile.metrics[0]"),
        (
            vec![logits(), sums(), metric(class("BinaryAccuracy", json!({})))],
            "compile.metrics[0]",
        ),
        (
            vec![logits(), sums(), metric(json!("Precision"))],
            "compile.metrics[0]",
        ),
        (
            vec![logits(), sums(), metric(json!("AUC"))],
            "compile.metrics[0]",
        ),
        (
            vec![
                ("/data", numbers(&VALUES)),
                ("/compile/loss", json!("mse")),
                (LAYERS, json!([dense(1, "linear")])),
            ],
            "compile.metrics[0]",
        ),
        (
            vec![(LAYERS, json!([dense(2, "sigmoid")]))],
            "model.config.layers[0].config.units",
        ),
        (
            vec![
                logits(),
                (LAYERS, json!([dense(2, "linear")])),
                metric(json!("mse")),
            ],
            "model.config.layers[0].config.units",
        ),
        (
            vec![callbacks(&[(
                "EarlyStopping",
                json!({"monitor": "val_accuracy", "mode": "min"}),
            )])],
            "fit.callbacks[0].config.mode",
        ),
        (
            vec![callbacks(&[("EarlyStopping", json!({"mode": "max"}))])],
            "fit.callbacks[0].config.mode",
        ),
        (
            vec![callbacks(&[
                ("CSVLogger", json!({})),
                (
                    "ReduceLROnPlateau",
                    json!({"monitor": "loss", "mode": "max"}),
                ),
            ])],
            "fit.callbacks[1].config.mode",
        ),
        (
            vec![callbacks(&[(
                "ModelCheckpoint",
                json!({"monitor": "accuracy", "mode": "min", "save_best_only": true}),
            )])],
            "fit.callbacks[0].config.mode",
        ),
        (vec![sgd(1.0)], "compile.optimizer.config.learning_rate"),
        (vec![sgd(3.0)], "compile.optimizer.config.learning_rate"),
        (
            vec![
                ("/fit/validation_split", json!(0.0)),
                callbacks(&[("EarlyStopping", json!({}))]),
            ],
            "fit.callbacks[0].config.monitor",
        ),
        (
            vec![
                ("/fit/validation_split", json!(0.0)),
                callbacks(&[("ModelCheckpoint", json!({"save_best_only": true}))]),
            ],
            "fit.callbacks[0].config.monitor",
        ),
        (
            vec![
                ("/fit/validation_split", json!(0.0)),
                callbacks(&[(
                    "ModelCheckpoint",
                    json!({"filepath": "{epoch}-{val_loss:.2f}.keras"}),
                )]),
            ],
            "fit.callbacks[0].config.filepath",
        ),
        (
            vec![callbacks(&[
                (
                    "EarlyStopping",
                    json!({"monitor": "learning_rate", "mode": "min"}),
                ),
                ("ReduceLROnPlateau", json!({})),
            ])],
            "fit.callbacks[0].config.monitor",
        ),
    ]
}

#[test]
fn reaches_what_contradicts_without_a_word_and_the_change_that_mends_it() {
    let mut list = Vec::new();
    for (parts, place) in cases() {
        let told = told(&experiment(&parts));
        let [found] = &told[..] else {
            panic!("{place}: {told:#?} of {parts:?}");
        };
        assert_eq!(found.path, place, "{}", found.message);
        let mended = Experiment::read(&found.text).and_then(|e| Run::new(e, None));
        let run = mended.unwrap_or_else(|e| panic!("{e}: {}", found.text));
        assert_eq!(doctor::of(&run), [], "after {} of {place}", found.change);
        list.extend(parts.iter().map(|(at, value)| format!("{at} = {value}")));
        list.push(listing::advice(found));
    }
    same("advice_silent", &list);
}

/// The same, as it is meant.
#[test]
fn reaches_silence_where_nothing_contradicts() {
    let logits = || {
        (
            "/compile/loss",
            class("BinaryCrossentropy", json!({"from_logits": true})),
        )
    };
    let sums = || (LAYERS, json!([dense(1, "linear")]));
    let metrics = |list: Json| ("/compile/metrics", list);
    let mixed: Vec<f64> = (0..12).map(|i| f64::from(i % 3)).collect();
    let halves: Vec<f64> = (0..12).map(|i| f64::from(i % 2)).collect();
    let sgd = class("SGD", json!({"learning_rate": 0.9}));
    let plan = class(
        "SGD",
        json!({"learning_rate": class("ExponentialDecay",
        json!({"initial_learning_rate": 2.0, "decay_steps": 9, "decay_rate": 0.5}))}),
    );
    for parts in [
        vec![
            ("/data", numbers(&mixed)),
            (LAYERS, json!([dense(3, "softmax")])),
            ("/compile/loss", json!("sparse_categorical_crossentropy")),
        ],
        // Sorted, but nothing is kept for validation.
        vec![
            ("/data", numbers(&SORTED)),
            (LAYERS, json!([dense(3, "softmax")])),
            ("/compile/loss", json!("sparse_categorical_crossentropy")),
            ("/fit/validation_split", json!(0.0)),
        ],
        vec![("/data", numbers(&halves)), metrics(json!(["AUC"]))],
        vec![metrics(json!(["AUC", "Precision"]))],
        // No yes among all rows: nothing that another split would mend.
        vec![("/data", numbers(&[0.0; 8])), metrics(json!(["AUC"]))],
        vec![
            logits(),
            sums(),
            metrics(json!([class("BinaryAccuracy", json!({"threshold": 0.0}))])),
        ],
        vec![
            logits(),
            sums(),
            metrics(json!([
                class("AUC", json!({"from_logits": true})),
                "binary_crossentropy"
            ])),
        ],
        vec![
            ("/data", class("Blobs", json!({"n": 80}))),
            (LAYERS, json!([dense(4, "linear")])),
            (
                "/compile/loss",
                class(
                    "SparseCategoricalCrossentropy",
                    json!({"from_logits": true}),
                ),
            ),
        ],
        vec![
            ("/data", class("Blobs", json!({"n": 80}))),
            (LAYERS, json!([dense(4, "sigmoid")])),
        ],
        vec![
            ("/data", numbers(&VALUES)),
            ("/compile/loss", json!("mse")),
            sums(),
            metrics(json!(["mae"])),
        ],
        vec![
            (LAYERS, json!([dense(2, "softmax")])),
            ("/compile/loss", json!("categorical_crossentropy")),
        ],
        vec![("/compile/optimizer", sgd)],
        vec![("/compile/optimizer", plan)],
        vec![
            ("/fit/validation_split", json!(0.0)),
            callbacks(&[("ModelCheckpoint", json!({}))]),
        ],
        vec![callbacks(&[
            (
                "EarlyStopping",
                json!({"monitor": "val_accuracy", "mode": "max"}),
            ),
            ("ReduceLROnPlateau", json!({"mode": "min"})),
            (
                "EarlyStopping",
                json!({"monitor": "learning_rate", "mode": "min", "patience": 9}),
            ),
            // It keeps every epoch, whatever the mode.
            (
                "ModelCheckpoint",
                json!({"monitor": "accuracy", "mode": "min"}),
            ),
            ("ModelCheckpoint", json!({"filepath": "{val_loss}.keras"})),
        ])],
    ] {
        let json = experiment(&parts);
        assert_eq!(told(&json), [], "{json}");
    }
}
