//! Metrics that are the mean of a loss.

use super::metric::{Measure, MetricKind, NAME, Named, Settings, Targets};
use crate::functions::losses::entropies::{
    self, BinaryCrossentropy, CategoricalCrossentropy, KLDivergence, Poisson,
    SparseCategoricalCrossentropy,
};
use crate::functions::losses::margins::{self, CategoricalHinge, Hinge, SquaredHinge};
use crate::functions::losses::regression::{
    self, LogCosh, MeanAbsoluteError, MeanAbsolutePercentageError, MeanSquaredError,
    MeanSquaredLogarithmicError,
};
use crate::functions::losses::shared::{AXIS, FROM_LOGITS, IGNORE_CLASS, LABEL_SMOOTHING};
use crate::functions::losses::{Loss, LossKind};
use crate::options::declare::shared;
use crate::options::{ClassSpec, ConfigObject, OptionSpec, help_text};

shared! {
    /// The options of binary cross-entropy as a metric.
    struct BinaryOptions {
        name: Option<String> = NAME;
        from_logits: bool = FROM_LOGITS;
        label_smoothing: f32 = LABEL_SMOOTHING;
    }
}

shared! {
    /// The options of categorical cross-entropy as a metric.
    struct CategoricalOptions {
        name: Option<String> = NAME;
        from_logits: bool = FROM_LOGITS;
        label_smoothing: f32 = LABEL_SMOOTHING;
        axis: i64 = AXIS;
    }
}

shared! {
    /// The options of sparse categorical cross-entropy as a metric.
    struct SparseOptions {
        name: Option<String> = NAME;
        from_logits: bool = FROM_LOGITS;
        ignore_class: Option<i64> = IGNORE_CLASS;
        axis: i64 = AXIS;
    }
}

/// The class of a loss as that of a metric with these options.
const fn metric(
    loss: ClassSpec,
    group: &'static str,
    options: &'static [&'static OptionSpec],
) -> ClassSpec {
    ClassSpec {
        group: help_text(group),
        options: &[],
        shared: options,
        ..loss
    }
}

const LOSSES: &str = "losses as metrics";
const NUMBERS: &str = "for numbers";

fn named(config: &ConfigObject, kind: &'static LossKind) -> Settings {
    let loss = Box::new(Loss::default_of(kind));
    Settings::new(
        Named::of(config).name,
        Targets::Numbers,
        Measure::Loss(loss),
    )
}

/// Metrics whose only option is their name.
macro_rules! of_losses {
    ($($(#[$doc:meta])* $name:ident = $class:expr, $group:expr, $loss:path;)+) => {$(
        $(#[$doc])*
        pub static $name: MetricKind =
            MetricKind::down(metric($class, $group, Named::OPTIONS), |config| named(config, &$loss));
    )+};
}

of_losses! {
    MEAN_SQUARED = MeanSquaredError::SPEC, NUMBERS, regression::SQUARED;
    MEAN_ABSOLUTE = MeanAbsoluteError::SPEC, NUMBERS, regression::ABSOLUTE;
    MEAN_PERCENTAGE = MeanAbsolutePercentageError::SPEC, NUMBERS, regression::PERCENTAGE;
    MEAN_LOGARITHMIC = MeanSquaredLogarithmicError::SPEC, NUMBERS, regression::LOGARITHMIC;
    DIVERGENCE = KLDivergence::SPEC, LOSSES, entropies::KL_DIVERGENCE;
    POISSON = Poisson::SPEC, LOSSES, entropies::POISSON;
    HINGE = Hinge::SPEC, LOSSES, margins::HINGE;
    SQUARED_HINGE = SquaredHinge::SPEC, LOSSES, margins::SQUARED;
    CATEGORICAL_HINGE = CategoricalHinge::SPEC, LOSSES, margins::CATEGORICAL;
    /// Keras has other names for the metric than for the loss.
    LOG_COSH_ERROR = ClassSpec {
        class_name: "LogCoshError",
        name: "logcosh",
        aliases: &["log_cosh_error"],
        ..LogCosh::SPEC
    }, LOSSES, regression::LOG_COSH;
}

pub static BINARY_ENTROPY: MetricKind = MetricKind::down(
    metric(BinaryCrossentropy::SPEC, LOSSES, BinaryOptions::OPTIONS),
    |config| {
        let options = BinaryOptions::of(config);
        let settings = entropies::binary_settings("", options.from_logits, options.label_smoothing);
        let loss = Box::new(Loss::of(&entropies::BINARY, settings));
        Settings::new(options.name, Targets::Numbers, Measure::Loss(loss))
    },
);

pub static CATEGORICAL_ENTROPY: MetricKind = MetricKind::down(
    metric(
        CategoricalCrossentropy::SPEC,
        LOSSES,
        CategoricalOptions::OPTIONS,
    ),
    |config| {
        let options = CategoricalOptions::of(config);
        let settings =
            entropies::categorical_settings("", options.from_logits, options.label_smoothing);
        let loss = Box::new(Loss::of(&entropies::CATEGORICAL, settings));
        Settings {
            axis: vec![options.axis],
            ..Settings::new(options.name, Targets::Numbers, Measure::Loss(loss))
        }
    },
);

pub static SPARSE_ENTROPY: MetricKind = MetricKind::down(
    metric(
        SparseCategoricalCrossentropy::SPEC,
        LOSSES,
        SparseOptions::OPTIONS,
    ),
    |config| {
        let options = SparseOptions::of(config);
        let settings = entropies::sparse_settings("", options.from_logits, options.ignore_class);
        let loss = Box::new(Loss::of(&entropies::SPARSE, settings));
        Settings {
            axis: vec![options.axis],
            ..Settings::new(options.name, Targets::LossClasses, Measure::Loss(loss))
        }
    },
);
