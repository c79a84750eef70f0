//! Layers that take a group of numbers to mean 0 and spread 1, each with its own idea of the group.

pub mod batch;
pub mod group;
pub mod layer;
pub mod rms;
pub mod unit;

use super::common;
use super::layer::{Build, ParamSpec, size};
use crate::kernels::normalize::View;
use crate::options::error::ConfigError;
use crate::options::{ConfigObject, Default, Kind, OptionSpec, help_text};

const AXIS: OptionSpec = OptionSpec {
    name: "axis",
    label: "axis",
    doc: help_text("The axis of the channels, counted with the batch as 0; -1 is the last."),
    kind: Kind::Ints(-8, 8),
    default: Default::Int(-1),
    advanced: false,
    start: "",
};

const fn epsilon(default: f64) -> OptionSpec {
    OptionSpec {
        name: "epsilon",
        label: "epsilon",
        doc: help_text("Is added to the variance, against division by 0."),
        kind: Kind::Float(0.0, 1e30),
        default: Default::Float(default),
        advanced: false,
        start: "",
    }
}

const CENTER: OptionSpec = OptionSpec {
    name: "center",
    label: "center",
    doc: help_text("Whether an offset beta is learnt."),
    kind: Kind::Bool,
    default: Default::Bool(true),
    advanced: false,
    start: "",
};
const SCALE: OptionSpec = OptionSpec {
    name: "scale",
    label: "scale",
    doc: help_text("Whether a factor gamma is learnt."),
    kind: Kind::Bool,
    default: Default::Bool(true),
    advanced: false,
    start: "",
};
const BETA_INITIALIZER: OptionSpec = common::initializer(
    "beta_initializer",
    "beta begins as",
    "Where the offsets begin.",
    "zeros",
);
const GAMMA_INITIALIZER: OptionSpec = common::initializer(
    "gamma_initializer",
    "gamma begins as",
    "Where the factors begin.",
    "ones",
);
const BETA_REGULARIZER: OptionSpec = common::regularizer(
    "beta_regularizer",
    "beta's penalty",
    "What the size of the offsets adds to the loss.",
);
const GAMMA_REGULARIZER: OptionSpec = common::regularizer(
    "gamma_regularizer",
    "gamma's penalty",
    "What the size of the factors adds to the loss.",
);
const BETA_CONSTRAINT: OptionSpec = common::constraint(
    "beta_constraint",
    "beta's limit",
    "Where the offsets are brought back to after each step.",
);
const GAMMA_CONSTRAINT: OptionSpec = common::constraint(
    "gamma_constraint",
    "gamma's limit",
    "Where the factors are brought back to after each step.",
);

/// How the input is seen, and how many places of the outer axis an example has.
fn view_of(request: &Build<'_>) -> Result<(View, usize), ConfigError> {
    let shape = request.input();
    let rank = shape.len() as i64 + 1;
    let mut axes: Vec<i64> = request.config.ints("axis").to_vec();
    axes.iter_mut().filter(|a| **a < 0).for_each(|a| *a += rank);
    axes.sort();
    let contiguous = axes.windows(2).all(|pair| pair[1] == pair[0] + 1);
    let (Some(first), Some(last)) = (axes.first(), axes.last()) else {
        return Err(ConfigError::new(
            "axis",
            "'axis' is empty: give the axis of the channels, such as -1.",
        ));
    };
    if *first < 1 || *last >= rank || !contiguous {
        let message = format!(
            "'axis' must name axes of the input that stand together; its {rank} axes are 0 (the batch, \
             which is not one of them) to {}: try -1.",
            rank - 1
        );
        return Err(ConfigError::new("axis", message));
    }
    let (first, end) = (*first as usize - 1, *last as usize);
    let of = |sizes: &[usize]| size(sizes).unwrap_or(1);
    let view = View {
        channels: of(&shape[first..end]),
        inner: of(&shape[end..]),
    };
    Ok((view, of(&shape[..first])))
}

/// gamma and beta, as far as they are wanted, of this shape.
fn affine_params(request: &mut Build<'_>, shape: &[usize]) -> Vec<ParamSpec> {
    let config: &ConfigObject = request.config;
    // Keras makes beta's initializer first and gamma first as an array.
    let beta = common::param(config, "beta", shape.to_vec(), request.seeds);
    let gamma = common::param(config, "gamma", shape.to_vec(), request.seeds);
    let gamma = config.flag("scale").then_some(gamma);
    gamma
        .into_iter()
        .chain(config.flag("center").then_some(beta))
        .collect()
}

/// The axes' own sizes, as gamma and beta have them.
fn axes_shape(request: &Build<'_>) -> Vec<usize> {
    let shape = request.input();
    let rank = shape.len() as i64 + 1;
    let mut axes: Vec<i64> = request.config.ints("axis").to_vec();
    axes.iter_mut().filter(|a| **a < 0).for_each(|a| *a += rank);
    axes.sort();
    axes.iter()
        .filter_map(|a| shape.get((*a as usize).checked_sub(1)?).copied())
        .collect()
}

/// Splits gamma from beta, each empty where it is not there.
fn split(scale: bool, channels: usize, params: &[f32]) -> (&[f32], &[f32]) {
    params.split_at(if scale { channels } else { 0 })
}

fn split_mut(scale: bool, channels: usize, params: &mut [f32]) -> (&mut [f32], &mut [f32]) {
    params.split_at_mut(if scale { channels } else { 0 })
}
