//! `Run`: numbers that follow by formula, checkpoints, errors, freed runs, two runs side by side.

use crate::js::{Instance, call, check_error, check_freed, data, floats, json, numbers, property};
use glassbox::wasm::Experiment;
use js_sys::{Array, Float32Array, Float64Array, JSON, Uint8Array, Uint32Array};
use serde_json::{Value as Json, json};
use std::slice::from_ref;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

pub const TESTS: &[fn()] = &[
    oracle_of_a_linear_run,
    oracle_of_its_training,
    oracle_of_a_trace_and_a_difference,
    oracle_of_filled_arrays,
    oracle_of_probabilities_of_logits,
    reaches_what_keras_writes,
    reaches_why_a_run_diverged,
    round_trip_of_an_experiment,
    round_trip_of_a_checkpoint,
    bits_of_steps_epochs_and_time,
    bits_of_two_runs_side_by_side,
    reaches_errors_of_a_run,
    reaches_errors_of_arrays_to_fill,
    reaches_an_error_of_a_freed_run,
];

/// Regression of two examples by y = 2 a - 3 b + 0.5: outputs -3.5 and 4, errors -0.5 and 2.
pub fn line() -> Json {
    let numbers = json!({"x": [1, 2, 0.25, -1], "y": [-3, 2], "shape": [2]});
    let plateau = json!({"monitor": "loss", "factor": 0.5, "patience": 1, "min_delta": 100});
    json!({
        "data": {"class_name": "Numbers", "config": numbers},
        "model": sequential(&json!([[1, "linear"]])),
        "compile": {
            "optimizer": {"class_name": "SGD", "config": {"learning_rate": 0.5}},
            "loss": "mean_squared_error",
            "metrics": ["mae"],
        },
        "fit": {"epochs": 2, "batch_size": 2, "shuffle": false, "callbacks": [
            {"class_name": "ReduceLROnPlateau", "config": plateau},
            {"class_name": "CSVLogger", "config": {}},
        ]},
        "seed": 1,
        "start": {"weights": [
            {"path": "dense/kernel", "at": 0, "values": [2, -3]},
            {"path": "dense/bias", "at": 0, "values": [0.5]},
        ]},
    })
}

/// Two classes of points, with random weights.
pub fn circle(seed: u32) -> Json {
    json!({
        "data": {"class_name": "Circle", "config": {"n": 60}},
        "model": sequential(&json!([[4, "tanh"], [1, "sigmoid"]])),
        "compile": {"optimizer": "adam", "loss": "binary_crossentropy", "metrics": ["accuracy"]},
        "fit": {"epochs": 3, "batch_size": 16},
        "seed": seed,
    })
}

fn sequential(layers: &Json) -> Json {
    let dense = |layer: &Json| {
        let config = json!({"units": layer[0], "activation": layer[1]});
        json!({"class_name": "Dense", "config": config})
    };
    let layers: Vec<Json> = layers.as_array().unwrap().iter().map(dense).collect();
    json!({"class_name": "Sequential", "config": {"layers": layers}})
}

fn run(experiment: &Json) -> Instance {
    Instance::new("Run", &[data(experiment)]).unwrap()
}

/// The numbers of a `Float64Array`.
fn doubles(value: JsValue) -> Vec<f64> {
    value.dyn_into::<Float64Array>().unwrap().to_vec()
}

/// What a method writes into an array that its caller provides.
fn filled(run: &Instance, method: &str, arguments: &[JsValue], length: u32) -> Vec<f32> {
    let into = Float32Array::new_with_length(length);
    let arguments = [arguments, &[into.clone().into()]].concat();
    assert_eq!(run.call(method, &arguments), JsValue::UNDEFINED);
    into.to_vec()
}

