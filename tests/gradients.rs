//! Oracle: every gradient against an f64 implementation of its own, whose derivatives are held to
//! finite differences.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::disallowed_methods)] // std's f64 functions are the oracle here

mod oracle;

use glassbox::functions::activations;
use glassbox::functions::losses;
use glassbox::layers;
use glassbox::model::Sequential;
use glassbox::model::config::ModelConfig;
use glassbox::training::trainer::{CompileConfig, Examples, Trainer};
use oracle::NOT_DIFFERENTIATED;
use oracle::Problem;
use oracle::cases::{Ask, Case, Start};
use oracle::check::doubles;
use oracle::functions::variations;
use oracle::losses::Loss;
use oracle::number::Mode;
use oracle::picks::{self, Pick};
use oracle::samples::{Wants, wants};
use oracle::tally::{Tally, assert_options};
use oracle::tensor::Param;
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use std::cell::RefCell;

/// Layers that begin a model.
const STARTS: &[&str] = &["Embedding", "Masking"];

/// The catalog's layers that are put on top of others and have a gradient.
fn classes() -> Vec<&'static str> {
    let all = layers::ALL.iter().map(|l| l.class.class_name);
    let left_out = |class: &str| NOT_DIFFERENTIATED.iter().any(|(name, _)| *name == class);
    all.filter(|class| !left_out(class) && !STARTS.contains(class))
        .collect()
}

fn loss_classes() -> Vec<&'static str> {
    losses::ALL.iter().map(|l| l.class.class_name).collect()
}

fn start_for(class: &str, seed: u64) -> Start {
    match wants(class) {
        Wants::Sequence | Wants::Steps => Start::Sequence,
        Wants::Image => Start::Image,
        _ => [Start::Vector, Start::Sequence, Start::Image][seed as usize / 5 % 3],
    }
}

/// A case of one layer, which is repeated with other numbers where a kink is too near or where the
/// layer does not fit.
fn check_one(tally: &mut Tally, case: Case) {
    let mut case = case;
    for attempt in 0..40 {
        let model = case.model();
        let has = |ask: &Ask| {
            model
                .layers
                .iter()
                .any(|(layer, _)| layer["class_name"] == ask.class)
        };
        if case.layers.iter().all(has) && tally.add(&case).unwrap_or_else(|why| panic!("{why}")) {
            return;
        }
        case.seed += 1000;
        // Fewer numbers, fewer kinks.
        if attempt > 10 {
            (case.batch, case.sizes) = (3, [3, 2, 1]);
        }
        case.layers
            .iter_mut()
            .for_each(|layer| layer.options += 1000);
    }
    panic!("a kink is always too near, or its numbers too large: {case:?}");
}

fn ask(class: &'static str, options: u64, activation: Option<&Json>) -> Ask {
    Ask {
        class,
        options,
        activation: activation.cloned(),
    }
}

#[test]
fn oracle_gradients_of_every_layer_under_every_loss() {
    let mut tally = Tally::default();
    let mut seed = 0;
    for class in classes() {
        for loss in loss_classes() {
            seed += 1;
            let case = Case {
                start: start_for(class, seed),
                sizes: [[3, 5, 2], [5, 3, 1], [4, 2, 3]][seed as usize % 3],
                batch: [3, 5, 7][seed as usize / 2 % 3],
                layers: vec![ask(class, seed, None)],
                last: (
                    3,
                    json!(["linear", "sigmoid", "softmax"][seed as usize / 3 % 3]),
                ),
                loss: picks::loss(loss, &mut Pick(seed)),
                weighted: seed % 2 == 0,
                seed,
            };
            check_one(&mut tally, case);
        }
    }
    tally.report("every layer under every loss");
    for kind in layers::ALL
        .iter()
        .filter(|l| classes().contains(&l.class.class_name))
    {
        assert_options(&tally, &kind.class);
    }
    losses::ALL
        .iter()
        .for_each(|loss| assert_options(&tally, &loss.class));
}

#[test]
fn oracle_gradients_of_every_activation_under_every_loss() {
    let mut tally = Tally::default();
    let mut seed = 0;
    for activation in activations::ALL
        .iter()
        .flat_map(|a| variations(a.class.name))
    {
        for loss in loss_classes() {
            seed += 1;
            let case = Case {
                start: if seed % 2 == 0 {
                    Start::Vector
                } else {
                    Start::Sequence
                },
                sizes: [4, 3, 1],
                batch: 5,
                layers: vec![],
                last: (3, activation.clone()),
                loss: picks::loss(loss, &mut Pick(seed)),
                weighted: seed % 3 == 0,
                seed,
            };
            check_one(&mut tally, case);
        }
    }
    tally.report("every activation under every loss");
}

#[test]
fn oracle_gradients_of_every_activation_in_every_layer() {
    let mut tally = Tally::default();
    let mut seed = 0;
    for kind in layers::ALL
        .iter()
        .filter(|l| l.class.all_options().any(|o| o.name == "activation"))
    {
        for activation in activations::ALL
            .iter()
            .flat_map(|a| variations(a.class.name))
        {
            seed += 1;
            let class = kind.class.class_name;
            let case = Case {
                start: start_for(class, seed),
                sizes: [3, 4, 2],
                batch: 3,
                layers: vec![ask(class, seed, Some(&activation))],
                last: (2, json!("linear")),
                loss: json!({"class_name": "MeanSquaredError"}),
                weighted: false,
                seed,
            };
            check_one(&mut tally, case);
        }
    }
    tally.report("every activation in every layer");
}

