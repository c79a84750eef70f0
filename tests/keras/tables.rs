//! The function tables: activations, losses, metrics, initializers, dropout at chosen points.

#[path = "augment.rs"]
mod augment;

use super::cases::as_keras;
use super::{Comparison, Outcome, float, floats};
use glassbox::functions::activations;
use glassbox::functions::initializers;
use glassbox::functions::losses;
use glassbox::functions::losses::{Batch, Loss};
use glassbox::functions::metrics;
use glassbox::functions::metrics::Metric;
use glassbox::functions::schedules;
use glassbox::model::Sequential;
use glassbox::model::config::ModelConfig;
use glassbox::numerics::rng::PythonRandom;
use glassbox::options::ConfigObject;
use glassbox::options::error::ConfigError;
use serde_json::{Value as Json, json};

/// The names of a table's rows.
pub fn labels(name: &str, table: &Json) -> Vec<String> {
    let label = |row: &Json| {
        let keys = ["fn", "loss", "metric", "init", "schedule", "layer", "name"];
        let what = keys.iter().find_map(|key| row[*key].as_str());
        format!("{name} {} {}", what.unwrap_or(""), row["args"])
    };
    let rows = table["rows"].as_array();
    assert!(
        rows.is_some_and(|rows| !rows.is_empty()),
        "{name} has no rows"
    );
    rows.into_iter().flatten().map(label).collect()
}

/// The outcome of a row of a table.
pub fn check(table: &Json, row: usize) -> Outcome {
    let row = &table["rows"][row];
    let compared = match table["table"].as_str().unwrap_or("") {
        "activations" => activation(row),
        "losses" => loss(row),
        "metrics" => metric(row),
        "initializers" => initializer(row),
        "lr_schedules" => schedule(row),
        "dropout" => dropout(row),
        "augmentation" => augment::check(row, &table["images"]),
        other => return Outcome::Unsupported(format!("table {other}")),
    };
    compared.map_or_else(Outcome::of_refusal, Comparison::outcome)
}

fn chosen(row: &Json, key: &str) -> Json {
    as_keras(&json!({"class": row[key], "args": row["args"]}))
}

fn width(array: &Json) -> usize {
    let last = array["shape"]
        .as_array()
        .and_then(|s| s.last())
        .and_then(Json::as_u64);
    last.unwrap_or(1) as usize
}

fn activation(row: &Json) -> Result<Comparison, ConfigError> {
    let choice = ConfigObject::read(&activations::REGISTRY, &chosen(row, "fn"))?;
    if activations::halves(&choice) {
        return glu(row);
    }
    let function = activations::of(&choice);
    let options = activations::numbers(&choice);
    let mut seen = Comparison::default();
    let x = floats(&row["x"]);
    let n = if row.get("cotangent").is_some() {
        width(&row["x"])
    } else {
        x.len()
    };
    let mut y = vec![0.0; x.len()];
    (function.forward)(&options, n, &x, &mut y);
    seen.section("y", &y, &floats(&row["y"]), 0.0);
    let (mut d, wanted) = match row.get("cotangent") {
        Some(cotangent) => (floats(cotangent), floats(&row["vjp"])),
        None => (vec![1.0; x.len()], floats(&row["dydx"])),
    };
    (function.backward)(&options, n, &x, &y, &mut d);
    seen.section("dydx", &d, &wanted, 0.0);
    Ok(seen)
}

/// The one whose output is half as wide.
fn glu(row: &Json) -> Result<Comparison, ConfigError> {
    let (x, n) = (floats(&row["x"]), width(&row["x"]));
    let (mut y, mut d) = (vec![0.0; x.len() / 2], vec![0.0; x.len()]);
    activations::glu(n, &x, &mut y);
    activations::glu_backward(n, &x, &floats(&row["cotangent"]), &mut d);
    let mut seen = Comparison::default();
    seen.section("y", &y, &floats(&row["y"]), 0.0);
    seen.section("vjp", &d, &floats(&row["vjp"]), 0.0);
    Ok(seen)
}

fn loss(row: &Json) -> Result<Comparison, ConfigError> {
    let mut seen = Comparison::default();
    let (t, p) = (floats(&row["y_true"]), floats(&row["y_pred"]));
    let weights = floats(&row["sample_weight"]);
    let n_outputs = width(&row["y_pred"]);
    let rows = p.len() / n_outputs;
    let mask = row.get("mask").filter(|m| !m.is_null()).map(floats);
    let reductions = [
        "sum_over_batch_size",
        "sum",
        "mean_with_sample_weight",
        "none",
    ];
    for reduction in reductions {
        let mut json = chosen(row, "loss");
        json["config"]["reduction"] = reduction.into();
        let loss = Loss::new(&ConfigObject::read(&losses::REGISTRY, &json)?);
        for (weights, suffix) in [(None, ""), (Some(&weights[..]), "_sw")] {
            let (mut values, mut d) = (vec![0.0; rows], vec![0.0; p.len()]);
            let batch = Batch {
                t: &t,
                p: &p,
                n_outputs,
                logits: false,
                softmax: false,
                weights,
                mask: mask.as_deref(),
            };
            let n = loss.per_row(&batch, &mut values, &mut d);
            if suffix.is_empty() {
                seen.section("per_sample", &values[..n], &floats(&row["per_sample"]), 0.0);
            }
            let value = loss.evaluate(&batch, &mut values, &mut d);
            let key = format!("{reduction}{suffix}");
            // Not written down for losses with one value for the whole batch.
            if row.get(&key).is_none() {
                continue;
            }
            seen.section(&key, &[value], &floats(&row[&key]), 0.0);
            let mut keys = vec![format!("grad_{key}")];
            if reduction == "sum_over_batch_size" {
                keys.push(format!("grad{suffix}"));
            }
            for key in keys {
                if let Some(wanted) = row.get(&key) {
                    seen.section(&key, &d, &floats(wanted), 0.0);
                }
            }
        }
    }
    Ok(seen)
}

