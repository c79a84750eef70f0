//! GroupNormalization (Wu and He, 2018): groups of channels, each by its mean and spread in the example.

use super::{split, split_mut, view_of};
use crate::kernels::normalize::{self, Affine, Grads, Group, How, Moments, View};
use crate::layers::layer::{
    Backward, Build, Forward, Inputs, Layer, LayerKind, MaskFlow, ParamSpec, Shape,
};
use crate::options::error::ConfigError;
use crate::options::{ClassSpec, Default, Kind, OptionSpec, help_text};

pub static KIND: LayerKind = LayerKind {
    class: ClassSpec {
        class_name: "GroupNormalization",
        name: "group_normalization",
        aliases: &[],
        label: "Group normalization",
        doc: help_text(
            "Takes groups of channels of an example to mean 0 and spread 1, then to a learnt scale and offset.",
        ),
        formula: help_text(
            "y = gamma (x - mean) / sqrt(var + eps) + beta, over a group's channels and all places",
        ),
        options: &[
            &OptionSpec {
                name: "groups",
                label: "groups",
                doc: help_text("How many groups the channels form; -1: one for each channel."),
                kind: Kind::Int(-1, 100_000),
                default: Default::Int(32),
                advanced: false,
                start: "",
            },
            &super::AXIS,
            &super::epsilon(0.001),
            &super::CENTER,
            &super::SCALE,
            &super::BETA_INITIALIZER,
            &super::GAMMA_INITIALIZER,
            &super::BETA_REGULARIZER,
            &super::GAMMA_REGULARIZER,
            &super::BETA_CONSTRAINT,
            &super::GAMMA_CONSTRAINT,
        ],
        group: "",
        shared: &[],
    },
    inputs: Inputs::One,
    build: |request| Ok(Box::new(GroupNormalization::new(request)?)),
};

/// Keeps mean and variance of each group of each example.
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
    fn new(mut request: Build<'_>) -> Result<Self, ConfigError> {
        let (view, outer) = view_of(&request)?;
        let config = request.config;
        let groups = config.count("groups").unwrap_or(view.channels);
        if groups == 0 || !view.channels.is_multiple_of(groups) {
            let n = view.channels;
            let nearest = (1..=groups.min(n)).rev().find(|g| n.is_multiple_of(*g));
            let message = format!(
                "{n} channels cannot be split into {groups} groups of one size: try {}.",
                nearest.unwrap_or(1)
            );
            return Err(ConfigError::new("groups", message));
        }
        let params = super::affine_params(&mut request, &[view.channels]);
        Ok(GroupNormalization {
            shape: request.input().clone(),
            view,
            outer,
            groups,
            epsilon: config.number("epsilon") as f32,
            scale: config.flag("scale"),
            params,
        })
    }

    fn boxes(&self, batch: usize) -> impl Iterator<Item = Group> + use<> {
        let (n, outer, inner) = (self.groups, self.outer, self.view.inner);
        let width = self.view.channels / n;
        (0..batch * n).map(move |at| Group {
            outer: at / n * outer..(at / n + 1) * outer,
            channels: at % n * width..(at % n + 1) * width,
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
        for (group, kept) in self.boxes(pass.batch).zip(pass.scratch.chunks_exact_mut(2)) {
            let moments = normalize::moments(self.view, &group, pass.x, None, true);
            kept.copy_from_slice(&[moments.mean, moments.variance]);
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
        for (group, kept) in self.boxes(pass.batch).zip(pass.scratch.chunks_exact(2)) {
            let (mean, variance) = (kept[0], kept[1]);
            let grads = Grads {
                dx: pass.dx.as_deref_mut(),
                dgamma,
                dbeta,
            };
            let moments = (Moments { mean, variance }, self.epsilon);
            let given = (pass.x, &*pass.dy);
            normalize::backward(self.view, &group, moments, how, gamma, given, grads);
        }
    }

    fn mask_flow(&self) -> MaskFlow {
        MaskFlow::Passes
    }
}
