//! Resizing: an image of another size, as `tf.image.resize` makes it.

use super::{Augment, Change, DATA_FORMAT, FILL_VALUE, HEIGHT, View, WIDTH};
use crate::layers::layer::{Inputs, LayerKind};
use crate::numerics::math;
use crate::options::error::ConfigError;
use crate::options::{ClassSpec, Default, Kind, OptionSpec, help_text};

pub static KIND: LayerKind = LayerKind {
    class: ClassSpec {
        class_name: "Resizing",
        name: "resizing",
        aliases: &[],
        label: "Resizing",
        doc: help_text(
            "Brings images to a size, when predicting too. For 'area' TensorFlow has no gradient; here it \
              is the derivative, as for the others.",
        ),
        formula: help_text(
            "y at (r, c) = a mean of x around ((r + 1/2) h / height - 1/2, (c + 1/2) w / width - 1/2)",
        ),
        options: &[
            &HEIGHT,
            &WIDTH,
            &OptionSpec {
                name: "interpolation",
                label: "between pixels",
                doc: help_text("How the pixels around are weighted."),
                kind: Kind::OneOf(&[
                    "bilinear", "nearest", "bicubic", "area", "lanczos3", "lanczos5",
                ]),
                default: Default::Text("bilinear"),
                advanced: false,
                start: "",
            },
            &keeps(
                "crop_to_aspect_ratio",
                "Whether the edges are cut off rather than the image stretched.",
            ),
            &keeps(
                "pad_to_aspect_ratio",
                "Whether the image is filled up at its edges rather than stretched.",
            ),
            &OptionSpec {
                name: "fill_mode",
                label: "outside",
                doc: help_text("What it is filled up with: one value."),
                kind: Kind::OneOf(&["constant"]),
                default: Default::Text("constant"),
                advanced: false,
                start: "",
            },
            &FILL_VALUE,
            &keeps(
                "antialias",
                "Whether making an image smaller takes the mean of all pixels that fall together.",
            ),
            &DATA_FORMAT,
        ],
        group: "",
        shared: &[],
    },
    inputs: Inputs::One,
    build: |request| {
        let (config, view) = (request.config, View::of(&request)?);
        let to = view.resized(config);
        let (crop, pad) = (
            config.flag("crop_to_aspect_ratio"),
            config.flag("pad_to_aspect_ratio"),
        );
        if crop && pad {
            let message = "An image is either cut or filled up: choose one of the two.";
            return Err(ConfigError::new("pad_to_aspect_ratio", message));
        }
        let (rows, columns) = if crop {
            cut(view, to)
        } else if pad {
            let fitting = |side: usize, other: usize, to: usize, other_to: usize| {
                let wanted = (other * to) as f32 / other_to as f32;
                let edge = (side.max(wanted as usize) - side) / 2;
                Span {
                    start: -(edge as i64),
                    n: side + 2 * edge,
                }
            };
            (
                fitting(view.height, view.width, to.height, to.width),
                fitting(view.width, view.height, to.width, to.height),
            )
        } else {
            (Span::all(view.height), Span::all(view.width))
        };
        let method = match (config.word("interpolation"), config.flag("antialias")) {
            ("bilinear", false) => Method::Bilinear,
            ("nearest", _) => Method::Nearest,
            ("bicubic", false) => Method::Bicubic,
            ("area", _) => Method::Area,
            (kernel, antialias) => Method::Kernel(
                match kernel {
                    "bilinear" => (1.0, |x| 1.0 - x),
                    "bicubic" => (2.0, keys),
                    "lanczos3" => (3.0, |x| lanczos(3.0, x)),
                    _ => (5.0, |x| lanczos(5.0, x)),
                },
                antialias,
            ),
        };
        let fill = config.number("fill_value") as f32;
        let change = Resampled::new(view, to, (rows, columns), &method, fill);
        Ok(Augment::boxed(request, Box::new(change), to))
    },
};

const fn keeps(name: &'static str, doc: &'static str) -> OptionSpec {
    OptionSpec {
        name,
        label: name,
        doc: help_text(doc),
        kind: Kind::Bool,
        default: Default::Bool(false),
        advanced: false,
        start: "",
    }
}

/// A stretch of an axis, which may begin before it and end behind it.
#[derive(Clone, Copy)]
pub struct Span {
    pub start: i64,
    pub n: usize,
}

impl Span {
    pub fn all(n: usize) -> Self {
        Span { start: 0, n }
    }
}

/// The largest window in the middle of an image whose sides are to each other as those of another.
pub fn cut(view: View, to: View) -> (Span, Span) {
    let fitting = |side: usize, other: usize, to: usize, other_to: usize| {
        let wanted = (other * to) as f32 / other_to as f32;
        let n = (wanted as usize).min(side).max(1);
        let start = ((side - n) / 2) as i64;
        Span { start, n }
    };
    (
        fitting(view.height, view.width, to.height, to.width),
        fitting(view.width, view.height, to.width, to.height),
    )
}

/// A radius, and a weight by distance inside of it.
type Kernel = (f32, fn(f32) -> f32);

/// How weights follow from distances.
pub enum Method {
    Bilinear,
    Nearest,
    Bicubic,
    Area,
    /// TensorFlow's `ScaleAndTranslate`; wider where it antialiases.
    Kernel(Kernel, bool),
}

