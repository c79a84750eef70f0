//! Oracle: every argument of a class of Keras is offered with its default, or is on the list of those
//! that mean nothing here (`tests/keras/signatures.json`, made by `tests/keras/signatures.py`).

#![cfg(not(target_arch = "wasm32"))]

use glassbox::catalog::FAMILIES;
use glassbox::choice::{Default, Entry, Kind, Opt};
use serde_json::{Value as Json, json};

/// Arguments without meaning here, in every class or in one of them, and why.
const MEANINGLESS: &[(&str, &str)] = &[];

fn signatures() -> Json {
    serde_json::from_str(include_str!("keras/signatures.json")).expect("the file is JSON")
}

/// A default, however it is written: equal sides as one, names in one spelling.
fn plain(value: &Json) -> Json {
    match value {
        Json::Array(list) if !list.is_empty() && list.iter().all(|v| *v == list[0]) => {
            plain(&list[0])
        }
        Json::Array(list) => list.iter().map(plain).collect(),
        Json::Number(number) => json!(number.as_f64()),
        Json::String(text) => {
            let text = text.replace('_', "").to_lowercase();
            match text.as_str() {
                "linear" | "channelslast" => Json::Null,
                _ => text.into(),
            }
        }
        other => other.clone(),
    }
}

fn default(option: &Opt) -> Json {
    match (&option.kind, &option.default) {
        (Kind::Fixed(text), _) => serde_json::from_str(text).expect("JSON"),
        _ => option.default_value().map_or(Json::Null, |v| v.to_json()),
    }
}

/// What is wrong with an entry.
fn check(entry: &Entry, arguments: &Json) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, argument) in arguments.as_object().into_iter().flatten() {
        let class = entry.class_name;
        let Some(option) = entry.options.iter().find(|o| o.name == name) else {
            let listed = |(c, n): &(&str, &str)| (*c == "*" || *c == class) && n == name;
            if !MEANINGLESS.iter().any(listed) {
                wrong.push(format!("{class} has no {name} ({argument})"));
            }
            continue;
        };
        let required = matches!(option.default, Default::Required);
        match argument.get("default") {
            None if !required => wrong.push(format!("{class} must be given {name}")),
            None => {}
            Some(_) if required => wrong.push(format!("{class} need not be given {name}")),
            Some(wanted) if plain(wanted) != plain(&default(option)) => {
                let got = default(option);
                wrong.push(format!("{class}({name}={wanted}) is {got} here"));
            }
            Some(_) => {}
        }
    }
    wrong
}

#[test]
fn oracle_arguments_and_defaults_are_those_of_keras() {
    let signatures = signatures();
    let mut wrong = Vec::new();
    for (family, list) in FAMILIES.iter().filter(|(name, _)| *name != "datasets") {
        for entry in (list.entries)() {
            match signatures[family].get(entry.class_name) {
                Some(arguments) => wrong.extend(check(entry, arguments)),
                None => wrong.push(format!("{family}: {} is not in the file", entry.class_name)),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
