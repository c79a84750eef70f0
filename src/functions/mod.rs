//! Functions of a network and of its training: each family with the list of its classes.

pub mod activations;
pub mod constraints;
pub mod initializers;
pub mod losses;
pub mod metrics;
pub mod regularizers;
pub mod schedules;
