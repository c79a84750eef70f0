//! SimpleRNN: h_t = f(x_t W + h_(t-1) U + b).

use super::options::{self, recurrent};
use super::{Cell, Recurrent, Step, StepBack};
use crate::layers::common::{self, Function};
use crate::layers::layer::LayerKind;
use crate::options::declare::Fixed;
use crate::options::{ConfigObject, OptionSpec};

recurrent! {
    /// Reads a sequence step by step; its state is its previous output. The activity penalty has no effect, as in
    /// Keras 3.15.1.
    #[formula("h_t = f(x_t W + h_(t-1) U + b)")]
    #[group("recurrent")]
    struct Options("SimpleRNN", "simple_rnn", "Simple RNN") {
        activation {}
        bias_initializer {}
        zero_output_for_mask {}
        seed {}
    }
}

pub static KIND: LayerKind = LayerKind::new(Options::SPEC, |request| {
    let options = Options::of(request.config);
    let cell = Simple {
        function: Function::new(&options.activation),
    };
    let mut options = options.shared();
    // Keras 3.15.1 does not pass it from SimpleRNN's constructor to the layer.
    options.activity_regularizer = None;
    let layer = Recurrent::new(request, options, Box::new(cell), 1, false)?;
    Ok(Box::new(layer))
});

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
