//! Gradient descent, plain, with momentum, and with Nesterov's look ahead (Keras' `optimizers/sgd.py`).

use super::{OptimizerKind, Rule, Update, flag, learning_rate, share};
use crate::choice::{Choice, Entry};

pub static KIND: OptimizerKind = OptimizerKind {
    entry: Entry {
        class_name: "SGD",
        name: "sgd",
        aliases: &[],
        label: "Gradient descent (SGD)",
        doc: "Steps straight down the gradient of the batch.",
        formula: "w <- w - lr g; with momentum m <- mu m - lr g, w <- w + m",
        options: &[
            learning_rate(0.01),
            share(
                "momentum",
                "momentum",
                0.0,
                "Share of the last step that is taken again.",
            ),
            flag(
                "nesterov",
                "Nesterov",
                "Looks where the momentum will lead before it steps.",
            ),
        ],
    },
    build: |choice: &Choice| {
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

impl Rule for Sgd {
    fn n_slots(&self) -> usize {
        usize::from(self.momentum != 0.0)
    }

    fn update(&self, update: Update<'_>) {
        let (lr, mu) = (update.learning_rate, self.momentum);
        let weights = update.w.iter_mut().zip(update.g);
        match update.slots {
            [] => weights.for_each(|(w, g)| *w -= lr * g),
            [momenta, ..] if self.nesterov => {
                for ((w, g), m) in weights.zip(momenta) {
                    *m = mu * *m - g * lr;
                    *w += mu * *m - g * lr;
                }
            }
            [momenta, ..] => {
                for ((w, g), m) in weights.zip(momenta) {
                    *m = mu * *m - g * lr;
                    *w += *m;
                }
            }
        }
    }
}
