//! Initial weights: Keras' initializers, which draw Keras' numbers for Keras' seeds.

mod kinds;
mod orthogonal;

use crate::numerics::rng::{PythonRandom, Stream};
use crate::options::error::{ConfigError, Result};
use crate::options::{self, ClassSpec, ConfigObject, Registry};
pub use kinds::ALL;
use kinds::{INPUT_AXES, OUTPUT_AXES};

/// How an initializer fills an array.
#[derive(Clone, Debug)]
enum Fill {
    /// One value.
    Constant(f32),
    /// Uniform between two limits.
    Uniform(f64, f64),
    /// Normal, with this mean and standard deviation.
    Normal(f64, f64),
    /// Normal without values beyond two standard deviations: mean, standard deviation before the truncation.
    TruncatedNormal(f64, f64),
    /// With the variance scale / fan.
    Scaled(Scaling),
    /// This gain on the diagonal.
    Identity(f32),
    /// Orthogonal rows or columns of this length.
    Orthogonal(f32),
}

impl Fill {
    fn is_random(&self) -> bool {
        !matches!(self, Fill::Constant(_) | Fill::Identity(_))
    }
}

/// The parameters of [`Fill::Scaled`], as VarianceScaling's options name them.
#[derive(Clone, Debug)]
struct Scaling {
    scale: f64,
    mode: &'static str,
    distribution: &'static str,
    /// `input_axes` and `output_axes`, where both are given.
    axes: Option<(Vec<i64>, Vec<i64>)>,
}

impl Scaling {
    fn fan(&self, shape: &[usize]) -> f64 {
        let along = |axes| Fans::along(shape, axes).unwrap_or(1.0);
        let fans = match &self.axes {
            Some((inputs, outputs)) => Fans {
                fan_in: along(inputs),
                fan_out: along(outputs),
            },
            None => Fans::of(shape),
        };
        match self.mode {
            "fan_in" => fans.fan_in,
            "fan_out" => fans.fan_out,
            _ => fans.average(),
        }
    }

    fn fill(&self, stream: &mut Stream, shape: &[usize], out: &mut [f32]) {
        let variance = self.scale / self.fan(shape).max(1.0);
        match self.distribution {
            "uniform" => {
                let limit = (3.0 * variance).sqrt();
                uniform(stream, (-limit, limit), out);
            }
            "untruncated_normal" => normal(stream, (0.0, variance.sqrt()), out),
            _ => truncated(stream, (0.0, variance.sqrt() / TRUNCATED_DEVIATION), out),
        }
    }
}

/// An initializer class of Keras.
pub struct Initializer {
    /// Its class and options.
    pub class: ClassSpec,
    /// Returns the fill, and the seed where the options give one.
    build: fn(&ConfigObject) -> (Fill, Option<u64>),
}

impl Initializer {
    const fn new(class: ClassSpec, build: fn(&ConfigObject) -> (Fill, Option<u64>)) -> Self {
        Initializer { class, build }
    }
}

/// The number of inputs and outputs of a unit, as Keras counts them for a weight array.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fans {
    /// Number of inputs of a unit.
    pub fan_in: f64,
    /// Number of outputs that an input reaches.
    pub fan_out: f64,
}

impl Fans {
    /// Keras' `compute_fans` for a weight array of this shape.
    pub fn of(shape: &[usize]) -> Self {
        let (fan_in, fan_out) = match *shape {
            [] => (1, 1),
            [n] => (n, n),
            [fan_in, fan_out] => (fan_in, fan_out),
            [ref field @ .., fan_in, fan_out] => {
                let field: usize = field.iter().product();
                (fan_in * field, fan_out * field)
            }
        };
        Fans {
            fan_in: fan_in as f64,
            fan_out: fan_out as f64,
        }
    }

    /// The product of the sizes of these axes; `None` where the array lacks one of them.
    fn along(shape: &[usize], axes: &[i64]) -> Option<f64> {
        let size = |axis: &i64| {
            let from = if *axis < 0 { shape.len() as i64 } else { 0 };
            shape.get(usize::try_from(from + axis).ok()?)
        };
        axes.iter()
            .map(size)
            .try_fold(1.0, |product, n| Some(product * *n? as f64))
    }

    fn average(self) -> f64 {
        (self.fan_in + self.fan_out) / 2.0
    }
}

/// Standard deviation of N(0, 1) truncated at two standard deviations.
const TRUNCATED_DEVIATION: f64 = 0.879_625_661_034_239_8;