#[wasm_bindgen_test]
fn oracle_of_a_linear_run() {
    let run = run(&line());
    let info = json(&run.call("info", &[]));
    for (name, wanted) in [
        ("input_shape", json!([2])),
        ("n_outputs", json!(1)),
        ("n_weights", json!(3)),
        ("n_activations", json!(1)),
        ("n_train", json!(2)),
        ("n_validation", json!(0)),
        ("n_batches", json!(1)),
        ("epochs", json!(2)),
        ("task", json!("regression")),
        ("log_names", json!(["loss", "mae", "learning_rate"])),
        ("log_counts", json!([1, 1, 1])),
    ] {
        assert_eq!(info[name], wanted, "{name}");
    }
    assert_eq!(info["layers"][0]["params"][1]["path"], "dense/bias");
    let inputs = run.call("inputs", &["train".into()]);
    assert_eq!(numbers(&inputs), [1.0, 2.0, 0.25, -1.0]);
    assert_eq!(
        numbers(&run.call("targets", &["train".into()])),
        [-3.0, 2.0]
    );
    assert_eq!(numbers(&run.call("inputs", &["test".into()])), [0.0; 0]);
    assert_eq!(
        doubles(run.call("evaluate", &["train".into()])),
        [2.125, 1.25]
    );
    assert_eq!(doubles(run.call("evaluate", &["test".into()])), [0.0; 0]);
    // With all weights 0 the outputs are 0.
    let loss = run.call("loss_with", &[floats(&[0.0; 3])]);
    assert_eq!(loss, JsValue::from(6.5));
    assert!(run.text("summary").contains("Total params: 3 (12.00 B)"));
}

/// The gradients are 0, -3 and 1.5, the learning rate is 0.5; after that the errors are 1.75 and -0.25.
#[wasm_bindgen_test]
fn oracle_of_its_training() {
    let run = run(&line());
    let counters = || ["epochs_done", "batch", "steps"].map(|name| run.number(name));
    assert_eq!(counters(), [0.0, 0.0, 0.0]);
    assert_eq!(run.call("step", &[]), JsValue::from(1));
    assert_eq!(filled(&run, "read_weights", &[], 3), [2.0, -1.5, -0.25]);
    assert_eq!(counters(), [1.0, 0.0, 1.0]);
    assert!(!run.is("done"));
    assert_eq!(run.call("epoch", &[]), JsValue::from(1));
    assert!(run.is("done"));
    assert_eq!(run.call("step", &[]), JsValue::from(0));
    let losses = |n: u32| numbers(&property(&run.call("batches_since", &[n.into()]), "losses"));
    assert_eq!((losses(0), losses(1)), (vec![2.125, 1.5625], vec![1.5625]));
    let logs = |n: u32| doubles(property(&run.call("epochs_since", &[n.into()]), "rows"));
    assert_eq!(logs(0), [2.125, 1.25, 0.5, 1.5625, 1.0, 0.5]);
    assert_eq!(logs(1), [1.5625, 1.0, 0.5]);
    // The loss of the second epoch is not better by 100: the learning rate is halved.
    let events = json(&run.call("events_since", &[0.into()]));
    let line = "Epoch 2: ReduceLROnPlateau reducing learning rate to 0.25.\n";
    let event =
        json!({"epoch": 1, "action": "reduced", "value": 0.25, "monitor": "loss", "line": line});
    assert_eq!(events, json!([event]));
    assert_eq!(json(&run.call("events_since", &[1.into()])), json!([]));
    assert_eq!(run.call("trouble", &[]), JsValue::UNDEFINED);
    // The least loss is the second's; two epochs without a smaller one follow.
    let losses = Float64Array::from(&[3.0, 2.0, 2.5, 2.25][..]);
    let best = run.call("would_stop", &[losses.into(), false.into(), 2.into()]);
    assert_eq!(best.dyn_into::<Uint32Array>().unwrap().to_vec(), [2, 4]);
}

