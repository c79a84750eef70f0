//! PReLU: a ReLU with a trainable slope for negative numbers (He et al., 2015).

use super::common;
use super::layer::{Backward, Build, Forward, Layer, LayerKind, MaskFlow, ParamSpec, Shape};
use crate::functions::{constraints, initializers, regularizers};
use crate::options::declare::class;
use crate::options::error::{ConfigError, Result};
use crate::options::{ConfigObject, Default, Kind};

class! {
    /// Leaky ReLU with a trainable slope for each input.
    #[formula("y = x where x > 0, else alpha x")]
    #[group("activation")]
    struct Options("PReLU", "p_re_lu", "PReLU") {
        /// Initializer of the slopes.
        #[advanced]
        alpha_initializer("initial slopes"): ConfigObject = Kind::Of(&initializers::REGISTRY), Default::Text("zeros");
        /// Penalty on the slopes, added to the loss.
        #[advanced]
        alpha_regularizer("slope penalty"): Option<ConfigObject> = Kind::Of(&regularizers::REGISTRY), Default::Null;
        /// Constraint that the slopes meet after each update.
        #[advanced]
        alpha_constraint("slope constraint"): Option<ConfigObject> = Kind::Of(&constraints::REGISTRY), Default::Null;
        /// Axes along which all positions share one slope; 0 is the batch.
        #[advanced]
        shared_axes("shared axes"): Vec<i64> = Kind::Ints(1, 8), Default::Null;
    }
}

pub static KIND: LayerKind =
    LayerKind::new(Options::SPEC, |request| Ok(Box::new(Prelu::new(request)?)));

struct Prelu {
    shape: Shape,
    params: Vec<ParamSpec>,
    /// Index of the slope of each number of an example.
    slopes: Vec<u32>,
}

impl Prelu {
    fn new(request: Build<'_>) -> Result<Self> {
        let shape = request.input().clone();
        let options = Options::of(request.config);
        let mut slope_shape = shape.clone();
        for axis in options.shared_axes {
            match usize::try_from(axis - 1)
                .ok()
                .and_then(|i| slope_shape.get_mut(i))
            {
                Some(n) => *n = 1,
                None => {
                    let message = format!(
                        "The input has no axis {axis}: share axes from 1 to {}.",
                        shape.len()
                    );
                    return Err(ConfigError::new("shared_axes", message));
                }
            }
        }
        let slopes = common::broadcast_indices(&slope_shape, &shape);
        let alpha = common::array!(options, "alpha", slope_shape, request.seeds;
            [alpha_initializer, alpha_regularizer, alpha_constraint]);
        Ok(Prelu {
            params: vec![alpha],
            slopes,
            shape,
        })
    }
}

impl Layer for Prelu {
    fn output_shape(&self) -> &Shape {
        &self.shape
    }

    fn params(&self) -> &[ParamSpec] {
        &self.params
    }

    fn forward(&self, pass: Forward<'_>) {
        let n = self.slopes.len();
        for (x, y) in pass.x.chunks_exact(n).zip(pass.y.chunks_exact_mut(n)) {
            for ((x, y), slope) in x.iter().zip(y).zip(&self.slopes) {
                *y = match *x > 0.0 {
                    true => *x,
                    false => pass.params[*slope as usize] * x,
                };
            }
        }
    }

    /// At x = 0 the gradient is 0, as that of Keras' two terms relu(x) and -alpha relu(-x).
    fn backward(&self, pass: Backward<'_>) {
        let n = self.slopes.len();
        pass.dparams.fill(0.0);
        for (x, dy) in pass.x.chunks_exact(n).zip(pass.dy.chunks_exact(n)) {
            for ((x, dy), slope) in x.iter().zip(dy).zip(&self.slopes) {
                if *x < 0.0 {
                    pass.dparams[*slope as usize] += x * dy;
                }
            }
        }
        let Some(dx) = pass.dx else { return };
        let rows = pass.x.chunks_exact(n).zip(pass.dy.chunks_exact(n));
        for (dx, (x, dy)) in dx.chunks_exact_mut(n).zip(rows) {
            for (((dx, x), dy), slope) in dx.iter_mut().zip(x).zip(dy).zip(&self.slopes) {
                *dx = match *x {
                    x if x > 0.0 => *dy,
                    x if x < 0.0 => pass.params[*slope as usize] * dy,
                    _ => 0.0,
                };
            }
        }
    }

    fn mask_flow(&self) -> MaskFlow {
        MaskFlow::Passes
    }
}
