//! SeparableConv1D/2D: first every channel by itself, then all channels of a place.

use super::plain::Convolve;
use super::{DILATION_RATE, FILTERS, KERNEL_SIZE, PADDING, STRIDES};
use super::{geometry, kernel_shape, shape_of};
use crate::functions::regularizers::Regularizer;
use crate::kernels::rows;
use crate::layers::common::{self, Function};
use crate::layers::layer::{
    Backward, Build, Forward, Inputs, Layer, LayerKind, ParamSpec, Shape, size,
};
use crate::options::error::ConfigError;
use crate::options::{ClassSpec, Default, Kind, OptionSpec, help_text};

pub const DEPTH_MULTIPLIER: OptionSpec = OptionSpec {
    name: "depth_multiplier",
    label: "filters per channel",
    doc: help_text("How many filters each channel has."),
    kind: Kind::Int(1, 1000),
    default: Default::Int(1),
    advanced: false,
    start: "",
};
pub const DEPTHWISE_INITIALIZER: OptionSpec = common::initializer(
    "depthwise_initializer",
    "weights begin as",
    "Where the weights of each channel begin.",
    "glorot_uniform",
);
pub const DEPTHWISE_REGULARIZER: OptionSpec = common::regularizer(
    "depthwise_regularizer",
    "weights' penalty",
    "What the size of the channels' weights adds to the loss.",
);
pub const DEPTHWISE_CONSTRAINT: OptionSpec = common::constraint(
    "depthwise_constraint",
    "weights' limit",
    "Where the channels' weights are brought back to after each step.",
);

const OPTIONS: &[&OptionSpec] = &[
    &FILTERS,
    &KERNEL_SIZE,
    &STRIDES,
    &PADDING,
    &common::DATA_FORMAT,
    &DILATION_RATE,
    &DEPTH_MULTIPLIER,
    &common::ACTIVATION,
    &common::USE_BIAS,
    &DEPTHWISE_INITIALIZER,
    &common::initializer(
        "pointwise_initializer",
        "mixing weights begin as",
        "Where the weights between channels begin.",
        "glorot_uniform",
    ),
    &common::BIAS_INITIALIZER,
    &DEPTHWISE_REGULARIZER,
    &common::regularizer(
        "pointwise_regularizer",
        "mixing weights' penalty",
        "What the size of the weights between channels adds to the loss.",
    ),
    &common::BIAS_REGULARIZER,
    &common::ACTIVITY_REGULARIZER,
    &DEPTHWISE_CONSTRAINT,
    &common::constraint(
        "pointwise_constraint",
        "mixing weights' limit",
        "Where the weights between channels are brought back to after each step.",
    ),
    &common::BIAS_CONSTRAINT,
];

pub static SEPARABLE_1D: LayerKind = LayerKind {
    class: ClassSpec {
        class_name: "SeparableConv1D",
        name: "separable_conv1d",
        aliases: &["SeparableConvolution1D"],
        label: "Separable convolution, 1D",
        doc: help_text(
            "Filters every channel of a sequence by itself, then mixes the channels: far fewer weights.",
        ),
        formula: help_text("y = f((x * D) P + b)"),
        options: OPTIONS,
        group: "",
        shared: &[],
    },
    inputs: Inputs::One,
    build: |request| Ok(Box::new(Separable::new(request, 1)?)),
};

pub static SEPARABLE_2D: LayerKind = LayerKind {
    class: ClassSpec {
        class_name: "SeparableConv2D",
        name: "separable_conv2d",
        aliases: &["SeparableConvolution2D"],
        label: "Separable convolution, 2D",
        doc: help_text(
            "Filters every channel of an image by itself, then mixes the channels: far fewer weights.",
        ),
        formula: help_text("y = f((x * D) P + b)"),
        options: OPTIONS,
        group: "",
        shared: &[],
    },
    inputs: Inputs::One,
    build: |request| Ok(Box::new(Separable::new(request, 2)?)),
};

/// Keeps what f is given, then what comes out of the channels' filters.
struct Separable {
    output_shape: Shape,
    depthwise: Convolve,
    filters: usize,
    function: Function,
    activity: Option<Regularizer>,
    params: Vec<ParamSpec>,
}

