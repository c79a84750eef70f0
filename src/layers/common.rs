//! Options that many layers share, and the parts that are made from them.

use super::layer::{Backward, Initial, ParamSpec, Shape, size};
use super::terms::{Passed, StageValues};
use crate::functions::activations::{self, Activation};
use crate::functions::constraints::{self, Constraint};
use crate::functions::initializers::{self, Seeded};
use crate::functions::regularizers::{self, Regularizer};
use crate::numerics::rng::PythonRandom;
use crate::options::declare::options;
use crate::options::error::{ConfigError, Result};
use crate::options::{ConfigObject, Default, Kind};

options! {
    /// Function applied to each sum.
    #[start("\"relu\"")]
    pub ACTIVATION = activation("activation"), Kind::Of(&activations::REGISTRY), Default::Text("linear");
    /// Whether each unit adds a bias.
    #[advanced]
    pub USE_BIAS = use_bias("bias"), Kind::Bool, Default::Bool(true);
    /// Initializer of the weights.
    #[advanced]
    pub KERNEL_INITIALIZER = kernel_initializer("initial weights"),
        Kind::Of(&initializers::REGISTRY), Default::Text("glorot_uniform");
    /// Initializer of the biases.
    #[advanced]
    pub BIAS_INITIALIZER = bias_initializer("initial biases"),
        Kind::Of(&initializers::REGISTRY), Default::Text("zeros");
    /// Penalty on the weights, added to the loss.
    #[advanced]
    pub KERNEL_REGULARIZER = kernel_regularizer("weight penalty"), Kind::Of(&regularizers::REGISTRY), Default::Null;
    /// Penalty on the biases, added to the loss.
    #[advanced]
    pub BIAS_REGULARIZER = bias_regularizer("bias penalty"), Kind::Of(&regularizers::REGISTRY), Default::Null;
    /// Penalty on the outputs of each example, added to the loss.
    #[advanced]
    pub ACTIVITY_REGULARIZER = activity_regularizer("activity penalty"),
        Kind::Of(&regularizers::REGISTRY), Default::Null;
    /// Constraint that the weights meet after each update.
    #[advanced]
    pub KERNEL_CONSTRAINT = kernel_constraint("weight constraint"), Kind::Of(&constraints::REGISTRY), Default::Null;
    /// Constraint that the biases meet after each update.
    #[advanced]
    pub BIAS_CONSTRAINT = bias_constraint("bias constraint"), Kind::Of(&constraints::REGISTRY), Default::Null;
    /// Seed of this layer; without one it follows from the seed of the run.
    #[advanced]
    pub SEED = seed("seed"), Kind::Int(0, 9_007_199_254_740_991), Default::Null;
    /// Position of the channels in the shape of an image: last.
    #[advanced]
    pub DATA_FORMAT = data_format("data format"),
        Kind::OneOfHere(&["channels_last"], &["channels_first"]), Default::Text("channels_last");
}

/// Seed of the layer's random numbers: the option, else the next of `seeds`. Keras reduces a large one to 31 bits.
pub fn layer_seed(seed: Option<u64>, seeds: &mut PythonRandom) -> u64 {
    match seed {
        Some(seed) => seed % 2_147_483_646,
        None => seeds.default_seed(),
    }
}

/// Checks a rate that Keras divides by: 1 - rate must not be 0.
///
/// # Errors
/// A rate of 1.
pub fn check_below_one(option: &str, rate: f64) -> Result<()> {
    if rate < 1.0 {
        return Ok(());
    }
    let message = format!("'{option}' is 1, which drops the whole input: use less, such as 0.5.");
    Err(ConfigError::new(option, message))
}

/// Splits the first `n` numbers off.
pub fn take<'a>(rest: &mut &'a mut [f32], n: usize) -> &'a mut [f32] {
    rest.split_off_mut(..n).unwrap_or_default()
}

/// As [`take`], for shared slices.
pub fn take_ref<'a>(rest: &mut &'a [f32], n: usize) -> &'a [f32] {
    rest.split_off(..n).unwrap_or_default()
}

