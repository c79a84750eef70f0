//! Resizing: resizes images as `tf.image.resize` does.

use super::{Augment, DATA_FORMAT, FILL_VALUE, HEIGHT, Transform, View, WIDTH};
use crate::layers::layer::LayerKind;
use crate::numerics::math;
use crate::options::declare::{Fixed, class};
use crate::options::error::ConfigError;
use crate::options::{Default, Kind};

class! {
    /// Resizes images, at inference too. ('area' has a gradient here, the derivative; in TensorFlow it has none.)
    #[formula("y at (r, c) = a mean of x around ((r + 1/2) h / height - 1/2, (c + 1/2) w / width - 1/2)")]
    #[group("augmentation")]
    struct Options("Resizing", "resizing", "Resizing") {
        height: usize = HEIGHT;
        width: usize = WIDTH;
        /// Weights of the pixels around each output pixel.
        #[advanced]
        interpolation("interpolation"): &'static str =
            Kind::OneOf(&["bilinear", "nearest", "bicubic", "area", "lanczos3", "lanczos5"]), Default::Text("bilinear");
        /// Whether the image is cropped, rather than stretched, to the proportions of the output.
        #[advanced]
        crop_to_aspect_ratio("crop to proportions"): bool = Kind::Bool, Default::Bool(false);
        /// Whether the image is padded, rather than stretched, to the proportions of the output.
        #[advanced]
        pad_to_aspect_ratio("pad to proportions"): bool = Kind::Bool, Default::Bool(false);
        /// Padding: one value.
        #[advanced]
        fill_mode("fill mode"): Fixed = Kind::OneOf(&["constant"]), Default::Text("constant");
        fill_value: f32 = FILL_VALUE;
        /// Whether each pixel of a smaller image is the mean of all pixels that it covers.
        #[advanced]
        antialias("antialias"): bool = Kind::Bool, Default::Bool(false);
        data_format: &'static str = DATA_FORMAT;
    }
}

