//! Activation functions, each beside its derivative.
//!
//! To add one: its class and its [`Activation`] in the file of its kind, and its line in [`ALL`]. Keras' `glu` is not in
//! this list: its output is half as wide as its input.

mod activation;
mod piecewise;
mod rows;
mod smooth;

pub use activation::{Activation, Derivative};
pub use rows::{GLU, glu, glu_backward, uses_whole_row};

use crate::options::error::Result;
use crate::options::{ConfigObject, Registry, axes};

/// Every activation, in the order of the page. The first is the default of most options.
pub static ALL: &[&Activation] = &[
    &piecewise::LINEAR,
    &piecewise::RELU,
    &piecewise::LEAKY_RELU,
    &piecewise::RELU6,
    &piecewise::HARD_SILU,
    &piecewise::SPARSE_PLUS,
    &piecewise::HARD_SIGMOID,
    &piecewise::HARD_TANH,
    &piecewise::SPARSE_SIGMOID,
    &piecewise::HARD_SHRINK,
    &piecewise::SOFT_SHRINK,
    &piecewise::THRESHOLD,
    &smooth::SIGMOID,
    &smooth::TANH,
    &smooth::ELU,
    &smooth::SELU,
    &smooth::CELU,
    &smooth::GELU,
    &smooth::SILU,
    &smooth::MISH,
    &smooth::SOFTPLUS,
    &smooth::SQUAREPLUS,
    &smooth::SOFTSIGN,
    &smooth::TANH_SHRINK,
    &smooth::EXPONENTIAL,
    &smooth::LOG_SIGMOID,
    &rows::SOFTMAX,
    &rows::LOG_SOFTMAX,
    &rows::SPARSEMAX,
];

/// The activations, for options that take one.
pub static REGISTRY: Registry = Registry {
    noun: "activation",
    entries: || ALL.iter().map(|a| &a.class).chain([&GLU]).collect(),
    config_keys: &[],
    object_keys: &[],
};

/// The activation called `name`; linear where there is none.
pub fn named(name: &str) -> &'static Activation {
    let found = ALL.iter().find(|a| a.class.name == name);
    found.unwrap_or(&ALL[0])
}

/// The activation of a config read by [`REGISTRY`].
pub fn of(config: &ConfigObject) -> &'static Activation {
    named(config.class.name)
}

/// The options of an activation as the numbers that its functions take.
pub fn numbers(config: &ConfigObject) -> Vec<f32> {
    (of(config).numbers)(config)
}

/// Whether the activation is [`GLU`], which halves the width: only a layer that changes the shape can take it.
pub fn halves(config: &ConfigObject) -> bool {
    std::ptr::eq(config.class, &GLU)
}

/// Checks that the activation runs along the last axis of an array of `rank` axes, the batch included.
///
/// # Errors
/// Another axis.
pub fn check_axis(config: &ConfigObject, rank: usize) -> Result<()> {
    match rows::axis(config) {
        Some(axis) => axes::check_last(config.class.class_name, &[axis], rank),
        None => Ok(()),
    }
}
