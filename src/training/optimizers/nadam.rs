//! Nadam: Adam with Nesterov momentum (Keras' `optimizers/nadam.py`; Dozat, 2016).

use super::common::{BETA_1, BETA_2, EPSILON, LEARNING_RATE, Shared, WEIGHT_DECAY};
use super::elementwise::{Moment, Step, apply};
use super::rule::{OptimizerKind, Rule, Update, Variable, optimizer, zeros};
use crate::numerics::math;
use crate::numerics::record::{Number, Recorder};
use crate::options::declare::{NumberOr, class};

class! {
    /// Adam with Nesterov momentum.
    #[formula(
        "u_t = beta1 (1 - 0.96^t / 2), P = u_1 ... u_t; m^ = u_(t+1) m / (1 - P u_(t+1)) + (1 - u_t) g / (1 - P); w <- w - lr m^ / (sqrt(v^) + eps)"
    )]
    struct Nadam("Nadam", "nadam", "Nadam") + Shared {
        learning_rate: NumberOr = LEARNING_RATE;
        beta_1: f32 = BETA_1;
        beta_2: f32 = BETA_2;
        epsilon: f32 = EPSILON;
        weight_decay: Option<f64> = WEIGHT_DECAY;
    }
}

pub static KIND: OptimizerKind = optimizer!(Nadam, |own| Box::new(own));

/// Slots: moving averages of g and g^2; the product of all momenta so far, one number.
impl Rule for Nadam {
    fn slots(&mut self, n: usize, _: &[Variable]) -> Vec<Vec<f32>> {
        let mut slots = zeros(2, n);
        slots.push(vec![1.0]);
        slots
    }

    fn slot_names(&self) -> &'static [&'static str] {
        &["momentum", "velocity"]
    }

    fn update(&mut self, update: Update<'_>) {
        let product = match &mut *update.slots {
            [_, _, product, ..] => {
                product[0] = product[0] * self.beta_1 * fading(update.t);
                product[0]
            }
            _ => return,
        };
        apply(
            &Ahead {
                rule: self,
                product,
            },
            update,
        );
    }
}

/// How the momentum of update `t` fades: 1 - 0.96^t / 2.
fn fading(t: u64) -> f32 {
    1.0 - 0.5 * math::power(0.96, t)
}

/// The rule with the product of all momenta so far.
struct Ahead<'a> {
    rule: &'a Nadam,
    product: f32,
}

impl Step<2, 9> for Ahead<'_> {
    const SYMBOLS: [&'static str; 2] = ["m", "v"];

    fn scalars<R: Recorder>(&self, recorder: R, moment: Moment) -> [R::Number; 9] {
        let (beta_1, beta_2) = (self.rule.beta_1, self.rule.beta_2);
        let (one, p) = (recorder.literal(1.0), recorder.constant("P", self.product));
        let now = recorder.constant("u", beta_1 * fading(moment.t));
        let next = recorder.constant("u′", beta_1 * fading(moment.t + 1));
        let power = recorder.constant("β₂ᵗ", math::power(beta_2, moment.t));
        [
            recorder.constant("α", moment.learning_rate),
            recorder.constant("(1 − β₁)", 1.0 - beta_1),
            recorder.constant("(1 − β₂)", 1.0 - beta_2),
            next,
            one - p * next,
            one - now,
            one - p,
            one - power,
            recorder.constant("ε", self.rule.epsilon),
        ]
    }

    #[inline(always)]
    fn step<N: Number>(
        [
            alpha,
            rest_1,
            rest_2,
            next,
            left_next,
            rest,
            left,
            unbiased,
            epsilon,
        ]: [N; 9],
        w: N,
        g: N,
        [m, v]: [N; 2],
    ) -> (N, [N; 2]) {
        let m = (m + (g - m) * rest_1).named("m");
        let v = (v + (g * g - v) * rest_2).named("v");
        let ahead = (next * m / left_next + rest * g / left).named("m̂");
        let step = (ahead * alpha / ((v / unbiased).sqrt() + epsilon)).named("step");
        (w - step, [m, v])
    }
}
