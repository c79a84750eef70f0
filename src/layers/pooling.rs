//! Pooling: the largest or the mean of every window.

use super::common;
use super::convolution::{Window, geometry, shape_of};
use super::layer::{Backward, Build, Forward, Inputs, Layer, LayerKind, MaskFlow, Shape, size};
use crate::kernels::pooling;
use crate::kernels::windows::Geometry;
use crate::options::error::ConfigError;
use crate::options::{ClassSpec, Default, Kind, OptionSpec, help_text};

const POOL_SIZE: OptionSpec = OptionSpec {
    name: "pool_size",
    label: "window",
    doc: help_text("Height and width of the window; one number for both."),
    kind: Kind::Ints(1, 1000),
    default: Default::Int(2),
    advanced: false,
    start: "",
};
const STRIDES: OptionSpec = OptionSpec {
    name: "strides",
    label: "strides",
    doc: help_text("How far it is from one window to the next; the window's size, where not said."),
    kind: Kind::Ints(1, 1000),
    default: Default::Null,
    advanced: false,
    start: "",
};
const PADDING: OptionSpec = OptionSpec {
    name: "padding",
    label: "padding",
    doc: help_text(
        "valid: windows lie inside; same: windows may reach over the edge, where nothing counts.",
    ),
    kind: Kind::OneOf(&["valid", "same"]),
    default: Default::Text("valid"),
    advanced: false,
    start: "",
};
const OPTIONS: &[&OptionSpec] = &[&POOL_SIZE, &STRIDES, &PADDING, &common::DATA_FORMAT];
/// Keras has no default for the window of a mean.
const MEAN_OPTIONS: &[&OptionSpec] = &[
    &OptionSpec {
        default: Default::Required,
        ..POOL_SIZE
    },
    &STRIDES,
    &PADDING,
    &common::DATA_FORMAT,
];

const fn entry(
    class_name: &'static str,
    name: &'static str,
    aliases: &'static [&'static str],
    label: &'static str,
    doc: &'static str,
    formula: &'static str,
    options: &'static [&'static OptionSpec],
) -> ClassSpec {
    ClassSpec {
        class_name,
        name,
        aliases,
        label,
        doc: help_text(doc),
        formula: help_text(formula),
        options,
        group: "",
        shared: &[],
    }
}

const MAX_DOC: &str =
    "Keeps the largest number of every window; of equal ones the first gets the gradient.";
const MEAN_DOC: &str = "Keeps the mean of every window.";

pub static MAX_1D: LayerKind = LayerKind {
    class: entry(
        "MaxPooling1D",
        "max_pooling1d",
        &["MaxPool1D"],
        "Max pooling, 1D",
        MAX_DOC,
        "y_t = max_i x_(t s + i)",
        OPTIONS,
    ),
    inputs: Inputs::One,
    build: |request| Ok(Box::new(Pooling::new(request, 1, true)?)),
};
pub static MAX_2D: LayerKind = LayerKind {
    class: entry(
        "MaxPooling2D",
        "max_pooling2d",
        &["MaxPool2D"],
        "Max pooling, 2D",
        MAX_DOC,
        "y_rc = max_ij x_(r s + i, c s + j)",
        OPTIONS,
    ),
    inputs: Inputs::One,
    build: |request| Ok(Box::new(Pooling::new(request, 2, true)?)),
};
pub static AVERAGE_1D: LayerKind = LayerKind {
    class: entry(
        "AveragePooling1D",
        "average_pooling1d",
        &["AvgPool1D"],
        "Average pooling, 1D",
        MEAN_DOC,
        "y_t = mean_i x_(t s + i)",
        MEAN_OPTIONS,
    ),
    inputs: Inputs::One,
    build: |request| Ok(Box::new(Pooling::new(request, 1, false)?)),
};
pub static AVERAGE_2D: LayerKind = LayerKind {
    class: entry(
        "AveragePooling2D",
        "average_pooling2d",
        &["AvgPool2D"],
        "Average pooling, 2D",
        MEAN_DOC,
        "y_rc = mean_ij x_(r s + i, c s + j)",
        MEAN_OPTIONS,
    ),
    inputs: Inputs::One,
    build: |request| Ok(Box::new(Pooling::new(request, 2, false)?)),
};

