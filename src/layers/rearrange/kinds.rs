//! The classes, and the map of each.

use super::{Rearranged, cropped, flat_index, indices, padded, upsampled};
use crate::layers::common;
use crate::layers::layer::{LayerKind, Shape, size};
use crate::options::declare::{Fixed, class, options};
use crate::options::error::ConfigError;
use crate::options::{Default, Kind};

options! {
    /// Zeros before and after; one number for all sides.
    PADDING = padding("zeros"), Kind::Ints(0, 10_000), Default::Int(1);
    /// Positions that are cut off before and after; one number for all sides.
    CROPPING = cropping("cut off"), Kind::Ints(0, 10_000), Default::Int(1);
    /// Number of repetitions of each step, or row and column.
    SIZE = size("times"), Kind::Ints(1, 10_000), Default::Int(2);
}

class! {
    /// Gives the numbers of an example another shape.
    #[formula("[a b c d] -> [[a b] [c d]]")]
    #[group("reshaping")]
    struct ReshapeOptions("Reshape", "reshape", "Reshape") {
        /// New shape, without the batch; one size may be -1 and follows from the others.
        #[start("[-1, 1]")]
        target_shape("shape"): Vec<i64> = Kind::Ints(-1, 10_000_000), Default::Required;
    }
}

pub static RESHAPE: LayerKind = LayerKind::new(ReshapeOptions::SPEC, |request| {
    let n = size(request.input()).unwrap_or(0);
    let target = ReshapeOptions::of(request.config).target_shape;
    let known: usize = target
        .iter()
        .filter(|s| **s >= 0)
        .map(|s| *s as usize)
        .product();
    let free = target.iter().filter(|s| **s < 0).count();
    let fits = match free {
        0 => known == n,
        1 => known > 0 && n.is_multiple_of(known),
        _ => false,
    };
    if !fits {
        let message = format!(
            "The input has {n} numbers, which do not fit the shape {target:?}: its sizes must multiply to \
                 {n}, or one of them may be -1."
        );
        return Err(ConfigError::new("target_shape", message));
    }
    let left = n / known.max(1);
    let size = |s: &i64| usize::try_from(*s).unwrap_or(left);
    let shape = target.iter().map(size).collect();
    Ok(Rearranged::boxed(shape, n, (0..n).map(Some)))
});

class! {
    /// Reorders the axes of an example.
    #[formula("y_ji = x_ij")]
    #[group("reshaping")]
    struct PermuteOptions("Permute", "permute", "Permute") {
        /// Axes in their new order, counted from 1.
        #[start("[2, 1]")]
        dims("order"): Vec<i64> = Kind::Ints(1, 16), Default::Required;
    }
}

pub static PERMUTE: LayerKind = LayerKind::new(PermuteOptions::SPEC, |request| {
    let input = request.input();
    let dims = PermuteOptions::of(request.config).dims;
    let dims: Vec<usize> = dims.iter().map(|d| *d as usize - 1).collect();
    let mut sorted = dims.clone();
    sorted.sort_unstable();
    if !sorted.iter().copied().eq(0..input.len()) {
        let message = format!(
            "'dims' must name each axis of the input once: the numbers from 1 to {}.",
            input.len()
        );
        return Err(ConfigError::new("dims", message));
    }
    let shape: Shape = dims.iter().map(|d| input[*d]).collect();
    let sources = indices(&shape).map(|to| {
        let mut from = vec![0; to.len()];
        dims.iter().zip(&to).for_each(|(d, i)| from[*d] = *i);
        flat_index(input, &from)
    });
    let n = size(input).unwrap_or(0);
    Ok(Rearranged::boxed(shape.clone(), n, sources))
});

class! {
    /// Repeats the input as every step of a sequence.
    #[formula("y_t = x")]
    #[group("reshaping")]
    struct RepeatVectorOptions("RepeatVector", "repeat_vector", "Repeat vector") {
        /// Number of steps.
        #[start("4")]
        n("times"): usize = Kind::Int(1, 100_000), Default::Required;
    }
}

