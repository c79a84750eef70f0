//! RMSprop (Keras' `optimizers/rmsprop.py`; Tieleman and Hinton, 2012). Keras' default where compile names no optimizer.

use super::common::{EPSILON, LEARNING_RATE, MOMENTUM, Shared, WEIGHT_DECAY};
use super::elementwise::{Moment, Step};
use super::rule::{OptimizerKind, elementwise, optimizer};
use crate::numerics::record::{Number, Recorder};
use crate::options::declare::{NumberOr, class};
use crate::options::{Default, Kind};

class! {
    /// Divides each step by the size of recent gradients, so that every weight has a step size of its own. Keras' default where compile names no optimizer.
    #[formula("v <- rho v + (1 - rho) g^2; w <- w - lr g / sqrt(v + eps)")]
    struct RmsProp("RMSprop", "rmsprop", "RMSprop") + Shared {
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

pub static KIND: OptimizerKind =
    optimizer!(RmsProp, |own| match (own.momentum > 0.0, own.centered) {
        (false, false) => elementwise(Plain(own), &["velocity"], [0.0]),
        (true, false) => elementwise(WithMomentum(own), &["velocity", "momentum"], [0.0; 2]),
        (false, true) => elementwise(Centered(own), &["velocity", "average gradient"], [0.0; 2]),
        (true, true) => elementwise(
            CenteredWithMomentum(own),
            &["velocity", "momentum", "average gradient"],
            [0.0; 3],
        ),
    });

/// alpha, mu, rho, 1 - rho, epsilon.
type Scalars<N> = [N; 5];

impl RmsProp {
    fn scalars<R: Recorder>(&self, recorder: R, moment: Moment) -> Scalars<R::Number> {
        [
            recorder.constant("α", moment.learning_rate),
            recorder.constant("μ", self.momentum),
            recorder.constant("ρ", self.rho as f32),
            recorder.constant("(1 − ρ)", (1.0 - self.rho) as f32),
            recorder.constant("ε", self.epsilon),
        ]
    }
}

/// The running mean of g^2.
#[inline(always)]
fn velocity<N: Number>([_, _, rho, rest, _]: Scalars<N>, g: N, v: N) -> N {
    (rho * v + rest * (g * g)).named("v")
}

/// The running mean of g.
#[inline(always)]
fn average<N: Number>([_, _, rho, rest, _]: Scalars<N>, g: N, a: N) -> N {
    (rho * a + rest * g).named("a")
}

/// alpha g, divided by the root of `spread` + epsilon.
#[inline(always)]
fn scaled<N: Number>([alpha, _, _, _, epsilon]: Scalars<N>, g: N, spread: N) -> N {
    alpha * g / (spread + epsilon).sqrt()
}

macro_rules! rules {
    ($($(#[$doc:meta])* $name:ident $slots:literal $symbols:expr, $step:expr;)+) => {$(
        $(#[$doc])*
        struct $name(RmsProp);

        impl Step<$slots, 5> for $name {
            const SYMBOLS: [&'static str; $slots] = $symbols;

            fn scalars<R: Recorder>(&self, recorder: R, moment: Moment) -> Scalars<R::Number> {
                self.0.scalars(recorder, moment)
            }

            #[inline(always)]
            fn step<N: Number>(s: Scalars<N>, w: N, g: N, slots: [N; $slots]) -> (N, [N; $slots]) {
                $step(s, w, g, slots)
            }
        }
    )+};
}

rules! {
    /// Divides by the root of the running mean of g^2.
    Plain 1 ["v"], |s, w, g, [v]: [N; 1]| {
        let v = velocity(s, g, v);
        (w - scaled(s, g, v).named("step"), [v])
    };
    /// The same, gathered in a momentum.
    WithMomentum 2 ["v", "m"], |s: Scalars<N>, w, g, [v, m]: [N; 2]| {
        let v = velocity(s, g, v);
        let m = (s[1] * m + scaled(s, g, v)).named("m");
        (w - m, [v, m])
    };
    /// Divides by the root of the running variance of g.
    Centered 2 ["v", "a"], |s, w, g, [v, a]: [N; 2]| {
        let a = average(s, g, a);
        let v = velocity(s, g, v);
        (w - scaled(s, g, v - a * a).named("step"), [v, a])
    };
    /// The same, gathered in a momentum.
    CenteredWithMomentum 3 ["v", "m", "a"], |s: Scalars<N>, w, g, [v, m, a]: [N; 3]| {
        let a = average(s, g, a);
        let v = velocity(s, g, v);
        let m = (s[1] * m + scaled(s, g, v - a * a)).named("m");
        (w - m, [v, m, a])
    };
}
