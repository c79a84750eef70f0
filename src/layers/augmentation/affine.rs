//! RandomZoom, RandomTranslation, RandomRotation and RandomShear: each output pixel is the input at a mapped position.
//!
//! As TensorFlow's `ImageProjectiveTransformV3`, whose gradient is not the derivative: it maps the gradient's image through
//! the inverse map.

use super::view::{nearest, reflected, wrapped};
use super::{Augment, DATA_FORMAT, Draw, FILL_VALUE, OneOrTwo, Transform, View};
use crate::layers::common;
use crate::layers::layer::{Build, Layer, LayerKind};
use crate::numerics::math;
use crate::options::declare::{class, options, shared};
use crate::options::error::Result;
use crate::options::{Default, Kind};

options! {
    /// Values outside of the image: its reflection, its repetition, one value, or its nearest pixel.
    #[advanced]
    FILL_MODE = fill_mode("fill mode"), Kind::OneOf(&["reflect", "wrap", "constant", "nearest"]), Default::Text("reflect");
    /// nearest: the nearest pixel; bilinear: a weighted mean of the four nearest.
    #[advanced]
    INTERPOLATION = interpolation("interpolation"), Kind::OneOf(&["nearest", "bilinear"]), Default::Text("bilinear");
}

shared! {
    /// The options after the factors.
    struct AffineOptions {
        fill_mode: &'static str = FILL_MODE;
        interpolation: &'static str = INTERPOLATION;
        seed: Option<u64> = common::SEED;
        fill_value: f32 = FILL_VALUE;
        data_format: &'static str = DATA_FORMAT;
    }
}

class! {
    /// In training, shrinks (factor above 0) or enlarges each image. The gradient is TensorFlow's: the gradient's image, sent through the inverse map.
    #[formula("y at (r, c) = x at the centre plus (1 + f) times the distance from there")]
    #[group("augmentation")]
    struct ZoomOptions("RandomZoom", "random_zoom", "Random zoom") + AffineOptions {
        /// Largest factor of the height, or a range.
        #[start("0.1")]
        height_factor("height"): OneOrTwo = Kind::OneOrTwo(-0.999, 1.0), Default::Required;
        /// Largest factor of the width, or a range; the factor of the height by default.
        #[advanced]
        width_factor("width"): Option<OneOrTwo> = Kind::OneOrTwo(-0.999, 1.0), Default::Null;
    }
}

pub static ZOOM: LayerKind = LayerKind::new(ZoomOptions::SPEC, |request| {
    let options = ZoomOptions::of(request.config);
    let factors = [Some(options.height_factor), options.width_factor];
    let around_one = |factor: OneOrTwo| {
        let [low, high] = factor.range(-1.0);
        [1.0 + low, 1.0 + high]
    };
    let ranges = factors.into_iter().flatten().map(around_one).collect();
    let shared = AffineOptions::of(request.config);
    Affine::boxed(request, shared, ranges, |random, height, width| {
        let (down, across) = (random[0], *random.last().unwrap_or(&random[0]));
        let centre = |side: f32, zoom: f32| (side - 1.0) / 2.0 * (1.0 - zoom);
        let (x, y) = (centre(width, across), centre(height, down));
        [across, 0.0, x, 0.0, down, y]
    })
});

class! {
    /// In training, moves each image up or down, left or right. The gradient is TensorFlow's: the gradient's image, sent through the inverse map.
    #[formula("y at (r, c) = x at (r - f height, c - g width)")]
    #[group("augmentation")]
    struct TranslationOptions("RandomTranslation", "random_translation", "Random translation") + AffineOptions {
        /// Largest move as a fraction of the height, or a range.
        #[start("0.1")]
        height_factor("height"): OneOrTwo = Kind::OneOrTwo(-1.0, 1.0), Default::Required;
        /// Largest move as a fraction of the width, or a range.
        #[start("0.1")]
        width_factor("width"): OneOrTwo = Kind::OneOrTwo(-1.0, 1.0), Default::Required;
    }
}

pub static TRANSLATION: LayerKind = LayerKind::new(TranslationOptions::SPEC, |request| {
    let options = TranslationOptions::of(request.config);
    let factors = [options.height_factor, options.width_factor];
    let ranges = factors.map(|factor| factor.range(-1.0)).to_vec();
    let shared = AffineOptions::of(request.config);
    Affine::boxed(request, shared, ranges, |random, height, width| {
        let (x, y) = (-(random[1] * width), -(random[0] * height));
        [1.0, 0.0, x, 0.0, 1.0, y]
    })
});

class! {
    /// In training, rotates each image about its centre. The gradient is TensorFlow's: the gradient's image, sent through the inverse map.
    #[formula("y at (r, c) = x at the same distance from the centre, rotated by f 360 degrees")]
    #[group("augmentation")]
    struct RotationOptions("RandomRotation", "random_rotation", "Random rotation") + AffineOptions {
        /// Largest angle as a fraction of a full turn, or a range.
        #[start("0.1")]
        factor("angle"): OneOrTwo = Kind::OneOrTwo(-1.0, 1.0), Default::Required;
    }
}

pub static ROTATION: LayerKind = LayerKind::new(RotationOptions::SPEC, |request| {
    let [low, high] = RotationOptions::of(request.config).factor.range(-1.0);
    let ranges = vec![[low * 360.0, high * 360.0]];
    let shared = AffineOptions::of(request.config);
    Affine::boxed(request, shared, ranges, |random, height, width| {
        let angle = random[0] * (core::f64::consts::PI / 180.0) as f32;
        let (sin, cos) = (math::sin(angle), math::cos(angle));
        let (cx, cy) = (0.5 * (width - 1.0), 0.5 * (height - 1.0));
        let across = cx - cx * cos + cy * sin;
        [cos, -sin, across, sin, cos, cy - cx * sin - cy * cos]
    })
});

