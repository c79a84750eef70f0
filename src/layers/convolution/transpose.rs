//! Conv1DTranspose, Conv2DTranspose: the way back through a convolution, as a way forward.

use super::{DILATION_RATE, FILTERS, KERNEL_SIZE, PADDING, STRIDES};
use super::{image_of, kernel_shape, places, shape_of, sizes};
use crate::choice::{Default, Entry, Kind, Opt, Value, prose};
use crate::kernels::rows;
use crate::kernels::windows::Geometry;
use crate::layers::common::{self, Function};
use crate::layers::{Backward, Build, Forward, Inputs, Layer, LayerKind, ParamSpec, Shape, size};
use crate::refusal::Refusal;
use crate::regularizers::Regularizer;

const OPTIONS: &[&Opt] = &[
    &FILTERS,
    &KERNEL_SIZE,
    &STRIDES,
    &PADDING,
    &Opt {
        name: "output_padding",
        label: "more places",
        doc: prose(
            "How many places more come out at the end, fewer than the strides; as few as fit, where not said.",
        ),
        kind: Kind::Ints(0, 1000),
        default: Default::Null,
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
    entry: Entry {
        class_name: "Conv1DTranspose",
        name: "conv1d_transpose",
        aliases: &["Convolution1DTranspose"],
        label: "Transposed convolution, 1D",
        doc: prose("Spreads every step of a sequence by small filters: makes sequences longer."),
        formula: prose("y_(t s + i) += x_t K_i^T; f(y + b)"),
        options: OPTIONS,
    },
    inputs: Inputs::One,
    build: |request| Ok(Box::new(Transpose::new(request, 1)?)),
};

pub static TRANSPOSE_2D: LayerKind = LayerKind {
    entry: Entry {
        class_name: "Conv2DTranspose",
        name: "conv2d_transpose",
        aliases: &["Convolution2DTranspose"],
        label: "Transposed convolution, 2D",
        doc: prose("Spreads every place of an image by small filters: makes images larger."),
        formula: prose("y_(r s + i, c s + j) += x_rc K_ij^T; f(y + b)"),
        options: OPTIONS,
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
    fn new(request: Build<'_>, rank: usize) -> Result<Self, Refusal> {
        let choice = request.choice;
        let (input, channels) = image_of(&request, rank)?;
        let filters = choice.count("filters").unwrap_or(1);
        let window = sizes(choice, "kernel_size", rank)?;
        let strides = sizes(choice, "strides", rank)?;
        let dilation = sizes(choice, "dilation_rate", rank)?;
        if strides.iter().any(|s| *s > 1) && dilation.iter().any(|d| *d > 1) {
            let message = "Strides and dilation cannot both be more than 1: set one of them to 1.";
            return Err(Refusal::new("dilation_rate", message));
        }
        let more = match choice.get("output_padding") {
            Value::Null => None,
            _ => Some(sizes(choice, "output_padding", rank)?),
        };
        let padding = choice.word("padding");
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
                    return Err(Refusal::new("output_padding", message));
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
        let kernel = common::param(choice, "kernel", shape, request.seeds);
        let bias = common::param(choice, "bias", vec![filters], request.seeds);
        let mut params = vec![kernel, bias];
        params.truncate(1 + usize::from(choice.flag("use_bias")));
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
            function: Function::of(choice, "activation"),
            activity: common::regularizer_of(choice, "activity_regularizer"),
            params,
        })
    }

    fn n_kernel(&self) -> usize {
        self.geometry.n_window() * self.channels
    }

    fn n_out(&self) -> usize {
        size(&self.output_shape).unwrap_or(0)
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

    /// Windows of an example, and a kernel.
    fn work(&self, _: usize) -> usize {
        self.geometry.n_places() * self.geometry.n_window() + self.n_kernel()
    }

    fn forward(&self, pass: Forward<'_>) {
        let (places, window) = (self.geometry.n_places(), self.geometry.n_window());
        let (kernel, bias) = pass.params.split_at(self.n_kernel());
        let windows = &mut pass.work[..places * window];
        let z = pass.scratch;
        z.fill(0.0);
        let examples = pass.x.chunks_exact(places * self.channels);
        for (x, z) in examples.zip(z.chunks_exact_mut(self.n_out())) {
            pass.products
                .with_transposed(x, kernel, windows, self.channels, window);
            self.geometry.fold(0, windows, z);
        }
        if !bias.is_empty() {
            rows::add_bias(z, bias);
        }
        self.function.forward(self.filters, z, pass.y);
    }

    fn backward(&self, pass: Backward<'_>) {
        let (places, window) = (self.geometry.n_places(), self.geometry.n_window());
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
        let (windows, found) = pass.work.split_at_mut(places * window);
        let found = &mut found[..dkernel.len()];
        dkernel.fill(0.0);
        let n = places * self.channels;
        let mut dx = pass.dx;
        let examples = pass.x.chunks_exact(n).zip(dz.chunks_exact(self.n_out()));
        for (i, (x, dz)) in examples.enumerate() {
            self.geometry.unfold(0, dz, windows);
            pass.products
                .of_transposed(windows, x, found, window, self.channels);
            dkernel.iter_mut().zip(&*found).for_each(|(to, d)| *to += d);
            if let Some(dx) = dx.as_deref_mut() {
                let dx = &mut dx[i * n..(i + 1) * n];
                pass.products
                    .product(windows, kernel, dx, window, self.channels);
            }
        }
    }

    fn activity_regularizer(&self) -> Option<&Regularizer> {
        self.activity.as_ref()
    }

    fn activation(&self) -> Option<&'static str> {
        self.function.shown()
    }

    fn leaves_logits(&self) -> bool {
        self.function.leaves_logits()
    }

    fn to_logits(&self, scratch: &[f32], y: &[f32], d: &mut [f32]) {
        self.function.backward(self.filters, scratch, y, d);
    }
}
