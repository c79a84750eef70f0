//! Recurrent layers: a cell, stepped along a sequence.
//!
//! [`Recurrent`] has the parts that all share: the products with the weights, the order of the steps, masks, dropout,
//! backpropagation through time. A [`Cell`] is the mathematics of one step.
//!
//! Buffers are time-major, `[steps, batch, ...]`, so that the batch of one step is a matrix. At one step each gate has a
//! matrix of its own, so that an activation is one call for all its gates. For the gradients of the weights, the gates
//! lie side by side: one product over all steps per matrix. Such a gradient is summed over the steps, from first to last,
//! and at each step over the batch.

mod buffers;
mod cell;
mod dropout;
pub mod gru;
pub mod lstm;
pub mod options;
mod passes;
pub mod simple;
mod terms;
mod weights;

use cell::{Cell, Step, StepBack};
use dropout::Dropout;
use options::Shared;

use super::common;
use super::layer::{Backward, Build, Forward, Initial, Layer, MaskFlow, ParamSpec, Shape};
use super::terms::{Passed, Stage, StageValues};
use crate::functions::regularizers::Regularizer;
use crate::options::ConfigObject;
use crate::options::error::{ConfigError, Result};

/// A cell stepped along a sequence `[steps, inputs]`.
pub struct Recurrent {
    cell: Box<dyn Cell>,
    steps: usize,
    n_in: usize,
    units: usize,
    output_shape: Shape,
    params: Vec<ParamSpec>,
    dropout: Dropout,
    returns_sequences: bool,
    backwards: bool,
    zero_output: bool,
    /// The mask zeroes outputs in the order of the sequence although it is read from its end. A defect of Keras 3.15.1
    /// with `unroll` (`rnn` in backend/tensorflow/rnn.py), which Bidirectional behind a mask has, too.
    zeroes_in_order: bool,
    activity: Option<Regularizer>,
}

impl Recurrent {
    /// `bias_rows`: 2 if the recurrent product has a bias of its own. `forget_ones`: the biases of the second of four gates
    /// are initialized to 1.
    ///
    /// # Errors
    /// An input that is not a sequence.
    pub fn new(
        request: Build<'_>,
        options: Shared,
        cell: Box<dyn Cell>,
        bias_rows: usize,
        forget_ones: bool,
    ) -> Result<Self> {
        let class = request.config.class;
        let &[steps, n_in] = request.input().as_slice() else {
            let message = format!(
                "{} reads a sequence, [steps, features], but its input has the shape {:?}: give it \
                 such an input, or put a Reshape before it.",
                class.class_name,
                request.input()
            );
            return Err(ConfigError::new("units", message));
        };
        let units = options.units;
        let width = cell.gates() * units;
        let seeds = request.seeds;
        // Keras draws this seed whether or not anything is dropped: SimpleRNN before its initializers, the others after.
        let early = class.class_name == "SimpleRNN";
        let early = early.then(|| common::layer_seed(options.seed, seeds));
        let path = |name: &str| [class.name, "_cell/", name].concat();
        let kernel = common::array!(options, &path("kernel"), vec![n_in, width], seeds;
            [kernel_initializer, kernel_regularizer, kernel_constraint]);
        let recurrent = common::array!(options, &path("recurrent_kernel"), vec![units, width], seeds;
            [recurrent_initializer, recurrent_regularizer, recurrent_constraint]);
        let bias_shape = match bias_rows {
            1 => vec![width],
            rows => vec![rows, width],
        };
        let mut bias = common::array!(options, &path("bias"), bias_shape, seeds;
            [bias_initializer, bias_regularizer, bias_constraint]);
        if forget_ones && let Initial::Drawn(seeded) = &bias.initial {
            // Gates i, f, c, o: the forget gate starts open.
            let ones = common::default_initializer("ones", seeds);
            let parts = [(seeded.clone(), 1), (ones, 1), (seeded.clone(), 2)];
            bias.initial =
                Initial::Parts(parts.map(|(seeded, n)| (seeded, vec![n * units])).into());
        }
        let mut params = vec![kernel, recurrent, bias];
        params.truncate(2 + usize::from(options.use_bias));
        let seed = early.unwrap_or_else(|| common::layer_seed(options.seed, seeds));
        let returns_sequences = options.return_sequences;
        Ok(Recurrent {
            dropout: Dropout::new(
                options.dropout,
                options.recurrent_dropout,
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
            backwards: options.go_backwards,
            zero_output: options.zero_output_for_mask,
            zeroes_in_order: options.unroll && options.go_backwards && returns_sequences,
            activity: options.activity_regularizer.as_ref().map(Regularizer::new),
        })
    }

    fn width(&self) -> usize {
        self.cell.gates() * self.units
    }
}

/// The options of a recurrent layer; `None` for any other class.
pub fn options_of(config: &ConfigObject) -> Option<Shared> {
    let lstm = || lstm::Options::of_class(config).map(lstm::Options::shared);
    let gru = || gru::Options::of_class(config).map(gru::Options::shared);
    Shared::of_class(config).or_else(lstm).or_else(gru)
}

impl Layer for Recurrent {
    fn output_shape(&self) -> &Shape {
        &self.output_shape
    }

    fn params(&self) -> &[ParamSpec] {
        &self.params
    }

    fn scratch(&self, batch: usize) -> usize {
        self.n_scratch(batch)
    }

    fn work(&self, batch: usize) -> usize {
        self.n_work(batch)
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

    fn terms(&self, masked: bool) -> Vec<Stage> {
        self.stages(masked)
    }

    fn stage_values(&self, passed: &Passed<'_>) -> Vec<StageValues> {
        self.states(passed)
    }
}
