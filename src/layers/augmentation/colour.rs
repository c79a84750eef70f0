//! RandomContrast, RandomBrightness: other values in the same places.

use super::{Augment, Change, DATA_FORMAT, Draw, VALUE_RANGE, View, factor, pair, range};
use crate::layers::common;
use crate::layers::layer::{Inputs, LayerKind};
use crate::options::{ClassSpec, help_text};

pub static CONTRAST: LayerKind = LayerKind {
    class: ClassSpec {
        class_name: "RandomContrast",
        name: "random_contrast",
        aliases: &[],
        label: "Random contrast",
        doc: help_text(
            "In training, moves the values of each image away from their mean or towards it; a single \
              factor, as in Keras 3.15.1, only away. Where values leave their range, no gradient passes.",
        ),
        formula: help_text(
            "y = (x - mean) f + mean of each channel, f from 1 - lower to 1 + upper",
        ),
        options: &[
            &factor(
                "factor",
                "strength",
                "How far at most, or how much less and how much more.",
                0.0,
            ),
            &VALUE_RANGE,
            &common::SEED,
            &DATA_FORMAT,
        ],
        group: "",
        shared: &[],
    },
    inputs: Inputs::One,
    build: |request| {
        let view = View::of(&request)?;
        let [lower, upper] = range(request.config, "factor", 0.0).unwrap_or_default();
        let change = Contrast {
            view,
            draw: Draw::between([1.0 - lower, 1.0 + upper]),
            bounds: pair(request.config, "value_range")?,
        };
        Ok(Augment::boxed(request, Box::new(change), view))
    },
};

pub static BRIGHTNESS: LayerKind = LayerKind {
    class: ClassSpec {
        class_name: "RandomBrightness",
        name: "random_brightness",
        aliases: &[],
        label: "Random brightness",
        doc: help_text(
            "In training, adds to all values of an image. Where they leave their range, no gradient passes.",
        ),
        formula: help_text("y = x + f (highest value - lowest value), f from lower to upper"),
        options: &[
            &factor(
                "factor",
                "strength",
                "How much at most, as a share of the range of values; or from where to where.",
                -1.0,
            ),
            &VALUE_RANGE,
            &common::SEED,
            &DATA_FORMAT,
        ],
        group: "",
        shared: &[],
    },
    inputs: Inputs::One,
    build: |request| {
        let view = View::of(&request)?;
        let [a, b] = pair(request.config, "value_range")?;
        let change = Brightness {
            draw: Draw::between(range(request.config, "factor", -1.0).unwrap_or_default()),
            bounds: if a > b { [b, a] } else { [a, b] },
        };
        Ok(Augment::boxed(request, Box::new(change), view))
    },
};

/// Into the bounds, as TensorFlow does it: the upper one first.
fn clip([low, high]: [f32; 2], value: f32) -> f32 {
    value.min(high).max(low)
}

/// Whether a gradient passes.
fn inside([low, high]: [f32; 2], value: f32) -> f32 {
    f32::from(u8::from(value >= low && value <= high))
}

struct Contrast {
    view: View,
    draw: Draw,
    bounds: [f32; 2],
}

impl Contrast {
    fn mean(&self, values: &dyn Fn(usize) -> f32, channel: usize) -> f32 {
        let v = self.view;
        let mut sum = 0.0f64;
        for row in 0..v.height {
            for column in 0..v.width {
                sum += f64::from(values(v.at(row, column, channel)));
            }
        }
        (sum / (v.height * v.width) as f64) as f32
    }
}

impl Change for Contrast {
    fn draws(&self) -> Vec<Draw> {
        vec![self.draw]
    }

    fn apply(&self, drawn: &[f32], x: &[f32], y: &mut [f32]) {
        for channel in 0..self.view.channels {
            let mean = self.mean(&|at| x[at], channel);
            self.view.plane(channel, &mut |at| {
                y[at] = clip(self.bounds, (x[at] - mean) * drawn[0] + mean);
            });
        }
    }

    fn back(&self, drawn: &[f32], x: &[f32], dy: &[f32], dx: &mut [f32]) {
        for channel in 0..self.view.channels {
            let mean = self.mean(&|at| x[at], channel);
            let passed = |at: usize| dy[at] * inside(self.bounds, (x[at] - mean) * drawn[0] + mean);
            let through_mean = (1.0 - drawn[0]) * self.mean(&passed, channel);
            self.view.plane(channel, &mut |at| {
                dx[at] = passed(at) * drawn[0] + through_mean
            });
        }
    }
}

struct Brightness {
    draw: Draw,
    bounds: [f32; 2],
}

impl Brightness {
    fn delta(&self, drawn: &[f32]) -> f32 {
        drawn[0] * (self.bounds[1] - self.bounds[0])
    }
}

impl Change for Brightness {
    fn draws(&self) -> Vec<Draw> {
        vec![self.draw]
    }

    fn apply(&self, drawn: &[f32], x: &[f32], y: &mut [f32]) {
        let delta = self.delta(drawn);
        for (x, y) in x.iter().zip(y) {
            *y = clip(self.bounds, x + delta);
        }
    }

    fn back(&self, drawn: &[f32], x: &[f32], dy: &[f32], dx: &mut [f32]) {
        let delta = self.delta(drawn);
        for ((x, dy), dx) in x.iter().zip(dy).zip(dx) {
            *dx = dy * inside(self.bounds, x + delta);
        }
    }
}
