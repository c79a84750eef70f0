//! AdamW without a schedule: the weights are a mean of those that Adam would have, so that the rate need
//! not fall (Keras' `optimizers/schedule_free_adamw.py`; Defazio et al., 2024).
//!
//! Keras on TensorFlow loses the first value of z where it builds the optimizer inside `fit`; these are
//! the numbers of Keras on JAX.

use super::{
    Adam, BETA_1, BETA_2, EPSILON, Moment, Number, OptimizerKind, Recorder, Rule, Step, Update,
    Variable, apply, learning_rate, options, zeros,
};
use crate::numerics::math;
use crate::options::{ClassSpec, Default, Kind, OptionSpec, help_text};

pub static KIND: OptimizerKind = OptimizerKind {
    class: ClassSpec {
        class_name: "ScheduleFreeAdamW",
        name: "schedulefreeadamw",
        aliases: &[],
        label: "Schedule-free AdamW",
        doc: help_text(
            "Averages Adam's weights as it goes, so that the learning rate needs no schedule. \
             (As Keras on JAX: on TensorFlow 3.15.1 loses the first z.)",
        ),
        formula: help_text(
            "z <- z - lr g / (sqrt(v^) + eps); x <- (1 - 1/t) x + z / t; w <- (1 - beta1) z + beta1 x",
        ),
        options: options!([
            &learning_rate(0.0025),
            &BETA_1,
            &BETA_2,
            &OptionSpec {
                default: Default::Float(1e-8),
                ..EPSILON
            },
            &OptionSpec {
                name: "warmup_steps",
                label: "warm-up",
                doc: help_text("Updates in which the learning rate rises to its full value."),
                kind: Kind::Int(0, 1_000_000_000),
                default: Default::Int(0),
                advanced: false,
                start: "",
            },
        ]),
        group: "",
        shared: &[],
    },
    build: |choice| {
        Box::new(ScheduleFree {
            adam: Adam {
                beta_1: choice.number("beta_1"),
                beta_2: choice.number("beta_2"),
                epsilon: choice.number("epsilon") as f32,
            },
            warmup: choice.number("warmup_steps") as f32,
        })
    },
};

struct ScheduleFree {
    adam: Adam,
    warmup: f32,
}

/// Slots: z, the weights that are stepped with; running mean of g^2.
impl Rule for ScheduleFree {
    fn memory(&mut self, n: usize, _: &[Variable]) -> Vec<Vec<f32>> {
        zeros(2, n)
    }

    fn names(&self) -> &'static [&'static str] {
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
        let (beta_1, beta_2) = (self.adam.beta_1 as f32, self.adam.beta_2 as f32);
        let t = moment.t as f32;
        let warm = if t < self.warmup {
            t / self.warmup
        } else {
            1.0
        };
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
            recorder.constant("ε", self.adam.epsilon),
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
