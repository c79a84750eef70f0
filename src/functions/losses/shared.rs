//! What several losses share: options, and ways to keep a probability within bounds.

use crate::numerics::math;
use crate::options::{ClassSpec, Default, Kind, OptionSpec, help_text};

/// Keras' `epsilon()`: probabilities are kept this far from 0 and 1.
pub const EPSILON: f32 = 1e-7;

pub const FROM_LOGITS: OptionSpec = OptionSpec {
    name: "from_logits",
    label: "from logits",
    doc: help_text("The model's outputs are sums (logits), not yet probabilities."),
    kind: Kind::Bool,
    default: Default::Bool(false),
    advanced: false,
    start: "",
};
pub const LABEL_SMOOTHING: OptionSpec = OptionSpec {
    name: "label_smoothing",
    label: "label smoothing",
    doc: help_text("Draws every target this far towards even odds."),
    kind: Kind::Float(0.0, 1.0),
    default: Default::Float(0.0),
    advanced: false,
    start: "",
};
pub const IGNORE_CLASS: OptionSpec = OptionSpec {
    name: "ignore_class",
    label: "ignore class",
    doc: help_text("Rows of this class count for nothing."),
    kind: Kind::Int(-1, 1_000_000),
    default: Default::Null,
    advanced: false,
    start: "",
};
/// One axis: for losses that are made of TensorFlow's softmax.
pub const AXIS: OptionSpec = OptionSpec {
    name: "axis",
    label: "axis",
    doc: help_text(
        "The axis of the outputs, counted with the batch as 0; only the last one here (-1).",
    ),
    kind: Kind::Int(-8, 8),
    default: Default::Int(-1),
    advanced: false,
    start: "",
};
/// One axis, or a list.
pub const AXES: OptionSpec = OptionSpec {
    name: "axis",
    label: "axis",
    doc: help_text(
        "The axis of the outputs, counted with the batch as 0; only the last one here (-1).",
    ),
    kind: Kind::MaybeInts(-8, 8),
    default: Default::Int(-1),
    advanced: false,
    start: "",
};
pub const WHOLE_AXES: OptionSpec = OptionSpec {
    name: "axis",
    label: "axis",
    doc: help_text(
        "The last axes, counted with the batch as 0, that one value is made of: -1 for one per row, all but 0 \
         for one per example. Without it one for the whole batch.",
    ),
    kind: Kind::Ints(-8, 8),
    default: Default::Null,
    advanced: false,
    start: "",
};
pub const REDUCTION: OptionSpec = OptionSpec {
    name: "reduction",
    label: "reduction",
    doc: help_text("How the rows of a batch become one number."),
    kind: Kind::OneOf(&[
        "sum_over_batch_size",
        "mean",
        "sum",
        "mean_with_sample_weight",
        "none",
    ]),
    default: Default::Text("sum_over_batch_size"),
    advanced: false,
    start: "",
};

pub const fn number(
    name: &'static str,
    doc: &'static str,
    range: (f64, f64),
    default: f64,
) -> OptionSpec {
    OptionSpec {
        name,
        label: name,
        doc: help_text(doc),
        kind: Kind::Float(range.0, range.1),
        default: Default::Float(default),
        advanced: false,
        start: "",
    }
}

pub const fn entry(
    names: (&'static str, &'static str),
    aliases: &'static [&'static str],
    label: &'static str,
    formula: &'static str,
    doc: &'static str,
    options: &'static [&'static OptionSpec],
) -> ClassSpec {
    ClassSpec {
        class_name: names.0,
        name: names.1,
        aliases,
        label,
        doc: help_text(doc),
        formula: help_text(formula),
        options,
        group: "",
        shared: &[],
    }
}

/// t (1 - s) + s / k: label smoothing over k equal odds.
pub fn smoothed(t: f32, smoothing: f32, k: f32) -> f32 {
    if smoothing == 0.0 {
        t
    } else {
        t * (1.0 - smoothing) + smoothing / k
    }
}

/// The number kept within bounds, and whether it moves with the free one.
pub fn within(low: f32, p: f32, high: f32) -> (f32, bool) {
    let kept = match p {
        _ if p < low => low,
        _ if p > high => high,
        _ => p,
    };
    (kept, (low..=high).contains(&p))
}

/// The clipped probability, and whether it moves with the unclipped one.
pub fn clipped(p: f32) -> (f32, bool) {
    within(EPSILON, p, 1.0 - EPSILON)
}

/// Fills `softmax` and gives ln(sum e^z).
pub fn log_softmax(z: &[f32], softmax: &mut [f32]) -> f32 {
    let top = z
        .iter()
        .fold(f32::NEG_INFINITY, |a, &b| if b > a { b } else { a });
    let mut sum = 0.0;
    for (e, z) in softmax.iter_mut().zip(z) {
        *e = math::exp(z - top);
        sum += *e;
    }
    softmax.iter_mut().for_each(|e| *e /= sum);
    math::ln(sum) + top
}
