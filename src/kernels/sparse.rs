//! Products with a sparse matrix, such as images: only its nonzero elements are multiplied.
//!
//! The results are bit-identical to the dense products if all numbers are finite, since adding a zero to a sum that
//! started at +0 does not change it. The dense matrix is processed in blocks of 200 rows by up to 32 columns, which stay in
//! the L1 cache while the rows of the sparse matrix pass.

use super::inputs::InputRows;
use super::registers::{COLUMNS, Registers, Strip, in_registers, strips};

/// Rows of the dense matrix in a block.
const BLOCK: usize = 200;
/// Most elements of a sparse matrix: 128 MB.
const MAX_ENTRIES: usize = 1 << 24;

/// A sparse matrix in compressed rows.
pub struct Matrix {
    /// Number of columns. Column indices are < width.
    width: usize,
    /// Number of blocks per row.
    blocks: usize,
    /// Index of the first entry of each block of each row, then the number of entries.
    starts: Vec<u32>,
    /// Column index and value of each nonzero element.
    entries: Vec<(u32, f32)>,
}

/// Some rows of a sparse matrix, such as the rows of a batch.
#[derive(Clone, Copy)]
pub struct RowSelection<'a> {
    /// The matrix.
    pub matrix: &'a Matrix,
    /// Indices of the rows, in the order of the selection.
    pub rows: &'a [u32],
}

impl Matrix {
    /// The sparse form of a dense matrix `[n, width]`; `None` if more than half of it is nonzero, since the dense products are
    /// faster then, or where it needs too much memory.
    pub fn of(dense: &InputRows, width: usize) -> Option<Matrix> {
        let nonzeros = dense.n_nonzeros();
        if nonzeros > dense.len() / 2 || nonzeros > MAX_ENTRIES {
            return None;
        }
        let blocks = width.div_ceil(BLOCK);
        let mut starts = Vec::with_capacity(dense.len() / width * blocks + 1);
        let mut entries = Vec::with_capacity(nonzeros);
        for first in (0..dense.len()).step_by(width) {
            let row = dense.numbers(first..first + width);
            for (block, numbers) in row.chunks(BLOCK).enumerate() {
                starts.push(entries.len() as u32);
                let columns = (block * BLOCK) as u32..;
                entries.extend(
                    columns
                        .zip(numbers.iter().copied())
                        .filter(|(_, x)| *x != 0.0),
                );
            }
        }
        starts.push(entries.len() as u32);
        Some(Matrix {
            width,
            blocks,
            starts,
            entries,
        })
    }

    /// The entries of one block of a row.
    fn entries(&self, row: u32, block: usize) -> &[(u32, f32)] {
        let at = row as usize * self.blocks + block;
        &self.entries[self.starts[at] as usize..self.starts[at + 1] as usize]
    }
}

/// C = A B. `b`: `[k, n]`, `c`: `[m, n]`, row-major; n is at least [`super::registers::MIN_COLUMNS`].
pub fn product(a: RowSelection<'_>, b: &[f32], c: &mut [f32], n: usize) {
    for strip in strips(n, COLUMNS) {
        in_registers!(strip.width, product_strip(a, b, c, strip));
    }
}

/// C = A^T B. `b`: `[m, n]`, `c`: `[k, n]`, row-major; n is at least [`super::registers::MIN_COLUMNS`].
pub fn product_of_transposed(a: RowSelection<'_>, b: &[f32], c: &mut [f32], n: usize) {
    c.fill(0.0);
    for strip in strips(n, COLUMNS) {
        in_registers!(strip.width, product_of_transposed_strip(a, b, c, strip));
    }
}

#[allow(unsafe_code)]
fn product_strip<const F: usize>(a: RowSelection<'_>, b: &[f32], c: &mut [f32], strip: Strip) {
    strip.assert_holds(F);
    strip.assert_inside(a.matrix.width, b);
    for block in 0..a.matrix.blocks {
        for (&row, at) in a.rows.iter().zip(0..) {
            let mut sums = match block {
                0 => Registers::<F>::default(),
                _ => Registers::load(strip.of(c, at)),
            };
            for &(k, x) in a.matrix.entries(row, block) {
                // SAFETY: k < width (a field's invariant), and B has `width` rows (asserted above).
                // Measured (V8): 8.5 µs instead of 10.4 for 32 x 400 by 25, a third of them nonzero.
                let row = unsafe { strip.of_known(b, k) };
                sums = sums.plus(x, Registers::load(row));
            }
            sums.store(strip.of_mut(c, at));
        }
    }
}

#[allow(unsafe_code)]
fn product_of_transposed_strip<const F: usize>(
    a: RowSelection<'_>,
    b: &[f32],
    c: &mut [f32],
    strip: Strip,
) {
    strip.assert_holds(F);
    strip.assert_inside(a.matrix.width, c);
    for block in 0..a.matrix.blocks {
        for (&row, at) in a.rows.iter().zip(0..) {
            let b = Registers::<F>::load(strip.of(b, at));
            for &(k, x) in a.matrix.entries(row, block) {
                // SAFETY: k < width (a field's invariant), and C has `width` rows (asserted above).
                // Measured (V8): 10.8 µs instead of 12.6 for the same sizes.
                let c = unsafe { strip.of_known_mut(c, k) };
                Registers::load(c).plus(x, b).store(c);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::matmul::Products;
    use crate::numerics::rng::Stream;

    #[test]
    fn bits_equal_the_dense_products() {
        let mut stream = Stream::new(3, 4);
        let mut products = Products::default();
        for (m, k, n) in [
            (1, 1, 4),
            (5, 400, 25),
            (3, 129, 32),
            (7, 260, 33),
            (4, 128, 100),
        ] {
            let mut dense: Vec<f32> = (0..m * k).map(|_| stream.normal().max(0.3) - 0.3).collect();
            dense[0] = -0.0;
            let matrix = Matrix::of(&dense.clone().into(), k).expect("mostly zero");
            let rows: Vec<u32> = (0..m as u32).rev().chain([0]).collect();
            let selection = RowSelection {
                matrix: &matrix,
                rows: &rows,
            };
            let mut a = vec![0.0; rows.len() * k];
            crate::kernels::rows::gather(&dense, k, &rows, &mut a);
            let b: Vec<f32> = (0..k * n).map(|_| stream.normal()).collect();
            let (mut want, mut got) = (vec![1.0; rows.len() * n], vec![2.0; rows.len() * n]);
            products.product(&a, &b, &mut want, k, n);
            product(selection, &b, &mut got, n);
            assert_eq!(got, want, "{m} {k} {n}");
            let d: Vec<f32> = (0..rows.len() * n).map(|_| stream.normal()).collect();
            let (mut want, mut got) = (vec![1.0; k * n], vec![2.0; k * n]);
            products.of_transposed(&a, &d, &mut want, k, n);
            product_of_transposed(selection, &d, &mut got, n);
            let bits = |v: &[f32]| v.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(&got), bits(&want), "{m} {k} {n}");
        }
    }

    #[test]
    fn reaches_no_sparse_form_of_a_dense_matrix() {
        assert!(Matrix::of(&vec![1.0, 0.0, 2.0].into(), 3).is_none());
    }
}
