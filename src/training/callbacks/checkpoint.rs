//! ModelCheckpoint: sets weights aside, in memory.

use super::monitor::{MODE, MONITOR, Monitor};
use super::{Callback, CallbackAction, CallbackKind, Emit, LEARNING_RATE, Logs, logged};
use crate::options::error::ConfigError;
use crate::options::{ClassSpec, ConfigObject, Default, Kind, OptionSpec, Value, help_text};
use crate::training::trainer::{MetricValue, Trainer};

pub static KIND: CallbackKind = CallbackKind {
    class: ClassSpec {
        class_name: "ModelCheckpoint",
        name: "model_checkpoint",
        aliases: &[],
        label: "Model checkpoint",
        doc: help_text(
            "Sets the weights aside after every epoch or some batches, or only after an epoch that is the best \
              so far.",
        ),
        formula: help_text(""),
        options: &[
            &OptionSpec {
                name: "filepath",
                label: "file",
                doc: help_text("Keras' place for it; here the weights stay in memory."),
                kind: Kind::Text,
                default: Default::Text("best.weights.h5"),
                advanced: false,
                start: "",
            },
            &MONITOR,
            &OptionSpec {
                name: "save_best_only",
                label: "only the best",
                doc: help_text("Whether only an epoch that is better than all before is kept."),
                kind: Kind::Bool,
                default: Default::Bool(false),
                advanced: false,
                start: "",
            },
            &OptionSpec {
                name: "save_weights_only",
                label: "only weights",
                doc: help_text("Changes nothing here."),
                kind: Kind::Bool,
                default: Default::Bool(false),
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
            &MODE,
            &OptionSpec {
                name: "save_freq",
                label: "how often",
                doc: help_text("\"epoch\": after each epoch; a number: after so many batches."),
                kind: Kind::Int(1, 1_000_000),
                default: Default::Text("epoch"),
                advanced: false,
                start: "",
            },
            &OptionSpec {
                name: "initial_value_threshold",
                label: "threshold",
                doc: help_text("What the first best has to beat."),
                kind: Kind::Float(-1e30, 1e30),
                default: Default::Null,
                advanced: false,
                start: "",
            },
        ],
        group: "",
        shared: &[],
    },
    build: |choice, trainer| {
        check_path(choice, trainer)?;
        let watched = choice.text("monitor");
        let monitored = watched.strip_prefix("val_").unwrap_or(watched);
        let list = |(name, value): (&str, MetricValue)| {
            name == monitored && matches!(value, MetricValue::List(_))
        };
        if choice.flag("save_best_only") && trainer.metrics().any(list) {
            let message = format!(
                "'{watched}' is a list, of which none is the best (Keras then keeps the weights of every epoch): \
                 give the metric an average, or choose another number."
            );
            return Err(ConfigError::new("config.monitor", message));
        }
        let mut monitor = Monitor::new(choice, trainer)?;
        if choice.get("initial_value_threshold") != &Value::Null {
            monitor.beats(choice.number("initial_value_threshold"));
        }
        let (best_only, every) = (choice.flag("save_best_only"), choice.count("save_freq"));
        if best_only && every.is_some() {
            let message = "save_best_only compares the numbers of whole epochs (within the first epoch Keras \
                           stops with an error): set save_freq to \"epoch\".";
            return Err(ConfigError::new("config.save_freq", message));
        }
        Ok(Box::new(Checkpoint {
            monitor: best_only.then_some(monitor),
            every,
            since: 0,
            // Between two steps nothing is allocated.
            weights: Vec::with_capacity(every.map_or(0, |_| trainer.model.n_parameters())),
        }))
    },
};

/// Says whether Keras can make a file's name of `filepath`.
fn check_path(choice: &ConfigObject, trainer: &Trainer) -> Result<(), ConfigError> {
    let path = choice.text("filepath");
    let wrong = |message: &str| Err(ConfigError::new("config.filepath", message));
    let fits = match choice.flag("save_weights_only") {
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
            || name == "batch" && choice.count("save_freq").is_some()
            || trainer.metrics().any(number)
    };
    let (bytes, mut at) = (path.as_bytes(), 0);
    while at < bytes.len() {
        let brace = bytes[at];
        at += 1;
        if !b"{}".contains(&brace) {
            continue;
        }
        // A brace that stands twice is one brace of the name.
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
    /// What is watched, where only the best is kept.
    monitor: Option<Monitor>,
    /// Batches from one saving to the next; `None`: it saves after each epoch.
    every: Option<usize>,
    /// Batches since the last saving.
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
        tell: Emit<'_>,
    ) -> bool {
        let saves = match &mut self.monitor {
            None => self.every.is_none(),
            Some(monitor) => match logged(logs, &monitor.name) {
                // Keras keeps the weights of an epoch in which the number was not logged.
                None => true,
                Some(current) => {
                    let better = monitor.beats(current);
                    if better {
                        tell(CallbackAction::Kept, current);
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

    fn state(&self) -> (Vec<f64>, &[f32]) {
        let best = self.monitor.as_ref().map(Monitor::state);
        let since = self.every.map(|_| self.since as f64);
        let numbers = best.into_iter().flatten().chain(since).collect();
        (numbers, &self.weights)
    }

    fn restore(&mut self, numbers: &[f64], weights: Vec<f32>) {
        if let Some(monitor) = &mut self.monitor {
            monitor.restore(numbers);
        }
        self.since = self
            .every
            .and(numbers.last())
            .map_or(0, |since| *since as usize);
        self.weights = weights;
    }
}
