//! Matrix products of f32, register-blocked.
//!
//! Every element of a product is summed over k from first to last, starting at 0: whatever the
//! blocking, the lanes or the machine, the result is the same to the bit as that of the plain triple
//! loop (`plain` in the tests, the oracle).
//!
//! C is made in blocks of four rows by eight columns, whose 32 sums stay in registers. Eight columns
//! of B are copied into a panel first: rows of it are then contiguous, edges are padded with zeros,
//! and B may be transposed at no cost.

/// Rows of a block.
const ROWS: usize = 4;
/// Columns of a block, and width of a panel.
const COLUMNS: usize = 8;
/// Rows of B in a panel: 16 KiB, half of a first-level cache.
const PANEL: usize = 512;

type Panel = [[f32; COLUMNS]; PANEL];

/// Products of matrices, and the room that they are made in: kept from one to the next, as filling it
/// with zeros takes longer than a small product does.
pub struct Products {
    panel: Box<Panel>,
}

/// How the numbers of a matrix lie in its slice.
#[derive(Clone, Copy, PartialEq)]
enum Order {
    Rows,
    Columns,
}

impl Default for Products {
    fn default() -> Self {
        let panel = Box::new([[0.0; COLUMNS]; PANEL]);
        Products { panel }
    }
}

impl Products {
    /// C = A B. `a`: `[m, k]`, `b`: `[k, n]`, `c`: `[m, n]`, all row-major.
    pub fn product(&mut self, a: &[f32], b: &[f32], c: &mut [f32], k: usize, n: usize) {
        by_rows(a, (b, Order::Rows), c, k, n, &mut self.panel);
    }

    /// C = A B^T. `a`: `[m, k]`, `b`: `[n, k]`, `c`: `[m, n]`, all row-major.
    pub fn with_transposed(&mut self, a: &[f32], b: &[f32], c: &mut [f32], k: usize, n: usize) {
        by_rows(a, (b, Order::Columns), c, k, n, &mut self.panel);
    }

    /// C = A^T B. `a`: `[k, m]`, `b`: `[k, n]`, `c`: `[m, n]`, all row-major.
    pub fn of_transposed(&mut self, a: &[f32], b: &[f32], c: &mut [f32], m: usize, n: usize) {
        if m == 0 || n == 0 {
            return;
        }
        if a.is_empty() {
            c.fill(0.0);
        }
        columns_by_rows(a, b, c, m, n, &mut self.panel);
    }
}

/// C = A^T B: as many strips of B as fit into the panel, then four columns of A at a time, which stay in the first-level cache for all of these.
fn columns_by_rows(a: &[f32], b: &[f32], c: &mut [f32], m: usize, n: usize, panel: &mut Panel) {
    const DEPTH: usize = PANEL / 4;
    let mut four = [[0.0; ROWS]; DEPTH];
    for (chunk, (a, b)) in a.chunks(DEPTH * m).zip(b.chunks(DEPTH * n)).enumerate() {
        let depth = a.len() / m;
        let four = &mut four[..depth];
        let columns = COLUMNS * (PANEL / depth);
        for j0 in (0..n).step_by(columns) {
            let strips = || (j0..n.min(j0 + columns)).step_by(COLUMNS);
            for (j, strip) in strips().zip(panel.chunks_exact_mut(depth)) {
                pack(strip, b, Order::Rows, n, j, COLUMNS.min(n - j));
            }
            for i in (0..m).step_by(ROWS) {
                let height = ROWS.min(m - i);
                for (to, row) in four.iter_mut().zip(a.chunks_exact(m)) {
                    match row[i..].first_chunk::<ROWS>() {
                        Some(from) => *to = *from,
                        None => to.iter_mut().zip(&row[i..]).for_each(|(to, a)| *to = *a),
                    }
                }
                for (j, strip) in strips().zip(panel.chunks_exact(depth)) {
                    let width = COLUMNS.min(n - j);
                    let mut block = match chunk {
                        0 => [[0.0; COLUMNS]; ROWS],
                        _ => load(c, i, height, j, width, n),
                    };
                    for (column, b) in four.iter().zip(strip) {
                        accumulate(&mut block, *column, b);
                    }
                    store(&block, c, i, height, j, width, n);
                }
            }
        }
    }
}

