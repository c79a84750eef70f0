//! `Run`: a run of an experiment, as the worker of the page drives it.

use super::terms::Stage;
use super::types::input::{ExperimentInput, SetName};
use super::types::{
    BatchLosses, CallbackEvent, ClassConfig, CsvFile, DataInfo, EpochRows, Experiment, ImageSize,
    LayerInfo, ParamInfo, RunInfo,
};
use super::{Answer, now, plain, thrown, to_js};
use crate::data;
use crate::experiment;
use crate::kernels::inputs::{Bytes, InputRows};
use crate::layers::size;
use crate::model::Sequential as Model;
use crate::model::config::{ModelConfig, Source};
use crate::options::ConfigObject;
use crate::options::error::ConfigError;
use crate::run::{Run as Core, Set};
use crate::training::callbacks::Event;
use crate::training::fit::Options;
use crate::training::trainer::MetricValue;
use js_sys::{Float32Array, Float64Array, Uint8Array, Uint32Array};
use serde_json::Value as Json;
use tsify::Ts;
use wasm_bindgen::prelude::*;

/// The text of an experiment that is given as text or as plain data.
pub(super) fn experiment_text(input: &Ts<ExperimentInput>) -> Answer<String> {
    let value = input.js_value();
    match value.as_string() {
        Some(text) => Ok(text),
        None => Ok(plain::read(&value, "")?.to_string()),
    }
}

pub(super) fn read_experiment(input: &Ts<ExperimentInput>) -> Answer<experiment::Experiment> {
    experiment::Experiment::read(&experiment_text(input)?).map_err(thrown)
}

/// File that the data set of an experiment is stored in, if any: its name in `data/`, or `own/` and the hash of the user's
/// own rows; also of an experiment that has errors elsewhere.
#[wasm_bindgen]
pub fn data_file(input: &Ts<ExperimentInput>) -> Answer<Option<String>> {
    let json: Json = serde_json::from_str(&experiment_text(input)?).unwrap_or_default();
    let config = ConfigObject::read(&data::REGISTRY, &json["data"]).ok();
    Ok(config.and_then(|config| data::file_of(&config)))
}

/// The data of an experiment with these rows: the bytes of a data file (`src/data/own.rs` has its layout).
#[wasm_bindgen]
pub fn own_data(file: Vec<u8>) -> Answer<Ts<ClassConfig>> {
    let config = data::own_data(&Bytes::new(file)).map_err(|error| thrown(error.at("data")))?;
    js_sys::JSON::parse(&config.to_json().to_string()).map(Ts::new_unchecked)
}

/// A run of an experiment.
#[wasm_bindgen]
pub struct Run(pub(super) Core);

#[wasm_bindgen]
impl Run {
    /// Builds the run. `dataset`: the inflated bytes of the file of its data set (see `data_file`), where it has one.
    #[wasm_bindgen(constructor)]
    pub fn new(experiment: &Ts<ExperimentInput>, dataset: Option<Vec<u8>>) -> Answer<Run> {
        let experiment = read_experiment(experiment)?;
        Core::new(experiment, dataset.map(Bytes::new).as_ref())
            .map(Run)
            .map_err(thrown)
    }

    /// The canonical text of the experiment.
    pub fn text(&self) -> String {
        self.0.experiment().text()
    }

    /// The experiment as plain data: the same as `JSON.parse(text())`.
    pub fn experiment(&self) -> Answer<Ts<Experiment>> {
        js_sys::JSON::parse(&self.text()).map(Ts::new_unchecked)
    }

    /// `model.summary()`.
    pub fn summary(&self) -> String {
        self.0.summary()
    }

    /// What does not change while it runs: shapes, sizes, names, and the positions of the layers in the arrays.
    pub fn info(&self) -> Answer<Ts<RunInfo>> {
        let run = &self.0;
        let (model, fit, data) = (run.model(), run.fit(), run.dataset());
        let n_rows = |set| run.rows(set).0.len() / model.n_inputs();
        let image = data.image;
        to_js(&RunInfo {
            input_shape: model.input_shape().clone(),
            n_outputs: model.n_outputs(),
            n_weights: model.n_parameters(),
            n_activations: run.n_activations(),
            n_train: n_rows(Set::Train),
            n_validation: n_rows(Set::Validation),
            n_test: n_rows(Set::Test),
            n_batches: fit.n_batches(),
            first_step: run.experiment().start.as_ref().map_or(0, |s| s.step),
            first_epoch: fit.first_epoch(),
            epochs: fit.epochs(),
            task: run.task(),
            outputs_are_logits: run.outputs_are_logits(),
            log_names: fit.names().to_vec(),
            log_counts: fit.counts().collect(),
            layers: layers_of(model, &run.experiment().model),
            data: DataInfo {
                title: data.title.to_string(),
                image: image.map(|(height, width)| ImageSize { height, width }),
                bounds: data.bounds,
                feature_names: data.feature_names.clone(),
                class_names: data.class_names.clone(),
                scale: match run.rows(Set::Train).0 {
                    InputRows::Floats(_) => 1.0,
                    InputRows::Bytes { scale, .. } => *scale,
                },
            },
        })
    }

