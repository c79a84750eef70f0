//! A branch: training continues from a checkpoint of another run.

use super::Fit;
use crate::options::error::{ConfigError, Result};
use crate::training::trainer::Trainer;

/// The parts of a run's state that a branch inherits: those whose settings are the same in both experiments.
#[derive(Clone, Copy, Debug)]
pub struct Inherited {
    /// The state of the optimizer, apart from the learning rate.
    pub optimizer: bool,
    /// The learning rate.
    pub learning_rate: bool,
    /// The state of the callbacks.
    pub callbacks: bool,
}

impl Fit {
    /// Continues where `from` is: with its position in the data, its history, its weights for all arrays of the same path and
    /// shape, and the `inherited` state.
    ///
    /// # Errors
    /// Other rows or other batches.
    pub fn resume_from(
        &mut self,
        trainer: &mut Trainer,
        (from, theirs): (&Fit, &Trainer),
        inherited: Inherited,
    ) -> Result<()> {
        let cut = |f: &Fit| (f.n_train, f.batch_size, f.steps_per_epoch, f.first_epoch);
        if cut(self) != cut(from) {
            let message = "A branch continues with the rows and batches of its parent run: keep the data, the validation \
                           split, the batch size, the steps per epoch and the first epoch unchanged.";
            return Err(ConfigError::new("start", message));
        }
        trainer.model.take_weights(&theirs.model);
        trainer
            .model
            .set_training_calls(theirs.model.training_calls());
        let lengths = |t: &Trainer| {
            t.optimizer()
                .slots()
                .iter()
                .map(Vec::len)
                .collect::<Vec<_>>()
        };
        if inherited.optimizer && lengths(trainer) == lengths(theirs) {
            let mut slots = theirs.optimizer().slots().to_vec();
            if !inherited.learning_rate {
                slots[0].clone_from(&trainer.optimizer().slots()[0]);
            }
            trainer
                .optimizer_mut()
                .restore(theirs.optimizer().steps(), slots);
        }
        let states = theirs.metric_states();
        if states.len() == trainer.metric_states().len() {
            trainer.set_metric_states(&states);
        }
        (self.epoch, self.batch) = (from.epoch, from.batch);
        (self.pass, self.position) = (from.pass, from.position);
        (self.loss_sum, self.rows_seen) = (from.loss_sum, from.rows_seen);
        self.history.take_over(&from.history, &from.logs_since(0));
        let losses = from.batch_losses.numbers().to_vec();
        self.batch_losses.set(from.batch_losses.count(), losses);
        if inherited.callbacks {
            self.stopped = from.stopped;
            self.events.clone_from(&from.events);
            for (own, theirs) in self.callbacks.iter_mut().zip(&from.callbacks) {
                own.restore(theirs.state());
            }
        }
        self.set_order();
        Ok(())
    }
}
