//! Ftrl, "follow the regularized leader": weights from the sum of all gradients, with prices on their
//! size (Keras' `optimizers/ftrl.py`; McMahan et al., 2013).

use super::{
    Moment, Number, OptimizerKind, Recorder, Rule, Step, Update, Variable, apply, float,
    learning_rate, options,
};
use crate::options::{ClassSpec, OptionSpec, help_text};

/// A number that is not negative.
const fn price(name: &'static str, label: &'static str, doc: &'static str) -> OptionSpec {
    float(name, label, (0.0, 1e30), 0.0, doc)
}

pub static KIND: OptimizerKind = OptimizerKind {
    class: ClassSpec {
        class_name: "Ftrl",
        name: "ftrl",
        aliases: &[],
        label: "Ftrl",
        doc: help_text(
            "Finds each weight anew from all gradients so far; its L1 price sets many to exactly 0.",
        ),
        formula: help_text(
            "n' = n + g^2; z <- z + g - (n'^p - n^p) w / lr; w <- (clip(z, -l1, l1) - z) / \
                  (n'^p / lr + 2 l2 + beta / lr)",
        ),
        options: options!([
            &learning_rate(0.001),
            &float(
                "learning_rate_power",
                "rate's power",
                (-10.0, 0.0),
                -0.5,
                "How steps shorten with the sum of g^2: -p in the formula.",
            ),
            &float(
                "initial_accumulator_value",
                "first sum",
                (0.0, 1e30),
                0.1,
                "What the sum of g^2 begins with.",
            ),
            &price(
                "l1_regularization_strength",
                "L1",
                "Price of the sum of absolute weights."
            ),
            &price(
                "l2_regularization_strength",
                "L2",
                "Price of the sum of squared weights."
            ),
            &price(
                "l2_shrinkage_regularization_strength",
                "L2 shrinkage",
                "As L2, but in the gradient alone, not in the sum of g^2.",
            ),
            &price(
                "beta",
                "beta",
                "The paper's beta: one more price of squared weights."
            ),
        ]),
        group: "",
        shared: &[],
    },
    build: |choice| {
        Box::new(Ftrl {
            power: -choice.number("learning_rate_power") as f32,
            first: choice.number("initial_accumulator_value") as f32,
            l1: choice.number("l1_regularization_strength") as f32,
            l2: choice.number("l2_regularization_strength") as f32,
            shrinkage: 2.0 * choice.number("l2_shrinkage_regularization_strength") as f32,
            beta: choice.number("beta") as f32,
        })
    },
};

#[derive(Clone, Copy)]
struct Ftrl {
    power: f32,
    first: f32,
    l1: f32,
    l2: f32,
    shrinkage: f32,
    beta: f32,
}

/// Slots: the sum of g^2; the sum of gradients, each put to where the weight was.
impl Rule for Ftrl {
    fn memory(&mut self, n: usize, _: &[Variable]) -> Vec<Vec<f32>> {
        vec![vec![self.first; n], vec![0.0; n]]
    }

    fn names(&self) -> &'static [&'static str] {
        &["accumulator", "linear"]
    }

    fn is_elementwise(&self) -> bool {
        true
    }

    fn update(&mut self, update: Update<'_>) {
        match self.power == 0.5 {
            true => apply(&WithRoot(*self), update),
            false => apply(&WithPower(*self), update),
        }
    }
}

impl Ftrl {
    fn scalars<R: Recorder>(&self, recorder: R, moment: Moment) -> [R::Number; 6] {
        let lr = moment.learning_rate;
        [
            recorder.constant("α", lr),
            recorder.constant("λ₁", self.l1),
            recorder.constant("−λ₁", -self.l1),
            recorder.constant("(2 λ₂ + β/α)", 2.0 * (self.l2 + self.beta / (2.0 * lr))),
            recorder.constant("2 λ₃", self.shrinkage),
            recorder.constant("p", self.power),
        ]
    }
}

#[inline(always)]
fn stepped<N: Number>(
    [alpha, l1, minus_l1, l2, shrinkage, power]: [N; 6],
    (w, g): (N, N),
    [n, z]: [N; 2],
    raised: impl Fn(N, N) -> N,
) -> (N, [N; 2]) {
    let grown = (n + g * g).named("n′");
    let size = raised(grown, power).named("s");
    let z = (z + ((g + shrinkage * w) - (size - raised(n, power)) / alpha * w)).named("z");
    let clipped = z.if_less(minus_l1, minus_l1, l1.if_less(z, l1, z));
    let w = (clipped - z) / (size / alpha + l2);
    (w, [grown, z])
}

/// The usual power: a root.
struct WithRoot(Ftrl);

impl Step<2, 6> for WithRoot {
    const SYMBOLS: [&'static str; 2] = ["n", "z"];

    fn scalars<R: Recorder>(&self, recorder: R, moment: Moment) -> [R::Number; 6] {
        self.0.scalars(recorder, moment)
    }

    #[inline(always)]
    fn step<N: Number>(scalars: [N; 6], w: N, g: N, slots: [N; 2]) -> (N, [N; 2]) {
        stepped(scalars, (w, g), slots, |n, _| n.sqrt())
    }
}

/// Any other power.
struct WithPower(Ftrl);

impl Step<2, 6> for WithPower {
    const SYMBOLS: [&'static str; 2] = ["n", "z"];

    fn scalars<R: Recorder>(&self, recorder: R, moment: Moment) -> [R::Number; 6] {
        self.0.scalars(recorder, moment)
    }

    #[inline(always)]
    fn step<N: Number>(scalars: [N; 6], w: N, g: N, slots: [N; 2]) -> (N, [N; 2]) {
        stepped(scalars, (w, g), slots, N::pow)
    }
}
