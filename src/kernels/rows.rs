//! Operations on the rows of a row-major array `[rows, width]`.

use super::registers::{COLUMNS, MIN_COLUMNS, Registers, Strip, in_registers, strips};

/// Longest row that is copied four numbers at a time. For longer ones, a call of the engine's memory copy is faster.
const SHORT: usize = 64;

/// Adds `bias` (`[width]`) to every row of `y`.
pub fn add_bias(y: &mut [f32], bias: &[f32]) {
    for row in y.chunks_exact_mut(bias.len()) {
        for (y, b) in row.iter_mut().zip(bias) {
            *y += b;
        }
    }
}

/// Sums the rows of `y` into `out` (`[width]`), from the first to the last.
pub fn sum_rows(y: &[f32], out: &mut [f32]) {
    let width = out.len();
    if width < MIN_COLUMNS {
        for (start, out) in out.iter_mut().enumerate() {
            let column = y.iter().skip(start).step_by(width);
            *out = column.fold(0.0, |sum, x| sum + x);
        }
        return;
    }
    for strip in strips(width, COLUMNS) {
        in_registers!(strip.width, sum_strip(y, out, strip));
    }
}

fn sum_strip<const F: usize>(y: &[f32], out: &mut [f32], strip: Strip) {
    strip.assert_holds(F);
    let mut sums = Registers::<F>::default();
    for row in y.chunks_exact(strip.n) {
        sums = sums.plus(1.0, Registers::load(&row[strip.start..][..strip.width]));
    }
    sums.store(&mut out[strip.start..][..strip.width]);
}

/// y = x w + bias: `x`: `[rows, width]`, `w`: `[width]`, `bias`: `[1]` or empty, `y`: `[rows]`. Each dot product is summed
/// from the first number to the last.
pub fn dots(x: &[f32], w: &[f32], bias: &[f32], y: &mut [f32]) {
    let mut rows = x;
    for y in y.chunks_mut(4) {
        // Four independent sums hide the latency of the additions.
        let places: [usize; 4] = std::array::from_fn(|r| r.min(y.len() - 1) * w.len());
        let mut sums = [0.0; 4];
        for (k, w) in w.iter().enumerate() {
            for (sum, at) in sums.iter_mut().zip(places) {
                *sum += rows[at + k] * w;
            }
        }
        for (y, sum) in y.iter_mut().zip(sums) {
            *y = bias.iter().fold(sum, |sum, b| sum + b);
        }
        rows = &rows[y.len() * w.len()..];
    }
}

/// Copies the rows `indices` of `from` (`[n, width]`) to `to`.
pub fn gather(from: &[f32], width: usize, indices: &[u32], to: &mut [f32]) {
    match width {
        1 => gather_all::<1>(from, indices, to),
        2 => gather_all::<2>(from, indices, to),
        _ => {
            for (row, &i) in to.chunks_exact_mut(width).zip(indices) {
                copy(&from[i as usize * width..][..width], row);
            }
        }
    }
}

fn gather_all<const N: usize>(from: &[f32], indices: &[u32], to: &mut [f32]) {
    let from = from.as_chunks::<N>().0;
    for (row, &i) in to.as_chunks_mut::<N>().0.iter_mut().zip(indices) {
        *row = from[i as usize];
    }
}

/// As `copy_from_slice`. A short slice is copied four numbers at a time; the last four may overlap the previous ones.
#[inline(always)]
fn copy(from: &[f32], to: &mut [f32]) {
    match (from.last_chunk::<4>(), to.len()) {
        (Some(last), ..=SHORT) => {
            let fours = to.as_chunks_mut::<4>().0.iter_mut();
            fours
                .zip(from.as_chunks().0)
                .for_each(|(to, from)| *to = *from);
            if let Some(to) = to.last_chunk_mut() {
                *to = *last;
            }
        }
        _ => to.copy_from_slice(from),
    }
}

/// Whether every number is finite. If the sum is, all are; else (the sum of huge numbers may overflow) each is checked.
/// The sum is taken in independent lanes, without branches.
pub fn all_finite(values: &[f32]) -> bool {
    let mut lanes = [[0.0f32; 4]; 8];
    let mut add = |from: &[[f32; 4]]| {
        for (lane, four) in lanes.iter_mut().zip(from) {
            lane.iter_mut().zip(four).for_each(|(lane, x)| *lane += x);
        }
    };
    let (chunks, rest) = values.as_chunks::<32>();
    for chunk in chunks {
        add(chunk.as_chunks().0);
    }
    let (fours, rest) = rest.as_chunks();
    add(fours);
    let mut sum = [0.0f32; 4];
    for lane in lanes {
        sum.iter_mut().zip(lane).for_each(|(sum, x)| *sum += x);
    }
    let sum = sum.iter().chain(rest).sum::<f32>();
    sum.is_finite() || values.iter().all(|x| x.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::matmul::Products;
    use crate::numerics::rng::Stream;

    #[test]
    fn bits_equal_the_plain_loops() {
        let mut stream = Stream::new(5, 6);
        let mut random = |n: usize| (0..n).map(|_| stream.normal()).collect::<Vec<f32>>();
        let mut products = Products::default();
        for rows in [1, 3, 4, 9, 10] {
            for width in [1, 2, 3, 4, 5, 7, 8, 9, 11, 12, 15, 33, 70] {
                let (x, w, bias) = (random(rows * width), random(width), random(1));
                let (mut want, mut got) = (vec![1.0; rows], vec![2.0; rows]);
                products.product_plus(&x, &w, &bias, &mut want, width, 1);
                dots(&x, &w, &bias, &mut got);
                assert_eq!(got, want, "{rows} {width}");

                let column = |j: usize| x.iter().skip(j).step_by(width);
                let want: Vec<f32> = (0..width)
                    .map(|j| column(j).fold(0.0, |sum, x| sum + x))
                    .collect();
                let mut got = vec![2.0; width];
                sum_rows(&x, &mut got);
                assert_eq!(got, want, "{rows} {width}");

                let indices: Vec<u32> = (0..rows as u32).rev().chain([0]).collect();
                let want: Vec<f32> = indices
                    .iter()
                    .flat_map(|i| &x[*i as usize * width..][..width])
                    .copied()
                    .collect();
                let mut got = vec![2.0; want.len()];
                gather(&x, width, &indices, &mut got);
                assert_eq!(got, want, "{rows} {width}");
            }
        }
    }

    #[test]
    fn reaches_every_number_that_is_not_finite() {
        for n in [1, 3, 4, 31, 32, 33, 100] {
            for at in 0..n {
                for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
                    let mut values = vec![f32::MAX; n];
                    assert!(all_finite(&values));
                    values[at] = bad;
                    assert!(!all_finite(&values), "{bad} at {at} of {n}");
                }
            }
        }
    }
}
