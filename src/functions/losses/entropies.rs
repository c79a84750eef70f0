//! Cross-entropies and their kin: how surprised the model is by the answer.

use super::shared::{
    AXES, AXIS, EPSILON, FROM_LOGITS, IGNORE_CLASS, LABEL_SMOOTHING, REDUCTION, clipped, entry,
    log_softmax, number, smoothed, within,
};
use super::{
    Form, LossKind, Number, Pointwise, Recorder, Row, TakesLogits, Targets, mean, program,
};
use crate::numerics::math;
use crate::numerics::record::Plain;

pub const BINARY: LossKind = LossKind {
    class: entry(
        ("BinaryCrossentropy", "binary_crossentropy"),
        &["bce", "BCE"],
        "Binary cross-entropy",
        "L = -(t ln p + (1 - t) ln(1 - p)), mean over outputs",
        "For yes or no: how surprised the model is by the answer. Behind a sigmoid or softmax it takes \
             what goes into it (Keras on TensorFlow): nothing is cut off, and either counts as a sigmoid.",
        &[&FROM_LOGITS, &LABEL_SMOOTHING, &AXES, &REDUCTION],
    ),
    form: Form::Terms {
        row: mean::<Binary>,
        program: program::<Binary>,
        is_mean: true,
    },
    targets: Targets::Probabilities,
    takes_logits: TakesLogits::Always,
};

struct Binary;

impl Pointwise for Binary {
    #[inline(always)]
    fn term<R: Recorder>(
        recorder: R,
        options: &[f32],
        logits: bool,
        t: R::Number,
        p: R::Number,
    ) -> [R::Number; 2] {
        let t = match options[1] == 0.0 {
            true => t,
            false => {
                let rest = recorder.constant("(1 − s)", 1.0 - options[1]);
                (t * rest + recorder.constant("s/2", options[1] / 2.0)).named("y")
            }
        };
        binary_of(recorder, t, p, logits)
    }
}

/// Binary cross-entropy of one output, and its slope.
pub fn binary(t: f32, p: f32, logits: bool) -> (f32, f32) {
    let [value, slope] = binary_of(Plain, t, p, logits);
    (value, slope)
}

#[inline(always)]
fn binary_of<R: Recorder>(recorder: R, t: R::Number, p: R::Number, logits: bool) -> [R::Number; 2] {
    let (zero, one) = (recorder.literal(0.0), recorder.literal(1.0));
    if logits {
        let z = p;
        let positive = zero.if_less(z, z, z * zero);
        let value = positive - z * t + (-z.abs()).exp().ln_1p();
        let p = z.sigmoid().named("p");
        return [value.named("ℓ"), (p - t).named("ℓ′")];
    }
    let low = recorder.literal(EPSILON);
    let high = recorder.literal(1.0 - EPSILON);
    let q = p.if_less(low, low, high.if_less(p, high, p)).named("q");
    let value = -(t * q.ln() + (one - t) * (one - q).ln());
    let slope = (one - t) / (one - q) - t / q;
    // Beyond the bounds the clipped probability stays where it is.
    let slope = low.if_at_most(p, p.if_at_most(high, slope, zero), zero);
    [value.named("ℓ"), slope.named("ℓ′")]
}

pub const CATEGORICAL: LossKind = LossKind {
    class: entry(
        ("CategoricalCrossentropy", "categorical_crossentropy"),
        &["cce"],
        "Categorical cross-entropy",
        "L = -sum_i t_i ln p_i",
        "For one class out of several, with one-hot targets. Behind a sigmoid or softmax it takes what \
             goes into it (Keras on TensorFlow): either counts as a softmax.",
        &[&FROM_LOGITS, &LABEL_SMOOTHING, &AXIS, &REDUCTION],
    ),
    form: Form::Terms {
        row: categorical,
        program: program::<Categorical>,
        is_mean: false,
    },
    targets: Targets::Probabilities,
    takes_logits: TakesLogits::Always,
};

/// -t ln p, where p is a share of the row's sum, or at logits their softmax.
struct Categorical;

impl Pointwise for Categorical {
    #[inline(always)]
    fn term<R: Recorder>(
        _: R,
        _: &[f32],
        logits: bool,
        t: R::Number,
        p: R::Number,
    ) -> [R::Number; 2] {
        let slope = if logits { p - t } else { -t / p };
        [(-(t * p.ln())).named("ℓ"), slope.named("ℓ′")]
    }
}

fn categorical(row: Row<'_>) -> f32 {
    let n = row.p.len() as f32;
    let smoothing = row.options[1];
    if row.logits {
        let log_sum = log_softmax(row.p, row.d);
        let mut loss = 0.0;
        for ((t, z), d) in row.t.iter().zip(row.p).zip(row.d) {
            let t = smoothed(*t, smoothing, n);
            loss += t * (log_sum - z);
            // TensorFlow's kernel: right where the targets sum to 1, and the reference where not.
            *d = Categorical::term(Plain, &[], true, t, *d)[1];
        }
        return loss;
    }
    let total: f32 = row.p.iter().sum();
    let (mut loss, mut along) = (0.0, 0.0);
    for ((t, p), d) in row.t.iter().zip(row.p).zip(row.d.iter_mut()) {
        let t = smoothed(*t, smoothing, n);
        let (q, moves) = clipped(p / total);
        let [value, slope] = Categorical::term(Plain, &[], false, t, q);
        loss += value;
        *d = if moves { slope } else { 0.0 }; // with respect to p / total
        along += *d * (p / total);
    }
    row.d.iter_mut().for_each(|d| *d = (*d - along) / total);
    loss
}

