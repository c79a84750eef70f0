//! Handwritten digits, from files that the build makes.

use super::packed;
use super::set::{DataKind, Dataset};
use crate::options::declare::class;
use crate::options::error::{ConfigError, Result};

class! {
    /// Handwritten zeros and ones from MNIST, 20 x 20 pixels: 1,000 to train, 500 to test.
    #[formula("x: 400 pixels, 0 is paper and 1 is ink; y: 0 or 1")]
    struct Digits01("Digits01", "digits01", "Digits 0 and 1") {}
}

pub static DIGITS_01: DataKind = DataKind {
    class: Digits01::SPEC,
    asset: Some("digits01.bin"),
    make: |_, bytes| digits(Digits01::SPEC.label, &["0", "1"], bytes),
};

class! {
    /// Handwritten digits from MNIST, 20 x 20 pixels: 5,000 to train, 1,000 to test.
    #[formula("x: 400 pixels, 0 is paper and 1 is ink; y: 0 ... 9")]
    #[aliases("mnist")]
    struct Digits("Digits", "digits", "Digits 0 to 9") {}
}

pub static DIGITS: DataKind = DataKind {
    class: Digits::SPEC,
    asset: Some("digits.bin"),
    make: |_, bytes| {
        let names = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
        digits(Digits::SPEC.label, &names, bytes)
    },
};

fn digits(title: &'static str, names: &[&'static str], bytes: &[u8]) -> Result<Dataset> {
    let packed = packed::read(bytes)?;
    if packed.n_classes != names.len() {
        let message = format!(
            "This file holds {} classes, and {title} has {}: it is the file of another data set.",
            packed.n_classes,
            names.len()
        );
        return Err(ConfigError::new("", message));
    }
    let n_train = packed.n_train;
    let pixels_train = n_train * packed.height * packed.width;
    let (x, test_x) = packed.pixels.split_at(pixels_train);
    let (y, test_y) = packed.labels.split_at(n_train);
    Ok(Dataset {
        title,
        x: scaled(x, 255.0),
        y: scaled(y, 1.0),
        test_x: scaled(test_x, 255.0),
        test_y: scaled(test_y, 1.0),
        input_shape: vec![packed.height * packed.width],
        class_names: names.to_vec(),
        feature_names: Vec::new(),
        image: Some((packed.height, packed.width)),
        bounds: None,
    })
}

/// Bytes divided by `scale`.
fn scaled(bytes: &[u8], scale: f32) -> Vec<f32> {
    bytes.iter().map(|&b| f32::from(b) / scale).collect()
}