#[wasm_bindgen_test]
fn oracle_of_a_trace_and_a_difference() {
    let run = run(&line());
    let before = run.text("weights_hash");
    // L is a parabola in the second weight: 1.25 at -2.5, 4.25 at -3.5.
    let difference = run.call("difference", &[1.into(), 0.5.into()]);
    assert_eq!(doubles(difference), [0.5, 1.25, 4.25, -3.0]);
    assert_eq!(
        run.text("weights_hash"),
        before,
        "a difference changes nothing"
    );
    let trace = run.call("trace", &[]);
    let array = |name| numbers(&property(&trace, name));
    assert_eq!(property(&trace, "loss"), JsValue::from(2.125));
    assert_eq!(array("x"), [1.0, 2.0, 0.25, -1.0]);
    assert_eq!(array("t"), [-3.0, 2.0]);
    assert_eq!(array("terms"), [0.25, 4.0]);
    assert_eq!(array("gradients"), [0.0, -3.0, 1.5]);
    assert_eq!(array("before"), [2.0, -3.0, 0.5]);
    assert_eq!(array("after"), [2.0, -1.5, -0.25]);
    assert_eq!(property(&trace, "learning_rate"), JsValue::from(0.5));
    assert_eq!(property(&trace, "update"), JsValue::from(1));
    let rows = property(&trace, "rows").dyn_into::<Uint32Array>();
    assert_eq!(rows.unwrap().to_vec(), [0, 1]);
    let output = Array::from(&property(&trace, "layers")).get(0);
    assert_eq!(numbers(&property(&output, "a")), [-3.5, 4.0]);
    assert_eq!(filled(&run, "read_weights", &[], 3), array("after"));
}

#[wasm_bindgen_test]
fn oracle_of_filled_arrays() {
    let run = run(&line());
    assert_eq!(filled(&run, "read_weights", &[], 3), [2.0, -3.0, 0.5]);
    let example = |row: u32| filled(&run, "read_example", &["train".into(), row.into()], 1);
    assert_eq!((example(0), example(1)), (vec![-3.5], vec![4.0]));
    assert_eq!(
        filled(&run, "read_input", &[floats(&[1.0, 1.0])], 1),
        [-0.5]
    );
    let predicted = filled(&run, "read_predictions", &["train".into(), 0.into()], 2);
    assert_eq!(predicted, [-3.5, 4.0]);
    let second = filled(&run, "read_predictions", &["train".into(), 1.into()], 1);
    assert_eq!(second, [4.0]);
    // The middles of 2 x 2 cells of the plane, the first row at the top.
    let bounds = json(&run.call("info", &[]))["data"]["bounds"].clone();
    let [x0, x1, y0, y1] = [0, 1, 2, 3].map(|i| bounds[i].as_f64().unwrap());
    let cells = filled(&run, "read_grid", &[2.into()], 4);
    let middle = |from: f64, to: f64, part: f64| from + (to - from) * part;
    for (cell, [across, up]) in [[0.25, 0.75], [0.75, 0.75], [0.25, 0.25], [0.75, 0.25]]
        .into_iter()
        .enumerate()
    {
        let wanted = 2.0 * middle(x0, x1, across) - 3.0 * middle(y0, y1, up) + 0.5;
        let off = (f64::from(cells[cell]) - wanted).abs();
        assert!(off < 1e-5, "cell {cell}: {} and {wanted}", cells[cell]);
    }
}

/// sigmoid(0) = 1/2, sigmoid(ln 3) = 3/4; the outputs of a regression stay.
#[wasm_bindgen_test]
fn oracle_of_probabilities_of_logits() {
    let outputs = [0.0, 1.098_612_3];
    let of = |run: &Instance| numbers(&run.call("probabilities", &[floats(&outputs)]));
    assert_eq!(of(&run(&line())), outputs);
    let mut logits = circle(1);
    logits["model"] = sequential(&json!([[1, "linear"]]));
    let loss = json!({"class_name": "BinaryCrossentropy", "config": {"from_logits": true}});
    logits["compile"]["loss"] = loss;
    let run = run(&logits);
    assert_eq!(json(&run.call("info", &[]))["outputs_are_logits"], true);
    let p = of(&run);
    assert!(
        (p[0] - 0.5).abs() < 1e-6 && (p[1] - 0.75).abs() < 1e-6,
        "{p:?}"
    );
}

