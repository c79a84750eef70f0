//! Circle loss: rows of one label are to lie close together, and far from the others.

use super::shared::{REDUCTION, entry, number};
use super::{Batch, Form, LossKind, TakesLogits, Targets};
use crate::numerics::math;
use crate::options::{Default, Kind, OptionSpec, help_text};

pub const CIRCLE: LossKind = LossKind {
    class: entry(
        ("Circle", "circle"),
        &[],
        "Circle",
        "L_i = softplus(lse_j gamma (d_ij^2 - m^2) + lse_k gamma ((1 - d_ik)^2 - m^2)), d = 1 - cosine, \
         j of the same label, k of others",
        "For embeddings of length 1: pulls rows of one label together and pushes the others away. Rows \
         that have no partner in their batch do not count.",
        &[
            &number(
                "gamma",
                "How sharply the worst pair counts.",
                (0.0, 1e4),
                80.0,
            ),
            &number(
                "margin",
                "How close, and how far, is enough.",
                (0.0, 1.0),
                0.4,
            ),
            &OptionSpec {
                name: "remove_diagonal",
                label: "remove_diagonal",
                doc: help_text("A row is not its own partner."),
                kind: Kind::Bool,
                default: Default::Bool(true),
                advanced: false,
                start: "",
            },
            &REDUCTION,
        ],
    ),
    form: Form::Pairs { values, gradient },
    targets: Targets::Labels,
    takes_logits: TakesLogits::Never,
};

/// ln(sum e^x) of the numbers added so far.
#[derive(Clone, Copy)]
struct LogSum {
    top: f64,
    sum: f64,
}

impl LogSum {
    const EMPTY: LogSum = LogSum {
        top: f64::NEG_INFINITY,
        sum: 0.0,
    };

    fn add(&mut self, x: f64) {
        if x > self.top {
            self.sum = self.sum * math::exp_f64(self.top - x) + 1.0;
            self.top = x;
        } else {
            self.sum += math::exp_f64(x - self.top);
        }
    }

    fn value(self) -> f64 {
        self.top + math::ln_f64(self.sum)
    }
}

/// A pair of rows: whether they have one label, what it adds to the sum, and its slope with respect
/// to the product of the two.
struct Pair {
    positive: bool,
    x: f64,
    slope: f64,
}

/// `None`: the two do not count as a pair.
fn pair(batch: &Batch<'_>, options: &[f32], i: usize, j: usize) -> Option<Pair> {
    let n = batch.n_outputs;
    let (gamma, margin) = (f64::from(options[0]), f64::from(options[1]));
    let positive = batch.t[i] as i32 == batch.t[j] as i32;
    if i == j && options[2] != 0.0 {
        return None;
    }
    let (a, b) = (&batch.p[i * n..][..n], &batch.p[j * n..][..n]);
    let product: f64 = a
        .iter()
        .zip(b)
        .map(|(a, b)| f64::from(*a) * f64::from(*b))
        .sum();
    let (distance, moves) = if product > 1.0 {
        (0.0, 0.0)
    } else {
        (1.0 - product, 1.0)
    };
    let (x, slope) = if positive {
        let weight = margin + distance;
        (
            -gamma * weight * (margin - distance),
            2.0 * gamma * distance,
        )
    } else {
        let weight = 1.0 + margin - distance;
        if weight < 0.0 {
            (0.0, 0.0)
        } else {
            let x = gamma * weight * (1.0 - margin - distance);
            (x, -2.0 * gamma * (1.0 - distance))
        }
    };
    Some(Pair {
        positive,
        x,
        slope: -slope * moves,
    })
}

/// The two logarithms of row `i`: of its partners and of the others.
fn sums(batch: &Batch<'_>, options: &[f32], i: usize, rows: usize) -> (LogSum, LogSum) {
    let (mut near, mut far) = (LogSum::EMPTY, LogSum::EMPTY);
    for pair in (0..rows).filter_map(|j| pair(batch, options, i, j)) {
        let sum = if pair.positive { &mut near } else { &mut far };
        sum.add(pair.x);
    }
    (near, far)
}

/// A row without a partner, or without another, is worth 0.
fn total(near: LogSum, far: LogSum) -> f64 {
    if near.sum == 0.0 || far.sum == 0.0 {
        f64::NEG_INFINITY
    } else {
        near.value() + far.value()
    }
}

fn values(batch: &Batch<'_>, options: &[f32], values: &mut [f32]) {
    let rows = values.len();
    for (i, value) in values.iter_mut().enumerate() {
        let (near, far) = sums(batch, options, i, rows);
        *value = math::softplus(total(near, far) as f32);
    }
}

fn gradient(batch: &Batch<'_>, options: &[f32], factors: &[f32], d: &mut [f32]) {
    let (n, rows) = (batch.n_outputs, factors.len());
    d.fill(0.0);
    for (i, factor) in factors.iter().enumerate() {
        let (near, far) = sums(batch, options, i, rows);
        let above = math::sigmoid(total(near, far) as f32);
        if above == 0.0 || *factor == 0.0 {
            continue;
        }
        for j in 0..rows {
            let Some(pair) = pair(batch, options, i, j) else {
                continue;
            };
            let of = if pair.positive { near } else { far };
            let share = math::exp_f64(pair.x - of.value());
            let slope = (f64::from(factor * above) * share * pair.slope) as f32;
            for k in 0..n {
                d[i * n + k] += slope * batch.p[j * n + k];
                d[j * n + k] += slope * batch.p[i * n + k];
            }
        }
    }
}
