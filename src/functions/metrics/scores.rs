//! F scores and R2: accumulated per output.

use super::metric::{Accumulate, MetricKind, NAME, Settings, argmax};
use crate::functions::losses::Batch;
use crate::options::declare::{class, options};
use crate::options::{Default, Kind};

/// Keras' `epsilon()`.
const EPSILON: f64 = 1e-7;

options! {
    /// How the scores of the classes become one; without it the logs hold one score per class.
    #[advanced]
    AVERAGE = average("average"), Kind::OneOf(&["micro", "macro", "weighted"]), Default::Null;
    /// Output above which the prediction is yes; without it the largest output is the prediction.
    #[advanced]
    THRESHOLD = threshold("threshold"), Kind::Float(1e-6, 1.0), Default::Null;
}

class! {
    /// Harmonic mean of precision and recall: high only where both are high.
    #[formula("2 precision recall / (precision + recall)")]
    #[group("true and false positives")]
    struct F1Score("F1Score", "f1_score", "F1 score") {
        average: Option<&'static str> = AVERAGE;
        threshold: Option<f32> = THRESHOLD;
        name: Option<String> = NAME;
    }
}

pub static F1: MetricKind = MetricKind::up(F1Score::SPEC, |config| {
    let F1Score {
        average,
        threshold,
        name,
    } = F1Score::of(config);
    let score = FBetaScore {
        average,
        beta: 1.0,
        threshold,
        name: None,
    };
    Settings::accumulated(name, score)
});

class! {
    /// As F1, with beta times as much weight on recall as on precision.
    #[formula("(1 + beta^2) precision recall / (beta^2 precision + recall)")]
    #[group("true and false positives")]
    #[aliases("f_beta_score")]
    struct FBetaScore("FBetaScore", "fbeta_score", "F-beta score") {
        average: Option<&'static str> = AVERAGE;
        /// Weight of recall relative to precision.
        #[advanced]
        beta("beta"): f32 = Kind::Float(1e-6, 1e6), Default::Float(1.0);
        threshold: Option<f32> = THRESHOLD;
        name: Option<String> = NAME;
    }
}

pub static F_BETA: MetricKind = MetricKind::up(FBetaScore::SPEC, |config| {
    let mut options = FBetaScore::of(config);
    Settings::accumulated(options.name.take(), options)
});

/// State: true positives, false positives, false negatives and positives, each per class: `[4, classes]`.
impl Accumulate for FBetaScore {
    fn state_len(&self, n_outputs: usize) -> usize {
        match self.average {
            Some("micro") => 4,
            _ => 4 * n_outputs,
        }
    }

    fn is_list(&self) -> bool {
        self.average.is_none()
    }

    fn needs_vectors(&self) -> bool {
        true
    }

    fn has_default_name(&self) -> bool {
        true
    }

    fn update(&self, batch: &Batch<'_>, state: &mut [f64]) {
        let k = batch.n_outputs;
        let classes = state.len() / 4;
        let rows = batch.t.chunks_exact(k).zip(batch.p.chunks_exact(k));
        for (i, (t, p)) in rows.enumerate() {
            let weight = f64::from(batch.weight(i));
            let max = p[argmax(p)];
            for j in 0..k {
                let predicted = match self.threshold {
                    // A row of zeros predicts no class.
                    None => p[j] >= max && p[j].abs() > 1e-9,
                    Some(threshold) => p[j] > threshold,
                };
                let (yes, true_) = (f64::from(u8::from(predicted)), f64::from(t[j]));
                let sums = [yes * true_, yes * (1.0 - true_), (1.0 - yes) * true_, true_];
                for (count, sum) in sums.iter().enumerate() {
                    state[count * classes + j % classes] += weight * sum;
                }
            }
        }
    }

