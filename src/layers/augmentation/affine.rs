//! RandomZoom, RandomTranslation, RandomRotation, RandomShear: every pixel is looked up elsewhere.
//!
//! As TensorFlow's `ImageProjectiveTransformV3`, whose gradient is not the derivative: it sends the
//! gradient's image through the inverse map, and so does this.

use super::view::{held, mirrored, wrapped};
use super::{Augment, Change, DATA_FORMAT, Draw, FILL_VALUE, View, factor, range};
use crate::layers::common;
use crate::layers::layer::{Build, Inputs, Layer, LayerKind};
use crate::numerics::math;
use crate::options::error::ConfigError;
use crate::options::{ClassSpec, Default, Kind, OptionSpec, help_text};

const FILL_MODE: OptionSpec = OptionSpec {
    name: "fill_mode",
    label: "outside",
    doc: help_text(
        "What stands outside of the image: its mirror, itself again, one value, or its nearest pixel.",
    ),
    kind: Kind::OneOf(&["reflect", "wrap", "constant", "nearest"]),
    default: Default::Text("reflect"),
    advanced: false,
    start: "",
};
const INTERPOLATION: OptionSpec = OptionSpec {
    name: "interpolation",
    label: "between pixels",
    doc: help_text("Whether it takes the nearest pixel or mixes the four around."),
    kind: Kind::OneOf(&["nearest", "bilinear"]),
    default: Default::Text("bilinear"),
    advanced: false,
    start: "",
};

pub static ZOOM: LayerKind = LayerKind {
    class: ClassSpec {
        class_name: "RandomZoom",
        name: "random_zoom",
        aliases: &[],
        label: "Random zoom",
        doc: help_text(
            "In training, makes each image smaller (factor above 0) or larger. The gradient at its input \
              is TensorFlow's, the other way through the inverse map.",
        ),
        formula: help_text("y at (r, c) = x at the middle plus (1 + f) times the way from there"),
        options: &[
            &factor(
                "height_factor",
                "height",
                "How much taller the view at most, or from where to where.",
                -0.999,
            ),
            &OptionSpec {
                default: Default::Null,
                ..factor(
                    "width_factor",
                    "width",
                    "As for the height; none: both are the same.",
                    -0.999,
                )
            },
            &FILL_MODE,
            &INTERPOLATION,
            &common::SEED,
            &FILL_VALUE,
            &DATA_FORMAT,
        ],
        group: "",
        shared: &[],
    },
    inputs: Inputs::One,
    build: |request| {
        let sides = ["height_factor", "width_factor"];
        let ranges = sides.map(|side| range(request.config, side, -1.0));
        let around_one = |[low, high]: [f64; 2]| Draw::between([1.0 + low, 1.0 + high]);
        let draws = ranges.into_iter().flatten().map(around_one).collect();
        Affine::boxed(request, draws, |drawn, height, width| {
            let (down, across) = (drawn[0], *drawn.last().unwrap_or(&drawn[0]));
            let middle = |side: f32, zoom: f32| (side - 1.0) / 2.0 * (1.0 - zoom);
            [
                across,
                0.0,
                middle(width, across),
                0.0,
                down,
                middle(height, down),
            ]
        })
    },
};

pub static TRANSLATION: LayerKind = LayerKind {
    class: ClassSpec {
        class_name: "RandomTranslation",
        name: "random_translation",
        aliases: &[],
        label: "Random translation",
        doc: help_text(
            "In training, moves each image down or up, right or left. The gradient at its input is \
              TensorFlow's, the other way through the inverse map.",
        ),
        formula: help_text("y at (r, c) = x at (r - f height, c - g width)"),
        options: &[
            &factor(
                "height_factor",
                "down",
                "How far at most, as a share of the height; or from where to where.",
                -1.0,
            ),
            &factor(
                "width_factor",
                "to the right",
                "How far at most, as a share of the width; or from where to where.",
                -1.0,
            ),
            &FILL_MODE,
            &INTERPOLATION,
            &common::SEED,
            &FILL_VALUE,
            &DATA_FORMAT,
        ],
        group: "",
        shared: &[],
    },
    inputs: Inputs::One,
    build: |request| {
        let sides = ["height_factor", "width_factor"];
        let ranges = sides.map(|side| range(request.config, side, -1.0));
        let draws = ranges.into_iter().flatten().map(Draw::between).collect();
        Affine::boxed(request, draws, |drawn, height, width| {
            [
                1.0,
                0.0,
                -(drawn[1] * width),
                0.0,
                1.0,
                -(drawn[0] * height),
            ]
        })
    },
};

