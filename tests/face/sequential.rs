//! `Sequential` and `Fit`: numbers that follow by formula, errors, freed models, two models side by side.

use crate::js::{
    Instance, arrays, check_error, check_freed, data, floats, json, numbers, property,
};
use js_sys::{Array, Float32Array, Map, Reflect};
use serde_json::{Value as Json, json};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

pub const TESTS: &[fn()] = &[
    oracle_of_a_linear_model,
    oracle_of_a_step_of_gradient_descent,
    oracle_of_weighted_examples_and_validation_data,
    reaches_the_lists_of_keras_names_in_history,
    round_trip_of_weights_and_config,
    bits_of_a_seed,
    bits_of_steps_epochs_and_time,
    bits_of_two_models_side_by_side,
    reaches_errors_of_a_model_config,
    reaches_errors_of_a_seed,
    reaches_errors_of_compile,
    reaches_errors_of_fit,
    reaches_errors_of_set_weights,
    reaches_errors_of_predict_and_evaluate,
    reaches_an_error_of_a_freed_model,
    reaches_a_fit_of_a_freed_model,
];

/// Two examples of two inputs, and their targets.
const X: [f32; 4] = [1.0, 2.0, 0.25, -1.0];
const Y: [f32; 2] = [-3.0, 2.0];

fn config(layers: &Json) -> Json {
    let mut all = vec![json!({"class_name": "InputLayer", "config": {"batch_shape": [null, 2]}})];
    for layer in layers.as_array().unwrap() {
        let config = json!({"units": layer[0], "activation": layer[1]});
        all.push(json!({"class_name": "Dense", "config": config}));
    }
    json!({"class_name": "Sequential", "config": {"layers": all}})
}

fn model(layers: &Json, seed: u32) -> Instance {
    Instance::new("Sequential", &[data(&config(layers)), seed.into()]).unwrap()
}

fn compile(model: &Instance, options: &Json) {
    let answer = model.call("compile", &[data(options)]);
    assert_eq!(answer, JsValue::UNDEFINED);
}

/// y = 2 a - 3 b + 0.5: -3.5 and 4 for the two examples.
fn linear() -> Instance {
    let model = model(&json!([[1, "linear"]]), 1);
    model.call("set_weights", &[arrays(&[&[2.0, -3.0], &[0.5]])]);
    let sgd = json!({"class_name": "SGD", "config": {"learning_rate": 0.5}});
    compile(
        &model,
        &json!({"optimizer": sgd, "loss": "mse", "metrics": ["mae"]}),
    );
    model
}

/// A classifier with random weights.
fn classifier(seed: u32) -> Instance {
    let model = model(&json!([[4, "tanh"], [1, "sigmoid"]]), seed);
    compile(
        &model,
        &json!({"optimizer": "adam", "loss": "binary_crossentropy"}),
    );
    model
}

/// 40 examples of it; whether a > b.
fn classes() -> [JsValue; 2] {
    let x: Vec<f32> = (0..80u16)
        .map(|i| f32::from(i * 37 % 101) / 101.0)
        .collect();
    let y: Vec<f32> = x.chunks(2).map(|x| f32::from(x[0] > x[1])).collect();
    [floats(&x), floats(&y)]
}

fn fit(model: &Instance, x: &[JsValue; 2], options: JsValue) -> Instance {
    let [x, y] = x.clone();
    Instance::of(model.call("fit", &[x, y, options]))
}

fn weights(model: &Instance) -> Vec<Vec<f32>> {
    let list = Array::from(&model.call("get_weights", &[]));
    list.iter().map(|array| numbers(&array)).collect()
}

#[wasm_bindgen_test]
fn oracle_of_a_linear_model() {
    let model = linear();
    let predicted = model.call("predict", &[floats(&X)]);
    assert_eq!(numbers(&predicted), [-3.5, 4.0]);
    let predicted = model.call("predict", &[data(&json!([1, 2, 0.25, -1]))]);
    assert_eq!(numbers(&predicted), [-3.5, 4.0], "of an ordinary array");
    // Errors -0.5 and 2: the mean of their squares, the mean of their sizes.
    let measured = model.call("evaluate", &[floats(&X), floats(&Y)]);
    assert_eq!(json(&measured), json!([2.125, 1.25]));
    assert!(model.text("summary").contains("Total params: 3 (12.00 B)"));
    assert_eq!(weights(&model), [vec![2.0, -3.0], vec![0.5]]);
    // The arrays are copies.
    let first = Array::from(&model.call("get_weights", &[])).get(0);
    first.unchecked_into::<Float32Array>().fill(9.0, 0, 2);
    assert_eq!(numbers(&model.call("predict", &[floats(&X)])), [-3.5, 4.0]);
}