/// Any start, shapes, layers, last activation, loss and batch.
fn any_case() -> impl Strategy<Value = Case> {
    let starts = [
        Start::Vector,
        Start::Sequence,
        Start::Image,
        Start::Masked,
        Start::Words(false),
        Start::Words(true),
    ];
    let layer = (prop::sample::select(classes()), any::<u16>());
    let layer = layer.prop_map(|(class, options)| ask(class, u64::from(options), None));
    let functions: Vec<Json> = activations::ALL
        .iter()
        .flat_map(|a| variations(a.class.name))
        .collect();
    let loss = (prop::sample::select(loss_classes()), any::<u16>());
    let loss = loss.prop_map(|(class, options)| picks::loss(class, &mut Pick(u64::from(options))));
    let model = (
        prop::sample::select(starts.to_vec()),
        [1..6usize, 1..5usize, 1..4usize],
        prop::collection::vec(layer, 0..5),
        (0..5usize, prop::sample::select(functions)),
    );
    let batch = prop::sample::select(vec![1, 3, 5, 7]);
    (model, loss, batch, any::<bool>(), any::<u32>()).prop_map(
        |((start, sizes, layers, last), loss, batch, weighted, seed)| Case {
            start,
            sizes,
            batch,
            layers,
            last,
            loss,
            weighted,
            seed: u64::from(seed),
        },
    )
}

#[test]
fn oracle_gradients_of_random_models() {
    use proptest::test_runner::{Config, RngSeed, TestRunner};
    let wanted = std::env::var("GLASSBOX_CASES")
        .ok()
        .and_then(|n| n.parse().ok());
    let config = Config {
        cases: wanted.unwrap_or(700),
        rng_seed: RngSeed::Fixed(2),
        failure_persistence: None,
        ..Config::default()
    };
    let tally = RefCell::new(Tally::default());
    let checked = TestRunner::new(config).run(&any_case(), |case| {
        let found = tally.borrow_mut().add(&case);
        prop_assert!(found.is_ok(), "{}", found.unwrap_err());
        prop_assume!(found.unwrap_or(false));
        Ok(())
    });
    if let Err(failure) = checked {
        panic!("{failure}");
    }
    let tally = tally.into_inner();
    tally.report("random models");
    assert!(tally.models >= 500 || wanted.is_some());
    let layers = layers::ALL.iter().map(|l| l.class.class_name);
    let layers = layers.filter(|class| NOT_DIFFERENTIATED.iter().all(|(name, _)| name != class));
    let functions = activations::ALL.iter().map(|a| a.class.name).chain(["glu"]);
    for name in layers.chain(functions).chain(loss_classes()) {
        let n = tally.counts.get(name).copied().unwrap_or(0);
        assert!(
            n >= 5 || wanted.is_some(),
            "{name} is in {n} random models only"
        );
    }
}

/// Keras on TensorFlow: metrics find the logits on the outputs as the loss does.
#[test]
fn oracle_a_cross_entropy_among_the_metrics_takes_logits_too() {
    let layer = json!({"class_name": "Dense", "config": {"units": 3, "activation": "sigmoid"}});
    let config = ModelConfig::read(&json!({"layers": [layer]})).unwrap();
    let model = Sequential::build(&config, &vec![2], 3).unwrap();
    let params: Vec<Param> = model.table().iter().map(|p| Param::of(&model, p)).collect();
    let compile = json!({
        "loss": "mean_squared_error",
        "metrics": ["categorical_crossentropy", "mean_squared_error"],
    });
    let compile = CompileConfig::read(&compile).unwrap();
    let mut trainer = Trainer::new(model, &compile, 2).unwrap();
    let data = Examples {
        x: vec![0.5, -1.0, 2.0, 1.0].into(),
        t: vec![0.0, 1.0, 0.0, 1.0, 0.0, 0.0],
        weights: None,
    };
    let value = |class: &str| {
        let problem = Problem {
            layers: vec![(layer.clone(), vec![0])],
            loss: Loss::read(&json!({"class_name": class})),
            shape: vec![2, 2],
            x: doubles(&data.x.all()),
            t: doubles(&data.t),
            weights: None,
        };
        problem.pass(&params, Mode::Values).shown
    };
    let (squares, entropy) = (value("MeanSquaredError"), value("CategoricalCrossentropy"));
    let found = trainer.evaluate(&data, 2);
    for (got, wanted) in found.iter().zip([squares, entropy, squares]) {
        let got = got.mean();
        assert!(
            (got - wanted).abs() <= 1e-6 * wanted,
            "{got} instead of {wanted}"
        );
    }
    trainer
        .train_step((&*data.x.all()).into(), &data.t, None)
        .unwrap();
    let training = trainer.metrics().next().unwrap().1.mean();
    assert!(
        (training - entropy).abs() <= 1e-6 * entropy,
        "{training} instead of {entropy}"
    );
}
