//! `Sequential` and `Fit`: Keras' names, to use the package without the page.

use super::types::input::{CompileOptions, FitOptions, ModelInput};
use super::types::{FitArrays, Floats, History, Metric, Metrics};
use super::{Answer, from_js, now, plain, random_seed, thrown, to_js};
use crate::experiment;
use crate::keras::text;
use crate::model::Sequential as Model;
use crate::model::config::ModelConfig;
use crate::options::error::ConfigError;
use crate::training::fit::Fit as Loop;
use crate::training::trainer::{CompileConfig, Examples, Trainer};
use js_sys::Float32Array;
use std::cell::RefCell;
use std::rc::Rc;
use tsify::Ts;
use wasm_bindgen::prelude::*;

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
            State::Built(_) => Err(thrown(ConfigError::new(
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
    /// `seed`: as `keras.utils.set_random_seed(seed)` before building; without one it is drawn (see the getter `seed`).
    #[wasm_bindgen(constructor)]
    pub fn new(config: &Ts<ModelInput>, seed: Option<f64>) -> Answer<Sequential> {
        let config = config.js_value();
        let json = match config.as_string() {
            Some(text) => serde_json::from_str(&text).map_err(|e| {
                let message = format!(
                    "This is not a model's JSON: it goes wrong at line {}, column {}.",
                    e.line(),
                    e.column()
                );
                thrown(ConfigError::new("config", message))
            })?,
            None => plain::read(&config, "config")?,
        };
        let seed = match seed {
            Some(seed) => {
                let json = plain::number(seed).ok_or_else(|| {
                    let message = format!(
                        "The seed is {seed}; it must be a whole number from 0 to {}: try 42.",
                        u32::MAX
                    );
                    thrown(ConfigError::new("seed", message))
                })?;
                experiment::read_seed(&json).map_err(thrown)?
            }
            None => random_seed()?,
        };
        let config = ModelConfig::read(&json).map_err(thrown)?;
        let Some(shape) = &config.input_shape else {
            let message = "The model does not say its input's shape: begin with {\"class_name\": \"InputLayer\", \"config\": {\"batch_shape\": [null, 400]}}.";
            return Err(thrown(ConfigError::new("config.layers[0]", message)));
        };
        let model = Model::build(&config, shape, seed).map_err(thrown)?;
        Ok(Sequential {
            config,
            seed,
            state: Rc::new(RefCell::new(State::Built(model))),
        })
    }

    /// The seed of the model and of its runs: the one that was given, or the one that was drawn. Another model with the
    /// same config and this seed has the same weights.
    #[wasm_bindgen(getter)]
    pub fn seed(&self) -> u32 {
        self.seed
    }

    /// `compile({optimizer, loss, metrics, weighted_metrics})`.
    pub fn compile(&mut self, options: &Ts<CompileOptions>) -> Answer<()> {
        let options = plain::read(&options.js_value(), "compile")?;
        let config = CompileConfig::read(&options).map_err(|error| thrown(error.at("compile")))?;
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
    /// a training run that the caller advances. `x`, `y`: row-major. `sample_weight`: a number per example,
    /// or, where the model answers at each step, per example and step. `validation_data`: `[x, y]`, or
    /// `[x, y, sample_weight]`.
    pub fn fit(
        &mut self,
        x: Vec<f32>,
        y: Vec<f32>,
        options: Option<Ts<FitOptions>>,
    ) -> Answer<Fit> {
        let options = options.map_or(JsValue::UNDEFINED, JsValue::from);
        let arguments =
            plain::read_without(&options, "fit", &["validation_data", "sample_weight"])?;
        let config = experiment::read_fit(&arguments).map_err(|error| thrown(error.at("fit")))?;
        let FitArrays {
            validation_data,
            sample_weight,
        } = match arguments.is_null() {
            true => FitArrays::default(),
            false => from_js(options)?,
        };
        let validation = validation_data.map(validation_rows).transpose()?;
        let weights = sample_weight.map(|Floats(weights)| weights.to_vec());
        let mut state = self.state.borrow_mut();
        let trainer = state.trainer()?;
        let train = Examples {
            x: x.into(),
            t: y,
            weights,
        };
        let run = Loop::new(trainer, &config, train, validation, u64::from(self.seed));
        Ok(Fit {
            run: run.map_err(thrown)?,
            state: Rc::clone(&self.state),
        })
    }

    /// `evaluate(x, y)`: the loss, then the metrics; an array where a metric has a number per class, threshold or
    /// output.
    pub fn evaluate(&self, x: Vec<f32>, y: Vec<f32>) -> Answer<Ts<Metrics>> {
        let mut state = self.state.borrow_mut();
        let trainer = state.trainer()?;
        let data = Examples {
            x: x.into(),
            t: y,
            weights: None,
        };
        trainer.check(&data).map_err(thrown)?;
        let values = trainer.evaluate(&data, DEFAULT_BATCH);
        to_js(&Metrics(values.iter().map(Metric::new).collect()))
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
            return Err(thrown(ConfigError::new("x", message)));
        }
        let mut ws = model.workspace(DEFAULT_BATCH).map_err(thrown)?;
        let mut out = Vec::with_capacity(x.len() / n_in * n_out);
        for x in x.chunks(DEFAULT_BATCH * n_in) {
            model.forward(x.into(), false, &mut ws);
            out.extend_from_slice(ws.outputs(model, x.len() / n_in));
        }
        Ok(out)
    }

    /// `get_weights()`: one Float32Array per array, row-major, in Keras' order.
    pub fn get_weights(&self) -> Vec<Float32Array> {
        let state = self.state.borrow();
        let model = state.model();
        let arrays = model.table().iter();
        arrays.map(|p| Float32Array::from(model.param(p))).collect()
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
            return Err(thrown(ConfigError::new("weights", message)));
        }
        let flat: Vec<f32> = weights.iter().flat_map(Float32Array::to_vec).collect();
        model.set_weights(&flat).map_err(thrown)
    }

    /// `summary()`.
    pub fn summary(&self) -> Answer<String> {
        let state = self.state.borrow();
        let optimizer = match &*state {
            State::Built(_) => None,
            State::Compiled(trainer) => trainer.optimizer_numbers(),
        };
        Ok(text::summary(state.model(), "sequential", optimizer))
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

/// The rows of `validation_data`: `[x, y]` or `[x, y, sample_weight]`.
fn validation_rows(arrays: Vec<Floats>) -> Answer<Examples> {
    let mut arrays = arrays.into_iter().map(|Floats(array)| array.to_vec());
    match (arrays.next(), arrays.next(), arrays.next(), arrays.next()) {
        (Some(x), Some(t), weights, None) => Ok(Examples {
            x: x.into(),
            t,
            weights,
        }),
        _ => {
            let message =
                "validation_data must be [x, y] or [x, y, sample_weight], each a Float32Array.";
            Err(thrown(ConfigError::new("validation_data", message)))
        }
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
        match self.run.trouble_text() {
            None => Ok(()),
            Some(text) => Err(thrown(ConfigError::new("fit", text))),
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

    /// Keras' `History.history`: for each name the values of the epochs in which it was logged; a value is an array
    /// where a metric has a number per class, threshold or output.
    pub fn history(&self) -> Answer<Ts<History>> {
        let logs = self.run.logs_since(0);
        let names = self.run.names().iter().enumerate();
        let columns = names.map(|(i, name)| {
            let column = logs.iter().filter_map(|(_, row)| row[i].as_ref());
            (
                name.clone(),
                column.map(Metric::new).collect::<Vec<Metric>>(),
            )
        });
        // As in Keras, a name that was never logged has no list.
        let logged = columns.filter(|(_, column)| logs.is_empty() || !column.is_empty());
        to_js(&History(logged.collect()))
    }
}
