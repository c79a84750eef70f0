//! Matrix products of f32, register-blocked.
//!
//! Every element is summed over k from first to last, starting at 0, and a bias is added last. The result is therefore
//! bit-identical to the plain triple loop (`plain` in the tests), independent of the blocking, the SIMD lanes and the
//! machine.
//!
//! C is computed in blocks of four rows by eight columns, whose 32 sums stay in registers. Strips of eight columns of B are
//! first packed into panels: their rows are then contiguous, edges are padded with zeros, and a transposed B costs nothing.
//! A last strip of at most four columns is computed in blocks of eight rows by four columns.

use super::block::{
    COLUMNS, Part, ROWS, Row, accumulate, first_of, sum_columns, sum_eight, sum_four,
};
use super::panels::{DEPTH, Order, pack_columns, pack_strips};
use super::registers::{self, MIN_COLUMNS, Registers, in_registers};
use super::rows;
use super::skipping::{Skipping, pays};
use std::ops::Range;

/// Rows of the panels that are packed together: 288 KiB, part of an L2 cache.
const PANEL: usize = 64 * DEPTH;
/// Strips whose panels are processed together: 36 KiB, most of an L1 cache.
const GROUP: usize = 8;
/// As [`DEPTH`], for A^T B.
const SHORT: usize = DEPTH;
/// Columns of A that are packed together for A^T B: 18 KiB with [`SHORT`] rows, which fit beside the panels.
const WIDE: usize = 32;

/// Most numbers of a B that is not packed: 16 KiB, half of an L1 cache.
const SMALL: usize = 4096;

/// Matrix products, and the buffers that they use.
///
/// ```
/// use glassbox::kernels::matmul::Products;
///
/// let (a, b) = ([1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]);
/// let mut c = [0.0; 4];
/// Products::default().product(&a, &b, &mut c, 2, 2);
/// assert_eq!(c, [19.0, 22.0, 43.0, 50.0]);
/// ```
pub struct Products {
    panel: Vec<Row>,
    /// Packed columns of A, for A^T B.
    columns: Vec<[f32; ROWS]>,
    skipping: Skipping,
}

impl Default for Products {
    fn default() -> Self {
        Products {
            panel: vec![[0.0; COLUMNS]; PANEL],
            columns: vec![[0.0; ROWS]; WIDE / ROWS * SHORT],
            skipping: Skipping::default(),
        }
    }
}

impl Products {
    /// C = A B. `a`: `[m, k]`, `b`: `[k, n]`, `c`: `[m, n]`, all row-major.
    pub fn product(&mut self, a: &[f32], b: &[f32], c: &mut [f32], k: usize, n: usize) {
        self.product_plus(a, b, &[], c, k, n);
    }

    /// C = A B + bias in every row. `bias`: `[n]`, or empty.
    pub fn product_plus(
        &mut self,
        a: &[f32],
        b: &[f32],
        bias: &[f32],
        c: &mut [f32],
        k: usize,
        n: usize,
    ) {
        if is_small(k, n) {
            return in_registers!(n, rows_in_registers(a, b, bias, c, k, n));
        }
        if pays(a, n) {
            let sizes = (a.len() / k, k, n);
            let both = [(a, Order::Rows), (b, Order::Rows)];
            self.skipping.product(both, (c, Order::Rows), sizes);
            if !bias.is_empty() {
                rows::add_bias(c, bias);
            }
            return;
        }
        by_rows(a, (b, Order::Rows), &mut self.panel, bias, c, k, n);
    }

    /// C = A B^T. `a`: `[m, k]`, `b`: `[n, k]`, `c`: `[m, n]`, all row-major.
    pub fn with_transposed(&mut self, a: &[f32], b: &[f32], c: &mut [f32], k: usize, n: usize) {
        if is_small(k, n) {
            let rows = &mut self.panel.as_flattened_mut()[..k * n];
            for (j, column) in b.chunks_exact(k).enumerate() {
                let to = rows.iter_mut().skip(j).step_by(n);
                to.zip(column).for_each(|(to, b)| *to = *b);
            }
            return in_registers!(n, rows_in_registers(a, rows, &[], c, k, n));
        }
        if pays(a, n) {
            let both = [(a, Order::Rows), (b, Order::Columns)];
            let sizes = (a.len() / k, k, n);
            return self.skipping.product(both, (c, Order::Rows), sizes);
        }
        by_rows(a, (b, Order::Columns), &mut self.panel, &[], c, k, n);
    }

