//! Nadam: Adam with Nesterov's look ahead (Keras' `optimizers/nadam.py`; Dozat, 2016).

use super::{
    BETA_1, BETA_2, EPSILON, OptimizerKind, Rule, Update, Variable, learning_rate, options, zeros,
};
use crate::numerics::math;
use crate::options::{ClassSpec, help_text};

pub static KIND: OptimizerKind = OptimizerKind {
    class: ClassSpec {
        class_name: "Nadam",
        name: "nadam",
        aliases: &[],
        label: "Nadam",
        doc: help_text("Adam that looks where its momentum will lead before it steps."),
        formula: help_text(
            "u_t = beta1 (1 - 0.96^t / 2), P = u_1 ... u_t; m^ = u_(t+1) m / (1 - P u_(t+1)) + \
                  (1 - u_t) g / (1 - P); w <- w - lr m^ / (sqrt(v^) + eps)",
        ),
        options: options!([&learning_rate(0.001), &BETA_1, &BETA_2, &EPSILON]),
        group: "",
        shared: &[],
    },
    build: |choice| {
        Box::new(Nadam {
            beta_1: choice.number("beta_1") as f32,
            beta_2: choice.number("beta_2") as f32,
            epsilon: choice.number("epsilon") as f32,
        })
    },
};

struct Nadam {
    beta_1: f32,
    beta_2: f32,
    epsilon: f32,
}

/// Slots: running means of g and g^2; the product of all momenta so far, one number.
impl Rule for Nadam {
    fn memory(&mut self, n: usize, _: &[Variable]) -> Vec<Vec<f32>> {
        let mut memory = zeros(2, n);
        memory.push(vec![1.0]);
        memory
    }

    fn names(&self) -> &'static [&'static str] {
        &["momentum", "velocity"]
    }

    fn update(&mut self, update: Update<'_>) {
        let (lr, epsilon) = (update.learning_rate, self.epsilon);
        let [means, squares, product, ..] = update.slots else {
            return;
        };
        let fading = |t: u64| 1.0 - 0.5 * math::power(0.96, t);
        let (now, next) = (
            self.beta_1 * fading(update.t),
            self.beta_1 * fading(update.t + 1),
        );
        product[0] = product[0] * self.beta_1 * fading(update.t);
        let (left, left_next) = (1.0 - product[0], 1.0 - product[0] * next);
        let (rest_1, rest_2) = (1.0 - self.beta_1, 1.0 - self.beta_2);
        let unbiased = 1.0 - math::power(self.beta_2, update.t);
        let weights = update.w.iter_mut().zip(update.g);
        for (((w, g), m), v) in weights.zip(means.iter_mut()).zip(squares.iter_mut()) {
            *m += (g - *m) * rest_1;
            *v += (g * g - *v) * rest_2;
            let ahead = next * *m / left_next + (1.0 - now) * g / left;
            *w -= ahead * lr / ((*v / unbiased).sqrt() + epsilon);
        }
    }
}
