//! Hinges: nothing to pay where the answer is right by a margin.

use super::shared::{REDUCTION, entry};
use super::{Form, LossKind, Row, TakesLogits, Targets};

/// The mean over a row of `f`'s value and slope at the margin's shortfall 1 - t p, with labels of 0
/// and 1 read as -1 and 1 where all of the batch are such.
fn hinge(row: Row<'_>, binary: bool, f: fn(f32) -> (f32, f32)) -> f32 {
    let n = row.p.len() as f32;
    let mut sum = 0.0;
    for ((t, p), d) in row.t.iter().zip(row.p).zip(row.d) {
        let t = if binary { 2.0 * t - 1.0 } else { *t };
        let short = 1.0 - t * p;
        let (value, slope) = if short >= 0.0 { f(short) } else { (0.0, 0.0) };
        sum += value;
        *d = -t * slope / n;
    }
    sum / n
}

pub const HINGE: LossKind = LossKind {
    class: entry(
        ("Hinge", "hinge"),
        &[],
        "Hinge",
        "L = max(1 - t p, 0), mean over outputs, t -1 or 1",
        "For yes or no with a margin, as support vector machines have it; labels 0 and 1 become -1 \
         and 1.",
        &[&REDUCTION],
    ),
    form: Form::Labels(|row, binary| hinge(row, binary, |short| (short, 1.0))),
    targets: Targets::Numbers,
    takes_logits: TakesLogits::Never,
};

pub const SQUARED: LossKind = LossKind {
    class: entry(
        ("SquaredHinge", "squared_hinge"),
        &[],
        "Squared hinge",
        "L = max(1 - t p, 0)^2, mean over outputs, t -1 or 1",
        "A hinge that large misses weigh on more.",
        &[&REDUCTION],
    ),
    form: Form::Labels(|row, binary| hinge(row, binary, |short| (short * short, 2.0 * short))),
    targets: Targets::Numbers,
    takes_logits: TakesLogits::Never,
};

pub const CATEGORICAL: LossKind = LossKind {
    class: entry(
        ("CategoricalHinge", "categorical_hinge"),
        &[],
        "Categorical hinge",
        "L = max(max_i (1 - t_i) p_i - sum_i t_i p_i + 1, 0)",
        "For one class out of several: its output is to lead the others by 1.",
        &[&REDUCTION],
    ),
    form: Form::Row(|row| {
        let other = |t: &f32, p: &f32| (1.0 - t) * p;
        let (mut right, mut best, mut ties) = (0.0, f32::NEG_INFINITY, 0.0);
        for (t, p) in row.t.iter().zip(row.p) {
            right += t * p;
            let other = other(t, p);
            if other > best {
                (best, ties) = (other, 1.0);
            } else if other == best {
                ties += 1.0;
            }
        }
        let value = best - right + 1.0;
        for ((t, p), d) in row.t.iter().zip(row.p).zip(row.d) {
            // Equals share the slope of the largest.
            let share = if other(t, p) == best {
                (1.0 - t) / ties
            } else {
                0.0
            };
            *d = if value >= 0.0 { share - t } else { 0.0 };
        }
        if value < 0.0 { 0.0 } else { value }
    }),
    targets: Targets::Numbers,
    takes_logits: TakesLogits::Never,
};
