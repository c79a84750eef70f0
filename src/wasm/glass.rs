//! The API of the inspector: traces, numerical differences, advice.

use super::run::{Run, experiment_text};
use super::terms::{self, Program};
use super::types::input::ExperimentInput;
use super::types::{Advice, SlotTrace, Trace};
use super::{Answer, to_js};
use crate::doctor;
use crate::kernels::inputs::Bytes;
use js_sys::{Float32Array, Uint32Array};
use tsify::Ts;
use wasm_bindgen::prelude::*;

/// Settings of the experiment that do not fit, each with the change that fixes it. `dataset`: the bytes of the file of
/// its data set, where it has one.
#[wasm_bindgen]
pub fn advice(
    experiment: &Ts<ExperimentInput>,
    dataset: Option<Vec<u8>>,
) -> Answer<Vec<Ts<Advice>>> {
    let text = experiment_text(experiment)?;
    let found = doctor::of_text(&text, dataset.map(Bytes::new).as_ref()).into_iter();
    found.map(|advice| to_js(&Advice::new(advice))).collect()
}

#[wasm_bindgen]
impl Run {
    /// The Keras script of this experiment.
    pub fn keras_code(&self) -> String {
        self.0.keras_code()
    }

    /// Trains on the next batch and returns everything that this computed.
    pub fn trace(&mut self) -> Answer<Ts<Trace>> {
        let batch = self.0.next_batch();
        let trace = self.0.trace();
        let names = self.0.trainer().optimizer().names();
        let slots = trace.slots.iter().enumerate();
        let slots = slots.map(|(i, (before, after))| SlotTrace {
            name: names.get(i).copied().unwrap_or("memory").to_string(),
            before: floats(before),
            after: floats(after),
        });
        to_js(&Trace {
            rows: Uint32Array::from(&trace.rows[..]),
            x: floats(&batch.x.all()),
            t: floats(&batch.t),
            loss: trace.loss,
            terms: floats(&trace.terms),
            at_logits: trace.at_logits,
            cost: terms::cost(&trace.cost),
            layers: terms::values(&trace.layers),
            inner: trace.inner.iter().map(|v| terms::values(v)).collect(),
            gradients: floats(&trace.gradients),
            before: floats(&trace.before),
            after: floats(&trace.after),
            slots: slots.collect(),
            rule: trace.rule.as_ref().map(Program::new),
            rule_slots: trace.rule_slots,
            learning_rate: trace.learning_rate,
            update: trace.update,
        })
    }

    /// The loss of the next batch with weight `at` (in the order of `get_weights()`) moved by about `h` in both
    /// directions: h as the rounded weights have it, L(w + h), L(w - h), and the slope between them. Empty where no
    /// optimizer moves that weight, or the run is over. Changes nothing.
    pub fn difference(&mut self, at: usize, h: f32) -> Vec<f64> {
        self.0.difference(at, h).map_or_else(Vec::new, |d| {
            vec![d.h, d.above.into(), d.below.into(), d.slope()]
        })
    }

    /// The best epoch by the losses of all epochs, and the epoch after which EarlyStopping with this patience would
    /// have stopped; counted from 1, 0 where there is none. `validation`: they are losses of the validation data.
    pub fn would_stop(&self, losses: &[f64], validation: bool, patience: usize) -> Vec<usize> {
        let (best, stop) = self.0.would_stop(losses, validation, patience);
        vec![best.unwrap_or(0), stop.unwrap_or(0)]
    }

    /// The loss over all training rows with other weights. Changes nothing.
    pub fn loss_with(&mut self, weights: &[f32]) -> f64 {
        self.0.loss_with(weights)
    }
}

pub(super) fn floats(values: &[f32]) -> Float32Array {
    Float32Array::from(values)
}
