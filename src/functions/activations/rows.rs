//! Activations of a whole row: softmax and its variants.

use super::activation::{Activation, map, zip};
use crate::kernels::reduce;
use crate::numerics::math;
use crate::options::declare::{class, options, shared};
use crate::options::{ClassSpec, ConfigObject, Default, Kind};

options! {
    /// Axis of the row, counted with the batch as 0; only the last one is supported here (-1).
    #[advanced]
    AXIS = axis("axis"), Kind::Int(-8, 8), Default::Int(-1);
}

shared! {
    /// The option of all activations of whole rows.
    struct AlongAxis {
        axis: i64 = AXIS;
    }
}

class! {
    /// Turns a row into probabilities that sum to 1: for one class out of several.
    #[formula("y_i = e^z_i / sum_j e^z_j")]
    #[group("most used")]
    struct Softmax("softmax", "softmax", "Softmax") + AlongAxis {}
}

pub static SOFTMAX: Activation =
    Activation::new(Softmax::SPEC, softmax, softmax_backward).with_logits();

/// Row by row. Subtracts the largest number first, so that the exponential cannot overflow.
fn softmax(_: &[f32], width: usize, z: &[f32], y: &mut [f32]) {
    for (z, y) in z.chunks_exact(width).zip(y.chunks_exact_mut(width)) {
        y.copy_from_slice(z);
        reduce::softmax(y);
    }
}

fn softmax_backward(_: &[f32], width: usize, _: &[f32], y: &[f32], d: &mut [f32]) {
    for (y, d) in y.chunks_exact(width).zip(d.chunks_exact_mut(width)) {
        let along = reduce::dot(y, d);
        zip(d, y, |d, y| y * (d - along));
    }
}

class! {
    /// The logarithm of softmax, precise for small probabilities.
    #[formula("y_i = z_i - ln(sum_j e^z_j)")]
    #[group("whole rows")]
    struct LogSoftmax("log_softmax", "log_softmax", "Log-softmax") + AlongAxis {}
}

pub static LOG_SOFTMAX: Activation = Activation::new(
    LogSoftmax::SPEC,
    |_, width, z, y| {
        for (z, y) in z.chunks_exact(width).zip(y.chunks_exact_mut(width)) {
            let max = reduce::max(z);
            let sum: f32 = z.iter().map(|z| math::exp(z - max)).sum();
            let log = math::ln(sum);
            map(z, y, |z| z - max - log);
        }
    },
    |_, width, _, y, d| {
        for (y, d) in y.chunks_exact(width).zip(d.chunks_exact_mut(width)) {
            let along: f32 = d.iter().sum();
            zip(d, y, |d, y| d - math::exp(y) * along);
        }
    },
);

class! {
    /// A softmax that gives exact zeros. Keras 3.15.1 computes tau too large where more than one number is kept, and
    /// so does this.
    #[formula("y_i = max(z_i - tau, 0)")]
    #[group("whole rows")]
    struct Sparsemax("sparsemax", "sparsemax", "Sparsemax") + AlongAxis {}
}

pub static SPARSEMAX: Activation = Activation::new(
    Sparsemax::SPEC,
    |_, width, z, y| {
        for (z, y) in z.chunks_exact(width).zip(y.chunks_exact_mut(width)) {
            let (_, tau) = support(z);
            map(z, y, |z| if z < tau { 0.0 } else { z - tau });
        }
    },
    |_, width, z, _, d| {
        for (z, d) in z.chunks_exact(width).zip(d.chunks_exact_mut(width)) {
            let (kept, tau) = support(z);
            zip(d, z, |d, z| if z - tau >= 0.0 { d } else { 0.0 });
            let along: f32 = d.iter().sum::<f32>() / kept as f32;
            // tau = (sum of the running sums of the kept numbers - 1) / kept: the largest number is in all of them.
            let mut last = None;
            for rank in 0..kept {
                last = next(z, last);
                let Some(i) = last else { break };
                d[i] -= along * (kept - rank) as f32;
            }
        }
    },
);

/// Index of the number after index `last` in descending order.
fn next(z: &[f32], last: Option<usize>) -> Option<usize> {
    let follows = |i: usize| last.is_none_or(|l| z[i] < z[l] || z[i] == z[l] && i > l);
    let mut best: Option<usize> = None;
    for i in (0..z.len()).filter(|i| follows(*i)) {
        if best.is_none_or(|b| z[i] > z[b]) {
            best = Some(i);
        }
    }
    best
}

/// Number of the largest values that are kept, and tau. Keras adds the running sums of all kept values; the sparsemax
/// of Martins and Astudillo (2016) uses the last running sum only.
fn support(z: &[f32]) -> (usize, f32) {
    let (mut kept, mut running, mut total) = (0, 0.0, 0.0);
    let mut last = None;
    while let Some(i) = next(z, last) {
        running += z[i];
        let rank = (kept + 1) as f32;
        if z[i] - (running - 1.0) / rank <= 0.0 {
            break;
        }
        kept += 1;
        total += running;
        last = Some(i);
    }
    (kept, (total - 1.0) / kept as f32)
}

class! {
    /// The second half of a row is the gate of the first half. In Keras 3.15.1 the layer still announces the whole
    /// width, so that no layer with weights can follow it there.
    #[formula("y = a s(b), where a is the first half of the row and b the second")]
    #[group("whole rows")]
    struct GluOptions("glu", "glu", "Gated linear unit") + AlongAxis {}
}

/// Keras' `glu`, whose output is half as wide as its input: computed by [`glu`] and [`glu_backward`].
pub static GLU: ClassSpec = GluOptions::SPEC;

static CLASSES: [&ClassSpec; 4] = [&SOFTMAX.class, &LOG_SOFTMAX.class, &SPARSEMAX.class, &GLU];

/// Whether each output of the activation called `name` depends on the whole row.
pub fn uses_whole_row(name: &str) -> bool {
    CLASSES.iter().any(|class| class.name == name)
}

/// The option `axis` of an activation of whole rows; `None` for any other.
pub fn axis(config: &ConfigObject) -> Option<i64> {
    uses_whole_row(config.class.name).then(|| AlongAxis::of(config).axis)
}

/// Fills `y` `[rows, width / 2]` from `z` `[rows, width]`.
pub fn glu(width: usize, z: &[f32], y: &mut [f32]) {
    let half = width / 2;
    for (z, y) in z.chunks_exact(width).zip(y.chunks_exact_mut(half)) {
        let (a, b) = z.split_at(half);
        for ((y, a), b) in y.iter_mut().zip(a).zip(b) {
            *y = a * math::sigmoid(*b);
        }
    }
}

/// Fills `dz`, the gradient with respect to `z`, from `dy`.
pub fn glu_backward(width: usize, z: &[f32], dy: &[f32], dz: &mut [f32]) {
    let half = width / 2;
    let rows = z.chunks_exact(width).zip(dz.chunks_exact_mut(width));
    for ((z, dz), dy) in rows.zip(dy.chunks_exact(half)) {
        for (k, dy) in dy.iter().enumerate() {
            let s = math::sigmoid(z[half + k]);
            dz[k] = dy * s;
            dz[half + k] = dy * z[k] * s * (1.0 - s);
        }
    }
}
