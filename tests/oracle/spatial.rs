//! Convolutions and pooling: every output place looks at a window of the input.

use super::layers::{add_bias, bias, own, product};
use super::number::{N, mean};
use super::tensor::{Pass, Tensor, flag, int, sizes, word};
use serde_json::Value as Json;

/// Places along one axis, and how many zeros come before the input.
fn places(padding: &str, n: usize, reach: usize, stride: usize) -> (usize, usize) {
    match padding {
        "same" => {
            let places = n.div_ceil(stride);
            (
                places,
                ((places - 1) * stride + reach).saturating_sub(n) / 2,
            )
        }
        "causal" => ((n - 1) / stride + 1, reach - 1),
        _ => ((n - reach) / stride + 1, 0),
    }
}

/// How windows lie on an image.
struct Windows {
    size: [usize; 2],
    strides: [usize; 2],
    dilation: [usize; 2],
    before: [usize; 2],
    places: [usize; 2],
}

impl Windows {
    fn new(config: &Json, x: &Tensor, size: [usize; 2], strides: [usize; 2]) -> Self {
        let (rank, [_, h, w, _]) = (x.shape.len(), x.image());
        let dilation = sizes(config, "dilation_rate", rank, 1);
        let padding = word(config, "padding", "valid");
        let axis = |i: usize, n: usize| {
            let padding = if rank == 3 && i == 0 {
                "valid"
            } else {
                padding
            };
            places(padding, n, (size[i] - 1) * dilation[i] + 1, strides[i])
        };
        let (down, across) = (axis(0, h), axis(1, w));
        Windows {
            size,
            strides,
            dilation,
            before: [down.1, across.1],
            places: [down.0, across.0],
        }
    }

    /// Calls `f` with each place, each number of its window, and where in the image that lies.
    fn each(&self, [_, h, w, _]: [usize; 4], mut f: impl FnMut(usize, usize, usize)) {
        for place in 0..self.places[0] * self.places[1] {
            let (r, c) = (place / self.places[1], place % self.places[1]);
            for at in 0..self.size[0] * self.size[1] {
                let (i, j) = (at / self.size[1], at % self.size[1]);
                let row = (r * self.strides[0] + i * self.dilation[0]).wrapping_sub(self.before[0]);
                let column =
                    (c * self.strides[1] + j * self.dilation[1]).wrapping_sub(self.before[1]);
                if row < h && column < w {
                    f(place, at, row * w + column);
                }
            }
        }
    }
}

/// Every channel's sums over its windows: `kernel` is `[window, channels / groups, filters]`.
fn correlate(x: &Tensor, windows: &Windows, kernel: &[N], groups: usize, filters: usize) -> Tensor {
    let image @ [b, _, _, c] = x.image();
    let (seen, each) = (c / groups, filters / groups);
    let n_places = windows.places[0] * windows.places[1];
    let n_image = x.data.len() / b;
    let mut y = vec![N::from(0.0); b * n_places * filters];
    for example in 0..b {
        windows.each(image, |place, at, from| {
            for filter in 0..filters {
                let y = &mut y[(example * n_places + place) * filters + filter];
                for k in 0..seen {
                    let channel = filter / each * seen + k;
                    *y += x.data[example * n_image + from * c + channel]
                        * kernel[(at * seen + k) * filters + filter];
                }
            }
        });
    }
    x.of_image([b, windows.places[0], windows.places[1], filters], y)
}

fn finish(config: &Json, mut z: Tensor, pass: &mut Pass) -> Tensor {
    let bias = bias(config, pass);
    add_bias(&mut z.data, &bias);
    own(config, z)
}

pub fn convolution(class: &str, config: &Json, x: &Tensor, pass: &mut Pass) -> Tensor {
    let rank = x.shape.len();
    let size = sizes(config, "kernel_size", rank, 1);
    let windows = Windows::new(config, x, size, sizes(config, "strides", rank, 1));
    let channels = x.width();
    let each = int(config, "depth_multiplier", 1);
    if class.starts_with("Conv") {
        let kernel = pass.take(config, "kernel");
        let (groups, filters) = (int(config, "groups", 1), int(config, "filters", 1));
        let z = correlate(x, &windows, &kernel, groups, filters);
        return finish(config, z, pass);
    }
    // `[window, channels, multiplier]` is `[window, 1, channels * multiplier]`: a group per channel.
    let kernel = pass.take(config, "depthwise");
    let z = correlate(x, &windows, &kernel, channels, channels * each);
    if class.starts_with("Depthwise") {
        return finish(config, z, pass);
    }
    let filters = int(config, "filters", 1);
    let pointwise = pass.take(config, "pointwise");
    let mixed = product(&z.data, z.width(), &pointwise, filters);
    let mut shape = z.shape.clone();
    *shape.last_mut().unwrap() = filters;
    finish(config, Tensor::new(&shape, mixed), pass)
}

