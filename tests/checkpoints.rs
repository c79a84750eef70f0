//! Round trips: experiments through their text, and moments of a run through bytes into another run.

#![cfg(not(target_arch = "wasm32"))]

use glassbox::data;
use glassbox::experiment::Experiment;
use glassbox::functions::losses;
use glassbox::functions::metrics;
use glassbox::layers;
use glassbox::options::{ClassSpec, Default as Preset, Kind, OptionSpec, Registry};
use glassbox::run::Run;
use glassbox::training::fit;
use glassbox::training::optimizers;
use proptest::prelude::*;
use serde_json::{Map, Value as Json, json};

/// A value that the option takes, now and then its default or none.
fn any_value(option: &'static OptionSpec) -> BoxedStrategy<Option<Json>> {
    let value = match &option.kind {
        Kind::Bool => any::<bool>().prop_map(Json::from).boxed(),
        Kind::Int(low, high) => {
            let (low, high) = (*low, *high);
            prop_oneof![Just(low), Just(high), low..=high]
                .prop_map(Json::from)
                .boxed()
        }
        Kind::Float(low, high) | Kind::MaybeFloat(low, high) | Kind::FloatOr(low, high, _) => {
            let (low, high) = (*low, *high);
            let inside = (0.0..=1.0f64).prop_map(move |share| low + share * (high - low));
            let near = (0.0..=1.0f64).prop_map(move |x| x.clamp(low, high));
            let float = prop_oneof![Just(low), Just(high), inside, near].prop_map(Json::from);
            if low.ceil() > high {
                float.boxed()
            } else {
                let whole = Just(low.ceil() as i64).prop_map(Json::from);
                prop_oneof![4 => float, 1 => whole].boxed()
            }
        }
        Kind::OneOf(words) | Kind::OneOfHere(words, _) => {
            prop::sample::select(*words).prop_map(Json::from).boxed()
        }
        // A layer inside a layer: no deeper.
        Kind::Of(family) if family.noun == "layer" => {
            Just(json!({"class_name": "LSTM", "config": {"units": 2}})).boxed()
        }
        Kind::Of(family) => any_choice(family),
        Kind::Fixed(text) => Just(serde_json::from_str(text).unwrap()).boxed(),
        Kind::Floats(low, high) => prop::collection::vec(*low..=*high, 1..3)
            .prop_map(Json::from)
            .boxed(),
        Kind::Texts => Just(json!(["dense", "\"q\""])).boxed(),
        Kind::Text => Just(json!("a \"quoted\" text")).boxed(),
        Kind::List(family) => prop::collection::vec(any_choice(family), 0..2)
            .prop_map(Json::from)
            .boxed(),
        Kind::ClassWeights => Just(json!({"0": 0.5, "1": 2.0})).boxed(),
        Kind::Shape => Just(json!([2, null])).boxed(),
        Kind::OneOrTwo(low, high) => prop_oneof![
            (*low..=*high).prop_map(Json::from),
            (*low..=*high, *low..=*high).prop_map(|(a, b)| json!([a, b])),
        ]
        .boxed(),
        Kind::Ints(low, high) | Kind::MaybeInts(low, high) => {
            prop::collection::vec(*low..=*high, 1..3)
                .prop_map(Json::from)
                .boxed()
        }
    };
    match option.default {
        Preset::Required => value.prop_map(Some).boxed(),
        Preset::Null => {
            prop_oneof![Just(None), Just(Some(Json::Null)), value.prop_map(Some)].boxed()
        }
        _ => prop_oneof![Just(None), value.prop_map(Some)].boxed(),
    }
}

/// Layers that a Sequential can hold.
static CHAINABLE: Registry = Registry {
    noun: "layer",
    entries: || {
        let alone = layers::ALL
            .iter()
            .filter(|l| l.inputs != layers::Inputs::Several);
        alone.map(|l| &l.class).collect()
    },
    config_keys: &["name", "trainable"],
    object_keys: &[],
};

/// An entry with values for its options.
fn any_config(entry: &'static ClassSpec) -> BoxedStrategy<Json> {
    let values: Vec<_> = entry.all_options().map(any_value).collect();
    let together = move |values: Vec<Option<Json>>| {
        let named = entry.all_options().map(|o| o.name.to_string()).zip(values);
        Json::Object(
            named
                .filter_map(|(name, value)| Some((name, value?)))
                .collect(),
        )
    };
    values.prop_map(together).boxed()
}

