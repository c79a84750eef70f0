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

pub static KIND: CallbackKind = CallbackKind::new(Options::SPEC, |config, trainer| {
    let options = Options::of(config);
    Ok(Box::new(EarlyStopping {
        patience: Patience {
            monitor: Monitor::new(options.monitor, options.mode, options.min_delta, trainer)?,
            patience: options.patience,
            baseline: options.baseline,
            start: options.start_from_epoch,
            wait: 0,
        },
        restores: options.restore_best_weights,
        best_epoch: 0,
        stops: false,
        best_weights: Vec::new(),
    }))
});

/// When patience ends: the decision of each epoch, without weights.
struct Patience {
    monitor: Monitor,
    patience: usize,
    baseline: Option<f64>,
    start: usize,
    wait: usize,
}

/// What an epoch is to EarlyStopping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// Nothing was measured, or it is too early.
    Ignored,
    /// The best so far.
    Best,
    /// No better, but there is patience left.
    Waits,
    /// No better, and patience is at its end.
    Stops,
}

impl Patience {
    /// Decides on an epoch, counted from 0, by what was measured in it.
    fn decide(&mut self, epoch: usize, current: Option<f64>) -> Verdict {
        let Some(current) = current.filter(|_| epoch >= self.start) else {
            return Verdict::Ignored;
        };
        self.wait += 1;
        if self.monitor.beats(current) {
            let improves = |baseline| self.monitor.improves(current, baseline);
            if self.baseline.is_none_or(improves) {
                self.wait = 0;
            }
            return Verdict::Best;
        }
        match self.wait >= self.patience && epoch > 0 {
            true => Verdict::Stops,
            false => Verdict::Waits,
        }
    }
}

/// Where EarlyStopping with this patience, and else its default options, would have stopped a run with these losses
/// of its epochs (`None` where nothing was measured): the best epoch, and the one that it would have stopped after.
pub fn would_stop(losses: &[Option<f64>], patience: usize) -> (Option<usize>, Option<usize>) {
    let mut patience = Patience {
        monitor: Monitor::least(),
        patience,
        baseline: None,
        start: 0,
        wait: 0,
    };
    let mut best = None;
    for (epoch, loss) in losses.iter().enumerate() {
        match patience.decide(epoch, *loss) {
            Verdict::Best => best = Some(epoch),
            Verdict::Stops => return (best, Some(epoch)),
            Verdict::Ignored | Verdict::Waits => {}
        }
    }
    (best, None)
}

struct EarlyStopping {
    patience: Patience,
    restores: bool,
    best_epoch: usize,
    /// It ended the run.
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
        let current = logged(logs, &self.patience.monitor.name);
        let verdict = self.patience.decide(epoch, current);
        // The first monitored epoch is stored even if its value is NaN.
        let first = self.best_weights.is_empty() && verdict != Verdict::Ignored;
        if verdict == Verdict::Best || self.restores && first {
            self.best_epoch = epoch;
            if self.restores {
                self.best_weights = trainer.model.weights().collect();
            }
        }
        self.stops = match verdict {
            Verdict::Ignored | Verdict::Best => self.stops,
            Verdict::Waits | Verdict::Stops => verdict == Verdict::Stops,
        };
        verdict == Verdict::Stops
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
            best: self.patience.monitor.best(),
            wait: self.patience.wait as u32,
            best_epoch: self.best_epoch as u32,
            weights: self.best_weights.clone(),
            ..CallbackState::default()
        }
    }

    fn restore(&mut self, state: CallbackState) {
        self.patience.monitor.restore(state.best);
        (self.patience.wait, self.best_epoch) = (state.wait as usize, state.best_epoch as usize);
        self.stops = false; // a stopped run does not continue
        self.best_weights = state.weights;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Losses (`None`: not measured), patience, the best epoch and the last one.
    type Case = (Vec<Option<f64>>, usize, Option<usize>, Option<usize>);

    #[test]
    fn oracle_the_epochs_at_which_keras_stops() {
        let some = |losses: &[f64]| losses.iter().copied().map(Some).collect::<Vec<_>>();
        const NAN: f64 = f64::NAN;
        const INF: f64 = f64::INFINITY;
        // tests/keras/cases/fit_early_stopping_*.json have the same rule. NaN is no improvement and uses up patience;
        // an epoch without a measurement does not. A first NaN is the best (Keras 3.15.1).
        let cases: Vec<Case> = vec![
            (some(&[3.0, 2.0, 2.5, 2.4, 1.0]), 2, Some(1), Some(3)),
            (
                some(&[3.0, 2.0, 2.5, 1.0, 2.0, 2.0, 2.0]),
                3,
                Some(3),
                Some(6),
            ),
            (some(&[3.0, 2.0, NAN, 2.4]), 2, Some(1), Some(3)),
            (some(&[3.0, 2.0, NAN, 1.4, NAN]), 2, Some(3), None),
            (some(&[NAN, 1.0, 2.0, 0.5, 0.4]), 2, Some(0), Some(2)),
            (some(&[2.0, NAN, 1.0, NAN, NAN, 0.5]), 2, Some(2), Some(4)),
            (some(&[INF, INF, 3.0, 3.0]), 2, Some(2), None),
            (some(&[INF, 3.0, NAN, 2.0]), 1, Some(1), Some(2)),
            (some(&[NAN, 2.0]), 0, Some(0), Some(1)),
            (
                vec![Some(3.0), Some(2.0), None, Some(2.4)],
                2,
                Some(1),
                None,
            ),
            (vec![], 1, None, None),
            (vec![None, None], 1, None, None),
        ];
        for (losses, patience, best, stop) in cases {
            assert_eq!(would_stop(&losses, patience), (best, stop), "{losses:?}");
        }
    }
}
