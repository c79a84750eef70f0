//! Everything that can be chosen, as data: what the page's forms and the docs are made from.

mod rules;

use crate::data;
use crate::functions::activations;
use crate::functions::constraints;
use crate::functions::initializers;
use crate::functions::losses;
use crate::functions::metrics;
use crate::functions::regularizers;
use crate::functions::schedules;
use crate::layers;
use crate::options::{ClassSpec, Default, Kind, OptionSpec, Registry};
use crate::training::callbacks;
use crate::training::fit;
use crate::training::optimizers;
use serde_json::{Value as Json, json};

/// The families by the name under which the page knows them.
pub static REGISTRIES: &[(&str, &Registry)] = &[
    ("datasets", &data::REGISTRY),
    ("layers", &layers::REGISTRY),
    ("activations", &activations::REGISTRY),
    ("initializers", &initializers::REGISTRY),
    ("regularizers", &regularizers::REGISTRY),
    ("constraints", &constraints::REGISTRY),
    ("losses", &losses::REGISTRY),
    ("metrics", &metrics::REGISTRY),
    ("optimizers", &optimizers::REGISTRY),
    ("callbacks", &callbacks::REGISTRY),
    ("schedules", &schedules::REGISTRY),
];

/// The whole catalog but its [texts]: each family's entries with their options, and the arguments of `fit`.
pub fn to_json() -> Json {
    let mut catalog: serde_json::Map<String, Json> = REGISTRIES
        .iter()
        .map(|(name, family)| {
            let mut entries: Vec<Json> = Vec::new();
            let groups = rules::groups(family);
            for (i, entry) in (family.entries)().into_iter().enumerate() {
                entries.push(entry_json(entry, groups.get(i).copied()));
            }
            (name.to_string(), Json::Array(entries))
        })
        .collect();
    catalog.insert("fit".into(), options_json(&fit::ENTRY));
    Json::Object(catalog)
}

/// What only people read of it, by family, class and option: `{"layers": {"Dense": {"doc": ..., "formula":
/// ..., "options": {"units": ...}}}, "fit": {"epochs": ...}}`. In the wasm all of it is empty: the build
/// has it written natively, to a file beside the wasm.
pub fn texts() -> Json {
    let named = REGISTRIES.iter().map(|(name, family)| {
        let entries = (family.entries)().into_iter();
        let texts = entries.map(|e| (e.class_name.to_string(), entry_texts(e)));
        (name.to_string(), Json::Object(texts.collect()))
    });
    let mut texts: serde_json::Map<String, Json> = named.collect();
    texts.insert("fit".into(), option_texts(&fit::ENTRY));
    Json::Object(texts)
}

fn entry_texts(entry: &ClassSpec) -> Json {
    json!({"doc": entry.doc.text(), "formula": entry.formula.text(), "options": option_texts(entry)})
}

fn option_texts(entry: &ClassSpec) -> Json {
    let options = entry.options.iter().filter(|o| shown(o));
    let texts = options.map(|o| (o.name.to_string(), o.doc.text().into()));
    Json::Object(texts.collect())
}

fn entry_json(entry: &'static ClassSpec, group: Option<&str>) -> Json {
    let set = data::ALL.iter().find(|d| std::ptr::eq(&d.entry, entry));
    json!({"class_name": entry.class_name, "name": entry.name, "label": entry.label, "group": group, "options": options_json(entry), "asset": set.and_then(|d| d.asset)})
}

/// Whether there is anything to choose.
fn shown(option: &OptionSpec) -> bool {
    !matches!(option.kind, Kind::Fixed(_))
}

fn options_json(entry: &ClassSpec) -> Json {
    let options = entry.options.iter().filter(|o| shown(o));
    options.map(|o| option_json(entry, o)).collect()
}

/// The name under which the page knows a family.
fn key_of(family: &Registry) -> Option<&'static str> {
    let found = REGISTRIES.iter().find(|(_, f)| std::ptr::eq(*f, family));
    found.map(|(name, _)| *name)
}

fn option_json(entry: &ClassSpec, option: &OptionSpec) -> Json {
    let (kind, min, max, choices) = match &option.kind {
        Kind::Bool => ("bool", Json::Null, Json::Null, Json::Null),
        Kind::Int(min, max) => ("int", (*min).into(), (*max).into(), Json::Null),
        Kind::Float(min, max) | Kind::MaybeFloat(min, max) | Kind::FloatOr(min, max, _) => {
            ("float", (*min).into(), (*max).into(), Json::Null)
        }
        Kind::OneOf(words) | Kind::OneOfHere(words, _) => {
            ("one_of", Json::Null, Json::Null, words.to_vec().into())
        }
        Kind::Of(_) => ("class", Json::Null, Json::Null, Json::Null),
        Kind::Shape => ("shape", Json::Null, Json::Null, Json::Null),
        Kind::Fixed(_) => ("fixed", Json::Null, Json::Null, Json::Null),
        Kind::Ints(min, max) | Kind::MaybeInts(min, max) => {
            ("ints", (*min).into(), (*max).into(), Json::Null)
        }
        Kind::Floats(min, max) | Kind::OneOrTwo(min, max) => {
            ("floats", (*min).into(), (*max).into(), Json::Null)
        }
        Kind::Texts => ("texts", Json::Null, Json::Null, Json::Null),
        Kind::Text => ("text", Json::Null, Json::Null, Json::Null),
        Kind::List(_) => ("list", Json::Null, Json::Null, Json::Null),
        Kind::ClassWeights => ("class_weights", Json::Null, Json::Null, Json::Null),
    };
    let family = match &option.kind {
        Kind::Of(family) | Kind::FloatOr(_, _, family) | Kind::List(family) => key_of(family),
        _ => None,
    };
    let default: Json = match option.default {
        Default::Required | Default::Null => Json::Null,
        Default::Bool(v) => v.into(),
        Default::Int(v) => v.into(),
        Default::Float(v) => v.into(),
        Default::Pair(a, b) => vec![a, b].into(),
        Default::Text(v) => v.into(),
    };
    let nullable = matches!(option.default, Default::Null)
        || matches!(option.kind, Kind::MaybeFloat(..) | Kind::MaybeInts(..));
    json!({"name": option.name, "label": option.label, "kind": kind, "nullable": nullable, "required": matches!(option.default, Default::Required), "default": default, "min": min, "max": max, "choices": choices, "family": family, "advanced": rules::advanced(entry, option), "start": rules::start(entry, option)})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reaches_a_sentence_for_every_entry_and_option() {
        let texts = texts();
        let says = |json: &Json| json.as_str().is_some_and(|text| text.len() > 3);
        let options_say = |entry: &ClassSpec, json: &Json| {
            for option in entry.options.iter().filter(|o| shown(o)) {
                let class = entry.class_name;
                assert!(says(&json[option.name]), "{class}: {}", option.name);
            }
        };
        for (name, family) in REGISTRIES {
            let entries = (family.entries)();
            // By class, and no two of one family are called alike.
            assert_eq!(
                texts[name].as_object().map(|o| o.len()),
                Some(entries.len())
            );
            for entry in entries {
                let found = &texts[name][entry.class_name];
                assert!(says(&found["doc"]), "{}", entry.class_name);
                options_say(entry, &found["options"]);
            }
        }
        options_say(&fit::ENTRY, &texts["fit"]);
        assert_eq!(texts["activations"]["relu"]["formula"], "y = max(z, 0)");
    }
}
