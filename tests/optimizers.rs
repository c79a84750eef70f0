//! Reaches: what an optimizer answers beside its steps.

#![cfg(not(target_arch = "wasm32"))]

use glassbox::options::ConfigObject;
use glassbox::training::optimizers::{Optimizer, REGISTRY, Variable};
use serde_json::{Value as Json, json};

fn optimizer(class: &str, config: Json) -> Optimizer {
    let choice =
        ConfigObject::read(&REGISTRY, &json!({"class_name": class, "config": config})).unwrap();
    let variable = Variable {
        span: 0..2,
        shape: vec![2],
        path: "dense/bias".into(),
    };
    Optimizer::new(&choice, vec![variable]).unwrap()
}

#[test]
fn reaches_a_learning_rate_that_can_be_set_and_kept() {
    let mut own = optimizer("SGD", json!({"learning_rate": 0.5}));
    let mut w = [1.0, 2.0];
    own.step(&mut w, &[1.0, 1.0], &mut []);
    assert_eq!(w, [0.5, 1.5]);
    own.set_learning_rate(0.25).unwrap();
    own.step(&mut w, &[1.0, 1.0], &mut []);
    assert_eq!((w, own.learning_rate()), ([0.25, 1.25], 0.25));
    let mut other = optimizer("SGD", json!({"learning_rate": 0.5}));
    other.restore(own.steps(), own.slots().to_vec());
    assert_eq!((other.learning_rate(), other.iterations()), (0.25, 2));
}

#[test]
fn reaches_a_sentence_where_a_schedule_sets_the_learning_rate() {
    let schedule = json!({"class_name": "PiecewiseConstantDecay", "config":
        {"boundaries": [1], "values": [0.5, 0.25]}});
    let mut own = optimizer(
        "SGD",
        json!({"learning_rate": schedule, "gradient_accumulation_steps": 2}),
    );
    assert!(own.set_learning_rate(0.1).is_err());
    // A schedule counts steps, a rule counts updates.
    let mut w = [1.0, 1.0];
    let mut rates = Vec::new();
    for _ in 0..4 {
        rates.push(own.learning_rate());
        own.step(&mut w, &[1.0, 0.0], &mut []);
    }
    assert_eq!(rates, [0.5, 0.5, 0.25, 0.25]);
    assert_eq!((own.steps(), own.iterations()), (4, 2));
    assert_eq!(w, [0.25, 1.0]);
}

#[test]
fn reaches_weights_that_become_their_mean_at_the_end() {
    let mut own = optimizer(
        "SGD",
        json!({"learning_rate": 1.0, "use_ema": true, "ema_momentum": 0.5}),
    );
    let mut w = [4.0, 0.0];
    own.step(&mut w, &[1.0, 0.0], &mut []);
    own.step(&mut w, &[1.0, 0.0], &mut []);
    assert_eq!(w, [2.0, 0.0]);
    own.finalize(&mut w);
    assert_eq!(w, [2.5, 0.0]);
}

#[test]
fn reaches_a_config_as_keras_saves_it() {
    let saved = json!({
        "name": "adam", "learning_rate": 0.001, "weight_decay": null, "clipnorm": null,
        "global_clipnorm": null, "clipvalue": null, "use_ema": false, "ema_momentum": 0.99,
        "ema_overwrite_frequency": null, "loss_scale_factor": null,
        "gradient_accumulation_steps": null, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7,
        "amsgrad": false,
    });
    let choice =
        ConfigObject::read(&REGISTRY, &json!({"class_name": "Adam", "config": saved})).unwrap();
    assert!(choice.config_json().is_empty());
}
