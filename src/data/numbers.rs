//! Data stored in the experiment itself: your own small sets, and the cases of tests.

use super::set::{DataKind, Dataset, range};
use crate::kernels::inputs::InputRows;
use crate::options::declare::class;
use crate::options::error::{ConfigError, Result};
use crate::options::{Default, Kind};

/// Largest absolute value of a number.
const LARGEST: f64 = 1e30;
/// Targets are class numbers where all of them are integers below this.
const MAX_CLASSES: usize = 20;

class! {
    /// Data stored in this experiment. There is no separate test set.
    #[formula("x: [n, shape ...], row after row; y: [n], class numbers or values")]
    pub struct Numbers("Numbers", "numbers", "Your own numbers") {
        /// All inputs, row after row.
        #[start("0.2")]
        x("inputs"): Vec<f64> = Kind::Floats(-LARGEST, LARGEST), Default::Required;
        /// A class number (0, 1, ...) or a value for each row.
        #[start("0.2")]
        y("targets"): Vec<f64> = Kind::Floats(-LARGEST, LARGEST), Default::Required;
        /// Shape of one input.
        #[start("2")]
        shape("shape of a row"): Vec<i64> = Kind::Ints(1, 100_000), Default::Required;
    }
}

pub static NUMBERS: DataKind =
    DataKind::drawn(Numbers::SPEC, |config, _| make(&Numbers::of(config)));

fn make(options: &Numbers) -> Result<Dataset> {
    let floats = |list: &[f64]| list.iter().map(|v| *v as f32).collect::<Vec<f32>>();
    let (x, y) = (floats(&options.x), floats(&options.y));
    let input_shape: Vec<usize> = options.shape.iter().map(|n| *n as usize).collect();
    let width = input_shape
        .iter()
        .fold(1usize, |all, n| all.saturating_mul(*n));
    if y.is_empty() || x.len() != y.len().saturating_mul(width) {
        let message = format!(
            "x has {} numbers, but {} targets with inputs of shape {input_shape:?} need {}.",
            x.len(),
            y.len(),
            y.len().saturating_mul(width)
        );
        return Err(ConfigError::new("config.x", message));
    }
    let class = |y: f32| y >= 0.0 && y < MAX_CLASSES as f32 && y == y.trunc();
    let n_classes = match y.iter().all(|y| class(*y)) {
        true => y.iter().fold(1, |most, y| most.max(*y as usize)) + 1,
        false => 0,
    };
    let image = image_of(&input_shape, || x.iter().all(|v| (0.0..=1.0).contains(v)));
    Ok(Dataset {
        title: Numbers::SPEC.label.into(),
        bounds: bounds(&x, width, &y, n_classes),
        x: x.into(),
        y,
        test_x: InputRows::default(),
        test_y: Vec::new(),
        input_shape,
        class_names: (0..n_classes).map(|class| class.to_string()).collect(),
        feature_names: Vec::new(),
        image,
    })
}

/// Height and width of inputs that are images. Without a channel two axes can be a sequence too: they are images where
/// `is_ink`.
pub(super) fn image_of(shape: &[usize], is_ink: impl FnOnce() -> bool) -> Option<(usize, usize)> {
    match *shape {
        [height, width] if height > 1 && width > 1 && is_ink() => Some((height, width)),
        [height, width, 1] if height > 1 && width > 1 => Some((height, width)),
        _ => None,
    }
}

/// A window with a margin of 5 % around all points: of a plane, or of one input and its value.
pub(super) fn bounds(x: &[f32], width: usize, y: &[f32], n_classes: usize) -> Option<[f32; 4]> {
    let around = |values: &mut dyn Iterator<Item = &f32>| {
        let (low, high) = range(values);
        let margin = if high > low { (high - low) / 20.0 } else { 1.0 };
        [low - margin, high + margin]
    };
    let axis = |at: usize| around(&mut x.iter().skip(at).step_by(width));
    let ([x0, x1], [y0, y1]) = match width {
        1 if n_classes == 0 => (axis(0), around(&mut y.iter())),
        2 => (axis(0), axis(1)),
        _ => return None,
    };
    Some([x0, x1, y0, y1])
}
