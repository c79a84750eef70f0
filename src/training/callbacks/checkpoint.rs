//! ModelCheckpoint: stores weights, in memory (Keras' `callbacks/model_checkpoint.py`).

use super::callback::{
    Callback, CallbackAction, CallbackKind, CallbackState, Emit, LEARNING_RATE, Logs, logged,
};
use super::monitor::{MODE, MONITOR, Monitor, VERBOSE};
use crate::options::declare::{NoEffect, class};
use crate::options::error::{ConfigError, Result};
use crate::options::{Default, Kind, OptionSpec, Value};
use crate::training::trainer::{MetricValue, Trainer};

class! {
    /// Stores the weights after every epoch or every few batches, or only after an epoch that is the best so far.
    pub struct Options("ModelCheckpoint", "model_checkpoint", "Model checkpoint") {
        /// Name of Keras' file. Here the weights stay in memory.
        filepath("file"): String = Kind::Text, Default::Text("best.weights.h5");
        monitor: String = OptionSpec { advanced: true, ..MONITOR };
        /// Whether only the weights of the best epoch so far are kept.
        #[advanced]
        save_best_only("keep only the best"): bool = Kind::Bool, Default::Bool(false);
        /// Whether Keras stores the weights without the model. Here it only decides the ending of the file name.
        #[advanced]
        save_weights_only("weights only"): bool = Kind::Bool, Default::Bool(false);
        verbose: NoEffect = VERBOSE;
        mode: &'static str = MODE;
        /// "epoch": after each epoch. A number: after so many batches.
        #[advanced]
        save_freq("how often"): Value = Kind::Int(1, 1_000_000), Default::Text("epoch");
        /// Value that the first stored epoch must beat.
        #[advanced]
        initial_value_threshold("threshold"): Option<f64> = Kind::Float(-1e30, 1e30), Default::Null;
    }
}

impl Options {
    /// Number of batches between two checkpoints. `None`: after each epoch.
    fn batches_between(&self) -> Option<usize> {
        match self.save_freq {
            Value::Int(batches) => usize::try_from(batches).ok(),
            _ => None,
        }
    }
}

pub static KIND: CallbackKind = CallbackKind::new(Options::SPEC, |config, trainer| {
    let options = Options::of(config);
    check_path(&options, trainer)?;
    let (name, every) = (&options.monitor, options.batches_between());
    let measured = name.strip_prefix("val_").unwrap_or(name);
    let is_list = |(metric, value): (&str, MetricValue)| {
        metric == measured && matches!(value, MetricValue::List(_))
    };
    if options.save_best_only && trainer.metrics().any(is_list) {
        let message = format!(
            "'{name}' is a list, of which none is the best (Keras then keeps the weights of every epoch): \
                 give the metric an average, or choose another number."
        );
        return Err(ConfigError::new("config.monitor", message));
    }
    let mut monitor = Monitor::new(options.monitor, options.mode, 0.0, trainer)?;
    if let Some(threshold) = options.initial_value_threshold {
        monitor.beats(threshold);
    }
    if options.save_best_only && every.is_some() {
        let message = "save_best_only compares the numbers of whole epochs (within the first epoch Keras \
                           stops with an error): set save_freq to \"epoch\".";
        return Err(ConfigError::new("config.save_freq", message));
    }
    Ok(Box::new(Checkpoint {
        monitor: options.save_best_only.then_some(monitor),
        every,
        since: 0,
        // Between two steps nothing is allocated.
        weights: Vec::with_capacity(every.map_or(0, |_| trainer.model.n_parameters())),
    }))
});

/// Checks that Keras can format a file name from `filepath`.
fn check_path(options: &Options, trainer: &Trainer) -> Result<()> {
    let path = options.filepath.as_str();
    let wrong = |message: &str| Err(ConfigError::new("config.filepath", message));
    let fits = match options.save_weights_only {
        true => path.ends_with(".weights.h5"),
        false => path.ends_with(".keras") || path.ends_with(".h5"),
    };
    if !fits {
        return wrong(
            "The file's name must end in .keras, or with save_weights_only in .weights.h5.",
        );
    }
    let known = |name: &str| {
        let measured = name.strip_prefix("val_").unwrap_or(name);
        let number = |(metric, value): (&str, MetricValue)| {
            metric == measured && matches!(value, MetricValue::Number(_))
        };
        ["epoch", "loss", "val_loss", LEARNING_RATE].contains(&name)
            || name == "batch" && options.batches_between().is_some()
            || trainer.metrics().any(number)
    };
    let (bytes, mut at) = (path.as_bytes(), 0);
    while at < bytes.len() {
        let brace = bytes[at];
        at += 1;
        if !b"{}".contains(&brace) {
            continue;
        }
        // A doubled brace is one brace of the name.
        if bytes.get(at) == Some(&brace) {
            at += 1;
            continue;
        }
        if brace == b'}' {
            return wrong("A '}' has no '{' before it: write '}}' for a brace in the file's name.");
        }
        let field = &path[at..];
        let end = field.bytes().position(|c| b"}:!.[".contains(&c));
        let name = field.get(..end.unwrap_or(0)).unwrap_or("");
        let close = field.bytes().position(|c| c == b'}');
        let Some(close) = close.filter(|_| known(name)) else {
            let message = [
                "'{",
                name,
                "}' is no number of the logs, such as {epoch} or {loss:.2f}.",
            ];
            return wrong(&message.concat());
        };
        at += close + 1;
    }
    Ok(())
}

struct Checkpoint {
    /// The monitored value, if only the best weights are kept.
    monitor: Option<Monitor>,
    /// Number of batches between two checkpoints. `None`: after each epoch.
    every: Option<usize>,
    /// Number of batches since the last checkpoint.
    since: usize,
    weights: Vec<f32>,
}

impl Callback for Checkpoint {
    fn on_batch_end(&mut self, _: usize, _: f64, trainer: &Trainer, _: Emit<'_>) -> bool {
        let Some(every) = self.every else {
            return false;
        };
        self.since += 1;
        if self.since >= every {
            self.since = 0;
            self.weights.clear();
            self.weights.extend(trainer.model.weights());
        }
        false
    }

    fn on_epoch_end(
        &mut self,
        _: usize,
        logs: &mut Logs,
        trainer: &mut Trainer,
        emit: Emit<'_>,
    ) -> bool {
        let saves = match &mut self.monitor {
            None => self.every.is_none(),
            Some(monitor) => match logged(logs, &monitor.name) {
                // Keras keeps the weights of an epoch in which the value was not logged.
                None => true,
                Some(current) => {
                    let better = monitor.beats(current);
                    if better {
                        emit(CallbackAction::Kept, current);
                    }
                    better
                }
            },
        };
        if saves {
            self.weights = trainer.model.weights().collect();
        }
        false
    }

    fn state(&self) -> CallbackState {
        CallbackState {
            best: self.monitor.as_ref().and_then(Monitor::best),
            batches: self.since as u32,
            weights: self.weights.clone(),
            ..CallbackState::default()
        }
    }

    fn restore(&mut self, state: CallbackState) {
        if let Some(monitor) = &mut self.monitor {
            monitor.restore(state.best);
        }
        self.since = state.batches as usize;
        self.weights = state.weights;
    }
}