/// Broadcasts an array of shape `from`, whose axes of size 1 are stretched, to the shape `to`: the index in `from` of each
/// element of `to`.
pub fn broadcast_indices(from: &[usize], to: &[usize]) -> Vec<u32> {
    let index_of = |mut element: usize| {
        let (mut index, mut stride) = (0, 1);
        for (from, to) in from.iter().zip(to).rev() {
            if *from > 1 {
                index += element % to * stride;
            }
            stride *= from;
            element /= to;
        }
        index as u32
    };
    (0..size(to).unwrap_or(0)).map(index_of).collect()
}

/// A trainable array of weights, from its three options.
pub fn weights(
    name: &str,
    shape: Shape,
    initializer: &ConfigObject,
    regularizer: Option<&ConfigObject>,
    constraint: Option<&ConfigObject>,
    seeds: &mut PythonRandom,
) -> ParamSpec {
    ParamSpec {
        path: name.into(),
        shape,
        initial: Initial::Drawn(Seeded::new(initializer, seeds)),
        trainable: true,
        regularizer: regularizer.map(Regularizer::new),
        constraint: constraint.map(Constraint::new),
    }
}

/// The initializer of this name, with default options.
pub fn default_initializer(name: &str, seeds: &mut PythonRandom) -> Seeded {
    Seeded::new(
        &ConfigObject::default_of(&initializers::REGISTRY, name),
        seeds,
    )
}

/// An activation with its options.
pub struct Function {
    kind: &'static Activation,
    options: Vec<f32>,
}

impl Function {
    /// The activation of a config.
    pub fn new(activation: &ConfigObject) -> Self {
        Function {
            kind: activations::of(activation),
            options: activations::numbers(activation),
        }
    }

    /// The activation of this name, which the code gives, with its options as numbers.
    pub fn named(name: &str, options: &[f32]) -> Self {
        Function {
            kind: activations::named(name),
            options: options.to_vec(),
        }
    }

    /// Fills `y` with f(z), for rows of `width` numbers.
    pub fn forward(&self, width: usize, z: &[f32], y: &mut [f32]) {
        (self.kind.forward)(&self.options, width, z, y);
    }

    /// Turns dL/dy into dL/dz, in place.
    pub fn backward(&self, width: usize, z: &[f32], y: &[f32], d: &mut [f32]) {
        (self.kind.backward)(&self.options, width, z, y, d);
    }

    /// Keras' name, "sigmoid".
    pub fn name(&self) -> &'static str {
        self.kind.class.name
    }

    /// Keras' name; `None` for linear.
    pub fn nonlinear_name(&self) -> Option<&'static str> {
        (self.name() != "linear").then(|| self.name())
    }

    /// Whether a cross-entropy on top is computed from the input of this activation.
    pub fn logits_available(&self) -> bool {
        self.kind.logits_available
    }
}

/// Backward pass of a layer whose scratch holds the derivative of each output by its input.
pub fn backward_by_factors(pass: Backward<'_>) {
    if let Some(dx) = pass.dx {
        for ((dx, dy), factor) in dx.iter_mut().zip(&*pass.dy).zip(&*pass.scratch) {
            *dx = dy * factor;
        }
    }
}

/// The factors in the scratch of such a layer, as the values of its only stage.
pub fn factors(passed: &Passed<'_>) -> Vec<StageValues> {
    vec![StageValues {
        factors: passed.scratch[..passed.x.len()].to_vec(),
        ..StageValues::default()
    }]
}

/// A trainable array of weights, from its three options in those of a layer.
macro_rules! array {
    ($options:ident, $name:expr, $shape:expr, $seeds:expr; [$initializer:ident, $regularizer:ident, $constraint:ident]) => {
        $crate::layers::common::weights(
            $name,
            $shape,
            &$options.$initializer,
            $options.$regularizer.as_ref(),
            $options.$constraint.as_ref(),
            $seeds,
        )
    };
}

pub(crate) use array;
