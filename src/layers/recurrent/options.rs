//! Options that recurrent layers share.

use crate::functions::{activations, constraints, initializers, regularizers};
use crate::layers::common;
use crate::layers::layer::{ParamSpec, Shape};
use crate::numerics::rng::PythonRandom;
use crate::options::declare::options;
use crate::options::{ConfigObject, Default, Kind};

options! {
    /// Size of the state, and number of outputs per step.
    #[start("8")]
    pub UNITS = units("units"), Kind::Int(1, 10_000), Default::Required;
    /// Function applied to the new state.
    pub ACTIVATION = activation("activation"), Kind::Of(&activations::REGISTRY), Default::Text("tanh");
    /// Function applied to the gates.
    pub RECURRENT_ACTIVATION = recurrent_activation("gate activation"),
        Kind::Of(&activations::REGISTRY), Default::Text("sigmoid");
    /// Initializer of the recurrent weights, which lead from one state to the next.
    #[advanced]
    pub RECURRENT_INITIALIZER = recurrent_initializer("initial recurrent weights"),
        Kind::Of(&initializers::REGISTRY), Default::Text("orthogonal");
    /// Penalty on the recurrent weights, added to the loss.
    #[advanced]
    pub RECURRENT_REGULARIZER = recurrent_regularizer("recurrent weight penalty"),
        Kind::Of(&regularizers::REGISTRY), Default::Null;
    /// Constraint that the recurrent weights meet after each update.
    #[advanced]
    pub RECURRENT_CONSTRAINT = recurrent_constraint("recurrent weight constraint"),
        Kind::Of(&constraints::REGISTRY), Default::Null;
    /// Fraction of the inputs that is dropped in training, the same inputs at every step. In Keras a prediction advances
    /// the generator of these random numbers; here it does not.
    #[advanced]
    pub DROPOUT = dropout("dropout"), Kind::Float(0.0, 1.0), Default::Float(0.0);
    /// Fraction of the state that is dropped in training, the same units at every step.
    #[advanced]
    pub RECURRENT_DROPOUT = recurrent_dropout("recurrent dropout"), Kind::Float(0.0, 1.0), Default::Float(0.0);
    /// Returns the output of every step instead of the last one only.
    pub RETURN_SEQUENCES = return_sequences("output at every step"), Kind::Bool, Default::Bool(false);
    /// Reads the sequence from its end.
    #[advanced]
    pub GO_BACKWARDS = go_backwards("backwards"), Kind::Bool, Default::Bool(false);
    /// How Keras computes the steps. The results are the same, except for a defect of Keras 3.15.1 that is reproduced here:
    /// with 'go_backwards' and a mask, 'zero_output_for_mask' (which Bidirectional sets) zeroes the wrong steps.
    #[advanced]
    pub UNROLL = unroll("unroll"), Kind::Bool, Default::Bool(false);
    /// Returns 0 at a masked step instead of the previous output.
    #[advanced]
    pub ZERO_OUTPUT = zero_output_for_mask("0 where masked"), Kind::Bool, Default::Bool(false);
}

/// The options that all recurrent layers have, except the activations.
pub struct LayerOptions {
    pub units: usize,
    pub use_bias: bool,
    pub kernel: ArrayOptions,
    pub recurrent: ArrayOptions,
    pub bias: ArrayOptions,
    pub activity_regularizer: Option<ConfigObject>,
    pub dropout: f64,
    pub recurrent_dropout: f64,
    pub return_sequences: bool,
    pub go_backwards: bool,
    pub unroll: bool,
    pub zero_output_for_mask: bool,
    pub seed: Option<u64>,
}

/// The options of a parameter array.
pub struct ArrayOptions {
    pub initializer: ConfigObject,
    pub regularizer: Option<ConfigObject>,
    pub constraint: Option<ConfigObject>,
}

impl ArrayOptions {
    /// The parameter array.
    pub fn array(&self, path: &str, shape: Shape, seeds: &mut PythonRandom) -> ParamSpec {
        common::weights(
            path,
            shape,
            &self.initializer,
            self.regularizer.as_ref(),
            self.constraint.as_ref(),
            seeds,
        )
    }
}

/// The [`LayerOptions`] in the options of a class.
macro_rules! layer_options {
    ($options:expr) => {{
        use $crate::layers::recurrent::options::{ArrayOptions, LayerOptions};
        let options = $options;
        LayerOptions {
            units: options.units,
            use_bias: options.use_bias,
            kernel: ArrayOptions {
                initializer: options.kernel_initializer,
                regularizer: options.kernel_regularizer,
                constraint: options.kernel_constraint,
            },
            recurrent: ArrayOptions {
                initializer: options.recurrent_initializer,
                regularizer: options.recurrent_regularizer,
                constraint: options.recurrent_constraint,
            },
            bias: ArrayOptions {
                initializer: options.bias_initializer,
                regularizer: options.bias_regularizer,
                constraint: options.bias_constraint,
            },
            activity_regularizer: options.activity_regularizer,
            dropout: options.dropout,
            recurrent_dropout: options.recurrent_dropout,
            return_sequences: options.return_sequences,
            go_backwards: options.go_backwards,
            unroll: options.unroll,
            zero_output_for_mask: options.zero_output_for_mask,
            seed: options.seed,
        }
    }};
}

pub(super) use layer_options;
