//! Right and wrong yeses and noes at one or more thresholds, and what follows from them.

use super::Direction::Up;
use super::{Direction, Gather, Measure, MetricKind, NAME, Setup, Wants, entry, over};
use crate::functions::losses::Batch;
use crate::options::{ConfigObject, Default, Kind, OptionSpec, Value, help_text};

/// Right yes, wrong yes, right no, wrong no: their places in a state, each times the number of
/// thresholds (and of labels).
pub const TP: usize = 0;
pub const FP: usize = 1;
pub const TN: usize = 2;
pub const FN: usize = 3;

/// Thresholds 0, 1/(n-1), ..., 1: Keras then takes the bucket that a number falls into.
#[derive(Clone, Copy, PartialEq)]
pub enum Spacing {
    Any,
    Even,
    /// Even but for a hair at either end, so that 0 is above the first.
    EvenWithHair,
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
    pub thresholds: &'a [f32],
    pub spacing: Spacing,
    /// Only this output.
    pub class: Option<usize>,
    /// Only the so many largest outputs of a row can be yes.
    pub top: Option<usize>,
    /// Weight of each output, if they differ.
    pub label_weights: &'a [f64],
    /// Every output has counts of its own.
    pub apart: bool,
    /// Turns an output into what is compared.
    pub squash: fn(f32) -> f32,
}

impl Counting<'_> {
    /// Adds a batch to `[4, thresholds, labels]` counts.
    pub fn add(&self, batch: &Batch<'_>, counts: &mut [f64]) {
        let k = batch.n_outputs;
        let labels = if self.apart { k } else { 1 };
        let n = self.thresholds.len();
        let rows = batch.t.chunks_exact(k).zip(batch.p.chunks_exact(k));
        for (i, (t, p)) in rows.enumerate() {
            let weight = f64::from(batch.weight(i));
            for j in (0..k).filter(|j| self.class.is_none_or(|c| c == *j)) {
                let weight = weight * self.label_weights.get(j).copied().unwrap_or(1.0);
                let is_yes = t[j] != 0.0;
                let label = if self.apart { j } else { 0 };
                let number = if self.top.is_none_or(|top| is_in_top(p, j, top)) {
                    (self.squash)(p[j])
                } else {
                    NOT_IN_TOP
                };
                let bucket = self.bucket(number);
                for (at, threshold) in self.thresholds.iter().enumerate() {
                    let says_yes = match self.spacing {
                        Spacing::Any => number > *threshold,
                        _ => (at as f32) <= bucket,
                    };
                    let place = match (is_yes, says_yes) {
                        (true, true) => TP,
                        (false, true) => FP,
                        (false, false) => TN,
                        (true, false) => FN,
                    };
                    counts[(place * n + at) * labels + label] += weight;
                }
            }
        }
    }

    /// The last of even thresholds that the number is above; -1: none.
    fn bucket(&self, number: f32) -> f32 {
        let bucket = (number.clamp(0.0, 1.0) * (self.thresholds.len() as f32 - 1.0)).ceil() - 1.0;
        if self.spacing == Spacing::EvenWithHair && bucket < 0.0 {
            0.0
        } else {
            bucket
        }
    }
}

/// Keras' stand-in for outputs that are not among the largest, and for the threshold below them.
const NOT_IN_TOP: f32 = -1e10;

fn is_in_top(p: &[f32], j: usize, top: usize) -> bool {
    let before = |(i, x): (usize, &f32)| *x > p[j] || *x == p[j] && i < j;
    p.iter().enumerate().filter(|x| before(*x)).count() < top
}

/// The share of right ones.
fn share(right: f64, wrong: f64) -> f64 {
    over(right, right + wrong)
}

const THRESHOLDS: OptionSpec = OptionSpec {
    name: "thresholds",
    label: "thresholds",
    doc: help_text("Above it the answer is yes; 0.5 without it. Several give a number each."),
    kind: Kind::Floats(0.0, 1.0),
    default: Default::Null,
    advanced: false,
    start: "",
};
const TOP_K: OptionSpec = OptionSpec {
    name: "top_k",
    label: "top_k",
    doc: help_text("Only the so many largest outputs of a row can be yes."),
    kind: Kind::Int(1, 1_000_000),
    default: Default::Null,
    advanced: false,
    start: "",
};
const CLASS_ID: OptionSpec = OptionSpec {
    name: "class_id",
    label: "class_id",
    doc: help_text("Looks at this output only."),
    kind: Kind::Int(0, 1_000_000),
    default: Default::Null,
    advanced: false,
    start: "",
};

