//! Metrics: what is measured beside the loss, streamed over the batches of an epoch as Keras does.
//!
//! To add one whose value is a mean over rows: its row function and its line in [`ALL`].

use crate::choice::{Choice, Default, Entry, Family, Kind, Opt};
use crate::losses::{self, Batch, Loss, Targets};
use crate::refusal::Refusal;

/// A metric function of one row.
pub struct MetricKind {
    /// How it is called and what it is for.
    pub entry: Entry,
    measure: Measure,
    /// What it compares with; `None`: it makes do with either.
    targets: Option<Targets>,
}

#[derive(Clone, Copy)]
enum Measure {
    /// Value of a row from its targets and predictions.
    Row(fn(options: &[f32], t: &[f32], p: &[f32]) -> f32),
    /// One of the three accuracies, by the shapes (Keras' `"accuracy"`).
    Accuracy,
}

const fn entry(
    class_name: &'static str,
    name: &'static str,
    aliases: &'static [&'static str],
    label: &'static str,
    formula: &'static str,
    doc: &'static str,
    options: &'static [Opt],
) -> Entry {
    Entry {
        class_name,
        name,
        aliases,
        label,
        doc,
        formula,
        options,
    }
}

/// Every metric that is not a loss, in the order in which the page offers them.
pub static ALL: &[MetricKind] = &[
    MetricKind {
        entry: entry(
            // Not "Accuracy": Keras' class of that name compares numbers for equality.
            "accuracy",
            "accuracy",
            &["acc"],
            "Accuracy",
            "right answers / answers",
            "Share of right answers; which of the three accuracies it is follows from the shapes.",
            &[],
        ),
        measure: Measure::Accuracy,
        targets: None,
    },
    MetricKind {
        entry: entry(
            "BinaryAccuracy",
            "binary_accuracy",
            &[],
            "Binary accuracy",
            "mean of (p > threshold) = t",
            "Share of outputs on the right side of the threshold.",
            &[Opt {
                name: "threshold",
                label: "threshold",
                doc: "Above it the answer is yes.",
                kind: Kind::Float(-1e6, 1e6),
                default: Default::Float(0.5),
            }],
        ),
        measure: Measure::Row(binary_accuracy),
        targets: Some(Targets::Numbers),
    },
    MetricKind {
        entry: entry(
            "CategoricalAccuracy",
            "categorical_accuracy",
            &[],
            "Categorical accuracy",
            "argmax p = argmax t",
            "Share of rows whose largest output is the one-hot target.",
            &[],
        ),
        measure: Measure::Row(|_, t, p| f32::from(argmax(t) == argmax(p))),
        targets: Some(Targets::Numbers),
    },
    MetricKind {
        entry: entry(
            "SparseCategoricalAccuracy",
            "sparse_categorical_accuracy",
            &[],
            "Sparse categorical accuracy",
            "argmax p = t",
            "Share of rows whose largest output is the target's class number.",
            &[],
        ),
        measure: Measure::Row(|_, t, p| f32::from(argmax(p) as f32 == t[0])),
        targets: Some(Targets::Classes),
    },
    MetricKind {
        entry: entry(
            "MeanSquaredError",
            "mean_squared_error",
            &["mse", "MSE"],
            "Mean squared error",
            "mean of (t - p)^2",
            "Average square of the distance to the target.",
            &[],
        ),
        measure: Measure::Row(|_, t, p| mean(t, p, |e| e * e)),
        targets: Some(Targets::Numbers),
    },
    MetricKind {
        entry: entry(
            "MeanAbsoluteError",
            "mean_absolute_error",
            &["mae", "MAE"],
            "Mean absolute error",
            "mean of |t - p|",
            "Average distance to the target, in the target's unit.",
            &[],
        ),
        measure: Measure::Row(|_, t, p| mean(t, p, f32::abs)),
        targets: Some(Targets::Numbers),
    },
];

/// The family, for `compile(metrics=[...])`: the metrics, then the losses that can serve as one.
pub static FAMILY: Family = Family {
    noun: "metric",
    entries: || {
        let cross_entropies = losses::ALL
            .iter()
            .filter(|l| !["mean_squared_error", "mean_absolute_error"].contains(&l.entry.name));
        ALL.iter()
            .map(|m| &m.entry)
            .chain(cross_entropies.map(|l| &l.entry))
            .collect()
    },
};

