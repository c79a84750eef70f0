//! Distances between quantities.

use super::shared::{AXES, EPSILON, REDUCTION, entry, number};
use super::{Form, LossKind, Row, TakesLogits, Targets};
use crate::numerics::math;

/// A mean over a row's outputs of what `f` gives: value and slope at (t, p).
fn mean(row: Row<'_>, f: &dyn Fn(f32, f32) -> (f32, f32)) -> f32 {
    let n = row.p.len() as f32;
    let mut sum = 0.0;
    for ((t, p), d) in row.t.iter().zip(row.p).zip(row.d) {
        let (value, slope) = f(*t, *p);
        sum += value;
        *d = slope / n;
    }
    sum / n
}

/// -1, 0 or 1: TensorFlow's slope of |x|.
fn sign(x: f32) -> f32 {
    match x {
        _ if x > 0.0 => 1.0,
        _ if x < 0.0 => -1.0,
        _ => x,
    }
}

pub const SQUARED: LossKind = LossKind {
    class: entry(
        ("MeanSquaredError", "mean_squared_error"),
        &["mse", "MSE"],
        "Mean squared error",
        "L = (t - p)^2, mean over outputs",
        "For quantities: the square of the distance to the target.",
        &[&REDUCTION],
    ),
    form: Form::Row(|row| {
        let n = row.p.len() as f32;
        let mut sum = 0.0;
        for ((t, p), d) in row.t.iter().zip(row.p).zip(row.d) {
            let e = p - t;
            sum += e * e;
            *d = 2.0 * e / n;
        }
        sum / n
    }),
    targets: Targets::Numbers,
    takes_logits: TakesLogits::Never,
};

pub const ABSOLUTE: LossKind = LossKind {
    class: entry(
        ("MeanAbsoluteError", "mean_absolute_error"),
        &["mae", "MAE"],
        "Mean absolute error",
        "L = |t - p|, mean over outputs",
        "For quantities with outliers: the distance to the target itself.",
        &[&REDUCTION],
    ),
    form: Form::Row(|row| mean(row, &|t, p| ((p - t).abs(), sign(p - t)))),
    targets: Targets::Numbers,
    takes_logits: TakesLogits::Never,
};

pub const PERCENTAGE: LossKind = LossKind {
    class: entry(
        (
            "MeanAbsolutePercentageError",
            "mean_absolute_percentage_error",
        ),
        &["mape", "MAPE"],
        "Mean absolute percentage error",
        "L = 100 |t - p| / |t|, mean over outputs",
        "For quantities of many sizes: the distance in per cent of the target.",
        &[&REDUCTION],
    ),
    form: Form::Row(|row| {
        mean(row, &|t, p| {
            let size = if t.abs() > EPSILON { t.abs() } else { EPSILON };
            let share = (p - t) / size;
            (100.0 * share.abs(), 100.0 * sign(share) / size)
        })
    }),
    targets: Targets::Numbers,
    takes_logits: TakesLogits::Never,
};

pub const LOGARITHMIC: LossKind = LossKind {
    class: entry(
        (
            "MeanSquaredLogarithmicError",
            "mean_squared_logarithmic_error",
        ),
        &["msle", "MSLE"],
        "Mean squared logarithmic error",
        "L = (ln(1 + t) - ln(1 + p))^2, mean over outputs",
        "For quantities that grow by factors; what is below 0 counts as 0.",
        &[&REDUCTION],
    ),
    form: Form::Row(|row| {
        mean(row, &|t, p| {
            let above = |x: f32| if x < EPSILON { EPSILON } else { x } + 1.0;
            let e = math::ln(above(p)) - math::ln(above(t));
            (e * e, if p < EPSILON { 0.0 } else { 2.0 * e / above(p) })
        })
    }),
    targets: Targets::Numbers,
    takes_logits: TakesLogits::Never,
};

pub const HUBER: LossKind = LossKind {
    class: entry(
        ("Huber", "huber"),
        &[],
        "Huber",
        "L = e^2 / 2 where |e| <= delta, else delta |e| - delta^2 / 2",
        "A square near the target and a straight line far off, where outliers are.",
        &[
            &number(
                "delta",
                "Where the line begins. (Keras 3.15.1 saves a model without it.)",
                (0.0, 1e6),
                1.0,
            ),
            &REDUCTION,
        ],
    ),
    form: Form::Row(|row| {
        let delta = row.options[0];
        mean(row, &|t, p| {
            let e = p - t;
            if e.abs() <= delta {
                (0.5 * (e * e), e)
            } else {
                (delta * e.abs() - 0.5 * (delta * delta), delta * sign(e))
            }
        })
    }),
    targets: Targets::Numbers,
    takes_logits: TakesLogits::Never,
};

pub const LOG_COSH: LossKind = LossKind {
    class: entry(
        ("LogCosh", "log_cosh"),
        &[],
        "Log-cosh",
        "L = ln cosh(p - t), mean over outputs",
        "As Huber, without a seam.",
        &[&REDUCTION],
    ),
    form: Form::Row(|row| {
        mean(row, &|t, p| {
            let e = p - t;
            let value = e + math::softplus(e * -2.0) - core::f32::consts::LN_2;
            (value, math::tanh(e))
        })
    }),
    targets: Targets::Numbers,
    takes_logits: TakesLogits::Never,
};

pub const COSINE: LossKind = LossKind {
    class: entry(
        ("CosineSimilarity", "cosine_similarity"),
        &[],
        "Cosine similarity",
        "L = -sum_i t_i p_i / (|t| |p|)",
        "For directions: -1 where the row points as its target does, 1 where it points away.",
        &[&AXES, &REDUCTION],
    ),
    form: Form::Row(|row| {
        let (cosine, of_t, of_p) = cosine(row.t, row.p);
        for ((t, p), d) in row.t.iter().zip(row.p).zip(row.d) {
            // A row shorter than epsilon is divided by epsilon, whatever its length.
            let along = if of_p < 1.0 / EPSILON {
                cosine * (p * of_p)
            } else {
                0.0
            };
            *d = (along - t * of_t) * of_p;
        }
        -cosine
    }),
    targets: Targets::Numbers,
    takes_logits: TakesLogits::Never,
};

/// Cosine of the angle between two rows, and 1 over the length of each.
pub fn cosine(t: &[f32], p: &[f32]) -> (f32, f32, f32) {
    let inverse = |x: &[f32]| {
        let squares: f32 = x.iter().map(|x| x * x).sum();
        let inverse = 1.0 / squares.sqrt();
        let most = 1.0 / EPSILON;
        if inverse > most { most } else { inverse }
    };
    let (of_t, of_p) = (inverse(t), inverse(p));
    let sum = t.iter().zip(p).map(|(t, p)| (t * of_t) * (p * of_p)).sum();
    (sum, of_t, of_p)
}
