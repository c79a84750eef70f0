//! What a recurrent layer is lent, and who has which part of it.

use super::Recurrent;
use super::weights::{Size, Weights};

/// Takes the first `n` numbers off.
pub fn take<'a>(rest: &mut &'a mut [f32], n: usize) -> &'a mut [f32] {
    rest.split_off_mut(..n).unwrap_or_default()
}

/// The scratch: each time-major, all steps of one after another.
pub struct Kept<'a> {
    /// Inputs.
    pub x: &'a mut [f32],
    /// Outputs before each step and after the last.
    pub h: &'a mut [f32],
    /// Memories, where the cell has one.
    pub c: &'a mut [f32],
    /// What the cell keeps.
    pub cell: &'a mut [f32],
    /// Factors of the inputs.
    pub drop: &'a mut [f32],
    /// Factors of the state.
    pub state_drop: &'a mut [f32],
}

impl Recurrent {
    /// How many numbers are kept from forward for backward.
    pub(super) fn kept(&self, batch: usize) -> usize {
        let (input, state) = self.rates.sizes(self.n_in, self.units);
        let n_states = 1 + usize::from(self.cell.has_memory());
        let n = batch * self.units;
        self.steps * (batch * self.n_in + n * self.cell.kept())
            + (self.steps + 1) * n_states * n
            + batch * (input + state)
    }

    pub(super) fn split_kept<'a>(&self, batch: usize, mut scratch: &'a mut [f32]) -> Kept<'a> {
        let (input, state) = self.rates.sizes(self.n_in, self.units);
        let n = batch * self.units;
        let states = (self.steps + 1) * n;
        let memory = usize::from(self.cell.has_memory());
        let rest = &mut scratch;
        Kept {
            x: take(rest, self.steps * batch * self.n_in),
            h: take(rest, states),
            c: take(rest, memory * states),
            cell: take(rest, self.steps * self.cell.kept() * n),
            drop: take(rest, batch * input),
            state_drop: take(rest, batch * state),
        }
    }

    /// Sizes of both matrices, and whether what they meet is dropped.
    fn sizes(&self, batch: usize) -> [(Size, bool); 2] {
        let (gates, units) = (self.cell.gates(), self.units);
        let (input, state) = self.rates.sizes(self.n_in, units);
        // Each gate by itself where each sees something of its own.
        let alone = (input / self.n_in).max(state / units) > 1;
        let together = if alone { 1 } else { self.cell.summed() };
        let split = self.cell.resets_before();
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

    /// Numbers that the passes need for themselves: what both matrices do, gradients at what inputs and
    /// state gave at all steps, at one step, of the input of a step, six of states.
    pub(super) fn room(&self, batch: usize) -> usize {
        let n = batch * self.units;
        let weights = |(size, drops): (Size, bool)| size.packed() + size.work(self.steps, drops);
        let several = |yes: bool| usize::from(yes) * self.steps;
        let split = self.cell.resets_before();
        self.sizes(batch).map(weights).iter().sum::<usize>()
            + (self.steps + several(self.cell.apart()) + 2) * batch * self.width()
            + batch * self.n_in
            + (6 + several(split)) * n
    }

    /// Both matrices, of the inputs and of the state.
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
