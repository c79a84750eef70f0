//! Data: the built-in sets, and what a set is.
//!
//! To add a set: write its function and its line in [`ALL`]. The experiment's parser, the catalog and
//! the page's list read that list. A set is a pure function of its options and, where it has one, of
//! its file's bytes; nothing here opens files.

pub mod drawing;
mod numbers;
pub mod packed;
pub mod toys;

use crate::options::error::ConfigError;
use crate::options::{ClassSpec, ConfigObject, Default, Kind, OptionSpec, Registry, help_text};

/// Rows to train and test on. Row-major; labels are class numbers, or values in regression.
#[derive(Clone, Debug, PartialEq)]
pub struct Dataset {
    /// What the page calls it.
    pub title: &'static str,
    /// Training inputs: `[n, input_shape...]`.
    pub x: Vec<f32>,
    /// Training targets: `[n]`.
    pub y: Vec<f32>,
    /// Test inputs, that no training ever sees.
    pub test_x: Vec<f32>,
    /// Test targets.
    pub test_y: Vec<f32>,
    /// Shape of one input, without the batch.
    pub input_shape: Vec<usize>,
    /// One name per class; empty in regression.
    pub class_names: Vec<&'static str>,
    /// One name per input; empty for images.
    pub feature_names: Vec<&'static str>,
    /// Height and width where an input is a picture.
    pub image: Option<(usize, usize)>,
    /// `[x0, x1, y0, y1]`: the window that shows all points, where inputs are points of a plane.
    pub bounds: Option<[f32; 4]>,
}

/// A built-in set.
pub struct DataKind {
    /// How it is called and what it is for.
    pub class: ClassSpec,
    /// Name of its file in the page's `data/`, where it needs one.
    pub asset: Option<&'static str>,
    /// Makes it, of its options and its file's bytes (inflated).
    make: fn(&ConfigObject, &[u8]) -> Result<Dataset, ConfigError>,
}

/// Every built-in set, in the order in which the page offers them.
pub static ALL: &[DataKind] = &[
    DataKind {
        class: ClassSpec {
            class_name: "Digits01",
            name: "digits01",
            aliases: &[],
            label: "Digits 0 and 1",
            doc: help_text(
                "Handwritten zeros and ones out of MNIST, 20 x 20 pixels: 1,000 to train, 500 to test.",
            ),
            formula: help_text("x: 400 pixels, 0 is paper and 1 is ink; y: 0 or 1"),
            options: &[],
            group: "",
            shared: &[],
        },
        asset: Some("digits01.bin"),
        make: |_, bytes| digits("Digits 0 and 1", &["0", "1"], bytes),
    },
    DataKind {
        class: ClassSpec {
            class_name: "Digits",
            name: "digits",
            aliases: &["mnist"],
            label: "Digits 0 to 9",
            doc: help_text(
                "Handwritten digits out of MNIST, 20 x 20 pixels: 5,000 to train, 1,000 to test.",
            ),
            formula: help_text("x: 400 pixels, 0 is paper and 1 is ink; y: 0 ... 9"),
            options: &[],
            group: "",
            shared: &[],
        },
        asset: Some("digits.bin"),
        make: |_, bytes| {
            let names = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
            digits("Digits 0 to 9", &names, bytes)
        },
    },
    toy(
        ClassSpec {
            class_name: "Circle",
            name: "circle",
            aliases: &["circles"],
            label: "Circle",
            doc: help_text(
                "One class inside, one in a ring around it: no straight line parts them.",
            ),
            formula: help_text(
                "y = 1 where the distance from the middle is below 1, y = 0 from 1.4 to 2",
            ),
            options: &[&count(400), &noise(0.1, 1.0), &SEED],
            group: "",
            shared: &[],
        },
        toys::circle,
    ),
    toy(
        ClassSpec {
            class_name: "Xor",
            name: "xor",
            aliases: &[],
            label: "Exclusive or",
            doc: help_text("Opposite corners belong together: what one unit alone cannot learn."),
            formula: help_text("y = 1 where x1 and x2 differ in sign"),
            options: &[&count(400), &noise(0.1, 1.0), &SEED],
            group: "",
            shared: &[],
        },
        toys::xor,
    ),
    toy(
        ClassSpec {
            class_name: "Gaussians",
            name: "gaussians",
            aliases: &["gauss"],
            label: "Two clouds",
            doc: help_text(
                "Two round clouds that overlap a little: one straight line does nearly all.",
            ),
            formula: help_text("x ~ N((-1, -1), noise^2) for y = 0, N((1, 1), noise^2) for y = 1"),
            options: &[&count(400), &noise(0.6, 3.0), &SEED],
            group: "",
            shared: &[],
        },
        toys::gaussians,
    ),
    toy(
        ClassSpec {
            class_name: "Spiral",
            name: "spiral",
            aliases: &[],
            label: "Spiral",
            doc: help_text(
                "Two arms wound around each other: the hard one, for wider and deeper networks.",
            ),
            formula: help_text("at t in [0, 1]: distance 2 t, angle 3.5 pi t + pi y"),
            options: &[&count(400), &noise(0.05, 1.0), &SEED],
            group: "",
            shared: &[],
        },
        toys::spiral,
    ),
    toy(
        ClassSpec {
            class_name: "Moons",
            name: "moons",
            aliases: &[],
            label: "Two moons",
            doc: help_text(
                "Two half circles that reach into each other, as scikit-learn's make_moons draws them.",
            ),
            formula: help_text(
                "(cos t, sin t) for y = 0, (1 - cos t, 1/2 - sin t) for y = 1, t in [0, pi]",
            ),
            options: &[&count(400), &noise(0.1, 1.0), &SEED],
            group: "",
            shared: &[],
        },
        toys::moons,
    ),
    toy(
        ClassSpec {
            class_name: "Blobs",
            name: "blobs",
            aliases: &[],
            label: "Four blobs",
            doc: help_text("Four round clouds, one per class: the lesson's set for softmax."),
            formula: help_text(
                "x ~ N(centre of y, noise^2); centres (-5, 2), (-2, -2), (1, 2), (5, -2)",
            ),
            options: &[&count(100), &noise(1.0, 3.0), &SEED],
            group: "",
            shared: &[],
        },
        toys::blobs,
    ),
    toy(
        ClassSpec {
            class_name: "CoffeeRoasting",
            name: "coffee_roasting",
            aliases: &["coffee"],
            label: "Coffee roasting",
            doc: help_text(
                "Good coffee wants neither too cool nor too short a roast, nor too much of both: the lesson's set.",
            ),
            formula: help_text(
                "y = 1 where 175 C < t < 260 C, 12 min < d < 15 min, d < 21 - 3 t / 85; inputs (x - mean) / deviation",
            ),
            options: &[
                &count(200),
                &OptionSpec {
                    name: "tile",
                    label: "copies",
                    doc: help_text("How often the rows are repeated; the lesson has 1000 copies."),
                    kind: Kind::Int(1, 1000),
                    default: Default::Int(1),
                    advanced: false,
                    start: "",
                },
                &SEED,
            ],
            group: "",
            shared: &[],
        },
        toys::coffee_roasting,
    ),
    DataKind {
        class: numbers::ENTRY,
        asset: None,
        make: numbers::make,
    },
];

