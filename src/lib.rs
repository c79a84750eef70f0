//! Glassbox: neural-network training you can see through. A Keras-faithful training core that gives
//! the same numbers natively, in Firefox and in Chromium.
//!
//! # The one idea
//!
//! An [`experiment::Experiment`] is what a person asks for; a [`run::Run`] is a pure function of it; a view reads frames of
//! a run and never changes it.
//!
//! # The rooms, in reading order
//!
//! 1. [`numerics`]: numbers that are the same everywhere. [`options`]: how a class declares its options, and how they are
//!    read and refused.
//! 2. [`kernels`]: the arithmetic on slices.
//! 3. [`functions`]: activations, losses, metrics, initializers, regularizers, constraints, schedules.
//! 4. [`layers`]: one file each; they see slices only.
//! 5. [`model`]: layers over one arena of parameters.
//! 6. [`training`]: optimizers, one step, the loop around it, callbacks.
//! 7. [`data`], [`experiment`]: what can be asked for.
//! 8. [`run`], [`keras`], [`doctor`]: a run, its checkpoints and traces; what Keras would print of it; what in an experiment
//!    does not fit.
//! 9. `wasm`: the JavaScript face.
//!
//! # Invariants
//!
//! The core is deterministic: no clock, no I/O, no randomness that does not come from the seed. Nothing allocates between
//! two optimizer steps of an epoch. Predicting and tracing never change a model. User input is refused in one place, above
//! the mathematics, with a sentence that says what, where and what to do; below it nothing panics. `unsafe` stands only
//! beside a measured gain.

pub mod data;
pub mod doctor;
pub mod experiment;
pub mod functions;
pub mod keras;
pub mod kernels;
pub mod layers;
pub mod model;
pub mod numerics;
pub mod options;
pub mod run;
pub mod training;
#[cfg(target_arch = "wasm32")]
pub mod wasm;
