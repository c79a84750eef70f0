//! BatchNormalization (Ioffe and Szegedy, 2015): normalizes each channel over the batch.

use super::{affine, axes_shape, split, split_mut, view_of};
use crate::functions::initializers::{self, Seeded};
use crate::kernels::normalize::{self, Affine, Grads, Group, How, Moments, View};
use crate::layers::layer::{
    Backward, Build, Forward, Initial, Layer, LayerKind, MaskFlow, ParamSpec, Shape,
};
use crate::options::declare::{Fixed, class};
use crate::options::error::{ConfigError, Result};
use crate::options::{ConfigObject, Default, Kind, OptionSpec};

class! {
    /// Normalizes each channel to mean 0 and variance 1 over the batch, then applies a trainable factor and offset. At
    /// inference, and in training if frozen, it uses moving averages of mean and variance. All variances are biased.
    #[formula("y = gamma (x - mean) / sqrt(var + eps) + beta; moving <- m moving + (1 - m) batch")]
    #[group("normalization")]
    struct Options("BatchNormalization", "batch_normalization", "Batch normalization") {
        axis: Vec<i64> = super::AXIS;
        /// Decay rate of the moving averages.
        momentum("momentum"): f64 = Kind::Float(0.0, 1.0), Default::Float(0.99);
        epsilon: f32 = super::EPSILON;
        center: bool = super::CENTER;
        scale: bool = super::SCALE;
        beta_initializer: ConfigObject = super::BETA_INITIALIZER;
        gamma_initializer: ConfigObject = super::GAMMA_INITIALIZER;
        /// Initializer of the moving mean.
        #[advanced]
        moving_mean_initializer("initial moving mean"): ConfigObject =
            Kind::Of(&initializers::REGISTRY), Default::Text("zeros");
        /// Initializer of the moving variance.
        #[advanced]
        moving_variance_initializer("initial moving variance"): ConfigObject =
            Kind::Of(&initializers::REGISTRY), Default::Text("ones");
        beta_regularizer: Option<ConfigObject> = super::BETA_REGULARIZER;
        gamma_regularizer: Option<ConfigObject> = super::GAMMA_REGULARIZER;
        beta_constraint: Option<ConfigObject> = super::BETA_CONSTRAINT;
        gamma_constraint: Option<ConfigObject> = super::GAMMA_CONSTRAINT;
        // Without effect on one device, so that the engine needs one value only.
        synchronized: Fixed = OptionSpec::fixed("synchronized", "false");
        renorm: Fixed = OptionSpec::fixed("renorm", "false");
        renorm_clipping: Fixed = OptionSpec::fixed("renorm_clipping", "null");
        renorm_momentum: Fixed = OptionSpec::fixed("renorm_momentum", "0.99");
    }
}

pub static KIND: LayerKind = LayerKind::new(Options::SPEC, |request| {
    Ok(Box::new(BatchNormalization::new(request)?))
});

/// Scratch holds the means of the channels, then their variances.
struct BatchNormalization {
    shape: Shape,
    view: View,
    /// Size of the outer axis for one example.
    outer: usize,
    momentum: f32,
    one_minus_momentum: f32,
    epsilon: f32,
    scale: bool,
    params: Vec<ParamSpec>,
    trainable: bool,
}

impl BatchNormalization {
    fn new(request: Build<'_>) -> Result<Self> {
        let options = Options::of(request.config);
        let (view, outer) = view_of(&request, &options.axis)?;
        if options.axis.len() != 1 {
            let message = "BatchNormalization takes one axis, that of the channels: try -1.";
            return Err(ConfigError::new("axis", message));
        }
        let shape = axes_shape(&request, &options.axis);
        let mut params = affine!(options, &shape, request.seeds);
        let mut add = |name: &str, initializer: &ConfigObject| {
            let initial = Initial::Drawn(Seeded::new(initializer, request.seeds));
            params.push(ParamSpec {
                trainable: false,
                ..ParamSpec::new(name, &shape, initial)
            });
        };
        add("moving_mean", &options.moving_mean_initializer);
        add("moving_variance", &options.moving_variance_initializer);
        Ok(BatchNormalization {
            shape: request.input().clone(),
            view,
            outer,
            momentum: options.momentum as f32,
            one_minus_momentum: (1.0 - options.momentum) as f32,
            epsilon: options.epsilon,
            scale: options.scale,
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

    /// The mask, if it has a value for each position of the outer axis.
    fn mask<'a>(&self, mask: Option<&'a [f32]>, batch: usize) -> Option<&'a [f32]> {
        mask.filter(|m| m.len() == batch * self.outer)
    }

    fn moments_in(&self, stored: &[f32], channel: usize) -> Moments {
        let (mean, variance) = (stored[channel], stored[self.view.channels + channel]);
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
            let (how, affine) = ((moments, self.epsilon), Affine { gamma, beta });
            normalize::apply(self.view, &group, how, affine, pass.x, pass.y);
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
            let inputs = (pass.x, &*pass.dy);
            normalize::backward(self.view, &group, moments, how, gamma, inputs, grads);
        }
    }

    fn update_state(&self, _: usize, scratch: &[f32], state: &mut [f32]) {
        if self.trainable {
            for (moving, batch) in state.iter_mut().zip(scratch) {
                *moving = *moving * self.momentum + batch * self.one_minus_momentum;
            }
        }
    }

    fn mask_flow(&self) -> MaskFlow {
        MaskFlow::Passes
    }
}
