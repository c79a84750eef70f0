//! The input of a model: the keys of an InputLayer, and the shape of one example.

use crate::layers::Shape;
use crate::options::error::{ConfigError, Result};
use crate::options::{check_keys, short};
use serde_json::{Map, Value as Json};

/// Keys that Keras writes into the config of an InputLayer, and the shape as `keras.Input` takes it. `batch_input_shape` is
/// Keras 2's.
const KEYS: &[&str] = &[
    "batch_shape",
    "shape",
    "batch_input_shape",
    "input_shape",
    "name",
    "dtype",
    "sparse",
    "ragged",
    "optional",
];
/// Checks the keys of the config of an InputLayer.
///
/// # Errors
/// A key that it does not have.
pub fn check(config: &Map<String, Json>) -> Result<()> {
    check_keys(config, KEYS, "option of InputLayer").map_err(|error| error.at("config"))
}

/// The shape of one example out of `batch_shape`, `batch_input_shape` or `input_shape`.
///
/// # Errors
/// A shape that is no list of sizes.
pub fn shape(config: &Map<String, Json>) -> Result<Option<Shape>> {
    let spelled = [
        ("batch_shape", 1),
        ("batch_input_shape", 1),
        ("input_shape", 0),
        ("shape", 0),
    ];
    let found = spelled
        .iter()
        .find_map(|(key, skip)| Some((*key, *skip, config.get(*key)?)));
    let Some((key, skip, json)) = found.filter(|(_, _, json)| !json.is_null()) else {
        return Ok(None);
    };
    let path = format!("config.{key}");
    let wrong = || {
        let message = format!(
            "The input's shape is {}; give a list of sizes from 1, such as [400].",
            short(json)
        );
        ConfigError::new(path.clone(), message)
    };
    let sizes = json
        .as_array()
        .filter(|a| a.len() >= skip)
        .ok_or_else(wrong)?;
    let size = |json: &Json| {
        json.as_u64()
            .filter(|n| (1..1 << 24).contains(n))
            .map(|n| n as usize)
    };
    sizes
        .iter()
        .skip(skip)
        .map(size)
        .collect::<Option<Shape>>()
        .map(Some)
        .ok_or_else(wrong)
}
