//! The JavaScript face: converts types, holds no mathematics and no decision about training.

use crate::catalog as list;
use crate::choice::object;
use crate::config::ModelConfig;
use crate::data::drawing;
use crate::experiment::{self, Experiment};
use crate::fit::Fit as Loop;
use crate::keras::text;
use crate::layers::size;
use crate::model::Sequential as Model;
use crate::refusal::Refusal;
use crate::run::{Run as Core, Set, Task};
use crate::trainer::{CompileConfig, Examples, Trainer};
use js_sys::{Array, Error, Float32Array, JSON, Object, Reflect};
use serde_json::Value as Json;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

type Answer<T> = Result<T, JsValue>;

/// Makes a panic's sentence appear in the console.
#[wasm_bindgen(start)]
pub fn start() {
    console_error_panic_hook::set_once();
}

/// A refusal as a JavaScript Error, with `name` and `place`.
fn thrown(refusal: Refusal) -> JsValue {
    let error = Error::new(&refusal.message);
    error.set_name("Refusal");
    let _ = Reflect::set(&error, &"place".into(), &refusal.place.into());
    error.into()
}

fn to_js(json: &Json) -> JsValue {
    JSON::parse(&json.to_string()).unwrap_or(JsValue::NULL)
}

fn from_js(value: &JsValue, what: &str) -> Answer<Json> {
    if value.is_undefined() {
        return Ok(Json::Null);
    }
    let text = JSON::stringify(value).ok().and_then(|s| s.as_string());
    text.and_then(|t| serde_json::from_str(&t).ok())
        .ok_or_else(|| thrown(Refusal::new(what, format!("{what} must be plain data."))))
}

fn now() -> f64 {
    let global = js_sys::global();
    let clock = Reflect::get(&global, &"performance".into()).ok();
    clock
        .and_then(|c| c.dyn_into::<web_sys::Performance>().ok())
        .map_or(0.0, |c| c.now())
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
        return Err(thrown(Refusal::new("into", message)));
    }
    into.copy_from(from);
    Ok(())
}

/// Everything that can be chosen: names, options, ranges, defaults, formulas.
#[wasm_bindgen(unchecked_return_type = "Record<string, any>")]
pub fn catalog() -> JsValue {
    to_js(&list::to_json())
}

/// The one text of the experiment in `text`; throws a Refusal for what does not fit.
#[wasm_bindgen]
pub fn check_experiment(text: &str) -> Answer<String> {
    Experiment::read(text).map(|e| e.text()).map_err(thrown)
}

/// A drawing's way to the network's input: crop, scale, centre.
#[wasm_bindgen(
    unchecked_return_type = "{ box: number[], crop: Float32Array, crop_height: number, crop_width: number, input: Float32Array, empty: boolean }"
)]
pub fn prepare_drawing(ink: &[f32], height: usize, width: usize, side: usize) -> Answer<JsValue> {
    let steps = drawing::prepare(ink, height, width, side).map_err(thrown)?;
    let answer = to_js(&object(&[
        ("box", steps.ink_box.to_vec().into()),
        ("crop_height", steps.crop_height.into()),
        ("crop_width", steps.crop_width.into()),
        ("empty", steps.empty.into()),
    ]));
    Reflect::set(
        &answer,
        &"crop".into(),
        &Float32Array::from(&steps.crop[..]),
    )?;
    Reflect::set(
        &answer,
        &"input".into(),
        &Float32Array::from(&steps.input[..]),
    )?;
    Ok(answer)
}

/// The model's table of contents: where each layer's outputs and weights stand in the arrays.
fn layers_json(model: &Model) -> Json {
    let (mut at, mut weights_at) = (0, 0);
    let mut list = Vec::new();
    for (i, (name, class_name, layer)) in model.layers().enumerate() {
        let length = size(layer.output_shape()).unwrap_or(0);
        let first_weight = weights_at;
        let mut params = Vec::new();
        for param in model.table().iter().filter(|p| p.layer == i) {
            params.push(object(&[
                ("name", param.name.into()),
                ("path", param.path.as_str().into()),
                ("shape", param.shape.clone().into()),
                ("trainable", param.trainable.into()),
                ("at", weights_at.into()),
                ("length", param.span.len().into()),
            ]));
            weights_at += param.span.len();
        }
        list.push(object(&[
            ("name", name.into()),
            ("class_name", class_name.into()),
            ("activation", layer.activation().into()),
            ("output_shape", layer.output_shape().clone().into()),
            ("n_params", (weights_at - first_weight).into()),
            ("at", at.into()),
            ("length", length.into()),
            ("params", params.into()),
        ]));
        at += length;
    }
    list.into()
}

