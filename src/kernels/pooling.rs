//! The largest or the mean of every window and channel, and the ways back. Zeros around an image do not
//! count: a window at the edge has fewer members.

use super::windows::Geometry;
use std::ops::Range;

/// Lanes of the loops over channels.
const LANES: usize = 4;

/// Calls `f` for every window with its place in the output, and the rows and columns of its members.
#[inline(always)]
fn each(g: &Geometry, mut f: impl FnMut(usize, Range<usize>, Range<usize>)) {
    let inside = |place: usize, axis: usize| {
        let start = place * g.strides[axis];
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

/// Calls `f` with the place in the image of every member of a window.
#[inline(always)]
fn members(g: &Geometry, rows: Range<usize>, columns: &Range<usize>, mut f: impl FnMut(usize)) {
    for row in rows {
        for column in columns.clone() {
            f((row * g.image[1] + column) * g.channels);
        }
    }
}

/// y = the largest of each window. `x`: one image; `y`: `[places, channels]`.
pub fn largest(g: &Geometry, x: &[f32], y: &mut [f32]) {
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

/// The way back of [`largest`]: the first member that is the largest takes all. Adds to `dx`; uses `dy` up.
pub fn largest_back(g: &Geometry, x: &[f32], y: &[f32], dx: &mut [f32], dy: &mut [f32]) {
    each(g, |at, rows, columns| {
        let (y, dy) = (&y[at..at + g.channels], &mut dy[at..at + g.channels]);
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

/// Where x is the largest it takes what is left of dy.
#[inline(always)]
fn take(y: &[f32], dy: &mut [f32], x: &[f32], dx: &mut [f32]) {
    for (((y, dy), x), dx) in y.iter().zip(dy).zip(x).zip(dx) {
        let (taken, left) = if x == y { (*dy, 0.0) } else { (0.0, *dy) };
        *dx += taken;
        *dy = left;
    }
}

/// y = the mean of each window.
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

/// The way back of [`mean`]: all members share. Adds to `dx`.
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

/// Calls `f` with each pair of numbers, four at a time where there are as many.
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
