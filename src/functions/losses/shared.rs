//! Options and functions that several losses share.

use crate::kernels::reduce;
use crate::options::declare::{options, shared};
use crate::options::{Default, Kind};

/// Keras' `epsilon()`: probabilities are clipped to this distance from 0 and 1.
pub const EPSILON: f32 = 1e-7;

options! {
    /// The model's outputs are logits, not yet probabilities.
    pub FROM_LOGITS = from_logits("from logits"), Kind::Bool, Default::Bool(false);
    /// Moves every target by this fraction towards equal probabilities.
    #[advanced]
    pub LABEL_SMOOTHING = label_smoothing("label smoothing"), Kind::Float(0.0, 1.0), Default::Float(0.0);
    /// Rows of this class are not counted.
    #[advanced]
    pub IGNORE_CLASS = ignore_class("ignored class"), Kind::Int(-1, 1_000_000), Default::Null;
    /// Axis of the outputs, counted with the batch as 0; only the last one is supported here (-1).
    #[advanced]
    pub AXIS = axis("axis"), Kind::Int(-8, 8), Default::Int(-1);
    /// Axis of the outputs, counted with the batch as 0; only the last one is supported here (-1).
    #[advanced]
    pub AXES = axis("axis"), Kind::MaybeInts(-8, 8), Default::Int(-1);
    /// The last axes of the outputs that one value covers, counted with the batch as 0: -1 for one value per row, all
    /// but 0 for one per example. Without it there is one value for the whole batch.
    #[advanced]
    pub WHOLE_AXES = axis("axis"), Kind::Ints(-8, 8), Default::Null;
    /// How the values of a batch become one number.
    #[advanced]
    pub REDUCTION = reduction("reduction"),
        Kind::OneOf(&["sum_over_batch_size", "mean", "sum", "mean_with_sample_weight", "none"]),
        Default::Text("sum_over_batch_size");
}

shared! {
    /// The only option of many losses.
    pub struct Reduced {
        reduction: &'static str = REDUCTION;
    }
}

/// Label smoothing over k classes: t (1 - s) + s / k.
pub fn smoothed(t: f32, smoothing: f32, k: f32) -> f32 {
    if smoothing == 0.0 {
        t
    } else {
        t * (1.0 - smoothing) + smoothing / k
    }
}

/// `p` clipped to a range, and whether the derivative of the clipped value is 1 (else 0).
pub fn clip(low: f32, p: f32, high: f32) -> (f32, bool) {
    let clipped = match p {
        _ if p < low => low,
        _ if p > high => high,
        _ => p,
    };
    (clipped, (low..=high).contains(&p))
}

/// [`clip`] for a probability.
pub fn clipped(p: f32) -> (f32, bool) {
    clip(EPSILON, p, 1.0 - EPSILON)
}

/// Fills `softmax` and returns ln(sum e^z).
pub fn log_softmax(z: &[f32], softmax: &mut [f32]) -> f32 {
    softmax.copy_from_slice(z);
    reduce::softmax(softmax)
}
