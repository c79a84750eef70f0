//! UnitNormalization: scales the channels of each position to length 1.

use super::view_of;
use crate::kernels::normalize::View;
use crate::layers::layer::{Backward, Forward, Layer, LayerKind, MaskFlow, Shape};
use crate::options::declare::class;

class! {
    /// Scales the channels of each position to a vector of length 1.
    #[formula("y = x / sqrt(max(sum(x^2), 1e-12))")]
    #[group("normalization")]
    struct Options("UnitNormalization", "unit_normalization", "Unit normalization") {
        axis: Vec<i64> = super::AXIS;
    }
}

pub static KIND: LayerKind = LayerKind::new(Options::SPEC, |request| {
    let (view, outer) = view_of(&request, &Options::of(request.config).axis)?;
    let shape = request.input().clone();
    Ok(Box::new(UnitNormalization { shape, view, outer }))
});

/// Smallest divisor, as a sum of squares.
const MIN_SQUARES: f32 = 1e-12;

/// Scratch holds the sum of squares of each position.
struct UnitNormalization {
    shape: Shape,
    view: View,
    outer: usize,
}

impl UnitNormalization {
    /// Indices of the channels of each position.
    fn positions(
        &self,
        batch: usize,
    ) -> impl Iterator<Item = std::iter::StepBy<std::ops::Range<usize>>> + use<> {
        let (channels, inner) = (self.view.channels, self.view.inner);
        (0..batch * self.outer * inner).map(move |i| {
            let start = i / inner * channels * inner + i % inner;
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
        for (channels, squares) in self.positions(pass.batch).zip(pass.scratch) {
            *squares = channels.clone().map(|i| pass.x[i] * pass.x[i]).sum();
            let inverse = 1.0 / squares.max(MIN_SQUARES).sqrt();
            channels.for_each(|i| pass.y[i] = pass.x[i] * inverse);
        }
    }

    fn backward(&self, pass: Backward<'_>) {
        let Some(dx) = pass.dx else { return };
        for (channels, squares) in self.positions(pass.batch).zip(&*pass.scratch) {
            let inverse = 1.0 / squares.max(MIN_SQUARES).sqrt();
            let dot: f32 = channels.clone().map(|i| pass.dy[i] * pass.y[i]).sum();
            let dot = if *squares > MIN_SQUARES { dot } else { 0.0 };
            channels.for_each(|i| dx[i] = inverse * (pass.dy[i] - pass.y[i] * dot));
        }
    }

    fn mask_flow(&self) -> MaskFlow {
        MaskFlow::Passes
    }
}
