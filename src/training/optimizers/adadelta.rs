//! Adadelta: the size of a step follows from that of previous steps (Keras' `optimizers/adadelta.py`; Zeiler, 2012).

use super::common::{EPSILON, LEARNING_RATE, Shared, WEIGHT_DECAY};
use super::elementwise::{Moment, Step};
use super::rule::{OptimizerKind, elementwise, optimizer};
use crate::numerics::record::{Number, Recorder};
use crate::options::declare::{NumberOr, class};
use crate::options::{Default, Kind};

class! {
    /// Derives the size of its steps from previous steps. The paper uses a learning rate of 1.
    #[formula(
        "d = -sqrt(D + eps) g / sqrt(v + eps); v, D: moving averages of g^2, d^2; w <- w + lr d"
    )]
    struct Adadelta("Adadelta", "adadelta", "Adadelta") + Shared {
        learning_rate: NumberOr = LEARNING_RATE;
        /// Decay rate of the means of g^2 and of squared steps.
        #[advanced]
        rho("rho"): f64 = Kind::Float(0.0, 1.0), Default::Float(0.95);
        epsilon: f32 = EPSILON;
        weight_decay: Option<f64> = WEIGHT_DECAY;
    }
}

pub static KIND: OptimizerKind = optimizer!(Adadelta, |own| elementwise(
    own,
    &["accumulated gradient", "accumulated delta"],
    [0.0; 2]
));

/// Slots: moving averages of g^2 and of squared steps.
impl Step<2, 4> for Adadelta {
    const SYMBOLS: [&'static str; 2] = ["v", "D"];

    fn scalars<R: Recorder>(&self, recorder: R, moment: Moment) -> [R::Number; 4] {
        [
            recorder.constant("α", moment.learning_rate),
            recorder.constant("ρ", self.rho as f32),
            recorder.constant("(1 − ρ)", (1.0 - self.rho) as f32),
            recorder.constant("ε", self.epsilon),
        ]
    }

    #[inline(always)]
    fn step<N: Number>(
        [alpha, rho, rest, epsilon]: [N; 4],
        w: N,
        g: N,
        [v, steps]: [N; 2],
    ) -> (N, [N; 2]) {
        let v = (rho * v + rest * (g * g)).named("v");
        let d = (-((steps + epsilon).sqrt() * g / (v + epsilon).sqrt())).named("d");
        let steps = (rho * steps + rest * (d * d)).named("D");
        (w + alpha * d, [v, steps])
    }
}
