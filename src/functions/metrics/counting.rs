//! Counts of true and false positives and negatives at one or more thresholds.

use crate::functions::losses::Batch;

/// Positions of the four counts in a state `[4, thresholds, labels]`.
pub const TP: usize = 0;
pub const FP: usize = 1;
pub const TN: usize = 2;
pub const FN: usize = 3;

/// How thresholds are spaced: for 0, 1/(n-1), ..., 1 Keras computes the bucket of a number in place of comparisons.
#[derive(Clone, Copy, PartialEq)]
pub enum Spacing {
    /// Not even.
    Any,
    /// Even.
    Even,
    /// Even, but the first and the last threshold are moved outwards by epsilon, so that 0 is above the first.
    EvenWithMargin,
}

/// Keras' `is_evenly_distributed_thresholds`.
pub fn are_even(thresholds: &[f32]) -> bool {
    let last = thresholds.len() as f64 - 1.0;
    let close = |(i, t): (usize, &f32)| {
        let even = f64::from((i as f64 / last) as f32);
        (f64::from(*t) - even).abs() <= 1e-7 + 1e-5 * even
    };
    thresholds.len() >= 3 && thresholds.iter().enumerate().all(close)
}

/// How a batch is counted.
pub struct Counting<'a> {
    /// Outputs above a threshold are predictions of yes.
    pub thresholds: &'a [f32],
    /// How they are spaced.
    pub spacing: Spacing,
    /// Counts this output only.
    pub class: Option<usize>,
    /// Only this number of the largest outputs of a row can be yes.
    pub top: Option<usize>,
    /// Weight of each output, where they differ.
    pub label_weights: &'a [f64],
    /// Every output has its own counts.
    pub per_label: bool,
    /// Converts an output to the number that is compared.
    pub probability: fn(f32) -> f32,
}

impl Counting<'_> {
    /// Adds a batch to `[4, thresholds, labels]` counts.
    pub fn add(&self, batch: &Batch<'_>, counts: &mut [f64]) {
        let k = batch.n_outputs;
        let labels = if self.per_label { k } else { 1 };
        let n = self.thresholds.len();
        let rows = batch.t.chunks_exact(k).zip(batch.p.chunks_exact(k));
        for (i, (t, p)) in rows.enumerate() {
            let weight = f64::from(batch.weight(i));
            for j in (0..k).filter(|j| self.class.is_none_or(|c| c == *j)) {
                let weight = weight * self.label_weights.get(j).copied().unwrap_or(1.0);
                let is_yes = t[j] != 0.0;
                let label = if self.per_label { j } else { 0 };
                let number = if self.top.is_none_or(|top| is_in_top(p, j, top)) {
                    (self.probability)(p[j])
                } else {
                    NOT_IN_TOP
                };
                let bucket = self.bucket(number);
                for (at, threshold) in self.thresholds.iter().enumerate() {
                    let predicted = match self.spacing {
                        Spacing::Any => number > *threshold,
                        _ => (at as f32) <= bucket,
                    };
                    let count = match (is_yes, predicted) {
                        (true, true) => TP,
                        (false, true) => FP,
                        (false, false) => TN,
                        (true, false) => FN,
                    };
                    counts[(count * n + at) * labels + label] += weight;
                }
            }
        }
    }

    /// Index of the last even threshold below the number; -1 where there is none.
    fn bucket(&self, number: f32) -> f32 {
        let bucket = (number.clamp(0.0, 1.0) * (self.thresholds.len() as f32 - 1.0)).ceil() - 1.0;
        if self.spacing == Spacing::EvenWithMargin && bucket < 0.0 {
            0.0
        } else {
            bucket
        }
    }
}

/// Keras' replacement for outputs that are not among the largest, and for the threshold below them.
pub const NOT_IN_TOP: f32 = -1e10;

fn is_in_top(p: &[f32], j: usize, top: usize) -> bool {
    let before = |(i, x): (usize, &f32)| *x > p[j] || *x == p[j] && i < j;
    p.iter().enumerate().filter(|x| before(*x)).count() < top
}
