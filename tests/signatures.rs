//! Oracle: every argument of a class of Keras is offered with its default, or is on the list of those
//! that mean nothing here (`tests/keras/signatures.json`, made by `tests/keras/signatures.py`).

#![cfg(not(target_arch = "wasm32"))]

use glassbox::experiment::catalog::REGISTRIES;
use glassbox::options::{ClassSpec, Default, Kind, OptionSpec};
use serde_json::{Value as Json, json};

/// Arguments without meaning here, in every class or in one of them.
const MEANINGLESS: &[(&str, &str)] = &[
    // Read, and nothing else: what a thing is called, and numbers other than float32.
    ("*", "name"),
    ("*", "dtype"),
    // Large models shrunk or trained again by parts.
    ("*", "lora_rank"),
    ("*", "lora_alpha"),
    ("*", "quantization_config"),
    // `set_weights` gives weights to any layer.
    ("Embedding", "weights"),
];

/// Arguments that have one value here: what the others ask for is not offered.
const ONE_VALUE: &[(&str, &str)] = &[
    // A layer passes on one array, and forgets between batches.
    ("*", "return_state"),
    ("*", "stateful"),
    // There is no such machine in a browser, and one device only.
    ("*", "use_cudnn"),
    ("*", "flash_attention"),
    ("BatchNormalization", "synchronized"),
    // A run stops and says so; there is no exception to raise.
    ("TerminateOnNaN", "raise_error"),
    // Not offered.
    ("BatchNormalization", "renorm"),
    ("BatchNormalization", "renorm_clipping"),
    ("BatchNormalization", "renorm_momentum"),
    ("LayerNormalization", "rms_scaling"),
    ("MultiHeadAttention", "output_shape"),
    ("MultiHeadAttention", "attention_axes"),
    ("MultiHeadAttention", "use_gate"),
    ("Bidirectional", "weights"),
];

/// Arguments whose default is written otherwise.
const OTHERWISE: &[(&str, &str)] = &[
    // None, and what Keras makes of it.
    ("BinaryIoU", "target_class_ids"),
    ("MultiHeadAttention", "attention_axes"),
    // Nothing is written to files: a name need not be given.
    ("CSVLogger", "filename"),
    ("ModelCheckpoint", "filepath"),
    // A function in Keras; here a list of rates or a schedule.
    ("LearningRateScheduler", "schedule"),
];

fn listed(list: &[(&str, &str)], class: &str, name: &str) -> bool {
    list.iter()
        .any(|(c, n)| (*c == "*" || *c == class) && *n == name)
}

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
                "randomuniform" => "uniform".into(),
                _ => text.into(),
            }
        }
        other => other.clone(),
    }
}

fn default(option: &OptionSpec) -> Json {
    match (&option.kind, &option.default) {
        (Kind::Fixed(text), _) => serde_json::from_str(text).expect("JSON"),
        _ => option.default_value().map_or(Json::Null, |v| v.to_json()),
    }
}

/// Equal, or as near as the digits of the file are read.
fn same(a: &Json, b: &Json) -> bool {
    match (a.as_f64(), b.as_f64()) {
        (Some(a), Some(b)) => (a - b).abs() <= 1e-12 * b.abs(),
        _ => a == b,
    }
}

/// What is wrong with an entry.
fn check(entry: &ClassSpec, arguments: &Json) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, argument) in arguments.as_object().into_iter().flatten() {
        let class = entry.class_name;
        let Some(option) = entry.all_options().find(|o| o.name == name) else {
            if !listed(MEANINGLESS, class, name) {
                wrong.push(format!("{class} has no {name} ({argument})"));
            }
            continue;
        };
        if matches!(option.kind, Kind::Fixed(_)) && !listed(ONE_VALUE, class, name) {
            wrong.push(format!("{class} takes one value of {name}"));
        }
        // Without a name of its own a metric is called by its class.
        if name == "name" || listed(OTHERWISE, class, name) {
            continue;
        }
        let required = matches!(option.default, Default::Required);
        match argument.get("default") {
            None if !required => wrong.push(format!("{class} must be given {name}")),
            None => {}
            Some(_) if required => wrong.push(format!("{class} need not be given {name}")),
            Some(wanted) if !same(&plain(wanted), &plain(&default(option))) => {
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
    for (family, list) in REGISTRIES.iter().filter(|(name, _)| *name != "datasets") {
        // Keras' string "crossentropy" stands for no class.
        let entries = (list.entries)().into_iter();
        for entry in entries.filter(|e| e.class_name != "crossentropy") {
            match signatures[family].get(entry.class_name) {
                Some(arguments) => wrong.extend(check(entry, arguments)),
                None => wrong.push(format!("{family}: {} is not in the file", entry.class_name)),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
