//! The weights that lead from the inputs, or from the state, to the gates.

use crate::kernels::elementwise::add;
use crate::kernels::matmul::{Products, product_packed};
use crate::kernels::panels::{Order, pack, packed};
use std::ops::Range;

/// How big such a matrix is.
#[derive(Clone, Copy)]
pub struct Size {
    /// Rows: what leads to the gates.
    pub n: usize,
    /// Columns of a gate.
    pub units: usize,
    /// Gates.
    pub gates: usize,
    /// Rows of what is multiplied.
    pub batch: usize,
    /// In how many parts the gates are taken on the way back: one, or as many as there are gates, where
    /// each sees something of its own.
    pub parts: usize,
}

/// A matrix `[n, gates * units]`, packed for the products of every step, and what is dropped of the rows
/// that it is multiplied with.
pub struct Weights<'a> {
    pub size: Size,
    pub kernel: &'a [f32],
    /// `[gates * units]`, or empty.
    pub bias: &'a [f32],
    /// What rows are multiplied by before: `[1 or gates, batch, n]`; empty where nothing is dropped.
    pub factors: &'a [f32],
    /// [`Size::packed`] numbers.
    pub packed: &'a mut [f32],
    /// [`Size::work`] numbers, whatever they are.
    pub work: &'a mut [f32],
}

impl Size {
    /// Numbers that the packed matrix has, in either order.
    pub fn packed(self) -> usize {
        let ahead = self.gates * packed(self.n, self.units);
        ahead.max(self.parts * packed(self.part(), self.n))
    }

    /// Numbers that it needs for itself. `steps`: of how many a gradient is taken at once.
    pub fn work(self, steps: usize, drops: bool) -> usize {
        let apart = drops || self.parts > 1;
        let gradient = usize::from(apart) * steps * self.batch * (self.n + self.part());
        self.n * self.part().max(self.units) + gradient.max(self.batch * self.n)
    }

    /// Columns of a part.
    fn part(self) -> usize {
        self.gates * self.units / self.parts
    }
}

impl Weights<'_> {
    /// Packs the matrix for [`Weights::product`], gate by gate, or transposed for [`Weights::back`], part
    /// by part.
    pub fn pack(&mut self, back: bool) {
        let Size { n, gates, .. } = self.size;
        let parts = if back { self.size.parts } else { gates };
        let width = gates * self.size.units;
        let w = width / parts;
        let size = if back { packed(w, n) } else { packed(n, w) };
        for (part, to) in self.packed.chunks_exact_mut(size).take(parts).enumerate() {
            let weights = &mut self.work[..n * w];
            columns(self.kernel, width, part * w, weights, w);
            match back {
                false => pack(weights, Order::Rows, n, w, to),
                true => pack(weights, Order::Columns, w, n, to),
            }
        }
    }

    /// What a step's rows (`x`: `[batch, n]`) give to some gates, one after another.
    pub fn product(&mut self, gates: Range<usize>, x: &[f32], out: &mut [f32]) {
        let Size { n, units, .. } = self.size;
        let size = packed(n, units);
        let parts = self.factors.len() / x.len();
        for (gate, out) in gates.zip(out.chunks_exact_mut(self.size.batch * units)) {
            let x = match parts {
                0 => x,
                _ => {
                    let of_gate = gate.min(parts - 1) * x.len();
                    let kept = &mut self.work[..x.len()];
                    keep(&self.factors[of_gate..][..x.len()], x, kept);
                    kept
                }
            };
            let panels = &self.packed[gate * size..][..size];
            let bias = self.bias.get(gate * units..(gate + 1) * units);
            product_packed(x, panels, bias.unwrap_or_default(), out, n, units);
        }
    }

    /// As [`Weights::product`] for all gates, of rows of zeros.
    pub fn of_nothing(&self, out: &mut [f32]) {
        out.fill(0.0);
        let gates = out.chunks_exact_mut(self.size.batch * self.size.units);
        for (out, bias) in gates.zip(self.bias.chunks_exact(self.size.units)) {
            crate::kernels::rows::add_bias(out, bias);
        }
    }

    /// Fills `dx` from the gradient at what a step's rows gave: `d` has some gates one after another, `rows`
    /// all side by side.
    pub fn back(&mut self, gates: Range<usize>, rows: &[f32], d: &[f32], dx: &mut [f32]) {
        let (n, w) = (self.size.n, self.size.part());
        let size = packed(w, n);
        if self.size.parts == 1 {
            product_packed(rows, &self.packed[..size], &[], dx, w, n);
            if !self.factors.is_empty() {
                dx.iter_mut().zip(self.factors).for_each(|(d, f)| *d *= f);
            }
            return;
        }
        dx.fill(0.0);
        let kept = &mut self.work[..dx.len()];
        for (gate, d) in gates.zip(d.chunks_exact(self.size.batch * w)) {
            product_packed(d, &self.packed[gate * size..][..size], &[], kept, w, n);
            match self.factors.chunks_exact(dx.len()).nth(gate) {
                Some(factors) => crate::kernels::elementwise::add_times(kept, factors, dx),
                None => add(kept, dx),
            }
        }
    }

    /// Fills the gradient of some gates' weights: `x` and `d` of many steps, gates side by side in `d`.
    pub fn gradient(
        &mut self,
        gates: Range<usize>,
        x: &[f32],
        d: &[f32],
        dkernel: &mut [f32],
        products: &mut Products,
    ) {
        let (n, w) = (self.size.n, self.size.part());
        let width = self.size.gates * self.size.units;
        let (kept, rest) = match self.factors {
            [] => (&mut [][..], &mut *self.work),
            _ => self.work.split_at_mut(x.len()),
        };
        if self.size.parts == 1 {
            let x = keep_steps(self.factors, x, kept);
            return products.of_transposed(x, d, dkernel, n, width);
        }
        let (weights, rest) = rest.split_at_mut(n * w);
        let part = &mut rest[..x.len() / n * w];
        for gate in gates {
            let own = gate * self.size.batch * n;
            let factors = self.factors.get(own..own + self.size.batch * n);
            let x = keep_steps(factors.unwrap_or_default(), x, kept);
            columns(d, width, gate * w, part, w);
            products.of_transposed(x, part, weights, n, w);
            let rows = dkernel.chunks_exact_mut(width);
            for (to, from) in rows.zip(weights.chunks_exact(w)) {
                to[gate * w..][..w].copy_from_slice(from);
            }
        }
    }
}

/// What is left of `x`.
fn keep(factors: &[f32], x: &[f32], kept: &mut [f32]) {
    crate::kernels::elementwise::times(x, factors, kept);
}

/// What is left of `x` at every step: all of it without factors.
fn keep_steps<'a>(factors: &[f32], x: &'a [f32], kept: &'a mut [f32]) -> &'a [f32] {
    if factors.is_empty() {
        return x;
    }
    let steps = x.chunks_exact(factors.len());
    for (x, kept) in steps.zip(kept.chunks_exact_mut(factors.len())) {
        keep(factors, x, kept);
    }
    kept
}

/// Copies `n` columns from `start` on out of rows of `width`.
fn columns(from: &[f32], width: usize, start: usize, to: &mut [f32], n: usize) {
    for (from, to) in from.chunks_exact(width).zip(to.chunks_exact_mut(n)) {
        to.copy_from_slice(&from[start..start + n]);
    }
}
