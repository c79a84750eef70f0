//! One golden case: a model, some steps or a fit, and every number on the way.

use super::{Comparison, Outcome, floats};
use glassbox::experiment::read_fit;
use glassbox::keras;
use glassbox::model::Sequential;
use glassbox::model::config::ModelConfig;
use glassbox::options::error::ConfigError;
use glassbox::training::fit::Fit;
use glassbox::training::trainer::{CompileConfig, Examples, MetricValue, Trainer};
use serde_json::{Map, Value as Json, json};

/// `{"class", "args"}` of the case files as Keras' `{"class_name", "config"}`.
pub fn as_keras(json: &Json) -> Json {
    match json.get("class") {
        Some(class) => {
            let config: Map<String, Json> = json["args"]
                .as_object()
                .into_iter()
                .flatten()
                .map(|(k, v)| (k.clone(), v.clone()))
                .collect();
            json!({"class_name": class, "config": config})
        }
        None => json.clone(),
    }
}

fn compile_config(case: &Json) -> Result<CompileConfig, ConfigError> {
    let compile = &case["compile"];
    let list = |key: &str| -> Json {
        compile[key]
            .as_array()
            .into_iter()
            .flatten()
            .map(as_keras)
            .collect()
    };
    let mut optimizer = as_keras(&compile["optimizer"]);
    if let Some(schedule) = optimizer["config"]
        .get("learning_rate")
        .and_then(|r| r.get("schedule"))
    {
        let args = &optimizer["config"]["learning_rate"]["args"];
        optimizer["config"]["learning_rate"] = as_keras(&json!({"class": schedule, "args": args}));
    }
    if optimizer == "default" {
        optimizer = Json::Null;
    }
    CompileConfig::read(&json!({
        "optimizer": optimizer,
        "loss": as_keras(&compile["loss"]),
        "metrics": list("metrics"),
        "weighted_metrics": list("weighted_metrics"),
    }))
}

fn noise(case: &Json, section: &str) -> f64 {
    let backends = ["tensorflow_float64", "jax_float32"];
    let of = |backend| {
        case["noise"][backend][section]["max_abs"]
            .as_f64()
            .unwrap_or(0.0)
    };
    backends.map(of).into_iter().fold(0.0, f64::max)
}

fn arrays(list: &Json) -> Vec<f32> {
    list.as_array()
        .into_iter()
        .flatten()
        .flat_map(floats)
        .collect()
}

/// Runs a case. One that Keras raises an error for must be refused.
pub fn check(case: &Json) -> Outcome {
    let raised = case["raises"].as_str();
    match run(case) {
        Err(refusal) if raised.is_some() => Outcome::Refused(refusal.to_string()),
        Ok(_) if raised.is_some() => {
            Outcome::Fails(format!("trained here; Keras: {}", raised.unwrap_or("")))
        }
        Ok(comparison) => comparison.outcome(),
        Err(refusal) => Outcome::of_refusal(refusal),
    }
}

/// A case's model with its first weights, compiled; its data; its batch size.
///
/// # Errors
/// What the engine does not have.
pub fn trainer(case: &Json) -> Result<(Trainer, Examples, usize), ConfigError> {
    let config = ModelConfig::read(&case["model_config"])?;
    let compile = compile_config(case)?;
    let mut data = Examples {
        x: floats(&case["x"]).into(),
        t: floats(&case["y"]),
        weights: (!case["sample_weight"].is_null()).then(|| floats(&case["sample_weight"])),
    };
    let batch = case["batch_size"].as_u64().unwrap_or(32) as usize;
    let input = config.input_shape.clone().unwrap_or_default();
    let mut model = Sequential::build(&config, &input, 0)?;
    model.set_weights(&arrays(&case["weights_init"]))?;
    let trainer = Trainer::new(model, &compile, batch)?;
    if batch == 1 && !trainer.weighs_examples() {
        data.repeat_weights(trainer.n_steps(), trainer.model.n_inputs());
    }
    trainer.check(&data)?;
    Ok((trainer, data, batch))
}

