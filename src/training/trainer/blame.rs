//! The cause of a step that diverged, and advice.

use super::{Divergence, Trainer};
use crate::kernels::rows;
use crate::model::{Fault, Input, Param, first_bad};
use crate::options::error::format_number;

/// The advice once weights have been updated.
const SMALLER_RATE: &str = "Try a learning rate ten times smaller, or inputs on a smaller scale.";
/// The square of a larger input may overflow. For smaller inputs, the cause is a division by 0.
const LARGE: f32 = 1e15;

impl Trainer {
    /// The first value that is not finite in a step that computed this loss.
    pub(super) fn diverged(&self, x: Input<'_>, loss: f32) -> Divergence {
        let batch = x.n_rows(self.model.n_inputs());
        // Without an update, the learning rate cannot be the cause.
        let fresh = self.optimizer.iterations() == 0;
        let advice = |first: String| if fresh { first } else { SMALLER_RATE.into() };
        if let Some(fault) = self.model.fault(x, &self.ws, batch) {
            return Divergence {
                what: format!(
                    "the output of layer '{}' ({})",
                    fault.name, fault.class_name
                ),
                row: Some(fault.row),
                advice: structural(&fault).map_or_else(|| advice(overflow(&fault)), String::from),
            };
        }
        let last = self.model.layers().last().map_or("", |(name, _, _)| name);
        if !loss.is_finite() {
            let row = first_bad(self.terms(batch)).map(|i| i / self.n_steps());
            return Divergence {
                what: format!("the loss of the output of layer '{last}'"),
                row,
                advice: advice(format!(
                    "No weight has been changed yet, so the learning rate is not the cause: {}.",
                    match row {
                        Some(_) =>
                            "give the last layer an activation whose range fits the loss, or \
                                    use targets on a smaller scale",
                        None =>
                            "use a smaller scale for the outputs, the weights or their penalties",
                    }
                )),
            };
        }
        let top = self.model.top(self.loss_input);
        let output = self.model.gradient_fault(&self.ws, top, batch);
        let param = self.first_bad_param(&self.gradients, true, "a gradient of");
        Divergence {
            row: output.map(|(_, _, row)| row),
            what: match (output, param) {
                (Some((i, name, _)), _) if i == top => {
                    format!("the gradient of the loss at layer '{name}'")
                }
                (Some((_, name, _)), _) => format!("the gradient at the output of layer '{name}'"),
                (None, param) => param.unwrap_or_else(|| "a gradient".into()),
            },
            advice: advice(
                "No weight has been changed yet, so the learning rate is not the cause: use inputs and \
                 targets on a smaller scale, or another activation or loss."
                    .into(),
            ),
        }
    }

    fn first_bad_param(&self, arena: &[f32], trainable: bool, of_what: &str) -> Option<String> {
        let mut table = self.model.table().iter();
        let bad =
            |p: &&Param| p.trainable == trainable && !rows::all_finite(&arena[p.span.clone()]);
        let bad = table.find(bad)?;
        let name = self
            .model
            .layers()
            .nth(bad.layer)
            .map_or("", |(name, _, _)| name);
        Some(format!("{of_what} layer '{name}' ({})", bad.name()))
    }

    /// The weights that an update made infinite or undefined.
    pub(super) fn bad_weights(&self) -> Divergence {
        let arenas = [(self.model.trainable(), true), (self.model.frozen(), false)];
        let found = arenas.into_iter().find_map(|(arena, trainable)| {
            self.first_bad_param(arena, trainable, "the new weights of")
        });
        Divergence {
            what: found.unwrap_or_else(|| "a weight".into()),
            row: None,
            advice: SMALLER_RATE.into(),
        }
    }
}

/// Advice where a layer divides 0 by 0 for any weights.
fn structural(fault: &Fault<'_>) -> Option<&'static str> {
    let small = fault.largest < LARGE;
    if fault.masked && fault.class_name.starts_with("GlobalAveragePooling") {
        Some(
            "The mask excludes every step of this row, and the mean of no steps is 0 / 0: remove such rows, or \
             keep at least one step in each.",
        )
    } else if small && fault.function.is_none() && fault.class_name.ends_with("Normalization") {
        Some(
            "It divides by a standard deviation of 0: use an epsilon above 0, or inputs that differ.",
        )
    } else {
        None
    }
}

/// Advice where numbers exceed single precision before the first update.
fn overflow(fault: &Fault<'_>) -> String {
    let size = format_number(f64::from(fault.largest));
    let cause = match fault.function {
        Some(name) => format!(
            "The activation '{name}' gets numbers of up to {size}: choose another one, or use inputs \
             on a smaller scale"
        ),
        None if fault.largest > 0.0 && fault.largest.is_finite() => format!(
            "It gets numbers of up to {size}: use inputs on a smaller scale, or smaller initial weights"
        ),
        None => "Use inputs on a smaller scale, or smaller initial weights".into(),
    };
    format!("{cause}. (No weight has been changed yet: the learning rate is not the cause.)")
}
