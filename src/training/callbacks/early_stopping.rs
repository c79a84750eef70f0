//! EarlyStopping: ends a run that no longer improves (Keras' `callbacks/early_stopping.py`).

use super::callback::{Callback, CallbackAction, CallbackKind, CallbackState, Emit, Logs, logged};
use super::monitor::{MIN_DELTA, MODE, MONITOR, Monitor, VERBOSE};
use crate::options::declare::{NoEffect, class};
use crate::options::{Default, Kind};
use crate::training::trainer::Trainer;

class! {
    /// Stops training when the monitored value has not improved for a while, and can restore the best weights.
    #[formula("stops after `patience` epochs without improvement")]
    pub struct Options("EarlyStopping", "early_stopping", "Early stopping") {
        monitor: String = MONITOR;
        min_delta: f64 = MIN_DELTA;
        /// Number of epochs without improvement before training stops.
        patience("patience"): usize = Kind::Int(0, 100_000), Default::Int(0);
        verbose: NoEffect = VERBOSE;
        mode: &'static str = MODE;
        /// Patience starts over only after an improvement that also beats this value.
        #[advanced]
        baseline("baseline"): Option<f64> = Kind::Float(-1e30, 1e30), Default::Null;
        /// Whether the weights of the best epoch are restored at the end.
        #[advanced]
        restore_best_weights("restore best weights"): bool = Kind::Bool, Default::Bool(false);
        /// Number of epochs before monitoring starts.
        #[advanced]
        start_from_epoch("starts at epoch"): usize = Kind::Int(0, 100_000), Default::Int(0);
    }
}

pub static KIND: CallbackKind = CallbackKind {
    class: Options::SPEC,
    build: |config, trainer| {
        let options = Options::of(config);
        Ok(Box::new(EarlyStopping {
            monitor: Monitor::new(options.monitor, options.mode, options.min_delta, trainer)?,
            patience: options.patience,
            baseline: options.baseline,
            restores: options.restore_best_weights,
            start: options.start_from_epoch,
            wait: 0,
            best_epoch: 0,
            stops: false,
            best_weights: Vec::new(),
        }))
    },
};

struct EarlyStopping {
    monitor: Monitor,
    patience: usize,
    baseline: Option<f64>,
    restores: bool,
    start: usize,
    wait: usize,
    best_epoch: usize,
    /// Whether it ended the run.
    stops: bool,
    best_weights: Vec<f32>,
}

impl Callback for EarlyStopping {
    fn on_epoch_end(
        &mut self,
        epoch: usize,
        logs: &mut Logs,
        trainer: &mut Trainer,
        _: Emit<'_>,
    ) -> bool {
        let Some(current) = logged(logs, &self.monitor.name).filter(|_| epoch >= self.start) else {
            return false;
        };
        if self.restores && self.best_weights.is_empty() {
            self.best_weights = trainer.model.weights().collect();
            self.best_epoch = epoch;
        }
        self.wait += 1;
        if self.monitor.beats(current) {
            self.best_epoch = epoch;
            if self.restores {
                self.best_weights = trainer.model.weights().collect();
            }
            if self
                .baseline
                .is_none_or(|baseline| self.monitor.improves(current, baseline))
            {
                self.wait = 0;
            }
            return false;
        }
        self.stops = self.wait >= self.patience && epoch > 0;
        self.stops
    }

    fn on_train_end(&mut self, trainer: &mut Trainer, emit: Emit<'_>) {
        let best = self.best_epoch as f64;
        if self.stops {
            emit(CallbackAction::Stopped, best);
        }
        if self.restores && !self.best_weights.is_empty() {
            emit(CallbackAction::Restored, best);
            trainer.model.put_weights(&self.best_weights);
        }
    }

    fn state(&self) -> CallbackState {
        CallbackState {
            best: self.monitor.best(),
            wait: self.wait as u32,
            best_epoch: self.best_epoch as u32,
            weights: self.best_weights.clone(),
            ..CallbackState::default()
        }
    }

    fn restore(&mut self, state: CallbackState) {
        self.monitor.restore(state.best);
        (self.wait, self.best_epoch) = (state.wait as usize, state.best_epoch as usize);
        self.stops = false; // a stopped run does not continue
        self.best_weights = state.weights;
    }
}
