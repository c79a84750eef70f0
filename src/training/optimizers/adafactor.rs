//! Adafactor: of a matrix it stores the mean squared gradient of each row and column only (Keras' `optimizers/adafactor.py`;
//! Shazeer and Stern, 2018).

use super::common::{LEARNING_RATE, Shared, WEIGHT_DECAY, norm};
use super::rule::{OptimizerKind, Rule, Update, Variable, optimizer, zeros};
use crate::numerics::math;
use crate::options::declare::{NoEffect, NumberOr, class};
use crate::options::{Default, Kind};

class! {
    /// Steps in proportion to the weights, with statistics of rows and columns instead of single weights. For large models.
    #[formula(
        "v = row means x column means of g^2; u = g / sqrt(v); w <- w - max(eps2, rms(w)) min(lr, 1/sqrt(t)) u / max(1, rms(u) / d)"
    )]
    struct Adafactor("Adafactor", "adafactor", "Adafactor") + Shared {
        learning_rate: NumberOr = LEARNING_RATE;
        /// The decay rate of the means is 1 - t to the power of this.
        #[advanced]
        beta_2_decay("beta 2's exponent"): f32 = Kind::Float(-100.0, 0.0), Default::Float(-0.8);
        /// Added to g^2.
        #[advanced]
        epsilon_1("epsilon 1"): f32 = Kind::Float(0.0, 1e30), Default::Float(1e-30);
        /// Lower bound of the root mean square of an array's weights.
        #[advanced]
        epsilon_2("epsilon 2"): f32 = Kind::Float(0.0, 1e30), Default::Float(1e-3);
        /// Largest root mean square of a step before it is scaled: d in the formula.
        #[advanced]
        clip_threshold("clip"): f32 = Kind::Float(1e-6, 1e30), Default::Float(1.0);
        /// Whether the learning rate is at most 1 / sqrt(t). Has no effect: Keras limits it without this option, too.
        #[advanced]
        relative_step("relative steps"): NoEffect = Kind::Bool, Default::Bool(true);
        weight_decay: Option<f64> = WEIGHT_DECAY;
    }
}

pub static KIND: OptimizerKind = optimizer!(Adafactor, |own| Box::new(own));

/// Number of matrices in an array, their rows and their columns. `None` for an array of one axis.
fn factors(shape: &[usize]) -> Option<[usize; 3]> {
    match shape {
        [others @ .., rows, columns] => Some([others.iter().product(), *rows, *columns]),
        _ => None,
    }
}

impl Adafactor {
    /// Updates a moving average with the mean of g^2 over these numbers.
    fn update_mean(&self, mean: &mut f32, beta_2: f32, g: impl Iterator<Item = f32>) {
        let (mut sum, mut n) = (0.0f64, 0.0f64);
        for g in g {
            sum += f64::from(g * g + self.epsilon_1);
            n += 1.0;
        }
        *mean = beta_2 * *mean + (1.0 - beta_2) * (sum / n) as f32;
    }
}

/// Slots: moving average of g^2 (for matrices, the product of row and column averages); the row averages of all matrices;
/// the column averages of all matrices.
impl Rule for Adafactor {
    fn slots(&mut self, n: usize, variables: &[Variable]) -> Vec<Vec<f32>> {
        let mut slots = zeros(1, n);
        for axis in [1, 2] {
            let sizes = variables.iter().filter_map(|v| factors(&v.shape));
            slots.push(vec![0.0; sizes.map(|sizes| sizes[0] * sizes[axis]).sum()]);
        }
        slots
    }

    fn slot_names(&self) -> &'static [&'static str] {
        &["velocity"]
    }

    /// For an array without row and column averages, Keras keeps two scalars in their place.
    fn placeholders(&self, variables: &[Variable]) -> usize {
        let whole = variables.iter().filter(|v| factors(&v.shape).is_none());
        2 * whole.count()
    }

    fn update(&mut self, update: Update<'_>) {
        let t = update.t as f32;
        let slowed = 1.0 / t.sqrt();
        let lr = update.learning_rate;
        let beta_2 = 1.0 - math::pow(t, self.beta_2_decay);
        // Keras takes the minimum if relative_step is set, and takes it again in any case.
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
                        self.update_mean(old, beta_2, g.iter().copied());
                    }
                    for (j, old) in of_columns.iter_mut().enumerate() {
                        self.update_mean(old, beta_2, g[j..].iter().step_by(n_columns).copied());
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
                    self.update_mean(v, beta_2, std::iter::once(*g));
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
