//! Dropout: in training, a random share of the numbers is set to 0 (Srivastava et al., 2014); of
//! whole channels (Tompson et al., 2014); or to where SELU's outputs keep their mean and variance
//! (Klambauer et al., 2017).

use super::common;
use super::layer::{Backward, Build, Forward, Inputs, Layer, LayerKind, MaskFlow, Shape, size};
use crate::numerics::rng::Stream;
use crate::options::error::ConfigError;
use crate::options::{ClassSpec, Default, Kind, OptionSpec, Value, help_text};

const RATE: OptionSpec = OptionSpec {
    name: "rate",
    label: "rate",
    doc: help_text("The share that is dropped."),
    kind: Kind::Float(0.0, 1.0),
    default: Default::Required,
    advanced: false,
    start: "",
};
const NOISE_SHAPE: OptionSpec = OptionSpec {
    name: "noise_shape",
    label: "drawn shape",
    doc: help_text(
        "One size for each axis with the batch: 1 drops along that axis all or none, null each by itself.",
    ),
    kind: Kind::Shape,
    default: Default::Null,
    advanced: false,
    start: "",
};

pub static KIND: LayerKind = LayerKind {
    class: ClassSpec {
        class_name: "Dropout",
        name: "dropout",
        aliases: &[],
        label: "Dropout",
        doc: help_text(
            "In training, sets a random share of the numbers to 0 and enlarges the rest, against overfitting.",
        ),
        formula: help_text("y = x / (1 - rate) where u >= rate, else 0; y = x when predicting"),
        options: &[&RATE, &NOISE_SHAPE, &common::SEED],
        group: "",
        shared: &[],
    },
    inputs: Inputs::One,
    build: |request| {
        let (shape, shared) = noise_shape(&request)?;
        Ok(Dropout::boxed(request, shape, shared, false))
    },
};

pub static SPATIAL_1D: LayerKind = LayerKind {
    class: ClassSpec {
        class_name: "SpatialDropout1D",
        name: "spatial_dropout1d",
        aliases: &[],
        label: "Spatial dropout 1D",
        doc: help_text(
            "As Dropout, but drops a channel of a sequence whole: neighbouring steps say much the same.",
        ),
        formula: help_text(
            "y = x / (1 - rate) where the channel's u >= rate, else 0; y = x when predicting",
        ),
        options: &[&RATE, &common::SEED],
        group: "",
        shared: &[],
    },
    inputs: Inputs::One,
    build: |request| spatial(request, 1),
};

pub static SPATIAL_2D: LayerKind = LayerKind {
    class: ClassSpec {
        class_name: "SpatialDropout2D",
        name: "spatial_dropout2d",
        aliases: &[],
        label: "Spatial dropout 2D",
        doc: help_text(
            "As Dropout, but drops a channel of an image whole: neighbouring pixels say much the same.",
        ),
        formula: help_text(
            "y = x / (1 - rate) where the channel's u >= rate, else 0; y = x when predicting",
        ),
        options: &[&RATE, &common::DATA_FORMAT, &common::SEED],
        group: "",
        shared: &[],
    },
    inputs: Inputs::One,
    build: |request| spatial(request, 2),
};

pub static ALPHA: LayerKind = LayerKind {
    class: ClassSpec {
        class_name: "AlphaDropout",
        name: "alpha_dropout",
        aliases: &[],
        label: "Alpha dropout",
        doc: help_text(
            "Dropout for SELU: what is dropped becomes SELU's lowest value, and mean and variance stay.",
        ),
        formula: help_text("y = a (x where u >= rate, else -1.758) + b; y = x when predicting"),
        options: &[&RATE, &NOISE_SHAPE, &common::SEED],
        group: "",
        shared: &[],
    },
    inputs: Inputs::One,
    build: |request| {
        let (shape, shared) = noise_shape(&request)?;
        common::below_one(request.config, "rate")?;
        Ok(Dropout::boxed(request, shape, shared, true))
    },
};

/// Of one example's draws, and whether all examples share them.
fn noise_shape(request: &Build<'_>) -> Result<(Shape, bool), ConfigError> {
    let input = request.input();
    let Value::Shape(asked) = request.config.get("noise_shape") else {
        return Ok((input.clone(), false));
    };
    let (batch, sizes) = match asked.split_first() {
        Some((batch, sizes)) if sizes.len() == input.len() => (*batch, sizes),
        _ => (Some(0), &asked[..0]),
    };
    let fits = |(n, asked): (&usize, &Option<usize>)| asked.is_none_or(|a| a == *n || a == 1);
    if !matches!(batch, None | Some(1)) || !input.iter().zip(sizes).all(fits) {
        let message = format!(
            "'noise_shape' must have null or 1 for the batch, then null, 1 or its size for each axis of \
             the input, whose shape is {input:?}."
        );
        return Err(ConfigError::new("noise_shape", message));
    }
    let own = input
        .iter()
        .zip(sizes)
        .map(|(n, asked)| asked.unwrap_or(*n));
    Ok((own.collect(), batch == Some(1)))
}

