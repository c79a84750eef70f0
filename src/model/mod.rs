//! A model: layers over one array of parameters, with forward and backward passes.
//!
//! A model does not depend on optimizers, data or time. A pass does not change it: its results are in a [`Workspace`]. Each layer
//! in the list names the sources of its inputs: in a Sequential the previous layer, in a Functional model any earlier layers.

mod build;
pub mod config;
mod faults;
mod masks;
mod passes;
mod workspace;

pub use faults::{Fault, first_bad};
pub use workspace::{MAX_NUMBERS, Workspace};

use crate::kernels::sparse::RowSelection;
use crate::layers::{Layer, Shape, size};
use crate::model::config::Source;
use crate::options::error::{ConfigError, Result, format_number};
use std::ops::Range;

/// Layers and their parameters.
///
/// ```
/// use glassbox::model::{Sequential, config::ModelConfig};
/// use serde_json::json;
///
/// let dense = json!({"class_name": "Dense", "config": {"units": 3, "activation": "relu"}});
/// let config = ModelConfig::read(&json!({"layers": [dense]}))?;
/// let model = Sequential::build(&config, &vec![2], 42)?;
/// assert_eq!(model.output_shape(), &[3]);
/// assert_eq!(model.n_parameters(), 2 * 3 + 3);
/// # Ok::<(), glassbox::options::error::ConfigError>(())
/// ```
pub struct Sequential {
    layers: Vec<Built>,
    input_shape: Shape,
    /// Trainable parameters of all layers, in order.
    trainable: Vec<f32>,
    /// All other parameters.
    frozen: Vec<f32>,
    table: Vec<Param>,
    /// Whether a layer has an activity regularizer; whether an array has a regularizer, or a constraint.
    penalizes: bool,
    regularizes: bool,
    constrains: bool,
    training_calls: u64,
}

struct Built {
    layer: Box<dyn Layer>,
    /// Numbers of one example's output.
    width: usize,
    name: String,
    class_name: &'static str,
    inputs: Vec<Source>,
    /// Number of layers that take its output.
    n_consumers: usize,
    /// Whether `params` is a range of the trainable parameters.
    trained: bool,
    /// Range of the parameters that can be trained.
    params: Range<usize>,
    /// Range of its other parameters among the frozen ones.
    state: Range<usize>,
    /// The layer that made the mask of its output.
    mask: Option<usize>,
}

/// A parameter array of the model, in the order of `get_weights()`.
#[derive(Clone, Debug)]
pub struct Param {
    /// Number of its layer.
    pub layer: usize,
    /// Keras' path, "dense/kernel".
    pub path: String,
    /// Its shape.
    pub shape: Shape,
    /// Whether training updates it.
    pub trainable: bool,
    /// Its range among the trainable or the frozen parameters.
    pub span: Range<usize>,
    /// Its index among the parameter arrays of its layer.
    spec: usize,
}

impl Param {
    /// Keras' name, "kernel".
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or("")
    }
}

/// A batch of inputs.
#[derive(Clone, Copy)]
pub enum Input<'a> {
    /// All numbers: `[batch, inputs]`.
    Dense(&'a [f32]),
    /// The nonzero numbers: the same results in less time. For a model that [accepts them](Sequential::accepts_sparse_input).
    Nonzeros(RowSelection<'a>),
}

/// What the loss is computed from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LossInput {
    /// The output of the last layer.
    Output,
    /// The input of the sigmoid or softmax of this layer.
    Logits(usize),
}

impl Sequential {
    fn width(&self, layer: usize) -> usize {
        self.layers[layer].width
    }

    fn params_of(&self, built: &Built) -> &[f32] {
        let arena = if built.trained {
            &self.trainable
        } else {
            &self.frozen
        };
        &arena[built.params.clone()]
    }

    /// Numbers of one example's input.
    pub fn n_inputs(&self) -> usize {
        size(&self.input_shape).unwrap_or(1)
    }

    /// Numbers of one example's output.
    pub fn n_outputs(&self) -> usize {
        self.width(self.layers.len() - 1)
    }

    /// The inputs are integer ids in 0..n, if there is an Embedding.
    pub fn vocabulary_size(&self) -> Option<usize> {
        let mut consumers = self
            .layers
            .iter()
            .filter(|l| l.inputs.contains(&Source::Input));
        consumers.find_map(|l| l.layer.vocabulary_size())
    }

    /// Shape of one example's input.
    pub fn input_shape(&self) -> &Shape {
        &self.input_shape
    }

    /// Shape of one example's output.
    pub fn output_shape(&self) -> &Shape {
        self.layers[self.layers.len() - 1].layer.output_shape()
    }

    /// The layers: name, class and mathematics of each.
    pub fn layers(&self) -> impl Iterator<Item = (&str, &'static str, &dyn Layer)> {
        self.layers
            .iter()
            .map(|l| (l.name.as_str(), l.class_name, &*l.layer))
    }

    /// Number of steps in the mask of the outputs, if they have a mask.
    pub fn output_marks(&self) -> Option<usize> {
        let made_by = self.layers.last().and_then(|l| l.mask)?;
        Some(self.mask_steps(made_by))
    }