/// dL/dw = [1 * -0.5 + 0.25 * 2, 2 * -0.5 - 1 * 2] = [0, -3] and dL/db = 1.5, times the learning rate of 0.5.
#[wasm_bindgen_test]
fn oracle_of_a_step_of_gradient_descent() {
    let model = linear();
    let options = data(&json!({"epochs": 2, "batch_size": 2, "shuffle": false}));
    let fit = fit(&model, &[floats(&X), floats(&Y)], options);
    assert_eq!(
        json(&fit.call("history", &[])),
        json!({"loss": [], "mae": []})
    );
    fit.call("step", &[]);
    assert_eq!(weights(&model), [vec![2.0, -1.5], vec![-0.25]]);
    assert!(!fit.is("done"));
    fit.call("step", &[]);
    assert!(fit.is("done"));
    // The errors of the second epoch: 1.75 and -0.25.
    let history = json(&fit.call("history", &[]));
    assert_eq!(history, json!({"loss": [2.125, 1.5625], "mae": [1.25, 1]}));
}

#[wasm_bindgen_test]
fn oracle_of_weighted_examples_and_validation_data() {
    let model = linear();
    let options = data(&json!({"epochs": 1, "batch_size": 2, "shuffle": false}));
    let set = |name: &str, value: JsValue| Reflect::set(&options, &name.into(), &value).unwrap();
    set("sample_weight", floats(&[1.0, 3.0]));
    set("validation_data", arrays(&[&[0.0, 0.0], &[1.0], &[2.0]]));
    let fit = fit(&model, &[floats(&X), floats(&Y)], options.clone());
    fit.call("epoch", &[]);
    // Gradients [1 * -0.5 + 0.25 * 6, 2 * -0.5 - 1 * 6] = [1, -7] and 5.5.
    assert_eq!(weights(&model), [vec![1.5, 0.5], vec![-2.25]]);
    let history = json(&fit.call("history", &[]));
    // (0.25 + 3 * 4) / 2 in training; 2 * (-2.25 - 1)^2 in validation.
    assert_eq!(history["loss"], json!([6.125]));
    assert_eq!(history["val_loss"], json!([21.125]));
}

#[wasm_bindgen_test]
fn reaches_the_lists_of_keras_names_in_history() {
    let model = classifier(3);
    compile(
        &model,
        &json!({"loss": "binary_crossentropy", "metrics": ["accuracy"]}),
    );
    let plateau = json!({"class_name": "ReduceLROnPlateau", "config": {}});
    let options = json!({"epochs": 3, "validation_split": 0.25, "callbacks": [plateau]});
    let fit = fit(&model, &classes(), data(&options));
    while !fit.is("done") {
        fit.call("epoch", &[]);
    }
    let history = json(&fit.call("history", &[]));
    let names: Vec<&String> = history.as_object().unwrap().keys().collect();
    let keras = [
        "accuracy",
        "loss",
        "val_accuracy",
        "val_loss",
        "learning_rate",
    ];
    assert_eq!(names, keras);
    for (name, list) in history.as_object().unwrap() {
        assert_eq!(list.as_array().map(Vec::len), Some(3), "{name}");
    }
}

#[wasm_bindgen_test]
fn round_trip_of_weights_and_config() {
    let model = classifier(5);
    let config = model.text("to_json");
    let as_data = data(&serde_json::from_str(&config).unwrap());
    for config in [config.clone().into(), as_data] {
        let other = Instance::new("Sequential", &[config, 6.into()]).unwrap();
        assert_eq!(other.text("to_json"), model.text("to_json"));
        assert_ne!(other.text("weights_hash"), model.text("weights_hash"));
        other.call("set_weights", &[model.call("get_weights", &[])]);
        assert_eq!(other.text("weights_hash"), model.text("weights_hash"));
    }
}

