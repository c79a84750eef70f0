//! Kernels beside the plainer way to the same numbers: `cargo bench --bench kernels`.
//!
//! Each gain that a comment in `src/kernels` or `src/numerics` claims is a pair here. Natively; the page's own figures come
//! from `npm run bench`.

#![cfg(not(target_arch = "wasm32"))]
#![allow(missing_docs)]

use divan::{Bencher, black_box};
use glassbox::kernels::convolution::Windows;
use glassbox::kernels::matmul::Products;
use glassbox::kernels::registers::{Registers, Strip, strips};
use glassbox::kernels::sparse::{self, Matrix, RowSelection};
use glassbox::kernels::windows::Geometry;
use glassbox::numerics::math::{self, Curves};

fn main() {
    divan::main();
}

/// Sizes `[m, k] [k, n]` of the lesson's, the toy's and the wide network's products.
const SIZES: [(usize, usize, usize); 4] =
    [(32, 400, 25), (32, 784, 128), (64, 1024, 1024), (10, 8, 8)];

/// Numbers between -1 and 1, the same in every run; `filled` of a hundred are not 0.
fn numbers(n: usize, filled: u32) -> Vec<f32> {
    let mut state = 1u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state >> 8
    };
    let number = |_| match next() % 100 {
        part if part < filled => next() as f32 / (1 << 23) as f32 - 1.0,
        _ => 0.0,
    };
    (0..n).map(number).collect()
}

mod product {
    use super::*;

    #[divan::bench(args = SIZES)]
    fn blocks(bencher: Bencher, (m, k, n): (usize, usize, usize)) {
        let (a, b, mut c) = (numbers(m * k, 100), numbers(k * n, 100), vec![0.0; m * n]);
        let mut products = Products::default();
        bencher.bench_local(|| products.product(black_box(&a), &b, &mut c, k, n));
    }

    #[divan::bench(args = SIZES)]
    fn plain_loops(bencher: Bencher, (m, k, n): (usize, usize, usize)) {
        let (a, b, mut c) = (numbers(m * k, 100), numbers(k * n, 100), vec![0.0; m * n]);
        bencher.bench_local(|| {
            c.fill(0.0);
            for (row, c) in black_box(&a).chunks_exact(k).zip(c.chunks_exact_mut(n)) {
                for (x, b) in row.iter().zip(b.chunks_exact(n)) {
                    for (c, b) in c.iter_mut().zip(b) {
                        *c += x * b;
                    }
                }
            }
        });
    }
}

/// 32 x 400 by 25, a third of the numbers not 0, as the lesson's digits.
mod sparse_rows {
    use super::*;

    const ROWS: [u32; 32] = {
        let mut rows = [0; 32];
        let mut i = 0;
        while i < 32 {
            rows[i] = i as u32;
            i += 1;
        }
        rows
    };

    fn digits() -> (Vec<f32>, Matrix) {
        let dense = numbers(32 * 400, 33);
        let matrix = Matrix::of(&dense.clone().into(), 400).unwrap();
        (dense, matrix)
    }

    #[divan::bench]
    fn product(bencher: Bencher) {
        let ((_, matrix), b, mut c) = (digits(), numbers(400 * 25, 100), vec![0.0; 32 * 25]);
        let (matrix, rows) = (&matrix, &ROWS[..]);
        bencher.bench_local(|| {
            sparse::product(RowSelection { matrix, rows }, black_box(&b), &mut c, 25)
        });
    }

    #[divan::bench]
    fn dense_product(bencher: Bencher) {
        let ((a, _), b, mut c) = (digits(), numbers(400 * 25, 100), vec![0.0; 32 * 25]);
        let mut products = Products::default();
        bencher.bench_local(|| products.product(black_box(&a), &b, &mut c, 400, 25));
    }

    #[divan::bench]
    fn product_of_transposed(bencher: Bencher) {
        let ((_, matrix), b, mut c) = (digits(), numbers(32 * 25, 100), vec![0.0; 400 * 25]);
        let (matrix, rows) = (&matrix, &ROWS[..]);
        let all = RowSelection { matrix, rows };
        bencher.bench_local(|| sparse::product_of_transposed(all, black_box(&b), &mut c, 25));
    }

