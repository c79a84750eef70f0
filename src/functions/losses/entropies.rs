//! Cross-entropies and related losses: how surprised the model is by the true label.

use super::binary::binary_of;
use super::loss::{LossKind, Row, Settings, TakesLogits, Targets};
use super::pointwise::{Pointwise, by_mean, mean_of, program, term};
use super::shared::{
    AXES, AXIS, EPSILON, FROM_LOGITS, IGNORE_CLASS, LABEL_SMOOTHING, REDUCTION, Reduced, clip,
    clipped, log_softmax, smoothed,
};
use crate::numerics::math;
use crate::numerics::record::{Number, Plain, Recorder};
use crate::options::declare::class;
use crate::options::{Default, Kind};

class! {
    /// For yes/no questions: how surprised the model is by the true label; confident mistakes cost most. After a
    /// sigmoid or softmax it is computed from the logits, as Keras does on TensorFlow: nothing is clipped, and either
    /// is treated as a sigmoid.
    #[formula("L = -(t ln p + (1 - t) ln(1 - p)), mean over outputs")]
    #[group("for classes")]
    #[aliases("bce", "BCE")]
    pub(crate) struct BinaryCrossentropy(
        "BinaryCrossentropy", "binary_crossentropy", "Binary cross-entropy"
    ) {
        from_logits: bool = FROM_LOGITS;
        label_smoothing: f32 = LABEL_SMOOTHING;
        axis: Vec<i64> = AXES;
        reduction: &'static str = REDUCTION;
    }
}

pub static BINARY: LossKind =
    LossKind::new(BinaryCrossentropy::SPEC, Targets::Probabilities, |config| {
        let options = BinaryCrossentropy::of(config);
        Settings {
            axis: options.axis,
            ..binary_settings(
                options.reduction,
                options.from_logits,
                options.label_smoothing,
            )
        }
    })
    .taking_logits(TakesLogits::Always);

/// The settings of binary cross-entropy with these options.
pub fn binary_settings(reduction: &str, from_logits: bool, smoothing: f32) -> Settings {
    Settings {
        from_logits,
        ..by_mean(reduction, BinaryTerm { smoothing })
    }
}

/// The term of binary cross-entropy.
#[derive(Clone, Copy)]
struct BinaryTerm {
    smoothing: f32,
}

impl Pointwise for BinaryTerm {
    #[inline(always)]
    fn term<R: Recorder>(
        self,
        recorder: R,
        logits: bool,
        t: R::Number,
        p: R::Number,
    ) -> [R::Number; 2] {
        if self.smoothing == 0.0 {
            return binary_of(recorder, t, p, logits);
        }
        let rest = recorder.constant("(1 − s)", 1.0 - self.smoothing);
        let half = recorder.constant("s/2", self.smoothing / 2.0);
        binary_of(recorder, (t * rest + half).named("y"), p, logits)
    }
}

class! {
    /// For one class out of several, with one-hot targets. After a sigmoid or softmax it is computed from the logits,
    /// as Keras does on TensorFlow: nothing is clipped, and either is treated as a softmax.
    #[formula("L = -sum_i t_i ln p_i")]
    #[group("for classes")]
    #[aliases("cce")]
    pub(crate) struct CategoricalCrossentropy(
        "CategoricalCrossentropy", "categorical_crossentropy", "Categorical cross-entropy"
    ) {
        from_logits: bool = FROM_LOGITS;
        label_smoothing: f32 = LABEL_SMOOTHING;
        axis: i64 = AXIS;
        reduction: &'static str = REDUCTION;
    }
}

pub static CATEGORICAL: LossKind = LossKind::new(
    CategoricalCrossentropy::SPEC,
    Targets::Probabilities,
    |config| {
        let options = CategoricalCrossentropy::of(config);
        Settings {
            axis: vec![options.axis],
            ..categorical_settings(
                options.reduction,
                options.from_logits,
                options.label_smoothing,
            )
        }
    },
)
.taking_logits(TakesLogits::Always)
.over_classes();

