//! BatchNormalization (Ioffe and Szegedy, 2015): every channel by its mean and spread over the batch.

use super::{split, split_mut, view_of};
use crate::kernels::normalize::{self, Affine, Grads, Group, How, Moments, View};
use crate::layers::common;
use crate::layers::layer::{
    Backward, Build, Forward, Inputs, Layer, LayerKind, MaskFlow, ParamSpec, Shape,
};
use crate::options::error::ConfigError;
use crate::options::{ClassSpec, Default, Kind, OptionSpec, help_text};

pub static KIND: LayerKind = LayerKind {
    class: ClassSpec {
        class_name: "BatchNormalization",
        name: "batch_normalization",
        aliases: &[],
        label: "Batch normalization",
        doc: help_text(
            "Takes every channel to mean 0 and spread 1 over the batch, then to a learnt scale and \
              offset; when predicting, by moving means. The variance is the biased one, in the moving \
              mean too. Frozen, it normalizes by its moving means in training as well.",
        ),
        formula: help_text(
            "y = gamma (x - mean) / sqrt(var + eps) + beta; moving <- m moving + (1 - m) batch",
        ),
        options: &[
            &super::AXIS,
            &OptionSpec {
                name: "momentum",
                label: "momentum",
                doc: help_text("Share of the past in the moving means."),
                kind: Kind::Float(0.0, 1.0),
                default: Default::Float(0.99),
                advanced: false,
                start: "",
            },
            &super::epsilon(0.001),
            &super::CENTER,
            &super::SCALE,
            &super::BETA_INITIALIZER,
            &super::GAMMA_INITIALIZER,
            &common::initializer(
                "moving_mean_initializer",
                "moving mean begins as",
                "Where the moving mean begins.",
                "zeros",
            ),
            &common::initializer(
                "moving_variance_initializer",
                "moving variance begins as",
                "Where the moving variance begins.",
                "ones",
            ),
            &super::BETA_REGULARIZER,
            &super::GAMMA_REGULARIZER,
            &super::BETA_CONSTRAINT,
            &super::GAMMA_CONSTRAINT,
            // On one device both are the same.
            &OptionSpec::fixed("synchronized", "false"),
            &OptionSpec::fixed("renorm", "false"),
            &OptionSpec::fixed("renorm_clipping", "null"),
            &OptionSpec::fixed("renorm_momentum", "0.99"),
        ],
        group: "",
        shared: &[],
    },
    inputs: Inputs::One,
    build: |request| Ok(Box::new(BatchNormalization::new(request)?)),
};

/// Keeps mean and variance of each channel.
struct BatchNormalization {
    shape: Shape,
    view: View,
    /// Places of the outer axis in an example.
    outer: usize,
    momentum: f32,
    rest: f32,
    epsilon: f32,
    scale: bool,
    params: Vec<ParamSpec>,
    trainable: bool,
}

impl BatchNormalization {
    fn new(mut request: Build<'_>) -> Result<Self, ConfigError> {
        let (view, outer) = view_of(&request)?;
        let config = request.config;
        if config.ints("axis").len() != 1 {
            let message = "BatchNormalization takes one axis, that of the channels: try -1.";
            return Err(ConfigError::new("axis", message));
        }
        let shape = super::axes_shape(&request);
        let mut params = super::affine_params(&mut request, &shape);
        for name in ["moving_mean", "moving_variance"] {
            let initial = common::initial(config, &format!("{name}_initializer"), request.seeds);
            let spec = ParamSpec::new(name, &shape, initial);
            params.push(ParamSpec {
                trainable: false,
                ..spec
            });
        }
        let momentum = config.number("momentum");
        Ok(BatchNormalization {
            shape: request.input().clone(),
            view,
            outer,
            momentum: momentum as f32,
            rest: (1.0 - momentum) as f32,
            epsilon: config.number("epsilon") as f32,
            scale: config.flag("scale"),
            params,
            trainable: request.trainable,
        })
    }

    fn group(&self, batch: usize, channel: usize) -> Group {
        Group {
            outer: 0..batch * self.outer,
            channels: channel..channel + 1,
            inner: 0..self.view.inner,
        }
    }

    /// The mask, where it has an entry for each place of the outer axis.
    fn mask<'a>(&self, mask: Option<&'a [f32]>, batch: usize) -> Option<&'a [f32]> {
        mask.filter(|m| m.len() == batch * self.outer)
    }

    fn moments_in(&self, kept: &[f32], channel: usize) -> Moments {
        let (mean, variance) = (kept[channel], kept[self.view.channels + channel]);
        Moments { mean, variance }
    }
}

impl Layer for BatchNormalization {
    fn output_shape(&self) -> &Shape {
        &self.shape
    }

    fn params(&self) -> &[ParamSpec] {
        &self.params
    }

    fn scratch(&self, _: usize) -> usize {
        2 * self.view.channels
    }

    fn forward(&self, pass: Forward<'_>) {
        let n = self.view.channels;
        let (gamma, beta) = split(self.scale, n, pass.params);
        let mask = self.mask(pass.mask, pass.batch);
        let training = pass.training.is_some() && self.trainable;
        for c in 0..n {
            let group = self.group(pass.batch, c);
            let moments = if training {
                normalize::moments(self.view, &group, pass.x, mask, true)
            } else {
                self.moments_in(pass.state, c)
            };
            (pass.scratch[c], pass.scratch[n + c]) = (moments.mean, moments.variance);
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
        let n = self.view.channels;
        let (gamma, _) = split(self.scale, n, pass.params);
        pass.dparams.fill(0.0);
        let (dgamma, dbeta) = split_mut(self.scale, n, pass.dparams);
        let how = How {
            mask: self.mask(pass.mask, pass.batch),
            centred: true,
            constant: !self.trainable,
        };
        for c in 0..n {
            let moments = (self.moments_in(pass.scratch, c), self.epsilon);
            let grads = Grads {
                dx: pass.dx.as_deref_mut(),
                dgamma,
                dbeta,
            };
            let group = self.group(pass.batch, c);
            let given = (pass.x, &*pass.dy);
            normalize::backward(self.view, &group, moments, how, gamma, given, grads);
        }
    }

    fn update_state(&self, _: usize, scratch: &[f32], state: &mut [f32]) {
        if self.trainable {
            for (moving, batch) in state.iter_mut().zip(scratch) {
                *moving = *moving * self.momentum + batch * self.rest;
            }
        }
    }

    fn mask_flow(&self) -> MaskFlow {
        MaskFlow::Passes
    }
}
