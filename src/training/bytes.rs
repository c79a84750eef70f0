//! Numbers to bytes and back, for checkpoints: little-endian, every list with its length before it,
//! a check sum at the end.

use crate::numerics::hash::hash;
use crate::options::error::ConfigError;

/// Puts numbers one after another.
#[derive(Default)]
pub struct Writer(Vec<u8>);

impl Writer {
    /// A whole number.
    pub fn whole(&mut self, value: u64) {
        self.0.extend(value.to_le_bytes());
    }

    /// A list of f32.
    pub fn floats(&mut self, values: &[f32]) {
        self.whole(values.len() as u64);
        self.0.extend(values.iter().flat_map(|v| v.to_le_bytes()));
    }

    /// A list of f64.
    pub fn doubles(&mut self, values: &[f64]) {
        self.whole(values.len() as u64);
        self.0.extend(values.iter().flat_map(|v| v.to_le_bytes()));
    }

    /// All bytes written, and their check sum.
    pub fn finish(mut self) -> Vec<u8> {
        self.whole(hash(self.0.iter().copied()));
        self.0
    }
}

/// Takes numbers back in the order in which they were put.
pub struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// From the first byte of what [`Writer::finish`] gave.
    ///
    /// # Errors
    /// Where the check sum is another: a byte was lost or changed.
    pub fn new(bytes: &'a [u8]) -> Result<Self, ConfigError> {
        let (numbers, sum) = bytes.split_last_chunk().ok_or_else(cut_short)?;
        if hash(numbers.iter().copied()) == u64::from_le_bytes(*sum) {
            Ok(Reader(numbers))
        } else {
            Err(cut_short())
        }
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], ConfigError> {
        let (first, rest) = self.0.split_first_chunk::<N>().ok_or_else(cut_short)?;
        self.0 = rest;
        Ok(*first)
    }

    /// A whole number.
    ///
    /// # Errors
    /// Where the bytes end too early (as for all that follow).
    pub fn whole(&mut self) -> Result<u64, ConfigError> {
        self.take().map(u64::from_le_bytes)
    }

    fn list<const N: usize, T>(
        &mut self,
        convert: fn([u8; N]) -> T,
    ) -> Result<Vec<T>, ConfigError> {
        let n = usize::try_from(self.whole()?).map_err(|_| cut_short())?;
        let end = n
            .checked_mul(N)
            .filter(|end| *end <= self.0.len())
            .ok_or_else(cut_short)?;
        let (these, rest) = self.0.split_at(end);
        self.0 = rest;
        Ok(these
            .chunks_exact(N)
            .filter_map(|c| c.first_chunk::<N>())
            .map(|c| convert(*c))
            .collect())
    }

    /// A list of f32.
    ///
    /// # Errors
    /// Where the bytes end too early.
    pub fn floats(&mut self) -> Result<Vec<f32>, ConfigError> {
        self.list(f32::from_le_bytes)
    }

    /// A list of f32 of this length.
    ///
    /// # Errors
    /// Where it has another length.
    pub fn floats_of(&mut self, n: usize) -> Result<Vec<f32>, ConfigError> {
        self.floats().and_then(|v| {
            if v.len() == n {
                Ok(v)
            } else {
                Err(cut_short())
            }
        })
    }

    /// A list of f64.
    ///
    /// # Errors
    /// Where the bytes end too early.
    pub fn doubles(&mut self) -> Result<Vec<f64>, ConfigError> {
        self.list(f64::from_le_bytes)
    }

    /// Says that nothing may be left.
    ///
    /// # Errors
    /// Where bytes are left.
    pub fn end(self) -> Result<(), ConfigError> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(cut_short())
        }
    }
}

fn cut_short() -> ConfigError {
    ConfigError::new(
        "checkpoint",
        "This saved moment of a run is damaged or of another size: start the run from its beginning.",
    )
}
