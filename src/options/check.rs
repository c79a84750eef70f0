//! Checks of JSON objects that Keras saved, and how a sentence shows their values.

use super::error::{ConfigError, Result};
use serde_json::{Map, Value as Json};

/// Checks that a saved `dtype` is float32, or Keras' policy of that name.
///
/// # Errors
/// Any other type.
pub fn check_dtype(dtype: &Json) -> Result<()> {
    let policy = dtype.get("config").and_then(|config| config.get("name"));
    if policy.unwrap_or(dtype) == "float32" {
        return Ok(());
    }
    let message = format!(
        "'dtype' is {}: Keras has other types of numbers, this engine computes in float32 only.",
        short(dtype)
    );
    Err(ConfigError::new("dtype", message))
}

/// Checks the keys of a JSON object.
///
/// # Errors
/// A key that is not `known`, unless its value is null. `kind` names such keys in the sentence: "option of a model".
pub fn check_keys(object: &Map<String, Json>, known: &[&str], kind: &str) -> Result<()> {
    let is_known = |key: &str| known.contains(&key);
    match object
        .iter()
        .find(|(key, value)| !is_known(key) && !value.is_null())
    {
        None => Ok(()),
        Some((key, _)) => Err(ConfigError::unknown(key, kind, key, known.iter().copied())),
    }
}

/// A value as JSON, cut to a length that fits into a sentence.
pub fn short(json: &Json) -> String {
    let mut text = json.to_string();
    if text.chars().nth(40).is_some() {
        let end = text.char_indices().nth(37).map_or(0, |(at, _)| at);
        text.truncate(end);
        text.push_str("...");
    }
    text
}

/// The indefinite article of a noun.
pub fn article(noun: &str) -> &'static str {
    if noun.starts_with(['a', 'e', 'i', 'o', 'u']) {
        "an"
    } else {
        "a"
    }
}
