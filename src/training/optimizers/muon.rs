//! Muon: the momentum of a matrix is made orthogonal before it is stepped along (Keras'
//! `optimizers/muon.py`; Jordan et al., 2024). All that is no matrix is moved by Adam.

use super::{
    Adam, EPSILON, OptimizerKind, Rule, Update, Variable, apply, flag, float, learning_rate, norm,
};
use super::{options, share, zeros};
use crate::kernels::matmul::Products;
use crate::options::{ClassSpec, ConfigObject, Default, Kind, OptionSpec, Value, help_text};
use std::ops::Range;

/// A number, or `None`.
const fn maybe(
    name: &'static str,
    label: &'static str,
    default: f64,
    doc: &'static str,
) -> OptionSpec {
    OptionSpec {
        name,
        label,
        doc: help_text(doc),
        kind: Kind::MaybeFloat(0.0, 1e30),
        default: Default::Float(default),
        advanced: false,
        start: "",
    }
}

/// A coefficient of the polynomial.
const fn coefficient(name: &'static str, label: &'static str, default: f64) -> OptionSpec {
    float(
        name,
        label,
        (-1e3, 1e3),
        default,
        "Coefficient of the step towards the orthogonal matrix.",
    )
}

pub static KIND: OptimizerKind = OptimizerKind {
    class: ClassSpec {
        class_name: "Muon",
        name: "muon",
        aliases: &[],
        label: "Muon",
        doc: help_text(
            "Makes the momentum of each matrix orthogonal, so that no direction is forgotten; moves the \
              rest as Adam.",
        ),
        formula: help_text(
            "m <- mu m + g; z = g + mu m, scaled to norm 1; 5 times A = z z^T, z <- a z + (b A + c A^2) \
                  z; w <- w - lr z sqrt(longer side) 0.2",
        ),
        options: options!(
            [
                &learning_rate(0.001),
                &share(
                    "adam_beta_1",
                    "Adam's beta 1",
                    0.9,
                    "Share of the past in Adam's mean of g."
                ),
                &share(
                    "adam_beta_2",
                    "Adam's beta 2",
                    0.999,
                    "Share of the past in Adam's mean of g^2."
                ),
                &maybe(
                    "adam_weight_decay",
                    "Adam's weight decay",
                    0.004,
                    "Weight decay of what Adam moves.",
                ),
                &EPSILON,
                &OptionSpec {
                    name: "exclude_layers",
                    label: "not for",
                    doc: help_text("Adam moves arrays whose path has one of these texts in it."),
                    kind: Kind::Texts,
                    default: Default::Null,
                    advanced: false,
                    start: "",
                },
                &flag(
                    "exclude_embeddings",
                    "not for embeddings",
                    true,
                    "Adam moves embeddings."
                ),
                &coefficient("muon_a", "a", 3.4445),
                &coefficient("muon_b", "b", -4.775),
                &coefficient("muon_c", "c", 2.0315),
                &float(
                    "adam_lr_ratio",
                    "Adam's rate",
                    (0.0, 1e6),
                    1.0,
                    "Adam's share of the rate."
                ),
                &share(
                    "momentum",
                    "momentum",
                    0.95,
                    "Share of the last direction that is kept."
                ),
                &OptionSpec {
                    name: "ns_steps",
                    label: "iterations",
                    doc: help_text("Steps towards the orthogonal matrix."),
                    kind: Kind::Int(0, 100),
                    default: Default::Int(5),
                    advanced: false,
                    start: "",
                },
                &flag(
                    "nesterov",
                    "Nesterov",
                    true,
                    "Looks where the momentum will lead."
                ),
                &maybe(
                    "rms_rate",
                    "size",
                    0.2,
                    "Size of a step beside Adam's; none takes it as it is."
                ),
            ],
            maybe(
                "weight_decay",
                "weight decay",
                0.004,
                "Weight decay of what Muon moves."
            )
        ),
        group: "",
        shared: &[],
    },
    build: |choice| Box::new(Muon::new(choice)),
};

struct Muon {
    adam: Adam,
    adam_share: f32,
    adam_decay: f32,
    momentum: f32,
    /// What is left of the momentum, less one.
    lost: f32,
    nesterov: bool,
    iterations: usize,
    coefficients: [f32; 3],
    size: Option<f32>,
    excluded: Vec<String>,
    no_embeddings: bool,
    /// Rows and columns of each array that Muon moves; `None` is Adam's.
    matrices: Vec<Option<(usize, usize)>>,
    products: Products,
    /// A matrix and its next form; z z^T and a polynomial of it.
    room: [Vec<f32>; 4],
}

