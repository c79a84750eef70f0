//! Oracle: every gradient against finite differences of a second implementation in f64.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::disallowed_methods)] // std's f64 functions are the oracle here

mod oracle;

use glassbox::choice::Kind;
use glassbox::config::ModelConfig;
use glassbox::losses;
use glassbox::model::Sequential;
use glassbox::rng::Stream;
use glassbox::trainer::{CompileConfig, Examples, Trainer};
use oracle::functions::{Loss, activation};
use oracle::{Layer, Problem, Tensor};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

/// A model, a loss and a batch to be drawn.
#[derive(Clone, Debug)]
struct Case {
    input: Vec<usize>,
    layers: Vec<Json>,
    loss: Json,
    batch: usize,
    weighted: bool,
    /// The outputs must lie between 0 and 1 without being made to: small positive weights.
    careful: bool,
    seed: u64,
}

/// How well an array's gradient agrees.
#[derive(Debug)]
struct Agreement {
    /// ||g - g_fd|| / ||g_fd||.
    error: f64,
    /// Where that is over [`BOUND`]: how far the true gradient moves, likewise relative, when every
    /// number that it depends on moves by half a unit in its last place. 0 where nobody asked.
    floor: f64,
    /// Which array.
    path: String,
}

/// What the issue asks for.
const BOUND: f64 = 1e-6;

/// Sums of numbers that nearly cancel (over rows, or over the units above) keep fewer digits: there
/// no float32 program can be within 1e-6. Such an array may be off by this many times its floor.
const FLOORS: f64 = 8.0;

impl Agreement {
    fn holds(&self) -> bool {
        self.error <= BOUND || self.error <= FLOORS * self.floor
    }
}

fn norm(values: impl Iterator<Item = f64>) -> f64 {
    values.map(|v| v * v).sum::<f64>().sqrt()
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    norm(a.iter().zip(b).map(|(a, b)| a - b))
}

/// Every number half a unit in its last place away, upwards or downwards.
fn shaken(values: &[f64], stream: &mut Stream) -> Vec<f64> {
    let mut sign = || if stream.below(2) == 0 { 0.5 } else { -0.5 };
    let half = f64::from(f32::EPSILON) / 2.0;
    values
        .iter()
        .map(|v| v * (1.0 + 2.0 * sign() * half))
        .collect()
}

/// How far the gradient of array `i` moves when every number moves by half a unit in its last place.
fn floor(problem: &Problem, params: &[Vec<f64>], i: usize, wanted: &[f64]) -> f64 {
    let mut stream = Stream::new(1, 0);
    let mut furthest = 0.0f64;
    for _ in 0..8 {
        let near: Vec<_> = params.iter().map(|p| shaken(p, &mut stream)).collect();
        let mut problem = problem.clone();
        problem.x.data = shaken(&problem.x.data, &mut stream);
        furthest = furthest.max(distance(&problem.gradient(&near, i), wanted));
    }
    furthest / norm(wanted.iter().copied())
}

fn doubles(values: &[f32]) -> Vec<f64> {
    values.iter().map(|v| f64::from(*v)).collect()
}

/// What the engine's Dropout multiplies by in the first training pass: what it makes of ones.
fn mask(layer: &Json, shape: &[usize]) -> Option<Vec<f64>> {
    if layer["class_name"] != "Dropout" || layer["config"]["rate"] == 0.0 {
        return None;
    }
    let alone = ModelConfig::read(&json!({"layers": [layer]})).unwrap();
    let model = Sequential::build(&alone, &shape[1..].to_vec(), 0).unwrap();
    let mut ws = model.workspace(shape[0]).unwrap();
    let n = shape.iter().product();
    model.forward(vec![1.0; n][..].into(), true, &mut ws);
    Some(doubles(ws.outputs(&model, shape[0])))
}

