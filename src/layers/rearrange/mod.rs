//! Layers that move numbers: each output is a weighted sum of inputs, for most layers a single input.
//!
//! Reshape, Permute, RepeatVector, ZeroPadding, Cropping and UpSampling differ only in their map of outputs to inputs, which
//! is computed once. No mask passes them, as in Keras.

mod kinds;

use super::terms::Stage;
pub use kinds::*;

use super::layer::{Backward, Build, Forward, Layer, Shape, size};
use crate::options::error::{ConfigError, Result};

/// All indices of an array of this shape, the last axis fastest.
fn indices(shape: &[usize]) -> impl Iterator<Item = Vec<usize>> + use<> {
    let shape = shape.to_vec();
    let n = size(&shape).unwrap_or(0);
    (0..n).map(move |mut flat| {
        let mut index = vec![0; shape.len()];
        for (i, size) in index.iter_mut().zip(&shape).rev() {
            (*i, flat) = (flat % size, flat / size);
        }
        index
    })
}

/// Flat index of an element; `None` outside of the array.
fn flat_index(shape: &[usize], index: &[usize]) -> Option<usize> {
    let inside = shape.iter().zip(index).all(|(size, i)| i < size);
    inside.then(|| {
        shape
            .iter()
            .zip(index)
            .fold(0, |flat, (size, i)| flat * size + i)
    })
}

/// Shape of an image or a sequence (rank 1) as `[rows, columns, channels]`; a sequence has one row.
fn image(request: &Build<'_>, rank: usize) -> Result<[usize; 3]> {
    let (image, channels) = super::convolution::image_of(request, rank)?;
    Ok([image[0], image[1], channels])
}

/// Amounts before and after each of the two axes, from the list of the option `name`.
fn sides(name: &str, list: &[i64], rank: usize) -> Result<[[usize; 2]; 2]> {
    let list: Vec<usize> = list.iter().map(|n| *n as usize).collect();
    match (rank, list.as_slice()) {
        (1, &[n]) => Ok([[0, 0], [n, n]]),
        (1, &[a, b]) => Ok([[0, 0], [a, b]]),
        (2, &[n]) => Ok([[n, n], [n, n]]),
        (2, &[a, b]) => Ok([[a, a], [b, b]]),
        (2, &[a, b, c, d]) => Ok([[a, b], [c, d]]),
        _ => {
            let numbers = if rank == 1 {
                "one or two"
            } else {
                "one, two or four"
            };
            let message = format!("'{name}' has {} numbers: give {numbers}.", list.len());
            Err(ConfigError::new(name, message))
        }
    }
}

/// ZeroPadding, by the amounts of the option `padding`.
fn padded(request: &Build<'_>, rank: usize, padding: &[i64]) -> Result<Box<dyn Layer>> {
    let from = image(request, rank)?;
    let sides = sides("padding", padding, rank)?;
    let mut to = from;
    for axis in 0..2 {
        to[axis] += sides[axis][0] + sides[axis][1];
    }
    let sources = indices(&to).map(|mut index| {
        for axis in 0..2 {
            // Before the input the index wraps to a large one, outside of it too.
            index[axis] = index[axis].wrapping_sub(sides[axis][0]);
        }
        flat_index(&from, &index)
    });
    let n = from.iter().product();
    Ok(Rearranged::boxed(to[2 - rank..].to_vec(), n, sources))
}

/// Cropping, by the amounts of the option `cropping`.
fn cropped(request: &Build<'_>, rank: usize, cropping: &[i64]) -> Result<Box<dyn Layer>> {
    let from = image(request, rank)?;
    let sides = sides("cropping", cropping, rank)?;
    let mut to = from;
    for axis in 0..2 {
        to[axis] = from[axis].saturating_sub(sides[axis][0] + sides[axis][1]);
    }
    if to.contains(&0) {
        let message = "Nothing is left of the input: cut off less.";
        return Err(ConfigError::new("cropping", message));
    }
    let sources = indices(&to).map(|mut index| {
        for axis in 0..2 {
            index[axis] += sides[axis][0];
        }
        flat_index(&from, &index)
    });
    let n = from.iter().product();
    Ok(Rearranged::boxed(to[2 - rank..].to_vec(), n, sources))
}

