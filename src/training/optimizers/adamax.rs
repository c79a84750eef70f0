//! Adamax: Adam with the largest recent gradient instead of the root mean square (Keras' `optimizers/adamax.py`; Kingma and Ba,
//! 2015).

use super::common::{BETA_1, BETA_2, EPSILON, LEARNING_RATE, Shared, WEIGHT_DECAY};
use super::elementwise::{Moment, Step};
use super::rule::{OptimizerKind, elementwise, optimizer};
use crate::numerics::math;
use crate::numerics::record::{Number, Recorder};
use crate::options::declare::{NumberOr, class};

class! {
    /// Adam that divides by the largest recent gradient. It is steadier where gradients vary strongly.
    #[formula("m: moving average of g; u <- max(beta2 u, |g|); w <- w - lr m^ / (u + eps)")]
    struct Adamax("Adamax", "adamax", "Adamax") + Shared {
        learning_rate: NumberOr = LEARNING_RATE;
        beta_1: f64 = BETA_1;
        beta_2: f32 = BETA_2;
        epsilon: f32 = EPSILON;
        weight_decay: Option<f64> = WEIGHT_DECAY;
    }
}

pub static KIND: OptimizerKind = optimizer!(Adamax, |own| elementwise(
    own,
    &["momentum", "norm"],
    [0.0; 2]
));

/// Slots: moving average of g, and the decaying maximum of |g|.
impl Step<2, 5> for Adamax {
    const SYMBOLS: [&'static str; 2] = ["m", "u"];

    fn scalars<R: Recorder>(&self, recorder: R, moment: Moment) -> [R::Number; 5] {
        let power = math::power(self.beta_1 as f32, moment.t);
        [
            recorder.constant("α", moment.learning_rate),
            recorder.constant("(1 − β₁)", (1.0 - self.beta_1) as f32),
            recorder.literal(1.0) - recorder.constant("β₁ᵗ", power),
            recorder.constant("β₂", self.beta_2),
            recorder.constant("ε", self.epsilon),
        ]
    }

    #[inline(always)]
    fn step<N: Number>(
        [alpha, rest_1, unbiased, beta_2, epsilon]: [N; 5],
        w: N,
        g: N,
        [m, u]: [N; 2],
    ) -> (N, [N; 2]) {
        let m = (m + (g - m) * rest_1).named("m");
        let u = g.abs().greater(beta_2 * u).named("u");
        let step = (alpha * m / (unbiased * (u + epsilon))).named("step");
        (w - step, [m, u])
    }
}
