//! Layers that normalize groups of numbers to mean 0 and variance 1; each has its own groups.

pub mod batch;
pub mod group;
pub mod layer;
pub mod rms;
mod terms;
pub mod unit;

use super::layer::{Backward, Build, Forward, size};
use crate::functions::{constraints, initializers, regularizers};
use crate::kernels::normalize::{self, Affine, Grads, Group, How, Moments, View};
use crate::options::declare::options;
use crate::options::error::{ConfigError, Result};
use crate::options::{Default, Kind};

options! {
    /// Axis of the channels; 0 is the batch, -1 the last axis.
    #[advanced]
    AXIS = axis("axis"), Kind::Ints(-8, 8), Default::Int(-1);
    /// Added to the variance, so that there is no division by 0.
    #[advanced]
    EPSILON = epsilon("epsilon"), Kind::Float(0.0, 1e30), Default::Float(0.001);
    /// Whether the layer has a trainable offset beta.
    #[advanced]
    CENTER = center("center"), Kind::Bool, Default::Bool(true);
    /// Whether the layer has a trainable factor gamma.
    #[advanced]
    SCALE = scale("scale"), Kind::Bool, Default::Bool(true);
    /// Initializer of the offsets.
    #[advanced]
    BETA_INITIALIZER = beta_initializer("initial beta"), Kind::Of(&initializers::REGISTRY), Default::Text("zeros");
    /// Initializer of the factors.
    #[advanced]
    GAMMA_INITIALIZER = gamma_initializer("initial gamma"), Kind::Of(&initializers::REGISTRY), Default::Text("ones");
    /// Penalty on the offsets, added to the loss.
    #[advanced]
    BETA_REGULARIZER = beta_regularizer("beta penalty"), Kind::Of(&regularizers::REGISTRY), Default::Null;
    /// Penalty on the factors, added to the loss.
    #[advanced]
    GAMMA_REGULARIZER = gamma_regularizer("gamma penalty"), Kind::Of(&regularizers::REGISTRY), Default::Null;
    /// Constraint that the offsets meet after each update.
    #[advanced]
    BETA_CONSTRAINT = beta_constraint("beta constraint"), Kind::Of(&constraints::REGISTRY), Default::Null;
    /// Constraint that the factors meet after each update.
    #[advanced]
    GAMMA_CONSTRAINT = gamma_constraint("gamma constraint"), Kind::Of(&constraints::REGISTRY), Default::Null;
}

/// The axes that an option names, sorted and counted from 0, the batch.
fn sorted_axes(axes: &[i64], rank: i64) -> Vec<i64> {
    let mut axes = axes.to_vec();
    axes.iter_mut().filter(|a| **a < 0).for_each(|a| *a += rank);
    axes.sort_unstable();
    axes
}

/// The input as `[outer, channels, inner]`: its view, and the size of the outer axis for one example.
///
/// # Errors
/// Axes that the input does not have, or that are not adjacent.
fn view_of(request: &Build<'_>, axes: &[i64]) -> Result<(View, usize)> {
    let shape = request.input();
    let rank = shape.len() as i64 + 1;
    let axes = sorted_axes(axes, rank);
    let contiguous = axes.windows(2).all(|pair| pair[1] == pair[0] + 1);
    let (Some(first), Some(last)) = (axes.first(), axes.last()) else {
        return Err(ConfigError::new(
            "axis",
            "'axis' is empty: give the axis of the channels, such as -1.",
        ));
    };
    if *first < 1 || *last >= rank || !contiguous {
        let message = format!(
            "'axis' must name adjacent axes of the input, whose axes are 1 to {} (0 is the batch): try -1.",
            rank - 1
        );
        return Err(ConfigError::new("axis", message));
    }
    let (first, end) = (*first as usize - 1, *last as usize);
    let product = |sizes: &[usize]| size(sizes).unwrap_or(1);
    let view = View {
        channels: product(&shape[first..end]),
        inner: product(&shape[end..]),
    };
    Ok((view, product(&shape[..first])))
}

/// Sizes of the axes of the channels: the shape of gamma and beta.
fn axes_shape(request: &Build<'_>, axes: &[i64]) -> Vec<usize> {
    let shape = request.input();
    sorted_axes(axes, shape.len() as i64 + 1)
        .iter()
        .filter_map(|a| shape.get((*a as usize).checked_sub(1)?).copied())
        .collect()
}

/// The arrays of gamma and beta that a layer has, with this shape, from its options.
macro_rules! affine {
    ($options:ident, $shape:expr, $seeds:expr) => {{
        use $crate::layers::common::array;
        let shape: &[usize] = $shape;
        // Keras makes the initializer of beta first, but adds the array of gamma first.
        let beta = array!($options, "beta", shape.to_vec(), $seeds;
            [beta_initializer, beta_regularizer, beta_constraint]);
        let gamma = array!($options, "gamma", shape.to_vec(), $seeds;
            [gamma_initializer, gamma_regularizer, gamma_constraint]);
        let gamma = $options.scale.then_some(gamma);
        let mut params: Vec<ParamSpec> = gamma.into_iter().collect();
        params.extend($options.center.then_some(beta));
        params
    }};
}

use affine;

/// Splits parameters into gamma and beta; each is empty if the layer does not have it.
fn split(scale: bool, channels: usize, params: &[f32]) -> (&[f32], &[f32]) {
    params.split_at(if scale { channels } else { 0 })
}

fn split_mut(scale: bool, channels: usize, params: &mut [f32]) -> (&mut [f32], &mut [f32]) {
    params.split_at_mut(if scale { channels } else { 0 })
}

/// How a layer normalizes groups of which each has moments of its own, in training and at inference. Scratch holds mean and
/// variance of each group.
struct ByGroup {
    view: View,
    epsilon: f32,
    /// Whether there is a gamma.
    scale: bool,
    /// Whether the mean is subtracted.
    centred: bool,
}

impl ByGroup {
    fn forward(&self, groups: impl Iterator<Item = Group>, pass: Forward<'_>) {
        let (gamma, beta) = split(self.scale, self.view.channels, pass.params);
        for (group, stored) in groups.zip(pass.scratch.chunks_exact_mut(2)) {
            let moments = normalize::moments(self.view, &group, pass.x, None, self.centred);
            stored.copy_from_slice(&[moments.mean, moments.variance]);
            let (how, affine) = ((moments, self.epsilon), Affine { gamma, beta });
            normalize::apply(self.view, &group, how, affine, pass.x, pass.y);
        }
    }

    fn backward(&self, groups: impl Iterator<Item = Group>, mut pass: Backward<'_>) {
        let (gamma, _) = split(self.scale, self.view.channels, pass.params);
        pass.dparams.fill(0.0);
        let (dgamma, dbeta) = split_mut(self.scale, self.view.channels, pass.dparams);
        let how = How {
            mask: None,
            centred: self.centred,
            constant: false,
        };
        for (group, stored) in groups.zip(pass.scratch.chunks_exact(2)) {
            let (mean, variance) = (stored[0], stored[1]);
            let grads = Grads {
                dx: pass.dx.as_deref_mut(),
                dgamma,
                dbeta,
            };
            let moments = (Moments { mean, variance }, self.epsilon);
            let inputs = (pass.x, &*pass.dy);
            normalize::backward(self.view, &group, moments, how, gamma, inputs, grads);
        }
    }
}
