//! Metrics whose value is a mean over rows: accuracies, errors, correlations, and the losses that
//! Keras has as metrics too.

use super::Direction::{Down, Up};
use super::{Measure, MetricKind, NAME, Wants, argmax, entry};
use crate::functions::losses::entropies::{BINARY, CATEGORICAL, KL_DIVERGENCE, POISSON, SPARSE};
use crate::functions::losses::margins::{
    CATEGORICAL as CATEGORICAL_MARGIN, HINGE, SQUARED as SQUARED_HINGE,
};
use crate::functions::losses::regression::{ABSOLUTE, LOG_COSH, LOGARITHMIC, PERCENTAGE, SQUARED};
use crate::functions::losses::shared::{AXES, AXIS, FROM_LOGITS, IGNORE_CLASS, LABEL_SMOOTHING};
use crate::functions::losses::{LossKind, Targets, cosine};
use crate::options::{Default, Kind, OptionSpec, help_text};

pub const ACCURACY: MetricKind = MetricKind {
    class: entry(
        // Keras' string. Its class of that name is EQUALITY.
        ("accuracy", "accuracy"),
        &["acc"],
        "Accuracy",
        "right answers / answers",
        "Share of right answers; which of the three accuracies it is follows from the shapes.",
        &[&NAME],
    ),
    measure: Measure::Accuracy,
    wants: Wants::Either,
    direction: Some(Up),
};

pub const EQUALITY: MetricKind = MetricKind {
    class: entry(
        ("Accuracy", "Accuracy"),
        &[],
        "Accuracy (equal numbers)",
        "mean of p = t",
        "Share of outputs that are equal to their targets to the last digit.",
        &[&NAME],
    ),
    measure: Measure::Row(|_, t, p| {
        let right = t.iter().zip(p).filter(|(t, p)| t == p).count();
        right as f32 / p.len() as f32
    }),
    wants: Wants::Numbers,
    direction: Some(Up),
};

pub const BINARY_ACCURACY: MetricKind = MetricKind {
    class: entry(
        ("BinaryAccuracy", "binary_accuracy"),
        &[],
        "Binary accuracy",
        "mean of (p > threshold) = t",
        "Share of outputs on the right side of the threshold.",
        &[
            &NAME,
            &OptionSpec {
                name: "threshold",
                label: "threshold",
                doc: help_text("Above it the answer is yes."),
                kind: Kind::Float(-1e6, 1e6),
                default: Default::Float(0.5),
                advanced: false,
                start: "",
            },
        ],
    ),
    measure: Measure::Row(|options, t, p| binary_accuracy(options[1], t, p)),
    wants: Wants::Numbers,
    direction: Some(Up),
};

pub fn binary_accuracy(threshold: f32, t: &[f32], p: &[f32]) -> f32 {
    let right = |(t, p): &(&f32, &f32)| f32::from(**p > threshold) == **t;
    t.iter().zip(p).filter(right).count() as f32 / p.len() as f32
}

pub const CATEGORICAL_ACCURACY: MetricKind = MetricKind {
    class: entry(
        ("CategoricalAccuracy", "categorical_accuracy"),
        &[],
        "Categorical accuracy",
        "argmax p = argmax t",
        "Share of rows whose largest output is the one-hot target.",
        &[&NAME],
    ),
    measure: Measure::Row(|_, t, p| f32::from(argmax(t) == argmax(p))),
    wants: Wants::Numbers,
    direction: Some(Up),
};

pub const SPARSE_ACCURACY: MetricKind = MetricKind {
    class: entry(
        ("SparseCategoricalAccuracy", "sparse_categorical_accuracy"),
        &[],
        "Sparse categorical accuracy",
        "argmax p = t",
        "Share of rows whose largest output is the target's class number.",
        &[&NAME],
    ),
    measure: Measure::Row(|_, t, p| f32::from(argmax(p) as f32 == t[0])),
    wants: Wants::Classes,
    direction: Some(Up),
};

