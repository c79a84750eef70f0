//! Oracle: numbers that Keras printed (see `tests/keras/README.md`), one test a case, a row of a table or a model.
//!
//! Reads every case of the folder named by `KERAS_CASES`, or of `tests/keras/cases`; the initial weights of whole models
//! from the file named by `KERAS_SEEDED`, or from `seeded.json` and `architectures.json`. A case agrees where every number
//! lies within 2e-6 + 2e-5 |reference|, or within ten times the case's own noise: the distance of Keras in float64 and of
//! Keras on JAX. The noise is then printed. `cargo test --test keras_parity -- lstm` runs the ones with that name.

#[cfg(not(target_arch = "wasm32"))]
mod keras;

fn main() {
    #[cfg(not(target_arch = "wasm32"))]
    native::main();
}

/// The tests, which need files and threads.
#[cfg(not(target_arch = "wasm32"))]
mod native {

    use super::keras::{Outcome, cases, read, seeded, tables};
    use libtest_mimic::{Arguments, Failed, Trial};
    use std::path::{Path, PathBuf};
    use std::sync::{Arc, Mutex};

    /// What was found so far: the file or model of each test, and its outcome.
    type Report = Arc<Mutex<Vec<(&'static str, String, Outcome)>>>;

    pub fn main() {
        let mut arguments = Arguments::from_args();
        // Their output would stand between the lines.
        arguments.quiet |= !std::env::args().any(|a| a == "--nocapture");
        let report = Report::default();
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/keras");
        let folder =
            std::env::var("KERAS_CASES").map_or_else(|_| root.join("cases"), PathBuf::from);
        let mut trials = Vec::new();
        for path in cases_in(&folder) {
            let name = path.file_stem().unwrap_or_default().to_string_lossy();
            let name = name.into_owned();
            match read(&path) {
                Err(why) => trials.push(test("case", &name, &report, || Outcome::Fails(why))),
                Ok(json) if json.get("table").is_some() => {
                    let table = Arc::new(json);
                    for (row, label) in tables::labels(&name, &table).into_iter().enumerate() {
                        let table = Arc::clone(&table);
                        let check = move || tables::check(&table, row);
                        trials.push(test("table", &label, &report, check));
                    }
                }
                Ok(json) => trials.push(test("case", &name, &report, move || cases::check(&json))),
            }
        }
        assert!(
            !trials.is_empty(),
            "{} has no case and no table: KERAS_CASES names a folder of .json files",
            folder.display()
        );
        let seeded = std::env::var("KERAS_SEEDED").map_or_else(
            |_| vec![root.join("seeded.json"), root.join("architectures.json")],
            |file| vec![PathBuf::from(file)],
        );
        for file in seeded {
            let models = read(&file).unwrap_or_else(|why| panic!("{why}"));
            for model in models.as_array().into_iter().flatten().cloned() {
                let name = model["name"].as_str().unwrap_or_default().to_string();
                let check = move || seeded::check(&model);
                trials.push(test("model", &name, &report, check));
            }
        }
        let conclusion = libtest_mimic::run(&arguments, trials);
        if !arguments.list {
            summarize(&report.lock().unwrap());
        }
        conclusion.exit();
    }

    fn cases_in(folder: &Path) -> Vec<PathBuf> {
        let found =
            std::fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
        let mut files: Vec<PathBuf> = found
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.extension().is_some_and(|e| e == "json"))
            .filter(|path| path.file_stem().is_some_and(|s| s != "index"))
            .collect();
        files.sort();
        files
    }

    /// A test that keeps its outcome for the summary.
    fn test(
        kind: &'static str,
        name: &str,
        report: &Report,
        check: impl FnOnce() -> Outcome + Send + 'static,
    ) -> Trial {
        let (report, label) = (Arc::clone(report), name.to_string());
        let run = move || {
            let outcome = check();
            let failed = match &outcome {
                Outcome::Agrees(..) | Outcome::Refused(_) => None,
                Outcome::Fails(why) => Some(why.clone()),
                Outcome::Unsupported(what) => Some(format!("unsupported: {what}")),
            };
            report.lock().unwrap().push((kind, label, outcome));
            failed.map_or(Ok(()), |why| Err(Failed::from(why)))
        };
        Trial::test(name, run).with_kind(kind)
    }

    /// Prints how many files agree as a whole, where noise was needed, and what both sides refuse.
    fn summarize(report: &[(&'static str, String, Outcome)]) {
        let agrees =
            |outcome: &Outcome| matches!(outcome, Outcome::Agrees(..) | Outcome::Refused(_));
        let whole = |kind: &str| {
            // A table is all its rows.
            let whole = |name: &String| match kind {
                "table" => name.split(' ').next().unwrap_or_default().to_string(),
                _ => name.clone(),
            };
            let of_kind = || report.iter().filter(|(of, ..)| *of == kind);
            let mut names: Vec<String> = of_kind().map(|(_, name, _)| whole(name)).collect();
            names.sort();
            names.dedup();
            let all = names.len();
            for (_, name, _) in of_kind().filter(|(_, _, outcome)| !agrees(outcome)) {
                names.retain(|kept| *kept != whole(name));
            }
            format!("{} of {all}", names.len())
        };
        for (_, name, outcome) in report {
            match outcome {
                Outcome::Agrees(_, Some(noise)) => println!("noise    {name}: {noise}"),
                Outcome::Refused(why) => println!("refused  {name}: {why}"),
                Outcome::Agrees(worst, None) if std::env::var("KERAS_VERBOSE").is_ok() => {
                    println!("agrees   {name}: {:.1} % of what is allowed", 100.0 * worst);
                }
                _ => {}
            }
        }
        println!(
            "keras_parity: {} cases, {} tables, {} whole models agree ({} checks)",
            whole("case"),
            whole("table"),
            whole("model"),
            report
                .iter()
                .filter(|(_, _, outcome)| agrees(outcome))
                .count(),
        );
    }
}