/// Compares all gradients of a case; `None` where a kink or a clipped region is too near.
fn compare(case: &Case) -> Option<Vec<Agreement>> {
    let config = ModelConfig::read(&json!({"layers": case.layers})).unwrap();
    let mut model = Sequential::build(&config, &case.input, 0).unwrap();
    let mut stream = Stream::new(case.seed, 0);
    let mut between = |low: f32, high: f32| low + (high - low) * stream.uniform();

    let last = model.table().iter().map(|p| p.layer).max().unwrap();
    let mut params: Vec<Vec<f32>> = Vec::new();
    for param in model.table() {
        let n_in = if param.shape.len() == 2 {
            param.shape[0]
        } else {
            1
        } as f32;
        let (low, high) = match (case.careful && param.layer == last, param.name()) {
            (true, "kernel") => (0.1 / n_in, 0.7 / n_in),
            (true, _) => (0.05, 0.15),
            (false, "kernel") => (-1.8 / n_in.sqrt(), 1.8 / n_in.sqrt()),
            (false, _) => (-0.5, 0.5),
        };
        params.push((0..param.span.len()).map(|_| between(low, high)).collect());
    }
    model.set_weights(&params.concat()).unwrap();
    let params: Vec<Vec<f64>> = params.iter().map(|p| doubles(p)).collect();

    let shape: Vec<usize> = [case.batch].iter().chain(&case.input).copied().collect();
    let low = if case.careful { 0.2 } else { -1.0 };
    let x: Vec<f32> = (0..shape.iter().product())
        .map(|_| between(low, 1.0))
        .collect();

    let mut built: Vec<Layer> = Vec::new();
    let mut at = shape.clone();
    for (layer, (_, _, engine)) in case.layers.iter().zip(model.layers()) {
        built.push(Layer::read(layer, mask(layer, &at)));
        at = [&[case.batch], &engine.output_shape()[..]].concat();
    }
    let loss = Loss::read(&case.loss);
    let (rows, k) = (
        at.iter().product::<usize>() / at[at.len() - 1],
        at[at.len() - 1],
    );
    let t: Vec<f32> = if loss.wants_classes() {
        (0..rows).map(|_| between(0.0, k as f32).floor()).collect()
    } else if loss.class == "CategoricalCrossentropy" {
        // One-hot, or shares that sum to 1: TensorFlow's kernel, and so ours, supposes that they do.
        let one_hot = |class: usize| (0..k).map(move |i| f32::from(u8::from(i == class)));
        let mut row = || -> Vec<f32> {
            if !case.seed.is_multiple_of(3) {
                return one_hot(between(0.0, k as f32) as usize).collect();
            }
            let eighths = (0..k).map(|i| {
                if i == 0 {
                    0.125
                } else {
                    0.875 / (k - 1) as f32
                }
            });
            eighths.collect()
        };
        (0..rows).flat_map(|_| row()).collect()
    } else {
        (0..rows * k).map(|_| between(0.0, 1.0)).collect()
    };
    let weights: Option<Vec<f32>> = case
        .weighted
        .then(|| (0..case.batch).map(|_| between(0.25, 2.0)).collect());

    let problem = Problem {
        layers: built,
        loss,
        x: Tensor {
            shape,
            data: doubles(&x),
            keras_logits: None,
        },
        t: doubles(&t),
        weights: weights.as_ref().map(|w| doubles(w)),
    };
    let (loss, edge) = problem.loss(&params);
    if edge < 2e-3 || !loss.is_finite() {
        return None;
    }

    let compile = CompileConfig::read(&json!({"optimizer": "sgd", "loss": case.loss})).unwrap();
    let mut trainer = Trainer::new(model, &compile, case.batch).unwrap();
    let examples = Examples {
        x: x.clone(),
        t: t.clone(),
        weights: weights.clone(),
    };
    trainer.check(&examples).unwrap();
    let (value, gradients) = trainer.loss_and_gradients(&x, &t, weights.as_deref());
    let gradients = gradients.to_vec();
    let mut agreements = vec![Agreement {
        error: (f64::from(value) - loss).abs() / loss.abs(),
        floor: 0.0,
        path: "the loss".into(),
    }];
    for (i, param) in trainer.model.table().iter().enumerate() {
        if !param.trainable {
            continue;
        }
        let wanted = problem.gradient(&params, i);
        let got = doubles(&gradients[param.span.clone()]);
        // A unit that is never on: no gradient, and no other gradient will do.
        let still = norm(wanted.iter().copied()) < 1e-9 && norm(got.iter().copied()) < 1e-9;
        let off = distance(&got, &wanted) / norm(wanted.iter().copied());
        let error = if still { 0.0 } else { off };
        agreements.push(Agreement {
            error,
            floor: if error > BOUND {
                floor(&problem, &params, i, &wanted)
            } else {
                0.0
            },
            path: param.path.clone(),
        });
    }
    Some(agreements)
}

