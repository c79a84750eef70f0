//! Recurrent layers: one cell, stepped along the sequence.
//!
//! [`Recurrent`] does what all have in common: products with the weights, the order of time, masks, and the
//! way back through time; a [`Cell`] is the mathematics of one step. Inside, arrays are time-major,
//! `[steps, batch, ...]`, so that the batch of a step is one matrix, and each gate's numbers at a step are a
//! matrix of their own: a function is then called once for all of them. For the gradients of the weights, one
//! product each over all steps (summed over steps, from first to last, and in each over the batch), they lie
//! side by side.

mod cell;
mod dropped;
pub mod gru;
pub mod lstm;
mod options;
mod passes;
mod room;
pub mod simple;
mod weights;

pub use cell::{Cell, Step, StepBack};
use dropped::Rates;
use options::{
    ACTIVATION, DROPOUT, GO_BACKWARDS, RECURRENT_ACTIVATION, RECURRENT_CONSTRAINT,
    RECURRENT_DROPOUT, RECURRENT_INITIALIZER, RECURRENT_REGULARIZER, RETURN_SEQUENCES, UNITS,
    UNROLL, ZERO_OUTPUT,
};

use super::common::{self, Function};
use super::layer::{Backward, Build, Forward, Initial, Layer, MaskFlow, ParamSpec, Shape};
use crate::functions::regularizers::Regularizer;
use crate::options::error::ConfigError;

/// A cell stepped along a sequence `[steps, inputs]`.
pub struct Recurrent {
    cell: Box<dyn Cell>,
    steps: usize,
    n_in: usize,
    units: usize,
    output_shape: Shape,
    params: Vec<ParamSpec>,
    rates: Rates,
    returns_sequences: bool,
    backwards: bool,
    zero_output: bool,
    /// The mask hides outputs in the order of the sequence though that is read from its end: a defect of Keras 3.15.1
    /// where it unrolls (`rnn` in backend/tensorflow/rnn.py), which Bidirectional behind a mask has, too.
    hides_in_order: bool,
    activity: Option<Regularizer>,
}

impl Recurrent {
    /// `bias_rows`: 2 where the recurrent part has a bias of its own; `forget_ones`: the second of four
    /// gates begins with biases of 1.
    ///
    /// # Errors
    /// An input that is not a sequence.
    pub fn new(
        request: Build<'_>,
        cell: Box<dyn Cell>,
        bias_rows: usize,
        forget_ones: bool,
    ) -> Result<Self, ConfigError> {
        let config = request.config;
        let class = config.class.class_name;
        let &[steps, n_in] = request.input().as_slice() else {
            let message = format!(
                "{class} reads a sequence, [steps, features], but its input has the shape {:?}: give it \
                 such an input, or put a Reshape before it.",
                request.input()
            );
            return Err(ConfigError::new("units", message));
        };
        let units = config.count("units").unwrap_or(1);
        let width = cell.gates() * units;
        // SimpleRNN's cell makes its generator before its initializers, the others after them; all of
        // them whether or not they drop anything.
        let early = class == "SimpleRNN";
        let early = early.then(|| common::seed(config, request.seeds));
        let path = |name: &str| [config.class.name, "_cell/", name].concat();
        let mut kernel = common::param(config, "kernel", vec![n_in, width], request.seeds);
        let mut recurrent = common::param(config, "recurrent", vec![units, width], request.seeds);
        let bias_shape = match bias_rows {
            1 => vec![width],
            rows => vec![rows, width],
        };
        let mut bias = common::param(config, "bias", bias_shape, request.seeds);
        if forget_ones && let Initial::Drawn(seeded) = &bias.initial {
            // Gates i, f, c, o: the forget gate begins open.
            let ones = common::plain("ones", request.seeds);
            let parts = [(seeded.clone(), 1), (ones, 1), (seeded.clone(), 2)];
            bias.initial =
                Initial::Parts(parts.map(|(seeded, n)| (seeded, vec![n * units])).into());
        }
        (kernel.path, recurrent.path, bias.path) =
            (path("kernel"), path("recurrent_kernel"), path("bias"));
        let mut params = vec![kernel, recurrent, bias];
        params.truncate(2 + usize::from(config.flag("use_bias")));
        let returns_sequences = config.flag("return_sequences");
        let seed = early.unwrap_or_else(|| common::seed(config, request.seeds));
        Ok(Recurrent {
            rates: Rates::new(
                config.number("dropout"),
                config.number("recurrent_dropout"),
                cell.gates(),
                seed,
            ),
            cell,
            steps,
            n_in,
            units,
            output_shape: if returns_sequences {
                vec![steps, units]
            } else {
                vec![units]
            },
            params,
            returns_sequences,
            backwards: config.flag("go_backwards"),
            zero_output: config.flag("zero_output_for_mask"),
            hides_in_order: config.flag("unroll")
                && config.flag("go_backwards")
                && returns_sequences,
            // SimpleRNN's constructor does not hand it on (Keras 3.15.1): it has no effect there.
            activity: common::regularizer_of(config, "activity_regularizer")
                .filter(|_| class != "SimpleRNN"),
        })
    }

    fn width(&self) -> usize {
        self.cell.gates() * self.units
    }
}

impl Layer for Recurrent {
    fn output_shape(&self) -> &Shape {
        &self.output_shape
    }

    fn params(&self) -> &[ParamSpec] {
        &self.params
    }

    fn scratch(&self, batch: usize) -> usize {
        self.kept(batch)
    }

    fn work(&self, batch: usize) -> usize {
        self.room(batch)
    }

    fn forward(&self, pass: Forward<'_>) {
        self.run(pass);
    }

    fn backward(&self, pass: Backward<'_>) {
        self.run_back(pass);
    }

    fn mask_flow(&self) -> MaskFlow {
        if self.returns_sequences {
            MaskFlow::Passes
        } else {
            MaskFlow::Stops
        }
    }

    fn activity_regularizer(&self) -> Option<&Regularizer> {
        self.activity.as_ref()
    }
}

/// The function of an option, for cells.
fn function(request: &Build<'_>, option: &str) -> Function {
    Function::of(request.config, option)
}
