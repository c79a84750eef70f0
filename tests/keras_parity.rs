//! Oracle: numbers that real Keras printed (see `tests/keras/README.md`).
//!
//! Reads every case of the folder named by `KERAS_CASES`, or of `tests/keras/cases`. A case agrees
//! where every number lies within 2e-6 + 2e-5 |reference|, or within ten times the case's own noise
//! (how far Keras in float64 and Keras on JAX lie from it). Whole models' first weights come from the
//! file named by `KERAS_SEEDED`, or from `tests/keras/seeded.json` and `architectures.json`. What needs
//! something that the engine does not have is printed as unsupported, with its name.

#[path = "keras/cases.rs"]
mod cases;
#[path = "keras/seeded.rs"]
mod seeded;
#[path = "keras/tables.rs"]
mod tables;

use glassbox::refusal::Refusal;
use serde_json::Value as Json;
use std::path::{Path, PathBuf};

/// What became of a case, or of a row of a table.
pub enum Outcome {
    /// The largest error, as a share of what is allowed.
    Agrees(f64),
    /// Where it fails, and by how much.
    Fails(String),
    /// What is missing.
    Unsupported(String),
}

impl Outcome {
    /// A refusal is a lack if it names something unknown, else a failure: the cases are all valid.
    pub fn of_refusal(refusal: Refusal) -> Self {
        match refusal.missing {
            Some(name) => Outcome::Unsupported(name),
            None => Outcome::Fails(refusal.to_string()),
        }
    }
}

/// Compares numbers section by section.
#[derive(Default)]
pub struct Comparison {
    worst: f64,
    failure: Option<String>,
}

impl Comparison {
    /// Compares a section; `noise` is how far Keras' own backends lie apart there.
    pub fn section(&mut self, name: &str, got: &[f32], wanted: &[f32], noise: f64) {
        if got.len() != wanted.len() {
            let message = format!("{name}: {} numbers instead of {}", got.len(), wanted.len());
            self.failure.get_or_insert(message);
            return;
        }
        for (i, (g, w)) in got.iter().zip(wanted).enumerate() {
            let same = g.to_bits() == w.to_bits() || g.is_nan() && w.is_nan() || g == w;
            let (g, w) = (f64::from(*g), f64::from(*w));
            let allowed = (2e-6 + 2e-5 * w.abs()).max(10.0 * noise);
            let error = if same { 0.0 } else { (g - w).abs() / allowed };
            let error = if error.is_nan() { f64::INFINITY } else { error };
            if error > 1.0 && error > self.worst {
                self.failure = Some(format!(
                    "{name}[{i}]: {g:e} instead of {w:e}, {error:.1} x what is allowed"
                ));
            }
            self.worst = self.worst.max(error);
        }
    }

    /// The outcome of all sections.
    pub fn outcome(self) -> Outcome {
        self.failure
            .map_or(Outcome::Agrees(self.worst), Outcome::Fails)
    }
}

/// An array of the case files as floats; non-finite numbers are strings there.
pub fn floats(json: &Json) -> Vec<f32> {
    let list = json.get("data").unwrap_or(json);
    let list = list
        .as_array()
        .cloned()
        .unwrap_or_else(|| vec![list.clone()]);
    list.iter().map(float).collect()
}

/// One number of the case files.
pub fn float(json: &Json) -> f32 {
    match json.as_str() {
        Some("NaN") => f32::NAN,
        Some("Infinity") => f32::INFINITY,
        Some("-Infinity") => f32::NEG_INFINITY,
        _ => json.as_f64().unwrap_or(f64::NAN) as f32,
    }
}

fn read(path: &Path) -> Json {
    let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/keras");
    let folder = std::env::var("KERAS_CASES").map_or_else(|_| root.join("cases"), PathBuf::from);
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
        .unwrap_or_else(|e| panic!("{}: {e}", folder.display()))
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|e| e == "json"))
        .filter(|path| path.file_stem().is_some_and(|s| s != "index"))
        .collect();
    files.sort();
    let (mut cases, mut tables, mut models) = (Vec::new(), Vec::new(), Vec::new());
    for path in &files {
        let json = read(path);
        let name = path
            .file_stem()
            .map_or_else(String::new, |s| s.to_string_lossy().into_owned());
        match json.get("table") {
            Some(_) => tables.push(tables::check(&name, &json)),
            None => cases.push(vec![(name, cases::check(&json))]),
        }
    }
    let seeded = std::env::var("KERAS_SEEDED").map_or_else(
        |_| vec![root.join("seeded.json"), root.join("architectures.json")],
        |file| vec![PathBuf::from(file)],
    );
    for file in seeded {
        let one = |outcome| vec![outcome];
        models.extend(seeded::check(&read(&file)).into_iter().map(one));
    }
    let whole = |list: &[Vec<(String, Outcome)>]| {
        let agrees = |(_, outcome): &(String, Outcome)| matches!(outcome, Outcome::Agrees(_));
        let whole = list.iter().filter(|rows| rows.iter().all(agrees)).count();
        format!("{whole} of {}", list.len())
    };
    println!(
        "keras_parity: {} cases, {} tables, {} whole models agree",
        whole(&cases),
        whole(&tables),
        whole(&models)
    );
    let (mut agree, mut fail, mut unsupported) = (0, 0, 0);
    for (name, outcome) in cases.iter().chain(&tables).chain(&models).flatten() {
        match outcome {
            Outcome::Agrees(worst) => {
                agree += 1;
                if std::env::var("KERAS_VERBOSE").is_ok() {
                    println!(
                        "agrees       {name}: {:.1} % of what is allowed",
                        100.0 * worst
                    );
                }
            }
            Outcome::Fails(why) => {
                fail += 1;
                println!("FAILS        {name}: {why}");
            }
            Outcome::Unsupported(what) => {
                unsupported += 1;
                println!("unsupported  {name}: {what}");
            }
        }
    }
    println!("keras_parity: {agree} agree, {fail} fail, {unsupported} unsupported");
    assert!(agree > 0, "no case was compared: {}", folder.display());
    if fail > 0 {
        std::process::exit(1);
    }
}