/// An experiment set going: what the page's worker drives.
#[wasm_bindgen]
pub struct Run(Core);

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

    /// The Keras script of this experiment.
    pub fn keras_code(&self) -> String {
        self.0.keras_code()
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
            .map(|(height, width)| object(&[("height", height.into()), ("width", width.into())]));
        let about = object(&[
            ("title", data.title.into()),
            ("image", image.into()),
            ("bounds", data.bounds.map(|b| b.to_vec()).into()),
            ("feature_names", data.feature_names.clone().into()),
            ("class_names", data.class_names.clone().into()),
        ]);
        to_js(&object(&[
            ("input_shape", model.input_shape().clone().into()),
            ("n_outputs", model.n_outputs().into()),
            ("n_weights", model.n_parameters().into()),
            ("n_activations", run.n_activations().into()),
            ("n_train", n_rows(Set::Train)),
            ("n_validation", n_rows(Set::Validation)),
            ("n_test", n_rows(Set::Test)),
            ("n_batches", fit.n_batches().into()),
            ("epochs", fit.epochs().into()),
            ("task", task.into()),
            ("outputs_are_logits", run.outputs_are_logits().into()),
            ("log_names", fit.names().to_vec().into()),
            ("layers", layers_json(model)),
            ("data", about),
        ]))
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

    /// Rows of `log_names`, one per finished epoch from `n` on; NaN where nothing was measured.
    pub fn epochs_since(&self, n: usize) -> Vec<f64> {
        let fit = self.0.fit();
        fit.history()
            .get(n.saturating_mul(fit.names().len())..)
            .unwrap_or(&[])
            .to_vec()
    }

    /// The loss of every batch from `n` on, each before its update.
    pub fn batches_since(&self, n: usize) -> Vec<f32> {
        self.0.fit().batch_losses().get(n..).unwrap_or(&[]).to_vec()
    }

    /// What Keras' `fit` would have printed of the finished epochs from this one on, without times.
    pub fn log(&self, from_epoch: usize) -> String {
        self.0.log(from_epoch)
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

    /// Loss and metrics on a set, in the order of compile.
    pub fn evaluate(&mut self, set: &str) -> Answer<Vec<f64>> {
        Ok(self.0.evaluate(Set::of(set).map_err(thrown)?))
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

/// Keras' Sequential.
#[wasm_bindgen]
pub struct Sequential {
    config: ModelConfig,
    seed: u32,
    state: Rc<RefCell<State>>,
}

/// A model before and after `compile`.
enum State {
    Built(Model),
    Compiled(Box<Trainer>),
}

impl State {
    fn model(&self) -> &Model {
        match self {
            State::Built(model) => model,
            State::Compiled(trainer) => &trainer.model,
        }
    }

    fn model_mut(&mut self) -> &mut Model {
        match self {
            State::Built(model) => model,
            State::Compiled(trainer) => &mut trainer.model,
        }
    }

    fn trainer(&mut self) -> Answer<&mut Trainer> {
        match self {
            State::Compiled(trainer) => Ok(trainer),
            State::Built(_) => Err(thrown(Refusal::new(
                "",
                "The model is not compiled: call compile({ optimizer, loss }) first.",
            ))),
        }
    }
}

const DEFAULT_BATCH: usize = 32;

#[wasm_bindgen]
impl Sequential {
    /// From Keras' config (`model.get_config()` or a whole `to_json()`, as an object or as text).
    /// `seed`: as `keras.utils.set_random_seed(seed)` before building; 0 without one.
    #[wasm_bindgen(constructor)]
    pub fn new(config: &JsValue, seed: Option<f64>) -> Answer<Sequential> {
        let json = match config.as_string() {
            Some(text) => serde_json::from_str(&text).map_err(|e| {
                let message = format!(
                    "This is not a model's JSON: it goes wrong at line {}, column {}.",
                    e.line(),
                    e.column()
                );
                thrown(Refusal::new("config", message))
            })?,
            None => from_js(config, "config")?,
        };
        let seed = seed
            .map_or(Ok(0), |s| experiment::read_seed(&number(s)))
            .map_err(thrown)?;
        let config = ModelConfig::read(&json).map_err(thrown)?;
        let Some(shape) = &config.input_shape else {
            let message = "The model does not say its input's shape: begin with {\"class_name\": \"InputLayer\", \"config\": {\"batch_shape\": [null, 400]}}.";
            return Err(thrown(Refusal::new("config.layers[0]", message)));
        };
        let model = Model::build(&config, shape, seed).map_err(thrown)?;
        Ok(Sequential {
            config,
            seed,
            state: Rc::new(RefCell::new(State::Built(model))),
        })
    }

    /// `compile({optimizer, loss, metrics, weighted_metrics})`.
    pub fn compile(&mut self, options: &JsValue) -> Answer<()> {
        let config = CompileConfig::read(&from_js(options, "compile")?).map_err(thrown)?;
        let fresh = {
            let state = self.state.borrow();
            let model = state.model();
            let mut fresh =
                Model::build(&self.config, model.input_shape(), self.seed).map_err(thrown)?;
            fresh
                .set_weights(&model.weights().collect::<Vec<f32>>())
                .map_err(thrown)?;
            fresh
        };
        let trainer = Trainer::new(fresh, &config, DEFAULT_BATCH).map_err(thrown)?;
        self.state = Rc::new(RefCell::new(State::Compiled(Box::new(trainer))));
        Ok(())
    }

    /// `fit(x, y, {epochs, batch_size, validation_split, validation_data, shuffle, sample_weight})`:
    /// a training run that the caller advances. `x`, `y`: row-major.
    pub fn fit(&mut self, x: Vec<f32>, y: Vec<f32>, options: &JsValue) -> Answer<Fit> {
        let taken = |key: &str| -> Answer<JsValue> {
            let value = if options.is_object() {
                Reflect::get(options, &key.into())?
            } else {
                JsValue::UNDEFINED
            };
            Ok(value)
        };
        let validation = taken("validation_data")?;
        let weights = taken("sample_weight")?;
        let plain = Object::new();
        if options.is_object() {
            Object::assign(&plain, options.unchecked_ref());
        }
        Reflect::delete_property(&plain, &"validation_data".into())?;
        Reflect::delete_property(&plain, &"sample_weight".into())?;
        let config = experiment::read_fit(&from_js(&plain, "fit")?).map_err(thrown)?;
        let floats = |value: &JsValue, place: &str| -> Answer<Vec<f32>> {
            value
                .dyn_ref::<Float32Array>()
                .map(Float32Array::to_vec)
                .ok_or_else(|| {
                    thrown(Refusal::new(
                        place,
                        format!("{place} must be a Float32Array."),
                    ))
                })
        };
        let validation = match validation.is_undefined() || validation.is_null() {
            true => None,
            false => {
                let pair = Array::from(&validation);
                Some(Examples {
                    x: floats(&pair.get(0), "validation_data[0]")?,
                    t: floats(&pair.get(1), "validation_data[1]")?,
                    weights: None,
                })
            }
        };
        let weights = match weights.is_undefined() || weights.is_null() {
            true => None,
            false => Some(floats(&weights, "sample_weight")?),
        };
        let mut state = self.state.borrow_mut();
        let trainer = state.trainer()?;
        trainer
            .resize(config.count("batch_size").unwrap_or(DEFAULT_BATCH))
            .map_err(thrown)?;
        let train = Examples { x, t: y, weights };
        let run = Loop::new(trainer, &config, train, validation, u64::from(self.seed));
        Ok(Fit {
            run: run.map_err(thrown)?,
            state: Rc::clone(&self.state),
        })
    }

    /// `evaluate(x, y)`: the loss, then the metrics.
    pub fn evaluate(&self, x: Vec<f32>, y: Vec<f32>) -> Answer<Vec<f64>> {
        let mut state = self.state.borrow_mut();
        let trainer = state.trainer()?;
        let data = Examples {
            x,
            t: y,
            weights: None,
        };
        trainer.check(&data).map_err(thrown)?;
        Ok(trainer.evaluate(&data, DEFAULT_BATCH))
    }

    /// `predict(x)`: `[n, outputs]`, row-major. Changes nothing.
    pub fn predict(&self, x: &[f32]) -> Answer<Vec<f32>> {
        let state = self.state.borrow();
        let model = state.model();
        let (n_in, n_out) = (model.n_inputs(), model.n_outputs());
        if !x.len().is_multiple_of(n_in) {
            let message = format!(
                "x has {} numbers, which is not a whole number of examples of {n_in} inputs each.",
                x.len()
            );
            return Err(thrown(Refusal::new("x", message)));
        }
        let mut ws = model.workspace(DEFAULT_BATCH).map_err(thrown)?;
        let mut out = Vec::with_capacity(x.len() / n_in * n_out);
        for x in x.chunks(DEFAULT_BATCH * n_in) {
            model.forward(x, false, &mut ws);
            out.extend_from_slice(ws.outputs(model, x.len() / n_in));
        }
        Ok(out)
    }

    /// `get_weights()`: one Float32Array per array, row-major, in Keras' order.
    #[wasm_bindgen(unchecked_return_type = "Float32Array[]")]
    pub fn get_weights(&self) -> Answer<Array> {
        let state = self.state.borrow();
        let model = state.model();
        Ok(model
            .table()
            .iter()
            .map(|p| Float32Array::from(model.param(p)))
            .collect())
    }

    /// `set_weights([...])`: the same arrays as `get_weights()` gives.
    pub fn set_weights(&mut self, weights: Vec<Float32Array>) -> Answer<()> {
        let mut state = self.state.borrow_mut();
        let model = state.model_mut();
        let sizes: Vec<usize> = model.table().iter().map(|p| p.span.len()).collect();
        let given: Vec<usize> = weights.iter().map(|w| w.length() as usize).collect();
        if sizes != given {
            let message = format!(
                "The model's weight arrays have {sizes:?} numbers, but {given:?} were given."
            );
            return Err(thrown(Refusal::new("weights", message)));
        }
        let flat: Vec<f32> = weights.iter().flat_map(Float32Array::to_vec).collect();
        model.set_weights(&flat).map_err(thrown)
    }

    /// `summary()`.
    pub fn summary(&self) -> Answer<String> {
        Ok(text::summary(self.state.borrow().model(), "sequential"))
    }

    /// `to_json()`: Keras' config, with what differs from the defaults.
    pub fn to_json(&self) -> String {
        self.config.to_json().to_string()
    }

    /// Hash of the bits of all weights.
    pub fn weights_hash(&self) -> Answer<String> {
        Ok(format!(
            "{:016x}",
            self.state.borrow().model().weights_hash()
        ))
    }
}

fn number(value: f64) -> Json {
    if value.fract() == 0.0 && (0.0..9e15).contains(&value) {
        (value as u64).into()
    } else {
        value.into()
    }
}

/// A training run of a [`Sequential`].
#[wasm_bindgen]
pub struct Fit {
    run: Loop,
    state: Rc<RefCell<State>>,
}

#[wasm_bindgen]
impl Fit {
    fn advance(&mut self, mut go_on: impl FnMut(&Loop) -> bool) -> Answer<()> {
        let mut state = self.state.borrow_mut();
        let trainer = state.trainer()?;
        loop {
            self.run.step(trainer);
            if self.run.done() || !go_on(&self.run) {
                break;
            }
        }
        match self.run.trouble() {
            None => Ok(()),
            Some(trouble) => {
                let message = format!(
                    "In epoch {}, batch {}, {} became infinite or undefined; the weights are those before that batch. Try a smaller learning rate.",
                    self.run.epochs_done() + 1,
                    self.run.batch() + 1,
                    trouble.what
                );
                Err(thrown(Refusal::new("fit", message)))
            }
        }
    }

    /// Trains on the next batch. Throws where the run diverges.
    pub fn step(&mut self) -> Answer<()> {
        self.advance(|_| false)
    }

    /// Trains to the end of the epoch. Throws where the run diverges.
    pub fn epoch(&mut self) -> Answer<()> {
        let epoch = self.run.epochs_done();
        self.advance(|run| run.epochs_done() == epoch)
    }

    /// Trains for `ms` milliseconds, at least one batch. Throws where the run diverges.
    pub fn run(&mut self, ms: f64) -> Answer<()> {
        let end = now() + ms;
        self.advance(|_| now() < end)
    }

    /// Whether all epochs are over, or the run has diverged.
    #[wasm_bindgen(getter)]
    pub fn done(&self) -> bool {
        self.run.done()
    }

    /// Keras' `History.history`: a list per name.
    #[wasm_bindgen(unchecked_return_type = "Record<string, number[]>")]
    pub fn history(&self) -> JsValue {
        let names = self.run.names();
        let column = |i: usize| -> Vec<f64> {
            self.run
                .history()
                .chunks_exact(names.len())
                .map(|row| row[i])
                .collect()
        };
        let object: serde_json::Map<String, Json> = names
            .iter()
            .enumerate()
            .map(|(i, name)| (name.clone(), column(i).into()))
            .collect();
        to_js(&Json::Object(object))
    }
}
