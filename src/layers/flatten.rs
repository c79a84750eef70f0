//! Flatten: all numbers of an example in one row.

use super::common;
use super::layer::{Backward, Forward, Inputs, Layer, LayerKind, Shape, size};
use crate::options::{ClassSpec, help_text};

pub static KIND: LayerKind = LayerKind {
    class: ClassSpec {
        class_name: "Flatten",
        name: "flatten",
        aliases: &[],
        label: "Flatten",
        doc: help_text(
            "Lays all numbers of an example out in one row, the last axis running fastest.",
        ),
        formula: help_text("[a, b, c] -> [a b c]"),
        options: &[&common::DATA_FORMAT],
        group: "",
        shared: &[],
    },
    inputs: Inputs::One,
    build: |request| {
        Ok(Box::new(Flatten {
            shape: vec![size(request.input()).unwrap_or(1)],
        }))
    },
};

struct Flatten {
    shape: Shape,
}

impl Layer for Flatten {
    fn output_shape(&self) -> &Shape {
        &self.shape
    }

    fn forward(&self, pass: Forward<'_>) {
        pass.y.copy_from_slice(pass.x);
    }

    fn backward(&self, pass: Backward<'_>) {
        if let Some(dx) = pass.dx {
            dx.copy_from_slice(pass.dy);
        }
    }
}
