//! LearningRateScheduler: a learning rate of its own for every epoch.

use super::{Callback, CallbackKind, Deed, Logs, Tell, check_rate, log_rate};
use crate::choice::{Default, Entry, Kind, Opt, prose};
use crate::refusal::Refusal;
use crate::schedules::{self, Schedule};
use crate::trainer::Trainer;

pub static KIND: CallbackKind = CallbackKind {
    entry: Entry {
        class_name: "LearningRateScheduler",
        name: "learning_rate_scheduler",
        aliases: &[],
        label: "Learning rate by epoch",
        doc: prose(
            "Sets the learning rate at the beginning of every epoch: from a list (its last number goes \
              on), or by a schedule that counts epochs. Keras takes a function in its place.",
        ),
        formula: prose("lr = rates[epoch], or schedule(epoch)"),
        options: &[
            &Opt {
                name: "rates",
                label: "rates",
                doc: prose("The learning rates of the first epochs."),
                kind: Kind::Floats(0.0, 1e30),
                default: Default::Null,
            },
            &Opt {
                name: "schedule",
                label: "schedule",
                doc: prose("The plan, counted in epochs."),
                kind: Kind::Of(&schedules::FAMILY),
                default: Default::Null,
            },
            &Opt {
                name: "verbose",
                label: "verbose",
                doc: prose("Changes nothing here."),
                kind: Kind::Int(0, 2),
                default: Default::Int(0),
            },
        ],
    },
    build: |choice, _| {
        let rates = choice.floats("rates").to_vec();
        let schedule = choice.choice("schedule").map(Schedule::new).transpose()?;
        if rates.is_empty() && schedule.is_none() {
            let message = "Give 'rates', one learning rate per epoch, or a 'schedule'.";
            return Err(Refusal::new("config.rates", message));
        }
        Ok(Box::new(Scheduler { rates, schedule }))
    },
};

struct Scheduler {
    rates: Vec<f64>,
    schedule: Option<Schedule>,
}

impl Callback for Scheduler {
    fn on_epoch_begin(&mut self, epoch: usize, trainer: &mut Trainer, tell: Tell<'_>) {
        let planned = self
            .schedule
            .as_ref()
            .map(|schedule| f64::from(schedule.at(epoch as u64)));
        let listed = self.rates.get(epoch).or(self.rates.last()).copied();
        if let Some(rate) = listed.or(planned) {
            // Refused only for a schedule of the optimizer's own, which `check` has ruled out.
            let _ = trainer.optimizer_mut().set_learning_rate(rate as f32);
            tell(Deed::Scheduled, rate);
        }
    }

    fn on_epoch_end(
        &mut self,
        _: usize,
        logs: &mut Logs,
        trainer: &mut Trainer,
        _: Tell<'_>,
    ) -> bool {
        log_rate(logs, trainer);
        false
    }

    fn logs_learning_rate(&self) -> bool {
        true
    }

    fn check(&self, trainer: &Trainer) -> Result<(), Refusal> {
        check_rate(trainer, "LearningRateScheduler")
    }
}
