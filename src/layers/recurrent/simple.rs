//! SimpleRNN: the new state is a function of the input and the last state.

use super::{Cell, Recurrent, Step, StepBack, function};
use crate::layers::common::{self, Function};
use crate::layers::layer::{Inputs, LayerKind};
use crate::options::{ClassSpec, OptionSpec, help_text};

pub static KIND: LayerKind = LayerKind {
    class: ClassSpec {
        class_name: "SimpleRNN",
        name: "simple_rnn",
        aliases: &[],
        label: "Simple RNN",
        doc: help_text(
            "Reads a sequence step by step; its state is what the last step left. Its penalty on outputs \
              has no effect, as in Keras 3.15.1.",
        ),
        formula: help_text("h_t = f(x_t W + h_(t-1) U + b)"),
        options: &[
            &super::UNITS,
            &super::ACTIVATION,
            &common::USE_BIAS,
            &common::KERNEL_INITIALIZER,
            &super::RECURRENT_INITIALIZER,
            &common::BIAS_INITIALIZER,
            &common::KERNEL_REGULARIZER,
            &super::RECURRENT_REGULARIZER,
            &common::BIAS_REGULARIZER,
            &common::ACTIVITY_REGULARIZER,
            &common::KERNEL_CONSTRAINT,
            &super::RECURRENT_CONSTRAINT,
            &common::BIAS_CONSTRAINT,
            &super::DROPOUT,
            &super::RECURRENT_DROPOUT,
            &super::RETURN_SEQUENCES,
            &OptionSpec::fixed("return_state", "false"),
            &super::GO_BACKWARDS,
            &OptionSpec::fixed("stateful", "false"),
            &super::UNROLL,
            &super::ZERO_OUTPUT,
            &common::SEED,
        ],
        group: "",
        shared: &[],
    },
    inputs: Inputs::One,
    build: |request| {
        let cell = Simple {
            function: function(&request, "activation"),
        };
        Ok(Box::new(Recurrent::new(request, Box::new(cell), 1, false)?))
    },
};

/// h = f(z + h U). Keeps the sum.
struct Simple {
    function: Function,
}

impl Cell for Simple {
    fn gates(&self) -> usize {
        1
    }

    fn kept(&self) -> usize {
        1
    }

    fn step(&self, step: Step<'_, '_>) {
        self.function.forward(step.units, step.kept, step.h);
    }

    fn step_back(&self, step: StepBack<'_, '_>) {
        step.d.copy_from_slice(step.dh);
        self.function
            .backward(step.units, step.kept, step.h, step.d);
    }
}
