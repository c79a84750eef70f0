//! What a trace reads of the last step.

use super::Trainer;
use crate::functions::losses::Loss;

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
}
