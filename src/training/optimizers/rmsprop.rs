//! RMSprop (Keras' `optimizers/rmsprop.py`; Tieleman and Hinton, 2012). Keras' default where compile names no optimizer.

use super::common::{EPSILON, LEARNING_RATE, MOMENTUM, Shared, WEIGHT_DECAY};
use super::rule::{OptimizerKind, Parts, Rule, Update, Variable, zeros};
use crate::options::declare::{NumberOr, class};
use crate::options::{Default, Kind};

class! {
    /// Divides each step by the size of recent gradients, so that every weight has a step size of its own. Keras' default where compile names no optimizer.
    #[formula("v <- rho v + (1 - rho) g^2; w <- w - lr g / sqrt(v + eps)")]
    struct Options("RMSprop", "rmsprop", "RMSprop") + Shared {
        learning_rate: NumberOr = LEARNING_RATE;
        /// Decay rate of the mean of g^2.
        #[advanced]
        rho("rho"): f64 = Kind::Float(0.0, 1.0), Default::Float(0.9);
        momentum: f32 = MOMENTUM;
        epsilon: f32 = EPSILON;
        /// Divides by the standard deviation of the gradient instead of its root mean square.
        #[advanced]
        centered("centered"): bool = Kind::Bool, Default::Bool(false);
        weight_decay: Option<f64> = WEIGHT_DECAY;
    }
}

pub static KIND: OptimizerKind = OptimizerKind {
    class: Options::SPEC,
    build: |config| {
        let options = Options::of(config);
        Parts {
            rule: Box::new(RmsProp {
                rho: options.rho,
                momentum: options.momentum,
                epsilon: options.epsilon,
                centered: options.centered,
            }),
            learning_rate: options.learning_rate,
            weight_decay: options.weight_decay,
        }
    },
};

struct RmsProp {
    rho: f64,
    momentum: f32,
    epsilon: f32,
    centered: bool,
}

/// Slots: moving average of g^2; with momentum, the momentum; if centered, the moving average of g.
impl Rule for RmsProp {
    fn slots(&mut self, n: usize, _: &[Variable]) -> Vec<Vec<f32>> {
        let arenas = 1 + usize::from(self.momentum > 0.0) + usize::from(self.centered);
        zeros(arenas, n)
    }

    fn slot_names(&self) -> &'static [&'static str] {
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
