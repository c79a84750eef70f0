//! [`Metric`]: a metric that accumulates over batches.

use super::metric::{Accumulate, Direction, Measure, MetricKind, RowValue, argmax, over};
use super::{MetricValue, means, read};
use crate::functions::losses::{Batch, Loss};
use crate::options::ConfigObject;

/// A metric with its state.
pub struct Metric {
    pub(super) kind: &'static MetricKind,
    /// Keras' name of the object.
    pub(super) own_name: String,
    /// Its name in the logs: its own name, or that with a number.
    pub(super) name: String,
    /// Keras numbers the object: its class has no default name, and the options give none.
    pub(super) counted: bool,
    measure: Running,
    state: Vec<f64>,
}

/// How the metric measures, for outputs whose shape is known.
enum Running {
    Mean(RowValue),
    RootMean(RowValue),
    Loss(Box<Loss>),
    Accumulated(Box<dyn Accumulate>),
}

impl Metric {
    /// The metric of a config read by [`REGISTRY`](super::REGISTRY), for targets and outputs of these row lengths.
    pub fn new(config: &ConfigObject, n_targets: usize, n_outputs: usize) -> Self {
        let (kind, settings) = read(config);
        let (size, has_default_name) = match &settings.measure {
            Measure::Accumulated(metric) => {
                (metric.state_len(n_outputs), metric.has_default_name())
            }
            _ => (2, true),
        };
        let measure = match settings.measure {
            Measure::Mean(f) => Running::Mean(f),
            Measure::RootMean(f) => Running::RootMean(f),
            Measure::Accuracy => Running::Mean(Box::new(accuracy_for(n_targets, n_outputs))),
            Measure::Loss(loss) => Running::Loss(loss),
            Measure::Accumulated(metric) => Running::Accumulated(metric),
        };
        let given = settings.name.filter(|name| !name.is_empty());
        let name = match &given {
            Some(name) => name,
            None if kind.class.class_name == "Accuracy" => "accuracy",
            None => config.spelling,
        };
        Metric {
            kind,
            counted: !has_default_name && given.is_none() && name == kind.class.name,
            own_name: name.to_string(),
            name: name.to_string(),
            measure,
            state: vec![0.0; size],
        }
    }

    /// Keras' name of the object, which `mode='auto'` of a callback compares with.
    pub fn own_name(&self) -> &str {
        &self.own_name
    }

    /// Its name in Keras' logs.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it takes sample weights for rows of `width` outputs.
    pub fn takes_weights(&self, width: usize) -> bool {
        match &self.measure {
            Running::Accumulated(metric) => metric.takes_weights(width),
            _ => true,
        }
    }

    /// Which way it improves, where Keras says so.
    pub fn direction(&self) -> Option<Direction> {
        self.kind.direction
    }

    /// Clears the state.
    pub fn reset(&mut self) {
        self.state.fill(0.0);
    }

    /// Adds the rows of a batch. `probabilities`: `[rows, n_outputs]`, the model's outputs; `batch.p` holds the same or
    /// their logits. `values`, `d`: scratch as for [`Loss::evaluate`].
    pub fn update(
        &mut self,
        batch: &Batch<'_>,
        probabilities: &[f32],
        values: &mut [f32],
        d: &mut [f32],
    ) {
        let outputs = Batch {
            p: probabilities,
            logits: false,
            softmax: false,
            ..*batch
        };
        let rows = outputs.rows();
        let values = &mut values[..rows];
        let mut ignored = None;
        match &self.measure {
            Running::Accumulated(metric) => return metric.update(&outputs, &mut self.state),
            Running::Loss(loss) => {
                let compared = if loss.takes_logits() { batch } else { &outputs };
                loss.per_row(compared, values, d);
                // Keras multiplies its mask of the ignored class into existing weights only.
                let weighted = batch.weights.is_some() || batch.mask.is_some();
                ignored = loss.ignored().filter(|_| weighted);
            }
            Running::Mean(f) | Running::RootMean(f) => {
                let n_targets = (batch.t.len() / rows.max(1)).max(1);
                let targets = batch.t.chunks_exact(n_targets);
                let pairs = targets.zip(probabilities.chunks_exact(batch.n_outputs));
                for (value, (t, p)) in values.iter_mut().zip(pairs) {
                    *value = f(t, p);
                }
            }
        }
        let masked = !matches!(self.measure, Running::RootMean(_));
        for (i, value) in values.iter().enumerate() {
            let mut weight = f64::from(outputs.weight(i));
            if masked && outputs.unmasked(i) == 0.0 || ignored.is_some_and(|c| batch.t[i] == c) {
                weight = 0.0;
            }
            self.state[0] += f64::from(*value) * weight;
            self.state[1] += weight;
        }
    }

    /// Calls `show` with every number of the result.
    fn show(&self, show: &mut dyn FnMut(f64)) {
        if let Running::Accumulated(metric) = &self.measure {
            return metric.result(&self.state, show);
        }
        let mean = over(self.state[0], self.state[1]);
        show(match self.measure {
            Running::RootMean(_) => mean.sqrt(),
            _ => mean,
        });
    }

    /// The result of the rows since the last reset, in single precision.
    pub fn result(&self) -> MetricValue {
        let mut all = Vec::new();
        self.show(&mut |value| all.push(f64::from(value as f32)));
        match (&all[..], &self.measure) {
            (_, Running::Accumulated(metric)) if metric.is_list() => MetricValue::List(all),
            ([value], _) => MetricValue::Number(*value),
            _ => MetricValue::List(all),
        }
    }

    /// The accumulated numbers, which a checkpoint stores.
    pub fn state(&self) -> &[f64] {
        &self.state
    }

    /// Restores a stored state, of the same length.
    pub fn set_state(&mut self, state: &[f64]) {
        self.state.copy_from_slice(state);
    }
}

/// Keras' choice for `"accuracy"`: binary for one output, sparse where the target is a class number, else categorical.
fn accuracy_for(n_targets: usize, n_outputs: usize) -> fn(&[f32], &[f32]) -> f32 {
    match (n_targets, n_outputs) {
        (_, 1) => |t, p| means::binary_accuracy(0.5, t, p),
        (1, _) => |t, p| f32::from(argmax(p) as f32 == t[0]),
        _ => |t, p| f32::from(argmax(t) == argmax(p)),
    }
}
