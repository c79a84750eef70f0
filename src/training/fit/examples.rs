//! The examples of a run: those to train on, those to validate on, and their weights.

use super::Options;
use crate::options::error::{ConfigError, Result, format_number};
use crate::training::trainer::{Examples, Trainer};

/// The examples to train on and those to validate on: `validation`, or the last part of `train`.
///
/// # Errors
/// Data that does not fit the model or the loss, too few rows to split, weights of a wrong shape.
pub(super) fn of(
    trainer: &Trainer,
    options: &Options,
    mut train: Examples,
    validation: Option<Examples>,
) -> Result<(Examples, Option<Examples>)> {
    let (n_in, n_t) = (trainer.model.n_inputs(), trainer.n_targets());
    // In a batch of one example, Keras applies its weight to each of its steps.
    let single = options.batch_size == 1 || train.x.len() == n_in;
    if single && !trainer.weighs_examples() {
        train.repeat_weights(trainer.n_steps(), n_in);
    }
    trainer.check(&train)?;
    let validation = match validation {
        Some(given) => {
            trainer.check(&given).map_err(|r| r.at("validation_data"))?;
            Some(given)
        }
        None => split(&mut train, options.validation_split, n_in, n_t)?,
    };
    if let Some(pairs) = &options.class_weight {
        if train.weights.is_some() {
            let message = "Give class weights or a weight for each example, not both.";
            return Err(ConfigError::new("fit.class_weight", message));
        }
        if !trainer.weighs_examples() || n_t > 1 && trainer.model.output_shape().len() > 1 {
            let message = format!(
                "class_weight gives each example one weight, but the outputs have the shape {:?}, an \
                 answer for each step: take it out, or give sample_weight a number for each step.",
                trainer.model.output_shape()
            );
            return Err(ConfigError::new("fit.class_weight", message));
        }
        let weights = class_weights(&train.t, n_t, pairs);
        trainer
            .check_weights(&weights, train.x.len() / n_in)
            .map_err(|r| ConfigError::new("fit.class_weight", r.message))?;
        train.weights = Some(weights);
    }
    Ok((train, validation))
}

/// Takes the last rows for validation.
fn split(train: &mut Examples, share: f64, n_in: usize, n_t: usize) -> Result<Option<Examples>> {
    if share == 0.0 {
        return Ok(None);
    }
    let n = train.x.len() / n_in;
    let n_w = train.weights_per_example(n_in);
    let at = (n as f64 * (1.0 - share)).floor() as usize;
    if at == 0 || at == n {
        let message = format!(
            "A validation split of {} of {n} examples leaves nothing to {}: choose another share.",
            format_number(share),
            if at == 0 { "train on" } else { "validate on" }
        );
        return Err(ConfigError::new("fit.validation_split", message));
    }
    Ok(Some(Examples {
        x: train.x.split_off(at * n_in),
        t: train.t.split_off(at * n_t),
        weights: train.weights.as_mut().map(|w| w.split_off(at * n_w)),
    }))
}

/// The weight of each example by its class: its target, rounded as Keras does (halves to the even
/// number), or the position of the largest of its targets. A class without a weight weighs 1
/// (`data_adapter_utils.py`, `class_weight_to_sample_weights`).
fn class_weights(t: &[f32], n_t: usize, pairs: &[(i32, f64)]) -> Vec<f32> {
    let of = |row: &[f32]| {
        let class = match row {
            [class] => class.round_ties_even() as i32,
            _ => crate::functions::metrics::argmax(row) as i32,
        };
        let found = pairs.iter().find(|(c, _)| *c == class);
        found.map_or(1.0, |(_, weight)| *weight as f32)
    };
    t.chunks_exact(n_t).map(of).collect()
}
