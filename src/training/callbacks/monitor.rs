//! What a callback watches: a name of the logs, and which way is better.

use super::LEARNING_RATE;
use crate::options::error::ConfigError;
use crate::options::{ConfigObject, Default, Kind, OptionSpec, help_text};
use crate::training::trainer::{MetricValue, Trainer};

pub const MONITOR: OptionSpec = OptionSpec {
    name: "monitor",
    label: "watch",
    doc: help_text("The name of what is watched, as the logs have it."),
    kind: Kind::Text,
    default: Default::Text("val_loss"),
    advanced: false,
    start: "",
};
pub const MODE: OptionSpec = OptionSpec {
    name: "mode",
    label: "better is",
    doc: help_text("Whether smaller or larger is better; auto: as the watched number is meant."),
    kind: Kind::OneOf(&["auto", "min", "max"]),
    default: Default::Text("auto"),
    advanced: false,
    start: "",
};

/// An option that is a number of epochs.
pub const fn epochs(
    name: &'static str,
    label: &'static str,
    doc: &'static str,
    default: i64,
) -> OptionSpec {
    let (kind, default) = (Kind::Int(0, 100_000), Default::Int(default));
    OptionSpec {
        name,
        label,
        doc: help_text(doc),
        kind,
        default,
        advanced: false,
        start: "",
    }
}

pub const fn min_delta(default: f64) -> OptionSpec {
    OptionSpec {
        name: "min_delta",
        label: "least improvement",
        doc: help_text("A change smaller than this does not count as an improvement."),
        kind: Kind::Float(0.0, 1e6),
        default: Default::Float(default),
        advanced: false,
        start: "",
    }
}

/// A watched number.
pub struct Monitor {
    pub name: String,
    larger_is_better: bool,
    min_delta: f64,
    /// The best value so far.
    best: Option<f64>,
}

impl Monitor {
    /// From the options `monitor`, `mode` and, where there is one, `min_delta`.
    ///
    /// # Errors
    /// A number that is not measured, or that is better neither large nor small; a list of numbers.
    pub fn new(choice: &ConfigObject, trainer: &Trainer) -> Result<Self, ConfigError> {
        let name = choice.text("monitor").to_string();
        let measured = name.strip_prefix("val_").unwrap_or(&name);
        let metric = trainer.metrics().find(|(metric, _)| *metric == measured);
        if measured != "loss" && name != LEARNING_RATE && metric.is_none() {
            let mut known = vec!["loss".to_string()];
            known.extend(trainer.metrics().map(|(name, _)| name.to_string()));
            let all = known.iter().flat_map(|k| [format!("val_{k}"), k.clone()]);
            let names: Vec<String> = all.chain([LEARNING_RATE.into()]).collect();
            let names = names.iter().map(String::as_str);
            return Err(ConfigError::unknown(
                "config.monitor",
                "number in the logs",
                &name,
                names,
            ));
        }
        if let Some((_, MetricValue::List(list))) = &metric
            && list.len() > 1
        {
            let message = format!(
                "'{name}' is a list of {} numbers, and this callback compares single numbers (Keras stops \
                 with an error there): give the metric one threshold or an average, or choose another number.",
                list.len()
            );
            return Err(ConfigError::new("config.monitor", message));
        }
        let larger_is_better = match choice.word("mode") {
            "min" => false,
            "max" => true,
            _ => match trainer.larger_is_better(measured) {
                Some(larger) => larger,
                None => {
                    let message = format!(
                        "Keras does not know whether '{name}' is better large or small: set mode to 'min' or 'max'."
                    );
                    return Err(ConfigError::new("config.mode", message));
                }
            },
        };
        let has_delta = choice.class.all_options().any(|o| o.name == "min_delta");
        let min_delta = if has_delta {
            choice.number("min_delta")
        } else {
            0.0
        };
        Ok(Monitor {
            name,
            larger_is_better,
            min_delta,
            best: None,
        })
    }

    /// Watches a number that is better small, however little it falls.
    pub fn least() -> Self {
        Monitor {
            name: String::new(),
            larger_is_better: false,
            min_delta: 0.0,
            best: None,
        }
    }

    /// Whether `current` is better than the best so far, which it then is: what comes first is, also NaN, which
    /// nothing beats.
    pub fn beats(&mut self, current: f64) -> bool {
        let better = self.best.is_none_or(|best| self.improves(current, best));
        if better {
            self.best = Some(current);
        }
        better
    }

    /// The best so far as numbers of a checkpoint.
    pub fn state(&self) -> [f64; 2] {
        [self.best.unwrap_or(0.0), f64::from(self.best.is_some())]
    }

    /// As [`Self::state`] gave it.
    pub fn restore(&mut self, numbers: &[f64]) {
        self.best = (numbers[1] != 0.0).then_some(numbers[0]);
    }

    /// Whether `current` is better than `best` by more than the least improvement: compared in single precision,
    /// as `keras.ops.less` does.
    pub fn improves(&self, current: f64, best: f64) -> bool {
        if self.larger_is_better {
            (current - self.min_delta) as f32 > best as f32
        } else {
            ((current + self.min_delta) as f32) < best as f32
        }
    }
}
