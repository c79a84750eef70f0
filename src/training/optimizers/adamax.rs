//! Adamax: Adam with the largest gradient in place of the root of the mean square (Keras'
//! `optimizers/adamax.py`; Kingma and Ba, 2015).

use super::{
    BETA_1, BETA_2, EPSILON, Moment, Number, OptimizerKind, Recorder, Rule, Step, Update, Variable,
    apply, learning_rate, options, zeros,
};
use crate::numerics::math;
use crate::options::{ClassSpec, help_text};

pub static KIND: OptimizerKind = OptimizerKind {
    class: ClassSpec {
        class_name: "Adamax",
        name: "adamax",
        aliases: &[],
        label: "Adamax",
        doc: help_text(
            "Adam that divides by the largest gradient of late: calmer where gradients jump.",
        ),
        formula: help_text(
            "m: running mean of g; u <- max(beta2 u, |g|); w <- w - lr m^ / (u + eps)",
        ),
        options: options!([&learning_rate(0.001), &BETA_1, &BETA_2, &EPSILON]),
        group: "",
        shared: &[],
    },
    build: |choice| {
        Box::new(Adamax {
            beta_1: choice.number("beta_1"),
            beta_2: choice.number("beta_2") as f32,
            epsilon: choice.number("epsilon") as f32,
        })
    },
};

struct Adamax {
    beta_1: f64,
    beta_2: f32,
    epsilon: f32,
}

/// Slots: running mean of g, and its largest size.
impl Rule for Adamax {
    fn memory(&mut self, n: usize, _: &[Variable]) -> Vec<Vec<f32>> {
        zeros(2, n)
    }

    fn names(&self) -> &'static [&'static str] {
        &["momentum", "norm"]
    }

    fn is_elementwise(&self) -> bool {
        true
    }

    fn update(&mut self, update: Update<'_>) {
        apply(self, update);
    }
}

impl Step<2, 5> for Adamax {
    const SYMBOLS: [&'static str; 2] = ["m", "u"];

    fn scalars<R: Recorder>(&self, recorder: R, moment: Moment) -> [R::Number; 5] {
        let power = math::power(self.beta_1 as f32, moment.t);
        [
            recorder.constant("α", moment.learning_rate),
            recorder.constant("(1 − β₁)", (1.0 - self.beta_1) as f32),
            recorder.literal(1.0) - recorder.constant("β₁ᵗ", power),
            recorder.constant("β₂", self.beta_2),
            recorder.constant("ε", self.epsilon),
        ]
    }

    #[inline(always)]
    fn step<N: Number>(
        [alpha, rest_1, unbiased, beta_2, epsilon]: [N; 5],
        w: N,
        g: N,
        [m, u]: [N; 2],
    ) -> (N, [N; 2]) {
        let m = (m + (g - m) * rest_1).named("m");
        let u = g.abs().greater(beta_2 * u).named("u");
        let step = (alpha * m / (unbiased * (u + epsilon))).named("step");
        (w - step, [m, u])
    }
}
