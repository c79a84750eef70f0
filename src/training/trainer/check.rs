//! Checks of training data: shapes, numbers, targets, weights.

use super::{Examples, Trainer};
use crate::functions::losses::Targets;
use crate::kernels::inputs::InputRows;
use crate::options::error::{ConfigError, Result, format_number};

impl Trainer {
    /// Checks training data.
    ///
    /// # Errors
    /// Wrong shapes, numbers that are not finite, targets outside the range of the loss.
    pub fn check(&self, data: &Examples) -> Result<()> {
        let (n_in, n_t) = (self.model.n_inputs(), self.n_targets());
        let n = data.x.len() / n_in;
        if n == 0 || !data.x.len().is_multiple_of(n_in) {
            let message = format!(
                "x has {} numbers, which is not a whole number (from 1) of examples of {n_in} inputs each.",
                data.x.len()
            );
            return Err(ConfigError::new("x", message));
        }
        if data.t.len() != n * n_t {
            let hot = self.loss.targets() == Targets::Classes
                && data.t.len() == n * self.model.n_outputs();
            let message = format!(
                "y has {} numbers, but {n} examples with {n_t} target{} each need {}{}.",
                data.t.len(),
                if n_t == 1 { "" } else { "s" },
                n * n_t,
                match hot {
                    true => ": class numbers (one-hot rows are for CategoricalCrossentropy)",
                    false => "",
                }
            );
            return Err(ConfigError::new("y", message));
        }
        // Bytes are finite.
        let x = match &data.x {
            InputRows::Floats(x) => &x[..],
            InputRows::Bytes { .. } => &[],
        };
        for (name, values, width) in [("x", x, n_in), ("y", &data.t[..], n_t)] {
            if let Some(i) = values.iter().position(|v| !v.is_finite()) {
                let message = format!(
                    "{name} is {} in row {}, column {}: every number must be finite. Remove or replace that row.",
                    format_number(f64::from(values[i])),
                    i / width,
                    i % width
                );
                return Err(ConfigError::new(name, message));
            }
        }
        if let Some(rows) = self.model.vocabulary_size() {
            let fits = |x: f32| x >= 0.0 && x < rows as f32 && x == x.trunc();
            let x = data.x.all();
            if let Some(i) = x.iter().position(|x| !fits(*x)) {
                let message = format!(
                    "x is {} in row {}, column {}, but Embedding takes whole numbers from 0 to {}: \
                     raise its input_dim, or correct that row.",
                    format_number(f64::from(x[i])),
                    i / n_in,
                    i % n_in,
                    rows - 1
                );
                return Err(ConfigError::new("x", message));
            }
        }
        if let Some(weights) = &data.weights {
            self.check_weights(weights, n)?;
        }
        self.loss.check_targets(&data.t, self.width())
    }

    /// Checks weights for `n` examples: one for each value of the loss.
    ///
    /// # Errors
    /// Another number of weights, weights that are not finite, or a weighted metric that does not take weights.
    pub fn check_weights(&self, weights: &[f32], n: usize) -> Result<()> {
        let steps = self.n_steps();
        let weighted = &self.metrics[self.metrics.len() - self.n_weighted..];
        if let Some(metric) = weighted.iter().find(|m| !m.takes_weights(self.width())) {
            let message = format!(
                "'{}' among the weighted metrics compares each of {} outputs by itself and takes no weights \
                 (as in Keras): move it to the metrics.",
                metric.name(),
                self.width()
            );
            return Err(ConfigError::new("sample_weight", message));
        }
        let per_example = weights.len() == n && self.weighs_examples();
        let fits = per_example || weights.len() == n * steps;
        let message = if fits && weights.iter().all(|w| w.is_finite()) {
            return Ok(());
        } else if fits || steps == 1 {
            format!(
                "sample_weight must be {} finite numbers, one per example{}.",
                n * steps,
                if steps == 1 { "" } else { " and step" }
            )
        } else {
            format!(
                "sample_weight has {} numbers, but the loss has a value for each of {steps} steps of {n} \
                 examples: give {}, row after row, [{n}, {steps}] (an example's weight once per step).",
                weights.len(),
                n * steps
            )
        };
        Err(ConfigError::new("sample_weight", message))
    }

    /// Whether the loss takes one weight per example. Keras multiplies the arrays without broadcasting: weights `[n]` do not fit
    /// loss values `[n, steps]` or a mask of that shape.
    pub fn weighs_examples(&self) -> bool {
        self.n_steps() == 1 || self.loss.is_whole() && self.model.output_marks().is_none()
    }
}
