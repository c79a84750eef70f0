//! Evaluation and prediction, and the metrics of a trainer.

use super::{Examples, Trainer};
use crate::functions::metrics::{Direction, Metric, MetricValue};
use crate::model::{Sequential, Workspace};

impl Trainer {
    /// The loss over all rows, then the metrics, in inference mode. Does not change the model.
    pub fn evaluate(&mut self, data: &Examples, batch: usize) -> Vec<MetricValue> {
        self.evaluate_some(data, batch, usize::MAX)
    }

    /// As [`Trainer::evaluate`], on at most so many batches.
    pub fn evaluate_some(
        &mut self,
        data: &Examples,
        batch: usize,
        n_batches: usize,
    ) -> Vec<MetricValue> {
        let kept = self.metric_states();
        self.reset_metrics();
        let (n_in, n_t) = (self.model.n_inputs(), self.n_targets());
        let batch = batch.clamp(1, self.ws.capacity());
        let n_w = data.weights_per_example(n_in);
        let (mut sum, mut n) = (0.0, 0.0);
        let size = batch * n_in;
        for i in 0..data.x.len().div_ceil(size).min(n_batches) {
            let x = data.x.numbers(i * size..data.x.len().min((i + 1) * size));
            let rows = x.len() / n_in;
            let t = &data.t[i * batch * n_t..][..rows * n_t];
            let weights = data.weights.as_ref();
            let weights = weights.map(|w| &w[i * batch * n_w..][..rows * n_w]);
            self.model.forward((&*x).into(), false, &mut self.ws);
            let loss = self.measure(rows, t, weights, false)
                + self.model.activity_penalty(&self.ws, rows)
                + self.model.weight_penalty(None);
            sum += f64::from(loss) * rows as f64;
            n += rows as f64;
        }
        let loss = if n == 0.0 {
            0.0
        } else {
            f64::from((sum / n) as f32)
        };
        let all = std::iter::once(MetricValue::Number(loss))
            .chain(self.metrics.iter().map(Metric::result))
            .collect();
        self.set_metric_states(&kept);
        all
    }

    /// Writes the model's outputs for the rows of `x` to `out` (`[n, outputs]`). Does not change the model.
    pub fn predict(&mut self, x: &[f32], out: &mut [f32]) {
        let (n_in, n_out) = (self.model.n_inputs(), self.model.n_outputs());
        let batch = self.ws.capacity();
        for (x, out) in x.chunks(batch * n_in).zip(out.chunks_mut(batch * n_out)) {
            self.model.forward(x.into(), false, &mut self.ws);
            out.copy_from_slice(self.ws.outputs(&self.model, x.len() / n_in));
        }
    }

    /// Calls `visit` with the first row number and the workspace of each inference pass over `x`.
    pub fn visit(
        &mut self,
        x: &[f32],
        mut visit: impl FnMut(usize, usize, &Sequential, &Workspace),
    ) {
        let n_in = self.model.n_inputs();
        let batch = self.ws.capacity();
        for (i, x) in x.chunks(batch * n_in).enumerate() {
            self.model.forward(x.into(), false, &mut self.ws);
            visit(i * batch, x.len() / n_in, &self.model, &self.ws);
        }
    }

    /// Whether a larger value of the loss or of a metric is better. `None` where Keras does not know: it searches for the name of
    /// the metric, not for the unique name in the logs.
    pub fn larger_is_better(&self, name: &str) -> Option<bool> {
        if name == "loss" {
            return Some(false);
        }
        let of_name = self.metrics.iter().filter(|m| m.own_name() == name);
        Some(of_name.filter_map(Metric::direction).next_back()? == Direction::Up)
    }

    /// Names and running values of the metrics.
    pub fn metrics(&self) -> impl Iterator<Item = (&str, MetricValue)> {
        self.metrics.iter().map(|m| (m.name(), m.result()))
    }

    /// Resets the metrics.
    pub fn reset_metrics(&mut self) {
        self.metrics.iter_mut().for_each(Metric::reset);
    }

    /// The state of the metrics, for a checkpoint.
    pub fn metric_states(&self) -> Vec<f64> {
        self.metrics
            .iter()
            .flat_map(Metric::state)
            .copied()
            .collect()
    }

    /// Restores the state of the metrics, of as many numbers as [`Trainer::metric_states`] returns.
    pub fn set_metric_states(&mut self, states: &[f64]) {
        let mut rest = states;
        for metric in &mut self.metrics {
            let (own, others) = rest.split_at(metric.state().len());
            metric.set_state(own);
            rest = others;
        }
    }
}
