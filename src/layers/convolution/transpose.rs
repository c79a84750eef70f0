//! Conv1DTranspose, Conv2DTranspose: the way back through a convolution, as a way forward.

use super::{DILATION_RATE, FILTERS, KERNEL_SIZE, PADDING, STRIDES};
use super::{image_of, kernel_shape, places, shape_of, sizes, strides_or_dilation};
use crate::functions::regularizers::Regularizer;
use crate::kernels::convolution::Windows;
use crate::kernels::rows;
use crate::kernels::windows::Geometry;
use crate::layers::common::{self, Function};
use crate::layers::layer::{
    Backward, Build, Forward, Inputs, Layer, LayerKind, ParamSpec, Shape, size,
};
use crate::options::error::ConfigError;
use crate::options::{ClassSpec, Default, Kind, OptionSpec, Value, help_text};

const OPTIONS: &[&OptionSpec] = &[
    &FILTERS,
    &KERNEL_SIZE,
    &STRIDES,
    &PADDING,
    &OptionSpec {
        name: "output_padding",
        label: "more places",
        doc: help_text(
            "How many places more come out at the end, fewer than the strides; as few as fit, where not said.",
        ),
        kind: Kind::Ints(0, 1000),
        default: Default::Null,
        advanced: false,
        start: "",
    },
    &common::DATA_FORMAT,
    &DILATION_RATE,
    &common::ACTIVATION,
    &common::USE_BIAS,
    &common::KERNEL_INITIALIZER,
    &common::BIAS_INITIALIZER,
    &common::KERNEL_REGULARIZER,
    &common::BIAS_REGULARIZER,
    &common::ACTIVITY_REGULARIZER,
    &common::KERNEL_CONSTRAINT,
    &common::BIAS_CONSTRAINT,
];

pub static TRANSPOSE_1D: LayerKind = LayerKind {
    class: ClassSpec {
        class_name: "Conv1DTranspose",
        name: "conv1d_transpose",
        aliases: &["Convolution1DTranspose"],
        label: "Transposed convolution, 1D",
        doc: help_text(
            "Spreads every step of a sequence by small filters: makes sequences longer.",
        ),
        formula: help_text("y_(t s + i) += x_t K_i^T; f(y + b)"),
        options: OPTIONS,
        group: "",
        shared: &[],
    },
    inputs: Inputs::One,
    build: |request| Ok(Box::new(Transpose::new(request, 1)?)),
};

pub static TRANSPOSE_2D: LayerKind = LayerKind {
    class: ClassSpec {
        class_name: "Conv2DTranspose",
        name: "conv2d_transpose",
        aliases: &["Convolution2DTranspose"],
        label: "Transposed convolution, 2D",
        doc: help_text("Spreads every place of an image by small filters: makes images larger."),
        formula: help_text("y_(r s + i, c s + j) += x_rc K_ij^T; f(y + b)"),
        options: OPTIONS,
        group: "",
        shared: &[],
    },
    inputs: Inputs::One,
    build: |request| Ok(Box::new(Transpose::new(request, 2)?)),
};

/// Keeps what f is given.
struct Transpose {
    output_shape: Shape,
    /// The windows that the input's places make on the output.
    geometry: Geometry,
    channels: usize,
    filters: usize,
    function: Function,
    activity: Option<Regularizer>,
    params: Vec<ParamSpec>,
}

impl Transpose {
    fn new(request: Build<'_>, rank: usize) -> Result<Self, ConfigError> {
        let config = request.config;
        let (input, channels) = image_of(&request, rank)?;
        let filters = config.count("filters").unwrap_or(1);
        let window = sizes(config, "kernel_size", rank)?;
        let strides = sizes(config, "strides", rank)?;
        let dilation = sizes(config, "dilation_rate", rank)?;
        strides_or_dilation(strides, dilation)?;
        let more = match config.get("output_padding") {
            Value::Null => None,
            _ => Some(sizes(config, "output_padding", rank)?),
        };
        let padding = config.word("padding");
        let mut image = [1, 1];
        let mut before = [0, 0];
        for axis in 2 - rank..2 {
            let (n, stride) = (input[axis], strides[axis]);
            let reach = (window[axis] - 1) * dilation[axis] + 1;
            image[axis] = match (more, padding) {
                (None, "same") => n * stride,
                (None, _) => n * stride + reach.saturating_sub(stride),
                (Some(more), _) if more[axis] >= stride => {
                    let message = "'output_padding' must be smaller than the strides.";
                    return Err(ConfigError::new("output_padding", message));
                }
                (Some(more), "same") => {
                    ((n - 1) * stride + reach + more[axis]).saturating_sub(2 * (reach / 2))
                }
                (Some(more), _) => (n - 1) * stride + reach + more[axis],
            };
            let same = places(padding, image[axis], window[axis], stride, dilation[axis]);
            before[axis] = match (more, padding) {
                // Of what is cut off, the front loses half of what comes out more, rounded up.
                (Some(more), "same") => (reach / 2).saturating_sub(more[axis].div_ceil(2)),
                _ => same.1,
            };
        }
        let shape = kernel_shape(rank, window, [filters, channels]);
        let kernel = common::param(config, "kernel", shape, request.seeds);
        let bias = common::param(config, "bias", vec![filters], request.seeds);
        let mut params = vec![kernel, bias];
        params.truncate(1 + usize::from(config.flag("use_bias")));
        Ok(Transpose {
            output_shape: shape_of(rank, image, filters),
            geometry: Geometry {
                image,
                channels: filters,
                seen: filters,
                window,
                strides,
                dilation,
                before,
                places: input,
            },
            channels,
            filters,
            function: Function::of(config, "activation"),
            activity: common::regularizer_of(config, "activity_regularizer"),
            params,
        })
    }

    fn n_kernel(&self) -> usize {
        self.geometry.n_window() * self.channels
    }

    fn n_out(&self) -> usize {
        size(&self.output_shape).unwrap_or(0)
    }

    /// The output is the image here.
    fn windows(&self) -> Windows<'_> {
        Windows::new(&self.geometry, self.channels, 1)
    }
}

impl Layer for Transpose {
    fn output_shape(&self) -> &Shape {
        &self.output_shape
    }

    fn params(&self) -> &[ParamSpec] {
        &self.params
    }

    fn scratch(&self, batch: usize) -> usize {
        batch * self.n_out()
    }

    fn work(&self, _: usize) -> usize {
        self.geometry.work(self.channels, 1)
    }

    fn forward(&self, pass: Forward<'_>) {
        let (kernel, bias) = pass.params.split_at(self.n_kernel());
        let z = pass.scratch;
        self.windows().spread(pass.x, kernel, z, pass.work);
        if !bias.is_empty() {
            rows::add_bias(z, bias);
        }
        self.function.forward(self.filters, z, pass.y);
    }

    fn backward(&self, pass: Backward<'_>) {
        let dz = pass.dy;
        if !pass.at_logits {
            self.function
                .backward(self.filters, pass.scratch, pass.y, dz);
        }
        let (kernel, _) = pass.params.split_at(self.n_kernel());
        let (dkernel, dbias) = pass.dparams.split_at_mut(self.n_kernel());
        if !dbias.is_empty() {
            rows::sum_rows(dz, dbias);
        }
        let windows = self.windows();
        windows.kernel_gradient(dz, pass.x, dkernel, pass.work);
        if let Some(dx) = pass.dx {
            windows.correlate(dz, kernel, &[], dx, pass.work);
        }
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
        self.function.backward(self.filters, scratch, y, d);
    }
}
