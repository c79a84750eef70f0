//! Where a step went out of bounds, and what to do.

use super::{Divergence, Trainer};
use crate::kernels::rows;
use crate::model::{Fault, Input, Param, first_bad};
use crate::options::error::format_number;

/// What helps where weights have been moved already.
const SMALLER_RATE: &str = "Try a learning rate ten times smaller, or inputs on a smaller scale.";
/// Inputs beyond this overflow where they are squared; below it, a quotient of 0 is the cause.
const LARGE: f32 = 1e15;

impl Trainer {
    /// What was not finite in a step that left its loss and gradients.
    pub(super) fn diverged(&self, x: Input<'_>, loss: f32) -> Divergence {
        let batch = x.n_rows(self.model.n_inputs());
        // No weight has been moved: the learning rate cannot be the cause.
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
                what: format!("the loss of what layer '{last}' gave"),
                row,
                advice: advice(format!(
                    "No weight has been changed yet, so the learning rate is not the cause: {}.",
                    match row {
                        Some(_) =>
                            "give the last layer an activation whose range fits the loss, or \
                                    targets on a smaller scale",
                        None => "give the outputs, the weights or their penalties a smaller scale",
                    }
                )),
            };
        }
        let top = self.model.top(self.head);
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
                "No weight has been changed yet, so the learning rate is not the cause: give inputs and \
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

    /// Which weights an update left that are not finite.
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

/// What to do where a layer divides 0 by 0, whatever the weights are.
fn structural(fault: &Fault<'_>) -> Option<&'static str> {
    let small = fault.largest < LARGE;
    if fault.masked && fault.class_name.starts_with("GlobalAveragePooling") {
        Some(
            "The mask leaves this row no step, and the mean of no steps is 0 / 0: take such rows out, or \
             give each at least one step that counts.",
        )
    } else if small && fault.function.is_none() && fault.class_name.ends_with("Normalization") {
        Some(
            "It divides by a deviation, which is 0 here: give it an epsilon above 0, or inputs that differ.",
        )
    } else {
        None
    }
}

/// What to do where numbers grow beyond single precision before any weight was moved.
fn overflow(fault: &Fault<'_>) -> String {
    let size = format_number(f64::from(fault.largest));
    let cause = match fault.function {
        Some(name) => format!(
            "The activation '{name}' is given numbers of up to {size}: choose another one, or give inputs \
             on a smaller scale"
        ),
        None if fault.largest > 0.0 && fault.largest.is_finite() => format!(
            "It is given numbers of up to {size}: give inputs on a smaller scale, or smaller initial weights"
        ),
        None => "Give inputs on a smaller scale, or smaller initial weights".into(),
    };
    format!("{cause}. (No weight has been changed yet: the learning rate is not the cause.)")
}
