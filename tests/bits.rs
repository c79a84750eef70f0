//! Bits: the same experiment gives the same weights in debug, in release and in browsers, however it
//! is stepped and looked at.

#![cfg(not(target_arch = "wasm32"))]

mod golden;

/// After a change that is meant to change bits: `GOLDEN_WRITE=1 cargo test --test bits`, and say in
/// the commit why they changed.
#[test]
fn bits_of_the_golden_runs() {
    if std::env::var("GOLDEN_WRITE").is_ok() {
        let text = golden::all().into_iter().map(|(name, hashes)| {
            let hashes: Vec<String> = hashes.iter().map(|h| format!("    \"{h}\"")).collect();
            format!("  \"{name}\": [\n{}\n  ]", hashes.join(",\n"))
        });
        let text = text.collect::<Vec<_>>().join(",\n");
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden_bits.json");
        std::fs::write(path, format!("{{\n{text}\n}}\n")).unwrap();
        return;
    }
    golden::check_all();
}

#[test]
fn bits_do_not_depend_on_steps() {
    golden::check_stepped();
}

#[test]
fn round_trip_of_checkpoints_at_random_moments() {
    golden::check_restored();
}

#[test]
fn bits_do_not_depend_on_being_watched() {
    golden::check_watched();
}
