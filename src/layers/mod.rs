//! Layers: the mathematics of each, owning no numbers.
//!
//! Parameters, activations and gradients are lent to a layer as row-major slices; it allocates
//! nothing while training. To add one: a file with its [`LayerKind`], and its line in [`ALL`].

mod activation;
mod activity;
mod attention;
mod augmentation;
mod common;
mod convolution;
mod dense;
mod dropout;
mod embedding;
mod flatten;
mod masking;
mod merging;
mod noise;
mod normalization;
mod pooling;
mod prelu;
mod rearrange;
mod recurrent;
mod scaling;
mod softmax;
mod wrappers;

pub(crate) use dense::Options as DenseOptions;

use crate::functions::activations;
use crate::functions::constraints::Constraint;
use crate::functions::initializers::Seeded;
use crate::functions::regularizers::Regularizer;
use crate::kernels::matmul::Products;
use crate::kernels::sparse::RowSelection;
use crate::numerics::rng::PythonRandom;
use crate::options::error::ConfigError;
use crate::options::{ClassSpec, ConfigObject, Kind, Registry};

/// Sizes of one example's array, without the batch.
pub type Shape = Vec<usize>;

/// A parameter array of a layer.
#[derive(Clone, Debug)]
pub struct ParamSpec {
    /// Keras' path below the layer's name: "kernel", "lstm_cell/kernel".
    pub path: String,
    /// Its shape.
    pub shape: Shape,
    /// Where its numbers begin.
    pub initial: Initial,
    /// False: never moved by an optimizer, such as a moving mean.
    pub trainable: bool,
    /// What its size adds to the loss.
    pub regularizer: Option<Regularizer>,
    /// Where it is brought back to after each step.
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

/// Where the numbers of a parameter array begin.
#[derive(Clone, Debug)]
pub enum Initial {
    /// Drawn by an initializer.
    Drawn(Seeded),
    /// Arrays of these shapes, each drawn by itself, one after another.
    Parts(Vec<(Seeded, Shape)>),
    /// Known.
    Numbers(Vec<f32>),
}

impl Initial {
    /// Says whether an array of this shape can begin so.
    ///
    /// # Errors
    /// As [`Seeded::check`].
    pub fn check(&self, shape: &[usize]) -> Result<(), ConfigError> {
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
                    let (these, others) = rest.split_at_mut(size(shape).unwrap_or(0));
                    seeded.fill(shape, these);
                    rest = others;
                }
            }
        }
    }
}

/// What becomes of the mask that says which steps of a sequence count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MaskFlow {
    /// It reaches the next layer.
    Passes,
    /// It ends here.
    Stops,
    /// No mask may reach this layer: why, and what to use instead.
    Refused(&'static str),
    /// This layer makes it anew, of so many steps for an example.
    Begins(usize),
    /// It is made from those of all inputs.
    Joins(Join),
}

/// How several inputs' masks become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Join {
    /// Where every input has one, a step counts that counts in any of them.
    Any,
    /// The same, where some input has one; where another has none, every step counts.
    Some,
    /// They stand one after another; where an input has none, every step counts.
    Along,
}

/// The mask of an input, where it has one.
pub type Masks<'a> = &'a dyn Fn(usize) -> Option<&'a [f32]>;

/// What a forward pass lends to a layer.
pub struct Forward<'a> {
    /// Number of examples.
    pub batch: usize,
    /// Inputs: `[batch, inputs]`, of several inputs one after another for each example; empty where
    /// `nonzeros` are given instead.
    pub x: &'a [f32],
    /// Inputs that are mostly zero, for a layer that [takes them so](Layer::accepts_sparse_input).
    pub nonzeros: Option<RowSelection<'a>>,
    /// Which steps of the input count (1) and which do not (0): `[batch, steps]`; of several the first's.
    pub mask: Option<&'a [f32]>,
    /// The mask of each of several inputs.
    pub masks: Masks<'a>,
    /// The layer's trainable parameters, one array after another.
    pub params: &'a [f32],
    /// The layer's other parameters.
    pub state: &'a [f32],
    /// Kept for the backward pass: [`Layer::scratch`] numbers.
    pub scratch: &'a mut [f32],
    /// For this call alone: at least [`Layer::work`] numbers, whatever they are.
    pub work: &'a mut [f32],
    /// Outputs, to be filled: `[batch, outputs]`.
    pub y: &'a mut [f32],
    /// Makes products of matrices.
    pub products: &'a mut Products,
    /// In training: how many training calls came before this one. `None` when predicting.
    pub training: Option<u64>,
}

