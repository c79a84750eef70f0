//! The JavaScript API: converts types; contains no mathematics and no decision about training.

mod glass;
mod plain;
mod run;
mod sequential;
mod terms;
mod types;

use crate::data::drawing;
use crate::options::error::ConfigError;
use js_sys::{Error, Float32Array, Reflect};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tsify::{Ts, Tsify};
pub use types::Experiment;
use types::Prepared;
use types::input::ExperimentInput;
use wasm_bindgen::prelude::*;

type Answer<T> = Result<T, JsValue>;

/// Makes the message of a panic appear in the console.
#[wasm_bindgen(start)]
pub fn start() {
    console_error_panic_hook::set_once();
}

#[wasm_bindgen(typescript_custom_section)]
const CONFIG_ERROR: &str = "
/** A request that cannot be carried out: what is wrong, where (empty for the whole), and what to do. */
export interface ConfigError extends Error {
    name: 'ConfigError';
    path: string;
}";

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(extends = Error)]
    type JsConfigError;

    #[wasm_bindgen(method, structural, setter)]
    fn set_path(this: &JsConfigError, path: &str);
}

/// A `ConfigError` for JavaScript.
#[cold]
fn thrown(error: ConfigError) -> JsValue {
    let thrown: JsConfigError = Error::new(&error.message).unchecked_into();
    thrown.set_name("ConfigError");
    thrown.set_path(&error.path);
    thrown.into()
}

/// A value for JavaScript, under the TypeScript type of its struct.
fn to_js<T: Serialize + Tsify>(value: &T) -> Answer<Ts<T>> {
    value
        .into_ts()
        .map_err(|error| thrown(ConfigError::new("", error.to_string())))
}

/// Reads a value of JavaScript; an error has the path inside it.
fn from_js<T: DeserializeOwned>(value: JsValue) -> Answer<T> {
    let from = serde_wasm_bindgen::Deserializer::from(value);
    serde_path_to_error::deserialize(from).map_err(|error| {
        let path = match error.path().to_string() {
            whole if whole == "." => String::new(),
            path => path,
        };
        let inner = JsValue::from(error.into_inner());
        let inner = inner.dyn_ref::<Error>().map(Error::message);
        let message = format!("{path} {}", inner.map(String::from).unwrap_or_default());
        thrown(ConfigError::new(path, message.trim()))
    })
}

fn now() -> f64 {
    let global = js_sys::global();
    let clock = Reflect::get(&global, &"performance".into()).ok();
    clock
        .and_then(|c| c.dyn_into::<web_sys::Performance>().ok())
        .map_or(0.0, |c| c.now())
}

/// A random seed, from the browser: a whole number from 0 to 4294967295.
#[wasm_bindgen]
pub fn random_seed() -> Answer<u32> {
    getrandom::u32().map_err(|_| {
        let message = "This browser gives no random numbers: choose a seed, such as 42.";
        thrown(ConfigError::new("seed", message))
    })
}

/// The canonical text of an experiment; throws a ConfigError where something in it does not fit.
#[wasm_bindgen]
pub fn check_experiment(experiment: &Ts<ExperimentInput>) -> Answer<String> {
    run::read_experiment(experiment).map(|e| e.text())
}

/// The way of a drawing to the input of the network: crop, scale, centre.
#[wasm_bindgen]
pub fn prepare_drawing(
    ink: &[f32],
    height: usize,
    width: usize,
    side: usize,
) -> Answer<Ts<Prepared>> {
    let steps = drawing::prepare(ink, height, width, side).map_err(thrown)?;
    to_js(&Prepared {
        r#box: steps.ink_box,
        crop: Float32Array::from(&steps.crop[..]),
        crop_height: steps.crop_height,
        crop_width: steps.crop_width,
        input: Float32Array::from(&steps.input[..]),
        empty: steps.empty,
    })
}
