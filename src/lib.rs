//! Glassbox: neural-network training you can see through.
#![doc = ""]

pub mod choice;
pub mod data;
pub mod math;
pub mod refusal;
pub mod rng;