/// What a backward pass lends to a layer. It follows a forward pass in training.
pub struct Backward<'a> {
    /// Number of examples.
    pub batch: usize,
    /// Inputs of the forward pass.
    pub x: &'a [f32],
    /// Inputs of the forward pass, where it had them so.
    pub nonzeros: Option<RowSelection<'a>>,
    /// Mask of the forward pass.
    pub mask: Option<&'a [f32]>,
    /// Masks of the forward pass.
    pub masks: Masks<'a>,
    /// The layer's trainable parameters.
    pub params: &'a [f32],
    /// The layer's other parameters.
    pub state: &'a [f32],
    /// As the forward pass left it.
    pub scratch: &'a mut [f32],
    /// For this call alone: at least [`Layer::work`] numbers, whatever they are.
    pub work: &'a mut [f32],
    /// Outputs of the forward pass.
    pub y: &'a [f32],
    /// Gradient of the loss with respect to `y` - or to the logits, where `at_logits`. May be used up.
    pub dy: &'a mut [f32],
    /// Gradient with respect to `x`, to be filled; absent where nobody needs it.
    pub dx: Option<&'a mut [f32]>,
    /// Gradient with respect to `params`, to be filled.
    pub dparams: &'a mut [f32],
    /// Makes products of matrices.
    pub products: &'a mut Products,
    /// How many training calls came before the forward pass.
    pub calls: u64,
    /// `dy` is the gradient with respect to the input of the layer's sigmoid or softmax.
    pub at_logits: bool,
}

/// The mathematics of one layer.
pub trait Layer {
    /// Shape of one example's output.
    fn output_shape(&self) -> &Shape;

    /// Its parameter arrays, in Keras' order.
    fn params(&self) -> &[ParamSpec] {
        &[]
    }

    /// Numbers that a forward pass keeps for the backward pass. More examples need no less.
    fn scratch(&self, batch: usize) -> usize {
        let _ = batch;
        0
    }

    /// Numbers that a pass needs for itself.
    fn work(&self, batch: usize) -> usize {
        let _ = batch;
        0
    }

