//! Losses, each beside its gradient.
//!
//! Most losses look at one row of targets and predictions at a time and give that row's value and
//! gradient; `Form` has the others. [`Loss`] does what all have in common: Keras' reductions,
//! weights, masks, and the rule of Keras on TensorFlow that a cross-entropy behind a sigmoid or
//! softmax is computed from the logits, not from the probabilities (`losses/losses.py`,
//! `losses/loss.py`, `backend/tensorflow/nn.py`).
//!
//! To add one: write it in the file of its kind, and its line in [`ALL`]. Keras' CTC is not among
//! them: its targets are sequences of a length of their own.

mod circle;
pub(crate) mod entropies;
mod focal;
pub(crate) mod margins;
mod overlap;
pub(crate) mod regression;
pub(crate) mod shared;

use crate::options::error::{ConfigError, format_number};
use crate::options::{ClassSpec, ConfigObject, Registry, Value};
pub use regression::cosine;

/// One row: targets `t`, predictions `p` (logits where `logits`), gradient to be filled in.
pub struct Row<'a> {
    /// Targets: `[n_outputs]`, or one class number for a sparse loss.
    pub t: &'a [f32],
    /// Predictions: `[n_outputs]`.
    pub p: &'a [f32],
    /// `p` holds logits.
    pub logits: bool,
    /// They are those of a softmax over the row.
    pub softmax: bool,
    /// The loss's options, as numbers, in the entry's order.
    pub options: &'a [f32],
    /// Gradient of the row's value: `[n_outputs]`.
    pub d: &'a mut [f32],
}

