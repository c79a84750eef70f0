//! Matrix products of f32, register-blocked.
//!
//! Every element of a product is summed over k from first to last, starting at 0: whatever the
//! blocking, the lanes or the machine, the result is the same to the bit as that of the plain triple
//! loop (`plain` in the tests, the oracle). A bias is added last.
//!
//! C is made in blocks of four rows by eight columns, whose 32 sums stay in registers. Strips of eight
//! columns of B are copied into panels first: their rows are then contiguous, edges are padded with
//! zeros, and B may be transposed at no cost. A strip of four or fewer columns is made in blocks of
//! eight rows by four columns, so that an odd width costs little.

/// Rows of a block.
const ROWS: usize = 4;
/// Columns of a block, and width of a panel.
pub const COLUMNS: usize = 8;
/// How far a block is summed before the next one: rows of B that are in a panel at a time.
const DEPTH: usize = 128;
/// Rows of all panels that are in work together: 32 KiB, most of a first-level cache.
const PANEL: usize = 8 * DEPTH;
/// As [`DEPTH`], for A^T B.
const SHORT: usize = DEPTH;
/// Columns of A that are packed at a time for A^T B: 128 KiB with [`SHORT`] rows.
const WIDE: usize = 256;

/// A row of a panel.
type Row = [f32; COLUMNS];

/// Products of matrices, and the room that they are made in.
pub struct Products {
    panel: Vec<Row>,
    /// Four columns of A at a time, for A^T B.
    columns: Vec<[f32; ROWS]>,
}

/// How the numbers of a matrix lie in its slice.
#[derive(Clone, Copy, PartialEq)]
pub enum Order {
    /// Row after row.
    Rows,
    /// Column after column: it is given by its transpose.
    Columns,
}

impl Default for Products {
    fn default() -> Self {
        Products {
            panel: vec![[0.0; COLUMNS]; PANEL],
            columns: vec![[0.0; ROWS]; WIDE / ROWS * SHORT],
        }
    }
}

impl Products {
    /// C = A B. `a`: `[m, k]`, `b`: `[k, n]`, `c`: `[m, n]`, all row-major.
    pub fn product(&mut self, a: &[f32], b: &[f32], c: &mut [f32], k: usize, n: usize) {
        self.product_plus(a, b, &[], c, k, n);
    }

    /// C = A B + bias in every row. `bias`: `[n]`, or empty for none.
    pub fn product_plus(
        &mut self,
        a: &[f32],
        b: &[f32],
        bias: &[f32],
        c: &mut [f32],
        k: usize,
        n: usize,
    ) {
        by_rows(
            a,
            Right::Loose(b, Order::Rows, &mut self.panel),
            bias,
            c,
            k,
            n,
        );
    }

    /// C = A B^T. `a`: `[m, k]`, `b`: `[n, k]`, `c`: `[m, n]`, all row-major.
    pub fn with_transposed(&mut self, a: &[f32], b: &[f32], c: &mut [f32], k: usize, n: usize) {
        by_rows(
            a,
            Right::Loose(b, Order::Columns, &mut self.panel),
            &[],
            c,
            k,
            n,
        );
    }

    /// C = A^T B. `a`: `[k, m]`, `b`: `[k, n]`, `c`: `[m, n]`, all row-major.
    pub fn of_transposed(&mut self, a: &[f32], b: &[f32], c: &mut [f32], m: usize, n: usize) {
        if m == 0 || n == 0 {
            return;
        }
        if a.is_empty() {
            c.fill(0.0);
        }
        let Products { panel, columns } = self;
        // Strips of eight columns; the last one by itself where it is half empty.
        let narrow = narrow_of(n);
        for (chunk, (a, b)) in a.chunks(SHORT * m).zip(b.chunks(SHORT * n)).enumerate() {
            columns_by_rows((a, b), c, (m, n), n - narrow, chunk == 0, panel, columns);
            if narrow > 0 {
                few_columns((a, b), c, (m, n), narrow, chunk == 0, columns);
            }
        }
    }
}

/// How many numbers [`pack`] makes of a matrix `[k, n]`.
pub fn packed(k: usize, n: usize) -> usize {
    k * n.next_multiple_of(COLUMNS)
}

/// Packs B (`[k, n]`) once for many products.
pub fn pack(b: &[f32], order: Order, k: usize, n: usize, to: &mut [f32]) {
    let mut rest = to.as_chunks_mut().0;
    for k0 in (0..k).step_by(DEPTH) {
        let depth = DEPTH.min(k - k0);
        let (panels, others) = rest.split_at_mut(n.div_ceil(COLUMNS) * depth);
        pack_strips(panels, b, order, (k, n), (k0, depth), (0, n));
        rest = others;
    }
}

