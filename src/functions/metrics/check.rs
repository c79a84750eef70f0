//! Whether a metric fits the targets of a loss and the outputs of a model.

use super::metric::{Measure, Settings, Targets};
use super::read;
use crate::functions::losses::{self, Loss};
use crate::options::error::{ConfigError, Result};
use crate::options::{ConfigObject, axes};

/// Checks that a metric can compare with the targets of `loss`, for outputs of this `shape`.
///
/// # Errors
/// Class numbers where the metric needs a target per output, or the reverse; options that the outputs do not fit; a
/// sequence of outputs where the metric needs one row per example.
pub fn check(config: &ConfigObject, loss: &Loss, shape: &[usize]) -> Result<()> {
    let (kind, settings) = read(config);
    let class = kind.class.class_name;
    if let Measure::Accumulated(metric) = &settings.measure
        && metric.needs_vectors()
        && shape.len() > 1
    {
        let message = format!(
            "{class} compares one row of outputs per example, but the last layer gives the shape {shape:?}, an \
             answer for each step: take another metric, or put a Flatten or a global pooling before it."
        );
        return Err(ConfigError::new("", message));
    }
    axes::check_last(class, &settings.axis, shape.len() + 1)?;
    let n_outputs = shape.last().copied().unwrap_or(1);
    match misfit(kind.class.name, class, &settings, loss, n_outputs) {
        Some(message) => Err(ConfigError::new("", message)),
        None => Ok(()),
    }
}

/// Why the metric does not fit the targets of the loss or the outputs.
fn misfit(
    name: &str,
    class: &str,
    settings: &Settings,
    loss: &Loss,
    n_outputs: usize,
) -> Option<String> {
    let (n_targets, loss_name) = (loss.n_targets(n_outputs), loss.name());
    let fits = match settings.targets {
        Targets::Any => return None,
        Targets::Numbers => n_targets == n_outputs,
        Targets::Classes => n_targets == 1,
        Targets::LossClasses => loss.targets() == losses::Targets::Classes,
    };
    if !fits && settings.targets == Targets::Numbers {
        return Some(format!(
            "'{name}' compares with one target per output, and {loss_name} has class numbers: use \
             'accuracy' here, or another loss."
        ));
    }
    if !fits {
        return Some(format!(
            "'{name}' compares with class numbers, and {loss_name} has no such targets: use \
             'accuracy' here, or sparse_categorical_crossentropy as the loss."
        ));
    }
    match &settings.measure {
        // An ignored class may be out of the range of the outputs.
        Measure::Loss(own)
            if settings.targets == Targets::LossClasses && own.ignored() != loss.ignored() =>
        {
            Some(format!(
                "'{name}' must ignore the class that the loss ignores: give both one ignore_class."
            ))
        }
        Measure::Accumulated(metric) => metric.misfit(class, n_outputs),
        _ => None,
    }
}
