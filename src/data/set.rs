//! [`DataKind`]: a data set class, and the arrays that it makes.

use crate::kernels::inputs::{Bytes, InputRows};
use crate::options::error::Result;
use crate::options::{ClassSpec, ConfigObject};

/// Examples to train and to test on. Arrays are row-major; labels are class numbers, or values in regression.
#[derive(Clone, Debug, PartialEq)]
pub struct Dataset {
    /// Title on the page.
    pub title: String,
    /// Training inputs: `[n, input_shape...]`.
    pub x: InputRows,
    /// Training targets: `[n]`.
    pub y: Vec<f32>,
    /// Test inputs, which training never uses.
    pub test_x: InputRows,
    /// Test targets.
    pub test_y: Vec<f32>,
    /// Shape of one input, without the batch.
    pub input_shape: Vec<usize>,
    /// One name per class; empty in regression.
    pub class_names: Vec<String>,
    /// One name per input; empty for images.
    pub feature_names: Vec<String>,
    /// Height and width of an input that is an image.
    pub image: Option<(usize, usize)>,
    /// `[x0, x1, y0, y1]`: a window around all points. Two inputs are x and y; one input is x, and its target value y.
    pub bounds: Option<[f32; 4]>,
}

/// What the rows of a data set are read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asset {
    /// Nothing: they are drawn.
    None,
    /// A file in the page's `data/`.
    File(&'static str),
    /// The user's own rows, which the experiment names by their hash.
    Own,
}

/// A built-in data set.
pub struct DataKind {
    /// Its class and options.
    pub class: ClassSpec,
    /// What its rows are read from.
    pub asset: Asset,
    /// Makes the set from its options and the inflated bytes of its file.
    pub(super) make: Maker,
}

/// Makes a set from its options and the bytes of its file.
type Maker = fn(&ConfigObject, &Bytes) -> Result<Dataset>;

impl DataKind {
    /// A set that needs no file.
    pub(super) const fn drawn(class: ClassSpec, make: Maker) -> Self {
        DataKind {
            class,
            asset: Asset::None,
            make,
        }
    }
}

/// Names as a data set has them.
pub(super) fn names(list: &[&str]) -> Vec<String> {
    list.iter().map(ToString::to_string).collect()
}

/// The least and the largest value.
pub(super) fn range<'a>(values: impl Iterator<Item = &'a f32>) -> (f32, f32) {
    values.fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), &v| {
        (low.min(v), high.max(v))
    })
}
