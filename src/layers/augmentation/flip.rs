//! RandomFlip: images turned round.

use super::{Augment, Change, DATA_FORMAT, Draw, View};
use crate::layers::common;
use crate::layers::layer::{Inputs, LayerKind};
use crate::options::{ClassSpec, Default, Kind, OptionSpec, help_text};

pub static KIND: LayerKind = LayerKind {
    class: ClassSpec {
        class_name: "RandomFlip",
        name: "random_flip",
        aliases: &[],
        label: "Random flip",
        doc: help_text(
            "In training, flips each image or leaves it; in both directions at once where both are asked for.",
        ),
        formula: help_text("y = x flipped where u <= 0.5; y = x when predicting"),
        options: &[
            &OptionSpec {
                name: "mode",
                label: "direction",
                doc: help_text("Left and right, top and bottom, or both by one coin."),
                kind: Kind::OneOf(&["horizontal", "vertical", "horizontal_and_vertical"]),
                default: Default::Text("horizontal_and_vertical"),
                advanced: false,
                start: "",
            },
            &common::SEED,
            &DATA_FORMAT,
        ],
        group: "",
        shared: &[],
    },
    inputs: Inputs::One,
    build: |request| {
        let view = View::of(&request)?;
        let mode = request.config.word("mode");
        let flip = Flip {
            view,
            columns: mode != "vertical",
            rows: mode != "horizontal",
        };
        Ok(Augment::boxed(request, Box::new(flip), view))
    },
};

struct Flip {
    view: View,
    columns: bool,
    rows: bool,
}

impl Flip {
    /// A flip is its own way back.
    fn turn(&self, drawn: &[f32], from: &[f32], to: &mut [f32]) {
        let v = self.view;
        let (rows, columns) = (
            self.rows && drawn[0] <= 0.5,
            self.columns && drawn[0] <= 0.5,
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

impl Change for Flip {
    fn draws(&self) -> Vec<Draw> {
        vec![Draw::between([0.0, 1.0])]
    }

    fn apply(&self, drawn: &[f32], x: &[f32], y: &mut [f32]) {
        self.turn(drawn, x, y);
    }

    fn back(&self, drawn: &[f32], _: &[f32], dy: &[f32], dx: &mut [f32]) {
        self.turn(drawn, dy, dx);
    }
}