pub static ROTATION: LayerKind = LayerKind {
    class: ClassSpec {
        class_name: "RandomRotation",
        name: "random_rotation",
        aliases: &[],
        label: "Random rotation",
        doc: help_text(
            "In training, turns each image about its middle. The gradient at its input is TensorFlow's, \
              the other way through the inverse map.",
        ),
        formula: help_text(
            "y at (r, c) = x at the same distance from the middle, f 360 degrees further",
        ),
        options: &[
            &factor(
                "factor",
                "angle",
                "The largest angle, as a share of a full turn; or from where to where.",
                -1.0,
            ),
            &FILL_MODE,
            &INTERPOLATION,
            &common::SEED,
            &FILL_VALUE,
            &DATA_FORMAT,
        ],
        group: "",
        shared: &[],
    },
    inputs: Inputs::One,
    build: |request| {
        let [low, high] = range(request.config, "factor", -1.0).unwrap_or_default();
        let draws = vec![Draw::between([low * 360.0, high * 360.0])];
        Affine::boxed(request, draws, |drawn, height, width| {
            let angle = drawn[0] * (core::f64::consts::PI / 180.0) as f32;
            let (sin, cos) = (math::sin(angle), math::cos(angle));
            let (cx, cy) = (0.5 * (width - 1.0), 0.5 * (height - 1.0));
            let across = cx - cx * cos + cy * sin;
            [cos, -sin, across, sin, cos, cy - cx * sin - cy * cos]
        })
    },
};

pub static SHEAR: LayerKind = LayerKind {
    class: ClassSpec {
        class_name: "RandomShear",
        name: "random_shear",
        aliases: &[],
        label: "Random shear",
        doc: help_text(
            "In training, slants each image, from its top left corner on. The gradient at its input is \
              TensorFlow's, the other way through the inverse map.",
        ),
        formula: help_text("y at (r, c) = x at (r + f c, c + g r), both to the same side"),
        options: &[
            &OptionSpec {
                default: Default::Float(0.0),
                ..factor(
                    "x_factor",
                    "across",
                    "How far a row moves for each row.",
                    0.0,
                )
            },
            &OptionSpec {
                default: Default::Float(0.0),
                ..factor(
                    "y_factor",
                    "down",
                    "How far a column moves for each column.",
                    0.0,
                )
            },
            &INTERPOLATION,
            &FILL_MODE,
            &FILL_VALUE,
            &DATA_FORMAT,
            &common::SEED,
        ],
        group: "",
        shared: &[],
    },
    inputs: Inputs::One,
    build: |request| {
        let ranges = ["y_factor", "x_factor"].map(|side| range(request.config, side, -1.0));
        let coin = [Draw::between([0.0, 1.0])];
        let sides = ranges.into_iter().flatten().map(Draw::between);
        let draws = coin.into_iter().chain(sides).collect();
        Affine::boxed(request, draws, |drawn, _, _| {
            let side = if drawn[0] > 0.5 { -1.0 } else { 1.0 };
            [1.0, drawn[2] * side, 0.0, drawn[1] * side, 1.0, 0.0]
        })
    },
};

/// The map from what was drawn, for an image of that height and width: x' = a x + b y + c, y' = d x +
/// e y + f.
type Map = fn(drawn: &[f32], height: f32, width: f32) -> [f32; 6];

struct Affine {
    view: View,
    draws: Vec<Draw>,
    map: Map,
    outside: fn(f32, usize) -> f32,
    nearest: bool,
    fill: f32,
}

impl Affine {
    fn boxed(
        request: Build<'_>,
        draws: Vec<Draw>,
        map: Map,
    ) -> Result<Box<dyn Layer>, ConfigError> {
        let view = View::of(&request)?;
        let affine = Affine {
            view,
            draws,
            map,
            outside: match request.config.word("fill_mode") {
                "reflect" => mirrored,
                "wrap" => wrapped,
                "nearest" => held,
                _ => |at, _| at,
            },
            nearest: request.config.word("interpolation") == "nearest",
            fill: request.config.number("fill_value") as f32,
        };
        Ok(Augment::boxed(request, Box::new(affine), view))
    }

    fn map(&self, drawn: &[f32]) -> [f32; 6] {
        (self.map)(drawn, self.view.height as f32, self.view.width as f32)
    }

    fn send(&self, [a, b, c, d, e, f]: [f32; 6], fill: f32, x: &[f32], y: &mut [f32]) {
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

impl Change for Affine {
    fn draws(&self) -> Vec<Draw> {
        self.draws.clone()
    }

    fn apply(&self, drawn: &[f32], x: &[f32], y: &mut [f32]) {
        self.send(self.map(drawn), self.fill, x, y);
    }

    fn back(&self, drawn: &[f32], _: &[f32], dy: &[f32], dx: &mut [f32]) {
        let [a, b, c, d, e, f] = self.map(drawn).map(f64::from);
        let by = a * e - b * d;
        let inverse = [e, -b, b * f - c * e, -d, a, c * d - a * f].map(|v| (v / by) as f32);
        self.send(inverse, 0.0, dy, dx);
    }
}
