//! Callbacks: what watches a run and may stop it, slow it down or take it back.
//!
//! To add one: a file with its [`CallbackKind`], and its line in [`ALL`].

mod checkpoint;
mod csv;
mod early_stopping;
mod monitor;
mod nan;
mod plateau;
mod scheduler;

use crate::options::error::ConfigError;
use crate::options::{ClassSpec, ConfigObject, Registry};
use crate::training::trainer::{MetricValue, Trainer};
pub use early_stopping::would_stop;

/// Names and values of a finished epoch: one list that the callbacks see one after another, as in Keras.
pub type Logs = Vec<(String, MetricValue)>;

/// What ReduceLROnPlateau and LearningRateScheduler add to the logs.
pub const LEARNING_RATE: &str = "learning_rate";

/// The number of a name, if it was logged. (A list of several numbers cannot be monitored.)
pub fn logged(logs: &Logs, name: &str) -> Option<f64> {
    let (_, value) = logs.iter().find(|(n, _)| n == name)?;
    value.numbers().first().copied()
}

/// Logs the learning rate: an earlier callback's entry is replaced.
fn log_rate(logs: &mut Logs, trainer: &Trainer) {
    let rate = MetricValue::Number(f64::from(trainer.optimizer().learning_rate()));
    match logs.iter_mut().find(|(n, _)| n == LEARNING_RATE) {
        Some((_, value)) => *value = rate,
        None => logs.push((LEARNING_RATE.into(), rate)),
    }
}

/// What a callback did, in the order in which Keras tells it of an epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd)]
pub enum CallbackAction {
    /// LearningRateScheduler set this learning rate.
    Scheduled,
    /// TerminateOnNaN ended the run at this batch, counted from 0.
    Terminated,
    /// ReduceLROnPlateau made the learning rate this small.
    Reduced,
    /// ModelCheckpoint kept the best so far, of this watched value.
    Kept,
    /// EarlyStopping ended the run; this epoch, counted from 0, was the best.
    Stopped,
    /// EarlyStopping brought the weights of this epoch back.
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

/// A deed, with the number that belongs to it, in the epoch in which it was done.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Event {
    /// Counted from 0.
    pub epoch: usize,
    /// Which of the run's callbacks.
    pub by: usize,
    /// What it did.
    pub deed: CallbackAction,
    /// See [`CallbackAction`].
    pub value: f64,
}

/// Where a callback says what it did.
pub type Emit<'a> = &'a mut dyn FnMut(CallbackAction, f64);

/// What a callback does when. All answers say whether training is to stop.
pub trait Callback {
    /// Before an epoch.
    fn on_epoch_begin(&mut self, epoch: usize, trainer: &mut Trainer, tell: Emit<'_>) {
        let _ = (epoch, trainer, tell);
    }

    /// After a batch, counted from 0; `loss`: the mean over the epoch's rows so far.
    fn on_batch_end(&mut self, batch: usize, loss: f64, trainer: &Trainer, tell: Emit<'_>) -> bool {
        let _ = (batch, loss, trainer, tell);
        false
    }

    /// After an epoch. May add to the logs, which only later callbacks and the history see.
    fn on_epoch_end(
        &mut self,
        epoch: usize,
        logs: &mut Logs,
        trainer: &mut Trainer,
        tell: Emit<'_>,
    ) -> bool {
        let _ = (epoch, logs, trainer, tell);
        false
    }

    /// After the last epoch.
    fn on_train_end(&mut self, trainer: &mut Trainer, tell: Emit<'_>) {
        let _ = (trainer, tell);
    }

    /// It lets a run go on where a number is not finite, and stops it itself.
    fn handles_nan(&self) -> bool {
        false
    }

    /// It adds the learning rate to the logs.
    fn logs_learning_rate(&self) -> bool {
        false
    }

    /// Says whether it can work with this model.
    ///
    /// # Errors
    /// Why it cannot.
    fn check(&self, trainer: &Trainer) -> Result<(), ConfigError> {
        let _ = trainer;
        Ok(())
    }

    /// What it remembers: numbers, and weights that it has set aside.
    fn state(&self) -> (Vec<f64>, &[f32]) {
        (Vec::new(), &[])
    }

    /// Goes back to what it remembered. `numbers` has the length of [`Callback::state`]'s.
    fn restore(&mut self, numbers: &[f64], weights: Vec<f32>) {
        let _ = (numbers, weights);
    }
}

/// A callback that can be chosen.
pub struct CallbackKind {
    /// How it is called and what it is for.
    pub class: ClassSpec,
    build: fn(&ConfigObject, &Trainer) -> Built,
}

/// A callback, or why there is none.
type Built = Result<Box<dyn Callback>, ConfigError>;

/// Every callback, in the order in which the page offers them.
pub static ALL: &[&CallbackKind] = &[
    &early_stopping::KIND,
    &plateau::KIND,
    &scheduler::KIND,
    &nan::KIND,
    &checkpoint::KIND,
    &csv::KIND,
];

/// The family, for `fit(callbacks=[...])`.
pub static REGISTRY: Registry = Registry {
    noun: "callback",
    entries: || ALL.iter().map(|c| &c.class).collect(),
};

/// Builds a callback of [`REGISTRY`] for this trainer.
///
/// # Errors
/// Something to watch that is not measured, or a rate that cannot be set.
fn build(choice: &ConfigObject, trainer: &Trainer) -> Built {
    let found = ALL.iter().find(|c| std::ptr::eq(&c.class, choice.class));
    let callback = match found {
        Some(kind) => (kind.build)(choice, trainer)?,
        None => return Err(ConfigError::new("class_name", "This is not a callback.")),
    };
    callback.check(trainer)?;
    Ok(callback)
}

/// Builds all callbacks of a run, in their order.
///
/// # Errors
/// Choices that one of them refuses; two CSVLoggers that write to one file, where Keras mixes their lines up.
pub fn build_all(
    choices: &[ConfigObject],
    trainer: &Trainer,
) -> Result<Vec<Box<dyn Callback>>, ConfigError> {
    let mut all = Vec::with_capacity(choices.len());
    for (i, choice) in choices.iter().enumerate() {
        let inside = |r: ConfigError| r.at(&format!("fit.callbacks[{i}]"));
        all.push(build(choice, trainer).map_err(inside)?);
        let logs = |c: &ConfigObject| std::ptr::eq(c.class, &csv::KIND.class);
        let same = |c: &ConfigObject| logs(c) && c.text("filename") == choice.text("filename");
        if logs(choice) && choices[..i].iter().any(same) {
            let message = "Two CSVLoggers write to this file, and each overwrites the other's lines: give \
                           this one another file.";
            return Err(inside(ConfigError::new("config.filename", message)));
        }
    }
    Ok(all)
}

/// A rate that callbacks move must not follow a schedule.
fn check_rate(trainer: &Trainer, what: &str) -> Result<(), ConfigError> {
    if trainer.optimizer().is_scheduled() {
        let message = format!(
            "{what} sets the learning rate, but the optimizer's follows a schedule: give the optimizer \
             a number as learning_rate, or leave the callback out."
        );
        return Err(ConfigError::new("class_name", message));
    }
    Ok(())
}
