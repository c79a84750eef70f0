//! Outputs of a run's model: of all layers, for rows of a set, and on a grid.

use super::{Run, Set, rows_of};
use crate::functions::activations;
use crate::functions::losses;
use crate::layers::size;
use crate::model::LossInput;
use crate::options::error::{ConfigError, Result};

impl Run {
    /// Number of outputs of all layers for one example.
    pub fn n_activations(&self) -> usize {
        self.model()
            .layers()
            .map(|(_, _, l)| size(l.output_shape()).unwrap_or(0))
            .sum()
    }

    /// The outputs of all layers for one input, layer after layer. `x`: `[inputs]`.
    ///
    /// # Errors
    /// An input of another length, or with numbers that are not finite.
    pub fn activations(&mut self, x: &[f32]) -> Result<Vec<f32>> {
        let wanted = self.model().n_inputs();
        if x.len() != wanted || x.iter().any(|x| !x.is_finite()) {
            let message = format!(
                "The input must be {wanted} finite numbers, but {} were given.",
                x.len()
            );
            return Err(ConfigError::new("x", message));
        }
        let mut all = Vec::with_capacity(self.n_activations());
        self.trainer.visit(x, |_, _, model, ws| {
            for (i, (_, _, layer)) in model.layers().enumerate() {
                all.extend_from_slice(&ws.output(i)[..size(layer.output_shape()).unwrap_or(0)]);
            }
        });
        Ok(all)
    }

    /// The outputs of all layers for row `i` of a set.
    ///
    /// # Errors
    /// A row that the set does not have.
    pub fn example(&mut self, set: Set, i: usize) -> Result<Vec<f32>> {
        let n_in = self.model().n_inputs();
        let (x, _) = self.rows(set);
        if i >= x.len() / n_in {
            let message = format!("There is no row {i}: this set has {} rows.", x.len() / n_in);
            return Err(ConfigError::new("index", message));
        }
        let x = x.numbers(i * n_in..(i + 1) * n_in).into_owned();
        self.activations(&x)
    }

    /// The model's outputs for all rows of a set: `[n, outputs]`. Logits are converted to probabilities.
    pub fn predictions(&mut self, set: Set) -> Vec<f32> {
        self.predictions_from(set, 0, usize::MAX)
    }

    /// The model's outputs for at most `n` rows of a set from row `first` on, as [`Run::predictions`].
    pub fn predictions_from(&mut self, set: Set, first: usize, n: usize) -> Vec<f32> {
        let x = rows_of(&self.fit, &self.test, set).map_or(&self.no_rows, |e| &e.x);
        let (n_in, n_out) = (
            self.trainer.model.n_inputs(),
            self.trainer.model.n_outputs(),
        );
        let rows = x.len() / n_in;
        let first = first.min(rows);
        let n = n.min(rows - first);
        let mut out = vec![0.0; n * n_out];
        self.trainer
            .predict(&x.numbers(first * n_in..(first + n) * n_in), &mut out);
        self.probabilities(out)
    }

    /// Outputs of the model, `[n, outputs]`, as probabilities if the loss takes logits from the last layer.
    pub fn probabilities(&self, outputs: Vec<f32>) -> Vec<f32> {
        if !self.outputs_are_logits() {
            return outputs;
        }
        let n_out = self.trainer.model.n_outputs();
        let name = if n_out == 1 { "sigmoid" } else { "softmax" };
        let mut p = outputs.clone();
        (activations::named(name).forward)(&[], n_out, &outputs, &mut p);
        p
    }

    /// Whether the last layer outputs logits, according to the loss.
    pub fn outputs_are_logits(&self) -> bool {
        let loss = &self.experiment.compile.loss;
        losses::from_logits(loss) && self.model().loss_input(true, false) == LossInput::Output
    }

    /// Every unit's output over the data's bounds. Two inputs: `[activations, side, side]`, top row first; one input:
    /// `[activations, side]`, from left to right. Empty where the data has no bounds.
    pub fn grid(&mut self, side: usize) -> Vec<f32> {
        let Some([x0, x1, y0, y1]) = self.dataset.bounds else {
            return Vec::new();
        };
        let side = side.clamp(2, 200);
        let along =
            |from: f32, to: f32, i: usize| from + (to - from) * (i as f32 + 0.5) / side as f32;
        let n_in = self.model().n_inputs();
        let mut points = Vec::with_capacity(2 * side * side);
        for row in 0..if n_in == 2 { side } else { 1 } {
            for column in 0..side {
                points.extend(
                    [along(x0, x1, column), along(y1, y0, row)]
                        .iter()
                        .take(n_in),
                );
            }
        }
        let n = points.len() / n_in;
        let mut maps = vec![0.0; self.n_activations() * n];
        self.trainer.visit(&points, |first, rows, model, ws| {
            let mut unit = 0;
            for (i, (_, _, layer)) in model.layers().enumerate() {
                let width = size(layer.output_shape()).unwrap_or(0);
                for (row, y) in ws.output(i).chunks_exact(width).take(rows).enumerate() {
                    for (j, y) in y.iter().enumerate() {
                        maps[(unit + j) * n + first + row] = *y;
                    }
                }
                unit += width;
            }
        });
        maps
    }
}

#[cfg(test)]
mod tests {
    use crate::experiment::Experiment;
    use crate::run::Run;

    /// y = 2 x + 1/2 at the middles of four equal parts of the bounds, from left to right.
    #[test]
    fn grid_of_one_input_is_a_curve() {
        let text = r#"{
            "data": {"class_name": "Numbers", "config": {"x": [0, 2], "y": [0.5, 4.5], "shape": [1]}},
            "model": {"layers": [{"class_name": "Dense", "config": {"units": 1}}]},
            "compile": {"optimizer": "sgd", "loss": "mse"}, "fit": {}, "seed": 1,
            "start": {"weights": [
                {"path": "dense/kernel", "at": 0, "values": [2]}, {"path": "dense/bias", "at": 0, "values": [0.5]}
            ]}
        }"#;
        let mut run = Run::new(Experiment::read(text).unwrap(), None).unwrap();
        let [x0, x1, ..] = run.dataset().bounds.unwrap();
        assert_eq!([x0, x1], [-0.1, 2.1]);
        let curve = run.grid(4);
        assert_eq!(curve.len(), 4);
        for (i, y) in curve.iter().enumerate() {
            let x = -0.1 + 2.2 * (i as f32 + 0.5) / 4.0;
            assert!((y - (2.0 * x + 0.5)).abs() < 1e-5, "{i}: {y}");
        }
    }
}
