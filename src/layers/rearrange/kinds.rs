//! The layers, and how each makes its map.

use super::{Rearranged, indices, place, shifted, upsampled};
use crate::layers::common;
use crate::layers::layer::{Build, Inputs, Layer, LayerKind, MaskFlow, Shape, size};
use crate::options::error::ConfigError;
use crate::options::{ClassSpec, Default, Kind, OptionSpec, help_text};

const fn kind(
    class: ClassSpec,
    build: fn(Build<'_>) -> Result<Box<dyn Layer>, ConfigError>,
) -> LayerKind {
    LayerKind {
        class,
        inputs: Inputs::One,
        build,
    }
}

const fn entry(
    class_name: &'static str,
    name: &'static str,
    label: &'static str,
    doc: &'static str,
    formula: &'static str,
    options: &'static [&'static OptionSpec],
) -> ClassSpec {
    ClassSpec {
        class_name,
        name,
        aliases: &[],
        label,
        doc: help_text(doc),
        formula: help_text(formula),
        options,
        group: "",
        shared: &[],
    }
}

const fn amounts(
    name: &'static str,
    label: &'static str,
    doc: &'static str,
    least: i64,
    default: i64,
) -> OptionSpec {
    let (kind, default) = (Kind::Ints(least, 10_000), Default::Int(default));
    OptionSpec {
        name,
        label,
        doc: help_text(doc),
        kind,
        default,
        advanced: false,
        start: "",
    }
}

pub static RESHAPE: LayerKind = kind(
    entry(
        "Reshape",
        "reshape",
        "Reshape",
        "Gives the numbers of an example another shape; -1 stands for what is left over.",
        "[a b c d] -> [[a b] [c d]]",
        &[&OptionSpec {
            name: "target_shape",
            label: "shape",
            doc: help_text("The new shape, without the batch."),
            kind: Kind::Ints(-1, 10_000_000),
            default: Default::Required,
            advanced: false,
            start: "",
        }],
    ),
    |request| {
        let n = size(request.input()).unwrap_or(0);
        let wanted = request.config.ints("target_shape");
        let known: usize = wanted
            .iter()
            .filter(|s| **s >= 0)
            .map(|s| *s as usize)
            .product();
        let free = wanted.iter().filter(|s| **s < 0).count();
        let fits = match free {
            0 => known == n,
            1 => known > 0 && n.is_multiple_of(known),
            _ => false,
        };
        if !fits {
            let message = format!(
                "{n} numbers, the input's, do not make the shape {wanted:?}: its sizes must multiply to \
                 {n}, or one of them may be -1."
            );
            return Err(ConfigError::new("target_shape", message));
        }
        let left = n / known.max(1);
        let of = |s: &i64| usize::try_from(*s).unwrap_or(left);
        let shape = wanted.iter().map(of).collect();
        Ok(Box::new(Rearranged::by(
            shape,
            n,
            (0..n).map(Some),
            MaskFlow::Stops,
        )))
    },
);

pub static PERMUTE: LayerKind = kind(
    entry(
        "Permute",
        "permute",
        "Permute",
        "Puts the axes of an example into another order.",
        "y_ji = x_ij",
        &[&OptionSpec {
            name: "dims",
            label: "order",
            doc: help_text("The axes in their new order, counted from 1."),
            kind: Kind::Ints(1, 16),
            default: Default::Required,
            advanced: false,
            start: "",
        }],
    ),
    |request| {
        let input = request.input();
        let dims: Vec<usize> = request
            .config
            .ints("dims")
            .iter()
            .map(|d| *d as usize - 1)
            .collect();
        let mut sorted = dims.clone();
        sorted.sort();
        if !sorted.iter().copied().eq(0..input.len()) {
            let message = format!(
                "'dims' must name each axis of the input once: the numbers from 1 to {}.",
                input.len()
            );
            return Err(ConfigError::new("dims", message));
        }
        let shape: Shape = dims.iter().map(|d| input[*d]).collect();
        let from = indices(&shape).map(|to| {
            let mut at = vec![0; to.len()];
            dims.iter().zip(&to).for_each(|(d, i)| at[*d] = *i);
            place(input, &at)
        });
        let n = size(input).unwrap_or(0);
        Ok(Box::new(Rearranged::by(
            shape.clone(),
            n,
            from,
            MaskFlow::Stops,
        )))
    },
);

