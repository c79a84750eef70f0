//! Reads plain data of JavaScript (numbers, texts, lists, objects) as JSON. Anything else is an error with its path:
//! `JSON.stringify` would make an empty object of a Map and null of NaN, serde-wasm-bindgen an empty object of a Date.

use super::{Answer, thrown};
use crate::options::error::ConfigError;
use js_sys::{Array, ArrayBuffer, DataView, Object, Reflect};
use serde_json::{Map, Number, Value as Json};
use wasm_bindgen::prelude::*;

/// Deepest nesting: each branch of an experiment adds two levels, and 40 branches may stand in one another.
const MAX_DEPTH: usize = 110;

/// Reads a value; `path` is its name in an error, empty for the whole. Undefined is null.
pub fn read(value: &JsValue, path: &str) -> Answer<Json> {
    of(value, path, 0).map_err(thrown)
}

/// Reads a plain object of options but for some, which are not plain data; `path` is its name in an error.
pub fn read_without(value: &JsValue, path: &str, others: &[&str]) -> Answer<Json> {
    if value.is_null_or_undefined() {
        return Ok(Json::Null);
    }
    if !is_plain(value) || Array::is_array(value) {
        let message = format!(
            "{path} is {}: give a plain object of options, such as {{ epochs: 20 }}.",
            named(value)
        );
        return Err(thrown(ConfigError::new(path, message)));
    }
    object_of(value, path, 0, others).map_err(thrown)
}

fn of(value: &JsValue, path: &str, depth: usize) -> Result<Json, ConfigError> {
    if value.is_null_or_undefined() {
        return Ok(Json::Null);
    }
    if let Some(flag) = value.as_bool() {
        return Ok(flag.into());
    }
    if let Some(text) = value.as_string() {
        return Ok(text.into());
    }
    if let Some(number) = value.as_f64() {
        return self::number(number).ok_or_else(|| {
            let said = match number {
                f64::INFINITY => "Infinity",
                f64::NEG_INFINITY => "-Infinity",
                _ => "NaN",
            };
            ConfigError::new(path, format!("{path} is {said}: give a finite number."))
        });
    }
    let refuse = |what: &str| {
        let message = format!(
            "{path} is {what}: give numbers, texts, lists and plain objects, as JSON has them."
        );
        Err(ConfigError::new(path, message))
    };
    if depth == MAX_DEPTH {
        return refuse("an object inside an object inside an object, and so on");
    }
    if Array::is_array(value) || is_typed_array(value) {
        let list = Array::from(value);
        let item = |(i, value): (usize, JsValue)| of(&value, &format!("{path}[{i}]"), depth + 1);
        return list.iter().enumerate().map(item).collect();
    }
    if !is_plain(value) {
        return refuse(&named(value));
    }
    object_of(value, path, depth, &[])
}

fn object_of(
    value: &JsValue,
    path: &str,
    depth: usize,
    others: &[&str],
) -> Result<Json, ConfigError> {
    let mut object = Map::new();
    for entry in Object::entries(value.unchecked_ref()).iter() {
        let pair = Array::from(&entry);
        let key = pair.get(0).as_string().unwrap_or_default();
        let value = pair.get(1);
        if !value.is_undefined() && !others.contains(&key.as_str()) {
            let inner = match path {
                "" => key.clone(),
                _ => format!("{path}.{key}"),
            };
            object.insert(key, of(&value, &inner, depth + 1)?);
        }
    }
    Ok(object.into())
}

/// A whole number as a whole one; `None` for NaN and the infinities.
pub fn number(value: f64) -> Option<Json> {
    if value.fract() == 0.0 && value.abs() < 9e15 {
        return Some((value as i64).into());
    }
    Number::from_f64(value).map(Json::Number)
}

fn is_typed_array(value: &JsValue) -> bool {
    ArrayBuffer::is_view(value) && !value.has_type::<DataView>()
}

/// Whether it is `{...}` and no instance of a class; also one that came from another window.
fn is_plain(value: &JsValue) -> bool {
    if !value.is_object() {
        return false;
    }
    let prototype = Object::get_prototype_of(value);
    prototype.is_null() || Object::get_prototype_of(&prototype).is_null()
}

/// What it is, for a sentence: its class, or its type.
fn named(value: &JsValue) -> String {
    let class = Reflect::get(value, &"constructor".into());
    let class = class.and_then(|class| Reflect::get(&class, &"name".into()));
    let class = class.ok().and_then(|name| name.as_string());
    let name = class
        .filter(|name| !name.is_empty())
        .or(value.js_typeof().as_string());
    let name = name.unwrap_or_default();
    let article = match name.starts_with(['A', 'E', 'I', 'O', 'U', 'o', 'u']) {
        true => "an",
        false => "a",
    };
    format!("{article} {name}")
}
