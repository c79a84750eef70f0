//! Pooling: the maximum or the mean of each window, or of all positions.

use super::common;
use super::convolution::{Window, geometry, image_of, shape_of};
use super::layer::{Backward, Build, Forward, Layer, LayerKind, Shape, size};
use super::terms::{Factor, Part, Stage};
use crate::kernels::pooling;
use crate::kernels::windows::Geometry;
use crate::options::declare::{Fixed, class, options, shared};
use crate::options::error::Result;
use crate::options::{Default, Kind};

options! {
    /// Height and width of the window; one number for both.
    POOL_SIZE = pool_size("window size"), Kind::Ints(1, 1000), Default::Int(2);
    /// Window of average pooling, for which Keras has no default: height and width; one number for both.
    #[start("2")]
    AVERAGE_POOL_SIZE = pool_size("window size"), Kind::Ints(1, 1000), Default::Required;
}

shared! {
    /// The options of pooling after the size of its windows.
    struct WindowOptions {
        /// Step from one window to the next; the size of the window by default.
        strides("strides"): Vec<i64> = Kind::Ints(1, 1000), Default::Null;
        /// valid: windows lie inside the input; same: they may reach over its edge, and only inputs count.
        padding("padding"): &'static str = Kind::OneOf(&["valid", "same"]), Default::Text("valid");
        data_format: Fixed = common::DATA_FORMAT;
    }
}

shared! {
    /// The options of global pooling.
    struct GlobalOptions {
        data_format: Fixed = common::DATA_FORMAT;
        /// Whether the pooled axes stay, with size 1.
        #[advanced]
        keepdims("keep axes"): bool = Kind::Bool, Default::Bool(false);
    }
}

class! {
    /// Computes the maximum of each window. The first of equal numbers gets the gradient.
    #[formula("y_t = max_i x_(t s + i)")]
    #[group("pooling")]
    #[aliases("MaxPool1D")]
    struct Max1d("MaxPooling1D", "max_pooling1d", "Max pooling, 1D") + WindowOptions {
        pool_size: Vec<i64> = POOL_SIZE;
    }
}

pub static MAX_1D: LayerKind = LayerKind::new(Max1d::SPEC, |request| {
    Pooling::boxed(&request, 1, Max1d::of(request.config).pool_size, true)
});

class! {
    /// Computes the maximum of each window. The first of equal numbers gets the gradient.
    #[formula("y_rc = max_ij x_(r s + i, c s + j)")]
    #[group("pooling")]
    #[aliases("MaxPool2D")]
    struct Max2d("MaxPooling2D", "max_pooling2d", "Max pooling, 2D") + WindowOptions {
        pool_size: Vec<i64> = POOL_SIZE;
    }
}

pub static MAX_2D: LayerKind = LayerKind::new(Max2d::SPEC, |request| {
    Pooling::boxed(&request, 2, Max2d::of(request.config).pool_size, true)
});

class! {
    /// Computes the mean of each window.
    #[formula("y_t = mean_i x_(t s + i)")]
    #[group("pooling")]
    #[aliases("AvgPool1D")]
    struct Average1d("AveragePooling1D", "average_pooling1d", "Average pooling, 1D") + WindowOptions {
        pool_size: Vec<i64> = AVERAGE_POOL_SIZE;
    }
}

pub static AVERAGE_1D: LayerKind = LayerKind::new(Average1d::SPEC, |request| {
    Pooling::boxed(&request, 1, Average1d::of(request.config).pool_size, false)
});

class! {
    /// Computes the mean of each window.
    #[formula("y_rc = mean_ij x_(r s + i, c s + j)")]
    #[group("pooling")]
    #[aliases("AvgPool2D")]
    struct Average2d("AveragePooling2D", "average_pooling2d", "Average pooling, 2D") + WindowOptions {
        pool_size: Vec<i64> = AVERAGE_POOL_SIZE;
    }
}

pub static AVERAGE_2D: LayerKind = LayerKind::new(Average2d::SPEC, |request| {
    Pooling::boxed(&request, 2, Average2d::of(request.config).pool_size, false)
});

/// Maximum or mean of each window and channel.
struct Pooling {
    output_shape: Shape,
    geometry: Geometry,
    max: bool,
}

impl Pooling {
    fn boxed(
        request: &Build<'_>,
        rank: usize,
        pool_size: Vec<i64>,
        max: bool,
    ) -> Result<Box<dyn Layer>> {
        let options = WindowOptions::of(request.config);
        let window = Window {
            option: "pool_size",
            size: pool_size,
            strides: options.strides,
            dilation: vec![1],
            padding: options.padding,
        };
        let geometry = geometry(request, rank, &window, 1)?;
        let output_shape = shape_of(rank, geometry.places, geometry.channels);
        Ok(Box::new(Pooling {
            output_shape,
            geometry,
            max,
        }))
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
            match self.max {
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
            match self.max {
                true => pooling::largest_back(g, x, y, dx, dy, pass.work),
                false => pooling::mean_back(g, dx, dy),
            }
        }
    }

    fn terms(&self, _: bool) -> Vec<Stage> {
        let one_channel = Geometry {
            seen: 1,
            ..self.geometry
        };
        let factor = match self.max {
            true => Factor::FirstLargest,
            false => Factor::Mean,
        };
        let groups = self.geometry.channels;
        vec![Stage::windows(
            &self.output_shape,
            &one_channel,
            groups,
            factor,
        )]
    }
}

class! {
    /// Computes the maximum of each channel. Equal numbers share the gradient.
    #[formula("y = max_t x_t")]
    #[group("pooling")]
    #[aliases("GlobalMaxPool1D")]
    struct GlobalMax1d("GlobalMaxPooling1D", "global_max_pooling1d", "Global max pooling, 1D") + GlobalOptions {}
}

