//! Layers that hold another layer.

pub mod bidirectional;
pub mod time;

use crate::choice::{Default, Kind, Opt};

const LAYER: Opt = Opt {
    name: "layer",
    label: "layer",
    doc: "The layer inside.",
    kind: Kind::Of(&super::FAMILY),
    default: Default::Required,
};
