//! SeparableConv1D and SeparableConv2D: a depthwise convolution, then a pointwise one, which mixes the channels of each
//! position.

use super::options::{
    DEPTH_MULTIPLIER, DEPTHWISE_CONSTRAINT, DEPTHWISE_INITIALIZER, DEPTHWISE_REGULARIZER,
    DILATION_RATE, FILTERS, KERNEL_SIZE, PADDING, STRIDES,
};
use super::plain::Convolve;
use super::{Window, geometry, kernel_shape, shape_of};
use crate::functions::{constraints, initializers, regularizers};
use crate::kernels::rows;
use crate::layers::activated::{Activated, activated};
use crate::layers::common;
use crate::layers::layer::{Backward, Build, Forward, Layer, LayerKind, Shape};
use crate::options::declare::{Fixed, class, shared};
use crate::options::error::Result;
use crate::options::{ConfigObject, Default, Kind};

shared! {
    /// The options of the separable convolutions.
    struct Options {
        filters: usize = FILTERS;
        kernel_size: Vec<i64> = KERNEL_SIZE;
        strides: Vec<i64> = STRIDES;
        padding: &'static str = PADDING;
        data_format: Fixed = common::DATA_FORMAT;
        dilation_rate: Vec<i64> = DILATION_RATE;
        depth_multiplier: usize = DEPTH_MULTIPLIER;
        activation: ConfigObject = common::ACTIVATION;
        use_bias: bool = common::USE_BIAS;
        depthwise_initializer: ConfigObject = DEPTHWISE_INITIALIZER;
        /// Initializer of the pointwise kernel.
        #[advanced]
        pointwise_initializer("initial pointwise weights"): ConfigObject =
            Kind::Of(&initializers::REGISTRY), Default::Text("glorot_uniform");
        bias_initializer: ConfigObject = common::BIAS_INITIALIZER;
        depthwise_regularizer: Option<ConfigObject> = DEPTHWISE_REGULARIZER;
        /// Penalty on the pointwise kernel, added to the loss.
        #[advanced]
        pointwise_regularizer("pointwise weight penalty"): Option<ConfigObject> =
            Kind::Of(&regularizers::REGISTRY), Default::Null;
        bias_regularizer: Option<ConfigObject> = common::BIAS_REGULARIZER;
        activity_regularizer: Option<ConfigObject> = common::ACTIVITY_REGULARIZER;
        depthwise_constraint: Option<ConfigObject> = DEPTHWISE_CONSTRAINT;
        /// Constraint that the pointwise kernel meets after each update.
        #[advanced]
        pointwise_constraint("pointwise weight constraint"): Option<ConfigObject> =
            Kind::Of(&constraints::REGISTRY), Default::Null;
        bias_constraint: Option<ConfigObject> = common::BIAS_CONSTRAINT;
    }
}

class! {
    /// Filters each channel of a sequence separately, then mixes the channels. Needs far fewer weights than a full
    /// convolution.
    #[formula("y = f((x * D) P + b)")]
    #[group("convolution")]
    #[aliases("SeparableConvolution1D")]
    struct Separable1D("SeparableConv1D", "separable_conv1d", "Separable convolution, 1D") + Options {}
}

class! {
    /// Filters each channel of an image separately, then mixes the channels. Needs far fewer weights than a full
    /// convolution.
    #[formula("y = f((x * D) P + b)")]
    #[group("convolution")]
    #[aliases("SeparableConvolution2D")]
    struct Separable2D("SeparableConv2D", "separable_conv2d", "Separable convolution, 2D") + Options {}
}

pub static SEPARABLE_1D: LayerKind = LayerKind::new(Separable1D::SPEC, |request| {
    Ok(Box::new(Separable::new(request, 1)?))
});

pub static SEPARABLE_2D: LayerKind = LayerKind::new(Separable2D::SPEC, |request| {
    Ok(Box::new(Separable::new(request, 2)?))
});

