//! Options that recurrent layers share.

use crate::layers::common;
use crate::options::{Default, Kind, OptionSpec, help_text};

pub const UNITS: OptionSpec = OptionSpec {
    name: "units",
    label: "units",
    doc: help_text("How many numbers the state has, and come out of each step."),
    kind: Kind::Int(1, 10_000),
    default: Default::Required,
    advanced: false,
    start: "",
};
pub const ACTIVATION: OptionSpec = common::function(
    "activation",
    "activation",
    "What the new state is passed through.",
    "tanh",
);
pub const RECURRENT_ACTIVATION: OptionSpec = common::function(
    "recurrent_activation",
    "gates' activation",
    "What the gates are passed through.",
    "sigmoid",
);
pub const RECURRENT_INITIALIZER: OptionSpec = common::initializer(
    "recurrent_initializer",
    "recurrent weights begin as",
    "Where the weights from the last state to the next begin.",
    "orthogonal",
);
pub const RECURRENT_REGULARIZER: OptionSpec = common::regularizer(
    "recurrent_regularizer",
    "recurrent weights' penalty",
    "What the size of the recurrent weights adds to the loss.",
);
pub const RECURRENT_CONSTRAINT: OptionSpec = common::constraint(
    "recurrent_constraint",
    "recurrent weights' limit",
    "Where the recurrent weights are brought back to after each step.",
);
pub const DROPOUT: OptionSpec = OptionSpec {
    name: "dropout",
    label: "dropout",
    doc: help_text(
        "Share of the inputs that is dropped in training, the same at every step. Keras counts predictions \
          among its draws, which here change nothing.",
    ),
    kind: Kind::Float(0.0, 1.0),
    default: Default::Float(0.0),
    advanced: false,
    start: "",
};
pub const RECURRENT_DROPOUT: OptionSpec = OptionSpec {
    name: "recurrent_dropout",
    label: "recurrent dropout",
    doc: help_text("Share of the state that is dropped in training, the same at every step."),
    ..DROPOUT
};
pub const RETURN_SEQUENCES: OptionSpec = flag(
    "return_sequences",
    "every step's output",
    "Whether the outputs of all steps come out, or only the last one's.",
);
pub const GO_BACKWARDS: OptionSpec = flag(
    "go_backwards",
    "backwards",
    "Whether the sequence is read from its end.",
);
pub const UNROLL: OptionSpec = flag(
    "unroll",
    "unroll",
    "How Keras computes the steps. The numbers are the same, but for one defect of Keras 3.15.1 that is kept: read \
     backwards behind a mask, 'zero_output_for_mask' (which Bidirectional sets) puts the zeros at the wrong steps.",
);
pub const ZERO_OUTPUT: OptionSpec = flag(
    "zero_output_for_mask",
    "0 where masked",
    "Whether a masked step gives 0 instead of the step's before.",
);

const fn flag(name: &'static str, label: &'static str, doc: &'static str) -> OptionSpec {
    let (kind, default) = (Kind::Bool, Default::Bool(false));
    OptionSpec {
        name,
        label,
        doc: help_text(doc),
        kind,
        default,
        advanced: false,
        start: "",
    }
}
