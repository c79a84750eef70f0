//! GroupNormalization (Wu and He, 2018): normalizes groups of channels of each example.

use super::{affine_options, split, split_mut, view_of};
use crate::kernels::normalize::{self, Affine, Grads, Group, How, Moments, View};
use crate::layers::layer::{
    Backward, Build, Forward, Inputs, Layer, LayerKind, MaskFlow, ParamSpec, Shape,
};
use crate::options::declare::class;
use crate::options::error::ConfigError;
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

pub static KIND: LayerKind = LayerKind {
    class: Options::SPEC,
    inputs: Inputs::One,
    build: |request| Ok(Box::new(GroupNormalization::new(request)?)),
};

/// Scratch holds mean and variance of each group of each example.
struct GroupNormalization {
    shape: Shape,
    view: View,
    outer: usize,
    groups: usize,
    epsilon: f32,
    scale: bool,
    params: Vec<ParamSpec>,
}

impl GroupNormalization {
    fn new(request: Build<'_>) -> Result<Self, ConfigError> {
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
        let affine = affine_options!(options);
        Ok(GroupNormalization {
            shape: request.input().clone(),
            view,
            outer,
            groups,
            epsilon: options.epsilon,
            scale: options.scale,
            params: affine.params(&[view.channels], request.seeds),
        })
    }

    /// The groups of all examples.
    fn all_groups(&self, batch: usize) -> impl Iterator<Item = Group> + use<> {
        let (n, outer, inner) = (self.groups, self.outer, self.view.inner);
        let width = self.view.channels / n;
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
        let (gamma, beta) = split(self.scale, self.view.channels, pass.params);
        for (group, stored) in self
            .all_groups(pass.batch)
            .zip(pass.scratch.chunks_exact_mut(2))
        {
            let moments = normalize::moments(self.view, &group, pass.x, None, true);
            stored.copy_from_slice(&[moments.mean, moments.variance]);
            let how = (moments, self.epsilon);
            normalize::apply(
                self.view,
                &group,
                how,
                Affine { gamma, beta },
                pass.x,
                pass.y,
            );
        }
    }

    fn backward(&self, mut pass: Backward<'_>) {
        let (gamma, _) = split(self.scale, self.view.channels, pass.params);
        pass.dparams.fill(0.0);
        let (dgamma, dbeta) = split_mut(self.scale, self.view.channels, pass.dparams);
        let how = How {
            mask: None,
            centred: true,
            constant: false,
        };
        for (group, stored) in self
            .all_groups(pass.batch)
            .zip(pass.scratch.chunks_exact(2))
        {
            let (mean, variance) = (stored[0], stored[1]);
            let grads = Grads {
                dx: pass.dx.as_deref_mut(),
                dgamma,
                dbeta,
            };
            let moments = (Moments { mean, variance }, self.epsilon);
            let inputs = (pass.x, &*pass.dy);
            normalize::backward(self.view, &group, moments, how, gamma, inputs, grads);
        }
    }

    fn mask_flow(&self) -> MaskFlow {
        MaskFlow::Passes
    }
}
