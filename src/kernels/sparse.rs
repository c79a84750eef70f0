//! Products with a matrix most of whose numbers are zero, such as images: only the others are
//! multiplied.
//!
//! The sums are those of the dense products to the bit, as long as all numbers are finite: a term of
//! zero changes no sum that began at +0. Of the dense matrix, a block of 128 rows by up to 32 columns
//! is worked on at a time: it stays in the first-level cache while every row of the sparse one passes.

/// Rows of the dense matrix in a block.
const BLOCK: usize = 128;
/// Most columns of the dense matrix in a block: eight registers of four.
const COLUMNS: usize = 32;
/// Fewest columns that a strip can have.
pub const MIN_COLUMNS: usize = 4;

/// Calls `f::<F>(..)`, where a strip of `width` numbers takes F registers of four and one at its end.
macro_rules! in_registers {
    ($width:expr, $f:ident($($argument:expr),*)) => {
        match ($width - 1) / 4 {
            0 => $f::<0>($($argument),*),
            1 => $f::<1>($($argument),*),
            2 => $f::<2>($($argument),*),
            3 => $f::<3>($($argument),*),
            4 => $f::<4>($($argument),*),
            5 => $f::<5>($($argument),*),
            6 => $f::<6>($($argument),*),
            _ => $f::<7>($($argument),*),
        }
    };
}

/// A matrix as the places and values of its numbers that are not zero.
pub struct Matrix {
    blocks: usize,
    /// Where the entries of each row's blocks begin, and the end of all.
    starts: Vec<u32>,
    /// Column and value.
    entries: Vec<(u32, f32)>,
}

/// Some rows of a matrix, in an order of their own.
#[derive(Clone, Copy)]
pub struct Chosen<'a> {
    /// The matrix.
    pub matrix: &'a Matrix,
    /// Numbers of the rows.
    pub rows: &'a [u32],
}

impl Matrix {
    /// The matrix `[n, width]`, if at most half of it is not zero: else the dense products are faster.
    pub fn of(dense: &[f32], width: usize) -> Option<Matrix> {
        let filled = dense.iter().filter(|x| **x != 0.0).count();
        if filled > dense.len() / 2 || u32::try_from(dense.len()).is_err() {
            return None;
        }
        let blocks = width.div_ceil(BLOCK);
        let mut starts = Vec::with_capacity(dense.len() / width * blocks + 1);
        let mut entries = Vec::with_capacity(filled);
        for row in dense.chunks_exact(width) {
            for (block, numbers) in row.chunks(BLOCK).enumerate() {
                starts.push(entries.len() as u32);
                let places = (block * BLOCK) as u32..;
                entries.extend(
                    places
                        .zip(numbers.iter().copied())
                        .filter(|(_, x)| *x != 0.0),
                );
            }
        }
        starts.push(entries.len() as u32);
        Some(Matrix {
            blocks,
            starts,
            entries,
        })
    }

    fn entries(&self, row: u32, block: usize) -> &[(u32, f32)] {
        let at = row as usize * self.blocks + block;
        &self.entries[self.starts[at] as usize..self.starts[at + 1] as usize]
    }
}

/// C = A B. `b`: `[k, n]`, `c`: `[m, n]`, both row-major; n is at least [`MIN_COLUMNS`].
pub fn product(a: Chosen<'_>, b: &[f32], c: &mut [f32], n: usize) {
    for strip in strips(n) {
        in_registers!(strip.width, product_strip(a, b, c, strip));
    }
}

/// C = A^T B. `b`: `[m, n]`, `c`: `[k, n]`, both row-major; n is at least [`MIN_COLUMNS`].
pub fn product_of_transposed(a: Chosen<'_>, b: &[f32], c: &mut [f32], n: usize) {
    c.fill(0.0);
    for strip in strips(n) {
        in_registers!(strip.width, product_of_transposed_strip(a, b, c, strip));
    }
}

fn product_strip<const F: usize>(a: Chosen<'_>, b: &[f32], c: &mut [f32], strip: Strip) {
    strip.assert_holds(F);
    for block in 0..a.matrix.blocks {
        for (&row, at) in a.rows.iter().zip(0..) {
            let mut sums = match block {
                0 => Registers::<F>::default(),
                _ => Registers::load(strip.of(c, at)),
            };
            for &(k, x) in a.matrix.entries(row, block) {
                sums = sums.plus(x, Registers::load(strip.of(b, k)));
            }
            sums.store(strip.of_mut(c, at));
        }
    }
}