fn spatial(request: Build<'_>, rank: usize) -> Result<Box<dyn Layer>, ConfigError> {
    super::convolution::image_of(&request, rank)?;
    let mut own = vec![1; rank];
    own.extend(request.input().last());
    Ok(Dropout::boxed(request, own, false, false))
}

/// SELU's limit far below 0: minus its scale times its alpha.
const LOWEST: f64 = -1.758_099_340_847_376_6;

/// y = scale (x kept + fill (1 - kept)) + shift. Keeps the factor of every number: 0 or the scale.
struct Dropout {
    shape: Shape,
    rate: f64,
    seed: u64,
    /// What is dropped becomes it, before scale and shift.
    fill: f32,
    scale: f32,
    shift: f32,
    /// How many draws an example has.
    n_draws: usize,
    /// Which of them each number takes, where that is not its own.
    draws: Vec<u32>,
    /// All examples take the draws of the first.
    shared: bool,
}

impl Dropout {
    fn boxed(request: Build<'_>, own: Shape, shared: bool, alpha: bool) -> Box<dyn Layer> {
        let rate = request.config.number("rate");
        // Keras makes a generator only where something is to be dropped.
        let seed = if rate > 0.0 {
            common::seed(request.config, request.seeds)
        } else {
            0
        };
        let shape = request.input().clone();
        let a = 1.0 / ((1.0 - rate) * (1.0 + rate * LOWEST * LOWEST)).sqrt();
        let (fill, scale, shift) = match alpha {
            true => (LOWEST, a, -a * LOWEST * rate),
            false if rate < 1.0 => (0.0, 1.0 / (1.0 - rate), 0.0),
            false => (0.0, 0.0, 0.0),
        };
        Box::new(Dropout {
            rate,
            seed,
            fill: fill as f32,
            scale: scale as f32,
            shift: shift as f32,
            n_draws: size(&own).unwrap_or(1),
            draws: match own == shape {
                true => Vec::new(),
                false => common::stretched(&own, &shape),
            },
            shared,
            shape,
        })
    }
}

impl Layer for Dropout {
    fn output_shape(&self) -> &Shape {
        &self.shape
    }

    fn scratch(&self, batch: usize) -> usize {
        batch * size(&self.shape).unwrap_or(0)
    }

    fn work(&self, _: usize) -> usize {
        self.n_draws
    }

    fn forward(&self, pass: Forward<'_>) {
        let Some(calls) = pass.training.filter(|_| self.rate > 0.0) else {
            pass.scratch.fill(1.0);
            pass.y.copy_from_slice(pass.x);
            return;
        };
        let rate = self.rate as f32;
        let n = size(&self.shape).unwrap_or(1);
        let drawn = &mut pass.work[..self.n_draws];
        let mut stream = Stream::new(self.seed, calls);
        let mut draw = || match stream.uniform() >= rate {
            true => self.scale,
            false => 0.0,
        };
        for (i, factors) in pass.scratch.chunks_exact_mut(n).enumerate() {
            if self.draws.is_empty() && !self.shared {
                factors.fill_with(&mut draw);
                continue;
            }
            if i == 0 || !self.shared {
                drawn.fill_with(&mut draw);
            }
            match self.draws.is_empty() {
                true => factors.copy_from_slice(drawn),
                false => {
                    for (factor, at) in factors.iter_mut().zip(&self.draws) {
                        *factor = drawn[*at as usize];
                    }
                }
            }
        }
        let dropped = self.scale * self.fill + self.shift;
        for ((factor, x), y) in pass.scratch.iter().zip(pass.x).zip(pass.y) {
            *y = match *factor == 0.0 {
                true => dropped,
                false => x * factor + self.shift,
            };
        }
    }

    fn backward(&self, pass: Backward<'_>) {
        if let Some(dx) = pass.dx {
            for ((dx, dy), factor) in dx.iter_mut().zip(&*pass.dy).zip(&*pass.scratch) {
                *dx = dy * factor;
            }
        }
    }

    fn mask_flow(&self) -> MaskFlow {
        MaskFlow::Passes
    }

    fn is_identity(&self, training: bool) -> bool {
        !training || self.rate == 0.0
    }
}
