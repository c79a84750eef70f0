//! Hinge losses: 0 where the prediction is right by a margin.

use super::loss::{Form, LossKind, Row, Settings, Targets};
use super::shared::Reduced;
use crate::options::declare::class;

/// The mean of `f(1 - t p)` over a row, where `f` returns value and derivative. `binary`: targets are 0 and 1, and
/// are converted to -1 and 1.
fn mean_hinge(row: Row<'_>, binary: bool, f: fn(f32) -> (f32, f32)) -> f32 {
    let n = row.p.len() as f32;
    let mut sum = 0.0;
    for ((t, p), d) in row.t.iter().zip(row.p).zip(row.d) {
        let t = if binary { 2.0 * t - 1.0 } else { *t };
        let error = 1.0 - t * p;
        let (value, slope) = if error >= 0.0 { f(error) } else { (0.0, 0.0) };
        sum += value;
        *d = -t * slope / n;
    }
    sum / n
}

class! {
    /// For yes/no questions with a margin, as in support vector machines. Targets 0 and 1 are converted to -1 and 1.
    #[formula("L = max(1 - t p, 0), mean over outputs, t -1 or 1")]
    #[group("margins")]
    pub(crate) struct Hinge("Hinge", "hinge", "Hinge") + Reduced {}
}

pub static HINGE: LossKind = LossKind::new(Hinge::SPEC, Targets::Numbers, |config| {
    Settings::new(
        Reduced::of(config).reduction,
        Form::Labels(|row, binary| mean_hinge(row, binary, |error| (error, 1.0))),
    )
});

class! {
    /// A hinge that penalizes large errors more.
    #[formula("L = max(1 - t p, 0)^2, mean over outputs, t -1 or 1")]
    #[group("margins")]
    pub(crate) struct SquaredHinge("SquaredHinge", "squared_hinge", "Squared hinge") + Reduced {}
}

pub static SQUARED: LossKind = LossKind::new(SquaredHinge::SPEC, Targets::Numbers, |config| {
    Settings::new(
        Reduced::of(config).reduction,
        Form::Labels(|row, binary| mean_hinge(row, binary, |error| (error * error, 2.0 * error))),
    )
});

class! {
    /// For one class out of several: its output should exceed all others by 1.
    #[formula("L = max(max_i (1 - t_i) p_i - sum_i t_i p_i + 1, 0)")]
    #[group("margins")]
    pub(crate) struct CategoricalHinge("CategoricalHinge", "categorical_hinge", "Categorical hinge") + Reduced {}
}

pub static CATEGORICAL: LossKind =
    LossKind::new(CategoricalHinge::SPEC, Targets::Numbers, |config| {
        Settings::by_row(Reduced::of(config).reduction, categorical_hinge)
    });

fn categorical_hinge(row: Row<'_>) -> f32 {
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
        // Equal maxima share the gradient.
        let share = if other(t, p) == best {
            (1.0 - t) / ties
        } else {
            0.0
        };
        *d = if value >= 0.0 { share - t } else { 0.0 };
    }
    if value < 0.0 { 0.0 } else { value }
}
