//! GroupNormalization (Wu and He, 2018): normalizes groups of channels of each example.

use super::{ByGroup, affine, view_of};
use crate::kernels::normalize::Group;
use crate::layers::layer::{
    Backward, Build, Forward, Layer, LayerKind, MaskFlow, ParamSpec, Shape,
};
use crate::options::declare::class;
use crate::options::error::{ConfigError, Result};
use crate::options::{ConfigObject, Default, Kind};

class! {
    /// Normalizes groups of channels of each example to mean 0 and variance 1, then applies a trainable factor and offset.
    #[formula("y = gamma (x - mean) / sqrt(var + eps) + beta, over a group's channels and all positions")]
    #[group("normalization")]
    struct Options("GroupNormalization", "group_normalization", "Group normalization") {
        /// Number of groups; -1: one for each channel.
        groups("groups"): i64 = Kind::Int(-1, 100_000), Default::Int(32);
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
    }
}

pub static KIND: LayerKind = LayerKind::new(Options::SPEC, |request| {
    Ok(Box::new(GroupNormalization::new(request)?))
});

/// Scratch holds mean and variance of each group of each example.
struct GroupNormalization {
    shape: Shape,
    outer: usize,
    groups: usize,
    own: ByGroup,
    params: Vec<ParamSpec>,
}

impl GroupNormalization {
    fn new(request: Build<'_>) -> Result<Self> {
        let options = Options::of(request.config);
        let (view, outer) = view_of(&request, &options.axis)?;
        // -1 stands for one group for each channel.
        let groups = usize::try_from(options.groups).unwrap_or(view.channels);
        if groups == 0 || !view.channels.is_multiple_of(groups) {
            let n = view.channels;
            let nearest = (1..=groups.min(n)).rev().find(|g| n.is_multiple_of(*g));
            let message = format!(
                "{n} channels cannot be split into {groups} groups of equal size: try {}.",
                nearest.unwrap_or(1)
            );
            return Err(ConfigError::new("groups", message));
        }
        Ok(GroupNormalization {
            shape: request.input().clone(),
            outer,
            groups,
            own: ByGroup {
                view,
                epsilon: options.epsilon,
                scale: options.scale,
                centred: true,
            },
            params: affine!(options, &[view.channels], request.seeds),
        })
    }

    /// The groups of all examples.
    fn all_groups(&self, batch: usize) -> impl Iterator<Item = Group> + use<> {
        let (n, outer, inner) = (self.groups, self.outer, self.own.view.inner);
        let width = self.own.view.channels / n;
        (0..batch * n).map(move |i| Group {
            outer: i / n * outer..(i / n + 1) * outer,
            channels: i % n * width..(i % n + 1) * width,
            inner: 0..inner,
        })
    }
}

impl Layer for GroupNormalization {
    fn output_shape(&self) -> &Shape {
        &self.shape
    }

    fn params(&self) -> &[ParamSpec] {
        &self.params
    }

    fn scratch(&self, batch: usize) -> usize {
        2 * batch * self.groups
    }

    fn forward(&self, pass: Forward<'_>) {
        self.own.forward(self.all_groups(pass.batch), pass);
    }

    fn backward(&self, pass: Backward<'_>) {
        self.own.backward(self.all_groups(pass.batch), pass);
    }

    fn mask_flow(&self) -> MaskFlow {
        MaskFlow::Passes
    }
}
