//! Data: the built-in sets, and the preparation of drawings.
//!
//! To add a set: its class and its [`DataKind`] in a file, and its line in [`ALL`]. A set is a pure function of its
//! options and of its file's bytes, where it has a file; nothing here opens files.

mod digits;
pub mod drawing;
mod numbers;
mod own;
pub mod packed;
mod regression;
mod set;
mod toys;

use crate::kernels::inputs::Bytes;
use crate::options::error::{ConfigError, Result};
use crate::options::{self, ConfigObject, Registry};
pub(crate) use numbers::Numbers;
use own::OwnData;
pub use own::config_of as own_data;
pub use set::{Asset, DataKind, Dataset};

/// Every built-in set, in the order of the page.
pub static ALL: &[&DataKind] = &[
    &digits::DIGITS_01,
    &digits::DIGITS,
    &toys::CIRCLE,
    &toys::XOR,
    &toys::GAUSSIANS,
    &toys::SPIRAL,
    &toys::MOONS,
    &toys::BLOBS,
    &toys::COFFEE_ROASTING,
    &regression::SINE_CURVE,
    &regression::QUADRATIC,
    &regression::SADDLE,
    &numbers::NUMBERS,
    &own::OWN_DATA,
];

/// The data sets, for the experiment's parser.
pub static REGISTRY: Registry = Registry {
    noun: "dataset",
    entries: || ALL.iter().map(|kind| &kind.class).collect(),
    config_keys: &[],
    object_keys: &[],
};

/// The set of a config read by [`REGISTRY`].
pub fn of(config: &ConfigObject) -> &'static DataKind {
    options::find(ALL, |kind| &kind.class, config).unwrap_or(ALL[0])
}

/// Name of the file of a config: in the page's `data/`, or `own/` and the hash of the user's own rows.
pub fn file_of(config: &ConfigObject) -> Option<String> {
    match of(config).asset {
        Asset::None => None,
        Asset::File(name) => Some(name.into()),
        Asset::Own => Some(format!("own/{}", OwnData::of(config).hash)),
    }
}

