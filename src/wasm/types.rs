//! The values that cross to JavaScript: each one struct, whose TypeScript type is derived from it.

use super::terms::{Cost, Program, Stage, StageValues};
use crate::training::callbacks::{CallbackAction, Event};
use crate::training::trainer::MetricValue;
use crate::{doctor, keras, run};
use js_sys::{Float32Array, Float64Array, Uint32Array};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value as Json};
use tsify::Tsify;
use wasm_bindgen::prelude::*;

/// Numbers of the caller, which were checked to be a `Float32Array`.
pub fn floats<'de, D: Deserializer<'de>>(from: D) -> Result<Float32Array, D::Error> {
    let value: JsValue = serde_wasm_bindgen::preserve::deserialize(from)?;
    value
        .dyn_into()
        .map_err(|_| D::Error::custom("must be a Float32Array."))
}

/// A class with its options, in Keras' words.
#[derive(Serialize, Deserialize, Tsify)]
#[serde(deny_unknown_fields)]
pub struct ClassConfig {
    class_name: String,
    #[tsify(type = "Record<string, any>")]
    config: Map<String, Json>,
    /// Name of a layer of a Functional model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// Layers that a layer of a Functional model takes, as Keras writes them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[tsify(type = "unknown[]")]
    inbound_nodes: Option<Json>,
}

/// The name of a class alone, or with its options.
#[derive(Serialize, Deserialize, Tsify)]
#[serde(untagged)]
pub enum NamedClass {
    Name(String),
    Class(ClassConfig),
}

#[derive(Serialize, Deserialize, Tsify)]
pub enum ModelClass {
    Sequential,
    Functional,
}

#[derive(Serialize, Deserialize, Tsify)]
#[serde(deny_unknown_fields)]
pub struct ModelLayers {
    layers: Vec<ClassConfig>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[tsify(type = "unknown[]")]
    input_layers: Option<Json>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[tsify(type = "unknown[]")]
    output_layers: Option<Json>,
}

#[derive(Serialize, Deserialize, Tsify)]
#[serde(deny_unknown_fields)]
pub struct Model {
    class_name: ModelClass,
    config: ModelLayers,
}

#[derive(Serialize, Deserialize, Tsify)]
#[serde(deny_unknown_fields)]
pub struct Compile {
    optimizer: ClassConfig,
    loss: ClassConfig,
    metrics: Vec<NamedClass>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    weighted_metrics: Option<Vec<NamedClass>>,
}

/// Weights that are set by hand: the path of their array, the first place in it, and the values from there on.
#[derive(Serialize, Deserialize, Tsify)]
#[serde(deny_unknown_fields)]
pub struct WeightEdit {
    path: String,
    at: usize,
    values: Vec<f64>,
}

/// The moment that a run starts from, in place of the seed's initial weights.
#[derive(Serialize, Deserialize, Tsify)]
#[serde(deny_unknown_fields)]
pub struct Start {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    experiment: Option<Box<Experiment>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    step: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    weights: Option<Vec<WeightEdit>>,
}

/// An experiment as plain data. Its canonical text is this as JSON.
#[derive(Serialize, Deserialize, Tsify)]
#[serde(deny_unknown_fields)]
#[tsify(missing_as_null, hashmap_as_object)]
pub struct Experiment {
    data: ClassConfig,
    model: Model,
    compile: Compile,
    /// Arguments of `fit`.
    #[tsify(type = "Record<string, any>")]
    fit: Map<String, Json>,
    seed: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    start: Option<Start>,
}

/// What the targets of a run ask for.
#[derive(Serialize, Tsify)]
#[serde(remote = "run::Task", rename_all = "lowercase")]
pub enum TaskName {
    Binary,
    Multiclass,
    Regression,
}

/// What a callback did: set a learning rate, ended the run at a number that is not finite, reduced the learning rate,
/// kept the best model, stopped the run, restored the best weights.
#[derive(Serialize, Tsify)]
#[serde(remote = "CallbackAction", rename_all = "lowercase")]
pub enum ActionName {
    Scheduled,
    Terminated,
    Reduced,
    Kept,
    Stopped,
    Restored,
}

/// Position of one array of weights in the list of all weights.
#[derive(Serialize, Tsify)]
pub struct ParamInfo {
    pub name: String,
    pub path: String,
    pub shape: Vec<usize>,
    pub trainable: bool,
    pub at: usize,
    pub length: usize,
}

/// One layer of a built model: the position of its outputs and weights in a frame.
#[derive(Serialize, Tsify)]
#[tsify(missing_as_null)]
pub struct LayerInfo {
    pub name: String,
    pub class_name: String,
    pub activation: Option<String>,
    pub output_shape: Vec<usize>,
    /// Indices of the layers whose outputs it takes; -1: the input of the model.
    pub inputs: Vec<i32>,
    pub n_params: usize,
    pub at: usize,
    pub length: usize,
    pub params: Vec<ParamInfo>,
    /// How its numbers are made of its inputs; empty for a layer that is shown as a whole.
    pub stages: Vec<Stage>,
}

#[derive(Serialize, Tsify)]
pub struct ImageSize {
    pub height: usize,
    pub width: usize,
}

