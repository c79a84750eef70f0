//! Rescaling by given numbers; Normalization to mean 0 and variance 1 by numbers given or found in data.

use super::common;
use super::layer::{
    Backward, Build, Forward, Initial, Inputs, Layer, LayerKind, MaskFlow, ParamSpec, Shape, size,
};
use crate::options::error::ConfigError;
use crate::options::{ClassSpec, ConfigObject, Default, Kind, OptionSpec, Value, help_text};

pub static RESCALING: LayerKind = LayerKind {
    class: ClassSpec {
        class_name: "Rescaling",
        name: "rescaling",
        aliases: &[],
        label: "Rescaling",
        doc: help_text(
            "Multiplies by a number and adds another: pixels from 0 to 255 become numbers from 0 to 1.",
        ),
        formula: help_text("y = x scale + offset"),
        options: &[
            &OptionSpec {
                name: "scale",
                label: "scale",
                doc: help_text("The factor; one for all, or one for each channel."),
                kind: Kind::Floats(-1e30, 1e30),
                default: Default::Required,
                advanced: false,
                start: "",
            },
            &OptionSpec {
                name: "offset",
                label: "offset",
                doc: help_text("What is added; one for all, or one for each channel."),
                kind: Kind::Floats(-1e30, 1e30),
                default: Default::Float(0.0),
                advanced: false,
                start: "",
            },
        ],
        group: "",
        shared: &[],
    },
    inputs: Inputs::One,
    build: |request| {
        let shape = request.input().clone();
        let channels = shape.last().copied().unwrap_or(1);
        let list = |option| per_channel(&request, option, channels, channels);
        let (scale, offset) = (list("scale")?, list("offset")?);
        Ok(Box::new(Rescaling {
            shape,
            scale,
            offset,
        }))
    },
};

pub static NORMALIZATION: LayerKind = LayerKind {
    class: ClassSpec {
        class_name: "Normalization",
        name: "normalization",
        aliases: &[],
        label: "Normalization",
        doc: help_text(
            "Shifts and scales each feature by its mean and variance, given or found in the data beforehand.",
        ),
        formula: help_text(
            "y = (x - mean) / max(sqrt(variance), 1e-7); inverted: y = mean + x max(...)",
        ),
        options: &[
            &OptionSpec {
                name: "axis",
                label: "axis",
                doc: help_text(
                    "Axes whose places have a mean each, counted with the batch as 0; none: one mean for all.",
                ),
                kind: Kind::MaybeInts(-8, 8),
                default: Default::Int(-1),
                advanced: false,
                start: "",
            },
            &moment("mean", "The mean; none: it is found in data."),
            &moment("variance", "The variance; none: it is found in data."),
            &OptionSpec {
                name: "invert",
                label: "invert",
                doc: help_text(
                    "Whether it goes the other way, from normalized numbers to the original ones.",
                ),
                kind: Kind::Bool,
                default: Default::Bool(false),
                advanced: false,
                start: "",
            },
        ],
        group: "",
        shared: &[],
    },
    inputs: Inputs::One,
    build: |request| Ok(Box::new(Normalization::new(&request)?)),
};

const fn moment(name: &'static str, doc: &'static str) -> OptionSpec {
    OptionSpec {
        name,
        label: name,
        doc: help_text(doc),
        kind: Kind::Floats(-1e30, 1e30),
        default: Default::Null,
        advanced: false,
        start: "",
    }
}