/// Counts what was compared, and fails with the case where something disagrees.
#[derive(Default)]
struct Tally {
    arrays: usize,
    at_the_floor: usize,
    too_near_a_kink: usize,
    worst: f64,
}

impl Tally {
    fn add(&mut self, case: &Case) -> Result<(), String> {
        let Some(agreements) = compare(case) else {
            self.too_near_a_kink += 1;
            return Ok(());
        };
        for found in &agreements {
            self.arrays += 1;
            self.at_the_floor += usize::from(found.error > BOUND);
            if found.error <= BOUND {
                self.worst = self.worst.max(found.error);
            }
            if !found.holds() {
                return Err(format!("{} is off: {found:?} of {case:#?}", found.path));
            }
        }
        Ok(())
    }

    /// Nearly all must keep the bound itself.
    fn close(&self, what: &str) {
        println!(
            "{what}: {} losses and arrays, worst relative error {:.1e}; {} at float32's floor; {} cases left out",
            self.arrays, self.worst, self.at_the_floor, self.too_near_a_kink
        );
        assert!(
            self.at_the_floor * 50 <= self.arrays,
            "{what}: too many at the floor"
        );
    }
}

/// What the oracle has so far of the catalog's activations, losses and layers. The others are held to
/// Keras' own gradients alone, in the parity test.
const FUNCTIONS: &[&str] = &["linear", "sigmoid", "tanh", "relu", "softmax"];
const LOSSES: &[&str] = &[
    "BinaryCrossentropy",
    "MeanSquaredError",
    "CategoricalCrossentropy",
    "SparseCategoricalCrossentropy",
];
const LAYERS: &[&str] = &["Dense", "Activation", "Dropout", "Flatten"];

/// Values to try of an option of a loss: all of a list, both of a truth value.
fn values(kind: &Kind, name: &str) -> Vec<Json> {
    match (kind, name) {
        (Kind::Bool, _) => vec![json!(false), json!(true)],
        (Kind::OneOf(words), _) => words
            .iter()
            .filter(|w| **w != "none")
            .map(|w| json!(w))
            .collect(),
        (_, "label_smoothing") => vec![json!(0.0), json!(0.125)],
        (_, "ignore_class") => vec![json!(null), json!(1)],
        (_, "axis") => vec![json!(-1)],
        _ => panic!("no values to try for the option '{name}': add them here"),
    }
}

/// Every loss of the catalog with every combination of its options.
fn all_losses() -> Vec<Json> {
    let mut all = Vec::new();
    for loss in losses::ALL
        .iter()
        .filter(|l| LOSSES.contains(&l.entry.class_name))
    {
        let mut configs = vec![json!({})];
        for option in loss.entry.options {
            let values = values(&option.kind, option.name);
            configs = configs
                .iter()
                .flat_map(|config| {
                    values.iter().map(move |value| {
                        let mut config = config.clone();
                        config[option.name] = value.clone();
                        config
                    })
                })
                .collect();
        }
        let named = |config| json!({"class_name": loss.entry.class_name, "config": config});
        all.extend(configs.into_iter().map(named));
    }
    all
}

