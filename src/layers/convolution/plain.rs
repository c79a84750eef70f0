//! Conv1D, Conv2D, and their kind in which every channel has filters of its own.

use super::{
    DILATION_RATE, FILTERS, KERNEL_SIZE, PADDING, PADDING_CAUSAL, STRIDES, geometry, kernel_shape,
    shape_of, strides_or_dilation,
};
use crate::functions::regularizers::Regularizer;
use crate::kernels::convolution::Windows;
use crate::kernels::rows;
use crate::kernels::windows::Geometry;
use crate::layers::common::{self, Function};
use crate::layers::layer::{
    Backward, Build, Forward, Inputs, Layer, LayerKind, ParamSpec, Shape, size,
};
use crate::options::error::ConfigError;
use crate::options::{ClassSpec, Default, Kind, OptionSpec, help_text};

const GROUPS: OptionSpec = OptionSpec {
    name: "groups",
    label: "groups",
    doc: help_text("Into how many groups the channels are split, each with filters of its own."),
    kind: Kind::Int(1, 100_000),
    default: Default::Int(1),
    advanced: false,
    start: "",
};

/// The options of a plain convolution.
macro_rules! plain_options {
    ($padding:expr) => {
        &[
            &FILTERS,
            &KERNEL_SIZE,
            &STRIDES,
            &$padding,
            &common::DATA_FORMAT,
            &DILATION_RATE,
            &GROUPS,
            &common::ACTIVATION,
            &common::USE_BIAS,
            &common::KERNEL_INITIALIZER,
            &common::BIAS_INITIALIZER,
            &common::KERNEL_REGULARIZER,
            &common::BIAS_REGULARIZER,
            &common::ACTIVITY_REGULARIZER,
            &common::KERNEL_CONSTRAINT,
            &common::BIAS_CONSTRAINT,
        ]
    };
}

const DEPTHWISE_OPTIONS: &[&OptionSpec] = &[
    &KERNEL_SIZE,
    &STRIDES,
    &PADDING,
    &super::separable::DEPTH_MULTIPLIER,
    &common::DATA_FORMAT,
    &DILATION_RATE,
    &common::ACTIVATION,
    &common::USE_BIAS,
    &super::separable::DEPTHWISE_INITIALIZER,
    &common::BIAS_INITIALIZER,
    &super::separable::DEPTHWISE_REGULARIZER,
    &common::BIAS_REGULARIZER,
    &common::ACTIVITY_REGULARIZER,
    &super::separable::DEPTHWISE_CONSTRAINT,
    &common::BIAS_CONSTRAINT,
];

pub static CONV_1D: LayerKind = LayerKind {
    class: ClassSpec {
        class_name: "Conv1D",
        name: "conv1d",
        aliases: &["Convolution1D"],
        label: "Convolution, 1D",
        doc: help_text(
            "Slides small filters along a sequence: the same pattern is found wherever it stands.",
        ),
        formula: help_text("y_t = f(sum_i x_(t+i) K_i + b)"),
        options: plain_options!(PADDING_CAUSAL),
        group: "",
        shared: &[],
    },
    inputs: Inputs::One,
    build: |request| Ok(Box::new(Convolution::new(request, 1, false)?)),
};

pub static CONV_2D: LayerKind = LayerKind {
    class: ClassSpec {
        class_name: "Conv2D",
        name: "conv2d",
        aliases: &["Convolution2D"],
        label: "Convolution, 2D",
        doc: help_text(
            "Slides small filters over an image: the same pattern is found wherever it stands.",
        ),
        formula: help_text("y_rc = f(sum_ij x_(r+i, c+j) K_ij + b)"),
        options: plain_options!(PADDING),
        group: "",
        shared: &[],
    },
    inputs: Inputs::One,
    build: |request| Ok(Box::new(Convolution::new(request, 2, false)?)),
};

pub static DEPTHWISE_1D: LayerKind = LayerKind {
    class: ClassSpec {
        class_name: "DepthwiseConv1D",
        name: "depthwise_conv1d",
        aliases: &[],
        label: "Depthwise convolution, 1D",
        doc: help_text("Slides filters of its own along each channel of a sequence."),
        formula: help_text("y_tc = f(sum_i x_(t+i)c K_ic + b)"),
        options: DEPTHWISE_OPTIONS,
        group: "",
        shared: &[],
    },
    inputs: Inputs::One,
    build: |request| Ok(Box::new(Convolution::new(request, 1, true)?)),
};

pub static DEPTHWISE_2D: LayerKind = LayerKind {
    class: ClassSpec {
        class_name: "DepthwiseConv2D",
        name: "depthwise_conv2d",
        aliases: &[],
        label: "Depthwise convolution, 2D",
        doc: help_text("Slides filters of its own over each channel of an image."),
        formula: help_text("y_rck = f(sum_ij x_(r+i, c+j)k K_ijk + b)"),
        options: DEPTHWISE_OPTIONS,
        group: "",
        shared: &[],
    },
    inputs: Inputs::One,
    build: |request| Ok(Box::new(Convolution::new(request, 2, true)?)),
};

