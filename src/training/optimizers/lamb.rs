//! Lamb: Adam whose steps are as long as the weights of each array are large (Keras'
//! `optimizers/lamb.py`; You et al., 2019).

use super::{
    Adam, BETA_1, BETA_2, EPSILON, OptimizerKind, Rule, Update, Variable, learning_rate, norm,
    options, zeros,
};
use crate::numerics::math;
use crate::options::{ClassSpec, help_text};

pub static KIND: OptimizerKind = OptimizerKind {
    class: ClassSpec {
        class_name: "Lamb",
        name: "lamb",
        aliases: &[],
        label: "Lamb",
        doc: help_text(
            "Adam with steps in proportion to the size of each layer's weights: made for huge batches.",
        ),
        formula: help_text(
            "u = m^ / (sqrt(v^) + eps); w <- w - lr |w| / |u| u, norms of each array",
        ),
        options: options!([&learning_rate(0.001), &BETA_1, &BETA_2, &EPSILON]),
        group: "",
        shared: &[],
    },
    build: |choice| {
        Box::new(Lamb(Adam {
            beta_1: choice.number("beta_1"),
            beta_2: choice.number("beta_2"),
            epsilon: choice.number("epsilon") as f32,
        }))
    },
};

struct Lamb(Adam);

/// Slots: running means of g and g^2.
impl Rule for Lamb {
    fn memory(&mut self, n: usize, _: &[Variable]) -> Vec<Vec<f32>> {
        zeros(2, n)
    }

    fn names(&self) -> &'static [&'static str] {
        &["momentum", "velocity"]
    }

    fn update(&mut self, update: Update<'_>) {
        let ((rest_1, rest_2), epsilon) = (self.0.one_minus_betas(), self.0.epsilon);
        let left_1 = 1.0 - math::power(self.0.beta_1 as f32, update.t);
        let left_2 = 1.0 - math::power(self.0.beta_2 as f32, update.t);
        let toward = |m: f32, v: f32| m / left_1 / ((v / left_2).sqrt() + epsilon);
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
                let u = toward(*m, *v);
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
                *w -= rate * toward(*m, *v);
            }
        }
    }
}