const K: OptionSpec = OptionSpec {
    name: "k",
    label: "k",
    doc: help_text("How many of the largest outputs may hold the answer."),
    kind: Kind::Int(1, 1_000_000),
    default: Default::Int(5),
    advanced: false,
    start: "",
};

/// Whether fewer than k outputs lie above that of the class: equals count for it, as in TensorFlow.
fn in_top(k: f32, class: f32, p: &[f32]) -> f32 {
    let (index, finite) = (class as usize, p.iter().all(|p| p.is_finite()));
    let Some(own) = p.get(index).filter(|_| class >= 0.0 && finite) else {
        return 0.0;
    };
    gate((p.iter().filter(|p| *p > own).count() as f32) < k)
}

fn gate(yes: bool) -> f32 {
    f32::from(u8::from(yes))
}

pub const TOP_K: MetricKind = MetricKind {
    class: entry(
        ("TopKCategoricalAccuracy", "top_k_categorical_accuracy"),
        &[],
        "Top-k categorical accuracy",
        "argmax t among the k largest p",
        "Share of rows whose one-hot target is among the k largest outputs.",
        &[&K, &NAME],
    ),
    measure: Measure::Row(|options, t, p| in_top(options[0], argmax(t) as f32, p)),
    wants: Wants::Numbers,
    direction: Some(Up),
};

pub const SPARSE_TOP_K: MetricKind = MetricKind {
    class: entry(
        (
            "SparseTopKCategoricalAccuracy",
            "sparse_top_k_categorical_accuracy",
        ),
        &[],
        "Sparse top-k categorical accuracy",
        "t among the k largest p",
        "Share of rows whose class number is among the k largest outputs.",
        &[
            &K,
            &NAME,
            &OptionSpec {
                name: "from_sorted_ids",
                label: "from sorted ids",
                doc: help_text("The outputs are class numbers, the best first."),
                kind: Kind::Bool,
                default: Default::Bool(false),
                advanced: false,
                start: "",
            },
        ],
    ),
    measure: Measure::Row(|options, t, p| match options {
        [k, _, sorted] if *sorted != 0.0 => gate(p.iter().take(*k as usize).any(|p| *p == t[0])),
        _ => in_top(options[0], t[0], p),
    }),
    wants: Wants::Classes,
    direction: Some(Up),
};

pub const ROOT_MEAN_SQUARED: MetricKind = MetricKind {
    class: entry(
        ("RootMeanSquaredError", "root_mean_squared_error"),
        &[],
        "Root mean squared error",
        "sqrt(mean of (t - p)^2)",
        "The mean squared error in the target's own unit. (Keras does not mask it.)",
        &[&NAME],
    ),
    measure: Measure::Root(|_, t, p| {
        let sum: f32 = t.iter().zip(p).map(|(t, p)| (p - t) * (p - t)).sum();
        sum / p.len() as f32
    }),
    wants: Wants::Numbers,
    direction: Some(Down),
};

pub const COSINE: MetricKind = MetricKind {
    class: entry(
        ("CosineSimilarity", "cosine_similarity"),
        &[],
        "Cosine similarity",
        "sum_i t_i p_i / (|t| |p|)",
        "1 where the row points as its target does, -1 where it points away.",
        &[&NAME, &AXES],
    ),
    measure: Measure::Row(|_, t, p| cosine(t, p).0),
    wants: Wants::Numbers,
    direction: Some(Up),
};

/// Mean and standard deviation of a row.
fn moments(x: &[f32]) -> (f64, f64) {
    let n = x.len() as f64;
    let mean = x.iter().map(|x| f64::from(*x)).sum::<f64>() / n;
    let squares = |x: &f32| (f64::from(*x) - mean) * (f64::from(*x) - mean);
    (mean, (x.iter().map(squares).sum::<f64>() / n).sqrt())
}

