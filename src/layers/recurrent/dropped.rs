//! Dropout inside of a recurrent layer: the same numbers are dropped at every step of a sequence.
//!
//! Keras draws one mask for all gates, or where the state is dropped too one for each of the gates of an
//! LSTM or GRU: then each gate sees an input and a state of its own.

use crate::kernels::matmul::{Products, product_packed};
use crate::rng::Stream;

/// Factors of the rows of a matrix: `[parts, batch, n]`, one part for each stretch of the columns that
/// the rows are multiplied into. Without factors all are 1.
pub struct Dropped<'a> {
    pub factors: &'a [f32],
    pub batch: usize,
    /// The kernel as the products of every step take it, packed once for all; empty where there is one
    /// product only, or factors.
    pub packed: &'a [f32],
    /// [`work`] numbers, whatever they are.
    pub work: &'a mut [f32],
}

/// Numbers that the products of `rows` rows of `n` into `width` columns need for themselves.
pub fn work(rows: usize, n: usize, width: usize) -> usize {
    rows * n + rows * width + n * width
}

impl Dropped<'_> {
    /// With the first parts alone.
    pub fn first(&mut self, parts: usize, n: usize) -> Dropped<'_> {
        let end = (parts * self.batch * n).min(self.factors.len());
        Dropped {
            factors: &self.factors[..end],
            batch: self.batch,
            packed: &[],
            work: self.work,
        }
    }

    /// The factors of a part for an example.
    pub fn of(&self, part: usize, example: usize, n: usize) -> Option<&[f32]> {
        let at = (part * self.batch + example) * n;
        self.factors.get(at..at + n)
    }

    fn parts(&self, n: usize) -> usize {
        self.factors.len() / (self.batch * n)
    }

    /// Fills `out` with the kept `x` times `kernel`.
    #[inline(never)]
    pub fn product(
        &mut self,
        products: &mut Products,
        x: &[f32],
        kernel: &[f32],
        out: &mut [f32],
        (n, width): (usize, usize),
    ) {
        match (self.factors, self.packed) {
            ([], []) => return products.product(x, kernel, out, n, width),
            ([], packed) => return product_packed(x, packed, &[], out, n, width),
            _ => {}
        }
        let w = width / self.parts(n);
        let (kept, rest) = self.work.split_at_mut(x.len());
        let (weights, rest) = rest.split_at_mut(n * w);
        let part = &mut rest[..x.len() / n * w];
        for (g, factors) in self.factors.chunks_exact(self.batch * n).enumerate() {
            keep(factors, x, kept);
            columns(kernel, width, g * w, weights, w);
            products.product(kept, weights, part, n, w);
            into_columns(part, w, out, width, g * w);
        }
    }

    /// Fills `dx` from the gradient `d` at the product.
    #[inline(never)]
    pub fn back(
        &mut self,
        products: &mut Products,
        d: &[f32],
        kernel: &[f32],
        dx: &mut [f32],
        (n, width): (usize, usize),
    ) {
        match (self.factors, self.packed) {
            ([], []) => return products.with_transposed(d, kernel, dx, width, n),
            ([], packed) => return product_packed(d, packed, &[], dx, width, n),
            _ => {}
        }
        let w = width / self.parts(n);
        let (kept, rest) = self.work.split_at_mut(dx.len());
        let (weights, rest) = rest.split_at_mut(n * w);
        let part = &mut rest[..dx.len() / n * w];
        dx.fill(0.0);
        for (g, factors) in self.factors.chunks_exact(self.batch * n).enumerate() {
            columns(d, width, g * w, part, w);
            columns(kernel, width, g * w, weights, w);
            products.with_transposed(part, weights, kept, w, n);
            let rows = kept.chunks_exact(factors.len());
            for (kept, dx) in rows.zip(dx.chunks_exact_mut(factors.len())) {
                for ((d, factor), dx) in kept.iter().zip(factors).zip(dx) {
                    *dx += d * factor;
                }
            }
        }
    }

    /// Fills the gradient of the kernel.
    #[inline(never)]
    pub fn kernel_gradient(
        &mut self,
        products: &mut Products,
        x: &[f32],
        d: &[f32],
        dkernel: &mut [f32],
        (n, width): (usize, usize),
    ) {
        if self.factors.is_empty() {
            return products.of_transposed(x, d, dkernel, n, width);
        }
        let w = width / self.parts(n);
        let (kept, rest) = self.work.split_at_mut(x.len());
        let (weights, rest) = rest.split_at_mut(n * w);
        let part = &mut rest[..x.len() / n * w];
        for (g, factors) in self.factors.chunks_exact(self.batch * n).enumerate() {
            keep(factors, x, kept);
            columns(d, width, g * w, part, w);
            products.of_transposed(kept, part, weights, n, w);
            into_columns(weights, w, dkernel, width, g * w);
        }
    }
}

