//! LayerNormalization (Ba et al., 2016): normalizes the channels of each position.

use super::terms::Places;
use super::{ByGroup, affine, axes_shape, view_of};
use crate::kernels::normalize::Group;
use crate::layers::layer::{
    Backward, Build, Forward, Layer, LayerKind, MaskFlow, ParamSpec, Shape,
};
use crate::layers::terms::{Passed, Stage, StageValues};
use crate::options::declare::{Fixed, class};
use crate::options::error::Result;
use crate::options::{ConfigObject, OptionSpec};

class! {
    /// Normalizes the channels of each position to mean 0 and variance 1, then applies a trainable factor and offset. Does not
    /// depend on the other examples of the batch.
    #[formula("y = gamma (x - mean) / sqrt(var + eps) + beta")]
    #[group("normalization")]
    struct Options("LayerNormalization", "layer_normalization", "Layer normalization") {
        axis: Vec<i64> = super::AXIS;
        epsilon: f32 = super::EPSILON;
        center: bool = super::CENTER;
        scale: bool = super::SCALE;
        beta_initializer: ConfigObject = super::BETA_INITIALIZER;
        gamma_initializer: ConfigObject = super::GAMMA_INITIALIZER;
        beta_regularizer: Option<ConfigObject> = super::BETA_REGULARIZER;
        gamma_regularizer: Option<ConfigObject> = super::GAMMA_REGULARIZER;
        beta_constraint: Option<ConfigObject> = super::BETA_CONSTRAINT;
        gamma_constraint: Option<ConfigObject> = super::GAMMA_CONSTRAINT;
        // Keras recommends RMSNormalization instead.
        rms_scaling: Fixed = OptionSpec::fixed("rms_scaling", "false");
    }
}

pub static KIND: LayerKind = LayerKind::new(Options::SPEC, |request| {
    let options = Options::of(request.config);
    let shape = axes_shape(&request, &options.axis);
    let params = affine!(options, &shape, request.seeds);
    let (axes, epsilon, scale) = (&options.axis, options.epsilon, options.scale);
    Ok(Box::new(PositionNormalization::new(
        &request, axes, epsilon, params, scale, true,
    )?))
});

/// Normalizes the channels of each position. Scratch holds mean and variance of each position.
pub struct PositionNormalization {
    shape: Shape,
    outer: usize,
    own: ByGroup,
    params: Vec<ParamSpec>,
}

impl PositionNormalization {
    /// `centred`: the mean is subtracted; `scale`: the first array of `params` is gamma.
    ///
    /// # Errors
    /// Axes that the input does not have.
    pub fn new(
        request: &Build<'_>,
        axes: &[i64],
        epsilon: f32,
        params: Vec<ParamSpec>,
        scale: bool,
        centred: bool,
    ) -> Result<Self> {
        let (view, outer) = view_of(request, axes)?;
        Ok(PositionNormalization {
            shape: request.input().clone(),
            outer,
            own: ByGroup {
                view,
                epsilon,
                scale,
                centred,
            },
            params,
        })
    }

    fn places(&self) -> Places {
        Places {
            outer: self.outer,
            channels: self.own.view.channels,
            centred: self.own.centred,
            epsilon: self.own.epsilon,
        }
    }

    fn groups(&self, batch: usize) -> impl Iterator<Item = Group> + use<> {
        let (channels, inner) = (self.own.view.channels, self.own.view.inner);
        let positions = (0..batch * self.outer).flat_map(move |o| (0..inner).map(move |i| (o, i)));
        positions.map(move |(o, i)| Group {
            outer: o..o + 1,
            channels: 0..channels,
            inner: i..i + 1,
        })
    }
}

impl Layer for PositionNormalization {
    fn output_shape(&self) -> &Shape {
        &self.shape
    }

    fn params(&self) -> &[ParamSpec] {
        &self.params
    }

    fn scratch(&self, batch: usize) -> usize {
        2 * batch * self.outer * self.own.view.inner
    }

    fn forward(&self, pass: Forward<'_>) {
        self.own.forward(self.groups(pass.batch), pass);
    }

    fn backward(&self, pass: Backward<'_>) {
        self.own.backward(self.groups(pass.batch), pass);
    }

    /// RMSNormalization, which does not centre, does not support masks in Keras.
    fn mask_flow(&self) -> MaskFlow {
        if self.own.centred {
            MaskFlow::Passes
        } else {
            MaskFlow::Stops
        }
    }

    /// Channels that do not lie side by side, and an offset without a scale, are shown as a whole.
    fn terms(&self, _: bool) -> Vec<Stage> {
        match self.own.view.inner == 1 && self.own.scale {
            true => self.places().stages(&self.shape, self.params.len() > 1),
            false => Vec::new(),
        }
    }

    fn stage_values(&self, passed: &Passed<'_>) -> Vec<StageValues> {
        let moments = &passed.scratch[..2 * passed.batch * self.outer];
        self.places().values(passed.x, moments)
    }
}
