//! The catalog: all classes with their options as data, for the page's forms and the docs.

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

/// The families by their names on the page.
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

/// The whole catalog: each family's classes with their options, and the arguments of `fit`. The build writes it to
/// `pkg/catalog.json`, which the page imports; it is not in the wasm.
pub fn to_json() -> Json {
    let families = REGISTRIES.iter().map(|(name, family)| {
        let classes = (family.entries)().into_iter();
        (name.to_string(), classes.map(class_json).collect())
    });
    let mut catalog: serde_json::Map<String, Json> = families.collect();
    catalog.insert("fit".into(), options_json(&fit::CLASS));
    Json::Object(catalog)
}

fn class_json(class: &'static ClassSpec) -> Json {
    let set = data::ALL.iter().find(|d| std::ptr::eq(&d.class, class));
    json!({
        "class_name": class.class_name,
        "name": class.name,
        "label": class.label,
        "doc": class.doc.text(),
        "formula": class.formula.text(),
        "group": class.group.text(),
        "options": options_json(class),
        "asset": match set.map(|d| d.asset) {
            Some(data::Asset::File(name)) => Some(name),
            _ => None,
        },
    })
}

/// Whether the option has more than one value.
fn is_open(option: &OptionSpec) -> bool {
    !matches!(option.kind, Kind::Fixed(_))
}

fn options_json(class: &ClassSpec) -> Json {
    let options = class.all_options().filter(|o| is_open(o));
    options.map(option_json).collect()
}

/// The name of a family on the page.
fn key_of(family: &Registry) -> Option<&'static str> {
    let found = REGISTRIES.iter().find(|(_, f)| std::ptr::eq(*f, family));
    found.map(|(name, _)| *name)
}

fn option_json(option: &OptionSpec) -> Json {
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
    let start: Json = serde_json::from_str(option.start.text()).unwrap_or_default();
    json!({
        "name": option.name,
        "label": option.label.text(),
        "doc": option.doc.text(),
        "kind": kind,
        "nullable": nullable,
        "required": matches!(option.default, Default::Required),
        "default": default,
        "min": min,
        "max": max,
        "choices": choices,
        "family": family,
        "advanced": option.advanced,
        "start": start,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::ConfigObject;

    fn all() -> impl Iterator<Item = (&'static Registry, &'static ClassSpec)> {
        let family = |(_, family): &(&str, &'static Registry)| {
            let classes = (family.entries)().into_iter();
            let family = *family;
            classes.map(move |class| (family, class))
        };
        REGISTRIES.iter().flat_map(family)
    }

    #[test]
    fn reaches_a_sentence_for_every_class_and_option() {
        let says = |text: &str| text.trim().len() > 3;
        let fit = all().map(|(_, class)| class).chain([&fit::CLASS]);
        for class in fit {
            assert!(says(class.doc.text()), "{}", class.class_name);
            for option in class.all_options().filter(|o| is_open(o)) {
                let (class, name) = (class.class_name, option.name);
                assert!(says(option.doc.text()), "{class}: {name}");
                let start = option.start.text();
                assert!(
                    start.is_empty() || serde_json::from_str::<Json>(start).is_ok(),
                    "{class}: {name} starts with {start}"
                );
            }
        }
    }

    #[test]
    fn reaches_a_group_for_every_class_of_a_family_that_has_groups() {
        for name in ["layers", "activations", "losses", "metrics"] {
            let found = REGISTRIES.iter().find(|(key, _)| *key == name);
            for class in found.map(|(_, family)| (family.entries)()).unwrap() {
                assert!(!class.group.text().is_empty(), "{}", class.class_name);
            }
        }
    }

    #[test]
    fn reaches_a_start_that_is_taken_for_every_class() {
        for (family, class) in all() {
            let json = class_json(class);
            let options = json["options"].as_array().unwrap().iter();
            let config = options
                .filter(|option| !option["start"].is_null())
                .map(|option| {
                    (
                        option["name"].as_str().unwrap().into(),
                        option["start"].clone(),
                    )
                })
                .collect();
            let object = ConfigObject::with_options(family, class.class_name, &config);
            assert!(object.is_ok(), "{}: {object:?}", class.class_name);
        }
    }

    #[test]
    fn reaches_at_most_six_options_in_sight() {
        for (_, class) in all() {
            let shown = class.all_options().filter(|o| is_open(o) && !o.advanced);
            assert!(shown.count() <= 6, "{}", class.class_name);
        }
    }
}