/// C = A B with A row-major and B in either order.
fn by_rows(
    a: &[f32],
    (b, order): (&[f32], Order),
    c: &mut [f32],
    k: usize,
    n: usize,
    panel: &mut Panel,
) {
    if k == 0 || n == 0 {
        c.fill(0.0);
        return;
    }
    for k0 in (0..k).step_by(PANEL) {
        let depth = PANEL.min(k - k0);
        for j in (0..n).step_by(COLUMNS) {
            let width = COLUMNS.min(n - j);
            match order {
                Order::Rows => pack(&mut panel[..depth], &b[k0 * n..], order, n, j, width),
                Order::Columns => pack(&mut panel[..depth], &b[k0..], order, k, j, width),
            }
            let panel = &panel[..depth];
            if width <= 4 {
                narrow(a, panel, c, (k, k0), n, (j, width));
                continue;
            }
            let mut i = 0;
            for four in a.chunks(ROWS * k) {
                let height = four.len() / k;
                let mut block = match k0 {
                    0 => [[0.0; COLUMNS]; ROWS],
                    _ => load(c, i, height, j, width, n),
                };
                // Where rows are missing, the last one is summed again and not stored.
                let row = |r: usize| &four[r.min(height - 1) * k + k0..][..depth];
                let (a0, a1, a2, a3) = (row(0), row(1), row(2), row(3));
                for ((((b, a0), a1), a2), a3) in panel.iter().zip(a0).zip(a1).zip(a2).zip(a3) {
                    accumulate(&mut block, [*a0, *a1, *a2, *a3], b);
                }
                store(&block, c, i, height, j, width, n);
                i += height;
            }
        }
    }
}

/// Four or fewer columns of C = A B, in blocks of eight rows: half the width, none of the time lost.
fn narrow(
    a: &[f32],
    panel: &[[f32; COLUMNS]],
    c: &mut [f32],
    (k, k0): (usize, usize),
    n: usize,
    (j, width): (usize, usize),
) {
    let mut i = 0;
    for eight in a.chunks(8 * k) {
        let height = eight.len() / k;
        let mut block: [[f32; 4]; 8] = match k0 {
            0 => [[0.0; 4]; 8],
            _ => load(c, i, height, j, width, n),
        };
        let row = |r: usize| &eight[r.min(height - 1) * k + k0..][..panel.len()];
        let upper = row(0).iter().zip(row(1)).zip(row(2)).zip(row(3));
        let lower = row(4).iter().zip(row(5)).zip(row(6)).zip(row(7));
        for ((b, (((a0, a1), a2), a3)), (((a4, a5), a6), a7)) in panel.iter().zip(upper).zip(lower)
        {
            if let Some(b) = b.first_chunk() {
                accumulate(&mut block, [*a0, *a1, *a2, *a3, *a4, *a5, *a6, *a7], b);
            }
        }
        store(&block, c, i, height, j, width, n);
        i += height;
    }
}

/// block += column * row, an outer product.
#[inline(always)]
fn accumulate<const R: usize, const C: usize>(
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

/// Copies columns j..j+width of B into the panel, zeros beyond. `stride` is B's row length as it lies.
fn pack(
    panel: &mut [[f32; COLUMNS]],
    b: &[f32],
    order: Order,
    stride: usize,
    j: usize,
    width: usize,
) {
    match order {
        Order::Rows if width == COLUMNS => {
            for (to, row) in panel.iter_mut().zip(b.chunks(stride)) {
                if let Some(from) = row[j..].first_chunk::<COLUMNS>() {
                    *to = *from;
                }
            }
        }
        Order::Rows => {
            for (to, row) in panel.iter_mut().zip(b.chunks(stride)) {
                *to = [0.0; COLUMNS];
                for (to, from) in to.iter_mut().zip(&row[j..j + width]) {
                    *to = *from;
                }
            }
        }
        Order::Columns => {
            for (lane, row) in b.chunks(stride).skip(j).take(width).enumerate() {
                for (to, from) in panel.iter_mut().zip(row) {
                    to[lane] = *from;
                }
            }
            for lane in width..COLUMNS {
                panel.iter_mut().for_each(|to| to[lane] = 0.0);
            }
        }
    }
}

fn load<const R: usize, const C: usize>(
    c: &[f32],
    i: usize,
    height: usize,
    j: usize,
    width: usize,
    n: usize,
) -> [[f32; C]; R] {
    let mut block = [[0.0; C]; R];
    for (row, from) in block.iter_mut().zip(c[i * n..].chunks(n)).take(height) {
        row[..width].copy_from_slice(&from[j..j + width]);
    }
    block
}

#[inline(always)]
fn store<const R: usize, const C: usize>(
    block: &[[f32; C]; R],
    c: &mut [f32],
    i: usize,
    height: usize,
    j: usize,
    width: usize,
    n: usize,
) {
    let rows = block.iter().zip(c[i * n..].chunks_mut(n)).take(height);
    if width == C {
        for (row, to) in rows {
            if let Some(to) = to[j..].first_chunk_mut() {
                *to = *row;
            }
        }
    } else {
        for (row, to) in rows {
            for (to, sum) in to[j..j + width].iter_mut().zip(row) {
                *to = *sum;
            }
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
