//! Intersection over union of areas, from a table of true class by predicted class.

use super::Direction::Up;
use super::{Gather, Measure, MetricKind, NAME, Setup, Wants, argmax, entry};
use crate::functions::losses::Batch;
use crate::options::{ClassSpec, ConfigObject, Default, Kind, OptionSpec, Value, help_text};

/// Keras' `epsilon()`.
const EPSILON: f64 = 1e-7;

const CLASSES: OptionSpec = OptionSpec {
    name: "num_classes",
    label: "num_classes",
    doc: help_text("How many classes there are."),
    kind: Kind::Int(1, 512),
    default: Default::Required,
    advanced: false,
    start: "",
};
const IDS: OptionSpec = OptionSpec {
    name: "target_class_ids",
    label: "target_class_ids",
    doc: help_text("The classes that the mean is taken over."),
    kind: Kind::Floats(0.0, 1e6),
    default: Default::Required,
    advanced: false,
    start: "",
};
const BOTH_IDS: OptionSpec = OptionSpec {
    name: "target_class_ids",
    label: "target_class_ids",
    doc: help_text("The classes that the mean is taken over: 0 and 1 without it."),
    kind: Kind::Floats(0.0, 1.0),
    default: Default::Null,
    advanced: false,
    start: "",
};
const IGNORE: OptionSpec = OptionSpec {
    name: "ignore_class",
    label: "ignore_class",
    doc: help_text("Places of this class count for nothing."),
    kind: Kind::Int(-1_000_000, 1_000_000),
    default: Default::Null,
    advanced: false,
    start: "",
};
const AXIS: OptionSpec = OptionSpec {
    name: "axis",
    label: "axis",
    doc: help_text(
        "The axis of the classes: the last one, -1. (Keras' IoU fails with any other number.)",
    ),
    kind: Kind::Int(-1, -1),
    default: Default::Int(-1),
    advanced: false,
    start: "",
};

const fn sparse(name: &'static str, default: bool) -> OptionSpec {
    OptionSpec {
        name,
        label: name,
        doc: help_text(
            "Class numbers, rather than a number per class of which the largest counts.",
        ),
        kind: Kind::Bool,
        default: Default::Bool(default),
        advanced: false,
        start: "",
    }
}

const fn iou(entry: ClassSpec) -> MetricKind {
    MetricKind {
        class: entry,
        measure: Measure::Gather(&Gather {
            prepare,
            update,
            result,
        }),
        wants: Wants::Areas,
        direction: Some(Up),
    }
}

pub const IOU: MetricKind = iou(entry(
    ("IoU", "io_u"),
    &[],
    "IoU",
    "TP / (TP + FP + FN), mean over some classes",
    "How well areas cover each other, of class numbers. (Keras takes weights for whole numbers here, \
     cutting off what is behind the point.)",
    &[
        &CLASSES,
        &IDS,
        &NAME,
        &IGNORE,
        &sparse("sparse_y_true", true),
        &sparse("sparse_y_pred", true),
        &AXIS,
    ],
));

pub const BINARY_IOU: MetricKind = iou(entry(
    ("BinaryIoU", "binary_io_u"),
    &[],
    "Binary IoU",
    "TP / (TP + FP + FN), mean over no and yes",
    "How well the areas of yes and of no cover each other.",
    &[
        &BOTH_IDS,
        &OptionSpec {
            name: "threshold",
            label: "threshold",
            doc: help_text("From it on the answer is yes."),
            kind: Kind::Float(-1e6, 1e6),
            default: Default::Float(0.5),
            advanced: false,
            start: "",
        },
        &NAME,
    ],
));

pub const MEAN_IOU: MetricKind = iou(entry(
    ("MeanIoU", "mean_io_u"),
    &[],
    "Mean IoU",
    "TP / (TP + FP + FN), mean over classes",
    "How well areas cover each other, over all classes that occur.",
    &[
        &CLASSES,
        &NAME,
        &IGNORE,
        &sparse("sparse_y_true", true),
        &sparse("sparse_y_pred", true),
        &AXIS,
    ],
));

