//! Layers that hold another layer.

pub mod bidirectional;
pub mod time;

use crate::options::{Default, Kind, OptionSpec, help_text};

const LAYER: OptionSpec = OptionSpec {
    name: "layer",
    label: "layer",
    doc: help_text("The layer inside."),
    kind: Kind::Of(&super::REGISTRY),
    default: Default::Required,
    advanced: false,
    start: "",
};
