//! Muon: makes the momentum of a matrix orthogonal before each step (Keras' `optimizers/muon.py`; Jordan et al., 2024). Adam
//! updates all arrays that are no matrices.

use super::common::{Adam, EPSILON, LEARNING_RATE, Shared, norm};
use super::elementwise::apply;
use super::rule::{OptimizerKind, Rule, Update, Variable, optimizer, zeros};
use crate::kernels::matmul::Products;
use crate::options::declare::{NumberOr, class};
use crate::options::{Default, Kind};
use std::ops::Range;

class! {
    /// Makes the momentum of each matrix orthogonal, so that no direction is neglected. Adam updates all other arrays.
    #[formula("m <- mu m + g; z = g + mu m, scaled to norm 1; 5 times A = z z^T, z <- a z + (b A + c A^2) z; w <- w - lr z sqrt(longer side) 0.2")]
    struct Options("Muon", "muon", "Muon") + Shared {
        learning_rate: NumberOr = LEARNING_RATE;
        /// Decay rate of Adam's mean of g.
        #[advanced]
        adam_beta_1("Adam's beta 1"): f64 = Kind::Float(0.0, 1.0), Default::Float(0.9);
        /// Decay rate of Adam's mean of g^2.
        #[advanced]
        adam_beta_2("Adam's beta 2"): f64 = Kind::Float(0.0, 1.0), Default::Float(0.999);
        /// Weight decay of the arrays that Adam updates.
        #[advanced]
        adam_weight_decay("Adam's weight decay"): Option<f32> = Kind::MaybeFloat(0.0, 1e30), Default::Float(0.004);
        epsilon: f32 = EPSILON;
        /// Adam updates the arrays whose path contains one of these texts.
        #[advanced]
        exclude_layers("exclude"): Vec<String> = Kind::Texts, Default::Null;
        /// Adam updates embeddings.
        #[advanced]
        exclude_embeddings("exclude embeddings"): bool = Kind::Bool, Default::Bool(true);
        /// Coefficient of z in an iteration.
        #[advanced]
        muon_a("a"): f32 = Kind::Float(-1e3, 1e3), Default::Float(3.4445);
        /// Coefficient of A z in an iteration.
        #[advanced]
        muon_b("b"): f32 = Kind::Float(-1e3, 1e3), Default::Float(-4.775);
        /// Coefficient of A^2 z in an iteration.
        #[advanced]
        muon_c("c"): f32 = Kind::Float(-1e3, 1e3), Default::Float(2.0315);
        /// Adam's learning rate as a fraction of Muon's.
        #[advanced]
        adam_lr_ratio("Adam's rate"): f32 = Kind::Float(0.0, 1e6), Default::Float(1.0);
        /// Fraction of the previous direction that is kept.
        momentum("momentum"): f64 = Kind::Float(0.0, 1.0), Default::Float(0.95);
        /// Number of iterations that make the matrix orthogonal.
        #[advanced]
        ns_steps("iterations"): usize = Kind::Int(0, 100), Default::Int(5);
        /// Nesterov momentum.
        #[advanced]
        nesterov("Nesterov"): bool = Kind::Bool, Default::Bool(true);
        /// Factor that brings a step to the size of Adam's. Without it, steps are not scaled.
        #[advanced]
        rms_rate("size"): Option<f32> = Kind::MaybeFloat(0.0, 1e30), Default::Float(0.2);
        /// Weight decay of the arrays that Muon updates.
        #[advanced]
        weight_decay("weight decay"): Option<f64> = Kind::MaybeFloat(0.0, 1e30), Default::Float(0.004);
    }
}

pub static KIND: OptimizerKind = optimizer!(Options, |own| Box::new(Muon {
    options: own,
    matrices: Vec::new(),
    products: Products::default(),
    buffers: [const { Vec::new() }; 4],
}));

struct Muon {
    options: Options,
    /// Rows and columns of each array; `None` where Adam updates it.
    matrices: Vec<Option<(usize, usize)>>,
    products: Products,
    /// z, the next z, z z^T, and a polynomial of z z^T.
    buffers: [Vec<f32>; 4],
}

impl Muon {
    /// Rows and columns, where Muon updates the array.
    fn matrix(&self, variable: &Variable) -> Option<(usize, usize)> {
        let path = variable.path.as_bytes();
        let named = |text: &str, same: fn(&[u8], &[u8]) -> bool| {
            text.is_empty()
                || path
                    .windows(text.len())
                    .any(|part| same(part, text.as_bytes()))
        };
        let embedding = named("embedding", <[u8]>::eq_ignore_ascii_case);
        let excluded = self
            .options
            .exclude_layers
            .iter()
            .any(|text| named(text, |a, b| a == b));
        match variable.shape[..] {
            [rows, columns] if !(self.options.exclude_embeddings && embedding || excluded) => {
                Some((rows, columns))
            }
            _ => None,
        }
    }

