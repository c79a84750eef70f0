//! The pre-activations of a recurrent layer, C = A B + A' B' + biases, without intermediate stores.
//!
//! Each element is summed from 0 over the rows of B, from first to last, then over those of B'; the biases come last. The
//! result is bit-identical to the plain loop (`plain` in the tests).
//!
//! C holds one matrix `[m, units]` per gate, one after another; in B the columns of the gates lie side by side. A block has
//! four rows by two groups of four columns. Each group belongs to one gate, so that panels are full if the units are a
//! multiple of four.

use super::block::{ROWS, Row, accumulate, first_of};
use super::panels::Order;

/// Columns of a group.
const FOUR: usize = 4;

/// Rows of the panels that are processed together: 32 KiB, most of an L1 cache.
const PANEL: usize = 1024;

/// A product A B + bias, one term of a sum. The default is an empty product: 0.
#[derive(Clone, Copy, Default)]
pub struct Term<'a> {
    /// A: `[m, k]`.
    pub a: &'a [f32],
    /// B: `[k, gates * units]`, [packed](pack).
    pub b: &'a [Row],
    /// Columns of A.
    pub k: usize,
    /// Bias: `[1, gates * units]`, packed, or empty.
    pub bias: &'a [Row],
}

/// Number of panels of eight columns for `gates` gates.
fn n_panels(gates: usize, units: usize) -> usize {
    (gates * units.div_ceil(FOUR)).div_ceil(2)
}

/// Number of rows of all panels that [`pack`] fills.
pub fn packed(k: usize, gates: usize, units: usize) -> usize {
    k * n_panels(gates, units)
}

/// Packs B, `[k, gates * units]`. In the slice its rows (with [`Order::Columns`]: its columns) are `width` apart.
pub fn pack(
    b: &[f32],
    width: usize,
    order: Order,
    (k, gates, units): (usize, usize, usize),
    to: &mut [Row],
) {
    let fours = (0..gates).flat_map(|gate| (0..units).step_by(FOUR).map(move |j| (gate, j)));
    for (i, (gate, j)) in fours.enumerate() {
        let panel = to[i / 2 * k..][..k].iter_mut();
        let panel = panel.map(|row| &mut row.as_chunks_mut::<FOUR>().0[i % 2]);
        let first = gate * units + j;
        match order {
            Order::Rows => {
                for (to, row) in panel.zip(b.chunks(width)) {
                    *to = first_of(&row[first..]);
                }
            }
            Order::Columns => {
                for (p, to) in panel.enumerate() {
                    let column = b[first * width + p..].iter().step_by(width);
                    let lanes = to.iter_mut().take(units - j);
                    lanes.zip(column).for_each(|(to, from)| *to = *from);
                }
            }
        }
    }
}

