//! The JavaScript API in a browser, called as a page calls it. `wasm-pack test --headless --firefox --test face`.

#![cfg(target_arch = "wasm32")]

mod functions;
mod js;
mod run;
mod sequential;

use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// The tests of each file.
const TESTS: [&[fn()]; 3] = [functions::TESTS, run::TESTS, sequential::TESTS];

/// Runs all tests again, because their order is not fixed, and compares the calls with the exports.
#[wasm_bindgen_test]
fn reaches_every_exported_function_method_and_getter() {
    js::forget_calls();
    for test in TESTS.iter().flat_map(|list| *list) {
        test();
    }
    let exported = js::exported();
    let classes = exported.iter().filter(|name| name.ends_with(".free"));
    assert_eq!(classes.count(), 3, "Fit, Run and Sequential: {exported:?}");
    let missing: Vec<_> = exported.difference(&js::called()).cloned().collect();
    assert!(missing.is_empty(), "no test calls {missing:?}");
}