/// The initializers, for options that take one.
pub static REGISTRY: Registry = Registry {
    noun: "initializer",
    entries: || ALL.iter().map(|kind| &kind.class).collect(),
    config_keys: &[],
    object_keys: &[],
};

/// The initializer of one weight array, with its seed.
#[derive(Clone, Debug)]
pub struct Seeded {
    class: &'static ClassSpec,
    fill: Fill,
    seed: u64,
}

impl Seeded {
    /// The initializer of a config read by [`REGISTRY`], with the seed of the config or else the next of `seeds`. As in
    /// Keras, an initializer that draws nothing takes no seed.
    pub fn new(config: &ConfigObject, seeds: &mut PythonRandom) -> Self {
        let kind = options::find(ALL, |kind| &kind.class, config).unwrap_or(ALL[0]);
        let (fill, seed) = (kind.build)(config);
        let seed = match seed {
            Some(seed) => seed % 2_147_483_646, // as Keras does
            None if fill.is_random() => seeds.default_seed(),
            None => 0,
        };
        Seeded {
            class: config.class,
            fill,
            seed,
        }
    }

    /// Checks that the initializer can fill an array of this shape.
    ///
    /// # Errors
    /// As Keras: Identity needs a matrix, Orthogonal two or more dimensions, and the array must have the axes that the
    /// options name.
    pub fn check(&self, shape: &[usize]) -> Result<()> {
        if let Fill::Scaled(Scaling {
            axes: Some((inputs, outputs)),
            ..
        }) = &self.fill
        {
            for (option, axes) in [(INPUT_AXES.name, inputs), (OUTPUT_AXES.name, outputs)] {
                if Fans::along(shape, axes).is_none() {
                    let message = format!(
                        "'{option}' is {axes:?}, but the array has the shape {shape:?}: count its axes from 0, or \
                         from the last one as -1."
                    );
                    return Err(ConfigError::new(["config.", option].concat(), message));
                }
            }
        }
        let n = shape.len();
        let dimensions = match self.fill {
            Fill::Identity(_) if n != 2 => "two",
            Fill::Orthogonal(_) if n < 2 => "two or more",
            _ => return Ok(()),
        };
        let message = format!(
            "{} fills arrays of {dimensions} dimensions, and this one has {n}: choose another initializer.",
            self.class.class_name
        );
        Err(ConfigError::new("", message))
    }

    /// Whether the variance depends on how the array's shape is divided into inputs and outputs.
    pub fn counts_fans(&self) -> bool {
        matches!(self.fill, Fill::Scaled(Scaling { axes: None, .. }))
    }

    /// Fills `out`, an array of this shape.
    pub fn fill(&self, shape: &[usize], out: &mut [f32]) {
        let mut stream = Stream::new(self.seed, 0);
        match &self.fill {
            Fill::Constant(value) => out.fill(*value),
            Fill::Uniform(low, high) => uniform(&mut stream, (*low, *high), out),
            Fill::Normal(mean, deviation) => normal(&mut stream, (*mean, *deviation), out),
            Fill::TruncatedNormal(mean, deviation) => truncated(&stream, (*mean, *deviation), out),
            Fill::Scaled(scaling) => scaling.fill(&mut stream, shape, out),
            Fill::Identity(gain) => {
                let columns = shape.last().copied().unwrap_or(1).max(1);
                for (i, row) in out.chunks_exact_mut(columns).enumerate() {
                    row.fill(0.0);
                    if let Some(diagonal) = row.get_mut(i) {
                        *diagonal = *gain;
                    }
                }
            }
            Fill::Orthogonal(gain) => orthogonal::fill(&mut stream, shape, *gain, out),
        }
    }
}

fn uniform(stream: &mut Stream, (low, high): (f64, f64), out: &mut [f32]) {
    let (low, high) = (low as f32, high as f32);
    out.iter_mut()
        .for_each(|w| *w = stream.uniform() * (high - low) + low);
}

fn normal(stream: &mut Stream, (mean, deviation): (f64, f64), out: &mut [f32]) {
    out.iter_mut()
        .for_each(|w| *w = stream.normal() * deviation as f32 + mean as f32);
}

fn truncated(stream: &Stream, (mean, deviation): (f64, f64), out: &mut [f32]) {
    stream.fill_truncated_normal(out);
    out.iter_mut()
        .for_each(|w| *w = *w * deviation as f32 + mean as f32);
}
