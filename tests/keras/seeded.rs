//! Whole models' first weights after `keras.utils.set_random_seed`, and dropout's first two calls.

use super::{Comparison, Outcome, float, floats};
use glassbox::model::Sequential;
use glassbox::model::config::ModelConfig;
use glassbox::options::error::ConfigError;
use glassbox::training::trainer::{CompileConfig, Trainer};
use serde_json::{Value as Json, json};

/// How far normal kinds may lie from Keras'.
const NORMAL: f32 = 6e-7;

/// The outcome of a model of `seeded.json`.
pub fn check(model: &Json) -> Outcome {
    run(model).unwrap_or_else(Outcome::of_refusal)
}

fn run(entry: &Json) -> Result<Outcome, ConfigError> {
    let config = ModelConfig::read(&entry["config"])?;
    let shape = config.input_shape.clone().unwrap_or_default();
    let seed = entry["seed"].as_u64().unwrap_or(0) as u32;
    let mut model = Sequential::build(&config, &shape, seed)?;
    if entry.get("y").is_some() {
        return drawn(entry, model);
    }
    let mut seen = Comparison::default();
    for (param, wanted) in model
        .table()
        .iter()
        .zip(entry["weights"].as_array().into_iter().flatten())
    {
        let (got, wanted) = (model.param(param), floats(wanted));
        let json = &entry["config"]["config"]["layers"].to_string();
        let normal = ["Normal\"", "_normal\"", "Orthogonal"]
            .iter()
            .any(|kind| json.contains(kind));
        if !normal && got != wanted {
            return Ok(Outcome::Fails(format!(
                "{} is not equal to the bit",
                param.path
            )));
        }
        // Normal kinds lie that far from Keras, whose logarithm and sine round otherwise.
        let off = got
            .iter()
            .zip(&wanted)
            .map(|(g, w)| (g - w).abs())
            .fold(0.0, f32::max);
        if off > NORMAL || got.len() != wanted.len() {
            return Ok(Outcome::Fails(format!(
                "{} is {off:e} away, more than {NORMAL:e}",
                param.path
            )));
        }
    }
    for call in ["train_call_1", "train_call_2", "train_call_3"] {
        let Some(wanted) = entry.get(call) else {
            continue;
        };
        let ones = || vec![1.0; 3 * model.n_inputs()];
        let x = entry.get("x").map_or_else(ones, floats);
        let mut ws = model.workspace(3)?;
        model.forward(x[..].into(), true, &mut ws);
        model.set_training_calls(model.training_calls() + 1);
        let (got, wanted) = (ws.outputs(&model, 3), floats(wanted));
        if got
            .iter()
            .zip(&wanted)
            .any(|(g, w)| (*g == 0.0) != (*w == 0.0))
        {
            return Ok(Outcome::Fails(format!("{call}: another mask")));
        }
        seen.section(call, got, &wanted, 0.0);
    }
    Ok(seen.outcome())
}

/// A model with layers that draw, on inputs and first weights of its own: three training calls, a
/// prediction, and a step of gradient descent after them.
fn drawn(entry: &Json, mut model: Sequential) -> Result<Outcome, ConfigError> {
    let arrays = |key: &str| -> Vec<f32> {
        let list = entry[key].as_array().into_iter().flatten();
        list.flat_map(floats).collect()
    };
    let (x, t) = (floats(&entry["x"]), floats(&entry["y"]));
    let batch = t.len();
    let mut seen = Comparison::default();
    // Orthogonal ones lie up to 1e-5 apart.
    let first: Vec<f32> = model.weights().collect();
    seen.section("first weights", &first, &arrays("weights"), 1e-6);
    model.set_weights(&arrays("weights"))?;
    let mut ws = model.workspace(batch)?;
    for call in ["train_call_1", "train_call_2", "train_call_3"] {
        model.forward(x[..].into(), true, &mut ws);
        model.set_training_calls(model.training_calls() + 1);
        let wanted = floats(&entry[call]);
        seen.section(call, ws.outputs(&model, batch), &wanted, 0.0);
    }
    if let Some(loss) = entry.get("loss") {
        let compile = json!({"loss": "mse", "optimizer": {
            "class_name": "SGD", "config": {"learning_rate": 0.1}}});
        let mut trainer = Trainer::new(model, &CompileConfig::read(&compile)?, batch)?;
        let got = trainer
            .train_step(x[..].into(), &t, None)
            .map_err(|d| ConfigError::new("loss", d.what))?;
        seen.section("loss", &[got], &[float(loss)], 0.0);
        let weights: Vec<f32> = trainer.model.weights().collect();
        seen.section("weights_after", &weights, &arrays("weights_after"), 0.0);
        model = trainer.model;
    }
    if let Some(wanted) = entry.get("predicted") {
        model.forward(x[..].into(), false, &mut ws);
        let got = ws.outputs(&model, batch);
        seen.section("predicted", got, &floats(wanted), 0.0);
    }
    Ok(seen.outcome())
}