/// Fills `out`, `[gates, m, units]`, with the sum of both terms.
pub fn sum(terms: [Term<'_>; 2], gates: usize, units: usize, out: &mut [f32]) {
    let [one, two] = terms;
    let m = out.len() / (gates * units);
    let n_panels = n_panels(gates, units);
    let together = (PANEL / (one.k + two.k).max(1)).max(1);
    let fours = units.div_ceil(FOUR);
    for start in (0..n_panels).step_by(together) {
        let end = n_panels.min(start + together);
        let first = (2 * start / fours * m * units, 2 * start % fours * FOUR);
        for i in (0..m).step_by(ROWS) {
            let height = ROWS.min(m - i);
            let (rows, rows2) = (four_rows(one, i, height), four_rows(two, i, height));
            let (mut panels, mut panels2) = (&one.b[start * one.k..], &two.b[start * two.k..]);
            let (mut gate, mut j) = first;
            for panel in start..end {
                let (b, others) = panels.split_at(one.k);
                let (b2, others2) = panels2.split_at(two.k);
                (panels, panels2) = (others, others2);
                let mut block = [[0.0; 2 * FOUR]; ROWS];
                add_product(&mut block, rows, b);
                add_product(&mut block, rows2, b2);
                for bias in [one.bias.get(panel), two.bias.get(panel)]
                    .into_iter()
                    .flatten()
                {
                    for row in &mut block {
                        row.iter_mut().zip(bias).for_each(|(sum, b)| *sum += b);
                    }
                }
                let place = |gate: usize, j: usize| Place {
                    at: gate + i * units + j,
                    units,
                    height,
                    width: FOUR.min(units - j),
                };
                place(gate, j).store(block.map(|[a, b, c, d, ..]| [a, b, c, d]), out);
                j += FOUR;
                if j >= units {
                    (gate, j) = (gate + m * units, 0);
                }
                if gate < out.len() {
                    place(gate, j).store(block.map(|[.., a, b, c, d]| [a, b, c, d]), out);
                }
                j += FOUR;
                if j >= units {
                    (gate, j) = (gate + m * units, 0);
                }
            }
        }
    }
}

/// Four rows of A from row i on. If there are fewer, the last one is repeated (and not stored).
#[inline(always)]
fn four_rows(term: Term<'_>, i: usize, height: usize) -> [&[f32]; ROWS] {
    let row = |r: usize| match term.k {
        0 => &[],
        k => &term.a[(i + r.min(height - 1)) * k..][..k],
    };
    [row(0), row(1), row(2), row(3)]
}

/// block += rows of A times a panel.
#[inline(always)]
fn add_product(
    block: &mut [[f32; 2 * FOUR]; ROWS],
    [a0, a1, a2, a3]: [&[f32]; ROWS],
    panel: &[Row],
) {
    // One row of the panel per iteration: two would need more registers than there are.
    for ((((b, a0), a1), a2), a3) in panel.iter().zip(a0).zip(a1).zip(a2).zip(a3) {
        accumulate(block, [*a0, *a1, *a2, *a3], b);
    }
}

/// Position of a group of four columns in C.
struct Place {
    at: usize,
    units: usize,
    height: usize,
    width: usize,
}

impl Place {
    #[inline(always)]
    fn store(self, fours: [[f32; FOUR]; ROWS], out: &mut [f32]) {
        let mut at = self.at;
        for four in fours.iter().take(self.height) {
            match out[at..].first_chunk_mut() {
                Some(to) if self.width == FOUR => *to = *four,
                _ => {
                    let to = &mut out[at..at + self.width];
                    to.iter_mut().zip(four).for_each(|(to, sum)| *to = *sum);
                }
            }
            at += self.units;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numerics::rng::Stream;

    /// A, B (row-major), columns of A, bias.
    type Plain<'a> = (&'a [f32], &'a [f32], usize, &'a [f32]);

    /// The plain loops that [`sum`] must equal to the bit.
    fn plain(terms: [Plain<'_>; 2], (m, gates, units): (usize, usize, usize)) -> Vec<f32> {
        let width = gates * units;
        let mut c = Vec::new();
        for gate in 0..gates {
            for i in 0..m {
                for j in gate * units..(gate + 1) * units {
                    let products = terms.iter().flat_map(|&(a, b, k, _)| {
                        (0..k).map(move |p| a[i * k + p] * b[p * width + j])
                    });
                    let sum = products.fold(0.0, |sum, product| sum + product);
                    let biases = terms.iter().filter_map(|(.., bias)| bias.get(j));
                    c.push(biases.fold(sum, |sum, b| sum + b));
                }
            }
        }
        c
    }

    #[test]
    fn bits_equal_the_plain_loop() {
        let mut stream = Stream::new(3, 4);
        let mut random = |n: usize| (0..n).map(|_| stream.normal()).collect::<Vec<f32>>();
        let mut check = |m: usize, [k, k2]: [usize; 2], gates: usize, units: usize| {
            let width = gates * units;
            let [a, b, bias] = [m * k, k * width, width].map(&mut random);
            let [a2, b2, bias2] = [m * k2, k2 * width, width].map(&mut random);
            let by_rows = |b: &[f32], k: usize| {
                let mut panels = vec![[9.0; 8]; packed(k, gates, units)];
                pack(b, width, Order::Rows, (k, gates, units), &mut panels);
                panels
            };
            // With one gate, the second matrix is given by its transpose.
            let by_columns = |b: &[f32], k: usize| {
                let mut transposed = vec![0.0; b.len()];
                for (at, x) in b.iter().enumerate() {
                    transposed[at % width * k + at / width] = *x;
                }
                let mut panels = vec![[9.0; 8]; packed(k, 1, units)];
                pack(&transposed, k, Order::Columns, (k, 1, units), &mut panels);
                panels
            };
            let panels = by_rows(&b, k);
            let panels2 = match gates {
                1 if k2 > 0 => by_columns(&b2, k2),
                _ => by_rows(&b2, k2),
            };
            for (bias, bias2) in [(&*bias, &*bias2), (&[], &*bias2), (&[], &[])] {
                let mut c = vec![9.0; m * width];
                let [packed, packed2] = [bias, bias2].map(|bias| match bias {
                    [] => Vec::new(),
                    _ => by_rows(bias, 1),
                });
                let term = |a, b, k, bias| Term { a, b, k, bias };
                let both = [
                    term(&a, &panels, k, &packed),
                    term(&a2, &panels2, k2, &packed2),
                ];
                sum(both, gates, units, &mut c);
                let expected = plain(
                    [(&a, &b, k, bias), (&a2, &b2, k2, bias2)],
                    (m, gates, units),
                );
                assert_eq!(c, expected, "{m} {k} {k2} {gates} {units}");
            }
        };
        for m in [1, 2, 3, 4, 5, 9] {
            for units in [1, 2, 3, 4, 5, 7, 8, 12, 13] {
                for gates in [1, 2, 3, 4] {
                    check(m, [3, 0], gates, units);
                    check(m, [1, units], gates, units);
                }
            }
        }
        check(6, [300, 301], 3, 20);
        check(5, [1100, 2], 1, 28);
    }
}
