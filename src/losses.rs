//! Losses, each beside its gradient.
//!
//! A loss looks at one row of targets and predictions at a time and gives that row's value and
//! gradient; [`Loss`] does what all have in common: Keras' reductions, sample weights, and the rule
//! of Keras on TensorFlow that a cross-entropy behind a sigmoid or softmax is computed from the
//! logits, not from the probabilities (`losses/losses.py`, `backend/tensorflow/nn.py`).
//!
//! To add one: write its row function and its line in [`ALL`].

use crate::choice::{Choice, Default, Entry, Family, Kind, Opt};
use crate::math;
use crate::refusal::{Refusal, shown};

/// Keras' `epsilon()`: probabilities are kept this far from 0 and 1.
const EPSILON: f32 = 1e-7;

/// One row: targets `t`, predictions `p` (logits where `logits`), gradient to be filled in.
pub struct Row<'a> {
    /// Targets: `[n_outputs]`, or one class number for a sparse loss.
    pub t: &'a [f32],
    /// Predictions: `[n_outputs]`.
    pub p: &'a [f32],
    /// `p` holds logits.
    pub logits: bool,
    /// The loss's options, as numbers, in the entry's order.
    pub options: &'a [f32],
    /// Gradient of the row's value: `[n_outputs]`.
    pub d: &'a mut [f32],
}

/// What a loss's targets look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Targets {
    /// Any numbers, one per output.
    Numbers,
    /// One number between 0 and 1 per output.
    Probabilities,
    /// A class number per row.
    Classes,
}

/// A loss function.
pub struct LossKind {
    /// How it is called and what it is for.
    pub entry: Entry,
    /// The value of one row; fills `d` with its gradient with respect to `p`.
    row: fn(Row<'_>) -> f32,
    /// What its targets look like.
    pub targets: Targets,
    /// It is a cross-entropy: it takes logits where it can have them.
    takes_logits: bool,
}

const FROM_LOGITS: Opt = Opt {
    name: "from_logits",
    label: "from logits",
    doc: "The model's outputs are sums (logits), not yet probabilities.",
    kind: Kind::Bool,
    default: Default::Bool(false),
};
const LABEL_SMOOTHING: Opt = Opt {
    name: "label_smoothing",
    label: "label smoothing",
    doc: "Draws every target this far towards even odds.",
    kind: Kind::Float(0.0, 1.0),
    default: Default::Float(0.0),
};
const AXIS: Opt = Opt {
    name: "axis",
    label: "axis",
    doc: "The axis of the outputs; only the last one here.",
    kind: Kind::Int(-1, -1),
    default: Default::Int(-1),
};
const REDUCTION: Opt = Opt {
    name: "reduction",
    label: "reduction",
    doc: "How the rows of a batch become one number.",
    kind: Kind::OneOf(&[
        "sum_over_batch_size",
        "mean",
        "sum",
        "mean_with_sample_weight",
    ]),
    default: Default::Text("sum_over_batch_size"),
};

/// Every loss, in the order in which the page offers them.
pub static ALL: &[LossKind] = &[
    LossKind {
        entry: Entry {
            class_name: "BinaryCrossentropy",
            name: "binary_crossentropy",
            aliases: &["bce", "BCE"],
            label: "Binary cross-entropy",
            doc: "For yes or no: how surprised the model is by the answer.",
            formula: "L = -(t ln p + (1 - t) ln(1 - p)), mean over outputs",
            options: &[FROM_LOGITS, LABEL_SMOOTHING, AXIS, REDUCTION],
        },
        row: binary_crossentropy,
        targets: Targets::Probabilities,
        takes_logits: true,
    },
    LossKind {
        entry: Entry {
            class_name: "MeanSquaredError",
            name: "mean_squared_error",
            aliases: &["mse", "MSE"],
            label: "Mean squared error",
            doc: "For quantities: the square of the distance to the target.",
            formula: "L = (t - p)^2, mean over outputs",
            options: &[REDUCTION],
        },
        row: mean_squared_error,
        targets: Targets::Numbers,
        takes_logits: false,
    },
    LossKind {
        entry: Entry {
            class_name: "CategoricalCrossentropy",
            name: "categorical_crossentropy",
            aliases: &["cce"],
            label: "Categorical cross-entropy",
            doc: "For one class out of several, with one-hot targets.",
            formula: "L = -sum_i t_i ln p_i",
            options: &[FROM_LOGITS, LABEL_SMOOTHING, AXIS, REDUCTION],
        },
        row: categorical_crossentropy,
        targets: Targets::Probabilities,
        takes_logits: true,
    },
    LossKind {
        entry: Entry {
            class_name: "SparseCategoricalCrossentropy",
            name: "sparse_categorical_crossentropy",
            aliases: &["scce"],
            label: "Sparse categorical cross-entropy",
            doc: "For one class out of several, with class numbers as targets.",
            formula: "L = -ln p_c, c the row's class",
            options: &[
                FROM_LOGITS,
                Opt {
                    name: "ignore_class",
                    label: "ignore class",
                    doc: "Rows of this class count for nothing.",
                    kind: Kind::Int(-1, 1_000_000),
                    default: Default::Null,
                },
                AXIS,
                REDUCTION,
            ],
        },
        row: sparse_categorical_crossentropy,
        targets: Targets::Classes,
        takes_logits: true,
    },
];

/// The family, for `compile(loss=...)`.
pub static FAMILY: Family = Family {
    noun: "loss",
    entries: || ALL.iter().map(|l| &l.entry).collect(),
};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Reduction {
    Mean,
    Sum,
    MeanWithSampleWeight,
}

/// A loss with its options.
#[derive(Clone)]
pub struct Loss {
    kind: &'static LossKind,
    options: Vec<f32>,
    reduction: Reduction,
    from_logits: bool,
    ignored: Option<f32>,
}

/// What a loss is given: all of a batch.
pub struct Batch<'a> {
    /// Targets: `[rows, n_targets]`.
    pub t: &'a [f32],
    /// Predictions: `[rows, n_outputs]`.
    pub p: &'a [f32],
    /// Length of a row of predictions.
    pub n_outputs: usize,
    /// `p` holds the logits of a sigmoid or softmax.
    pub logits: bool,
    /// Weight of each example, if they differ: a divisor of `rows` many.
    pub weights: Option<&'a [f32]>,
}

