//! Ftrl, "follow the regularized leader" (Keras' `optimizers/ftrl.py`; McMahan et al., 2013).

use super::common::{LEARNING_RATE, Shared, WEIGHT_DECAY};
use super::rule::{OptimizerKind, Parts, Rule, Update, Variable};
use crate::numerics::math;
use crate::options::declare::{NumberOr, class};
use crate::options::{Default, Kind};

class! {
    /// Computes each weight from the sum of all gradients so far. Its L1 penalty sets many weights to exactly 0.
    #[formula(
        "n' = n + g^2; z <- z + g - (n'^p - n^p) w / lr; w <- (clip(z, -l1, l1) - z) / (n'^p / lr + 2 l2 + beta / lr)"
    )]
    struct Options("Ftrl", "ftrl", "Ftrl") + Shared {
        learning_rate: NumberOr = LEARNING_RATE;
        /// Exponent of the learning rate's decay with the sum of g^2: -p in the formula.
        #[advanced]
        learning_rate_power("rate's exponent"): f64 = Kind::Float(-10.0, 0.0), Default::Float(-0.5);
        /// Initial value of the sum of g^2.
        #[advanced]
        initial_accumulator_value("initial sum"): f32 = Kind::Float(0.0, 1e30), Default::Float(0.1);
        /// Factor of the absolute-weights penalty.
        #[advanced]
        l1_regularization_strength("L1"): f32 = Kind::Float(0.0, 1e30), Default::Float(0.0);
        /// Factor of the squared-weights penalty.
        #[advanced]
        l2_regularization_strength("L2"): f32 = Kind::Float(0.0, 1e30), Default::Float(0.0);
        /// Factor of a squared-weights penalty that is added to the gradient only, not to the sum of g^2.
        #[advanced]
        l2_shrinkage_regularization_strength("L2 shrinkage"): f32 = Kind::Float(0.0, 1e30), Default::Float(0.0);
        /// The paper's beta: adds beta / lr to the L2 penalty.
        #[advanced]
        beta("beta"): f32 = Kind::Float(0.0, 1e30), Default::Float(0.0);
        weight_decay: Option<f64> = WEIGHT_DECAY;
    }
}

pub static KIND: OptimizerKind = OptimizerKind {
    class: Options::SPEC,
    build: |config| {
        let options = Options::of(config);
        Parts {
            rule: Box::new(Ftrl {
                power: -options.learning_rate_power as f32,
                initial: options.initial_accumulator_value,
                l1: options.l1_regularization_strength,
                l2: options.l2_regularization_strength,
                shrinkage: 2.0 * options.l2_shrinkage_regularization_strength,
                beta: options.beta,
            }),
            learning_rate: options.learning_rate,
            weight_decay: options.weight_decay,
        }
    },
};

struct Ftrl {
    power: f32,
    initial: f32,
    l1: f32,
    l2: f32,
    shrinkage: f32,
    beta: f32,
}

/// Slots: n, the sum of g^2; z, the sum of gradients with the correction by w.
impl Rule for Ftrl {
    fn slots(&mut self, n: usize, _: &[Variable]) -> Vec<Vec<f32>> {
        vec![vec![self.initial; n], vec![0.0; n]]
    }

    fn slot_names(&self) -> &'static [&'static str] {
        &["accumulator", "linear"]
    }

    fn is_elementwise(&self) -> bool {
        true
    }

    fn update(&mut self, update: Update<'_>) {
        let lr = update.learning_rate;
        let l2 = 2.0 * (self.l2 + self.beta / (2.0 * lr));
        let (l1, shrinkage, power) = (self.l1, self.shrinkage, self.power);
        let power_of = |n: f32| {
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
            let size = power_of(grown);
            *z += (g + shrinkage * *w) - (size - power_of(*n)) / lr * *w;
            *w = (z.clamp(-l1, l1) - *z) / (size / lr + l2);
            *n = grown;
        }
    }
}