/// The family, for the experiment's parser.
pub static REGISTRY: Registry = Registry {
    noun: "dataset",
    entries: || ALL.iter().map(|set| &set.class).collect(),
    config_keys: &[],
    object_keys: &[],
};

const SEED: OptionSpec = OptionSpec {
    name: "seed",
    label: "seed of the data",
    doc: help_text("Another seed draws other points by the same rule."),
    kind: Kind::Int(0, 4_294_967_295),
    default: Default::Int(0),
    advanced: false,
    start: "",
};

const fn count(default: i64) -> OptionSpec {
    OptionSpec {
        name: "n",
        label: "points",
        doc: help_text("How many points to train on; as many more are there to test."),
        kind: Kind::Int(10, 10_000),
        default: Default::Int(default),
        advanced: false,
        start: "",
    }
}

const fn noise(default: f64, max: f64) -> OptionSpec {
    OptionSpec {
        name: "noise",
        label: "noise",
        doc: help_text("Standard deviation of what is added to each coordinate."),
        kind: Kind::Float(0.0, max),
        default: Default::Float(default),
        advanced: false,
        start: "",
    }
}

const fn toy(
    class: ClassSpec,
    make: fn(&ConfigObject, &[u8]) -> Result<Dataset, ConfigError>,
) -> DataKind {
    DataKind {
        class,
        asset: None,
        make,
    }
}

/// The set of a choice out of [`REGISTRY`].
pub fn of(choice: &ConfigObject) -> &'static DataKind {
    let found = ALL
        .iter()
        .find(|set| std::ptr::eq(&set.class, choice.class));
    found.unwrap_or(&ALL[0])
}

/// Makes the chosen set. `asset`: the inflated bytes of its file, for the sets that have one.
///
/// # Errors
/// A file that is missing, damaged or another set's.
pub fn load(choice: &ConfigObject, asset: Option<&[u8]>) -> Result<Dataset, ConfigError> {
    let kind = of(choice);
    match (kind.asset, asset) {
        (Some(file), None) => Err(ConfigError::new(
            "dataset",
            format!(
                "{} is kept in a file: give the inflated bytes of data/{file} with it.",
                kind.class.class_name
            ),
        )),
        (Some(_), Some(bytes)) => (kind.make)(choice, bytes).map_err(|r| r.at("dataset")),
        (None, _) => (kind.make)(choice, &[]),
    }
}

