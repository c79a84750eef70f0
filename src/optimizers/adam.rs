//! Adam: momentum and a step of its own for every weight (Keras' `optimizers/adam.py`; Kingma and Ba,
//! 2015), with AMSGrad (Reddi et al., 2018).

use super::{EPSILON, OptimizerKind, Rule, Update, flag, learning_rate, share};
use crate::choice::{Choice, Entry};
use crate::math;

pub static KIND: OptimizerKind = OptimizerKind {
    entry: Entry {
        class_name: "Adam",
        name: "adam",
        aliases: &[],
        label: "Adam",
        doc: "Momentum, and a step of its own for every weight: learns well without much tuning.",
        formula: "m, v: running means of g, g^2; w <- w - lr m^ / (sqrt(v^) + eps)",
        options: &[
            learning_rate(0.001),
            share(
                "beta_1",
                "beta 1",
                0.9,
                "Share of the past in the running mean of g.",
            ),
            share(
                "beta_2",
                "beta 2",
                0.999,
                "Share of the past in the running mean of g^2.",
            ),
            EPSILON,
            flag(
                "amsgrad",
                "AMSGrad",
                "Divides by the largest running mean of g^2 so far.",
            ),
        ],
    },
    build: |choice: &Choice| {
        Box::new(Adam {
            beta_1: choice.number("beta_1"),
            beta_2: choice.number("beta_2"),
            epsilon: choice.number("epsilon") as f32,
            amsgrad: choice.flag("amsgrad"),
        })
    },
};

struct Adam {
    beta_1: f64,
    beta_2: f64,
    epsilon: f32,
    amsgrad: bool,
}

/// Slots: running means of g and g^2; the largest of the latter where asked for.
///
/// Keras folds the bias corrections of both means into the rate, and adds epsilon to the uncorrected
/// root ("epsilon hat" in the paper).
impl Rule for Adam {
    fn n_slots(&self) -> usize {
        2 + usize::from(self.amsgrad)
    }

    fn update(&self, update: Update<'_>) {
        let power_1 = math::power(self.beta_1 as f32, update.t);
        let power_2 = math::power(self.beta_2 as f32, update.t);
        let rate = update.learning_rate * (1.0 - power_2).sqrt() / (1.0 - power_1);
        let (rest_1, rest_2) = ((1.0 - self.beta_1) as f32, (1.0 - self.beta_2) as f32);
        let epsilon = self.epsilon;
        let weights = update.w.iter_mut().zip(update.g);
        match update.slots {
            [means, squares] => {
                for (((w, g), m), v) in weights.zip(means).zip(squares) {
                    *m += (g - *m) * rest_1;
                    *v += (g * g - *v) * rest_2;
                    *w -= *m * rate / (v.sqrt() + epsilon);
                }
            }
            [means, squares, largest, ..] => {
                for ((((w, g), m), v), top) in weights.zip(means).zip(squares).zip(largest) {
                    *m += (g - *m) * rest_1;
                    *v += (g * g - *v) * rest_2;
                    *top = if *v > *top { *v } else { *top };
                    *w -= *m * rate / (top.sqrt() + epsilon);
                }
            }
            _ => {}
        }
    }
}
