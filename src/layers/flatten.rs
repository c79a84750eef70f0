//! Flatten: all numbers of an example in one row.

use super::common;
use super::layer::{Backward, Forward, Layer, LayerKind, Shape, size};
use super::terms::{Factor, Stage};
use crate::options::declare::{Fixed, class};

class! {
    /// Flattens each example into one row of numbers, the last axis fastest.
    #[formula("[a, b, c] -> [a b c]")]
    #[group("reshaping")]
    struct Options("Flatten", "flatten", "Flatten") {
        data_format: Fixed = common::DATA_FORMAT;
    }
}

pub static KIND: LayerKind = LayerKind::new(Options::SPEC, |request| {
    Ok(Box::new(Flatten {
        shape: vec![size(request.input()).unwrap_or(1)],
    }))
});

struct Flatten {
    shape: Shape,
}

impl Layer for Flatten {
    fn output_shape(&self) -> &Shape {
        &self.shape
    }

    fn forward(&self, pass: Forward<'_>) {
        pass.y.copy_from_slice(pass.x);
    }

    fn backward(&self, pass: Backward<'_>) {
        if let Some(dx) = pass.dx {
            dx.copy_from_slice(pass.dy);
        }
    }

    fn terms(&self, _: bool) -> Vec<Stage> {
        vec![Stage::each(&self.shape, Factor::One)]
    }
}
