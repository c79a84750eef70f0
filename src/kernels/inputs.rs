//! The inputs of examples, row after row: numbers, or bytes that become numbers where a batch is made of them.

use super::rows;
use std::borrow::Cow;
use std::ops::Range;
use std::rc::Rc;

/// Bytes that several owners share, such as those of a data file.
pub type Bytes = Rc<Vec<u8>>;

/// Numbers of a row-major array `[n, width]`.
#[derive(Clone, Debug)]
pub enum InputRows {
    /// As they are.
    Floats(Vec<f32>),
    /// A part of some bytes, each divided by `scale`: a fourth of the memory.
    Bytes {
        /// All bytes of the file.
        file: Bytes,
        /// The part.
        part: Range<usize>,
        /// A number above 0.
        scale: f32,
    },
}

impl InputRows {
    /// Number of numbers.
    pub fn len(&self) -> usize {
        match self {
            InputRows::Floats(numbers) => numbers.len(),
            InputRows::Bytes { part, .. } => part.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The numbers of a range.
    pub fn numbers(&self, range: Range<usize>) -> Cow<'_, [f32]> {
        match self {
            InputRows::Floats(numbers) => numbers[range].into(),
            InputRows::Bytes { scale, .. } => {
                let bytes = self.bytes()[range].iter();
                bytes.map(|byte| f32::from(*byte) / scale).collect()
            }
        }
    }

    /// All numbers.
    pub fn all(&self) -> Cow<'_, [f32]> {
        self.numbers(0..self.len())
    }

    /// The bytes; empty for numbers.
    pub fn bytes(&self) -> &[u8] {
        match self {
            InputRows::Floats(_) => &[],
            InputRows::Bytes { file, part, .. } => &file[part.clone()],
        }
    }

    /// Number of numbers that are not zero.
    pub fn n_nonzeros(&self) -> usize {
        match self {
            InputRows::Floats(numbers) => numbers.iter().filter(|x| **x != 0.0).count(),
            InputRows::Bytes { .. } => self.bytes().iter().filter(|byte| **byte != 0).count(),
        }
    }

    /// Copies the rows `indices` to `to`.
    pub fn gather(&self, width: usize, indices: &[u32], to: &mut [f32]) {
        match self {
            InputRows::Floats(numbers) => rows::gather(numbers, width, indices, to),
            InputRows::Bytes { scale, .. } => {
                let bytes = self.bytes();
                for (row, &i) in to.chunks_exact_mut(width).zip(indices) {
                    let from = &bytes[i as usize * width..][..width];
                    for (number, byte) in row.iter_mut().zip(from) {
                        *number = f32::from(*byte) / scale;
                    }
                }
            }
        }
    }

    /// Takes the numbers from `at` on out.
    pub fn split_off(&mut self, at: usize) -> InputRows {
        match self {
            InputRows::Floats(numbers) => InputRows::Floats(numbers.split_off(at)),
            InputRows::Bytes { file, part, scale } => {
                let (middle, end) = (part.start + at, part.end);
                part.end = middle;
                InputRows::Bytes {
                    file: file.clone(),
                    part: middle..end,
                    scale: *scale,
                }
            }
        }
    }
}

impl Default for InputRows {
    fn default() -> Self {
        InputRows::Floats(Vec::new())
    }
}

impl From<Vec<f32>> for InputRows {
    fn from(numbers: Vec<f32>) -> Self {
        InputRows::Floats(numbers)
    }
}

impl FromIterator<f32> for InputRows {
    fn from_iter<I: IntoIterator<Item = f32>>(numbers: I) -> Self {
        InputRows::Floats(numbers.into_iter().collect())
    }
}

/// Equal numbers.
impl PartialEq for InputRows {
    fn eq(&self, other: &Self) -> bool {
        self.all() == other.all()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_of_bytes_are_those_of_their_numbers() {
        let file = Bytes::new((0..=255).collect());
        let of = |part: Range<usize>| InputRows::Bytes {
            file: file.clone(),
            part,
            scale: 255.0,
        };
        let numbers = |part: Range<usize>| part.map(|i| i as f32 / 255.0).collect::<Vec<f32>>();
        let (mut bytes, mut floats) = (of(6..256), InputRows::from(numbers(6..256)));
        assert_eq!((bytes.len(), bytes.all()), (250, floats.all()));
        assert_eq!(bytes.numbers(5..9), floats.numbers(5..9));
        assert_eq!((of(0..9).n_nonzeros(), floats.n_nonzeros()), (8, 250));
        let (mut a, mut b) = ([0.0; 30], [1.0; 30]);
        bytes.gather(10, &[3, 0, 24], &mut a);
        floats.gather(10, &[3, 0, 24], &mut b);
        assert_eq!(a, b);
        assert_eq!(bytes.split_off(200), floats.split_off(200));
        assert_eq!(bytes, floats);
        assert_eq!((bytes.len(), bytes.bytes()[0]), (200, 6));
    }
}
