//! Adamax: Adam with the largest recent gradient instead of the root mean square (Keras' `optimizers/adamax.py`; Kingma and Ba,
//! 2015).

use super::common::{BETA_1, BETA_2, EPSILON, LEARNING_RATE, Shared, WEIGHT_DECAY};
use super::rule::{OptimizerKind, Parts, Rule, Update, Variable, zeros};
use crate::numerics::math;
use crate::options::declare::{NumberOr, class};

class! {
    /// Adam that divides by the largest recent gradient. It is steadier where gradients vary strongly.
    #[formula("m: moving average of g; u <- max(beta2 u, |g|); w <- w - lr m^ / (u + eps)")]
    struct Options("Adamax", "adamax", "Adamax") + Shared {
        learning_rate: NumberOr = LEARNING_RATE;
        beta_1: f64 = BETA_1;
        beta_2: f32 = BETA_2;
        epsilon: f32 = EPSILON;
        weight_decay: Option<f64> = WEIGHT_DECAY;
    }
}

pub static KIND: OptimizerKind = OptimizerKind {
    class: Options::SPEC,
    build: |config| {
        let options = Options::of(config);
        Parts {
            rule: Box::new(Adamax {
                beta_1: options.beta_1,
                beta_2: options.beta_2,
                epsilon: options.epsilon,
            }),
            learning_rate: options.learning_rate,
            weight_decay: options.weight_decay,
        }
    },
};

struct Adamax {
    beta_1: f64,
    beta_2: f32,
    epsilon: f32,
}

/// Slots: moving average of g, and the decaying maximum of |g|.
impl Rule for Adamax {
    fn slots(&mut self, n: usize, _: &[Variable]) -> Vec<Vec<f32>> {
        zeros(2, n)
    }

    fn slot_names(&self) -> &'static [&'static str] {
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
            let (decayed, size) = (beta_2 * *u, g.abs());
            *u = if size > decayed { size } else { decayed };
            *w -= lr * *m / (unbiased * (*u + epsilon));
        }
    }
}
