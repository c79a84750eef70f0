//! Masking: masks the steps of a sequence that are padding.

use super::layer::{Backward, Forward, Layer, LayerKind, MaskFlow, Shape, size};
use crate::options::declare::class;
use crate::options::error::ConfigError;
use crate::options::{Default, Kind};

class! {
    /// Masks the steps whose features all equal one value, the padding. The layers above skip them; a loss that receives the
    /// mask is the mean over the other steps.
    #[formula("mask_t = any(x_t != value); y = x mask")]
    #[group("core")]
    struct Options("Masking", "masking", "Masking") {
        /// Value of the padding.
        mask_value("padding value"): f32 = Kind::Float(-1e30, 1e30), Default::Float(0.0);
    }
}

pub static KIND: LayerKind = LayerKind::new(Options::SPEC, |request| {
    let shape = request.input().clone();
    let Some((&width, outer)) = shape.split_last().filter(|(_, outer)| !outer.is_empty()) else {
        return Err(ConfigError::new(
            "mask_value",
            "Masking needs a sequence, [steps, features]: put a Reshape before it.",
        ));
    };
    let steps = size(outer).unwrap_or(1);
    let value = Options::of(request.config).mask_value;
    Ok(Box::new(Masking {
        width,
        steps,
        value,
        shape,
    }))
});

struct Masking {
    shape: Shape,
    width: usize,
    steps: usize,
    value: f32,
}

impl Masking {
    /// Whether a step is not padding.
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