    /// C = A^T B. `a`: `[k, m]`, `b`: `[k, n]`, `c`: `[m, n]`, all row-major.
    pub fn of_transposed(&mut self, a: &[f32], b: &[f32], c: &mut [f32], m: usize, n: usize) {
        self.add_of_transposed((a, b), c, (m, n), true);
    }

    /// As [`Products::of_transposed`]; C += A^T B unless `first`. The sums go on where the rows before ended, so that parts
    /// of the rows, one after the other, give the bits of all at once.
    pub fn add_of_transposed(
        &mut self,
        (a, b): (&[f32], &[f32]),
        c: &mut [f32],
        (m, n): (usize, usize),
        first: bool,
    ) {
        if m == 0 || n == 0 {
            return;
        }
        if first && a.is_empty() {
            c.fill(0.0);
        }
        let k = a.len() / m;
        if is_small(k, n) {
            return in_registers!(n, columns_in_registers(a, b, c, (m, n), first));
        }
        if first && pays(b, m) {
            let both = [(b, Order::Columns), (a, Order::Rows)];
            return self.skipping.product(both, (c, Order::Columns), (n, k, m));
        }
        if first && pays(a, n) {
            let both = [(a, Order::Columns), (b, Order::Rows)];
            return self.skipping.product(both, (c, Order::Rows), (m, k, n));
        }
        let Products { panel, columns, .. } = self;
        // Strips of eight columns, and a narrow one for the rest if it has at most four.
        let narrow = narrow_of(n);
        for (chunk, (a, b)) in a.chunks(SHORT * m).zip(b.chunks(SHORT * n)).enumerate() {
            let first = first && chunk == 0;
            columns_by_rows((a, b), c, (m, n), n - narrow, first, panel, columns);
            if narrow > 0 {
                narrow_columns((a, b), c, (m, n), narrow, first, columns);
            }
        }
    }
}

/// Whether B (`[k, n]`) needs no packing: its rows fit into registers, and it stays in an L1 cache beside A.
fn is_small(k: usize, n: usize) -> bool {
    (MIN_COLUMNS..=registers::COLUMNS).contains(&n) && (1..=SMALL).contains(&(k * n))
}

/// Rows of C whose sums fit into eight registers beside each other, and add up independently.
const fn together(fours: usize) -> usize {
    match fours {
        0 | 1 => 4,
        2 | 3 => 2,
        _ => 1,
    }
}

/// C = A B + bias for a small B, [`together`] rows of C at a time.
fn rows_in_registers<const F: usize>(
    a: &[f32],
    b: &[f32],
    bias: &[f32],
    c: &mut [f32],
    k: usize,
    n: usize,
) {
    let (first, last) = a.split_at(a.len() - a.len() % (together(F) * k));
    let (c, c_last) = c.split_at_mut(first.len() / k * n);
    match together(F) {
        4 => some_rows::<F, 4>(first, b, bias, c, k, n),
        2 => some_rows::<F, 2>(first, b, bias, c, k, n),
        _ => some_rows::<F, 1>(first, b, bias, c, k, n),
    }
    some_rows::<F, 1>(last, b, bias, c_last, k, n);
}

