//! Packing of matrices into panels of eight (or four) columns, which the blocks of a product read in order.

use super::block::{COLUMNS, ROWS, Row, first_of};

/// Rows of B in a panel at a time. Not a power of two, so that the parts of a row go to different cache sets (measured,
/// V8, 64 x 2048 by 2048, with packing 64 strips at a time: 0.92 of the time of 128 rows and 8 strips).
pub const DEPTH: usize = 144;

/// Storage order of a matrix.
#[derive(Clone, Copy, PartialEq)]
pub enum Order {
    /// Row-major.
    Rows,
    /// Column-major: the transpose of the matrix is row-major.
    Columns,
}

/// Packs rows k0 to k0 + depth of the columns `start` to `end` of B (`[k, n]`), strip after strip.
pub fn pack_strips(
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

/// Packs columns i0 to i0 + width of A (`[depth, m]`), four at a time.
pub fn pack_columns(
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