    /// A copy of a set's inputs: `[n, inputs]`, numbers or bytes, which are divided by `info().data.scale`.
    #[wasm_bindgen(unchecked_return_type = "Float32Array | Uint8Array")]
    pub fn inputs(&self, set: &Ts<SetName>) -> Answer<JsValue> {
        Ok(match self.0.rows(read_set(set)?).0 {
            InputRows::Floats(numbers) => Float32Array::from(&numbers[..]).into(),
            bytes => Uint8Array::from(bytes.bytes()).into(),
        })
    }

    /// A copy of a set's targets: one class number or value per row.
    pub fn targets(&self, set: &Ts<SetName>) -> Answer<Float32Array> {
        Ok(Float32Array::from(&self.0.labels(read_set(set)?)[..]))
    }

    /// Trains on the next batch. The number of batches done: 1, or 0 at the end.
    pub fn step(&mut self) -> u32 {
        let from = self.0.steps();
        self.0.step();
        (self.0.steps() - from) as u32
    }

    /// Trains to the end of this epoch. The number of batches done.
    pub fn epoch(&mut self) -> u32 {
        self.0.epoch() as u32
    }

    /// Trains for `ms` milliseconds, at least one batch. The number of batches done.
    pub fn run(&mut self, ms: f64) -> u32 {
        let (from, end) = (self.0.steps(), now() + ms);
        loop {
            self.0.step();
            if self.0.fit().done() || now() >= end {
                return (self.0.steps() - from) as u32;
            }
        }
    }

    /// Whether all epochs are over, or the run has diverged.
    #[wasm_bindgen(getter)]
    pub fn done(&self) -> bool {
        self.0.fit().done()
    }

    /// Epochs finished.
    #[wasm_bindgen(getter)]
    pub fn epochs_done(&self) -> u32 {
        self.0.fit().epochs_done() as u32
    }

    /// Batches done in the epoch that is going on.
    #[wasm_bindgen(getter)]
    pub fn batch(&self) -> u32 {
        self.0.fit().batch() as u32
    }

    /// Batches done in all.
    #[wasm_bindgen(getter)]
    pub fn steps(&self) -> u32 {
        self.0.steps() as u32
    }

    /// Why the run stopped before its end, and what to do.
    pub fn trouble(&self) -> Option<String> {
        self.0.trouble()
    }

    /// The rows that have changed since `n` epochs were finished. Each of the first 10,000 epochs is kept, and some of
    /// more.
    pub fn epochs_since(&self, n: usize) -> Answer<Ts<EpochRows>> {
        let fit = self.0.fit();
        let kept = fit.history();
        let from = kept.unchanged(n.saturating_sub(fit.first_epoch()));
        let (mut at, mut rows) = (Vec::new(), Vec::new());
        for (epoch, row) in fit.logs_since(from) {
            at.push(epoch as u32 + 1);
            let mean =
                |value: &Option<MetricValue>| value.as_ref().map_or(f64::NAN, MetricValue::mean);
            rows.extend(row.iter().map(mean));
        }
        to_js(&EpochRows {
            from,
            at: Uint32Array::from(&at[..]),
            rows: Float64Array::from(&rows[..]),
        })
    }

    /// The losses, each before its update, that have changed since `n` batches. Each of the first 4,096 batches is kept, and
    /// some of more.
    pub fn batches_since(&self, n: usize) -> Answer<Ts<BatchLosses>> {
        let kept = self.0.fit().batch_losses();
        let from = kept.unchanged(n);
        let at: Vec<u32> = (from..kept.n_rows())
            .map(|row| kept.index(row) as u32 + 1)
            .collect();
        to_js(&BatchLosses {
            from,
            at: Uint32Array::from(&at[..]),
            losses: Float32Array::from(&kept.numbers()[from..]),
        })
    }

    /// What Keras' `fit` would have printed of the kept epochs, without times.
    pub fn log(&self) -> String {
        self.0.log()
    }

    /// File and text of each CSVLogger of the run, in their order.
    pub fn csv(&self) -> Answer<Vec<Ts<CsvFile>>> {
        let files = self.0.csv().into_iter();
        let file = |(filename, text): (String, String)| to_js(&CsvFile { filename, text });
        files.map(file).collect()
    }

    /// Actions of callbacks, from the `n`th on.
    pub fn events_since(&self, n: usize) -> Answer<Vec<Ts<CallbackEvent>>> {
        let run = &self.0;
        let callbacks = Options::of(&run.experiment().fit).callbacks;
        let events = run.fit().events().get(n..).unwrap_or(&[]);
        let convert = |event: &Event| {
            let monitor = callbacks[event.callback].config_json().remove("monitor");
            let monitor = monitor.as_ref().and_then(Json::as_str);
            to_js(&CallbackEvent::new(
                event,
                monitor.unwrap_or("val_loss").into(),
            ))
        };
        events.iter().map(convert).collect()
    }