/// y = f((x * D) P + b). Scratch: the pre-activations, then the outputs of the depthwise convolution.
struct Separable {
    activated: Activated,
    depthwise: Convolve,
}

impl Separable {
    fn new(request: Build<'_>, rank: usize) -> Result<Self> {
        let options = Options::of(request.config);
        let channels = request.input().last().copied().unwrap_or(1);
        let multiplier = options.depth_multiplier;
        let filters = options.filters;
        let window = Window {
            option: "kernel_size",
            size: options.kernel_size,
            strides: options.strides,
            dilation: options.dilation_rate,
            padding: options.padding,
        };
        let geometry = geometry(&request, rank, &window, channels)?;
        let depthwise = kernel_shape(rank, geometry.window, [channels, multiplier]);
        let pointwise = kernel_shape(rank, [1, 1], [channels * multiplier, filters]);
        let shape = shape_of(rank, geometry.places, filters);
        Ok(Separable {
            activated: activated!(
                options,
                shape,
                request.seeds,
                (
                    "depthwise_kernel",
                    depthwise,
                    [
                        depthwise_initializer,
                        depthwise_regularizer,
                        depthwise_constraint
                    ]
                ),
                (
                    "pointwise_kernel",
                    pointwise,
                    [
                        pointwise_initializer,
                        pointwise_regularizer,
                        pointwise_constraint
                    ]
                )
            ),
            depthwise: Convolve {
                geometry,
                groups: channels,
                filters: channels * multiplier,
            },
        })
    }

    /// Number of outputs of the depthwise convolution.
    fn n_middle(&self, batch: usize) -> usize {
        batch * self.depthwise.geometry.n_places() * self.depthwise.filters
    }
}

impl Layer for Separable {
    fn output_shape(&self) -> &Shape {
        &self.activated.shape
    }

    fn activated(&self) -> Option<&Activated> {
        Some(&self.activated)
    }

    fn scratch(&self, batch: usize) -> usize {
        self.activated.n_out(batch) + self.n_middle(batch)
    }

    fn work(&self, batch: usize) -> usize {
        self.n_middle(batch) + self.depthwise.work()
    }

    fn forward(&self, pass: Forward<'_>) {
        let (channels, filters) = (self.depthwise.filters, self.activated.width());
        let (z, middle) = pass.scratch.split_at_mut(self.activated.n_out(pass.batch));
        let (depthwise, rest) = pass.params.split_at(self.depthwise.n_kernel());
        let (pointwise, bias) = rest.split_at(channels * filters);
        self.depthwise
            .forward(pass.x, depthwise, &[], middle, pass.work);
        pass.products
            .product_plus(middle, pointwise, bias, z, channels, filters);
        self.activated.forward(z, pass.y);
    }

    fn backward(&self, pass: Backward<'_>) {
        let (channels, filters) = (self.depthwise.filters, self.activated.width());
        let dz = pass.dy;
        let (z, middle) = pass.scratch.split_at_mut(self.activated.n_out(pass.batch));
        if !pass.at_logits {
            self.activated.backward(z, pass.y, dz);
        }
        let n_depthwise = self.depthwise.n_kernel();
        let (depthwise, rest) = pass.params.split_at(n_depthwise);
        let (pointwise, _) = rest.split_at(channels * filters);
        let (ddepthwise, rest) = pass.dparams.split_at_mut(n_depthwise);
        let (dpointwise, dbias) = rest.split_at_mut(channels * filters);
        if !dbias.is_empty() {
            rows::sum_rows(dz, dbias);
        }
        pass.products
            .of_transposed(middle, dz, dpointwise, channels, filters);
        let (dmiddle, work) = pass.work.split_at_mut(self.n_middle(pass.batch));
        pass.products
            .with_transposed(dz, pointwise, dmiddle, filters, channels);
        self.depthwise
            .backward((pass.x, dmiddle), depthwise, ddepthwise, pass.dx, work);
    }
}