#[wasm_bindgen_test]
fn bits_of_a_seed() {
    let hash = |seed| classifier(seed).text("weights_hash");
    assert_eq!(hash(7), hash(7));
    assert_ne!(hash(7), hash(8));
    assert_eq!(classifier(7).number("seed"), 7.0);
    // Without a seed it is drawn.
    let config = data(&config(&json!([[4, "tanh"], [1, "sigmoid"]])));
    let drawn = Instance::new("Sequential", &[config]).unwrap();
    assert_eq!(
        hash(drawn.number("seed") as u32),
        drawn.text("weights_hash")
    );
}

#[wasm_bindgen_test]
fn bits_of_steps_epochs_and_time() {
    let options = json!({"epochs": 3, "batch_size": 16});
    let by = |method: &str, arguments: &[JsValue]| {
        let model = classifier(9);
        let fit = fit(&model, &classes(), data(&options));
        while !fit.is("done") {
            fit.call(method, arguments);
        }
        model.text("weights_hash")
    };
    assert_eq!(by("step", &[]), by("epoch", &[]));
    assert_eq!(by("step", &[]), by("run", &[0.5.into()]));
}

#[wasm_bindgen_test]
fn bits_of_two_models_side_by_side() {
    let start = |seed| {
        let model = classifier(seed);
        let fit = fit(
            &model,
            &classes(),
            data(&json!({"epochs": 3, "batch_size": 16})),
        );
        (model, fit)
    };
    let alone = |seed| {
        let (model, fit) = start(seed);
        while !fit.is("done") {
            fit.call("step", &[]);
        }
        model.text("weights_hash")
    };
    let (first, second) = (start(1), start(2));
    while !first.1.is("done") {
        first.1.call("step", &[]);
        second.0.call("predict", &[floats(&X)]);
        second.1.call("step", &[]);
    }
    assert_eq!(first.0.text("weights_hash"), alone(1));
    assert_eq!(second.0.text("weights_hash"), alone(2));
}

#[wasm_bindgen_test]
fn reaches_errors_of_a_model_config() {
    let create = |config: JsValue| Instance::new("Sequential", &[config, 1.into()]);
    check_error(create("{".into()), "config", "line 1, column 1");
    check_error(create(Map::new().into()), "config", "config is a Map");
    let units = data(&config(&json!([[0, "relu"]])));
    check_error(create(units), "config.layers[1].config.units", "units");
    let activation = data(&config(&json!([[1, "rellu"]])));
    check_error(
        create(activation),
        "config.layers[1].config.activation.class_name",
        "'relu'",
    );
    let mut shapeless = config(&json!([[1, "relu"]]));
    shapeless["config"]["layers"]
        .as_array_mut()
        .unwrap()
        .remove(0);
    check_error(create(data(&shapeless)), "config.layers[0]", "InputLayer");
}

#[wasm_bindgen_test]
fn reaches_errors_of_a_seed() {
    for (seed, said) in [
        (f64::NAN, "seed is NaN"),
        (-1.0, "seed is -1"),
        (0.5, "seed is 0.5"),
        (4_294_967_296.0, "seed is 4294967296"),
    ] {
        let config = data(&config(&json!([[1, "relu"]])));
        let answer = Instance::new("Sequential", &[config, seed.into()]);
        check_error(answer, "seed", said);
    }
}

#[wasm_bindgen_test]
fn reaches_errors_of_compile() {
    let model = linear();
    let compile = |options: JsValue| model.try_call("compile", &[options]);
    let adm = json!({"loss": "mse", "optimizer": "adm"});
    check_error(
        compile(data(&adm)),
        "compile.optimizer.class_name",
        "'adam'",
    );
    check_error(compile(data(&json!({}))), "compile.loss", "loss");
    check_error(compile(Map::new().into()), "compile", "compile is a Map");
    // What was compiled before is still there.
    let measured = model.call("evaluate", &[floats(&X), floats(&Y)]);
    assert_eq!(json(&measured), json!([2.125, 1.25]));
}

