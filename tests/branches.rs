//! A branch, which starts from a moment of another run: without a change it ends as the other does, and
//! what is changed is all that differs.

#![cfg(not(target_arch = "wasm32"))]

mod listing;

use glassbox::experiment::Experiment;
use glassbox::numerics::rng::Stream;
use glassbox::options::error::ConfigError;
use glassbox::run::Run;
use glassbox::training::fit::Thinned;
use listing::{refusal, same};
use serde_json::{Value as Json, json};

fn base() -> Json {
    json!({
        "data": {"class_name": "Moons", "config": {"n": 90}},
        "model": {"layers": [
            {"class_name": "Dense", "config": {"units": 6, "activation": "tanh"}},
            {"class_name": "Dropout", "config": {"rate": 0.2}},
            {"class_name": "BatchNormalization", "config": {}},
            {"class_name": "Dense", "config": {"units": 1, "activation": "sigmoid"}}]},
        "compile": {
            "optimizer": {"class_name": "Adam", "config": {"learning_rate": 0.02}},
            "loss": "binary_crossentropy", "metrics": ["accuracy"]},
        "fit": {"epochs": 7, "batch_size": 11, "validation_split": 0.2, "callbacks": [
            {"class_name": "ReduceLROnPlateau", "config": {"patience": 1, "monitor": "loss"}}]},
        "seed": 12
    })
}

fn open(experiment: &Json) -> Run {
    opened(experiment).unwrap()
}

fn opened(experiment: &Json) -> Result<Run, ConfigError> {
    Run::new(Experiment::read(&experiment.to_string())?, None)
}

/// `experiment` setting out from batch `step` of `other`.
fn branch(mut experiment: Json, other: &Json, step: u64) -> Json {
    experiment["start"] = json!({"experiment": other, "step": step});
    experiment
}

fn finished(mut run: Run) -> (u64, Vec<u32>, Vec<u32>) {
    while !run.fit().done() {
        run.step();
    }
    let bits = |rows: &Thinned| rows.numbers().iter().map(|v| v.to_bits()).collect();
    let (history, losses) = (bits(run.fit().history()), bits(run.fit().batch_losses()));
    (run.model().weights_hash(), history, losses)
}

#[test]
fn bits_of_a_branch_that_changes_nothing() {
    let whole = finished(open(&base()));
    let mut stream = Stream::new(41, 0);
    for _ in 0..30 {
        let (first, second) = (u64::from(stream.below(49)), u64::from(stream.below(49)));
        let once = branch(base(), &base(), first.min(second));
        let twice = branch(base(), &once, first.max(second));
        for experiment in [once, twice] {
            let run = open(&experiment);
            assert_eq!(run.steps(), experiment["start"]["step"].as_u64().unwrap());
            let text = run.experiment().text();
            assert_eq!(Experiment::read(&text).unwrap().text(), text);
            assert_eq!(finished(run), whole);
        }
    }
}

#[test]
fn reaches_another_learning_rate_from_the_middle() {
    let mut other = base();
    other["compile"]["optimizer"]["config"]["learning_rate"] = json!(0.001);
    let at = 20;
    let mut left = open(&base());
    (0..at).for_each(|_| left.step());
    let run = open(&branch(other, &base(), at));
    let losses = |run: &Run| run.fit().batch_losses().numbers().to_vec();
    assert!(left.model().weights().eq(run.model().weights()));
    assert_eq!(losses(&run), losses(&left));
    let optimizer = run.trainer().optimizer();
    assert_eq!(optimizer.learning_rate(), 0.001);
    assert_eq!(
        optimizer.slots()[1..],
        left.trainer().optimizer().slots()[1..]
    );
    assert_ne!(finished(run).0, finished(left).0);
}

