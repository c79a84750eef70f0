//! What a network is put together from besides its layers: each family with its list of classes.

pub mod activations;
pub mod constraints;
pub mod initializers;
pub mod losses;
pub mod metrics;
pub mod regularizers;
pub mod schedules;
