//! Reaches: a Normalization takes its mean and variance from the rows that are trained on.

use glassbox::experiment::Experiment;
use glassbox::run::{Run, Set};
use serde_json::{Value as Json, json};

fn run(layers: Json, fit: Json) -> Run {
    let experiment = json!({
        "data": "Gaussians", "model": {"layers": layers}, "seed": 3, "fit": fit,
        "compile": {"loss": "binary_crossentropy", "optimizer": "sgd", "metrics": []},
    });
    let experiment = Experiment::read(&experiment.to_string()).expect("an experiment");
    Run::new(experiment, None).expect("a run")
}

/// Mean and variance of each of `n` columns.
fn moments(x: &[f32], n: usize) -> Vec<f32> {
    let rows = (x.len() / n) as f64;
    let column = |j: usize| x.iter().skip(j).step_by(n).map(|x| f64::from(*x));
    let mean = |j: usize| column(j).sum::<f64>() / rows;
    let variance = |j: usize| {
        column(j)
            .map(|x| (x - mean(j)) * (x - mean(j)))
            .sum::<f64>()
            / rows
    };
    let all = (0..n).map(mean).chain((0..n).map(variance));
    all.map(|v| v as f32).collect()
}

#[test]
fn reaches_a_first_normalization_sees_the_rows_that_are_trained_on() {
    let layers = json!([
        {"class_name": "Normalization"},
        {"class_name": "Dense", "config": {"units": 1, "activation": "sigmoid"}},
    ]);
    let mut run = run(layers, json!({"validation_split": 0.25, "epochs": 1}));
    let wanted = moments(&run.rows(Set::Train).0.all(), 2);
    assert_eq!(run.model().frozen()[..4], wanted);
    let n = run.rows(Set::Train).1.len();
    let line = format!("model.layers[0].adapt(x[:{n}])\n");
    assert!(run.keras_code().contains(&line), "{}", run.keras_code());
    let (start, hash) = (run.checkpoint(), run.model().weights_hash());
    run.epoch();
    assert_eq!(run.model().frozen()[..4], wanted, "training moves them");
    run.restore(&start).expect("its own checkpoint");
    assert_eq!(run.model().weights_hash(), hash);
}

#[test]
fn reaches_a_later_normalization_sees_what_comes_to_it() {
    let layers = json!([
        {"class_name": "Normalization"},
        {"class_name": "Dense", "config": {"units": 3, "activation": "tanh"}},
        {"class_name": "Normalization", "config": {"axis": null}},
        {"class_name": "Dense", "config": {"units": 1, "activation": "sigmoid"}},
    ]);
    let mut run = run(layers, json!({}));
    let second = run.model().frozen()[5..7].to_vec();
    let n = run.rows(Set::Train).1.len();
    let mut seen = Vec::new();
    for row in 0..n {
        let all = run.example(Set::Train, row).expect("a row");
        seen.extend_from_slice(&all[2..5]);
    }
    let wanted = moments(&seen, 1);
    for (got, wanted) in second.iter().zip(&wanted) {
        assert!((got - wanted).abs() <= 1e-6, "{got} instead of {wanted}");
    }
    let line = "model.layers[2].adapt(keras.Sequential(model.layers[:2]).predict(x))\n";
    assert!(run.keras_code().contains(line), "{}", run.keras_code());
}
