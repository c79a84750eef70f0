//! RandomContrast and RandomBrightness: change the values of images.

use super::{Augment, DATA_FORMAT, Draw, OneOrTwo, Transform, VALUE_RANGE, View};
use crate::layers::common;
use crate::layers::layer::LayerKind;
use crate::options::declare::class;
use crate::options::{Default, Kind};

class! {
    /// In training, changes the contrast of each image: moves its values away from their mean or towards it. (In Keras 3.15.1
    /// a single factor only raises the contrast.) Values that are clipped have no gradient.
    #[formula("y = (x - mean) f + mean of each channel, f from 1 - lower to 1 + upper")]
    #[group("augmentation")]
    struct ContrastOptions("RandomContrast", "random_contrast", "Random contrast") {
        /// Largest change, or the largest reduction and the largest increase.
        #[start("0.1")]
        factor("strength"): OneOrTwo = Kind::OneOrTwo(0.0, 1.0), Default::Required;
        value_range: OneOrTwo = VALUE_RANGE;
        seed: Option<u64> = common::SEED;
        data_format: &'static str = DATA_FORMAT;
    }
}

pub static CONTRAST: LayerKind = LayerKind::new(ContrastOptions::SPEC, |request| {
    let options = ContrastOptions::of(request.config);
    let view = View::of(&request, options.data_format)?;
    let [lower, upper] = options.factor.range(0.0);
    let contrast = Contrast {
        view,
        draw: Draw::uniform([1.0 - lower, 1.0 + upper]),
        bounds: options.value_range.pair("value_range")?,
    };
    let seed = common::layer_seed(options.seed, request.seeds);
    Ok(Augment::boxed(&request, seed, Box::new(contrast), view))
});

class! {
    /// In training, adds a number to all values of each image. Values that are clipped have no gradient.
    #[formula("y = x + f (highest value - lowest value), f from lower to upper")]
    #[group("augmentation")]
    struct BrightnessOptions("RandomBrightness", "random_brightness", "Random brightness") {
        /// Largest change as a fraction of the value range, or a range.
        #[start("0.1")]
        factor("strength"): OneOrTwo = Kind::OneOrTwo(-1.0, 1.0), Default::Required;
        value_range: OneOrTwo = VALUE_RANGE;
        seed: Option<u64> = common::SEED;
        data_format: &'static str = DATA_FORMAT;
    }
}

pub static BRIGHTNESS: LayerKind = LayerKind::new(BrightnessOptions::SPEC, |request| {
    let options = BrightnessOptions::of(request.config);
    let view = View::of(&request, options.data_format)?;
    let [a, b] = options.value_range.pair("value_range")?;
    let brightness = Brightness {
        draw: Draw::uniform(options.factor.range(-1.0)),
        bounds: if a > b { [b, a] } else { [a, b] },
    };
    let seed = common::layer_seed(options.seed, request.seeds);
    Ok(Augment::boxed(&request, seed, Box::new(brightness), view))
});

/// Clips to the bounds, the upper one first as TensorFlow does.
fn clip([low, high]: [f32; 2], value: f32) -> f32 {
    value.min(high).max(low)
}

/// 1 where the gradient passes: inside the bounds; else 0.
fn inside([low, high]: [f32; 2], value: f32) -> f32 {
    f32::from(u8::from(value >= low && value <= high))
}

struct Contrast {
    view: View,
    draw: Draw,
    bounds: [f32; 2],
}

impl Contrast {
    /// Mean of the values of a channel.
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

impl Transform for Contrast {
    fn draws(&self) -> Vec<Draw> {
        vec![self.draw]
    }

    fn apply(&self, random: &[f32], x: &[f32], y: &mut [f32]) {
        for channel in 0..self.view.channels {
            let mean = self.mean(&|at| x[at], channel);
            self.view.plane(channel, &mut |at| {
                y[at] = clip(self.bounds, (x[at] - mean) * random[0] + mean);
            });
        }
    }

    fn backward(&self, random: &[f32], x: &[f32], dy: &[f32], dx: &mut [f32]) {
        for channel in 0..self.view.channels {
            let mean = self.mean(&|at| x[at], channel);
            let passed =
                |at: usize| dy[at] * inside(self.bounds, (x[at] - mean) * random[0] + mean);
            let through_mean = (1.0 - random[0]) * self.mean(&passed, channel);
            self.view.plane(channel, &mut |at| {
                dx[at] = passed(at) * random[0] + through_mean
            });
        }
    }
}

struct Brightness {
    draw: Draw,
    bounds: [f32; 2],
}

impl Brightness {
    /// Number that is added to each value.
    fn delta(&self, random: &[f32]) -> f32 {
        random[0] * (self.bounds[1] - self.bounds[0])
    }
}

impl Transform for Brightness {
    fn draws(&self) -> Vec<Draw> {
        vec![self.draw]
    }

    fn apply(&self, random: &[f32], x: &[f32], y: &mut [f32]) {
        let delta = self.delta(random);
        for (x, y) in x.iter().zip(y) {
            *y = clip(self.bounds, x + delta);
        }
    }

    fn backward(&self, random: &[f32], x: &[f32], dy: &[f32], dx: &mut [f32]) {
        let delta = self.delta(random);
        for ((x, dy), dx) in x.iter().zip(dy).zip(dx) {
            *dx = dy * inside(self.bounds, x + delta);
        }
    }
}
