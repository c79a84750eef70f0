//! Where EarlyStopping would have stopped a run.

use super::Run;
use crate::training::callbacks::would_stop;

impl Run {
    /// The best epoch by the losses of its epochs from the first one on, and the epoch after which EarlyStopping with
    /// this patience would have stopped it; both counted from 1. `validation`: the losses are those of the validation
    /// data, of which epochs without a validation have none.
    pub fn would_stop(
        &self,
        losses: &[f64],
        validation: bool,
        patience: usize,
    ) -> (Option<usize>, Option<usize>) {
        let first = self.fit().first_epoch();
        let measured = |i: usize| !validation || self.fit().validates_after(first + i);
        let losses = losses.iter().enumerate();
        let losses: Vec<Option<f64>> = losses
            .map(|(i, loss)| measured(i).then_some(*loss))
            .collect();
        let (best, stop) = would_stop(&losses, patience);
        let counted = |epoch: usize| first + epoch + 1;
        (best.map(counted), stop.map(counted))
    }
}
