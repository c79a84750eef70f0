//! Glassbox: neural-network training you can see through. A Keras-faithful training core that gives
//! the same numbers natively, in Firefox and in Chromium.
//!
//! # The one idea
//!
//! An [`experiment::Experiment`] is what a person asks for; a [`run::Run`] is a pure function of it;
//! a view reads frames of a run and never changes it.
//!
//! # The rooms, in reading order
//!
//! 1. [`math`], [`rng`]: numbers that are the same everywhere.
//! 2. [`choice`], [`refusal`], [`order`]: what a choice is, and how it is refused; sorting.
//! 3. [`kernels`], [`activations`], [`losses`], [`initializers`], [`metrics`], [`regularizers`],
//!    [`constraints`]: the arithmetic.
//! 4. [`layers`], [`optimizers`]: one file each; they see slices only.
//! 5. [`config`], [`model`]: layers over one arena of parameters.
//! 6. [`trainer`], [`fit`]: one step; the loop around it.
//! 7. [`data`], [`experiment`], [`catalog`]: what can be asked for.
//! 8. [`run`], [`keras`], [`bytes`]: a run, what Keras would print of it, and its checkpoints;
//!    [`advice`]: what in an experiment does not fit, and the change that mends it; [`trace`]: one step of
//!    a run opened up.
//! 9. `wasm`: the JavaScript face.
//!
//! # Invariants
//!
//! The core never reads a clock, prints, or draws an unseeded random number. Nothing allocates between
//! two optimizer steps of an epoch. Predicting and tracing never change a model. User input is refused in one
//! place, above the mathematics, with a sentence that says what, where and what to do; below it
//! nothing panics. `unsafe` stands where a measured gain stands beside it, and nowhere else.

pub mod activations;
pub mod advice;
pub mod bytes;
pub mod callbacks;
pub mod catalog;
pub mod choice;
pub mod config;
pub mod constraints;
pub mod data;
pub mod experiment;
pub mod fit;
pub mod initializers;
pub mod keras;
pub mod kernels;
pub mod layers;
pub mod losses;
pub mod math;
pub mod metrics;
pub mod model;
pub mod optimizers;
pub mod order;
pub mod refusal;
pub mod regularizers;
pub mod rng;
pub mod run;
pub mod schedules;
pub mod trace;
pub mod trainer;
#[cfg(target_arch = "wasm32")]
mod wasm;
