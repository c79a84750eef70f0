//! Normalization: the numbers of a group lose their mean and are divided by their spread.
//!
//! The array is seen as `[outer, channels, inner]`; a group is a box of it: a channel of all examples
//! (batch normalization), all channels of one place (layer normalization), some channels of one
//! example (group normalization). gamma and beta belong to channels. Sums are taken in f64, in the
//! order in which the numbers lie.

use std::ops::Range;

/// An array `[outer, channels, inner]`.
#[derive(Clone, Copy)]
pub struct View {
    /// Channels.
    pub channels: usize,
    /// Numbers of a channel that stand together.
    pub inner: usize,
}

/// What is normalized together.
#[derive(Clone)]
pub struct Group {
    /// Range of the outer axis.
    pub outer: Range<usize>,
    /// Range of the channels.
    pub channels: Range<usize>,
    /// Range of the inner axis.
    pub inner: Range<usize>,
}

/// What a group was normalized by.
#[derive(Clone, Copy)]
pub struct Moments {
    /// Its mean.
    pub mean: f32,
    /// Its variance, by the number of its members.
    pub variance: f32,
}

/// Scales and offsets of the channels; empty where there are none.
#[derive(Clone, Copy)]
pub struct Affine<'a> {
    /// Scale of each channel.
    pub gamma: &'a [f32],
    /// Offset of each channel.
    pub beta: &'a [f32],
}

impl Group {
    /// Calls `f` with each member's place and channel.
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

/// Mean (0 unless `centred`) and variance of a group. Of a masked array (`mask`: 1 or 0 for each place
/// of the outer axis) only what counts; Keras then adds its epsilon to their number.
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

/// How many members count; with a mask Keras' epsilon more.
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

/// y = (x - mean) / sqrt(variance + epsilon), times gamma, plus beta.
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

/// The way back through [`moments`] and [`apply`]: fills the group's `dx`, and adds to `dgamma` and
/// `dbeta`. `constant`: the moments did not come from x.
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
    let normal = |at: usize| (x[at] - moments.mean) * inverse;
    let scaled = |c: usize, at: usize| gamma.get(c).map_or(dy[at], |g| dy[at] * g);
    let (mut sum, mut along) = (0.0f64, 0.0f64);
    group.each(view, |_, c, at| {
        let (n, d) = (normal(at), scaled(c, at));
        sum += f64::from(d);
        along += f64::from(d) * f64::from(n);
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
        false if how.centred => ((sum / n) as f32, (along / n) as f32),
        false => (0.0, (along / n) as f32),
    };
    group.each(view, |o, c, at| {
        let counts = how.mask.is_none_or(|m| m[o] != 0.0);
        let taken = if counts {
            mean + normal(at) * slope
        } else {
            0.0
        };
        dx[at] = inverse * (scaled(c, at) - taken);
    });
}

/// How a group was normalized.
#[derive(Clone, Copy)]
pub struct How<'a> {
    /// Places of the outer axis that count.
    pub mask: Option<&'a [f32]>,
    /// The mean was taken off.
    pub centred: bool,
    /// The moments did not come from x.
    pub constant: bool,
}

/// Gradients to be filled; empty slices where there is nothing to fill.
pub struct Grads<'a> {
    /// With respect to x.
    pub dx: Option<&'a mut [f32]>,
    /// With respect to gamma, to be added to.
    pub dgamma: &'a mut [f32],
    /// With respect to beta, to be added to.
    pub dbeta: &'a mut [f32],
}
