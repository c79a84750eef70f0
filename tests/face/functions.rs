//! The free functions, and the errors of experiments.

use crate::js::{call, check_error, data, floats, json, numbers, property};
use crate::run::{circle, line};
use js_sys::{Map, Uint8Array};
use serde_json::json;
use std::slice::from_ref;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

pub const TESTS: &[fn()] = &[
    round_trip_of_the_canonical_text,
    reaches_errors_of_an_experiment_as_text,
    reaches_errors_of_an_experiment_as_data,
    reaches_the_file_of_a_data_set,
    reaches_the_data_of_own_rows,
    reaches_advice_and_its_change,
    oracle_of_a_prepared_drawing,
    reaches_random_seeds,
    reaches_start_twice,
];

#[wasm_bindgen_test]
fn round_trip_of_the_canonical_text() {
    let text = call("check_experiment", &[data(&line())]).unwrap();
    assert_eq!(call("check_experiment", from_ref(&text)), Ok(text.clone()));
    let from_text = call("check_experiment", &[line().to_string().into()]);
    assert_eq!(from_text, Ok(text));
}

#[wasm_bindgen_test]
fn reaches_errors_of_an_experiment_as_text() {
    let mut negative = line();
    negative["seed"] = json!(-1);
    let mut unknown = line();
    unknown["compile"]["loss"] = json!("mean_sqared_error");
    for (text, path, said) in [
        ("{".to_string(), "", "line 1, column 1"),
        (negative.to_string(), "seed", "The seed is -1"),
        (
            unknown.to_string(),
            "compile.loss.class_name",
            "'mean_squared_error'",
        ),
    ] {
        let answer = call("check_experiment", &[text.into()]);
        check_error(answer, path, said);
    }
}

#[wasm_bindgen_test]
fn reaches_errors_of_an_experiment_as_data() {
    let units = "model.config.layers[0].config.units";
    let mut none = line();
    none["model"]["config"]["layers"][0]["config"]["units"] = json!(0);
    check_error(call("check_experiment", &[data(&none)]), units, "units");
    // Values that JSON.stringify would turn into null or {}.
    let nan = data(&line());
    js_sys::Reflect::set(&nan, &"seed".into(), &f64::NAN.into()).unwrap();
    check_error(call("check_experiment", &[nan]), "seed", "seed is NaN");
    let map = JsValue::from(Map::new());
    check_error(call("check_experiment", &[map]), "", "is a Map");
}

#[wasm_bindgen_test]
fn reaches_the_file_of_a_data_set() {
    let digits = json!({"data": {"class_name": "Digits01"}, "model": 7});
    let file = call("data_file", &[data(&digits)]).unwrap();
    assert_eq!(file.as_string().as_deref(), Some("digits01.bin"));
    assert_eq!(call("data_file", &[data(&line())]), Ok(JsValue::UNDEFINED));
    let map = JsValue::from(Map::new());
    check_error(call("data_file", &[map]), "", "is a Map");
}

#[wasm_bindgen_test]
fn reaches_the_data_of_own_rows() {
    let header = json!({"title": "Mine", "shape": [1], "train": 2, "test": 0, "inputs": "uint8"});
    let header = header.to_string();
    let length = (header.len() as u32).to_le_bytes();
    let targets = [1.5f32, 2.5].map(f32::to_le_bytes).concat();
    let rows = [
        &b"GBXD\x02\0\0\0"[..],
        &length,
        header.as_bytes(),
        &targets,
        &[0, 255],
    ]
    .concat();
    let config = call("own_data", &[Uint8Array::from(&rows[..]).into()]).unwrap();
    let hash = json(&config)["config"]["hash"].as_str().map(String::from);
    let file = call("data_file", &[data(&json!({"data": json(&config)}))]).unwrap();
    assert_eq!(file.as_string(), hash.map(|hash| format!("own/{hash}")));
    let cut = Uint8Array::from(&rows[1..]);
    check_error(call("own_data", &[cut.into()]), "data", "not a data file");
}

#[wasm_bindgen_test]
fn reaches_advice_and_its_change() {
    let advice = |experiment: JsValue| call("advice", &[experiment]).unwrap();
    assert_eq!(json(&advice(data(&circle(1)))), json!([]));
    let mut softmax = circle(1);
    let output = "model.config.layers[1].config.activation";
    softmax["model"]["config"]["layers"][1]["config"]["activation"] = json!("softmax");
    let found = json(&advice(softmax.to_string().into()));
    assert_eq!(found[0]["path"], output);
    assert_eq!(found[0]["change"], "Use sigmoid");
    let fixed = advice(data(&found[0]["experiment"]));
    assert_eq!(json(&fixed), json!([]));
    let map = JsValue::from(Map::new());
    check_error(call("advice", &[map]), "", "is a Map");
}

/// A stroke of 4 x 1 pixels at column 6 becomes column 1 of 4: its centre is the centre of the input.
#[wasm_bindgen_test]
fn oracle_of_a_prepared_drawing() {
    let mut ink = vec![0.0; 8 * 10];
    for row in 2..6 {
        ink[row * 10 + 6] = 1.0;
    }
    let sizes = [8, 10, 4].map(JsValue::from);
    let prepare = |ink: &[f32]| {
        let arguments = [&[floats(ink)], &sizes[..]].concat();
        call("prepare_drawing", &arguments)
    };
    let prepared = prepare(&ink).unwrap();
    assert_eq!(json(&property(&prepared, "box")), json!([2, 6, 6, 7]));
    assert_eq!(numbers(&property(&prepared, "crop")), [1.0; 4]);
    assert_eq!(property(&prepared, "empty"), JsValue::FALSE);
    let column: Vec<f32> = (0..16).map(|i| f32::from(i % 4 == 1)).collect();
    assert_eq!(numbers(&property(&prepared, "input")), column);
    let empty = prepare(&[0.0; 80]).unwrap();
    assert_eq!(property(&empty, "empty"), JsValue::TRUE);
    check_error(prepare(&[0.0; 5]), "ink", "80 pixels");
}

#[wasm_bindgen_test]
fn reaches_random_seeds() {
    let draw = |_| call("random_seed", &[]).unwrap().as_f64().unwrap();
    let mut seeds: Vec<f64> = (0..32).map(draw).collect();
    let whole = |seed: &f64| seed.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(seed);
    assert!(seeds.iter().all(whole), "{seeds:?}");
    assert!(seeds.iter().any(|seed| *seed > 2_147_483_647.0), "no sign");
    seeds.sort_by(f64::total_cmp);
    seeds.dedup();
    assert!(seeds.len() > 28, "{seeds:?}");
}

/// The module calls it when it is loaded; a second call changes nothing.
#[wasm_bindgen_test]
fn reaches_start_twice() {
    for _ in 0..2 {
        assert_eq!(call("start", &[]), Ok(JsValue::UNDEFINED));
    }
}
