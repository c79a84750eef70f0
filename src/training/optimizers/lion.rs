//! Lion: steps of one size, in the direction of the sign of the momentum (Keras' `optimizers/lion.py`; Chen et al., 2023).

use super::common::{LEARNING_RATE, Shared, WEIGHT_DECAY};
use super::elementwise::{Moment, Step};
use super::rule::{OptimizerKind, elementwise, optimizer};
use crate::numerics::record::{Number, Recorder};
use crate::options::declare::{NumberOr, class};
use crate::options::{Default, Kind};

class! {
    /// Changes every weight by the same amount, up or down. It needs a smaller learning rate than Adam.
    #[formula("w <- w - lr sign(beta1 m + (1 - beta1) g); m <- beta2 m + (1 - beta2) g")]
    struct Lion("Lion", "lion", "Lion") + Shared {
        learning_rate: NumberOr = LEARNING_RATE;
        /// Fraction of the momentum in the direction of a step.
        #[advanced]
        beta_1("beta 1"): f32 = Kind::Float(1e-6, 1.0), Default::Float(0.9);
        /// Decay rate of the mean of g.
        #[advanced]
        beta_2("beta 2"): f32 = Kind::Float(0.0, 1.0), Default::Float(0.99);
        weight_decay: Option<f64> = WEIGHT_DECAY;
    }
}

pub static KIND: OptimizerKind = optimizer!(Lion, |own| elementwise(own, &["momentum"], [0.0]));

/// Slot: moving average of g.
impl Step<1, 6> for Lion {
    const SYMBOLS: [&'static str; 1] = ["m"];

    fn scalars<R: Recorder>(&self, recorder: R, moment: Moment) -> [R::Number; 6] {
        [
            recorder.constant("α", moment.learning_rate),
            recorder.constant("β₁", self.beta_1),
            recorder.constant("(1 − β₁)", 1.0 - self.beta_1),
            recorder.constant("β₂", self.beta_2),
            recorder.constant("(1 − β₂)", 1.0 - self.beta_2),
            recorder.literal(0.0),
        ]
    }

    #[inline(always)]
    fn step<N: Number>(
        [alpha, beta_1, rest_1, beta_2, rest_2, zero]: [N; 6],
        w: N,
        g: N,
        [m]: [N; 1],
    ) -> (N, [N; 1]) {
        let c = (m * beta_1 + g * rest_1).named("c");
        let down = zero.if_less(c, alpha, zero).named("down");
        let up = c.if_less(zero, alpha, zero).named("up");
        (w - down + up, [(m * beta_2 + g * rest_2).named("m")])
    }
}
