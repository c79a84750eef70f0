//! Conv1DTranspose and Conv2DTranspose: the backward pass of a convolution, used as a forward pass.

use super::options::{DILATION_RATE, FILTERS, KERNEL_SIZE, PADDING, STRIDES};
use super::{extent, image_of, kernel_shape, positions, shape_of, sizes, strides_or_dilation};
use crate::kernels::convolution::Windows;
use crate::kernels::rows;
use crate::kernels::windows::Geometry;
use crate::layers::activated::{Activated, activated};
use crate::layers::common;
use crate::layers::layer::{Backward, Build, Forward, Layer, LayerKind, Shape};
use crate::options::declare::{Fixed, class, shared};
use crate::options::error::{ConfigError, Result};
use crate::options::{ConfigObject, Default, Kind};

shared! {
    /// The options of the transposed convolutions.
    struct Options {
        filters: usize = FILTERS;
        kernel_size: Vec<i64> = KERNEL_SIZE;
        strides: Vec<i64> = STRIDES;
        padding: &'static str = PADDING;
        /// Number of positions added at the end of the output, less than the strides. Default: the smallest that fits.
        #[advanced]
        output_padding("output padding"): Vec<i64> = Kind::Ints(0, 1000), Default::Null;
        data_format: Fixed = common::DATA_FORMAT;
        dilation_rate: Vec<i64> = DILATION_RATE;
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
    /// Adds a small filter, times the input, to the output at each step of a sequence. Makes sequences longer.
    #[formula("y_(t s + i) += x_t K_i^T; f(y + b)")]
    #[group("convolution")]
    #[aliases("Convolution1DTranspose")]
    struct Transpose1D("Conv1DTranspose", "conv1d_transpose", "Transposed convolution, 1D") + Options {}
}

class! {
    /// Adds a small filter, times the input, to the output at each position of an image. Makes images larger.
    #[formula("y_(r s + i, c s + j) += x_rc K_ij^T; f(y + b)")]
    #[group("convolution")]
    #[aliases("Convolution2DTranspose")]
    struct Transpose2D("Conv2DTranspose", "conv2d_transpose", "Transposed convolution, 2D") + Options {}
}

pub static TRANSPOSE_1D: LayerKind = LayerKind::new(Transpose1D::SPEC, |request| {
    Ok(Box::new(Transpose::new(request, 1)?))
});

pub static TRANSPOSE_2D: LayerKind = LayerKind::new(Transpose2D::SPEC, |request| {
    Ok(Box::new(Transpose::new(request, 2)?))
});

/// Scratch: the pre-activations, `[batch, positions, filters]`.
struct Transpose {
    activated: Activated,
    /// Windows on the output, one for each position of the input.
    geometry: Geometry,
    channels: usize,
}

impl Transpose {
    fn new(request: Build<'_>, rank: usize) -> Result<Self> {
        let config = request.config;
        let options = Options::of(config);
        let (input, channels) = image_of(&request, rank)?;
        let filters = options.filters;
        let window = sizes(config, "kernel_size", &options.kernel_size, rank)?;
        let strides = sizes(config, "strides", &options.strides, rank)?;
        let dilation = sizes(config, "dilation_rate", &options.dilation_rate, rank)?;
        strides_or_dilation(strides, dilation)?;
        let more = match options.output_padding[..] {
            [] => None,
            _ => Some(sizes(
                config,
                "output_padding",
                &options.output_padding,
                rank,
            )?),
        };
        let padding = options.padding;
        let mut image = [1, 1];
        let mut before = [0, 0];
        for axis in 2 - rank..2 {
            let (n, stride) = (input[axis], strides[axis]);
            let extent = extent(window[axis], dilation[axis]);
            image[axis] = match (more, padding) {
                (None, "same") => n * stride,
                (None, _) => n * stride + extent.saturating_sub(stride),
                (Some(more), _) if more[axis] >= stride => {
                    let message = "'output_padding' must be smaller than the strides.";
                    return Err(ConfigError::new("output_padding", message));
                }
                (Some(more), "same") => {
                    ((n - 1) * stride + extent + more[axis]).saturating_sub(2 * (extent / 2))
                }
                (Some(more), _) => (n - 1) * stride + extent + more[axis],
            };
            let (_, same) = positions(padding, image[axis], window[axis], stride, dilation[axis]);
            before[axis] = match (more, padding) {
                // Keras crops both ends by half of the extent; the output padding moves half of itself, rounded up,
                // from the front to the end.
                (Some(more), "same") => (extent / 2).saturating_sub(more[axis].div_ceil(2)),
                _ => same,
            };
        }
        let kernel = kernel_shape(rank, window, [filters, channels]);
        Ok(Transpose {
            activated: activated!(
                options,
                shape_of(rank, image, filters),
                request.seeds,
                (
                    "kernel",
                    kernel,
                    [kernel_initializer, kernel_regularizer, kernel_constraint]
                )
            ),
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
        })
    }

    fn n_kernel(&self) -> usize {
        self.geometry.n_window() * self.channels
    }

    /// Windows on the output.
    fn windows(&self) -> Windows<'_> {
        Windows::new(&self.geometry, self.channels, 1)
    }
}

impl Layer for Transpose {
    fn output_shape(&self) -> &Shape {
        &self.activated.shape
    }

    fn activated(&self) -> Option<&Activated> {
        Some(&self.activated)
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
        self.activated.forward(z, pass.y);
    }

    fn backward(&self, pass: Backward<'_>) {
        let dz = pass.dy;
        if !pass.at_logits {
            self.activated.backward(pass.scratch, pass.y, dz);
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
}
