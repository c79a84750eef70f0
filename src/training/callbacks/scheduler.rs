//! LearningRateScheduler: sets the learning rate of every epoch.

use super::callback::{
    Callback, CallbackAction, CallbackKind, Emit, Logs, check_learning_rate, log_learning_rate,
};
use super::monitor::VERBOSE;
use crate::functions::schedules::{self, Schedule};
use crate::options::declare::{NoEffect, class};
use crate::options::error::{ConfigError, Result};
use crate::options::{ConfigObject, Default, Kind};
use crate::training::trainer::Trainer;

class! {
    /// Sets the learning rate at the start of every epoch: from a list (whose last number stays), or by a schedule that counts epochs. Keras takes a function instead.
    #[formula("lr = rates[epoch], or schedule(epoch)")]
    pub struct Options("LearningRateScheduler", "learning_rate_scheduler", "Learning rate by epoch") {
        /// Learning rates of the first epochs.
        #[advanced]
        rates("rates"): Vec<f64> = Kind::Floats(0.0, 1e30), Default::Null;
        /// Schedule that counts epochs instead of steps.
        #[advanced]
        schedule("schedule"): Option<ConfigObject> = Kind::Of(&schedules::REGISTRY), Default::Null;
        verbose: NoEffect = VERBOSE;
    }
}

pub static KIND: CallbackKind = CallbackKind::new(Options::SPEC, |config, _| {
    let options = Options::of(config);
    let (rates, schedule) = (options.rates, options.schedule.as_ref());
    let schedule = schedule.map(Schedule::new).transpose()?;
    if rates.is_empty() && schedule.is_none() {
        let message = "Give 'rates', one learning rate per epoch, or a 'schedule'.";
        return Err(ConfigError::new("config.rates", message));
    }
    Ok(Box::new(Scheduler { rates, schedule }))
});

struct Scheduler {
    rates: Vec<f64>,
    schedule: Option<Schedule>,
}

impl Callback for Scheduler {
    fn on_epoch_begin(&mut self, epoch: usize, trainer: &mut Trainer, emit: Emit<'_>) {
        let planned = self
            .schedule
            .as_ref()
            .map(|schedule| f64::from(schedule.at(epoch as u64)));
        let listed = self.rates.get(epoch).or(self.rates.last()).copied();
        if let Some(rate) = listed.or(planned) {
            // Fails only with a schedule of the optimizer, which `check` has ruled out.
            let _ = trainer.optimizer_mut().set_learning_rate(rate as f32);
            emit(CallbackAction::Scheduled, rate);
        }
    }

    fn on_epoch_end(
        &mut self,
        _: usize,
        logs: &mut Logs,
        trainer: &mut Trainer,
        _: Emit<'_>,
    ) -> bool {
        log_learning_rate(logs, trainer);
        false
    }

    fn logs_learning_rate(&self) -> bool {
        true
    }

    fn check(&self, trainer: &Trainer) -> Result<()> {
        check_learning_rate(trainer, "LearningRateScheduler")
    }
}
