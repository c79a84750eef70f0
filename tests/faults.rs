//! Reaches: a run that is not finite before any weight was moved says where and why. The learning rate is
//! named only where weights have been moved.

#![cfg(not(target_arch = "wasm32"))]

use glassbox::experiment::Experiment;
use glassbox::run::Run;
use serde_json::{Value as Json, json};

const RATE: &str = "learning rate ten times smaller";

fn layer(class_name: &str, config: Json) -> Json {
    json!({"class_name": class_name, "config": config})
}

fn dense(units: usize, activation: &str, weight: f64) -> Json {
    let constant = |v: f64| json!({"class_name": "Constant", "config": {"value": v}});
    let config =
        json!({"units": units, "activation": activation, "kernel_initializer": constant(weight)});
    layer("Dense", config)
}

/// What a run of one epoch in batches of 2 says, and how many batches it did.
fn trouble(
    name: &str,
    x: &[f64],
    y: &[f64],
    shape: &[usize],
    layers: Json,
    loss: &str,
    rate: f64,
) -> (String, u64) {
    let experiment = json!({
        "data": {"class_name": "Numbers", "config": {"x": x, "y": y, "shape": shape}},
        "model": {"layers": layers},
        "compile": {"optimizer": {"class_name": "SGD", "config": {"learning_rate": rate}}, "loss": loss},
        "fit": {"epochs": 1, "batch_size": 2, "shuffle": false},
        "seed": 0,
    });
    let mut run = Run::new(Experiment::read(&experiment.to_string()).unwrap(), None).unwrap();
    while !run.fit().done() {
        run.step();
    }
    (
        run.trouble().unwrap_or_else(|| panic!("{name} is finite")),
        run.steps(),
    )
}

/// Name, layers, loss, inputs of four rows of two, how many batches are all right, and the words that must
/// stand in the sentence.
type Case<'a> = (&'a str, Json, &'a str, [f64; 8], u64, &'a [&'a str]);

/// None of these may name the learning rate.
#[test]
fn reaches_the_row_the_layer_and_the_cause() {
    let flat = [1.0, 2.0, 3.0, 3.0, 1.0, 0.0, 2.0, 5.0];
    let pooled = json!([
        layer(
            "Embedding",
            json!({"input_dim": 6, "output_dim": 2, "mask_zero": true})
        ),
        layer("GlobalAveragePooling1D", json!({})),
        dense(1, "linear", 0.5),
    ]);
    let normed = json!([
        layer("LayerNormalization", json!({"epsilon": 0})),
        dense(1, "linear", 0.5)
    ]);
    let normed_late = json!([
        layer("LayerNormalization", json!({"epsilon": 0})),
        dense(1, "linear", 0.1)
    ]);
    let exponential = json!([dense(1, "exponential", 1.0)]);
    let own = json!([
        layer("Activation", json!({"activation": "exponential"})),
        dense(1, "linear", 0.1)
    ]);
    let log = json!([dense(1, "linear", -1.0)]);
    let huge = json!([dense(2, "linear", 1e6), dense(1, "linear", 1e6)]);
    let y = [0.5, 1.0, 2.5, 1.0];
    let cases: &[Case<'_>] = &[
        (
            "masked",
            pooled.clone(),
            "mse",
            [1.0, 2.0, 0.0, 0.0, 1.0, 0.0, 2.0, 5.0],
            0,
            &[
                "batch 1",
                "row 1 of",
                "'global_average_pooling1d' (GlobalAveragePooling1D)",
                "no step",
            ],
        ),
        // The mask is the cause however many batches there were.
        (
            "masked late",
            pooled,
            "mse",
            [1.0, 2.0, 3.0, 0.0, 1.0, 0.0, 0.0, 0.0],
            1,
            &["batch 2", "row 3 of", "no step"],
        ),
        (
            "constant",
            normed,
            "mse",
            flat,
            0,
            &["row 1 of", "(LayerNormalization)", "epsilon above 0"],
        ),
        (
            "constant late",
            normed_late,
            "mse",
            [1.0, 2.0, 3.0, 4.0, 2.0, 2.0, 2.0, 5.0],
            1,
            &["row 2 of", "epsilon above 0"],
        ),
        (
            "exponential",
            exponential,
            "mse",
            [1.0, 2.0, 60.0, 40.0, 1.0, 0.0, 2.0, 5.0],
            0,
            &[
                "row 1 of",
                "'dense' (Dense)",
                "'exponential' gets numbers of up to 100:",
            ],
        ),
        (
            "own layer",
            own,
            "mse",
            [1.0, 100.0, 1.0, 2.0, 1.0, 0.0, 2.0, 5.0],
            0,
            &["row 0 of", "'activation' (Activation)", "up to 100:"],
        ),
        (
            "loss",
            log,
            "poisson",
            flat,
            0,
            &[
                "the loss of the output of layer 'dense'",
                "row 0 of",
                "range fits the loss",
            ],
        ),
        (
            "large",
            huge,
            "mse",
            flat.map(|v| v * 1e29),
            0,
            &["'dense_1' (Dense)", "row 0 of", "smaller initial weights"],
        ),
    ];
    for (name, layers, loss, x, batches, words) in cases {
        let (text, steps) = trouble(name, x, &y, &[2], layers.clone(), loss, 0.001);
        assert_eq!(steps, *batches, "{name}: {text}");
        for word in *words {
            assert!(text.contains(word), "{name}: {word} wanted, but: {text}");
        }
        assert!(!text.contains(RATE), "{name}: {text}");
        assert!(
            text.ends_with(['.', ')']) && text.chars().count() < 400,
            "{text}"
        );
    }
    // Weights that a step has blown up are the learning rate's fault; the row is named there, too.
    let (text, steps) = trouble(
        "late",
        &flat,
        &y,
        &[2],
        json!([dense(1, "linear", 0.5)]),
        "mse",
        1e20,
    );
    assert!(
        steps > 0 && text.contains(RATE) && text.contains("row 2 of"),
        "{text}"
    );
    // So is a first step that leaves no finite weight.
    let (text, steps) = trouble(
        "first update",
        &flat.map(|v| v * 1e6),
        &y,
        &[2],
        json!([dense(1, "linear", 1e6)]),
        "mse",
        1e30,
    );
    assert!(
        steps == 0 && text.contains(RATE) && text.contains("new weights"),
        "{text}"
    );
}
