//! Your own data: rows that travel and are kept as bytes beside the experiment, which names them by their hash.
//!
//! Layout of the file, numbers little-endian: `"GBXD"`, version u8 = 2, three zeros, length of the header u32; the header,
//! JSON; the targets of the training rows and of the test rows, u8 for class numbers and f32 for values; the inputs in the
//! same order, row-major, u8 or f32.

use super::numbers::{bounds, image_of};
use super::set::{Asset, DataKind, Dataset};
use crate::kernels::inputs::{Bytes, InputRows};
use crate::numerics::hash::hash;
use crate::options::declare::class;
use crate::options::error::{ConfigError, Result};
use crate::options::{ConfigObject, Default, Kind};
use serde_json::{Value as Json, json};

/// First bytes of the file.
pub const MAGIC: [u8; 8] = *b"GBXD\x02\0\0\0";
/// Length of what precedes the header.
const START: usize = 12;
/// Largest file: what a browser tab can hold beside the network.
pub const MAX_BYTES: usize = 256 << 20;
/// Most classes: their numbers are bytes.
const MAX_CLASSES: usize = 256;
/// Longest header.
const MAX_HEADER: usize = 1 << 20;

class! {
    /// Your own data, which is kept beside the experiment.
    #[formula("x: [n, shape ...]; y: [n], class numbers or values")]
    pub struct OwnData("OwnData", "own_data", "Your own data") {
        /// Fingerprint of the rows: 16 hexadecimal digits.
        #[start("\"0000000000000000\"")]
        hash("fingerprint"): String = Kind::Text, Default::Required;
    }
}

pub static OWN_DATA: DataKind = DataKind {
    class: OwnData::SPEC,
    asset: Asset::Own,
    make: |config, file| {
        if OwnData::of(config).hash != fingerprint(file) {
            let message = "These are other rows than those of the experiment: open the file that was saved with it.";
            return Err(ConfigError::new("", message));
        }
        read(file)
    },
};

/// What the rows are.
struct Header {
    title: String,
    /// Shape of one input.
    shape: Vec<usize>,
    /// Number of training rows.
    train: usize,
    /// Number of test rows.
    test: usize,
    /// Whether the inputs are bytes.
    is_bytes: bool,
    /// Bytes are divided by it.
    scale: f32,
    /// Names of the classes; empty where the targets are values.
    classes: Vec<String>,
    /// Names of the inputs, or none.
    features: Vec<String>,
}

impl Header {
    /// Reads the header; `None` where it is none. What it does not name has its default.
    fn read(text: &[u8]) -> Option<Header> {
        let json: Json = serde_json::from_str(str::from_utf8(text).ok()?).ok()?;
        let size = |json: &Json| usize::try_from(json.as_u64()?).ok();
        let names = |key: &str| match &json[key] {
            Json::Null => Some(Vec::new()),
            list => list
                .as_array()?
                .iter()
                .map(|name| Some(name.as_str()?.into()))
                .collect(),
        };
        Some(Header {
            title: json["title"].as_str()?.into(),
            shape: json["shape"]
                .as_array()?
                .iter()
                .map(size)
                .collect::<Option<_>>()?,
            train: size(&json["train"])?,
            test: size(&json["test"])?,
            is_bytes: match json["inputs"].as_str()? {
                "uint8" => true,
                "float32" => false,
                _ => return None,
            },
            scale: match &json["scale"] {
                Json::Null => 1.0,
                scale => scale.as_f64()? as f32,
            },
            classes: names("classes")?,
            features: names("features")?,
        })
    }
}

/// The config of the data set in a file.
///
/// # Errors
/// A file that cannot be read.
pub fn config_of(file: &Bytes) -> Result<ConfigObject> {
    read(file)?;
    let json =
        json!({"class_name": OwnData::SPEC.class_name, "config": {"hash": fingerprint(file)}});
    ConfigObject::read(&super::REGISTRY, &json)
}

fn fingerprint(file: &[u8]) -> String {
    format!("{:016x}", hash(file.iter().copied()))
}

fn error<T>(message: impl Into<String>) -> Result<T> {
    Err(ConfigError::new("", message.into()))
}