#[inline(always)]
fn some_rows<const F: usize, const R: usize>(
    a: &[f32],
    b: &[f32],
    bias: &[f32],
    c: &mut [f32],
    k: usize,
    n: usize,
) {
    assert!(n >= 4 * F.max(1));
    for (a, c) in a.chunks_exact(R * k).zip(c.chunks_exact_mut(R * n)) {
        let mut sums = [Registers::<F>::default(); R];
        let rows: [&[f32]; R] = std::array::from_fn(|r| &a[r * k..][..k]);
        for (p, b) in (0..k).zip(b.chunks_exact(n)) {
            let b = Registers::load(b);
            for (sums, row) in sums.iter_mut().zip(rows) {
                *sums = sums.plus(row[p], b);
            }
        }
        for (sums, c) in sums.iter().zip(c.chunks_exact_mut(n)) {
            match bias {
                [] => sums.store(c),
                _ => sums.plus(1.0, Registers::load(bias)).store(c),
            }
        }
    }
}

/// C = A^T B (C += A^T B unless `first`) for a small B, [`together`] rows of C at a time.
fn columns_in_registers<const F: usize>(
    a: &[f32],
    b: &[f32],
    c: &mut [f32],
    (m, n): (usize, usize),
    first: bool,
) {
    let even = m - m % together(F);
    match together(F) {
        4 => some_columns::<F, 4>(a, b, c, (m, n), 0..even, first),
        2 => some_columns::<F, 2>(a, b, c, (m, n), 0..even, first),
        _ => some_columns::<F, 1>(a, b, c, (m, n), 0..even, first),
    }
    some_columns::<F, 1>(a, b, c, (m, n), even..m, first);
}

#[inline(always)]
fn some_columns<const F: usize, const R: usize>(
    a: &[f32],
    b: &[f32],
    c: &mut [f32],
    (m, n): (usize, usize),
    columns: Range<usize>,
    first: bool,
) {
    assert!(n >= 4 * F.max(1));
    let c = &mut c[columns.start * n..columns.end * n];
    for (i, c) in columns.step_by(R).zip(c.chunks_exact_mut(R * n)) {
        let mut sums = [Registers::<F>::default(); R];
        if !first {
            for (sums, c) in sums.iter_mut().zip(c.chunks_exact(n)) {
                *sums = Registers::load(c);
            }
        }
        for (a, b) in a.chunks_exact(m).zip(b.chunks_exact(n)) {
            let b = Registers::load(b);
            for (sums, a) in sums.iter_mut().zip(&a[i..i + R]) {
                *sums = sums.plus(*a, b);
            }
        }
        for (sums, c) in sums.iter().zip(c.chunks_exact_mut(n)) {
            sums.store(c);
        }
    }
}

/// C = A B + bias, with A row-major.
fn by_rows(
    a: &[f32],
    (b, order): (&[f32], Order),
    panel: &mut [Row],
    bias: &[f32],
    c: &mut [f32],
    k: usize,
    n: usize,
) {
    if n == 0 {
        return;
    }
    if k == 0 {
        c.fill(0.0);
        return;
    }
    let n_strips = n.div_ceil(COLUMNS);
    for k0 in (0..k).step_by(DEPTH) {
        let depth = DEPTH.min(k - k0);
        let bias = if k0 + depth == k { bias } else { &[] };
        let mut strip = 0;
        while strip < n_strips {
            let count = fitting(n_strips - strip, depth);
            let (j, end) = (strip * COLUMNS, n.min((strip + count) * COLUMNS));
            pack_strips(panel, b, order, (k, n), (k0, depth), (j, end));
            let groups = panel[..count * depth].chunks(GROUP * depth);
            for (j, panels) in (j..end).step_by(GROUP * COLUMNS).zip(groups) {
                let end = end.min(j + GROUP * COLUMNS);
                blocks(a, (k, k0), panels, bias, c, n, (j, end), k0 == 0);
            }
            strip += count;
        }
    }
}

/// Number of strips that fit into the panels, at most `wanted`.
#[inline(always)]
fn fitting(wanted: usize, depth: usize) -> usize {
    if wanted * depth <= PANEL {
        return wanted;
    }
    PANEL / depth
}

