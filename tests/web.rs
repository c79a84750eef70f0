//! Bits: a browser's worker gives the very weights that native runs give.
//! `wasm-pack test --headless --firefox`, `... --chrome`.

#![cfg(target_arch = "wasm32")]

mod golden;

use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

#[wasm_bindgen_test]
fn bits_of_the_golden_runs_in_a_worker() {
    golden::check_all();
}

#[wasm_bindgen_test]
fn bits_do_not_depend_on_steps_in_a_worker() {
    golden::check_stepped();
}

#[wasm_bindgen_test]
fn round_trip_of_checkpoints_in_a_worker() {
    golden::check_restored();
}

#[wasm_bindgen_test]
fn bits_do_not_depend_on_being_watched_in_a_worker() {
    golden::check_watched();
}
