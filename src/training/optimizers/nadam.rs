//! Nadam: Adam with Nesterov momentum (Keras' `optimizers/nadam.py`; Dozat, 2016).

use super::common::{BETA_1, BETA_2, EPSILON, LEARNING_RATE, Shared, WEIGHT_DECAY};
use super::rule::{OptimizerKind, Parts, Rule, Update, Variable, zeros};
use crate::numerics::math;
use crate::options::declare::{NumberOr, class};

class! {
    /// Adam with Nesterov momentum.
    #[formula(
        "u_t = beta1 (1 - 0.96^t / 2), P = u_1 ... u_t; m^ = u_(t+1) m / (1 - P u_(t+1)) + (1 - u_t) g / (1 - P); w <- w - lr m^ / (sqrt(v^) + eps)"
    )]
    struct Options("Nadam", "nadam", "Nadam") + Shared {
        learning_rate: NumberOr = LEARNING_RATE;
        beta_1: f32 = BETA_1;
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
            rule: Box::new(Nadam {
                beta_1: options.beta_1,
                beta_2: options.beta_2,
                epsilon: options.epsilon,
            }),
            learning_rate: options.learning_rate,
            weight_decay: options.weight_decay,
        }
    },
};

struct Nadam {
    beta_1: f32,
    beta_2: f32,
    epsilon: f32,
}

/// Slots: moving averages of g and g^2; the product of all momenta so far, one number.
impl Rule for Nadam {
    fn slots(&mut self, n: usize, _: &[Variable]) -> Vec<Vec<f32>> {
        let mut slots = zeros(2, n);
        slots.push(vec![1.0]);
        slots
    }

    fn slot_names(&self) -> &'static [&'static str] {
        &["momentum", "velocity"]
    }

    fn update(&mut self, update: Update<'_>) {
        let (lr, epsilon) = (update.learning_rate, self.epsilon);
        let [means, squares, product, ..] = update.slots else {
            return;
        };
        let decay = |t: u64| 1.0 - 0.5 * math::power(0.96, t);
        let (now, next) = (
            self.beta_1 * decay(update.t),
            self.beta_1 * decay(update.t + 1),
        );
        product[0] = product[0] * self.beta_1 * decay(update.t);
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
