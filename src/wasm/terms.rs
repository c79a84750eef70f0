//! The terms of layers and the programs of rules, as the page reads them.

use super::glass::{floats, object};
use super::run::Run;
use super::to_js;
use crate::layers::{Factor, Stage, StageValues};
use crate::numerics::record::{Op, Program};
use crate::run::trace::LossTrace;
use js_sys::{Array, Int32Array};
use serde_json::{Value as Json, json};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &'static str = r"
/** A rule that was written down: each node is an input, a value or an operation on earlier nodes. */
export type Program = {
  nodes: { input: number | null, value: number | null, call: string | null, of: number[], symbol: string }[],
  results: number[],
};
/** The numbers of a layer, or of an intermediate value of it, and the numbers that each is made of. */
export type Stage = {
  name: string,
  shape: number[],
  channels: number,
  groups: number,
  parts: { name: string, shape: number[] }[],
  /** Places among the layer's inputs and then its stages' numbers: `[positions, groups, terms]`; -1: padding. */
  inputs: Int32Array,
  factor: 'weight' | 'one' | 'mean' | 'first largest' | 'largest' | 'kept' | 'expression',
  /** Of channel 0, among the layer's parameters. */
  weights: number[],
  bias: number | null,
  activation: string | null,
  program: Program | null,
};
/** What a stage computed for the rows of a batch. */
export type StageValues = {
  z: Float32Array, a: Float32Array, delta: Float32Array, slope: Float32Array, factors: Float32Array,
};
/** What the loss computed for the rows of a batch, output by output. */
export type Cost = {
  y: Float32Array, p: Float32Array, slopes: Float32Array, width: number,
  term: Program | null, logit_term: Program | null, is_mean: boolean,
};
";

#[wasm_bindgen]
impl Run {
    /// How the numbers of each layer are made of its inputs; an empty list for a layer that is shown as a whole.
    #[wasm_bindgen(unchecked_return_type = "Stage[][]")]
    pub fn terms(&self) -> Array {
        let layers = 0..self.0.model().layers().count();
        layers
            .map(|i| self.0.terms(i).iter().map(stage).collect::<Array>())
            .collect()
    }
}

/// The numbers of a stage, in JavaScript.
pub(super) fn values(values: &StageValues) -> JsValue {
    object(&[
        ("z", floats(&values.z)),
        ("a", floats(&values.a)),
        ("delta", floats(&values.delta)),
        ("slope", floats(&values.slope)),
        ("factors", floats(&values.factors)),
    ])
}

fn stage(stage: &Stage) -> JsValue {
    let (factor, weights, bias, written) = match &stage.factor {
        Factor::Weight { weights, bias } => ("weight", &weights[..], *bias, None),
        Factor::One => ("one", &[][..], None, None),
        Factor::Mean => ("mean", &[][..], None, None),
        Factor::FirstLargest => ("first largest", &[][..], None, None),
        Factor::Largest => ("largest", &[][..], None, None),
        Factor::Kept => ("kept", &[][..], None, None),
        Factor::Expression(written) => ("expression", &[][..], None, Some(written)),
    };
    let parts = stage.parts.iter();
    let parts: Vec<Json> = parts
        .map(|part| json!({"name": part.name, "shape": part.shape}))
        .collect();
    let answer = to_js(
        &json!({"name": stage.name, "shape": stage.shape, "channels": stage.channels, "groups": stage.groups, "parts": parts, "factor": factor, "weights": weights, "bias": bias, "activation": stage.activation, "program": written.map(program)}),
    );
    let inputs = Int32Array::from(&stage.inputs[..]);
    // Setting a field of a fresh object cannot fail.
    let _ = js_sys::Reflect::set(&answer, &"inputs".into(), &inputs);
    answer
}

/// A program as JSON.
pub(super) fn program(program: &Program) -> Json {
    let nodes = program.nodes.iter().map(|node| {
        let (mut input, mut value, mut call) = (None, None, None);
        match node.op {
            Op::Input(i) => input = Some(i),
            Op::Value(number) => value = Some(number),
            Op::Call(name) => call = Some(name),
        }
        json!({"input": input, "value": value, "call": call, "of": node.of, "symbol": node.symbol})
    });
    json!({"nodes": nodes.collect::<Vec<Json>>(), "results": program.results})
}

/// What the loss computed, in JavaScript.
pub(super) fn cost(cost: &LossTrace) -> JsValue {
    let written = |written: &Option<Program>| to_js(&written.as_ref().map(program).into());
    object(&[
        ("y", floats(&cost.y)),
        ("p", floats(&cost.p)),
        ("slopes", floats(&cost.slopes)),
        ("width", (cost.width as f64).into()),
        ("term", written(&cost.term)),
        ("logit_term", written(&cost.logit_term)),
        ("is_mean", cost.is_mean.into()),
    ])
}
