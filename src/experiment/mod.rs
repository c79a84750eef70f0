//! An experiment: data, model, compile, fit and seed, read from JSON and written back.
//!
//! The page's settings, the link, the saved file and the Keras code all stand for one experiment. Every setting is checked here,
//! once, with a sentence for each error.

pub mod catalog;
mod start;

pub use start::{Edit, Start};

use crate::data;
use crate::functions::losses;
use crate::functions::metrics;
use crate::model::config::ModelConfig;
use crate::options::error::{ConfigError, Result};
use crate::options::{ConfigObject, short};
use crate::training::fit;
use crate::training::optimizers;
use crate::training::trainer::CompileConfig;
use serde_json::{Map, Value as Json, json};

/// Data, model, compile, fit and seed. Plain data: nothing runs.
///
/// ```
/// use glassbox::experiment::Experiment;
///
/// let text = r#"{"data": "Xor", "model": {"layers": [{"class_name": "Dense", "config": {"units": 1}}]},
///                "compile": {"optimizer": "adam", "loss": "mse"}, "fit": {"epochs": 2}, "seed": 42}"#;
/// let experiment = Experiment::read(text)?;
/// assert_eq!(experiment.seed, 42);
/// assert_eq!(Experiment::read(&experiment.text())?, experiment);
/// let error = Experiment::read(&text.replace("Dense", "Dens")).unwrap_err();
/// assert!(error.message.contains("'Dense'"));
/// # Ok::<(), glassbox::options::error::ConfigError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Experiment {
    /// The data set.
    pub data: ConfigObject,
    /// The layers.
    pub model: ModelConfig,
    /// Loss, optimizer and metrics.
    pub compile: CompileConfig,
    /// The arguments of fit: epochs, batch size, validation split ...
    pub fit: ConfigObject,
    /// The seed of all random numbers of the run: `keras.utils.set_random_seed(seed)`.
    pub seed: u32,
    /// The start, if it is not the seed's initial weights.
    pub start: Option<Start>,
}

/// Length of the longest text that is read.
const MAX_TEXT: usize = 200_000;

impl Experiment {
    /// Reads an experiment's JSON text.
    ///
    /// # Errors
    /// Settings that are not possible, each with its path.
    pub fn read(text: &str) -> Result<Self> {
        if text.len() > MAX_TEXT {
            return Err(ConfigError::new(
                "",
                "This text is too long for an experiment.",
            ));
        }
        let json: Json = serde_json::from_str(text).map_err(|e| {
            ConfigError::new("", format!("This is not an experiment's text: it is incomplete or wrong at line {}, column {}.", e.line(), e.column()))
        })?;
        Self::from_json(&json, 0)
    }

    /// Reads JSON. `depth`: the number of branches that lead here.
    fn from_json(json: &Json, depth: usize) -> Result<Self> {
        let object = json.as_object().ok_or_else(|| {
            ConfigError::new(
                "",
                "An experiment is an object with data, model, compile, fit and seed.",
            )
        })?;
        const PARTS: [&str; 6] = ["data", "model", "compile", "fit", "seed", "start"];
        if let Some(key) = object.keys().find(|k| !PARTS.contains(&k.as_str())) {
            return Err(ConfigError::unknown(
                key.as_str(),
                "part of an experiment",
                key,
                PARTS,
            ));
        }
        let part = |name: &str| {
            let missing = || ConfigError::new(name, format!("The experiment has no '{name}'."));
            object.get(name).ok_or_else(missing)
        };
        let at = |name: &'static str| move |error: ConfigError| error.at(name);
        Ok(Experiment {
            data: ConfigObject::read(&data::REGISTRY, part("data")?).map_err(at("data"))?,
            model: ModelConfig::read(part("model")?).map_err(at("model"))?,
            compile: CompileConfig::read(part("compile")?).map_err(at("compile"))?,
            fit: read_fit(object.get("fit").unwrap_or(&Json::Null)).map_err(at("fit"))?,
            seed: read_seed(part("seed")?)?,
            start: match object.get("start") {
                None | Some(Json::Null) => None,
                Some(json) => Some(Start::read(json, depth).map_err(at("start"))?),
            },
        })
    }

    /// The canonical text: equal experiments have equal texts.
    pub fn text(&self) -> String {
        self.text_with(self.fit.config_json())
    }

    /// The canonical text with other arguments of `fit`.
    pub fn text_with(&self, fit: Map<String, Json>) -> String {
        self.json_with(fit).to_string()
    }