pub static REPEAT_VECTOR: LayerKind = kind(
    entry(
        "RepeatVector",
        "repeat_vector",
        "Repeat vector",
        "Makes a sequence in which every step is the input.",
        "y_t = x",
        &[&OptionSpec {
            name: "n",
            label: "times",
            doc: help_text("How many steps there are."),
            kind: Kind::Int(1, 100_000),
            default: Default::Required,
            advanced: false,
            start: "",
        }],
    ),
    |request| {
        let &[width] = request.input().as_slice() else {
            let message = "RepeatVector repeats a row of numbers: put a Flatten before it.";
            return Err(ConfigError::new("n", message));
        };
        let n = request.config.count("n").unwrap_or(1);
        let from = (0..n).flat_map(|_| (0..width).map(Some));
        Ok(Box::new(Rearranged::by(
            vec![n, width],
            width,
            from,
            MaskFlow::Stops,
        )))
    },
);

const PADDING_DOC: &str = "How many zeros come before and after; one number for all sides.";
const CROPPING_DOC: &str = "How much is cut off before and after; one number for all sides.";

pub static ZERO_PADDING_1D: LayerKind = kind(
    entry(
        "ZeroPadding1D",
        "zero_padding1d",
        "Zero padding, 1D",
        "Puts steps of zeros around a sequence.",
        "[x] -> [0 x 0]",
        &[
            &amounts("padding", "zeros", PADDING_DOC, 0, 1),
            &common::DATA_FORMAT,
        ],
    ),
    |request| shifted(request, 1, "padding", true),
);
pub static ZERO_PADDING_2D: LayerKind = kind(
    entry(
        "ZeroPadding2D",
        "zero_padding2d",
        "Zero padding, 2D",
        "Puts rows and columns of zeros around an image.",
        "[x] -> [0 x 0]",
        &[
            &amounts("padding", "zeros", PADDING_DOC, 0, 1),
            &common::DATA_FORMAT,
        ],
    ),
    |request| shifted(request, 2, "padding", true),
);
pub static CROPPING_1D: LayerKind = kind(
    entry(
        "Cropping1D",
        "cropping1d",
        "Cropping, 1D",
        "Cuts steps off both ends of a sequence.",
        "[a x b] -> [x]",
        &[&amounts("cropping", "cut off", CROPPING_DOC, 0, 1)],
    ),
    |request| shifted(request, 1, "cropping", false),
);
pub static CROPPING_2D: LayerKind = kind(
    entry(
        "Cropping2D",
        "cropping2d",
        "Cropping, 2D",
        "Cuts rows and columns off the sides of an image.",
        "[a x b] -> [x]",
        &[
            &amounts("cropping", "cut off", CROPPING_DOC, 0, 0),
            &common::DATA_FORMAT,
        ],
    ),
    |request| shifted(request, 2, "cropping", false),
);

const SIZE_DOC: &str = "How often each step, or row and column, is repeated.";

pub static UP_SAMPLING_1D: LayerKind = kind(
    entry(
        "UpSampling1D",
        "up_sampling1d",
        "Upsampling, 1D",
        "Repeats every step of a sequence.",
        "[a b] -> [a a b b]",
        &[&amounts("size", "times", SIZE_DOC, 1, 2)],
    ),
    |request| upsampled(request, 1),
);
pub static UP_SAMPLING_2D: LayerKind = kind(
    entry(
        "UpSampling2D",
        "up_sampling2d",
        "Upsampling, 2D",
        "Makes an image larger: repeats its pixels, or goes evenly from one to the next.",
        "[a b] -> [a a b b]",
        &[
            &amounts("size", "times", SIZE_DOC, 1, 2),
            &common::DATA_FORMAT,
            &OptionSpec {
                name: "interpolation",
                label: "between pixels",
                doc: help_text(
                    "nearest: the pixel itself; bilinear: even steps between pixels' middles.",
                ),
                kind: Kind::OneOfHere(
                    &["nearest", "bilinear"],
                    &["area", "bicubic", "lanczos3", "lanczos5"],
                ),
                default: Default::Text("nearest"),
                advanced: false,
                start: "",
            },
        ],
    ),
    |request| upsampled(request, 2),
);