pub static REPEAT_VECTOR: LayerKind = LayerKind::new(RepeatVectorOptions::SPEC, |request| {
    let &[width] = request.input().as_slice() else {
        let message = "RepeatVector repeats a row of numbers: put a Flatten before it.";
        return Err(ConfigError::new("n", message));
    };
    let n = RepeatVectorOptions::of(request.config).n;
    let sources = (0..n).flat_map(|_| (0..width).map(Some));
    Ok(Rearranged::boxed(vec![n, width], width, sources))
});

class! {
    /// Adds steps of zeros before and after a sequence.
    #[formula("[x] -> [0 x 0]")]
    #[group("reshaping")]
    struct Padding1dOptions("ZeroPadding1D", "zero_padding1d", "Zero padding, 1D") {
        padding: Vec<i64> = PADDING;
        data_format: Fixed = common::DATA_FORMAT;
    }
}

pub static ZERO_PADDING_1D: LayerKind = LayerKind::new(Padding1dOptions::SPEC, |request| {
    padded(&request, 1, &Padding1dOptions::of(request.config).padding)
});

class! {
    /// Adds rows and columns of zeros around an image.
    #[formula("[x] -> [0 x 0]")]
    #[group("reshaping")]
    struct Padding2dOptions("ZeroPadding2D", "zero_padding2d", "Zero padding, 2D") {
        padding: Vec<i64> = PADDING;
        data_format: Fixed = common::DATA_FORMAT;
    }
}

pub static ZERO_PADDING_2D: LayerKind = LayerKind::new(Padding2dOptions::SPEC, |request| {
    padded(&request, 2, &Padding2dOptions::of(request.config).padding)
});

class! {
    /// Cuts steps off both ends of a sequence.
    #[formula("[a x b] -> [x]")]
    #[group("reshaping")]
    struct Cropping1dOptions("Cropping1D", "cropping1d", "Cropping, 1D") {
        cropping: Vec<i64> = CROPPING;
    }
}

pub static CROPPING_1D: LayerKind = LayerKind::new(Cropping1dOptions::SPEC, |request| {
    cropped(&request, 1, &Cropping1dOptions::of(request.config).cropping)
});

class! {
    /// Cuts rows and columns off the sides of an image.
    #[formula("[a x b] -> [x]")]
    #[group("reshaping")]
    struct Cropping2dOptions("Cropping2D", "cropping2d", "Cropping, 2D") {
        cropping: Vec<i64> = CROPPING.with_default(Default::Int(0));
        data_format: Fixed = common::DATA_FORMAT;
    }
}

pub static CROPPING_2D: LayerKind = LayerKind::new(Cropping2dOptions::SPEC, |request| {
    cropped(&request, 2, &Cropping2dOptions::of(request.config).cropping)
});

class! {
    /// Repeats every step of a sequence.
    #[formula("[a b] -> [a a b b]")]
    #[group("reshaping")]
    struct UpSampling1dOptions("UpSampling1D", "up_sampling1d", "Upsampling, 1D") {
        size: Vec<i64> = SIZE;
    }
}

pub static UP_SAMPLING_1D: LayerKind = LayerKind::new(UpSampling1dOptions::SPEC, |request| {
    let size = UpSampling1dOptions::of(request.config).size;
    upsampled(&request, 1, &size, false)
});

class! {
    /// Enlarges an image: repeats its pixels, or interpolates between them.
    #[formula("[a b] -> [a a b b]")]
    #[group("reshaping")]
    struct UpSampling2dOptions("UpSampling2D", "up_sampling2d", "Upsampling, 2D") {
        size: Vec<i64> = SIZE;
        data_format: Fixed = common::DATA_FORMAT;
        /// nearest: the nearest pixel; bilinear: linear interpolation between the centres of the pixels.
        #[advanced]
        interpolation("interpolation"): &'static str = Kind::OneOfHere(
            &["nearest", "bilinear"],
            &["area", "bicubic", "lanczos3", "lanczos5"],
        ), Default::Text("nearest");
    }
}

pub static UP_SAMPLING_2D: LayerKind = LayerKind::new(UpSampling2dOptions::SPEC, |request| {
    let options = UpSampling2dOptions::of(request.config);
    upsampled(
        &request,
        2,
        &options.size,
        options.interpolation == "bilinear",
    )
});
