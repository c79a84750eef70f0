//! Products that skip the zeros of one of their matrices, such as the outputs of a ReLU or the gradients below it.
//!
//! The numbers that are not zero of a row of S are listed with their columns; the rows of D with these numbers are added up
//! in registers, a strip of 32 columns at a time. Each element is summed over k from first to last, starting at +0, so that
//! the results have the bits of the dense products if all numbers are finite.

use super::panels::Order;
use std::array;

/// A number that is not zero: its place, as bits, and its value.
pub(super) type Entry = [f32; 2];

/// Share of zeros from which on skipping them is faster (measured, V8: level at a third).
const ZEROS: f32 = 0.4;
/// Columns of a strip.
pub(super) const STRIP: usize = 32;
/// The numbers of a row of a strip, in groups that fit into a register.
pub(super) type Sums = [[f32; 4]; STRIP / 4];
pub(super) const ZERO: Sums = [[0.0; 4]; STRIP / 4];
/// Rows of D in a strip at a time: 32 KiB, most of an L1 cache.
const DEPTH: usize = 256;
/// Rows of S whose sums are stored together: as many numbers as a cache line has.
pub(super) const TILE: usize = 16;
/// Most numbers and most rows of S that are listed together.
const LISTED: (usize, usize) = (128 * DEPTH, 1024);

/// A matrix and its order: row-major, or the transpose of a row-major one.
pub type Ordered<'a> = (&'a [f32], Order);

/// m, k, n: S is `[m, k]`, D `[k, n]`, C `[m, n]`.
type Sizes = (usize, usize, usize);

/// Adjacent rows or columns of a matrix: the first, and their number.
type Span = (usize, usize);

/// The buffers of such products.
pub struct Skipping {
    /// For each listed row, its numbers that are not zero, with their columns.
    entries: Vec<Entry>,
    counts: Vec<usize>,
    /// A strip of D.
    panel: Vec<Sums>,
}

impl Default for Skipping {
    fn default() -> Self {
        Skipping {
            entries: vec![[0.0; 2]; LISTED.0],
            counts: vec![0; LISTED.1],
            panel: vec![ZERO; DEPTH],
        }
    }
}

/// Whether S has so many zeros, and C so many columns, that skipping them pays.
pub fn pays(s: &[f32], n: usize) -> bool {
    let zeros = || s.iter().filter(|x| **x == 0.0).count();
    n >= STRIP && s.len() >= 1024 && zeros() as f32 >= ZEROS * s.len() as f32
}

#[inline(always)]
pub(super) fn entry(place: usize, value: f32) -> Entry {
    [f32::from_bits(place as u32), value]
}

#[inline(always)]
pub(super) fn place(entry: &Entry) -> usize {
    entry[0].to_bits() as usize
}

