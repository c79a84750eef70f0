//! The forward and the backward pass of a recurrent layer.

use super::Recurrent;
use super::cell::{Step, StepBack};
use crate::kernels::elementwise::{add, side_by_side};
use crate::kernels::rows;
use crate::kernels::terms::{Term, sum};
use crate::layers::common::take;
use crate::layers::layer::{Backward, Forward};

impl Recurrent {
    /// The step of the input that is read at time `t`.
    pub(super) fn read_at(&self, t: usize) -> usize {
        if self.backwards {
            self.steps - 1 - t
        } else {
            t
        }
    }

    /// Row of an input `[batch, steps, ...]` that is read at time `t`.
    fn row(&self, example: usize, t: usize) -> usize {
        example * self.steps + self.read_at(t)
    }

    /// Row of the outputs of time `t`.
    fn output_row(&self, example: usize, t: usize) -> usize {
        match self.returns_sequences {
            true => example * self.steps + t,
            false => example,
        }
    }

    /// Whether the output of time `t` is part of the layer's output.
    fn is_returned(&self, t: usize) -> bool {
        self.returns_sequences || t + 1 == self.steps
    }

    /// Whether the mask makes the output of time `t` 0.
    fn is_zeroed(&self, mask: Option<&[f32]>, example: usize, t: usize) -> bool {
        let at = match self.zeroes_in_order {
            true => example * self.steps + t,
            false => self.row(example, t),
        };
        self.zero_output && mask.is_some_and(|mask| mask[at] == 0.0)
    }

    /// The forward pass.
    pub(super) fn run(&self, pass: Forward<'_>) {
        let (batch, units, n_in) = (pass.batch, self.units, self.n_in);
        let n = batch * units;
        let n_cell = self.cell.n_scratch() * n;
        let scratch = self.split_scratch(batch, pass.scratch);
        let factors: [&[f32]; 2] = match pass.training {
            Some(calls) => {
                self.dropout
                    .draw(calls, scratch.input_factors, scratch.state_factors);
                [scratch.input_factors, scratch.state_factors]
            }
            None => [&[], &[]],
        };
        let mut work = pass.work;
        let [mut inputs, mut states] = self.weights(batch, pass.params, factors, &mut work);
        inputs.pack();
        states.pack();
        let cell_work = take(&mut work, n);
        scratch.h[..n].fill(0.0);
        let memory = scratch.c.len().min(n);
        scratch.c[..memory].fill(0.0);
        for t in 0..self.steps {
            let x = &mut scratch.x[t * batch * n_in..][..batch * n_in];
            for (example, to) in x.chunks_exact_mut(n_in).enumerate() {
                to.copy_from_slice(&pass.x[self.row(example, t) * n_in..][..n_in]);
            }
            // Without training there is no backward pass that reads them.
            let at = if pass.training.is_some() { t } else { 0 };
            let cell = &mut scratch.cell[at * n_cell..][..n_cell];
            let (h_before, h) = scratch.h[t * n..][..2 * n].split_at_mut(n);
            let (c_before, c) = scratch.c[t * memory..].split_at_mut(memory);
            for gates in inputs.size.groups(0..self.cell.gates()) {
                let (start, n_gates) = (gates.start, gates.len());
                let state = match start < self.cell.joint_gates() {
                    // The initial state is zero.
                    true => states.term(gates.clone(), if t == 0 { &[] } else { h_before }),
                    false => Term::default(),
                };
                let out = &mut cell[start * n..][..n_gates * n];
                sum([inputs.term(gates, x), state], n_gates, units, out);
            }
            self.cell.step(Step {
                units,
                scratch: cell,
                work: cell_work,
                h_before,
                h,
                c_before,
                c: &mut c[..memory],
                states: &mut states,
            });
            let counts = |example| pass.mask.is_none_or(|m| m[self.row(example, t)] != 0.0);
            // A masked step leaves the states unchanged.
            if pass.mask.is_some() {
                for example in (0..batch).filter(|example| !counts(*example)) {
                    let row = example * units..(example + 1) * units;
                    h[row.clone()].copy_from_slice(&h_before[row.clone()]);
                    if memory > 0 {
                        c[row.clone()].copy_from_slice(&c_before[row]);
                    }
                }
            }
            for example in (0..batch).filter(|_| self.is_returned(t)) {
                let y = &mut pass.y[self.output_row(example, t) * units..][..units];
                match self.is_zeroed(pass.mask, example, t) {
                    false => y.copy_from_slice(&h[example * units..][..units]),
                    true => y.fill(0.0),
                }
            }
        }
    }

