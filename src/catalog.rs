//! Everything that can be chosen, as data: what the page's forms and the docs are made from.

use crate::choice::{Default, Entry, Family, Kind, Opt, object};
use crate::{activations, data, fit, initializers, layers, losses, metrics, optimizers};
use serde_json::Value as Json;

/// The families by the name under which the page knows them.
pub static FAMILIES: &[(&str, &Family)] = &[
    ("datasets", &data::FAMILY),
    ("layers", &layers::FAMILY),
    ("activations", &activations::FAMILY),
    ("initializers", &initializers::FAMILY),
    ("losses", &losses::FAMILY),
    ("metrics", &metrics::FAMILY),
    ("optimizers", &optimizers::FAMILY),
];

/// The whole catalog: each family's entries with their options, and the arguments of `fit`.
pub fn to_json() -> Json {
    let mut catalog: serde_json::Map<String, Json> = FAMILIES
        .iter()
        .map(|(name, family)| {
            let entries = (family.entries)().into_iter().map(entry_json).collect();
            (name.to_string(), Json::Array(entries))
        })
        .collect();
    catalog.insert(
        "fit".into(),
        fit::ENTRY.options.iter().map(option_json).collect(),
    );
    Json::Object(catalog)
}

fn entry_json(entry: &'static Entry) -> Json {
    let set = data::ALL.iter().find(|d| std::ptr::eq(&d.entry, entry));
    object(&[
        ("class_name", entry.class_name.into()),
        ("name", entry.name.into()),
        ("label", entry.label.into()),
        ("doc", entry.doc.into()),
        ("formula", entry.formula.into()),
        ("options", entry.options.iter().map(option_json).collect()),
        ("asset", set.and_then(|d| d.asset).into()),
    ])
}

fn option_json(option: &Opt) -> Json {
    let (kind, min, max, choices) = match &option.kind {
        Kind::Bool => ("bool", Json::Null, Json::Null, Json::Null),
        Kind::Int(min, max) => ("int", (*min).into(), (*max).into(), Json::Null),
        Kind::Float(min, max) => ("float", (*min).into(), (*max).into(), Json::Null),
        Kind::OneOf(words) => ("one_of", Json::Null, Json::Null, words.to_vec().into()),
        Kind::Of(family) => (family.noun, Json::Null, Json::Null, Json::Null),
        Kind::Shape => ("shape", Json::Null, Json::Null, Json::Null),
        Kind::Numbers(min, max) => ("numbers", (*min).into(), (*max).into(), Json::Null),
        Kind::Name => ("name", Json::Null, Json::Null, Json::Null),
    };
    let default: Json = match option.default {
        Default::Required | Default::Null => Json::Null,
        Default::Bool(v) => v.into(),
        Default::Int(v) => v.into(),
        Default::Float(v) => v.into(),
        Default::Text(v) => v.into(),
    };
    object(&[
        ("name", option.name.into()),
        ("label", option.label.into()),
        ("doc", option.doc.into()),
        ("kind", kind.into()),
        ("nullable", matches!(option.default, Default::Null).into()),
        (
            "required",
            matches!(option.default, Default::Required).into(),
        ),
        ("default", default),
        ("min", min),
        ("max", max),
        ("choices", choices),
    ])
}