    /// Fills `y`, and `scratch` with what [`Layer::backward`] needs.
    fn forward(&self, pass: Forward<'_>);

    /// Fills `dx` and `dparams` from `dy`.
    fn backward(&self, pass: Backward<'_>);

    /// After a step of training: moves the parameters that no optimizer moves, from what the forward
    /// pass of `batch` examples kept.
    fn update_state(&self, batch: usize, scratch: &[f32], state: &mut [f32]) {
        let _ = (batch, scratch, state);
    }

    /// It takes its state from examples before training.
    fn adapts(&self) -> bool {
        false
    }

    /// Where it [adapts](Layer::adapts): fills its state from the inputs of examples.
    fn adapt(&self, x: &[f32], state: &mut [f32]) {
        let _ = (x, state);
    }

    /// What becomes of the input's mask.
    fn mask_flow(&self) -> MaskFlow {
        MaskFlow::Stops
    }

    /// Where the mask [begins](MaskFlow::Begins): fills it, 1 for steps that count.
    fn make_mask(&self, x: &[f32], mask: &mut [f32]) {
        let _ = (x, mask);
    }

    /// What its output's size adds to the loss.
    fn activity_regularizer(&self) -> Option<&Regularizer> {
        None
    }

    /// What the outputs of layers inside it add to the loss, out of what a forward pass of `batch`
    /// examples kept. Its own [`Layer::backward`] adds the gradient.
    fn inner_penalty(&self, scratch: &[f32], batch: usize) -> f32 {
        let _ = (scratch, batch);
        0.0
    }

    /// Its input must be whole numbers from 0 to this one, which is not among them.
    fn vocabulary_size(&self) -> Option<usize> {
        None
    }

    /// As a model's first layer it can do with the inputs that are not zero.
    fn accepts_sparse_input(&self) -> bool {
        false
    }

    /// Name of its activation, where it has one other than linear.
    fn activation(&self) -> Option<&'static str> {
        None
    }

    /// Its output is a sigmoid or softmax whose input stands first in `scratch`: what a cross-entropy
    /// on top takes instead.
    fn logits_available(&self) -> bool {
        false
    }

    /// Where it leaves logits: turns the gradient `d` at its output into that at the logits.
    fn activation_backward(&self, scratch: &[f32], y: &[f32], d: &mut [f32]) {
        let _ = (scratch, y, d);
    }

    /// Its output is a function of numbers z that stand first in `scratch`, as many as come out; a backward
    /// pass leaves dL/dz in its `dy`, and [`Layer::activation_backward`] makes that of dL/dy.
    fn stores_preactivation(&self) -> bool {
        false
    }

    /// Outside of training it hands its very input on, so that logits below it stay in reach; in
    /// training too where `training`.
    fn is_identity(&self, training: bool) -> bool {
        let _ = training;
        false
    }
}

/// What a layer is built from.
pub struct Build<'a> {
    /// The layer's options.
    pub choice: &'a ConfigObject,
    /// Shapes of one example's inputs: one, but for layers that join several.
    pub inputs: &'a [Shape],
    /// False: its parameters stay as they are.
    pub trainable: bool,
    /// Where it draws seeds that nobody chose, in the order of Keras' constructor.
    pub seeds: &'a mut PythonRandom,
}

impl Build<'_> {
    /// Shape of one example's first input.
    pub fn input(&self) -> &Shape {
        static NONE: Shape = Shape::new();
        self.inputs.first().unwrap_or(&NONE)
    }
}

/// How many inputs a layer takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inputs {
    /// One.
    One,
    /// A query and a value, and perhaps keys. After a single layer all are its output.
    QueryAndValue,
    /// Two or more.
    Several,
}

