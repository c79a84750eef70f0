//! Softmax as a layer, along one axis or several adjacent ones.

use super::layer::{Backward, Build, Forward, Layer, LayerKind, MaskFlow, Shape, size};
use super::terms::{Factor, Stage};
use crate::kernels::reduce;
use crate::numerics::math;
use crate::options::declare::class;
use crate::options::error::{ConfigError, Result};
use crate::options::{Default, Kind};

class! {
    /// Turns the numbers along an axis into probabilities that sum to 1.
    #[formula("y_i = e^x_i / sum_j e^x_j")]
    #[group("activation")]
    struct Options("Softmax", "softmax", "Softmax") {
        /// Axis of the probabilities; 0 is the batch, -1 the last axis.
        #[advanced]
        axis("axis"): Vec<i64> = Kind::Ints(-8, 8), Default::Int(-1);
    }
}

pub static KIND: LayerKind = LayerKind::new(Options::SPEC, |request| {
    Ok(Box::new(Softmax::new(request)?))
});

/// Softmax over `n` numbers at a distance of `inner`. Scratch holds x, the logits of a cross-entropy on top.
struct Softmax {
    shape: Shape,
    n: usize,
    inner: usize,
    /// Whether it is along a single axis: Keras uses the logits only then.
    single: bool,
}

impl Softmax {
    fn new(request: Build<'_>) -> Result<Self> {
        let shape = request.input().clone();
        let rank = shape.len() as i64;
        let axes = Options::of(request.config).axis;
        let index = |axis: &i64| if *axis < 0 { rank + axis } else { axis - 1 };
        let mut axes: Vec<i64> = axes.iter().map(index).collect();
        axes.sort_unstable();
        let adjacent = axes.windows(2).all(|pair| pair[1] == pair[0] + 1);
        let inside = axes.iter().all(|i| (0..rank).contains(i));
        let (Some(first), Some(last), true) = (axes.first(), axes.last(), adjacent && inside)
        else {
            let message = "'axis' must name an axis of the input other than the batch, or several adjacent \
                           ones (Keras allows others, this engine does not): try -1.";
            return Err(ConfigError::new("axis", message));
        };
        let (first, after) = (*first as usize, *last as usize + 1);
        Ok(Softmax {
            n: size(&shape[first..after]).unwrap_or(1),
            inner: size(&shape[after..]).unwrap_or(1),
            single: axes.len() == 1,
            shape,
        })
    }
}

impl Layer for Softmax {
    fn output_shape(&self) -> &Shape {
        &self.shape
    }

    fn scratch(&self, batch: usize) -> usize {
        batch * size(&self.shape).unwrap_or(0)
    }

    fn forward(&self, pass: Forward<'_>) {
        pass.scratch.copy_from_slice(pass.x);
        let (block, inner) = (self.n * self.inner, self.inner);
        let blocks = pass.x.chunks_exact(block);
        for (x, y) in blocks.zip(pass.y.chunks_exact_mut(block)) {
            if inner == 1 {
                y.copy_from_slice(x);
                reduce::softmax(y);
                continue;
            }
            for i in 0..inner {
                // The largest number is subtracted first, so that exp does not overflow.
                let row = || x[i..].iter().step_by(inner);
                let max = row().fold(f32::NEG_INFINITY, |a, b| if *b > a { *b } else { a });
                let mut sum = 0.0;
                for (y, x) in y[i..].iter_mut().step_by(inner).zip(row()) {
                    *y = math::exp(x - max);
                    sum += *y;
                }
                y[i..].iter_mut().step_by(inner).for_each(|y| *y /= sum);
            }
        }
    }

    fn backward(&self, pass: Backward<'_>) {
        let dz = pass.dy;
        if !pass.at_logits {
            self.activation_backward(pass.scratch, pass.y, dz);
        }
        if let Some(dx) = pass.dx {
            dx.copy_from_slice(dz);
        }
    }

    /// Keras broadcasts a mask of `[batch, steps]` to the last axes of `[batch, steps, features]`: an error, or the wrong
    /// numbers are masked if the sizes happen to fit.
    fn mask_flow(&self) -> MaskFlow {
        MaskFlow::Refused(
            "Softmax as a layer cannot take a mask (of Masking or mask_zero): in Keras the mask \
             does not fit its input's last axes. Use Activation with 'softmax', which takes no mask.",
        )
    }

    fn activation(&self) -> Option<&'static str> {
        Some("softmax")
    }

    fn stores_preactivation(&self) -> bool {
        true
    }

    fn logits_available(&self) -> bool {
        self.single
    }

    fn activation_backward(&self, _: &[f32], y: &[f32], d: &mut [f32]) {
        let (block, inner) = (self.n * self.inner, self.inner);
        for (y, d) in y.chunks_exact(block).zip(d.chunks_exact_mut(block)) {
            for i in 0..inner {
                let ys = || y[i..].iter().step_by(inner);
                let pairs = ys().zip(d[i..].iter().step_by(inner));
                let dot: f32 = pairs.map(|(y, d)| y * d).sum();
                for (d, y) in d[i..].iter_mut().step_by(inner).zip(ys()) {
                    *d = y * (*d - dot);
                }
            }
        }
    }

    fn terms(&self, _: bool) -> Vec<Stage> {
        let stage = Stage::each(&self.shape, Factor::One);
        vec![stage.with_activation(self.activation())]
    }
}
