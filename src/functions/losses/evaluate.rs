//! [`Loss`]: what all losses have in common: reductions, weights, masks and the choice between outputs and logits.

use super::loss::{Batch, Form, LossKind, Reduction, Row, Settings, TakesLogits, Targets};
use super::shared::log_softmax;
use super::{ALL, CROSSENTROPY, REGISTRY};
use crate::numerics::math;
use crate::numerics::record::Program;
use crate::options::error::{ConfigError, Result, format_number};
use crate::options::{self, ConfigObject, axes};

/// A loss with its options.
pub struct Loss {
    kind: &'static LossKind,
    settings: Settings,
    /// It has one value for the whole batch.
    whole: bool,
    /// Number of the last axes of the outputs that one value covers.
    trailing: usize,
}

impl Loss {
    /// The loss of a config read by [`REGISTRY`], for outputs of two axes.
    pub fn new(config: &ConfigObject) -> Self {
        let kind = options::find(ALL, |kind| &kind.class, config).unwrap_or(ALL[0]);
        Self::of(kind, (kind.build)(config))
    }

    /// The loss of this kind with Keras' defaults.
    pub fn default_of(kind: &'static LossKind) -> Self {
        let config = ConfigObject::default_of(&REGISTRY, kind.class.class_name);
        Self::of(kind, (kind.build)(&config))
    }

    /// A loss of this kind with these settings.
    pub fn of(kind: &'static LossKind, settings: Settings) -> Self {
        Loss {
            whole: matches!(settings.form, Form::Whole(_)) && settings.axis.is_empty(),
            kind,
            settings,
            trailing: 1,
        }
    }

    /// As [`Loss::new`], for outputs of this `shape`.
    ///
    /// # Errors
    /// An `axis` that the outputs do not have, or that this engine does not support.
    pub fn on(config: &ConfigObject, shape: &[usize]) -> Result<Self> {
        if std::ptr::eq(config.class, &CROSSENTROPY) {
            let class = match shape.last() {
                Some(1) => "BinaryCrossentropy",
                _ => "SparseCategoricalCrossentropy",
            };
            return Self::on(&ConfigObject::default_of(&REGISTRY, class), shape);
        }
        let mut loss = Self::new(config);
        let (class, axis, rank) = (loss.class_name(), &loss.settings.axis, shape.len() + 1);
        if matches!(loss.settings.form, Form::Whole(_)) {
            let trailing = axes::trailing(class, axis, rank)?;
            loss.trailing = trailing.min(shape.len());
            loss.whole |= trailing == rank;
        } else {
            axes::check_last(class, axis, rank)?;
        }
        Ok(loss)
    }

    /// Length of a row for outputs of this `shape`: the numbers that one value covers, or the last axis where one value
    /// covers the whole batch.
    pub fn width(&self, shape: &[usize]) -> usize {
        let trailing = if self.whole { 1 } else { self.trailing };
        shape.iter().rev().take(trailing).product()
    }

