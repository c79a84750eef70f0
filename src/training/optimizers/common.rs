//! Options that several optimizers share, and the Adam step.

use super::elementwise::{Moment, Step};
use crate::functions::schedules;
use crate::numerics::math;
use crate::numerics::record::{Number, Recorder};
use crate::options::declare::{NoEffect, options, shared};
use crate::options::{Default, Kind};

options! {
    /// Size of each step.
    pub LEARNING_RATE = learning_rate("learning rate"),
        Kind::FloatOr(0.0, 1e30, &schedules::REGISTRY), Default::Float(0.001);
    /// Decay rate of the mean of g.
    #[advanced]
    pub BETA_1 = beta_1("beta 1"), Kind::Float(0.0, 1.0), Default::Float(0.9);
    /// Decay rate of the mean of g^2.
    #[advanced]
    pub BETA_2 = beta_2("beta 2"), Kind::Float(0.0, 1.0), Default::Float(0.999);
    /// Keeps the divisor above 0.
    #[advanced]
    pub EPSILON = epsilon("epsilon"), Kind::Float(0.0, 1e30), Default::Float(1e-7);
    /// Fraction of the previous step that is added to this one.
    pub MOMENTUM = momentum("momentum"), Kind::Float(0.0, 1.0), Default::Float(0.0);
    /// Before each update, every weight (biases too) shrinks by this fraction times the learning rate.
    #[advanced]
    pub WEIGHT_DECAY = weight_decay("weight decay"), Kind::Float(0.0, 1e30), Default::Null;
}

shared! {
    /// The options that every optimizer has after its own.
    pub struct Shared {
        /// Scales the gradient of each array of weights down to this norm at most.
        #[advanced]
        clipnorm("clip each norm"): Option<f64> = Kind::Float(0.0, 1e30), Default::Null;
        /// Clips every number of the gradient to this magnitude.
        #[advanced]
        clipvalue("clip values"): Option<f64> = Kind::Float(0.0, 1e30), Default::Null;
        /// Scales the gradient of all weights together down to this norm at most.
        #[advanced]
        global_clipnorm("clip the global norm"): Option<f64> = Kind::Float(0.0, 1e30), Default::Null;
        /// Keeps an exponential moving average of the weights, which replaces them at the end of training.
        #[advanced]
        use_ema("average weights"): bool = Kind::Bool, Default::Bool(false);
        /// Decay rate of the average of the weights.
        #[advanced]
        ema_momentum("average's momentum"): f64 = Kind::Float(0.0, 1.0), Default::Float(0.99);
        /// Number of updates after which the average replaces the weights, again and again.
        #[advanced]
        ema_overwrite_frequency("overwrite every"): Option<u64> = Kind::Int(1, 1_000_000_000), Default::Null;
        /// Protects Keras' 16-bit gradients from underflow. Has no effect on 32 bits.
        #[advanced]
        loss_scale_factor("loss scale"): NoEffect = Kind::Float(1e-6, 1e30), Default::Null;
        /// Number of batches whose mean gradient makes one update.
        #[advanced]
        gradient_accumulation_steps("accumulate"): Option<u64> = Kind::Int(2, 1_000_000), Default::Null;
    }
}

/// The numbers of an Adam step.
#[derive(Clone, Copy)]
pub struct Adam {
    pub beta_1: f64,
    pub beta_2: f64,
    pub epsilon: f32,
}

impl Adam {
    /// An Adam step with these options.
    pub fn new(beta_1: f64, beta_2: f64, epsilon: f32) -> Self {
        Adam {
            beta_1,
            beta_2,
            epsilon,
        }
    }

    /// The shares of the new g and g^2 in their running means.
    pub fn one_minus_betas(&self) -> (f32, f32) {
        ((1.0 - self.beta_1) as f32, (1.0 - self.beta_2) as f32)
    }

    /// The running means of g and g^2.
    #[inline(always)]
    pub fn means<N: Number>([_, rest_1, rest_2, _]: [N; 4], g: N, [m, v]: [N; 2]) -> [N; 2] {
        let m = (m + (g - m) * rest_1).named("m");
        [m, (v + (g * g - v) * rest_2).named("v")]
    }

    /// How far a weight moves.
    #[inline(always)]
    pub fn stepped<N: Number>([rate, _, _, epsilon]: [N; 4], m: N, v: N) -> N {
        (m * rate / (v.sqrt() + epsilon)).named("step")
    }
}

/// Slots: the running means of g and g^2.
impl Step<2, 4> for Adam {
    const SYMBOLS: [&'static str; 2] = ["m", "v"];

    /// Keras folds the bias corrections of both running means into the rate, and adds epsilon to the
    /// uncorrected root ("epsilon hat" in the paper).
    fn scalars<R: Recorder>(&self, recorder: R, moment: Moment) -> [R::Number; 4] {
        let powers = math::powers([self.beta_1 as f32, self.beta_2 as f32], moment.t);
        let (one, alpha) = (recorder.literal(1.0), moment.learning_rate);
        let (alpha, power_1, power_2) = (
            recorder.constant("α", alpha),
            recorder.constant("β₁ᵗ", powers[0]),
            recorder.constant("β₂ᵗ", powers[1]),
        );
        let rate = (alpha * (one - power_2).sqrt() / (one - power_1)).named("α′");
        let (rest_1, rest_2) = self.one_minus_betas();
        [
            rate,
            recorder.constant("(1 − β₁)", rest_1),
            recorder.constant("(1 − β₂)", rest_2),
            recorder.constant("ε", self.epsilon),
        ]
    }

    #[inline(always)]
    fn step<N: Number>(scalars: [N; 4], w: N, g: N, slots: [N; 2]) -> (N, [N; 2]) {
        let [m, v] = Adam::means(scalars, g, slots);
        (w - Adam::stepped(scalars, m, v), [m, v])
    }
}

/// A weight after its decay: it loses `rate` of itself times the learning rate.
#[inline(always)]
pub fn decayed<N: Number>(w: N, rate: N, learning_rate: N) -> N {
    w - w * rate * learning_rate
}

/// Euclidean norm, summed in double precision.
pub fn norm(x: &[f32]) -> f32 {
    let sum = x.iter().fold(0.0f64, |sum, x| sum + f64::from(x * x));
    (sum as f32).sqrt()
}
