//! RandomErasing: fills a rectangle of each image.

use super::{Augment, DATA_FORMAT, Draw, OneOrTwo, Transform, VALUE_RANGE, View};
use crate::layers::common;
use crate::layers::layer::LayerKind;
use crate::options::declare::class;
use crate::options::{Default, Kind};

class! {
    /// In training, fills a rectangle of each image with noise or with one value.
    #[formula("y = noise inside of a rectangle where u < probability, else x")]
    #[group("augmentation")]
    struct Options("RandomErasing", "random_erasing", "Random erasing") {
        /// The probability is drawn from 0 to this number, or from a range.
        factor("probability"): OneOrTwo = Kind::OneOrTwo(0.0, 1.0), Default::Float(1.0);
        /// Smallest and largest area as a fraction of the image; each side is the square root of that fraction of its own.
        #[advanced]
        scale("size"): OneOrTwo = Kind::OneOrTwo(0.0, 1.0), Default::Pair(0.02, 0.33);
        /// Value of the rectangle; noise by default.
        #[advanced]
        fill_value("fill value"): Option<f32> = Kind::Float(-1e6, 1e6), Default::Null;
        value_range: OneOrTwo = VALUE_RANGE;
        seed: Option<u64> = common::SEED;
        data_format: &'static str = DATA_FORMAT;
    }
}

pub static KIND: LayerKind = LayerKind::new(Options::SPEC, |request| {
    let options = Options::of(request.config);
    let view = View::of(&request, options.data_format)?;
    let erasing = Erasing {
        view,
        probability: options.factor.range(0.0),
        scale: options.scale.range(0.0),
        fill: options.fill_value,
        bounds: options.value_range.pair("value_range")?,
    };
    let seed = common::layer_seed(options.seed, request.seeds);
    Ok(Augment::boxed(&request, seed, Box::new(erasing), view))
});

struct Erasing {
    view: View,
    probability: [f64; 2],
    scale: [f64; 2],
    /// Value of the rectangle; `None` for noise.
    fill: Option<f32>,
    bounds: [f32; 2],
}

impl Erasing {
    /// Whether the rectangle covers a pixel.
    fn covers(&self, random: &[f32], row: usize, column: usize) -> bool {
        let covered = |side: usize, scale: f32, start: f32, at: usize| {
            let n = scale.sqrt() * side as f32;
            let start = start * (side as f32 - n);
            at as f32 >= start && (at as f32) < start + n
        };
        random[5] < random[4]
            && covered(self.view.width, random[0], random[2], column)
            && covered(self.view.height, random[1], random[3], row)
    }
}

impl Transform for Erasing {
    fn draws(&self) -> Vec<Draw> {
        let unit = Draw::uniform([0.0, 1.0]);
        let mut draws = vec![
            Draw::uniform(self.scale).times(2),
            unit,
            unit,
            Draw::uniform(self.probability),
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

    fn apply(&self, random: &[f32], x: &[f32], y: &mut [f32]) {
        let [low, high] = self.bounds;
        self.view.each(&mut |row, column, channel| {
            let at = self.view.at(row, column, channel);
            y[at] = match self.covers(random, row, column) {
                true => self
                    .fill
                    .unwrap_or_else(|| random[6 + at] * high)
                    .min(high)
                    .max(low),
                false => x[at],
            };
        });
    }

    fn backward(&self, random: &[f32], _: &[f32], dy: &[f32], dx: &mut [f32]) {
        self.view.each(&mut |row, column, channel| {
            let at = self.view.at(row, column, channel);
            dx[at] = match self.covers(random, row, column) {
                true => 0.0,
                false => dy[at],
            };
        });
    }
}
