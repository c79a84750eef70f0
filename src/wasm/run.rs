//! `Run`: an experiment set going, as the page's worker drives it.

use super::{Answer, now, thrown, to_js};
use crate::experiment::Experiment;
use crate::keras::text;
use crate::layers::size;
use crate::model::Sequential as Model;
use crate::model::config::{ModelConfig, Source};
use crate::options::error::ConfigError;
use crate::run::{Run as Core, Set, Task};
use crate::training::callbacks::Event;
use crate::training::fit::Options;
use crate::training::trainer::MetricValue;
use js_sys::{Array, Float32Array, Reflect};
use serde_json::{Value as Json, json};
use wasm_bindgen::prelude::*;

/// What the page calls the deeds of callbacks, in the order of [`CallbackAction::ALL`](crate::training::callbacks::CallbackAction).
const DEEDS: [&str; 6] = [
    "scheduled",
    "terminated",
    "reduced",
    "kept",
    "stopped",
    "restored",
];

/// An experiment set going: what the page's worker drives.
#[wasm_bindgen]
pub struct Run(pub(super) Core);

#[wasm_bindgen]
impl Run {
    /// Sets the experiment up. `dataset`: the bytes of the set's file, where it has one.
    #[wasm_bindgen(constructor)]
    pub fn new(text: &str, dataset: Option<Vec<u8>>) -> Answer<Run> {
        let experiment = Experiment::read(text).map_err(thrown)?;
        Core::new(experiment, dataset.as_deref())
            .map(Run)
            .map_err(thrown)
    }

    /// The experiment's one text.
    pub fn text(&self) -> String {
        self.0.experiment().text()
    }

    /// `model.summary()`.
    pub fn summary(&self) -> String {
        self.0.summary()
    }

    /// What does not change while it runs: shapes, sizes, names, the model's table of contents.
    #[wasm_bindgen(unchecked_return_type = "Record<string, any>")]
    pub fn info(&self) -> JsValue {
        let run = &self.0;
        let (model, fit, data) = (run.model(), run.fit(), run.dataset());
        let n_rows = |set| Json::from(run.rows(set).0.len() / model.n_inputs());
        let task = match run.task() {
            Task::Binary => "binary",
            Task::Multiclass => "multiclass",
            Task::Regression => "regression",
        };
        let image = data
            .image
            .map(|(height, width)| json!({"height": height, "width": width}));
        let about = json!({"title": data.title, "image": image, "bounds": data.bounds.map(|b| b.to_vec()), "feature_names": data.feature_names.clone(), "class_names": data.class_names.clone()});
        to_js(
            &json!({"input_shape": model.input_shape().clone(), "n_outputs": model.n_outputs(), "n_weights": model.n_parameters(), "n_activations": run.n_activations(), "n_train": n_rows(Set::Train), "n_validation": n_rows(Set::Validation), "n_test": n_rows(Set::Test), "n_batches": fit.n_batches(), "first_step": run.experiment().start.as_ref().map_or(0, |s| s.step), "first_epoch": fit.first_epoch(), "epochs": fit.epochs(), "task": task, "outputs_are_logits": run.outputs_are_logits(), "log_names": fit.names().to_vec(), "log_counts": fit.counts().collect::<Vec<usize>>(), "layers": layers_json(model, &run.experiment().model), "data": about}),
        )
    }

    /// A copy of a set's inputs: `[n, inputs]`. `set`: "train", "validation" or "test".
    pub fn inputs(&self, set: &str) -> Answer<Float32Array> {
        Ok(Float32Array::from(
            self.0.rows(Set::of(set).map_err(thrown)?).0,
        ))
    }

