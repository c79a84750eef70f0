//! Reaches: sensible networks learn every toy set, from several seeds.

#![cfg(not(target_arch = "wasm32"))]

use glassbox::data;
use glassbox::experiment::Experiment;
use glassbox::options::Default as Preset;
use glassbox::run::{Run, Set};
use glassbox::training::trainer::MetricValue;
use serde_json::{Value as Json, json};

/// A set, a network for it and what it must reach.
struct Case {
    data: Json,
    hidden: &'static [usize],
    function: &'static str,
    optimizer: Json,
    epochs: u32,
    batch: u32,
    goal: Goal,
}

/// What a run must reach on points that it never saw.
#[derive(Clone, Copy)]
enum Goal {
    /// Least accuracy.
    Accuracy(f64),
    /// Largest mean absolute error.
    Error(f64),
}

fn optimizer(class: &str, config: Json) -> Json {
    json!({"class_name": class, "config": config})
}

fn cases() -> Vec<Case> {
    let adam = optimizer("Adam", json!({"learning_rate": 0.02}));
    vec![
        Case {
            data: json!("Circle"),
            hidden: &[8],
            function: "tanh",
            optimizer: adam.clone(),
            epochs: 40,
            batch: 20,
            goal: Goal::Accuracy(0.97),
        },
        Case {
            data: json!("Xor"),
            hidden: &[8],
            function: "relu",
            optimizer: optimizer("SGD", json!({"learning_rate": 0.1, "momentum": 0.9})),
            epochs: 60,
            batch: 20,
            goal: Goal::Accuracy(0.95),
        },
        Case {
            data: json!("Gaussians"),
            hidden: &[],
            function: "linear",
            optimizer: optimizer("SGD", json!({"learning_rate": 0.1})),
            epochs: 20,
            batch: 20,
            goal: Goal::Accuracy(0.97),
        },
        // With tanh, one seed in ten stays at one half here.
        Case {
            data: json!("Spiral"),
            hidden: &[32, 16],
            function: "relu",
            optimizer: optimizer("Adam", json!({"learning_rate": 0.01})),
            epochs: 150,
            batch: 20,
            goal: Goal::Accuracy(0.95),
        },
        Case {
            data: json!("Moons"),
            hidden: &[16, 8],
            function: "relu",
            optimizer: adam.clone(),
            epochs: 40,
            batch: 20,
            goal: Goal::Accuracy(0.97),
        },
        // The lesson has two units here too; one seed in ten leaves two clouds together with these.
        Case {
            data: json!({"class_name": "Blobs", "config": {"n": 400}}),
            hidden: &[8],
            function: "relu",
            optimizer: adam.clone(),
            epochs: 40,
            batch: 32,
            goal: Goal::Accuracy(0.97),
        },
        // The lesson has three units, and a triangle needs no fewer: twice as many find it every time.
        Case {
            data: json!({"class_name": "CoffeeRoasting", "config": {"tile": 20}}),
            hidden: &[6],
            function: "sigmoid",
            optimizer: optimizer("RMSprop", json!({"learning_rate": 0.01})),
            epochs: 60,
            batch: 32,
            goal: Goal::Accuracy(0.93),
        },
        // The networks of the page. The noise alone has the mean absolute error 0.08.
        Case {
            data: json!("SineCurve"),
            hidden: &[12],
            function: "tanh",
            optimizer: optimizer("Adam", json!({"learning_rate": 0.03})),
            epochs: 200,
            batch: 32,
            goal: Goal::Error(0.13),
        },
        Case {
            data: json!("Quadratic"),
            hidden: &[6],
            function: "relu",
            optimizer: optimizer("Adam", json!({"learning_rate": 0.03})),
            epochs: 100,
            batch: 32,
            goal: Goal::Error(0.13),
        },
        Case {
            data: json!("Saddle"),
            hidden: &[8],
            function: "tanh",
            optimizer: optimizer("Adam", json!({"learning_rate": 0.03})),
            epochs: 100,
            batch: 32,
            goal: Goal::Error(0.11),
        },
    ]
}

fn run(case: &Case, seed: u32) -> Run {
    let dense = |units: usize, function: &str| json!({"class_name": "Dense", "config": {"units": units, "activation": function}});
    let mut layers: Vec<Json> = case
        .hidden
        .iter()
        .map(|n| dense(*n, case.function))
        .collect();
    let four = case.data["class_name"] == "Blobs";
    let (last, loss, metric) = match case.goal {
        Goal::Error(_) => (dense(1, "linear"), "mean_squared_error", "mae"),
        _ if four => (
            dense(4, "softmax"),
            "sparse_categorical_crossentropy",
            "accuracy",
        ),
        _ => (dense(1, "sigmoid"), "binary_crossentropy", "accuracy"),
    };
    layers.push(last);
    let experiment = json!({
        "data": case.data,
        "model": {"layers": layers},
        "compile": {
            "optimizer": case.optimizer,
            "loss": loss,
            "metrics": [metric],
        },
        "fit": {"epochs": case.epochs, "batch_size": case.batch},
        "seed": seed,
    });
    Run::new(Experiment::read(&experiment.to_string()).unwrap(), None).unwrap()
}

#[test]
fn reaches_a_good_result_on_every_toy_set() {
    let cases = cases();
    // Not those that are made of a file, or of numbers that somebody gives.
    let given = |set: &data::DataKind| {
        let mut options = set.class.all_options();
        options.any(|o| matches!(o.default, Preset::Required))
    };
    let made = |set: &&data::DataKind| set.asset == data::Asset::None && !given(set);
    for set in data::ALL.iter().copied().filter(made) {
        let name = set.class.class_name;
        let has = |c: &Case| c.data == name || c.data["class_name"] == name;
        assert!(cases.iter().any(has), "{name} has no network here");
    }
    // A debug build is twenty times slower: one seed there.
    let seeds = if cfg!(debug_assertions) { 1..2 } else { 1..13 };
    let mut faults = Vec::new();
    for case in &cases {
        for seed in seeds.clone() {
            let mut run = run(case, seed);
            let means = |values: &[MetricValue]| -> Vec<f64> {
                values.iter().map(MetricValue::mean).collect()
            };
            let before = means(&run.evaluate(Set::Test));
            while !run.fit().done() {
                run.epoch();
            }
            let after = means(&run.evaluate(Set::Test));
            let line = format!(
                "{}, seed {seed}: loss {:.3} -> {:.3}, metric {:.3} -> {:.3}",
                case.data, before[0], after[0], before[1], after[1]
            );
            println!("{line}");
            let reached = match case.goal {
                Goal::Accuracy(least) => after[1] >= least,
                Goal::Error(most) => after[1] <= most,
            };
            if run.trouble().is_some() || !reached || after[0] > before[0] / 2.0 {
                faults.push(line);
            }
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}
