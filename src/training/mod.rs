//! Training: optimizers, the training step, the training loop and its callbacks.

pub mod callbacks;
pub mod fit;
pub mod optimizers;
pub mod trainer;