impl Loss {
    /// The loss of a choice out of [`FAMILY`].
    pub fn new(choice: &Choice) -> Self {
        let kind = ALL
            .iter()
            .find(|l| std::ptr::eq(&l.entry, choice.entry))
            .unwrap_or(&ALL[0]);
        let has = |name: &str| choice.entry.options.iter().any(|o| o.name == name);
        let ignored =
            has("ignore_class") && choice.get("ignore_class") != &crate::choice::Value::Null;
        Loss {
            kind,
            options: choice.numbers(),
            reduction: match choice.word("reduction") {
                "sum" => Reduction::Sum,
                "mean_with_sample_weight" => Reduction::MeanWithSampleWeight,
                _ => Reduction::Mean,
            },
            from_logits: has("from_logits") && choice.flag("from_logits"),
            ignored: ignored.then(|| choice.number("ignore_class") as f32),
        }
    }

    /// Keras' name for it, as a metric is called.
    pub fn name(&self) -> &'static str {
        self.kind.entry.name
    }

    /// What its targets look like.
    pub fn targets(&self) -> Targets {
        self.kind.targets
    }

    /// Whether it takes a sigmoid's or softmax's input instead of its output. With an ignored class
    /// it does not: Keras masks the outputs first, and a masked tensor has lost its logits.
    pub fn takes_logits(&self) -> bool {
        self.kind.takes_logits && self.ignored.is_none()
    }

    /// The class whose rows count for nothing, where there is one.
    pub fn ignored(&self) -> Option<f32> {
        self.ignored
    }

    /// How many targets a row has for `n_outputs` predictions.
    pub fn n_targets(&self, n_outputs: usize) -> usize {
        if self.kind.targets == Targets::Classes {
            1
        } else {
            n_outputs
        }
    }

    /// Says whether targets lie in the loss's range, for `n_outputs` outputs.
    ///
    /// # Errors
    /// The first target that does not, with its row and what would do.
    pub fn check_targets(&self, t: &[f32], n_outputs: usize) -> Result<(), Refusal> {
        let class = self.kind.entry.class_name;
        let refuse = |i: usize, wanted: String| {
            let row = i / self.n_targets(n_outputs);
            let message = format!(
                "y is {} in row {row}, but {class} needs {wanted}.",
                shown(f64::from(t[i]))
            );
            Err(Refusal::new("y", message))
        };
        let fits = |t: f32| match self.kind.targets {
            Targets::Numbers => true,
            Targets::Probabilities => (0.0..=1.0).contains(&t),
            Targets::Classes => {
                self.ignored == Some(t) || t >= 0.0 && t < n_outputs as f32 && t == t.trunc()
            }
        };
        match t.iter().position(|t| !fits(*t)) {
            None => Ok(()),
            Some(i) if self.kind.targets == Targets::Classes => refuse(
                i,
                format!("class numbers from 0 to {} (one per output)", n_outputs - 1),
            ),
            Some(i) => refuse(i, "targets from 0 to 1".into()),
        }
    }

    /// The value of each row of the batch, and its gradient in `d`, before reduction.
    ///
    /// # Shapes
    /// `values`: `[rows]`; `d`: `[rows, n_outputs]`.
    pub fn per_row(&self, batch: &Batch<'_>, values: &mut [f32], d: &mut [f32]) {
        let n = batch.n_outputs;
        let targets = batch.t.chunks_exact(self.n_targets(n));
        let logits = self.kind.takes_logits && (batch.logits || self.from_logits);
        for (((t, p), value), d) in targets
            .zip(batch.p.chunks_exact(n))
            .zip(values)
            .zip(d.chunks_exact_mut(n))
        {
            if self.ignored.is_some_and(|class| t[0] == class) {
                *value = 0.0;
                d.fill(0.0);
                continue;
            }
            *value = (self.kind.row)(Row {
                t,
                p,
                logits,
                options: &self.options,
                d,
            });
        }
    }

    /// The loss of a batch, and its gradient with respect to `p` in `d`.
    ///
    /// Keras: sum of weight x value, divided by the number of rows (`sum_over_batch_size`), by
    /// nothing (`sum`) or by the sum of the weights (`mean_with_sample_weight`). Rows of an ignored
    /// class are not counted.
    ///
    /// # Shapes
    /// `values`: `[rows]`, scratch; `d`: `[rows, n_outputs]`.
    pub fn evaluate(&self, batch: &Batch<'_>, values: &mut [f32], d: &mut [f32]) -> f32 {
        let n = batch.n_outputs;
        let rows = batch.p.len() / n;
        let values = &mut values[..rows];
        self.per_row(batch, values, d);
        let weight = |i: usize| {
            batch
                .weights
                .map_or(1.0, |w| w[i / (rows / w.len()).max(1)])
        };
        let ignored = |i: &usize| self.ignored.is_some_and(|class| batch.t[*i] == class);
        let divisor = match self.reduction {
            Reduction::Sum => 1.0,
            Reduction::Mean => (rows - (0..rows).filter(ignored).count()) as f64,
            Reduction::MeanWithSampleWeight => match batch.weights {
                // One weight per example: Keras sums these, not what they are spread out to. Only a
                // mask makes them one per row.
                Some(weights) if self.ignored.is_none() => {
                    weights.iter().map(|w| f64::from(*w)).sum()
                }
                _ => (0..rows)
                    .filter(|i| !ignored(i))
                    .map(|i| f64::from(weight(i)))
                    .sum(),
            },
        };
        let scale = if divisor == 0.0 {
            0.0
        } else {
            (1.0 / divisor) as f32
        };
        let mut sum = 0.0f64;
        for (i, (value, d)) in values.iter().zip(d.chunks_exact_mut(n)).enumerate() {
            let factor = weight(i);
            sum += f64::from(*value) * f64::from(factor);
            d.iter_mut().for_each(|d| *d *= factor * scale);
        }
        if divisor == 0.0 {
            0.0
        } else {
            (sum / divisor) as f32
        }
    }
}

