//! Reaches: nothing is allocated between two optimizer steps. Every golden case (so every layer, loss,
//! metric and optimizer) trains with an allocator that counts.

#![cfg(not(target_arch = "wasm32"))]

#[allow(dead_code)]
mod keras;

use allocation_counter::measure;
use glassbox::experiment::read_fit;
use glassbox::training::fit::Fit;
use keras::{cases, read};
use serde_json::{Value as Json, json};
use std::path::Path;

fn golden() -> Vec<(String, Json)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/keras/cases");
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let named = files.map(|file| {
        let name = file.file_name().to_string_lossy().into_owned();
        (name, file.path())
    });
    let case = |(name, _): &(String, _)| name.ends_with(".json") && !name.starts_with("index");
    // That one's steps end in a sentence that says what diverged, which is text and allocated.
    let diverges = |name: &String| name == "fit_terminate_on_nan.json";
    named
        .filter(case)
        .filter(|(name, _)| !diverges(name))
        .map(|(name, path)| (name, read(&path).unwrap_or_else(|e| panic!("{e}"))))
        .filter(|(_, json)| json.get("table").is_none())
        .collect()
}

#[test]
fn reaches_no_allocation_in_a_step() {
    let mut found = Vec::new();
    let cases = golden();
    assert!(cases.len() >= 179);
    for (name, case) in &cases {
        let (mut trainer, data, batch) =
            cases::trainer(case).unwrap_or_else(|e| panic!("{name}: {e}"));
        let (n_in, n_t) = (trainer.model.n_inputs(), trainer.n_targets());
        let n = (data.x.len() / n_in).min(batch);
        let (x, t) = (&*data.x.numbers(0..n * n_in), &data.t[..n * n_t]);
        let weights = data.weights.as_ref().map(|w| &w[..n]);
        let mut three_steps = || (0..3).all(|_| trainer.train_step(x.into(), t, weights).is_ok());
        // Everything that is made once is made by now.
        three_steps();
        let info = measure(|| {
            three_steps();
        });
        if info.count_total > 0 {
            found.push(format!("{name}: {} allocations", info.count_total));
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn reaches_no_allocation_in_an_epoch_of_fit() {
    for (name, case) in golden().iter().filter(|(_, case)| case["mode"] == "fit") {
        let (mut trainer, data, _) = cases::trainer(case).unwrap_or_else(|e| panic!("{name}: {e}"));
        let callbacks = json!([{"class_name": "EarlyStopping", "config": {"monitor": "loss"}}]);
        let fit = json!({"epochs": 2, "batch_size": 1, "callbacks": callbacks});
        let config = read_fit(&fit).unwrap_or_else(|e| panic!("{e}"));
        let mut fit = Fit::new(&mut trainer, &config, data, None, 0)
            .unwrap_or_else(|e| panic!("{name}: {e}"));
        let within = fit.n_batches() - 1;
        assert!(within > 2, "{name} has too few batches to see anything");
        fit.step(&mut trainer);
        let info = measure(|| (1..within).for_each(|_| fit.step(&mut trainer)));
        assert_eq!(info.count_total, 0, "{name}");
    }
}