pub const PEARSON: MetricKind = MetricKind {
    class: entry(
        ("PearsonCorrelation", "pearson_correlation"),
        &[],
        "Pearson correlation",
        "cov(t, p) / (sd t sd p), over a row",
        "How well a row's outputs follow its targets up to size and offset; needs several outputs.",
        &[&NAME, &AXES],
    ),
    measure: Measure::Row(|_, t, p| {
        let ((mean_t, sd_t), (mean_p, sd_p)) = (moments(t), moments(p));
        let product = |(t, p): (&f32, &f32)| {
            (f64::from(*t) - mean_t) / sd_t * ((f64::from(*p) - mean_p) / sd_p)
        };
        (t.iter().zip(p).map(product).sum::<f64>() / p.len() as f64) as f32
    }),
    wants: Wants::Numbers,
    direction: Some(Up),
};

pub const CONCORDANCE: MetricKind = MetricKind {
    class: entry(
        ("ConcordanceCorrelation", "concordance_correlation"),
        &[],
        "Concordance correlation",
        "2 cov(t, p) / (var t + var p + (mean t - mean p)^2), over a row",
        "As Pearson's, but size and offset have to be right too.",
        &[&NAME, &AXES],
    ),
    measure: Measure::Row(|_, t, p| {
        let ((mean_t, sd_t), (mean_p, sd_p)) = (moments(t), moments(p));
        let apart = mean_t - mean_p;
        let norm = sd_t * sd_t + sd_p * sd_p + apart * apart + 1e-7;
        let product =
            |(t, p): (&f32, &f32)| (f64::from(*t) - mean_p) * (f64::from(*p) - mean_p) * 2.0 / norm;
        (t.iter().zip(p).map(product).sum::<f64>() / p.len() as f64) as f32
    }),
    wants: Wants::Numbers,
    direction: Some(Up),
};

/// The metric that is a loss.
const fn of_loss(
    loss: &'static LossKind,
    names: (&'static str, &'static str),
    aliases: &'static [&'static str],
    options: &'static [&'static OptionSpec],
) -> MetricKind {
    let its = &loss.class;
    MetricKind {
        class: entry(
            names,
            aliases,
            its.label,
            its.formula.text(),
            its.doc.text(),
            options,
        ),
        measure: Measure::Loss(its.class_name),
        wants: if matches!(loss.targets, Targets::Classes) {
            Wants::LossClasses
        } else {
            Wants::Numbers
        },
        direction: Some(Down),
    }
}

const fn same(loss: &'static LossKind, options: &'static [&'static OptionSpec]) -> MetricKind {
    let its = &loss.class;
    of_loss(loss, (its.class_name, its.name), its.aliases, options)
}

pub const MEAN_SQUARED: MetricKind = same(&SQUARED, &[&NAME]);
pub const MEAN_ABSOLUTE: MetricKind = same(&ABSOLUTE, &[&NAME]);
pub const MEAN_PERCENTAGE: MetricKind = same(&PERCENTAGE, &[&NAME]);
pub const MEAN_LOGARITHMIC: MetricKind = same(&LOGARITHMIC, &[&NAME]);
pub const LOG_COSH_ERROR: MetricKind = of_loss(
    &LOG_COSH,
    ("LogCoshError", "logcosh"),
    &["log_cosh_error"],
    &[&NAME],
);
pub const BINARY_ENTROPY: MetricKind = same(&BINARY, &[&NAME, &FROM_LOGITS, &LABEL_SMOOTHING]);
pub const CATEGORICAL_ENTROPY: MetricKind = same(
    &CATEGORICAL,
    &[&NAME, &FROM_LOGITS, &LABEL_SMOOTHING, &AXIS],
);
pub const SPARSE_ENTROPY: MetricKind = same(&SPARSE, &[&NAME, &FROM_LOGITS, &IGNORE_CLASS, &AXIS]);
pub const DIVERGENCE: MetricKind = same(&KL_DIVERGENCE, &[&NAME]);
pub const OF_POISSON: MetricKind = same(&POISSON, &[&NAME]);
pub const OF_HINGE: MetricKind = same(&HINGE, &[&NAME]);
pub const OF_SQUARED_HINGE: MetricKind = same(&SQUARED_HINGE, &[&NAME]);
pub const OF_CATEGORICAL_HINGE: MetricKind = same(&CATEGORICAL_MARGIN, &[&NAME]);
