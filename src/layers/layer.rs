//! The interface of a layer: the trait [`Layer`], the arguments of its passes, its parameters and its masks.
//!
//! A layer owns no numbers: parameters, activations and gradients are lent to it as row-major slices, and it allocates
//! nothing while training.

use super::activated::Activated;
use super::terms::{Passed, Stage, StageValues};
use crate::functions::constraints::Constraint;
use crate::functions::initializers::Seeded;
use crate::functions::regularizers::Regularizer;
use crate::kernels::matmul::Products;
use crate::kernels::sparse::RowSelection;
use crate::numerics::rng::PythonRandom;
use crate::options::error::Result;
use crate::options::{ClassSpec, ConfigObject};

/// Sizes of the axes of one example's array, without the batch.
pub type Shape = Vec<usize>;

/// Number of elements of an array of this shape; `None` if it overflows.
pub fn size(shape: &[usize]) -> Option<usize> {
    shape
        .iter()
        .try_fold(1usize, |product, n| product.checked_mul(*n))
}

/// A parameter array of a layer.
#[derive(Clone, Debug)]
pub struct ParamSpec {
    /// Keras' path below the layer's name: "kernel", "lstm_cell/kernel".
    pub path: String,
    /// Its shape.
    pub shape: Shape,
    /// Its initial values.
    pub initial: Initial,
    /// Whether an optimizer updates it. Moving averages are not trainable.
    pub trainable: bool,
    /// Penalty on its values, added to the loss.
    pub regularizer: Option<Regularizer>,
    /// Constraint that it meets after each update.
    pub constraint: Option<Constraint>,
}

impl ParamSpec {
    /// A trainable array without regularizer and constraint.
    pub fn new(path: &str, shape: &[usize], initial: Initial) -> Self {
        ParamSpec {
            path: path.into(),
            shape: shape.into(),
            initial,
            trainable: true,
            regularizer: None,
            constraint: None,
        }
    }
}

/// Initial values of a parameter array.
#[derive(Clone, Debug)]
pub enum Initial {
    /// Drawn by an initializer.
    Drawn(Seeded),
    /// Arrays of these shapes, one after another, each drawn by its own initializer.
    Parts(Vec<(Seeded, Shape)>),
    /// Given.
    Numbers(Vec<f32>),
}

impl Initial {
    /// Checks that the initializer can fill an array of this shape.
    ///
    /// # Errors
    /// As [`Seeded::check`].
    pub fn check(&self, shape: &[usize]) -> Result<()> {
        match self {
            Initial::Drawn(seeded) => seeded.check(shape),
            Initial::Parts(parts) => parts
                .iter()
                .try_for_each(|(seeded, shape)| seeded.check(shape)),
            Initial::Numbers(_) => Ok(()),
        }
    }

    /// Fills an array of this shape.
    pub fn fill(&self, shape: &[usize], to: &mut [f32]) {
        match self {
            Initial::Drawn(seeded) => seeded.fill(shape, to),
            Initial::Numbers(numbers) => to.copy_from_slice(numbers),
            Initial::Parts(parts) => {
                let mut rest = to;
                for (seeded, shape) in parts {
                    let (part, others) = rest.split_at_mut(size(shape).unwrap_or(0));
                    seeded.fill(shape, part);
                    rest = others;
                }
            }
        }
    }
}

/// How a layer handles the mask of its input: the mask marks the steps of a sequence that count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MaskFlow {
    /// Passes the mask on to the next layer.
    Passes,
    /// Consumes or ignores the mask: the output has none.
    Stops,
    /// Refuses a mask, with the reason and an alternative.
    Refused(&'static str),
    /// Computes a new mask of this number of steps per example.
    Begins(usize),
    /// Combines the masks of all inputs.
    Joins(Join),
}

/// How the masks of several inputs are combined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Join {
    /// A step counts if it counts in any input. No mask unless every input has one.
    Any,
    /// As [`Join::Any`], but one mask is enough: every step of an input without a mask counts.
    Some,
    /// The masks are concatenated along the steps. Every step of an input without a mask counts.
    Along,
}

/// Returns the mask of the input of this index, or `None` if it has none.
pub type Masks<'a> = &'a dyn Fn(usize) -> Option<&'a [f32]>;

