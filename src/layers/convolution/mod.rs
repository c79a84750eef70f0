//! Convolutions: a small kernel, applied at every position of an input. A sequence is an image of one row.

mod options;
pub mod plain;
pub mod separable;
pub mod transpose;

use super::layer::{Build, Shape};
use crate::kernels::windows::Geometry;
use crate::options::ConfigObject;
use crate::options::error::{ConfigError, Result};

/// The options that place the windows of a convolution or pooling layer.
pub struct Window {
    /// Name of the option for the size: "kernel_size".
    pub option: &'static str,
    /// Size.
    pub size: Vec<i64>,
    /// Step from one window to the next; empty: the size.
    pub strides: Vec<i64>,
    /// Distance between neighbouring inputs of one window.
    pub dilation: Vec<i64>,
    /// "valid", "same" or "causal".
    pub padding: &'static str,
}

/// Height and width that an option gives: `[1, n]` for a sequence (rank 1).
///
/// # Errors
/// Another number of sizes than the rank has.
fn sizes(config: &ConfigObject, option: &str, list: &[i64], rank: usize) -> Result<[usize; 2]> {
    let size = |n: i64| usize::try_from(n).unwrap_or(1);
    match (rank, list) {
        (1, [n]) => Ok([1, size(*n)]),
        (2, [n]) => Ok([size(*n); 2]),
        (2, [a, b]) => Ok([size(*a), size(*b)]),
        _ => {
            let message = format!(
                "'{option}' has {} numbers; {} takes one{}.",
                list.len(),
                config.class.class_name,
                if rank == 2 { " or two" } else { "" }
            );
            Err(ConfigError::new(option, message))
        }
    }
}

/// Height, width and channels of an input of rank 1 (a sequence, an image of one row) or 2.
///
/// # Errors
/// An input of another rank.
pub fn image_of(request: &Build<'_>, rank: usize) -> Result<([usize; 2], usize)> {
    match (rank, request.input().as_slice()) {
        (1, &[steps, channels]) => Ok(([1, steps], channels)),
        (2, &[height, width, channels]) => Ok(([height, width], channels)),
        (_, shape) => {
            let n: usize = shape.iter().product();
            let side = n.isqrt();
            let (wanted, example) = match rank {
                1 => ("[steps, channels]", vec![n, 1]),
                _ if side * side == n => ("[height, width, channels]", vec![side, side, 1]),
                _ => ("[height, width, channels]", vec![n, 1, 1]),
            };
            let message = format!(
                "{} works on {wanted}, but its input has the shape {shape:?}: put a Reshape to such a \
                 shape before it, such as {example:?}.",
                request.config.class.class_name
            );
            Err(ConfigError::new("", message))
        }
    }
}

/// Refuses strides together with dilation, as Keras does for convolutions that sum over channels.
///
/// # Errors
/// Both more than 1.
fn strides_or_dilation(strides: [usize; 2], dilation: [usize; 2]) -> Result<()> {
    if strides.iter().any(|s| *s > 1) && dilation.iter().any(|d| *d > 1) {
        let message = "Strides and dilation cannot both be more than 1: set one of them to 1.";
        return Err(ConfigError::new("dilation_rate", message));
    }
    Ok(())
}

/// Length that a window covers, with the gaps of its dilation.
fn extent(window: usize, dilation: usize) -> usize {
    (window - 1) * dilation + 1
}

/// Number of windows along one axis of `n` positions, and of zeros before it.
fn positions(
    padding: &str,
    n: usize,
    window: usize,
    stride: usize,
    dilation: usize,
) -> (usize, usize) {
    let extent = extent(window, dilation);
    match padding {
        "same" => {
            let positions = n.div_ceil(stride);
            let total = (positions.saturating_sub(1) * stride + extent).saturating_sub(n);
            (positions, total / 2)
        }
        "causal" => (
            (n + extent - 1).saturating_sub(extent) / stride + 1,
            extent - 1,
        ),
        _ if extent > n => (0, 0),
        _ => ((n - extent) / stride + 1, 0),
    }
}

/// The positions of the windows on the input, for `groups` groups of channels.
///
/// # Errors
/// An input of another rank; options of another rank; windows larger than the input.
pub fn geometry(
    request: &Build<'_>,
    rank: usize,
    options: &Window,
    groups: usize,
) -> Result<Geometry> {
    let config = request.config;
    let (image, channels) = image_of(request, rank)?;
    let window = sizes(config, options.option, &options.size, rank)?;
    let strides = match options.strides[..] {
        [] => window,
        _ => sizes(config, "strides", &options.strides, rank)?,
    };
    let dilation = sizes(config, "dilation_rate", &options.dilation, rank)?;
    let axis = |i: usize| {
        // The single row of a sequence is not padded.
        let padding = if rank == 1 && i == 0 {
            "valid"
        } else {
            options.padding
        };
        positions(padding, image[i], window[i], strides[i], dilation[i])
    };
    let ((rows, above), (columns, left)) = (axis(0), axis(1));
    if rows == 0 || columns == 0 {
        let (image, window) = (&image[2 - rank..], &window[2 - rank..]);
        let dilation = &dilation[2 - rank..];
        let covered: Vec<usize> = window
            .iter()
            .zip(dilation)
            .map(|(w, d)| extent(*w, *d))
            .collect();
        let dilated = covered != window && window.iter().zip(image).all(|(w, n)| w <= n);
        let (path, message) = match dilated {
            true => (
                "dilation_rate",
                format!(
                    "A window of {window:?} with dilation {dilation:?} covers {covered:?}, but the input is only \
                     {image:?}: use a smaller dilation, or set padding to 'same'."
                ),
            ),
            false => (
                options.option,
                format!(
                    "A window of {window:?} does not fit into an input of {image:?}: make it smaller, or set padding \
                     to 'same'."
                ),
            ),
        };
        return Err(ConfigError::new(path, message));
    }
    Ok(Geometry {
        image,
        channels,
        seen: channels / groups,
        window,
        strides,
        dilation,
        before: [above, left],
        places: [rows, columns],
    })
}

/// Shape of an output of this rank.
pub fn shape_of(rank: usize, positions: [usize; 2], channels: usize) -> Shape {
    match rank {
        1 => vec![positions[1], channels],
        _ => vec![positions[0], positions[1], channels],
    }
}

/// Shape of a kernel of this rank: the window, then the channels.
fn kernel_shape(rank: usize, window: [usize; 2], channels: [usize; 2]) -> Shape {
    let window = &window[2 - rank..];
    window.iter().chain(&channels).copied().collect()
}
