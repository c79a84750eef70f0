//! Dropout: in training, a random share of the numbers is set to 0 (Srivastava et al., 2014).

use super::common;
use super::{Backward, Forward, Inputs, Layer, LayerKind, MaskFlow, Shape, size};
use crate::choice::{Default, Entry, Kind, Opt};
use crate::rng::Stream;

pub static KIND: LayerKind = LayerKind {
    entry: Entry {
        class_name: "Dropout",
        name: "dropout",
        aliases: &[],
        label: "Dropout",
        doc: "In training, sets a random share of the numbers to 0 and enlarges the rest, against overfitting.",
        formula: "y = x / (1 - rate) where u >= rate, else 0; y = x when predicting",
        options: &[
            Opt {
                name: "rate",
                label: "rate",
                doc: "The share that is dropped.",
                kind: Kind::Float(0.0, 1.0),
                default: Default::Required,
            },
            common::SEED,
        ],
    },
    inputs: Inputs::One,
    build: |request| {
        let rate = request.choice.number("rate");
        // Keras makes a generator only where something is to be dropped.
        let seed = if rate > 0.0 {
            common::seed(request.choice, request.seeds)
        } else {
            0
        };
        Ok(Box::new(Dropout {
            shape: request.input().clone(),
            rate,
            seed,
        }))
    },
};

/// Keeps the factor of every number: 0 or 1 / (1 - rate).
struct Dropout {
    shape: Shape,
    rate: f64,
    seed: u64,
}

impl Layer for Dropout {
    fn output_shape(&self) -> &Shape {
        &self.shape
    }

    fn scratch(&self, batch: usize) -> usize {
        batch * size(&self.shape).unwrap_or(0)
    }

    fn forward(&self, pass: Forward<'_>) {
        let Some(calls) = pass.training.filter(|_| self.rate > 0.0) else {
            pass.scratch.fill(1.0);
            pass.y.copy_from_slice(pass.x);
            return;
        };
        let rate = self.rate as f32;
        let kept = if self.rate < 1.0 {
            (1.0 / (1.0 - self.rate)) as f32
        } else {
            0.0
        };
        let mut stream = Stream::new(self.seed, calls);
        for ((factor, x), y) in pass.scratch.iter_mut().zip(pass.x).zip(pass.y) {
            *factor = if stream.uniform() >= rate { kept } else { 0.0 };
            *y = x * *factor;
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

    fn hands_on(&self, training: bool) -> bool {
        !training || self.rate == 0.0
    }
}