    /// All weights, in the order of `get_weights()`, into an array of `n_weights`.
    pub fn read_weights(&self, into: &Float32Array) -> Answer<()> {
        fill_with(into, self.0.model().weight_arrays())
    }

    /// All layers' outputs for row `index` of a set, into an array of `n_activations`.
    pub fn read_example(
        &mut self,
        set: &Ts<SetName>,
        index: usize,
        into: &Float32Array,
    ) -> Answer<()> {
        fill(
            into,
            &self.0.example(read_set(set)?, index).map_err(thrown)?,
        )
    }

    /// All layers' outputs for the input `x`, into an array of `n_activations`.
    pub fn read_input(&mut self, x: &[f32], into: &Float32Array) -> Answer<()> {
        fill(into, &self.0.activations(x).map_err(thrown)?)
    }

    /// Outputs of the model as probabilities if the loss takes logits from the last layer.
    pub fn probabilities(&self, outputs: Vec<f32>) -> Vec<f32> {
        self.0.probabilities(outputs)
    }

    /// The predictions for the rows of a set from row `first` on (probabilities where the last layer gives logits), into an
    /// array of `n_outputs` for each row to predict.
    pub fn read_predictions(
        &mut self,
        set: &Ts<SetName>,
        first: usize,
        into: &Float32Array,
    ) -> Answer<()> {
        let n = into.length() as usize / self.0.model().n_outputs();
        fill(into, &self.0.predictions_from(read_set(set)?, first, n))
    }

    /// Every unit's output over the data's bounds, unit after unit: on a grid with its first row at the top where the data
    /// has two inputs, along x where it has one; into an array of `n_activations * side ** inputs`.
    pub fn read_grid(&mut self, side: usize, into: &Float32Array) -> Answer<()> {
        fill(into, &self.0.grid(side))
    }

    /// Loss and metrics on a set, in the order of compile; of a metric that is a list, the mean.
    pub fn evaluate(&mut self, set: &Ts<SetName>) -> Answer<Vec<f64>> {
        let values = self.0.evaluate(read_set(set)?);
        Ok(values.iter().map(MetricValue::mean).collect())
    }

    /// Everything that moves, as bytes.
    pub fn checkpoint(&self) -> Vec<u8> {
        self.0.checkpoint()
    }

    /// Goes back to a moment written by `checkpoint` of the same experiment.
    pub fn restore(&mut self, bytes: &[u8]) -> Answer<()> {
        self.0.restore(bytes).map_err(thrown)
    }

    /// Hash of the bits of all weights.
    pub fn weights_hash(&self) -> String {
        format!("{:016x}", self.0.model().weights_hash())
    }
}

fn fill(into: &Float32Array, from: &[f32]) -> Answer<()> {
    fill_with(into, std::iter::once(from))
}

/// Fills an array with others, one after the other.
fn fill_with<'a>(
    into: &Float32Array,
    parts: impl Iterator<Item = &'a [f32]> + Clone,
) -> Answer<()> {
    let n: usize = parts.clone().map(<[f32]>::len).sum();
    if into.length() as usize != n {
        let message = format!("The array has {} places; it needs {n}.", into.length());
        return Err(thrown(ConfigError::new("into", message)));
    }
    let mut at = 0;
    for part in parts {
        let end = at + part.len() as u32;
        into.subarray(at, end).copy_from(part);
        at = end;
    }
    Ok(())
}

fn read_set(name: &Ts<SetName>) -> Answer<Set> {
    Set::of(&name.js_value().as_string().unwrap_or_default()).map_err(thrown)
}

/// The positions of the outputs and weights of each layer in the arrays.
fn layers_of(model: &Model, config: &ModelConfig) -> Vec<LayerInfo> {
    let (mut at, mut weights_at) = (0, 0);
    let mut list = Vec::new();
    for (i, (name, class_name, layer)) in model.layers().enumerate() {
        let length = size(layer.output_shape()).unwrap_or(0);
        let inputs = config.layers.get(i).map_or(&[][..], |l| &l.inputs);
        let inputs = inputs.iter().map(|source| match source {
            Source::Input => -1,
            Source::Layer(j) => *j as i32,
        });
        let first_weight = weights_at;
        let mut params = Vec::new();
        for param in model.table().iter().filter(|p| p.layer == i) {
            params.push(ParamInfo {
                name: param.name().to_string(),
                path: param.path.to_string(),
                shape: param.shape.clone(),
                trainable: param.trainable,
                at: weights_at,
                length: param.span.len(),
            });
            weights_at += param.span.len();
        }
        list.push(LayerInfo {
            name: name.to_string(),
            class_name: class_name.to_string(),
            activation: layer.activation().map(String::from),
            output_shape: layer.output_shape().clone(),
            inputs: inputs.collect(),
            n_params: weights_at - first_weight,
            at,
            length,
            params,
            stages: layer
                .terms(model.is_masked(i))
                .iter()
                .map(Stage::new)
                .collect(),
        });
        at += length;
    }
    list
}
