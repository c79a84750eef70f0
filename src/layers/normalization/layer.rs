//! LayerNormalization (Ba, Kiros and Hinton, 2016): every place by the mean and spread of its channels.

use super::{split, split_mut, view_of};
use crate::kernels::normalize::{self, Affine, Grads, Group, How, Moments, View};
use crate::layers::layer::{
    Backward, Build, Forward, Inputs, Layer, LayerKind, MaskFlow, ParamSpec, Shape,
};
use crate::options::error::ConfigError;
use crate::options::{ClassSpec, OptionSpec, help_text};

pub static KIND: LayerKind = LayerKind {
    class: ClassSpec {
        class_name: "LayerNormalization",
        name: "layer_normalization",
        aliases: &[],
        label: "Layer normalization",
        doc: help_text(
            "Takes the channels of every place to mean 0 and spread 1, then to a learnt scale and \
              offset: the same for one example as for many.",
        ),
        formula: help_text("y = gamma (x - mean) / sqrt(var + eps) + beta"),
        options: &[
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
            // Keras advises against it: see RMSNormalization.
            &OptionSpec::fixed("rms_scaling", "false"),
        ],
        group: "",
        shared: &[],
    },
    inputs: Inputs::One,
    build: |mut request| {
        let shape = super::axes_shape(&request);
        let scale = request.config.flag("scale");
        let params = super::affine_params(&mut request, &shape);
        Ok(Box::new(PlaceNormalization::new(
            request, params, scale, true,
        )?))
    },
};

/// Normalizes the channels of each place. Keeps mean and variance of each.
pub struct PlaceNormalization {
    shape: Shape,
    view: View,
    outer: usize,
    epsilon: f32,
    scale: bool,
    centred: bool,
    params: Vec<ParamSpec>,
}

impl PlaceNormalization {
    /// `centred`: the mean is taken off; `scale`: the first array of `params` is gamma.
    ///
    /// # Errors
    /// Axes that the input does not have.
    pub fn new(
        request: Build<'_>,
        params: Vec<ParamSpec>,
        scale: bool,
        centred: bool,
    ) -> Result<Self, ConfigError> {
        let (view, outer) = view_of(&request)?;
        Ok(PlaceNormalization {
            shape: request.input().clone(),
            view,
            outer,
            epsilon: request.config.number("epsilon") as f32,
            scale,
            centred,
            params,
        })
    }

    fn groups(&self, batch: usize) -> impl Iterator<Item = Group> + use<> {
        let (channels, inner) = (self.view.channels, self.view.inner);
        let places = (0..batch * self.outer).flat_map(move |o| (0..inner).map(move |i| (o, i)));
        places.map(move |(o, i)| Group {
            outer: o..o + 1,
            channels: 0..channels,
            inner: i..i + 1,
        })
    }
}

impl Layer for PlaceNormalization {
    fn output_shape(&self) -> &Shape {
        &self.shape
    }

    fn params(&self) -> &[ParamSpec] {
        &self.params
    }

    fn scratch(&self, batch: usize) -> usize {
        2 * batch * self.outer * self.view.inner
    }

    fn forward(&self, pass: Forward<'_>) {
        let (gamma, beta) = split(self.scale, self.view.channels, pass.params);
        let kept = pass.scratch.chunks_exact_mut(2);
        for (group, kept) in self.groups(pass.batch).zip(kept) {
            let moments = normalize::moments(self.view, &group, pass.x, None, self.centred);
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
            centred: self.centred,
            constant: false,
        };
        for (group, kept) in self.groups(pass.batch).zip(pass.scratch.chunks_exact(2)) {
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

    /// RMSNormalization, which does not centre, does not say that it supports masks.
    fn mask_flow(&self) -> MaskFlow {
        if self.centred {
            MaskFlow::Passes
        } else {
            MaskFlow::Stops
        }
    }
}
