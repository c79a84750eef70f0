//! What is read from a text: numbers to the last bit, models inside models, and what says nothing here.

#![cfg(not(target_arch = "wasm32"))]

mod listing;

use glassbox::experiment::Experiment;
use glassbox::model::Sequential;
use glassbox::model::config::ModelConfig;
use glassbox::numerics::rng::Stream;
use glassbox::options::error::ConfigError;
use listing::{refusal, same};
use serde_json::{Value as Json, json};

fn class(name: &str, config: Json) -> Json {
    json!({"class_name": name, "config": config})
}

fn dense(units: usize) -> Json {
    class("Dense", json!({"units": units, "activation": "tanh"}))
}

fn input(shape: &[usize]) -> Json {
    let sizes: Vec<Json> = std::iter::once(Json::Null)
        .chain(shape.iter().map(|n| json!(n)))
        .collect();
    class("InputLayer", json!({"batch_shape": sizes}))
}

fn sequential(layers: &[Json]) -> Json {
    class("Sequential", json!({"layers": layers}))
}

/// An experiment on data that hold these numbers.
fn experiment(numbers: &[f64]) -> String {
    json!({
        "data": class("Numbers", json!({"x": numbers, "y": vec![0; numbers.len()], "shape": [1]})), "seed": 1,
        "model": sequential(&[dense(1)]), "compile": {"optimizer": "sgd", "loss": "mse"},
    })
    .to_string()
}

#[test]
fn round_trip_of_doubles() {
    let mut stream = Stream::new(1, 0);
    let mut doubles = vec![
        1e-30,
        7.002_214_193_344_117e-10,
        0.1,
        1e30,
        5e-324,
        f64::MIN_POSITIVE,
        0.000_1,
    ];
    while doubles.len() < 10_000 {
        let double = f64::from_bits(u64::from(stream.bits()) << 32 | u64::from(stream.bits()));
        doubles.extend((double.abs() <= 1e30).then_some(double));
    }
    for some in doubles.chunks(2_000) {
        // As JavaScript writes it; then as it comes back from the canonical text.
        let text = Experiment::read(&experiment(some))
            .expect("it is an experiment")
            .text();
        let json: Json = serde_json::from_str(&text).expect("it is JSON");
        let read = json["data"]["config"]["x"].as_array().expect("a list");
        for (read, wanted) in read.iter().zip(some) {
            assert_eq!(
                read.as_f64().map(f64::to_bits),
                Some(wanted.to_bits()),
                "{wanted:e}"
            );
        }
        assert_eq!(
            Experiment::read(&text).expect("it is an experiment").text(),
            text
        );
    }
}

fn initialized(model: &Json) -> Result<Sequential, ConfigError> {
    let config = ModelConfig::read(model)?;
    let shape = config.input_shape.clone().unwrap_or_default();
    Sequential::build(&config, &shape, 1)
}

/// The weights that a model begins with, and the names of its arrays.
fn built(model: &Json, shape: &[usize]) -> Result<(Vec<f32>, Vec<bool>), String> {
    let config = ModelConfig::read(model).map_err(|r| r.to_string())?;
    let model = Sequential::build(&config, &shape.to_vec(), 3).map_err(|r| r.to_string())?;
    Ok((
        model.weights().collect(),
        model.table().iter().map(|p| p.trainable).collect(),
    ))
}

#[test]
fn reaches_the_same_model_from_one_inside_another() {
    let flat = sequential(&[input(&[4]), dense(3), dense(2), dense(1)]);
    let nested = [
        sequential(&[input(&[4]), sequential(&[dense(3), dense(2)]), dense(1)]),
        sequential(&[
            sequential(&[input(&[4]), dense(3)]),
            sequential(&[input(&[3]), dense(2), dense(1)]),
        ]),
        sequential(&[
            input(&[4]),
            sequential(&[sequential(&[input(&[4]), dense(3)]), dense(2)]),
            dense(1),
        ]),
    ];
    let wanted = built(&flat, &[4]).expect("it is a model");
    let text = ModelConfig::read(&flat).expect("it is a model").to_json();
    for model in &nested {
        assert_eq!(built(model, &[4]), Ok(wanted.clone()), "{model}");
        assert_eq!(
            ModelConfig::read(model).expect("it is a model").to_json(),
            text
        );
    }
    // Two models may name their layers alike; of one model Keras refuses that.
    let named = |name: &str| class("Dense", json!({"units": 3, "name": name}));
    let apart = sequential(&[
        input(&[4]),
        sequential(&[named("a")]),
        sequential(&[named("a")]),
        named("b"),
    ]);
    let config = ModelConfig::read(&apart).expect("it is a model");
    assert_eq!(config.layer_names(), ["a", "a_1", "b"]);
    assert!(
        ModelConfig::read(&sequential(&[
            input(&[4]),
            sequential(&[named("a"), named("a")])
        ]))
        .is_err()
    );
    let mut frozen = nested[0].clone();
    frozen["config"]["layers"][1]["config"]["layers"][0]["config"]["trainable"] = false.into();
    assert_eq!(
        built(&frozen, &[4]).expect("it is a model").1,
        [false, false, true, true, true, true]
    );
    frozen["config"]["trainable"] = false.into();
    let whole = refusal(
        "a model that is not trainable",
        "config.trainable",
        initialized(&frozen),
    );
    // Keras raises: the model in the middle says nothing of its input, the innermost does.
    let deeper = sequential(&[sequential(&[input(&[5]), dense(2)]), dense(1)]);
    let deeper = sequential(&[input(&[4]), deeper]);
    let inner = refusal(&deeper, "config.layers[1].config", initialized(&deeper));
    same("refusals_of_models_inside", &[whole, inner]);
}

