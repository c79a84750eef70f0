//! AUC: the area under a curve over all thresholds.

use super::counting::{Counting, FN, FP, Spacing, TN, TP, are_even};
use super::metric::{Accumulate, MetricKind, NAME, Settings, over};
use crate::functions::losses::Batch;
use crate::functions::losses::shared::FROM_LOGITS;
use crate::numerics::math;
use crate::options::declare::class;
use crate::options::{Default, Kind};

class! {
    /// Probability that a yes has a higher output than a no: 0.5 is guessing, 1 is perfect.
    #[formula("area under TP / (TP + FN) over FP / (FP + TN)")]
    #[group("true and false positives")]
    pub struct Auc("AUC", "auc", "AUC") {
        /// Number of thresholds from 0 to 1.
        num_thresholds("number of thresholds"): usize = Kind::Int(2, 10_000), Default::Int(200);
        /// True positive rate over false positive rate (ROC), or precision over recall (PR, PRGAIN).
        #[advanced]
        curve("curve"): &'static str = Kind::OneOf(&["ROC", "PR", "PRGAIN"]), Default::Text("ROC");
        /// How the strips between two thresholds are added up.
        #[advanced]
        summation_method("summation method"): &'static str =
            Kind::OneOf(&["interpolation", "minoring", "majoring"]), Default::Text("interpolation");
        name: Option<String> = NAME;
        /// Your own thresholds, in place of num_thresholds.
        #[advanced]
        thresholds("thresholds"): Vec<f64> = Kind::Floats(0.0, 1.0), Default::Null;
        /// Computes one area per output and shows their mean.
        #[advanced]
        multi_label("multi-label"): bool = Kind::Bool, Default::Bool(false);
        /// Number of outputs; follows from the model.
        #[advanced]
        num_labels("number of labels"): Option<usize> = Kind::Int(1, 1_000_000), Default::Null;
        /// Weight of each output.
        #[advanced]
        label_weights("label weights"): Vec<f64> = Kind::Floats(0.0, 1e6), Default::Null;
        from_logits: bool = FROM_LOGITS;
    }
}

pub static AUC: MetricKind = MetricKind::up(Auc::SPEC, |config| {
    let mut options = Auc::of(config);
    Settings::accumulated(options.name.take(), Area::new(options))
});

/// Keras' `epsilon()`: the distance of the first and the last threshold from 0 and 1.
const MARGIN: f64 = 1e-7;

/// State: counts `[4, thresholds, labels]`.
struct Area {
    options: Auc,
    thresholds: Vec<f32>,
    spacing: Spacing,
}

impl Area {
    fn new(mut options: Auc) -> Self {
        let n = options.num_thresholds;
        let own = !options.thresholds.is_empty();
        let mut inner = std::mem::take(&mut options.thresholds);
        inner.sort_unstable_by(f64::total_cmp);
        if !own {
            inner = (1..n - 1).map(|i| i as f64 / (n as f64 - 1.0)).collect();
        }
        let thresholds: Vec<f32> = std::iter::once(-MARGIN)
            .chain(inner)
            .chain([1.0 + MARGIN])
            .map(|t| t as f32)
            .collect();
        let spacing = match own && !are_even(&thresholds) {
            true => Spacing::Any,
            false => Spacing::EvenWithMargin,
        };
        Area {
            options,
            thresholds,
            spacing,
        }
    }

    /// The area of one label: the sum of the strips between neighbouring thresholds.
    fn area(&self, state: &[f64], labels: usize, label: usize) -> f64 {
        let n = self.thresholds.len();
        let count = |which: usize, at: usize| state[(which * n + at) * labels + label];
        let (curve, summation) = (self.options.curve, self.options.summation_method);
        let point = |at: usize| {
            let [tp, fp, tn, fns] = [TP, FP, TN, FN].map(|which| count(which, at));
            let recall = over(tp, tp + fns);
            match curve {
                "PR" => (recall, over(tp, tp + fp)),
                "PRGAIN" => {
                    let odds = over(tp + fns, tn + fp);
                    let gain = |wrong: f64, otherwise: f64| {
                        if tp == 0.0 {
                            otherwise
                        } else {
                            1.0 - odds * (wrong / tp)
                        }
                    };
                    (larger(0.0, gain(fns, 0.0)), gain(fp, 1.0))
                }
                _ => (over(fp, fp + tn), recall),
            }
        };
        let mut sum = 0.0;
        for at in 0..n - 1 {
            sum += if curve == "PR" && summation == "interpolation" {
                // Davis and Goadrich (2006): precision is not linear between two thresholds.
                let predicted = |at| count(TP, at) + count(FP, at);
                let (p, next) = (predicted(at), predicted(at + 1));
                let found = count(TP, at) - count(TP, at + 1);
                let slope = over(found, if p > next { p - next } else { 0.0 });
                let offset = count(TP, at + 1) - slope * next;
                let ratio = if p > 0.0 && next > 0.0 { p / next } else { 1.0 };
                let strip = slope * (found + offset * math::ln_f64(ratio));
                over(strip, count(TP, at + 1) + count(FN, at + 1))
            } else {
                let ((x, y), (next_x, next_y)) = (point(at), point(at + 1));
                let height = match summation {
                    "minoring" => {
                        if y < next_y {
                            y
                        } else {
                            next_y
                        }
                    }
                    "majoring" => larger(y, next_y),
                    _ => (y + next_y) / 2.0,
                };
                (x - next_x) * height
            };
        }
        sum
    }
}

fn larger(a: f64, b: f64) -> f64 {
    if b > a { b } else { a }
}

impl Accumulate for Area {
    fn state_len(&self, n_outputs: usize) -> usize {
        let labels = if self.options.multi_label {
            n_outputs
        } else {
            1
        };
        4 * self.thresholds.len() * labels
    }

    fn misfit(&self, class: &str, n_outputs: usize) -> Option<String> {
        if self.options.num_labels.is_some() && !self.options.multi_label {
            return Some(format!(
                "{class} takes num_labels only with multi_label: set multi_label to true."
            ));
        }
        let n = self.options.label_weights.len();
        (n != 0 && n != n_outputs).then(|| {
            format!("{class} has {n} label_weights for {n_outputs} outputs: give one each.")
        })
    }

    fn update(&self, batch: &Batch<'_>, state: &mut [f64]) {
        Counting {
            thresholds: &self.thresholds,
            spacing: self.spacing,
            class: None,
            top: None,
            label_weights: if self.options.multi_label {
                &[]
            } else {
                &self.options.label_weights
            },
            per_label: self.options.multi_label,
            probability: match self.options.from_logits {
                true => math::sigmoid,
                false => |p| p,
            },
        }
        .add(batch, state);
    }

    fn result(&self, state: &[f64], show: &mut dyn FnMut(f64)) {
        let labels = state.len() / (4 * self.thresholds.len());
        let (mut sum, mut mass) = (0.0, 0.0);
        for label in 0..labels {
            let own = self.options.label_weights.get(label).filter(|_| labels > 1);
            let weight = own.copied().unwrap_or(1.0);
            sum += weight * self.area(state, labels, label);
            mass += weight;
        }
        show(over(sum, mass));
    }
}
