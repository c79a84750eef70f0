//! Distances between quantities.

use super::shared::{AXES, EPSILON, REDUCTION, entry, number};
use super::{Form, LossKind, Number, Pointwise, Recorder, TakesLogits, Targets, mean, program};

/// -1, 0 or 1: TensorFlow's slope of |x|.
#[inline(always)]
fn sign<R: Recorder>(recorder: R, x: R::Number) -> R::Number {
    let (zero, one) = (recorder.literal(0.0), recorder.literal(1.0));
    zero.if_less(x, one, x.if_less(zero, -one, x))
}

/// A row's value is the mean of these terms.
const fn mean_of<P: Pointwise>() -> Form {
    Form::Terms {
        row: mean::<P>,
        program: program::<P>,
        is_mean: true,
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
    form: mean_of::<Squared>(),
    targets: Targets::Numbers,
    takes_logits: TakesLogits::Never,
};

/// e^2.
struct Squared;

impl Pointwise for Squared {
    #[inline(always)]
    fn term<R: Recorder>(
        recorder: R,
        _: &[f32],
        _: bool,
        t: R::Number,
        p: R::Number,
    ) -> [R::Number; 2] {
        let (two, e) = (recorder.literal(2.0), (p - t).named("e"));
        [(e * e).named("ℓ"), (two * e).named("ℓ′")]
    }
}

pub const ABSOLUTE: LossKind = LossKind {
    class: entry(
        ("MeanAbsoluteError", "mean_absolute_error"),
        &["mae", "MAE"],
        "Mean absolute error",
        "L = |t - p|, mean over outputs",
        "For quantities with outliers: the distance to the target itself.",
        &[&REDUCTION],
    ),
    form: mean_of::<Absolute>(),
    targets: Targets::Numbers,
    takes_logits: TakesLogits::Never,
};

/// |e|.
struct Absolute;

impl Pointwise for Absolute {
    #[inline(always)]
    fn term<R: Recorder>(
        recorder: R,
        _: &[f32],
        _: bool,
        t: R::Number,
        p: R::Number,
    ) -> [R::Number; 2] {
        let e = (p - t).named("e");
        [e.abs().named("ℓ"), sign(recorder, e).named("ℓ′")]
    }
}

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
    form: mean_of::<Percentage>(),
    targets: Targets::Numbers,
    takes_logits: TakesLogits::Never,
};

/// 100 |e| / |t|.
struct Percentage;

impl Pointwise for Percentage {
    #[inline(always)]
    fn term<R: Recorder>(
        recorder: R,
        _: &[f32],
        _: bool,
        t: R::Number,
        p: R::Number,
    ) -> [R::Number; 2] {
        let (epsilon, hundred) = (recorder.literal(EPSILON), recorder.literal(100.0));
        let size = t.abs().greater(epsilon).named("s");
        let share = ((p - t) / size).named("e");
        let slope = (hundred * sign(recorder, share) / size).named("ℓ′");
        [(hundred * share.abs()).named("ℓ"), slope]
    }
}

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
    form: mean_of::<Logarithmic>(),
    targets: Targets::Numbers,
    takes_logits: TakesLogits::Never,
};

/// The square of the difference of logarithms.
struct Logarithmic;

impl Pointwise for Logarithmic {
    #[inline(always)]
    fn term<R: Recorder>(
        recorder: R,
        _: &[f32],
        _: bool,
        t: R::Number,
        p: R::Number,
    ) -> [R::Number; 2] {
        let (epsilon, one, zero) = (
            recorder.literal(EPSILON),
            recorder.literal(1.0),
            recorder.literal(0.0),
        );
        let above = |x: R::Number| x.if_less(epsilon, epsilon, x) + one;
        let e = (above(p).ln() - above(t).ln()).named("e");
        let slope = recorder.literal(2.0) * e / above(p);
        [
            (e * e).named("ℓ"),
            p.if_less(epsilon, zero, slope).named("ℓ′"),
        ]
    }
}

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
    form: mean_of::<Huber>(),
    targets: Targets::Numbers,
    takes_logits: TakesLogits::Never,
};

/// A square up to delta, then a line.
struct Huber;

impl Pointwise for Huber {
    #[inline(always)]
    fn term<R: Recorder>(
        recorder: R,
        options: &[f32],
        _: bool,
        t: R::Number,
        p: R::Number,
    ) -> [R::Number; 2] {
        let (delta, half) = (recorder.constant("δ", options[0]), recorder.literal(0.5));
        let e = (p - t).named("e");
        let (near, far) = (half * (e * e), delta * e.abs() - half * (delta * delta));
        let slope = e.abs().if_at_most(delta, e, delta * sign(recorder, e));
        [
            e.abs().if_at_most(delta, near, far).named("ℓ"),
            slope.named("ℓ′"),
        ]
    }
}

pub const LOG_COSH: LossKind = LossKind {
    class: entry(
        ("LogCosh", "log_cosh"),
        &[],
        "Log-cosh",
        "L = ln cosh(p - t), mean over outputs",
        "As Huber, without a seam.",
        &[&REDUCTION],
    ),
    form: mean_of::<LogCosh>(),
    targets: Targets::Numbers,
    takes_logits: TakesLogits::Never,
};

/// ln cosh e.
struct LogCosh;

impl Pointwise for LogCosh {
    #[inline(always)]
    fn term<R: Recorder>(
        recorder: R,
        _: &[f32],
        _: bool,
        t: R::Number,
        p: R::Number,
    ) -> [R::Number; 2] {
        let e = (p - t).named("e");
        let ln_2 = recorder.constant("ln 2", core::f32::consts::LN_2);
        let value = e + (e * recorder.literal(-2.0)).softplus() - ln_2;
        [value.named("ℓ"), e.tanh().named("ℓ′")]
    }
}

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
