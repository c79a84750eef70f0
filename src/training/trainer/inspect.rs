//! What a trace reads of the last step.

use super::{Examples, Trainer};
use crate::functions::losses::{Batch, Loss};
use crate::model::LossInput;

impl Trainer {
    /// The loss of each row of the last batch; empty for a loss that compares rows.
    pub fn terms(&self, batch: usize) -> &[f32] {
        match self.loss.goes_by_rows() {
            true => &self.values[..batch * self.n_steps()],
            false => &[],
        }
    }

    /// The loss function.
    pub fn loss(&self) -> &Loss {
        &self.loss
    }

    /// dL/da of the outputs of the last step's batch, `[batch, outputs]`, where the loss takes them and no mask
    /// leaves any out; else empty.
    pub fn loss_slopes(&self, examples: &Examples, batch: usize) -> Vec<f32> {
        if self.head != LossInput::Output || self.model.output_marks().is_some() {
            return Vec::new();
        }
        let p = self.ws.outputs(&self.model, batch);
        let (mut values, mut slopes) = (vec![0.0; p.len()], vec![0.0; p.len()]);
        let given = Batch {
            t: &examples.t,
            p,
            n_outputs: self.loss.width(self.model.output_shape()),
            logits: false,
            softmax: false,
            weights: examples.weights.as_deref(),
            mask: None,
        };
        self.loss.evaluate(&given, &mut values, &mut slopes);
        slopes
    }
}