fn run(case: &Json) -> Result<Comparison, ConfigError> {
    let (mut trainer, data, batch) = trainer(case)?;
    let mut seen = Comparison::default();
    let predict = |trainer: &mut Trainer| {
        let n = data.x.len() / trainer.model.n_inputs();
        let mut out = vec![0.0; n * trainer.model.n_outputs()];
        trainer.predict(&data.x.all(), &mut out);
        out
    };
    // A section may be named with what it is of: "history of loss".
    let mut section = |name: &str, got: &[f32], wanted: &[f32]| {
        let kind = name.split(' ').next().unwrap_or(name);
        seen.section(name, got, wanted, noise(case, kind));
    };
    section(
        "pred_init",
        &predict(&mut trainer),
        &floats(&case["pred_init"]),
    );
    if case["mode"] == "fit" {
        let fit = fit(case, &mut trainer, &data)?;
        let columns = case["history"].as_object().cloned().unwrap_or_default();
        for (name, wanted) in &columns {
            let column = fit.names().iter().position(|n| n == name);
            let got: Vec<f32> = column.map_or_else(Vec::new, |c| {
                let logged = fit
                    .logs_since(0)
                    .into_iter()
                    .filter_map(|(_, row)| row[c].clone());
                logged.flat_map(|value| singles(&value)).collect()
            });
            let wanted = wanted.as_array().into_iter().flatten();
            section(
                &format!("history of {name}"),
                &got,
                &wanted.flat_map(floats).collect::<Vec<f32>>(),
            );
        }
        let extra = fit
            .names()
            .iter()
            .filter(|n| !columns.contains_key(*n))
            .count();
        section("history's columns", &[extra as f32], &[0.0]);
        if let Some(wanted) = case["csv"].as_str() {
            // Keras' text has the shortest digits of its own numbers: cell by cell, as numbers.
            let text = keras::text::csv(&fit, fit.callbacks().len(), ",").replace("\r\n", "\n");
            let cells = |text: &str| -> Vec<f32> {
                let cells = text.lines().skip(1).flat_map(|line| line.split(','));
                cells.map(|cell| cell.parse().unwrap_or(f32::NAN)).collect()
            };
            section("csv", &cells(&text), &cells(wanted));
            let header = |text: &str| text.lines().next().map(String::from);
            if header(&text) != header(wanted) {
                let message = format!("{:?} instead of {:?}", header(&text), header(wanted));
                return Err(ConfigError::new("csv", message));
            }
        }
    } else {
        steps(case, &mut trainer, &data, &mut section)?;
    }
    let wanted = arrays(&case["weights_final"]);
    section(
        "weights_final",
        &weights_but_noise(&trainer, &wanted),
        &wanted,
    );
    let names: Vec<String> = trainer.metrics().map(|(n, _)| n.to_string()).collect();
    let values = trainer.evaluate(&data, batch);
    for (name, value) in std::iter::once("loss")
        .chain(names.iter().map(String::as_str))
        .zip(values)
    {
        section(
            "evaluate_final",
            &singles(&value),
            &floats(&case["evaluate_final"][name]),
        );
    }
    section(
        "pred_final",
        &predict(&mut trainer),
        &floats(&case["pred_final"]),
    );
    let iterations = case["iterations"].as_u64();
    section(
        "iterations",
        &[trainer.optimizer().iterations() as f32],
        &[iterations.map_or(f32::NAN, |n| n as f32)],
    );
    Ok(seen)
}

/// All numbers of a logged value.
fn singles(value: &MetricValue) -> Vec<f32> {
    value
        .numbers()
        .iter()
        .map(|number| *number as f32)
        .collect()
}

/// All weights; those of the keys' bias of an attention as they are wanted. Its gradient is exactly 0, as the formula says;
/// Keras' is rounding noise, of which Adam makes whole steps.
fn weights_but_noise(trainer: &Trainer, wanted: &[f32]) -> Vec<f32> {
    let mut weights: Vec<f32> = trainer.model.weights().collect();
    let mut at = 0;
    for param in trainer.model.table() {
        let end = at + param.span.len();
        if param.path.ends_with("key/bias") && wanted.len() == weights.len() {
            weights[at..end].copy_from_slice(&wanted[at..end]);
        }
        at = end;
    }
    weights
}

fn steps(
    case: &Json,
    trainer: &mut Trainer,
    data: &Examples,
    section: &mut impl FnMut(&str, &[f32], &[f32]),
) -> Result<(), ConfigError> {
    let (n_in, n_t) = (trainer.model.n_inputs(), trainer.n_targets());
    for (k, step) in case["steps"].as_array().into_iter().flatten().enumerate() {
        let row = |i: usize| step["rows"][i].as_u64().unwrap_or(0) as usize;
        let (from, to) = (row(0), row(1));
        let (x, t) = (
            &*data.x.numbers(from * n_in..to * n_in),
            &data.t[from * n_t..to * n_t],
        );
        let n_w = data.weights_per_example(n_in);
        let weights = data.weights.as_ref();
        let weights = weights.map(|w| &w[from * n_w..to * n_w]);
        if k == 0 && !case["grad_step0"].is_null() {
            let (_, gradients) = trainer.loss_and_gradients(x, t, weights);
            section("grad_step0", gradients, &arrays(&case["grad_step0"]));
        }
        trainer.reset_metrics();
        let loss = trainer
            .train_step(x.into(), t, weights)
            .map_err(|d| ConfigError::new(format!("steps[{k}]"), d.what))?;
        section("steps", &[loss], &floats(&step["logs"]["loss"]));
        for (name, value) in trainer.metrics() {
            section("steps", &singles(&value), &floats(&step["logs"][name]));
        }
        if k == 0 {
            let wanted = arrays(&case["weights_step1"]);
            section(
                "weights_step1",
                &weights_but_noise(trainer, &wanted),
                &wanted,
            );
        }
    }
    Ok(())
}

/// Runs `fit` as the case says.
///
/// # Errors
/// What the engine does not have, and a run that does not get to its end.
pub fn fit(case: &Json, trainer: &mut Trainer, data: &Examples) -> Result<Fit, ConfigError> {
    let mut arguments = case["fit"].as_object().cloned().unwrap_or_default();
    arguments.insert("batch_size".into(), case["batch_size"].clone());
    arguments.insert("shuffle".into(), false.into());
    let callbacks: Vec<Json> = case["callbacks"]
        .as_array()
        .into_iter()
        .flatten()
        .map(callback)
        .collect();
    arguments.insert("callbacks".into(), callbacks.into());
    let config = read_fit(&Json::Object(arguments))?;
    let validation = (!case["val_x"].is_null() && case.get("val_x").is_some()).then(|| Examples {
        x: floats(&case["val_x"]).into(),
        t: floats(&case["val_y"]),
        weights: None,
    });
    let mut fit = Fit::new(trainer, &config, data.clone(), validation, 0)?;
    while !fit.done() {
        fit.step(trainer);
    }
    match fit.trouble() {
        Some(trouble) => Err(ConfigError::new("fit", trouble.what.clone())),
        None => Ok(fit),
    }
}

/// A callback of the case files as Keras' config; the scheduler's function as its values.
fn callback(json: &Json) -> Json {
    let mut keras = as_keras(json);
    if let Some(rates) = json.get("lr_by_epoch") {
        keras["config"] = json!({"rates": rates});
    }
    keras
}