    fn result(&self, state: &[f64], show: &mut dyn FnMut(f64)) {
        let (beta, classes) = (f64::from(self.beta), state.len() / 4);
        let all: f64 = state[3 * classes..].iter().sum();
        let mut sum = 0.0;
        for class in 0..classes {
            let [tp, fp, fns, positives] = [0, 1, 2, 3].map(|count| state[count * classes + class]);
            let precision = tp / (tp + fp + EPSILON);
            let recall = tp / (tp + fns + EPSILON);
            let mean = precision * recall / (beta * beta * precision + recall + EPSILON);
            let score = mean * (1.0 + beta * beta);
            match self.average {
                None => show(score),
                Some("weighted") => sum += score * (positives / (all + EPSILON)),
                Some(_) => sum += score / classes as f64,
            }
        }
        if self.average.is_some() {
            show(sum);
        }
    }
}

class! {
    /// Fraction of the targets' variance that the model explains: 1 is all of it, 0 is as good as predicting their
    /// mean.
    #[formula("1 - sum (t - p)^2 / sum (t - mean t)^2")]
    #[group("for numbers")]
    struct R2Score("R2Score", "r2_score", "R2 score") {
        /// How the scores of the outputs become one; none: one score per output.
        class_aggregation("aggregation"): &'static str =
            Kind::OneOf(&["uniform_average", "variance_weighted_average", "none"]),
            Default::Text("uniform_average");
        /// Number of inputs, for the adjusted score; 0: not adjusted.
        #[advanced]
        num_regressors("number of inputs"): usize = Kind::Int(0, 1_000_000), Default::Int(0);
        name: Option<String> = NAME;
    }
}

pub static R2: MetricKind = MetricKind::up(R2Score::SPEC, |config| {
    let mut options = R2Score::of(config);
    Settings::accumulated(options.name.take(), options)
});

/// State: sums of targets, of squared targets, of squared errors and of weights, each per output; then the number of
/// targets.
impl Accumulate for R2Score {
    fn state_len(&self, n_outputs: usize) -> usize {
        4 * n_outputs + 1
    }

    fn is_list(&self) -> bool {
        self.class_aggregation == "none"
    }

    fn needs_vectors(&self) -> bool {
        true
    }

    fn has_default_name(&self) -> bool {
        true
    }

    fn update(&self, batch: &Batch<'_>, state: &mut [f64]) {
        let k = batch.n_outputs;
        let rows = batch.t.chunks_exact(k).zip(batch.p.chunks_exact(k));
        for (i, (t, p)) in rows.enumerate() {
            let weight = f64::from(batch.weight(i));
            for j in 0..k {
                let (t, p) = (f64::from(t[j]), f64::from(p[j]));
                state[j] += t * weight;
                state[k + j] += t * t * weight;
                state[2 * k + j] += (t - p) * (t - p) * weight;
                state[3 * k + j] += weight;
            }
            state[4 * k] += k as f64;
        }
    }

    fn result(&self, state: &[f64], show: &mut dyn FnMut(f64)) {
        let k = state.len() / 4;
        // Keras counts every target as a sample, and does not adjust the score where there are too few.
        let (samples, inputs) = (state[4 * k], self.num_regressors as f64);
        let adjusted = |score: f64| {
            if inputs == 0.0 || inputs >= samples - 1.0 {
                score
            } else {
                1.0 - (1.0 - score) * (samples - 1.0) / (samples - inputs - 1.0)
            }
        };
        let (mut sum, mut mass) = (0.0, 0.0);
        for j in 0..k {
            let mean = state[j] / state[3 * k + j];
            let spread = state[k + j] - state[j] * mean;
            let score = 1.0 - state[2 * k + j] / spread;
            let score = if score.is_infinite() { 0.0 } else { score };
            let weight = match self.class_aggregation {
                "variance_weighted_average" => spread,
                _ => 1.0,
            };
            if self.is_list() {
                show(adjusted(score));
            }
            sum += score * weight;
            mass += weight;
        }
        if !self.is_list() {
            show(adjusted(sum / mass));
        }
    }
}
