//! Softmax as a layer of its own, along any axes that stand together.

use super::layer::{Backward, Build, Forward, Inputs, Layer, LayerKind, MaskFlow, Shape, size};
use crate::numerics::math;
use crate::options::error::ConfigError;
use crate::options::{ClassSpec, Default, Kind, OptionSpec, help_text};

pub static KIND: LayerKind = LayerKind {
    class: ClassSpec {
        class_name: "Softmax",
        name: "softmax",
        aliases: &[],
        label: "Softmax",
        doc: help_text("Turns the numbers along an axis into probabilities that sum to 1."),
        formula: help_text("y_i = e^x_i / sum_j e^x_j"),
        options: &[&OptionSpec {
            name: "axis",
            label: "axis",
            doc: help_text("The axis that sums to 1, counted with the batch as 0; -1 is the last."),
            kind: Kind::Ints(-8, 8),
            default: Default::Int(-1),
            advanced: false,
            start: "",
        }],
        group: "",
        shared: &[],
    },
    inputs: Inputs::One,
    build: |request| Ok(Box::new(Softmax::new(request)?)),
};

/// Sums to 1 over `n` numbers that lie `inner` apart. Keeps x: the logits of a cross-entropy above.
struct Softmax {
    shape: Shape,
    n: usize,
    inner: usize,
    /// Along a single axis: only then Keras hands the logits on.
    single: bool,
}

impl Softmax {
    fn new(request: Build<'_>) -> Result<Self, ConfigError> {
        let shape = request.input().clone();
        let rank = shape.len() as i64;
        let place = |axis: &i64| if *axis < 0 { rank + axis } else { axis - 1 };
        let mut axes: Vec<i64> = request.config.ints("axis").iter().map(place).collect();
        axes.sort();
        let together = axes.windows(2).all(|pair| pair[1] == pair[0] + 1);
        let inside = axes.iter().all(|i| (0..rank).contains(i));
        let (Some(first), Some(last), true) = (axes.first(), axes.last(), together && inside)
        else {
            let message = "'axis' must name an axis of the input other than the batch, or several that \
                           stand together (Keras has others, too; this engine does not): try -1.";
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
            for i in 0..inner {
                // The largest number is taken off first, so that nothing overflows.
                let along = || x[i..].iter().step_by(inner);
                let top = along().fold(f32::NEG_INFINITY, |a, b| if *b > a { *b } else { a });
                let mut sum = 0.0;
                for (y, x) in y[i..].iter_mut().step_by(inner).zip(along()) {
                    *y = math::exp(x - top);
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

    /// Keras lays a mask of `[batch, steps]` over the last axes of `[batch, steps, features]`, where it fits
    /// only if the batch is as long as the steps are many; then it leaves out the wrong numbers.
    fn mask_flow(&self) -> MaskFlow {
        MaskFlow::Refused(
            "Softmax as a layer cannot stand behind a mask (of Masking, or of mask_zero): in Keras the mask \
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
                let along: f32 = pairs.map(|(y, d)| y * d).sum();
                for (d, y) in d[i..].iter_mut().step_by(inner).zip(ys()) {
                    *d = y * (*d - along);
                }
            }
        }
    }
}
