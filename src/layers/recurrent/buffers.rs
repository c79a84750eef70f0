//! Layout of the scratch and work buffers.

use super::Recurrent;
use super::weights::{Size, Weights};
use crate::layers::common::take;

/// The scratch buffer. Sequences are time-major: `[steps, batch, ...]`.
pub struct Scratch<'a> {
    /// Inputs: `[steps, batch, n_in]`.
    pub x: &'a mut [f32],
    /// Outputs, with the initial state: `[steps + 1, batch, units]`.
    pub h: &'a mut [f32],
    /// Memories, with the initial one: `[steps + 1, batch, units]`; empty if the cell has none.
    pub c: &'a mut [f32],
    /// Scratch of the cell: `[steps, n_scratch, batch, units]`.
    pub cell: &'a mut [f32],
    /// Dropout factors of the inputs: `[parts, batch, n_in]`, or empty.
    pub input_factors: &'a mut [f32],
    /// Dropout factors of the state: `[parts, batch, units]`, or empty.
    pub state_factors: &'a mut [f32],
}

impl Recurrent {
    /// Length of the scratch buffer.
    pub(super) fn n_scratch(&self, batch: usize) -> usize {
        let (input, state) = self.dropout.sizes(self.n_in, self.units);
        let n_states = 1 + usize::from(self.cell.has_memory());
        let n = batch * self.units;
        self.steps * (batch * self.n_in + n * self.cell.n_scratch())
            + (self.steps + 1) * n_states * n
            + batch * (input + state)
    }

    pub(super) fn split_scratch<'a>(
        &self,
        batch: usize,
        mut scratch: &'a mut [f32],
    ) -> Scratch<'a> {
        let (input, state) = self.dropout.sizes(self.n_in, self.units);
        let n = batch * self.units;
        let states = (self.steps + 1) * n;
        let memory = usize::from(self.cell.has_memory());
        let rest = &mut scratch;
        Scratch {
            x: take(rest, self.steps * batch * self.n_in),
            h: take(rest, states),
            c: take(rest, memory * states),
            cell: take(rest, self.steps * self.cell.n_scratch() * n),
            input_factors: take(rest, batch * input),
            state_factors: take(rest, batch * state),
        }
    }

    /// Sizes of both weight matrices, and whether their inputs have dropout.
    fn sizes(&self, batch: usize) -> [(Size, bool); 2] {
        let (gates, units) = (self.cell.gates(), self.units);
        let (input, state) = self.dropout.sizes(self.n_in, units);
        // A gate with its own dropout mask has its own product.
        let separate = (input / self.n_in).max(state / units) > 1;
        let together = if separate { 1 } else { self.cell.joint_gates() };
        let split = self.cell.resets_before_product();
        [(self.n_in, input, false), (units, state, split)].map(|(n, dropped, split)| {
            let parts = if split { gates } else { (dropped / n).max(1) };
            let size = Size {
                n,
                units,
                gates,
                batch,
                together,
                parts,
            };
            (size, dropped > 0)
        })
    }

    /// Length of the work buffer: of both weight matrices; the gradients at the pre-activations, of all steps and of
    /// one; the gradient at the input of one step; six matrices of states.
    pub(super) fn n_work(&self, batch: usize) -> usize {
        let n = batch * self.units;
        let weights = |(size, drops): (Size, bool)| size.packed() + size.work(self.steps, drops);
        let all_steps = |yes: bool| usize::from(yes) * self.steps;
        let split = self.cell.resets_before_product();
        self.sizes(batch).map(weights).iter().sum::<usize>()
            + (self.steps + all_steps(self.cell.separates_state_gradient()) + 2)
                * batch
                * self.width()
            + batch * self.n_in
            + (6 + all_steps(split)) * n
    }

    /// The kernel and the recurrent kernel, with buffers from `work`.
    pub(super) fn weights<'a>(
        &self,
        batch: usize,
        params: &'a [f32],
        factors: [&'a [f32]; 2],
        work: &mut &'a mut [f32],
    ) -> [Weights<'a>; 2] {
        let (kernel, rest) = params.split_at(self.n_in * self.width());
        let (recurrent, bias) = rest.split_at(self.units * self.width());
        let (bias, recurrent_bias) = bias.split_at(bias.len().min(self.width()));
        let [(input, input_drops), (state, state_drops)] = self.sizes(batch);
        let mut weights = |size: Size, drops, kernel, bias, factors| Weights {
            size,
            kernel,
            bias,
            factors,
            packed: take(work, size.packed()),
            work: take(work, size.work(self.steps, drops)),
        };
        [
            weights(input, input_drops, kernel, bias, factors[0]),
            weights(state, state_drops, recurrent, recurrent_bias, factors[1]),
        ]
    }
}
