//! Gradient descent, plain, with momentum, and with Nesterov's look ahead (Keras' `optimizers/sgd.py`).

use super::{
    MOMENTUM, Moment, Number, OptimizerKind, Recorder, Rule, Step, Update, Variable, apply, flag,
    learning_rate, options, zeros,
};
use crate::options::{ClassSpec, ConfigObject, help_text};

pub static KIND: OptimizerKind = OptimizerKind {
    class: ClassSpec {
        class_name: "SGD",
        name: "sgd",
        aliases: &[],
        label: "Gradient descent (SGD)",
        doc: help_text("Steps straight down the gradient of the batch."),
        formula: help_text("w <- w - lr g; with momentum m <- mu m - lr g, w <- w + m"),
        options: options!([
            &learning_rate(0.01),
            &MOMENTUM,
            &flag(
                "nesterov",
                "Nesterov",
                false,
                "Looks where the momentum will lead before it steps; nothing where there is none.",
            ),
        ]),
        group: "",
        shared: &[],
    },
    build: |choice: &ConfigObject| {
        Box::new(Sgd {
            momentum: choice.number("momentum") as f32,
            nesterov: choice.flag("nesterov"),
        })
    },
};

struct Sgd {
    momentum: f32,
    nesterov: bool,
}

/// Slots: the momentum, where there is one.
impl Rule for Sgd {
    fn memory(&mut self, n: usize, _: &[Variable]) -> Vec<Vec<f32>> {
        zeros(usize::from(self.momentum != 0.0), n)
    }

    fn names(&self) -> &'static [&'static str] {
        &["momentum"]
    }

    fn is_elementwise(&self) -> bool {
        true
    }

    fn update(&mut self, update: Update<'_>) {
        match (self.momentum != 0.0, self.nesterov) {
            (false, _) => apply(&Descent, update),
            (true, false) => apply(&Momentum(self.momentum), update),
            (true, true) => apply(&Nesterov(self.momentum), update),
        }
    }
}

/// w - alpha g.
struct Descent;

impl Step<0, 1> for Descent {
    const SYMBOLS: [&'static str; 0] = [];

    fn scalars<R: Recorder>(&self, recorder: R, moment: Moment) -> [R::Number; 1] {
        [recorder.constant("α", moment.learning_rate)]
    }

    #[inline(always)]
    fn step<N: Number>([alpha]: [N; 1], w: N, g: N, []: [N; 0]) -> (N, [N; 0]) {
        (w - alpha * g, [])
    }
}

/// The momentum is added to the weight.
struct Momentum(f32);

impl Step<1, 2> for Momentum {
    const SYMBOLS: [&'static str; 1] = ["m"];

    fn scalars<R: Recorder>(&self, recorder: R, moment: Moment) -> [R::Number; 2] {
        let alpha = recorder.constant("α", moment.learning_rate);
        [alpha, recorder.constant("μ", self.0)]
    }

    #[inline(always)]
    fn step<N: Number>([alpha, mu]: [N; 2], w: N, g: N, [m]: [N; 1]) -> (N, [N; 1]) {
        let m = (mu * m - g * alpha).named("m");
        (w + m, [m])
    }
}

/// The step that the new momentum would make is added to the weight.
struct Nesterov(f32);

impl Step<1, 2> for Nesterov {
    const SYMBOLS: [&'static str; 1] = ["m"];

    fn scalars<R: Recorder>(&self, recorder: R, moment: Moment) -> [R::Number; 2] {
        Momentum(self.0).scalars(recorder, moment)
    }

    #[inline(always)]
    fn step<N: Number>([alpha, mu]: [N; 2], w: N, g: N, [m]: [N; 1]) -> (N, [N; 1]) {
        let m = (mu * m - g * alpha).named("m");
        let ahead = (mu * m - g * alpha).named("Δw");
        (w + ahead, [m])
    }
}
