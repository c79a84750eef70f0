//! How the page's forms show what can be chosen: in which groups, which options at first, and with
//! which value an option begins that has no default.

use crate::functions::activations;
use crate::functions::losses;
use crate::functions::metrics;
use crate::layers;
use crate::options::{ClassSpec, Default, Kind, OptionSpec, Registry};
use serde_json::Value as Json;

/// From this entry of a family on, until the next one named here, an entry belongs to this group.
type Groups = &'static [(&'static str, &'static str)];

const LAYERS: Groups = &[
    ("Dense", "core"),
    ("Activation", "activation"),
    ("Dropout", "regularization and noise"),
    ("Flatten", "reshaping"),
    ("Add", "merging"),
    ("Conv1D", "convolution"),
    ("MaxPooling1D", "pooling"),
    ("Rescaling", "preprocessing"),
    ("RandomFlip", "augmentation"),
    ("BatchNormalization", "normalization"),
    ("SimpleRNN", "recurrent"),
    ("MultiHeadAttention", "attention"),
];

const ACTIVATIONS: Groups = &[
    ("linear", "most used"),
    ("leaky_relu", "kin of relu"),
    ("hard_sigmoid", "kin of sigmoid and tanh"),
    ("hard_shrink", "shrinking"),
    ("sigmoid", "most used"),
    ("elu", "kin of relu"),
    ("softsign", "kin of sigmoid and tanh"),
    ("tanh_shrink", "shrinking"),
    ("exponential", "others"),
    ("softmax", "most used"),
    ("log_softmax", "over all units"),
];

const LOSSES: Groups = &[
    ("BinaryCrossentropy", "for classes"),
    ("MeanSquaredError", "for numbers"),
    ("CategoricalCrossentropy", "for classes"),
    ("MeanAbsoluteError", "for numbers"),
    ("Hinge", "margins"),
    ("KLDivergence", "for distributions and counts"),
    ("BinaryFocalCrossentropy", "for classes"),
    ("Dice", "overlap"),
    ("Circle", "similarity"),
    ("crossentropy", "for classes"),
];

const METRICS: Groups = &[
    ("accuracy", "accuracy"),
    ("MeanSquaredError", "for numbers"),
    ("Precision", "right and wrong answers"),
    ("BinaryCrossentropy", "losses as metrics"),
    ("CosineSimilarity", "similarity"),
    ("IoU", "overlap"),
    ("Accuracy", "accuracy"),
];

static REGISTRIES: [(&Registry, Groups); 4] = [
    (&layers::REGISTRY, LAYERS),
    (&activations::REGISTRY, ACTIVATIONS),
    (&losses::REGISTRY, LOSSES),
    (&metrics::REGISTRY, METRICS),
];

/// The group of each entry of a family, in their order; none where they need no groups.
pub fn groups(family: &Registry) -> Vec<&'static str> {
    let found = REGISTRIES.iter().find(|(f, _)| std::ptr::eq(*f, family));
    let Some((_, groups)) = found else {
        return Vec::new();
    };
    let mut now = "";
    let group = |entry: &ClassSpec| {
        let begins = groups.iter().find(|(first, _)| *first == entry.class_name);
        now = begins.map_or(now, |(_, group)| group);
        now
    };
    (family.entries)().into_iter().map(group).collect()
}

/// Options that a student meets early, though they have a default.
const EARLY: &[&str] = &[
    "strides",
    "padding",
    "return_sequences",
    "from_logits",
    "momentum",
    "patience",
    "batch_size",
    "validation_split",
    "shuffle",
];

/// Options that a student meets late, though they stand first.
const LATE: &[&str] = &["approximate", "axis", "data_format", "reduction"];

/// Whether an option can wait behind "more options": whatever has a default, but an entry's first number
/// or word, activations, lists, learning rates, and what is met [early](EARLY).
pub fn advanced(entry: &ClassSpec, option: &OptionSpec) -> bool {
    let first = || entry.options.iter().find(|o| super::shown(o));
    match (&option.default, &option.kind) {
        (Default::Required, _) | (_, Kind::List(_) | Kind::FloatOr(..)) => false,
        (_, Kind::Of(family)) => !std::ptr::eq(*family, &activations::REGISTRY),
        _ if EARLY.contains(&option.name) => false,
        (Default::Null, _) => true,
        // What makes another function of relu.
        (Default::Float(v), _) if *v == 0.0 && option.name == "negative_slope" => true,
        _ => first().is_none_or(|o| o.name != option.name) || LATE.contains(&option.name),
    }
}

