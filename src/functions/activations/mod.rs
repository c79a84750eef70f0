//! Activation functions, each beside its derivative.
//!
//! To add one: write it in the file of its kind, and its line in that file's list. The config parser, the
//! page's form, the gradient check and the docs read [`all`]. Keras' `glu` stands apart: it halves the row
//! that it is given, and these keep its length.

mod piecewise;
mod rows;
mod smooth;

pub use rows::{GLU, glu, glu_backward};

use crate::options::{ClassSpec, ConfigObject, Default, Kind, OptionSpec, Registry, help_text};

/// An activation function: y = f(z), on rows of `width` numbers.
pub struct Activation {
    /// How it is called and what it is for.
    pub class: ClassSpec,
    /// Fills `y` with f(z). `options` are the entry's options as numbers; `z`, `y`: `[rows, width]`.
    pub forward: fn(options: &[f32], width: usize, z: &[f32], y: &mut [f32]),
    /// Turns dL/dy into dL/dz, in place. All `[rows, width]`.
    pub backward: Derivative,
    /// Losses of a cross-entropy kind take this activation's input as logits (Keras on TensorFlow).
    pub logits_available: bool,
}

/// Turns the gradient `d` at f's output into that at its input.
pub type Derivative = fn(options: &[f32], width: usize, z: &[f32], y: &[f32], d: &mut [f32]);

/// Every activation, kind by kind, in the order in which the page offers them. The first is what stands
/// where none was chosen.
pub fn all() -> impl Iterator<Item = &'static Activation> {
    [piecewise::ALL, smooth::ALL, rows::ALL]
        .into_iter()
        .flatten()
}

/// The activation called `name`; linear where there is none.
pub fn named(name: &str) -> &'static Activation {
    all()
        .find(|a| a.class.name == name)
        .unwrap_or(&piecewise::ALL[0])
}

/// Whether the activation called `name` makes each number of all of its row.
pub fn looks_along_rows(name: &str) -> bool {
    rows::ALL.iter().any(|a| a.class.name == name)
}

/// The family, for options that take an activation.
pub static REGISTRY: Registry = Registry {
    noun: "activation",
    entries: || all().map(|a| &a.class).chain([&GLU]).collect(),
    config_keys: &[],
    object_keys: &[],
};

/// The activation of a choice out of [`REGISTRY`].
pub fn of(choice: &ConfigObject) -> &'static Activation {
    named(choice.class.name)
}

/// Whether a choice is [`GLU`], which only a layer that changes the shape can take.
pub fn halves(choice: &ConfigObject) -> bool {
    std::ptr::eq(choice.class, &GLU)
}

const fn entry(
    name: &'static str,
    aliases: &'static [&'static str],
    label: &'static str,
    formula: &'static str,
    doc: &'static str,
    options: &'static [&'static OptionSpec],
) -> ClassSpec {
    ClassSpec {
        class_name: name,
        name,
        aliases,
        label,
        doc: help_text(doc),
        formula: help_text(formula),
        options,
        group: "",
        shared: &[],
    }
}

const fn number(name: &'static str, doc: &'static str, from: f64, default: f64) -> OptionSpec {
    OptionSpec {
        name,
        label: name,
        doc: help_text(doc),
        kind: Kind::Float(from, 1e6),
        default: Default::Float(default),
        advanced: false,
        start: "",
    }
}

/// For what is used most: a loop of its own, which becomes SIMD code.
fn map(z: &[f32], y: &mut [f32], f: impl Fn(f32) -> f32) {
    for (y, z) in y.iter_mut().zip(z) {
        *y = f(*z);
    }
}

/// Numbers that are worked on together.
type Four = [f32; 4];

/// As [`map`], for a long `run`: called for all whole fours, and once more where some numbers are left, it needs
/// no second loop for these.
#[inline(never)]
fn in_fours(z: &[f32], y: &mut [f32], run: &dyn Fn(&[Four], &mut [Four])) {
    let (z, z_rest) = z.as_chunks();
    let (y, y_rest) = y.as_chunks_mut();
    run(z, y);
    if !y_rest.is_empty() {
        let (mut from, mut to) = ([0.0; 4], [0.0; 4]);
        from.iter_mut().zip(z_rest).for_each(|(to, z)| *to = *z);
        run(&[from], std::slice::from_mut(&mut to));
        y_rest.iter_mut().zip(to).for_each(|(y, to)| *y = to);
    }
}

/// As [`map`], for d <- f(d, by).
fn zip(d: &mut [f32], by: &[f32], f: impl Fn(f32, f32) -> f32) {
    for (d, by) in d.iter_mut().zip(by) {
        *d = f(*d, *by);
    }
}

/// y = f(z) by a call for each number: one loop for all, which keeps the page small.
#[inline(never)]
fn each(options: &[f32], z: &[f32], y: &mut [f32], f: fn(&[f32], f32) -> f32) {
    map(z, y, |z| f(options, z));
}

/// d <- d f'(z) by a call for each number.
#[inline(never)]
fn slope(options: &[f32], z: &[f32], d: &mut [f32], derivative: fn(&[f32], f32) -> f32) {
    zip(d, z, |d, z| d * derivative(options, z));
}

/// Where the slope jumps Keras' (TensorFlow's) side is taken: 1 where `passes`, else 0.
fn gate(passes: bool) -> f32 {
    if passes { 1.0 } else { 0.0 }
}