/// C = A B + bias, of a B that was [packed](pack). `bias` may be empty.
pub fn product_packed(a: &[f32], b: &[f32], bias: &[f32], c: &mut [f32], k: usize, n: usize) {
    by_rows(a, Right::Packed(b.as_chunks().0), bias, c, k, n);
}

/// The right matrix: as it lies, with the room to pack parts of it, or packed.
enum Right<'a> {
    Loose(&'a [f32], Order, &'a mut [Row]),
    Packed(&'a [Row]),
}

/// C = A B + bias with A row-major.
fn by_rows(a: &[f32], mut right: Right<'_>, bias: &[f32], c: &mut [f32], k: usize, n: usize) {
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
            let panels = match &mut right {
                Right::Packed(panels) => &panels[k0 * n_strips + strip * depth..],
                Right::Loose(b, order, panel) => {
                    pack_strips(panel, b, *order, (k, n), (k0, depth), (j, end));
                    &**panel
                }
            };
            blocks(
                a,
                (k, k0),
                &panels[..count * depth],
                bias,
                c,
                n,
                (j, end),
                k0 == 0,
            );
            strip += count;
        }
    }
}

/// How many strips of `wanted` fit into the panels.
#[inline(always)]
fn fitting(wanted: usize, depth: usize) -> usize {
    if wanted * depth <= PANEL {
        return wanted;
    }
    PANEL / depth
}

/// Some columns of C (+)= A B, from their panels.
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
        // Where rows are missing, the last one is summed again and not stored.
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

/// How wide the strip is that ends here, if it is no wider than half a panel; else 0.
#[inline(always)]
fn narrow_of(end: usize) -> usize {
    match end % COLUMNS {
        few @ 1..=4 => few,
        _ => 0,
    }
}

/// Rows of A of four numbers each, as they come: block += A^T panel, rows of A in order.
#[inline(always)]
pub fn sum_four(block: &mut [[f32; COLUMNS]; ROWS], a: [&[f32]; ROWS], panel: &[Row]) {
    let [a0, a1, a2, a3] = a;
    for ((((b, a0), a1), a2), a3) in panel.iter().zip(a0).zip(a1).zip(a2).zip(a3) {
        accumulate(block, [*a0, *a1, *a2, *a3], b);
    }
}

/// As [`sum_four`], for eight rows and the first four columns of a panel.
#[inline(always)]
pub fn sum_eight(block: &mut [[f32; 4]; 2 * ROWS], a: [&[f32]; 2 * ROWS], panel: &[Row]) {
    let [a0, a1, a2, a3, a4, a5, a6, a7] = a;
    let upper = a0.iter().zip(a1).zip(a2).zip(a3);
    let lower = a4.iter().zip(a5).zip(a6).zip(a7);
    for ((b, (((a0, a1), a2), a3)), (((a4, a5), a6), a7)) in panel.iter().zip(upper).zip(lower) {
        if let Some(b) = b.first_chunk() {
            accumulate(block, [*a0, *a1, *a2, *a3, *a4, *a5, *a6, *a7], b);
        }
    }
}

/// C (+)= A^T B for the first `n_wide` columns: as many strips of B as fit into the panels, and blocks
/// of four columns of A, packed.
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
    // Where all of B fits into the panels, it is packed once, and little of A at a time.
    let wide = match n_strips * depth <= PANEL {
        true => WIDE / 8,
        false => WIDE,
    };
    for i0 in (0..m).step_by(wide) {
        let width = wide.min(m - i0);
        pack_columns(columns, a, (m, depth), (i0, width));
        let mut strip = 0;
        while strip < n_strips {
            let count = fitting(n_strips - strip, depth);
            let (start, end) = (strip * COLUMNS, n_wide.min((strip + count) * COLUMNS));
            if i0 == 0 || count < n_strips {
                pack_strips(panel, b, Order::Rows, (depth, n), (0, depth), (start, end));
            }
            let mut fours = &*columns;
            for i in (i0..i0 + width).step_by(ROWS) {
                let (four, rest) = fours.split_at(depth);
                let height = ROWS.min(m - i);
                let mut panels = &*panel;
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
                    for (column, b) in four.iter().zip(panel) {
                        accumulate(&mut block, *column, b);
                    }
                    part.store(block, &[], c);
                    panels = others;
                }
                fours = rest;
            }
            strip += count;
        }
    }
}

/// Packs columns i0 to i0 + width of A, four at a time.
fn pack_columns(
    columns: &mut [[f32; ROWS]],
    a: &[f32],
    (m, depth): (usize, usize),
    (i0, width): (usize, usize),
) {
    for (p, row) in a.chunks_exact(m).enumerate() {
        let (fours, rest) = row[i0..i0 + width].as_chunks();
        let mut at = p;
        for four in fours {
            columns[at] = *four;
            at += depth;
        }
        if !rest.is_empty() {
            columns[at] = first_of(rest);
        }
    }
}

