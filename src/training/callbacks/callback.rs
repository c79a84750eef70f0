//! The trait that every callback implements, and what a callback sees and reports.

use crate::options::error::{ConfigError, Result};
use crate::options::{ClassSpec, ConfigObject};
use crate::training::trainer::{MetricValue, Trainer};
use serde::{Deserialize, Serialize};

/// Names and values of a finished epoch: one list that the callbacks see one after another, as in Keras.
pub type Logs = Vec<(String, MetricValue)>;

/// The name under which ReduceLROnPlateau and LearningRateScheduler log the learning rate.
pub const LEARNING_RATE: &str = "learning_rate";

/// The number that was logged under a name. (A list of several numbers cannot be monitored.)
pub fn logged(logs: &Logs, name: &str) -> Option<f64> {
    let (_, value) = logs.iter().find(|(n, _)| n == name)?;
    value.numbers().first().copied()
}

/// Logs the learning rate. The entry of an earlier callback is replaced.
pub fn log_learning_rate(logs: &mut Logs, trainer: &Trainer) {
    let rate = MetricValue::Number(f64::from(trainer.optimizer().learning_rate()));
    match logs.iter_mut().find(|(n, _)| n == LEARNING_RATE) {
        Some((_, value)) => *value = rate,
        None => logs.push((LEARNING_RATE.into(), rate)),
    }
}

/// An action of a callback, in the order in which Keras prints the actions of an epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Serialize, Deserialize)]
pub enum CallbackAction {
    /// LearningRateScheduler set this learning rate.
    Scheduled,
    /// TerminateOnNaN ended the run at this batch, counted from 0.
    Terminated,
    /// ReduceLROnPlateau reduced the learning rate to this.
    Reduced,
    /// ModelCheckpoint kept the best weights so far, with this monitored value.
    Kept,
    /// EarlyStopping ended the run. The best epoch was this, counted from 0.
    Stopped,
    /// EarlyStopping restored the weights of this epoch.
    Restored,
}

impl CallbackAction {
    /// All of them, in order.
    pub const ALL: [CallbackAction; 6] = [
        CallbackAction::Scheduled,
        CallbackAction::Terminated,
        CallbackAction::Reduced,
        CallbackAction::Kept,
        CallbackAction::Stopped,
        CallbackAction::Restored,
    ];
}

/// An action of one of the run's callbacks.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Counted from 0.
    pub epoch: usize,
    /// Index of the callback in the run's list.
    pub callback: usize,
    /// What it did.
    pub action: CallbackAction,
    /// The number that belongs to the action, see [`CallbackAction`].
    pub value: f64,
}

/// What changes in a callback during a run. Each class uses the fields that it needs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CallbackState {
    /// Best monitored value so far.
    pub best: Option<f64>,
    /// Epochs without improvement.
    pub wait: u32,
    /// Epoch of the best value.
    pub best_epoch: u32,
    /// Epochs left until ReduceLROnPlateau counts again.
    pub cooldown: u32,
    /// Batches since ModelCheckpoint last saved.
    pub batches: u32,
    /// Stored weights; empty for none.
    pub weights: Vec<f32>,
}

/// Receives the actions of a callback, each with its number.
pub type Emit<'a> = &'a mut dyn FnMut(CallbackAction, f64);

/// A callback. Methods that return a truth value return whether training is to stop.
pub trait Callback {
    /// Called before an epoch.
    fn on_epoch_begin(&mut self, epoch: usize, trainer: &mut Trainer, emit: Emit<'_>) {
        let _ = (epoch, trainer, emit);
    }

    /// Called after a batch, counted from 0. `loss`: the mean over the epoch's rows so far.
    fn on_batch_end(&mut self, batch: usize, loss: f64, trainer: &Trainer, emit: Emit<'_>) -> bool {
        let _ = (batch, loss, trainer, emit);
        false
    }

    /// Called after an epoch. May add to the logs for the later callbacks and the history.
    fn on_epoch_end(
        &mut self,
        epoch: usize,
        logs: &mut Logs,
        trainer: &mut Trainer,
        emit: Emit<'_>,
    ) -> bool {
        let _ = (epoch, logs, trainer, emit);
        false
    }

    /// Called after the last epoch.
    fn on_train_end(&mut self, trainer: &mut Trainer, emit: Emit<'_>) {
        let _ = (trainer, emit);
    }

    /// Whether it handles numbers that are not finite: training then continues until the callback stops it.
    fn handles_nan(&self) -> bool {
        false
    }

    /// Whether it logs the learning rate.
    fn logs_learning_rate(&self) -> bool {
        false
    }

    /// Checks that it can work with this trainer.
    ///
    /// # Errors
    /// Why it cannot.
    fn check(&self, trainer: &Trainer) -> Result<()> {
        let _ = trainer;
        Ok(())
    }

    /// Its state.
    fn state(&self) -> CallbackState {
        CallbackState::default()
    }

    /// Restores a state.
    fn restore(&mut self, state: CallbackState) {
        let _ = state;
    }
}

/// A callback class.
pub struct CallbackKind {
    /// Its name, help text and options.
    pub class: ClassSpec,
    /// Builds it from an object of the class.
    pub build: Build,
}

/// Builds a callback from an object of its class.
pub type Build = fn(&ConfigObject, &Trainer) -> Built;

impl CallbackKind {
    /// A callback class.
    pub const fn new(class: ClassSpec, build: Build) -> Self {
        CallbackKind { class, build }
    }
}

/// A callback, or why it cannot be built.
pub type Built = Result<Box<dyn Callback>>;

/// Checks that no schedule sets the learning rate, which the callback `class` sets.
///
/// # Errors
/// If one does.
pub fn check_learning_rate(trainer: &Trainer, class: &str) -> Result<()> {
    if trainer.optimizer().is_scheduled() {
        let message = format!(
            "{class} sets the learning rate, but the optimizer's follows a schedule: give the optimizer \
             a number as learning_rate, or leave the callback out."
        );
        return Err(ConfigError::new("class_name", message));
    }
    Ok(())
}