/// Says whether a metric can compare with the targets of `loss`, for rows of `n_outputs`.
///
/// # Errors
/// Class numbers where it wants a target per output, or the other way round.
pub fn check(choice: &Choice, loss: &Loss, n_outputs: usize) -> Result<(), Refusal> {
    let kind = ALL.iter().find(|m| std::ptr::eq(&m.entry, choice.entry));
    let as_loss = kind.is_none().then(|| Loss::new(choice));
    let wanted = match (kind, &as_loss) {
        (Some(kind), _) => kind.targets,
        (None, own) => own.as_ref().map(Loss::targets),
    };
    let n_targets = loss.n_targets(n_outputs);
    let fits = match wanted {
        None => true,
        Some(Targets::Classes) if as_loss.is_none() => n_targets == 1,
        Some(Targets::Classes) => loss.targets() == Targets::Classes,
        Some(_) => n_targets == n_outputs,
    };
    let (name, loss_name) = (choice.entry.name, loss.name());
    let message = match wanted {
        Some(Targets::Classes) if !fits => format!(
            "'{name}' compares with class numbers, and {loss_name} has no such targets: use \
             'accuracy' here, or sparse_categorical_crossentropy as the loss."
        ),
        _ if !fits => format!(
            "'{name}' compares with one target per output, and {loss_name} has class numbers: use \
             'accuracy' here, or another loss."
        ),
        // A class that is ignored may lie beyond the outputs.
        Some(Targets::Classes) if as_loss.is_some_and(|own| own.ignored() != loss.ignored()) => {
            format!(
                "'{name}' must ignore the class that the loss ignores: give both one ignore_class."
            )
        }
        _ => return Ok(()),
    };
    Err(Refusal::new("", message))
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

fn mean(t: &[f32], p: &[f32], f: impl Fn(f32) -> f32) -> f32 {
    let sum: f32 = t.iter().zip(p).map(|(t, p)| f(t - p)).sum();
    sum / p.len() as f32
}

fn binary_accuracy(options: &[f32], t: &[f32], p: &[f32]) -> f32 {
    let threshold = options.first().copied().unwrap_or(0.5);
    let right = t
        .iter()
        .zip(p)
        .filter(|(t, p)| f32::from(**p > threshold) == **t)
        .count();
    right as f32 / p.len() as f32
}

/// A metric being measured: a weighted mean over the rows seen since the last reset.
pub struct Metric {
    name: String,
    how: How,
    options: Vec<f32>,
    total: f64,
    count: f64,
}

enum How {
    Row(fn(&[f32], &[f32], &[f32]) -> f32),
    Loss(Box<Loss>),
}

impl Metric {
    /// The metric of a choice out of [`FAMILY`], for targets and outputs of these row lengths.
    pub fn new(choice: &Choice, n_targets: usize, n_outputs: usize) -> Self {
        let kind = ALL.iter().find(|m| std::ptr::eq(&m.entry, choice.entry));
        let how = match kind.map(|k| k.measure) {
            None => How::Loss(Box::new(Loss::new(choice))),
            Some(Measure::Row(row)) => How::Row(row),
            Some(Measure::Accuracy) => How::Row(accuracy_for(n_targets, n_outputs)),
        };
        let name = choice.spelling.to_string();
        Metric {
            name,
            how,
            options: choice.numbers(),
            total: 0.0,
            count: 0.0,
        }
    }

    /// Keras' name of it in the logs.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Calls it something else, where two have one name.
    pub fn rename(&mut self, name: String) {
        self.name = name;
    }

    /// Forgets all rows.
    pub fn reset(&mut self) {
        (self.total, self.count) = (0.0, 0.0);
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
        let rows = probabilities.len() / batch.n_outputs;
        let values = &mut values[..rows];
        match &self.how {
            How::Loss(loss) if loss.takes_logits() => {
                loss.per_row(batch, values, d);
            }
            How::Loss(loss) => {
                loss.per_row(
                    &Batch {
                        p: probabilities,
                        logits: false,
                        ..*batch
                    },
                    values,
                    d,
                );
            }
            How::Row(row) => {
                let n_targets = batch.t.len() / rows.max(1);
                let pairs = batch
                    .t
                    .chunks_exact(n_targets.max(1))
                    .zip(probabilities.chunks_exact(batch.n_outputs));
                for (value, (t, p)) in values.iter_mut().zip(pairs) {
                    *value = row(&self.options, t, p);
                }
            }
        }
        for (i, value) in values.iter().enumerate() {
            let weight = batch
                .weights
                .map_or(1.0, |w| w[i / (rows / w.len()).max(1)]);
            self.total += f64::from(*value) * f64::from(weight);
            self.count += f64::from(weight);
        }
    }

    /// The mean over all rows since the last reset; 0 before the first.
    pub fn result(&self) -> f64 {
        if self.count == 0.0 {
            0.0
        } else {
            f64::from((self.total / self.count) as f32)
        }
    }

    /// What moves while it measures: kept in a checkpoint.
    pub fn state(&self) -> [f64; 2] {
        [self.total, self.count]
    }

    /// Goes back to a kept state.
    pub fn set_state(&mut self, state: [f64; 2]) {
        [self.total, self.count] = state;
    }
}

/// Keras' choice for `"accuracy"`: binary for one output, by class number where the target is one,
/// else by the position of the largest.
fn accuracy_for(n_targets: usize, n_outputs: usize) -> fn(&[f32], &[f32], &[f32]) -> f32 {
    match (n_targets, n_outputs) {
        (_, 1) => binary_accuracy,
        (1, _) => |_, t, p| f32::from(argmax(p) as f32 == t[0]),
        _ => |_, t, p| f32::from(argmax(t) == argmax(p)),
    }
}
