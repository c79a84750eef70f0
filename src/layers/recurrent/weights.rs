//! The kernel or the recurrent kernel of a layer: the weights from the inputs, or from the state, to the gates.

use crate::kernels::block::{COLUMNS, Row};
use crate::kernels::elementwise::{add, add_times, times};
use crate::kernels::matmul::Products;
use crate::kernels::panels::Order;
use crate::kernels::terms::{Term, pack, packed, sum};
use std::ops::Range;

/// Size of such a matrix.
#[derive(Clone, Copy)]
pub struct Size {
    /// Rows: inputs or units of the state.
    pub n: usize,
    /// Columns of one gate.
    pub units: usize,
    /// Number of gates.
    pub gates: usize,
    /// Number of examples.
    pub batch: usize,
    /// Number of gates whose products are computed together.
    pub together: usize,
    /// Number of parts of the backward product: 1, or the number of gates if each gate has its own input.
    pub parts: usize,
}

/// A matrix `[n, gates * units]`, packed for the products of every step, with the dropout of its inputs.
pub struct Weights<'a> {
    pub size: Size,
    pub kernel: &'a [f32],
    /// `[gates * units]`, or empty.
    pub bias: &'a [f32],
    /// Dropout factors of the inputs: `[1 or gates, batch, n]`, or empty.
    pub factors: &'a [f32],
    /// [`Size::packed`] numbers.
    pub packed: &'a mut [f32],
    /// [`Size::work`] numbers, with arbitrary content.
    pub work: &'a mut [f32],
}

impl Size {
    /// Length of the packed matrix, in either order.
    pub fn packed(self) -> usize {
        let forward = self.gates.div_ceil(self.together) * self.group();
        // One more row for the bias.
        let forward = forward + forward / self.n;
        COLUMNS * forward.max(self.parts * packed(self.part(), 1, self.n))
    }

    /// Length of the work buffer. `steps`: the number of steps over which [`Weights::gradient`] sums.
    pub fn work(self, steps: usize, drops: bool) -> usize {
        let rows = steps * self.batch;
        let scaled = usize::from(drops) * rows * self.n;
        let part = usize::from(self.parts > 1) * (rows + self.n) * self.part();
        (scaled + part).max(self.batch * self.n)
    }

    fn width(self) -> usize {
        self.gates * self.units
    }

    /// Columns of one part.
    fn part(self) -> usize {
        self.width() / self.parts
    }

    /// Packed rows of one group of gates.
    fn group(self) -> usize {
        packed(self.n, self.together, self.units)
    }

    /// The groups of gates whose products are computed together.
    pub fn groups(self, gates: Range<usize>) -> impl Iterator<Item = Range<usize>> {
        let end = gates.end;
        let first = gates.step_by(self.together);
        first.map(move |gate| gate..end.min(gate + self.together))
    }
}

