//! Gradient descent, plain, with momentum, and with Nesterov's look ahead (Keras' `optimizers/sgd.py`).

use super::{MOMENTUM, OptimizerKind, Rule, Update, Variable, flag, learning_rate, options, zeros};
use crate::options::{ClassSpec, ConfigObject, help_text};

pub static KIND: OptimizerKind = OptimizerKind {
    class: ClassSpec {
        class_name: "SGD",
        name: "sgd",
        aliases: &[],
        label: "Gradient descent (SGD)",
        doc: help_text("Steps straight down the gradient of the batch."),
        formula: help_text("w <- w - lr g; with momentum m <- mu m - lr g, w <- w + m"),
        options: options!([
            &learning_rate(0.01),
            &MOMENTUM,
            &flag(
                "nesterov",
                "Nesterov",
                false,
                "Looks where the momentum will lead before it steps; nothing where there is none.",
            ),
        ]),
        group: "",
        shared: &[],
    },
    build: |choice: &ConfigObject| {
        Box::new(Sgd {
            momentum: choice.number("momentum") as f32,
            nesterov: choice.flag("nesterov"),
        })
    },
};

struct Sgd {
    momentum: f32,
    nesterov: bool,
}

/// Slots: the momentum, where there is one.
impl Rule for Sgd {
    fn memory(&mut self, n: usize, _: &[Variable]) -> Vec<Vec<f32>> {
        zeros(usize::from(self.momentum != 0.0), n)
    }

    fn names(&self) -> &'static [&'static str] {
        &["momentum"]
    }

    fn is_elementwise(&self) -> bool {
        true
    }

    fn update(&mut self, update: Update<'_>) {
        let (lr, mu) = (update.learning_rate, self.momentum);
        let weights = update.w.iter_mut().zip(update.g);
        match update.slots {
            [] => weights.for_each(|(w, g)| *w -= lr * g),
            [momenta, ..] if self.nesterov => {
                for ((w, g), m) in weights.zip(momenta.iter_mut()) {
                    *m = mu * *m - g * lr;
                    *w += mu * *m - g * lr;
                }
            }
            [momenta, ..] => {
                for ((w, g), m) in weights.zip(momenta.iter_mut()) {
                    *m = mu * *m - g * lr;
                    *w += *m;
                }
            }
        }
    }
}
