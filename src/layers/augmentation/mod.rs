//! Layers that transform images: at random in training, drawn as Keras draws, or to a fixed size.
//!
//! [`Augment`] is the layer; a [`Transform`] computes one image. A new layer is its class and transform in the file of its
//! kind, and its line in the list of layers.

mod affine;
mod colour;
mod crop;
mod erasing;
mod flip;
mod resample;
mod view;

pub use affine::{ROTATION, SHEAR, TRANSLATION, ZOOM};
pub use colour::{BRIGHTNESS, CONTRAST};
pub use crop::{CENTER_CROP, RANDOM_CROP};
pub use erasing::KIND as ERASING;
pub use flip::KIND as FLIP;
pub use resample::KIND as RESIZING;

use super::layer::{Backward, Build, Forward, Layer, Shape, size};
use crate::numerics::rng::Stream;
use crate::options::declare::{FromValue, Holds, options};
use crate::options::error::{ConfigError, Result};
use crate::options::{Default, Kind, Value};
use view::View;

options! {
    /// Height of the output.
    #[start("1")]
    HEIGHT = height("height"), Kind::Int(1, 4096), Default::Required;
    /// Width of the output.
    #[start("1")]
    WIDTH = width("width"), Kind::Int(1, 4096), Default::Required;
    /// Position of the channels in the shape of an image: last, or first.
    #[advanced]
    DATA_FORMAT = data_format("data format"),
        Kind::OneOf(&["channels_last", "channels_first"]), Default::Text("channels_last");
    /// Value outside of the image, for the fill mode constant.
    #[advanced]
    FILL_VALUE = fill_value("fill value"), Kind::Float(-1e6, 1e6), Default::Float(0.0);
    /// Lowest and highest value of a pixel; the output is clipped to them.
    #[advanced]
    VALUE_RANGE = value_range("value range"), Kind::OneOrTwo(-1e6, 1e6), Default::Pair(0.0, 255.0);
}

/// An option that is a number or a pair of numbers ([`Kind::OneOrTwo`]).
#[derive(Clone, Copy)]
enum OneOrTwo {
    One(f64),
    Two(f64, f64),
}

impl FromValue for OneOrTwo {
    const HOLDS: Holds = Holds::Floats;

    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Float(one) => Some(OneOrTwo::One(*one)),
            Value::Floats(pair) => match pair[..] {
                [a, b] => Some(OneOrTwo::Two(a, b)),
                _ => None,
            },
            _ => None,
        }
    }

    fn absent() -> Self {
        OneOrTwo::One(0.0)
    }
}

impl OneOrTwo {
    /// The range of a factor: the pair in order, or from -f (`min` at least) to f.
    fn range(self, min: f64) -> [f64; 2] {
        match self {
            OneOrTwo::One(f) => [(-f.abs()).max(min), f.abs()],
            OneOrTwo::Two(a, b) => [a.min(b), a.max(b)],
        }
    }

    /// The pair, of the option `name`.
    ///
    /// # Errors
    /// A single number.
    fn pair(self, name: &str) -> Result<[f32; 2]> {
        match self {
            OneOrTwo::Two(a, b) => Ok([a as f32, b as f32]),
            OneOrTwo::One(_) => {
                let message =
                    format!("'{name}' is a pair, the lowest value and the highest: try [0, 255].");
                Err(ConfigError::new(name, message))
            }
        }
    }
}

/// One call of Keras' random generator: `n` numbers for each image, uniform in low..high or standard normal.
#[derive(Clone, Copy)]
struct Draw {
    low: f32,
    high: f32,
    n: usize,
    normal: bool,
}

impl Draw {
    /// One uniform number, with bounds in float32 as Keras has them.
    fn uniform([low, high]: [f64; 2]) -> Self {
        let (low, high) = (low as f32, high as f32);
        Draw {
            low,
            high,
            n: 1,
            normal: false,
        }
    }

    /// The same with `n` numbers.
    fn times(self, n: usize) -> Self {
        Draw { n, ..self }
    }

    fn next(self, stream: &mut Stream) -> f32 {
        if self.normal {
            return stream.normal();
        }
        stream.uniform() * (self.high - self.low) + self.low
    }
}

/// What a layer does to one image, with the random numbers drawn for it.
trait Transform {
    /// The random numbers, in the order of Keras' calls.
    fn draws(&self) -> Vec<Draw> {
        Vec::new()
    }

    /// Whether all images of a batch get the same numbers.
    fn shared(&self) -> bool {
        false
    }

    /// Fills `y` in training.
    fn apply(&self, random: &[f32], x: &[f32], y: &mut [f32]);

    /// Fills `dx`.
    fn backward(&self, random: &[f32], x: &[f32], dy: &[f32], dx: &mut [f32]);

    /// Fills `y` at inference.
    fn predict(&self, x: &[f32], y: &mut [f32]) {
        y.copy_from_slice(x);
    }
}

/// A layer that transforms images. Scratch holds the random numbers of each image.
struct Augment {
    transform: Box<dyn Transform>,
    draws: Vec<Draw>,
    n_random: usize,
    seed: u64,
    n_in: usize,
    shape: Shape,
}

impl Augment {
    /// The layer of a transform to images of the view `to`; `seed` is unused if the transform draws nothing.
    fn boxed(
        request: &Build<'_>,
        seed: u64,
        transform: Box<dyn Transform>,
        to: View,
    ) -> Box<dyn Layer> {
        let draws = transform.draws();
        Box::new(Augment {
            n_random: draws.iter().map(|d| d.n).sum(),
            seed,
            draws,
            n_in: size(request.input()).unwrap_or(1),
            shape: to.shape(),
            transform,
        })
    }

    fn n_out(&self) -> usize {
        size(&self.shape).unwrap_or(1)
    }

    /// Draws the numbers of all images: each call draws for one image after another.
    fn draw(&self, calls: u64, all: &mut [f32]) {
        let n = self.n_random;
        let mut start = 0;
        for (k, draw) in self.draws.iter().enumerate() {
            let mut stream = Stream::new(self.seed, calls * self.draws.len() as u64 + k as u64);
            for i in 0..all.len() / n {
                for j in start..start + draw.n {
                    all[i * n + j] = match self.transform.shared() && i > 0 {
                        true => all[j],
                        false => draw.next(&mut stream),
                    };
                }
            }
            start += draw.n;
        }
    }
}

impl Layer for Augment {
    fn output_shape(&self) -> &Shape {
        &self.shape
    }

    fn scratch(&self, batch: usize) -> usize {
        batch * self.n_random
    }

    fn forward(&self, pass: Forward<'_>) {
        let n = self.n_random;
        let images = pass.x.chunks_exact(self.n_in);
        let images = images.zip(pass.y.chunks_exact_mut(self.n_out()));
        let Some(calls) = pass.training else {
            images.for_each(|(x, y)| self.transform.predict(x, y));
            return;
        };
        if n > 0 {
            self.draw(calls, pass.scratch);
        }
        for (i, (x, y)) in images.enumerate() {
            self.transform
                .apply(&pass.scratch[i * n..(i + 1) * n], x, y);
        }
    }

    fn backward(&self, pass: Backward<'_>) {
        let Some(dx) = pass.dx else { return };
        let n = self.n_random;
        let images = pass
            .x
            .chunks_exact(self.n_in)
            .zip(pass.dy.chunks_exact(self.n_out()));
        for (i, ((x, dy), dx)) in images.zip(dx.chunks_exact_mut(self.n_in)).enumerate() {
            let random = &pass.scratch[i * n..(i + 1) * n];
            self.transform.backward(random, x, dy, dx);
        }
    }
}