impl Weights<'_> {
    /// Packs the matrix for [`Weights::term`].
    pub fn pack(&mut self) {
        let Size {
            n, units, gates, ..
        } = self.size;
        let panels = self.packed.as_chunks_mut().0;
        let groups = panels.chunks_exact_mut(self.size.group() / n * (n + 1));
        for (group, to) in self.size.groups(0..gates).zip(groups) {
            let (to, bias) = to.split_at_mut(self.size.group());
            let (start, width) = (group.start * units, self.size.width());
            let of = |k| (k, group.len(), units);
            pack(&self.kernel[start..], width, Order::Rows, of(n), to);
            if !self.bias.is_empty() {
                pack(&self.bias[start..], width, Order::Rows, of(1), bias);
            }
        }
    }

    /// Packs the matrix for [`Weights::back`].
    pub fn pack_back(&mut self) {
        let (n, w) = (self.size.n, self.size.part());
        let panels = self.packed.as_chunks_mut().0;
        let parts = panels.chunks_exact_mut(packed(w, 1, n));
        for (part, to) in parts.take(self.size.parts).enumerate() {
            let from = &self.kernel[part * w..];
            pack(from, self.size.width(), Order::Columns, (w, 1, n), to);
        }
    }

    /// The product x W + b for one group of gates, as a term of a sum. `x`: `[batch, n]`; empty stands for zeros.
    pub fn term<'a>(&'a mut self, gates: Range<usize>, x: &'a [f32]) -> Term<'a> {
        let (n, size) = (self.size.n, self.size.group());
        let panels: &[Row] = self.packed.as_chunks().0;
        let at = gates.start / self.size.together * (size + size / n);
        let (b, bias) = panels[at..].split_at(size);
        let bias = match self.bias {
            [] => &[],
            _ => &bias[..size / n],
        };
        if x.is_empty() {
            return Term {
                bias,
                ..Term::default()
            };
        }
        let parts = self.factors.len() / x.len();
        let a = match parts {
            0 => x,
            _ => {
                let own = gates.start.min(parts - 1) * x.len();
                let scaled = &mut self.work[..x.len()];
                times(x, &self.factors[own..][..x.len()], scaled);
                scaled
            }
        };
        Term { a, b, k: n, bias }
    }

    /// Computes x W + b for one group of gates.
    pub fn product(&mut self, gates: Range<usize>, x: &[f32], out: &mut [f32]) {
        let (n_gates, units) = (gates.len(), self.size.units);
        sum([self.term(gates, x), Term::default()], n_gates, units, out);
    }

    /// Fills `dx` from the gradient at x W of one step, given twice: in `d` some gates one after another, in `rows` all
    /// side by side.
    pub fn back(&mut self, gates: Range<usize>, rows: &[f32], d: &[f32], dx: &mut [f32]) {
        let (n, k) = (self.size.n, self.size.part());
        let panels: &[Row] = self.packed.as_chunks().0;
        let term = |a, part: usize| {
            let b = &panels[part * packed(k, 1, n)..];
            [Term { a, b, k, bias: &[] }, Term::default()]
        };
        if self.size.parts == 1 {
            sum(term(rows, 0), 1, n, dx);
            if !self.factors.is_empty() {
                dx.iter_mut().zip(self.factors).for_each(|(d, f)| *d *= f);
            }
            return;
        }
        dx.fill(0.0);
        let part = &mut self.work[..dx.len()];
        for (gate, d) in gates.zip(d.chunks_exact(self.size.batch * k)) {
            sum(term(d, gate), 1, n, part);
            match self.factors.chunks_exact(dx.len()).nth(gate) {
                Some(factors) => add_times(part, factors, dx),
                None => add(part, dx),
            }
        }
    }

    /// Fills the gradient of the weights of some gates, over many steps. `x`: `[steps, batch, n]`; `d`:
    /// `[steps, batch, gates * units]`.
    pub fn gradient(
        &mut self,
        gates: Range<usize>,
        x: &[f32],
        d: &[f32],
        dkernel: &mut [f32],
        products: &mut Products,
    ) {
        let (n, w, width) = (self.size.n, self.size.part(), self.size.width());
        let n_scaled = if self.factors.is_empty() { 0 } else { x.len() };
        let (scaled, rest) = self.work.split_at_mut(n_scaled);
        if self.size.parts == 1 {
            let x = apply_dropout(self.factors, x, scaled);
            return products.of_transposed(x, d, dkernel, n, width);
        }
        let (weights, rest) = rest.split_at_mut(n * w);
        let part = &mut rest[..x.len() / n * w];
        for gate in gates {
            let own = gate * self.size.batch * n;
            let factors = self.factors.get(own..own + self.size.batch * n);
            let x = apply_dropout(factors.unwrap_or_default(), x, scaled);
            for (to, from) in part.chunks_exact_mut(w).zip(d.chunks_exact(width)) {
                to.copy_from_slice(&from[gate * w..][..w]);
            }
            products.of_transposed(x, part, weights, n, w);
            let rows = dkernel.chunks_exact_mut(width);
            for (to, from) in rows.zip(weights.chunks_exact(w)) {
                to[gate * w..][..w].copy_from_slice(from);
            }
        }
    }
}

/// Returns `x`, multiplied by `factors` at every step if there are any.
fn apply_dropout<'a>(factors: &[f32], x: &'a [f32], scaled: &'a mut [f32]) -> &'a [f32] {
    if factors.is_empty() {
        return x;
    }
    let steps = x.chunks_exact(factors.len());
    for (x, scaled) in steps.zip(scaled.chunks_exact_mut(factors.len())) {
        times(x, factors, scaled);
    }
    scaled
}
