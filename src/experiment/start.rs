//! Where an experiment sets out from: another run's moment, and weights of its own.

use super::Experiment;
use crate::options::error::{ConfigError, format_number};
use crate::options::short;
use serde_json::{Map, Value as Json, json};

/// A moment to set out from, in place of the seed's first weights.
#[derive(Clone, Debug, PartialEq)]
pub struct Start {
    /// Whose run; this experiment's own first weights where there is none.
    pub experiment: Option<Box<Experiment>>,
    /// After how many of its batches.
    pub step: u64,
    /// Weights that are set by hand then, in this order.
    pub weights: Vec<Edit>,
}

/// Weights that are set by hand.
#[derive(Clone, Debug, PartialEq)]
pub struct Edit {
    /// Keras' path of the array, "dense/kernel".
    pub path: String,
    /// The first place, counted along the array's rows.
    pub at: usize,
    /// What stands there and in the places after it.
    pub values: Vec<f64>,
}

/// Branches may branch off branches, so many times.
const MAX_DEPTH: usize = 40;
/// Most batches of a run to set out from.
const MAX_STEP: u64 = 1_000_000;

impl Start {
    /// Reads it from JSON: `{"experiment": {...}, "step": 417, "weights": [{"path": "dense/kernel", "at": 3,
    /// "values": [0.5]}]}`.
    ///
    /// # Errors
    /// Whatever does not fit, with its place.
    pub(super) fn read(json: &Json, depth: usize) -> Result<Self, ConfigError> {
        let keys = ["experiment", "step", "weights"];
        let object = fields(json, "start", &keys)?;
        if depth >= MAX_DEPTH {
            let message = format!(
                "This run branches off a branch of a branch, more than {MAX_DEPTH} times: begin anew from one of them."
            );
            return Err(ConfigError::new("", message));
        }
        let given = |key: &str| object.get(key).filter(|v| !v.is_null());
        let experiment = given("experiment")
            .map(|e| Experiment::from_json(e, depth + 1).map(Box::new))
            .transpose()
            .map_err(|r| r.at("experiment"))?;
        let step = given("step").map_or(Some(0), Json::as_u64);
        let Some(step) = step.filter(|s| *s <= MAX_STEP && (*s == 0 || experiment.is_some()))
        else {
            let message = format!(
                "step is {}: give the number of batches after which to leave the experiment beside it.",
                short(given("step").unwrap_or(&Json::Null))
            );
            return Err(ConfigError::new("step", message));
        };
        let weights = match given("weights") {
            None => Vec::new(),
            Some(Json::Array(list)) => {
                let edits = list.iter().enumerate();
                let read =
                    |(i, e)| Edit::read(e).map_err(|r: ConfigError| r.at(&format!("weights[{i}]")));
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
    fn read(json: &Json) -> Result<Self, ConfigError> {
        let object = fields(json, "edit", &["path", "at", "values"])?;
        let path = object.get("path").and_then(Json::as_str);
        let at = object.get("at").map_or(Some(0), Json::as_u64);
        let values = object.get("values").and_then(Json::as_array);
        let values = values.and_then(|v| v.iter().map(Json::as_f64).collect::<Option<Vec<f64>>>());
        let (Some(path), Some(at), Some(values)) = (path, at, values) else {
            let message = format!(
                "This edit is {}: give the path of an array of weights, the first place in it, and numbers, such \
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
fn fields<'a>(
    json: &'a Json,
    noun: &str,
    keys: &[&'a str],
) -> Result<&'a Map<String, Json>, ConfigError> {
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