#[wasm_bindgen_test]
fn reaches_what_keras_writes() {
    let run = run(&line());
    run.call("run", &[0.into()]);
    run.call("epoch", &[]);
    let log = run.text("log");
    assert!(log.starts_with("Epoch 1/2\n"), "{log}");
    assert!(log.contains("loss: 1.5625 - mae: 1.0000"), "{log}");
    let files = json(&run.call("csv", &[]));
    assert_eq!(files[0]["filename"], "log.csv");
    let text = files[0]["text"].as_str().unwrap();
    let mut rows = text.lines().map(|row| row.split(',').collect::<Vec<_>>());
    let names = rows.next().unwrap();
    for row in rows.by_ref().take(1) {
        let of = |name| row[names.iter().position(|n| *n == name).unwrap()];
        assert_eq!([of("epoch"), of("loss"), of("mae")], ["0", "2.125", "1.25"]);
    }
    assert_eq!(rows.count(), 1, "a row for each epoch: {text}");
    let code = run.text("keras_code");
    for line in ["keras.utils.set_random_seed(1)", "Dense(1", "epochs=2"] {
        assert!(code.contains(line), "{code}");
    }
}

#[wasm_bindgen_test]
fn reaches_why_a_run_diverged() {
    let mut experiment = line();
    experiment["compile"]["optimizer"]["config"]["learning_rate"] = json!(1e6);
    experiment["fit"] = json!({"epochs": 50, "batch_size": 2});
    let run = run(&experiment);
    while !run.is("done") {
        run.call("epoch", &[]);
    }
    let trouble = run.text("trouble");
    assert!(
        trouble.contains("poch") && trouble.ends_with('.'),
        "{trouble}"
    );
    let weights = filled(&run, "read_weights", &[], 3);
    assert!(weights.iter().all(|w| w.is_finite()), "{weights:?}");
}

#[wasm_bindgen_test]
fn round_trip_of_an_experiment() {
    let mut branch = circle(2);
    branch["start"] = json!({"experiment": circle(1), "step": 2});
    for experiment in [line(), circle(1), branch] {
        let run = run(&experiment);
        let text = run.text("text");
        let given = run.call("experiment", &[]);
        let parsed = JSON::parse(&text).unwrap();
        let stringify = |value: &JsValue| JSON::stringify(value).unwrap();
        assert_eq!(
            stringify(&given),
            stringify(&parsed),
            "with the same order of keys"
        );
        assert_eq!(
            call("check_experiment", from_ref(&given)),
            Ok(text.clone().into())
        );
        // The derived type reads all of it, and refuses what it does not know.
        let read: Experiment = serde_wasm_bindgen::from_value(given.clone()).unwrap();
        let written = data(&serde_json::to_value(&read).unwrap());
        assert_eq!(stringify(&written), stringify(&given));
        let read: Experiment = serde_json::from_str(&text).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), text);
        let mut unknown = json(&given);
        unknown["sead"] = json!(1);
        assert!(serde_json::from_value::<Experiment>(unknown).is_err());
        for input in [given.clone(), text.into()] {
            let again = Instance::new("Run", &[input]).unwrap();
            assert_eq!(again.text("weights_hash"), run.text("weights_hash"));
        }
    }
}

#[wasm_bindgen_test]
fn round_trip_of_a_checkpoint() {
    let run = run(&circle(1));
    for _ in 0..5 {
        run.call("step", &[]);
    }
    let (saved, hash) = (run.call("checkpoint", &[]), run.text("weights_hash"));
    assert!(saved.has_type::<Uint8Array>());
    while !run.is("done") {
        run.call("epoch", &[]);
    }
    let end = run.text("weights_hash");
    assert_ne!(end, hash);
    run.call("restore", from_ref(&saved));
    assert_eq!((run.text("weights_hash"), run.number("steps")), (hash, 5.0));
    let other = self::run(&circle(1));
    other.call("restore", &[saved]);
    for run in [&run, &other] {
        while !run.is("done") {
            run.call("epoch", &[]);
        }
        assert_eq!(run.text("weights_hash"), end);
    }
}

