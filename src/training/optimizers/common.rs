//! What optimizers share: the options that each of them has, and Adam's step.

use super::{Moment, Number, Recorder, Step};
use crate::functions::schedules;
use crate::numerics::math;
use crate::options::{Default, Kind, OptionSpec, help_text};

/// The options of an optimizer: its own, then those that all have. Where a class has a weight decay of
/// its own, that one stands for the common one.
macro_rules! options {
    ([$($own:expr),* $(,)?]) => {
        options!([$($own,)*], $crate::training::optimizers::common::WEIGHT_DECAY)
    };
    ([$($own:expr),* $(,)?], $decay:expr) => {
        &[
            $($own,)*
            &$decay,
            &$crate::training::optimizers::common::CLIPNORM,
            &$crate::training::optimizers::common::CLIPVALUE,
            &$crate::training::optimizers::common::GLOBAL_CLIPNORM,
            &$crate::training::optimizers::common::USE_EMA,
            &$crate::training::optimizers::common::EMA_MOMENTUM,
            &$crate::training::optimizers::common::EMA_OVERWRITE_FREQUENCY,
            &$crate::training::optimizers::common::LOSS_SCALE_FACTOR,
            &$crate::training::optimizers::common::GRADIENT_ACCUMULATION_STEPS,
        ]
    };
}
pub(super) use options;

/// The learning rate, which every optimizer has.
pub const fn learning_rate(default: f64) -> OptionSpec {
    OptionSpec {
        name: "learning_rate",
        label: "learning rate",
        doc: help_text("How far a step goes."),
        kind: Kind::FloatOr(0.0, 1e30, &schedules::REGISTRY),
        default: Default::Float(default),
        advanced: false,
        start: "",
    }
}

/// A share between 0 and 1.
pub const fn share(
    name: &'static str,
    label: &'static str,
    default: f64,
    doc: &'static str,
) -> OptionSpec {
    float(name, label, (0.0, 1.0), default, doc)
}

/// A number in a range.
pub const fn float(
    name: &'static str,
    label: &'static str,
    range: (f64, f64),
    default: f64,
    doc: &'static str,
) -> OptionSpec {
    OptionSpec {
        name,
        label,
        doc: help_text(doc),
        kind: Kind::Float(range.0, range.1),
        default: Default::Float(default),
        advanced: false,
        start: "",
    }
}

/// A truth value.
pub const fn flag(
    name: &'static str,
    label: &'static str,
    default: bool,
    doc: &'static str,
) -> OptionSpec {
    OptionSpec {
        name,
        label,
        doc: help_text(doc),
        kind: Kind::Bool,
        default: Default::Bool(default),
        advanced: false,
        start: "",
    }
}

/// Of Adam and its relatives.
pub const BETA_1: OptionSpec = share(
    "beta_1",
    "beta 1",
    0.9,
    "Share of the past in the running mean of g.",
);

/// Of Adam and its relatives.
pub const BETA_2: OptionSpec = share(
    "beta_2",
    "beta 2",
    0.999,
    "Share of the past in the running mean of g^2.",
);

/// Of all that divide by a running size.
pub const EPSILON: OptionSpec = float(
    "epsilon",
    "epsilon",
    (0.0, 1e30),
    1e-7,
    "Keeps the division away from 0.",
);

/// What momentum is everywhere.
pub const MOMENTUM: OptionSpec = share(
    "momentum",
    "momentum",
    0.0,
    "Share of the last step that is taken again.",
);

const fn maybe(
    name: &'static str,
    label: &'static str,
    kind: Kind,
    doc: &'static str,
) -> OptionSpec {
    OptionSpec {
        name,
        label,
        doc: help_text(doc),
        kind,
        default: Default::Null,
        advanced: false,
        start: "",
    }
}

pub const WEIGHT_DECAY: OptionSpec = maybe(
    "weight_decay",
    "weight decay",
    Kind::Float(0.0, 1e30),
    "Every weight, a bias too, loses this share, times the learning rate, before it is moved.",
);

pub const CLIPNORM: OptionSpec = maybe(
    "clipnorm",
    "clip each norm",
    Kind::Float(0.0, 1e30),
    "Shortens the gradient of each array of weights to this length.",
);

pub const CLIPVALUE: OptionSpec = maybe(
    "clipvalue",
    "clip values",
    Kind::Float(0.0, 1e30),
    "Cuts every number of the gradient off at this size.",
);

pub const GLOBAL_CLIPNORM: OptionSpec = maybe(
    "global_clipnorm",
    "clip the norm",
    Kind::Float(0.0, 1e30),
    "Shortens the gradient of all weights together to this length.",
);

pub const USE_EMA: OptionSpec = flag(
    "use_ema",
    "average weights",
    false,
    "Keeps a running mean of the weights, which they become at the end of the training.",
);

pub const EMA_MOMENTUM: OptionSpec = share(
    "ema_momentum",
    "average's memory",
    0.99,
    "Share of the past in the running mean of the weights.",
);

pub const EMA_OVERWRITE_FREQUENCY: OptionSpec = maybe(
    "ema_overwrite_frequency",
    "average every",
    Kind::Int(1, 1_000_000_000),
    "The weights become their running mean every so many updates, too.",
);

/// Multiplied into Keras' loss and divided out of its gradients again: of use for numbers of 16 bits.
pub const LOSS_SCALE_FACTOR: OptionSpec = maybe(
    "loss_scale_factor",
    "loss scale",
    Kind::Float(1e-6, 1e30),
    "Guards Keras' 16-bit gradients against underflow; changes nothing at 32 bits.",
);

pub const GRADIENT_ACCUMULATION_STEPS: OptionSpec = maybe(
    "gradient_accumulation_steps",
    "accumulate",
    Kind::Int(2, 1_000_000),
    "Moves the weights once in so many batches, against the mean of their gradients.",
);

/// Adam's numbers.
#[derive(Clone, Copy)]
pub struct Adam {
    pub beta_1: f64,
    pub beta_2: f64,
    pub epsilon: f32,
}

impl Adam {
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

/// The square root of a sum of squares, as a float.
pub fn norm(x: &[f32]) -> f32 {
    let sum = x.iter().fold(0.0f64, |sum, x| sum + f64::from(x * x));
    (sum as f32).sqrt()
}
