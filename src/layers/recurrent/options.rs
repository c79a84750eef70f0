//! Options that recurrent layers share.

use crate::functions::{activations, constraints, initializers, regularizers};
use crate::options::declare::options;
use crate::options::{Default, Kind};

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

/// A recurrent class: the options that all of them have, in Keras' order, and its own after four of them.
macro_rules! recurrent {
    (
        $(#[$($attribute:tt)*])*
        struct Options($($name:literal),+) {
            activation { $($activation:tt)* }
            bias_initializer { $($initializer:tt)* }
            zero_output_for_mask { $($zero:tt)* }
            seed { $($seed:tt)* }
        }
    ) => {
        $crate::options::declare::class! {
            $(#[$($attribute)*])*
            pub struct Options($($name),+) {
                units: usize = options::UNITS;
                activation: ConfigObject = options::ACTIVATION;
                $($activation)*
                use_bias: bool = common::USE_BIAS;
                kernel_initializer: ConfigObject = common::KERNEL_INITIALIZER;
                recurrent_initializer: ConfigObject = options::RECURRENT_INITIALIZER;
                bias_initializer: ConfigObject = common::BIAS_INITIALIZER;
                $($initializer)*
                kernel_regularizer: Option<ConfigObject> = common::KERNEL_REGULARIZER;
                recurrent_regularizer: Option<ConfigObject> = options::RECURRENT_REGULARIZER;
                bias_regularizer: Option<ConfigObject> = common::BIAS_REGULARIZER;
                activity_regularizer: Option<ConfigObject> = common::ACTIVITY_REGULARIZER;
                kernel_constraint: Option<ConfigObject> = common::KERNEL_CONSTRAINT;
                recurrent_constraint: Option<ConfigObject> = options::RECURRENT_CONSTRAINT;
                bias_constraint: Option<ConfigObject> = common::BIAS_CONSTRAINT;
                dropout: f64 = options::DROPOUT;
                recurrent_dropout: f64 = options::RECURRENT_DROPOUT;
                return_sequences: bool = options::RETURN_SEQUENCES;
                return_state: Fixed = OptionSpec::fixed("return_state", "false");
                go_backwards: bool = options::GO_BACKWARDS;
                stateful: Fixed = OptionSpec::fixed("stateful", "false");
                unroll: bool = options::UNROLL;
                zero_output_for_mask: bool = options::ZERO_OUTPUT;
                $($zero)*
                seed: Option<u64> = common::SEED;
                $($seed)*
            }
        }

        impl Options {
            /// The options that all recurrent layers have.
            pub fn shared(self) -> options::Shared {
                options::Shared {
                    units: self.units,
                    activation: self.activation,
                    use_bias: self.use_bias,
                    kernel_initializer: self.kernel_initializer,
                    recurrent_initializer: self.recurrent_initializer,
                    bias_initializer: self.bias_initializer,
                    kernel_regularizer: self.kernel_regularizer,
                    recurrent_regularizer: self.recurrent_regularizer,
                    bias_regularizer: self.bias_regularizer,
                    activity_regularizer: self.activity_regularizer,
                    kernel_constraint: self.kernel_constraint,
                    recurrent_constraint: self.recurrent_constraint,
                    bias_constraint: self.bias_constraint,
                    dropout: self.dropout,
                    recurrent_dropout: self.recurrent_dropout,
                    return_sequences: self.return_sequences,
                    return_state: self.return_state,
                    go_backwards: self.go_backwards,
                    stateful: self.stateful,
                    unroll: self.unroll,
                    zero_output_for_mask: self.zero_output_for_mask,
                    seed: self.seed,
                }
            }
        }
    };
}

pub(super) use recurrent;

/// The options that all recurrent layers have: SimpleRNN has no others.
pub type Shared = super::simple::Options;
