//! Adagrad: steps divided by all gradients so far (Keras' `optimizers/adagrad.py`; Duchi et al., 2011).

use super::{
    EPSILON, Moment, Number, OptimizerKind, Recorder, Rule, Step, Update, Variable, apply, float,
    learning_rate, options,
};
use crate::options::{ClassSpec, help_text};

pub static KIND: OptimizerKind = OptimizerKind {
    class: ClassSpec {
        class_name: "Adagrad",
        name: "adagrad",
        aliases: &[],
        label: "Adagrad",
        doc: help_text(
            "Steps grow shorter for weights that have moved much: good where some inputs are rare.",
        ),
        formula: help_text("v <- v + g^2; w <- w - lr g / sqrt(v + eps)"),
        options: options!([
            &learning_rate(0.001),
            &float(
                "initial_accumulator_value",
                "first sum",
                (0.0, 1e30),
                0.1,
                "What the sum of g^2 begins with.",
            ),
            &EPSILON,
        ]),
        group: "",
        shared: &[],
    },
    build: |choice| {
        Box::new(Adagrad {
            first: choice.number("initial_accumulator_value") as f32,
            epsilon: choice.number("epsilon") as f32,
        })
    },
};

struct Adagrad {
    first: f32,
    epsilon: f32,
}

/// Slot: the sum of g^2.
impl Rule for Adagrad {
    fn memory(&mut self, n: usize, _: &[Variable]) -> Vec<Vec<f32>> {
        vec![vec![self.first; n]]
    }

    fn names(&self) -> &'static [&'static str] {
        &["accumulator"]
    }

    fn is_elementwise(&self) -> bool {
        true
    }

    fn update(&mut self, update: Update<'_>) {
        apply(self, update);
    }
}

impl Step<1, 2> for Adagrad {
    const SYMBOLS: [&'static str; 1] = ["v"];

    fn scalars<R: Recorder>(&self, recorder: R, moment: Moment) -> [R::Number; 2] {
        let alpha = recorder.constant("α", moment.learning_rate);
        [alpha, recorder.constant("ε", self.epsilon)]
    }

    #[inline(always)]
    fn step<N: Number>([alpha, epsilon]: [N; 2], w: N, g: N, [v]: [N; 1]) -> (N, [N; 1]) {
        let v = (v + g * g).named("v");
        let step = (alpha * g / (v + epsilon).sqrt()).named("step");
        (w - step, [v])
    }
}
