//! The targets of a run, in the form that its loss takes.

use crate::data::Dataset;
use crate::experiment::Experiment;
use crate::functions::losses::{Loss, Targets};
use crate::model::Sequential;
use crate::model::config::LayerConfig;
use crate::options::error::{ConfigError, Result};

/// Class numbers, or one-hot rows if the loss needs one target per output.
pub fn of(y: Vec<f32>, n_targets: usize, class_names: &[String]) -> Vec<f32> {
    if n_targets == 1 || class_names.is_empty() {
        return y;
    }
    let mut rows = vec![0.0; y.len() * n_targets];
    for (row, class) in rows.chunks_exact_mut(n_targets).zip(y) {
        row[class as usize] = 1.0;
    }
    rows
}

/// Checks that the outputs fit the targets of the data.
///
/// # Errors
/// A wrong number of outputs.
pub fn check_fit(experiment: &Experiment, dataset: &Dataset, model: &Sequential) -> Result<()> {
    let (k, n) = (dataset.class_names.len(), model.n_outputs());
    let shape = model.output_shape();
    let loss =
        Loss::on(&experiment.compile.loss, shape).map_err(|error| error.at("compile.loss"))?;
    let class = experiment.compile.loss.class.class_name;
    let width = shape.last().copied().unwrap_or(1);
    let n_targets = n / width * loss.n_targets(width);
    let units = if k == 2 && loss.targets() == Targets::Probabilities {
        1
    } else {
        k.max(1)
    };
    let fits = match loss.targets() {
        // The data has one target per example.
        _ if shape.len() > 1 && n_targets > 1 => false,
        Targets::Labels => true,
        Targets::Classes => k >= 2 && n >= k,
        _ if k > 2 && loss.targets() == Targets::Numbers => n == 1 || n == k,
        _ if loss.over_classes() => k >= 2 && n == k,
        _ if k <= 2 => n == 1 || k == 2 && n == k,
        _ => n == k,
    };
    if fits {
        return Ok(());
    }
    if k == 0 && shape.len() == 1 {
        let message = format!(
            "'{}' has one target value, but the last layer has {n} outputs for {class}: give it 1 unit and use MeanSquaredError.",
            dataset.title
        );
        return Err(ConfigError::new("compile.loss", message));
    }
    let has_units = |l: &LayerConfig| l.choice.class.all_options().any(|o| o.name == "units");
    let last = experiment
        .model
        .layers
        .iter()
        .rposition(has_units)
        .unwrap_or(0)
        + usize::from(experiment.model.input_shape.is_some());
    let units = if loss.over_classes() { k } else { units };
    let other = match (k, n) {
        (2, 1) => ", or use BinaryCrossentropy",
        _ => "",
    };
    if shape.len() > 1 {
        let message = format!(
            "'{}' has one target per example, but the output of the last layer has the shape {shape:?}, which {class} reads as a \
             row for each step: put a Flatten or a global pooling before the last layer.",
            dataset.title
        );
        return Err(ConfigError::new(
            format!("model.config.layers[{last}]"),
            message,
        ));
    }
    let message = format!(
        "'{}' has {k} classes, but the last layer has {n} output{} for {class}: give it {units} unit{}{other}.",
        dataset.title,
        if n == 1 { "" } else { "s" },
        if units == 1 { "" } else { "s" },
    );
    Err(ConfigError::new(
        format!("model.config.layers[{last}].config.units"),
        message,
    ))
}