fn digits(
    title: &'static str,
    names: &[&'static str],
    bytes: &[u8],
) -> Result<Dataset, ConfigError> {
    let packed = packed::read(bytes)?;
    if packed.n_classes != names.len() {
        let message = format!(
            "This file holds {} classes, and {title} has {}: it is another set's file.",
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
        x: floats(x, 255.0),
        y: floats(y, 1.0),
        test_x: floats(test_x, 255.0),
        test_y: floats(test_y, 1.0),
        input_shape: vec![packed.height * packed.width],
        class_names: names.to_vec(),
        feature_names: Vec::new(),
        image: Some((packed.height, packed.width)),
        bounds: None,
    })
}

/// Bytes as shares of `whole`. Not inlined: four copies of a loop that runs once are wasted bytes.
#[inline(never)]
fn floats(bytes: &[u8], whole: f32) -> Vec<f32> {
    bytes.iter().map(|&b| f32::from(b) / whole).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn set(name: &str, config: serde_json::Value) -> Dataset {
        let json = json!({"class_name": name, "config": config});
        let choice = ConfigObject::read(&REGISTRY, &json).unwrap();
        load(&choice, None).unwrap()
    }

    fn toys() -> impl Iterator<Item = &'static DataKind> {
        let made = |kind: &&DataKind| kind.asset.is_none() && kind.class.class_name != "Numbers";
        ALL.iter().filter(made)
    }

    #[test]
    fn reaches_every_set_that_needs_no_file() {
        for kind in toys() {
            let name = kind.class.class_name;
            let data = set(name, json!({"n": 300}));
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
            for point in data.x.chunks_exact(2).chain(data.test_x.chunks_exact(2)) {
                assert!((x0..=x1).contains(&point[0]), "{name}");
                assert!((y0..=y1).contains(&point[1]), "{name}");
            }
        }
    }

    #[test]
    fn reaches_numbers_of_the_experiment_itself() {
        let of = |x: &[f64], y: &[f64], shape: &[usize]| {
            let json = json!({"class_name": "Numbers", "config": {"x": x, "y": y, "shape": shape}});
            load(&ConfigObject::read(&REGISTRY, &json)?, None)
        };
        let data = of(&[1.0, 2.0, 3.0, 6.0], &[0.0, 2.0], &[2]).unwrap();
        assert_eq!(data.class_names, ["0", "1", "2"]);
        assert_eq!(data.bounds, Some([0.9, 3.1, 1.8, 6.2]));
        // Ink on paper is an image; two numbers a step are a sequence, but for an image's channel.
        let image = |x: &[f64], shape: &[usize]| {
            let data = of(x, &[0.5], shape).unwrap();
            (data.class_names.len(), data.image)
        };
        assert_eq!(image(&[0.0, 0.5, 1.0, 0.25], &[2, 2]), (0, Some((2, 2))));
        assert_eq!(image(&[1.0, 2.0, 3.0, 6.0], &[2, 2]), (0, None));
        assert_eq!(image(&[1.0, 2.0, 3.0, 6.0], &[2, 2, 1]), (0, Some((2, 2))));
        let refusal = of(&[1.0, 2.0, 3.0], &[0.0, 1.0], &[2]).unwrap_err();
        assert!(refusal.message.contains("need 4"), "{refusal}");
        assert!(of(&[], &[], &[2]).is_err());
    }

    #[test]
    fn bits_of_a_set_follow_from_its_seed() {
        for kind in toys() {
            let name = kind.class.class_name;
            assert_eq!(set(name, json!({})), set(name, json!({"seed": 0})));
            assert_ne!(set(name, json!({})).x, set(name, json!({"seed": 1})).x);
        }
    }

    #[test]
    fn reaches_a_refusal_for_what_does_not_fit() {
        let digits = ConfigObject::default_of(&REGISTRY, "Digits01");
        let refusal = load(&digits, None).unwrap_err();
        assert_eq!(refusal.path, "dataset");
        assert!(refusal.message.contains("data/digits01.bin"), "{refusal}");
        let json = json!({"class_name": "Spirall"});
        let refusal = ConfigObject::read(&REGISTRY, &json).unwrap_err();
        assert!(refusal.message.contains("'Spiral'"), "{refusal}");
        let ten = packed::tests::sample(10, 3, 2);
        let refusal = load(&digits, Some(&ten)).unwrap_err();
        assert!(refusal.message.contains("10 classes"), "{refusal}");
    }

    #[test]
    fn round_trip_of_a_packed_file() {
        let bytes = packed::tests::sample(2, 3, 2);
        let digits = ConfigObject::default_of(&REGISTRY, "Digits01");
        let data = load(&digits, Some(&bytes)).unwrap();
        assert_eq!((data.y.len(), data.test_y.len()), (3, 2));
        assert_eq!(data.y, [0.0, 1.0, 0.0]);
        assert_eq!(data.test_y, [1.0, 0.0]);
        let pixels = data.x.iter().chain(&data.test_x);
        let bytes_again: Vec<u8> = pixels.map(|v| (v * 255.0) as u8).collect();
        assert_eq!(bytes_again, bytes[bytes.len() - bytes_again.len()..]);
    }
}
