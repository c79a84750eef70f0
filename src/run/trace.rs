//! A trace of one step: its intermediate values, and a numerical check of its gradients.
//!
//! A trace computes nothing: it copies the workspace of an ordinary training step. So a traced run and a run without traces are
//! the same to the last bit.

use crate::functions::activations;
use crate::layers::size;
use crate::model::{LossInput, Param, Sequential};
use crate::run::Run;
use crate::training::trainer::{Examples, MetricValue, Trainer};

/// The values of one layer for the rows of a batch. `n`: the number of its outputs of one row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LayerTrace {
    /// z, the pre-activations: `[batch, n]`; empty for a layer without an activation.
    pub z: Vec<f32>,
    /// a, the outputs: `[batch, n]`.
    pub a: Vec<f32>,
    /// delta = dL/dz if there is a z, else dL/da: `[batch, n]`; empty above the input of the loss.
    pub delta: Vec<f32>,
    /// f'(z) for an elementwise f: `[batch, n]`.
    pub slope: Vec<f32>,
}

/// One step of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trace {
    /// The rows of the batch: their indices in the training data.
    pub rows: Vec<u32>,
    /// Loss of the batch before the update; NaN if the run was over.
    pub loss: f32,
    /// The loss of each row: `[rows]`; empty for a loss that compares rows.
    pub terms: Vec<f32>,
    /// Whether the loss was computed from logits.
    pub at_logits: bool,
    /// The layers, in order.
    pub layers: Vec<LayerTrace>,
    /// dL/dw, in the order of `get_weights()`; 0 for non-trainable weights.
    pub gradients: Vec<f32>,
    /// The weights before the update, in the order of `get_weights()`.
    pub before: Vec<f32>,
    /// The weights after it.
    pub after: Vec<f32>,
    /// The optimizer's slots, before and after, in the order of `get_weights()`.
    pub slots: Vec<(Vec<f32>, Vec<f32>)>,
    /// Learning rate of the update.
    pub learning_rate: f32,
    /// Number of the update, from 1.
    pub update: u64,
}

/// The loss of a batch at two values of a weight, and the slope between them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    /// Half the difference of the two rounded weights.
    pub h: f64,
    /// L(w + h).
    pub above: f32,
    /// L(w - h).
    pub below: f32,
}

impl Difference {
    /// (L(w + h) - L(w - h)) / 2h.
    pub fn slope(&self) -> f64 {
        (f64::from(self.above) - f64::from(self.below)) / (2.0 * self.h)
    }
}

impl Run {
    /// Trains on the next batch and returns its trace. Empty if the run is over.
    pub fn trace(&mut self) -> Trace {
        if self.fit().done() {
            return Trace::default();
        }
        let mut trace = Trace {
            rows: self.fit().next_rows().to_vec(),
            before: self.model().weights().collect(),
            learning_rate: self.trainer().optimizer().learning_rate(),
            update: self.trainer().optimizer().iterations() + 1,
            ..Trace::default()
        };
        let slots = memories(self.trainer());
        let batch = trace.rows.len();
        self.step_and(|trainer| {
            trace.layers = layers(trainer, batch);
            trace.terms = trainer.terms(batch).to_vec();
            trace.at_logits = trainer.head() != LossInput::Output;
            trace.gradients = by_table(&trainer.model, trainer.gradients());
        });
        trace.loss = self
            .fit()
            .batch_losses()
            .last()
            .copied()
            .unwrap_or(f32::NAN);
        if self.trouble().is_some() {
            trace.loss = f32::NAN;
        }
        trace.after = self.model().weights().collect();
        trace.slots = slots.into_iter().zip(memories(self.trainer())).collect();
        trace
    }

