//! The rows that a trainer trains on and measures.

use crate::kernels::inputs::InputRows;

/// Rows of data: inputs, targets and optional weights.
#[derive(Clone, Debug, Default)]
pub struct Examples {
    /// InputRows: `[n, inputs]`.
    pub x: InputRows,
    /// Targets: `[n, targets]`.
    pub t: Vec<f32>,
    /// Weight of each example, or of each of its steps: `[n]` or `[n, steps]`
    /// ([`super::Trainer::n_steps`]).
    pub weights: Option<Vec<f32>>,
}

impl Examples {
    /// Repeats the weight of each example for each of its steps, for examples of `n_in` inputs. Keras does so for batches of one
    /// example only.
    pub fn repeat_weights(&mut self, steps: usize, n_in: usize) {
        let n = self.x.len() / n_in;
        if let Some(weights) = self.weights.as_mut().filter(|w| w.len() == n && steps > 1) {
            *weights = weights
                .iter()
                .flat_map(|w| std::iter::repeat_n(*w, steps))
                .collect();
        }
    }

    /// Number of weights of an example, for examples of `n_in` inputs.
    pub fn weights_per_example(&self, n_in: usize) -> usize {
        let n = (self.x.len() / n_in).max(1);
        self.weights.as_ref().map_or(1, |w| w.len() / n)
    }
}
