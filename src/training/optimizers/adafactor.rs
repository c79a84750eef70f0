//! Adafactor: of a matrix it remembers the running size of each row and column only (Keras'
//! `optimizers/adafactor.py`; Shazeer and Stern, 2018).

use super::{
    OptimizerKind, Rule, Update, Variable, flag, float, learning_rate, norm, options, zeros,
};
use crate::numerics::math;
use crate::options::{ClassSpec, help_text};

pub static KIND: OptimizerKind = OptimizerKind {
    class: ClassSpec {
        class_name: "Adafactor",
        name: "adafactor",
        aliases: &[],
        label: "Adafactor",
        doc: help_text(
            "Steps in proportion to the weights, from the sizes of rows and columns: for large models.",
        ),
        formula: help_text(
            "v = row means x column means of g^2; u = g / sqrt(v); w <- w - max(eps2, rms(w)) \
                  min(lr, 1/sqrt(t)) u / max(1, rms(u) / d)",
        ),
        options: options!([
            &learning_rate(0.001),
            &float(
                "beta_2_decay",
                "beta 2's decay",
                (-100.0, 0.0),
                -0.8,
                "The share of the past in the running means is 1 - t to this power.",
            ),
            &float(
                "epsilon_1",
                "epsilon 1",
                (0.0, 1e30),
                1e-30,
                "Added to g^2."
            ),
            &float(
                "epsilon_2",
                "epsilon 2",
                (0.0, 1e30),
                1e-3,
                "Least size of an array's weights that counts.",
            ),
            &float(
                "clip_threshold",
                "clip",
                (1e-6, 1e30),
                1.0,
                "Largest root mean square of a step before it is scaled: d in the formula.",
            ),
            &flag(
                "relative_step",
                "relative steps",
                true,
                "Says that the learning rate falls as 1 / sqrt(t), as Keras' does without it, too.",
            ),
        ]),
        group: "",
        shared: &[],
    },
    build: |choice| {
        Box::new(Adafactor {
            beta_2_decay: choice.number("beta_2_decay") as f32,
            epsilon_1: choice.number("epsilon_1") as f32,
            epsilon_2: choice.number("epsilon_2") as f32,
            clip_threshold: choice.number("clip_threshold") as f32,
        })
    },
};

struct Adafactor {
    beta_2_decay: f32,
    epsilon_1: f32,
    epsilon_2: f32,
    clip_threshold: f32,
}

/// Matrices, rows and columns of an array, of its last two axes; `None` where it has one axis.
fn factors(shape: &[usize]) -> Option<[usize; 3]> {
    match shape {
        [others @ .., rows, columns] => Some([others.iter().product(), *rows, *columns]),
        _ => None,
    }
}

impl Adafactor {
    /// `old` moves towards the mean of g^2 over these numbers.
    fn remember(&self, old: &mut f32, share: f32, g: impl Iterator<Item = f32>) {
        let (mut sum, mut n) = (0.0f64, 0.0f64);
        for g in g {
            sum += f64::from(g * g + self.epsilon_1);
            n += 1.0;
        }
        *old = share * *old + (1.0 - share) * (sum / n) as f32;
    }
}

/// Slots: running mean of g^2 (of matrices, the product of those of row and column); running means of the
/// rows, then of the columns, of all matrices, one after another.
impl Rule for Adafactor {
    fn memory(&mut self, n: usize, variables: &[Variable]) -> Vec<Vec<f32>> {
        let mut memory = zeros(1, n);
        for axis in [1, 2] {
            let sizes = variables.iter().filter_map(|v| factors(&v.shape));
            memory.push(vec![0.0; sizes.map(|sizes| sizes[0] * sizes[axis]).sum()]);
        }
        memory
    }

    fn names(&self) -> &'static [&'static str] {
        &["velocity"]
    }

    /// Keras has two scalars in the place of each array's factors that has none.
    fn placeholders(&self, variables: &[Variable]) -> usize {
        let whole = variables.iter().filter(|v| factors(&v.shape).is_none());
        2 * whole.count()
    }

    fn update(&mut self, update: Update<'_>) {
        let t = update.t as f32;
        let slowed = 1.0 / t.sqrt();
        let lr = update.learning_rate;
        let share = 1.0 - math::pow(t, self.beta_2_decay);
        // Keras takes the smaller one with relative_step and again without.
        let rate = if lr < slowed { lr } else { slowed };
        let [squares, rows, columns, ..] = update.slots else {
            return;
        };
        let (mut rows, mut columns) = (&mut rows[..], &mut columns[..]);
        for Variable { span, shape, .. } in update.variables {
            let (w, g) = (&mut update.w[span.clone()], &update.g[span.clone()]);
            let v = &mut squares[span.clone()];
            if let Some([matrices, n_rows, n_columns]) = factors(shape) {
                for i in 0..matrices {
                    let at = i * n_rows * n_columns..(i + 1) * n_rows * n_columns;
                    let (g, v) = (&g[at.clone()], &mut v[at]);
                    let (of_rows, rest) = std::mem::take(&mut rows).split_at_mut(n_rows);
                    rows = rest;
                    let (of_columns, rest) = std::mem::take(&mut columns).split_at_mut(n_columns);
                    columns = rest;
                    for (old, g) in of_rows.iter_mut().zip(g.chunks_exact(n_columns)) {
                        self.remember(old, share, g.iter().copied());
                    }
                    for (j, old) in of_columns.iter_mut().enumerate() {
                        self.remember(old, share, g[j..].iter().step_by(n_columns).copied());
                    }
                    let sum = of_rows.iter().fold(0.0f64, |sum, r| sum + f64::from(*r));
                    let mean = (sum / n_rows as f64) as f32;
                    for (v, r) in v.chunks_exact_mut(n_columns).zip(of_rows) {
                        for (v, c) in v.iter_mut().zip(&*of_columns) {
                            *v = *r / mean * c;
                        }
                    }
                }
            } else {
                for (v, g) in v.iter_mut().zip(g) {
                    self.remember(v, share, std::iter::once(*g));
                }
            }
            let root_n = (w.len() as f32).sqrt();
            let size = norm(w) / root_n;
            let step = if size > self.epsilon_2 {
                size
            } else {
                self.epsilon_2
            } * rate;
            let mut sum = 0.0f64;
            for (v, g) in v.iter().zip(g) {
                let u = g / v.sqrt();
                sum += f64::from(u * u);
            }
            let excess = (sum as f32).sqrt() / root_n / self.clip_threshold;
            let excess = if excess > 1.0 { excess } else { 1.0 };
            for ((w, g), v) in w.iter_mut().zip(g).zip(v) {
                *w -= step * (g / v.sqrt() / excess);
            }
        }
    }
}
