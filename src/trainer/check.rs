//! Whether rows can be trained on: shapes, numbers, targets, weights.

use super::{Examples, Trainer};
use crate::refusal::{Refusal, shown};

impl Trainer {
    /// Says whether these rows can be trained on.
    ///
    /// # Errors
    /// Shapes that do not fit, numbers that are not finite, targets outside the loss's range.
    pub fn check(&self, data: &Examples) -> Result<(), Refusal> {
        let (n_in, n_t) = (self.model.n_inputs(), self.n_targets());
        let n = data.x.len() / n_in;
        if n == 0 || !data.x.len().is_multiple_of(n_in) {
            let message = format!(
                "x has {} numbers, which is not a whole number (from 1) of examples of {n_in} inputs each.",
                data.x.len()
            );
            return Err(Refusal::new("x", message));
        }
        if data.t.len() != n * n_t {
            let message = format!(
                "y has {} numbers, but {n} examples with {n_t} target{} each need {}.",
                data.t.len(),
                if n_t == 1 { "" } else { "s" },
                n * n_t
            );
            return Err(Refusal::new("y", message));
        }
        for (name, values, width) in [("x", &data.x, n_in), ("y", &data.t, n_t)] {
            if let Some(i) = values.iter().position(|v| !v.is_finite()) {
                let message = format!(
                    "{name} is {} in row {}, column {}: every number must be finite. Remove or replace that row.",
                    shown(f64::from(values[i])),
                    i / width,
                    i % width
                );
                return Err(Refusal::new(name, message));
            }
        }
        if let Some(rows) = self.model.wanted_input() {
            let fits = |x: f32| x >= 0.0 && x < rows as f32 && x == x.trunc();
            if let Some(i) = data.x.iter().position(|x| !fits(*x)) {
                let message = format!(
                    "x is {} in row {}, column {}, but Embedding takes whole numbers from 0 to {}: \
                     raise its input_dim, or mend that row.",
                    shown(f64::from(data.x[i])),
                    i / n_in,
                    i % n_in,
                    rows - 1
                );
                return Err(Refusal::new("x", message));
            }
        }
        let weights_fit = |w: &Vec<f32>| w.len() == n && w.iter().all(|w| w.is_finite());
        if !data.weights.as_ref().is_none_or(weights_fit) {
            let message = format!("sample_weight must be {n} finite numbers, one per example.");
            return Err(Refusal::new("sample_weight", message));
        }
        self.loss.check_targets(
            &data.t,
            self.model.output_shape().last().copied().unwrap_or(1),
        )
    }
}