#[derive(Serialize, Tsify)]
#[tsify(missing_as_null)]
pub struct DataInfo {
    pub title: String,
    pub image: Option<ImageSize>,
    /// x0, x1, y0, y1 of points of a plane, or of one input and its target.
    #[tsify(type = "number[] | null")]
    pub bounds: Option<[f32; 4]>,
    pub feature_names: Vec<String>,
    pub class_names: Vec<String>,
    /// Inputs that are bytes are divided by it.
    pub scale: f32,
}

/// What was built for an experiment: shapes, sizes, names.
#[derive(Serialize, Tsify)]
#[tsify(missing_as_null)]
pub struct RunInfo {
    pub input_shape: Vec<usize>,
    pub n_outputs: usize,
    pub n_weights: usize,
    pub n_activations: usize,
    pub n_train: usize,
    pub n_validation: usize,
    pub n_test: usize,
    pub n_batches: usize,
    /// Batches of the parent run before this one started.
    pub first_step: u64,
    /// Epoch that training starts with, counted from 0.
    pub first_epoch: usize,
    pub epochs: usize,
    #[serde(with = "TaskName")]
    #[tsify(type = "TaskName")]
    pub task: run::Task,
    pub outputs_are_logits: bool,
    pub log_names: Vec<String>,
    /// How many numbers Keras logs under each name; of several the page shows the mean.
    pub log_counts: Vec<usize>,
    pub layers: Vec<LayerInfo>,
    pub data: DataInfo,
}

/// An action of a callback, in an epoch counted from 0.
#[derive(Serialize, Tsify)]
#[tsify(missing_as_null)]
pub struct CallbackEvent {
    epoch: usize,
    #[serde(with = "ActionName")]
    #[tsify(type = "ActionName")]
    action: CallbackAction,
    /// The monitored value where it kept the best weights so far; the best epoch where it stopped the run or restored
    /// weights.
    value: f64,
    monitor: String,
    /// The line that Keras prints of it.
    line: Option<String>,
}

impl CallbackEvent {
    pub fn new(event: &Event, monitor: String) -> Self {
        CallbackEvent {
            epoch: event.epoch,
            action: event.action,
            value: event.value,
            monitor,
            line: keras::text::event_line(event),
        }
    }
}

/// Logged numbers of finished epochs.
#[derive(Serialize, Tsify)]
pub struct EpochRows {
    /// Number of kept rows before these.
    pub from: usize,
    /// Numbers of the epochs, counted from 1.
    #[serde(with = "serde_wasm_bindgen::preserve")]
    #[tsify(type = "Uint32Array")]
    pub at: Uint32Array,
    /// A row of `log_names` for each: of a list of `log_counts` numbers their mean; NaN where nothing was logged.
    #[serde(with = "serde_wasm_bindgen::preserve")]
    #[tsify(type = "Float64Array")]
    pub rows: Float64Array,
}

/// Losses of batches.
#[derive(Serialize, Tsify)]
pub struct BatchLosses {
    /// Number of kept losses before these.
    pub from: usize,
    /// Numbers of the batches, counted from 1.
    #[serde(with = "serde_wasm_bindgen::preserve")]
    #[tsify(type = "Uint32Array")]
    pub at: Uint32Array,
    #[serde(with = "serde_wasm_bindgen::preserve")]
    #[tsify(type = "Float32Array")]
    pub losses: Float32Array,
}

/// The file of a CSVLogger.
#[derive(Serialize, Tsify)]
pub struct CsvFile {
    pub filename: String,
    pub text: String,
}

/// A setting that does not fit although the experiment runs, or a change after which a refused experiment runs.
#[derive(Serialize, Tsify)]
#[tsify(missing_as_null, hashmap_as_object)]
pub struct Advice {
    /// Path to the setting.
    path: String,
    /// Why it does not fit; empty where an error says so.
    message: String,
    /// What the change does, for a button.
    change: String,
    /// The experiment after the change.
    #[tsify(type = "Experiment")]
    experiment: Json,
}

impl Advice {
    pub fn new(advice: doctor::Advice) -> Self {
        Advice {
            experiment: serde_json::from_str(&advice.text).unwrap_or_default(),
            path: advice.path,
            message: advice.message,
            change: advice.change,
        }
    }
}

/// A drawing and each step of its way to the input of the network.
#[derive(Serialize, Tsify)]
pub struct Prepared {
    /// top, left, bottom, right
    #[tsify(type = "number[]")]
    pub r#box: [usize; 4],
    #[serde(with = "serde_wasm_bindgen::preserve")]
    #[tsify(type = "Float32Array")]
    pub crop: Float32Array,
    pub crop_height: usize,
    pub crop_width: usize,
    #[serde(with = "serde_wasm_bindgen::preserve")]
    #[tsify(type = "Float32Array")]
    pub input: Float32Array,
    pub empty: bool,
}