/// Every input place is spread over a window of the output: `kernel` is `[window, filters, channels]`.
pub fn transpose(config: &Json, x: &Tensor, pass: &mut Pass) -> Tensor {
    let (rank, [b, h, w, c]) = (x.shape.len(), x.image());
    let size = sizes(config, "kernel_size", rank, 1);
    let strides = sizes(config, "strides", rank, 1);
    let dilation = sizes(config, "dilation_rate", rank, 1);
    let more = match config["output_padding"].is_null() {
        true => None,
        false => Some(sizes(config, "output_padding", rank, 0)),
    };
    let padding = word(config, "padding", "valid");
    let (mut image, mut before) = ([1, 1], [0, 0]);
    for axis in 4 - rank..2 {
        let (n, stride) = ([h, w][axis], strides[axis]);
        let reach = (size[axis] - 1) * dilation[axis] + 1;
        let inside = (n - 1) * stride + reach;
        (image[axis], before[axis]) = match (more, padding) {
            (None, "same") => (n * stride, inside.saturating_sub(n * stride) / 2),
            (None, _) => (inside.max(n * stride), 0),
            // Keras' keras/src/backend/common/backend_utils.py: how much is put around the spread input.
            (Some(more), "same") => {
                let around = reach + reach % 2 - 2 + more[axis];
                let first = around.div_ceil(2).min(reach - 1);
                (inside + more[axis] - reach / 2 * 2, reach - 1 - first)
            }
            (Some(more), _) => (inside + more[axis], 0),
        };
    }
    let filters = int(config, "filters", 1);
    let kernel = pass.take(config, "kernel");
    let (n_in, n_out) = (h * w * c, image[0] * image[1] * filters);
    let mut y = vec![N::from(0.0); b * n_out];
    // The windows of a convolution from the output to the input.
    let windows = Windows {
        size,
        strides,
        dilation,
        before,
        places: [h, w],
    };
    for example in 0..b {
        windows.each([b, image[0], image[1], filters], |place, at, to| {
            for f in 0..filters {
                for k in 0..c {
                    y[example * n_out + to * filters + f] +=
                        x.data[example * n_in + place * c + k] * kernel[(at * filters + f) * c + k];
                }
            }
        });
    }
    finish(
        config,
        x.of_image([b, image[0], image[1], filters], y),
        pass,
    )
}

/// The largest number or the mean of each channel's windows; what lies outside does not count.
pub fn pooling(class: &str, config: &Json, x: &Tensor) -> Tensor {
    let rank = x.shape.len();
    let size = sizes(config, "pool_size", rank, 2);
    let strides = match config["strides"].is_null() {
        true => size,
        false => sizes(config, "strides", rank, 1),
    };
    let windows = Windows::new(config, x, size, strides);
    let image @ [b, _, _, c] = x.image();
    let n_image = x.data.len() / b;
    let n_places = windows.places[0] * windows.places[1];
    let mut members = vec![Vec::new(); b * n_places * c];
    for example in 0..b {
        windows.each(image, |place, _, from| {
            for k in 0..c {
                members[(example * n_places + place) * c + k]
                    .push(x.data[example * n_image + from * c + k]);
            }
        });
    }
    let largest = |list: &Vec<N>| list.iter().copied().reduce(N::max).unwrap();
    let data = match class.starts_with("Max") {
        true => members.iter().map(largest).collect(),
        false => members.iter().map(|list| mean(list)).collect(),
    };
    x.of_image([b, windows.places[0], windows.places[1], c], data)
}

/// Over all places; the mean looks at a mask, the largest does not.
pub fn global(class: &str, config: &Json, x: &Tensor) -> Tensor {
    let [b, h, w, c] = x.image();
    let mask = x.mask.as_ref().filter(|_| x.shape.len() == 3);
    let mut data = Vec::new();
    for example in 0..b {
        for channel in 0..c {
            let places = (0..h * w).map(|p| (example * h * w + p, p));
            if class.starts_with("GlobalMax") {
                let all = places.map(|(at, _)| x.data[at * c + channel]);
                data.push(all.reduce(N::max).unwrap());
                continue;
            }
            let counting = places.filter(|(at, _)| mask.is_none_or(|m| m[*at]));
            let list: Vec<N> = counting.map(|(at, _)| x.data[at * c + channel]).collect();
            data.push(mean(&list));
        }
    }
    let mut shape = vec![b, c];
    if flag(config, "keepdims", false) {
        shape = [vec![b], vec![1; x.shape.len() - 2], vec![c]].concat();
    }
    Tensor::new(&shape, data)
}
