//! Layers that put numbers elsewhere: every output is some inputs, each times a weight.
//!
//! Reshape, Permute, RepeatVector, ZeroPadding, Cropping and UpSampling differ only in their map,
//! which is made once.

mod kinds;

pub use kinds::*;

use super::layer::{Backward, Build, Forward, Layer, MaskFlow, Shape, size};
use crate::options::error::ConfigError;

/// All places of a shape, in the order in which they lie.
fn indices(shape: &[usize]) -> impl Iterator<Item = Vec<usize>> + use<> {
    let shape = shape.to_vec();
    let n = size(&shape).unwrap_or(0);
    (0..n).map(move |mut at| {
        let mut index = vec![0; shape.len()];
        for (i, size) in index.iter_mut().zip(&shape).rev() {
            (*i, at) = (at % size, at / size);
        }
        index
    })
}

/// Where a place lies; `None` outside.
fn place(shape: &[usize], index: &[usize]) -> Option<usize> {
    let inside = shape.iter().zip(index).all(|(size, i)| i < size);
    inside.then(|| {
        shape
            .iter()
            .zip(index)
            .fold(0, |at, (size, i)| at * size + i)
    })
}

/// A sequence or an image, as [rows, columns, channels] of which a sequence has one row.
fn image(request: &Build<'_>, rank: usize) -> Result<[usize; 3], ConfigError> {
    let (image, channels) = super::convolution::image_of(request, rank)?;
    Ok([image[0], image[1], channels])
}

/// Amounts before and after each of the two axes.
fn sides(request: &Build<'_>, rank: usize, option: &str) -> Result<[[usize; 2]; 2], ConfigError> {
    let list: Vec<usize> = request
        .config
        .ints(option)
        .iter()
        .map(|n| *n as usize)
        .collect();
    match (rank, list.as_slice()) {
        (1, &[n]) => Ok([[0, 0], [n, n]]),
        (1, &[a, b]) => Ok([[0, 0], [a, b]]),
        (2, &[n]) => Ok([[n, n], [n, n]]),
        (2, &[a, b]) => Ok([[a, a], [b, b]]),
        (2, &[a, b, c, d]) => Ok([[a, b], [c, d]]),
        _ => {
            let message = format!("'{option}' has {} numbers, which fit no side.", list.len());
            Err(ConfigError::new(option, message))
        }
    }
}

/// Padding (`outwards`) or cropping.
fn shifted(
    request: Build<'_>,
    rank: usize,
    option: &str,
    outwards: bool,
) -> Result<Box<dyn Layer>, ConfigError> {
    let from = image(&request, rank)?;
    let sides = sides(&request, rank, option)?;
    let mut to = from;
    for axis in 0..2 {
        let all = sides[axis][0] + sides[axis][1];
        to[axis] = if outwards {
            from[axis] + all
        } else {
            from[axis].saturating_sub(all)
        };
    }
    if to.contains(&0) {
        let message = "Nothing is left of the input: cut off less.";
        return Err(ConfigError::new(option, message));
    }
    let map = indices(&to).map(|at| {
        let mut source = at.clone();
        for axis in 0..2 {
            source[axis] = match outwards {
                true => at[axis].wrapping_sub(sides[axis][0]),
                false => at[axis] + sides[axis][0],
            };
        }
        place(&from, &source)
    });
    let n = from.iter().product();
    Ok(Box::new(Rearranged::by(
        to[2 - rank..].to_vec(),
        n,
        map,
        MaskFlow::Stops,
    )))
}

fn upsampled(request: Build<'_>, rank: usize) -> Result<Box<dyn Layer>, ConfigError> {
    let from = image(&request, rank)?;
    let list = request.config.ints("size");
    let times = match (rank, list) {
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
    let bilinear = rank == 2 && request.config.word("interpolation") == "bilinear";
    let mut map = Rearranged {
        output_shape: to[2 - rank..].to_vec(),
        n_in: from.iter().product(),
        starts: vec![0],
        terms: Vec::new(),
        mask: MaskFlow::Stops,
    };
    // Two pixels of an axis and how much of the second: between the middles of the pixels.
    let near = |at: usize, axis: usize| {
        if !bilinear {
            return (at / times[axis], at / times[axis], 0.0f32);
        }
        let middle = (at as f32 + 0.5) / times[axis] as f32 - 0.5;
        let first = if middle < 0.0 { 0 } else { middle as usize };
        let second = (first + 1).min(from[axis] - 1);
        let share = if middle < 0.0 {
            0.0
        } else {
            middle - first as f32
        };
        (first.min(from[axis] - 1), second, share)
    };
    for at in indices(&to) {
        let ((top, below, down), (left, right, along)) = (near(at[0], 0), near(at[1], 1));
        for (row, row_share) in [(top, 1.0 - down), (below, down)] {
            for (column, share) in [(left, 1.0 - along), (right, along)] {
                if row_share * share > 0.0 {
                    let source = (row * from[1] + column) * from[2] + at[2];
                    map.terms.push((source as u32, row_share * share));
                }
            }
        }
        map.starts.push(map.terms.len() as u32);
    }
    Ok(Box::new(map))
}

/// y_k = the sum of its terms.
struct Rearranged {
    output_shape: Shape,
    n_in: usize,
    /// Where the terms of each output begin, and the end of all.
    starts: Vec<u32>,
    /// Place of an input, and its weight.
    terms: Vec<(u32, f32)>,
    mask: MaskFlow,
}

impl Rearranged {
    /// Every output is one input, or 0.
    fn by(
        output_shape: Shape,
        n_in: usize,
        map: impl Iterator<Item = Option<usize>>,
        mask: MaskFlow,
    ) -> Self {
        let (mut starts, mut terms) = (vec![0], Vec::new());
        for source in map {
            terms.extend(source.map(|at| (at as u32, 1.0)));
            starts.push(terms.len() as u32);
        }
        Rearranged {
            output_shape,
            n_in,
            starts,
            terms,
            mask,
        }
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
                    .map(|(at, weight)| x[*at as usize] * weight)
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
                for (at, weight) in terms {
                    dx[*at as usize] += dy * weight;
                }
            }
        }
    }

    fn mask_flow(&self) -> MaskFlow {
        self.mask
    }
}
