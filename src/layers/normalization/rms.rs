//! RMSNormalization (Zhang and Sennrich, 2019): every place by the root mean square of its channels.

use super::layer::PlaceNormalization;
use crate::layers::common;
use crate::layers::layer::{Initial, Inputs, LayerKind, ParamSpec};
use crate::options::{ClassSpec, help_text};

pub static KIND: LayerKind = LayerKind {
    class: ClassSpec {
        class_name: "RMSNormalization",
        name: "rms_normalization",
        aliases: &[],
        label: "RMS normalization",
        doc: help_text(
            "Divides the channels of every place by their root mean square, then takes them to a learnt scale.",
        ),
        formula: help_text("y = scale x / sqrt(mean(x^2) + eps)"),
        options: &[&super::AXIS, &super::epsilon(1e-6)],
        group: "",
        shared: &[],
    },
    inputs: Inputs::One,
    build: |request| {
        let initial = Initial::Drawn(common::plain("ones", request.seeds));
        let params = vec![ParamSpec::new(
            "scale",
            &super::axes_shape(&request),
            initial,
        )];
        Ok(Box::new(PlaceNormalization::new(
            request, params, true, false,
        )?))
    },
};