/// Where options begin that have no default: by the class, if it matters, and the option.
const STARTS: &[(&str, &str, &str)] = &[
    ("", "filters", "8"),
    ("", "kernel_size", "3"),
    ("", "units", "8"),
    ("", "rate", "0.2"),
    ("", "stddev", "0.1"),
    ("", "target_shape", "[-1,1]"),
    ("", "dims", "[2,1]"),
    ("", "n", "4"),
    ("", "input_dim", "16"),
    ("", "output_dim", "8"),
    ("", "num_heads", "2"),
    ("", "key_dim", "8"),
    (
        "Bidirectional",
        "layer",
        r#"{"class_name":"LSTM","config":{"units":8}}"#,
    ),
    (
        "TimeDistributed",
        "layer",
        r#"{"class_name":"Dense","config":{"units":8}}"#,
    ),
    ("Activation", "activation", r#""relu""#),
    ("", "initial_learning_rate", "0.01"),
    ("", "decay_steps", "500"),
    ("", "first_decay_steps", "500"),
    ("", "decay_rate", "0.9"),
    ("", "boundaries", "[200]"),
    ("", "values", "[0.01,0.001]"),
    ("", "num_classes", "2"),
    ("", "target_class_ids", "[0,1]"),
    ("", "factor", "0.1"),
    ("", "height_factor", "0.1"),
    ("", "width_factor", "0.1"),
];

/// The value with which the form of a new entry begins: of options that must be given, and of what most
/// people give otherwise than Keras' default.
pub fn start(entry: &ClassSpec, option: &OptionSpec) -> Json {
    let named = STARTS.iter().find(|(class, name, _)| {
        *name == option.name && (class.is_empty() || *class == entry.class_name)
    });
    match (&option.default, &option.kind, named) {
        (Default::Required, _, Some((_, _, text))) => {
            serde_json::from_str(text).unwrap_or_default()
        }
        (Default::Required, Kind::Int(min, _), _) => (*min).max(1).into(),
        (Default::Required, Kind::Ints(min, _), _) => (*min).max(2).into(),
        (Default::Required, Kind::Floats(min, max), _) => 0.2_f64.max(*min).min(*max).into(),
        (Default::Required, Kind::Float(min, max), _) => 0.5_f64.max(*min).min(*max).into(),
        // A hidden layer that is linear adds nothing.
        (Default::Text("linear"), Kind::Of(_), _) => "relu".into(),
        _ => Json::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::super::REGISTRIES as ALL;
    use super::*;
    use crate::options::ConfigObject;

    #[test]
    fn reaches_a_group_for_every_layer_and_an_entry_for_every_group() {
        for (family, groups) in &super::REGISTRIES {
            let entries = (family.entries)();
            assert_eq!(super::groups(family).len(), entries.len());
            assert!(super::groups(family).iter().all(|g| !g.is_empty()));
            for (first, group) in *groups {
                let there = entries.iter().any(|e| e.class_name == *first);
                assert!(there, "{group} begins with {first}");
            }
        }
    }

    #[test]
    fn reaches_a_start_that_is_taken_for_every_entry() {
        for (_, family) in ALL {
            for entry in (family.entries)() {
                let starts = entry.options.iter().map(|o| (o.name, start(entry, o)));
                let config = starts
                    .filter(|(_, json)| !json.is_null())
                    .map(|(name, json)| (name.to_string(), json))
                    .collect();
                let choice = ConfigObject::with_options(family, entry.class_name, &config);
                assert!(choice.is_ok(), "{}: {choice:?}", entry.class_name);
            }
        }
    }

    #[test]
    fn reaches_at_most_six_options_in_sight() {
        for (_, family) in ALL {
            for entry in (family.entries)() {
                let shown = entry.options.iter().filter(|o| super::super::shown(o));
                let n = shown.filter(|o| !advanced(entry, o)).count();
                assert!(n <= 6, "{} shows {n}", entry.class_name);
            }
        }
    }
}
