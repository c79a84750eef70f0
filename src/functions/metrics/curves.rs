//! The area under a curve that runs over all thresholds.

use super::Direction::Up;
use super::confusion::{Counting, FN, FP, Spacing, TN, TP, are_even};
use super::{Gather, Measure, MetricKind, NAME, Setup, Wants, entry, over};
use crate::functions::losses::Batch;
use crate::numerics::math;
use crate::options::{ConfigObject, Default, Kind, OptionSpec, Value, help_text};

pub const AUC: MetricKind = MetricKind {
    class: entry(
        ("AUC", "auc"),
        &[],
        "AUC",
        "area under TP / (TP + FN) over FP / (FP + TN)",
        "The chance that a yes gets a higher output than a no: 0.5 is guessing, 1 is perfect.",
        &[
            &OptionSpec {
                name: "num_thresholds",
                label: "num_thresholds",
                doc: help_text("How many thresholds from 0 to 1 are tried."),
                kind: Kind::Int(2, 10_000),
                default: Default::Int(200),
                advanced: false,
                start: "",
            },
            &OptionSpec {
                name: "curve",
                label: "curve",
                doc: help_text(
                    "Yeses found over noes taken for yes (ROC), or precision over recall (PR, PRGAIN).",
                ),
                kind: Kind::OneOf(&["ROC", "PR", "PRGAIN"]),
                default: Default::Text("ROC"),
                advanced: false,
                start: "",
            },
            &OptionSpec {
                name: "summation_method",
                label: "summation_method",
                doc: help_text("How the strips between two thresholds are added up."),
                kind: Kind::OneOf(&["interpolation", "minoring", "majoring"]),
                default: Default::Text("interpolation"),
                advanced: false,
                start: "",
            },
            &NAME,
            &OptionSpec {
                name: "thresholds",
                label: "thresholds",
                doc: help_text("Thresholds of one's own, in place of num_thresholds."),
                kind: Kind::Floats(0.0, 1.0),
                default: Default::Null,
                advanced: false,
                start: "",
            },
            &OptionSpec {
                name: "multi_label",
                label: "multi_label",
                doc: help_text("Every output has an area of its own; the mean of these is shown."),
                kind: Kind::Bool,
                default: Default::Bool(false),
                advanced: false,
                start: "",
            },
            &OptionSpec {
                name: "num_labels",
                label: "num_labels",
                doc: help_text("How many outputs there are; follows from the model."),
                kind: Kind::Int(1, 1_000_000),
                default: Default::Null,
                advanced: false,
                start: "",
            },
            &OptionSpec {
                name: "label_weights",
                label: "label_weights",
                doc: help_text("Weight of each output."),
                kind: Kind::Floats(0.0, 1e6),
                default: Default::Null,
                advanced: false,
                start: "",
            },
            &OptionSpec {
                name: "from_logits",
                label: "from_logits",
                doc: help_text("The model's outputs are sums (logits), not yet probabilities."),
                kind: Kind::Bool,
                default: Default::Bool(false),
                advanced: false,
                start: "",
            },
        ],
    ),
    measure: Measure::Gather(&Gather {
        prepare,
        update,
        result,
    }),
    wants: Wants::Numbers,
    direction: Some(Up),
};

/// Keras' `epsilon()`: the first and last threshold lie that far outside.
const HAIR: f64 = 1e-7;

fn prepare(choice: &ConfigObject, n_outputs: usize) -> Setup {
    let mut inner = choice.floats("thresholds").to_vec();
    inner.sort_by(f64::total_cmp);
    if choice.get("thresholds") == &Value::Null {
        let n = choice.count("num_thresholds").unwrap_or(2).max(2);
        inner = (1..n - 1).map(|i| i as f64 / (n as f64 - 1.0)).collect();
    }
    let marks: Vec<f32> = std::iter::once(-HAIR)
        .chain(inner)
        .chain([1.0 + HAIR])
        .map(|t| t as f32)
        .collect();
    let labels = if choice.flag("multi_label") {
        n_outputs
    } else {
        1
    };
    Setup {
        choice: choice.clone(),
        size: 4 * marks.len() * labels,
        n_outputs,
        marks,
        list: false,
    }
}

fn update(setup: &Setup, batch: &Batch<'_>, state: &mut [f64]) {
    let choice = &setup.choice;
    let apart = choice.flag("multi_label");
    let own = choice.get("thresholds") != &Value::Null;
    Counting {
        thresholds: &setup.marks,
        spacing: if own && !are_even(&setup.marks) {
            Spacing::Any
        } else {
            Spacing::EvenWithHair
        },
        class: None,
        top: None,
        label_weights: if apart {
            &[]
        } else {
            choice.floats("label_weights")
        },
        apart,
        squash: if choice.flag("from_logits") {
            math::sigmoid
        } else {
            |p| p
        },
    }
    .add(batch, state);
}

fn result(setup: &Setup, state: &[f64], show: &mut dyn FnMut(f64)) {
    let choice = &setup.choice;
    let labels = if choice.flag("multi_label") {
        setup.n_outputs
    } else {
        1
    };
    let weights = choice.floats("label_weights");
    let (mut sum, mut mass) = (0.0, 0.0);
    for label in 0..labels {
        let weight = weights
            .get(label)
            .copied()
            .filter(|_| labels > 1)
            .unwrap_or(1.0);
        sum += weight * area(setup, state, labels, label);
        mass += weight;
    }
    show(over(sum, mass));
}

fn at_least(least: f64, x: f64) -> f64 {
    if x > least { x } else { least }
}

/// The area of one label: strips between neighbouring thresholds.
fn area(setup: &Setup, state: &[f64], labels: usize, label: usize) -> f64 {
    let n = setup.marks.len();
    let count = |what: usize, at: usize| state[(what * n + at) * labels + label];
    let curve = setup.choice.word("curve");
    let how = setup.choice.word("summation_method");
    let point = |at: usize| {
        let [tp, fp, tn, fns] = [TP, FP, TN, FN].map(|what| count(what, at));
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
                (at_least(0.0, gain(fns, 0.0)), gain(fp, 1.0))
            }
            _ => (over(fp, fp + tn), recall),
        }
    };
    let mut sum = 0.0;
    for at in 0..n - 1 {
        sum += if curve == "PR" && how == "interpolation" {
            // Davis and Goadrich: between two thresholds precision is not a straight line.
            let said_yes = |at| count(TP, at) + count(FP, at);
            let (p, next) = (said_yes(at), said_yes(at + 1));
            let found = count(TP, at) - count(TP, at + 1);
            let slope = over(found, if p > next { p - next } else { 0.0 });
            let offset = count(TP, at + 1) - slope * next;
            let ratio = if p > 0.0 && next > 0.0 { p / next } else { 1.0 };
            let strip = slope * (found + offset * math::ln_f64(ratio));
            over(strip, count(TP, at + 1) + count(FN, at + 1))
        } else {
            let ((x, y), (next_x, next_y)) = (point(at), point(at + 1));
            let height = match how {
                "minoring" => {
                    if y < next_y {
                        y
                    } else {
                        next_y
                    }
                }
                "majoring" => at_least(y, next_y),
                _ => (y + next_y) / 2.0,
            };
            (x - next_x) * height
        };
    }
    sum
}
