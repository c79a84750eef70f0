//! Adagrad: steps divided by the root of the sum of all squared gradients (Keras' `optimizers/adagrad.py`; Duchi et al., 2011).

use super::common::{EPSILON, LEARNING_RATE, Shared, WEIGHT_DECAY};
use super::elementwise::{Moment, Step};
use super::rule::{OptimizerKind, elementwise, optimizer};
use crate::numerics::record::{Number, Recorder};
use crate::options::declare::{NumberOr, class};
use crate::options::{Default, Kind};

class! {
    /// Steps shrink for weights that have changed much. Useful where some inputs are rare.
    #[formula("v <- v + g^2; w <- w - lr g / sqrt(v + eps)")]
    struct Adagrad("Adagrad", "adagrad", "Adagrad") + Shared {
        learning_rate: NumberOr = LEARNING_RATE;
        /// Initial value of the sum of g^2.
        #[advanced]
        initial_accumulator_value("initial sum"): f32 = Kind::Float(0.0, 1e30), Default::Float(0.1);
        epsilon: f32 = EPSILON;
        weight_decay: Option<f64> = WEIGHT_DECAY;
    }
}

pub static KIND: OptimizerKind = optimizer!(Adagrad, |own| {
    let initial = [own.initial_accumulator_value];
    elementwise(own, &["accumulator"], initial)
});

/// Slot: the sum of g^2.
impl Step<1, 2> for Adagrad {
    const SYMBOLS: [&'static str; 1] = ["v"];

    fn scalars<R: Recorder>(&self, recorder: R, moment: Moment) -> [R::Number; 2] {
        let alpha = recorder.constant("α", moment.learning_rate);
        [alpha, recorder.constant("ε", self.epsilon)]
    }

    #[inline(always)]
    fn step<N: Number>([alpha, epsilon]: [N; 2], w: N, g: N, [v]: [N; 1]) -> (N, [N; 1]) {
        let v = (v + g * g).named("v");
        let step = (alpha * g / (v + epsilon).sqrt()).named("step");
        (w - step, [v])
    }
}
