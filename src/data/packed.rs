//! Reader of the packed image sets that the build makes (`scripts/data.js`).
//!
//! Layout, numbers little-endian: `"GBXD"`, version u8 = 1, classes u8, height u8, width u8, training
//! rows u32, test rows u32; then a label u8 per training row, per test row; then the pixels u8 of the
//! training rows, of the test rows, row-major, 0 = paper, 255 = ink.

use crate::options::error::ConfigError;

const HEAD: usize = 16;

/// A packed set, its rows still bytes: training rows first, then test rows.
#[derive(Debug)]
pub struct Packed<'a> {
    /// How many classes the labels count.
    pub n_classes: usize,
    /// Pixels from top to bottom.
    pub height: usize,
    /// Pixels from left to right.
    pub width: usize,
    /// Training rows.
    pub n_train: usize,
    /// Test rows.
    pub n_test: usize,
    /// `[n_train + n_test]`, each below `n_classes`.
    pub labels: &'a [u8],
    /// `[n_train + n_test, height, width]`.
    pub pixels: &'a [u8],
}

/// Reads a packed set; looks at every byte that could be wrong.
///
/// # Errors
/// Bytes that are no such file, still gzip'd, of a later version, cut short, too long, or with labels
/// beyond the classes.
pub fn read(bytes: &[u8]) -> Result<Packed<'_>, ConfigError> {
    let refuse = |message: String| Err(ConfigError::new("", message));
    if bytes.starts_with(&[0x1f, 0x8b]) {
        return refuse("This data file is still gzip'd: inflate it first.".into());
    }
    let Some((head, body)) = bytes.split_at_checked(HEAD) else {
        return refuse(format!(
            "This data file ends after {} bytes, before its head does: fetch it again.",
            bytes.len()
        ));
    };
    if !head.starts_with(b"GBXD") {
        return refuse(
            "This is not a packed data file of Glassbox: build it with `npm run build`.".into(),
        );
    }
    if head[4] != 1 {
        return refuse(format!(
            "This data file has version {}, and this engine reads version 1: build both anew.",
            head[4]
        ));
    }
    let [n_classes, height, width] = [head[5], head[6], head[7]].map(usize::from);
    let n_train = u32::from_le_bytes([head[8], head[9], head[10], head[11]]);
    let n_test = u32::from_le_bytes([head[12], head[13], head[14], head[15]]);
    if n_classes == 0 || height == 0 || width == 0 || n_train == 0 {
        return refuse(format!(
            "This data file claims {n_classes} classes and {n_train} training rows of {height} x \
             {width} pixels: each must be at least 1."
        ));
    }
    // In 64 bits, so that no claim overflows: at most 2^33 rows of 2^16 + 1 bytes.
    let n_rows = u64::from(n_train) + u64::from(n_test);
    let wanted = n_rows * (1 + (height * width) as u64);
    if body.len() as u64 != wanted {
        return refuse(format!(
            "This data file claims {n_rows} rows, which take {wanted} bytes, and has {}: fetch it again.",
            body.len()
        ));
    }
    let (labels, pixels) = body.split_at(n_rows as usize);
    if let Some(row) = labels
        .iter()
        .position(|&label| usize::from(label) >= n_classes)
    {
        return refuse(format!(
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

    /// A good file of 2 x 3 pictures, labels 0, 1, 0, 1 ...
    pub(crate) fn sample(n_classes: u8, n_train: u8, n_test: u8) -> Vec<u8> {
        let mut bytes = b"GBXD".to_vec();
        bytes.extend([1, n_classes, 2, 3, n_train, 0, 0, 0, n_test, 0, 0, 0]);
        let n = n_train + n_test;
        bytes.extend((0..n).map(|i| i % 2));
        bytes.extend((0..6 * n).map(|i| i.wrapping_mul(37)));
        bytes
    }

    #[test]
    fn reaches_a_sentence_for_every_fault() {
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
            let refusal = read(&bytes).unwrap_err();
            assert!(refusal.message.contains(words), "{refusal}");
        }
    }

    #[cfg(not(target_arch = "wasm32"))]
    proptest! {
        #[test]
        fn reaches_no_panic_on_any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            let _ = read(&bytes);
            let _ = read(&[&b"GBXD\x01"[..], &bytes].concat());
        }
    }
}