    /// A copy of a set's targets: one class number or value per row.
    pub fn targets(&self, set: &str) -> Answer<Float32Array> {
        Ok(Float32Array::from(
            &self.0.labels(Set::of(set).map_err(thrown)?)[..],
        ))
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
        let from = self.0.steps();
        for_some_time(ms, || {
            self.0.step();
            !self.0.fit().done()
        });
        (self.0.steps() - from) as u32
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

    /// Rows of `log_names`, one per finished epoch from `n` on: of a list of `log_counts` numbers their mean; NaN
    /// where nothing was logged.
    pub fn epochs_since(&self, n: usize) -> Vec<f64> {
        let mut rows = Vec::new();
        for (_, row) in self.0.fit().logs_since(n) {
            for value in row {
                rows.push(value.map_or(f64::NAN, |value| value.mean()));
            }
        }
        rows
    }

    /// The loss of every batch from `n` on, each before its update.
    pub fn batches_since(&self, n: usize) -> Vec<f32> {
        self.0.fit().batch_losses().get(n..).unwrap_or(&[]).to_vec()
    }

    /// What Keras' `fit` would have printed of the finished epochs from this one on, without times.
    pub fn log(&self, from_epoch: usize) -> String {
        self.0.log(from_epoch)
    }

    /// File and text of each CSVLogger of the run, in their order.
    #[wasm_bindgen(unchecked_return_type = "{ filename: string, text: string }[]")]
    pub fn csv(&self) -> JsValue {
        let files = self.0.csv().into_iter();
        let json = |(filename, text): (&str, String)| json!({"filename": filename, "text": text});
        to_js(&files.map(json).collect())
    }

    /// What callbacks did, from the `n`th deed on.
    #[wasm_bindgen(
        unchecked_return_type = "{ epoch: number, deed: string, value: number, monitor: string, line: string | null }[]"
    )]
    pub fn events_since(&self, n: usize) -> JsValue {
        let run = &self.0;
        let callbacks = Options::of(&run.experiment().fit).callbacks;
        let json = |event: &Event| {
            let watched = callbacks[event.callback].config_json().remove("monitor");
            let told = to_js(
                &json!({"epoch": event.epoch, "deed": DEEDS[event.action as usize], "monitor": watched.unwrap_or("val_loss".into()), "line": text::event_line(event)}),
            );
            // Apart, because JSON has no NaN. Setting a field of a fresh object cannot fail.
            let _ = Reflect::set(&told, &"value".into(), &event.value.into());
            told
        };
        let events = run.fit().events().get(n..).unwrap_or(&[]);
        events.iter().map(json).collect::<Array>().into()
    }

    /// All weights, in the order of `get_weights()`, into an array of `n_weights`.
    pub fn read_weights(&self, into: &Float32Array) -> Answer<()> {
        fill(into, &self.0.model().weights().collect::<Vec<f32>>())
    }

    /// All layers' outputs for row `index` of a set, into an array of `n_activations`.
    pub fn read_example(&mut self, set: &str, index: usize, into: &Float32Array) -> Answer<()> {
        let set = Set::of(set).map_err(thrown)?;
        fill(into, &self.0.example(set, index).map_err(thrown)?)
    }

    /// All layers' outputs for the input `x`, into an array of `n_activations`.
    pub fn read_input(&mut self, x: &[f32], into: &Float32Array) -> Answer<()> {
        fill(into, &self.0.activations(x).map_err(thrown)?)
    }

    /// The answers for all rows of a set (probabilities where the last layer gives logits), into an
    /// array of `n * n_outputs`.
    pub fn read_predictions(&mut self, set: &str, into: &Float32Array) -> Answer<()> {
        fill(into, &self.0.predictions(Set::of(set).map_err(thrown)?))
    }

    /// Every unit's output on a grid over the data's bounds, unit after unit, first row at the top,
    /// into an array of `n_activations * side * side`.
    pub fn read_grid(&mut self, side: usize, into: &Float32Array) -> Answer<()> {
        fill(into, &self.0.grid(side))
    }

    /// Loss and metrics on a set, in the order of compile; of a metric that is a list, the mean.
    pub fn evaluate(&mut self, set: &str) -> Answer<Vec<f64>> {
        let values = self.0.evaluate(Set::of(set).map_err(thrown)?);
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

/// Calls `step` until `ms` milliseconds are over or `done`; at least once. The number of calls.
fn for_some_time(ms: f64, mut step: impl FnMut() -> bool) -> u32 {
    let end = now() + ms;
    let mut n = 0;
    while step() {
        n += 1;
        if now() >= end {
            break;
        }
    }
    n
}

fn fill(into: &Float32Array, from: &[f32]) -> Answer<()> {
    if into.length() as usize != from.len() {
        let message = format!(
            "The array has {} places; it needs {}.",
            into.length(),
            from.len()
        );
        return Err(thrown(ConfigError::new("into", message)));
    }
    into.copy_from(from);
    Ok(())
}

/// The model's table of contents: where each layer's outputs and weights stand in the arrays.
fn layers_json(model: &Model, config: &ModelConfig) -> Json {
    let (mut at, mut weights_at) = (0, 0);
    let mut list = Vec::new();
    for (i, (name, class_name, layer)) in model.layers().enumerate() {
        let length = size(layer.output_shape()).unwrap_or(0);
        let inputs = config.layers.get(i).map_or(&[][..], |l| &l.inputs);
        let inputs = inputs.iter().map(|source| match source {
            Source::Input => Json::from(-1),
            Source::Layer(j) => (*j).into(),
        });
        let first_weight = weights_at;
        let mut params = Vec::new();
        for param in model.table().iter().filter(|p| p.layer == i) {
            params.push(json!({"name": param.name(), "path": param.path.as_str(), "shape": param.shape.clone(), "trainable": param.trainable, "at": weights_at, "length": param.span.len()}));
            weights_at += param.span.len();
        }
        list.push(json!({"name": name, "class_name": class_name, "activation": layer.activation(), "output_shape": layer.output_shape().clone(), "inputs": inputs.collect::<Vec<Json>>(), "n_params": (weights_at - first_weight), "at": at, "length": length, "params": params}));
        at += length;
    }
    list.into()
}