impl Muon {
    fn new(choice: &ConfigObject) -> Self {
        let number = |name| choice.number(name) as f32;
        Muon {
            adam: Adam {
                beta_1: choice.number("adam_beta_1"),
                beta_2: choice.number("adam_beta_2"),
                epsilon: number("epsilon"),
            },
            adam_share: number("adam_lr_ratio"),
            adam_decay: number("adam_weight_decay"),
            momentum: number("momentum"),
            lost: (choice.number("momentum") - 1.0) as f32,
            nesterov: choice.flag("nesterov"),
            iterations: choice.count("ns_steps").unwrap_or(0),
            coefficients: [number("muon_a"), number("muon_b"), number("muon_c")],
            size: (*choice.get("rms_rate") != Value::Null).then(|| number("rms_rate")),
            excluded: choice.texts("exclude_layers").to_vec(),
            no_embeddings: choice.flag("exclude_embeddings"),
            matrices: Vec::new(),
            products: Products::default(),
            room: [const { Vec::new() }; 4],
        }
    }

    fn matrix(&self, variable: &Variable) -> Option<(usize, usize)> {
        let path = variable.path.as_bytes();
        let named = |text: &str, same: fn(&[u8], &[u8]) -> bool| {
            text.is_empty()
                || path
                    .windows(text.len())
                    .any(|part| same(part, text.as_bytes()))
        };
        let embeds = named("embedding", <[u8]>::eq_ignore_ascii_case);
        let excluded = self.excluded.iter().any(|text| named(text, |a, b| a == b));
        match variable.shape[..] {
            [rows, columns] if !(self.no_embeddings && embeds || excluded) => Some((rows, columns)),
            _ => None,
        }
    }

    /// The matrix in the room's first arena becomes nearly orthogonal (Newton and Schulz' iteration).
    fn orthogonal(&mut self, rows: usize, columns: usize) {
        let ([a, b, c], n) = (self.coefficients, rows.min(columns));
        let [z, next, square, sum] = &mut self.room;
        let (z, next) = (&mut z[..rows * columns], &mut next[..rows * columns]);
        let (square, sum) = (&mut square[..n * n], &mut sum[..n * n]);
        let scale = norm(z) + 1e-7;
        z.iter_mut().for_each(|z| *z /= scale);
        for _ in 0..self.iterations {
            // The square of the shorter side. Keras turns a tall matrix round; these are the same sums.
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

/// Slots: the momentum; Adam's running mean of g^2, of its arrays only.
impl Rule for Muon {
    fn memory(&mut self, n: usize, variables: &[Variable]) -> Vec<Vec<f32>> {
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
        self.room = [largest, largest, side * side, side * side].map(|n| vec![0.0; n]);
        let mut memory = zeros(1, n);
        memory.push(vec![0.0; adams]);
        memory
    }

    fn names(&self) -> &'static [&'static str] {
        &["momentum"]
    }

    fn decays(&self, _: usize, variables: &[Variable], rate: f32) -> Vec<(Range<usize>, f32)> {
        let decay = |matrix: &Option<_>| matrix.map_or(self.adam_decay, |_: (usize, usize)| rate);
        let spans = variables.iter().map(|v| v.span.clone());
        spans.zip(self.matrices.iter().map(decay)).collect()
    }

    fn update(&mut self, update: Update<'_>) {
        let lr = update.learning_rate;
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
                    learning_rate: lr * self.adam_share,
                    w,
                    g,
                    slots: &mut [momenta, own],
                    variables: &[],
                    written: None,
                };
                apply(&self.adam, adam);
                continue;
            };
            for ((m, g), z) in momenta.iter_mut().zip(g).zip(&mut self.room[0]) {
                *m += g + *m * self.lost;
                *z = if self.nesterov {
                    g + self.momentum * *m
                } else {
                    *m
                };
            }
            self.orthogonal(rows, columns);
            let longer = (rows.max(columns) as f32).sqrt();
            for (w, z) in w.iter_mut().zip(&self.room[0]) {
                let step = lr * z;
                *w -= self.size.map_or(step, |size| step * longer * size);
            }
        }
    }
}