/// A layer that can be chosen.
pub struct LayerKind {
    /// How it is called and what it is for.
    pub class: ClassSpec,
    /// What it takes.
    pub inputs: Inputs,
    /// Builds it.
    ///
    /// # Errors
    /// A shape that it cannot take.
    pub build: fn(Build<'_>) -> Result<Box<dyn Layer>, ConfigError>,
}

/// Every layer, in the order in which the page offers them.
pub static ALL: &[&LayerKind] = &[
    &dense::KIND,
    &embedding::KIND,
    &masking::KIND,
    &activation::KIND,
    &activation::RELU,
    &activation::LEAKY_RELU,
    &prelu::KIND,
    &activation::ELU,
    &softmax::KIND,
    &dropout::KIND,
    &dropout::SPATIAL_1D,
    &dropout::SPATIAL_2D,
    &noise::GAUSSIAN_DROPOUT,
    &noise::GAUSSIAN_NOISE,
    &dropout::ALPHA,
    &activity::KIND,
    &flatten::KIND,
    &rearrange::RESHAPE,
    &rearrange::PERMUTE,
    &rearrange::REPEAT_VECTOR,
    &rearrange::ZERO_PADDING_1D,
    &rearrange::ZERO_PADDING_2D,
    &rearrange::CROPPING_1D,
    &rearrange::CROPPING_2D,
    &rearrange::UP_SAMPLING_1D,
    &rearrange::UP_SAMPLING_2D,
    &merging::ADD,
    &merging::SUBTRACT,
    &merging::MULTIPLY,
    &merging::AVERAGE,
    &merging::MAXIMUM,
    &merging::MINIMUM,
    &merging::CONCATENATE,
    &convolution::plain::CONV_1D,
    &convolution::plain::CONV_2D,
    &convolution::plain::DEPTHWISE_1D,
    &convolution::plain::DEPTHWISE_2D,
    &convolution::separable::SEPARABLE_1D,
    &convolution::separable::SEPARABLE_2D,
    &convolution::transpose::TRANSPOSE_1D,
    &convolution::transpose::TRANSPOSE_2D,
    &pooling::MAX_1D,
    &pooling::MAX_2D,
    &pooling::AVERAGE_1D,
    &pooling::AVERAGE_2D,
    &pooling::GLOBAL_MAX_1D,
    &pooling::GLOBAL_MAX_2D,
    &pooling::GLOBAL_AVERAGE_1D,
    &pooling::GLOBAL_AVERAGE_2D,
    &scaling::RESCALING,
    &scaling::NORMALIZATION,
    &augmentation::FLIP,
    &augmentation::ROTATION,
    &augmentation::ZOOM,
    &augmentation::TRANSLATION,
    &augmentation::SHEAR,
    &augmentation::RANDOM_CROP,
    &augmentation::CONTRAST,
    &augmentation::BRIGHTNESS,
    &augmentation::ERASING,
    &augmentation::RESIZING,
    &augmentation::CENTER_CROP,
    &normalization::batch::KIND,
    &normalization::layer::KIND,
    &normalization::group::KIND,
    &normalization::rms::KIND,
    &normalization::unit::KIND,
    &recurrent::simple::KIND,
    &recurrent::lstm::KIND,
    &recurrent::gru::KIND,
    &wrappers::bidirectional::KIND,
    &wrappers::time::KIND,
    &attention::KIND,
];

/// The family, for a model's list of layers.
pub static REGISTRY: Registry = Registry {
    noun: "layer",
    entries: || ALL.iter().map(|l| &l.class).collect(),
    config_keys: &["name", "trainable", "dtype"],
    object_keys: &["build_config", "name", "inbound_nodes"],
};

/// How many inputs the layer of this choice takes.
pub fn inputs_of(choice: &ConfigObject) -> Inputs {
    let found = ALL.iter().find(|l| std::ptr::eq(&l.class, choice.class));
    found.map_or(Inputs::One, |l| l.inputs)
}

/// Builds the layer of a choice out of [`REGISTRY`].
///
/// # Errors
/// A shape that it cannot take.
pub fn build(request: Build<'_>) -> Result<Box<dyn Layer>, ConfigError> {
    let entry = request.choice.class;
    let halves = |name: &&str| request.choice.choice(name).is_some_and(activations::halves);
    let mut options = entry.all_options().map(|o| o.name);
    if entry.class_name != "Activation"
        && let Some(option) = options.find(halves)
    {
        let message = "glu gives half as many numbers as it takes, so that it cannot stand inside of a \
                       layer: leave this 'linear', and put an Activation with glu after it.";
        return Err(ConfigError::new(option, message));
    }
    // A recurrent cell sees one step at a time.
    let rank = match entry.class_name {
        "GRU" | "LSTM" | "SimpleRNN" => 2,
        _ => request.input().len() + 1,
    };
    for option in entry.all_options() {
        if let Kind::Of(family) = option.kind
            && std::ptr::eq(family, &activations::REGISTRY)
            && let Some(function) = request.choice.choice(option.name)
        {
            function
                .check_last_axis(rank)
                .map_err(|r| r.at(option.name))?;
        }
    }
    let found = ALL.iter().find(|l| std::ptr::eq(&l.class, entry));
    match found {
        Some(kind) => (kind.build)(request),
        None => Err(ConfigError::new("class_name", "This is not a layer.")),
    }
}

/// Number of elements of an array of this shape; `None` where that overflows.
#[inline(never)]
pub fn size(shape: &[usize]) -> Option<usize> {
    shape
        .iter()
        .try_fold(1usize, |product, n| product.checked_mul(*n))
}