fn dense(units: usize, function: &str) -> Json {
    json!({"class_name": "Dense", "config": {"units": units, "activation": function}})
}

/// Ways to put a function at the end of a model. A reshape and a dropout hide its logits from the
/// loss; a dropout that drops nothing, and a function that does nothing, do not.
fn endings(function: &str) -> Vec<Vec<Json>> {
    let flatten = json!({"class_name": "Flatten", "config": {}});
    let dropout = |rate| json!({"class_name": "Dropout", "config": {"rate": rate, "seed": 7}});
    let own = |f| json!({"class_name": "Activation", "config": {"activation": f}});
    vec![
        vec![dense(3, function)],
        vec![dense(3, "linear"), own(function)],
        vec![dense(3, function), dropout(0.0)],
        vec![dense(3, function), own("linear")],
        vec![dense(3, function), flatten],
        vec![dense(3, function), dropout(0.5)],
    ]
}

/// Whether outputs must be steered to lie between 0 and 1: a cross-entropy of what need not.
fn needs_care(function: &str, loss: &Json) -> bool {
    let cross_entropy = loss["class_name"]
        .as_str()
        .unwrap()
        .ends_with("Crossentropy");
    let from_logits = loss["config"]["from_logits"] == true;
    cross_entropy && !from_logits && !activation(function).leaves_logits
}

#[test]
fn oracle_gradients_of_every_activation_under_every_loss() {
    let mut tally = Tally::default();
    let mut seed = 0;
    for name in FUNCTIONS.iter().copied() {
        for loss in all_losses() {
            for (i, ending) in endings(name).into_iter().enumerate() {
                // A dropped probability is 0, where every cross-entropy is clipped.
                let cross = loss["class_name"]
                    .as_str()
                    .unwrap()
                    .ends_with("Crossentropy");
                if i == 5 && cross && loss["config"]["from_logits"] != true {
                    continue;
                }
                let careful = needs_care(name, &loss);
                let hidden = if careful { "sigmoid" } else { "tanh" };
                let mut case = Case {
                    input: if i % 2 == 0 { vec![4] } else { vec![2, 4] },
                    layers: [vec![dense(3, hidden)], ending].concat(),
                    loss: loss.clone(),
                    batch: 5,
                    weighted: seed % 2 == 0,
                    careful,
                    seed,
                };
                if i == 4 {
                    // Rows of 3 become one row of 6.
                    case.input = vec![2, 4];
                }
                seed += 1;
                tally.add(&case).unwrap_or_else(|why| panic!("{why}"));
            }
        }
    }
    assert!(tally.too_near_a_kink * 20 < tally.arrays);
    tally.close("every activation under every loss");
}

#[test]
fn oracle_knows_every_layer() {
    let shown: Vec<String> = endings("relu")
        .concat()
        .iter()
        .map(|layer| layer["class_name"].as_str().unwrap().to_string())
        .collect();
    for name in LAYERS {
        let name = *name;
        assert!(
            shown.iter().any(|s| s == name),
            "the layer {name} is in no model that is checked"
        );
    }
}

