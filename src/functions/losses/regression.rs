//! Losses for quantities: distances between target and prediction.

use super::loss::{LossKind, Row, Settings, TakesLogits, Targets};
use super::shared::{AXES, EPSILON, REDUCTION};
use crate::numerics::math;
use crate::options::declare::class;
use crate::options::{Default, Kind};

/// The mean of `f(t, p)` over a row, where `f` returns value and derivative.
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

/// -1, 0 or 1: TensorFlow's derivative of |x|.
fn sign(x: f32) -> f32 {
    match x {
        _ if x > 0.0 => 1.0,
        _ if x < 0.0 => -1.0,
        _ => x,
    }
}

class! {
    /// For quantities: the squared distance to the target.
    #[formula("L = (t - p)^2, mean over outputs")]
    #[group("for numbers")]
    #[aliases("mse", "MSE")]
    pub(crate) struct MeanSquaredError("MeanSquaredError", "mean_squared_error", "Mean squared error") {
        reduction: &'static str = REDUCTION;
    }
}

pub static SQUARED: LossKind = LossKind {
    class: MeanSquaredError::SPEC,
    targets: Targets::Numbers,
    takes_logits: TakesLogits::Never,
    build: |config| Settings::by_row(MeanSquaredError::of(config).reduction, squared_error),
};

fn squared_error(row: Row<'_>) -> f32 {
    let n = row.p.len() as f32;
    let mut sum = 0.0;
    for ((t, p), d) in row.t.iter().zip(row.p).zip(row.d) {
        let e = p - t;
        sum += e * e;
        *d = 2.0 * e / n;
    }
    sum / n
}

class! {
    /// For quantities with outliers: the distance to the target.
    #[formula("L = |t - p|, mean over outputs")]
    #[group("for numbers")]
    #[aliases("mae", "MAE")]
    pub(crate) struct MeanAbsoluteError("MeanAbsoluteError", "mean_absolute_error", "Mean absolute error") {
        reduction: &'static str = REDUCTION;
    }
}

pub static ABSOLUTE: LossKind = LossKind {
    class: MeanAbsoluteError::SPEC,
    targets: Targets::Numbers,
    takes_logits: TakesLogits::Never,
    build: |config| Settings::by_row(MeanAbsoluteError::of(config).reduction, absolute_error),
};

fn absolute_error(row: Row<'_>) -> f32 {
    mean(row, &|t, p| ((p - t).abs(), sign(p - t)))
}

class! {
    /// For quantities of different sizes: the distance as a percentage of the target.
    #[formula("L = 100 |t - p| / |t|, mean over outputs")]
    #[group("for numbers")]
    #[aliases("mape", "MAPE")]
    pub(crate) struct MeanAbsolutePercentageError(
        "MeanAbsolutePercentageError", "mean_absolute_percentage_error", "Mean absolute percentage error"
    ) {
        reduction: &'static str = REDUCTION;
    }
}

pub static PERCENTAGE: LossKind = LossKind {
    class: MeanAbsolutePercentageError::SPEC,
    targets: Targets::Numbers,
    takes_logits: TakesLogits::Never,
    build: |config| {
        Settings::by_row(
            MeanAbsolutePercentageError::of(config).reduction,
            percentage_error,
        )
    },
};

fn percentage_error(row: Row<'_>) -> f32 {
    mean(row, &|t, p| {
        let size = if t.abs() > EPSILON { t.abs() } else { EPSILON };
        let fraction = (p - t) / size;
        (100.0 * fraction.abs(), 100.0 * sign(fraction) / size)
    })
}

class! {
    /// For quantities that grow by factors. Negative numbers count as 0.
    #[formula("L = (ln(1 + t) - ln(1 + p))^2, mean over outputs")]
    #[group("for numbers")]
    #[aliases("msle", "MSLE")]
    pub(crate) struct MeanSquaredLogarithmicError(
        "MeanSquaredLogarithmicError", "mean_squared_logarithmic_error", "Mean squared logarithmic error"
    ) {
        reduction: &'static str = REDUCTION;
    }
}