/// The settings of categorical cross-entropy with these options.
pub fn categorical_settings(reduction: &str, from_logits: bool, smoothing: f32) -> Settings {
    Settings {
        from_logits,
        term: Some((program(CategoricalTerm), false)),
        ..Settings::by_row(reduction, move |row| categorical_row(smoothing, row))
    }
}

/// -t ln p, where p is a share of the sum of the row, or the softmax of logits.
#[derive(Clone, Copy)]
struct CategoricalTerm;

impl Pointwise for CategoricalTerm {
    #[inline(always)]
    fn term<R: Recorder>(self, _: R, logits: bool, t: R::Number, p: R::Number) -> [R::Number; 2] {
        let slope = if logits { p - t } else { -t / p };
        [(-(t * p.ln())).named("ℓ"), slope.named("ℓ′")]
    }

    fn symbol(_: bool) -> &'static str {
        "p"
    }
}

fn categorical_row(smoothing: f32, row: Row<'_>) -> f32 {
    let n = row.p.len() as f32;
    if row.logits {
        let log_sum = log_softmax(row.p, row.d);
        let mut loss = 0.0;
        for ((t, z), d) in row.t.iter().zip(row.p).zip(row.d) {
            let t = smoothed(*t, smoothing, n);
            loss += t * (log_sum - z);
            // As TensorFlow's kernel: exact where the targets sum to 1.
            *d = CategoricalTerm.term(Plain, true, t, *d)[1];
        }
        return loss;
    }
    let total: f32 = row.p.iter().sum();
    let (mut loss, mut along) = (0.0, 0.0);
    for ((t, p), d) in row.t.iter().zip(row.p).zip(row.d.iter_mut()) {
        let t = smoothed(*t, smoothing, n);
        let (q, passes) = clipped(p / total);
        let [value, slope] = CategoricalTerm.term(Plain, false, t, q);
        loss += value;
        *d = if passes { slope } else { 0.0 }; // with respect to p / total
        along += *d * (p / total);
    }
    row.d.iter_mut().for_each(|d| *d = (*d - along) / total);
    loss
}

class! {
    /// For one class out of several, with class numbers as targets. Outputs of any other activation than softmax are
    /// clipped to the range from 1e-7 to 1, then divided by their sum.
    #[formula("L = -ln p_c, c the row's class")]
    #[group("for classes")]
    #[aliases("scce")]
    pub(crate) struct SparseCategoricalCrossentropy(
        "SparseCategoricalCrossentropy", "sparse_categorical_crossentropy", "Sparse categorical cross-entropy"
    ) {
        from_logits: bool = FROM_LOGITS;
        ignore_class: Option<i64> = IGNORE_CLASS;
        axis: i64 = AXIS;
        reduction: &'static str = REDUCTION;
    }
}

pub static SPARSE: LossKind = LossKind::new(
    SparseCategoricalCrossentropy::SPEC,
    Targets::Classes,
    |config| {
        let options = SparseCategoricalCrossentropy::of(config);
        Settings {
            axis: vec![options.axis],
            ..sparse_settings(options.reduction, options.from_logits, options.ignore_class)
        }
    },
)
.taking_logits(TakesLogits::Always);

/// The settings of sparse categorical cross-entropy with these options.
pub fn sparse_settings(reduction: &str, from_logits: bool, ignore_class: Option<i64>) -> Settings {
    Settings {
        from_logits,
        ignore_class: ignore_class.map(|class| class as f32),
        // Its targets are one-hot rows, given as class numbers.
        term: Some((program(CategoricalTerm), false)),
        ..Settings::by_row(reduction, sparse_row)
    }
}

/// Probabilities are clipped first, then used as exponentials of logits (TensorFlow's order).
fn sparse_row(row: Row<'_>) -> f32 {
    let class = row.t[0] as usize;
    if row.logits {
        let log_sum = log_softmax(row.p, row.d);
        row.d[class] -= 1.0;
        return log_sum - row.p[class];
    }
    let total: f32 = row.p.iter().map(|p| clipped(*p).0).sum();
    let (own, passes) = clipped(row.p[class]);
    for (p, d) in row.p.iter().zip(row.d.iter_mut()) {
        *d = if clipped(*p).1 { 1.0 / total } else { 0.0 };
    }
    if passes {
        row.d[class] -= 1.0 / own;
    }
    math::ln(total) - math::ln(own)
}

