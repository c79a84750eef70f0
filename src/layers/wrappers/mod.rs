//! Layers that hold another layer.

pub mod bidirectional;
pub mod time;

use crate::choice::{Default, Kind, Opt, prose};

const LAYER: Opt = Opt {
    name: "layer",
    label: "layer",
    doc: prose("The layer inside."),
    kind: Kind::Of(&super::FAMILY),
    default: Default::Required,
};
