//! [`LossKind`]: a loss class, and the forms in which it computes values and gradients.

use super::pointwise::TermProgram;
use crate::options::{ClassSpec, ConfigObject};

/// A loss class of Keras.
pub struct LossKind {
    /// Its class and options.
    pub class: ClassSpec,
    /// The targets that it compares with.
    pub targets: Targets,
    /// Whether it takes the logits behind a sigmoid or softmax in place of the outputs.
    pub takes_logits: TakesLogits,
    /// Whether the outputs of a row are the probabilities of all classes, so that one output alone says nothing.
    pub over_classes: bool,
    /// Reads the options.
    pub build: fn(&ConfigObject) -> Settings,
}

impl LossKind {
    /// A loss that takes the outputs, not the logits.
    pub const fn new(
        class: ClassSpec,
        targets: Targets,
        build: fn(&ConfigObject) -> Settings,
    ) -> Self {
        LossKind {
            class,
            targets,
            takes_logits: TakesLogits::Never,
            over_classes: false,
            build,
        }
    }

    /// The same loss, which takes the logits.
    pub const fn taking_logits(self, takes_logits: TakesLogits) -> Self {
        LossKind {
            takes_logits,
            ..self
        }
    }

    /// The same loss, whose outputs are the probabilities of all classes.
    pub const fn over_classes(self) -> Self {
        LossKind {
            over_classes: true,
            ..self
        }
    }
}

/// The options of a loss, read.
pub struct Settings {
    /// Its function, with the options that it needs.
    pub form: Form,
    /// How the values of a batch become one number.
    pub reduction: Reduction,
    /// The outputs are logits.
    pub from_logits: bool,
    /// Rows of this class are not counted.
    pub ignore_class: Option<f32>,
    /// The term of one output, written down, for a loss that is made of such terms; and whether a value is their mean
    /// and not their sum.
    pub term: Option<(TermProgram, bool)>,
    /// The axes of the outputs that one value covers, counted with the batch as 0; empty for all.
    pub axis: Vec<i64>,
}

impl Settings {
    /// The settings of a loss of this form, with `from_logits` off, no ignored class and the last axis.
    pub fn new(reduction: &str, form: Form) -> Self {
        Settings {
            form,
            reduction: Reduction::named(reduction),
            from_logits: false,
            ignore_class: None,
            term: None,
            axis: vec![-1],
        }
    }

    /// As [`Settings::new`], for a loss that treats each row by itself: `f` returns the value of a row and fills its
    /// gradient.
    pub fn by_row(reduction: &str, f: impl Fn(Row<'_>) -> f32 + 'static) -> Self {
        Settings::new(reduction, Form::Row(Box::new(f)))
    }
}

/// One row: targets and predictions, and the gradient to be filled.
pub struct Row<'a> {
    /// Targets: `[n_outputs]`, or one class number for a sparse loss.
    pub t: &'a [f32],
    /// Predictions, or logits where `logits`: `[n_outputs]`.
    pub p: &'a [f32],
    /// `p` holds logits.
    pub logits: bool,
    /// The logits are those of a softmax over the row.
    pub softmax: bool,
    /// Gradient of the row's value with respect to `p`: `[n_outputs]`.
    pub d: &'a mut [f32],
}

/// Returns the value of a row and fills its gradient.
pub type RowLoss = Box<dyn Fn(Row<'_>) -> f32>;

/// How a loss computes the values of a batch.
pub enum Form {
    /// Row by row.
    Row(RowLoss),
    /// Row by row; the flag says whether every target of the batch is 0 or 1.
    Labels(fn(Row<'_>, bool) -> f32),
    /// Row by row, or all of the batch as one row where the option `axis` is `None`.
    Whole(RowLoss),
    /// Compares the rows of a batch with one another.
    Pairs(Box<dyn Pairs>),
}

/// A loss that compares the rows of a batch with one another.
pub trait Pairs {
    /// Fills the value of each row.
    fn values(&self, batch: &Batch<'_>, values: &mut [f32]);
    /// Fills `d` with the gradient of the sum of factor x value over all rows.
    fn gradient(&self, batch: &Batch<'_>, factors: &[f32], d: &mut [f32]);
}

/// The targets that a loss compares with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Targets {
    /// One number per output.
    Numbers,
    /// One number from 0 to 1 per output.
    Probabilities,
    /// A class number per row, below the number of outputs.
    Classes,
    /// An integer per row: rows with equal integers belong together.
    Labels,
}

/// Whether a loss takes the logits behind a sigmoid or softmax in place of the outputs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum TakesLogits {
    /// Never.
    Never,
    /// Always.
    Always,
    /// Unless its own option `from_logits` converts the outputs to probabilities first.
    UnlessFromLogits,
}

/// How the values of a batch become one number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reduction {
    /// Their sum, divided by their number.
    Mean,
    /// Their sum.
    Sum,
    /// Their sum, divided by the sum of the weights.
    MeanWithSampleWeight,
    /// Keras sums the gradients and logs the mean.
    None,
}

impl Reduction {
    fn named(word: &str) -> Self {
        match word {
            "sum" => Reduction::Sum,
            "mean_with_sample_weight" => Reduction::MeanWithSampleWeight,
            "none" => Reduction::None,
            _ => Reduction::Mean,
        }
    }
}

/// The targets and predictions of a batch, with weights and mask.
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
    /// The logits are those of a softmax.
    pub softmax: bool,
    /// Weight of each example or of each row, where they differ; their number divides `rows`.
    pub weights: Option<&'a [f32]>,
    /// 0 for masked rows, else 1: `[rows]`.
    pub mask: Option<&'a [f32]>,
}

impl Batch<'_> {
    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.p.len() / self.n_outputs
    }

    /// The weight of row `i`.
    pub fn weight(&self, i: usize) -> f32 {
        let of_row = |w: &[f32]| w[i / (self.rows() / w.len().max(1)).max(1)];
        self.weights.map_or(1.0, of_row)
    }

    /// 0 where row `i` is masked, else 1.
    pub fn unmasked(&self, i: usize) -> f32 {
        self.mask.map_or(1.0, |mask| mask[i])
    }
}