class! {
    /// For class numbers of which some are wrong: between cross-entropy (q near 0) and absolute error (q near 1).
    /// Where p_c is exactly 0, the gradient is minus infinity at p_c and 0 at the other outputs, as the formula says;
    /// Keras gives NaN for the others.
    #[formula("L = (1 - p_c^q) / q, c the row's class")]
    #[group("for classes")]
    pub(crate) struct CategoricalGeneralizedCrossEntropy(
        "CategoricalGeneralizedCrossEntropy", "categorical_generalized_cross_entropy", "Generalized cross-entropy"
    ) {
        /// Robustness against wrong labels.
        q("q"): f32 = Kind::Float(1e-6, 0.999_999), Default::Float(0.5);
        reduction: &'static str = REDUCTION;
    }
}

pub static GENERALIZED: LossKind = LossKind::new(
    CategoricalGeneralizedCrossEntropy::SPEC,
    Targets::Classes,
    |config| {
        let options = CategoricalGeneralizedCrossEntropy::of(config);
        Settings::by_row(options.reduction, move |row| generalized(options.q, row))
    },
);

/// At p_c = 0 Keras gives NaN for the other outputs, because it multiplies with a one-hot row there: 0 x inf.
fn generalized(q: f32, row: Row<'_>) -> f32 {
    let class = row.t[0] as usize;
    let p = row.p[class];
    row.d.fill(0.0);
    row.d[class] = -math::pow(p, q - 1.0);
    (1.0 - math::pow(p, q)) / q
}

class! {
    /// Distance of the predicted distribution from the true one.
    #[formula("L = sum_i t_i ln(t_i / p_i)")]
    #[group("for distributions and counts")]
    #[aliases("kld", "KLD")]
    pub(crate) struct KLDivergence("KLDivergence", "kl_divergence", "Kullback-Leibler divergence") + Reduced {}
}

pub static KL_DIVERGENCE: LossKind =
    LossKind::new(KLDivergence::SPEC, Targets::Numbers, |config| {
        Settings::by_row(Reduced::of(config).reduction, kl_divergence)
    });

fn kl_divergence(row: Row<'_>) -> f32 {
    let mut sum = 0.0;
    for ((t, p), d) in row.t.iter().zip(row.p).zip(row.d) {
        let (t, _) = clip(EPSILON, *t, 1.0);
        let (q, passes) = clip(EPSILON, *p, 1.0);
        sum += t * math::ln(t / q);
        *d = if passes { -t / q } else { 0.0 };
    }
    sum
}

class! {
    /// For counts: how surprising the count t is where p is expected.
    #[formula("L = p - t ln p, mean over outputs")]
    #[group("for distributions and counts")]
    pub(crate) struct Poisson("Poisson", "poisson", "Poisson") + Reduced {}
}

pub static POISSON: LossKind = mean_of::<PoissonTerm>(Poisson::SPEC);

term!(PoissonTerm, |recorder, t, p| {
    let q = (p + recorder.literal(EPSILON)).named("q");
    let slope = recorder.literal(1.0) - t / q;
    [(p - t * q.ln()).named("ℓ"), slope.named("ℓ′")]
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn oracle_gradient_at_probability_0() {
        // Keras 3.15.1, q = 0.5, p = [0, 0.5, 0.5], class 0: value 2, gradient [-inf, NaN, NaN].
        let mut d = [1.0; 3];
        let row = Row {
            t: &[0.0],
            p: &[0.0, 0.5, 0.5],
            logits: false,
            softmax: false,
            d: &mut d,
        };
        let value = generalized(0.5, row);
        assert_eq!((value, d), (2.0, [f32::NEG_INFINITY, 0.0, 0.0]));
    }
}
