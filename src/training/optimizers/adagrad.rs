//! Adagrad: steps divided by all gradients so far (Keras' `optimizers/adagrad.py`; Duchi et al., 2011).

use super::{EPSILON, OptimizerKind, Rule, Update, Variable, float, learning_rate, options};
use crate::options::{ClassSpec, help_text};

pub static KIND: OptimizerKind = OptimizerKind {
    class: ClassSpec {
        class_name: "Adagrad",
        name: "adagrad",
        aliases: &[],
        label: "Adagrad",
        doc: help_text(
            "Steps grow shorter for weights that have moved much: good where some inputs are rare.",
        ),
        formula: help_text("v <- v + g^2; w <- w - lr g / sqrt(v + eps)"),
        options: options!([
            &learning_rate(0.001),
            &float(
                "initial_accumulator_value",
                "first sum",
                (0.0, 1e30),
                0.1,
                "What the sum of g^2 begins with.",
            ),
            &EPSILON,
        ]),
        group: "",
        shared: &[],
    },
    build: |choice| {
        Box::new(Adagrad {
            first: choice.number("initial_accumulator_value") as f32,
            epsilon: choice.number("epsilon") as f32,
        })
    },
};

struct Adagrad {
    first: f32,
    epsilon: f32,
}

/// Slot: the sum of g^2.
impl Rule for Adagrad {
    fn memory(&mut self, n: usize, _: &[Variable]) -> Vec<Vec<f32>> {
        vec![vec![self.first; n]]
    }

    fn names(&self) -> &'static [&'static str] {
        &["accumulator"]
    }

    fn is_elementwise(&self) -> bool {
        true
    }

    fn update(&mut self, update: Update<'_>) {
        let (lr, epsilon) = (update.learning_rate, self.epsilon);
        for ((w, g), v) in update
            .w
            .iter_mut()
            .zip(update.g)
            .zip(update.slots[0].iter_mut())
        {
            *v += g * g;
            *w -= lr * g / (*v + epsilon).sqrt();
        }
    }
}
