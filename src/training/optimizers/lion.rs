//! Lion: steps of one length, in the direction of the momentum's sign (Keras' `optimizers/lion.py`; Chen
//! et al., 2023).

use super::{
    Moment, Number, OptimizerKind, Recorder, Rule, Step, Update, Variable, apply, float,
    learning_rate, options, share, zeros,
};
use crate::options::{ClassSpec, help_text};

pub static KIND: OptimizerKind = OptimizerKind {
    class: ClassSpec {
        class_name: "Lion",
        name: "lion",
        aliases: &[],
        label: "Lion",
        doc: help_text(
            "Moves every weight equally far, up or down: wants a smaller learning rate than Adam.",
        ),
        formula: help_text(
            "w <- w - lr sign(beta1 m + (1 - beta1) g); m <- beta2 m + (1 - beta2) g",
        ),
        options: options!([
            &learning_rate(0.001),
            &float(
                "beta_1",
                "beta 1",
                (1e-6, 1.0),
                0.9,
                "Share of the momentum in the direction of a step.",
            ),
            &share(
                "beta_2",
                "beta 2",
                0.99,
                "Share of the past in the running mean of g.",
            ),
        ]),
        group: "",
        shared: &[],
    },
    build: |choice| {
        Box::new(Lion {
            beta_1: choice.number("beta_1") as f32,
            beta_2: choice.number("beta_2") as f32,
        })
    },
};

struct Lion {
    beta_1: f32,
    beta_2: f32,
}

/// Slot: running mean of g.
impl Rule for Lion {
    fn memory(&mut self, n: usize, _: &[Variable]) -> Vec<Vec<f32>> {
        zeros(1, n)
    }

    fn names(&self) -> &'static [&'static str] {
        &["momentum"]
    }

    fn is_elementwise(&self) -> bool {
        true
    }

    fn update(&mut self, update: Update<'_>) {
        apply(self, update);
    }
}

impl Step<1, 6> for Lion {
    const SYMBOLS: [&'static str; 1] = ["m"];

    fn scalars<R: Recorder>(&self, recorder: R, moment: Moment) -> [R::Number; 6] {
        [
            recorder.constant("α", moment.learning_rate),
            recorder.constant("β₁", self.beta_1),
            recorder.constant("(1 − β₁)", 1.0 - self.beta_1),
            recorder.constant("β₂", self.beta_2),
            recorder.constant("(1 − β₂)", 1.0 - self.beta_2),
            recorder.literal(0.0),
        ]
    }

    #[inline(always)]
    fn step<N: Number>(
        [alpha, beta_1, rest_1, beta_2, rest_2, zero]: [N; 6],
        w: N,
        g: N,
        [m]: [N; 1],
    ) -> (N, [N; 1]) {
        let c = (m * beta_1 + g * rest_1).named("c");
        let down = zero.if_less(c, alpha, zero).named("down");
        let up = c.if_less(zero, alpha, zero).named("up");
        (w - down + up, [(m * beta_2 + g * rest_2).named("m")])
    }
}