    /// Keras' class, also where it follows from the outputs.
    pub fn class_name(&self) -> &'static str {
        self.kind.class.class_name
    }

    /// Keras' name, which is that of the metric too.
    pub fn name(&self) -> &'static str {
        self.kind.class.name
    }

    /// The targets that it compares with.
    pub fn targets(&self) -> Targets {
        self.kind.targets
    }

    /// Whether the outputs of a row are the probabilities of all classes.
    pub fn over_classes(&self) -> bool {
        self.kind.over_classes
    }

    /// Whether it takes the logits behind a sigmoid or softmax in place of the outputs. With an ignored class it does
    /// not: Keras masks the outputs first, and a masked tensor has lost its logits.
    pub fn takes_logits(&self) -> bool {
        match self.kind.takes_logits {
            TakesLogits::Never => false,
            TakesLogits::Always => self.ignored().is_none(),
            TakesLogits::UnlessFromLogits => !self.settings.from_logits,
        }
    }

    /// Whether it has one value for the whole batch.
    pub fn is_whole(&self) -> bool {
        self.whole
    }

    /// Whether it compares the rows of a batch with one another.
    pub fn compares_rows(&self) -> bool {
        matches!(self.settings.form, Form::Pairs(_))
    }

    /// Whether the value of a row depends on that row alone.
    pub fn goes_by_rows(&self) -> bool {
        !self.whole && !self.compares_rows()
    }

    /// The class whose rows are not counted, where there is one.
    pub fn ignored(&self) -> Option<f32> {
        self.settings.ignore_class
    }

    /// Whether the outputs are logits by the loss's own option.
    pub fn from_logits(&self) -> bool {
        self.settings.from_logits
    }

    /// The term of one output as a program of its target and its prediction (its logit where `logits`), and whether a
    /// value is the mean of its terms and not their sum. `None` for a loss that is not made of such terms.
    pub fn term(&self, logits: bool) -> Option<(Program, bool)> {
        let (program, is_mean) = self.settings.term.as_ref()?;
        Some((program(logits), *is_mean))
    }

    /// The probabilities of rows of `n_outputs` logits: the sigmoid of each for a binary loss or a single output, else
    /// the softmax of each row.
    pub fn probabilities(&self, logits: &[f32], n_outputs: usize) -> Vec<f32> {
        let mut p = logits.to_vec();
        if n_outputs == 1 || self.name().starts_with("binary") {
            p.iter_mut().for_each(|p| *p = math::sigmoid(*p));
        } else {
            let rows = p.chunks_exact_mut(n_outputs);
            for (z, p) in logits.chunks_exact(n_outputs).zip(rows) {
                log_softmax(z, p);
            }
        }
        p
    }

    /// Number of targets of a row with `n_outputs` predictions.
    pub fn n_targets(&self, n_outputs: usize) -> usize {
        match self.kind.targets {
            Targets::Classes | Targets::Labels => 1,
            Targets::Numbers | Targets::Probabilities => n_outputs,
        }
    }

    /// Checks that targets are in the range of the loss, for `n_outputs` outputs.
    ///
    /// # Errors
    /// The first target out of range, with its row and the range.
    pub fn check_targets(&self, t: &[f32], n_outputs: usize) -> Result<()> {
        let class = self.kind.class.class_name;
        let whole = |t: f32| t == t.trunc() && t.abs() <= 1e9;
        let fits = |t: f32| match self.kind.targets {
            Targets::Numbers => true,
            Targets::Probabilities => (0.0..=1.0).contains(&t),
            Targets::Classes => {
                self.ignored() == Some(t) || t >= 0.0 && t < n_outputs as f32 && whole(t)
            }
            Targets::Labels => whole(t),
        };
        let Some(i) = t.iter().position(|t| !fits(*t)) else {
            return Ok(());
        };
        let expected = match self.kind.targets {
            Targets::Classes => {
                format!("class numbers from 0 to {} (one per output)", n_outputs - 1)
            }
            Targets::Labels => "whole numbers: rows of one number belong together".into(),
            _ => "targets from 0 to 1".into(),
        };
        let row = i / self.n_targets(n_outputs);
        let message = format!(
            "y is {} in row {row}, but {class} needs {expected}.",
            format_number(f64::from(t[i]))
        );
        Err(ConfigError::new("y", message))
    }

    /// Fills the value of each row of the batch, and its gradient in `d`, before reduction. Returns the number of values:
    /// one per row, or one for the whole batch. (A loss that compares rows leaves `d` unchanged.)
    ///
    /// # Shapes
    /// `values`: `[rows]`; `d`: `[rows, n_outputs]`.
    pub fn per_row(&self, batch: &Batch<'_>, values: &mut [f32], d: &mut [f32]) -> usize {
        let rows = batch.rows();
        let takes_logits = self.kind.takes_logits != TakesLogits::Never;
        let logits = self.settings.from_logits || batch.logits && takes_logits;
        let row = |t, p, d| Row {
            t,
            p,
            logits,
            softmax: batch.softmax,
            d,
        };
        let binary = match &self.settings.form {
            Form::Pairs(pairs) => {
                pairs.values(batch, &mut values[..rows]);
                return rows;
            }
            Form::Whole(f) if self.whole => {
                values[0] = f(row(batch.t, batch.p, &mut d[..batch.p.len()]));
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
            if self.ignored() == Some(t[0]) {
                *value = 0.0;
                d.fill(0.0);
                continue;
            }
            *value = match &self.settings.form {
                Form::Row(f) | Form::Whole(f) => f(row(t, p, d)),
                Form::Labels(f) => f(row(t, p, d), binary),
                Form::Pairs(_) => 0.0,
            };
        }
        rows
    }

    /// Returns the loss of a batch, and fills `d` with its gradient with respect to `p`.
    ///
    /// Keras: sum of weight x value, divided by the number of rows (`sum_over_batch_size`), by 1 (`sum`) or by the sum
    /// of the weights (`mean_with_sample_weight`). Masked rows and rows of an ignored class are not counted.
    ///
    /// # Shapes
    /// `values`: `[rows]`, scratch; `d`: `[rows, n_outputs]`.
    pub fn evaluate(&self, batch: &Batch<'_>, values: &mut [f32], d: &mut [f32]) -> f32 {
        let n = batch.n_outputs;
        let rows = batch.rows();
        let n_values = self.per_row(batch, values, d);
        let pairs = self.compares_rows();
        // One value for the whole batch is multiplied by each weight once.
        let n_weighted = match (n_values == rows, batch.mask, batch.weights) {
            (true, _, _) | (_, Some(_), _) => rows,
            (_, None, Some(weights)) => weights.len(),
            (_, None, None) => 1,
        };
        let masks = batch.mask.is_some() || self.ignored().is_some() || pairs;
        let counts = |i: usize, values: &[f32]| {
            let ignored = self.ignored().is_some_and(|class| batch.t[i] == class);
            // Circle masks the rows with the value 0: they have no partner.
            if ignored || pairs && values[i] <= 0.0 {
                0.0
            } else {
                batch.unmasked(i)
            }
        };
        let weight = |i: usize| match batch.weights {
            Some(weights) if n_weighted == weights.len() => weights[i],
            _ => batch.weight(i),
        };
        // Then every row has the weight 1.
        let plain = batch.weights.is_none() && !masks;
        let (mut counted, mut mass) = match plain {
            true => (n_weighted as f64, n_weighted as f64),
            false => (0.0, 0.0),
        };
        for i in 0..if plain { 0 } else { n_weighted } {
            let counts = f64::from(counts(i, values));
            counted += counts;
            mass += counts * f64::from(weight(i));
        }
        let divisor = match (self.settings.reduction, batch.weights) {
            (Reduction::Sum, _) => 1.0,
            (Reduction::Mean, _) => counted,
            (Reduction::None, _) => n_weighted as f64,
            // Keras sums the weights of the examples, and with a mask those of the rows.
            (_, Some(weights)) if !masks => weights.iter().map(|w| f64::from(*w)).sum(),
            _ => mass,
        };
        let over = if divisor == 0.0 { 0.0 } else { 1.0 / divisor };
        let scale = match self.settings.reduction {
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
        if let Form::Pairs(pairs) = &self.settings.form {
            pairs.gradient(batch, &values[..rows], d);
        }
        if divisor == 0.0 {
            0.0
        } else {
            (sum / divisor) as f32
        }
    }
}
