//! Conv1D and Conv2D, and their depthwise forms, in which each channel has its own filters.

use super::options::{
    DEPTH_MULTIPLIER, DEPTHWISE_CONSTRAINT, DEPTHWISE_INITIALIZER, DEPTHWISE_REGULARIZER,
    DILATION_RATE, FILTERS, KERNEL_SIZE, PADDING, PADDING_CAUSAL, STRIDES,
};
use super::{Window, geometry, kernel_shape, shape_of, strides_or_dilation};
use crate::kernels::convolution::Windows;
use crate::kernels::rows;
use crate::kernels::windows::Geometry;
use crate::layers::activated::{Activated, activated};
use crate::layers::common;
use crate::layers::layer::{Backward, Build, Forward, Layer, LayerKind, Shape};
use crate::layers::terms::{Factor, Stage};
use crate::options::declare::{Fixed, class, shared};
use crate::options::error::{ConfigError, Result};
use crate::options::{ConfigObject, Default, Kind};

shared! {
    /// The options of Conv1D and Conv2D after `padding`.
    struct PlainOptions {
        data_format: Fixed = common::DATA_FORMAT;
        dilation_rate: Vec<i64> = DILATION_RATE;
        /// Number of groups that the channels are split into, each with its own filters.
        #[advanced]
        groups("groups"): usize = Kind::Int(1, 100_000), Default::Int(1);
        activation: ConfigObject = common::ACTIVATION;
        use_bias: bool = common::USE_BIAS;
        kernel_initializer: ConfigObject = common::KERNEL_INITIALIZER;
        bias_initializer: ConfigObject = common::BIAS_INITIALIZER;
        kernel_regularizer: Option<ConfigObject> = common::KERNEL_REGULARIZER;
        bias_regularizer: Option<ConfigObject> = common::BIAS_REGULARIZER;
        activity_regularizer: Option<ConfigObject> = common::ACTIVITY_REGULARIZER;
        kernel_constraint: Option<ConfigObject> = common::KERNEL_CONSTRAINT;
        bias_constraint: Option<ConfigObject> = common::BIAS_CONSTRAINT;
    }
}

class! {
    /// Slides small filters along a sequence, so that it finds the same pattern at every position.
    #[formula("y_t = f(sum_i x_(t+i) K_i + b)")]
    #[group("convolution")]
    #[aliases("Convolution1D")]
    struct Conv1D("Conv1D", "conv1d", "Convolution, 1D") + PlainOptions {
        filters: usize = FILTERS;
        kernel_size: Vec<i64> = KERNEL_SIZE;
        strides: Vec<i64> = STRIDES;
        padding: &'static str = PADDING_CAUSAL;
    }
}

class! {
    /// Slides small filters over an image, so that it finds the same pattern at every position.
    #[formula("y_rc = f(sum_ij x_(r+i, c+j) K_ij + b)")]
    #[group("convolution")]
    #[aliases("Convolution2D")]
    struct Conv2D("Conv2D", "conv2d", "Convolution, 2D") + PlainOptions {
        filters: usize = FILTERS;
        kernel_size: Vec<i64> = KERNEL_SIZE;
        strides: Vec<i64> = STRIDES;
        padding: &'static str = PADDING;
    }
}

shared! {
    /// The options of the depthwise convolutions.
    struct DepthwiseOptions {
        kernel_size: Vec<i64> = KERNEL_SIZE;
        strides: Vec<i64> = STRIDES;
        padding: &'static str = PADDING;
        depth_multiplier: usize = DEPTH_MULTIPLIER;
        data_format: Fixed = common::DATA_FORMAT;
        dilation_rate: Vec<i64> = DILATION_RATE;
        activation: ConfigObject = common::ACTIVATION;
        use_bias: bool = common::USE_BIAS;
        depthwise_initializer: ConfigObject = DEPTHWISE_INITIALIZER;
        bias_initializer: ConfigObject = common::BIAS_INITIALIZER;
        depthwise_regularizer: Option<ConfigObject> = DEPTHWISE_REGULARIZER;
        bias_regularizer: Option<ConfigObject> = common::BIAS_REGULARIZER;
        activity_regularizer: Option<ConfigObject> = common::ACTIVITY_REGULARIZER;
        depthwise_constraint: Option<ConfigObject> = DEPTHWISE_CONSTRAINT;
        bias_constraint: Option<ConfigObject> = common::BIAS_CONSTRAINT;
    }
}

class! {
    /// Slides separate filters along each channel of a sequence.
    #[formula("y_tc = f(sum_i x_(t+i)c K_ic + b)")]
    #[group("convolution")]
    struct Depthwise1D("DepthwiseConv1D", "depthwise_conv1d", "Depthwise convolution, 1D") + DepthwiseOptions {}
}

class! {
    /// Slides separate filters over each channel of an image.
    #[formula("y_rck = f(sum_ij x_(r+i, c+j)k K_ijk + b)")]
    #[group("convolution")]
    struct Depthwise2D("DepthwiseConv2D", "depthwise_conv2d", "Depthwise convolution, 2D") + DepthwiseOptions {}
}

pub static CONV_1D: LayerKind = LayerKind::new(Conv1D::SPEC, |request| {
    let own = Conv1D::of(request.config);
    let (size, strides, padding) = (own.kernel_size, own.strides, own.padding);
    let layer = Convolution::plain(request, 1, own.filters, (size, strides, padding))?;
    Ok(Box::new(layer))
});

