//! Reading what Keras printed, and comparing with it.

pub mod cases;
pub mod seeded;
pub mod tables;

use glassbox::options::error::ConfigError;
use serde_json::Value as Json;
use std::path::Path;

/// What became of a case, or of a row of a table.
pub enum Outcome {
    /// The largest error, as a share of what is allowed; and the section that only the case's own noise
    /// allows so much in, with both.
    Agrees(f64, Option<String>),
    /// Keras refuses it, and so does the engine: with this sentence.
    Refused(String),
    /// Where it fails, and by how much.
    Fails(String),
    /// What is missing.
    Unsupported(String),
}

impl Outcome {
    /// A refusal is a lack if it names something unknown, else a failure: the cases are all valid.
    pub fn of_refusal(refusal: ConfigError) -> Self {
        match refusal.unsupported {
            Some(name) => Outcome::Unsupported(name),
            None => Outcome::Fails(refusal.to_string()),
        }
    }
}

/// Compares numbers section by section.
#[derive(Default)]
pub struct Comparison {
    worst: f64,
    failure: Option<String>,
    /// The largest share of what is allowed without the case's noise, if it is more than all, and where.
    leant: f64,
    noise: Option<String>,
}

impl Comparison {
    /// Compares a section; `noise` is how far Keras' own backends lie apart there.
    pub fn section(&mut self, name: &str, got: &[f32], wanted: &[f32], noise: f64) {
        if got.len() != wanted.len() {
            let message = format!("{name}: {} numbers instead of {}", got.len(), wanted.len());
            self.failure.get_or_insert(message);
            return;
        }
        for (i, (g, w)) in got.iter().zip(wanted).enumerate() {
            let same = g.to_bits() == w.to_bits() || g.is_nan() && w.is_nan() || g == w;
            let (g, w) = (f64::from(*g), f64::from(*w));
            let plain = 2e-6 + 2e-5 * w.abs();
            let allowed = plain.max(10.0 * noise);
            let share = (g - w).abs() / plain;
            if !same && share > self.leant.max(1.0) {
                self.leant = share;
                self.noise = Some(format!(
                    "{name}[{i}]: {share:.1} x the plain tolerance, within 10 x the noise {noise:.1e}"
                ));
            }
            let error = if same { 0.0 } else { (g - w).abs() / allowed };
            let error = if error.is_nan() { f64::INFINITY } else { error };
            if error > 1.0 && error > self.worst {
                self.failure = Some(format!(
                    "{name}[{i}]: {g:e} instead of {w:e}, {error:.1} x what is allowed"
                ));
            }
            self.worst = self.worst.max(error);
        }
    }

    /// The outcome of all sections.
    pub fn outcome(self) -> Outcome {
        match self.failure {
            Some(failure) => Outcome::Fails(failure),
            None => Outcome::Agrees(self.worst, self.noise),
        }
    }
}

/// An array of the case files as floats; non-finite numbers are strings there.
pub fn floats(json: &Json) -> Vec<f32> {
    let list = json.get("data").unwrap_or(json);
    let list = list
        .as_array()
        .cloned()
        .unwrap_or_else(|| vec![list.clone()]);
    list.iter().map(float).collect()
}

/// One number of the case files.
pub fn float(json: &Json) -> f32 {
    match json.as_str() {
        Some("NaN") => f32::NAN,
        Some("Infinity") => f32::INFINITY,
        Some("-Infinity") => f32::NEG_INFINITY,
        _ => json.as_f64().unwrap_or(f64::NAN) as f32,
    }
}

/// A file of cases, of a table or of models.
///
/// # Errors
/// Why it cannot be read, or holds no JSON.
pub fn read(path: &Path) -> Result<Json, String> {
    let wrong = |e: &dyn std::fmt::Display| format!("{}: {e}", path.display());
    let text = std::fs::read_to_string(path).map_err(|e| wrong(&e))?;
    serde_json::from_str(&text).map_err(|e| wrong(&e))
}
