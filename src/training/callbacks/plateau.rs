//! ReduceLROnPlateau: smaller steps where a run no longer gets better
//! (Keras' `callbacks/reduce_lr_on_plateau.py`).

use super::monitor::{MODE, MONITOR, Monitor, epochs, min_delta};
use super::{Callback, CallbackAction, CallbackKind, Emit, Logs, check_rate, log_rate, logged};
use crate::options::error::ConfigError;
use crate::options::{ClassSpec, Default, Kind, OptionSpec, help_text};
use crate::training::trainer::Trainer;

pub static KIND: CallbackKind = CallbackKind {
    class: ClassSpec {
        class_name: "ReduceLROnPlateau",
        name: "reduce_lr_on_plateau",
        aliases: &[],
        label: "Reduce the learning rate on a plateau",
        doc: help_text(
            "Makes the learning rate smaller when what is watched has not become better for some epochs.",
        ),
        formula: help_text("lr <- max(lr factor, min_lr)"),
        options: &[
            &MONITOR,
            &OptionSpec {
                name: "factor",
                label: "factor",
                doc: help_text("What the learning rate is multiplied by."),
                kind: Kind::Float(0.0, 0.999_999),
                default: Default::Float(0.1),
                advanced: false,
                start: "",
            },
            &epochs(
                "patience",
                "patience",
                "For how many epochs without improvement it waits.",
                10,
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
            &min_delta(1e-4),
            &epochs(
                "cooldown",
                "cooldown",
                "How many epochs pass after a reduction before it watches.",
                0,
            ),
            &OptionSpec {
                name: "min_lr",
                label: "least learning rate",
                doc: help_text("The learning rate never gets smaller."),
                kind: Kind::Float(0.0, 1e30),
                default: Default::Float(0.0),
                advanced: false,
                start: "",
            },
        ],
        group: "",
        shared: &[],
    },
    build: |choice, trainer| {
        let monitor = Monitor::new(choice, trainer)?;
        Ok(Box::new(Plateau {
            monitor,
            factor: choice.number("factor"),
            patience: choice.count("patience").unwrap_or(0),
            cooldown: choice.count("cooldown").unwrap_or(0),
            min_lr: choice.number("min_lr"),
            wait: 0,
            cooling: 0,
        }))
    },
};

struct Plateau {
    monitor: Monitor,
    factor: f64,
    patience: usize,
    cooldown: usize,
    min_lr: f64,
    wait: usize,
    cooling: usize,
}

impl Callback for Plateau {
    fn on_epoch_end(
        &mut self,
        _: usize,
        logs: &mut Logs,
        trainer: &mut Trainer,
        tell: Emit<'_>,
    ) -> bool {
        log_rate(logs, trainer);
        let rate = trainer.optimizer().learning_rate();
        let Some(current) = logged(logs, &self.monitor.name) else {
            return false;
        };
        if self.cooling > 0 {
            self.cooling -= 1;
            self.wait = 0;
        }
        if self.monitor.beats(current) {
            self.wait = 0;
        } else if self.cooling == 0 {
            self.wait += 1;
            if self.wait >= self.patience && rate > self.min_lr as f32 {
                let smaller = (f64::from(rate) * self.factor).max(self.min_lr);
                // Refused only for a schedule, which `check` has ruled out.
                let _ = trainer.optimizer_mut().set_learning_rate(smaller as f32);
                tell(CallbackAction::Reduced, smaller);
                (self.cooling, self.wait) = (self.cooldown, 0);
            }
        }
        false
    }

    fn logs_learning_rate(&self) -> bool {
        true
    }

    fn check(&self, trainer: &Trainer) -> Result<(), ConfigError> {
        check_rate(trainer, "ReduceLROnPlateau")
    }

    fn state(&self) -> (Vec<f64>, &[f32]) {
        let [best, some] = self.monitor.state();
        (vec![best, some, self.wait as f64, self.cooling as f64], &[])
    }

    fn restore(&mut self, numbers: &[f64], _: Vec<f32>) {
        self.monitor.restore(numbers);
        (self.wait, self.cooling) = (numbers[2] as usize, numbers[3] as usize);
    }
}