/// What the optimizer stores of each weight, before and after a step.
#[derive(Serialize, Tsify)]
pub struct SlotTrace {
    pub name: String,
    #[serde(with = "serde_wasm_bindgen::preserve")]
    #[tsify(type = "Float32Array")]
    pub before: Float32Array,
    #[serde(with = "serde_wasm_bindgen::preserve")]
    #[tsify(type = "Float32Array")]
    pub after: Float32Array,
}

/// Everything that one step computed; see `run::trace::Trace`.
#[derive(Serialize, Tsify)]
#[tsify(missing_as_null)]
pub struct Trace {
    #[serde(with = "serde_wasm_bindgen::preserve")]
    #[tsify(type = "Uint32Array")]
    pub rows: Uint32Array,
    #[serde(with = "serde_wasm_bindgen::preserve")]
    #[tsify(type = "Float32Array")]
    pub x: Float32Array,
    #[serde(with = "serde_wasm_bindgen::preserve")]
    #[tsify(type = "Float32Array")]
    pub t: Float32Array,
    pub loss: f32,
    pub cost: Cost,
    #[serde(with = "serde_wasm_bindgen::preserve")]
    #[tsify(type = "Float32Array")]
    pub terms: Float32Array,
    pub at_logits: bool,
    pub layers: Vec<StageValues>,
    /// The intermediate values of each layer.
    pub inner: Vec<Vec<StageValues>>,
    #[serde(with = "serde_wasm_bindgen::preserve")]
    #[tsify(type = "Float32Array")]
    pub gradients: Float32Array,
    #[serde(with = "serde_wasm_bindgen::preserve")]
    #[tsify(type = "Float32Array")]
    pub before: Float32Array,
    #[serde(with = "serde_wasm_bindgen::preserve")]
    #[tsify(type = "Float32Array")]
    pub after: Float32Array,
    pub slots: Vec<SlotTrace>,
    /// The rule of one weight: its inputs are w, g and the slots from `rule_slots` on, its results w and those slots.
    pub rule: Option<Program>,
    pub rule_slots: usize,
    pub learning_rate: f32,
    pub update: u64,
}

/// A value of a metric; a list where the metric has a number per class, threshold or output.
#[derive(Serialize, Tsify)]
#[serde(untagged)]
pub enum Metric {
    Number(f64),
    List(Vec<f64>),
}

impl Metric {
    pub fn new(value: &MetricValue) -> Self {
        match value {
            MetricValue::Number(number) => Metric::Number(*number),
            MetricValue::List(list) => Metric::List(list.clone()),
        }
    }
}

/// The loss, then the metrics.
#[derive(Serialize, Tsify)]
pub struct Metrics(pub Vec<Metric>);

/// Keras' `History.history`: for each name, in the order of the log, the values of the epochs that logged it.
#[derive(Tsify)]
#[tsify(type = "Record<string, Metric[]>", hashmap_as_object)]
pub struct History(pub Vec<(String, Vec<Metric>)>);

impl Serialize for History {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.0.iter().map(|(name, values)| (name, values)))
    }
}

/// Arrays beside the arguments of `fit`.
#[derive(Default, Deserialize, Tsify)]
pub struct FitArrays {
    /// Rows to measure on: inputs, targets and, where they are given, weights.
    #[serde(default)]
    #[tsify(type = "[x: Float32Array, y: Float32Array, sample_weight?: Float32Array] | null")]
    pub validation_data: Option<Vec<Floats>>,
    /// A weight per example; where the model has an output for each step, per example and step.
    #[serde(default)]
    #[tsify(type = "Float32Array | null")]
    pub sample_weight: Option<Floats>,
}

/// An array that the caller provides to be filled.
#[derive(Deserialize)]
#[serde(transparent)]
pub struct Floats(#[serde(deserialize_with = "floats")] pub Float32Array);

/// Types of what is read as plain data (`plain.rs`), so that each error has its path and the sentence of the core.
pub mod input {
    #![allow(dead_code, reason = "only their TypeScript types are used")]

    use super::*;

    /// An experiment, or its text.
    #[derive(Tsify)]
    #[serde(untagged)]
    pub enum ExperimentInput {
        Text(String),
        Data(Box<Experiment>),
    }

    /// A set of rows of the data.
    #[derive(Tsify)]
    #[serde(rename_all = "lowercase")]
    pub enum SetName {
        Train,
        Validation,
        Test,
    }

    /// Config of a Keras model (`get_config()` or `to_json()`), or its text.
    #[derive(Tsify)]
    #[serde(untagged)]
    pub enum ModelInput {
        Text(String),
        Data(#[tsify(type = "object")] Json),
    }

    /// Arguments of `compile`.
    #[derive(Tsify)]
    pub struct CompileOptions {
        loss: NamedClass,
        #[tsify(optional)]
        optimizer: Option<NamedClass>,
        #[tsify(optional)]
        metrics: Option<Vec<NamedClass>>,
        #[tsify(optional)]
        weighted_metrics: Option<Vec<NamedClass>>,
    }

    /// Arguments of `fit`.
    #[derive(Tsify)]
    pub struct FitOptions {
        #[serde(flatten)]
        arrays: FitArrays,
        #[serde(flatten)]
        #[tsify(type = "Record<string, any>")]
        arguments: Map<String, Json>,
    }
}
