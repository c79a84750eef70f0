//! True and false positives and negatives at one or more thresholds, and the metrics that follow from them.

use super::counting::{Counting, FN, FP, NOT_IN_TOP, Spacing, TN, TP, are_even};
use super::metric::{Accumulate, MetricKind, NAME, Settings, over};
use crate::functions::losses::Batch;
use crate::options::declare::{class, options, shared};
use crate::options::{ConfigObject, Default, Kind};

/// a / (a + b).
fn ratio(a: f64, b: f64) -> f64 {
    over(a, a + b)
}

/// A number computed from the four counts at a threshold.
type Rate = fn([f64; 4]) -> f64;

/// TP / (TP + FN), also called recall.
fn sensitivity(c: [f64; 4]) -> f64 {
    ratio(c[TP], c[FN])
}

/// TN / (TN + FP).
fn specificity(c: [f64; 4]) -> f64 {
    ratio(c[TN], c[FP])
}

/// TP / (TP + FP).
fn precision(c: [f64; 4]) -> f64 {
    ratio(c[TP], c[FP])
}

/// Counts at thresholds, and the result that is computed from them. State: `[4, thresholds]`.
struct Counts {
    thresholds: Vec<f32>,
    spacing: Spacing,
    class_id: Option<usize>,
    top_k: Option<usize>,
    summary: Summary,
}

/// How the result follows from the counts at each threshold.
enum Summary {
    /// One number per threshold.
    Each(Rate),
    /// The largest `value` over the thresholds where `constrained` is at least `least`.
    Best {
        least: f32,
        constrained: Rate,
        value: Rate,
    },
}

impl Counts {
    /// One number per threshold; without thresholds 0.5, or with `top_k` one below all outputs.
    fn each(thresholds: &[f64], top_k: Option<usize>, class_id: Option<usize>, rate: Rate) -> Self {
        let mut thresholds: Vec<f32> = thresholds.iter().map(|t| *t as f32).collect();
        if thresholds.is_empty() {
            thresholds.push(match top_k {
                Some(_) => NOT_IN_TOP,
                None => 0.5,
            });
        }
        Counts {
            spacing: match are_even(&thresholds) {
                true => Spacing::Even,
                false => Spacing::Any,
            },
            thresholds,
            class_id,
            top_k,
            summary: Summary::Each(rate),
        }
    }

    /// The largest `value` over `n` even thresholds, where `constrained` is at least `least`.
    fn best(n: usize, class_id: Option<usize>, least: f32, constrained: Rate, value: Rate) -> Self {
        let even = |i: usize| (i as f64 / (n as f64 - 1.0)) as f32;
        let (thresholds, spacing) = match n {
            1 => (vec![0.5], Spacing::Any),
            _ => ((0..n).map(even).collect(), Spacing::Even),
        };
        Counts {
            thresholds,
            spacing,
            class_id,
            top_k: None,
            summary: Summary::Best {
                least,
                constrained,
                value,
            },
        }
    }
}

impl Accumulate for Counts {
    fn state_len(&self, _: usize) -> usize {
        4 * self.thresholds.len()
    }

    fn is_list(&self) -> bool {
        matches!(self.summary, Summary::Each(_)) && self.thresholds.len() > 1
    }

    fn misfit(&self, class: &str, n_outputs: usize) -> Option<String> {
        if self.class_id.is_some_and(|id| id >= n_outputs) {
            return Some(format!(
                "{class} has a class_id beyond the {n_outputs} outputs."
            ));
        }
        self.top_k
            .is_some_and(|k| k > n_outputs)
            .then(|| format!("{class} has a top_k of more than the {n_outputs} outputs."))
    }

    fn update(&self, batch: &Batch<'_>, state: &mut [f64]) {
        Counting {
            thresholds: &self.thresholds,
            spacing: self.spacing,
            class: self.class_id,
            top: self.top_k,
            label_weights: &[],
            per_label: false,
            probability: |p| p,
        }
        .add(batch, state);
    }

