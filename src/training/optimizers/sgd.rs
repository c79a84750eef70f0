//! Gradient descent, plain, with momentum, and with Nesterov momentum (Keras' `optimizers/sgd.py`).

use super::common::{LEARNING_RATE, MOMENTUM, Shared, WEIGHT_DECAY};
use super::rule::{OptimizerKind, Parts, Rule, Update, Variable, zeros};
use crate::options::declare::{NumberOr, class};
use crate::options::{Default, Kind};

class! {
    /// Takes a step straight down the gradient: w = w − α · ∂J/∂w.
    #[formula("w <- w - lr g; with momentum m <- mu m - lr g, w <- w + m")]
    struct Options("SGD", "sgd", "Gradient descent (SGD)") + Shared {
        learning_rate: NumberOr = LEARNING_RATE.with_default(Default::Float(0.01));
        momentum: f32 = MOMENTUM;
        /// Nesterov momentum: the gradient step is added to the momentum once more. Has no effect without momentum.
        #[advanced]
        nesterov("Nesterov"): bool = Kind::Bool, Default::Bool(false);
        weight_decay: Option<f64> = WEIGHT_DECAY;
    }
}

pub static KIND: OptimizerKind = OptimizerKind {
    class: Options::SPEC,
    build: |config| {
        let options = Options::of(config);
        Parts {
            rule: Box::new(Sgd {
                momentum: options.momentum,
                nesterov: options.nesterov,
            }),
            learning_rate: options.learning_rate,
            weight_decay: options.weight_decay,
        }
    },
};

struct Sgd {
    momentum: f32,
    nesterov: bool,
}

/// Slots: the momentum, unless it is 0.
impl Rule for Sgd {
    fn slots(&mut self, n: usize, _: &[Variable]) -> Vec<Vec<f32>> {
        zeros(usize::from(self.momentum != 0.0), n)
    }

    fn slot_names(&self) -> &'static [&'static str] {
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
