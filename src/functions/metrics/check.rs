//! Whether a metric fits the targets of a loss and the outputs of a model.

use super::{Wants, as_loss, kind_of};
use crate::functions::losses::{Loss, Targets};
use crate::options::ConfigObject;
use crate::options::error::{ConfigError, format_number};

/// Says whether a metric can compare with the targets of `loss`, for outputs of this `shape`.
///
/// # Errors
/// Class numbers where it wants a target per output, or the other way round; classes and weights
/// that are not there; steps where it takes none.
pub fn check(choice: &ConfigObject, loss: &Loss, shape: &[usize]) -> Result<(), ConfigError> {
    let kind = kind_of(choice);
    if shape.len() > 1 && ["F1Score", "FBetaScore", "R2Score"].contains(&kind.class.class_name) {
        let message = format!(
            "{} compares one row of outputs per example, but the last layer gives the shape {shape:?}, an \
             answer for each step: take another metric, or put a Flatten or a global pooling before it.",
            kind.class.class_name
        );
        return Err(ConfigError::new("", message));
    }
    choice.check_last_axis(shape.len() + 1)?;
    let n_outputs = shape.last().copied().unwrap_or(1);
    let n_targets = loss.n_targets(n_outputs);
    let flag = |name: &str| {
        let option = choice.class.all_options().any(|o| o.name == name);
        option && choice.flag(name)
    };
    let per_output = match kind.wants {
        Wants::Either => n_targets == n_outputs,
        Wants::Numbers => true,
        Wants::Classes | Wants::LossClasses => false,
        Wants::Areas => {
            choice.class.class_name == "BinaryIoU" || flag("sparse_y_true") == flag("sparse_y_pred")
        }
    };
    let fits = match kind.wants {
        Wants::LossClasses => loss.targets() == Targets::Classes,
        _ if per_output => n_targets == n_outputs,
        _ => n_targets == 1,
    };
    let (name, loss_name) = (choice.class.name, loss.name());
    let message = match kind.wants {
        Wants::Either => return Ok(()),
        _ if !fits && !per_output => format!(
            "'{name}' compares with class numbers, and {loss_name} has no such targets: use \
             'accuracy' here, or sparse_categorical_crossentropy as the loss."
        ),
        _ if !fits => format!(
            "'{name}' compares with one target per output, and {loss_name} has class numbers: use \
             'accuracy' here, or another loss."
        ),
        // A class that is ignored may lie beyond the outputs.
        Wants::LossClasses
            if as_loss(choice.class.class_name, choice).map(|own| own.ignored())
                != Some(loss.ignored()) =>
        {
            format!(
                "'{name}' must ignore the class that the loss ignores: give both one ignore_class."
            )
        }
        _ => match lacks(choice, n_outputs) {
            Some(message) => message,
            None => return Ok(()),
        },
    };
    Err(ConfigError::new("", message))
}

/// What an option asks for that so many outputs do not have.
fn lacks(choice: &ConfigObject, n_outputs: usize) -> Option<String> {
    let class = choice.class.class_name;
    let has = |name: &str| choice.class.all_options().any(|o| o.name == name);
    let beyond = |name: &str, least: usize| {
        let asked = if has(name) { choice.count(name) } else { None };
        asked.is_some_and(|n| n + least > n_outputs)
    };
    if beyond("class_id", 1) {
        return Some(format!(
            "{class} has a class_id beyond the {n_outputs} outputs."
        ));
    }
    if beyond("top_k", 0) {
        return Some(format!(
            "{class} has a top_k of more than the {n_outputs} outputs."
        ));
    }
    if has("num_labels") && choice.count("num_labels").is_some() && !choice.flag("multi_label") {
        return Some(format!(
            "{class} takes num_labels only with multi_label: set multi_label to true."
        ));
    }
    if has("label_weights") {
        let n = choice.floats("label_weights").len();
        if n != 0 && n != n_outputs {
            return Some(format!(
                "{class} has {n} label_weights for {n_outputs} outputs: give one each."
            ));
        }
    }
    let ids = if has("target_class_ids") {
        choice.floats("target_class_ids")
    } else {
        &[]
    };
    let classes = if has("num_classes") {
        choice.count("num_classes")
    } else {
        Some(2)
    };
    let known = classes.unwrap_or(0) as f64;
    if ids.iter().any(|id| *id >= known || *id != id.trunc()) {
        return Some(format!(
            "{class} has target_class_ids that are not classes from 0 to {}.",
            format_number(known - 1.0)
        ));
    }
    None
}