    fn result(&self, state: &[f64], show: &mut dyn FnMut(f64)) {
        let n = self.thresholds.len();
        let counts = (0..n).map(|at| [TP, FP, TN, FN].map(|count| state[count * n + at]));
        match self.summary {
            Summary::Each(rate) => counts.for_each(|counts| show(rate(counts))),
            Summary::Best {
                least,
                constrained,
                value,
            } => {
                let mut best = 0.0f64;
                for counts in counts {
                    let value = value(counts);
                    if constrained(counts) as f32 >= least && value > best {
                        best = value;
                    }
                }
                show(best);
            }
        }
    }
}

options! {
    /// Outputs above it are predictions of yes; 0.5 without it. Several thresholds give one number each.
    #[advanced]
    THRESHOLDS = thresholds("thresholds"), Kind::Floats(0.0, 1.0), Default::Null;
    /// Only this number of the largest outputs of a row can be yes.
    #[advanced]
    TOP_K = top_k("top k"), Kind::Int(1, 1_000_000), Default::Null;
    /// Counts this output only.
    #[advanced]
    CLASS_ID = class_id("class"), Kind::Int(0, 1_000_000), Default::Null;
    /// Number of thresholds from 0 to 1.
    #[advanced]
    NUM_THRESHOLDS = num_thresholds("number of thresholds"), Kind::Int(1, 10_000), Default::Int(200);
}

shared! {
    /// The options of precision and recall.
    struct OfOutputs {
        thresholds: Vec<f64> = THRESHOLDS;
        top_k: Option<usize> = TOP_K;
        class_id: Option<usize> = CLASS_ID;
        name: Option<String> = NAME;
    }
}

fn of_outputs(config: &ConfigObject, rate: Rate) -> Settings {
    let options = OfOutputs::of(config);
    let counts = Counts::each(&options.thresholds, options.top_k, options.class_id, rate);
    Settings::accumulated(options.name, counts)
}

class! {
    /// Fraction of the predictions of yes that are correct.
    #[formula("TP / (TP + FP)")]
    #[group("true and false positives")]
    struct Precision("Precision", "precision", "Precision") + OfOutputs {}
}

pub static PRECISION: MetricKind =
    MetricKind::up(Precision::SPEC, |config| of_outputs(config, precision));

class! {
    /// Fraction of the true yes that the model finds.
    #[formula("TP / (TP + FN)")]
    #[group("true and false positives")]
    struct Recall("Recall", "recall", "Recall") + OfOutputs {}
}

pub static RECALL: MetricKind =
    MetricKind::up(Recall::SPEC, |config| of_outputs(config, sensitivity));

shared! {
    /// The options of the four counts.
    struct OfCount {
        thresholds: Vec<f64> = THRESHOLDS;
        name: Option<String> = NAME;
    }
}

fn of_count(config: &ConfigObject, count: Rate) -> Settings {
    let options = OfCount::of(config);
    let counts = Counts::each(&options.thresholds, None, None, count);
    Settings::accumulated(options.name, counts)
}

class! {
    /// Number of correct predictions of yes.
    #[formula("TP")]
    #[group("true and false positives")]
    struct TruePositives("TruePositives", "true_positives", "True positives") + OfCount {}
}

pub static TRUE_POSITIVES: MetricKind =
    MetricKind::neutral(TruePositives::SPEC, |config| of_count(config, |c| c[TP]));

class! {
    /// Number of correct predictions of no.
    #[formula("TN")]
    #[group("true and false positives")]
    struct TrueNegatives("TrueNegatives", "true_negatives", "True negatives") + OfCount {}
}

pub static TRUE_NEGATIVES: MetricKind =
    MetricKind::neutral(TrueNegatives::SPEC, |config| of_count(config, |c| c[TN]));

class! {
    /// Number of wrong predictions of yes.
    #[formula("FP")]
    #[group("true and false positives")]
    struct FalsePositives("FalsePositives", "false_positives", "False positives") + OfCount {}
}

pub static FALSE_POSITIVES: MetricKind =
    MetricKind::neutral(FalsePositives::SPEC, |config| of_count(config, |c| c[FP]));