pub const ONE_HOT_IOU: MetricKind = iou(entry(
    ("OneHotIoU", "one_hot_io_u"),
    &[],
    "One-hot IoU",
    "TP / (TP + FP + FN), mean over some classes",
    "As IoU, with one-hot targets.",
    &[
        &CLASSES,
        &IDS,
        &NAME,
        &IGNORE,
        &sparse("sparse_y_pred", false),
        &AXIS,
    ],
));

pub const ONE_HOT_MEAN_IOU: MetricKind = iou(entry(
    ("OneHotMeanIoU", "one_hot_mean_io_u"),
    &[],
    "One-hot mean IoU",
    "TP / (TP + FP + FN), mean over classes",
    "As mean IoU, with one-hot targets.",
    &[
        &CLASSES,
        &NAME,
        &IGNORE,
        &sparse("sparse_y_pred", false),
        &AXIS,
    ],
));

fn has(choice: &ConfigObject, name: &str) -> bool {
    choice.class.all_options().any(|o| o.name == name)
}

/// `marks`: the classes that the mean is taken over.
fn prepare(choice: &ConfigObject, n_outputs: usize) -> Setup {
    let classes = if has(choice, "num_classes") {
        choice.count("num_classes").unwrap_or(2)
    } else {
        2
    };
    let ids = if has(choice, "target_class_ids") {
        choice.floats("target_class_ids")
    } else {
        &[]
    };
    Setup {
        choice: choice.clone(),
        size: classes * classes,
        n_outputs,
        marks: if ids.is_empty() {
            (0..classes).map(|class| class as f32).collect()
        } else {
            ids.iter().map(|id| *id as f32).collect()
        },
        list: false,
    }
}

fn n_classes(state: &[f64]) -> usize {
    (1..).find(|n| n * n >= state.len()).unwrap_or(1)
}

fn update(setup: &Setup, batch: &Batch<'_>, state: &mut [f64]) {
    let choice = &setup.choice;
    let classes = n_classes(state);
    let threshold = has(choice, "threshold").then(|| choice.number("threshold") as f32);
    let of_class_numbers = |name: &str, otherwise: bool| {
        if has(choice, name) {
            choice.flag(name)
        } else {
            otherwise
        }
    };
    let sparse_t = of_class_numbers("sparse_y_true", threshold.is_some());
    let sparse_p = of_class_numbers("sparse_y_pred", true);
    let ignored = match has(choice, "ignore_class").then(|| choice.get("ignore_class")) {
        Some(Value::Int(class)) => Some(*class as f32),
        _ => None,
    };
    let rows = batch.rows();
    let k = batch.n_outputs;
    let n_targets = batch.t.len() / rows.max(1);
    for i in 0..rows {
        let (t, p) = (
            &batch.t[i * n_targets..][..n_targets],
            &batch.p[i * k..][..k],
        );
        // Keras' confusion table holds whole numbers.
        let weight = f64::from(batch.weight(i)).trunc();
        for j in 0..if sparse_p { k } else { 1 } {
            let own = if sparse_t {
                t.get(j).map_or(-1.0, |t| t.trunc())
            } else {
                argmax(t) as f32
            };
            let said = match threshold {
                Some(threshold) => f32::from(u8::from(p[j] >= threshold)),
                None if sparse_p => p[j].trunc(),
                None => argmax(p) as f32,
            };
            let known = |class: f32| class >= 0.0 && class < classes as f32;
            if known(own) && known(said) && ignored != Some(own) {
                state[own as usize * classes + said as usize] += weight;
            }
        }
    }
}

fn result(setup: &Setup, state: &[f64], show: &mut dyn FnMut(f64)) {
    let n = n_classes(state);
    let (mut sum, mut there) = (0.0, 0.0);
    for class in setup.marks.iter().map(|class| *class as usize) {
        let both = state[class * n + class];
        let true_: f64 = state[class * n..][..n].iter().sum();
        let said: f64 = (0..n).map(|t| state[t * n + class]).sum();
        let either = true_ + said - both;
        if either > 1e-9 {
            sum += both / (either + EPSILON);
            there += 1.0;
        }
    }
    show(sum / (there + EPSILON));
}
