//! SimpleRNN: h_t = f(x_t W + h_(t-1) U + b).

use super::options::{self, layer_options};
use super::{Cell, Recurrent, Step, StepBack};
use crate::layers::common::{self, Function};
use crate::layers::layer::{Inputs, LayerKind};
use crate::options::declare::{Fixed, class};
use crate::options::{ConfigObject, OptionSpec};

class! {
    /// Reads a sequence step by step; its state is its previous output. The activity penalty has no effect, as in
    /// Keras 3.15.1.
    #[formula("h_t = f(x_t W + h_(t-1) U + b)")]
    #[group("recurrent")]
    pub struct Options("SimpleRNN", "simple_rnn", "Simple RNN") {
        units: usize = options::UNITS;
        activation: ConfigObject = options::ACTIVATION;
        use_bias: bool = common::USE_BIAS;
        kernel_initializer: ConfigObject = common::KERNEL_INITIALIZER;
        recurrent_initializer: ConfigObject = options::RECURRENT_INITIALIZER;
        bias_initializer: ConfigObject = common::BIAS_INITIALIZER;
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
        seed: Option<u64> = common::SEED;
    }
}

pub static KIND: LayerKind = LayerKind {
    class: Options::SPEC,
    inputs: Inputs::One,
    build: |request| {
        let options = Options::of(request.config);
        let cell = Simple {
            function: Function::new(&options.activation),
        };
        let mut options = layer_options!(options);
        // Keras 3.15.1 does not pass it from SimpleRNN's constructor to the layer.
        options.activity_regularizer = None;
        let layer = Recurrent::new(request, options, Box::new(cell), 1, false)?;
        Ok(Box::new(layer))
    },
};

/// h = f(z). Scratch: the pre-activation z.
struct Simple {
    function: Function,
}

impl Cell for Simple {
    fn gates(&self) -> usize {
        1
    }

    fn n_scratch(&self) -> usize {
        1
    }

    fn step(&self, step: Step<'_, '_>) {
        self.function.forward(step.units, step.scratch, step.h);
    }

    fn step_back(&self, step: StepBack<'_, '_>) {
        step.d.copy_from_slice(step.dh);
        self.function
            .backward(step.units, step.scratch, step.h, step.d);
    }

    fn function(&self) -> Option<&Function> {
        Some(&self.function)
    }
}