class! {
    /// Number of wrong predictions of no.
    #[formula("FN")]
    #[group("true and false positives")]
    struct FalseNegatives("FalseNegatives", "false_negatives", "False negatives") + OfCount {}
}

pub static FALSE_NEGATIVES: MetricKind =
    MetricKind::neutral(FalseNegatives::SPEC, |config| of_count(config, |c| c[FN]));

shared! {
    /// The options after the first of the metrics that search the best threshold.
    struct AtBest {
        num_thresholds: usize = NUM_THRESHOLDS;
        class_id: Option<usize> = CLASS_ID;
        name: Option<String> = NAME;
    }
}

fn at_best(config: &ConfigObject, least: f32, constrained: Rate, value: Rate) -> Settings {
    let AtBest {
        num_thresholds,
        class_id,
        name,
    } = AtBest::of(config);
    let counts = Counts::best(num_thresholds, class_id, least, constrained, value);
    Settings::accumulated(name, counts)
}

class! {
    /// Highest sensitivity at a threshold with at least a given specificity.
    #[formula("largest TP / (TP + FN) where TN / (TN + FP) >= specificity")]
    #[group("true and false positives")]
    struct SensitivityAtSpecificity(
        "SensitivityAtSpecificity", "sensitivity_at_specificity", "Sensitivity at specificity"
    ) + AtBest {
        /// Smallest specificity that is allowed.
        #[start("0.5")]
        specificity("specificity"): f32 = Kind::Float(0.0, 1.0), Default::Required;
    }
}

pub static SENSITIVITY_AT_SPECIFICITY: MetricKind =
    MetricKind::up(SensitivityAtSpecificity::SPEC, |config| {
        let least = SensitivityAtSpecificity::of(config).specificity;
        at_best(config, least, specificity, sensitivity)
    });

class! {
    /// Highest specificity at a threshold with at least a given sensitivity.
    #[formula("largest TN / (TN + FP) where TP / (TP + FN) >= sensitivity")]
    #[group("true and false positives")]
    struct SpecificityAtSensitivity(
        "SpecificityAtSensitivity", "specificity_at_sensitivity", "Specificity at sensitivity"
    ) + AtBest {
        /// Smallest sensitivity that is allowed.
        #[start("0.5")]
        sensitivity("sensitivity"): f32 = Kind::Float(0.0, 1.0), Default::Required;
    }
}

pub static SPECIFICITY_AT_SENSITIVITY: MetricKind =
    MetricKind::up(SpecificityAtSensitivity::SPEC, |config| {
        let least = SpecificityAtSensitivity::of(config).sensitivity;
        at_best(config, least, sensitivity, specificity)
    });

class! {
    /// Highest precision at a threshold with at least a given recall.
    #[formula("largest TP / (TP + FP) where TP / (TP + FN) >= recall")]
    #[group("true and false positives")]
    struct PrecisionAtRecall("PrecisionAtRecall", "precision_at_recall", "Precision at recall") + AtBest {
        /// Smallest recall that is allowed.
        #[start("0.5")]
        recall("recall"): f32 = Kind::Float(0.0, 1.0), Default::Required;
    }
}

pub static PRECISION_AT_RECALL: MetricKind = MetricKind::up(PrecisionAtRecall::SPEC, |config| {
    let least = PrecisionAtRecall::of(config).recall;
    at_best(config, least, sensitivity, precision)
});

class! {
    /// Highest recall at a threshold with at least a given precision.
    #[formula("largest TP / (TP + FN) where TP / (TP + FP) >= precision")]
    #[group("true and false positives")]
    struct RecallAtPrecision("RecallAtPrecision", "recall_at_precision", "Recall at precision") + AtBest {
        /// Smallest precision that is allowed.
        #[start("0.5")]
        precision("precision"): f32 = Kind::Float(0.0, 1.0), Default::Required;
    }
}

pub static RECALL_AT_PRECISION: MetricKind = MetricKind::up(RecallAtPrecision::SPEC, |config| {
    let least = RecallAtPrecision::of(config).precision;
    at_best(config, least, precision, sensitivity)
});