/// t (1 - s) + s / k: label smoothing over k equal odds.
fn smoothed(t: f32, smoothing: f32, k: f32) -> f32 {
    if smoothing == 0.0 {
        t
    } else {
        t * (1.0 - smoothing) + smoothing / k
    }
}

/// The clipped probability, and whether it moves with the unclipped one.
fn clipped(p: f32) -> (f32, bool) {
    let (low, high) = (EPSILON, 1.0 - EPSILON);
    (
        if p < low {
            low
        } else if p > high {
            high
        } else {
            p
        },
        (low..=high).contains(&p),
    )
}

fn mean_squared_error(row: Row<'_>) -> f32 {
    let n = row.p.len() as f32;
    let mut sum = 0.0;
    for ((t, p), d) in row.t.iter().zip(row.p).zip(row.d) {
        let e = p - t;
        sum += e * e;
        *d = 2.0 * e / n;
    }
    sum / n
}

fn binary_crossentropy(row: Row<'_>) -> f32 {
    let n = row.p.len() as f32;
    let mut sum = 0.0;
    for ((t, p), d) in row.t.iter().zip(row.p).zip(row.d) {
        let (t, p) = (smoothed(*t, row.options[1], 2.0), *p);
        if row.logits {
            let positive = if p > 0.0 { p } else { p * 0.0 };
            sum += positive - p * t + math::ln_1p(math::exp(-p.abs()));
            *d = (math::sigmoid(p) - t) / n;
        } else {
            let (q, moves) = clipped(p);
            sum -= t * math::ln(q) + (1.0 - t) * math::ln(1.0 - q);
            *d = if moves {
                ((1.0 - t) / (1.0 - q) - t / q) / n
            } else {
                0.0
            };
        }
    }
    sum / n
}