    /// Makes the matrix in the first buffer nearly orthogonal (Newton-Schulz iteration).
    fn orthogonal(&mut self, rows: usize, columns: usize) {
        let Options {
            muon_a: a,
            muon_b: b,
            muon_c: c,
            ..
        } = self.options;
        let n = rows.min(columns);
        let [z, next, square, sum] = &mut self.buffers;
        let (z, next) = (&mut z[..rows * columns], &mut next[..rows * columns]);
        let (square, sum) = (&mut square[..n * n], &mut sum[..n * n]);
        let scale = norm(z) + 1e-7;
        z.iter_mut().for_each(|z| *z /= scale);
        for _ in 0..self.options.ns_steps {
            // Keras transposes a tall matrix first. The sums are the same.
            if rows > columns {
                self.products.of_transposed(z, z, square, columns, columns);
            } else {
                self.products.with_transposed(z, z, square, columns, rows);
            }
            self.products.product(square, square, sum, n, n);
            for (sum, square) in sum.iter_mut().zip(&*square) {
                *sum = b * square + c * *sum;
            }
            if rows > columns {
                self.products.product(z, sum, next, columns, columns);
            } else {
                self.products.product(sum, z, next, rows, columns);
            }
            z.iter_mut()
                .zip(&*next)
                .for_each(|(z, next)| *z = a * *z + next);
        }
    }
}

/// Slots: the momentum (Adam's mean of g); Adam's mean of g^2, of its arrays only.
impl Rule for Muon {
    fn slots(&mut self, n: usize, variables: &[Variable]) -> Vec<Vec<f32>> {
        self.matrices = variables.iter().map(|v| self.matrix(v)).collect();
        let (mut largest, mut side, mut adams) = (0, 0, 0);
        for (variable, matrix) in variables.iter().zip(&self.matrices) {
            match matrix {
                Some((rows, columns)) => {
                    largest = largest.max(rows * columns);
                    side = side.max(*rows.min(columns));
                }
                None => adams += variable.span.len(),
            }
        }
        self.buffers = [largest, largest, side * side, side * side].map(|n| vec![0.0; n]);
        let mut slots = zeros(1, n);
        slots.push(vec![0.0; adams]);
        slots
    }

    fn slot_names(&self) -> &'static [&'static str] {
        &["momentum"]
    }

    fn decays(
        &self,
        _: usize,
        variables: &[Variable],
        weight_decay: f32,
    ) -> Vec<(Range<usize>, f32)> {
        let adams = self.options.adam_weight_decay.unwrap_or(0.0);
        let decay = |matrix: &Option<_>| matrix.map_or(adams, |_: (usize, usize)| weight_decay);
        let spans = variables.iter().map(|v| v.span.clone());
        spans.zip(self.matrices.iter().map(decay)).collect()
    }

    fn update(&mut self, update: Update<'_>) {
        let (lr, own) = (update.learning_rate, &self.options);
        let (nesterov, size, adam_rate) = (own.nesterov, own.rms_rate, own.adam_lr_ratio);
        let step = Adam::new(own.adam_beta_1, own.adam_beta_2, own.epsilon);
        // The subtraction is in double precision, as in Keras.
        let (momentum, minus_one) = (own.momentum as f32, (own.momentum - 1.0) as f32);
        let [momenta, squares, ..] = update.slots else {
            return;
        };
        let mut squares = &mut squares[..];
        for (i, Variable { span, .. }) in update.variables.iter().enumerate() {
            let (w, g) = (&mut update.w[span.clone()], &update.g[span.clone()]);
            let momenta = &mut momenta[span.clone()];
            let Some(Some((rows, columns))) = self.matrices.get(i).copied() else {
                let (own, rest) = std::mem::take(&mut squares).split_at_mut(w.len());
                squares = rest;
                let adam = Update {
                    t: update.t,
                    learning_rate: lr * adam_rate,
                    w,
                    g,
                    slots: &mut [momenta, own],
                    variables: &[],
                    written: None,
                };
                apply(&step, adam);
                continue;
            };
            for ((m, g), z) in momenta.iter_mut().zip(g).zip(&mut self.buffers[0]) {
                *m += g + *m * minus_one;
                *z = if nesterov { g + momentum * *m } else { *m };
            }
            self.orthogonal(rows, columns);
            let longer = (rows.max(columns) as f32).sqrt();
            for (w, z) in w.iter_mut().zip(&self.buffers[0]) {
                let step = lr * z;
                *w -= size.map_or(step, |size| step * longer * size);
            }
        }
    }
}