class! {
    /// In training, slants each image from its top left corner. The gradient is TensorFlow's: the gradient's image, sent through the inverse map.
    #[formula("y at (r, c) = x at (r + f c, c + g r), both with the same sign")]
    #[group("augmentation")]
    struct ShearOptions("RandomShear", "random_shear", "Random shear") {
        /// Horizontal move of a row for each row.
        x_factor("horizontal"): OneOrTwo = Kind::OneOrTwo(0.0, 1.0), Default::Float(0.0);
        /// Vertical move of a column for each column.
        #[advanced]
        y_factor("vertical"): OneOrTwo = Kind::OneOrTwo(0.0, 1.0), Default::Float(0.0);
        interpolation: &'static str = INTERPOLATION;
        fill_mode: &'static str = FILL_MODE;
        fill_value: f32 = FILL_VALUE;
        data_format: &'static str = DATA_FORMAT;
        seed: Option<u64> = common::SEED;
    }
}

pub static SHEAR: LayerKind = LayerKind::new(ShearOptions::SPEC, |request| {
    let options = ShearOptions::of(request.config);
    let sign = [0.0, 1.0];
    let [y, x] = [options.y_factor, options.x_factor].map(|factor| factor.range(-1.0));
    let shared = AffineOptions {
        fill_mode: options.fill_mode,
        interpolation: options.interpolation,
        seed: options.seed,
        fill_value: options.fill_value,
        data_format: options.data_format,
    };
    Affine::boxed(request, shared, vec![sign, y, x], |random, _, _| {
        let sign = if random[0] > 0.5 { -1.0 } else { 1.0 };
        [1.0, random[2] * sign, 0.0, random[1] * sign, 1.0, 0.0]
    })
});

/// Computes the coefficients of the map x' = a x + b y + c, y' = d x + e y + f from output to input positions, out of the
/// random numbers.
type Map = fn(random: &[f32], height: f32, width: f32) -> [f32; 6];

struct Affine {
    view: View,
    draws: Vec<Draw>,
    map: Map,
    /// Maps a position outside of the image to one inside.
    outside: fn(f32, usize) -> f32,
    /// Whether the nearest pixel is taken instead of a bilinear mean of four.
    nearest: bool,
    /// Value outside of the image.
    fill: f32,
}

impl Affine {
    fn boxed(
        request: Build<'_>,
        options: AffineOptions,
        ranges: Vec<[f64; 2]>,
        map: Map,
    ) -> Result<Box<dyn Layer>> {
        let view = View::of(&request, options.data_format)?;
        let seed = common::layer_seed(options.seed, request.seeds);
        let affine = Affine {
            view,
            draws: ranges.into_iter().map(Draw::uniform).collect(),
            map,
            outside: match options.fill_mode {
                "reflect" => reflected,
                "wrap" => wrapped,
                "nearest" => nearest,
                _ => |at, _| at,
            },
            nearest: options.interpolation == "nearest",
            fill: options.fill_value,
        };
        Ok(Augment::boxed(&request, seed, Box::new(affine), view))
    }

    fn map(&self, random: &[f32]) -> [f32; 6] {
        (self.map)(random, self.view.height as f32, self.view.width as f32)
    }

    /// Fills `y` with the image `x` at the mapped positions.
    fn resample(&self, [a, b, c, d, e, f]: [f32; 6], fill: f32, x: &[f32], y: &mut [f32]) {
        let v = self.view;
        for row in 0..v.height {
            for column in 0..v.width {
                let (right, down) = (column as f32, row as f32);
                let across = (self.outside)(a * right + b * down + c, v.width);
                let along = (self.outside)(d * right + e * down + f, v.height);
                for channel in 0..v.channels {
                    let read = |row: f32, column: f32| {
                        let inside = |at: f32, n: usize| at >= 0.0 && at < n as f32;
                        match inside(row, v.height) && inside(column, v.width) {
                            true => x[v.at(row as usize, column as usize, channel)],
                            false => fill,
                        }
                    };
                    y[v.at(row, column, channel)] = if self.nearest {
                        read(along.round(), across.round())
                    } else {
                        let (top, left) = (along.floor(), across.floor());
                        let (bottom, right) = (top + 1.0, left + 1.0);
                        let mixed = |row: f32| {
                            (right - across) * read(row, left) + (across - left) * read(row, right)
                        };
                        (bottom - along) * mixed(top) + (along - top) * mixed(bottom)
                    };
                }
            }
        }
    }
}

impl Transform for Affine {
    fn draws(&self) -> Vec<Draw> {
        self.draws.clone()
    }

    fn apply(&self, random: &[f32], x: &[f32], y: &mut [f32]) {
        self.resample(self.map(random), self.fill, x, y);
    }

    fn backward(&self, random: &[f32], _: &[f32], dy: &[f32], dx: &mut [f32]) {
        let [a, b, c, d, e, f] = self.map(random).map(f64::from);
        let determinant = a * e - b * d;
        let inverse =
            [e, -b, b * f - c * e, -d, a, c * d - a * f].map(|v| (v / determinant) as f32);
        self.resample(inverse, 0.0, dy, dx);
    }
}