fn has(choice: &ConfigObject, name: &str) -> bool {
    choice.class.all_options().any(|o| o.name == name) && choice.get(name) != &Value::Null
}

fn prepare(choice: &ConfigObject, n_outputs: usize) -> Setup {
    let mut marks: Vec<f32> = choice
        .floats("thresholds")
        .iter()
        .map(|t| *t as f32)
        .collect();
    if marks.is_empty() {
        marks.push(if has(choice, "top_k") {
            NOT_IN_TOP
        } else {
            0.5
        });
    }
    Setup {
        choice: choice.clone(),
        size: 4 * marks.len(),
        n_outputs,
        list: marks.len() > 1,
        marks,
    }
}

fn update(setup: &Setup, batch: &Batch<'_>, state: &mut [f64]) {
    let of = |name| {
        if has(&setup.choice, name) {
            setup.choice.count(name)
        } else {
            None
        }
    };
    let even =
        has(&setup.choice, "num_thresholds") && setup.marks.len() > 1 || are_even(&setup.marks);
    Counting {
        thresholds: &setup.marks,
        spacing: if even { Spacing::Even } else { Spacing::Any },
        class: of("class_id"),
        top: of("top_k"),
        label_weights: &[],
        apart: false,
        squash: |p| p,
    }
    .add(batch, state);
}

/// A number per threshold, from the four counts there.
fn each(setup: &Setup, state: &[f64], show: &mut dyn FnMut(f64), f: fn([f64; 4]) -> f64) {
    for at in 0..setup.marks.len() {
        show(f(
            [TP, FP, TN, FN].map(|count| state[count * setup.marks.len() + at])
        ));
    }
}

const fn gathers(
    entry: crate::options::ClassSpec,
    gather: &'static Gather,
    direction: Option<Direction>,
) -> MetricKind {
    MetricKind {
        class: entry,
        measure: Measure::Gather(gather),
        wants: Wants::Numbers,
        direction,
    }
}

pub const PRECISION: MetricKind = gathers(
    entry(
        ("Precision", "precision"),
        &[],
        "Precision",
        "TP / (TP + FP)",
        "Of what the model calls yes, the share that is.",
        &[&THRESHOLDS, &TOP_K, &CLASS_ID, &NAME],
    ),
    &Gather {
        prepare,
        update,
        result: |setup, state, show| each(setup, state, show, |c| share(c[TP], c[FP])),
    },
    Some(Up),
);

pub const RECALL: MetricKind = gathers(
    entry(
        ("Recall", "recall"),
        &[],
        "Recall",
        "TP / (TP + FN)",
        "Of what is yes, the share that the model finds.",
        &[&THRESHOLDS, &TOP_K, &CLASS_ID, &NAME],
    ),
    &Gather {
        prepare,
        update,
        result: |setup, state, show| each(setup, state, show, |c| share(c[TP], c[FN])),
    },
    Some(Up),
);

pub const TRUE_POSITIVES: MetricKind = gathers(
    entry(
        ("TruePositives", "true_positives"),
        &[],
        "True positives",
        "TP",
        "How often yes was right.",
        &[&THRESHOLDS, &NAME],
    ),
    &Gather {
        prepare,
        update,
        result: |setup, state, show| each(setup, state, show, |c| c[TP]),
    },
    None,
);

pub const TRUE_NEGATIVES: MetricKind = gathers(
    entry(
        ("TrueNegatives", "true_negatives"),
        &[],
        "True negatives",
        "TN",
        "How often no was right.",
        &[&THRESHOLDS, &NAME],
    ),
    &Gather {
        prepare,
        update,
        result: |setup, state, show| each(setup, state, show, |c| c[TN]),
    },
    None,
);

pub const FALSE_POSITIVES: MetricKind = gathers(
    entry(
        ("FalsePositives", "false_positives"),
        &[],
        "False positives",
        "FP",
        "How often yes was wrong.",
        &[&THRESHOLDS, &NAME],
    ),
    &Gather {
        prepare,
        update,
        result: |setup, state, show| each(setup, state, show, |c| c[FP]),
    },
    None,
);

pub const FALSE_NEGATIVES: MetricKind = gathers(
    entry(
        ("FalseNegatives", "false_negatives"),
        &[],
        "False negatives",
        "FN",
        "How often no was wrong.",
        &[&THRESHOLDS, &NAME],
    ),
    &Gather {
        prepare,
        update,
        result: |setup, state, show| each(setup, state, show, |c| c[FN]),
    },
    None,
);