fn categorical_crossentropy(row: Row<'_>) -> f32 {
    let n = row.p.len() as f32;
    let smoothing = row.options[1];
    if row.logits {
        let log_sum = log_softmax(row.p, row.d);
        let mass: f32 = row.t.iter().map(|t| smoothed(*t, smoothing, n)).sum();
        let mut loss = 0.0;
        for ((t, z), d) in row.t.iter().zip(row.p).zip(row.d) {
            let t = smoothed(*t, smoothing, n);
            loss += t * (log_sum - z);
            *d = *d * mass - t;
        }
        return loss;
    }
    let total: f32 = row.p.iter().sum();
    let (mut loss, mut along) = (0.0, 0.0);
    for ((t, p), d) in row.t.iter().zip(row.p).zip(row.d.iter_mut()) {
        let t = smoothed(*t, smoothing, n);
        let (q, moves) = clipped(p / total);
        loss -= t * math::ln(q);
        *d = if moves { -t / q } else { 0.0 }; // with respect to p / total
        along += *d * (p / total);
    }
    row.d.iter_mut().for_each(|d| *d = (*d - along) / total);
    loss
}

/// From probabilities: clipped first, then taken as exponentials of logits (TensorFlow's order).
fn sparse_categorical_crossentropy(row: Row<'_>) -> f32 {
    let class = row.t[0] as usize;
    if row.logits {
        let log_sum = log_softmax(row.p, row.d);
        row.d[class] -= 1.0;
        return log_sum - row.p[class];
    }
    let total: f32 = row.p.iter().map(|p| clipped(*p).0).sum();
    let chosen = clipped(row.p[class]).0;
    for (p, d) in row.p.iter().zip(row.d.iter_mut()) {
        *d = if clipped(*p).1 { 1.0 / total } else { 0.0 };
    }
    if clipped(row.p[class]).1 {
        row.d[class] -= 1.0 / chosen;
    }
    math::ln(total) - math::ln(chosen)
}

/// Fills `softmax` and gives ln(sum e^z).
fn log_softmax(z: &[f32], softmax: &mut [f32]) -> f32 {
    let top = z
        .iter()
        .fold(f32::NEG_INFINITY, |a, &b| if b > a { b } else { a });
    let mut sum = 0.0;
    for (e, z) in softmax.iter_mut().zip(z) {
        *e = math::exp(z - top);
        sum += *e;
    }
    softmax.iter_mut().for_each(|e| *e /= sum);
    math::ln(sum) + top
}
