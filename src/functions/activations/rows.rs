//! Functions of a whole row: softmax and its kin.

use super::{Activation, entry, map, zip};
use crate::numerics::math;
use crate::options::{ClassSpec, Default, Kind, OptionSpec, help_text};

/// These, in the order in which the page offers them.
pub static ALL: &[Activation] = &[SOFTMAX, LOG_SOFTMAX, SPARSEMAX];

const AXIS: OptionSpec = OptionSpec {
    name: "axis",
    label: "axis",
    doc: help_text(
        "The axis that it runs along, counted with the batch as 0; only the last one here (-1).",
    ),
    kind: Kind::Int(-8, 8),
    default: Default::Int(-1),
    advanced: false,
    start: "",
};

const SOFTMAX: Activation = Activation {
    class: entry(
        "softmax",
        &[],
        "Softmax",
        "y_i = e^z_i / sum_j e^z_j",
        "Turns a row into probabilities that sum to 1: for one class out of several.",
        &[&AXIS],
    ),
    forward: softmax,
    backward: softmax_backward,
    logits_available: true,
};

/// The largest number of a row.
fn top(z: &[f32]) -> f32 {
    z.iter()
        .fold(f32::NEG_INFINITY, |a, &b| if b > a { b } else { a })
}

/// Row by row; the largest number is taken off first, so that nothing overflows.
fn softmax(_: &[f32], width: usize, z: &[f32], y: &mut [f32]) {
    for (z, y) in z.chunks_exact(width).zip(y.chunks_exact_mut(width)) {
        let top = top(z);
        map(z, y, |z| math::exp(z - top));
        let sum: f32 = y.iter().sum();
        y.iter_mut().for_each(|y| *y /= sum);
    }
}

fn softmax_backward(_: &[f32], width: usize, _: &[f32], y: &[f32], d: &mut [f32]) {
    for (y, d) in y.chunks_exact(width).zip(d.chunks_exact_mut(width)) {
        let along: f32 = y.iter().zip(&*d).map(|(y, d)| y * d).sum();
        zip(d, y, |d, y| y * (d - along));
    }
}

const LOG_SOFTMAX: Activation = Activation {
    class: entry(
        "log_softmax",
        &[],
        "Log-softmax",
        "y_i = z_i - ln(sum_j e^z_j)",
        "The logarithm of softmax, which keeps the digits of small probabilities.",
        &[&AXIS],
    ),
    forward: |_, width, z, y| {
        for (z, y) in z.chunks_exact(width).zip(y.chunks_exact_mut(width)) {
            let top = top(z);
            let sum: f32 = z.iter().map(|z| math::exp(z - top)).sum();
            let log = math::ln(sum);
            map(z, y, |z| z - top - log);
        }
    },
    backward: |_, width, _, y, d| {
        for (y, d) in y.chunks_exact(width).zip(d.chunks_exact_mut(width)) {
            let along: f32 = d.iter().sum();
            zip(d, y, |d, y| d - math::exp(y) * along);
        }
    },
    logits_available: false,
};

const SPARSEMAX: Activation = Activation {
    class: entry(
        "sparsemax",
        &[],
        "Sparsemax",
        "y_i = max(z_i - tau, 0)",
        "Meant as a softmax that gives exact zeros; Keras 3.15.1 takes tau too large where more than \
         one number is kept, and so does this.",
        &[&AXIS],
    ),
    forward: |_, width, z, y| {
        for (z, y) in z.chunks_exact(width).zip(y.chunks_exact_mut(width)) {
            let (_, tau) = support(z);
            map(z, y, |z| if z < tau { 0.0 } else { z - tau });
        }
    },
    backward: |_, width, z, _, d| {
        for (z, d) in z.chunks_exact(width).zip(d.chunks_exact_mut(width)) {
            let (kept, tau) = support(z);
            zip(d, z, |d, z| if z - tau >= 0.0 { d } else { 0.0 });
            let along: f32 = d.iter().sum::<f32>() / kept as f32;
            // tau = (sum of the kept ones' running sums - 1) / kept: the largest is in all of them.
            let mut last = None;
            for rank in 0..kept {
                last = next(z, last);
                let Some(i) = last else { break };
                d[i] -= along * (kept - rank) as f32;
            }
        }
    },
    logits_available: false,
};

/// Position of the number that follows position `last` when the row is sorted downwards.
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

/// How many of the largest numbers are kept, and what is taken off them. Keras adds up the running
/// sums of all that are kept where Martins and Astudillo's sparsemax has the last one alone.
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

/// Keras' `glu`. It gives half as many numbers as it takes: for [`glu`] and [`glu_backward`], not for
/// the list.
pub static GLU: ClassSpec = entry(
    "glu",
    &[],
    "Gated linear unit",
    "y = a s(b), where a is the first half of the row and b the second",
    "The second half of a row says how much of the first half passes. In Keras 3.15.1 the layer still \
     announces the whole width, so no layer with weights can follow it there.",
    &[&AXIS],
);

/// Fills `y` (`[rows, width / 2]`) from `z` (`[rows, width]`).
pub fn glu(width: usize, z: &[f32], y: &mut [f32]) {
    let half = width / 2;
    for (z, y) in z.chunks_exact(width).zip(y.chunks_exact_mut(half)) {
        let (a, b) = z.split_at(half);
        for ((y, a), b) in y.iter_mut().zip(a).zip(b) {
            *y = a * math::sigmoid(*b);
        }
    }
}

/// Fills the gradient `dz` at `z` from that at the output.
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
