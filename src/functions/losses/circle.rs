//! Circle loss: rows with the same label should be close together, and far from the others.

use super::loss::{Batch, Form, LossKind, Pairs, Settings, Targets};
use super::shared::REDUCTION;
use crate::numerics::math;
use crate::options::declare::class;
use crate::options::{Default, Kind};

class! {
    /// For embeddings of length 1: pulls rows with the same label together and pushes the others away. Rows without a
    /// partner in their batch are not counted.
    #[formula("L_i = softplus(lse_j gamma (d_ij^2 - m^2) + lse_k gamma ((1 - d_ik)^2 - m^2)), d = 1 - cosine, \
        j of the same label, k of others")]
    #[group("similarity")]
    struct Circle("Circle", "circle", "Circle") {
        /// Weight of the worst pairs relative to the others.
        gamma("gamma"): f32 = Kind::Float(0.0, 1e4), Default::Float(80.0);
        /// Distance at which a pair is close, or far, enough.
        #[advanced]
        margin("margin"): f32 = Kind::Float(0.0, 1.0), Default::Float(0.4);
        /// Does not pair a row with itself.
        #[advanced]
        remove_diagonal("remove diagonal"): bool = Kind::Bool, Default::Bool(true);
        reduction: &'static str = REDUCTION;
    }
}

pub static CIRCLE: LossKind = LossKind::new(Circle::SPEC, Targets::Labels, |config| {
    let options = Circle::of(config);
    Settings::new(options.reduction, Form::Pairs(Box::new(options)))
});

/// Accumulates ln(sum e^x) without overflow.
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

/// A pair of rows: whether the labels are equal, its exponent in the sum, and the derivative of that with respect to the
/// product of the two rows.
struct Pair {
    positive: bool,
    x: f64,
    slope: f64,
}

/// `None` where the two do not count as a pair.
fn pair(batch: &Batch<'_>, options: &Circle, i: usize, j: usize) -> Option<Pair> {
    let n = batch.n_outputs;
    let (gamma, margin) = (f64::from(options.gamma), f64::from(options.margin));
    let positive = batch.t[i] as i32 == batch.t[j] as i32;
    if i == j && options.remove_diagonal {
        return None;
    }
    let (a, b) = (&batch.p[i * n..][..n], &batch.p[j * n..][..n]);
    let product: f64 = a
        .iter()
        .zip(b)
        .map(|(a, b)| f64::from(*a) * f64::from(*b))
        .sum();
    let (distance, passes) = if product > 1.0 {
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
        slope: -slope * passes,
    })
}

/// The two logarithms of row `i`: over rows with the same label, and over the others.
fn sums(batch: &Batch<'_>, options: &Circle, i: usize, rows: usize) -> (LogSum, LogSum) {
    let (mut near, mut far) = (LogSum::EMPTY, LogSum::EMPTY);
    for pair in (0..rows).filter_map(|j| pair(batch, options, i, j)) {
        let sum = if pair.positive { &mut near } else { &mut far };
        sum.add(pair.x);
    }
    (near, far)
}

/// Minus infinity, which gives the value 0, where a row has no partner or no other row.
fn total(near: LogSum, far: LogSum) -> f64 {
    if near.sum == 0.0 || far.sum == 0.0 {
        f64::NEG_INFINITY
    } else {
        near.value() + far.value()
    }
}

impl Pairs for Circle {
    fn values(&self, batch: &Batch<'_>, values: &mut [f32]) {
        let rows = values.len();
        for (i, value) in values.iter_mut().enumerate() {
            let (near, far) = sums(batch, self, i, rows);
            *value = math::softplus(total(near, far) as f32);
        }
    }

    fn gradient(&self, batch: &Batch<'_>, factors: &[f32], d: &mut [f32]) {
        let (n, rows) = (batch.n_outputs, factors.len());
        d.fill(0.0);
        for (i, factor) in factors.iter().enumerate() {
            let (near, far) = sums(batch, self, i, rows);
            let above = math::sigmoid(total(near, far) as f32);
            if above == 0.0 || *factor == 0.0 {
                continue;
            }
            for j in 0..rows {
                let Some(pair) = pair(batch, self, i, j) else {
                    continue;
                };
                let of = if pair.positive { near } else { far };
                let fraction = math::exp_f64(pair.x - of.value());
                let slope = (f64::from(factor * above) * fraction * pair.slope) as f32;
                for k in 0..n {
                    d[i * n + k] += slope * batch.p[j * n + k];
                    d[j * n + k] += slope * batch.p[i * n + k];
                }
            }
        }
    }
}