/// A member of a family, by its class or, where nothing must be said, by one of its names.
fn any_choice(family: &'static Registry) -> BoxedStrategy<Json> {
    let entries = (family.entries)();
    prop::sample::select(entries)
        .prop_flat_map(|entry| {
            let object = any_config(entry)
                .prop_map(|config| json!({"class_name": entry.class_name, "config": config}));
            if entry
                .all_options()
                .any(|o| matches!(o.default, Preset::Required))
            {
                return object.boxed();
            }
            let names: Vec<&str> = [entry.name, entry.class_name]
                .iter()
                .chain(entry.aliases)
                .copied()
                .collect();
            prop_oneof![2 => object, 1 => prop::sample::select(names).prop_map(Json::from)].boxed()
        })
        .boxed()
}

fn any_experiment() -> impl Strategy<Value = Json> {
    let layer = (any_choice(&CHAINABLE), any::<bool>()).prop_map(|(mut layer, frozen)| {
        if frozen && layer.is_object() {
            layer["config"]["trainable"] = false.into();
        }
        layer
    });
    let model = (
        prop::collection::vec(layer, 1..5),
        prop::option::of(1..500u32),
        any::<bool>(),
    );
    let model = model.prop_map(|(mut layers, input, wrapped)| {
        if let Some(n) = input {
            let shape = json!({"batch_shape": [null, n]});
            layers.insert(0, json!({"class_name": "InputLayer", "config": shape}));
        }
        if wrapped {
            json!({"class_name": "Sequential", "config": {"name": "s", "layers": layers}})
        } else {
            json!({"layers": layers})
        }
    });
    let measured = || prop::collection::vec(any_choice(&metrics::REGISTRY), 0..3);
    let compile = (
        prop::option::of(any_choice(&optimizers::REGISTRY)),
        any_choice(&losses::REGISTRY),
        measured(),
        measured(),
    );
    let compile = compile.prop_map(|(optimizer, loss, plain, weighted)| {
        json!({"optimizer": optimizer, "loss": loss, "metrics": plain, "weighted_metrics": weighted})
    });
    (any_choice(&data::REGISTRY), model, compile, any_config(&fit::CLASS), any::<u32>()).prop_map(
        |(data, model, compile, fit, seed)| {
            json!({"data": data, "model": model, "compile": compile, "fit": fit, "seed": seed})
        },
    )
}