pub static KIND: LayerKind = LayerKind::new(Options::SPEC, |request| {
    let options = Options::of(request.config);
    let view = View::of(&request, options.data_format)?;
    let to = view.resized(options.height, options.width);
    let (crop, pad) = (options.crop_to_aspect_ratio, options.pad_to_aspect_ratio);
    if crop && pad {
        let message = "An image is either cropped or padded: choose one of the two.";
        return Err(ConfigError::new("pad_to_aspect_ratio", message));
    }
    let (rows, columns) = if crop {
        centred_window(view, to)
    } else if pad {
        let fitting = |side: usize, other: usize, to: usize, other_to: usize| {
            let ideal = (other * to) as f32 / other_to as f32;
            let edge = (side.max(ideal as usize) - side) / 2;
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
    let method = match (options.interpolation, options.antialias) {
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
    let window = (rows, columns);
    let resizing = Resampled::new(view, to, window, &method, options.fill_value);
    Ok(Augment::boxed(&request, 0, Box::new(resizing), to))
});

/// An interval of an axis, which may start before it and end after it.
#[derive(Clone, Copy)]
pub struct Span {
    /// First position.
    pub start: i64,
    /// Number of positions.
    pub n: usize,
}

impl Span {
    /// The whole axis.
    pub fn all(n: usize) -> Self {
        Span { start: 0, n }
    }
}

/// Rows and columns of the largest centred window of an image that has the proportions of `to`.
pub fn centred_window(view: View, to: View) -> (Span, Span) {
    let fitting = |side: usize, other: usize, to: usize, other_to: usize| {
        let ideal = (other * to) as f32 / other_to as f32;
        let n = (ideal as usize).min(side).max(1);
        let start = ((side - n) / 2) as i64;
        Span { start, n }
    };
    (
        fitting(view.height, view.width, to.height, to.width),
        fitting(view.width, view.height, to.width, to.height),
    )
}

/// A radius, and the weight of a distance up to it.
type Kernel = (f32, fn(f32) -> f32);

/// Interpolation method.
pub enum Method {
    Bilinear,
    Nearest,
    Bicubic,
    Area,
    /// TensorFlow's `ScaleAndTranslate` with a kernel; the flag widens it when the image shrinks (antialiasing).
    Kernel(Kernel, bool),
}

/// Keys' cubic kernel.
fn keys(x: f32) -> f32 {
    match x >= 1.0 {
        true => ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0,
        false => ((1.5 * x - 2.5) * x) * x + 1.0,
    }
}

/// The Lanczos kernel.
fn lanczos(radius: f32, x: f32) -> f32 {
    const PI: f32 = core::f32::consts::PI;
    match x <= 1e-3 {
        true => 1.0,
        false => radius * math::sin(PI * x) * math::sin(PI * x / radius) / (PI * PI * x * x),
    }
}

impl Method {
    /// Calls `add` with the input positions and weights of output position `at`, for an axis resized from `n` to `to`.
    fn taps(&self, at: usize, n: usize, to: usize, add: &mut dyn FnMut(i64, f32)) {
        let scale = n as f32 / to as f32;
        let (first, last) = (0, n as i64 - 1);
        let bound = |i: i64| i.max(first).min(last);
        let centre = (at as f32 + 0.5) * scale;
        match self {
            Method::Nearest => add(bound(centre.floor() as i64), 1.0),
            Method::Bilinear => {
                let position = centre - 0.5;
                let part = position - position.floor();
                add(bound(position.floor() as i64), 1.0 - part);
                add(bound(position.ceil() as i64), part);
            }
            Method::Bicubic => {
                // TensorFlow reads the weights from a table of 1024 steps.
                let position = centre - 0.5;
                let step = ((position - position.floor()) * 1024.0).round_ties_even() / 1024.0;
                let floor = position.floor() as i64;
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
                let start = bound((centre - reach - 0.5).ceil() as i64);
                let end = bound((centre + reach - 0.5).floor() as i64);
                let weight = |i: i64| {
                    let x = ((i as f32 + 0.5 - centre) / wide).abs();
                    if x >= *radius { 0.0 } else { kernel(x) }
                };
                let sum: f32 = (start..=end).map(weight).sum();
                (start..=end).for_each(|i| add(i, weight(i) / sum));
            }
        }
    }
}

/// The weights of one axis.
struct Axis {
    /// Input position and weight, for one output position after another.
    taps: Vec<(u32, f32)>,
    /// Index in `taps` after the last one of each output position.
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

    /// Input positions and weights of an output position.
    fn of(&self, at: usize) -> &[(u32, f32)] {
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.taps[start..self.ends[at]]
    }
}

/// Resizes a window of an image, rows and columns separately.
pub struct Resampled {
    from: View,
    to: View,
    rows: Axis,
    columns: Axis,
    fill: f32,
}

impl Resampled {
    /// Resizes the rows and columns of `window`, which may reach outside of the image, to `to`; `fill` is the value there.
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

impl Transform for Resampled {
    fn apply(&self, _: &[f32], x: &[f32], y: &mut [f32]) {
        let sum = |taps: &[(u32, f32)]| taps.iter().map(|(_, w)| w).sum::<f32>();
        self.to.each(&mut |row, column, channel| {
            let (rows, columns) = (self.rows.of(row), self.columns.of(column));
            let mut total = match self.fill == 0.0 {
                true => 0.0,
                false => self.fill * (1.0 - sum(rows) * sum(columns)),
            };
            for (i, row_weight) in rows {
                let mut row_sum = 0.0;
                for (j, column_weight) in columns {
                    row_sum += x[self.from.at(*i as usize, *j as usize, channel)] * column_weight;
                }
                total += row_sum * row_weight;
            }
            y[self.to.at(row, column, channel)] = total;
        });
    }

    fn backward(&self, _: &[f32], _: &[f32], dy: &[f32], dx: &mut [f32]) {
        dx.fill(0.0);
        self.to.each(&mut |row, column, channel| {
            let d = dy[self.to.at(row, column, channel)];
            for (i, row_weight) in self.rows.of(row) {
                for (j, column_weight) in self.columns.of(column) {
                    dx[self.from.at(*i as usize, *j as usize, channel)] +=
                        d * row_weight * column_weight;
                }
            }
        });
    }

    fn predict(&self, x: &[f32], y: &mut [f32]) {
        self.apply(&[], x, y);
    }
}
