//! Activation functions, each beside its derivative.
//!
//! To add one: write its two functions and its line in [`ALL`]. The config parser, the page's form,
//! the gradient check and the docs read that list.

use crate::choice::{Choice, Default, Entry, Family, Kind, Opt};
use crate::math;

/// An activation function: y = f(z), on rows of `width` numbers.
pub struct Activation {
    /// How it is called and what it is for.
    pub entry: Entry,
    /// Fills `y` with f(z). `options` are the entry's options as numbers; `z`, `y`: `[rows, width]`.
    pub forward: fn(options: &[f32], width: usize, z: &[f32], y: &mut [f32]),
    /// Turns dL/dy into dL/dz, in place. All `[rows, width]`.
    pub backward: Derivative,
    /// Losses of a cross-entropy kind take this activation's input as logits (Keras on TensorFlow).
    pub leaves_logits: bool,
}

/// Turns the gradient `d` at f's output into that at its input.
pub type Derivative = fn(options: &[f32], width: usize, z: &[f32], y: &[f32], d: &mut [f32]);

/// Every activation, in the order in which the page offers them.
pub static ALL: &[Activation] = &[
    Activation {
        entry: simple(
            "linear",
            "Linear",
            "y = z",
            "Leaves the sum as it is: for regression, and for logits.",
        ),
        forward: |_, _, z, y| y.copy_from_slice(z),
        backward: |_, _, _, _, _| {},
        leaves_logits: false,
    },
    Activation {
        entry: simple(
            "sigmoid",
            "Sigmoid",
            "y = 1 / (1 + e^-z)",
            "Squashes to (0, 1), read as a probability; its slope is at most 1/4.",
        ),
        forward: |_, _, z, y| map(z, y, math::sigmoid),
        backward: |_, _, _, y, d| zip(d, y, |d, y| d * (y * (1.0 - y))),
        leaves_logits: true,
    },
    Activation {
        entry: simple(
            "tanh",
            "Tanh",
            "y = (e^z - e^-z) / (e^z + e^-z)",
            "Squashes to (-1, 1), centred on 0.",
        ),
        forward: |_, _, z, y| map(z, y, math::tanh),
        backward: |_, _, _, y, d| zip(d, y, |d, y| d * (1.0 - y * y)),
        leaves_logits: false,
    },
    Activation {
        entry: simple(
            "relu",
            "ReLU",
            "y = max(z, 0)",
            "Passes what is positive, stops the rest: cheap, and deep networks learn with it.",
        ),
        forward: |_, _, z, y| map(z, y, |z| if z < 0.0 { 0.0 } else { z }),
        backward: |_, _, z, _, d| zip(d, z, |d, z| if z > 0.0 { d } else { 0.0 }),
        leaves_logits: false,
    },
    Activation {
        entry: Entry {
            class_name: "softmax",
            name: "softmax",
            aliases: &[],
            label: "Softmax",
            doc: "Turns a row into probabilities that sum to 1: for one class out of several.",
            formula: "y_i = e^z_i / sum_j e^z_j",
            options: &[Opt {
                name: "axis",
                label: "axis",
                doc: "The axis that sums to 1; only the last one here.",
                kind: Kind::Int(-1, -1),
                default: Default::Int(-1),
            }],
        },
        forward: softmax,
        backward: softmax_backward,
        leaves_logits: true,
    },
];

/// The family, for options that take an activation.
pub static FAMILY: Family = Family {
    noun: "activation",
    entries: || ALL.iter().map(|a| &a.entry).collect(),
};

const fn simple(
    name: &'static str,
    label: &'static str,
    formula: &'static str,
    doc: &'static str,
) -> Entry {
    Entry {
        class_name: name,
        name,
        aliases: &[],
        label,
        doc,
        formula,
        options: &[],
    }
}

/// The activation of a choice out of [`FAMILY`].
pub fn of(choice: &Choice) -> &'static Activation {
    let found = ALL.iter().find(|a| std::ptr::eq(&a.entry, choice.entry));
    found.unwrap_or(&ALL[0])
}

fn map(z: &[f32], y: &mut [f32], f: impl Fn(f32) -> f32) {
    for (y, z) in y.iter_mut().zip(z) {
        *y = f(*z);
    }
}

fn zip(d: &mut [f32], by: &[f32], f: impl Fn(f32, f32) -> f32) {
    for (d, by) in d.iter_mut().zip(by) {
        *d = f(*d, *by);
    }
}

/// Row by row; the largest number is taken off first, so that nothing overflows.
fn softmax(_: &[f32], width: usize, z: &[f32], y: &mut [f32]) {
    for (z, y) in z.chunks_exact(width).zip(y.chunks_exact_mut(width)) {
        let top = z
            .iter()
            .fold(f32::NEG_INFINITY, |a, &b| if b > a { b } else { a });
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