/// Arguments of [`Layer::forward`].
pub struct Forward<'a> {
    /// Number of examples.
    pub batch: usize,
    /// Inputs: `[batch, inputs]`. Several inputs are concatenated per example. Empty if `nonzeros` is given.
    pub x: &'a [f32],
    /// The nonzero inputs, for a layer that [accepts them](Layer::accepts_sparse_input).
    pub nonzeros: Option<RowSelection<'a>>,
    /// Mask of the first input: `[batch, steps]`, 1 for a step that counts, else 0.
    pub mask: Option<&'a [f32]>,
    /// Mask of each input.
    pub masks: Masks<'a>,
    /// Trainable parameters, concatenated.
    pub params: &'a [f32],
    /// Non-trainable parameters, concatenated.
    pub state: &'a [f32],
    /// Buffer that the backward pass reads: [`Layer::scratch`] numbers.
    pub scratch: &'a mut [f32],
    /// Temporary buffer of at least [`Layer::work`] numbers, with arbitrary content.
    pub work: &'a mut [f32],
    /// Outputs, filled by the call: `[batch, outputs]`.
    pub y: &'a mut [f32],
    /// Matrix products.
    pub products: &'a mut Products,
    /// In training, the number of training calls before this one; `None` at inference.
    pub training: Option<u64>,
}

/// Arguments of [`Layer::backward`], which follows a forward pass in training.
pub struct Backward<'a> {
    /// Number of examples.
    pub batch: usize,
    /// Inputs of the forward pass.
    pub x: &'a [f32],
    /// Nonzero inputs of the forward pass.
    pub nonzeros: Option<RowSelection<'a>>,
    /// Mask of the first input.
    pub mask: Option<&'a [f32]>,
    /// Mask of each input.
    pub masks: Masks<'a>,
    /// Trainable parameters.
    pub params: &'a [f32],
    /// Non-trainable parameters.
    pub state: &'a [f32],
    /// Buffer that the forward pass filled.
    pub scratch: &'a mut [f32],
    /// Temporary buffer of at least [`Layer::work`] numbers, with arbitrary content.
    pub work: &'a mut [f32],
    /// Outputs of the forward pass.
    pub y: &'a [f32],
    /// Gradient of the loss with respect to `y`, or to the logits if `at_logits`. The call may overwrite it.
    pub dy: &'a mut [f32],
    /// Gradient with respect to `x`, filled by the call; `None` for the first layer.
    pub dx: Option<&'a mut [f32]>,
    /// Gradient with respect to `params`, filled by the call.
    pub dparams: &'a mut [f32],
    /// Matrix products.
    pub products: &'a mut Products,
    /// Number of training calls before the forward pass.
    pub calls: u64,
    /// Whether `dy` is the gradient with respect to the input of the layer's sigmoid or softmax.
    pub at_logits: bool,
}

/// The mathematics of one layer.
pub trait Layer {
    /// Shape of one example's output.
    fn output_shape(&self) -> &Shape;

    /// The end of a layer whose output is that of an activation, for the layers that have the usual options of one.
    fn activated(&self) -> Option<&Activated> {
        None
    }

    /// Parameter arrays, in Keras' order.
    fn params(&self) -> &[ParamSpec] {
        self.activated().map_or(&[], |activated| &activated.params)
    }

    /// Length of the buffer that a forward pass fills for the backward pass. Does not shrink as `batch` grows.
    fn scratch(&self, batch: usize) -> usize {
        self.activated()
            .map_or(0, |activated| activated.n_out(batch))
    }

    /// Length of the temporary buffer of a pass.
    fn work(&self, batch: usize) -> usize {
        let _ = batch;
        0
    }

