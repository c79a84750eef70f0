//! From a model to a trained one: optimizers, one step, the loop around it, and the callbacks that it tells.

pub mod bytes;
pub mod callbacks;
pub mod fit;
pub mod optimizers;
pub mod trainer;
