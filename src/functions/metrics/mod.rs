//! Metrics: what is measured beside the loss, streamed over the batches of an epoch as Keras does.
//!
//! To add one whose value is a mean over rows: its entry in `means.rs` and its line in [`ALL`]. One
//! that gathers something else has a `Gather`: how long its state is, what a batch adds to it and
//! what it comes to. Keras' `Mean`, `Sum` and `MeanMetricWrapper` are not among them: they measure
//! values that one hands to them, not targets and predictions.

mod check;
mod confusion;
mod curves;
mod means;
mod names;
mod overlap;
mod scores;
mod value;

pub use check::check;
pub use names::{clash, name_apart};
pub use value::MetricValue;

use crate::functions::losses::{self, Batch, Loss};
use crate::options::{ClassSpec, ConfigObject, Default, Kind, OptionSpec, Registry, help_text};

/// A metric.
pub struct MetricKind {
    /// How it is called and what it is for.
    pub class: ClassSpec,
    measure: Measure,
    wants: Wants,
    /// Which way it gets better; `None` where Keras does not say.
    pub direction: Option<Direction>,
}

/// Which way a metric gets better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// More is better: "max".
    Up,
    /// Less is better: "min".
    Down,
}

/// Value of a row from its options, targets and predictions.
type RowValue = fn(options: &[f32], t: &[f32], p: &[f32]) -> f32;