#[wasm_bindgen_test]
fn reaches_errors_of_fit() {
    let compiled = linear();
    let fit = |model: &Instance, x: &[f32], y: &[f32], options: JsValue| {
        model.try_call("fit", &[floats(x), floats(y), options])
    };
    let given = |name: &str, value: JsValue| {
        let options = data(&json!({}));
        Reflect::set(&options, &name.into(), &value).unwrap();
        fit(&compiled, &X, &Y, options)
    };
    check_error(given("epochs", 0.into()), "fit.epochs", "epochs");
    check_error(
        given("epochs", f64::NAN.into()),
        "fit.epochs",
        "epochs is NaN",
    );
    let text = given("sample_weight", "all".into());
    check_error(text, "sample_weight", "must be a Float32Array");
    let numbers = Array::of2(&floats(&X), &Array::of2(&1.into(), &2.into()));
    let validation = given("validation_data", numbers.into());
    check_error(validation, "validation_data[1]", "must be a Float32Array");
    let alone = given("validation_data", arrays(&[&X]));
    check_error(alone, "validation_data", "[x, y]");
    let map = fit(&compiled, &X, &Y, Map::new().into());
    check_error(map, "fit", "fit is a Map");
    let options = JsValue::UNDEFINED;
    check_error(fit(&compiled, &X[1..], &Y, options.clone()), "x", "3");
    check_error(
        fit(&compiled, &X, &[f32::NAN, 2.0], options.clone()),
        "y",
        "NaN",
    );
    let built = model(&json!([[1, "linear"]]), 1);
    check_error(fit(&built, &X, &Y, options), "", "not compiled");
    // A run that diverges throws, and the last finite weights stay.
    let sgd = json!({"class_name": "SGD", "config": {"learning_rate": 1e6}});
    compile(&compiled, &json!({"optimizer": sgd, "loss": "mse"}));
    let options = data(&json!({"epochs": 50}));
    let run = Instance::of(fit(&compiled, &X, &Y, options).unwrap());
    let thrown = loop {
        if let Err(thrown) = run.try_call("epoch", &[]) {
            break thrown;
        }
        assert!(!run.is("done"), "it diverges");
    };
    check_error(Err::<(), _>(thrown), "fit", "poch");
    assert!(weights(&compiled).concat().iter().all(|w| w.is_finite()));
}

#[wasm_bindgen_test]
fn reaches_errors_of_set_weights() {
    let model = linear();
    let set = |weights: &[&[f32]]| model.try_call("set_weights", &[arrays(weights)]);
    let said = "[2, 1] numbers, but [1, 2]";
    check_error(set(&[&[0.5], &[2.0, -3.0]]), "weights", said);
    check_error(set(&[&[1.0, f32::INFINITY], &[0.0]]), "weights", "finite");
    assert_eq!(weights(&model), [vec![2.0, -3.0], vec![0.5]]);
}

#[wasm_bindgen_test]
fn reaches_errors_of_predict_and_evaluate() {
    let compiled = linear();
    let answer = compiled.try_call("predict", &[floats(&X[1..])]);
    check_error(answer, "x", "x has 3 numbers");
    let answer = compiled.try_call("evaluate", &[floats(&X[1..]), floats(&Y)]);
    check_error(answer, "x", "3");
    let built = model(&json!([[1, "linear"]]), 1);
    let answer = built.try_call("evaluate", &[floats(&X), floats(&Y)]);
    check_error(answer, "", "call compile");
}

#[wasm_bindgen_test]
fn reaches_an_error_of_a_freed_model() {
    let (freed, other) = (linear(), linear());
    freed.call("free", &[]);
    check_freed(
        &freed,
        &["get_weights", "summary", "weights_hash", "compile"],
    );
    assert_eq!(numbers(&other.call("predict", &[floats(&X)])), [-3.5, 4.0]);
    let third = linear();
    assert_eq!(third.text("weights_hash"), other.text("weights_hash"));
}

#[wasm_bindgen_test]
fn reaches_a_fit_of_a_freed_model() {
    let (model, alone) = (linear(), linear());
    let rows = [floats(&X), floats(&Y)];
    let options = json!({"epochs": 2, "batch_size": 2});
    let [run, other] = [&model, &alone].map(|model| fit(model, &rows, data(&options)));
    model.call("free", &[]);
    run.call("epoch", &[]);
    let history = run.call("history", &[]);
    assert_eq!(json(&property(&history, "loss")), json!([2.125]));
    run.call("free", &[]);
    check_freed(&run, &["step", "epoch", "history"]);
    other.call("epoch", &[]);
    assert_eq!(weights(&alone), [vec![2.0, -1.5], vec![-0.25]]);
}