fn product_of_transposed_strip<const F: usize>(
    a: Chosen<'_>,
    b: &[f32],
    c: &mut [f32],
    strip: Strip,
) {
    strip.assert_holds(F);
    for block in 0..a.matrix.blocks {
        for (&row, at) in a.rows.iter().zip(0..) {
            let b = Registers::<F>::load(strip.of(b, at));
            for &(k, x) in a.matrix.entries(row, block) {
                let c = strip.of_mut(c, k);
                Registers::load(c).plus(x, b).store(c);
            }
        }
    }
}

/// Some columns of a matrix of `n`.
#[derive(Clone, Copy)]
struct Strip {
    n: usize,
    start: usize,
    width: usize,
}

impl Strip {
    /// Known before a loop, it need not be asked in it.
    #[inline(always)]
    fn assert_holds(self, fours: usize) {
        assert!(self.width >= 4 * fours.max(1));
    }

    /// Its part of a row.
    #[inline(always)]
    fn of(self, matrix: &[f32], row: u32) -> &[f32] {
        &matrix[row as usize * self.n + self.start..][..self.width]
    }

    #[inline(always)]
    fn of_mut(self, matrix: &mut [f32], row: u32) -> &mut [f32] {
        &mut matrix[row as usize * self.n + self.start..][..self.width]
    }
}

/// Strips of about the same width, none over [`COLUMNS`].
fn strips(n: usize) -> impl Iterator<Item = Strip> {
    let count = n.div_ceil(COLUMNS);
    (0..count).map(move |i| {
        let (start, end) = (n * i / count, n * (i + 1) / count);
        let width = end - start;
        Strip { n, start, width }
    })
}

/// The numbers of a strip: from its start, and the last four, which may be among those before: then
/// both hold the same.
#[derive(Clone, Copy)]
struct Registers<const F: usize> {
    fours: [[f32; 4]; F],
    last: [f32; 4],
}

impl<const F: usize> Default for Registers<F> {
    fn default() -> Self {
        let fours = [[0.0; 4]; F];
        let last = [0.0; 4];
        Registers { fours, last }
    }
}

impl<const F: usize> Registers<F> {
    #[inline(always)]
    fn load(from: &[f32]) -> Self {
        match (from.as_chunks().0.first_chunk(), from.last_chunk()) {
            (Some(&fours), Some(&last)) => Registers { fours, last },
            _ => Registers::default(),
        }
    }

    #[inline(always)]
    fn store(self, to: &mut [f32]) {
        if let Some(fours) = to.as_chunks_mut().0.first_chunk_mut() {
            *fours = self.fours;
        }
        if let Some(last) = to.last_chunk_mut() {
            *last = self.last;
        }
    }

    #[inline(always)]
    fn plus(self, x: f32, row: Self) -> Self {
        let sum = |sums: [f32; 4], row: [f32; 4]| std::array::from_fn(|l| sums[l] + x * row[l]);
        Registers {
            fours: std::array::from_fn(|q| sum(self.fours[q], row.fours[q])),
            last: sum(self.last, row.last),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::matmul::Products;
    use crate::rng::Stream;

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
            let matrix = Matrix::of(&dense, k).expect("mostly zero");
            let rows: Vec<u32> = (0..m as u32).rev().chain([0]).collect();
            let chosen = Chosen {
                matrix: &matrix,
                rows: &rows,
            };
            let mut a = vec![0.0; rows.len() * k];
            crate::kernels::rows::gather(&dense, k, &rows, &mut a);
            let b: Vec<f32> = (0..k * n).map(|_| stream.normal()).collect();
            let (mut want, mut got) = (vec![1.0; rows.len() * n], vec![2.0; rows.len() * n]);
            products.product(&a, &b, &mut want, k, n);
            product(chosen, &b, &mut got, n);
            assert_eq!(got, want, "{m} {k} {n}");
            let d: Vec<f32> = (0..rows.len() * n).map(|_| stream.normal()).collect();
            let (mut want, mut got) = (vec![1.0; k * n], vec![2.0; k * n]);
            products.of_transposed(&a, &d, &mut want, k, n);
            product_of_transposed(chosen, &d, &mut got, n);
            let bits = |v: &[f32]| v.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(&got), bits(&want), "{m} {k} {n}");
        }
    }

    #[test]
    fn reaches_no_sparse_form_of_a_dense_matrix() {
        assert!(Matrix::of(&[1.0, 0.0, 2.0], 3).is_none());
    }
}