    /// Fills `y`, and `scratch` for [`Layer::backward`].
    fn forward(&self, pass: Forward<'_>);

    /// Fills `dx` and `dparams` from `dy`.
    fn backward(&self, pass: Backward<'_>);

    /// Updates non-trainable state (moving averages) after a step of training, from the `scratch` of a forward pass of
    /// `batch` examples.
    fn update_state(&self, batch: usize, scratch: &[f32], state: &mut [f32]) {
        let _ = (batch, scratch, state);
    }

    /// Whether the layer computes its state from the training examples before training (Keras' `adapt`).
    fn adapts(&self) -> bool {
        false
    }

    /// Computes the state from the inputs of all examples, for a layer that [adapts](Layer::adapts).
    fn adapt(&self, x: &[f32], state: &mut [f32]) {
        let _ = (x, state);
    }

    /// How the layer handles the mask of its input.
    fn mask_flow(&self) -> MaskFlow {
        MaskFlow::Stops
    }

    /// Fills a new mask from the inputs: 1 for a step that counts, else 0. For [`MaskFlow::Begins`].
    fn make_mask(&self, x: &[f32], mask: &mut [f32]) {
        let _ = (x, mask);
    }

    /// Penalty on the outputs, added to the loss.
    fn activity_regularizer(&self) -> Option<&Regularizer> {
        self.activated()
            .and_then(|activated| activated.activity.as_ref())
    }

    /// Penalty on the outputs of layers inside this one, from the `scratch` of a forward pass of `batch` examples.
    /// [`Layer::backward`] adds its gradient.
    fn inner_penalty(&self, scratch: &[f32], batch: usize) -> f32 {
        let _ = (scratch, batch);
        0.0
    }

    /// Inputs are integer ids in `0..n`; `None` for any other inputs.
    fn vocabulary_size(&self) -> Option<usize> {
        None
    }

    /// Whether the layer, as the first of a model, can compute from the nonzero inputs alone.
    fn accepts_sparse_input(&self) -> bool {
        false
    }

    /// Name of the activation; `None` for linear or none.
    fn activation(&self) -> Option<&'static str> {
        self.activated()
            .and_then(|activated| activated.function.nonlinear_name())
    }

    /// Whether the output is a sigmoid or softmax whose input stands first in `scratch`. A cross-entropy on top is
    /// computed from that input.
    fn logits_available(&self) -> bool {
        self.activated()
            .is_some_and(|activated| activated.function.logits_available())
    }

    /// Turns the gradient `d` at the output y into the gradient at the pre-activations or logits, in place.
    fn activation_backward(&self, scratch: &[f32], y: &[f32], d: &mut [f32]) {
        if let Some(activated) = self.activated() {
            activated.backward(&scratch[..y.len()], y, d);
        }
    }

    /// Scratch starts with the pre-activations z, one per output. A backward pass leaves dL/dz in `dy`, and
    /// [`Layer::activation_backward`] turns dL/dy into dL/dz.
    fn stores_preactivation(&self) -> bool {
        self.activated().is_some()
    }

    /// Identity at inference, and in training too if `training` is set. Logits below it stay accessible.
    fn is_identity(&self, training: bool) -> bool {
        let _ = training;
        false
    }

    /// How the numbers are made of the inputs: the stages of the layer, the output last. Empty for a layer that is
    /// shown as a whole. `masked`: a mask reaches the layer.
    fn terms(&self, masked: bool) -> Vec<Stage> {
        let _ = masked;
        Vec::new()
    }

    /// The values of the stages in a forward pass of training, except z, a and slope of the last one. Empty where there
    /// are no others.
    fn stage_values(&self, passed: &Passed<'_>) -> Vec<StageValues> {
        let _ = passed;
        Vec::new()
    }
}

/// Arguments of a layer's constructor.
pub struct Build<'a> {
    /// The class with its options.
    pub config: &'a ConfigObject,
    /// Shapes of one example's inputs: several only for layers that merge inputs.
    pub inputs: &'a [Shape],
    /// Keras' `trainable`: whether the parameters are updated.
    pub trainable: bool,
    /// Source of the seeds that the options leave open, drawn in the order of Keras' constructor.
    pub seeds: &'a mut PythonRandom,
}

impl Build<'_> {
    /// Shape of one example's first input.
    pub fn input(&self) -> &Shape {
        static NONE: Shape = Shape::new();
        self.inputs.first().unwrap_or(&NONE)
    }
}

/// Number of inputs of a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inputs {
    /// One.
    One,
    /// A query and a value, and optionally keys. After a single layer, its output is all of them.
    QueryAndValue,
    /// Two or more.
    Several,
}

/// A class of layers.
pub struct LayerKind {
    /// Names, texts and options.
    pub class: ClassSpec,
    /// Number of inputs.
    pub inputs: Inputs,
    /// Constructor.
    pub build: Constructor,
}

/// Makes a layer.
///
/// # Errors
/// Options or input shapes that do not fit.
pub type Constructor = fn(Build<'_>) -> Result<Box<dyn Layer>>;

impl LayerKind {
    /// A class of layers with one input.
    pub const fn new(class: ClassSpec, build: Constructor) -> Self {
        LayerKind {
            class,
            inputs: Inputs::One,
            build,
        }
    }

    /// The same class with other inputs.
    pub const fn taking(self, inputs: Inputs) -> Self {
        LayerKind { inputs, ..self }
    }
}