    fn json_with(&self, fit: Map<String, Json>) -> Json {
        let mut json = json!({
            "data": self.data.to_json(),
            "model": self.model.to_json(),
            "compile": self.compile.to_json(),
            "fit": fit,
            "seed": self.seed,
        });
        if let Some(start) = &self.start {
            json["start"] = start.to_json();
        }
        json
    }

    fn to_json(&self) -> Json {
        self.json_with(self.fit.config_json())
    }
}

/// Reads the arguments of `fit`.
///
/// # Errors
/// Unknown arguments and values outside their range.
pub fn read_fit(json: &Json) -> Result<ConfigObject> {
    let empty = Map::new();
    let config = match json {
        Json::Null => &empty,
        Json::Object(config) => config,
        other => {
            let message = format!(
                "fit is {}: give an object such as {{\"epochs\": 20}}.",
                short(other)
            );
            return Err(ConfigError::new("", message));
        }
    };
    let mut config = config.clone();
    // In Keras a list names epochs, a number is their distance. One number and a list of one are the same value here, so a
    // single epoch is listed twice.
    if let Some(Json::Array(epochs)) = config.get_mut("validation_freq")
        && let [epoch] = &epochs[..]
    {
        epochs.push(epoch.clone());
    }
    ConfigObject::with_options(&fit::REGISTRY, "fit", &config).map_err(|mut error| {
        if let Some(path) = error.path.strip_prefix("config.") {
            error.path = path.to_string();
        }
        error
    })
}

/// Reads a seed: what `keras.utils.set_random_seed` takes.
///
/// # Errors
/// Anything that is not a whole number from 0 to 4294967295.
pub fn read_seed(json: &Json) -> Result<u32> {
    json.as_u64()
        .and_then(|n| u32::try_from(n).ok())
        .ok_or_else(|| {
            let message = format!(
                "The seed is {}; it must be a whole number from 0 to {}: try 42.",
                short(json),
                u32::MAX
            );
            ConfigError::new("seed", message)
        })
}

impl CompileConfig {
    /// Reads the arguments of `compile`: optimizer (RMSprop without one, as in Keras), loss, metrics.
    ///
    /// # Errors
    /// Names that do not exist and values outside their range.
    pub fn read(json: &Json) -> Result<Self> {
        let object = json.as_object().ok_or_else(|| {
            ConfigError::new(
                "",
                format!(
                    "compile is {}: give an object with optimizer, loss and metrics.",
                    short(json)
                ),
            )
        })?;
        const KEYS: [&str; 4] = ["optimizer", "loss", "metrics", "weighted_metrics"];
        if let Some(key) = object.keys().find(|k| !KEYS.contains(&k.as_str())) {
            return Err(ConfigError::unknown(
                key.as_str(),
                "argument of compile",
                key,
                KEYS,
            ));
        }
        let rmsprop = Json::from("rmsprop");
        let optimizer = object
            .get("optimizer")
            .filter(|o| !o.is_null())
            .unwrap_or(&rmsprop);
        let loss = object.get("loss").filter(|l| !l.is_null()).ok_or_else(|| {
            ConfigError::new(
                "loss",
                "compile needs a loss: choose one, such as binary_crossentropy.",
            )
        })?;
        let list = |key: &'static str| match object.get(key) {
            None | Some(Json::Null) => Ok(Vec::new()),
            Some(Json::Array(list)) => {
                let read = |(i, m)| {
                    ConfigObject::read(&metrics::REGISTRY, m)
                        .map_err(|error| error.at(&format!("{key}[{i}]")))
                };
                list.iter().enumerate().map(read).collect()
            }
            Some(other) => Err(ConfigError::new(
                key,
                format!(
                    "{key} is {}: give a list, such as [\"accuracy\"].",
                    short(other)
                ),
            )),
        };
        Ok(CompileConfig {
            optimizer: ConfigObject::read(&optimizers::REGISTRY, optimizer)
                .map_err(|error| error.at("optimizer"))?,
            loss: ConfigObject::read(&losses::REGISTRY, loss).map_err(|error| error.at("loss"))?,
            metrics: list("metrics")?,
            weighted_metrics: list("weighted_metrics")?,
        })
    }

    fn to_json(&self) -> Json {
        let names = |list: &[ConfigObject]| {
            Json::Array(list.iter().map(ConfigObject::to_short_json).collect())
        };
        let mut object = Map::new();
        object.insert("optimizer".into(), self.optimizer.to_json());
        object.insert("loss".into(), self.loss.to_json());
        object.insert("metrics".into(), names(&self.metrics));
        if !self.weighted_metrics.is_empty() {
            object.insert("weighted_metrics".into(), names(&self.weighted_metrics));
        }
        Json::Object(object)
    }
}
