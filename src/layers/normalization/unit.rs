//! UnitNormalization: every place's channels as a vector of length 1.

use super::view_of;
use crate::kernels::normalize::View;
use crate::layers::layer::{Backward, Forward, Inputs, Layer, LayerKind, MaskFlow, Shape};
use crate::options::{ClassSpec, help_text};

pub static KIND: LayerKind = LayerKind {
    class: ClassSpec {
        class_name: "UnitNormalization",
        name: "unit_normalization",
        aliases: &[],
        label: "Unit normalization",
        doc: help_text("Scales the channels of every place to a vector of length 1."),
        formula: help_text("y = x / sqrt(max(sum(x^2), 1e-12))"),
        options: &[&super::AXIS],
        group: "",
        shared: &[],
    },
    inputs: Inputs::One,
    build: |request| {
        let (view, outer) = view_of(&request)?;
        let shape = request.input().clone();
        Ok(Box::new(UnitNormalization { shape, view, outer }))
    },
};

/// Smallest sum of squares that is divided by.
const LEAST: f32 = 1e-12;

/// Keeps the sum of squares of each place.
struct UnitNormalization {
    shape: Shape,
    view: View,
    outer: usize,
}

impl UnitNormalization {
    /// The members of each place.
    fn places(
        &self,
        batch: usize,
    ) -> impl Iterator<Item = std::iter::StepBy<std::ops::Range<usize>>> + use<> {
        let (channels, inner) = (self.view.channels, self.view.inner);
        (0..batch * self.outer * inner).map(move |at| {
            let start = at / inner * channels * inner + at % inner;
            (start..start + channels * inner).step_by(inner)
        })
    }
}

impl Layer for UnitNormalization {
    fn output_shape(&self) -> &Shape {
        &self.shape
    }

    fn scratch(&self, batch: usize) -> usize {
        batch * self.outer * self.view.inner
    }

    fn forward(&self, pass: Forward<'_>) {
        for (place, kept) in self.places(pass.batch).zip(pass.scratch) {
            let squares: f32 = place.clone().map(|at| pass.x[at] * pass.x[at]).sum();
            *kept = squares;
            let inverse = 1.0 / squares.max(LEAST).sqrt();
            place.for_each(|at| pass.y[at] = pass.x[at] * inverse);
        }
    }

    fn backward(&self, pass: Backward<'_>) {
        let Some(dx) = pass.dx else { return };
        for (place, kept) in self.places(pass.batch).zip(&*pass.scratch) {
            let inverse = 1.0 / kept.max(LEAST).sqrt();
            let along: f32 = place.clone().map(|at| pass.dy[at] * pass.y[at]).sum();
            let along = if *kept > LEAST { along } else { 0.0 };
            place.for_each(|at| dx[at] = inverse * (pass.dy[at] - pass.y[at] * along));
        }
    }

    fn mask_flow(&self) -> MaskFlow {
        MaskFlow::Passes
    }
}
