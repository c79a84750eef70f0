//! Fuzzing of every reader: texts, models, data files, checkpoints.

use super::{good, set_up};
use glassbox::data;
use glassbox::experiment::{Experiment, read_fit};
use glassbox::model::config::ModelConfig;
use glassbox::options::{ConfigObject, Value};
use glassbox::run::{Run, Set};
use glassbox::training::trainer::CompileConfig;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

/// Words that mean something in an experiment.
const WORDS: &[&str] = &[
    "class_name",
    "config",
    "layers",
    "units",
    "activation",
    "name",
    "Dense",
    "Flatten",
    "relu",
    "Sequential",
    "InputLayer",
    "batch_shape",
    "data",
    "model",
    "compile",
    "fit",
    "seed",
    "loss",
    "optimizer",
    "metrics",
    "mse",
    "scce",
    "accuracy",
    "Moons",
    "function",
    "n",
    "rate",
];

/// Any JSON, of a few levels, with words that mean something here strewn in.
fn any_json() -> impl Strategy<Value = Json> {
    let word = prop_oneof![
        4 => prop::sample::select(WORDS).prop_map(str::to_string),
        1 => any::<String>(),
    ];
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        (-3..60i64).prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        word.clone().prop_map(Json::from),
    ];
    leaf.prop_recursive(5, 60, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Json::from),
            prop::collection::vec((word.clone(), inner), 0..6)
                .prop_map(|list| Json::Object(list.into_iter().collect())),
        ]
    })
}

/// The good experiment after some of its nodes were replaced, dropped or doubled.
fn any_mutant() -> impl Strategy<Value = Json> {
    let change = (any::<prop::sample::Index>(), 0..4u8, any_json());
    prop::collection::vec(change, 1..4).prop_map(|changes| {
        let mut json = good();
        for (which, how, value) in changes {
            let n = count(&json);
            change_node(&mut json, &mut which.index(n), how, &value);
        }
        json
    })
}

fn count(json: &Json) -> usize {
    1 + match json {
        Json::Object(map) => map.values().map(count).sum(),
        Json::Array(list) => list.iter().map(count).sum(),
        _ => 0,
    }
}

/// Changes the node number `at`, counted from the root downwards; true once that is done.
fn change_node(json: &mut Json, at: &mut usize, how: u8, value: &Json) -> bool {
    if *at == 0 {
        match (how, &mut *json) {
            (0, Json::Object(map)) => drop(map.insert("config".into(), value.clone())),
            (1, Json::Array(list)) => list.push(value.clone()),
            (2, Json::Array(list)) => list.reverse(),
            (3, Json::Number(n)) => *json = json!(n.as_f64().unwrap() * 1e9),
            _ => *json = value.clone(),
        }
        return true;
    }
    *at -= 1;
    match json {
        Json::Object(map) => map.values_mut().any(|v| change_node(v, at, how, value)),
        Json::Array(list) => list.iter_mut().any(|v| change_node(v, at, how, value)),
        _ => false,
    }
}

/// Whether a model is so small that a fuzzer may build and train it.
fn is_small(experiment: &Experiment) -> bool {
    let number = |config: &ConfigObject, name: &str| {
        let (_, value) = config.options().find(|(option, _)| option.name == name)?;
        match value {
            Value::Int(number) => Some(*number),
            _ => None,
        }
    };
    let layers = &experiment.model.layers;
    let dense = layers
        .iter()
        .filter(|l| l.choice.class.class_name == "Dense");
    layers.len() < 10
        && dense
            .filter_map(|l| number(&l.choice, "units"))
            .all(|n| n < 200)
        && number(&experiment.data, "n").is_some_and(|n| n < 500)
}

