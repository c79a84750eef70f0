//! Sequential: layers over one arena of parameters; the way forward and the way back.
//!
//! A model knows nothing of optimizers, data or time. A pass does not change it: what a pass computes
//! stands in a [`Workspace`]. The layers are a list in which each says whose outputs it takes: for a
//! Sequential the one before, for a Functional model any earlier ones.

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
use crate::options::error::{ConfigError, format_number};
use std::ops::Range;

/// Layers and their parameters.
pub struct Sequential {
    layers: Vec<Built>,
    input_shape: Shape,
    /// Trainable parameters of all layers, in order.
    trainable: Vec<f32>,
    /// All other parameters.
    frozen: Vec<f32>,
    table: Vec<Param>,
    /// Whether some layer's output adds to the loss; whether some array has a regularizer, or a constraint.
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
    /// How many layers take its output.
    n_consumers: usize,
    /// Whether `params` lie in the trainable arena.
    trained: bool,
    /// Where the parameters that could be trained lie.
    params: Range<usize>,
    /// Where its other parameters lie in the frozen arena.
    state: Range<usize>,
    /// The layer that made the mask of its output.
    mask: Option<usize>,
}

/// A parameter array: an entry of the model's table of contents, in the order of `get_weights()`.
#[derive(Clone, Debug)]
pub struct Param {
    /// Number of its layer.
    pub layer: usize,
    /// Keras' path, "dense/kernel".
    pub path: String,
    /// Its shape.
    pub shape: Shape,
    /// Whether training moves it.
    pub trainable: bool,
    /// Where it lies in its arena.
    pub span: Range<usize>,
    /// Which of its layer's parameter arrays it is.
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
    /// Those that are not zero: gives the same results in less time. For a model that
    /// [takes them so](Sequential::accepts_sparse_input).
    Nonzeros(RowSelection<'a>),
}

/// Where the loss takes hold of the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LossInput {
    /// At the output of the last layer.
    Output,
    /// At the input of the sigmoid or softmax of this layer.
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

    /// The inputs must be whole numbers from 0 to this one, which is not among them.
    pub fn vocabulary_size(&self) -> Option<usize> {
        let mut takers = self
            .layers
            .iter()
            .filter(|l| l.inputs.contains(&Source::Input));
        takers.find_map(|l| l.layer.vocabulary_size())
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

    /// How many marks an example's mask of the outputs has, where they have one.
    pub fn output_marks(&self) -> Option<usize> {
        let made_by = self.layers.last().and_then(|l| l.mask)?;
        Some(self.mask_steps(made_by))
    }

    /// Table of contents of the parameters, in the order of `get_weights()`.
    pub fn table(&self) -> &[Param] {
        &self.table
    }

    /// The numbers of an entry of the table.
    pub fn param(&self, param: &Param) -> &[f32] {
        let arena = if param.trainable {
            &self.trainable
        } else {
            &self.frozen
        };
        &arena[param.span.clone()]
    }

    /// The arena of trainable parameters.
    pub fn trainable(&self) -> &[f32] {
        &self.trainable
    }

    /// The arena of trainable parameters, to be moved.
    pub fn trainable_mut(&mut self) -> &mut [f32] {
        &mut self.trainable
    }

    /// The arena of all other parameters.
    pub fn frozen(&self) -> &[f32] {
        &self.frozen
    }

    /// The arena of all other parameters, to be put back.
    pub fn frozen_mut(&mut self) -> &mut [f32] {
        &mut self.frozen
    }

    /// All parameters, in the order of `get_weights()`.
    pub fn weights(&self) -> impl Iterator<Item = f32> {
        self.table
            .iter()
            .flat_map(|p| self.param(p).iter().copied())
    }

    /// Number of all parameters.
    pub fn n_parameters(&self) -> usize {
        self.trainable.len() + self.frozen.len()
    }

    /// Replaces all parameters, given in the order of `get_weights()`.
    ///
    /// # Errors
    /// Too few or too many numbers, or numbers that are not finite.
    pub fn set_weights(&mut self, weights: &[f32]) -> Result<(), ConfigError> {
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

    /// As [`Sequential::set_weights`], of so many weights as the model has, whatever they are.
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

    /// Takes over the parameters of another model, as far as it has arrays of the same path and shape.
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

    /// Training passes so far: Dropout's count of calls.
    pub fn training_calls(&self) -> u64 {
        self.training_calls
    }

    /// Sets the count of training passes.
    pub fn set_training_calls(&mut self, calls: u64) {
        self.training_calls = calls;
    }

    /// The layers that take their state from examples, and the layer whose outputs each of them sees;
    /// `None`: the model's inputs.
    pub fn adapting(&self) -> Vec<(usize, Option<usize>)> {
        let adapts = self.layers.iter().enumerate();
        let adapts = adapts.filter(|(_, l)| l.layer.adapts());
        let source = |(i, built): (usize, &Built)| match built.inputs.first() {
            Some(Source::Layer(j)) => (i, Some(*j)),
            _ => (i, None),
        };
        adapts.map(source).collect()
    }

    /// Gives layer `i` its state from its inputs `x`.
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
    /// How many examples there are, of `width` numbers each.
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
