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
            monitor: Monitor::new(choice, trainer)?,
            patience: choice.count("patience").unwrap_or(0),
            baseline: baseline.then(|| choice.number("baseline")),
            restores: choice.flag("restore_best_weights"),
            start: choice.count("start_from_epoch").unwrap_or(0),
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
        let [best, some] = self.monitor.state();
        let numbers = vec![best, some, self.wait as f64, self.best_epoch as f64];
        (numbers, &self.best_weights)
    }

    fn restore(&mut self, numbers: &[f64], weights: Vec<f32>) {
        self.monitor.restore(numbers);
        (self.wait, self.best_epoch) = (numbers[2] as usize, numbers[3] as usize);
        self.stops = false; // a run that it ended does not go on
        self.best_weights = weights;
    }
}