/// What is left of `x` at every step.
fn keep(factors: &[f32], x: &[f32], kept: &mut [f32]) {
    let steps = x.chunks_exact(factors.len());
    for (x, kept) in steps.zip(kept.chunks_exact_mut(factors.len())) {
        for ((kept, x), factor) in kept.iter_mut().zip(x).zip(factors) {
            *kept = x * factor;
        }
    }
}

/// Copies `n` columns from `start` on out of rows of `width`.
#[inline(never)]
pub fn columns(from: &[f32], width: usize, start: usize, to: &mut [f32], n: usize) {
    for (from, to) in from.chunks_exact(width).zip(to.chunks_exact_mut(n)) {
        to.copy_from_slice(&from[start..start + n]);
    }
}

/// Copies rows of `n` into the columns from `start` on of rows of `width`.
#[inline(never)]
pub fn into_columns(from: &[f32], n: usize, to: &mut [f32], width: usize, start: usize) {
    for (from, to) in from.chunks_exact(n).zip(to.chunks_exact_mut(width)) {
        to[start..start + n].copy_from_slice(from);
    }
}

/// What a layer drops of its inputs and of its state.
pub struct Rates {
    input: f64,
    state: f64,
    /// Masks of each.
    parts: usize,
    seed: u64,
}

impl Rates {
    /// `gates`: how many a cell has.
    pub fn new(input: f64, state: f64, gates: usize, seed: u64) -> Self {
        // Keras' LSTM and GRU drop nothing at all where everything is to be dropped.
        let heard = |rate: f64| if gates > 1 && rate == 1.0 { 0.0 } else { rate };
        Rates {
            input: heard(input),
            state: heard(state),
            parts: if state > 0.0 { gates } else { 1 },
            seed,
        }
    }

    /// Factors of the inputs and of the state for an example.
    pub fn sizes(&self, n_in: usize, units: usize) -> (usize, usize) {
        let size = |rate: f64, n: usize| if rate > 0.0 { self.parts * n } else { 0 };
        (size(self.input, n_in), size(self.state, units))
    }

    /// Draws the factors of the inputs, then those of the state; 1 where not in training.
    pub fn draw(&self, training: Option<u64>, input: &mut [f32], state: &mut [f32]) {
        let drawn = |rate: f64| u64::from(rate > 0.0 && rate < 1.0) * self.parts as u64;
        let per_call = drawn(self.input) + drawn(self.state);
        let mut k = 0;
        for (rate, factors) in [(self.input, input), (self.state, state)] {
            let Some(calls) = training.filter(|_| rate < 1.0) else {
                factors.fill(f32::from(u8::from(training.is_none())));
                continue;
            };
            let kept = (1.0 / (1.0 - rate)) as f32;
            let n = (factors.len() / self.parts).max(1);
            for part in factors.chunks_exact_mut(n) {
                let mut stream = Stream::new(self.seed, calls * per_call + k);
                part.fill_with(|| match stream.uniform() >= rate as f32 {
                    true => kept,
                    false => 0.0,
                });
                k += 1;
            }
        }
    }
}
