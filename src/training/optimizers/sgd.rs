//! Gradient descent, plain, with momentum, and with Nesterov momentum (Keras' `optimizers/sgd.py`).

use super::common::{LEARNING_RATE, MOMENTUM, Shared, WEIGHT_DECAY};
use super::elementwise::{Moment, Step, apply};
use super::rule::{OptimizerKind, Parts, Rule, Update, Variable, zeros};
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
        match (self.momentum != 0.0, self.nesterov) {
            (false, _) => apply(&Descent, update),
            (true, false) => apply(&Momentum(self.momentum), update),
            (true, true) => apply(&Nesterov(self.momentum), update),
        }
    }
}

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

/// The momentum is added to the weight.
struct Momentum(f32);

impl Step<1, 2> for Momentum {
    const SYMBOLS: [&'static str; 1] = ["m"];

    fn scalars<R: Recorder>(&self, recorder: R, moment: Moment) -> [R::Number; 2] {
        let alpha = recorder.constant("α", moment.learning_rate);
        [alpha, recorder.constant("μ", self.0)]
    }

    #[inline(always)]
    fn step<N: Number>([alpha, mu]: [N; 2], w: N, g: N, [m]: [N; 1]) -> (N, [N; 1]) {
        let m = (mu * m - g * alpha).named("m");
        (w + m, [m])
    }
}

/// The step that the new momentum would make is added to the weight.
struct Nesterov(f32);

impl Step<1, 2> for Nesterov {
    const SYMBOLS: [&'static str; 1] = ["m"];

    fn scalars<R: Recorder>(&self, recorder: R, moment: Moment) -> [R::Number; 2] {
        Momentum(self.0).scalars(recorder, moment)
    }

    #[inline(always)]
    fn step<N: Number>([alpha, mu]: [N; 2], w: N, g: N, [m]: [N; 1]) -> (N, [N; 1]) {
        let m = (mu * m - g * alpha).named("m");
        let ahead = (mu * m - g * alpha).named("Δw");
        (w + ahead, [m])
    }
}
