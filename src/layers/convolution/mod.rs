//! Convolutions: one small set of weights, applied at every place.
//!
//! Sequences are images of one row. Windows are laid out one example and one group of channels at a
//! time, so that the room for them stays small.

pub mod plain;
pub mod separable;
pub mod transpose;

use super::layer::{Build, Shape};
use crate::kernels::windows::Geometry;
use crate::options::error::ConfigError;
use crate::options::{ConfigObject, Default, Kind, OptionSpec, help_text};

const KERNEL_SIZE: OptionSpec = OptionSpec {
    name: "kernel_size",
    label: "kernel size",
    doc: help_text("Height and width of the window; one number for both."),
    kind: Kind::Ints(1, 1000),
    default: Default::Required,
    advanced: false,
    start: "",
};
const STRIDES: OptionSpec = OptionSpec {
    name: "strides",
    label: "strides",
    doc: help_text("How far it is from one place to the next."),
    kind: Kind::Ints(1, 1000),
    default: Default::Int(1),
    advanced: false,
    start: "",
};
const DILATION_RATE: OptionSpec = OptionSpec {
    name: "dilation_rate",
    label: "dilation",
    doc: help_text("How far the numbers of a window lie apart."),
    kind: Kind::Ints(1, 1000),
    default: Default::Int(1),
    advanced: false,
    start: "",
};
const FILTERS: OptionSpec = OptionSpec {
    name: "filters",
    label: "filters",
    doc: help_text("How many channels come out."),
    kind: Kind::Int(1, 100_000),
    default: Default::Required,
    advanced: false,
    start: "",
};

const fn padding(words: &'static [&'static str]) -> OptionSpec {
    OptionSpec {
        name: "padding",
        label: "padding",
        doc: help_text(
            "valid: windows lie inside; same: as many places as the input has, by zeros around it.",
        ),
        kind: Kind::OneOf(words),
        default: Default::Text("valid"),
        advanced: false,
        start: "",
    }
}

const PADDING: OptionSpec = padding(&["valid", "same"]);
const PADDING_CAUSAL: OptionSpec = padding(&["valid", "same", "causal"]);

/// An option's sizes: for an image two, for a sequence one, as [1, n].
fn sizes(config: &ConfigObject, option: &str, rank: usize) -> Result<[usize; 2], ConfigError> {
    let list = config.ints(option);
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

/// Height, width and channels of an input; a sequence is an image of one row.
pub fn image_of(request: &Build<'_>, rank: usize) -> Result<([usize; 2], usize), ConfigError> {
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

/// Refuses strides together with dilation, as Keras does where channels are summed.
///
/// # Errors
/// Both more than 1.
fn strides_or_dilation(strides: [usize; 2], dilation: [usize; 2]) -> Result<(), ConfigError> {
    if strides.iter().any(|s| *s > 1) && dilation.iter().any(|d| *d > 1) {
        let message = "Strides and dilation cannot both be more than 1: set one of them to 1.";
        return Err(ConfigError::new("dilation_rate", message));
    }
    Ok(())
}

/// How far a window reaches whose numbers lie `dilation` apart.
fn reach(window: usize, dilation: usize) -> usize {
    (window - 1) * dilation + 1
}

/// Places along one axis, and zeros before it.
fn places(
    padding: &str,
    n: usize,
    window: usize,
    stride: usize,
    dilation: usize,
) -> (usize, usize) {
    let reach = reach(window, dilation);
    match padding {
        "same" => {
            let places = n.div_ceil(stride);
            let total = (places.saturating_sub(1) * stride + reach).saturating_sub(n);
            (places, total / 2)
        }
        "causal" => (
            (n + reach - 1).saturating_sub(reach) / stride + 1,
            reach - 1,
        ),
        _ if reach > n => (0, 0),
        _ => ((n - reach) / stride + 1, 0),
    }
}

/// How the windows of the options lie on an input.
pub fn geometry(
    request: &Build<'_>,
    rank: usize,
    window: &str,
    groups: usize,
) -> Result<Geometry, ConfigError> {
    let config = request.config;
    let (image, channels) = image_of(request, rank)?;
    let window_option = window;
    let window = sizes(config, window, rank)?;
    let strides = match config.ints("strides") {
        [] => window, // pooling's default
        _ => sizes(config, "strides", rank)?,
    };
    let strides = if rank == 1 { [1, strides[1]] } else { strides };
    let has_dilation = config
        .class
        .options
        .iter()
        .any(|o| o.name == "dilation_rate");
    let dilation = match has_dilation {
        true => sizes(config, "dilation_rate", rank)?,
        false => [1, 1],
    };
    let padding = config.word("padding");
    let axis = |i: usize| {
        // The single row of a sequence is neither padded nor left.
        let padding = if rank == 1 && i == 0 {
            "valid"
        } else {
            padding
        };
        places(padding, image[i], window[i], strides[i], dilation[i])
    };
    let ((rows, above), (columns, left)) = (axis(0), axis(1));
    if rows == 0 || columns == 0 {
        let (image, window) = (&image[2 - rank..], &window[2 - rank..]);
        let dilation = &dilation[2 - rank..];
        let reach: Vec<usize> = window
            .iter()
            .zip(dilation)
            .map(|(w, d)| reach(*w, *d))
            .collect();
        let dilated = reach != window && window.iter().zip(image).all(|(w, n)| w <= n);
        let (place, message) = match dilated {
            true => (
                "dilation_rate",
                format!(
                    "A window of {window:?} with dilation {dilation:?} reaches over {reach:?}, but the input is only \
                     {image:?}: use a smaller dilation, or set padding to 'same'."
                ),
            ),
            false => (
                window_option,
                format!(
                    "A window of {window:?} does not fit into an input of {image:?}: make it smaller, or set padding \
                     to 'same'."
                ),
            ),
        };
        return Err(ConfigError::new(place, message));
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

/// The shape of an output, as the layer's rank has it.
pub fn shape_of(rank: usize, places: [usize; 2], channels: usize) -> Shape {
    match rank {
        1 => vec![places[1], channels],
        _ => vec![places[0], places[1], channels],
    }
}

/// The shape of a kernel, as the layer's rank has it.
fn kernel_shape(rank: usize, window: [usize; 2], rest: [usize; 2]) -> Shape {
    let window = &window[2 - rank..];
    window.iter().chain(&rest).copied().collect()
}