impl Skipping {
    /// C = S D, without the zeros of S.
    pub fn product(
        &mut self,
        [s, d]: [Ordered<'_>; 2],
        (c, order): (&mut [f32], Order),
        sizes: Sizes,
    ) {
        let (m, k, n) = sizes;
        for k0 in (0..k).step_by(DEPTH) {
            let inner = (k0, DEPTH.min(k - k0));
            let listed = LISTED.1.min(LISTED.0 / inner.1);
            for i in (0..m).step_by(listed) {
                let rows = (i, listed.min(m - i));
                self.list(s, sizes, rows, inner);
                for j in (0..n).step_by(STRIP) {
                    let columns = (j, STRIP.min(n - j));
                    self.strip(d, (c, order), sizes, [rows, inner, columns]);
                }
            }
        }
    }

    /// Lists what is not zero in the columns `k0..k0 + depth` of the rows `i..i + rows` of S.
    fn list(
        &mut self,
        (s, order): Ordered<'_>,
        (m, k, _): Sizes,
        (i, rows): Span,
        (k0, depth): Span,
    ) {
        let lists = self.entries.chunks_exact_mut(depth);
        match order {
            Order::Rows => {
                let rows = s.chunks_exact(k).skip(i).take(rows);
                for ((row, list), count) in rows.zip(lists).zip(&mut self.counts) {
                    let mut n = 0;
                    for (p, x) in (0..).zip(&row[k0..k0 + depth]) {
                        list[n] = entry(p, *x);
                        n += usize::from(*x != 0.0);
                    }
                    *count = n;
                }
            }
            Order::Columns => {
                let counts = self.counts[..rows].chunks_mut(TILE);
                let lists = self.entries.chunks_mut(TILE * depth);
                for ((first, counts), lists) in (i..).step_by(TILE).zip(counts).zip(lists) {
                    let (columns, end) = (s.chunks_exact(m).skip(k0), first + counts.len());
                    let parts = columns.take(depth).map(|column| &column[first..end]);
                    list_columns((0..).zip(parts), lists, depth, counts);
                }
            }
        }
    }

    /// One strip of C, in the listed rows.
    fn strip(
        &mut self,
        d: Ordered<'_>,
        (c, order): (&mut [f32], Order),
        (m, k, n): Sizes,
        [rows, inner, columns]: [Span; 3],
    ) {
        load(d, (k, n), inner, columns, &mut self.panel);
        let counts = self.counts[..rows.1].chunks(TILE);
        let lists = self.entries.chunks(TILE * inner.1);
        for ((i, counts), lists) in (rows.0..).step_by(TILE).zip(counts).zip(lists) {
            let (mut tile, rows) = ([ZERO; TILE], (i, counts.len()));
            if inner.0 > 0 {
                load((c, order), (m, n), rows, columns, &mut tile);
            }
            for ((sums, count), list) in tile.iter_mut().zip(counts).zip(lists.chunks(inner.1)) {
                *sums = add(*sums, &list[..*count], 0, &self.panel);
            }
            store(&tile, (c, order), (m, n), rows, columns);
        }
    }
}

/// Lists what is not zero in each column of some rows: the column's list starts at its number times `pitch`. `rows`: the
/// place of each row, and its numbers.
#[inline(always)]
pub(super) fn list_columns<'a>(
    rows: impl Iterator<Item = (usize, &'a [f32])>,
    lists: &mut [Entry],
    pitch: usize,
    counts: &mut [usize],
) {
    counts.fill(0);
    for (place, row) in rows {
        let starts = (0..).step_by(pitch);
        for ((x, count), start) in row.iter().zip(&mut *counts).zip(starts) {
            lists[start + *count] = entry(place, *x);
            *count += usize::from(*x != 0.0);
        }
    }
}

/// Returns the sums plus each listed number times its row of the panel: the one at its place, less `before`.
#[inline(always)]
pub(super) fn add(mut sums: Sums, list: &[Entry], before: usize, panel: &[Sums]) -> Sums {
    // A loop, since the compiler does not inline `fold`, which then passes the sums through memory.
    for entry in list {
        let row = &panel[place(entry).wrapping_sub(before)];
        sums = array::from_fn(|r| array::from_fn(|l| sums[r][l] + entry[1] * row[r][l]));
    }
    sums
}

/// Copies a part of a matrix of `m` rows and `n` columns. Beyond its columns there are zeros.
#[inline(always)]
fn load(
    (from, order): Ordered<'_>,
    (m, n): (usize, usize),
    (i, rows): Span,
    (j, columns): Span,
    to: &mut [Sums],
) {
    let to = &mut to[..rows];
    if columns < STRIP {
        to.fill(ZERO);
    }
    match order {
        Order::Rows => {
            for (to, row) in to.iter_mut().zip(from.chunks_exact(n).skip(i)) {
                to.as_flattened_mut()[..columns].copy_from_slice(&row[j..j + columns]);
            }
        }
        Order::Columns => {
            let columns = from.chunks_exact(m).skip(j).take(columns);
            for (j, column) in columns.enumerate() {
                for (to, x) in to.iter_mut().zip(&column[i..]) {
                    to[j / 4][j % 4] = *x;
                }
            }
        }
    }
}

/// Copies the sums to a part of such a matrix.
#[inline(always)]
fn store(
    from: &[Sums],
    (to, order): (&mut [f32], Order),
    (m, n): (usize, usize),
    (i, rows): Span,
    (j, columns): Span,
) {
    match order {
        Order::Rows => {
            let to = to.chunks_exact_mut(n).skip(i).take(rows);
            for (row, from) in to.zip(from) {
                row[j..j + columns].copy_from_slice(&from.as_flattened()[..columns]);
            }
        }
        Order::Columns => {
            let to = to.chunks_exact_mut(m).skip(j).take(columns);
            for (j, column) in to.enumerate() {
                for (to, from) in column[i..i + rows].iter_mut().zip(from) {
                    *to = from[j / 4][j % 4];
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numerics::rng::Stream;

    #[test]
    fn bits_equal_the_plain_loop() {
        let mut stream = Stream::new(7, 8);
        let mut skipping = Skipping::default();
        for (m, k, n) in [
            (1, 1, 1),
            (33, 7, 40),
            (17, 300, 70),
            (1100, 64, 9),
            (5, 3, 129),
            (300, 520, 33),
        ] {
            let mut random = |n: usize| (0..n).map(|_| stream.normal()).collect::<Vec<f32>>();
            let positive = |x: f32| if x > 0.0 { x } else { 0.0 };
            let s: Vec<f32> = random(m * k).into_iter().map(positive).collect();
            let d = random(k * n);
            let sum = |at: usize| {
                let products = (0..k).map(|p| s[at / n * k + p] * d[p * n + at % n]);
                products.fold(0.0, |sum: f32, product| sum + product)
            };
            let c: Vec<f32> = (0..m * n).map(sum).collect();
            let transposed = |x: &[f32], width: usize| -> Vec<f32> {
                let rows = x.len() / width;
                (0..x.len())
                    .map(|at| x[at % rows * width + at / rows])
                    .collect()
            };
            let (s_columns, d_columns) = (transposed(&s, k), transposed(&d, n));
            let both = [(&c, Order::Rows), (&transposed(&c, n), Order::Columns)];
            for (s, d) in [
                ((&*s, Order::Rows), (&*d, Order::Rows)),
                ((&*s_columns, Order::Columns), (&*d, Order::Rows)),
                ((&*s, Order::Rows), (&*d_columns, Order::Columns)),
            ] {
                for (want, order) in both {
                    let mut got = vec![2.0; m * n];
                    skipping.product([s, d], (&mut got, order), (m, k, n));
                    let bits = |v: &[f32]| v.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
                    assert_eq!(bits(&got), bits(want), "{m} {k} {n}");
                }
            }
        }
    }
}