#[test]
fn reaches_another_optimizer_loss_and_layer() {
    let mut other = base();
    other["compile"]["optimizer"] = json!("sgd");
    other["compile"]["loss"] = json!("mean_squared_error");
    other["compile"]["metrics"] = json!([]);
    other["model"]["layers"][0]["config"]["activation"] = json!("relu");
    other["model"]["layers"][2] = json!({"class_name": "Dense", "config": {"units": 4}});
    other["fit"]["callbacks"] = json!([]);
    other["fit"]["epochs"] = json!(9);
    let mut left = open(&base());
    (0..23).for_each(|_| left.step());
    let run = open(&branch(other, &base(), 23));
    let kernel = |run: &Run| run.model().param(&run.model().table()[0]).to_vec();
    assert_eq!(kernel(&run), kernel(&left), "what fits is taken over");
    assert_eq!(run.steps(), 23);
    let names = run.fit().names().to_vec();
    assert_eq!(names, ["loss", "val_loss"]);
    let column = left.fit().names().iter().position(|n| n == "loss").unwrap();
    assert_eq!(
        run.fit().history().numbers()[0],
        left.fit().history().numbers()[column]
    );
    let (_, history, losses) = finished(run);
    assert_eq!(history.len(), 2 * 9);
    assert_eq!(losses.len(), 7 * 9);
}

#[test]
fn reaches_weights_set_by_hand() {
    let mut edited = branch(base(), &base(), 9);
    edited["start"]["weights"] = json!([
        {"path": "dense/kernel", "at": 7, "values": [0.5, -0.25]},
        {"path": "dense_1/bias", "values": [2]},
    ]);
    let run = open(&edited);
    let mut left = open(&base());
    (0..9).for_each(|_| left.step());
    let (was, is): (Vec<f32>, Vec<f32>) = (
        left.model().weights().collect(),
        run.model().weights().collect(),
    );
    let changed: Vec<usize> = (0..was.len()).filter(|i| was[*i] != is[*i]).collect();
    assert_eq!(changed, [7, 8, was.len() - 1]);
    assert_eq!((is[7], is[8], is[was.len() - 1]), (0.5, -0.25, 2.0));
    // Without another run: the seed's own first weights, but for these.
    let mut first = base();
    first["start"] = json!({"weights": [{"path": "dense/bias", "values": [1, 2, 3, 4, 5, 6]}]});
    let run = open(&first);
    assert_eq!(
        run.model().param(&run.model().table()[1]),
        [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
    );
    assert_eq!(run.steps(), 0);
}

#[test]
fn reaches_a_sentence_for_what_does_not_fit() {
    let with = |start: Json| {
        let mut experiment = base();
        experiment["start"] = start;
        experiment
    };
    let mut batches = base();
    batches["fit"]["batch_size"] = json!(5);
    let mut data = base();
    data["data"]["class_name"] = json!("Circle");
    let mut deep = base();
    for _ in 0..45 {
        deep = branch(base(), &deep, 1);
    }
    let edits = |path: &str, at: u64, values: Json| {
        with(json!({"weights": [{"path": path, "at": at, "values": values}]}))
    };
    let cases = [
        ("another batch size", branch(batches, &base(), 3), "start"),
        ("other data", branch(data, &base(), 3), "data"),
        ("batch 500", branch(base(), &base(), 500), "start.step"),
        ("a step of nothing", with(json!({"step": 3})), "start.step"),
        ("7", with(json!(7)), "start"),
        ("from 7", with(json!({"from": 7})), "start.from"),
        (
            "weights of dense/kernl",
            edits("dense/kernl", 0, json!([1])),
            "start.weights[0].path",
        ),
        (
            "2 weights from 11 on",
            edits("dense/kernel", 11, json!([1, 2])),
            "start.weights[0].at",
        ),
        (
            "a weight \"x\"",
            edits("dense/kernel", 0, json!(["x"])),
            "start.weights[0]",
        ),
        (
            "a weight 1e300",
            edits("dense/kernel", 0, json!([1e300])),
            "start.weights[0].values",
        ),
    ];
    let told = cases.map(|(given, json, path)| refusal(given, path, opened(&json)));
    same("refusals_of_branches", &told);
    let error = opened(&deep).err().expect("45 branches should not run");
    assert!(error.path.starts_with("start.experiment"), "{error}");
    assert!(error.message.contains("40 parent runs"), "{error}");
}