    /// The backward pass.
    pub(super) fn run_back(&self, mut pass: Backward<'_>) {
        let (batch, units, n_in) = (pass.batch, self.units, self.n_in);
        let (n, width) = (batch * units, batch * self.width());
        let gates = self.cell.gates();
        // The gates that read the previous output.
        let state_gates = match self.cell.resets_before_product() {
            true => self.cell.joint_gates(),
            false => gates,
        };
        let n_cell = self.cell.n_scratch() * n;
        let scratch = self.split_scratch(batch, pass.scratch);
        let mut work = pass.work;
        let work = &mut work;
        let factors: [&[f32]; 2] = [scratch.input_factors, scratch.state_factors];
        let [mut inputs, mut states] = self.weights(batch, pass.params, factors, work);
        if pass.dx.is_some() {
            inputs.pack_back();
        }
        states.pack_back();
        let dz = take(work, self.steps * width);
        let separate = usize::from(self.cell.separates_state_gradient());
        let dz_state = take(work, separate * self.steps * width);
        let (d, d_state) = (take(work, width), take(work, width));
        let dx_step = take(work, batch * n_in);
        let memory = scratch.c.len().min(n);
        let (mut dh, mut dh_before) = (take(work, n), take(work, n));
        let (mut dc, mut dc_before) = (take(work, memory), take(work, memory));
        let (held, held_memory) = (take(work, n), take(work, memory));
        dh.fill(0.0);
        dc.fill(0.0);
        for t in (0..self.steps).rev() {
            let counts = |example| pass.mask.is_none_or(|m| m[self.row(example, t)] != 0.0);
            for example in (0..batch).filter(|_| self.is_returned(t)) {
                if !self.is_zeroed(pass.mask, example, t) {
                    let dy = &pass.dy[self.output_row(example, t) * units..][..units];
                    add(dy, &mut dh[example * units..][..units]);
                }
            }
            // A masked step passes its gradient to the previous step unchanged.
            let masked = || (0..batch).filter(|example| !counts(*example));
            let both = [(&mut *dh, &mut *held), (&mut *dc, &mut *held_memory)];
            if pass.mask.is_some() {
                for (d, held) in both.into_iter().filter(|(d, _)| !d.is_empty()) {
                    held.copy_from_slice(d);
                    masked().for_each(|example| d[example * units..][..units].fill(0.0));
                }
            }
            let (h_before, h) = scratch.h[t * n..][..2 * n].split_at(n);
            let (c_before, c) = scratch.c[t * memory..].split_at(memory);
            self.cell.step_back(StepBack {
                units,
                scratch: &scratch.cell[t * n_cell..][..n_cell],
                h_before,
                h,
                c_before,
                c: &c[..memory],
                dh,
                dc,
                dc_before,
                d,
                d_state,
                states: &mut states,
            });
            let rows = &mut dz[t * width..][..width];
            side_by_side(d, units, gates, rows);
            if let Some(out) = &mut pass.dx {
                inputs.back(0..gates, rows, d, dx_step);
                for (example, from) in dx_step.chunks_exact(n_in).enumerate() {
                    out[self.row(example, t) * n_in..][..n_in].copy_from_slice(from);
                }
            }
            let (mut at_state, mut rows) = (&*d, &*rows);
            if self.cell.separates_state_gradient() {
                let rows_state = &mut dz_state[t * width..][..width];
                side_by_side(d_state, units, gates, rows_state);
                (at_state, rows) = (&*d_state, rows_state);
            }
            // The initial state is a constant.
            if t == 0 {
                break;
            }
            states.back(0..state_gates, rows, at_state, dh_before);
            if self.cell.carries_state() {
                add(dh, dh_before);
            }
            let both = [(&mut *dh_before, &*held), (&mut *dc_before, &*held_memory)];
            if pass.mask.is_some() {
                for (d, held) in both.into_iter().filter(|(d, _)| !d.is_empty()) {
                    for row in masked().map(|example| example * units..(example + 1) * units) {
                        d[row.clone()].copy_from_slice(&held[row]);
                    }
                }
            }
            std::mem::swap(&mut dh, &mut dh_before);
            std::mem::swap(&mut dc, &mut dc_before);
        }
        let (dkernel, rest) = pass.dparams.split_at_mut(n_in * self.width());
        let (drecurrent, dbias) = rest.split_at_mut(units * self.width());
        let dz_state = if self.cell.separates_state_gradient() {
            dz_state
        } else {
            &*dz
        };
        inputs.gradient(0..gates, scratch.x, dz, dkernel, pass.products);
        // The initial state is zero.
        let (h, later) = (&scratch.h[n..self.steps * n], &dz_state[width..]);
        states.gradient(0..state_gates, h, later, drecurrent, pass.products);
        if state_gates < gates {
            let read = take(work, (self.steps - 1) * n);
            let steps = scratch.cell[n_cell..].chunks_exact(n_cell);
            for (to, from) in read.chunks_exact_mut(n).zip(steps) {
                to.copy_from_slice(&from[n_cell - n..]);
            }
            states.gradient(state_gates..gates, read, later, drecurrent, pass.products);
        }
        for (dz, dbias) in [&*dz, dz_state]
            .into_iter()
            .zip(dbias.chunks_exact_mut(self.width()))
        {
            rows::sum_rows(dz, dbias);
        }
    }
}
