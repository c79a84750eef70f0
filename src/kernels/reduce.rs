//! The largest number, sums and softmax of a row, in eight lanes: number i goes to lane i mod 8, and the lanes are then combined
//! in a fixed order. SIMD and scalar code therefore give the same bits.

use crate::numerics::math::{self, Curves};

const LANES: usize = 8;

/// Combines all numbers of a row in lanes that begin with `start`.
#[inline(always)]
fn lanes(x: &[f32], start: f32, combine: impl Fn(f32, f32) -> f32) -> f32 {
    let mut all = [start; LANES];
    let mut chunks = x.chunks_exact(LANES);
    for chunk in &mut chunks {
        for (lane, x) in all.iter_mut().zip(chunk) {
            *lane = combine(*lane, *x);
        }
    }
    for (lane, x) in all.iter_mut().zip(chunks.remainder()) {
        *lane = combine(*lane, *x);
    }
    folded(all, combine)
}

/// Combines the lanes: halves, then quarters, then the last two.
#[inline(always)]
fn folded(all: [f32; LANES], combine: impl Fn(f32, f32) -> f32) -> f32 {
    let [a, b, c, d, e, f, g, h] = all;
    let [a, b, c, d] = [combine(a, e), combine(b, f), combine(c, g), combine(d, h)];
    combine(combine(a, c), combine(b, d))
}

/// The largest number of a row; NaN is passed over.
pub fn max(x: &[f32]) -> f32 {
    lanes(x, f32::NEG_INFINITY, |a, b| if b > a { b } else { a })
}

/// The sum of a row.
pub fn sum(x: &[f32]) -> f32 {
    lanes(x, 0.0, |a, b| a + b)
}

/// The sum of the products of two rows of the same length.
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut all = [0.0; LANES];
    let (mut a, mut b) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    for (a, b) in (&mut a).zip(&mut b) {
        for ((lane, a), b) in all.iter_mut().zip(a).zip(b) {
            *lane += a * b;
        }
    }
    for ((lane, a), b) in all.iter_mut().zip(a.remainder()).zip(b.remainder()) {
        *lane += a * b;
    }
    folded(all, |a, b| a + b)
}

/// Softmax of a row, in place. Returns ln(sum e^x) of the row before. The largest number is subtracted first, so that the
/// exponential cannot overflow.
#[inline(never)]
pub fn softmax(row: &mut [f32]) -> f32 {
    let max = max(row);
    let curves = Curves::held_falling();
    row.iter_mut()
        .for_each(|x| *x = curves.exp_falling(*x - max));
    let sum = sum(row);
    row.iter_mut().for_each(|x| *x /= sum);
    math::ln(sum) + max
}

/// Backward pass of [`softmax`]: turns the gradient at its result `p` into the one at the row before.
#[inline(never)]
pub fn softmax_back(p: &[f32], gradient: &mut [f32]) {
    let mean = dot(gradient, p);
    for (d, p) in gradient.iter_mut().zip(p) {
        *d = p * (*d - mean);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sums of whole numbers are exact, so the order of the lanes cannot be seen in them.
    #[test]
    fn oracle_of_exact_sums() {
        for n in 0..40 {
            let x: Vec<f32> = (0..n).map(|i| (i * 7 % 11) as f32 - 4.0).collect();
            let y: Vec<f32> = (0..n).map(|i| (i * 5 % 13) as f32 - 6.0).collect();
            assert_eq!(sum(&x), x.iter().sum::<f32>());
            let wanted: f32 = x.iter().zip(&y).map(|(a, b)| a * b).sum();
            assert_eq!(dot(&x, &y), wanted);
            let top = x.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            assert_eq!(max(&x), top);
        }
        assert_eq!(max(&[f32::NAN, 2.0, f32::NAN]), 2.0);
    }

    /// In double precision with std's exponential.
    #[test]
    fn oracle_of_softmax() {
        for n in 1..40 {
            let x: Vec<f32> = (0..n).map(|i| (i * 29 % 17) as f32 / 3.0 - 2.0).collect();
            let mut y = x.clone();
            let log = softmax(&mut y);
            let sum: f64 = x.iter().map(|x| libm::exp(f64::from(*x))).sum();
            assert!((f64::from(log) - libm::log(sum)).abs() < 1e-6);
            for (x, y) in x.iter().zip(&y) {
                let wanted = libm::exp(f64::from(*x)) / sum;
                assert!((f64::from(*y) - wanted).abs() < 1e-7, "{y} {wanted}");
            }
        }
    }
}
