//! The state of a run, for checkpoints: read from it, and restored.

use super::Fit;
use crate::options::error::{ConfigError, Result};
use crate::training::callbacks::{CallbackState, Event};
use crate::training::trainer::Trainer;
use serde::{Deserialize, Serialize};

/// Everything that changes in a run and in its trainer while it trains.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct State {
    epoch: usize,
    batch: usize,
    pass: usize,
    position: usize,
    stopped: bool,
    loss_sum: f64,
    rows_seen: f64,
    /// Logged numbers of the kept epochs.
    history: Vec<f32>,
    /// Losses of the kept batches.
    batch_losses: Vec<f32>,
    /// In the order of `get_weights()`.
    weights: Vec<f32>,
    training_calls: u64,
    optimizer_steps: u64,
    optimizer_slots: Vec<Vec<f32>>,
    metrics: Vec<f64>,
    callbacks: Vec<CallbackState>,
    events: Vec<Event>,
}

/// Counts of a restored state are below this, so that they do not overflow later.
const MAX_COUNT: u64 = 1 << 53;

impl Fit {
    /// Reads the state of the run and of its trainer.
    pub fn state(&self, trainer: &Trainer) -> State {
        State {
            epoch: self.epoch,
            batch: self.batch,
            pass: self.pass,
            position: self.position,
            stopped: self.stopped,
            loss_sum: self.loss_sum,
            rows_seen: self.rows_seen,
            history: self.history.rows().numbers().to_vec(),
            batch_losses: self.batch_losses.numbers().to_vec(),
            weights: trainer.model.weights().collect(),
            training_calls: trainer.model.training_calls(),
            optimizer_steps: trainer.optimizer().steps(),
            optimizer_slots: trainer.optimizer().slots().to_vec(),
            metrics: trainer.metric_states(),
            callbacks: self.callbacks.iter().map(|c| c.state()).collect(),
            events: self.events.clone(),
        }
    }

    /// Restores the state of a run with the same data, model and compile.
    ///
    /// # Errors
    /// A state of another run. Nothing is changed then.
    pub fn restore(&mut self, trainer: &mut Trainer, state: State) -> Result<()> {
        if !self.accepts(trainer, &state) {
            let message =
                "This checkpoint belongs to another run: start the run again from the beginning.";
            return Err(ConfigError::new("checkpoint", message));
        }
        if self.handles_nan() {
            trainer.model.put_weights(&state.weights);
        } else {
            trainer.model.set_weights(&state.weights)?;
        }
        trainer.model.set_training_calls(state.training_calls);
        trainer
            .optimizer_mut()
            .restore(state.optimizer_steps, state.optimizer_slots);
        trainer.set_metric_states(&state.metrics);
        for (callback, state) in self.callbacks.iter_mut().zip(state.callbacks) {
            callback.restore(state);
        }
        (self.epoch, self.batch) = (state.epoch, state.batch);
        (self.pass, self.position) = (state.pass, state.position);
        self.stopped = state.stopped;
        (self.loss_sum, self.rows_seen) = (state.loss_sum, state.rows_seen);
        let epochs = self.epoch - self.first_epoch;
        let steps = self.pass * self.n_train.div_ceil(self.batch_size) + self.position;
        self.history.rows_mut().set(epochs, state.history);
        self.batch_losses.set(steps, state.batch_losses);
        self.events = state.events;
        self.trouble = None;
        self.set_order();
        Ok(())
    }

    /// Whether this run can be in that state.
    fn accepts(&self, trainer: &Trainer, state: &State) -> bool {
        let State {
            epoch,
            batch,
            pass,
            position,
            ..
        } = *state;
        let all = self.n_train.div_ceil(self.batch_size);
        let steps = pass.checked_mul(all).and_then(|n| n.checked_add(position));
        let epochs_done = epoch.checked_sub(self.first_epoch);
        let n_weights = trainer.model.n_parameters();
        let slots = trainer.optimizer().slots();
        let fits = |c: &CallbackState| {
            let counts = [c.wait, c.best_epoch, c.cooldown, c.batches];
            [0, n_weights].contains(&c.weights.len()) && counts.iter().all(|n| *n < u32::MAX / 2)
        };
        let known = |e: &Event| e.callback < self.callbacks.len() && e.epoch <= epoch;
        (epoch <= self.epochs || epoch == self.first_epoch)
            && position < all
            && batch <= position
            && (self.steps_per_epoch.is_some() || state.stopped || batch == position)
            && epochs_done.is_some_and(|n| self.history.rows().fits(n, &state.history))
            && steps.is_some_and(|n| self.batch_losses.fits(n, &state.batch_losses))
            && state.weights.len() == n_weights
            && state.optimizer_slots.len() == slots.len()
            && slots
                .iter()
                .zip(&state.optimizer_slots)
                .all(|(own, given)| own.len() == given.len())
            && state.metrics.len() == trainer.metric_states().len()
            && state.callbacks.len() == self.callbacks.len()
            && state.callbacks.iter().all(fits)
            && state.events.iter().all(known)
            && state.training_calls.max(state.optimizer_steps) < MAX_COUNT
    }
}
