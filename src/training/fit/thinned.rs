//! Rows of numbers within a bound of memory. Beyond it, every second row is kept, then every fourth, and so on.
//!
//! The kept rows are exact: a mean over several would hide how much they jump.

/// The rows 0, `every`, 2 `every` ... of all rows so far, and the last one.
pub struct Thinned {
    width: usize,
    most: usize,
    every: usize,
    count: usize,
    numbers: Vec<f32>,
}

impl Thinned {
    /// No rows yet, of which at most `most` are kept; each has `width` numbers.
    pub fn new(width: usize, most: usize) -> Self {
        Thinned {
            width,
            most,
            every: 1,
            count: 0,
            numbers: Vec::new(),
        }
    }

    /// Reserves memory for so many rows, as far as they are kept.
    pub fn reserve(&mut self, rows: usize) {
        self.numbers
            .reserve(rows.min(self.most).saturating_add(1) * self.width);
    }

    /// Adds a row.
    pub fn push(&mut self, row: impl IntoIterator<Item = f32>) {
        let kept = self.unchanged(self.count);
        self.numbers.truncate(kept * self.width);
        self.numbers.extend(row);
        self.count += 1;
        if self.n_rows() > self.most {
            self.halve();
        }
    }

    /// Drops every second row, but not the last one.
    fn halve(&mut self) {
        let last = self.n_rows() - 1;
        let kept = (0..=last).filter(|row| row.is_multiple_of(2) || *row == last);
        for (to, from) in kept.enumerate() {
            let from = from * self.width;
            self.numbers
                .copy_within(from..from + self.width, to * self.width);
        }
        self.every *= 2;
        self.numbers.truncate(self.n_kept(self.count) * self.width);
    }

    /// Whether these can be the kept ones of so many rows.
    pub fn fits(&self, count: usize, numbers: &[f32]) -> bool {
        self.n_kept(count).checked_mul(self.width) == Some(numbers.len())
    }

    /// Replaces all rows by the kept ones of so many rows.
    pub fn set(&mut self, count: usize, numbers: Vec<f32>) {
        (self.count, self.every) = (count, self.every_at(count));
        self.numbers = numbers;
    }

    /// Number of rows so far.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Number of kept rows.
    pub fn n_rows(&self) -> usize {
        self.numbers.len() / self.width
    }

    /// The numbers of the kept rows, row after row.
    pub fn numbers(&self) -> &[f32] {
        &self.numbers
    }

    /// Which one of all rows this kept one is.
    pub fn index(&self, kept: usize) -> usize {
        (kept * self.every).min(self.count.saturating_sub(1))
    }

    /// Number of the kept rows that have not changed since there were `count` rows.
    pub fn unchanged(&self, count: usize) -> usize {
        match self.every_at(count) == self.every {
            true => count.div_ceil(self.every).min(self.n_rows()),
            false => 0,
        }
    }

    /// The distance of the kept ones of so many rows: the smallest power of two at which there are not too many.
    fn every_at(&self, count: usize) -> usize {
        let last = count.saturating_sub(1);
        let mut every = 1;
        while last.div_ceil(every) + 1 > self.most {
            every *= 2;
        }
        every
    }

    /// Number of kept ones of so many rows.
    fn n_kept(&self, count: usize) -> usize {
        match count.checked_sub(1) {
            None => 0,
            Some(last) => last.div_ceil(self.every_at(count)) + 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_exact_up_to_the_bound_and_evenly_spaced_beyond_it() {
        let mut rows = Thinned::new(2, 6);
        for count in 1..200usize {
            let i = count - 1;
            rows.push([i as f32, -(i as f32)]);
            let indices: Vec<usize> = (0..rows.n_rows()).map(|kept| rows.index(kept)).collect();
            let numbers: Vec<f32> = indices
                .iter()
                .flat_map(|i| [*i as f32, -(*i as f32)])
                .collect();
            assert_eq!(rows.numbers(), numbers);
            assert_eq!((indices[0], indices[rows.n_rows() - 1]), (0, i));
            assert!(
                rows.n_rows() <= 6 && (rows.n_rows() > 3 || count <= 3),
                "{indices:?}"
            );
            let wanted: Vec<usize> = (0..count).step_by(rows.every).collect();
            assert_eq!(indices[..wanted.len()], wanted);
            // A copy of the first rows is completed by those that it lacks.
            for known in 0..=count {
                let mut copy = Thinned::new(2, 6);
                (0..known).for_each(|i| copy.push([i as f32, -(i as f32)]));
                let same = 2 * rows.unchanged(known);
                assert_eq!(copy.numbers()[..same], rows.numbers()[..same]);
            }
            let mut again = Thinned::new(2, 6);
            assert!(again.fits(count, &numbers) && !again.fits(count, &numbers[1..]));
            again.set(count, numbers);
            assert_eq!((again.every, again.n_rows()), (rows.every, rows.n_rows()));
        }
    }
}
