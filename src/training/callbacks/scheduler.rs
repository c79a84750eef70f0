//! LearningRateScheduler: a learning rate of its own for every epoch.

use super::{Callback, CallbackAction, CallbackKind, Emit, Logs, check_rate, log_rate};
use crate::functions::schedules::{self, Schedule};
use crate::options::error::ConfigError;
use crate::options::{ClassSpec, Default, Kind, OptionSpec, help_text};
use crate::training::trainer::Trainer;

pub static KIND: CallbackKind = CallbackKind {
    class: ClassSpec {
        class_name: "LearningRateScheduler",
        name: "learning_rate_scheduler",
        aliases: &[],
        label: "Learning rate by epoch",
        doc: help_text(
            "Sets the learning rate at the beginning of every epoch: from a list (its last number goes \
              on), or by a schedule that counts epochs. Keras takes a function in its place.",
        ),
        formula: help_text("lr = rates[epoch], or schedule(epoch)"),
        options: &[
            &OptionSpec {
                name: "rates",
                label: "rates",
                doc: help_text("The learning rates of the first epochs."),
                kind: Kind::Floats(0.0, 1e30),
                default: Default::Null,
                advanced: false,
                start: "",
            },
            &OptionSpec {
                name: "schedule",
                label: "schedule",
                doc: help_text("The plan, counted in epochs."),
                kind: Kind::Of(&schedules::REGISTRY),
                default: Default::Null,
                advanced: false,
                start: "",
            },
            &OptionSpec {
                name: "verbose",
                label: "verbose",
                doc: help_text("Changes nothing here."),
                kind: Kind::Int(0, 2),
                default: Default::Int(0),
                advanced: false,
                start: "",
            },
        ],
        group: "",
        shared: &[],
    },
    build: |choice, _| {
        let rates = choice.floats("rates").to_vec();
        let schedule = choice.choice("schedule").map(Schedule::new).transpose()?;
        if rates.is_empty() && schedule.is_none() {
            let message = "Give 'rates', one learning rate per epoch, or a 'schedule'.";
            return Err(ConfigError::new("config.rates", message));
        }
        Ok(Box::new(Scheduler { rates, schedule }))
    },
};

struct Scheduler {
    rates: Vec<f64>,
    schedule: Option<Schedule>,
}

impl Callback for Scheduler {
    fn on_epoch_begin(&mut self, epoch: usize, trainer: &mut Trainer, tell: Emit<'_>) {
        let planned = self
            .schedule
            .as_ref()
            .map(|schedule| f64::from(schedule.at(epoch as u64)));
        let listed = self.rates.get(epoch).or(self.rates.last()).copied();
        if let Some(rate) = listed.or(planned) {
            // Refused only for a schedule of the optimizer's own, which `check` has ruled out.
            let _ = trainer.optimizer_mut().set_learning_rate(rate as f32);
            tell(CallbackAction::Scheduled, rate);
        }
    }

    fn on_epoch_end(
        &mut self,
        _: usize,
        logs: &mut Logs,
        trainer: &mut Trainer,
        _: Emit<'_>,
    ) -> bool {
        log_rate(logs, trainer);
        false
    }

    fn logs_learning_rate(&self) -> bool {
        true
    }

    fn check(&self, trainer: &Trainer) -> Result<(), ConfigError> {
        check_rate(trainer, "LearningRateScheduler")
    }
}
