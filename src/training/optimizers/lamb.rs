//! Lamb: Adam with steps in proportion to the norm of each array's weights (Keras' `optimizers/lamb.py`; You et al., 2019).

use super::common::{Adam, BETA_1, BETA_2, EPSILON, LEARNING_RATE, Shared, WEIGHT_DECAY, norm};
use super::rule::{OptimizerKind, Rule, Update, Variable, optimizer, zeros};
use crate::numerics::math;
use crate::options::declare::{NumberOr, class};

class! {
    /// Adam with steps in proportion to the norm of each array of weights. Made for very large batches.
    #[formula("u = m^ / (sqrt(v^) + eps); w <- w - lr |w| / |u| u, norms of each array")]
    struct Options("Lamb", "lamb", "Lamb") + Shared {
        learning_rate: NumberOr = LEARNING_RATE;
        beta_1: f64 = BETA_1;
        beta_2: f64 = BETA_2;
        epsilon: f32 = EPSILON;
        weight_decay: Option<f64> = WEIGHT_DECAY;
    }
}

pub static KIND: OptimizerKind = optimizer!(Options, |own| {
    Box::new(Lamb(Adam::new(own.beta_1, own.beta_2, own.epsilon)))
});

struct Lamb(Adam);

/// Slots: moving averages of g and g^2.
impl Rule for Lamb {
    fn slots(&mut self, n: usize, _: &[Variable]) -> Vec<Vec<f32>> {
        zeros(2, n)
    }

    fn slot_names(&self) -> &'static [&'static str] {
        &["momentum", "velocity"]
    }

    fn update(&mut self, update: Update<'_>) {
        let ((rest_1, rest_2), epsilon) = (self.0.one_minus_betas(), self.0.epsilon);
        let unbias_1 = 1.0 - math::power(self.0.beta_1 as f32, update.t);
        let unbias_2 = 1.0 - math::power(self.0.beta_2 as f32, update.t);
        let step = |m: f32, v: f32| m / unbias_1 / ((v / unbias_2).sqrt() + epsilon);
        let [means, squares, ..] = update.slots else {
            return;
        };
        for Variable { span, .. } in update.variables {
            let (w, g) = (&mut update.w[span.clone()], &update.g[span.clone()]);
            let (means, squares) = (&mut means[span.clone()], &mut squares[span.clone()]);
            let mut sum = 0.0f64;
            for ((g, m), v) in g.iter().zip(&mut *means).zip(&mut *squares) {
                *m += (g - *m) * rest_1;
                *v += (g * g - *v) * rest_2;
                let u = step(*m, *v);
                sum += f64::from(u * u);
            }
            let (of_w, of_u) = (norm(w), (sum as f32).sqrt());
            let ratio = if of_w > 0.0 && of_u > 0.0 {
                of_w / of_u
            } else {
                1.0
            };
            let rate = ratio * update.learning_rate;
            for ((w, m), v) in w.iter_mut().zip(means.iter_mut()).zip(squares.iter_mut()) {
                *w -= rate * step(*m, *v);
            }
        }
    }
}
