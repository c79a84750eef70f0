//! Adadelta: steps as long as the last ones were, for the size of the gradient (Keras'
//! `optimizers/adadelta.py`; Zeiler, 2012).

use super::{
    EPSILON, Moment, Number, OptimizerKind, Recorder, Rule, Step, Update, Variable, apply,
    learning_rate, options, share, zeros,
};
use crate::options::{ClassSpec, help_text};

pub static KIND: OptimizerKind = OptimizerKind {
    class: ClassSpec {
        class_name: "Adadelta",
        name: "adadelta",
        aliases: &[],
        label: "Adadelta",
        doc: help_text(
            "Finds the length of its steps from the last ones; its paper has a learning rate of 1.",
        ),
        formula: help_text(
            "d = -sqrt(D + eps) g / sqrt(v + eps); v, D: running means of g^2, d^2; w <- w + lr d",
        ),
        options: options!([
            &learning_rate(0.001),
            &share(
                "rho",
                "rho",
                0.95,
                "Share of the past in the running means of g^2 and of squared steps.",
            ),
            &EPSILON,
        ]),
        group: "",
        shared: &[],
    },
    build: |choice| {
        Box::new(Adadelta {
            rho: choice.number("rho"),
            epsilon: choice.number("epsilon") as f32,
        })
    },
};

struct Adadelta {
    rho: f64,
    epsilon: f32,
}

/// Slots: running means of g^2 and of squared steps.
impl Rule for Adadelta {
    fn memory(&mut self, n: usize, _: &[Variable]) -> Vec<Vec<f32>> {
        zeros(2, n)
    }

    fn names(&self) -> &'static [&'static str] {
        &["accumulated gradient", "accumulated delta"]
    }

    fn is_elementwise(&self) -> bool {
        true
    }

    fn update(&mut self, update: Update<'_>) {
        apply(self, update);
    }
}

impl Step<2, 4> for Adadelta {
    const SYMBOLS: [&'static str; 2] = ["v", "D"];

    fn scalars<R: Recorder>(&self, recorder: R, moment: Moment) -> [R::Number; 4] {
        [
            recorder.constant("α", moment.learning_rate),
            recorder.constant("ρ", self.rho as f32),
            recorder.constant("(1 − ρ)", (1.0 - self.rho) as f32),
            recorder.constant("ε", self.epsilon),
        ]
    }

    #[inline(always)]
    fn step<N: Number>(
        [alpha, rho, rest, epsilon]: [N; 4],
        w: N,
        g: N,
        [v, steps]: [N; 2],
    ) -> (N, [N; 2]) {
        let v = (rho * v + rest * (g * g)).named("v");
        let d = (-((steps + epsilon).sqrt() * g / (v + epsilon).sqrt())).named("d");
        let steps = (rho * steps + rest * (d * d)).named("D");
        (w + alpha * d, [v, steps])
    }
}
