//! Ftrl, "follow the regularized leader" (Keras' `optimizers/ftrl.py`; McMahan et al., 2013).

use super::common::{LEARNING_RATE, Shared, WEIGHT_DECAY};
use super::elementwise::{Moment, Step};
use super::rule::{OptimizerKind, elementwise, optimizer};
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

pub static KIND: OptimizerKind = optimizer!(Options, |own| {
    let initial = [own.initial_accumulator_value, 0.0];
    match own.learning_rate_power as f32 == -0.5 {
        true => elementwise(Ftrl::<true>(own), &["accumulator", "linear"], initial),
        false => elementwise(Ftrl::<false>(own), &["accumulator", "linear"], initial),
    }
});

/// `ROOT`: with the usual power, a root.
struct Ftrl<const ROOT: bool>(Options);

/// Slots: n, the sum of g^2; z, the sum of gradients with the correction by w.
impl<const ROOT: bool> Step<2, 6> for Ftrl<ROOT> {
    const SYMBOLS: [&'static str; 2] = ["n", "z"];

    fn scalars<R: Recorder>(&self, recorder: R, moment: Moment) -> [R::Number; 6] {
        let (own, lr) = (&self.0, moment.learning_rate);
        let (l1, l2) = (
            own.l1_regularization_strength,
            own.l2_regularization_strength,
        );
        [
            recorder.constant("α", lr),
            recorder.constant("λ₁", l1),
            recorder.constant("−λ₁", -l1),
            recorder.constant("(2 λ₂ + β/α)", 2.0 * (l2 + own.beta / (2.0 * lr))),
            recorder.constant("2 λ₃", 2.0 * own.l2_shrinkage_regularization_strength),
            recorder.constant("p", -own.learning_rate_power as f32),
        ]
    }

    #[inline(always)]
    fn step<N: Number>(
        [alpha, l1, minus_l1, l2, shrinkage, power]: [N; 6],
        w: N,
        g: N,
        [n, z]: [N; 2],
    ) -> (N, [N; 2]) {
        let raised = |n: N| if ROOT { n.sqrt() } else { n.pow(power) };
        let grown = (n + g * g).named("n′");
        let size = raised(grown).named("s");
        let z = (z + ((g + shrinkage * w) - (size - raised(n)) / alpha * w)).named("z");
        let clipped = z.if_less(minus_l1, minus_l1, l1.if_less(z, l1, z));
        let w = (clipped - z) / (size / alpha + l2);
        (w, [grown, z])
    }
}