#[derive(Clone, Copy)]
enum Measure {
    /// The mean of a value of each row.
    Row(RowValue),
    /// The square root of such a mean, of masked rows too.
    Root(RowValue),
    /// One of the three accuracies, by the shapes (Keras' `"accuracy"`).
    Accuracy,
    /// The mean of a loss's values, by its class.
    Loss(&'static str),
    /// Something else.
    Gather(&'static Gather),
}

/// A metric that gathers more than a mean. Masks are nothing to it, as in Keras.
struct Gather {
    /// What does not change while it measures.
    prepare: fn(&ConfigObject, n_outputs: usize) -> Setup,
    /// Adds a batch, whose `p` are the model's outputs, to the state.
    update: fn(&Setup, &Batch<'_>, state: &mut [f64]),
    /// Shows every number of the result.
    result: fn(&Setup, state: &[f64], show: &mut dyn FnMut(f64)),
}

/// What a [`Gather`] knows beside its state.
struct Setup {
    choice: ConfigObject,
    /// How many numbers it gathers.
    size: usize,
    n_outputs: usize,
    /// Thresholds, or classes that are looked at.
    marks: Vec<f32>,
    /// Whether the result is a list.
    list: bool,
}

/// Which targets a metric compares with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wants {
    Either,
    /// One number per output.
    Numbers,
    /// One class number per row.
    Classes,
    /// One class number per row that the loss has checked.
    LossClasses,
    /// What its options `sparse_y_true` and `sparse_y_pred` say.
    Areas,
}

const NAME: OptionSpec = OptionSpec {
    name: "name",
    label: "name",
    doc: help_text("What the logs call it."),
    kind: Kind::Text,
    default: Default::Null,
    advanced: false,
    start: "",
};

const fn entry(
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

/// Every metric, in the order in which the page offers them.
pub static ALL: &[MetricKind] = &[
    means::ACCURACY,
    means::BINARY_ACCURACY,
    means::CATEGORICAL_ACCURACY,
    means::SPARSE_ACCURACY,
    means::TOP_K,
    means::SPARSE_TOP_K,
    means::MEAN_SQUARED,
    means::ROOT_MEAN_SQUARED,
    means::MEAN_ABSOLUTE,
    means::MEAN_PERCENTAGE,
    means::MEAN_LOGARITHMIC,
    scores::R2,
    confusion::PRECISION,
    confusion::RECALL,
    scores::F1,
    scores::F_BETA,
    curves::AUC,
    confusion::TRUE_POSITIVES,
    confusion::TRUE_NEGATIVES,
    confusion::FALSE_POSITIVES,
    confusion::FALSE_NEGATIVES,
    confusion::SENSITIVITY_AT_SPECIFICITY,
    confusion::SPECIFICITY_AT_SENSITIVITY,
    confusion::PRECISION_AT_RECALL,
    confusion::RECALL_AT_PRECISION,
    means::BINARY_ENTROPY,
    means::CATEGORICAL_ENTROPY,
    means::SPARSE_ENTROPY,
    means::DIVERGENCE,
    means::OF_POISSON,
    means::OF_HINGE,
    means::OF_SQUARED_HINGE,
    means::OF_CATEGORICAL_HINGE,
    means::LOG_COSH_ERROR,
    means::COSINE,
    means::PEARSON,
    means::CONCORDANCE,
    overlap::IOU,
    overlap::BINARY_IOU,
    overlap::MEAN_IOU,
    overlap::ONE_HOT_IOU,
    overlap::ONE_HOT_MEAN_IOU,
    means::EQUALITY,
];

/// The family, for `compile(metrics=[...])`.
pub static REGISTRY: Registry = Registry {
    noun: "metric",
    entries: || ALL.iter().map(|m| &m.class).collect(),
    config_keys: &["dtype", "fn"],
    object_keys: &[],
};

fn kind_of(choice: &ConfigObject) -> &'static MetricKind {
    let found = ALL.iter().find(|m| std::ptr::eq(&m.class, choice.class));
    found.unwrap_or(&ALL[0])
}

/// The loss that a metric is, with its options.
fn as_loss(class: &str, choice: &ConfigObject) -> Option<Loss> {
    let mut config = choice.config_json();
    config.remove("name");
    let loss = ConfigObject::with_options(&losses::REGISTRY, class, &config).ok()?;
    Some(Loss::new(&loss))
}

/// Position of the largest number, the first of equals.
pub fn argmax(values: &[f32]) -> usize {
    let mut best = 0;
    for (i, value) in values.iter().enumerate() {
        if *value > values[best] {
            best = i;
        }
    }
    best
}

/// A metric being measured.
pub struct Metric {
    kind: &'static MetricKind,
    /// Keras' name of the object.
    own_name: String,
    /// What the logs call it: its own name, or that with a count.
    name: String,
    /// Keras names the object itself: its class has no default name, and nobody gave it one.
    counted: bool,
    how: How,
    options: Vec<f32>,
    state: Vec<f64>,
}

enum How {
    Row(RowValue),
    Loss(Box<Loss>),
    Gather(&'static Gather, Box<Setup>),
}

impl Metric {
    /// The metric of a choice out of [`REGISTRY`], for targets and outputs of these row lengths.
    pub fn new(choice: &ConfigObject, n_targets: usize, n_outputs: usize) -> Self {
        let kind = kind_of(choice);
        let accuracy = accuracy_for(n_targets, n_outputs);
        let how = match kind.measure {
            Measure::Row(row) | Measure::Root(row) => How::Row(row),
            Measure::Accuracy => How::Row(accuracy),
            Measure::Loss(class) => match as_loss(class, choice) {
                Some(loss) => How::Loss(Box::new(loss)),
                None => How::Row(accuracy),
            },
            Measure::Gather(gather) => {
                How::Gather(gather, Box::new((gather.prepare)(choice, n_outputs)))
            }
        };
        let size = match &how {
            How::Gather(_, setup) => setup.size,
            _ => 2,
        };
        let own_name = choice.own_name().filter(|name| !name.is_empty());
        let name = match own_name {
            Some(name) => name,
            None if kind.class.class_name == "Accuracy" => "accuracy",
            None => choice.spelling,
        };
        let gathers = matches!(kind.measure, Measure::Gather(_));
        let has_name = ["R2Score", "F1Score", "FBetaScore"].contains(&kind.class.class_name);
        Metric {
            kind,
            counted: gathers && !has_name && own_name.is_none() && name == kind.class.name,
            own_name: name.to_string(),
            name: name.to_string(),
            how,
            options: choice.numbers(),
            state: vec![0.0; size],
        }
    }

    /// Keras' name of the object, by which `mode='auto'` of a callback looks for it.
    pub fn own_name(&self) -> &str {
        &self.own_name
    }

    /// Keras' name of it in the logs.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it takes sample weights for rows of `width` outputs. Keras' BinaryIoU compares each output
    /// by itself, and does not spread a row's weight over them.
    pub fn takes_weights(&self, width: usize) -> bool {
        self.kind.class.class_name != "BinaryIoU" || width == 1
    }

    /// Which way it gets better, where Keras says so.
    pub fn direction(&self) -> Option<Direction> {
        self.kind.direction
    }

    /// Forgets all rows.
    pub fn reset(&mut self) {
        self.state.fill(0.0);
    }

    /// Adds the rows of a batch. `probabilities`: `[rows, n_outputs]`, the model's outputs;
    /// `batch.p` holds the same or their logits. `values`, `d`: scratch as for [`Loss::evaluate`].
    pub fn update(
        &mut self,
        batch: &Batch<'_>,
        probabilities: &[f32],
        values: &mut [f32],
        d: &mut [f32],
    ) {
        let outputs = Batch {
            p: probabilities,
            logits: false,
            softmax: false,
            ..*batch
        };
        let rows = outputs.rows();
        let values = &mut values[..rows];
        let mut ignored = None;
        match &self.how {
            How::Gather(gather, setup) => {
                return (gather.update)(setup, &outputs, &mut self.state);
            }
            How::Loss(loss) => {
                let seen = if loss.takes_logits() { batch } else { &outputs };
                loss.per_row(seen, values, d);
                // Only where there are weights already does Keras add its own mask to them.
                let weighed = batch.weights.is_some() || batch.mask.is_some();
                ignored = loss.ignored().filter(|_| weighed);
            }
            How::Row(row) => {
                let n_targets = (batch.t.len() / rows.max(1)).max(1);
                let targets = batch.t.chunks_exact(n_targets);
                let pairs = targets.zip(probabilities.chunks_exact(batch.n_outputs));
                for (value, (t, p)) in values.iter_mut().zip(pairs) {
                    *value = row(&self.options, t, p);
                }
            }
        }
        let masked = !matches!(self.kind.measure, Measure::Root(_));
        for (i, value) in values.iter().enumerate() {
            let mut weight = f64::from(outputs.weight(i));
            if masked && outputs.unmasked(i) == 0.0 || ignored.is_some_and(|c| batch.t[i] == c) {
                weight = 0.0;
            }
            self.state[0] += f64::from(*value) * weight;
            self.state[1] += weight;
        }
    }

    /// Shows every number of the result.
    fn show(&self, show: &mut dyn FnMut(f64)) {
        if let How::Gather(gather, setup) = &self.how {
            return (gather.result)(setup, &self.state, show);
        }
        let mean = over(self.state[0], self.state[1]);
        show(match self.kind.measure {
            Measure::Root(_) => mean.sqrt(),
            _ => mean,
        });
    }

    /// What it comes to since the last reset, in single precision.
    #[inline(never)]
    pub fn result(&self) -> MetricValue {
        let mut all = Vec::new();
        self.show(&mut |value| all.push(f64::from(value as f32)));
        match (&all[..], &self.how) {
            (_, How::Gather(_, setup)) if setup.list => MetricValue::List(all),
            ([value], _) => MetricValue::Number(*value),
            _ => MetricValue::List(all),
        }
    }

    /// What moves while it measures: kept in a checkpoint.
    pub fn state(&self) -> &[f64] {
        &self.state
    }

    /// Goes back to a kept state, of the same length.
    pub fn set_state(&mut self, state: &[f64]) {
        self.state.copy_from_slice(state);
    }
}

/// Keras' divide_no_nan.
fn over(a: f64, b: f64) -> f64 {
    if b == 0.0 { 0.0 } else { a / b }
}

/// Keras' choice for `"accuracy"`: binary for one output, by class number where the target is one,
/// else by the position of the largest.
fn accuracy_for(n_targets: usize, n_outputs: usize) -> RowValue {
    match (n_targets, n_outputs) {
        (_, 1) => |_, t, p| means::binary_accuracy(0.5, t, p),
        (1, _) => |_, t, p| f32::from(argmax(p) as f32 == t[0]),
        _ => |_, t, p| f32::from(argmax(t) == argmax(p)),
    }
}