/// Keys' cubic kernel.
fn keys(x: f32) -> f32 {
    match x >= 1.0 {
        true => ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0,
        false => ((1.5 * x - 2.5) * x) * x + 1.0,
    }
}

fn lanczos(radius: f32, x: f32) -> f32 {
    const PI: f32 = core::f32::consts::PI;
    match x <= 1e-3 {
        true => 1.0,
        false => radius * math::sin(PI * x) * math::sin(PI * x / radius) / (PI * PI * x * x),
    }
}

impl Method {
    /// Places and weights for place `at` of an axis of `n` places that becomes one of `to`.
    fn taps(&self, at: usize, n: usize, to: usize, add: &mut dyn FnMut(i64, f32)) {
        let scale = n as f32 / to as f32;
        let (first, last) = (0, n as i64 - 1);
        let bound = |i: i64| i.max(first).min(last);
        let middle = (at as f32 + 0.5) * scale;
        match self {
            Method::Nearest => add(bound(middle.floor() as i64), 1.0),
            Method::Bilinear => {
                let place = middle - 0.5;
                let part = place - place.floor();
                add(bound(place.floor() as i64), 1.0 - part);
                add(bound(place.ceil() as i64), part);
            }
            Method::Bicubic => {
                // TensorFlow looks the weights up in a table of 1024 steps.
                let place = middle - 0.5;
                let step = ((place - place.floor()) * 1024.0).round_ties_even() / 1024.0;
                let floor = place.floor() as i64;
                let near = |k: i64| (floor + k, keys((k as f32 - step).abs()));
                let inside = |(i, _): &(i64, f32)| (first..=last).contains(i);
                let taps = || [-1, 0, 1, 2].map(near).into_iter().filter(inside);
                let sum: f32 = taps().map(|(_, w)| w).sum();
                taps().for_each(|(i, w)| add(i, w / sum));
            }
            Method::Area => {
                let (start, end) = (at as f32 * scale, (at + 1) as f32 * scale);
                for i in start.floor() as i64..end.ceil() as i64 {
                    let covered = (i as f32 + 1.0).min(end) - (i as f32).max(start);
                    add(bound(i), covered / scale);
                }
            }
            Method::Kernel((radius, kernel), antialias) => {
                let wide = if *antialias { scale.max(1.0) } else { 1.0 };
                let reach = radius * wide;
                let start = bound((middle - reach - 0.5).ceil() as i64);
                let end = bound((middle + reach - 0.5).floor() as i64);
                let weight = |i: i64| {
                    let x = ((i as f32 + 0.5 - middle) / wide).abs();
                    if x >= *radius { 0.0 } else { kernel(x) }
                };
                let sum: f32 = (start..=end).map(weight).sum();
                (start..=end).for_each(|i| add(i, weight(i) / sum));
            }
        }
    }
}

/// One axis: which places make each new place, and with which weights.
struct Axis {
    taps: Vec<(u32, f32)>,
    /// Where the taps of each new place end.
    ends: Vec<usize>,
}

impl Axis {
    fn new(method: &Method, side: usize, span: Span, to: usize) -> Self {
        let (mut taps, mut ends) = (Vec::new(), Vec::new());
        for at in 0..to {
            method.taps(at, span.n, to, &mut |i, weight| {
                let i = i + span.start;
                if (0..side as i64).contains(&i) && weight != 0.0 {
                    taps.push((i as u32, weight));
                }
            });
            ends.push(taps.len());
        }
        Axis { taps, ends }
    }

    fn of(&self, at: usize) -> &[(u32, f32)] {
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.taps[start..self.ends[at]]
    }
}

/// Weighted means of a window of an image, rows and columns apart.
pub struct Resampled {
    from: View,
    to: View,
    rows: Axis,
    columns: Axis,
    fill: f32,
}

impl Resampled {
    pub fn new(from: View, to: View, window: (Span, Span), method: &Method, fill: f32) -> Self {
        Resampled {
            from,
            to,
            rows: Axis::new(method, from.height, window.0, to.height),
            columns: Axis::new(method, from.width, window.1, to.width),
            fill,
        }
    }
}

impl Change for Resampled {
    fn apply(&self, _: &[f32], x: &[f32], y: &mut [f32]) {
        let sum = |taps: &[(u32, f32)]| taps.iter().map(|(_, w)| w).sum::<f32>();
        self.to.each(&mut |row, column, channel| {
            let (rows, columns) = (self.rows.of(row), self.columns.of(column));
            let mut total = match self.fill == 0.0 {
                true => 0.0,
                false => self.fill * (1.0 - sum(rows) * sum(columns)),
            };
            for (i, by_row) in rows {
                let mut along = 0.0;
                for (j, by_column) in columns {
                    along += x[self.from.at(*i as usize, *j as usize, channel)] * by_column;
                }
                total += along * by_row;
            }
            y[self.to.at(row, column, channel)] = total;
        });
    }

    fn back(&self, _: &[f32], _: &[f32], dy: &[f32], dx: &mut [f32]) {
        dx.fill(0.0);
        self.to.each(&mut |row, column, channel| {
            let d = dy[self.to.at(row, column, channel)];
            for (i, by_row) in self.rows.of(row) {
                for (j, by_column) in self.columns.of(column) {
                    dx[self.from.at(*i as usize, *j as usize, channel)] += d * by_row * by_column;
                }
            }
        });
    }

    fn at_rest(&self, x: &[f32], y: &mut [f32]) {
        self.apply(&[], x, y);
    }
}