pub static GLOBAL_MAX_1D: LayerKind = LayerKind::new(GlobalMax1d::SPEC, |request| {
    Global::boxed(&request, 1, true)
});

class! {
    /// Computes the maximum of each channel. Equal numbers share the gradient.
    #[formula("y = max_rc x_rc")]
    #[group("pooling")]
    #[aliases("GlobalMaxPool2D")]
    struct GlobalMax2d("GlobalMaxPooling2D", "global_max_pooling2d", "Global max pooling, 2D") + GlobalOptions {}
}

pub static GLOBAL_MAX_2D: LayerKind = LayerKind::new(GlobalMax2d::SPEC, |request| {
    Global::boxed(&request, 2, true)
});

class! {
    /// Computes the mean of each channel; for a masked sequence, the mean of its unmasked steps.
    #[formula("y = mean_t x_t")]
    #[group("pooling")]
    #[aliases("GlobalAvgPool1D")]
    struct GlobalAverage1d("GlobalAveragePooling1D", "global_average_pooling1d", "Global average pooling, 1D") + GlobalOptions {}
}

pub static GLOBAL_AVERAGE_1D: LayerKind = LayerKind::new(GlobalAverage1d::SPEC, |request| {
    Global::boxed(&request, 1, false)
});

class! {
    /// Computes the mean of each channel; for a masked sequence, the mean of its unmasked steps.
    #[formula("y = mean_rc x_rc")]
    #[group("pooling")]
    #[aliases("GlobalAvgPool2D")]
    struct GlobalAverage2d("GlobalAveragePooling2D", "global_average_pooling2d", "Global average pooling, 2D") + GlobalOptions {}
}

pub static GLOBAL_AVERAGE_2D: LayerKind = LayerKind::new(GlobalAverage2d::SPEC, |request| {
    Global::boxed(&request, 2, false)
});

/// Maximum or mean of each channel over all positions.
struct Global {
    output_shape: Shape,
    /// Sizes of the axes that are pooled.
    image: Shape,
    /// Number of positions.
    positions: usize,
    channels: usize,
    max: bool,
}

impl Global {
    fn boxed(request: &Build<'_>, rank: usize, max: bool) -> Result<Box<dyn Layer>> {
        let (image, channels) = image_of(request, rank)?;
        let mut output_shape = vec![channels];
        if GlobalOptions::of(request.config).keepdims {
            output_shape = [vec![1; rank], output_shape].concat();
        }
        Ok(Box::new(Global {
            output_shape,
            image: image[2 - rank..].to_vec(),
            positions: image[0] * image[1],
            channels,
            max,
        }))
    }

    /// Mask value of a position. Keras' global max pooling ignores masks.
    fn mask_value(&self, mask: Option<&[f32]>, example: usize, position: usize) -> f32 {
        match mask.filter(|m| !self.max && m.len().is_multiple_of(self.positions)) {
            Some(mask) => mask[example * self.positions + position],
            None => 1.0,
        }
    }
}

impl Layer for Global {
    fn output_shape(&self) -> &Shape {
        &self.output_shape
    }

    fn forward(&self, pass: Forward<'_>) {
        let examples = pass.x.chunks_exact(self.positions * self.channels);
        for (i, (x, y)) in examples
            .zip(pass.y.chunks_exact_mut(self.channels))
            .enumerate()
        {
            y.fill(if self.max { f32::NEG_INFINITY } else { 0.0 });
            let mut count = 0.0;
            for (position, x) in x.chunks_exact(self.channels).enumerate() {
                let counts = self.mask_value(pass.mask, i, position);
                count += counts;
                for (y, x) in y.iter_mut().zip(x) {
                    match self.max {
                        true => *y = if *x > *y { *x } else { *y },
                        false => *y += x * counts,
                    }
                }
            }
            if !self.max {
                y.iter_mut().for_each(|y| *y /= count);
            }
        }
    }

    fn backward(&self, pass: Backward<'_>) {
        let Some(dx) = pass.dx else { return };
        let n = self.positions * self.channels;
        for (i, dx) in dx.chunks_exact_mut(n).enumerate() {
            let x = &pass.x[i * n..(i + 1) * n];
            let (y, dy) = (&pass.y[i * self.channels..], &pass.dy[i * self.channels..]);
            let total: f32 = (0..self.positions)
                .map(|p| self.mask_value(pass.mask, i, p))
                .sum();
            for c in 0..self.channels {
                let at = |position: usize| position * self.channels + c;
                if self.max {
                    let ties = (0..self.positions).filter(|p| x[at(*p)] == y[c]).count() as f32;
                    for p in 0..self.positions {
                        dx[at(p)] = if x[at(p)] == y[c] { dy[c] / ties } else { 0.0 };
                    }
                } else {
                    for p in 0..self.positions {
                        dx[at(p)] = dy[c] * self.mask_value(pass.mask, i, p) / total;
                    }
                }
            }
        }
    }

    /// The mean of a masked sequence leaves steps out.
    fn terms(&self, masked: bool) -> Vec<Stage> {
        if masked && !self.max {
            return Vec::new();
        }
        let window = [1, self.positions];
        let all = Geometry {
            image: window,
            channels: self.channels,
            seen: 1,
            window,
            strides: [1, 1],
            dilation: [1, 1],
            before: [0, 0],
            places: [1, 1],
        };
        let factor = match self.max {
            true => Factor::Largest,
            false => Factor::Mean,
        };
        let mut stage = Stage::windows(&self.output_shape, &all, self.channels, factor);
        stage.parts = vec![Part::new("window", &[&self.image[..], &[1]].concat())];
        vec![stage]
    }
}