#[test]
fn reaches_a_sentence_for_what_is_not_read() {
    let functional = class("Functional", json!({"layers": []}));
    let with = |key: &str, value: Json| {
        let mut layer = dense(1);
        layer["config"][key] = value;
        sequential(&[input(&[4]), layer])
    };
    let on = |shape: &[usize], class_name: &str, config: Json| {
        sequential(&[input(shape), class(class_name, config)])
    };
    let first = |option: &str| format!("config.layers[1].config.{option}");
    let cases = [
        (
            on(&[4, 1], "MaxPooling1D", json!({"pool_size": 5})),
            first("pool_size"),
        ),
        (
            on(&[4, 4, 1], "AveragePooling2D", json!({"pool_size": [2, 5]})),
            first("pool_size"),
        ),
        (
            on(&[10, 1], "Conv1D", json!({"filters": 1, "kernel_size": 11})),
            first("kernel_size"),
        ),
        (
            on(
                &[10, 1],
                "Conv1D",
                json!({"filters": 1, "kernel_size": 2, "dilation_rate": 10}),
            ),
            first("dilation_rate"),
        ),
        (
            on(
                &[4, 1],
                "SeparableConv1D",
                json!({"filters": 1, "kernel_size": 2, "padding": "causal"}),
            ),
            first("padding"),
        ),
        (
            on(
                &[4, 4, 1],
                "UpSampling2D",
                json!({"interpolation": "bicubic"}),
            ),
            first("interpolation"),
        ),
        (
            on(
                &[4, 4, 1],
                "MaxPooling2D",
                json!({"data_format": "channels_first"}),
            ),
            first("data_format"),
        ),
        (
            on(
                &[4, 1],
                "Conv1D",
                json!({"filters": 1, "kernel_size": 2, "strides": []}),
            ),
            first("strides"),
        ),
        (
            on(
                &[4],
                "Dense",
                json!({"units": 1, "kernel_constraint": class("MaxNorm", json!({"axis": 2}))}),
            ),
            first("kernel_constraint.config.axis"),
        ),
        (
            on(
                &[4, 4, 1],
                "Conv2D",
                json!({"filters": 1, "kernel_size": 2, "kernel_regularizer": class("OrthogonalRegularizer", json!({}))}),
            ),
            first("kernel_regularizer"),
        ),
        (
            sequential(&[input(&[4]), sequential(&[]), dense(1)]),
            "config.layers[1].config.layers".into(),
        ),
        (
            sequential(&[input(&[4]), sequential(&[input(&[5]), dense(2)])]),
            "config.layers[1].config".into(),
        ),
        (
            sequential(&[input(&[4]), sequential(&[dense(0)])]),
            "config.layers[1].config.layers[0].config.units".into(),
        ),
        (
            sequential(&[input(&[4]), functional]),
            "config.layers[1].class_name".into(),
        ),
        (
            with("dtype", json!("float16")),
            "config.layers[1].config.dtype".into(),
        ),
        (
            with(
                "dtype",
                class("DTypePolicy", json!({"name": "mixed_float16"})),
            ),
            "config.layers[1].config.dtype".into(),
        ),
        (
            with(
                "kernel_initializer",
                class(
                    "GlorotUniform",
                    json!({"input_axes": [0], "output_axes": [2]}),
                ),
            ),
            "config.layers[1].config.kernel_initializer.config.output_axes".into(),
        ),
    ];
    let told =
        cases.map(|(model, path)| refusal(&model["config"]["layers"], &path, initialized(&model)));
    same("refusals_of_models", &told);
}
