//! Rescaling multiplies and adds fixed numbers; Normalization shifts and scales to mean 0 and variance 1.

use super::common;
use super::layer::{
    Backward, Build, Forward, Initial, Layer, LayerKind, MaskFlow, ParamSpec, Shape, size,
};
use crate::options::declare::class;
use crate::options::error::{ConfigError, Result};
use crate::options::{Default, Kind};

class! {
    /// Multiplies by a number and adds another, for example to map pixels from 0..255 to 0..1.
    #[formula("y = x scale + offset")]
    #[group("preprocessing")]
    struct RescalingOptions("Rescaling", "rescaling", "Rescaling") {
        /// Factor; one for all, or one for each channel.
        #[start("0.2")]
        scale("scale"): Vec<f64> = Kind::Floats(-1e30, 1e30), Default::Required;
        /// Number that is added; one for all, or one for each channel.
        #[advanced]
        offset("offset"): Vec<f64> = Kind::Floats(-1e30, 1e30), Default::Float(0.0);
    }
}

class! {
    /// Shifts and scales each feature by its mean and variance, given or computed from the training data before training.
    #[formula("y = (x - mean) / max(sqrt(variance), 1e-7); inverted: y = mean + x max(...)")]
    #[group("preprocessing")]
    pub struct NormalizationOptions("Normalization", "normalization", "Normalization") {
        /// Axes with a mean for each position; 0 is the batch, -1 the last axis. None: one mean for all.
        #[advanced]
        axis("axis"): Vec<i64> = Kind::MaybeInts(-8, 8), Default::Int(-1);
        /// Mean; computed from the data by default.
        #[advanced]
        mean("mean"): Option<Vec<f64>> = Kind::Floats(-1e30, 1e30), Default::Null;
        /// Variance; computed from the data by default.
        #[advanced]
        variance("variance"): Option<Vec<f64>> = Kind::Floats(-1e30, 1e30), Default::Null;
        /// Whether it maps normalized numbers back to the original ones.
        #[advanced]
        invert("invert"): bool = Kind::Bool, Default::Bool(false);
    }
}

pub static RESCALING: LayerKind = LayerKind::new(RescalingOptions::SPEC, |request| {
    let options = RescalingOptions::of(request.config);
    let shape = request.input().clone();
    let channels = shape.last().copied().unwrap_or(1);
    let list = |option, list: &[f64]| per_channel(option, list, channels, channels);
    Ok(Box::new(Rescaling {
        scale: list("scale", &options.scale)?,
        offset: list("offset", &options.offset)?,
        shape,
    }))
});

pub static NORMALIZATION: LayerKind = LayerKind::new(NormalizationOptions::SPEC, |request| {
    Ok(Box::new(Normalization::new(&request)?))
});

/// The list of an option, repeated to `n` numbers: one number, one for each channel, or `n`.
///
/// # Errors
/// A list of another length.
fn per_channel(option: &str, list: &[f64], channels: usize, n: usize) -> Result<Vec<f32>> {
    if ![1, channels, n].contains(&list.len()) {
        let message = format!(
            "'{option}' has {} numbers, but the input has {channels} channels: give one for each, or one for all.",
            list.len()
        );
        return Err(ConfigError::new(option, message));
    }
    let repeated = list.iter().cycle().take(n);
    Ok(repeated.map(|v| *v as f32).collect())
}

struct Rescaling {
    shape: Shape,
    scale: Vec<f32>,
    offset: Vec<f32>,
}

impl Layer for Rescaling {
    fn output_shape(&self) -> &Shape {
        &self.shape
    }

    fn forward(&self, pass: Forward<'_>) {
        let n = self.scale.len();
        for (x, y) in pass.x.chunks_exact(n).zip(pass.y.chunks_exact_mut(n)) {
            let by = self.scale.iter().zip(&self.offset);
            for ((x, y), (scale, offset)) in x.iter().zip(y).zip(by) {
                *y = x * scale + offset;
            }
        }
    }

    fn backward(&self, pass: Backward<'_>) {
        let Some(dx) = pass.dx else { return };
        let n = self.scale.len();
        for (dx, dy) in dx.chunks_exact_mut(n).zip(pass.dy.chunks_exact(n)) {
            for ((dx, dy), scale) in dx.iter_mut().zip(dy).zip(&self.scale) {
                *dx = dy * scale;
            }
        }
    }

    fn mask_flow(&self) -> MaskFlow {
        MaskFlow::Passes
    }
}

/// y = (x - mean) / max(sqrt(variance), 1e-7), or its inverse.
struct Normalization {
    shape: Shape,
    params: Vec<ParamSpec>,
    /// Mean and variance that the options give; else they are in the state.
    given: Option<(Vec<f32>, Vec<f32>)>,
    invert: bool,
    /// Index of the mean of each number of an example.
    indices: Vec<u32>,
    /// Number of means.
    n: usize,
}