/// The columns `start..end` of C = A B (C += A B unless `first`), from their panels.
#[allow(clippy::too_many_arguments)]
fn blocks(
    a: &[f32],
    (k, k0): (usize, usize),
    panels: &[Row],
    bias: &[f32],
    c: &mut [f32],
    n: usize,
    (start, end): (usize, usize),
    first: bool,
) {
    let depth = DEPTH.min(k - k0);
    let narrow = narrow_of(end);
    let mut four_rows = a;
    let mut i = 0;
    while start + narrow < end && !four_rows.is_empty() {
        let (four, rest) = four_rows.split_at(four_rows.len().min(ROWS * k));
        let height = ROWS.min(four.len() / k);
        // If rows are missing, the last one is repeated and not stored.
        let row = |r: usize| &four[r.min(height - 1) * k + k0..][..depth];
        let rows = [row(0), row(1), row(2), row(3)];
        let mut panels = panels;
        let mut j = start;
        while j + narrow < end {
            let (panel, others) = panels.split_at(depth);
            let width = COLUMNS.min(end - j);
            let part = Part {
                i,
                height,
                j,
                width,
                n,
            };
            let mut block = part.load(c, first);
            sum_four(&mut block, rows, panel);
            part.store(block, bias, c);
            j += COLUMNS;
            panels = others;
        }
        i += height;
        four_rows = rest;
    }
    if narrow == 0 {
        return;
    }
    let panel = &panels[panels.len() - depth..];
    for (i, eight) in (0..).step_by(2 * ROWS).zip(a.chunks(2 * ROWS * k)) {
        let height = eight.len() / k;
        let row = |r: usize| &eight[r.min(height - 1) * k + k0..][..depth];
        let rows = [
            row(0),
            row(1),
            row(2),
            row(3),
            row(4),
            row(5),
            row(6),
            row(7),
        ];
        let part = Part {
            i,
            height,
            j: end - narrow,
            width: narrow,
            n,
        };
        let mut block = part.load(c, first);
        sum_eight(&mut block, rows, panel);
        part.store(block, bias, c);
    }
}

/// Width of the strip that ends at column `end` if it is at most half a panel; else 0.
#[inline(always)]
fn narrow_of(end: usize) -> usize {
    match end % COLUMNS {
        width @ 1..=4 => width,
        _ => 0,
    }
}

/// The first `n_wide` columns of C = A^T B (C += A^T B unless `first`): strips of B, packed into panels, times blocks of
/// four packed columns of A.
fn columns_by_rows(
    (a, b): (&[f32], &[f32]),
    c: &mut [f32],
    (m, n): (usize, usize),
    n_wide: usize,
    first: bool,
    panel: &mut [Row],
    columns: &mut [[f32; ROWS]],
) {
    let depth = a.len() / m;
    let n_strips = n_wide.div_ceil(COLUMNS);
    let mut strip = 0;
    while strip < n_strips {
        let count = fitting(n_strips - strip, depth);
        let (start, end) = (strip * COLUMNS, n_wide.min((strip + count) * COLUMNS));
        pack_strips(panel, b, Order::Rows, (depth, n), (0, depth), (start, end));
        for i0 in (0..m).step_by(WIDE) {
            let width = WIDE.min(m - i0);
            pack_columns(columns, a, (m, depth), (i0, width));
            for (start, panel) in (start..end)
                .step_by(GROUP * COLUMNS)
                .zip(panel.chunks(GROUP * depth))
            {
                let end = end.min(start + GROUP * COLUMNS);
                let mut fours = &*columns;
                for i in (i0..i0 + width).step_by(ROWS) {
                    let (four, rest) = fours.split_at(depth);
                    let height = ROWS.min(m - i);
                    let mut panels = panel;
                    for j in (start..end).step_by(COLUMNS) {
                        let (panel, others) = panels.split_at(depth);
                        let width = COLUMNS.min(end - j);
                        let part = Part {
                            i,
                            height,
                            j,
                            width,
                            n,
                        };
                        let mut block = part.load(c, first);
                        sum_columns(&mut block, four, panel);
                        part.store(block, &[], c);
                        panels = others;
                    }
                    fours = rest;
                }
            }
        }
        strip += count;
    }
}

