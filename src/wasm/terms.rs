//! The terms of layers and the programs of rules, as they cross to JavaScript.

use super::glass::floats;
use crate::layers::{self, Factor};
use crate::numerics::record::{self, Op};
use crate::run::trace::LossTrace;
use js_sys::{Float32Array, Int32Array};
use serde::Serialize;
use tsify::Tsify;

/// A step of a program: an input, a value or an operation on earlier nodes.
#[derive(Serialize, Tsify)]
#[tsify(missing_as_null)]
pub struct Node {
    input: Option<usize>,
    value: Option<f32>,
    call: Option<String>,
    of: Vec<usize>,
    /// Empty for a node without a name.
    symbol: String,
}

/// A rule that was written down; `results` are the nodes that come out.
#[derive(Serialize, Tsify)]
pub struct Program {
    nodes: Vec<Node>,
    results: Vec<usize>,
}

impl Program {
    pub fn new(program: &record::Program) -> Self {
        let nodes = program.nodes.iter().map(|node| {
            let (mut input, mut value, mut call) = (None, None, None);
            match node.op {
                Op::Input(i) => input = Some(i),
                Op::Value(number) => value = Some(number),
                Op::Call(name) => call = Some(name.to_string()),
            }
            Node {
                input,
                value,
                call,
                of: node.of.clone(),
                symbol: node.symbol.to_string(),
            }
        });
        Program {
            nodes: nodes.collect(),
            results: program.results.clone(),
        }
    }
}

/// What stands before the number that a term takes; see `layers::terms::Factor`.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "lowercase")]
pub enum FactorName {
    Weight,
    One,
    Mean,
    #[serde(rename = "first largest")]
    FirstLargest,
    Largest,
    Kept,
    Expression,
}

/// Terms of one kind.
#[derive(Serialize, Tsify)]
pub struct Part {
    name: String,
    shape: Vec<usize>,
}

/// The numbers of a layer, or of an intermediate value of it, and the numbers that each is made of.
#[derive(Serialize, Tsify)]
#[tsify(missing_as_null)]
pub struct Stage {
    /// Empty for the output.
    name: String,
    shape: Vec<usize>,
    channels: usize,
    groups: usize,
    parts: Vec<Part>,
    /// Places among the inputs of the layer and then the numbers of its stages: `[positions, groups, terms]`; -1:
    /// padding.
    #[serde(with = "serde_wasm_bindgen::preserve")]
    #[tsify(type = "Int32Array")]
    inputs: Int32Array,
    factor: FactorName,
    /// The weight of each term of channel 0, as a place among the parameters of the layer.
    weights: Vec<usize>,
    bias: Option<usize>,
    activation: Option<String>,
    /// The expression of its terms, for the factor "expression".
    program: Option<Program>,
}

impl Stage {
    pub fn new(stage: &layers::Stage) -> Self {
        let (mut places, mut offset, mut program) = (Vec::new(), None, None);
        let factor = match &stage.factor {
            Factor::Weight { weights, bias } => {
                (places, offset) = (weights.clone(), *bias);
                FactorName::Weight
            }
            Factor::One => FactorName::One,
            Factor::Mean => FactorName::Mean,
            Factor::FirstLargest => FactorName::FirstLargest,
            Factor::Largest => FactorName::Largest,
            Factor::Kept => FactorName::Kept,
            Factor::Expression(written) => {
                program = Some(Program::new(written));
                FactorName::Expression
            }
        };
        let parts = stage.parts.iter().map(|part| Part {
            name: part.name.to_string(),
            shape: part.shape.clone(),
        });
        Stage {
            name: stage.name.to_string(),
            shape: stage.shape.clone(),
            channels: stage.channels,
            groups: stage.groups,
            parts: parts.collect(),
            inputs: Int32Array::from(&stage.inputs[..]),
            factor,
            weights: places,
            bias: offset,
            activation: stage.activation.map(str::to_string),
            program,
        }
    }
}

/// What a stage computed for the rows of a batch; see `layers::terms::StageValues`.
#[derive(Serialize, Tsify)]
pub struct StageValues {
    #[serde(with = "serde_wasm_bindgen::preserve")]
    #[tsify(type = "Float32Array")]
    z: Float32Array,
    #[serde(with = "serde_wasm_bindgen::preserve")]
    #[tsify(type = "Float32Array")]
    a: Float32Array,
    #[serde(with = "serde_wasm_bindgen::preserve")]
    #[tsify(type = "Float32Array")]
    delta: Float32Array,
    #[serde(with = "serde_wasm_bindgen::preserve")]
    #[tsify(type = "Float32Array")]
    slope: Float32Array,
    #[serde(with = "serde_wasm_bindgen::preserve")]
    #[tsify(type = "Float32Array")]
    factors: Float32Array,
}

/// The values of stages, in JavaScript.
pub fn values(stages: &[layers::StageValues]) -> Vec<StageValues> {
    let stages = stages.iter().map(|values| StageValues {
        z: floats(&values.z),
        a: floats(&values.a),
        delta: floats(&values.delta),
        slope: floats(&values.slope),
        factors: floats(&values.factors),
    });
    stages.collect()
}

/// What the loss computed for the rows of a batch, output by output; see `run::trace::LossTrace`.
#[derive(Serialize, Tsify)]
#[tsify(missing_as_null)]
pub struct Cost {
    #[serde(with = "serde_wasm_bindgen::preserve")]
    #[tsify(type = "Float32Array")]
    y: Float32Array,
    #[serde(with = "serde_wasm_bindgen::preserve")]
    #[tsify(type = "Float32Array")]
    p: Float32Array,
    #[serde(with = "serde_wasm_bindgen::preserve")]
    #[tsify(type = "Float32Array")]
    slopes: Float32Array,
    width: usize,
    term: Option<Program>,
    logit_term: Option<Program>,
    is_mean: bool,
}

/// What the loss computed, in JavaScript.
pub fn cost(cost: &LossTrace) -> Cost {
    Cost {
        y: floats(&cost.y),
        p: floats(&cost.p),
        slopes: floats(&cost.slopes),
        width: cost.width,
        term: cost.term.as_ref().map(Program::new),
        logit_term: cost.logit_term.as_ref().map(Program::new),
        is_mean: cost.is_mean,
    }
}