/// C (+)= A^T B for the last `width` columns, four at most: the lanes lie along A's columns here.
fn few_columns(
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
        for (row, few) in a.chunks_exact(m).zip(&*columns) {
            accumulate(&mut block, *few, &first_of(&row[i..]));
        }
        for (lane, to) in c[i * n..].chunks_mut(n).take(lanes).enumerate() {
            to[j..]
                .iter_mut()
                .zip(&block)
                .for_each(|(c, row)| *c = row[lane]);
        }
    }
}

/// The first numbers of a slice; zeros where it has fewer.
#[inline(always)]
pub fn first_of<const N: usize>(from: &[f32]) -> [f32; N] {
    match from.first_chunk() {
        Some(all) => *all,
        None => {
            let mut some = [0.0; N];
            some.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
            some
        }
    }
}

/// block += column * row, an outer product.
#[inline(always)]
pub fn accumulate<const R: usize, const C: usize>(
    block: &mut [[f32; C]; R],
    column: [f32; R],
    row: &[f32; C],
) {
    for (sums, a) in block.iter_mut().zip(column) {
        for (sum, b) in sums.iter_mut().zip(row) {
            *sum += a * b;
        }
    }
}

/// Packs columns `start` to `end` of B (`[k, n]`), from row k0 on, strip after strip; whatever beyond.
fn pack_strips(
    panels: &mut [Row],
    b: &[f32],
    order: Order,
    (k, n): (usize, usize),
    (k0, depth): (usize, usize),
    (start, end): (usize, usize),
) {
    match order {
        Order::Rows => {
            for (p, row) in b[k0 * n..].chunks(n).take(depth).enumerate() {
                let mut at = p;
                let (eights, rest) = row[start..end].as_chunks();
                for eight in eights {
                    panels[at] = *eight;
                    at += depth;
                }
                if !rest.is_empty() {
                    let rest = (k0 + p) * n + end - rest.len();
                    panels[at] = first_of(&b[rest..]);
                }
            }
        }
        Order::Columns => {
            let rows = b.chunks(k).skip(start).take(end - start);
            for (i, row) in rows.enumerate() {
                let panel = &mut panels[i / COLUMNS * depth..][..depth];
                for (to, from) in panel.iter_mut().zip(&row[k0..]) {
                    to[i % COLUMNS] = *from;
                }
            }
        }
    }
}

/// Where a block lies in C, whose rows have n numbers.
#[derive(Clone, Copy)]
pub struct Part {
    /// Its first row.
    pub i: usize,
    /// Its rows.
    pub height: usize,
    /// Its first column.
    pub j: usize,
    /// Its columns.
    pub width: usize,
    /// Columns of C.
    pub n: usize,
}

impl Part {
    /// Zeros, or what stands there; whatever beyond its width.
    #[inline(always)]
    pub fn load<const R: usize, const C: usize>(self, c: &[f32], first: bool) -> [[f32; C]; R] {
        let mut block = [[0.0; C]; R];
        if !first {
            let mut at = self.i * self.n + self.j;
            for row in block.iter_mut().take(self.height) {
                *row = first_of(&c[at..]);
                at += self.n;
            }
        }
        block
    }

    /// Writes the block, plus the bias where there is one.
    #[inline(always)]
    pub fn store<const R: usize, const C: usize>(
        self,
        mut block: [[f32; C]; R],
        bias: &[f32],
        c: &mut [f32],
    ) {
        if !bias.is_empty() {
            let bias: [f32; C] = first_of(&bias[self.j..]);
            for row in &mut block {
                row.iter_mut().zip(bias).for_each(|(sum, b)| *sum += b);
            }
        }
        let mut at = self.i * self.n + self.j;
        for row in block.iter().take(self.height) {
            match c[at..].first_chunk_mut() {
                Some(to) if self.width == C => *to = *row,
                _ => {
                    let to = &mut c[at..at + self.width];
                    to.iter_mut().zip(row).for_each(|(to, sum)| *to = *sum);
                }
            }
            at += self.n;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Stream;

    /// The triple loop that says what the kernels must give, to the bit.
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
        let mut check = |m: usize, k: usize, n: usize| {
            let (a, b) = (random(m * k), random(k * n));
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
            products.of_transposed(&a, &b, &mut c, m, n);
            assert_eq!(
                c,
                plain(m, k, n, |i, p| a[p * m + i], |p, j| b[p * n + j]),
                "{m} {k} {n}"
            );
        };
        for m in sizes {
            for k in sizes {
                sizes.iter().for_each(|&n| check(m, k, n));
            }
        }
        check(6, 1100, 10);
        check(3, 513, 8);
    }
}
