//! Activation: a function of every number, as a layer of its own.

use super::common::{self, Function};
use super::{Backward, Forward, Inputs, Layer, LayerKind, MaskFlow, Shape, size};
use crate::choice::{Default, Entry, Opt};

pub static KIND: LayerKind = LayerKind {
    entry: Entry {
        class_name: "Activation",
        name: "activation",
        aliases: &[],
        label: "Activation",
        doc: "Passes every number through a function.",
        formula: "y = f(x)",
        options: &[Opt {
            default: Default::Required,
            ..common::function("activation", "activation", "The function.", "linear")
        }],
    },
    inputs: Inputs::One,
    build: |request| {
        Ok(Box::new(Activation {
            shape: request.input().clone(),
            function: Function::of(request.choice, "activation"),
        }))
    },
};

/// y = f(x). Keeps x, so that it looks to the loss as Dense does.
struct Activation {
    shape: Shape,
    function: Function,
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

    fn scratch(&self, batch: usize) -> usize {
        batch * size(&self.shape).unwrap_or(0)
    }

    fn forward(&self, pass: Forward<'_>) {
        pass.scratch.copy_from_slice(pass.x);
        self.function.forward(self.width(), pass.x, pass.y);
    }

    fn backward(&self, pass: Backward<'_>) {
        let dz = pass.dy;
        if !pass.at_logits {
            self.to_logits(pass.scratch, pass.y, dz);
        }
        if let Some(dx) = pass.dx {
            dx.copy_from_slice(dz);
        }
    }

    fn mask_flow(&self) -> MaskFlow {
        MaskFlow::Passes
    }

    fn activation(&self) -> Option<&'static str> {
        Some(self.function.name())
    }

    /// Keras' `linear` returns the very tensor that it is given.
    fn hands_on(&self, _: bool) -> bool {
        self.function.name() == "linear"
    }

    fn leaves_logits(&self) -> bool {
        self.function.leaves_logits()
    }

    fn to_logits(&self, scratch: &[f32], y: &[f32], d: &mut [f32]) {
        self.function.backward(self.width(), scratch, y, d);
    }
}
