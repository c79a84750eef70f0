//! Oracle: numbers that real Keras printed (see `tests/keras/README.md`).
//!
//! Reads every case of the folder named by `KERAS_CASES`, or of `tests/keras/cases`. A case agrees
//! where every number lies within 2e-6 + 2e-5 |reference|, or within ten times the case's own noise
//! (how far Keras in float64 and Keras on JAX lie from it), which is then printed. Whole models' first weights come from the
//! file named by `KERAS_SEEDED`, or from `tests/keras/seeded.json` and `architectures.json`. What needs
//! something that the engine does not have is printed as unsupported, with its name.

mod keras;

use keras::{Outcome, cases, read, seeded, tables};
use std::path::{Path, PathBuf};

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
        match json {
            Err(why) => cases.push(vec![(name, Outcome::Fails(why))]),
            Ok(json) if json.get("table").is_some() => tables.push(tables::check(&name, &json)),
            Ok(json) => cases.push(vec![(name, cases::check(&json))]),
        }
    }
    let seeded = std::env::var("KERAS_SEEDED").map_or_else(
        |_| vec![root.join("seeded.json"), root.join("architectures.json")],
        |file| vec![PathBuf::from(file)],
    );
    for file in seeded {
        let found = match read(&file) {
            Ok(json) => seeded::check(&json),
            Err(why) => vec![("seeded models".into(), Outcome::Fails(why))],
        };
        models.extend(found.into_iter().map(|outcome| vec![outcome]));
    }
    let whole = |list: &[Vec<(String, Outcome)>]| {
        let agrees = |(_, outcome): &(String, Outcome)| {
            matches!(outcome, Outcome::Agrees(..) | Outcome::Refused(_))
        };
        let whole = list.iter().filter(|rows| rows.iter().all(agrees)).count();
        format!("{whole} of {}", list.len())
    };
    println!(
        "keras_parity: {} cases, {} tables, {} whole models agree",
        whole(&cases),
        whole(&tables),
        whole(&models)
    );
    let (mut agree, mut refused, mut fail, mut unsupported) = (0, 0, 0, 0);
    for (name, outcome) in cases.iter().chain(&tables).chain(&models).flatten() {
        match outcome {
            Outcome::Agrees(worst, noise) => {
                agree += 1;
                if let Some(noise) = noise {
                    println!("noise        {name}: {noise}");
                }
                if std::env::var("KERAS_VERBOSE").is_ok() {
                    println!(
                        "agrees       {name}: {:.1} % of what is allowed",
                        100.0 * worst
                    );
                }
            }
            Outcome::Refused(why) => {
                refused += 1;
                println!("refused      {name}: {why}");
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
    println!(
        "keras_parity: {agree} agree, {refused} refused by both, {fail} fail, {unsupported} unsupported"
    );
    assert!(
        !cases.is_empty() || !tables.is_empty(),
        "{} has no case and no table: KERAS_CASES names a folder of .json files",
        folder.display()
    );
    if fail + unsupported > 0 {
        std::process::exit(1);
    }
}
