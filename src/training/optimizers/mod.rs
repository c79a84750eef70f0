//! Optimizers: rules that update weights from their gradients. They see slices only.
//!
//! To add one: a file with its step (`elementwise.rs`), or with its `Rule` (`rule.rs`) where weights depend on one another,
//! and its line in [`ALL`].

mod adadelta;
mod adafactor;
mod adagrad;
mod adam;
mod adamax;
mod clip;
mod common;
mod elementwise;
mod ftrl;
mod lamb;
mod lion;
mod muon;
mod nadam;
mod optimizer;
mod rmsprop;
mod rule;
mod schedule_free;
mod sgd;

pub use optimizer::Optimizer;
pub use rule::{OptimizerKind, Variable};

use crate::options::declare::NumberOr;
use crate::options::{self, ConfigObject, Registry};

/// Every optimizer, in the order of the page.
pub static ALL: &[&OptimizerKind] = &[
    &sgd::KIND,
    &rmsprop::KIND,
    &adam::KIND,
    &adam::DECAYING,
    &adadelta::KIND,
    &adagrad::KIND,
    &adamax::KIND,
    &nadam::KIND,
    &ftrl::KIND,
    &lion::KIND,
    &lamb::KIND,
    &adafactor::KIND,
    &muon::KIND,
    &schedule_free::KIND,
];

/// The classes for `compile(optimizer=...)`.
pub static REGISTRY: Registry = Registry {
    noun: "optimizer",
    entries: || ALL.iter().map(|kind| &kind.class).collect(),
    config_keys: &["name", "is_legacy_optimizer", "jit_compile"],
    object_keys: &[],
};

/// The class of an object of [`REGISTRY`].
fn kind_of(config: &ConfigObject) -> &'static OptimizerKind {
    options::find(ALL, |kind| &kind.class, config).unwrap_or(&sgd::KIND)
}

/// The option `learning_rate` of an object of [`REGISTRY`].
pub fn learning_rate(config: &ConfigObject) -> NumberOr {
    (kind_of(config).build)(config).learning_rate
}
