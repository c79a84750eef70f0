//! PReLU: a ReLU whose slope below 0 is learnt (He et al., 2015).

use super::common;
use super::layer::{
    Backward, Build, Forward, Inputs, Layer, LayerKind, MaskFlow, ParamSpec, Shape,
};
use crate::options::error::ConfigError;
use crate::options::{ClassSpec, Default, Kind, OptionSpec, help_text};

pub static KIND: LayerKind = LayerKind {
    class: ClassSpec {
        class_name: "PReLU",
        name: "p_re_lu",
        aliases: &[],
        label: "PReLU",
        doc: help_text("As Leaky ReLU, but how much leaks is learnt."),
        formula: help_text("y = x where x > 0, else alpha x"),
        options: &[
            &common::initializer(
                "alpha_initializer",
                "slopes begin as",
                "Where the slopes begin.",
                "zeros",
            ),
            &common::regularizer(
                "alpha_regularizer",
                "slopes' penalty",
                "What the size of the slopes adds to the loss.",
            ),
            &common::constraint(
                "alpha_constraint",
                "slopes' limit",
                "Where the slopes are brought back to after each step.",
            ),
            &OptionSpec {
                name: "shared_axes",
                label: "shared axes",
                doc: help_text(
                    "Axes along which one slope serves all, counted with the batch as 0.",
                ),
                kind: Kind::Ints(1, 8),
                default: Default::Null,
                advanced: false,
                start: "",
            },
        ],
        group: "",
        shared: &[],
    },
    inputs: Inputs::One,
    build: |request| Ok(Box::new(Prelu::new(request)?)),
};

struct Prelu {
    shape: Shape,
    params: Vec<ParamSpec>,
    /// Which slope each number of an example has.
    slopes: Vec<u32>,
}

impl Prelu {
    fn new(request: Build<'_>) -> Result<Self, ConfigError> {
        let shape = request.input().clone();
        let mut own = shape.clone();
        for axis in request.config.ints("shared_axes") {
            match usize::try_from(axis - 1).ok().and_then(|i| own.get_mut(i)) {
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
        let slopes = common::broadcast_indices(&own, &shape);
        let alpha = common::param(request.config, "alpha", own, request.seeds);
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

    /// At 0 both of Keras' halves, relu(x) and -alpha relu(-x), are flat.
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