/// Rank, hidden layers, last function, loss and batch of a model.
fn any_case() -> impl Strategy<Value = Case> {
    let functions: Vec<&str> = FUNCTIONS.to_vec();
    let function = prop::sample::select(functions);
    let hidden = (
        0..4usize,
        1..9usize,
        function.clone(),
        any::<bool>(),
        any::<bool>(),
    );
    let input = prop::collection::vec(1..7usize, 1..4);
    let hidden = prop::collection::vec(hidden, 0..4);
    let last = (2..6usize, function, prop::sample::select(all_losses()));
    (input, hidden, last, 1..12usize, any::<bool>(), any::<u32>()).prop_map(
        |(input, hidden, (units, last, loss), batch, weighted, seed)| {
            let careful = needs_care(last, &loss);
            let mut layers = Vec::new();
            for (i, (class, units, function, bias, trainable)) in hidden.into_iter().enumerate() {
                layers.push(match class {
                    0 => json!({"class_name": "Dense", "config": {
                        "units": units, "activation": function, "use_bias": bias,
                        "trainable": trainable,
                    }}),
                    1 => json!({"class_name": "Activation", "config": {"activation": function}}),
                    2 => json!({"class_name": "Dropout", "config": {
                        "rate": if bias { 0.25 } else { 0.0 }, "seed": i,
                    }}),
                    _ => json!({"class_name": "Flatten", "config": {}}),
                });
            }
            if careful {
                layers.push(json!({"class_name": "Activation", "config": {
                    "activation": "sigmoid",
                }}));
            }
            layers.push(dense(units, last));
            Case {
                input,
                layers,
                loss,
                batch,
                weighted,
                careful,
                seed: u64::from(seed),
            }
        },
    )
}

#[test]
fn oracle_gradients_of_random_models() {
    use proptest::test_runner::{Config, RngSeed, TestRunner};
    let config = Config {
        cases: 400,
        rng_seed: RngSeed::Fixed(2),
        failure_persistence: None,
        ..Config::default()
    };
    let tally = std::cell::RefCell::new(Tally::default());
    let checked = TestRunner::new(config).run(&any_case(), |case| {
        let near = tally.borrow().too_near_a_kink;
        let found = tally.borrow_mut().add(&case);
        prop_assert!(found.is_ok(), "{}", found.unwrap_err());
        prop_assume!(tally.borrow().too_near_a_kink == near);
        Ok(())
    });
    if let Err(failure) = checked {
        panic!("{failure}");
    }
    tally.borrow().close("random models");
}

/// Keras on TensorFlow: metrics find the logits on the outputs as the loss does.
#[test]
fn oracle_a_cross_entropy_among_the_metrics_takes_logits_too() {
    let layers = vec![dense(3, "sigmoid")];
    let config = ModelConfig::read(&json!({"layers": layers})).unwrap();
    let model = Sequential::build(&config, &vec![2], 3).unwrap();
    let params: Vec<Vec<f64>> = model
        .table()
        .iter()
        .map(|p| doubles(model.param(p)))
        .collect();
    let compile = json!({
        "loss": "mean_squared_error",
        "metrics": ["categorical_crossentropy", "mean_squared_error"],
    });
    let compile = CompileConfig::read(&compile).unwrap();
    let mut trainer = Trainer::new(model, &compile, 2).unwrap();
    let (x, t) = (
        vec![0.5, -1.0, 2.0, 1.0],
        vec![0.0, 1.0, 0.0, 1.0, 0.0, 0.0],
    );
    let problem = |class: &str| Problem {
        layers: vec![Layer::read(&layers[0], None)],
        loss: Loss::read(&json!({"class_name": class})),
        x: Tensor {
            shape: vec![2, 2],
            data: doubles(&x),
            keras_logits: None,
        },
        t: doubles(&t),
        weights: None,
    };
    let (squares, _) = problem("MeanSquaredError").loss(&params);
    let (entropy, _) = problem("CategoricalCrossentropy").loss(&params);
    let data = Examples {
        x: x.clone(),
        t: t.clone(),
        weights: None,
    };
    let found = trainer.evaluate(&data, 2);
    for (got, wanted) in found.iter().zip([squares, entropy, squares]) {
        assert!(
            (got - wanted).abs() <= BOUND * wanted,
            "{got} instead of {wanted}"
        );
    }
    trainer
        .train_step(data.x[..].into(), &data.t, None)
        .unwrap();
    let training = trainer.metrics().next().unwrap().1;
    assert!(
        (training - entropy).abs() <= BOUND * entropy,
        "{training} instead of {entropy}"
    );
}