/// Reads, prints, reads again; builds, steps, looks and goes back where that is cheap.
fn exercise(text: &str) {
    let Ok(experiment) = Experiment::read(text) else {
        return;
    };
    let printed = experiment.text();
    assert_eq!(Experiment::read(&printed).as_ref(), Ok(&experiment));
    if !is_small(&experiment) {
        return;
    }
    let Ok(mut run) = Run::new(experiment, None) else {
        return;
    };
    let start = run.checkpoint();
    (0..3).for_each(|_| run.step());
    run.grid(3);
    let _ = (run.summary(), run.keras_code(), run.log(), run.trouble());
    for set in [Set::Train, Set::Validation, Set::Test] {
        run.evaluate(set);
        run.predictions(set);
    }
    assert_eq!(run.restore(&start), Ok(()));
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        rng_seed: proptest::test_runner::RngSeed::Fixed(1),
        failure_persistence: None,
        max_shrink_iters: 20_000,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config(1500))]

    #[test]
    fn reaches_no_panic_on_any_text(text in any::<String>(), json in any_json()) {
        exercise(&text);
        exercise(&json.to_string());
        for read in [ModelConfig::read(&json).map(drop), CompileConfig::read(&json).map(drop)] {
            if let Err(refusal) = read {
                prop_assert!(refusal.message.ends_with(['.', '?']), "{refusal}");
            }
        }
        let _ = read_fit(&json);
        if let Ok(model) = ModelConfig::read(&json) {
            let again = ModelConfig::read(&model.to_json());
            prop_assert_eq!(again.as_ref(), Ok(&model));
        }
    }

    #[test]
    fn reaches_no_panic_on_any_mutant(json in any_mutant()) {
        exercise(&json.to_string());
    }

    #[test]
    fn reaches_no_panic_on_any_mutated_text(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3u8), 1..6),
    ) {
        let mut bytes = good().to_string().into_bytes();
        for (at, byte, how) in changes {
            let at = at.index(bytes.len());
            match how {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte % 128),
                _ => drop(bytes.remove(at)),
            }
        }
        exercise(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn reaches_no_panic_on_any_data_file(
        size in (1..5u8, 1..5u8, 0..6u8, 0..4u8),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..3),
        cut in 0..3usize,
    ) {
        let (height, width, n_train, n_test) = size;
        let mut bytes = b"GBXD\x01\x02".to_vec();
        bytes.extend([height, width, n_train, 0, 0, 0, n_test, 0, 0, 0]);
        let n = usize::from(n_train + n_test);
        bytes.extend((0..n).map(|i| (i % 2) as u8));
        bytes.extend((0..n * usize::from(height) * usize::from(width)).map(|i| (i * 41) as u8));
        let intact = changes.is_empty() && cut == 0 && n_train > 0;
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(bytes.len() - cut);
        let choice = ConfigObject::default_of(&data::REGISTRY, "Digits01");
        match data::load(&choice, Some(&bytes.into())) {
            Ok(set) => {
                let pixels = set.input_shape[0];
                prop_assert_eq!(set.x.len(), set.y.len() * pixels);
                prop_assert_eq!(set.test_x.len(), set.test_y.len() * pixels);
                let labels = set.y.iter().chain(&set.test_y);
                prop_assert!(labels.into_iter().all(|y| *y < 2.0));
            }
            Err(refusal) => {
                prop_assert!(!intact, "{refusal}");
                prop_assert!(refusal.message.ends_with('.'), "{refusal}");
            }
        }
    }

    #[test]
    fn reaches_no_panic_on_any_checkpoint(
        steps in 0..6usize,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u64>(), 0..5u8), 0..4),
    ) {
        let text = good().to_string();
        let mut run = set_up(&text).unwrap();
        (0..steps).for_each(|_| run.step());
        let good = run.checkpoint();
        let mut bytes = good.clone();
        for (at, word, how) in changes {
            let at = at.index(bytes.len());
            let word = if how == 0 { u64::MAX } else { word };
            match how {
                // Eight bytes of a number, aligned as the writer aligns most.
                0 | 1 => {
                    let at = at - at % 8;
                    let end = bytes.len().min(at + 8);
                    bytes[at..end].copy_from_slice(&word.to_le_bytes()[..end - at]);
                }
                2 => bytes[at] ^= 1 << (word % 8),
                3 => bytes.truncate(at),
                _ => bytes.insert(at, word as u8),
            }
            if bytes.is_empty() {
                break;
            }
        }
        let mut other = set_up(&text).unwrap();
        other.step();
        let before = other.checkpoint();
        match other.restore(&bytes) {
            Ok(()) => prop_assert_eq!(&bytes, &good, "damaged, and taken"),
            Err(refusal) => {
                prop_assert_ne!(&bytes, &good);
                prop_assert_eq!(&refusal.path, "checkpoint");
                prop_assert_eq!(other.checkpoint(), before);
            }
        }
        (0..8).for_each(|_| other.step());
    }

    /// As above, with a check sum that is right again: someone wrote these bytes on purpose.
    #[test]
    fn reaches_no_panic_on_any_forged_checkpoint(
        steps in 0..6usize,
        changes in prop::collection::vec((any::<prop::sample::Index>(), 0..6usize), 1..4),
    ) {
        let words = [u64::MAX, 0, 1, 1 << 53, f64::NAN.to_bits(), 0x7f80_0000_ff80_0000];
        let text = good().to_string();
        let mut run = set_up(&text).unwrap();
        (0..steps).for_each(|_| run.step());
        let mut bytes = run.checkpoint();
        bytes.truncate(bytes.len() - 8);
        for (at, word) in changes {
            let at = 8 * at.index(bytes.len() / 8);
            bytes[at..at + 8].copy_from_slice(&words[word].to_le_bytes());
        }
        let sum = glassbox::numerics::hash::hash(bytes.iter().copied());
        bytes.extend(sum.to_le_bytes());
        if let Err(refusal) = run.restore(&bytes) {
            prop_assert!(refusal.message.ends_with('.'), "{refusal}");
        }
        (0..8).for_each(|_| run.step());
        prop_assert!(run.model().weights().all(f32::is_finite));
    }
}
