//! Numbers as bytes, for checkpoints: little-endian, a length before each list, a checksum at the end.

use crate::numerics::hash::hash;
use crate::options::error::ConfigError;

/// Writes numbers one after another.
#[derive(Default)]
pub struct Writer(Vec<u8>);

impl Writer {
    /// Writes a whole number.
    pub fn whole(&mut self, value: u64) {
        self.0.extend(value.to_le_bytes());
    }

    /// Writes a list of f32.
    pub fn floats(&mut self, values: &[f32]) {
        self.whole(values.len() as u64);
        self.0.extend(values.iter().flat_map(|v| v.to_le_bytes()));
    }

    /// Writes a list of f64.
    pub fn doubles(&mut self, values: &[f64]) {
        self.whole(values.len() as u64);
        self.0.extend(values.iter().flat_map(|v| v.to_le_bytes()));
    }

    /// Returns the bytes and their checksum.
    pub fn finish(mut self) -> Vec<u8> {
        self.whole(hash(self.0.iter().copied()));
        self.0
    }
}

/// Reads numbers in the order in which they were written.
pub struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// Starts at the first byte of the result of [`Writer::finish`].
    ///
    /// # Errors
    /// A wrong checksum: a byte was lost or changed.
    pub fn new(bytes: &'a [u8]) -> Result<Self, ConfigError> {
        let (numbers, sum) = bytes.split_last_chunk().ok_or_else(damaged)?;
        if hash(numbers.iter().copied()) == u64::from_le_bytes(*sum) {
            Ok(Reader(numbers))
        } else {
            Err(damaged())
        }
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], ConfigError> {
        let (first, rest) = self.0.split_first_chunk::<N>().ok_or_else(damaged)?;
        self.0 = rest;
        Ok(*first)
    }

    /// Reads a whole number.
    ///
    /// # Errors
    /// Too few bytes.
    pub fn whole(&mut self) -> Result<u64, ConfigError> {
        self.take().map(u64::from_le_bytes)
    }

    fn list<const N: usize, T>(
        &mut self,
        convert: fn([u8; N]) -> T,
    ) -> Result<Vec<T>, ConfigError> {
        let n = usize::try_from(self.whole()?).map_err(|_| damaged())?;
        let end = n
            .checked_mul(N)
            .filter(|end| *end <= self.0.len())
            .ok_or_else(damaged)?;
        let (list, rest) = self.0.split_at(end);
        self.0 = rest;
        Ok(list
            .chunks_exact(N)
            .filter_map(|c| c.first_chunk::<N>())
            .map(|c| convert(*c))
            .collect())
    }

    /// Reads a list of f32.
    ///
    /// # Errors
    /// Too few bytes.
    pub fn floats(&mut self) -> Result<Vec<f32>, ConfigError> {
        self.list(f32::from_le_bytes)
    }

    /// Reads a list of f32 of this length.
    ///
    /// # Errors
    /// Too few bytes, or another length.
    pub fn floats_of(&mut self, n: usize) -> Result<Vec<f32>, ConfigError> {
        self.floats()
            .and_then(|v| if v.len() == n { Ok(v) } else { Err(damaged()) })
    }

    /// Reads a list of f64.
    ///
    /// # Errors
    /// Too few bytes.
    pub fn doubles(&mut self) -> Result<Vec<f64>, ConfigError> {
        self.list(f64::from_le_bytes)
    }

    /// Checks that all bytes have been read.
    ///
    /// # Errors
    /// Bytes that have not.
    pub fn end(self) -> Result<(), ConfigError> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(damaged())
        }
    }
}

fn damaged() -> ConfigError {
    ConfigError::new(
        "checkpoint",
        "This checkpoint is damaged or incomplete: start the run again from the beginning.",
    )
}