/// Shape of the means: as the input's, with 1 for the axes that are averaged; and the sizes of the other axes alone.
///
/// # Errors
/// Axes that the input does not have; an axis named twice.
fn mean_shape(axes: &[i64], shape: &Shape) -> Result<(Shape, Shape)> {
    let mut means = vec![1; shape.len()];
    let mut is_kept = vec![false; shape.len()];
    for axis in axes {
        let at = if *axis < 0 {
            shape.len() as i64 + axis
        } else {
            axis - 1
        };
        let at = usize::try_from(at).unwrap_or(usize::MAX);
        match (means.get_mut(at), shape.get(at)) {
            (Some(_), Some(_)) if is_kept[at] => {
                let message = format!("'axis' names {axis} twice: name each axis once.");
                return Err(ConfigError::new("axis", message));
            }
            (Some(size), Some(n)) => (*size, is_kept[at]) = (*n, true),
            _ => {
                let message = format!(
                    "'axis' names {axis}, but the input has the axes 1 to {} after the batch: try -1.",
                    shape.len()
                );
                return Err(ConfigError::new("axis", message));
            }
        }
    }
    let sizes = means.iter().zip(is_kept).filter(|(_, kept)| *kept);
    let sizes = sizes.map(|(n, _)| *n).collect();
    Ok((means, sizes))
}

impl Normalization {
    fn new(request: &Build<'_>) -> Result<Self> {
        let (options, shape) = (NormalizationOptions::of(request.config), request.input());
        let (means, sizes) = mean_shape(&options.axis, shape)?;
        let n = size(&means).unwrap_or(1);
        let last = sizes.last().copied().unwrap_or(1);
        let given = match (options.mean, options.variance) {
            (None, None) => None,
            (Some(mean), Some(variance)) => {
                let mean = per_channel("mean", &mean, last, n)?;
                let variance = per_channel("variance", &variance, last, n)?;
                if variance.iter().any(|v| *v < 0.0) {
                    let message = "A variance is not negative: give 0 or more.";
                    return Err(ConfigError::new("variance", message));
                }
                Some((mean, variance))
            }
            (mean, _) => {
                let message = "Give both 'mean' and 'variance', or neither.";
                let missing = if mean.is_some() { "variance" } else { "mean" };
                return Err(ConfigError::new(missing, message));
            }
        };
        let state = |path: &str, shape: &[usize], n: usize, value: f32| ParamSpec {
            trainable: false,
            ..ParamSpec::new(path, shape, Initial::Numbers(vec![value; n]))
        };
        let params = match given {
            Some(_) => Vec::new(),
            None => vec![
                state("mean", &sizes, n, 0.0),
                state("variance", &sizes, n, 1.0),
                state("count", &[], 1, 0.0), // Unused; Keras keeps it for old files.
            ],
        };
        Ok(Normalization {
            params,
            given,
            invert: options.invert,
            indices: common::broadcast_indices(&means, shape),
            n,
            shape: shape.clone(),
        })
    }

    /// The means and the divisors; `work` receives the divisors.
    fn moments<'a>(&'a self, state: &'a [f32], work: &'a mut [f32]) -> (&'a [f32], &'a [f32]) {
        let (mean, variance) = match &self.given {
            Some((mean, variance)) => (&mean[..], &variance[..]),
            None => state[..2 * self.n].split_at(self.n),
        };
        let divisor = &mut work[..self.n];
        for (divisor, variance) in divisor.iter_mut().zip(variance) {
            *divisor = variance.sqrt().max(1e-7);
        }
        (mean, divisor)
    }
}

impl Layer for Normalization {
    fn output_shape(&self) -> &Shape {
        &self.shape
    }

    fn params(&self) -> &[ParamSpec] {
        &self.params
    }

    fn work(&self, _: usize) -> usize {
        self.n
    }

    fn forward(&self, pass: Forward<'_>) {
        let (mean, divisor) = self.moments(pass.state, pass.work);
        let n = self.indices.len();
        for (x, y) in pass.x.chunks_exact(n).zip(pass.y.chunks_exact_mut(n)) {
            for ((x, y), at) in x.iter().zip(y).zip(&self.indices) {
                let (mean, divisor) = (mean[*at as usize], divisor[*at as usize]);
                *y = match self.invert {
                    true => mean + x * divisor,
                    false => (x - mean) / divisor,
                };
            }
        }
    }

    fn backward(&self, pass: Backward<'_>) {
        let Some(dx) = pass.dx else { return };
        let (_, divisor) = self.moments(pass.state, pass.work);
        let n = self.indices.len();
        for (dx, dy) in dx.chunks_exact_mut(n).zip(pass.dy.chunks_exact(n)) {
            for ((dx, dy), at) in dx.iter_mut().zip(dy).zip(&self.indices) {
                let divisor = divisor[*at as usize];
                *dx = if self.invert {
                    dy * divisor
                } else {
                    dy / divisor
                };
            }
        }
    }

    fn adapts(&self) -> bool {
        self.given.is_none()
    }

    /// Mean and biased variance, by sums in double precision in the order of the examples (Keras' `adapt`).
    fn adapt(&self, x: &[f32], state: &mut [f32]) {
        let n = self.n;
        let count = (x.len() / n) as f64;
        let (mean, variance) = state[..2 * n].split_at_mut(n);
        let mut means = vec![0.0f64; n];
        for row in x.chunks_exact(self.indices.len()) {
            for (x, at) in row.iter().zip(&self.indices) {
                means[*at as usize] += f64::from(*x);
            }
        }
        means.iter_mut().for_each(|mean| *mean /= count);
        let mut squares = vec![0.0f64; n];
        for row in x.chunks_exact(self.indices.len()) {
            for (x, at) in row.iter().zip(&self.indices) {
                let deviation = f64::from(*x) - means[*at as usize];
                squares[*at as usize] += deviation * deviation;
            }
        }
        for i in 0..n {
            mean[i] = means[i] as f32;
            variance[i] = (squares[i] / count) as f32;
        }
    }

    fn mask_flow(&self) -> MaskFlow {
        MaskFlow::Passes
    }
}