pub static CONV_2D: LayerKind = LayerKind::new(Conv2D::SPEC, |request| {
    let own = Conv2D::of(request.config);
    let (size, strides, padding) = (own.kernel_size, own.strides, own.padding);
    let layer = Convolution::plain(request, 2, own.filters, (size, strides, padding))?;
    Ok(Box::new(layer))
});

pub static DEPTHWISE_1D: LayerKind = LayerKind::new(Depthwise1D::SPEC, |request| {
    Ok(Box::new(Convolution::depthwise(request, 1)?))
});

pub static DEPTHWISE_2D: LayerKind = LayerKind::new(Depthwise2D::SPEC, |request| {
    Ok(Box::new(Convolution::depthwise(request, 2)?))
});

/// y = f(windows K + b). Scratch: the pre-activations, `[batch, positions, filters]`.
struct Convolution {
    activated: Activated,
    convolve: Convolve,
}

impl Convolution {
    fn plain(
        request: Build<'_>,
        rank: usize,
        filters: usize,
        (size, strides, padding): (Vec<i64>, Vec<i64>, &'static str),
    ) -> Result<Self> {
        let options = PlainOptions::of(request.config);
        let groups = options.groups;
        let channels = request.input().last().copied().unwrap_or(1);
        if !channels.is_multiple_of(groups) || !filters.is_multiple_of(groups) {
            let message = format!(
                "{channels} channels and {filters} filters cannot both be split into {groups} groups: try 1."
            );
            return Err(ConfigError::new("groups", message));
        }
        let window = Window {
            option: "kernel_size",
            size,
            strides,
            dilation: options.dilation_rate,
            padding,
        };
        let geometry = geometry(&request, rank, &window, groups)?;
        strides_or_dilation(geometry.strides, geometry.dilation)?;
        let kernel = kernel_shape(rank, geometry.window, [geometry.seen, filters]);
        let shape = shape_of(rank, geometry.places, filters);
        Ok(Convolution {
            activated: activated!(
                options,
                shape,
                request.seeds,
                (
                    "kernel",
                    kernel,
                    [kernel_initializer, kernel_regularizer, kernel_constraint]
                )
            ),
            convolve: Convolve {
                geometry,
                groups,
                filters,
            },
        })
    }

    fn depthwise(request: Build<'_>, rank: usize) -> Result<Self> {
        let options = DepthwiseOptions::of(request.config);
        let channels = request.input().last().copied().unwrap_or(1);
        let filters = channels * options.depth_multiplier;
        let window = Window {
            option: "kernel_size",
            size: options.kernel_size,
            strides: options.strides,
            dilation: options.dilation_rate,
            padding: options.padding,
        };
        let geometry = geometry(&request, rank, &window, channels)?;
        let kernel = kernel_shape(rank, geometry.window, [channels, options.depth_multiplier]);
        let shape = shape_of(rank, geometry.places, filters);
        Ok(Convolution {
            activated: activated!(
                options,
                shape,
                request.seeds,
                (
                    "kernel",
                    kernel,
                    [
                        depthwise_initializer,
                        depthwise_regularizer,
                        depthwise_constraint
                    ]
                )
            ),
            convolve: Convolve {
                geometry,
                groups: channels,
                filters,
            },
        })
    }
}

/// A convolution without its activation.
pub struct Convolve {
    /// Positions of the windows.
    pub geometry: Geometry,
    /// Number of groups of channels.
    pub groups: usize,
    /// Number of output channels.
    pub filters: usize,
}

impl Convolve {
    /// Number of weights of the kernel.
    pub fn n_kernel(&self) -> usize {
        self.geometry.n_window() * self.filters
    }

    /// Length of the work buffer.
    pub fn work(&self) -> usize {
        self.geometry.work(self.filters, self.groups)
    }

    /// Fills y = windows(x) K + bias; `bias` may be empty.
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

    /// Fills `dkernel`, and `dx` if given.
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
        &self.activated.shape
    }

    fn activated(&self) -> Option<&Activated> {
        Some(&self.activated)
    }

    fn work(&self, _: usize) -> usize {
        self.convolve.work()
    }

    fn forward(&self, pass: Forward<'_>) {
        let (kernel, bias) = pass.params.split_at(self.convolve.n_kernel());
        self.convolve
            .forward(pass.x, kernel, bias, pass.scratch, pass.work);
        self.activated.forward(pass.scratch, pass.y);
    }

    fn backward(&self, pass: Backward<'_>) {
        let dz = pass.dy;
        if !pass.at_logits {
            self.activated.backward(pass.scratch, pass.y, dz);
        }
        let (kernel, _) = pass.params.split_at(self.convolve.n_kernel());
        let (dkernel, dbias) = pass.dparams.split_at_mut(self.convolve.n_kernel());
        if !dbias.is_empty() {
            rows::sum_rows(dz, dbias);
        }
        self.convolve
            .backward((pass.x, dz), kernel, dkernel, pass.dx, pass.work);
    }

    fn terms(&self, _: bool) -> Vec<Stage> {
        let Convolve {
            geometry,
            groups,
            filters,
        } = &self.convolve;
        let factor = Factor::Weight {
            weights: (0..geometry.n_window()).map(|i| i * filters).collect(),
            bias: (self.activated.params.len() > 1).then_some(self.convolve.n_kernel()),
        };
        let stage = Stage::windows(&self.activated.shape, geometry, *groups, factor);
        vec![stage.with_activation(self.activation())]
    }
}