fn metric(row: &Json) -> Result<Comparison, ConfigError> {
    let choice = ConfigObject::read(&metrics::REGISTRY, &chosen(row, "metric"))?;
    let mut seen = Comparison::default();
    for (weighted, key) in [
        (false, "result_after_each_update"),
        (true, "result_weighted"),
    ] {
        let n_outputs = width(&row["y_pred"][0]);
        let batches = row["y_pred"].as_array().map_or(0, Vec::len);
        let n_targets =
            floats(&row["y_true"][0]).len() * n_outputs / floats(&row["y_pred"][0]).len();
        let mut metric = Metric::new(&choice, n_targets, n_outputs);
        let mut results = Vec::new();
        for k in 0..batches {
            let (t, p) = (floats(&row["y_true"][k]), floats(&row["y_pred"][k]));
            let weights = floats(&row["sample_weight"][k]);
            let (mut values, mut d) = (vec![0.0; p.len() / n_outputs], vec![0.0; p.len()]);
            let weights = weighted.then_some(&weights[..]);
            let batch = Batch {
                t: &t,
                p: &p,
                n_outputs,
                logits: false,
                softmax: false,
                weights,
                mask: None,
            };
            metric.update(&batch, &p, &mut values, &mut d);
            results.extend(metric.result().numbers().iter().map(|r| *r as f32));
        }
        // Not written down where Keras cannot weigh.
        let Some(wanted) = row.get(key).map(numbers) else {
            continue;
        };
        seen.section(key, &results[results.len() - wanted.len()..], &wanted, 0.0);
    }
    Ok(seen)
}

fn schedule(row: &Json) -> Result<Comparison, ConfigError> {
    let choice = ConfigObject::read(&schedules::REGISTRY, &chosen(row, "schedule"))?;
    let schedule = schedules::Schedule::new(&choice)?;
    let steps = row["steps"].as_array().into_iter().flatten();
    let rates: Vec<f32> = steps
        .map(|s| schedule.at(s.as_u64().unwrap_or(0)))
        .collect();
    let mut seen = Comparison::default();
    seen.section("lr", &rates, &floats(&row["lr"]), 0.0);
    Ok(seen)
}

/// All numbers of a list of lists.
fn numbers(json: &Json) -> Vec<f32> {
    match json.as_array() {
        Some(list) => list.iter().flat_map(numbers).collect(),
        None => vec![float(json)],
    }
}

/// A layer that draws, in its first training call; the table's were made with the seed 11.
fn dropout(row: &Json) -> Result<Comparison, ConfigError> {
    let mut layer = chosen(row, "layer");
    layer["config"]["seed"] = 11.into();
    let mut seen = Comparison::default();
    let y = called(layer, &sizes(&row["x"]["shape"]), &floats(&row["x"]))?;
    seen.section("out", &y, &floats(&row["out"]), 0.0);
    Ok(seen)
}

/// What a layer gives in its first call in training.
fn called(layer: Json, shape: &[usize], x: &[f32]) -> Result<Vec<f32>, ConfigError> {
    let config = ModelConfig::read(&json!({"layers": [layer]}))?;
    let model = Sequential::build(&config, &shape[1..].to_vec(), 0)?;
    let mut ws = model.workspace(shape[0])?;
    model.forward(x.into(), true, &mut ws);
    Ok(ws.outputs(&model, shape[0]).to_vec())
}

fn sizes(json: &Json) -> Vec<usize> {
    let sizes = json.as_array().into_iter().flatten();
    sizes.map(|n| n.as_u64().unwrap_or(1) as usize).collect()
}

/// The first eight numbers for seed 1337: equal for uniform kinds, within 6e-7 for normal ones, and
/// within 1e-5 for Orthogonal, which TensorFlow computes in single precision.
fn initializer(row: &Json) -> Result<Comparison, ConfigError> {
    let mut json = chosen(row, "init");
    if json["class_name"] != "Identity" {
        json["config"]["seed"] = 1337.into();
    }
    let choice = ConfigObject::read(&initializers::REGISTRY, &json)?;
    let shape = sizes(&row["shape"]);
    let mut weights = vec![0.0; shape.iter().product()];
    initializers::Seeded::new(&choice, &mut PythonRandom::new(0)).fill(&shape, &mut weights);
    let wanted: Vec<f32> = row["tf_philox_seed_1337_first8"]
        .as_array()
        .into_iter()
        .flatten()
        .map(float)
        .collect();
    let class = choice.class.class_name;
    let uniform = class.ends_with("Uniform") || row["args"]["distribution"] == "uniform";
    let allowed = match class {
        "Orthogonal" => 1e-5,
        _ if uniform => 0.0,
        _ => 6e-7,
    };
    let off = |(g, w): (&f32, &f32)| (g - w).abs() > allowed;
    if weights.iter().zip(&wanted).any(off) {
        return Err(ConfigError::new(
            "first8",
            format!(
                "{:?} instead of {wanted:?}",
                &weights[..wanted.len().min(weights.len())]
            ),
        ));
    }
    Ok(Comparison::default())
}
