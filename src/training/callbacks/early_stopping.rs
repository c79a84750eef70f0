//! EarlyStopping: ends a run that no longer gets better (Keras' `callbacks/early_stopping.py`).

use super::monitor::{MODE, MONITOR, Monitor, epochs, min_delta};
use super::{Callback, CallbackAction, CallbackKind, Emit, Logs, logged};
use crate::options::{ClassSpec, Default, Kind, OptionSpec, Value, help_text};
use crate::training::trainer::Trainer;

pub static KIND: CallbackKind = CallbackKind {
    class: ClassSpec {
        class_name: "EarlyStopping",
        name: "early_stopping",
        aliases: &[],
        label: "Early stopping",
        doc: help_text(
            "Stops when what is watched has not become better for some epochs; may bring back the best weights.",
        ),
        formula: help_text("stop when epochs since the best >= patience"),
        options: &[
            &MONITOR,
            &min_delta(0.0),
            &epochs(
                "patience",
                "patience",
                "For how many epochs without improvement it goes on.",
                0,
            ),
            &OptionSpec {
                name: "verbose",
                label: "verbose",
                doc: help_text("Changes nothing here."),
                kind: Kind::Int(0, 2),
                default: Default::Int(0),
                advanced: false,
                start: "",
            },
            &MODE,
            &OptionSpec {
                name: "baseline",
                label: "baseline",
                doc: help_text("Patience begins anew only where this is beaten, too."),
                kind: Kind::Float(-1e30, 1e30),
                default: Default::Null,
                advanced: false,
                start: "",
            },
            &OptionSpec {
                name: "restore_best_weights",
                label: "restore best weights",
                doc: help_text("Whether the weights of the best epoch come back at the end."),
                kind: Kind::Bool,
                default: Default::Bool(false),
                advanced: false,
                start: "",
            },
            &epochs(
                "start_from_epoch",
                "starts at epoch",
                "How many epochs pass before it watches.",
                0,
            ),
        ],
        group: "",
        shared: &[],
    },
    build: |choice, trainer| {
        let baseline = choice.get("baseline") != &Value::Null;
        Ok(Box::new(EarlyStopping {
            patience: Patience {
                monitor: Monitor::new(choice, trainer)?,
                patience: choice.count("patience").unwrap_or(0),
                baseline: baseline.then(|| choice.number("baseline")),
                start: choice.count("start_from_epoch").unwrap_or(0),
                wait: 0,
            },
            restores: choice.flag("restore_best_weights"),
            best_epoch: 0,
            stops: false,
            best_weights: Vec::new(),
        }))
    },
};

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
        // The first epoch that is watched is kept, whatever it gives.
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

    fn on_train_end(&mut self, trainer: &mut Trainer, tell: Emit<'_>) {
        let best = self.best_epoch as f64;
        if self.stops {
            tell(CallbackAction::Stopped, best);
        }
        if self.restores && !self.best_weights.is_empty() {
            tell(CallbackAction::Restored, best);
            trainer.model.put_weights(&self.best_weights);
        }
    }

    fn state(&self) -> (Vec<f64>, &[f32]) {
        let [best, some] = self.patience.monitor.state();
        let numbers = vec![
            best,
            some,
            self.patience.wait as f64,
            self.best_epoch as f64,
        ];
        (numbers, &self.best_weights)
    }

    fn restore(&mut self, numbers: &[f64], weights: Vec<f32>) {
        self.patience.monitor.restore(numbers);
        (self.patience.wait, self.best_epoch) = (numbers[2] as usize, numbers[3] as usize);
        self.stops = false; // a run that it ended does not go on
        self.best_weights = weights;
    }
}
