//! Numbers that stand in the experiment itself: small sets of one's own, and the cases that a test loads.

use super::Dataset;
use crate::options::error::ConfigError;
use crate::options::{ClassSpec, ConfigObject, Default, Kind, OptionSpec, help_text};

/// A number of more than this is no input.
const LARGEST: f64 = 1e30;
/// A target is a class where all are whole numbers below this.
const MAX_CLASSES: usize = 20;
const CLASSES: [&str; MAX_CLASSES] = [
    "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16",
    "17", "18", "19",
];

pub const ENTRY: ClassSpec = ClassSpec {
    class_name: "Numbers",
    name: "numbers",
    aliases: &[],
    label: "Numbers in the experiment",
    doc: help_text("Rows that stand in the experiment's own text; nothing is left to test on."),
    formula: help_text("x: [n, shape ...], row after row; y: [n], class numbers or values"),
    options: &[
        &list("x", "inputs", "All inputs, row after row."),
        &list(
            "y",
            "targets",
            "A class number (0, 1, ...) or a value for each row.",
        ),
        &OptionSpec {
            name: "shape",
            label: "shape of a row",
            doc: help_text("Sizes of one input."),
            kind: Kind::Ints(1, 100_000),
            default: Default::Required,
            advanced: false,
            start: "",
        },
    ],
    group: "",
    shared: &[],
};

const fn list(name: &'static str, label: &'static str, doc: &'static str) -> OptionSpec {
    OptionSpec {
        name,
        label,
        doc: help_text(doc),
        kind: Kind::Floats(-LARGEST, LARGEST),
        default: Default::Required,
        advanced: false,
        start: "",
    }
}

pub fn make(choice: &ConfigObject, _: &[u8]) -> Result<Dataset, ConfigError> {
    let floats = |name| {
        choice
            .floats(name)
            .iter()
            .map(|v| *v as f32)
            .collect::<Vec<f32>>()
    };
    let (x, y) = (floats("x"), floats("y"));
    let input_shape: Vec<usize> = choice.ints("shape").iter().map(|n| *n as usize).collect();
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
    // Without a channel it may be a sequence as well: it is an image where all is between paper and ink.
    let inked = x.iter().all(|v| (0.0..=1.0).contains(v));
    let image = match input_shape[..] {
        [height, width] if height > 1 && width > 1 && inked => Some((height, width)),
        [height, width, 1] if height > 1 && width > 1 => Some((height, width)),
        _ => None,
    };
    Ok(Dataset {
        title: "Numbers in the experiment",
        bounds: bounds(&x, width),
        x,
        y,
        test_x: Vec::new(),
        test_y: Vec::new(),
        input_shape,
        class_names: CLASSES[..n_classes].to_vec(),
        feature_names: Vec::new(),
        image,
    })
}

/// The window that shows all points of a plane, with a twentieth around them.
fn bounds(x: &[f32], width: usize) -> Option<[f32; 4]> {
    if width != 2 {
        return None;
    }
    let along = |axis: usize| {
        let values = x.iter().skip(axis).step_by(2);
        let (low, high) = values.fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), v| {
            (
                if *v < low { *v } else { low },
                if *v > high { *v } else { high },
            )
        });
        let margin = if high > low { (high - low) / 20.0 } else { 1.0 };
        [low - margin, high + margin]
    };
    let ([x0, x1], [y0, y1]) = (along(0), along(1));
    Some([x0, x1, y0, y1])
}