/// Makes the set of a config. `asset`: the inflated bytes of its file, for the sets that have one.
///
/// # Errors
/// A file that is missing, damaged or of another set; numbers that do not fit their shape.
pub fn load(config: &ConfigObject, asset: Option<&Bytes>) -> Result<Dataset> {
    let kind = of(config);
    let missing = match (kind.asset, asset) {
        (Asset::None, _) => return (kind.make)(config, &Bytes::default()),
        (_, Some(bytes)) => return (kind.make)(config, bytes).map_err(|error| error.at("dataset")),
        (Asset::File(file), None) => format!(
            "{} is kept in a file: give the inflated bytes of data/{file} with it.",
            kind.class.class_name
        ),
        (Asset::Own, None) => {
            "The rows of this data are not here: open the file that was saved with them.".into()
        }
    };
    Err(ConfigError::new("dataset", missing))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn set(name: &str, config: serde_json::Value) -> Dataset {
        let json = json!({"class_name": name, "config": config});
        let config = ConfigObject::read(&REGISTRY, &json).unwrap();
        load(&config, None).unwrap()
    }

    fn drawn() -> impl Iterator<Item = &'static DataKind> {
        let drawn =
            |kind: &&DataKind| kind.asset == Asset::None && kind.class.class_name != "Numbers";
        ALL.iter().copied().filter(drawn)
    }

    #[test]
    fn every_drawn_set_has_points_of_all_classes_within_its_bounds() {
        for kind in drawn() {
            let name = kind.class.class_name;
            let data = set(name, json!({"n": 300}));
            if data.class_names.is_empty() {
                continue; // the sets of `regression.rs`, which tests its own
            }
            assert_eq!((data.y.len(), data.test_y.len()), (300, 300), "{name}");
            assert_eq!((data.x.len(), data.test_x.len()), (600, 600), "{name}");
            assert_ne!(data.x, data.test_x, "{name}");
            let n_classes = data.class_names.len();
            for part in [&data.y[..], &data.y[240..], &data.test_y] {
                for class in 0..n_classes {
                    let n = part.iter().filter(|&&y| y == class as f32).count();
                    assert!(
                        n * n_classes * 3 >= part.len(),
                        "{name}: {n} of class {class}"
                    );
                }
            }
            let [x0, x1, y0, y1] = data.bounds.unwrap();
            let points = [data.x.all(), data.test_x.all()].concat();
            for point in points.chunks_exact(2) {
                assert!((x0..=x1).contains(&point[0]), "{name}");
                assert!((y0..=y1).contains(&point[1]), "{name}");
            }
        }
    }

    #[test]
    fn numbers_become_classes_and_images() {
        let of = |x: &[f64], y: &[f64], shape: &[usize]| {
            let json = json!({"class_name": "Numbers", "config": {"x": x, "y": y, "shape": shape}});
            load(&ConfigObject::read(&REGISTRY, &json)?, None)
        };
        let data = of(&[1.0, 2.0, 3.0, 6.0], &[0.0, 2.0], &[2]).unwrap();
        assert_eq!(data.class_names, ["0", "1", "2"]);
        assert_eq!(data.bounds, Some([0.9, 3.1, 1.8, 6.2]));
        // Two axes are an image where all numbers are from 0 to 1, else a sequence; a channel makes it an image.
        let image = |x: &[f64], shape: &[usize]| {
            let data = of(x, &[0.5], shape).unwrap();
            (data.class_names.len(), data.image)
        };
        assert_eq!(image(&[0.0, 0.5, 1.0, 0.25], &[2, 2]), (0, Some((2, 2))));
        assert_eq!(image(&[1.0, 2.0, 3.0, 6.0], &[2, 2]), (0, None));
        assert_eq!(image(&[1.0, 2.0, 3.0, 6.0], &[2, 2, 1]), (0, Some((2, 2))));
        let error = of(&[1.0, 2.0, 3.0], &[0.0, 1.0], &[2]).unwrap_err();
        assert!(error.message.contains("need 4"), "{error}");
        // One input and values: a window around the points of the curve. Class numbers have none.
        let line = |y: &[f64]| of(&[0.0, 2.0], y, &[1]).unwrap().bounds;
        assert_eq!(line(&[0.5, 1.5]), Some([-0.1, 2.1, 0.45, 1.55]));
        assert_eq!(line(&[0.0, 1.0]), None);
        assert!(of(&[], &[], &[2]).is_err());
    }

    #[test]
    fn bits_of_a_set_follow_from_its_seed() {
        for kind in drawn() {
            let name = kind.class.class_name;
            assert_eq!(set(name, json!({})), set(name, json!({"seed": 0})));
            assert_ne!(set(name, json!({})).x, set(name, json!({"seed": 1})).x);
        }
    }

    #[test]
    fn a_missing_or_wrong_file_is_an_error() {
        let digits = ConfigObject::default_of(&REGISTRY, "Digits01");
        let error = load(&digits, None).unwrap_err();
        assert_eq!(error.path, "dataset");
        assert!(error.message.contains("data/digits01.bin"), "{error}");
        let json = json!({"class_name": "Spirall"});
        let error = ConfigObject::read(&REGISTRY, &json).unwrap_err();
        assert!(error.message.contains("'Spiral'"), "{error}");
        let ten = packed::tests::sample(10, 3, 2);
        let error = load(&digits, Some(&ten.into())).unwrap_err();
        assert!(error.message.contains("10 classes"), "{error}");
    }

    #[test]
    fn round_trip_of_a_packed_file() {
        let bytes = packed::tests::sample(2, 3, 2);
        let digits = ConfigObject::default_of(&REGISTRY, "Digits01");
        let data = load(&digits, Some(&bytes.clone().into())).unwrap();
        assert_eq!((data.y.len(), data.test_y.len()), (3, 2));
        assert_eq!(data.y, [0.0, 1.0, 0.0]);
        assert_eq!(data.test_y, [1.0, 0.0]);
        let pixels = [data.x.all(), data.test_x.all()].concat();
        let bytes_again: Vec<u8> = pixels.iter().map(|v| (v * 255.0) as u8).collect();
        assert_eq!(bytes_again, bytes[bytes.len() - bytes_again.len()..]);
    }
}