/// The last `width` columns, at most four, of C = A^T B (C += A^T B unless `first`). The SIMD lanes go along the columns of
/// A.
fn narrow_columns(
    (a, b): (&[f32], &[f32]),
    c: &mut [f32],
    (m, n): (usize, usize),
    width: usize,
    first: bool,
    columns: &mut [[f32; ROWS]],
) {
    let j = n - width;
    for (to, row) in columns.iter_mut().zip(b.chunks_exact(n)) {
        *to = [0.0; ROWS];
        to.iter_mut().zip(&row[j..]).for_each(|(to, b)| *to = *b);
    }
    for i in (0..m).step_by(COLUMNS) {
        let lanes = COLUMNS.min(m - i);
        let mut block = [[0.0; COLUMNS]; ROWS];
        if !first {
            for (lane, from) in c[i * n..].chunks(n).take(lanes).enumerate() {
                block
                    .iter_mut()
                    .zip(&from[j..])
                    .for_each(|(row, c)| row[lane] = *c);
            }
        }
        for (row, column) in a.chunks_exact(m).zip(&*columns) {
            accumulate(&mut block, *column, &first_of(&row[i..]));
        }
        for (lane, to) in c[i * n..].chunks_mut(n).take(lanes).enumerate() {
            to[j..]
                .iter_mut()
                .zip(&block)
                .for_each(|(c, row)| *c = row[lane]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numerics::rng::Stream;

    /// The triple loop that the kernels must equal to the bit.
    fn plain(
        m: usize,
        k: usize,
        n: usize,
        a: impl Fn(usize, usize) -> f32,
        b: impl Fn(usize, usize) -> f32,
    ) -> Vec<f32> {
        let mut c = Vec::with_capacity(m * n);
        for i in 0..m {
            for j in 0..n {
                c.push((0..k).fold(0.0, |sum, p| sum + a(i, p) * b(p, j)));
            }
        }
        c
    }

    #[test]
    fn bits_equal_the_plain_loop() {
        let sizes = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 25, 33];
        let mut stream = Stream::new(1, 2);
        let mut random = |n: usize| (0..n).map(|_| stream.normal()).collect::<Vec<f32>>();
        let mut products = Products::default();
        let mut check = |m: usize, k: usize, n: usize, zeros: [bool; 2]| {
            let (mut a, mut b) = (random(m * k), random(k * n));
            for (matrix, zeros) in [&mut a, &mut b].into_iter().zip(zeros) {
                let below = if zeros { 0.2 } else { f32::MIN };
                matrix
                    .iter_mut()
                    .filter(|x| **x < below)
                    .for_each(|x| *x = 0.0);
            }
            let mut c = vec![9.0; m * n];
            products.product(&a, &b, &mut c, k, n);
            assert_eq!(
                c,
                plain(m, k, n, |i, p| a[i * k + p], |p, j| b[p * n + j]),
                "{m} {k} {n}"
            );
            products.with_transposed(&a, &b, &mut c, k, n);
            assert_eq!(
                c,
                plain(m, k, n, |i, p| a[i * k + p], |p, j| b[j * k + p]),
                "{m} {k} {n}"
            );
            let wanted = plain(m, k, n, |i, p| a[p * m + i], |p, j| b[p * n + j]);
            products.of_transposed(&a, &b, &mut c, m, n);
            assert_eq!(c, wanted, "{m} {k} {n}");
            // Some rows after the others.
            let (a, b) = (a.chunks(3 * m), b.chunks(3 * n));
            for (part, both) in a.zip(b).enumerate() {
                products.add_of_transposed(both, &mut c, (m, n), part == 0);
            }
            assert_eq!(c, wanted, "{m} {k} {n}");
        };
        for m in sizes {
            for k in sizes {
                sizes.iter().for_each(|&n| check(m, k, n, [false; 2]));
            }
        }
        check(6, 1100, 10, [false; 2]);
        check(3, 513, 8, [false; 2]);
        // Several groups of strips, several panels.
        check(70, 150, 140, [false; 2]);
        check(5, 150, 1100, [false; 2]);
        // Most numbers of A, or of B, are zero.
        check(70, 150, 140, [true, false]);
        check(70, 150, 140, [false, true]);
    }
}
