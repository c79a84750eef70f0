//! AdamW without a schedule: the weights are an average of Adam's weights (Keras' `optimizers/schedule_free_adamw.py`; Defazio
//! et al., 2024).
//!
//! Keras 3.15.1 on TensorFlow loses the initial value of z where `fit` builds the optimizer. These are the numbers of Keras on
//! JAX.

use super::common::{BETA_1, BETA_2, EPSILON, LEARNING_RATE, Shared, WEIGHT_DECAY};
use super::elementwise::{Moment, Step, apply};
use super::rule::{OptimizerKind, Rule, Update, Variable, optimizer, zeros};
use crate::numerics::math;
use crate::numerics::record::{Number, Recorder};
use crate::options::declare::{NumberOr, class};
use crate::options::{Default, Kind};

class! {
    /// Averages Adam's weights during training, so that the learning rate needs no schedule. (As Keras on JAX: on TensorFlow 3.15.1 loses the initial z.)
    #[formula(
        "z <- z - lr g / (sqrt(v^) + eps); x <- (1 - 1/t) x + z / t; w <- (1 - beta1) z + beta1 x"
    )]
    struct ScheduleFree("ScheduleFreeAdamW", "schedulefreeadamw", "Schedule-free AdamW") + Shared {
        learning_rate: NumberOr = LEARNING_RATE.with_default(Default::Float(0.0025));
        beta_1: f64 = BETA_1;
        beta_2: f64 = BETA_2;
        epsilon: f32 = EPSILON.with_default(Default::Float(1e-8));
        /// Number of updates in which the learning rate rises to its full value.
        #[advanced]
        warmup_steps("warm-up"): u64 = Kind::Int(0, 1_000_000_000), Default::Int(0);
        weight_decay: Option<f64> = WEIGHT_DECAY;
    }
}

pub static KIND: OptimizerKind = optimizer!(ScheduleFree, |own| Box::new(own));

/// Slots: z, the weights that Adam updates; moving average of g^2.
impl Rule for ScheduleFree {
    fn slots(&mut self, n: usize, _: &[Variable]) -> Vec<Vec<f32>> {
        zeros(2, n)
    }

    fn slot_names(&self) -> &'static [&'static str] {
        &["z", "velocity"]
    }

    fn begin(&self, w: &[f32], slots: &mut [Vec<f32>]) {
        slots[0].copy_from_slice(w);
    }

    fn update(&mut self, update: Update<'_>) {
        apply(self, update);
    }
}

impl Step<2, 8> for ScheduleFree {
    const SYMBOLS: [&'static str; 2] = ["z", "v"];

    fn scalars<R: Recorder>(&self, recorder: R, moment: Moment) -> [R::Number; 8] {
        let (beta_1, beta_2) = (self.beta_1 as f32, self.beta_2 as f32);
        let (t, warmup) = (moment.t as f32, self.warmup_steps as f32);
        let warm = if t < warmup { t / warmup } else { 1.0 };
        let (one, newest) = (recorder.literal(1.0), recorder.constant("(1/t)", 1.0 / t));
        let power = recorder.constant("β₂ᵗ", math::power(beta_2, moment.t));
        [
            recorder.constant("α", moment.learning_rate * warm),
            recorder.constant("β₁", beta_1),
            recorder.constant("(1 − β₁)", 1.0 - beta_1),
            recorder.constant("(1 − β₂)", 1.0 - beta_2),
            one - power,
            newest,
            one - newest,
            recorder.constant("ε", self.epsilon),
        ]
    }

    #[inline(always)]
    fn step<N: Number>(
        [
            alpha,
            beta_1,
            rest_1,
            rest_2,
            left_2,
            newest,
            older,
            epsilon,
        ]: [N; 8],
        w: N,
        g: N,
        [z, v]: [N; 2],
    ) -> (N, [N; 2]) {
        let v = (v + (g * g - v) * rest_2).named("v");
        let before = z;
        let z = (z - alpha * g / ((v / left_2).sqrt() + epsilon)).named("z");
        let x = (w - rest_1 * before) / beta_1;
        let x = (older * x + newest * z).named("x");
        (rest_1 * z + beta_1 * x, [z, v])
    }
}
