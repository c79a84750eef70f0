//! A recurrent layer's way through a sequence, and back.

use super::Recurrent;
use super::cell::{Step, StepBack};
use super::room::take;
use crate::kernels::elementwise::{add, side_by_side};
use crate::kernels::rows;
use crate::kernels::terms::{Term, sum};
use crate::layers::layer::{Backward, Forward};

impl Recurrent {
    /// The step of the input that is read at time `t`.
    fn read_at(&self, t: usize) -> usize {
        if self.backwards {
            self.steps - 1 - t
        } else {
            t
        }
    }

    /// Which row of `[batch, steps, ...]` an example's is that is read at time `t`.
    fn row(&self, example: usize, t: usize) -> usize {
        example * self.steps + self.read_at(t)
    }

    /// Which row of the outputs is an example's at time `t`.
    fn shown_at(&self, example: usize, t: usize) -> usize {
        match self.returns_sequences {
            true => example * self.steps + t,
            false => example,
        }
    }

    /// Whether outputs at time `t` are given.
    fn shows(&self, t: usize) -> bool {
        self.returns_sequences || t + 1 == self.steps
    }

    /// Whether an example's output at time `t` is 0 because of the mask.
    fn is_hidden(&self, mask: Option<&[f32]>, example: usize, t: usize) -> bool {
        let at = match self.hides_in_order {
            true => example * self.steps + t,
            false => self.row(example, t),
        };
        self.zero_output && mask.is_some_and(|mask| mask[at] == 0.0)
    }

    /// The forward pass.
    pub(super) fn run(&self, pass: Forward<'_>) {
        let (batch, units, n_in) = (pass.batch, self.units, self.n_in);
        let n = batch * units;
        let n_kept = self.cell.kept() * n;
        let kept = self.split_kept(batch, pass.scratch);
        let factors: [&[f32]; 2] = match pass.training {
            Some(calls) => {
                self.rates.draw(calls, kept.drop, kept.state_drop);
                [kept.drop, kept.state_drop]
            }
            None => [&[], &[]],
        };
        let mut work = pass.work;
        let [mut inputs, mut states] = self.weights(batch, pass.params, factors, &mut work);
        inputs.pack();
        states.pack();
        let room = take(&mut work, n);
        kept.h[..n].fill(0.0);
        let memory = kept.c.len().min(n);
        kept.c[..memory].fill(0.0);
        for t in 0..self.steps {
            let x = &mut kept.x[t * batch * n_in..][..batch * n_in];
            for (example, to) in x.chunks_exact_mut(n_in).enumerate() {
                to.copy_from_slice(&pass.x[self.row(example, t) * n_in..][..n_in]);
            }
            // Nobody reads them again after predicting.
            let own = if pass.training.is_some() { t } else { 0 };
            let kept_now = &mut kept.cell[own * n_kept..][..n_kept];
            let (h_before, h) = kept.h[t * n..][..2 * n].split_at_mut(n);
            let (c_before, c) = kept.c[t * memory..].split_at_mut(memory);
            for gates in inputs.size.groups(0..self.cell.gates()) {
                let (start, n_gates) = (gates.start, gates.len());
                let state = match start < self.cell.summed() {
                    // The state before the first step is zero.
                    true => states.term(gates.clone(), if t == 0 { &[] } else { h_before }),
                    false => Term::default(),
                };
                let out = &mut kept_now[start * n..][..n_gates * n];
                sum([inputs.term(gates, x), state], n_gates, units, out);
            }
            self.cell.step(Step {
                units,
                kept: kept_now,
                room,
                h_before,
                h,
                c_before,
                c: &mut c[..memory],
                states: &mut states,
            });
            let counts = |example| pass.mask.is_none_or(|m| m[self.row(example, t)] != 0.0);
            // A step that does not count leaves the states as they were.
            if pass.mask.is_some() {
                for example in (0..batch).filter(|example| !counts(*example)) {
                    let row = example * units..(example + 1) * units;
                    h[row.clone()].copy_from_slice(&h_before[row.clone()]);
                    if memory > 0 {
                        c[row.clone()].copy_from_slice(&c_before[row]);
                    }
                }
            }
            for example in (0..batch).filter(|_| self.shows(t)) {
                let y = &mut pass.y[self.shown_at(example, t) * units..][..units];
                match self.is_hidden(pass.mask, example, t) {
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
        // The gates that read the state before.
        let state_gates = match self.cell.resets_before() {
            true => self.cell.summed(),
            false => gates,
        };
        let n_kept = self.cell.kept() * n;
        let kept = self.split_kept(batch, pass.scratch);
        let mut work = pass.work;
        let work = &mut work;
        let factors: [&[f32]; 2] = [kept.drop, kept.state_drop];
        let [mut inputs, mut states] = self.weights(batch, pass.params, factors, work);
        if pass.dx.is_some() {
            inputs.pack_back();
        }
        states.pack_back();
        let dz = take(work, self.steps * width);
        let apart = usize::from(self.cell.apart());
        let dz_state = take(work, apart * self.steps * width);
        let (d, d_state) = (take(work, width), take(work, width));
        let dx_step = take(work, batch * n_in);
        let memory = kept.c.len().min(n);
        let (mut dh, mut dh_before) = (take(work, n), take(work, n));
        let (mut dc, mut dc_before) = (take(work, memory), take(work, memory));
        let (held, held_memory) = (take(work, n), take(work, memory));
        dh.fill(0.0);
        dc.fill(0.0);
        for t in (0..self.steps).rev() {
            let counts = |example| pass.mask.is_none_or(|m| m[self.row(example, t)] != 0.0);
            for example in (0..batch).filter(|_| self.shows(t)) {
                if !self.is_hidden(pass.mask, example, t) {
                    let dy = &pass.dy[self.shown_at(example, t) * units..][..units];
                    add(dy, &mut dh[example * units..][..units]);
                }
            }
            // A step that does not count hands its gradient to the step before as it is.
            let masked = || (0..batch).filter(|example| !counts(*example));
            let both = [(&mut *dh, &mut *held), (&mut *dc, &mut *held_memory)];
            if pass.mask.is_some() {
                for (d, held) in both.into_iter().filter(|(d, _)| !d.is_empty()) {
                    held.copy_from_slice(d);
                    masked().for_each(|example| d[example * units..][..units].fill(0.0));
                }
            }
            let (h_before, h) = kept.h[t * n..][..2 * n].split_at(n);
            let (c_before, c) = kept.c[t * memory..].split_at(memory);
            self.cell.step_back(StepBack {
                units,
                kept: &kept.cell[t * n_kept..][..n_kept],
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
            if self.cell.apart() {
                let rows_state = &mut dz_state[t * width..][..width];
                side_by_side(d_state, units, gates, rows_state);
                (at_state, rows) = (&*d_state, rows_state);
            }
            // Nobody asks for the gradient at the state before the first step.
            if t == 0 {
                break;
            }
            states.back(0..state_gates, rows, at_state, dh_before);
            if self.cell.is_identity() {
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
        let dz_state = if self.cell.apart() { dz_state } else { &*dz };
        inputs.gradient(0..gates, kept.x, dz, dkernel, pass.products);
        // The state before the first step is zero.
        let (h, later) = (&kept.h[n..self.steps * n], &dz_state[width..]);
        states.gradient(0..state_gates, h, later, drecurrent, pass.products);
        if state_gates < gates {
            let read = take(work, (self.steps - 1) * n);
            let steps = kept.cell[n_kept..].chunks_exact(n_kept);
            for (to, from) in read.chunks_exact_mut(n).zip(steps) {
                to.copy_from_slice(&from[n_kept - n..]);
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
