//! Callbacks: they observe a run, and may stop it, change its learning rate or restore its weights.
//!
//! To add one: a file with its [`CallbackKind`], and its line in [`ALL`].

mod callback;
mod checkpoint;
mod csv;
mod early_stopping;
mod monitor;
mod nan;
mod plateau;
mod scheduler;

pub use callback::{
    Callback, CallbackAction, CallbackKind, CallbackState, Emit, Event, LEARNING_RATE, Logs, logged,
};
pub(crate) use checkpoint::Options as CheckpointOptions;
pub(crate) use csv::Options as CsvLoggerOptions;
pub use early_stopping::would_stop;
pub(crate) use scheduler::Options as SchedulerOptions;

use crate::options::error::{ConfigError, Result};
use crate::options::{self, ConfigObject, Registry};
use crate::training::trainer::Trainer;
use callback::Built;

/// Every callback, in the order of the page.
pub static ALL: &[&CallbackKind] = &[
    &early_stopping::KIND,
    &plateau::KIND,
    &scheduler::KIND,
    &nan::KIND,
    &checkpoint::KIND,
    &csv::KIND,
];

/// The classes for `fit(callbacks=[...])`.
pub static REGISTRY: Registry = Registry {
    noun: "callback",
    entries: || ALL.iter().map(|kind| &kind.class).collect(),
    config_keys: &[],
    object_keys: &[],
};

/// Builds a callback of [`REGISTRY`] for this trainer.
///
/// # Errors
/// A monitored number that is not measured, or a learning rate that cannot be set.
fn build(config: &ConfigObject, trainer: &Trainer) -> Built {
    let callback = match options::find(ALL, |kind| &kind.class, config) {
        Some(kind) => (kind.build)(config, trainer)?,
        None => return Err(ConfigError::new("class_name", "This is not a callback.")),
    };
    callback.check(trainer)?;
    Ok(callback)
}

/// Builds all callbacks of a run, in their order.
///
/// # Errors
/// Invalid options of a callback; two CSVLoggers with the same file, whose lines Keras would mix.
pub fn build_all(configs: &[ConfigObject], trainer: &Trainer) -> Result<Vec<Box<dyn Callback>>> {
    let mut all = Vec::with_capacity(configs.len());
    let mut files = Vec::new();
    for (i, config) in configs.iter().enumerate() {
        let inside = |error: ConfigError| error.at(&format!("fit.callbacks[{i}]"));
        all.push(build(config, trainer).map_err(inside)?);
        if let Some(logger) = CsvLoggerOptions::of_class(config) {
            if files.contains(&logger.filename) {
                let message = "Two CSVLoggers write to this file, and each overwrites the other's lines: give \
                               this one another file.";
                return Err(inside(ConfigError::new("config.filename", message)));
            }
            files.push(logger.filename);
        }
    }
    Ok(all)
}

/// The value that a callback monitors.
pub struct Monitored {
    /// Its name in the logs.
    pub name: String,
    /// "min", "max" or "auto".
    pub mode: &'static str,
}

/// The value that a callback of [`REGISTRY`] monitors, if it acts on one.
pub fn monitored(config: &ConfigObject) -> Option<Monitored> {
    let (name, mode) = if let Some(options) = early_stopping::Options::of_class(config) {
        (options.monitor, options.mode)
    } else if let Some(options) = plateau::Options::of_class(config) {
        (options.monitor, options.mode)
    } else {
        let options =
            checkpoint::Options::of_class(config).filter(|options| options.save_best_only)?;
        (options.monitor, options.mode)
    };
    Some(Monitored { name, mode })
}

/// Whether a callback of [`REGISTRY`] logs the learning rate.
pub fn logs_learning_rate(config: &ConfigObject) -> bool {
    plateau::Options::of_class(config).is_some() || scheduler::Options::of_class(config).is_some()
}
