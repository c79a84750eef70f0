//! RandomFlip: mirrors images.

use super::{Augment, DATA_FORMAT, Draw, Transform, View};
use crate::layers::common;
use crate::layers::layer::LayerKind;
use crate::options::declare::class;
use crate::options::{Default, Kind};

class! {
    /// In training, flips each image with probability 1/2; for both directions, both at once.
    #[formula("y = x flipped where u <= 0.5; y = x at inference")]
    #[group("augmentation")]
    struct Options("RandomFlip", "random_flip", "Random flip") {
        /// Left and right, top and bottom, or both at once.
        mode("direction"): &'static str =
            Kind::OneOf(&["horizontal", "vertical", "horizontal_and_vertical"]), Default::Text("horizontal_and_vertical");
        seed: Option<u64> = common::SEED;
        data_format: &'static str = DATA_FORMAT;
    }
}

pub static KIND: LayerKind = LayerKind::new(Options::SPEC, |request| {
    let options = Options::of(request.config);
    let view = View::of(&request, options.data_format)?;
    let seed = common::layer_seed(options.seed, request.seeds);
    let flip = Flip {
        view,
        columns: options.mode != "vertical",
        rows: options.mode != "horizontal",
    };
    Ok(Augment::boxed(&request, seed, Box::new(flip), view))
});

struct Flip {
    view: View,
    /// Whether columns are reversed.
    columns: bool,
    /// Whether rows are reversed.
    rows: bool,
}

impl Flip {
    /// Flips the image; a flip is its own inverse.
    fn flip(&self, random: &[f32], from: &[f32], to: &mut [f32]) {
        let v = self.view;
        let (rows, columns) = (
            self.rows && random[0] <= 0.5,
            self.columns && random[0] <= 0.5,
        );
        v.each(&mut |row, column, channel| {
            let from_row = if rows { v.height - 1 - row } else { row };
            let from_column = if columns {
                v.width - 1 - column
            } else {
                column
            };
            to[v.at(row, column, channel)] = from[v.at(from_row, from_column, channel)];
        });
    }
}

impl Transform for Flip {
    fn draws(&self) -> Vec<Draw> {
        vec![Draw::uniform([0.0, 1.0])]
    }

    fn apply(&self, random: &[f32], x: &[f32], y: &mut [f32]) {
        self.flip(random, x, y);
    }

    fn backward(&self, random: &[f32], _: &[f32], dy: &[f32], dx: &mut [f32]) {
        self.flip(random, dy, dx);
    }
}
