//! The monitored value of a callback: its name in the logs, and whether larger is better.

use super::callback::LEARNING_RATE;
use crate::options::declare::options;
use crate::options::error::{ConfigError, Result};
use crate::options::{Default, Kind};
use crate::training::trainer::{MetricValue, Trainer};

options! {
    /// Name of the monitored value in the logs.
    pub MONITOR = monitor("monitor"), Kind::Text, Default::Text("val_loss");
    /// Whether a smaller or a larger value is better. auto: as the monitored value is meant.
    #[advanced]
    pub MODE = mode("improves when"), Kind::OneOf(&["auto", "min", "max"]), Default::Text("auto");
    /// A smaller change does not count as an improvement.
    #[advanced]
    pub MIN_DELTA = min_delta("minimum improvement"), Kind::Float(0.0, 1e6), Default::Float(0.0);
    /// Whether Keras prints what the callback does. Has no effect here.
    #[advanced]
    pub VERBOSE = verbose("verbose"), Kind::Int(0, 2), Default::Int(0);
}

/// A monitored number.
pub struct Monitor {
    pub name: String,
    larger_is_better: bool,
    min_delta: f64,
    /// The best value so far.
    best: Option<f64>,
}

impl Monitor {
    /// From the options `monitor`, `mode` ("auto", "min" or "max") and `min_delta`.
    ///
    /// # Errors
    /// A number that is not measured, or of which Keras does not know whether larger is better; a list of numbers.
    pub fn new(name: String, mode: &str, min_delta: f64, trainer: &Trainer) -> Result<Self> {
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
        let larger_is_better = match mode {
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
        Ok(Monitor {
            name,
            larger_is_better,
            min_delta,
            best: None,
        })
    }

    /// Monitors a number that is better small, with no minimum improvement.
    pub fn least() -> Self {
        Monitor {
            name: String::new(),
            larger_is_better: false,
            min_delta: 0.0,
            best: None,
        }
    }

    /// Whether `current` is the best value so far, which is then stored. The first value always is, even NaN, which no later
    /// value beats.
    pub fn beats(&mut self, current: f64) -> bool {
        let better = self.best.is_none_or(|best| self.improves(current, best));
        if better {
            self.best = Some(current);
        }
        better
    }

    /// The best value so far.
    pub fn best(&self) -> Option<f64> {
        self.best
    }

    /// Restores the result of [`Self::best`].
    pub fn restore(&mut self, best: Option<f64>) {
        self.best = best;
    }

    /// Whether `current` is better than `best` by more than the minimum improvement, compared in single precision as
    /// `keras.ops.less` does.
    pub fn improves(&self, current: f64, best: f64) -> bool {
        if self.larger_is_better {
            (current - self.min_delta) as f32 > best as f32
        } else {
            ((current + self.min_delta) as f32) < best as f32
        }
    }
}
