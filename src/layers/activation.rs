//! Activation: a function of every number, as a layer of its own.

use super::{Backward, Forward, Layer, LayerKind, Shape, size};
use crate::activations::{self, Activation as Function};
use crate::choice::{Choice, Default, Entry, Kind, Opt};

pub static KIND: LayerKind = LayerKind {
    entry: Entry {
        class_name: "Activation",
        name: "activation",
        aliases: &[],
        label: "Activation",
        doc: "Passes every number through a function.",
        formula: "y = f(x)",
        options: &[Opt {
            name: "activation",
            label: "activation",
            doc: "The function.",
            kind: Kind::Of(&activations::FAMILY),
            default: Default::Required,
        }],
    },
    build: |request| {
        let function = request.choice.choice("activation");
        Ok(Box::new(Activation {
            shape: request.input_shape.clone(),
            function: function.map_or(&activations::ALL[0], activations::of),
            options: function.map(Choice::numbers).unwrap_or_default(),
        }))
    },
};

/// y = f(x). Keeps x, so that it looks to the loss as Dense does.
struct Activation {
    shape: Shape,
    function: &'static Function,
    options: Vec<f32>,
}

impl Activation {
    fn width(&self) -> usize {
        self.shape.last().copied().unwrap_or(1)
    }
}

impl Layer for Activation {
    fn output_shape(&self) -> &Shape {
        &self.shape
    }

    fn scratch_per_example(&self) -> usize {
        size(&self.shape).unwrap_or(0)
    }

    fn forward(&self, pass: Forward<'_>) {
        pass.scratch.copy_from_slice(pass.x);
        (self.function.forward)(&self.options, self.width(), pass.x, pass.y);
    }

    fn backward(&self, pass: Backward<'_>) {
        let dz = pass.dy;
        if !pass.at_logits {
            (self.function.backward)(&self.options, self.width(), pass.scratch, pass.y, dz);
        }
        if let Some(dx) = pass.dx {
            dx.copy_from_slice(dz);
        }
    }

    fn activation(&self) -> Option<&'static str> {
        Some(self.function.entry.name)
    }

    /// Keras' `linear` returns the very tensor that it is given.
    fn hands_on(&self, _: bool) -> bool {
        self.function.entry.name == "linear"
    }

    fn leaves_logits(&self) -> bool {
        self.function.leaves_logits
    }
}