pub const SPARSE: LossKind = LossKind {
    class: entry(
        (
            "SparseCategoricalCrossentropy",
            "sparse_categorical_crossentropy",
        ),
        &["scce"],
        "Sparse categorical cross-entropy",
        "L = -ln p_c, c the row's class",
        "For one class out of several, with class numbers as targets. Outputs of another activation than \
             softmax are held between 1e-7 and 1 first, then divided by their sum.",
        &[&FROM_LOGITS, &IGNORE_CLASS, &AXIS, &REDUCTION],
    ),
    // Its targets are one-hot rows, given as class numbers.
    form: Form::Terms {
        row: sparse,
        program: program::<Categorical>,
        is_mean: false,
    },
    targets: Targets::Classes,
    takes_logits: TakesLogits::Always,
};

/// From probabilities: clipped first, then taken as exponentials of logits (TensorFlow's order).
fn sparse(row: Row<'_>) -> f32 {
    let class = row.t[0] as usize;
    if row.logits {
        let log_sum = log_softmax(row.p, row.d);
        row.d[class] -= 1.0;
        return log_sum - row.p[class];
    }
    let total: f32 = row.p.iter().map(|p| clipped(*p).0).sum();
    let (chosen, moves) = clipped(row.p[class]);
    for (p, d) in row.p.iter().zip(row.d.iter_mut()) {
        *d = if clipped(*p).1 { 1.0 / total } else { 0.0 };
    }
    if moves {
        row.d[class] -= 1.0 / chosen;
    }
    math::ln(total) - math::ln(chosen)
}

pub const GENERALIZED: LossKind = LossKind {
    class: entry(
        (
            "CategoricalGeneralizedCrossEntropy",
            "categorical_generalized_cross_entropy",
        ),
        &[],
        "Generalized cross-entropy",
        "L = (1 - p_c^q) / q, c the row's class",
        "For class numbers of which some are wrong: between cross-entropy (q near 0) and absolute \
         error (q near 1). Where p_c is exactly 0, the gradient is minus infinity at p_c and 0 at the other \
         outputs, as the formula says; Keras gives NaN for the others.",
        &[
            &number(
                "q",
                "How little wrong labels count.",
                (1e-6, 0.999_999),
                0.5,
            ),
            &REDUCTION,
        ],
    ),
    // Keras multiplies with a one-hot row: at p_c = 0 the others get 0 x inf there.
    form: Form::Row(|row| {
        let (q, class) = (row.options[0], row.t[0] as usize);
        let p = row.p[class];
        row.d.fill(0.0);
        row.d[class] = -math::pow(p, q - 1.0);
        (1.0 - math::pow(p, q)) / q
    }),
    targets: Targets::Classes,
    takes_logits: TakesLogits::Never,
};

pub const KL_DIVERGENCE: LossKind = LossKind {
    class: entry(
        ("KLDivergence", "kl_divergence"),
        &["kld", "KLD"],
        "Kullback-Leibler divergence",
        "L = sum_i t_i ln(t_i / p_i)",
        "How far the predicted odds are from the true ones.",
        &[&REDUCTION],
    ),
    form: Form::Row(|row| {
        let mut sum = 0.0;
        for ((t, p), d) in row.t.iter().zip(row.p).zip(row.d) {
            let (t, _) = within(EPSILON, *t, 1.0);
            let (q, moves) = within(EPSILON, *p, 1.0);
            sum += t * math::ln(t / q);
            *d = if moves { -t / q } else { 0.0 };
        }
        sum
    }),
    targets: Targets::Numbers,
    takes_logits: TakesLogits::Never,
};

pub const POISSON: LossKind = LossKind {
    class: entry(
        ("Poisson", "poisson"),
        &[],
        "Poisson",
        "L = p - t ln p, mean over outputs",
        "For counts: how surprising they are where p of them are expected.",
        &[&REDUCTION],
    ),
    form: Form::Terms {
        row: mean::<PoissonTerm>,
        program: program::<PoissonTerm>,
        is_mean: true,
    },
    targets: Targets::Numbers,
    takes_logits: TakesLogits::Never,
};

/// p - t ln p.
struct PoissonTerm;

impl Pointwise for PoissonTerm {
    #[inline(always)]
    fn term<R: Recorder>(
        recorder: R,
        _: &[f32],
        _: bool,
        t: R::Number,
        p: R::Number,
    ) -> [R::Number; 2] {
        let q = (p + recorder.literal(EPSILON)).named("q");
        let slope = recorder.literal(1.0) - t / q;
        [(p - t * q.ln()).named("ℓ"), slope.named("ℓ′")]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn oracle_slopes_of_a_class_that_is_ruled_out() {
        // Keras 3.15.1, q = 0.5, p = [0, 0.5, 0.5], class 0: value 2, gradient [-inf, NaN, NaN].
        let Form::Row(of) = GENERALIZED.form else {
            panic!("it goes row by row")
        };
        let mut d = [1.0; 3];
        let value = of(Row {
            t: &[0.0],
            p: &[0.0, 0.5, 0.5],
            logits: false,
            softmax: false,
            options: &[0.5],
            d: &mut d,
        });
        assert_eq!((value, d), (2.0, [f32::NEG_INFINITY, 0.0, 0.0]));
    }
}
