//! RandomErasing: a rectangle of each image is painted over.

use super::{
    Augment, Change, DATA_FORMAT, Draw, FILL_VALUE, VALUE_RANGE, View, factor, pair, range,
};
use crate::layers::common;
use crate::layers::layer::{Inputs, LayerKind};
use crate::options::{ClassSpec, Default, OptionSpec, Value, help_text};

pub static KIND: LayerKind = LayerKind {
    class: ClassSpec {
        class_name: "RandomErasing",
        name: "random_erasing",
        aliases: &[],
        label: "Random erasing",
        doc: help_text(
            "In training, paints a rectangle of an image over, with noise or with one value.",
        ),
        formula: help_text("y = noise inside of a rectangle where u < probability, else x"),
        options: &[
            &OptionSpec {
                default: Default::Float(1.0),
                ..factor(
                    "factor",
                    "probability",
                    "The probability is drawn between 0 and this; or from where to where.",
                    0.0,
                )
            },
            &OptionSpec {
                default: Default::Pair(0.02, 0.33),
                ..factor(
                    "scale",
                    "size",
                    "Least and largest share of the image, as the square of the share of a side.",
                    0.0,
                )
            },
            &OptionSpec {
                doc: help_text("The value that is painted; none: noise."),
                default: Default::Null,
                ..FILL_VALUE
            },
            &VALUE_RANGE,
            &common::SEED,
            &DATA_FORMAT,
        ],
        group: "",
        shared: &[],
    },
    inputs: Inputs::One,
    build: |request| {
        let (config, view) = (request.config, View::of(&request)?);
        let change = Erasing {
            view,
            probability: range(config, "factor", 0.0).unwrap_or_default(),
            scale: range(config, "scale", 0.0).unwrap_or_default(),
            fill: match config.get("fill_value") {
                Value::Null => None,
                _ => Some(config.number("fill_value") as f32),
            },
            bounds: pair(config, "value_range")?,
        };
        Ok(Augment::boxed(request, Box::new(change), view))
    },
};

struct Erasing {
    view: View,
    probability: [f64; 2],
    scale: [f64; 2],
    /// The value that is painted, or noise.
    fill: Option<f32>,
    bounds: [f32; 2],
}

impl Erasing {
    /// Whether a place is painted over.
    fn hides(&self, drawn: &[f32], row: usize, column: usize) -> bool {
        let covers = |side: usize, scale: f32, start: f32, at: usize| {
            let n = scale.sqrt() * side as f32;
            let start = start * (side as f32 - n);
            at as f32 >= start && (at as f32) < start + n
        };
        drawn[5] < drawn[4]
            && covers(self.view.width, drawn[0], drawn[2], column)
            && covers(self.view.height, drawn[1], drawn[3], row)
    }
}

impl Change for Erasing {
    fn draws(&self) -> Vec<Draw> {
        let unit = Draw::between([0.0, 1.0]);
        let mut draws = vec![
            Draw::between(self.scale).times(2),
            unit,
            unit,
            Draw::between(self.probability),
            unit,
        ];
        if self.fill.is_none() {
            draws.push(Draw {
                normal: true,
                ..unit.times(self.view.size())
            });
        }
        draws
    }

    fn apply(&self, drawn: &[f32], x: &[f32], y: &mut [f32]) {
        let [low, high] = self.bounds;
        self.view.each(&mut |row, column, channel| {
            let at = self.view.at(row, column, channel);
            y[at] = match self.hides(drawn, row, column) {
                true => self
                    .fill
                    .unwrap_or_else(|| drawn[6 + at] * high)
                    .min(high)
                    .max(low),
                false => x[at],
            };
        });
    }

    fn back(&self, drawn: &[f32], _: &[f32], dy: &[f32], dx: &mut [f32]) {
        self.view.each(&mut |row, column, channel| {
            let at = self.view.at(row, column, channel);
            dx[at] = match self.hides(drawn, row, column) {
                true => 0.0,
                false => dy[at],
            };
        });
    }
}
