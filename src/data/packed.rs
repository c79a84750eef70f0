//! Reader of the packed image files that the build makes (`scripts/data.js`).
//!
//! Layout, numbers little-endian: `"GBXD"`, version u8 = 1, classes u8, height u8, width u8, training
//! rows u32, test rows u32; then a label u8 per training row, per test row; then the pixels u8 of the
//! training rows, of the test rows, row-major, 0 = paper, 255 = ink.

use crate::options::error::{ConfigError, Result};

const HEAD: usize = 16;

/// A packed set as bytes: training rows first, then test rows.
#[derive(Debug)]
pub struct Packed<'a> {
    /// Number of classes.
    pub n_classes: usize,
    /// Height in pixels.
    pub height: usize,
    /// Width in pixels.
    pub width: usize,
    /// Number of training rows.
    pub n_train: usize,
    /// Number of test rows.
    pub n_test: usize,
    /// `[n_train + n_test]`, each below `n_classes`.
    pub labels: &'a [u8],
    /// `[n_train + n_test, height, width]`.
    pub pixels: &'a [u8],
}

/// Reads a packed set and checks all of its bytes but the pixels, which can have any value.
///
/// # Errors
/// Bytes of another format, of another version, still compressed, too few or too many, or with labels that are not
/// below the number of classes.
pub fn read(bytes: &[u8]) -> Result<Packed<'_>> {
    let error = |message: String| Err(ConfigError::new("", message));
    if bytes.starts_with(&[0x1f, 0x8b]) {
        return error("This data file is still gzip'd: inflate it first.".into());
    }
    let Some((head, body)) = bytes.split_at_checked(HEAD) else {
        return error(format!(
            "This data file ends after {} bytes, before its head does: fetch it again.",
            bytes.len()
        ));
    };
    if !head.starts_with(b"GBXD") {
        return error(
            "This is not a packed data file of Glassbox: build it with `npm run build`.".into(),
        );
    }
    if head[4] != 1 {
        return error(format!(
            "This data file has version {}, and this engine reads version 1: build both again.",
            head[4]
        ));
    }
    let [n_classes, height, width] = [head[5], head[6], head[7]].map(usize::from);
    let n_train = u32::from_le_bytes([head[8], head[9], head[10], head[11]]);
    let n_test = u32::from_le_bytes([head[12], head[13], head[14], head[15]]);
    if n_classes == 0 || height == 0 || width == 0 || n_train == 0 {
        return error(format!(
            "This data file claims {n_classes} classes and {n_train} training rows of {height} x \
             {width} pixels: each must be at least 1."
        ));
    }
    // 64 bits cannot overflow: there are at most 2^33 rows of 2^16 + 1 bytes.
    let n_rows = u64::from(n_train) + u64::from(n_test);
    let expected = n_rows * (1 + (height * width) as u64);
    if body.len() as u64 != expected {
        return error(format!(
            "This data file claims {n_rows} rows, which take {expected} bytes, and has {}: fetch it again.",
            body.len()
        ));
    }
    let (labels, pixels) = body.split_at(n_rows as usize);
    if let Some(row) = labels
        .iter()
        .position(|&label| usize::from(label) >= n_classes)
    {
        return error(format!(
            "Row {row} of this data file has the label {}, and its labels must be below {n_classes}: \
             fetch it again.",
            labels[row]
        ));
    }
    Ok(Packed {
        n_classes,
        height,
        width,
        n_train: n_train as usize,
        n_test: n_test as usize,
        labels,
        pixels,
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    #[cfg(not(target_arch = "wasm32"))]
    use proptest::prelude::*;

    /// A valid file of 2 x 3 images, labels 0, 1, 0, 1 ...
    pub(crate) fn sample(n_classes: u8, n_train: u8, n_test: u8) -> Vec<u8> {
        let mut bytes = b"GBXD".to_vec();
        bytes.extend([1, n_classes, 2, 3, n_train, 0, 0, 0, n_test, 0, 0, 0]);
        let n = n_train + n_test;
        bytes.extend((0..n).map(|i| i % 2));
        bytes.extend((0..6 * n).map(|i| i.wrapping_mul(37)));
        bytes
    }

    #[test]
    fn every_damage_is_an_error() {
        let good = sample(2, 3, 2);
        assert_eq!(read(&good).unwrap().pixels.len(), 30);
        let with = |at: usize, byte: u8| {
            let mut bytes = good.clone();
            bytes[at] = byte;
            bytes
        };
        let cases = [
            (Vec::new(), "ends after 0 bytes"),
            (good[..15].to_vec(), "ends after 15 bytes"),
            (vec![0x1f, 0x8b, 8], "gzip'd"),
            (with(0, b'X'), "not a packed data file"),
            (with(4, 2), "version 2"),
            (with(5, 0), "0 classes"),
            (with(6, 0), "0 x 3 pixels"),
            (with(8, 0), "0 training rows"),
            (with(11, 255), "take"),
            (with(16, 2), "Row 0"),
            (good[..good.len() - 1].to_vec(), "take 35 bytes, and has 34"),
            ([good.clone(), vec![0]].concat(), "and has 36"),
        ];
        for (bytes, words) in cases {
            let error = read(&bytes).unwrap_err();
            assert!(error.message.contains(words), "{error}");
        }
    }

    #[cfg(not(target_arch = "wasm32"))]
    proptest! {
        #[test]
        fn any_bytes_are_read_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            let _ = read(&bytes);
            let _ = read(&[&b"GBXD\x01"[..], &bytes].concat());
        }
    }
}