/// UpSampling: repeats positions `size` times, or interpolates between the centres of the pixels.
fn upsampled(
    request: &Build<'_>,
    rank: usize,
    size: &[i64],
    bilinear: bool,
) -> Result<Box<dyn Layer>> {
    let from = image(request, rank)?;
    let times = match (rank, size) {
        (1, [n]) => [1, *n as usize],
        (2, [n]) => [*n as usize; 2],
        (2, [a, b]) => [*a as usize, *b as usize],
        _ => {
            return Err(ConfigError::new(
                "size",
                "'size' takes one number for each axis.",
            ));
        }
    };
    let to = [from[0] * times[0], from[1] * times[1], from[2]];
    let mut layer = Rearranged::new(to[2 - rank..].to_vec(), from.iter().product());
    // The two nearest positions of an axis, and the weight of the second.
    let neighbours = |position: usize, axis: usize| {
        if !bilinear {
            return (position / times[axis], position / times[axis], 0.0f32);
        }
        let centre = (position as f32 + 0.5) / times[axis] as f32 - 0.5;
        let first = if centre < 0.0 { 0 } else { centre as usize };
        let second = (first + 1).min(from[axis] - 1);
        let weight = if centre < 0.0 {
            0.0
        } else {
            centre - first as f32
        };
        (first.min(from[axis] - 1), second, weight)
    };
    for index in indices(&to) {
        let ((top, below, down), (left, right, along)) =
            (neighbours(index[0], 0), neighbours(index[1], 1));
        let channel = index[2];
        let rows = [(top, 1.0 - down), (below, down)];
        let columns = [(left, 1.0 - along), (right, along)];
        layer.push(rows.into_iter().flat_map(|(row, row_weight)| {
            let source = move |column| (row * from[1] + column) * from[2] + channel;
            columns
                .into_iter()
                .filter(move |(_, weight)| row_weight * weight > 0.0)
                .map(move |(column, weight)| (source(column) as u32, row_weight * weight))
        }));
    }
    Ok(Box::new(layer))
}

/// y_k = sum over its terms of x_source weight.
struct Rearranged {
    output_shape: Shape,
    n_in: usize,
    /// Index in `terms` of the first term of each output, and the number of all terms.
    starts: Vec<u32>,
    /// Index of an input, and its weight.
    terms: Vec<(u32, f32)>,
}

impl Rearranged {
    fn new(output_shape: Shape, n_in: usize) -> Self {
        Rearranged {
            output_shape,
            n_in,
            starts: vec![0],
            terms: Vec::new(),
        }
    }

    /// A layer whose outputs are one input each, or 0 for `None`.
    fn boxed(
        output_shape: Shape,
        n_in: usize,
        sources: impl Iterator<Item = Option<usize>>,
    ) -> Box<dyn Layer> {
        let mut layer = Self::new(output_shape, n_in);
        for source in sources {
            layer.push(source.map(|index| (index as u32, 1.0)));
        }
        Box::new(layer)
    }

    /// Adds the terms of the next output.
    fn push(&mut self, terms: impl IntoIterator<Item = (u32, f32)>) {
        self.terms.extend(terms);
        self.starts.push(self.terms.len() as u32);
    }

    fn terms(&self) -> impl Iterator<Item = &[(u32, f32)]> {
        self.starts
            .windows(2)
            .map(|pair| &self.terms[pair[0] as usize..pair[1] as usize])
    }
}

impl Layer for Rearranged {
    fn output_shape(&self) -> &Shape {
        &self.output_shape
    }

    fn forward(&self, pass: Forward<'_>) {
        let n_out = self.starts.len() - 1;
        for (x, y) in pass
            .x
            .chunks_exact(self.n_in)
            .zip(pass.y.chunks_exact_mut(n_out))
        {
            for (y, terms) in y.iter_mut().zip(self.terms()) {
                *y = terms
                    .iter()
                    .map(|(index, weight)| x[*index as usize] * weight)
                    .sum();
            }
        }
    }

    fn backward(&self, pass: Backward<'_>) {
        let Some(dx) = pass.dx else { return };
        let n_out = self.starts.len() - 1;
        dx.fill(0.0);
        for (dx, dy) in dx
            .chunks_exact_mut(self.n_in)
            .zip(pass.dy.chunks_exact(n_out))
        {
            for (dy, terms) in dy.iter().zip(self.terms()) {
                for (index, weight) in terms {
                    dx[*index as usize] += dy * weight;
                }
            }
        }
    }

    /// Bilinear upsampling mixes several inputs and is shown as a whole.
    fn terms(&self, _: bool) -> Vec<Stage> {
        let whole = |terms: &[(u32, f32)]| matches!(terms, [] | [(_, 1.0)]);
        if !self.terms().all(whole) {
            return Vec::new();
        }
        let inputs = self
            .terms()
            .map(|terms| terms.first().map(|(at, _)| *at as usize));
        vec![Stage::rearranged(&self.output_shape, inputs)]
    }
}
