//! Metrics: values beside the loss, accumulated over the batches of an epoch as in Keras.
//!
//! To add one: its class and its [`MetricKind`] in the file of its kind, and its line in [`ALL`]. Keras' `Mean`, `Sum`
//! and `MeanMetricWrapper` are not among them, because they measure values that the caller passes, not targets and
//! predictions.

mod check;
mod confusion;
mod counting;
mod curves;
mod means;
mod metric;
mod names;
mod of_losses;
mod overlap;
mod running;
mod scores;
mod value;

pub use check::check;
pub(crate) use curves::Auc;
pub(crate) use means::BinaryAccuracy;
pub use metric::{Direction, MetricKind, argmax};
pub use names::{clash, name_apart};
pub use running::Metric;
pub use value::MetricValue;

use crate::options::{self, ConfigObject, Registry};
use metric::Settings;

/// Every metric, in the order of the page.
pub static ALL: &[&MetricKind] = &[
    &means::ACCURACY,
    &means::BINARY_ACCURACY,
    &means::CATEGORICAL_ACCURACY,
    &means::SPARSE_ACCURACY,
    &means::TOP_K,
    &means::SPARSE_TOP_K,
    &of_losses::MEAN_SQUARED,
    &means::ROOT_MEAN_SQUARED,
    &of_losses::MEAN_ABSOLUTE,
    &of_losses::MEAN_PERCENTAGE,
    &of_losses::MEAN_LOGARITHMIC,
    &scores::R2,
    &confusion::PRECISION,
    &confusion::RECALL,
    &scores::F1,
    &scores::F_BETA,
    &curves::AUC,
    &confusion::TRUE_POSITIVES,
    &confusion::TRUE_NEGATIVES,
    &confusion::FALSE_POSITIVES,
    &confusion::FALSE_NEGATIVES,
    &confusion::SENSITIVITY_AT_SPECIFICITY,
    &confusion::SPECIFICITY_AT_SENSITIVITY,
    &confusion::PRECISION_AT_RECALL,
    &confusion::RECALL_AT_PRECISION,
    &of_losses::BINARY_ENTROPY,
    &of_losses::CATEGORICAL_ENTROPY,
    &of_losses::SPARSE_ENTROPY,
    &of_losses::DIVERGENCE,
    &of_losses::POISSON,
    &of_losses::HINGE,
    &of_losses::SQUARED_HINGE,
    &of_losses::CATEGORICAL_HINGE,
    &of_losses::LOG_COSH_ERROR,
    &means::COSINE,
    &means::PEARSON,
    &means::CONCORDANCE,
    &overlap::IOU,
    &overlap::BINARY_IOU,
    &overlap::MEAN_IOU,
    &overlap::ONE_HOT_IOU,
    &overlap::ONE_HOT_MEAN_IOU,
    &means::EQUALITY,
];

/// The metrics, for `compile(metrics=[...])`.
pub static REGISTRY: Registry = Registry {
    noun: "metric",
    entries: || ALL.iter().map(|kind| &kind.class).collect(),
    config_keys: &["dtype", "fn"],
    object_keys: &[],
};

/// The kind of a config read by [`REGISTRY`], and its options.
fn read(config: &ConfigObject) -> (&'static MetricKind, Settings) {
    let kind = options::find(ALL, |kind| &kind.class, config).unwrap_or(ALL[0]);
    (kind, (kind.build)(config))
}
