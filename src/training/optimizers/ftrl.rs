//! Ftrl, "follow the regularized leader": weights from the sum of all gradients, with prices on their
//! size (Keras' `optimizers/ftrl.py`; McMahan et al., 2013).

use super::{OptimizerKind, Rule, Update, Variable, float, learning_rate, options};
use crate::numerics::math;
use crate::options::{ClassSpec, OptionSpec, help_text};

/// A number that is not negative.
const fn price(name: &'static str, label: &'static str, doc: &'static str) -> OptionSpec {
    float(name, label, (0.0, 1e30), 0.0, doc)
}

pub static KIND: OptimizerKind = OptimizerKind {
    class: ClassSpec {
        class_name: "Ftrl",
        name: "ftrl",
        aliases: &[],
        label: "Ftrl",
        doc: help_text(
            "Finds each weight anew from all gradients so far; its L1 price sets many to exactly 0.",
        ),
        formula: help_text(
            "n' = n + g^2; z <- z + g - (n'^p - n^p) w / lr; w <- (clip(z, -l1, l1) - z) / \
                  (n'^p / lr + 2 l2 + beta / lr)",
        ),
        options: options!([
            &learning_rate(0.001),
            &float(
                "learning_rate_power",
                "rate's power",
                (-10.0, 0.0),
                -0.5,
                "How steps shorten with the sum of g^2: -p in the formula.",
            ),
            &float(
                "initial_accumulator_value",
                "first sum",
                (0.0, 1e30),
                0.1,
                "What the sum of g^2 begins with.",
            ),
            &price(
                "l1_regularization_strength",
                "L1",
                "Price of the sum of absolute weights."
            ),
            &price(
                "l2_regularization_strength",
                "L2",
                "Price of the sum of squared weights."
            ),
            &price(
                "l2_shrinkage_regularization_strength",
                "L2 shrinkage",
                "As L2, but in the gradient alone, not in the sum of g^2.",
            ),
            &price(
                "beta",
                "beta",
                "The paper's beta: one more price of squared weights."
            ),
        ]),
        group: "",
        shared: &[],
    },
    build: |choice| {
        Box::new(Ftrl {
            power: -choice.number("learning_rate_power") as f32,
            first: choice.number("initial_accumulator_value") as f32,
            l1: choice.number("l1_regularization_strength") as f32,
            l2: choice.number("l2_regularization_strength") as f32,
            shrinkage: 2.0 * choice.number("l2_shrinkage_regularization_strength") as f32,
            beta: choice.number("beta") as f32,
        })
    },
};

struct Ftrl {
    power: f32,
    first: f32,
    l1: f32,
    l2: f32,
    shrinkage: f32,
    beta: f32,
}

/// Slots: the sum of g^2; the sum of gradients, each put to where the weight was.
impl Rule for Ftrl {
    fn memory(&mut self, n: usize, _: &[Variable]) -> Vec<Vec<f32>> {
        vec![vec![self.first; n], vec![0.0; n]]
    }

    fn names(&self) -> &'static [&'static str] {
        &["accumulator", "linear"]
    }

    fn is_elementwise(&self) -> bool {
        true
    }

    fn update(&mut self, update: Update<'_>) {
        let lr = update.learning_rate;
        let l2 = 2.0 * (self.l2 + self.beta / (2.0 * lr));
        let (l1, shrinkage, power) = (self.l1, self.shrinkage, self.power);
        let raised = |n: f32| {
            if power == 0.5 {
                n.sqrt()
            } else {
                math::pow(n, power)
            }
        };
        let [sums, linear, ..] = update.slots else {
            return;
        };
        let weights = update.w.iter_mut().zip(update.g);
        for (((w, g), n), z) in weights.zip(sums.iter_mut()).zip(linear.iter_mut()) {
            let grown = *n + g * g;
            let size = raised(grown);
            *z += (g + shrinkage * *w) - (size - raised(*n)) / lr * *w;
            *w = (z.clamp(-l1, l1) - *z) / (size / lr + l2);
            *n = grown;
        }
    }
}
