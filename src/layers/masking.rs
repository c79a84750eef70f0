//! Masking: steps that hold nothing but one value are skipped by the layers above.

use super::layer::{Backward, Forward, Inputs, Layer, LayerKind, MaskFlow, Shape, size};
use crate::options::error::ConfigError;
use crate::options::{ClassSpec, Default, Kind, OptionSpec, help_text};

pub static KIND: LayerKind = LayerKind {
    class: ClassSpec {
        class_name: "Masking",
        name: "masking",
        aliases: &[],
        label: "Masking",
        doc: help_text(
            "Marks the steps whose features all have one value, the padding, as not there; a \
             loss that the marks reach is a mean over the other steps.",
        ),
        formula: help_text("mask_t = any(x_t != value); y = x mask"),
        options: &[&OptionSpec {
            name: "mask_value",
            label: "padding",
            doc: help_text("The value that padding consists of."),
            kind: Kind::Float(-1e30, 1e30),
            default: Default::Float(0.0),
            advanced: false,
            start: "",
        }],
        group: "",
        shared: &[],
    },
    inputs: Inputs::One,
    build: |request| {
        let shape = request.input().clone();
        let Some((&width, outer)) = shape.split_last().filter(|(_, outer)| !outer.is_empty())
        else {
            return Err(ConfigError::new(
                "mask_value",
                "Masking needs a sequence, [steps, features]: put a Reshape before it.",
            ));
        };
        let steps = size(outer).unwrap_or(1);
        let value = request.config.number("mask_value") as f32;
        Ok(Box::new(Masking {
            width,
            steps,
            value,
            shape,
        }))
    },
};

struct Masking {
    shape: Shape,
    width: usize,
    steps: usize,
    value: f32,
}

impl Masking {
    fn counts(&self, step: &[f32]) -> bool {
        step.iter().any(|x| *x != self.value)
    }
}

impl Layer for Masking {
    fn output_shape(&self) -> &Shape {
        &self.shape
    }

    fn forward(&self, pass: Forward<'_>) {
        let steps = pass
            .x
            .chunks_exact(self.width)
            .zip(pass.y.chunks_exact_mut(self.width));
        for (x, y) in steps {
            let factor = f32::from(self.counts(x));
            x.iter().zip(y).for_each(|(x, y)| *y = x * factor);
        }
    }

    fn backward(&self, pass: Backward<'_>) {
        let Some(dx) = pass.dx else { return };
        let given = pass
            .x
            .chunks_exact(self.width)
            .zip(pass.dy.chunks_exact(self.width));
        for ((x, dy), dx) in given.zip(dx.chunks_exact_mut(self.width)) {
            let factor = f32::from(self.counts(x));
            dy.iter().zip(dx).for_each(|(dy, dx)| *dx = dy * factor);
        }
    }

    fn mask_flow(&self) -> MaskFlow {
        MaskFlow::Begins(self.steps)
    }

    fn make_mask(&self, x: &[f32], mask: &mut [f32]) {
        for (x, m) in x.chunks_exact(self.width).zip(mask) {
            *m = f32::from(self.counts(x));
        }
    }
}