impl Separable {
    fn new(request: Build<'_>, rank: usize) -> Result<Self, ConfigError> {
        let config = request.config;
        let channels = request.input().last().copied().unwrap_or(1);
        let each = config.count("depth_multiplier").unwrap_or(1);
        let filters = config.count("filters").unwrap_or(1);
        let geometry = geometry(&request, rank, "kernel_size", channels)?;
        let own = kernel_shape(rank, geometry.window, [channels, each]);
        let mix = kernel_shape(rank, [1, 1], [channels * each, filters]);
        let mut depthwise = common::param(config, "depthwise", own, request.seeds);
        let mut pointwise = common::param(config, "pointwise", mix, request.seeds);
        depthwise.path = "depthwise_kernel".into();
        pointwise.path = "pointwise_kernel".into();
        let bias = common::param(config, "bias", vec![filters], request.seeds);
        let mut params = vec![depthwise, pointwise, bias];
        params.truncate(2 + usize::from(config.flag("use_bias")));
        Ok(Separable {
            output_shape: shape_of(rank, geometry.places, filters),
            depthwise: Convolve {
                geometry,
                groups: channels,
                filters: channels * each,
            },
            filters,
            function: Function::of(config, "activation"),
            activity: common::regularizer_of(config, "activity_regularizer"),
            params,
        })
    }

    fn n_between(&self, batch: usize) -> usize {
        batch * self.depthwise.geometry.n_places() * self.depthwise.filters
    }

    fn n_out(&self, batch: usize) -> usize {
        batch * size(&self.output_shape).unwrap_or(0)
    }
}

impl Layer for Separable {
    fn output_shape(&self) -> &Shape {
        &self.output_shape
    }

    fn params(&self) -> &[ParamSpec] {
        &self.params
    }

    fn scratch(&self, batch: usize) -> usize {
        self.n_out(batch) + self.n_between(batch)
    }

    fn work(&self, batch: usize) -> usize {
        self.n_between(batch) + self.depthwise.work()
    }

    fn forward(&self, pass: Forward<'_>) {
        let between = self.depthwise.filters;
        let (z, middle) = pass.scratch.split_at_mut(self.n_out(pass.batch));
        let (own, rest) = pass.params.split_at(self.depthwise.n_kernel());
        let (mix, bias) = rest.split_at(between * self.filters);
        self.depthwise.forward(pass.x, own, &[], middle, pass.work);
        pass.products
            .product_plus(middle, mix, bias, z, between, self.filters);
        self.function.forward(self.filters, z, pass.y);
    }

    fn backward(&self, pass: Backward<'_>) {
        let (between, dz) = (self.depthwise.filters, pass.dy);
        let (z, middle) = pass.scratch.split_at_mut(self.n_out(pass.batch));
        if !pass.at_logits {
            self.function.backward(self.filters, z, pass.y, dz);
        }
        let (own, rest) = pass.params.split_at(self.depthwise.n_kernel());
        let (mix, _) = rest.split_at(between * self.filters);
        let (down, rest) = pass.dparams.split_at_mut(self.depthwise.n_kernel());
        let (dmix, dbias) = rest.split_at_mut(between * self.filters);
        if !dbias.is_empty() {
            rows::sum_rows(dz, dbias);
        }
        pass.products
            .of_transposed(middle, dz, dmix, between, self.filters);
        let (dmiddle, work) = pass.work.split_at_mut(self.n_between(pass.batch));
        pass.products
            .with_transposed(dz, mix, dmiddle, self.filters, between);
        self.depthwise
            .backward((pass.x, dmiddle), own, down, pass.dx, work);
    }

    fn activity_regularizer(&self) -> Option<&Regularizer> {
        self.activity.as_ref()
    }

    fn activation(&self) -> Option<&'static str> {
        self.function.shown()
    }

    fn stores_preactivation(&self) -> bool {
        true
    }

    fn logits_available(&self) -> bool {
        self.function.logits_available()
    }

    fn activation_backward(&self, scratch: &[f32], y: &[f32], d: &mut [f32]) {
        self.function
            .backward(self.filters, &scratch[..y.len()], y, d);
    }
}
