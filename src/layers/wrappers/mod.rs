//! Layers that wrap another layer.

pub mod bidirectional;
pub mod time;
