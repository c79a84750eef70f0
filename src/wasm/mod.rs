//! The JavaScript face: converts types, holds no mathematics and no decision about training.

mod glass;
mod plain;
mod run;
mod sequential;
mod terms;

use crate::data::drawing;
use crate::experiment::Experiment;
use crate::experiment::catalog as list;
use crate::options::error::ConfigError;
use crate::training::trainer::MetricValue;
use js_sys::{Array, Error, Float32Array, JSON, Reflect};
use serde_json::{Value as Json, json};
use wasm_bindgen::prelude::*;

type Answer<T> = Result<T, JsValue>;

/// Makes a panic's sentence appear in the console.
#[wasm_bindgen(start)]
pub fn start() {
    console_error_panic_hook::set_once();
}

/// A refusal as a JavaScript Error, with `name` and `place`.
#[cold]
#[inline(never)]
fn thrown(refusal: ConfigError) -> JsValue {
    let error = Error::new(&refusal.message);
    error.set_name("ConfigError");
    let _ = Reflect::set(&error, &"place".into(), &refusal.path.into());
    error.into()
}

#[inline(never)]
fn to_js(json: &Json) -> JsValue {
    JSON::parse(&json.to_string()).unwrap_or(JsValue::NULL)
}

/// A number, or an array of a list's numbers: NaN and Infinity as they are, which JSON would make null of.
fn value_to_js(value: &MetricValue) -> JsValue {
    match value {
        MetricValue::Number(number) => (*number).into(),
        MetricValue::List(list) => list
            .iter()
            .map(|n| JsValue::from(*n))
            .collect::<Array>()
            .into(),
    }
}

fn now() -> f64 {
    let global = js_sys::global();
    let clock = Reflect::get(&global, &"performance".into()).ok();
    clock
        .and_then(|c| c.dyn_into::<web_sys::Performance>().ok())
        .map_or(0.0, |c| c.now())
}

/// Everything that can be chosen: names, options, ranges, defaults. The sentences and formulas to it stand
/// in `texts.json`, by family, class and option.
#[wasm_bindgen(unchecked_return_type = "Record<string, any>")]
pub fn catalog() -> JsValue {
    to_js(&list::to_json())
}

/// The one text of the experiment in `text`; throws a ConfigError for what does not fit.
#[wasm_bindgen]
pub fn check_experiment(text: &str) -> Answer<String> {
    Experiment::read(text).map(|e| e.text()).map_err(thrown)
}

/// A drawing's way to the network's input: crop, scale, centre.
#[wasm_bindgen(
    unchecked_return_type = "{ box: number[], crop: Float32Array, crop_height: number, crop_width: number, input: Float32Array, empty: boolean }"
)]
pub fn prepare_drawing(ink: &[f32], height: usize, width: usize, side: usize) -> Answer<JsValue> {
    let steps = drawing::prepare(ink, height, width, side).map_err(thrown)?;
    let answer = to_js(
        &json!({"box": steps.ink_box.to_vec(), "crop_height": steps.crop_height, "crop_width": steps.crop_width, "empty": steps.empty}),
    );
    Reflect::set(
        &answer,
        &"crop".into(),
        &Float32Array::from(&steps.crop[..]),
    )?;
    Reflect::set(
        &answer,
        &"input".into(),
        &Float32Array::from(&steps.input[..]),
    )?;
    Ok(answer)
}