/// The largest, or the mean, of every window and channel.
struct Pooling {
    output_shape: Shape,
    geometry: Geometry,
    largest: bool,
}

impl Pooling {
    fn new(request: Build<'_>, rank: usize, largest: bool) -> Result<Self, ConfigError> {
        let window = Window {
            option: "pool_size",
            size: request.config.ints("pool_size").to_vec(),
            strides: request.config.ints("strides").to_vec(),
            dilation: vec![1],
            padding: request.config.word("padding"),
        };
        let geometry = geometry(&request, rank, &window, 1)?;
        let output_shape = shape_of(rank, geometry.places, geometry.channels);
        Ok(Pooling {
            output_shape,
            geometry,
            largest,
        })
    }
}

impl Layer for Pooling {
    fn output_shape(&self) -> &Shape {
        &self.output_shape
    }

    fn work(&self, _: usize) -> usize {
        self.geometry.channels
    }

    fn forward(&self, pass: Forward<'_>) {
        let outputs = size(&self.output_shape).unwrap_or(1);
        let images = pass.x.chunks_exact(self.geometry.n_image());
        for (x, y) in images.zip(pass.y.chunks_exact_mut(outputs)) {
            match self.largest {
                true => pooling::largest(&self.geometry, x, y),
                false => pooling::mean(&self.geometry, x, y),
            }
        }
    }

    fn backward(&self, pass: Backward<'_>) {
        let Some(dx) = pass.dx else { return };
        let (n, g) = (self.geometry.n_image(), &self.geometry);
        let outputs = size(&self.output_shape).unwrap_or(1);
        dx.fill(0.0);
        let inputs = pass.x.chunks_exact(n).zip(dx.chunks_exact_mut(n));
        let ys = pass.y.chunks_exact(outputs);
        for ((x, dx), (y, dy)) in inputs.zip(ys.zip(pass.dy.chunks_exact(outputs))) {
            match self.largest {
                true => pooling::largest_back(g, x, y, dx, dy, pass.work),
                false => pooling::mean_back(g, dx, dy),
            }
        }
    }
}

const KEEPDIMS: OptionSpec = OptionSpec {
    name: "keepdims",
    label: "keep axes",
    doc: help_text("Whether the axes that are gone stay as axes of one."),
    kind: Kind::Bool,
    default: Default::Bool(false),
    advanced: false,
    start: "",
};
const GLOBAL: &[&OptionSpec] = &[&common::DATA_FORMAT, &KEEPDIMS];

const fn global(
    class_name: &'static str,
    name: &'static str,
    aliases: &'static [&'static str],
    label: &'static str,
    doc: &'static str,
    formula: &'static str,
) -> ClassSpec {
    ClassSpec {
        class_name,
        name,
        aliases,
        label,
        doc: help_text(doc),
        formula: help_text(formula),
        options: GLOBAL,
        group: "",
        shared: &[],
    }
}

const ALL_MAX: &str = "Keeps the largest number of every channel; equal ones share the gradient.";
const ALL_MEAN: &str =
    "Keeps the mean of every channel; of a masked sequence, the mean of the steps that count.";

