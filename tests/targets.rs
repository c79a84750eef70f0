//! Oracle: what Keras makes of targets, weights and masks of every shape (`keras/targets.json`, made by
//! `keras/targets.py`). Where Keras raises, the engine refuses with a sentence; elsewhere the numbers agree.

#![cfg(not(target_arch = "wasm32"))]

use glassbox::experiment::read_fit;
use glassbox::model::Sequential;
use glassbox::model::config::ModelConfig;
use glassbox::options::error::ConfigError;
use glassbox::training::fit::{self, Fit};
use glassbox::training::trainer::{CompileConfig, Examples, Trainer};
use serde_json::Value as Json;

/// How a refusal begins that is a lack of the engine and no fault of the request.
const LACK: &str = "Keras has that, but this engine";

fn float(json: &Json) -> f32 {
    match json.as_str() {
        Some("Infinity") => f32::INFINITY,
        Some("-Infinity") => f32::NEG_INFINITY,
        Some(_) => f32::NAN,
        None => json.as_f64().unwrap_or(f64::NAN) as f32,
    }
}

fn floats(json: &Json) -> Vec<f32> {
    json.as_array().into_iter().flatten().map(float).collect()
}

/// Predictions, weights after and history of a case, as the engine has them.
struct Seen {
    predictions: Vec<f32>,
    after: Vec<f32>,
    history: Vec<(String, f32)>,
}

fn run(case: &Json) -> Result<Seen, ConfigError> {
    let config = ModelConfig::read(&case["model"]).map_err(|r| r.at("model"))?;
    let compile = CompileConfig::read(&case["compile"]).map_err(|r| r.at("compile"))?;
    let input = config.input_shape.clone().unwrap_or_default();
    let mut model = Sequential::build(&config, &input, 0).map_err(|r| r.at("model"))?;
    model.set_weights(&floats(&case["weights"]))?;
    let data = Examples {
        x: floats(&case["x"]).into(),
        t: floats(&case["y"]),
        weights: (!case["sample_weight"].is_null()).then(|| floats(&case["sample_weight"])),
    };
    let fit = read_fit(&case["fit"]).map_err(|r| r.at("fit"))?;
    let batch = fit::Options::of(&fit).batch_size;
    let mut trainer = Trainer::new(model, &compile, batch)?;
    trainer.check(&data)?;
    let n = data.x.len() / trainer.model.n_inputs();
    let mut predictions = vec![0.0; n * trainer.model.n_outputs()];
    trainer.predict(&data.x.all(), &mut predictions);
    let mut fit = Fit::new(&mut trainer, &fit, data, None, 0)?;
    while !fit.done() {
        fit.step(&mut trainer);
    }
    let row = fit.history().numbers().iter().copied();
    Ok(Seen {
        predictions,
        after: trainer.model.weights().collect(),
        history: fit.names().iter().cloned().zip(row).collect(),
    })
}

/// Where numbers are further apart than the cases of `keras_parity` may be.
fn apart(what: &str, got: &[f32], wanted: &[f32]) -> Option<String> {
    if got.len() != wanted.len() {
        return Some(format!(
            "{what}: {} numbers for {}",
            got.len(),
            wanted.len()
        ));
    }
    let same = |g: f32, w: f32| {
        g == w || g.is_nan() && w.is_nan() || (g - w).abs() <= 2e-6 + 2e-5 * w.abs()
    };
    let i = (0..got.len()).find(|i| !same(got[*i], wanted[*i]))?;
    Some(format!("{what}[{i}]: {} instead of {}", got[i], wanted[i]))
}

/// What is wrong with a case; empty where the engine says that it lacks what Keras has.
fn fault(case: &Json) -> Option<String> {
    let raises = case["raises"].as_str();
    let seen = match (run(case), raises) {
        (Err(refusal), Some(_)) if refusal.message.ends_with(['.', '?']) => return None,
        (Err(refusal), None) if refusal.message.contains(LACK) => return Some(String::new()),
        (Err(refusal), _) => return Some(format!("refused: {refusal}")),
        (Ok(_), Some(error)) => return Some(format!("trained, where Keras raises {error}")),
        (Ok(seen), None) => seen,
    };
    let history = case["history"].as_object().into_iter().flatten();
    let mut faults = history.map(|(name, wanted)| {
        let own = seen.history.iter().find(|(n, _)| n == name);
        let own: Vec<f32> = own.iter().map(|(_, v)| *v).collect();
        apart(name, &own, &[float(wanted)])
    });
    apart(
        "predictions",
        &seen.predictions,
        &floats(&case["predictions"]),
    )
    .or_else(|| faults.find_map(|f| f))
    .or_else(|| apart("after", &seen.after, &floats(&case["after"])))
}

fn cases(group: &str) -> Vec<Json> {
    let text = include_str!("keras/targets.json");
    let json: Json = serde_json::from_str(text).unwrap();
    json[group].as_array().unwrap().clone()
}

/// Every case of a group agrees, but for so many that the engine says it lacks.
fn check(group: &str, at_least: usize, lacks: usize) {
    let cases = cases(group);
    assert!(cases.len() >= at_least, "{group} has {} cases", cases.len());
    let (mut faults, mut lacking) = (Vec::new(), 0);
    for case in &cases {
        match fault(case) {
            Some(fault) if fault.is_empty() => lacking += 1,
            Some(fault) => faults.push(format!("{}: {fault}", case["name"])),
            None => {}
        }
    }
    assert_eq!(
        lacking, lacks,
        "{group}: cases that the engine says it lacks"
    );
    let n = faults.len();
    assert!(n == 0, "{n} of {}:\n{}", cases.len(), faults.join("\n"));
}

#[test]
fn oracle_weights_for_each_step() {
    check("steps", 130, 0);
}

#[test]
fn oracle_metrics_with_a_weight_for_each_step() {
    check("weighted_metrics", 160, 0);
}

#[test]
fn oracle_class_weights() {
    check("class_weights", 25, 0);
}

#[test]
fn oracle_layers_that_a_mask_does_not_fit() {
    check("masks", 25, 0);
}

#[test]
fn oracle_attention_that_sees_nothing() {
    check("attention", 12, 0);
}

#[test]
fn oracle_axes_by_any_name() {
    check("axes", 180, 24);
}

#[test]
fn oracle_crossentropy_by_the_shapes() {
    check("crossentropy", 10, 0);
}

#[test]
fn oracle_weights_of_the_validation() {
    check("validation", 24, 0);
}

/// Keras rounds a target to its class and finds -1 under no key: it weighs 1 (Keras 3.15.1, `fit`: loss 1.125,
/// then kernel 0.4 and bias -0.0375).
#[test]
fn oracle_class_weights_of_signs() {
    let seen = run(&serde_json::json!({
        "model": {"layers": [
            {"class_name": "InputLayer", "config": {"batch_shape": [null, 1]}},
            {"class_name": "Dense", "config": {"units": 1}},
        ]},
        "compile": {"optimizer": {"class_name": "SGD", "config": {"learning_rate": 0.1}}, "loss": "hinge"},
        "weights": [0.5, 0.0],
        "x": [1, 2, 3, 4],
        "y": [-1, 1, 1, -1],
        "fit": {"batch_size": 4, "epochs": 1, "shuffle": false, "class_weight": {"0": 4, "1": 0.5}},
    }))
    .unwrap();
    assert_eq!(seen.history[0], ("loss".to_string(), 1.125));
    assert_eq!(apart("after", &seen.after, &[0.4, -0.0375]), None);
}
