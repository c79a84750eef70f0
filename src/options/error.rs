//! The error of a request that cannot be carried out: a sentence for the person who made it.

use super::nearest::nearest;
use std::fmt;

/// The result of reading or checking what a user gave.
pub type Result<T, E = ConfigError> = std::result::Result<T, E>;

/// What is wrong with a request, where, and what to do instead.
///
/// Every value that a person can choose is checked once, above the mathematics. Below that line nothing fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// Path to the wrong value, such as `model.config.layers[1].config.units`; empty for the whole.
    pub path: String,
    /// A whole sentence: what is wrong and what to do.
    pub message: String,
    /// The name that was asked for, where this engine does not have it at all.
    pub unsupported: Option<String>,
}

impl ConfigError {
    /// A wrong value at `path`.
    #[cold]
    pub fn new(path: impl Into<String>, message: impl Into<String>) -> Self {
        ConfigError {
            path: path.into(),
            message: message.into(),
            unsupported: None,
        }
    }

    /// A name that is not among `known`: the sentence offers the nearest ones.
    ///
    /// `what` is the kind of thing asked for ("activation", "option of Dense").
    pub fn unknown<'a>(
        path: impl Into<String>,
        what: &str,
        name: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let known: Vec<&str> = known.into_iter().collect();
        let hint = match nearest(name, &known) {
            Some(near) => format!("Did you mean '{near}'?"),
            None if known.is_empty() => "There is none to choose from here.".to_string(),
            None => format!("Choose one of: {}.", known.join(", ")),
        };
        ConfigError {
            unsupported: Some(format!("{what} {name}")),
            ..Self::new(path, format!("There is no {what} called '{name}'. {hint}"))
        }
    }

    /// The same error seen from one level further out: `outer` stands before the path.
    #[must_use]
    pub fn at(mut self, outer: &str) -> Self {
        self.path = match (outer.is_empty(), self.path.is_empty()) {
            (true, _) => self.path,
            (_, true) => outer.to_string(),
            _ if self.path.starts_with('[') => format!("{outer}{}", self.path),
            _ => format!("{outer}.{}", self.path),
        };
        self
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            f.write_str(&self.message)
        } else {
            write!(f, "{} (at {})", self.message, self.path)
        }
    }
}

impl std::error::Error for ConfigError {}

/// A number as a sentence shows it: 1, 0.25, 1e-7, NaN.
pub fn format_number(number: f64) -> String {
    // serde_json's digits, as in the text of an experiment.
    let text = match serde_json::Number::from_f64(number) {
        Some(finite) => finite.to_string(),
        None => number.to_string(),
    };
    text.strip_suffix(".0")
        .map_or_else(|| text.replace("e+", "e"), String::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reaches_paths_that_nest() {
        let inner = ConfigError::new("units", "no");
        assert_eq!(
            inner.at("config").at("layers[1]").path,
            "layers[1].config.units"
        );
    }

    #[test]
    fn reaches_numbers_as_people_write_them() {
        let numbers = [1.0, 0.25, -3e-9, 1e30, f64::NAN, f64::NEG_INFINITY];
        let texts = ["1", "0.25", "-3e-9", "1e30", "NaN", "-inf"];
        assert_eq!(numbers.map(format_number), texts);
    }
}
