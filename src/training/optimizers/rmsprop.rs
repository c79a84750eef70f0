//! RMSprop: steps divided by the running size of the gradient (Keras' `optimizers/rmsprop.py`; Tieleman
//! and Hinton, 2012). Keras compiles with it when no optimizer is named.

use super::{
    EPSILON, MOMENTUM, OptimizerKind, Rule, Update, Variable, flag, learning_rate, options, share,
    zeros,
};
use crate::options::{ClassSpec, ConfigObject, help_text};

pub static KIND: OptimizerKind = OptimizerKind {
    class: ClassSpec {
        class_name: "RMSprop",
        name: "rmsprop",
        aliases: &[],
        label: "RMSprop",
        doc: help_text(
            "Gives every weight a step of its own, by how large its gradients have been. What \
             Keras takes where compile names no optimizer.",
        ),
        formula: help_text("v <- rho v + (1 - rho) g^2; w <- w - lr g / sqrt(v + eps)"),
        options: options!([
            &learning_rate(0.001),
            &share(
                "rho",
                "rho",
                0.9,
                "Share of the past in the running mean of g^2.",
            ),
            &MOMENTUM,
            &EPSILON,
            &flag(
                "centered",
                "centred",
                false,
                "Divides by the spread of the gradient around its mean.",
            ),
        ]),
        group: "",
        shared: &[],
    },
    build: |choice: &ConfigObject| {
        Box::new(RmsProp {
            rho: choice.number("rho"),
            momentum: choice.number("momentum") as f32,
            epsilon: choice.number("epsilon") as f32,
            centered: choice.flag("centered"),
        })
    },
};

struct RmsProp {
    rho: f64,
    momentum: f32,
    epsilon: f32,
    centered: bool,
}

/// Slots: running mean of g^2; then, where asked for, the momentum; then the running mean of g.
impl Rule for RmsProp {
    fn memory(&mut self, n: usize, _: &[Variable]) -> Vec<Vec<f32>> {
        let arenas = 1 + usize::from(self.momentum > 0.0) + usize::from(self.centered);
        zeros(arenas, n)
    }

    fn names(&self) -> &'static [&'static str] {
        match self.momentum > 0.0 {
            true => &["velocity", "momentum", "average gradient"],
            false => &["velocity", "average gradient"],
        }
    }

    fn is_elementwise(&self) -> bool {
        true
    }

    fn update(&mut self, update: Update<'_>) {
        let (lr, mu, epsilon) = (update.learning_rate, self.momentum, self.epsilon);
        let (rho, rest) = (self.rho as f32, (1.0 - self.rho) as f32);
        let Some((velocities, others)) = update.slots.split_first_mut() else {
            return;
        };
        let (momenta, means) = match (others, mu > 0.0) {
            ([momenta, means], _) => (Some(momenta), Some(means)),
            ([momenta], true) => (Some(momenta), None),
            ([means], false) => (None, Some(means)),
            _ => (None, None),
        };
        let step = |g: f32, v: &mut f32| {
            *v = rho * *v + rest * (g * g);
            *v
        };
        let weights = update.w.iter_mut().zip(update.g).zip(velocities.iter_mut());
        match (momenta, means) {
            (None, None) => {
                for ((w, g), v) in weights {
                    *w -= lr * g / (step(*g, v) + epsilon).sqrt();
                }
            }
            (Some(momenta), None) => {
                for (((w, g), v), m) in weights.zip(momenta.iter_mut()) {
                    *m = mu * *m + lr * g / (step(*g, v) + epsilon).sqrt();
                    *w -= *m;
                }
            }
            (None, Some(means)) => {
                for (((w, g), v), a) in weights.zip(means.iter_mut()) {
                    *a = rho * *a + rest * g;
                    *w -= lr * g / (step(*g, v) - *a * *a + epsilon).sqrt();
                }
            }
            (Some(momenta), Some(means)) => {
                for ((((w, g), v), m), a) in weights.zip(momenta.iter_mut()).zip(means.iter_mut()) {
                    *a = rho * *a + rest * g;
                    *m = mu * *m + lr * g / (step(*g, v) - *a * *a + epsilon).sqrt();
                    *w -= *m;
                }
            }
        }
    }
}
