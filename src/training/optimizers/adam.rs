//! Adam (Keras' `optimizers/adam.py`; Kingma and Ba, 2015), with AMSGrad (Reddi et al., 2018) and with weight decay (AdamW;
//! Loshchilov and Hutter, 2019).

use super::common::{Adam, BETA_1, BETA_2, EPSILON, LEARNING_RATE, Shared, WEIGHT_DECAY};
use super::elementwise::{Moment, Step};
use super::rule::{OptimizerKind, Rule, elementwise, optimizer};
use crate::numerics::record::{Number, Recorder};
use crate::options::declare::{NumberOr, class, options};
use crate::options::{Default, Kind};

class! {
    /// Adam has momentum and a step size of its own for every weight. It learns well without much tuning.
    #[formula(
        "m, v: moving averages of g, g^2; w <- w - lr sqrt(1 - beta2^t) / (1 - beta1^t) m / (sqrt(v) + eps)"
    )]
    struct Options("Adam", "adam", "Adam") + Shared {
        learning_rate: NumberOr = LEARNING_RATE;
        beta_1: f64 = BETA_1;
        beta_2: f64 = BETA_2;
        epsilon: f32 = EPSILON;
        amsgrad: bool = AMSGRAD;
        weight_decay: Option<f64> = WEIGHT_DECAY;
    }
}

class! {
    /// Adam with weight decay: every weight shrinks a little at each step, which keeps weights small.
    #[formula("w <- w - lr decay w, then as Adam")]
    struct DecayingOptions("AdamW", "adamw", "Adam with weight decay (AdamW)") + Shared {
        learning_rate: NumberOr = LEARNING_RATE;
        beta_1: f64 = BETA_1;
        beta_2: f64 = BETA_2;
        epsilon: f32 = EPSILON;
        amsgrad: bool = AMSGRAD;
        /// Before each update, every weight shrinks by this fraction times the learning rate.
        #[advanced]
        weight_decay("weight decay"): f64 = Kind::Float(0.0, 1e30), Default::Float(0.004);
    }
}

options! {
    /// Divides by the largest moving average of g^2 so far.
    #[advanced]
    AMSGRAD = amsgrad("AMSGrad"), Kind::Bool, Default::Bool(false);
}

pub static KIND: OptimizerKind = optimizer!(Options, |own| rule(
    Adam::new(own.beta_1, own.beta_2, own.epsilon),
    own.amsgrad
));

pub static DECAYING: OptimizerKind = optimizer!(DecayingOptions, |own| rule(
    Adam::new(own.beta_1, own.beta_2, own.epsilon),
    own.amsgrad
));

/// Slots: moving averages of g and g^2; with AMSGrad, the largest average of g^2.
fn rule(adam: Adam, amsgrad: bool) -> Box<dyn Rule> {
    match amsgrad {
        false => elementwise(adam, &["momentum", "velocity"], [0.0; 2]),
        true => elementwise(
            Amsgrad(adam),
            &["momentum", "velocity", "velocity hat"],
            [0.0; 3],
        ),
    }
}

/// Adam that divides by the largest running mean of g^2 so far.
struct Amsgrad(Adam);

impl Step<3, 4> for Amsgrad {
    const SYMBOLS: [&'static str; 3] = ["m", "v", "v̂"];

    fn scalars<R: Recorder>(&self, recorder: R, moment: Moment) -> [R::Number; 4] {
        self.0.scalars(recorder, moment)
    }

    #[inline(always)]
    fn step<N: Number>(scalars: [N; 4], w: N, g: N, [m, v, top]: [N; 3]) -> (N, [N; 3]) {
        let [m, v] = Adam::means(scalars, g, [m, v]);
        let top = v.greater(top).named("v̂");
        (w - Adam::stepped(scalars, m, top), [m, v, top])
    }
}
