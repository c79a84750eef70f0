//! Where weights begin: Keras' initializers, with Keras' own numbers for Keras' seeds.

mod kinds;
mod orthogonal;

use crate::numerics::rng::{PythonRandom, Stream};
use crate::options::error::ConfigError;
use crate::options::{ClassSpec, ConfigObject, OptionSpec, Registry, Value};
pub use kinds::ALL;
use kinds::{INPUT_AXES, OUTPUT_AXES};

/// How an initializer fills an array.
enum Fill {
    Constant(fn(&ConfigObject) -> f32),
    /// Between two limits.
    Uniform(fn(&ConfigObject) -> (f64, f64)),
    /// (mean, standard deviation).
    Normal(fn(&ConfigObject) -> (f64, f64)),
    /// Drawn again beyond two standard deviations: (mean, standard deviation before the cut).
    TruncatedNormal(fn(&ConfigObject) -> (f64, f64)),
    /// Variance scale / fan.
    Scaled(fn(&ConfigObject) -> Scaling),
    Identity,
    Orthogonal,
}

/// What makes a [`Fill::Scaled`]: the words are those of VarianceScaling's options.
struct Scaling {
    scale: f64,
    mode: &'static str,
    distribution: &'static str,
}

const fn scaling(scale: f64, mode: &'static str, distribution: &'static str) -> Scaling {
    Scaling {
        scale,
        mode,
        distribution,
    }
}

/// Keras' initializer: what it is called, and how it fills.
pub struct Initializer {
    /// How it is called and what it is for.
    pub class: ClassSpec,
    fill: Fill,
}

/// How many numbers flow into one output and out of one input of a weight array.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fans {
    /// Inputs of one unit.
    pub fan_in: f64,
    /// Outputs that one input reaches.
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

    /// The sizes of these axes of an array, multiplied; `None` where it has no such axis.
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

/// Standard deviation of N(0, 1) cut at two standard deviations.
const TRUNCATED_SPREAD: f64 = 0.879_625_661_034_239_8;

/// The family, for options that take an initializer.
pub static REGISTRY: Registry = Registry {
    noun: "initializer",
    entries: || ALL.iter().map(|i| &i.class).collect(),
    config_keys: &[],
    object_keys: &[],
};

/// An initializer of one weight array, with its seed.
#[derive(Clone, Debug)]
pub struct Seeded {
    choice: ConfigObject,
    seed: u64,
}

impl Seeded {
    /// Binds a choice to its own seed, or to the next one that Keras would draw. Kinds that draw
    /// nothing take no seed, as in Keras.
    pub fn new(choice: &ConfigObject, seeds: &mut PythonRandom) -> Self {
        let random = choice.class.all_options().any(|o| o.name == "seed");
        let seed = match random.then(|| choice.get("seed")) {
            Some(Value::Int(seed)) => *seed as u64 % 2_147_483_646, // as Keras folds it
            Some(_) => seeds.default_seed(),
            None => 0,
        };
        Seeded {
            choice: choice.clone(),
            seed,
        }
    }

    /// Says whether it can fill an array of this shape.
    ///
    /// # Errors
    /// As Keras: a kind that is made for matrices and an array that is none.
    pub fn check(&self, shape: &[usize]) -> Result<(), ConfigError> {
        let class = self.choice.class.class_name;
        if let Some((inputs, outputs)) = self.axes() {
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
        let wanted = match self.fill_of() {
            Fill::Identity if shape.len() != 2 => "two",
            Fill::Orthogonal if shape.len() < 2 => "two or more",
            _ => return Ok(()),
        };
        let n = shape.len();
        let message = format!(
            "{class} fills arrays of {wanted} dimensions, and this one has {n}: choose another."
        );
        Err(ConfigError::new("", message))
    }

    /// Whether it counts a unit's inputs and outputs by the shape of the array.
    pub fn counts_fans(&self) -> bool {
        matches!(self.fill_of(), Fill::Scaled(_)) && self.axes().is_none()
    }

    /// `input_axes` and `output_axes`, where both are given: as in Keras, one alone says nothing.
    fn axes(&self) -> Option<(&[i64], &[i64])> {
        let scaled = matches!(self.fill_of(), Fill::Scaled(_));
        let given = |option: &OptionSpec| match self.choice.get(option.name) {
            Value::Ints(axes) => Some(axes.as_slice()),
            _ => None,
        };
        scaled.then(|| Some((given(&INPUT_AXES)?, given(&OUTPUT_AXES)?)))?
    }

    fn fans(&self, shape: &[usize]) -> Fans {
        let along = |axes| Fans::along(shape, axes).unwrap_or(1.0);
        match self.axes() {
            Some((inputs, outputs)) => Fans {
                fan_in: along(inputs),
                fan_out: along(outputs),
            },
            None => Fans::of(shape),
        }
    }

    fn fill_of(&self) -> &'static Fill {
        let found = ALL
            .iter()
            .find(|i| std::ptr::eq(&i.class, self.choice.class));
        &found.unwrap_or(&ALL[0]).fill
    }

    /// Fills `out`, an array of this shape.
    pub fn fill(&self, shape: &[usize], out: &mut [f32]) {
        let mut stream = Stream::new(self.seed, 0);
        let choice = &self.choice;
        match self.fill_of() {
            Fill::Constant(value) => out.fill(value(choice)),
            Fill::Uniform(limits) => uniform(&mut stream, limits(choice), out),
            Fill::Normal(parameters) => normal(&mut stream, parameters(choice), out),
            Fill::TruncatedNormal(parameters) => truncated(&stream, parameters(choice), out),
            Fill::Scaled(scaling) => {
                let scaling = scaling(choice);
                let fans = self.fans(shape);
                let fan = match scaling.mode {
                    "fan_in" => fans.fan_in,
                    "fan_out" => fans.fan_out,
                    _ => fans.average(),
                };
                let variance = scaling.scale / fan.max(1.0);
                match scaling.distribution {
                    "uniform" => {
                        let limit = (3.0 * variance).sqrt();
                        uniform(&mut stream, (-limit, limit), out);
                    }
                    "untruncated_normal" => normal(&mut stream, (0.0, variance.sqrt()), out),
                    _ => truncated(&stream, (0.0, variance.sqrt() / TRUNCATED_SPREAD), out),
                }
            }
            Fill::Identity => {
                let columns = shape.last().copied().unwrap_or(1).max(1);
                let gain = choice.number("gain") as f32;
                for (i, row) in out.chunks_exact_mut(columns).enumerate() {
                    row.fill(0.0);
                    if let Some(diagonal) = row.get_mut(i) {
                        *diagonal = gain;
                    }
                }
            }
            Fill::Orthogonal => {
                orthogonal::fill(&mut stream, shape, choice.number("gain") as f32, out)
            }
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
