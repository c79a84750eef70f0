//! Calls the JavaScript API through the code that wasm-bindgen writes, and records the calls.

use js_sys::{Array, Error, Float32Array, Function, JSON, Object, Reflect, WebAssembly};
use serde_json::Value as Json;
use std::cell::RefCell;
use std::collections::BTreeSet;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(
    inline_js = "import * as api from '/wasm-bindgen-test'; export const module = () => api;"
)]
extern "C" {
    /// The JavaScript module of the engine, as the test server names it.
    fn module() -> JsValue;
}

/// Exports of the module that belong to wasm-bindgen or to its tests.
const NOT_OF_THE_ENGINE: [&str; 3] = ["default", "initSync", "WasmBindgenTestContext"];
/// TypeScript has it as private: `Sequential.fit` makes a `Fit`.
const PRIVATE: &str = "Fit.constructor";

thread_local! {
    static CALLED: RefCell<BTreeSet<String>> = const { RefCell::new(BTreeSet::new()) };
}

/// What a call returns or throws.
pub type Answer = Result<JsValue, JsValue>;

pub fn forget_calls() {
    CALLED.with_borrow_mut(BTreeSet::clear);
}

pub fn called() -> BTreeSet<String> {
    CALLED.with_borrow(BTreeSet::clone)
}

fn record(name: String) {
    CALLED.with_borrow_mut(|called| called.insert(name));
}

/// Names of all functions, and of all constructors, methods and getters: "advice", "Run.step".
pub fn exported() -> BTreeSet<String> {
    let module = module();
    let names = Object::keys(module.unchecked_ref::<Object>()).into_iter();
    let names = names.filter_map(|name| name.as_string());
    let own = names.filter(|n| !n.starts_with("__") && !NOT_OF_THE_ENGINE.contains(&n.as_str()));
    let mut all = BTreeSet::new();
    for name in own {
        let prototype = property(&property(&module, &name), "prototype");
        if prototype.is_undefined() {
            all.insert(name);
            continue;
        }
        let members = Object::get_own_property_names(prototype.unchecked_ref::<Object>());
        let members = members.iter().filter_map(|member| member.as_string());
        let members = members.filter(|member| !member.starts_with("__"));
        // An ordinary function has a prototype with a constructor and nothing else.
        let members: Vec<String> = members.collect();
        match members.len() {
            1 => all.insert(name),
            _ => {
                all.extend(members.iter().map(|member| format!("{name}.{member}")));
                all.remove(PRIVATE)
            }
        };
    }
    all
}

/// A property of an object; undefined where it has none of this name.
pub fn property(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).expect("an object")
}

/// Calls a function of the module.
pub fn call(name: &str, arguments: &[JsValue]) -> Answer {
    record(name.to_string());
    let function: Function = property(&module(), name).dyn_into()?;
    function.apply(&JsValue::UNDEFINED, &list(arguments))
}

/// An object of a class of the module.
pub struct Instance {
    class: String,
    object: JsValue,
}

impl Instance {
    /// `new class(...arguments)`
    pub fn new(class: &str, arguments: &[JsValue]) -> Result<Instance, JsValue> {
        record(format!("{class}.constructor"));
        let function: Function = property(&module(), class).dyn_into()?;
        Reflect::construct(&function, &list(arguments)).map(Instance::of)
    }

    /// An object that a method returned.
    pub fn of(object: JsValue) -> Instance {
        let class = property(&property(&object, "constructor"), "name");
        let class = class.as_string().expect("a class");
        Instance { class, object }
    }

    /// What a method returns or throws.
    pub fn try_call(&self, method: &str, arguments: &[JsValue]) -> Answer {
        record(format!("{}.{method}", self.class));
        let function: Function = property(&self.object, method).dyn_into()?;
        function.apply(&self.object, &list(arguments))
    }

    /// What a method returns; fails where it throws.
    pub fn call(&self, method: &str, arguments: &[JsValue]) -> JsValue {
        self.try_call(method, arguments)
            .unwrap_or_else(|error| panic!("{}.{method}: {error:?}", self.class))
    }

    /// The value of a getter.
    pub fn get(&self, getter: &str) -> JsValue {
        record(format!("{}.{getter}", self.class));
        property(&self.object, getter)
    }

    /// The text that a method without arguments returns.
    pub fn text(&self, method: &str) -> String {
        self.call(method, &[]).as_string().expect("a text")
    }

    /// The value of a getter that is true or false.
    pub fn is(&self, getter: &str) -> bool {
        self.get(getter).as_bool().expect("true or false")
    }

    /// The value of a getter that is a number.
    pub fn number(&self, getter: &str) -> f64 {
        self.get(getter).as_f64().expect("a number")
    }
}

/// Fails unless every call on a freed object throws an `Error`. A trap would be a `WebAssembly.RuntimeError`.
pub fn check_freed(freed: &Instance, methods: &[&str]) {
    for method in methods {
        let thrown = freed
            .try_call(method, &[])
            .expect_err("the object is freed");
        assert!(thrown.has_type::<Error>(), "{method}: {thrown:?}");
        assert!(
            !thrown.has_type::<WebAssembly::RuntimeError>(),
            "{method}: {thrown:?}"
        );
    }
}

/// Path and message of the `ConfigError` that a call throws.
pub fn config_error<T>(answer: Result<T, JsValue>) -> (String, String) {
    let Err(thrown) = answer else {
        panic!("nothing is thrown");
    };
    assert!(thrown.has_type::<Error>(), "no Error: {thrown:?}");
    let text = |name| property(&thrown, name).as_string().expect("a text");
    assert_eq!(text("name"), "ConfigError", "{thrown:?}");
    let message = text("message");
    assert!(message.ends_with(['.', '?']), "no sentence: {message}");
    (text("path"), message)
}

/// Fails unless the call throws a `ConfigError` with this path, whose message contains `said`.
pub fn check_error<T>(answer: Result<T, JsValue>, path: &str, said: &str) {
    let (found, message) = config_error(answer);
    assert_eq!(found, path, "{message}");
    assert!(message.contains(said), "'{said}' is not in: {message}");
}

fn list(items: &[JsValue]) -> Array {
    items.iter().collect()
}

/// Plain data of JavaScript.
pub fn data(json: &Json) -> JsValue {
    JSON::parse(&json.to_string()).expect("JSON")
}

/// Plain data of JavaScript, back as JSON.
pub fn json(value: &JsValue) -> Json {
    let text = JSON::stringify(value).expect("plain data");
    serde_json::from_str(&String::from(text)).expect("JSON")
}

/// A `Float32Array` with these numbers.
pub fn floats(numbers: &[f32]) -> JsValue {
    Float32Array::from(numbers).into()
}

/// The numbers of a `Float32Array`.
pub fn numbers(value: &JsValue) -> Vec<f32> {
    let array = value.dyn_ref::<Float32Array>();
    array.expect("a Float32Array").to_vec()
}

/// A list of `Float32Array`s.
pub fn arrays(lists: &[&[f32]]) -> JsValue {
    lists
        .iter()
        .map(|numbers| floats(numbers))
        .collect::<Array>()
        .into()
}
