//! Normalization: y = gamma (x - mean) / sqrt(variance + epsilon) + beta, within each group of numbers.
//!
//! The array is viewed as `[outer, channels, inner]`. A group is a box of it: one channel of all examples (batch
//! normalization), all channels of one position (layer normalization), some channels of one example (group normalization).
//! gamma and beta have one number per channel. Sums are f64, in memory order.

use std::ops::Range;

/// An array `[outer, channels, inner]`.
#[derive(Clone, Copy)]
pub struct View {
    /// Number of channels.
    pub channels: usize,
    /// Number of contiguous numbers per channel.
    pub inner: usize,
}

/// The numbers that are normalized together.
#[derive(Clone)]
pub struct Group {
    /// Range of the outer axis.
    pub outer: Range<usize>,
    /// Range of the channels.
    pub channels: Range<usize>,
    /// Range of the inner axis.
    pub inner: Range<usize>,
}

/// Mean and variance of a group.
#[derive(Clone, Copy)]
pub struct Moments {
    /// Mean; 0 if the group is not centred.
    pub mean: f32,
    /// Variance (sum of squares divided by the count).
    pub variance: f32,
}

/// Scale and offset per channel; empty without them.
#[derive(Clone, Copy)]
pub struct Affine<'a> {
    /// Scale per channel.
    pub gamma: &'a [f32],
    /// Offset per channel.
    pub beta: &'a [f32],
}

impl Group {
    /// Calls `f` with the outer index, the channel and the position of each member.
    #[inline(always)]
    fn each(&self, view: View, mut f: impl FnMut(usize, usize, usize)) {
        for o in self.outer.clone() {
            for c in self.channels.clone() {
                let start = (o * view.channels + c) * view.inner;
                for i in self.inner.clone() {
                    f(o, c, start + i);
                }
            }
        }
    }

    fn len(&self) -> usize {
        self.outer.len() * self.channels.len() * self.inner.len()
    }
}

/// Mean (0 unless `centred`) and variance of a group. With `mask` (1 or 0 per outer index), of the unmasked members; Keras
/// then adds its epsilon to their count.
pub fn moments(
    view: View,
    group: &Group,
    x: &[f32],
    mask: Option<&[f32]>,
    centred: bool,
) -> Moments {
    let counts = |o: usize| mask.is_none_or(|m| m[o] != 0.0);
    let n = count(group, mask);
    let mut sum = 0.0f64;
    if centred {
        group.each(view, |o, _, at| {
            if counts(o) {
                sum += f64::from(x[at]);
            }
        });
    }
    let mean = (sum / n) as f32;
    let mut squares = 0.0f64;
    group.each(view, |o, _, at| {
        if counts(o) {
            let d = f64::from(x[at] - mean);
            squares += d * d;
        }
    });
    let variance = (squares / n) as f32;
    Moments { mean, variance }
}

/// Number of unmasked members; with a mask, plus Keras' epsilon.
fn count(group: &Group, mask: Option<&[f32]>) -> f64 {
    match mask {
        None => group.len() as f64,
        Some(mask) => {
            let counting = mask[group.outer.clone()]
                .iter()
                .filter(|m| **m != 0.0)
                .count();
            (counting * group.channels.len() * group.inner.len()) as f64 + 1e-7
        }
    }
}

/// y = gamma (x - mean) / sqrt(variance + epsilon) + beta.
pub fn apply(
    view: View,
    group: &Group,
    (moments, epsilon): (Moments, f32),
    affine: Affine<'_>,
    x: &[f32],
    y: &mut [f32],
) {
    let inverse = 1.0 / (moments.variance + epsilon).sqrt();
    group.each(view, |_, c, at| {
        let scale = affine.gamma.get(c).map_or(inverse, |g| inverse * g);
        let offset = affine.beta.get(c).copied().unwrap_or(0.0) - moments.mean * scale;
        y[at] = x[at] * scale + offset;
    });
}

/// Backward pass of [`moments`] and [`apply`]: fills `dx` of the group, and adds to `dgamma` and `dbeta`.
pub fn backward(
    view: View,
    group: &Group,
    (moments, epsilon): (Moments, f32),
    how: How<'_>,
    gamma: &[f32],
    (x, dy): (&[f32], &[f32]),
    mut grads: Grads<'_>,
) {
    let inverse = 1.0 / (moments.variance + epsilon).sqrt();
    let normalized = |at: usize| (x[at] - moments.mean) * inverse;
    let scaled = |c: usize, at: usize| gamma.get(c).map_or(dy[at], |g| dy[at] * g);
    let (mut sum, mut sum_normalized) = (0.0f64, 0.0f64);
    group.each(view, |_, c, at| {
        let (n, d) = (normalized(at), scaled(c, at));
        sum += f64::from(d);
        sum_normalized += f64::from(d) * f64::from(n);
        if let Some(dgamma) = grads.dgamma.get_mut(c) {
            *dgamma += dy[at] * n;
        }
        if let Some(dbeta) = grads.dbeta.get_mut(c) {
            *dbeta += dy[at];
        }
    });
    let Some(dx) = grads.dx.as_deref_mut() else {
        return;
    };
    let n = count(group, how.mask);
    let (mean, slope) = match how.constant {
        true => (0.0, 0.0),
        false if how.centred => ((sum / n) as f32, (sum_normalized / n) as f32),
        false => (0.0, (sum_normalized / n) as f32),
    };
    group.each(view, |o, c, at| {
        let counts = how.mask.is_none_or(|m| m[o] != 0.0);
        let correction = if counts {
            mean + normalized(at) * slope
        } else {
            0.0
        };
        dx[at] = inverse * (scaled(c, at) - correction);
    });
}

/// Settings of the forward pass.
#[derive(Clone, Copy)]
pub struct How<'a> {
    /// Mask of the outer axis: 1 or 0.
    pub mask: Option<&'a [f32]>,
    /// Whether the mean was subtracted.
    pub centred: bool,
    /// Whether the moments are constants (moving averages) instead of computed from x.
    pub constant: bool,
}

/// Gradients; empty slices for parameters that the layer does not have.
pub struct Grads<'a> {
    /// With respect to x, filled by the call.
    pub dx: Option<&'a mut [f32]>,
    /// With respect to gamma; the call adds to it.
    pub dgamma: &'a mut [f32],
    /// With respect to beta; the call adds to it.
    pub dbeta: &'a mut [f32],
}