/// A number for each of `n` places, from one for all, one for each of the channels, or one for each place.
fn per_channel(
    request: &Build<'_>,
    option: &str,
    channels: usize,
    n: usize,
) -> Result<Vec<f32>, ConfigError> {
    let list = request.config.floats(option);
    if ![1, channels, n].contains(&list.len()) {
        let message = format!(
            "'{option}' has {} numbers, but the input has {channels} channels: give one for each, or one for all.",
            list.len()
        );
        return Err(ConfigError::new(option, message));
    }
    let all = list.iter().cycle().take(n);
    Ok(all.map(|v| *v as f32).collect())
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

/// Its mean and variance stand in the state, or were given.
struct Normalization {
    shape: Shape,
    params: Vec<ParamSpec>,
    given: Option<(Vec<f32>, Vec<f32>)>,
    invert: bool,
    /// Which mean each number of an example has.
    places: Vec<u32>,
    n: usize,
}

/// The input's shape where all but the kept axes are 1; and the sizes of the kept ones alone.
fn kept(config: &ConfigObject, shape: &Shape) -> Result<(Shape, Shape), ConfigError> {
    let mut own = vec![1; shape.len()];
    let mut is_kept = vec![false; shape.len()];
    for axis in config.ints("axis") {
        let at = if *axis < 0 {
            shape.len() as i64 + axis
        } else {
            axis - 1
        };
        let at = usize::try_from(at).unwrap_or(usize::MAX);
        match (own.get_mut(at), shape.get(at)) {
            (Some(_), Some(_)) if is_kept[at] => {
                let message = format!("'axis' names {axis} twice: name each axis once.");
                return Err(ConfigError::new("axis", message));
            }
            (Some(own), Some(n)) => (*own, is_kept[at]) = (*n, true),
            _ => {
                let message = format!(
                    "'axis' names {axis}, and the input has the axes 1 to {} beside the batch: try -1.",
                    shape.len()
                );
                return Err(ConfigError::new("axis", message));
            }
        }
    }
    let sizes = own.iter().zip(is_kept).filter(|(_, kept)| *kept);
    let sizes = sizes.map(|(n, _)| *n).collect();
    Ok((own, sizes))
}

impl Normalization {
    fn new(request: &Build<'_>) -> Result<Self, ConfigError> {
        let (config, shape) = (request.config, request.input().clone());
        let (own, sizes) = kept(config, &shape)?;
        let n = size(&own).unwrap_or(1);
        let last = sizes.last().copied().unwrap_or(1);
        let was_given = |option| *config.get(option) != Value::Null;
        let given = match (was_given("mean"), was_given("variance")) {
            (false, false) => None,
            (true, true) => {
                let moment = |option| per_channel(request, option, last, n);
                let (mean, variance) = (moment("mean")?, moment("variance")?);
                if variance.iter().any(|v| *v < 0.0) {
                    let message = "A variance is never below 0: give one from 0.";
                    return Err(ConfigError::new("variance", message));
                }
                Some((mean, variance))
            }
            (has_mean, _) => {
                let message = "Give both 'mean' and 'variance', or none of them.";
                let missing = if has_mean { "variance" } else { "mean" };
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
                state("count", &[], 1, 0.0), // kept by Keras for old files alone
            ],
        };
        Ok(Normalization {
            params,
            given,
            invert: config.flag("invert"),
            places: common::broadcast_indices(&own, &shape),
            n,
            shape,
        })
    }

    /// The means, and in `work` what to divide by.
    fn moments<'a>(&'a self, state: &'a [f32], work: &'a mut [f32]) -> (&'a [f32], &'a [f32]) {
        let (mean, variance) = match &self.given {
            Some((mean, variance)) => (&mean[..], &variance[..]),
            None => state[..2 * self.n].split_at(self.n),
        };
        let spread = &mut work[..self.n];
        for (spread, variance) in spread.iter_mut().zip(variance) {
            *spread = variance.sqrt().max(1e-7);
        }
        (mean, spread)
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
        let (mean, spread) = self.moments(pass.state, pass.work);
        let n = self.places.len();
        for (x, y) in pass.x.chunks_exact(n).zip(pass.y.chunks_exact_mut(n)) {
            for ((x, y), at) in x.iter().zip(y).zip(&self.places) {
                let (mean, spread) = (mean[*at as usize], spread[*at as usize]);
                *y = match self.invert {
                    true => mean + x * spread,
                    false => (x - mean) / spread,
                };
            }
        }
    }

    fn backward(&self, pass: Backward<'_>) {
        let Some(dx) = pass.dx else { return };
        let (_, spread) = self.moments(pass.state, pass.work);
        let n = self.places.len();
        for (dx, dy) in dx.chunks_exact_mut(n).zip(pass.dy.chunks_exact(n)) {
            for ((dx, dy), at) in dx.iter_mut().zip(dy).zip(&self.places) {
                let spread = spread[*at as usize];
                *dx = if self.invert {
                    dy * spread
                } else {
                    dy / spread
                };
            }
        }
    }

    fn adapts(&self) -> bool {
        self.given.is_none()
    }

    /// Keras' `adapt(data)`: mean and biased variance, by sums in double precision, the first example
    /// first.
    fn adapt(&self, x: &[f32], state: &mut [f32]) {
        let n = self.n;
        let count = (x.len() / n) as f64;
        let (mean, variance) = state[..2 * n].split_at_mut(n);
        let mut means = vec![0.0f64; n];
        for row in x.chunks_exact(self.places.len()) {
            for (x, at) in row.iter().zip(&self.places) {
                means[*at as usize] += f64::from(*x);
            }
        }
        means.iter_mut().for_each(|mean| *mean /= count);
        let mut squares = vec![0.0f64; n];
        for row in x.chunks_exact(self.places.len()) {
            for (x, at) in row.iter().zip(&self.places) {
                let off = f64::from(*x) - means[*at as usize];
                squares[*at as usize] += off * off;
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