/// y = f(windows K + b). Keeps what f is given.
struct Convolution {
    output_shape: Shape,
    convolve: Convolve,
    function: Function,
    activity: Option<Regularizer>,
    params: Vec<ParamSpec>,
}

impl Convolution {
    fn new(request: Build<'_>, rank: usize, depthwise: bool) -> Result<Self, ConfigError> {
        let config = request.config;
        let channels = request.input().last().copied().unwrap_or(1);
        let (groups, filters) = match depthwise {
            true => {
                let each = config.count("depth_multiplier").unwrap_or(1);
                (channels, channels * each)
            }
            false => {
                let groups = config.count("groups").unwrap_or(1);
                (groups, config.count("filters").unwrap_or(1))
            }
        };
        if !channels.is_multiple_of(groups) || !filters.is_multiple_of(groups) {
            let message = format!(
                "{channels} channels and {filters} filters cannot both be split into {groups} groups: try 1."
            );
            return Err(ConfigError::new("groups", message));
        }
        let geometry = geometry(&request, rank, "kernel_size", groups)?;
        if !depthwise {
            strides_or_dilation(geometry.strides, geometry.dilation)?;
        }
        let (name, rest) = match depthwise {
            true => ("depthwise", [channels, filters / channels]),
            false => ("kernel", [geometry.seen, filters]),
        };
        let shape = kernel_shape(rank, geometry.window, rest);
        let mut kernel = common::param(config, name, shape, request.seeds);
        kernel.path = "kernel".into();
        let bias = common::param(config, "bias", vec![filters], request.seeds);
        let mut params = vec![kernel, bias];
        params.truncate(1 + usize::from(config.flag("use_bias")));
        Ok(Convolution {
            output_shape: shape_of(rank, geometry.places, filters),
            convolve: Convolve {
                geometry,
                groups,
                filters,
            },
            function: Function::of(config, "activation"),
            activity: common::regularizer_of(config, "activity_regularizer"),
            params,
        })
    }
}

/// The arithmetic of a convolution without its activation.
pub struct Convolve {
    /// How the windows lie.
    pub geometry: Geometry,
    /// Groups of channels.
    pub groups: usize,
    /// Channels that come out.
    pub filters: usize,
}

impl Convolve {
    /// Numbers of the kernel.
    pub fn n_kernel(&self) -> usize {
        self.geometry.n_window() * self.filters
    }

    /// Numbers that it works in.
    pub fn work(&self) -> usize {
        self.geometry.work(self.filters, self.groups)
    }

    /// y = windows(x) K + bias, for each example. `bias` may be empty.
    pub fn forward(
        &self,
        x: &[f32],
        kernel: &[f32],
        bias: &[f32],
        y: &mut [f32],
        work: &mut [f32],
    ) {
        self.windows().correlate(x, kernel, bias, y, work);
    }

    /// Fills `dkernel`, and `dx` where it is wanted.
    pub fn backward(
        &self,
        (x, dy): (&[f32], &[f32]),
        kernel: &[f32],
        dkernel: &mut [f32],
        dx: Option<&mut [f32]>,
        work: &mut [f32],
    ) {
        let windows = self.windows();
        windows.kernel_gradient(x, dy, dkernel, work);
        if let Some(dx) = dx {
            windows.spread(dy, kernel, dx, work);
        }
    }

    fn windows(&self) -> Windows<'_> {
        Windows::new(&self.geometry, self.filters, self.groups)
    }
}

impl Layer for Convolution {
    fn output_shape(&self) -> &Shape {
        &self.output_shape
    }

    fn params(&self) -> &[ParamSpec] {
        &self.params
    }

    fn scratch(&self, batch: usize) -> usize {
        batch * size(&self.output_shape).unwrap_or(0)
    }

    fn work(&self, _: usize) -> usize {
        self.convolve.work()
    }

    fn forward(&self, pass: Forward<'_>) {
        let (kernel, bias) = pass.params.split_at(self.convolve.n_kernel());
        self.convolve
            .forward(pass.x, kernel, bias, pass.scratch, pass.work);
        self.function
            .forward(self.convolve.filters, pass.scratch, pass.y);
    }

    fn backward(&self, pass: Backward<'_>) {
        let dz = pass.dy;
        if !pass.at_logits {
            self.activation_backward(pass.scratch, pass.y, dz);
        }
        let (kernel, _) = pass.params.split_at(self.convolve.n_kernel());
        let (dkernel, dbias) = pass.dparams.split_at_mut(self.convolve.n_kernel());
        if !dbias.is_empty() {
            rows::sum_rows(dz, dbias);
        }
        self.convolve
            .backward((pass.x, dz), kernel, dkernel, pass.dx, pass.work);
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
        self.function.backward(self.convolve.filters, scratch, y, d);
    }
}
