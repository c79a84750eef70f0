//! A trace of one step: its intermediate values, and a numerical check of its gradients.
//!
//! The step is the one that training takes, and its workspace is copied afterwards. So a traced run and a trained one
//! are the same to the last bit. Only intermediate values that a layer does not keep are computed for the trace.

use crate::functions::activations;
use crate::functions::losses::Batch;
use crate::layers::{Passed, Stage, StageValues, fill_deltas, size};
use crate::model::config::Source;
use crate::model::{LossInput, Param, Sequential};
use crate::numerics::record::Program;
use crate::run::Run;
use crate::training::trainer::{Examples, MetricValue, Trainer};

/// What the loss computed for the rows of a batch. `n`: outputs of an example.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LossTrace {
    /// The targets of the outputs; of a class a 1 among zeros: `[batch, n]`.
    pub y: Vec<f32>,
    /// The predictions as the loss understands them, of logits the probabilities: `[batch, n]`.
    pub p: Vec<f32>,
    /// dL/da of the outputs, where the loss takes them and not the logits below: `[batch, n]`.
    pub slopes: Vec<f32>,
    /// Outputs that one value of the loss is made of.
    pub width: usize,
    /// The term of one output and its slope, from y and p; absent where the loss is not made of such terms.
    pub term: Option<Program>,
    /// The same from y and the logit z, where the loss takes logits.
    pub logit_term: Option<Program>,
    /// A value of the loss is the mean of its terms; else their sum.
    pub is_mean: bool,
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
    /// The loss, output by output.
    pub cost: LossTrace,
    /// The outputs of the layers, in order.
    pub layers: Vec<StageValues>,
    /// The intermediate values of each layer, its stages but the last.
    pub inner: Vec<Vec<StageValues>>,
    /// dL/dw, in the order of `get_weights()`; 0 for non-trainable weights.
    pub gradients: Vec<f32>,
    /// The weights before the update, in the order of `get_weights()`.
    pub before: Vec<f32>,
    /// The weights after it.
    pub after: Vec<f32>,
    /// The optimizer's slots, before and after, in the order of `get_weights()`.
    pub slots: Vec<(Vec<f32>, Vec<f32>)>,
    /// The rule of one weight, where each weight is moved by its own numbers: see
    /// [`Optimizer::program`](crate::training::optimizers::Optimizer::program).
    pub rule: Option<Program>,
    /// Where the slots of the rule begin among `slots`.
    pub rule_slots: usize,
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
            rule: self.trainer_mut().optimizer_mut().program(),
            rule_slots: self.trainer().optimizer().n_own() - 1,
            learning_rate: self.trainer().optimizer().learning_rate(),
            update: self.trainer().optimizer().iterations() + 1,
            ..Trace::default()
        };
        let slots = memories(self.trainer());
        let (batch, examples) = (trace.rows.len(), self.next_batch());
        let x = &*examples.x.all();
        let stages: Vec<Vec<Stage>> = (0..self.model().layers().count())
            .map(|i| self.terms(i))
            .collect();
        self.step_and(|trainer| {
            trace.layers = layers(trainer, batch);
            for (i, stages) in stages.iter().enumerate() {
                let inner = inner(trainer, (x, batch), i, stages, &mut trace);
                trace.inner.push(inner);
            }
            trace.cost = cost(trainer, &examples, batch);
            trace.terms = trainer.terms(batch).to_vec();
            trace.at_logits = trainer.loss_input() != LossInput::Output;
            trace.gradients = by_table(&trainer.model, trainer.gradients());
        });
        trace.loss = self
            .fit()
            .batch_losses()
            .numbers()
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

    /// How the numbers of layer `i` are made of its inputs; empty where it is shown as a whole.
    pub fn terms(&self, i: usize) -> Vec<Stage> {
        let masked = self.model().is_masked(i);
        let layer = self.model().layers().nth(i);
        layer.map_or_else(Vec::new, |(_, _, layer)| layer.terms(masked))
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
            let (loss, _) = trainer.loss_and_gradients(&examples.x.all(), &examples.t, weights);
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
        let (rows, width) = (self.fit().next_rows(), self.model().n_inputs());
        let n = train.x.len() / width;
        let mut x = vec![0.0; rows.len() * width];
        train.x.gather(width, rows, &mut x);
        let pick = |from: &[f32]| {
            let width = from.len() / n;
            let row = |i: &u32| from[*i as usize * width..][..width].iter().copied();
            rows.iter().flat_map(row).collect::<Vec<f32>>()
        };
        Examples {
            x: x.into(),
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

/// What the loss makes of the outputs of a batch.
fn cost(trainer: &Trainer, examples: &Examples, batch: usize) -> LossTrace {
    let (model, loss) = (&trainer.model, trainer.loss());
    let outputs = trainer.workspace().outputs(model, batch);
    let width = loss.width(model.output_shape());
    let at_logits = trainer.loss_input() != LossInput::Output;
    let p = match loss.from_logits() && !at_logits {
        true => loss.probabilities(outputs, width),
        false => outputs.to_vec(),
    };
    let mut y = examples.t.clone();
    if loss.n_targets(width) < width {
        y = vec![0.0; outputs.len()];
        for (row, class) in y.chunks_exact_mut(width).zip(&examples.t) {
            if let Some(y) = row.get_mut(*class as usize) {
                *y = 1.0;
            }
        }
    }
    let term = loss.term(false);
    let takes_logits = at_logits || loss.from_logits();
    LossTrace {
        y,
        p,
        slopes: loss_slopes(trainer, examples, batch),
        width,
        is_mean: term.as_ref().is_some_and(|(_, is_mean)| *is_mean),
        term: term.map(|(program, _)| program),
        logit_term: loss
            .term(takes_logits)
            .filter(|_| takes_logits)
            .map(|(program, _)| program),
    }
}

/// dL/da of the outputs of a batch, `[batch, outputs]`, where the loss takes them and no mask leaves any out; else empty.
fn loss_slopes(trainer: &Trainer, examples: &Examples, batch: usize) -> Vec<f32> {
    let (model, loss) = (&trainer.model, trainer.loss());
    if trainer.loss_input() != LossInput::Output || model.output_marks().is_some() {
        return Vec::new();
    }
    let p = trainer.workspace().outputs(model, batch);
    let (mut values, mut slopes) = (vec![0.0; p.len()], vec![0.0; p.len()]);
    let given = Batch {
        t: &examples.t,
        p,
        n_outputs: loss.width(model.output_shape()),
        logits: false,
        softmax: false,
        weights: examples.weights.as_deref(),
        mask: None,
    };
    loss.evaluate(&given, &mut values, &mut slopes);
    slopes
}

/// The outputs of the layers for a batch.
fn layers(trainer: &Trainer, batch: usize) -> Vec<StageValues> {
    let ws = trainer.workspace();
    let top = trainer.model.top(trainer.loss_input());
    let layers = trainer.model.layers().enumerate();
    let traced = layers.map(|(i, (_, _, layer))| {
        let n = batch * size(layer.output_shape()).unwrap_or(0);
        let mut values = StageValues {
            a: ws.output(i)[..n].to_vec(),
            ..StageValues::default()
        };
        // No gradient reaches a layer above the logits.
        if i <= top {
            values.delta = ws.gradient(i)[..n].to_vec();
        }
        if layer.stores_preactivation() {
            values.z = ws.kept(i)[..n].to_vec();
            let function = layer.activation();
            if !function.is_some_and(activations::uses_whole_row) {
                values.slope = vec![1.0; n];
                layer.activation_backward(ws.kept(i), &values.a, &mut values.slope);
            }
        }
        values
    });
    traced.collect()
}

/// The intermediate values of layer `i` for the inputs `x` of a batch, and the factors of its output.
fn inner(
    trainer: &Trainer,
    (x, batch): (&[f32], usize),
    i: usize,
    stages: &[Stage],
    trace: &mut Trace,
) -> Vec<StageValues> {
    let (model, ws) = (&trainer.model, trainer.workspace());
    let Some((_, _, layer)) = model.layers().nth(i).filter(|_| !stages.is_empty()) else {
        return Vec::new();
    };
    let x = match model.source_of(i) {
        Some(Source::Layer(below)) => &trace.layers[below].a,
        _ => x,
    };
    let passed = Passed {
        batch,
        x,
        scratch: ws.kept(i),
    };
    let mut values = layer.stage_values(&passed);
    let n_in = x.len() / batch;
    if let Some(output) = values.pop() {
        trace.layers[i].factors = output.factors;
    }
    if !values.is_empty() && !trace.layers[i].delta.is_empty() {
        values.push(trace.layers[i].clone());
        let before = model.table().iter().take_while(|p| p.layer < i);
        let first: usize = before.map(|p| p.span.len()).sum();
        fill_deltas(stages, &mut values, &trace.before[first..], n_in);
        values.pop();
    }
    values
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
