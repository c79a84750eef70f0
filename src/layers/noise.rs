//! Noise of a normal distribution, in training: added, or multiplied as a smoother dropout
//! (Srivastava et al., 2014).

use super::common;
use super::layer::{Backward, Build, Forward, Inputs, Layer, LayerKind, MaskFlow, Shape, size};
use crate::numerics::rng::Stream;
use crate::options::{ClassSpec, Default, Kind, OptionSpec, help_text};

pub static GAUSSIAN_DROPOUT: LayerKind = LayerKind {
    class: ClassSpec {
        class_name: "GaussianDropout",
        name: "gaussian_dropout",
        aliases: &[],
        label: "Gaussian dropout",
        doc: help_text(
            "In training, multiplies every number by one drawn around 1, against overfitting.",
        ),
        formula: help_text("y = x N(1, sqrt(rate / (1 - rate))); y = x when predicting"),
        options: &[
            &OptionSpec {
                name: "rate",
                label: "rate",
                doc: help_text("The noise is as strong as that of a Dropout of this rate."),
                kind: Kind::Float(0.0, 1.0),
                default: Default::Required,
                advanced: false,
                start: "",
            },
            &common::SEED,
        ],
        group: "",
        shared: &[],
    },
    inputs: Inputs::One,
    build: |request| {
        let rate = common::below_one(request.config, "rate")?;
        Ok(Noise::boxed(request, (rate / (1.0 - rate)).sqrt(), true))
    },
};

pub static GAUSSIAN_NOISE: LayerKind = LayerKind {
    class: ClassSpec {
        class_name: "GaussianNoise",
        name: "gaussian_noise",
        aliases: &[],
        label: "Gaussian noise",
        doc: help_text(
            "In training, adds to every number one drawn around 0, against overfitting.",
        ),
        formula: help_text("y = x + N(0, stddev); y = x when predicting"),
        options: &[
            &OptionSpec {
                name: "stddev",
                label: "stddev",
                doc: help_text("Standard deviation of what is added."),
                kind: Kind::Float(0.0, 1.0),
                default: Default::Required,
                advanced: false,
                start: "",
            },
            &common::SEED,
        ],
        group: "",
        shared: &[],
    },
    inputs: Inputs::One,
    build: |request| {
        let stddev = request.config.number("stddev");
        Ok(Noise::boxed(request, stddev, false))
    },
};

/// Keeps the slope of every number: what it was multiplied by.
struct Noise {
    shape: Shape,
    stddev: f64,
    multiplied: bool,
    seed: u64,
}

impl Noise {
    fn boxed(request: Build<'_>, stddev: f64, multiplied: bool) -> Box<dyn Layer> {
        // Keras makes a generator only where something is to be drawn.
        let seed = if stddev > 0.0 {
            common::seed(request.config, request.seeds)
        } else {
            0
        };
        Box::new(Noise {
            shape: request.input().clone(),
            stddev,
            multiplied,
            seed,
        })
    }
}

impl Layer for Noise {
    fn output_shape(&self) -> &Shape {
        &self.shape
    }

    fn scratch(&self, batch: usize) -> usize {
        batch * size(&self.shape).unwrap_or(0)
    }

    fn forward(&self, pass: Forward<'_>) {
        pass.scratch.fill(1.0);
        pass.y.copy_from_slice(pass.x);
        let Some(calls) = pass.training.filter(|_| self.stddev > 0.0) else {
            return;
        };
        let stddev = self.stddev as f32;
        let mut stream = Stream::new(self.seed, calls);
        for (factor, y) in pass.scratch.iter_mut().zip(pass.y) {
            let drawn = stream.normal() * stddev;
            if self.multiplied {
                *factor = drawn + 1.0;
                *y *= *factor;
            } else {
                *y += drawn;
            }
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
        !training || self.stddev == 0.0
    }
}