    #[divan::bench]
    fn dense_product_of_transposed(bencher: Bencher) {
        let ((a, _), b, mut c) = (digits(), numbers(32 * 25, 100), vec![0.0; 400 * 25]);
        let mut products = Products::default();
        bencher.bench_local(|| products.of_transposed(black_box(&a), &b, &mut c, 400, 25));
    }
}

/// Row k of a matrix, times x, added to registers: with and without asking whether the row is there.
mod rows_by_index {
    use super::*;

    fn indices() -> Vec<(u32, f32)> {
        let numbers = numbers(400, 33);
        let filled = (0..).zip(numbers).filter(|(_, x)| *x != 0.0);
        filled.collect()
    }

    fn strip() -> Strip {
        strips(24, 32).next().unwrap()
    }

    #[divan::bench]
    fn checked(bencher: Bencher) {
        let (strip, b, entries) = (strip(), numbers(400 * 24, 100), indices());
        bencher.bench_local(|| {
            let mut sums = Registers::<5>::default();
            for &(k, x) in black_box(&entries) {
                sums = sums.plus(x, Registers::load(strip.of(&b, k)));
            }
            let mut to = [0.0; 24];
            sums.store(&mut to);
            to
        });
    }

    #[divan::bench]
    #[allow(unsafe_code)]
    fn unchecked(bencher: Bencher) {
        let (strip, b, entries) = (strip(), numbers(400 * 24, 100), indices());
        bencher.bench_local(|| {
            strip.assert_inside(400, &b);
            let mut sums = Registers::<5>::default();
            for &(k, x) in black_box(&entries) {
                // SAFETY: k is below 400, the rows of b.
                sums = sums.plus(x, Registers::load(unsafe { strip.of_known(&b, k) }));
            }
            let mut to = [0.0; 24];
            sums.store(&mut to);
            to
        });
    }
}

/// 8 filters of 5 x 5 over 28 x 28 digits, of whose pixels a fifth is ink, or all.
#[divan::bench(args = [20, 100])]
fn convolution_by_ink(bencher: Bencher, ink: u32) {
    let geometry = Geometry {
        image: [28, 28],
        channels: 1,
        seen: 1,
        window: [5, 5],
        strides: [1, 1],
        dilation: [1, 1],
        before: [0, 0],
        places: [24, 24],
    };
    let windows = Windows::new(&geometry, 8, 1);
    let (x, kernel) = (numbers(28 * 28, ink), numbers(25 * 8, 100));
    let (mut y, mut work) = (vec![0.0; 24 * 24 * 8], vec![0.0; geometry.work(8, 1)]);
    bencher.bench_local(|| windows.correlate(black_box(&x), &kernel, &[], &mut y, &mut work));
}

/// tanh of 10,000 numbers.
mod tanh {
    use super::*;

    #[divan::bench]
    fn table_in_registers(bencher: Bencher) {
        let (x, mut y) = (numbers(10_000, 100), vec![0.0; 10_000]);
        bencher.bench_local(|| {
            let curves = Curves::held();
            for (y, x) in y.iter_mut().zip(black_box(&x)) {
                *y = curves.tanh(*x);
            }
        });
    }

    #[divan::bench]
    fn number_by_number(bencher: Bencher) {
        let (x, mut y) = (numbers(10_000, 100), vec![0.0; 10_000]);
        bencher.bench_local(|| {
            for (y, x) in y.iter_mut().zip(black_box(&x)) {
                *y = math::tanh(*x);
            }
        });
    }

    #[divan::bench]
    fn libm(bencher: Bencher) {
        let (x, mut y) = (numbers(10_000, 100), vec![0.0; 10_000]);
        bencher.bench_local(|| {
            for (y, x) in y.iter_mut().zip(black_box(&x)) {
                *y = ::libm::tanhf(*x);
            }
        });
    }
}
