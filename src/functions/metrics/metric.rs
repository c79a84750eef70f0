//! [`MetricKind`]: a metric class, and the ways in which it measures.

use crate::functions::losses::{Batch, Loss};
use crate::options::declare::{options, shared};
use crate::options::{ClassSpec, ConfigObject, Default, Kind};

/// A metric class of Keras.
pub struct MetricKind {
    /// Its class and options.
    pub class: ClassSpec,
    /// Which way it improves; `None` where Keras does not say.
    pub direction: Option<Direction>,
    /// Reads the options.
    pub(super) build: fn(&ConfigObject) -> Settings,
}

impl MetricKind {
    const fn new(
        class: ClassSpec,
        direction: Option<Direction>,
        build: fn(&ConfigObject) -> Settings,
    ) -> Self {
        MetricKind {
            class,
            direction,
            build,
        }
    }

    /// A metric of which higher values are better.
    pub(super) const fn up(class: ClassSpec, build: fn(&ConfigObject) -> Settings) -> Self {
        MetricKind::new(class, Some(Direction::Up), build)
    }

    /// A metric of which lower values are better.
    pub(super) const fn down(class: ClassSpec, build: fn(&ConfigObject) -> Settings) -> Self {
        MetricKind::new(class, Some(Direction::Down), build)
    }

    /// A metric of which Keras does not say which values are better.
    pub(super) const fn neutral(class: ClassSpec, build: fn(&ConfigObject) -> Settings) -> Self {
        MetricKind::new(class, None, build)
    }
}

/// Which way a metric improves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Higher is better: "max".
    Up,
    /// Lower is better: "min".
    Down,
}

/// The options of a metric, read.
pub(super) struct Settings {
    /// The option `name`.
    pub name: Option<String>,
    /// The targets that it compares with.
    pub targets: Targets,
    /// The option `axis`: axes of the outputs, counted with the batch as 0.
    pub axis: Vec<i64>,
    /// Its function, with the options that it needs.
    pub measure: Measure,
}

impl Settings {
    /// The settings of a metric that runs along the last axis.
    pub fn new(name: Option<String>, targets: Targets, measure: Measure) -> Self {
        Settings {
            name,
            targets,
            axis: vec![-1],
            measure,
        }
    }

    /// As [`Settings::new`], for the mean of a value of each row, with one target per output.
    pub fn mean(name: Option<String>, f: impl Fn(&[f32], &[f32]) -> f32 + 'static) -> Self {
        Settings::new(name, Targets::Numbers, Measure::Mean(Box::new(f)))
    }

    /// As [`Settings::new`], for a metric that accumulates more than a mean, with one target per output.
    pub fn accumulated(name: Option<String>, metric: impl Accumulate + 'static) -> Self {
        Settings::new(
            name,
            Targets::Numbers,
            Measure::Accumulated(Box::new(metric)),
        )
    }
}

/// The targets that a metric compares with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Targets {
    /// Those of any loss.
    Any,
    /// One number per output.
    Numbers,
    /// One class number per row.
    Classes,
    /// One class number per row, whose range the loss has checked.
    LossClasses,
}

/// The value of a row, from its targets and predictions.
pub(super) type RowValue = Box<dyn Fn(&[f32], &[f32]) -> f32>;

/// How a metric measures.
pub(super) enum Measure {
    /// The mean of a value of each row.
    Mean(RowValue),
    /// The square root of such a mean; masked rows are counted.
    RootMean(RowValue),
    /// One of the three accuracies: the shapes decide which (Keras' `"accuracy"`).
    Accuracy,
    /// The mean of the values of a loss.
    Loss(Box<Loss>),
    /// More than a mean.
    Accumulated(Box<dyn Accumulate>),
}

/// A metric that accumulates more than a mean. It ignores masks, as Keras does.
pub(super) trait Accumulate {
    /// Length of the state, for rows of `n_outputs`.
    fn state_len(&self, n_outputs: usize) -> usize;

    /// Adds a batch, whose `p` are the model's outputs, to the state.
    fn update(&self, batch: &Batch<'_>, state: &mut [f64]);

    /// Calls `show` with every number of the result.
    fn result(&self, state: &[f64], show: &mut dyn FnMut(f64));

    /// Whether the result is a list.
    fn is_list(&self) -> bool {
        false
    }

    /// Why the options do not fit `n_outputs` outputs. `class`: Keras' class, for the sentence.
    fn misfit(&self, class: &str, n_outputs: usize) -> Option<String> {
        let _ = (class, n_outputs);
        None
    }

    /// Whether each example must have a single row of outputs.
    fn needs_vectors(&self) -> bool {
        false
    }

    /// Whether it takes sample weights for rows of `width` outputs.
    fn takes_weights(&self, width: usize) -> bool {
        let _ = width;
        true
    }

    /// Whether Keras' class has a default name. Keras numbers the objects of the other classes.
    fn has_default_name(&self) -> bool {
        false
    }
}

options! {
    /// Name of the metric in the logs.
    #[advanced]
    pub(super) NAME = name("name"), Kind::Text, Default::Null;
}

shared! {
    /// The last option of many metrics.
    pub(super) struct Named {
        name: Option<String> = NAME;
    }
}

/// Index of the largest number, the first of equals.
pub fn argmax(values: &[f32]) -> usize {
    let mut best = 0;
    for (i, value) in values.iter().enumerate() {
        if *value > values[best] {
            best = i;
        }
    }
    best
}

/// Keras' divide_no_nan: a / b, or 0 where b is 0.
pub(super) fn over(a: f64, b: f64) -> f64 {
    if b == 0.0 { 0.0 } else { a / b }
}
