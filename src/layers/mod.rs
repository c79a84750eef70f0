//! Layers: the mathematics of each, owning no numbers.
//!
//! Parameters, activations and gradients are lent to a layer as row-major slices; it allocates
//! nothing while training. To add one: a file with its [`LayerKind`], and its line in [`ALL`].

mod activation;
mod dense;
mod dropout;
mod flatten;

use crate::choice::{Choice, Entry, Family};
use crate::initializers::Seeded;
use crate::kernels::matmul::Products;
use crate::kernels::sparse::Chosen;
use crate::refusal::Refusal;
use crate::rng::PythonRandom;

/// Sizes of one example's array, without the batch.
pub type Shape = Vec<usize>;

/// A parameter array of a layer.
#[derive(Clone, Debug)]
pub struct ParamSpec {
    /// Keras' name: "kernel", "bias".
    pub name: &'static str,
    /// Its shape.
    pub shape: Shape,
    /// Where its numbers begin.
    pub initializer: Seeded,
}

/// What a forward pass lends to a layer. `x`: `[batch, inputs]`, `y`: `[batch, outputs]`.
pub struct Forward<'a> {
    /// Inputs; empty where `nonzeros` are given instead.
    pub x: &'a [f32],
    /// Inputs that are mostly zero, for a layer that [takes them so](Layer::takes_nonzeros).
    pub nonzeros: Option<Chosen<'a>>,
    /// The layer's parameters, one array after another.
    pub params: &'a [f32],
    /// Kept for the backward pass: `scratch_per_example` numbers for each example.
    pub scratch: &'a mut [f32],
    /// Outputs, to be filled.
    pub y: &'a mut [f32],
    /// Makes products of matrices.
    pub products: &'a mut Products,
    /// In training: how many training calls came before this one. `None` when predicting.
    pub training: Option<u64>,
}

/// What a backward pass lends to a layer.
pub struct Backward<'a> {
    /// Inputs of the forward pass.
    pub x: &'a [f32],
    /// Inputs of the forward pass, where it had them so.
    pub nonzeros: Option<Chosen<'a>>,
    /// The layer's parameters.
    pub params: &'a [f32],
    /// As the forward pass left it.
    pub scratch: &'a [f32],
    /// Outputs of the forward pass.
    pub y: &'a [f32],
    /// Gradient of the loss with respect to `y` - or to the logits, where `at_logits`. May be used up.
    pub dy: &'a mut [f32],
    /// Gradient with respect to `x`, to be filled; absent for the first layer.
    pub dx: Option<&'a mut [f32]>,
    /// Gradient with respect to the parameters, to be filled.
    pub dparams: &'a mut [f32],
    /// Makes products of matrices.
    pub products: &'a mut Products,
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

    /// Numbers that a forward pass keeps for the backward pass, per example.
    fn scratch_per_example(&self) -> usize {
        0
    }

    /// Fills `y`, and `scratch` with what [`Layer::backward`] needs.
    fn forward(&self, pass: Forward<'_>);

    /// Fills `dx` and `dparams` from `dy`.
    fn backward(&self, pass: Backward<'_>);

    /// As a model's first layer it can do with the inputs that are not zero.
    fn takes_nonzeros(&self) -> bool {
        false
    }

    /// Name of its activation, where it has one other than linear.
    fn activation(&self) -> Option<&'static str> {
        None
    }

    /// Its output is a sigmoid or softmax whose input stands in `scratch`: what a cross-entropy on
    /// top takes instead.
    fn leaves_logits(&self) -> bool {
        false
    }

    /// Outside of training it hands its very input on, so that logits below it stay in reach; in
    /// training too where `training`.
    fn hands_on(&self, training: bool) -> bool {
        let _ = training;
        false
    }
}

/// What a layer is built from.
pub struct Build<'a> {
    /// The layer's options.
    pub choice: &'a Choice,
    /// Shape of one example's input.
    pub input_shape: &'a Shape,
    /// Where it draws seeds that nobody chose, in the order of Keras' constructor.
    pub seeds: &'a mut PythonRandom,
}

/// A layer that can be chosen.
pub struct LayerKind {
    /// How it is called and what it is for.
    pub entry: Entry,
    /// Builds it.
    ///
    /// # Errors
    /// A shape that it cannot take.
    pub build: fn(Build<'_>) -> Result<Box<dyn Layer>, Refusal>,
}

/// Every layer, in the order in which the page offers them.
pub static ALL: &[&LayerKind] = &[
    &dense::KIND,
    &activation::KIND,
    &dropout::KIND,
    &flatten::KIND,
];

/// The family, for a model's list of layers.
pub static FAMILY: Family = Family {
    noun: "layer",
    entries: || ALL.iter().map(|l| &l.entry).collect(),
};

/// Builds the layer of a choice out of [`FAMILY`].
///
/// # Errors
/// A shape that it cannot take.
pub fn build(request: Build<'_>) -> Result<Box<dyn Layer>, Refusal> {
    let found = ALL
        .iter()
        .find(|l| std::ptr::eq(&l.entry, request.choice.entry));
    match found {
        Some(kind) => (kind.build)(request),
        None => Err(Refusal::new("class_name", "This is not a layer.")),
    }
}

/// Number of elements of an array of this shape; `None` where that overflows.
pub fn size(shape: &[usize]) -> Option<usize> {
    shape
        .iter()
        .try_fold(1usize, |product, n| product.checked_mul(*n))
}
