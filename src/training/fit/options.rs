//! The arguments of `fit`.

use crate::options::declare::class;
use crate::options::{ClassSpec, ConfigObject, Default, Kind, Registry};
use crate::training::callbacks;

class! {
    /// Number of passes through the training data, and the size of its batches.
    pub struct Options("fit", "fit", "Fit") {
        /// Number of passes through the training data.
        epochs("epochs"): usize = Kind::Int(1, 100_000), Default::Int(1);
        /// Number of examples per update.
        batch_size("batch size"): usize = Kind::Int(1, 100_000), Default::Int(32);
        /// Fraction of the training data held out to measure on (taken from the end, before shuffling).
        validation_split("validation split"): f64 = Kind::Float(0.0, 0.99), Default::Float(0.0);
        /// Objects that observe the run, and may stop it or change its learning rate.
        callbacks("callbacks"): Vec<ConfigObject> = Kind::List(&callbacks::REGISTRY), Default::Null;
        /// Weight of the examples of each class in the loss; 1 for all other classes. The sum is still divided by the number of examples.
        #[advanced]
        class_weight("class weights"): Option<Vec<(i32, f64)>> = Kind::ClassWeights, Default::Null;
        /// Number of the epoch that training starts with.
        #[advanced]
        initial_epoch("first epoch"): usize = Kind::Int(0, 100_000), Default::Int(0);
        /// Number of batches per epoch. The next epoch continues where this one ends.
        #[advanced]
        steps_per_epoch("steps per epoch"): Option<usize> = Kind::Int(1, 1_000_000), Default::Null;
        /// Number of batches to validate on. Without it, all.
        #[advanced]
        validation_steps("validation steps"): Option<usize> = Kind::Int(1, 1_000_000), Default::Null;
        /// Number of examples per validation batch.
        #[advanced]
        validation_batch_size("validation batch size"): Option<usize> = Kind::Int(1, 100_000), Default::Null;
        /// Number of epochs between validations. A list: the epochs after which to validate, counted from 1.
        #[advanced]
        validation_freq("validate every"): Vec<i64> = Kind::Ints(1, 100_000), Default::Int(1);
        /// Whether each epoch goes through the training data in a new order.
        shuffle("shuffle"): bool = Kind::Bool, Default::Bool(true);
    }
}

/// The arguments of `fit` as a class.
pub static CLASS: ClassSpec = Options::SPEC;

/// The family of this one class.
pub static REGISTRY: Registry = Registry {
    noun: "call",
    entries: || vec![&CLASS],
    config_keys: &[],
    object_keys: &[],
};
