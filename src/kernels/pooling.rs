//! Max and average pooling, per window and channel, and their backward passes. Padding is excluded: a window at the edge has
//! fewer members.

use super::windows::Geometry;
use std::ops::Range;

/// Lanes of the loops over channels.
const LANES: usize = 4;

/// Calls `f` for every window, with its position in the output and the rows and columns of its members.
#[inline(always)]
fn each(g: &Geometry, mut f: impl FnMut(usize, Range<usize>, Range<usize>)) {
    let inside = |window: usize, axis: usize| {
        let start = window * g.strides[axis];
        let end = (start + g.window[axis]).min(g.image[axis] + g.before[axis]);
        start.max(g.before[axis]) - g.before[axis]..end - g.before[axis]
    };
    let mut at = 0;
    for top in 0..g.places[0] {
        for left in 0..g.places[1] {
            f(at, inside(top, 0), inside(left, 1));
            at += g.channels;
        }
    }
}

/// Calls `f` with the position in the image of each member of a window.
#[inline(always)]
fn members(g: &Geometry, rows: Range<usize>, columns: &Range<usize>, mut f: impl FnMut(usize)) {
    for row in rows {
        for column in columns.clone() {
            f((row * g.image[1] + column) * g.channels);
        }
    }
}

/// Whether the fast path applies: windows of 2 x 2 without padding, channels a multiple of the lanes.
fn is_two_by_two(g: &Geometry) -> bool {
    g.window == [2, 2] && !g.pads() && g.channels.is_multiple_of(LANES)
}

/// Starts of all windows.
fn starts(g: &Geometry) -> impl Iterator<Item = usize> {
    let (step, line) = (
        g.strides[1] * g.channels,
        g.strides[0] * g.image[1] * g.channels,
    );
    let (mut row, mut left, columns) = (0, 0, g.places[1]);
    std::iter::from_fn(move || {
        let start = row + left * step;
        left += 1;
        if left == columns {
            (row, left) = (row + line, 0);
        }
        Some(start)
    })
}

/// The four members of a 2 x 2 window.
#[inline(always)]
fn four<'x>(g: &Geometry, x: &'x [f32]) -> [&'x [f32]; 4] {
    let n = g.channels;
    let (upper, lower) = x.split_at(g.image[1] * n);
    let (a, b) = upper.split_at(n);
    let (c, d) = lower.split_at(n);
    [a, &b[..n], c, &d[..n]]
}

/// As [`four`], mutable.
#[inline(always)]
fn four_mut<'x>(g: &Geometry, x: &'x mut [f32]) -> [&'x mut [f32]; 4] {
    let n = g.channels;
    let (upper, lower) = x.split_at_mut(g.image[1] * n);
    let (a, b) = upper.split_at_mut(n);
    let (c, d) = lower.split_at_mut(n);
    [a, &mut b[..n], c, &mut d[..n]]
}

#[inline(always)]
fn largest_of_four([a, b, c, d]: [&[f32]; 4], y: &mut [f32]) {
    let larger = |x: f32, y: f32| if x > y { x } else { y };
    for ((((y, a), b), c), d) in y.iter_mut().zip(a).zip(b).zip(c).zip(d) {
        *y = larger(*d, larger(*c, larger(*b, larger(*a, f32::NEG_INFINITY))));
    }
}

#[inline(always)]
fn largest_of_four_back(x: [&[f32]; 4], y: &[f32], dx: [&mut [f32]; 4], dy: &[f32]) {
    let [a, b, c, d] = x.map(|x| x.as_chunks::<LANES>().0);
    let [da, db, dc, dd] = dx.map(|x| x.as_chunks_mut::<LANES>().0);
    let outputs = y
        .as_chunks::<LANES>()
        .0
        .iter()
        .zip(dy.as_chunks::<LANES>().0);
    let x = a.iter().zip(b).zip(c).zip(d);
    let dx = da.iter_mut().zip(db).zip(dc).zip(dd);
    for (((y, dy), (((a, b), c), d)), (((da, db), dc), dd)) in outputs.zip(x).zip(dx) {
        let mut dy = *dy;
        take(y, &mut dy, a, da);
        take(y, &mut dy, b, db);
        take(y, &mut dy, c, dc);
        take(y, &mut dy, d, dd);
    }
}

/// y = max of each window. `x`: one image; `y`: `[windows, channels]`.
pub fn largest(g: &Geometry, x: &[f32], y: &mut [f32]) {
    if is_two_by_two(g) {
        for (start, y) in starts(g).zip(y.chunks_exact_mut(g.channels)) {
            largest_of_four(four(g, &x[start..]), y);
        }
        return;
    }
    each(g, |at, rows, columns| {
        let y = &mut y[at..at + g.channels];
        y.fill(f32::NEG_INFINITY);
        members(g, rows, &columns, |place| {
            each_lane(y, &x[place..place + g.channels], |y, x| {
                *y = if x > *y { x } else { *y };
            });
        });
    });
}

