//! Gradients of attention. Oracle: the bias of its keys adds one number to all scores that a place sees. Softmax does not
//! change with it, so its gradient is exactly 0 for any mask.

#![cfg(not(target_arch = "wasm32"))]

use glassbox::model::Sequential;
use glassbox::model::config::ModelConfig;
use glassbox::numerics::rng::Stream;
use glassbox::training::trainer::{CompileConfig, Trainer};
use serde_json::{Value as Json, json};

/// Tokens of five sequences; 0 is masked, and one row is masked throughout.
const X: [f32; 20] = [
    1.0, 2.0, 0.0, 0.0, 3.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 4.0, 1.0, 0.0, 2.0, 2.0, 3.0, 4.0,
    1.0,
];
const Y: [f32; 5] = [0.5, -1.0, 2.0, 0.25, 1.0];

/// Embedding, attention of it to itself, and one answer.
fn model(options: &Json, masked: bool, seed: u32) -> Sequential {
    let named = |class: &str, name: &str, config: Json, inputs: &[&str]| {
        let tensor = |layer: &&str| json!({"class_name": "__keras_tensor__", "config": {"keras_history": [layer, 0, 0]}});
        let inputs: Vec<Json> = inputs.iter().map(tensor).collect();
        let mut config = config;
        config["name"] = name.into();
        json!({"class_name": class, "config": config, "name": name, "inbound_nodes": match inputs.is_empty() {
            true => json!([]),
            false => json!([{"args": inputs, "kwargs": {}}]),
        }})
    };
    let mut attention = json!({"num_heads": 2});
    for (key, value) in options.as_object().unwrap() {
        attention[key] = value.clone();
    }
    let config = json!({"class_name": "Functional", "config": {
        "layers": [
            named("InputLayer", "input", json!({"batch_shape": [null, 4]}), &[]),
            named("Embedding", "embedding", json!({"input_dim": 5, "output_dim": 3, "mask_zero": masked}), &["input"]),
            named("MultiHeadAttention", "attention", attention, &["embedding", "embedding"]),
            named("Flatten", "flatten", json!({}), &["attention"]),
            named("Dense", "dense", json!({"units": 1}), &["flatten"]),
        ],
        "input_layers": [["input", 0, 0]],
        "output_layers": [["dense", 0, 0]],
    }});
    let config = ModelConfig::read(&config).unwrap();
    Sequential::build(&config, &vec![4], seed).unwrap()
}

fn trainer(optimizer: &str, options: &Json, masked: bool) -> Trainer {
    let mut all = json!({"key_dim": 3, "bias_initializer": "random_normal"});
    for (key, value) in options.as_object().unwrap() {
        all[key] = value.clone();
    }
    let mut model = model(&all, masked, 7);
    // Larger weights than the first ones, so that attention makes a difference.
    let weights: Vec<f32> = model.weights().map(|w| 4.0 * w).collect();
    model.set_weights(&weights).unwrap();
    let compile = CompileConfig::read(&json!({"optimizer": optimizer, "loss": "mse"})).unwrap();
    Trainer::new(model, &compile, 5).unwrap()
}

/// Where an array of weights lies among the trainable ones.
fn span(trainer: &Trainer, path: &str) -> std::ops::Range<usize> {
    let mut table = trainer.model.table().iter();
    table.find(|p| p.path.ends_with(path)).unwrap().span.clone()
}

/// By how much the loss grows from `-by` to `by` along each weight of an array.
fn differences(trainer: &mut Trainer, path: &str, by: f32) -> Vec<f32> {
    let loss_at = |trainer: &mut Trainer, i: usize, by: f32| {
        trainer.model.trainable_mut()[i] += by;
        let loss = trainer.loss_and_gradients(&X, &Y, None).0;
        trainer.model.trainable_mut()[i] -= by;
        loss
    };
    let span = span(trainer, path);
    span.map(|i| loss_at(trainer, i, by) - loss_at(trainer, i, -by))
        .collect()
}

fn largest(values: &[f32]) -> f32 {
    values.iter().fold(0.0, |a, v| a.max(v.abs()))
}

fn variants() -> Vec<(Json, bool)> {
    let mut all = Vec::new();
    for masked in [false, true] {
        for causal in [false, true] {
            for more in [
                json!({}),
                json!({"dropout": 0.25, "seed": 3}),
                json!({"sliding_window": 2}),
            ] {
                let mut options = more;
                options["use_causal_mask"] = causal.into();
                all.push((options, masked));
            }
        }
    }
    all
}

#[test]
fn oracle_no_gradient_at_the_bias_of_keys() {
    for (options, masked) in variants() {
        let mut trainer = trainer("adam", &options, masked);
        let [key, query] = ["key/bias", "query/bias"].map(|path| span(&trainer, path));
        let gradients = trainer.loss_and_gradients(&X, &Y, None).1;
        assert!(
            gradients[key].iter().all(|g| *g == 0.0),
            "{options} {masked}"
        );
        assert!(largest(&gradients[query]) > 1e-4, "{options} {masked}");
        // The loss itself says so: it does not move, but for rounding, where that of the queries does.
        let [still, moved] =
            ["key/bias", "query/bias"].map(|path| differences(&mut trainer, path, 0.5));
        assert!(largest(&still) < 2e-5, "{options} {masked}: {still:?}");
        assert!(largest(&moved) > 1e-3, "{options} {masked}: {moved:?}");
    }
}

