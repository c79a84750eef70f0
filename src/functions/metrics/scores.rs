//! F scores and the share of variance explained: gathered per output.

use super::Direction::Up;
use super::{Gather, Measure, MetricKind, NAME, Setup, Wants, entry};
use crate::functions::losses::Batch;
use crate::options::{ConfigObject, Default, Kind, OptionSpec, Value, help_text};

/// Keras' `epsilon()`.
const EPSILON: f64 = 1e-7;

const AVERAGE: OptionSpec = OptionSpec {
    name: "average",
    label: "average",
    doc: help_text(
        "How the classes' scores become one; without it the logs hold a list, one score per class.",
    ),
    kind: Kind::OneOf(&["micro", "macro", "weighted"]),
    default: Default::Null,
    advanced: false,
    start: "",
};
const THRESHOLD: OptionSpec = OptionSpec {
    name: "threshold",
    label: "threshold",
    doc: help_text("Above it the answer is yes; without it the largest output is the answer."),
    kind: Kind::Float(1e-6, 1.0),
    default: Default::Null,
    advanced: false,
    start: "",
};

pub const F1: MetricKind = MetricKind {
    class: entry(
        ("F1Score", "f1_score"),
        &[],
        "F1 score",
        "2 precision recall / (precision + recall)",
        "Precision and recall in one number, high only where both are.",
        &[&AVERAGE, &THRESHOLD, &NAME],
    ),
    measure: Measure::Gather(&Gather {
        prepare: prepare_f,
        update: update_f,
        result: |setup, state, show| result_f(setup, state, 1.0, show),
    }),
    wants: Wants::Numbers,
    direction: Some(Up),
};

pub const F_BETA: MetricKind = MetricKind {
    class: entry(
        ("FBetaScore", "fbeta_score"),
        &["f_beta_score"],
        "F-beta score",
        "(1 + beta^2) precision recall / (beta^2 precision + recall)",
        "As F1, with recall counting beta times as much as precision.",
        &[
            &AVERAGE,
            &OptionSpec {
                name: "beta",
                label: "beta",
                doc: help_text("How much more recall counts."),
                kind: Kind::Float(1e-6, 1e6),
                default: Default::Float(1.0),
                advanced: false,
                start: "",
            },
            &THRESHOLD,
            &NAME,
        ],
    ),
    measure: Measure::Gather(&Gather {
        prepare: prepare_f,
        update: update_f,
        result: |setup, state, show| {
            result_f(
                setup,
                state,
                f64::from(setup.choice.number("beta") as f32),
                show,
            );
        },
    }),
    wants: Wants::Numbers,
    direction: Some(Up),
};

/// Right yeses, wrong yeses, wrong noes and yeses of each class.
fn prepare_f(choice: &ConfigObject, n_outputs: usize) -> Setup {
    let classes = if choice.word("average") == "micro" {
        1
    } else {
        n_outputs
    };
    Setup {
        choice: choice.clone(),
        size: 4 * classes,
        n_outputs,
        marks: Vec::new(),
        list: choice.word("average").is_empty(),
    }
}

fn update_f(setup: &Setup, batch: &Batch<'_>, state: &mut [f64]) {
    let k = batch.n_outputs;
    let classes = state.len() / 4;
    let threshold = match setup.choice.get("threshold") {
        Value::Null => None,
        _ => Some(setup.choice.number("threshold") as f32),
    };
    let rows = batch.t.chunks_exact(k).zip(batch.p.chunks_exact(k));
    for (i, (t, p)) in rows.enumerate() {
        let weight = f64::from(batch.weight(i));
        let top = p[super::argmax(p)];
        for j in 0..k {
            let says_yes = match threshold {
                // All zeros are no answer.
                None => p[j] >= top && p[j].abs() > 1e-9,
                Some(threshold) => p[j] > threshold,
            };
            let (yes, true_) = (f64::from(u8::from(says_yes)), f64::from(t[j]));
            let sums = [yes * true_, yes * (1.0 - true_), (1.0 - yes) * true_, true_];
            for (what, sum) in sums.iter().enumerate() {
                state[what * classes + j % classes] += weight * sum;
            }
        }
    }
}

fn result_f(setup: &Setup, state: &[f64], beta: f64, show: &mut dyn FnMut(f64)) {
    let classes = state.len() / 4;
    let average = setup.choice.word("average");
    let all: f64 = state[3 * classes..].iter().sum();
    let mut sum = 0.0;
    for class in 0..classes {
        let [tp, fp, fns, mass] = [0, 1, 2, 3].map(|what| state[what * classes + class]);
        let precision = tp / (tp + fp + EPSILON);
        let recall = tp / (tp + fns + EPSILON);
        let mean = precision * recall / (beta * beta * precision + recall + EPSILON);
        let score = mean * (1.0 + beta * beta);
        match average {
            "" => show(score),
            "weighted" => sum += score * (mass / (all + EPSILON)),
            _ => sum += score / classes as f64,
        }
    }
    if !average.is_empty() {
        show(sum);
    }
}

pub const R2: MetricKind = MetricKind {
    class: entry(
        ("R2Score", "r2_score"),
        &[],
        "R2 score",
        "1 - sum (t - p)^2 / sum (t - mean t)^2",
        "The share of the targets' variance that the model explains: 1 is all, 0 no more than their \
         mean would.",
        &[
            &OptionSpec {
                name: "class_aggregation",
                label: "class_aggregation",
                doc: help_text("How the outputs' scores become one; none: each has its own."),
                kind: Kind::OneOf(&["uniform_average", "variance_weighted_average", "none"]),
                default: Default::Text("uniform_average"),
                advanced: false,
                start: "",
            },
            &OptionSpec {
                name: "num_regressors",
                label: "num_regressors",
                doc: help_text("Number of inputs, for the adjusted score; 0: not adjusted."),
                kind: Kind::Int(0, 1_000_000),
                default: Default::Int(0),
                advanced: false,
                start: "",
            },
            &NAME,
        ],
    ),
    measure: Measure::Gather(&Gather {
        prepare: |choice, n_outputs| Setup {
            choice: choice.clone(),
            size: 4 * n_outputs + 1,
            n_outputs,
            marks: Vec::new(),
            list: choice.word("class_aggregation") == "none",
        },
        update: update_r2,
        result: result_r2,
    }),
    wants: Wants::Numbers,
    direction: Some(Up),
};

/// Sums of targets, of their squares, of squared errors and of weights per output; then how many
/// targets there were.
fn update_r2(_: &Setup, batch: &Batch<'_>, state: &mut [f64]) {
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

fn result_r2(setup: &Setup, state: &[f64], show: &mut dyn FnMut(f64)) {
    let k = setup.n_outputs;
    let how = setup.choice.word("class_aggregation");
    // Adjusted for the number of inputs. Keras counts every target as a sample, and gives the plain
    // score where there are too few.
    let (samples, inputs) = (state[4 * k], setup.choice.number("num_regressors"));
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
        let weight = if how == "variance_weighted_average" {
            spread
        } else {
            1.0
        };
        if how == "none" {
            show(adjusted(score));
        }
        sum += score * weight;
        mass += weight;
    }
    if how != "none" {
        show(adjusted(sum / mass));
    }
}