/// Reads a file and checks all of it before it takes any memory.
fn read(file: &Bytes) -> Result<Dataset> {
    if file.len() > MAX_BYTES {
        return error(format!(
            "This data has {} MB, and the page takes at most {}: keep fewer rows, or smaller images.",
            file.len().div_ceil(1 << 20),
            MAX_BYTES >> 20
        ));
    }
    let Some(rest) = file.strip_prefix(&MAGIC) else {
        return error("This is not a data file of Glassbox, or one of another version.");
    };
    let header = rest.split_first_chunk().and_then(|(length, rest)| {
        let length = u32::from_le_bytes(*length) as usize;
        rest.get(..length.min(MAX_HEADER))
    });
    let Some(header) = header else {
        return error("This data file is incomplete: it ends inside its header. Save it again.");
    };
    let targets_at = START + header.len();
    let Some(header) = Header::read(header) else {
        return error(
            "The header of this data file is wrong: it has title, shape, train, test, inputs (uint8 or float32), scale, \
             classes and features.",
        );
    };
    let Header { train, test, .. } = header;
    let n_classes = header.classes.len();
    let width = header
        .shape
        .iter()
        .try_fold(1usize, |all, n| all.checked_mul(*n));
    let rows = train.checked_add(test);
    let (target_size, input_size) = (
        if n_classes > 0 { 1 } else { 4 },
        if header.is_bytes { 1 } else { 4 },
    );
    let sizes = width.zip(rows).and_then(|(width, rows)| {
        let targets = rows.checked_mul(target_size)?;
        let inputs = rows.checked_mul(width)?.checked_mul(input_size)?;
        targets_at.checked_add(targets)?.checked_add(inputs)?;
        Some((width, targets, inputs))
    });
    let Some((width, targets, inputs)) = sizes.filter(|(width, ..)| *width > 0 && train > 0) else {
        return error(format!(
            "This data file claims {train} training and {test} test rows of shape {:?}: each must be at least 1, and \
             small enough for a browser.",
            header.shape
        ));
    };
    if n_classes > MAX_CLASSES {
        return error(format!(
            "This data has {n_classes} classes, and there may be at most {MAX_CLASSES}."
        ));
    }
    if !(header.scale > 0.0 && header.scale.is_finite()) {
        return error("The scale of this data file is not a positive number.");
    }
    if !header.features.is_empty() && header.features.len() != width {
        return error(format!(
            "This data file names {} inputs, and a row has {width}.",
            header.features.len()
        ));
    }
    let inputs_at = targets_at + targets;
    if file.len() != inputs_at + inputs {
        return error(format!(
            "This data file claims {} rows, which take {} bytes, and has {}: it is incomplete. Save it again.",
            train + test,
            inputs_at + inputs,
            file.len()
        ));
    }
    let mut y = match n_classes {
        0 => floats(&file[targets_at..inputs_at]),
        _ => file[targets_at..inputs_at]
            .iter()
            .map(|class| f32::from(*class))
            .collect(),
    };
    let is_wrong = |y: &f32| !y.is_finite() || n_classes > 0 && *y >= n_classes as f32;
    if let Some(row) = y.iter().position(is_wrong) {
        return error(match n_classes {
            0 => {
                format!("The target of row {row} is no finite number: remove or replace that row.")
            }
            _ => format!(
                "Row {row} has class {}, and there are {n_classes} classes, counted from 0.",
                y[row]
            ),
        });
    }
    let mut x = match header.is_bytes {
        false => InputRows::Floats(floats(&file[inputs_at..])),
        true => InputRows::Bytes {
            file: file.clone(),
            part: inputs_at..file.len(),
            scale: header.scale,
        },
    };
    let test_x = x.split_off(train * width);
    let test_y = y.split_off(train);
    Ok(Dataset {
        bounds: match width {
            1 | 2 => bounds(&x.all(), width, &y, n_classes),
            _ => None,
        },
        image: image_of(&header.shape, || header.is_bytes),
        title: header.title,
        x,
        y,
        test_x,
        test_y,
        input_shape: header.shape,
        class_names: header.classes,
        feature_names: header.features,
    })
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    let numbers = bytes.as_chunks().0.iter();
    numbers.map(|bytes| f32::from_le_bytes(*bytes)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{REGISTRY, load};
    #[cfg(not(target_arch = "wasm32"))]
    use proptest::prelude::*;

    /// A file with this header, three training rows and one test row of two inputs.
    fn file(change: impl Fn(&mut Json), targets: &[u8], inputs: &[u8]) -> Bytes {
        let mut header = json!({"title": "Mine", "shape": [2], "train": 3, "test": 1, "inputs": "uint8",
            "scale": 2.0, "classes": ["no", "yes"], "features": ["a", "b"]});
        change(&mut header);
        let header = header.to_string();
        let length = (header.len() as u32).to_le_bytes();
        Bytes::new([&MAGIC[..], &length, header.as_bytes(), targets, inputs].concat())
    }

    const BYTES: [u8; 8] = [0, 1, 2, 3, 4, 5, 6, 7];

    #[test]
    fn round_trip_of_bytes_and_of_numbers() {
        let bytes = file(|_| (), &[0, 1, 0, 1], &BYTES);
        let config = config_of(&bytes).unwrap();
        let data = load(&config, Some(&bytes)).unwrap();
        assert_eq!(*data.x.all(), [0.0, 0.5, 1.0, 1.5, 2.0, 2.5]);
        assert_eq!(
            (&*data.test_x.all(), &data.test_y[..]),
            (&[3.0, 3.5][..], &[1.0][..])
        );
        assert_eq!(
            (&data.title[..], &data.class_names[..]),
            ("Mine", &["no".into(), "yes".into()][..])
        );
        let text = config.to_json().to_string();
        assert_eq!(
            text.len(),
            r#"{"class_name":"OwnData","config":{"hash":"0123456789abcdef"}}"#.len()
        );
        let le = |numbers: &[f32]| {
            numbers
                .iter()
                .flat_map(|v| v.to_le_bytes())
                .collect::<Vec<u8>>()
        };
        let change = |header: &mut Json| {
            header["inputs"] = "float32".into();
            header["classes"] = json!([]);
        };
        let x: [f32; 8] = [0.5, -1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0];
        let bytes = file(change, &le(&[1.5, 2.0, 3.0, 4.0]), &le(&x));
        let data = load(&config_of(&bytes).unwrap(), Some(&bytes)).unwrap();
        assert_eq!(
            (*data.x.all() == x[..6], &data.y[..]),
            (true, &[1.5, 2.0, 3.0][..])
        );
        // Rows of another experiment.
        assert!(
            load(&config, Some(&bytes))
                .unwrap_err()
                .message
                .contains("other rows")
        );
        let unknown = json!({"class_name": "OwnData", "config": {"hash": "0"}});
        let unknown = ConfigObject::read(&REGISTRY, &unknown).unwrap();
        assert!(
            load(&unknown, None)
                .unwrap_err()
                .message
                .contains("not here")
        );
    }

    #[test]
    fn every_damage_is_an_error() {
        let good = file(|_| (), &[0, 1, 0, 1], &BYTES);
        let cut = |n: usize| Bytes::new(good[..n].to_vec());
        let with = |key: &'static str, value: Json| {
            file(|header| header[key] = value.clone(), &[0, 1, 0, 1], &BYTES)
        };
        let cases = [
            (cut(0), "not a data file"),
            (cut(7), "not a data file"),
            (cut(11), "inside its header"),
            (cut(40), "inside its header"),
            (cut(good.len() - 1), "incomplete"),
            (with("shape", json!([0])), "at least 1"),
            (
                with("shape", json!([4_000_000_000u64, 4_000_000_000u64, 9])),
                "small enough",
            ),
            (with("train", json!(0)), "at least 1"),
            (with("train", json!(9_000_000_000_000_000u64)), "incomplete"),
            (with("test", json!(-1)), "header"),
            (with("inputs", json!("int16")), "uint8 or float32"),
            (with("classes", json!([1])), "header"),
            (with("scale", json!(0)), "scale"),
            (with("features", json!(["a"])), "names 1 inputs"),
            (with("classes", json!(["one"])), "Row 1 has class 1"),
            (with("classes", json!(vec!["c"; 257])), "257 classes"),
            (with("classes", json!([])), "bytes"),
        ];
        for (bytes, words) in cases {
            let error = config_of(&bytes).unwrap_err();
            assert!(error.message.contains(words), "{words}: {error}");
        }
    }

    #[cfg(not(target_arch = "wasm32"))]
    proptest! {
        #[test]
        fn any_bytes_are_read_without_a_panic(
            bytes in proptest::collection::vec(any::<u8>(), 0..80),
            at in 0usize..200,
            byte in any::<u8>(),
        ) {
            let _ = config_of(&[&MAGIC[..], &bytes].concat().into());
            let mut file = file(|_| (), &[0, 1, 0, 1], &BYTES).to_vec();
            let at = at % file.len();
            file[at] = byte;
            let _ = config_of(&file.into());
        }
    }
}
