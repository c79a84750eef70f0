//! Images changed at random in training, drawn as Keras draws; and images brought to a size.
//!
//! [`Augment`] is the layer; a [`Change`] is what it does to one image with the numbers drawn for it.
//! To add one: its kind in the file of its family, and its line in the layers' list.

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

use super::common;
use super::layer::{Backward, Build, Forward, Layer, Shape, size};
use crate::numerics::rng::Stream;
use crate::options::error::ConfigError;
use crate::options::{ConfigObject, Default, Kind, OptionSpec, Value, help_text};
use view::View;

const HEIGHT: OptionSpec = side("height", "Rows of the image that comes out.");
const WIDTH: OptionSpec = side("width", "Columns of the image that comes out.");
const DATA_FORMAT: OptionSpec = OptionSpec {
    doc: help_text("Where the channels stand: after the columns, or before the rows."),
    kind: Kind::OneOf(&["channels_last", "channels_first"]),
    ..common::DATA_FORMAT
};
const FILL_VALUE: OptionSpec = OptionSpec {
    name: "fill_value",
    label: "fill with",
    doc: help_text("What stands outside of the image, where that is constant."),
    kind: Kind::Float(-1e6, 1e6),
    default: Default::Float(0.0),
    advanced: false,
    start: "",
};
const VALUE_RANGE: OptionSpec = OptionSpec {
    name: "value_range",
    label: "range of values",
    doc: help_text("Lowest and highest value of a pixel; what comes out is kept inside."),
    kind: Kind::OneOrTwo(-1e6, 1e6),
    default: Default::Pair(0.0, 255.0),
    advanced: false,
    start: "",
};

const fn side(name: &'static str, doc: &'static str) -> OptionSpec {
    OptionSpec {
        name,
        label: name,
        doc: help_text(doc),
        kind: Kind::Int(1, 4096),
        default: Default::Required,
        advanced: false,
        start: "",
    }
}

const fn factor(
    name: &'static str,
    label: &'static str,
    doc: &'static str,
    from: f64,
) -> OptionSpec {
    OptionSpec {
        name,
        label,
        doc: help_text(doc),
        kind: Kind::OneOrTwo(from, 1.0),
        default: Default::Required,
        advanced: false,
        start: "",
    }
}

/// The range that a factor stands for: as given, or from -f (not below `least`) to f.
fn range(config: &ConfigObject, option: &str, least: f64) -> Option<[f64; 2]> {
    match *config.get(option) {
        Value::Float(f) => Some([(-f.abs()).max(least), f.abs()]),
        Value::Floats(ref pair) => Some([pair[0].min(pair[1]), pair[0].max(pair[1])]),
        _ => None,
    }
}

/// The pair of an option.
///
/// # Errors
/// A single number.
fn pair(config: &ConfigObject, option: &str) -> Result<[f32; 2], ConfigError> {
    match config.floats(option) {
        [a, b] => Ok([*a as f32, *b as f32]),
        _ => {
            let message =
                format!("'{option}' is a pair, the lowest value and the highest: try [0, 255].");
            Err(ConfigError::new(option, message))
        }
    }
}

/// A draw: so many numbers for each image, from one call of Keras' generator.
#[derive(Clone, Copy)]
struct Draw {
    low: f32,
    high: f32,
    n: usize,
    normal: bool,
}

impl Draw {
    /// One number between the two, as Keras computes both.
    fn between([low, high]: [f64; 2]) -> Self {
        let (low, high) = (low as f32, high as f32);
        Draw {
            low,
            high,
            n: 1,
            normal: false,
        }
    }

    /// So many numbers instead of one.
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

/// What is done to an image.
trait Change {
    /// What is drawn, in the order of Keras' calls.
    fn draws(&self) -> Vec<Draw> {
        Vec::new()
    }

    /// The same numbers for all images of a batch.
    fn shared(&self) -> bool {
        false
    }

    /// In training.
    fn apply(&self, drawn: &[f32], x: &[f32], y: &mut [f32]);

    /// The way back: fills `dx`.
    fn back(&self, drawn: &[f32], x: &[f32], dy: &[f32], dx: &mut [f32]);

    /// When predicting.
    fn at_rest(&self, x: &[f32], y: &mut [f32]) {
        y.copy_from_slice(x);
    }
}

/// A layer that changes images. Keeps what was drawn for each.
struct Augment {
    change: Box<dyn Change>,
    draws: Vec<Draw>,
    n_drawn: usize,
    seed: u64,
    n_in: usize,
    shape: Shape,
}

impl Augment {
    fn boxed(request: Build<'_>, change: Box<dyn Change>, to: View) -> Box<dyn Layer> {
        let draws = change.draws();
        // Keras' constructor makes a generator whether or not it will draw.
        let mut options = request.config.class.all_options();
        let has_generator = options.any(|o| o.name == common::SEED.name);
        Box::new(Augment {
            n_drawn: draws.iter().map(|d| d.n).sum(),
            seed: match has_generator {
                true => common::seed(request.config, request.seeds),
                false => 0,
            },
            draws,
            n_in: size(request.input()).unwrap_or(1),
            shape: to.shape(),
            change,
        })
    }

    fn n_out(&self) -> usize {
        size(&self.shape).unwrap_or(1)
    }

    /// Draws for all images: each draw is a call of its own, whose numbers go round the images.
    fn draw(&self, calls: u64, all: &mut [f32]) {
        let n = self.n_drawn;
        let mut start = 0;
        for (k, draw) in self.draws.iter().enumerate() {
            let mut stream = Stream::new(self.seed, calls * self.draws.len() as u64 + k as u64);
            for i in 0..all.len() / n {
                for j in start..start + draw.n {
                    all[i * n + j] = match self.change.shared() && i > 0 {
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
        batch * self.n_drawn
    }

    fn forward(&self, pass: Forward<'_>) {
        let n = self.n_drawn;
        let images = pass.x.chunks_exact(self.n_in);
        let images = images.zip(pass.y.chunks_exact_mut(self.n_out()));
        let Some(calls) = pass.training else {
            images.for_each(|(x, y)| self.change.at_rest(x, y));
            return;
        };
        if n > 0 {
            self.draw(calls, pass.scratch);
        }
        for (i, (x, y)) in images.enumerate() {
            self.change.apply(&pass.scratch[i * n..(i + 1) * n], x, y);
        }
    }

    fn backward(&self, pass: Backward<'_>) {
        let Some(dx) = pass.dx else { return };
        let n = self.n_drawn;
        let images = pass
            .x
            .chunks_exact(self.n_in)
            .zip(pass.dy.chunks_exact(self.n_out()));
        for (i, ((x, dy), dx)) in images.zip(dx.chunks_exact_mut(self.n_in)).enumerate() {
            let drawn = &pass.scratch[i * n..(i + 1) * n];
            self.change.back(drawn, x, dy, dx);
        }
    }
}
