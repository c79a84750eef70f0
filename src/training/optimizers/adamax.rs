//! Adamax: Adam with the largest gradient in place of the root of the mean square (Keras'
//! `optimizers/adamax.py`; Kingma and Ba, 2015).

use super::{
    BETA_1, BETA_2, EPSILON, OptimizerKind, Rule, Update, Variable, learning_rate, options, zeros,
};
use crate::numerics::math;
use crate::options::{ClassSpec, help_text};

pub static KIND: OptimizerKind = OptimizerKind {
    class: ClassSpec {
        class_name: "Adamax",
        name: "adamax",
        aliases: &[],
        label: "Adamax",
        doc: help_text(
            "Adam that divides by the largest gradient of late: calmer where gradients jump.",
        ),
        formula: help_text(
            "m: running mean of g; u <- max(beta2 u, |g|); w <- w - lr m^ / (u + eps)",
        ),
        options: options!([&learning_rate(0.001), &BETA_1, &BETA_2, &EPSILON]),
        group: "",
        shared: &[],
    },
    build: |choice| {
        Box::new(Adamax {
            beta_1: choice.number("beta_1"),
            beta_2: choice.number("beta_2") as f32,
            epsilon: choice.number("epsilon") as f32,
        })
    },
};

struct Adamax {
    beta_1: f64,
    beta_2: f32,
    epsilon: f32,
}

/// Slots: running mean of g, and its largest size.
impl Rule for Adamax {
    fn memory(&mut self, n: usize, _: &[Variable]) -> Vec<Vec<f32>> {
        zeros(2, n)
    }

    fn names(&self) -> &'static [&'static str] {
        &["momentum", "norm"]
    }

    fn is_elementwise(&self) -> bool {
        true
    }

    fn update(&mut self, update: Update<'_>) {
        let (lr, beta_2, epsilon) = (update.learning_rate, self.beta_2, self.epsilon);
        let rest_1 = (1.0 - self.beta_1) as f32;
        let unbiased = 1.0 - math::power(self.beta_1 as f32, update.t);
        let [means, largest, ..] = update.slots else {
            return;
        };
        let weights = update.w.iter_mut().zip(update.g);
        for (((w, g), m), u) in weights.zip(means.iter_mut()).zip(largest.iter_mut()) {
            *m += (g - *m) * rest_1;
            let (faded, size) = (beta_2 * *u, g.abs());
            *u = if size > faded { size } else { faded };
            *w -= lr * *m / (unbiased * (*u + epsilon));
        }
    }
}
