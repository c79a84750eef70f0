//! The API of the inspector: traces, numerical differences, advice.

use super::run::Run;
use super::{terms, to_js};
use crate::doctor::{self, Advice};
use crate::layers::StageValues;
use js_sys::{Array, Float32Array, Object, Reflect, Uint32Array};
use wasm_bindgen::prelude::*;

/// What in the experiment does not fit, with the change that mends it: places, reasons, and the texts of
/// the mended experiments. `dataset`: the bytes of the set's file, where it has one.
#[wasm_bindgen(
    unchecked_return_type = "{ place: string, message: string, change: string, text: string }[]"
)]
pub fn advice(text: &str, dataset: Option<Vec<u8>>) -> JsValue {
    let found = doctor::of_text(text, dataset.as_deref());
    to_js(&found.iter().map(Advice::to_json).collect())
}

#[wasm_bindgen]
impl Run {
    /// The Keras script of this experiment.
    pub fn keras_code(&self) -> String {
        self.0.keras_code()
    }

    /// Trains on the next batch and gives all that this computed; see `Trace` in the docs of the crate.
    #[wasm_bindgen(
        unchecked_return_type = "{ rows: Uint32Array, x: Float32Array, t: Float32Array, loss: number, cost: Cost, terms: Float32Array, at_logits: boolean, layers: StageValues[], inner: StageValues[][], gradients: Float32Array, before: Float32Array, after: Float32Array, slots: { name: string, before: Float32Array, after: Float32Array }[], rule: Program | null, rule_slots: number, learning_rate: number, update: number }"
    )]
    pub fn trace(&mut self) -> JsValue {
        let batch = self.0.next_batch();
        let trace = self.0.trace();
        let stages = |values: &[StageValues]| -> JsValue {
            values.iter().map(terms::values).collect::<Array>().into()
        };
        let inner = trace.inner.iter().map(|values| stages(values));
        let names = self.0.trainer().optimizer().names();
        let slots = trace.slots.iter().enumerate().map(|(i, (before, after))| {
            let name = names.get(i).copied().unwrap_or("memory");
            object(&[
                ("name", name.into()),
                ("before", floats(before)),
                ("after", floats(after)),
            ])
        });
        object(&[
            ("rows", Uint32Array::from(&trace.rows[..]).into()),
            ("x", floats(&batch.x)),
            ("t", floats(&batch.t)),
            ("loss", trace.loss.into()),
            ("cost", terms::cost(&trace.cost)),
            ("terms", floats(&trace.terms)),
            ("at_logits", trace.at_logits.into()),
            ("layers", stages(&trace.layers)),
            ("inner", inner.collect::<Array>().into()),
            ("gradients", floats(&trace.gradients)),
            ("before", floats(&trace.before)),
            ("after", floats(&trace.after)),
            ("slots", slots.collect::<Array>().into()),
            (
                "rule",
                to_js(&trace.rule.as_ref().map(terms::program).into()),
            ),
            ("rule_slots", (trace.rule_slots as f64).into()),
            ("learning_rate", trace.learning_rate.into()),
            ("update", (trace.update as f64).into()),
        ])
    }

    /// The loss of the next batch with weight `at` (in the order of `get_weights()`) moved by about `h` to either
    /// side: h as the rounded weights have it, L(w + h), L(w - h), and the slope between them. Empty where no
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

    /// The loss over all rows that are trained on, with other weights. Changes nothing.
    pub fn loss_with(&mut self, weights: &[f32]) -> f64 {
        self.0.loss_with(weights)
    }
}

pub(super) fn floats(values: &[f32]) -> JsValue {
    Float32Array::from(values).into()
}

pub(super) fn object(fields: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (key, value) in fields {
        // Setting a field of a fresh object cannot fail.
        let _ = Reflect::set(&object, &(*key).into(), value);
    }
    object.into()
}
