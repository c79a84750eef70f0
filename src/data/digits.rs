//! Handwritten digits, from files that the build makes.

use super::packed;
use super::set::{self, Asset, DataKind, Dataset};
use crate::kernels::inputs::{Bytes, InputRows};
use crate::options::declare::class;
use crate::options::error::{ConfigError, Result};

class! {
    /// Handwritten zeros and ones from MNIST, 20 x 20 pixels: 1,000 to train, 500 to test.
    #[formula("x: 400 pixels, 0 is paper and 1 is ink; y: 0 or 1")]
    struct Digits01("Digits01", "digits01", "Digits 0 and 1") {}
}

pub static DIGITS_01: DataKind = DataKind {
    class: Digits01::SPEC,
    asset: Asset::File("digits01.bin"),
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
    asset: Asset::File("digits.bin"),
    make: |_, bytes| {
        let names = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
        digits(Digits::SPEC.label, &names, bytes)
    },
};

fn digits(title: &str, names: &[&str], bytes: &Bytes) -> Result<Dataset> {
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
    let mut x = InputRows::Bytes {
        part: bytes.len() - packed.pixels.len()..bytes.len(),
        file: bytes.clone(),
        scale: 255.0,
    };
    let test_x = x.split_off(n_train * packed.height * packed.width);
    let mut y: Vec<f32> = packed
        .labels
        .iter()
        .map(|label| f32::from(*label))
        .collect();
    let test_y = y.split_off(n_train);
    Ok(Dataset {
        title: title.into(),
        x,
        y,
        test_x,
        test_y,
        input_shape: vec![packed.height * packed.width],
        class_names: set::names(names),
        feature_names: Vec::new(),
        image: Some((packed.height, packed.width)),
        bounds: None,
    })
}