pub static GLOBAL_MAX_1D: LayerKind = LayerKind {
    class: global(
        "GlobalMaxPooling1D",
        "global_max_pooling1d",
        &["GlobalMaxPool1D"],
        "Global max pooling, 1D",
        ALL_MAX,
        "y = max_t x_t",
    ),
    inputs: Inputs::One,
    build: |request| Ok(Box::new(Global::new(request, 1, true)?)),
};
pub static GLOBAL_MAX_2D: LayerKind = LayerKind {
    class: global(
        "GlobalMaxPooling2D",
        "global_max_pooling2d",
        &["GlobalMaxPool2D"],
        "Global max pooling, 2D",
        ALL_MAX,
        "y = max_rc x_rc",
    ),
    inputs: Inputs::One,
    build: |request| Ok(Box::new(Global::new(request, 2, true)?)),
};
pub static GLOBAL_AVERAGE_1D: LayerKind = LayerKind {
    class: global(
        "GlobalAveragePooling1D",
        "global_average_pooling1d",
        &["GlobalAvgPool1D"],
        "Global average pooling, 1D",
        ALL_MEAN,
        "y = mean_t x_t",
    ),
    inputs: Inputs::One,
    build: |request| Ok(Box::new(Global::new(request, 1, false)?)),
};
pub static GLOBAL_AVERAGE_2D: LayerKind = LayerKind {
    class: global(
        "GlobalAveragePooling2D",
        "global_average_pooling2d",
        &["GlobalAvgPool2D"],
        "Global average pooling, 2D",
        ALL_MEAN,
        "y = mean_rc x_rc",
    ),
    inputs: Inputs::One,
    build: |request| Ok(Box::new(Global::new(request, 2, false)?)),
};

/// The largest, or the mean, of every channel.
struct Global {
    output_shape: Shape,
    places: usize,
    channels: usize,
    largest: bool,
}

impl Global {
    fn new(request: Build<'_>, rank: usize, largest: bool) -> Result<Self, ConfigError> {
        let (image, channels) = super::convolution::image_of(&request, rank)?;
        let mut output_shape = vec![channels];
        if request.config.flag("keepdims") {
            output_shape = [vec![1; rank], output_shape].concat();
        }
        let places = image[0] * image[1];
        Ok(Global {
            output_shape,
            places,
            channels,
            largest,
        })
    }

    /// Whether a place counts. Keras' largest does not look at masks.
    fn counts(&self, mask: Option<&[f32]>, example: usize, place: usize) -> f32 {
        match mask.filter(|m| !self.largest && m.len().is_multiple_of(self.places)) {
            Some(mask) => mask[example * self.places + place],
            None => 1.0,
        }
    }
}

impl Layer for Global {
    fn output_shape(&self) -> &Shape {
        &self.output_shape
    }

    fn forward(&self, pass: Forward<'_>) {
        let examples = pass.x.chunks_exact(self.places * self.channels);
        for (i, (x, y)) in examples
            .zip(pass.y.chunks_exact_mut(self.channels))
            .enumerate()
        {
            y.fill(if self.largest { f32::NEG_INFINITY } else { 0.0 });
            let mut count = 0.0;
            for (place, x) in x.chunks_exact(self.channels).enumerate() {
                let share = self.counts(pass.mask, i, place);
                count += share;
                for (y, x) in y.iter_mut().zip(x) {
                    match self.largest {
                        true => *y = if *x > *y { *x } else { *y },
                        false => *y += x * share,
                    }
                }
            }
            if !self.largest {
                y.iter_mut().for_each(|y| *y /= count);
            }
        }
    }

    fn backward(&self, pass: Backward<'_>) {
        let Some(dx) = pass.dx else { return };
        let n = self.places * self.channels;
        for (i, dx) in dx.chunks_exact_mut(n).enumerate() {
            let x = &pass.x[i * n..(i + 1) * n];
            let (y, dy) = (&pass.y[i * self.channels..], &pass.dy[i * self.channels..]);
            let total: f32 = (0..self.places).map(|p| self.counts(pass.mask, i, p)).sum();
            for c in 0..self.channels {
                let at = |place: usize| place * self.channels + c;
                if self.largest {
                    let ties = (0..self.places).filter(|p| x[at(*p)] == y[c]).count() as f32;
                    for p in 0..self.places {
                        dx[at(p)] = if x[at(p)] == y[c] { dy[c] / ties } else { 0.0 };
                    }
                } else {
                    for p in 0..self.places {
                        dx[at(p)] = dy[c] * self.counts(pass.mask, i, p) / total;
                    }
                }
            }
        }
    }

    fn mask_flow(&self) -> MaskFlow {
        MaskFlow::Stops
    }
}