    /// The parameter arrays, in the order of `get_weights()`.
    pub fn table(&self) -> &[Param] {
        &self.table
    }

    /// The numbers of a parameter array.
    pub fn param(&self, param: &Param) -> &[f32] {
        let arena = if param.trainable {
            &self.trainable
        } else {
            &self.frozen
        };
        &arena[param.span.clone()]
    }

    /// The trainable parameters.
    pub fn trainable(&self) -> &[f32] {
        &self.trainable
    }

    /// The trainable parameters, for changes.
    pub fn trainable_mut(&mut self) -> &mut [f32] {
        &mut self.trainable
    }

    /// All other parameters.
    pub fn frozen(&self) -> &[f32] {
        &self.frozen
    }

    /// All other parameters, for changes.
    pub fn frozen_mut(&mut self) -> &mut [f32] {
        &mut self.frozen
    }

    /// All parameters, in the order of `get_weights()`.
    pub fn weights(&self) -> impl Iterator<Item = f32> {
        self.weight_arrays().flatten().copied()
    }

    /// All weight arrays, in the order of `get_weights()`.
    pub fn weight_arrays(&self) -> impl Iterator<Item = &[f32]> + Clone {
        self.table.iter().map(|p| self.param(p))
    }

    /// Number of all parameters.
    pub fn n_parameters(&self) -> usize {
        self.trainable.len() + self.frozen.len()
    }

    /// Replaces all parameters, given in the order of `get_weights()`.
    ///
    /// # Errors
    /// Too few or too many numbers, or numbers that are not finite.
    pub fn set_weights(&mut self, weights: &[f32]) -> Result<()> {
        let wanted = self.n_parameters();
        if weights.len() != wanted {
            let message = format!(
                "The model has {wanted} weights, but {} were given.",
                weights.len()
            );
            return Err(ConfigError::new("weights", message));
        }
        if let Some(i) = weights.iter().position(|w| !w.is_finite()) {
            let message = format!(
                "Weight {i} is {}: weights must be finite.",
                format_number(f64::from(weights[i]))
            );
            return Err(ConfigError::new("weights", message));
        }
        self.put_weights(weights);
        Ok(())
    }

    /// As [`Sequential::set_weights`], without the checks.
    pub fn put_weights(&mut self, weights: &[f32]) {
        let mut rest = weights;
        for param in &self.table {
            let (these, others) = rest.split_at(param.span.len());
            let arena = if param.trainable {
                &mut self.trainable
            } else {
                &mut self.frozen
            };
            arena[param.span.clone()].copy_from_slice(these);
            rest = others;
        }
    }

    /// Copies the parameters of another model, for all arrays of the same path and shape.
    pub fn take_weights(&mut self, other: &Sequential) {
        for param in &self.table {
            let mut theirs = other.table.iter();
            let Some(same) = theirs.find(|p| p.path == param.path && p.shape == param.shape) else {
                continue;
            };
            let arena = if param.trainable {
                &mut self.trainable
            } else {
                &mut self.frozen
            };
            arena[param.span.clone()].copy_from_slice(other.param(same));
        }
    }

    /// Number of training passes so far: Dropout's count of calls.
    pub fn training_calls(&self) -> u64 {
        self.training_calls
    }

    /// Sets the count of training passes.
    pub fn set_training_calls(&mut self, calls: u64) {
        self.training_calls = calls;
    }

    /// The layers that adapt to examples, and the source of each one's input. `None`: the model's input.
    pub fn adapting(&self) -> Vec<(usize, Option<usize>)> {
        let adapts = self.layers.iter().enumerate();
        let adapts = adapts.filter(|(_, l)| l.layer.adapts());
        let source = |(i, built): (usize, &Built)| match built.inputs.first() {
            Some(Source::Layer(j)) => (i, Some(*j)),
            _ => (i, None),
        };
        adapts.map(source).collect()
    }

    /// Adapts layer `i` to its inputs `x`.
    pub fn adapt(&mut self, i: usize, x: &[f32]) {
        let built = &self.layers[i];
        built.layer.adapt(x, &mut self.frozen[built.state.clone()]);
    }

    /// FNV-1a of the bits of all weights: equal hashes, equal weights.
    pub fn weights_hash(&self) -> u64 {
        self.weights()
            .flat_map(|w| w.to_bits().to_le_bytes())
            .fold(0xcbf2_9ce4_8422_2325, |h, b| {
                (h ^ u64::from(b)).wrapping_mul(0x0000_0100_0000_01b3)
            })
    }
}

impl<'a> Input<'a> {
    /// Number of examples, of `width` numbers each.
    pub fn n_rows(self, width: usize) -> usize {
        match self {
            Input::Dense(x) => x.len() / width,
            Input::Nonzeros(chosen) => chosen.rows.len(),
        }
    }

    fn parts(self) -> (&'a [f32], Option<RowSelection<'a>>) {
        match self {
            Input::Dense(x) => (x, None),
            Input::Nonzeros(chosen) => (&[], Some(chosen)),
        }
    }
}

impl<'a> From<&'a [f32]> for Input<'a> {
    fn from(x: &'a [f32]) -> Self {
        Input::Dense(x)
    }
}
