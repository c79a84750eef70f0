//! Dropout: in training, a random share of the numbers is set to 0 (Srivastava et al., 2014).

use super::{Backward, Forward, Layer, LayerKind, Shape, size};
use crate::choice::{Default, Entry, Kind, Opt, Value};
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
            Opt {
                name: "seed",
                label: "seed",
                doc: "Own seed of this layer; without one it follows from the run's seed.",
                kind: Kind::Int(0, 9_007_199_254_740_991),
                default: Default::Null,
            },
        ],
    },
    build: |request| {
        let rate = request.choice.number("rate");
        let seed = match request.choice.get("seed") {
            Value::Int(seed) => *seed as u64,
            // Keras makes a generator only where something is to be dropped.
            _ if rate > 0.0 => request.seeds.default_seed(),
            _ => 0,
        };
        Ok(Box::new(Dropout {
            shape: request.input_shape.clone(),
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

    fn scratch_per_example(&self) -> usize {
        size(&self.shape).unwrap_or(0)
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
            for ((dx, dy), factor) in dx.iter_mut().zip(&*pass.dy).zip(pass.scratch) {
                *dx = dy * factor;
            }
        }
    }

    fn hands_on(&self, training: bool) -> bool {
        !training || self.rate == 0.0
    }
}