/// A penalty on what the keys are is a gradient at their bias.
#[test]
fn oracle_the_penalty_on_outputs_reaches_the_bias_of_keys() {
    let options = json!({"activity_regularizer": {"class_name": "L2", "config": {"l2": 0.3}}});
    let mut trainer = trainer("sgd", &options, true);
    let key = span(&trainer, "key/bias");
    let gradients = trainer.loss_and_gradients(&X, &Y, None).1[key].to_vec();
    let by = 0.05;
    let wanted = differences(&mut trainer, "key/bias", by);
    assert!(largest(&gradients) > 0.01, "{gradients:?}");
    for (g, w) in gradients.iter().zip(&wanted) {
        assert!(
            (g - w / (2.0 * by)).abs() < 1e-3 * (1.0 + g.abs()),
            "{gradients:?} {wanted:?}"
        );
    }
}

/// Rounding noise would be whole steps of 0.001 for these.
#[test]
fn reaches_a_bias_of_keys_that_stays_under_adam() {
    for optimizer in [
        "adam", "rmsprop", "adamax", "nadam", "lion", "adagrad", "adadelta",
    ] {
        let mut trainer = trainer(optimizer, &json!({}), true);
        let [key, query] = ["key/bias", "query/bias"].map(|path| span(&trainer, path));
        let before = trainer.model.trainable().to_vec();
        for _ in 0..20 {
            trainer.train_step(X[..].into(), &Y, None).unwrap();
        }
        let after = trainer.model.trainable();
        assert_eq!(after[key.clone()], before[key], "{optimizer}");
        assert_ne!(after[query.clone()], before[query], "{optimizer}");
    }
}

/// A place that sees none gets the output's bias where there is a dropout (Keras 3.15.1 after
/// `set_random_seed(0)`, `model.predict`; without one it gets the average of all: `targets.rs`).
#[test]
fn oracle_a_place_that_sees_nothing() {
    let x = [1.0, 2.0, 0.0, 0.0, 3.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];
    let wanted = [-0.055384, 0.005638, 0.0];
    let model = model(&json!({"key_dim": 2, "dropout": 0.1}), true, 0);
    let mut ws = model.workspace(3).unwrap();
    model.forward(x[..].into(), false, &mut ws);
    let got = ws.outputs(&model, 3);
    let near = got.iter().zip(wanted).all(|(g, w)| (g - w).abs() < 1e-6);
    assert!(near, "{got:?}");
}

/// More positions than the backward pass takes at a time: along each gradient the loss grows by its square.
#[test]
fn oracle_gradients_of_a_long_sequence() {
    const STEPS: usize = 70;
    let named = |class: &str, config: Json| json!({"class_name": class, "config": config});
    let mut stream = Stream::new(3, 4);
    let x: Vec<f32> = (0..2 * STEPS * 4).map(|_| 2.0 * stream.normal()).collect();
    for causal in [false, true] {
        let config = json!({"class_name": "Sequential", "config": {"layers": [
            named("InputLayer", json!({"batch_shape": [null, STEPS, 4]})),
            named("MultiHeadAttention", json!({"num_heads": 2, "key_dim": 5, "value_dim": 3, "use_causal_mask": causal})),
            named("Flatten", json!({})),
            named("Dense", json!({"units": 1})),
        ]}});
        let config = ModelConfig::read(&config).unwrap();
        let model = Sequential::build(&config, &vec![STEPS, 4], 7).unwrap();
        let compile = CompileConfig::read(&json!({"optimizer": "sgd", "loss": "mse"})).unwrap();
        let mut trainer = Trainer::new(model, &compile, 5).unwrap();
        let gradients = trainer
            .loss_and_gradients(&x, &[1.0, -1.0], None)
            .1
            .to_vec();
        for path in ["query/kernel", "key/kernel", "value/kernel"] {
            let span = span(&trainer, path);
            let gradient = &gradients[span.clone()];
            let size = gradient.iter().map(|g| g * g).sum::<f32>().sqrt();
            let mut loss_at = |by: f32| {
                let weights = trainer.model.trainable_mut()[span.clone()].iter_mut();
                weights.zip(gradient).for_each(|(w, g)| *w += by * g / size);
                trainer.loss_and_gradients(&x, &[1.0, -1.0], None).0
            };
            let (above, below) = (loss_at(0.005), loss_at(-0.01));
            loss_at(0.005);
            let slope = (above - below) / 0.01;
            assert!(
                (slope / size - 1.0).abs() < 0.02,
                "{causal} {path}: {slope} {size}"
            );
        }
    }
}
