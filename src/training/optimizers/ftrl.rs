//! Ftrl, "follow the regularized leader" (Keras' `optimizers/ftrl.py`; McMahan et al., 2013).

use super::common::{LEARNING_RATE, Shared, WEIGHT_DECAY};
use super::elementwise::{Moment, Step, apply};
use super::rule::{OptimizerKind, Parts, Rule, Update, Variable};
use crate::numerics::record::{Number, Recorder};
use crate::options::declare::{NumberOr, class};
use crate::options::{Default, Kind};

class! {
    /// Computes each weight from the sum of all gradients so far. Its L1 penalty sets many weights to exactly 0.
    #[formula(
        "n' = n + g^2; z <- z + g - (n'^p - n^p) w / lr; w <- (clip(z, -l1, l1) - z) / (n'^p / lr + 2 l2 + beta / lr)"
    )]
    struct Options("Ftrl", "ftrl", "Ftrl") + Shared {
        learning_rate: NumberOr = LEARNING_RATE;
        /// Exponent of the learning rate's decay with the sum of g^2: -p in the formula.
        #[advanced]
        learning_rate_power("rate's exponent"): f64 = Kind::Float(-10.0, 0.0), Default::Float(-0.5);
        /// Initial value of the sum of g^2.
        #[advanced]
        initial_accumulator_value("initial sum"): f32 = Kind::Float(0.0, 1e30), Default::Float(0.1);
        /// Factor of the absolute-weights penalty.
        #[advanced]
        l1_regularization_strength("L1"): f32 = Kind::Float(0.0, 1e30), Default::Float(0.0);
        /// Factor of the squared-weights penalty.
        #[advanced]
        l2_regularization_strength("L2"): f32 = Kind::Float(0.0, 1e30), Default::Float(0.0);
        /// Factor of a squared-weights penalty that is added to the gradient only, not to the sum of g^2.
        #[advanced]
        l2_shrinkage_regularization_strength("L2 shrinkage"): f32 = Kind::Float(0.0, 1e30), Default::Float(0.0);
        /// The paper's beta: adds beta / lr to the L2 penalty.
        #[advanced]
        beta("beta"): f32 = Kind::Float(0.0, 1e30), Default::Float(0.0);
        weight_decay: Option<f64> = WEIGHT_DECAY;
    }
}

pub static KIND: OptimizerKind = OptimizerKind {
    class: Options::SPEC,
    build: |config| {
        let options = Options::of(config);
        Parts {
            rule: Box::new(Ftrl {
                power: -options.learning_rate_power as f32,
                initial: options.initial_accumulator_value,
                l1: options.l1_regularization_strength,
                l2: options.l2_regularization_strength,
                shrinkage: 2.0 * options.l2_shrinkage_regularization_strength,
                beta: options.beta,
            }),
            learning_rate: options.learning_rate,
            weight_decay: options.weight_decay,
        }
    },
};

#[derive(Clone, Copy)]
struct Ftrl {
    power: f32,
    initial: f32,
    l1: f32,
    l2: f32,
    shrinkage: f32,
    beta: f32,
}

/// Slots: n, the sum of g^2; z, the sum of gradients with the correction by w.
impl Rule for Ftrl {
    fn slots(&mut self, n: usize, _: &[Variable]) -> Vec<Vec<f32>> {
        vec![vec![self.initial; n], vec![0.0; n]]
    }

    fn slot_names(&self) -> &'static [&'static str] {
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