const NUM_THRESHOLDS: OptionSpec = OptionSpec {
    name: "num_thresholds",
    label: "num_thresholds",
    doc: help_text("How many thresholds from 0 to 1 are tried."),
    kind: Kind::Int(1, 10_000),
    default: Default::Int(200),
    advanced: false,
    start: "",
};

const fn at_least(name: &'static str) -> OptionSpec {
    OptionSpec {
        name,
        label: name,
        doc: help_text("The least that is asked for."),
        kind: Kind::Float(0.0, 1.0),
        default: Default::Required,
        advanced: false,
        start: "",
    }
}

/// Thresholds from 0 to 1; 0.5 alone.
fn prepare_even(choice: &ConfigObject, n_outputs: usize) -> Setup {
    let n = choice.count("num_thresholds").unwrap_or(1).max(1);
    let even = |i: usize| (i as f64 / (n as f64 - 1.0)) as f32;
    Setup {
        choice: choice.clone(),
        size: 4 * n,
        n_outputs,
        marks: if n == 1 {
            vec![0.5]
        } else {
            (0..n).map(even).collect()
        },
        list: false,
    }
}

/// The largest `f` of the thresholds where `constrained` is at least the entry's first option.
fn best(
    setup: &Setup,
    state: &[f64],
    show: &mut dyn FnMut(f64),
    constrained: fn([f64; 4]) -> f64,
    f: fn([f64; 4]) -> f64,
) {
    let least = setup.choice.number(setup.choice.class.options[0].name) as f32;
    let mut best = 0.0f64;
    for at in 0..setup.marks.len() {
        let counts = [TP, FP, TN, FN].map(|count| state[count * setup.marks.len() + at]);
        let value = f(counts);
        if constrained(counts) as f32 >= least && value > best {
            best = value;
        }
    }
    show(best);
}

fn sensitivity(c: [f64; 4]) -> f64 {
    share(c[TP], c[FN])
}

fn specificity(c: [f64; 4]) -> f64 {
    share(c[TN], c[FP])
}

fn precision(c: [f64; 4]) -> f64 {
    share(c[TP], c[FP])
}

pub const SENSITIVITY_AT_SPECIFICITY: MetricKind = gathers(
    entry(
        ("SensitivityAtSpecificity", "sensitivity_at_specificity"),
        &[],
        "Sensitivity at specificity",
        "largest TP / (TP + FN) where TN / (TN + FP) >= specificity",
        "How much of what is yes is found while noes are kept apart well enough.",
        &[&at_least("specificity"), &NUM_THRESHOLDS, &CLASS_ID, &NAME],
    ),
    &Gather {
        prepare: prepare_even,
        update,
        result: |setup, state, show| best(setup, state, show, specificity, sensitivity),
    },
    Some(Up),
);

pub const SPECIFICITY_AT_SENSITIVITY: MetricKind = gathers(
    entry(
        ("SpecificityAtSensitivity", "specificity_at_sensitivity"),
        &[],
        "Specificity at sensitivity",
        "largest TN / (TN + FP) where TP / (TP + FN) >= sensitivity",
        "How well noes are kept apart while enough of what is yes is found.",
        &[&at_least("sensitivity"), &NUM_THRESHOLDS, &CLASS_ID, &NAME],
    ),
    &Gather {
        prepare: prepare_even,
        update,
        result: |setup, state, show| best(setup, state, show, sensitivity, specificity),
    },
    Some(Up),
);

pub const PRECISION_AT_RECALL: MetricKind = gathers(
    entry(
        ("PrecisionAtRecall", "precision_at_recall"),
        &[],
        "Precision at recall",
        "largest TP / (TP + FP) where TP / (TP + FN) >= recall",
        "How far yes can be trusted while enough of what is yes is found.",
        &[&at_least("recall"), &NUM_THRESHOLDS, &CLASS_ID, &NAME],
    ),
    &Gather {
        prepare: prepare_even,
        update,
        result: |setup, state, show| best(setup, state, show, sensitivity, precision),
    },
    Some(Up),
);

pub const RECALL_AT_PRECISION: MetricKind = gathers(
    entry(
        ("RecallAtPrecision", "recall_at_precision"),
        &[],
        "Recall at precision",
        "largest TP / (TP + FN) where TP / (TP + FP) >= precision",
        "How much of what is yes is found while yes can be trusted enough.",
        &[&at_least("precision"), &NUM_THRESHOLDS, &CLASS_ID, &NAME],
    ),
    &Gather {
        prepare: prepare_even,
        update,
        result: |setup, state, show| best(setup, state, show, precision, sensitivity),
    },
    Some(Up),
);
