//! A strip of a row in registers of four lanes: rows are summed without intermediate stores.

/// Maximum columns of a strip: eight registers of four.
pub const COLUMNS: usize = 32;
/// Minimum columns of a strip.
pub const MIN_COLUMNS: usize = 4;

/// Calls `f::<F>(..)`, where F + 1 registers hold a strip of `width` numbers.
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
pub(super) use in_registers;

/// As `in_registers`, for the widths of [`few_strips`] only: fewer instances of `f` to download.
macro_rules! in_few_registers {
    ($width:expr, $f:ident($($argument:expr),*)) => {
        match $width / 4 {
            0 | 1 => $f::<1>($($argument),*),
            2 | 3 => $f::<2>($($argument),*),
            4 | 5 => $f::<4>($($argument),*),
            _ => $f::<9>($($argument),*),
        }
    };
}
pub(super) use in_few_registers;

/// Some adjacent columns of a matrix.
#[derive(Clone, Copy)]
pub struct Strip {
    /// Columns of the matrix.
    pub n: usize,
    /// First column of the strip.
    pub start: usize,
    /// Number of columns of the strip.
    pub width: usize,
}

impl Strip {
    /// Asserts that the strip fills the registers. Before a loop, it removes the bounds checks inside.
    #[inline(always)]
    pub fn assert_holds(self, fours: usize) {
        assert!(self.width >= 4 * fours.max(1));
    }

    /// Asserts that the strip lies inside a row and that the matrix has `rows` rows, for [`Strip::of_known`].
    pub fn assert_inside(self, rows: usize, matrix: &[f32]) {
        assert!(self.start + self.width <= self.n && rows * self.n <= matrix.len());
    }

    /// The strip of a row.
    #[inline(always)]
    pub fn of(self, matrix: &[f32], row: u32) -> &[f32] {
        &matrix[row as usize * self.n + self.start..][..self.width]
    }

    /// As [`Strip::of`], without a bounds check.
    ///
    /// # Safety
    /// The matrix has more than `row` rows of `n` numbers.
    #[inline(always)]
    #[allow(unsafe_code)]
    pub unsafe fn of_known(self, matrix: &[f32], row: u32) -> &[f32] {
        let at = row as usize * self.n + self.start;
        // SAFETY: the strip lies inside the row, and the row inside the matrix.
        unsafe { matrix.get_unchecked(at..at + self.width) }
    }

    /// As [`Strip::of_known`], mutable.
    ///
    /// # Safety
    /// The matrix has more than `row` rows of `n` numbers.
    #[inline(always)]
    #[allow(unsafe_code)]
    pub unsafe fn of_known_mut(self, matrix: &mut [f32], row: u32) -> &mut [f32] {
        let at = row as usize * self.n + self.start;
        // SAFETY: the strip lies inside the row, and the row inside the matrix.
        unsafe { matrix.get_unchecked_mut(at..at + self.width) }
    }

    /// As [`Strip::of`], mutable.
    #[inline(always)]
    pub fn of_mut(self, matrix: &mut [f32], row: u32) -> &mut [f32] {
        &mut matrix[row as usize * self.n + self.start..][..self.width]
    }
}

/// Strips that cover `n` columns, each of [`MIN_COLUMNS`] to `most` columns. `n` is at least [`MIN_COLUMNS`], `most` at
/// most [`COLUMNS`].
#[inline(always)]
pub fn strips(n: usize, most: usize) -> impl Iterator<Item = Strip> {
    let mut start = 0;
    std::iter::from_fn(move || {
        let width = match n - start {
            0 => return None,
            rest if rest <= most => rest,
            // A full strip would leave too narrow a rest.
            rest if rest < most + MIN_COLUMNS => most / 2,
            _ => most,
        };
        let strip = Strip { n, start, width };
        start += width;
        Some(strip)
    })
}

/// Strips that cover `n` columns, at least [`MIN_COLUMNS`], from the last to the first. Their widths are few, and 40 as
/// long as possible (measured: a third less time than two strips of 20). For loops that keep one strip in registers.
#[inline(always)]
pub fn few_strips(n: usize) -> impl Iterator<Item = Strip> {
    let mut left = n;
    std::iter::from_fn(move || {
        let width = match left {
            0 => return None,
            13..=15 => 8,
            21..=24 => 16,
            25..=35 | 41..=43 => 20,
            40.. => 40,
            rest => rest,
        };
        left -= width;
        Some(Strip {
            n,
            start: left,
            width,
        })
    })
}

/// The numbers of a strip: F registers from its start, and the last four numbers, which may overlap them.
#[derive(Clone, Copy)]
pub struct Registers<const F: usize> {
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
    /// Loads a strip.
    #[inline(always)]
    pub fn load(from: &[f32]) -> Self {
        match (from.as_chunks().0.first_chunk(), from.last_chunk()) {
            (Some(&fours), Some(&last)) => Registers { fours, last },
            _ => Registers::default(),
        }
    }

    /// Stores a strip.
    #[inline(always)]
    pub fn store(self, to: &mut [f32]) {
        if let Some(fours) = to.as_chunks_mut().0.first_chunk_mut() {
            *fours = self.fours;
        }
        if let Some(last) = to.last_chunk_mut() {
            *last = self.last;
        }
    }

    /// Returns self + x row.
    #[inline(always)]
    pub fn plus(mut self, x: f32, row: Self) -> Self {
        for (sums, row) in self.fours.iter_mut().zip(row.fours) {
            add_four(sums, x, row);
        }
        add_four(&mut self.last, x, row.last);
        self
    }
}

#[inline(always)]
fn add_four(sums: &mut [f32; 4], x: f32, row: [f32; 4]) {
    *sums = std::array::from_fn(|l| sums[l] + x * row[l]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reaches_every_column_once() {
        for n in MIN_COLUMNS..200 {
            let mut end = n;
            for strip in few_strips(n) {
                let fours = in_few_registers!(strip.width, fours());
                assert_eq!(strip.start + strip.width, end, "{n}");
                assert!((4 * fours..=4 * fours + 4).contains(&strip.width), "{n}");
                end = strip.start;
            }
            assert_eq!(end, 0, "{n}");
        }
    }

    fn fours<const F: usize>() -> usize {
        F
    }
}