pub static LOGARITHMIC: LossKind = LossKind {
    class: MeanSquaredLogarithmicError::SPEC,
    targets: Targets::Numbers,
    takes_logits: TakesLogits::Never,
    build: |config| {
        Settings::by_row(
            MeanSquaredLogarithmicError::of(config).reduction,
            logarithmic_error,
        )
    },
};

fn logarithmic_error(row: Row<'_>) -> f32 {
    mean(row, &|t, p| {
        let above = |x: f32| if x < EPSILON { EPSILON } else { x } + 1.0;
        let e = math::ln(above(p)) - math::ln(above(t));
        (e * e, if p < EPSILON { 0.0 } else { 2.0 * e / above(p) })
    })
}

class! {
    /// A parabola near the target and straight lines far from it, where outliers are.
    #[formula("L = e^2 / 2 where |e| <= delta, else delta |e| - delta^2 / 2")]
    #[group("for numbers")]
    pub(crate) struct Huber("Huber", "huber", "Huber") {
        /// Error at which the line begins. (Keras 3.15.1 saves a model without it.)
        delta("delta"): f32 = Kind::Float(0.0, 1e6), Default::Float(1.0);
        reduction: &'static str = REDUCTION;
    }
}

pub static HUBER: LossKind = LossKind {
    class: Huber::SPEC,
    targets: Targets::Numbers,
    takes_logits: TakesLogits::Never,
    build: |config| {
        let options = Huber::of(config);
        Settings::by_row(options.reduction, move |row| huber(options.delta, row))
    },
};

fn huber(delta: f32, row: Row<'_>) -> f32 {
    mean(row, &|t, p| {
        let e = p - t;
        if e.abs() <= delta {
            (0.5 * (e * e), e)
        } else {
            (delta * e.abs() - 0.5 * (delta * delta), delta * sign(e))
        }
    })
}

class! {
    /// Similar to Huber, without a seam.
    #[formula("L = ln cosh(p - t), mean over outputs")]
    #[group("for numbers")]
    pub(crate) struct LogCosh("LogCosh", "log_cosh", "Log-cosh") {
        reduction: &'static str = REDUCTION;
    }
}

pub static LOG_COSH: LossKind = LossKind {
    class: LogCosh::SPEC,
    targets: Targets::Numbers,
    takes_logits: TakesLogits::Never,
    build: |config| Settings::by_row(LogCosh::of(config).reduction, log_cosh),
};

fn log_cosh(row: Row<'_>) -> f32 {
    mean(row, &|t, p| {
        let e = p - t;
        let value = e + math::softplus(e * -2.0) - core::f32::consts::LN_2;
        (value, math::tanh(e))
    })
}

class! {
    /// For directions: -1 where the row points in the direction of its target, 1 where it points in the opposite one.
    #[formula("L = -sum_i t_i p_i / (|t| |p|)")]
    #[group("for numbers")]
    pub(crate) struct CosineSimilarity("CosineSimilarity", "cosine_similarity", "Cosine similarity") {
        axis: Vec<i64> = AXES;
        reduction: &'static str = REDUCTION;
    }
}

pub static COSINE: LossKind = LossKind {
    class: CosineSimilarity::SPEC,
    targets: Targets::Numbers,
    takes_logits: TakesLogits::Never,
    build: |config| {
        let options = CosineSimilarity::of(config);
        Settings {
            axis: options.axis,
            ..Settings::by_row(options.reduction, cosine_similarity)
        }
    },
};

fn cosine_similarity(row: Row<'_>) -> f32 {
    let (cosine, of_t, of_p) = cosine(row.t, row.p);
    for ((t, p), d) in row.t.iter().zip(row.p).zip(row.d) {
        // A row shorter than epsilon is divided by epsilon, which does not depend on p.
        let along = if of_p < 1.0 / EPSILON {
            cosine * (p * of_p)
        } else {
            0.0
        };
        *d = (along - t * of_t) * of_p;
    }
    -cosine
}

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