/// How a loss goes through a batch.
#[derive(Clone, Copy)]
enum Form {
    /// Row by row: gives a row's value and fills its `d`.
    Row(fn(Row<'_>) -> f32),
    /// As `Row`, told whether every label of the batch is 0 or 1.
    Labels(fn(Row<'_>, bool) -> f32),
    /// As `Row`, but without its option `axis` the whole batch is one row with one value.
    Whole(fn(Row<'_>) -> f32),
    /// Compares the rows of a batch with one another: a value per row; then the gradient of the sum
    /// of factor x value.
    Pairs {
        values: fn(&Batch<'_>, &[f32], &mut [f32]),
        gradient: fn(&Batch<'_>, &[f32], &[f32], &mut [f32]),
    },
}

/// What a loss's targets look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Targets {
    /// Any numbers, one per output.
    Numbers,
    /// One number between 0 and 1 per output.
    Probabilities,
    /// A class number per row, one of as many as there are outputs.
    Classes,
    /// A whole number per row: rows of one number belong together.
    Labels,
}

/// Whether a loss takes what a sigmoid or softmax was made from in place of what came out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum TakesLogits {
    Never,
    Always,
    /// Not where its own `from_logits` makes probabilities of the outputs first.
    UnlessFromLogits,
}

/// A loss function.
pub struct LossKind {
    /// How it is called and what it is for.
    pub class: ClassSpec,
    form: Form,
    /// What its targets look like.
    pub targets: Targets,
    takes_logits: TakesLogits,
}

/// Every loss, in the order in which the page offers them.
pub static ALL: &[LossKind] = &[
    entropies::BINARY,
    regression::SQUARED,
    entropies::CATEGORICAL,
    entropies::SPARSE,
    regression::ABSOLUTE,
    regression::PERCENTAGE,
    regression::LOGARITHMIC,
    regression::HUBER,
    regression::LOG_COSH,
    regression::COSINE,
    margins::HINGE,
    margins::SQUARED,
    margins::CATEGORICAL,
    entropies::KL_DIVERGENCE,
    entropies::POISSON,
    focal::BINARY,
    focal::CATEGORICAL,
    entropies::GENERALIZED,
    overlap::DICE,
    overlap::TVERSKY,
    circle::CIRCLE,
];

/// Keras' string "crossentropy", which `compile` alone takes: which of them it is follows from the shapes.
pub static CROSSENTROPY: ClassSpec = shared::entry(
    ("crossentropy", "crossentropy"),
    &["ce"],
    "Cross-entropy, by the outputs",
    "binary for one output, else sparse categorical",
    "Binary cross-entropy for one output, sparse categorical cross-entropy for several. (With one-hot \
     targets Keras takes the categorical one: name that here.)",
    &[],
);

/// The family, for `compile(loss=...)`.
pub static REGISTRY: Registry = Registry {
    noun: "loss",
    entries: || {
        let own = ALL.iter().map(|l| &l.class);
        own.chain([&CROSSENTROPY]).collect()
    },
    config_keys: &["name", "dtype", "fn"],
    object_keys: &[],
};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Reduction {
    Mean,
    Sum,
    MeanWithSampleWeight,
    /// Keras then sums the gradients and logs the mean.
    None,
}

/// A loss with its options.
#[derive(Clone)]
pub struct Loss {
    kind: &'static LossKind,
    options: Vec<f32>,
    reduction: Reduction,
    from_logits: bool,
    ignored: Option<f32>,
    /// One value for the whole batch.
    whole: bool,
    /// How many of the last axes of the outputs a value is made of.
    trailing: usize,
}

/// What a loss is given: all of a batch.
#[derive(Clone, Copy)]
pub struct Batch<'a> {
    /// Targets: `[rows, n_targets]`.
    pub t: &'a [f32],
    /// Predictions: `[rows, n_outputs]`.
    pub p: &'a [f32],
    /// Length of a row of predictions.
    pub n_outputs: usize,
    /// `p` holds the logits of a sigmoid or softmax.
    pub logits: bool,
    /// It was a softmax.
    pub softmax: bool,
    /// Weight of each example (or of each row), if they differ: a divisor of `rows` many.
    pub weights: Option<&'a [f32]>,
    /// 0 for rows that a mask leaves out, else 1: `[rows]`.
    pub mask: Option<&'a [f32]>,
}

impl Batch<'_> {
    /// How many rows it has.
    pub fn rows(&self) -> usize {
        self.p.len() / self.n_outputs
    }

    /// The weight of row `i`.
    pub fn weight(&self, i: usize) -> f32 {
        let share = |w: &[f32]| w[i / (self.rows() / w.len().max(1)).max(1)];
        self.weights.map_or(1.0, share)
    }

    /// 0 where row `i` is masked.
    pub fn unmasked(&self, i: usize) -> f32 {
        self.mask.map_or(1.0, |mask| mask[i])
    }
}

impl Loss {
    /// The loss of a choice out of [`REGISTRY`].
    pub fn new(choice: &ConfigObject) -> Self {
        let kind = ALL
            .iter()
            .find(|l| std::ptr::eq(&l.class, choice.class))
            .unwrap_or(&ALL[0]);
        let has = |name: &str| choice.class.all_options().any(|o| o.name == name);
        let ignored = has("ignore_class") && choice.get("ignore_class") != &Value::Null;
        let has_axis = has("axis") && choice.get("axis") != &Value::Null;
        Loss {
            kind,
            options: choice.numbers(),
            reduction: match choice.word("reduction") {
                "sum" => Reduction::Sum,
                "mean_with_sample_weight" => Reduction::MeanWithSampleWeight,
                "none" => Reduction::None,
                _ => Reduction::Mean,
            },
            from_logits: has("from_logits") && choice.flag("from_logits"),
            ignored: ignored.then(|| choice.number("ignore_class") as f32),
            whole: matches!(kind.form, Form::Whole(_)) && !has_axis,
            trailing: 1,
        }
    }

    /// As [`Loss::new`], for outputs of this `shape`.
    ///
    /// # Errors
    /// An `axis` that the outputs do not have, or that this engine does not go along.
    pub fn on(choice: &ConfigObject, shape: &[usize]) -> Result<Self, ConfigError> {
        if std::ptr::eq(choice.class, &CROSSENTROPY) {
            let class = match shape.last() {
                Some(1) => "BinaryCrossentropy",
                _ => "SparseCategoricalCrossentropy",
            };
            return Self::on(&ConfigObject::default_of(&REGISTRY, class), shape);
        }
        let mut loss = Self::new(choice);
        let rank = shape.len() + 1;
        if matches!(loss.kind.form, Form::Whole(_)) {
            loss.trailing = choice.trailing_axes(rank)?.min(shape.len());
            loss.whole |= choice.trailing_axes(rank)? == rank;
        } else {
            choice.check_last_axis(rank)?;
        }
        Ok(loss)
    }

    /// How many numbers of outputs of this `shape` a value is made of; the rows of a loss that is one value
    /// for all are those of the last axis.
    pub fn width(&self, shape: &[usize]) -> usize {
        let trailing = if self.whole { 1 } else { self.trailing };
        shape.iter().rev().take(trailing).product()
    }

    /// Keras' class of it: also where it follows from the outputs.
    pub fn class_name(&self) -> &'static str {
        self.kind.class.class_name
    }

    /// Keras' name for it, as a metric is called.
    pub fn name(&self) -> &'static str {
        self.kind.class.name
    }

    /// What its targets look like.
    pub fn targets(&self) -> Targets {
        self.kind.targets
    }

    /// Whether it takes a sigmoid's or softmax's input instead of its output. With an ignored class
    /// it does not: Keras masks the outputs first, and a masked tensor has lost its logits.
    pub fn takes_logits(&self) -> bool {
        match self.kind.takes_logits {
            TakesLogits::Never => false,
            TakesLogits::Always => self.ignored.is_none(),
            TakesLogits::UnlessFromLogits => !self.from_logits,
        }
    }

    /// Whether it gives one value for the whole batch.
    pub fn is_whole(&self) -> bool {
        self.whole
    }

    /// Whether it compares the rows of a batch with one another.
    pub fn compares_rows(&self) -> bool {
        matches!(self.kind.form, Form::Pairs { .. })
    }

    /// Whether each row has a value of its own, whatever the others are.
    pub fn goes_by_rows(&self) -> bool {
        !self.whole && !self.compares_rows()
    }

    /// The class whose rows count for nothing, where there is one.
    pub fn ignored(&self) -> Option<f32> {
        self.ignored
    }

    /// How many targets a row has for `n_outputs` predictions.
    pub fn n_targets(&self, n_outputs: usize) -> usize {
        match self.kind.targets {
            Targets::Classes | Targets::Labels => 1,
            Targets::Numbers | Targets::Probabilities => n_outputs,
        }
    }

    /// Says whether targets lie in the loss's range, for `n_outputs` outputs.
    ///
    /// # Errors
    /// The first target that does not, with its row and what would do.
    pub fn check_targets(&self, t: &[f32], n_outputs: usize) -> Result<(), ConfigError> {
        let class = self.kind.class.class_name;
        let whole = |t: f32| t == t.trunc() && t.abs() <= 1e9;
        let fits = |t: f32| match self.kind.targets {
            Targets::Numbers => true,
            Targets::Probabilities => (0.0..=1.0).contains(&t),
            Targets::Classes => {
                self.ignored == Some(t) || t >= 0.0 && t < n_outputs as f32 && whole(t)
            }
            Targets::Labels => whole(t),
        };
        let Some(i) = t.iter().position(|t| !fits(*t)) else {
            return Ok(());
        };
        let wanted = match self.kind.targets {
            Targets::Classes => {
                format!("class numbers from 0 to {} (one per output)", n_outputs - 1)
            }
            Targets::Labels => "whole numbers: rows of one number belong together".into(),
            _ => "targets from 0 to 1".into(),
        };
        let row = i / self.n_targets(n_outputs);
        let message = format!(
            "y is {} in row {row}, but {class} needs {wanted}.",
            format_number(f64::from(t[i]))
        );
        Err(ConfigError::new("y", message))
    }

    /// The value of each row of the batch, and its gradient in `d`, before reduction; gives how many
    /// values there are: one per row, or one for all. (A loss that compares rows leaves `d` alone.)
    ///
    /// # Shapes
    /// `values`: `[rows]`; `d`: `[rows, n_outputs]`.
    pub fn per_row(&self, batch: &Batch<'_>, values: &mut [f32], d: &mut [f32]) -> usize {
        let rows = batch.rows();
        let logits =
            self.from_logits || batch.logits && self.kind.takes_logits != TakesLogits::Never;
        let given = |t, p, d| Row {
            t,
            p,
            logits,
            softmax: batch.softmax,
            options: &self.options,
            d,
        };
        let binary = match self.kind.form {
            Form::Pairs { values: of, .. } => {
                of(batch, &self.options, &mut values[..rows]);
                return rows;
            }
            Form::Whole(of) if self.whole => {
                values[0] = of(given(batch.t, batch.p, &mut d[..batch.p.len()]));
                return 1;
            }
            Form::Labels(_) => batch.t.iter().all(|t| *t == 0.0 || *t == 1.0),
            _ => false,
        };
        let n = batch.n_outputs;
        let targets = batch.t.chunks_exact(self.n_targets(n));
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
            *value = match self.kind.form {
                Form::Row(of) | Form::Whole(of) => of(given(t, p, d)),
                Form::Labels(of) => of(given(t, p, d), binary),
                Form::Pairs { .. } => 0.0,
            };
        }
        rows
    }

    /// The loss of a batch, and its gradient with respect to `p` in `d`.
    ///
    /// Keras: sum of weight x value, divided by the number of rows (`sum_over_batch_size`), by
    /// nothing (`sum`) or by the sum of the weights (`mean_with_sample_weight`). Rows that a mask
    /// leaves out, or of an ignored class, are not counted.
    ///
    /// # Shapes
    /// `values`: `[rows]`, scratch; `d`: `[rows, n_outputs]`.
    pub fn evaluate(&self, batch: &Batch<'_>, values: &mut [f32], d: &mut [f32]) -> f32 {
        let n = batch.n_outputs;
        let rows = batch.rows();
        let n_values = self.per_row(batch, values, d);
        let pairs = self.compares_rows();
        // One value for all is weighed once by each weight.
        let places = match (n_values == rows, batch.mask, batch.weights) {
            (true, _, _) | (_, Some(_), _) => rows,
            (_, None, Some(weights)) => weights.len(),
            (_, None, None) => 1,
        };
        let masks = batch.mask.is_some() || self.ignored.is_some() || pairs;
        let counts = |i: usize, values: &[f32]| {
            let ignored = self.ignored.is_some_and(|class| batch.t[i] == class);
            // Circle masks the rows that are worth nothing: they have no partner.
            if ignored || pairs && values[i] <= 0.0 {
                0.0
            } else {
                batch.unmasked(i)
            }
        };
        let weight = |i: usize| match batch.weights {
            Some(weights) if places == weights.len() => weights[i],
            _ => batch.weight(i),
        };
        // Then every row weighs 1.
        let plain = batch.weights.is_none() && !masks;
        let (mut counted, mut mass) = match plain {
            true => (places as f64, places as f64),
            false => (0.0, 0.0),
        };
        for i in 0..if plain { 0 } else { places } {
            let counts = f64::from(counts(i, values));
            counted += counts;
            mass += counts * f64::from(weight(i));
        }
        let divisor = match (self.reduction, batch.weights) {
            (Reduction::Sum, _) => 1.0,
            (Reduction::Mean, _) => counted,
            (Reduction::None, _) => places as f64,
            // One weight per example: Keras sums these, not what they are spread out to. Only a mask
            // makes them one per row.
            (_, Some(weights)) if !masks => weights.iter().map(|w| f64::from(*w)).sum(),
            _ => mass,
        };
        let over = if divisor == 0.0 { 0.0 } else { 1.0 / divisor };
        let scale = match self.reduction {
            Reduction::None => 1.0,
            _ => over as f32,
        };
        if n_values != rows {
            let (value, mass) = (f64::from(values[0]), mass as f32);
            d[..batch.p.len()]
                .iter_mut()
                .for_each(|d| *d *= mass * scale);
            return (value * f64::from(mass) * over) as f32;
        }
        let mut sum = 0.0f64;
        if plain {
            sum = values[..rows].iter().map(|value| f64::from(*value)).sum();
            d[..rows * n].iter_mut().for_each(|d| *d *= scale);
        }
        for i in 0..if plain { 0 } else { rows } {
            let factor = weight(i) * counts(i, values);
            sum += f64::from(values[i]) * f64::from(factor);
            if pairs {
                values[i] = factor * scale;
            } else {
                d[i * n..][..n]
                    .iter_mut()
                    .for_each(|d| *d *= factor * scale);
            }
        }
        if let Form::Pairs { gradient, .. } = self.kind.form {
            gradient(batch, &self.options, &values[..rows], d);
        }
        if divisor == 0.0 {
            0.0
        } else {
            (sum / divisor) as f32
        }
    }
}
