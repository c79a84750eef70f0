//! Experiments in the forms that Keras knows.

pub mod code;
pub mod text;