/// Backward pass of [`largest`]: adds the gradient to the first member that equals the maximum. `work`: one number per
/// channel.
pub fn largest_back(
    g: &Geometry,
    x: &[f32],
    y: &[f32],
    dx: &mut [f32],
    dy: &[f32],
    work: &mut [f32],
) {
    if is_two_by_two(g) {
        let outputs = y.chunks_exact(g.channels).zip(dy.chunks_exact(g.channels));
        for (start, (y, dy)) in starts(g).zip(outputs) {
            largest_of_four_back(four(g, &x[start..]), y, four_mut(g, &mut dx[start..]), dy);
        }
        return;
    }
    let from = dy;
    each(g, |at, rows, columns| {
        let (y, dy) = (&y[at..at + g.channels], &mut work[..g.channels]);
        each_lane(dy, &from[at..at + g.channels], |dy, from| *dy = from);
        members(g, rows, &columns, |place| {
            let (x, dx) = (
                &x[place..place + g.channels],
                &mut dx[place..place + g.channels],
            );
            let (y4, y_rest) = y.as_chunks::<LANES>();
            let (dy4, dy_rest) = dy.as_chunks_mut::<LANES>();
            let (x4, x_rest) = x.as_chunks::<LANES>();
            let (dx4, dx_rest) = dx.as_chunks_mut::<LANES>();
            for (((y, dy), x), dx) in y4.iter().zip(dy4).zip(x4).zip(dx4) {
                take(y, dy, x, dx);
            }
            take(y_rest, dy_rest, x_rest, dx_rest);
        });
    });
}

/// Moves dy to dx where x is the maximum y.
#[inline(always)]
fn take(y: &[f32], dy: &mut [f32], x: &[f32], dx: &mut [f32]) {
    for (((y, dy), x), dx) in y.iter().zip(dy).zip(x).zip(dx) {
        let (moved, rest) = if x == y { (*dy, 0.0) } else { (0.0, *dy) };
        *dx += moved;
        *dy = rest;
    }
}

/// y = mean of each window.
pub fn mean(g: &Geometry, x: &[f32], y: &mut [f32]) {
    each(g, |at, rows, columns| {
        let y = &mut y[at..at + g.channels];
        let count = (rows.len() * columns.len()) as f32;
        y.fill(0.0);
        members(g, rows, &columns, |place| {
            each_lane(y, &x[place..place + g.channels], |y, x| *y += x);
        });
        y.iter_mut().for_each(|y| *y /= count);
    });
}

/// Backward pass of [`mean`]: adds an equal part of the gradient to each member.
pub fn mean_back(g: &Geometry, dx: &mut [f32], dy: &[f32]) {
    each(g, |at, rows, columns| {
        let dy = &dy[at..at + g.channels];
        let count = (rows.len() * columns.len()) as f32;
        members(g, rows, &columns, |place| {
            each_lane(&mut dx[place..place + g.channels], dy, |dx, dy| {
                *dx += dy / count
            });
        });
    });
}

/// Calls `f` with each pair of numbers, in lanes of four.
#[inline(always)]
fn each_lane(to: &mut [f32], from: &[f32], f: impl Fn(&mut f32, f32)) {
    let (to4, to_rest) = to.as_chunks_mut::<LANES>();
    let (from4, from_rest) = from.as_chunks::<LANES>();
    for (to, from) in to4.iter_mut().zip(from4) {
        to.iter_mut().zip(from).for_each(|(to, from)| f(to, *from));
    }
    to_rest
        .iter_mut()
        .zip(from_rest)
        .for_each(|(to, from)| f(to, *from));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numerics::rng::Stream;

    /// The fast path for 2 x 2 windows, compared with each channel by itself.
    #[test]
    fn bits_equal_one_channel_at_a_time() {
        let mut stream = Stream::new(7, 8);
        for (image, strides) in [([6, 8], [2, 2]), ([7, 5], [2, 2]), ([5, 4], [1, 1])] {
            let places = [0, 1].map(|axis| (image[axis] - 2) / strides[axis] + 1);
            let of = |channels: usize| Geometry {
                image,
                channels,
                seen: channels,
                window: [2, 2],
                strides,
                dilation: [1, 1],
                before: [0, 0],
                places,
            };
            let (all, one) = (of(8), of(1));
            assert!(is_two_by_two(&all) && !is_two_by_two(&one));
            // Integers, so that some are equal.
            let mut random = |n: usize| (0..n).map(|_| stream.normal().round()).collect::<Vec<_>>();
            let (x, dy) = (random(all.n_image()), random(8 * all.n_places()));
            let (mut y, mut dx) = (vec![0.0; dy.len()], vec![0.0; x.len()]);
            largest(&all, &x, &mut y);
            largest_back(&all, &x, &y, &mut dx, &dy, &mut [0.0; 8]);
            for channel in 0..8 {
                let only = |all: &[f32]| -> Vec<f32> {
                    all.iter().skip(channel).step_by(8).copied().collect()
                };
                let (x, dy) = (only(&x), only(&dy));
                let (mut want, mut dwant) = (vec![0.0; dy.len()], vec![0.0; x.len()]);
                largest(&one, &x, &mut want);
                largest_back(&one, &x, &want, &mut dwant, &dy, &mut [0.0]);
                assert_eq!((only(&y), only(&dx)), (want, dwant), "{image:?} {channel}");
            }
        }
    }
}
