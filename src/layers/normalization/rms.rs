//! RMSNormalization (Zhang and Sennrich, 2019): divides the channels of each position by their root mean square.

use super::axes_shape;
use super::layer::PositionNormalization;
use crate::layers::common;
use crate::layers::layer::{Initial, LayerKind, ParamSpec};
use crate::options::Default;
use crate::options::declare::class;

class! {
    /// Divides the channels of each position by their root mean square, then applies a trainable factor.
    #[formula("y = scale x / sqrt(mean(x^2) + eps)")]
    #[group("normalization")]
    struct Options("RMSNormalization", "rms_normalization", "RMS normalization") {
        axis: Vec<i64> = super::AXIS;
        epsilon: f32 = super::EPSILON.with_default(Default::Float(1e-6));
    }
}

pub static KIND: LayerKind = LayerKind::new(Options::SPEC, |request| {
    let Options { axis, epsilon } = Options::of(request.config);
    let initial = Initial::Drawn(common::default_initializer("ones", request.seeds));
    let shape = axes_shape(&request, &axis);
    let params = vec![ParamSpec::new("scale", &shape, initial)];
    Ok(Box::new(PositionNormalization::new(
        &request, &axis, epsilon, params, true, false,
    )?))
});
