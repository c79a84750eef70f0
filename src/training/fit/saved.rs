//! The state of a run as bytes, and back.

use super::Fit;
use crate::options::error::ConfigError;
use crate::training::bytes::{Reader, Writer};
use crate::training::callbacks::{CallbackAction, Event};
use crate::training::trainer::Trainer;

impl Fit {
    /// Writes the state of the run and of its trainer.
    pub fn save(&self, trainer: &Trainer, to: &mut Writer) {
        to.whole(self.epoch as u64);
        to.whole(self.batch as u64);
        to.whole(self.pass as u64);
        to.whole(self.position as u64);
        to.whole(u64::from(self.stopped));
        to.doubles(&[self.loss_sum, self.rows_seen]);
        to.doubles(self.history.numbers());
        to.floats(&self.batch_losses);
        to.floats(&trainer.model.weights().collect::<Vec<f32>>());
        to.whole(trainer.model.training_calls());
        to.whole(trainer.optimizer().steps());
        trainer
            .optimizer()
            .slots()
            .iter()
            .for_each(|slot| to.floats(slot));
        to.doubles(&trainer.metric_states());
        for callback in &self.callbacks {
            let (numbers, weights) = callback.state();
            to.doubles(&numbers);
            to.floats(weights);
        }
        let event = |e: &Event| {
            [
                e.epoch as f64,
                e.callback as f64,
                f64::from(e.action as u8),
                e.value,
            ]
        };
        to.doubles(&self.events.iter().flat_map(event).collect::<Vec<f64>>());
    }

    /// Restores a written state of a run with the same data, model and compile.
    ///
    /// # Errors
    /// Bytes that were not written by such a run. Nothing is changed then.
    pub fn restore(
        &mut self,
        trainer: &mut Trainer,
        from: &mut Reader<'_>,
    ) -> Result<(), ConfigError> {
        let mut count = || {
            from.whole()
                .map(|n| usize::try_from(n).unwrap_or(usize::MAX))
        };
        let (epoch, batch, pass, position) = (count()?, count()?, count()?, count()?);
        let stopped = count()? != 0;
        let sums = from.doubles()?;
        let history = from.doubles()?;
        let batch_losses = from.floats()?;
        let weights = from.floats_of(trainer.model.n_parameters())?;
        let (calls, iterations) = (from.whole()?, from.whole()?);
        let sizes: Vec<usize> = trainer.optimizer().slots().iter().map(Vec::len).collect();
        let slots = sizes
            .into_iter()
            .map(|n| from.floats_of(n))
            .collect::<Result<_, _>>()?;
        let metrics = from.doubles()?;
        let mut states = Vec::with_capacity(self.callbacks.len());
        for callback in &self.callbacks {
            let numbers = from.doubles()?;
            let weights = from.floats()?;
            let fits = numbers.len() == callback.state().0.len()
                && [0, trainer.model.n_parameters()].contains(&weights.len());
            states.push((numbers, weights, fits));
        }
        let event = |e: &[f64]| {
            Some(Event {
                epoch: e[0] as usize,
                callback: e[1] as usize,
                action: *CallbackAction::ALL.get(e[2] as usize)?,
                value: e[3],
            })
        };
        let events = from.doubles()?;
        let events: Option<Vec<Event>> = events.chunks_exact(4).map(event).collect();
        let known = |e: &Event| e.callback < self.callbacks.len() && e.epoch <= epoch;
        let events = events.filter(|events| events.iter().all(known));
        let all = self.n_train.div_ceil(self.batch_size);
        let steps = pass.checked_mul(all).and_then(|n| n.checked_add(position));
        let epochs_done = epoch.checked_sub(self.first_epoch);
        let fits = (epoch <= self.epochs || epoch == self.first_epoch)
            && position < all
            && batch <= position
            && (self.steps_per_epoch.is_some() || stopped || batch == position)
            && sums.len() == 2
            && epochs_done.map(|n| n * self.history.width()) == Some(history.len())
            && steps == Some(batch_losses.len())
            && metrics.len() == trainer.metric_states().len()
            && states.iter().all(|(_, _, fits)| *fits)
            && calls.max(iterations) < 1 << 53; // the counts must not overflow later
        let Some(events) = events.filter(|_| fits) else {
            let message =
                "This checkpoint belongs to another run: start the run again from the beginning.";
            return Err(ConfigError::new("checkpoint", message));
        };
        if self.handles_nan() {
            trainer.model.put_weights(&weights);
        } else {
            trainer.model.set_weights(&weights)?;
        }
        trainer.model.set_training_calls(calls);
        trainer.optimizer_mut().restore(iterations, slots);
        trainer.set_metric_states(&metrics);
        for (callback, (numbers, weights, _)) in self.callbacks.iter_mut().zip(states) {
            callback.restore(&numbers, weights);
        }
        (self.epoch, self.batch) = (epoch, batch);
        (self.pass, self.position, self.stopped) = (pass, position, stopped);
        (self.loss_sum, self.rows_seen) = (sums[0], sums[1]);
        self.history.set_numbers(history);
        self.batch_losses = batch_losses;
        self.events = events;
        self.trouble = None;
        self.set_order();
        Ok(())
    }
}
