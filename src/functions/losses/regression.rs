//! Losses for quantities: distances between target and prediction.

use super::loss::{LossKind, Row, Settings, Targets};
use super::pointwise::{Pointwise, by_mean, mean_of, term};
use super::shared::{AXES, EPSILON, REDUCTION, Reduced};
use crate::numerics::record::{Number, Recorder};
use crate::options::declare::class;
use crate::options::{Default, Kind};

/// -1, 0 or 1: TensorFlow's derivative of |x|.
#[inline(always)]
fn sign<R: Recorder>(recorder: R, x: R::Number) -> R::Number {
    let (zero, one) = (recorder.literal(0.0), recorder.literal(1.0));
    zero.if_less(x, one, x.if_less(zero, -one, x))
}

class! {
    /// For quantities: the squared distance to the target.
    #[formula("L = (t - p)^2, mean over outputs")]
    #[group("for numbers")]
    #[aliases("mse", "MSE")]
    pub(crate) struct MeanSquaredError("MeanSquaredError", "mean_squared_error", "Mean squared error") + Reduced {}
}

pub static SQUARED: LossKind = mean_of::<SquaredTerm>(MeanSquaredError::SPEC);

term!(SquaredTerm, |recorder, t, p| {
    let (two, e) = (recorder.literal(2.0), (p - t).named("e"));
    [(e * e).named("ℓ"), (two * e).named("ℓ′")]
});

class! {
    /// For quantities with outliers: the distance to the target.
    #[formula("L = |t - p|, mean over outputs")]
    #[group("for numbers")]
    #[aliases("mae", "MAE")]
    pub(crate) struct MeanAbsoluteError("MeanAbsoluteError", "mean_absolute_error", "Mean absolute error") + Reduced {}
}

pub static ABSOLUTE: LossKind = mean_of::<AbsoluteTerm>(MeanAbsoluteError::SPEC);

term!(AbsoluteTerm, |recorder, t, p| {
    let e = (p - t).named("e");
    [e.abs().named("ℓ"), sign(recorder, e).named("ℓ′")]
});

class! {
    /// For quantities of different sizes: the distance as a percentage of the target.
    #[formula("L = 100 |t - p| / |t|, mean over outputs")]
    #[group("for numbers")]
    #[aliases("mape", "MAPE")]
    pub(crate) struct MeanAbsolutePercentageError(
        "MeanAbsolutePercentageError", "mean_absolute_percentage_error", "Mean absolute percentage error"
    ) + Reduced {}
}

pub static PERCENTAGE: LossKind = mean_of::<PercentageTerm>(MeanAbsolutePercentageError::SPEC);

term!(PercentageTerm, |recorder, t, p| {
    let (epsilon, hundred) = (recorder.literal(EPSILON), recorder.literal(100.0));
    let size = t.abs().greater(epsilon).named("s");
    let share = ((p - t) / size).named("e");
    let slope = (hundred * sign(recorder, share) / size).named("ℓ′");
    [(hundred * share.abs()).named("ℓ"), slope]
});

class! {
    /// For quantities that grow by factors. Negative numbers count as 0.
    #[formula("L = (ln(1 + t) - ln(1 + p))^2, mean over outputs")]
    #[group("for numbers")]
    #[aliases("msle", "MSLE")]
    pub(crate) struct MeanSquaredLogarithmicError(
        "MeanSquaredLogarithmicError", "mean_squared_logarithmic_error", "Mean squared logarithmic error"
    ) + Reduced {}
}

pub static LOGARITHMIC: LossKind = mean_of::<LogarithmicTerm>(MeanSquaredLogarithmicError::SPEC);

term!(LogarithmicTerm, |recorder, t, p| {
    let (epsilon, one, zero) = (
        recorder.literal(EPSILON),
        recorder.literal(1.0),
        recorder.literal(0.0),
    );
    let above = |x: R::Number| x.if_less(epsilon, epsilon, x) + one;
    let e = (above(p).ln() - above(t).ln()).named("e");
    let slope = recorder.literal(2.0) * e / above(p);
    let slope = p.if_less(epsilon, zero, slope).named("ℓ′");
    [(e * e).named("ℓ"), slope]
});

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

pub static HUBER: LossKind = LossKind::new(Huber::SPEC, Targets::Numbers, |config| {
    let options = Huber::of(config);
    by_mean(
        options.reduction,
        HuberTerm {
            delta: options.delta,
        },
    )
});

#[derive(Clone, Copy)]
struct HuberTerm {
    delta: f32,
}

impl Pointwise for HuberTerm {
    #[inline(always)]
    fn term<R: Recorder>(self, recorder: R, _: bool, t: R::Number, p: R::Number) -> [R::Number; 2] {
        let (delta, half) = (recorder.constant("δ", self.delta), recorder.literal(0.5));
        let e = (p - t).named("e");
        let (near, far) = (half * (e * e), delta * e.abs() - half * (delta * delta));
        let value = e.abs().if_at_most(delta, near, far).named("ℓ");
        let slope = e.abs().if_at_most(delta, e, delta * sign(recorder, e));
        [value, slope.named("ℓ′")]
    }
}

class! {
    /// Similar to Huber, without a seam.
    #[formula("L = ln cosh(p - t), mean over outputs")]
    #[group("for numbers")]
    pub(crate) struct LogCosh("LogCosh", "log_cosh", "Log-cosh") + Reduced {}
}

pub static LOG_COSH: LossKind = mean_of::<LogCoshTerm>(LogCosh::SPEC);

term!(LogCoshTerm, |recorder, t, p| {
    let e = (p - t).named("e");
    let ln_2 = recorder.constant("ln 2", core::f32::consts::LN_2);
    let value = e + (e * recorder.literal(-2.0)).softplus() - ln_2;
    [value.named("ℓ"), e.tanh().named("ℓ′")]
});

class! {
    /// For directions: -1 where the row points in the direction of its target, 1 where it points in the opposite one.
    #[formula("L = -sum_i t_i p_i / (|t| |p|)")]
    #[group("for numbers")]
    pub(crate) struct CosineSimilarity("CosineSimilarity", "cosine_similarity", "Cosine similarity") {
        axis: Vec<i64> = AXES;
        reduction: &'static str = REDUCTION;
    }
}

pub static COSINE: LossKind = LossKind::new(CosineSimilarity::SPEC, Targets::Numbers, |config| {
    let options = CosineSimilarity::of(config);
    Settings {
        axis: options.axis,
        ..Settings::by_row(options.reduction, cosine_similarity)
    }
});

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