    /// The training loss of the next batch with weight `at` (in the order of `get_weights()`) changed by about `h` in both
    /// directions. Does not change the run. `None` if the run is over or the weight is not trainable.
    pub fn difference(&mut self, at: usize, h: f32) -> Option<Difference> {
        if self.fit().done() {
            return None;
        }
        let place = place_of(self.model(), at)?;
        let examples = self.next_batch();
        let trainer = self.trainer_mut();
        let w = trainer.model.trainable()[place];
        let [above, below] = [w + h, w - h].map(|moved| {
            trainer.model.trainable_mut()[place] = moved;
            let kept = trainer.metric_states();
            let weights = examples.weights.as_deref();
            let (loss, _) = trainer.loss_and_gradients(&examples.x, &examples.t, weights);
            trainer.set_metric_states(&kept);
            loss
        });
        trainer.model.trainable_mut()[place] = w;
        let h = (f64::from(w + h) - f64::from(w - h)) / 2.0;
        Some(Difference { h, above, below })
    }

    /// The inputs, targets and weights of the next batch.
    pub fn next_batch(&self) -> Examples {
        let (train, _) = self.fit().examples();
        let rows = self.fit().next_rows();
        let n = train.x.len() / self.model().n_inputs();
        let pick = |from: &[f32]| {
            let width = from.len() / n;
            let row = |i: &u32| from[*i as usize * width..][..width].iter().copied();
            rows.iter().flat_map(row).collect::<Vec<f32>>()
        };
        Examples {
            x: pick(&train.x),
            t: pick(&train.t),
            weights: train.weights.as_deref().map(pick),
        }
    }

    /// The loss over all training rows with other weights, in the order of `get_weights()`. Does not change the run.
    pub fn loss_with(&mut self, weights: &[f32]) -> f64 {
        let own: Vec<f32> = self.model().weights().collect();
        if weights.len() != own.len() {
            return f64::NAN;
        }
        self.trainer_mut().model.put_weights(weights);
        let loss = self.evaluate(crate::run::Set::Train);
        self.trainer_mut().model.put_weights(&own);
        loss.first().map_or(f64::NAN, MetricValue::mean)
    }
}

/// The values of all layers for a batch.
fn layers(trainer: &Trainer, batch: usize) -> Vec<LayerTrace> {
    let ws = trainer.workspace();
    let top = trainer.model.top(trainer.head());
    let layers = trainer.model.layers().enumerate();
    let traced = layers.map(|(i, (_, _, layer))| {
        let n = batch * size(layer.output_shape()).unwrap_or(0);
        let a = ws.output(i)[..n].to_vec();
        // Above the logits there are no gradients.
        let delta = match i <= top {
            true => ws.gradient(i)[..n].to_vec(),
            false => Vec::new(),
        };
        if !layer.stores_preactivation() {
            return LayerTrace {
                a,
                delta,
                ..LayerTrace::default()
            };
        }
        let z = ws.kept(i)[..n].to_vec();
        let mut slope = Vec::new();
        if !layer.activation().is_some_and(activations::uses_whole_row) {
            slope = vec![1.0; n];
            layer.activation_backward(ws.kept(i), &a, &mut slope);
        }
        LayerTrace { z, a, delta, slope }
    });
    traced.collect()
}

/// The optimizer's slots that have one number for each trained weight.
fn memories(trainer: &Trainer) -> Vec<Vec<f32>> {
    let n = trainer.model.trainable().len();
    let slots = trainer.optimizer().slots().iter().skip(1);
    let each = slots.filter(|slot| slot.len() == n);
    each.map(|slot| by_table(&trainer.model, slot)).collect()
}

/// Numbers of the trained weights in the order of `get_weights()`; 0 for all others.
fn by_table(model: &Sequential, arena: &[f32]) -> Vec<f32> {
    let of = |p: &Param| match p.trainable {
        true => arena[p.span.clone()].to_vec(),
        false => vec![0.0; p.span.len()],
    };
    model.table().iter().flat_map(of).collect()
}

/// Index of a weight of `get_weights()` among the trained ones.
fn place_of(model: &Sequential, mut at: usize) -> Option<usize> {
    for param in model.table() {
        let n = param.span.len();
        if at < n {
            return param.trainable.then_some(param.span.start + at);
        }
        at -= n;
    }
    None
}