/// Keys of every object in the opposite order.
fn turned_round(json: &Json) -> Json {
    match json {
        Json::Object(map) => {
            let turned: Map<String, Json> = map
                .iter()
                .rev()
                .map(|(k, v)| (k.clone(), turned_round(v)))
                .collect();
            Json::Object(turned)
        }
        Json::Array(list) => list.iter().map(turned_round).collect(),
        other => other.clone(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 500,
        rng_seed: proptest::test_runner::RngSeed::Fixed(3),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// Every class of the catalog can be read, printed and read again.
    #[test]
    fn round_trip_of_any_experiment(json in any_experiment()) {
        let read = |text: &str| Experiment::read(text).map_err(|r| TestCaseError::fail(r.to_string()));
        let experiment = read(&json.to_string())?;
        let text = experiment.text();
        let again = read(&text)?;
        prop_assert_eq!(&again, &experiment);
        prop_assert_eq!(again.text(), text.clone());
        let turned = read(&turned_round(&json).to_string())?;
        prop_assert_eq!(turned.text(), text);
    }
}

#[test]
fn round_trip_of_one_experiment_in_many_spellings() {
    let canonical = json!({
        "data": {"class_name": "Xor", "config": {}},
        "model": {"class_name": "Sequential", "config": {"layers": [
            {"class_name": "InputLayer", "config": {"batch_shape": [null, 2]}},
            {"class_name": "Dense", "config": {"units": 25, "activation": "relu"}},
            {"class_name": "Dense", "config": {"units": 1, "activation": "sigmoid"}},
        ]}},
        "compile": {
            "optimizer": {"class_name": "RMSprop", "config": {}},
            "loss": {"class_name": "BinaryCrossentropy", "config": {}},
            "metrics": ["accuracy"],
        },
        "fit": {"epochs": 20},
        "seed": 42,
    });
    let first = json!({"class_name": "Dense", "config": {"units": 25, "activation": "relu"}});
    let spellings = [
        canonical.clone(),
        turned_round(&canonical),
        // As short as it goes.
        json!({
            "data": "xor", "compile": {"loss": "bce", "metrics": ["acc"]}, "fit": {"epochs": 20.0},
            "model": {"layers": [
                {"class_name": "Dense", "config": {"units": 25, "activation": "relu", "input_shape": [2]}},
                {"class_name": "dense", "config": {"units": 1, "activation": "sigmoid"}},
            ]},
            "seed": 42,
        }),
        // As Keras 2 writes the first layer.
        json!({
            "data": "xor", "compile": {"loss": "bce", "metrics": ["acc"]}, "fit": {"epochs": 20},
            "model": {"class_name": "Sequential", "keras_version": "2.15.0", "backend": "tensorflow", "config": {"layers": [
                {"class_name": "Dense", "config": {"units": 25, "activation": "relu", "batch_input_shape": [null, 2],
                    "dtype": "float32"}},
                {"class_name": "Dense", "config": {"units": 1, "activation": "sigmoid"}},
            ]}},
            "seed": 42,
        }),
        // As long as Keras writes it.
        json!({
            "data": {"class_name": "Xor", "config": {"n": 400, "noise": 0.1, "seed": 0}},
            "model": {
                "module": "keras", "class_name": "Sequential", "registered_name": null,
                "build_config": {"input_shape": [null, 2]}, "compile_config": {"loss": "bce"},
                "config": {"name": "sequential", "trainable": true, "dtype": "float32", "build_input_shape": [null, 2], "layers": [
                    {"module": "keras.layers", "class_name": "InputLayer", "config": {
                        "batch_shape": [null, 2], "dtype": "float32", "sparse": false, "ragged": false,
                        "optional": false, "name": "input_layer"}, "registered_name": "InputLayer"},
                    {"module": "keras.layers", "class_name": "Dense", "config": {
                        "units": 25.0, "activation": {"class_name": "function", "config": "relu"},
                        "trainable": true, "dtype": {"class_name": "DTypePolicy", "config": {"name": "float32"}}, "use_bias": true,
                        "kernel_initializer": {"module": "keras.initializers",
                            "class_name": "GlorotUniform", "config": {"seed": null}},
                        "bias_initializer": {"class_name": "Zeros", "config": {}},
                        "kernel_regularizer": null, "kernel_constraint": null},
                        "registered_name": "Dense", "build_config": {"input_shape": [null, 2]}},
                    {"class_name": "Dense", "config": {"units": 1, "activation": "sigmoid",
                        "use_bias": true, "kernel_initializer": "glorot_uniform"}},
                ]},
            },
            "compile": {
                "optimizer": {"class_name": "rmsprop", "shared_object_id": 7, "config": {"name": "rmsprop",
                    "is_legacy_optimizer": false, "jit_compile": true, "learning_rate": 0.001, "rho": 0.9,
                    "momentum": 0, "epsilon": 1e-7, "centered": false, "weight_decay": null}},
                "loss": {"class_name": "BinaryCrossentropy", "config": {"name": "bce", "fn": "binary_crossentropy",
                    "from_logits": false, "label_smoothing": 0.0, "axis": -1, "reduction": "sum_over_batch_size"}},
                "metrics": [{"class_name": "accuracy"}], "weighted_metrics": null,
            },
            "fit": {"shuffle": true, "batch_size": 32, "validation_split": 0, "epochs": 20},
            "seed": 42,
        }),
    ];
    let wanted = Experiment::read(&canonical.to_string()).unwrap();
    assert_eq!(wanted.text(), canonical.to_string());
    for spelling in &spellings {
        let experiment = Experiment::read(&spelling.to_string()).unwrap();
        assert_eq!(experiment, wanted);
        assert_eq!(experiment.text(), wanted.text());
    }
    // And what differs, differs.
    let mut other = canonical.clone();
    other["model"]["config"]["layers"][1] = first.clone();
    other["model"]["config"]["layers"][1]["config"]["use_bias"] = false.into();
    assert_ne!(
        Experiment::read(&other.to_string()).unwrap().text(),
        wanted.text()
    );
}

fn run(change: impl Fn(&mut Json)) -> Run {
    let mut json = json!({
        "data": {"class_name": "Moons", "config": {"n": 50}},
        "model": {"layers": [
            {"class_name": "Dense", "config": {"units": 6, "activation": "tanh"}},
            {"class_name": "Dropout", "config": {"rate": 0.2}},
            {"class_name": "Dense", "config": {"units": 1, "activation": "sigmoid"}},
        ]},
        "compile": {"optimizer": "adam", "loss": "bce", "metrics": ["accuracy"]},
        "fit": {"epochs": 4, "batch_size": 12, "validation_split": 0.2}, "seed": 9,
    });
    change(&mut json);
    Run::new(Experiment::read(&json.to_string()).unwrap(), None).unwrap()
}

#[test]
fn round_trip_of_a_moment_into_runs_of_other_lengths() {
    let mut long = run(|json| json["fit"]["epochs"] = 9.into());
    let mut short = run(|_| ());
    (0..7).for_each(|_| short.step());
    long.restore(&short.checkpoint()).unwrap();
    assert_eq!(long.checkpoint(), short.checkpoint());
    while !short.fit().done() {
        short.step();
        long.step();
        assert_eq!(long.model().weights_hash(), short.model().weights_hash());
    }
    assert!(!long.fit().done());
    long.epoch();
    // A moment after the end of the shorter one is none of its own.
    let before = short.checkpoint();
    assert!(short.restore(&long.checkpoint()).is_err());
    assert_eq!(short.checkpoint(), before);
}

#[test]
fn round_trip_of_a_moment_of_every_optimizer() {
    let common = [
        json!({}),
        json!({"use_ema": true, "ema_momentum": 0.7, "ema_overwrite_frequency": 3, "weight_decay": 0.1}),
        json!({"gradient_accumulation_steps": 3, "global_clipnorm": 0.1, "use_ema": true}),
        json!({"learning_rate": {"class_name": "CosineDecay", "config": {
            "initial_learning_rate": 0.1, "decay_steps": 9, "alpha": 0.1}}}),
    ];
    for kind in optimizers::ALL {
        for options in &common {
            let started = || {
                let optimizer = json!({"class_name": kind.class.class_name, "config": options});
                run(|json| json["compile"]["optimizer"] = optimizer.clone())
            };
            let (mut own, mut other) = (started(), started());
            (0..7).for_each(|_| own.step());
            other.restore(&own.checkpoint()).unwrap();
            assert_eq!(other.checkpoint(), own.checkpoint());
            while !own.fit().done() {
                own.step();
                other.step();
                assert_eq!(own.checkpoint(), other.checkpoint(), "{}", kind.class.name);
            }
            assert!(own.fit().trouble().is_none(), "{}", kind.class.name);
        }
    }
}

#[test]
fn round_trip_of_a_moment_only_within_its_experiment() {
    let mut own = run(|_| ());
    own.epoch();
    let bytes = own.checkpoint();
    type Change = fn(&mut Json);
    let changes: [(&str, Change); 8] = [
        ("seed", |json| json["seed"] = 10.into()),
        ("data", |json| json["data"]["config"]["noise"] = 0.2.into()),
        ("units", |json| {
            json["model"]["layers"][0]["config"]["units"] = 5.into()
        }),
        ("activation", |json| {
            json["model"]["layers"][0]["config"]["activation"] = "relu".into()
        }),
        ("rate", |json| {
            json["model"]["layers"][1]["config"]["rate"] = 0.3.into()
        }),
        ("optimizer", |json| {
            json["compile"]["optimizer"] = "sgd".into()
        }),
        ("batch", |json| json["fit"]["batch_size"] = 13.into()),
        ("split", |json| json["fit"]["validation_split"] = 0.0.into()),
    ];
    for (what, change) in changes {
        let mut other = run(change);
        other.step();
        let before = other.checkpoint();
        let refusal = other.restore(&bytes).expect_err(what);
        assert_eq!(refusal.path, "checkpoint", "{what}");
        assert_eq!(other.checkpoint(), before, "{what}");
    }
}

#[test]
fn round_trip_of_what_callbacks_did() {
    let early =
        json!({"monitor": "loss", "min_delta": 9, "patience": 3, "restore_best_weights": true});
    let callbacks = json!([
        {"class_name": "LearningRateScheduler", "config": {"rates": [0.02, 0.01]}},
        {"class_name": "EarlyStopping", "config": early},
        {"class_name": "ModelCheckpoint", "config": {"monitor": "loss", "save_best_only": true}},
        {"class_name": "CSVLogger", "config": {}},
    ]);
    let experiment = json!({
        "data": {"class_name": "Xor", "config": {"n": 60}},
        "model": {"layers": [{"class_name": "Dense", "config": {"units": 1}}]},
        "compile": {"optimizer": "sgd", "loss": "mse"},
        "fit": {"epochs": 9, "batch_size": 20, "callbacks": callbacks},
        "seed": 3,
    });
    let started = || {
        let experiment = Experiment::read(&experiment.to_string()).unwrap();
        Run::new(experiment, None).unwrap()
    };
    let (mut run, mut moments) = (started(), Vec::new());
    while !run.fit().done() {
        moments.push(run.checkpoint());
        run.step();
    }
    moments.push(run.checkpoint());
    let log = run.log();
    assert!(log.ends_with("best epoch: 1.\n"), "{log}");
    assert_eq!(run.csv()[0].1.lines().count(), 5);
    for moment in moments {
        let mut other = started();
        other.restore(&moment).unwrap();
        while !other.fit().done() {
            other.step();
        }
        assert_eq!(other.fit().events(), run.fit().events());
        assert_eq!((other.log(), other.csv()), (log.clone(), run.csv()));
        assert_eq!(other.model().weights_hash(), run.model().weights_hash());
    }
}

/// Beyond 10,000 epochs and 4,096 batches, a run keeps some of its numbers: the same ones on every way there.
#[test]
fn round_trip_of_a_moment_of_a_long_run() {
    let json = |epochs: usize, metrics: Json| {
        json!({
            "data": {"class_name": "Xor", "config": {"n": 20}},
            "model": {"layers": [{"class_name": "Dense", "config": {"units": 1}}]},
            "compile": {"optimizer": "sgd", "loss": "mse", "metrics": metrics},
            "fit": {"epochs": epochs, "validation_split": 0.2, "callbacks": ["csv_logger"]},
            "seed": 3,
        })
    };
    let open = |json: Json| Run::new(Experiment::read(&json.to_string()).unwrap(), None).unwrap();
    let mut own = open(json(21_000, json!(["mae"])));
    let mut lengths = Vec::new();
    for step in [9_999, 10_001, 15_000, 20_500] {
        while own.steps() < step {
            own.step();
        }
        let bytes = own.checkpoint();
        lengths.push(bytes.len());
        let mut other = open(json(30_000, json!(["mae"])));
        other.restore(&bytes).unwrap();
        assert_eq!(other.checkpoint(), bytes);
        (0..7).for_each(|_| other.step());
        (0..7).for_each(|_| own.step());
        assert_eq!(other.checkpoint(), own.checkpoint());
        assert_eq!(other.csv(), own.csv());
    }
    assert!(lengths.iter().all(|n| *n < 200_000), "{lengths:?}");
    let numbers: Vec<usize> = own
        .fit()
        .logs_since(0)
        .iter()
        .map(|(epoch, _)| *epoch)
        .collect();
    assert_eq!(
        (numbers[..3].to_vec(), numbers.last()),
        (vec![0, 4, 8], Some(&20_506))
    );
    assert_eq!(own.csv()[0].1.lines().count(), 1 + numbers.len());
    // A branch inherits what was kept, under its own names, and goes on.
    let mut child = json(20_600, json!([]));
    child["start"] = json!({"experiment": json(21_000, json!(["mae"])), "step": 20_501});
    let mut child = open(child);
    while !child.fit().done() {
        child.step();
    }
    let numbers: Vec<usize> = child
        .fit()
        .logs_since(0)
        .iter()
        .map(|(epoch, _)| *epoch)
        .collect();
    let wanted: Vec<usize> = (0..20_600).step_by(4).chain([20_599]).collect();
    assert_eq!(numbers, wanted);
    let rows = child.fit().logs_since(0);
    assert!(rows.iter().all(|(_, row)| row.iter().all(Option::is_some)));
}
