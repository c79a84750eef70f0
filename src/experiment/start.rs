//! The start of an experiment: a step of another run, and weights that are set by hand.

use super::Experiment;
use crate::options::error::{ConfigError, Result, format_number};
use crate::options::short;
use serde_json::{Map, Value as Json, json};

/// The start of a run, in place of the seed's initial weights.
#[derive(Clone, Debug, PartialEq)]
pub struct Start {
    /// The parent experiment. Without it, the run starts from its own initial weights.
    pub experiment: Option<Box<Experiment>>,
    /// Number of batches of the parent run.
    pub step: u64,
    /// Weights to set then, in this order.
    pub weights: Vec<Edit>,
}

/// Weights that are set by hand.
#[derive(Clone, Debug, PartialEq)]
pub struct Edit {
    /// Keras' path of the array, "dense/kernel".
    pub path: String,
    /// Index of the first weight in the flattened array.
    pub at: usize,
    /// Values of this weight and those after it.
    pub values: Vec<f64>,
}

/// Largest number of parents of an experiment.
const MAX_DEPTH: usize = 40;
/// Largest number of batches before a branch.
const MAX_STEP: u64 = 1_000_000;

impl Start {
    /// Reads JSON: `{"experiment": {...}, "step": 417, "weights": [{"path": "dense/kernel", "at": 3,
    /// "values": [0.5]}]}`.
    ///
    /// # Errors
    /// Values that are not possible, each with its path.
    pub(super) fn read(json: &Json, depth: usize) -> Result<Self> {
        let keys = ["experiment", "step", "weights"];
        let object = fields(json, "start", &keys)?;
        if depth >= MAX_DEPTH {
            let message = format!(
                "This run has more than {MAX_DEPTH} parent runs: start a new run from one of them."
            );
            return Err(ConfigError::new("", message));
        }
        let given = |key: &str| object.get(key).filter(|v| !v.is_null());
        let experiment = given("experiment")
            .map(|e| Experiment::from_json(e, depth + 1).map(Box::new))
            .transpose()
            .map_err(|error| error.at("experiment"))?;
        let step = given("step").map_or(Some(0), Json::as_u64);
        let Some(step) = step.filter(|s| *s <= MAX_STEP && (*s == 0 || experiment.is_some()))
        else {
            let message = format!(
                "step is {}: give the number of batches of the experiment beside it after which to branch.",
                short(given("step").unwrap_or(&Json::Null))
            );
            return Err(ConfigError::new("step", message));
        };
        let weights = match given("weights") {
            None => Vec::new(),
            Some(Json::Array(list)) => {
                let edits = list.iter().enumerate();
                let read = |(i, e)| {
                    Edit::read(e).map_err(|error: ConfigError| error.at(&format!("weights[{i}]")))
                };
                edits.map(read).collect::<Result<_, _>>()?
            }
            Some(other) => {
                let message = format!("weights is {}: give a list of edits.", short(other));
                return Err(ConfigError::new("weights", message));
            }
        };
        Ok(Start {
            experiment,
            step,
            weights,
        })
    }

    pub(super) fn to_json(&self) -> Json {
        let mut json = json!({});
        if let Some(experiment) = &self.experiment {
            json["experiment"] = experiment.to_json();
            json["step"] = self.step.into();
        }
        if !self.weights.is_empty() {
            json["weights"] = self.weights.iter().map(Edit::to_json).collect();
        }
        json
    }
}

impl Edit {
    fn read(json: &Json) -> Result<Self> {
        let object = fields(json, "edit", &["path", "at", "values"])?;
        let path = object.get("path").and_then(Json::as_str);
        let at = object.get("at").map_or(Some(0), Json::as_u64);
        let values = object.get("values").and_then(Json::as_array);
        let values = values.and_then(|v| v.iter().map(Json::as_f64).collect::<Option<Vec<f64>>>());
        let (Some(path), Some(at), Some(values)) = (path, at, values) else {
            let message = format!(
                "This edit is {}: give the path of an array of weights, the first index in it, and numbers, such \
                 as {{\"path\": \"dense/kernel\", \"at\": 3, \"values\": [0.5]}}.",
                short(json)
            );
            return Err(ConfigError::new("", message));
        };
        if let Some(bad) = values.iter().find(|v| !(**v as f32).is_finite()) {
            let message = format!(
                "A weight of {} is too large for a number here.",
                format_number(*bad)
            );
            return Err(ConfigError::new("values", message));
        }
        Ok(Edit {
            path: path.into(),
            at: at as usize,
            values,
        })
    }

    fn to_json(&self) -> Json {
        json!({"path": self.path.as_str(), "at": self.at, "values": self.values.clone()})
    }
}

/// The fields of an object that has no others.
fn fields<'a>(json: &'a Json, noun: &str, keys: &[&'a str]) -> Result<&'a Map<String, Json>> {
    let object = json.as_object().ok_or_else(|| {
        ConfigError::new(
            "",
            format!(
                "{noun} is {}: give an object with {}.",
                short(json),
                keys.join(", ")
            ),
        )
    })?;
    match object.keys().find(|k| !keys.contains(&k.as_str())) {
        Some(key) => Err(ConfigError::unknown(key, noun, key, keys.iter().copied())),
        None => Ok(object),
    }
}
