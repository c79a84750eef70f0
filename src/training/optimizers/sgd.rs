//! Gradient descent, plain, with momentum, and with Nesterov momentum (Keras' `optimizers/sgd.py`).

use super::common::{LEARNING_RATE, MOMENTUM, Shared, WEIGHT_DECAY};
use super::elementwise::{Moment, Step};
use super::rule::{OptimizerKind, elementwise, optimizer};
use crate::numerics::record::{Number, Recorder};
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

pub static KIND: OptimizerKind = optimizer!(Options, |own| match (own.momentum, own.nesterov) {
    (0.0, _) => elementwise(Descent, &[], []),
    (momentum, false) => elementwise(Momentum::<false>(momentum), &["momentum"], [0.0]),
    (momentum, true) => elementwise(Momentum::<true>(momentum), &["momentum"], [0.0]),
});

/// w - alpha g.
struct Descent;

impl Step<0, 1> for Descent {
    const SYMBOLS: [&'static str; 0] = [];

    fn scalars<R: Recorder>(&self, recorder: R, moment: Moment) -> [R::Number; 1] {
        [recorder.constant("α", moment.learning_rate)]
    }

    #[inline(always)]
    fn step<N: Number>([alpha]: [N; 1], w: N, g: N, []: [N; 0]) -> (N, [N; 0]) {
        (w - alpha * g, [])
    }
}

/// The momentum is added to the weight; with Nesterov momentum, the step that the new momentum would make.
struct Momentum<const NESTEROV: bool>(f32);

impl<const NESTEROV: bool> Step<1, 2> for Momentum<NESTEROV> {
    const SYMBOLS: [&'static str; 1] = ["m"];

    fn scalars<R: Recorder>(&self, recorder: R, moment: Moment) -> [R::Number; 2] {
        let alpha = recorder.constant("α", moment.learning_rate);
        [alpha, recorder.constant("μ", self.0)]
    }

    #[inline(always)]
    fn step<N: Number>([alpha, mu]: [N; 2], w: N, g: N, [m]: [N; 1]) -> (N, [N; 1]) {
        let m = (mu * m - g * alpha).named("m");
        if NESTEROV {
            let ahead = (mu * m - g * alpha).named("Δw");
            return (w + ahead, [m]);
        }
        (w + m, [m])
    }
}
