//! What Dense and the convolutions have in common: weights, biases, and an activation f at the end.

use super::common::Function;
use super::layer::{ParamSpec, Shape, size};
use crate::functions::regularizers::Regularizer;

/// The part of a layer that its output f(z) needs. The layer's scratch starts with the pre-activations z.
pub struct Activated {
    /// Shape of one example's output.
    pub shape: Shape,
    /// f.
    pub function: Function,
    /// Penalty on the outputs.
    pub activity: Option<Regularizer>,
    /// The arrays of weights of the layer; the biases, if it has them, last.
    pub params: Vec<ParamSpec>,
}

impl Activated {
    /// Number of units or filters: the size of the last axis.
    pub fn width(&self) -> usize {
        self.shape.last().copied().unwrap_or(1)
    }

    /// Number of outputs of `batch` examples.
    pub fn n_out(&self, batch: usize) -> usize {
        batch * size(&self.shape).unwrap_or(0)
    }

    /// Fills `y` with f(z).
    pub fn forward(&self, z: &[f32], y: &mut [f32]) {
        self.function.forward(self.width(), z, y);
    }

    /// Turns dL/dy into dL/dz, in place.
    pub fn backward(&self, z: &[f32], y: &[f32], d: &mut [f32]) {
        self.function.backward(self.width(), z, y, d);
    }
}

/// The [`Activated`] of a layer, from its options: those of its activation and its biases, and three for each array of weights.
macro_rules! activated {
    ($options:ident, $shape:expr, $seeds:expr, $(($name:literal, $array:expr, $three:tt)),+) => {{
        use $crate::layers::activated::Activated;
        use $crate::layers::common::{Function, array};
        let (shape, seeds): ($crate::layers::layer::Shape, _) = ($shape, $seeds);
        let biases = shape.last().copied().into_iter().collect();
        // Keras makes all initializers, in this order, with or without a bias.
        let mut params = vec![
            $(array!($options, $name, $array, seeds; $three),)+
            array!($options, "bias", biases, seeds; [bias_initializer, bias_regularizer, bias_constraint]),
        ];
        if !$options.use_bias {
            params.pop();
        }
        let activity = $options.activity_regularizer.as_ref();
        Activated {
            shape,
            function: Function::new(&$options.activation),
            activity: activity.map($crate::functions::regularizers::Regularizer::new),
            params,
        }
    }};
}

pub(crate) use activated;