#[wasm_bindgen_test]
fn bits_of_steps_epochs_and_time() {
    let by = |method: &str, arguments: &[JsValue]| {
        let run = run(&circle(1));
        let mut steps = 0.0;
        while !run.is("done") {
            steps += run.call(method, arguments).as_f64().unwrap();
        }
        assert_eq!(steps, run.number("steps"), "{method}");
        run.text("weights_hash")
    };
    assert_eq!(by("step", &[]), by("epoch", &[]));
    assert_eq!(by("step", &[]), by("run", &[0.5.into()]));
}

#[wasm_bindgen_test]
fn bits_of_two_runs_side_by_side() {
    let alone = |seed| {
        let run = run(&circle(seed));
        while !run.is("done") {
            run.call("step", &[]);
        }
        run.text("weights_hash")
    };
    let runs = [run(&circle(1)), run(&circle(2))];
    while !runs[0].is("done") {
        for run in &runs {
            run.call("step", &[]);
            run.call("evaluate", &["train".into()]);
        }
    }
    assert_eq!(
        runs.each_ref().map(|run| run.text("weights_hash")),
        [1, 2].map(alone)
    );
    assert_ne!(alone(1), alone(2));
}

#[wasm_bindgen_test]
fn reaches_errors_of_a_run() {
    let mut digits = circle(1);
    digits["data"] = json!({"class_name": "Digits01", "config": {}});
    let without = Instance::new("Run", &[data(&digits)]);
    check_error(without, "data.dataset", "digits01.bin");
    let short = Uint8Array::new_with_length(5);
    let damaged = Instance::new("Run", &[data(&digits), short.into()]);
    check_error(damaged, "data.dataset", "bytes");
    let text = circle(1)
        .to_string()
        .replace("binary_crossentropy", "binary");
    let unknown = Instance::new("Run", &[text.into()]);
    check_error(unknown, "compile.loss.class_name", "called 'binary'");

    let run = run(&circle(1));
    let hash = run.text("weights_hash");
    let set = run.try_call("inputs", &["trian".into()]);
    check_error(set, "set", "'train'");
    let damaged = Uint8Array::from(&[1, 2, 3][..]);
    let answer = run.try_call("restore", &[damaged.into()]);
    check_error(answer, "checkpoint", "damaged");
    let of_another = self::run(&circle(2)).call("checkpoint", &[]);
    let answer = run.try_call("restore", &[of_another]);
    check_error(answer, "checkpoint", "another experiment");
    assert_eq!(run.text("weights_hash"), hash);
}

#[wasm_bindgen_test]
fn reaches_errors_of_arrays_to_fill() {
    let run = run(&line());
    let fill = |method: &str, arguments: &[JsValue], length: u32| {
        let into = Float32Array::new_with_length(length);
        let answer = run.try_call(method, &[arguments, &[into.clone().into()]].concat());
        assert!(into.to_vec().iter().all(|number| *number == 0.0));
        answer
    };
    let train = JsValue::from("train");
    let said = "The array has 2 places; it needs 3.";
    check_error(fill("read_weights", &[], 2), "into", said);
    check_error(
        fill("read_predictions", &[train.clone(), 0.into()], 3),
        "into",
        "needs 2",
    );
    check_error(
        fill("read_predictions", &[train.clone(), 9.into()], 1),
        "into",
        "needs 0",
    );
    check_error(fill("read_grid", &[2.into()], 5), "into", "needs 4");
    check_error(
        fill("read_example", &[train, 2.into()], 1),
        "index",
        "row 2",
    );
    check_error(
        fill("read_input", &[floats(&[1.0])], 1),
        "x",
        "2 finite numbers",
    );
}

#[wasm_bindgen_test]
fn reaches_an_error_of_a_freed_run() {
    let (freed, other) = (run(&line()), run(&line()));
    freed.call("step", &[]);
    freed.call("free", &[]);
    check_freed(
        &freed,
        &["text", "step", "trace", "checkpoint", "weights_hash"],
    );
    assert_eq!(filled(&other, "read_weights", &[], 3), [2.0, -3.0, 0.5]);
    other.call("step", &[]);
    assert_eq!(filled(&other, "read_weights", &[], 3), [2.0, -1.5, -0.25]);
    assert_eq!(run(&line()).number("steps"), 0.0);
}
