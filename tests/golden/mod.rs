//! Runs whose every bit is written down in `tests/golden_bits.json`, for native tests and browsers.

mod deep;

use glassbox::experiment::{Experiment, read_fit};
use glassbox::model::Sequential;
use glassbox::model::config::ModelConfig;
use glassbox::numerics::rng::Stream;
use glassbox::run::{Run, Set};
use glassbox::training::fit::{self, Fit, Thinned};
use glassbox::training::trainer::{CompileConfig, Examples, Trainer};
use serde_json::{Value as Json, json};

/// Name of a run, and the hash of its weights after each epoch.
pub type Hashes = (&'static str, Vec<String>);

/// All runs.
pub fn all() -> Vec<Hashes> {
    vec![
        ("lesson", lesson()),
        ("dropout_rmsprop", dropout()),
        ("spiral_momentum", by_epochs(&mut fresh(SPIRAL))),
        ("moons_nesterov", by_epochs(&mut fresh(MOONS))),
        ("rings_gru", by_epochs(&mut fresh(RINGS))),
        ("cnn", deep::cnn()),
        ("lstm", deep::lstm()),
        ("attention", deep::attention()),
    ]
}

/// What is written down.
pub fn written() -> Json {
    serde_json::from_str(include_str!("../golden_bits.json")).unwrap()
}

/// Fails at the first epoch of the first run that differs from what is written down.
pub fn check_all() {
    let written = written();
    for (name, hashes) in all() {
        let wanted = written[name]
            .as_array()
            .unwrap_or_else(|| panic!("{name} is not written"));
        assert_eq!(hashes.len(), wanted.len(), "{name}");
        for (epoch, (got, wanted)) in hashes.iter().zip(wanted).enumerate() {
            assert_eq!(got, wanted, "{name}, epoch {}", epoch + 1);
        }
    }
}

fn hash(model: &Sequential) -> String {
    format!("{:016x}", model.weights_hash())
}

/// A picture of 20 x 20: a ring or a stroke, drawn with + - * / and sqrt only.
fn picture(stream: &mut Stream, class: usize) -> Vec<f32> {
    let mut around = |middle: f32, reach: f32| middle + reach * (2.0 * stream.uniform() - 1.0);
    let (cx, cy) = (around(9.5, 1.5), around(9.5, 1.0));
    let (radius, slant, width) = (around(5.5, 1.5), around(0.0, 0.4), around(1.5, 0.5));
    let mut pixels = Vec::with_capacity(400);
    for i in 0..400u16 {
        let (x, y) = (f32::from(i % 20) - cx, f32::from(i / 20) - cy);
        let distance = match class {
            0 => ((x * x + y * y).sqrt() - radius).abs(),
            _ if y.abs() > radius + 2.0 => 20.0,
            _ => (x - slant * y).abs(),
        };
        let ink = (width - distance + around(0.0, 0.3)).clamp(0.0, 1.0);
        pixels.push(ink);
    }
    pixels
}

/// The lesson's run on 300 such pictures: the last batch of an epoch is not full.
fn lesson() -> Vec<String> {
    let mut stream = Stream::new(11, 0);
    let (mut x, mut t) = (Vec::new(), Vec::new());
    for _ in 0..300 {
        let class = stream.below(2) as usize;
        x.extend(picture(&mut stream, class));
        t.push(class as f32);
    }
    let layers = [25, 15, 1].map(|units| dense(units, "sigmoid"));
    let compile = json!({
        "optimizer": {"class_name": "Adam", "config": {"learning_rate": 0.001}},
        "loss": "binary_crossentropy",
        "metrics": ["accuracy"],
    });
    let fit = json!({"epochs": 20, "batch_size": 32, "validation_split": 0.2});
    trained(
        &json!({"layers": layers}),
        &[400],
        &compile,
        &fit,
        42,
        Examples {
            x: x.into(),
            t,
            weights: None,
        },
    )
}

/// Three classes by the largest of three sums: ReLU, dropout, softmax, RMSprop, drawn normals.
fn dropout() -> Vec<String> {
    let mut stream = Stream::new(12, 0);
    let (mut x, mut t) = (Vec::new(), Vec::new());
    for _ in 0..150 {
        let row: Vec<f32> = (0..6).map(|_| stream.normal()).collect();
        let sums = [row[0] + row[1], row[2] + row[3], row[4] + row[5]];
        let largest = (1..3).fold(0, |best, i| if sums[i] > sums[best] { i } else { best });
        x.extend(row);
        t.push(largest as f32);
    }
    let mut first = dense(13, "relu");
    first["config"]["kernel_initializer"] = "he_normal".into();
    let layers = json!([
        first,
        {"class_name": "Dropout", "config": {"rate": 0.3}},
        dense(7, "relu"),
        dense(3, "softmax"),
    ]);
    let compile = json!({
        "optimizer": {"class_name": "RMSprop", "config": {"momentum": 0.5, "centered": true}},
        "loss": "sparse_categorical_crossentropy",
        "metrics": ["accuracy"],
    });
    let fit = json!({"epochs": 10, "batch_size": 17});
    trained(
        &json!({"layers": layers}),
        &[6],
        &compile,
        &fit,
        7,
        Examples {
            x: x.into(),
            t,
            weights: None,
        },
    )
}

fn dense(units: usize, activation: &str) -> Json {
    json!({"class_name": "Dense", "config": {"units": units, "activation": activation}})
}

fn trained(
    model: &Json,
    input: &[usize],
    compile: &Json,
    fit: &Json,
    seed: u32,
    data: Examples,
) -> Vec<String> {
    let config = ModelConfig::read(model).unwrap();
    let model = Sequential::build(&config, &input.to_vec(), seed).unwrap();
    let compile = CompileConfig::read(compile).unwrap();
    let fit = read_fit(fit).unwrap();
    let batch = fit::Options::of(&fit).batch_size;
    let mut trainer = Trainer::new(model, &compile, batch).unwrap();
    let mut fit = Fit::new(&mut trainer, &fit, data, None, u64::from(seed)).unwrap();
    let mut hashes = Vec::new();
    while !fit.done() {
        let epoch = fit.epochs_done();
        while fit.epochs_done() == epoch && fit.trouble().is_none() {
            fit.step(&mut trainer);
        }
        hashes.push(hash(&trainer.model));
    }
    assert_eq!(hashes.len(), fit.epochs());
    // The hashes of a run that learns nothing would prove little.
    let losses = fit.history().numbers().chunks_exact(fit.names().len());
    let column = fit.names().iter().position(|n| n == "loss").unwrap();
    let losses: Vec<f32> = losses.map(|row| row[column]).collect();
    assert!(losses[losses.len() - 1] < 0.8 * losses[0], "{losses:?}");
    hashes
}

const SPIRAL: &str = r#"{
    "data": {"class_name": "Spiral", "config": {"n": 90, "seed": 5}},
    "model": {"layers": [
        {"class_name": "Dense", "config": {"units": 9, "activation": "tanh"}},
        {"class_name": "Dense", "config": {"units": 5, "activation": "tanh"}},
        {"class_name": "Dense", "config": {"units": 1, "activation": "sigmoid"}}]},
    "compile": {
        "optimizer": {"class_name": "SGD", "config": {"learning_rate": 0.1, "momentum": 0.9}},
        "loss": "binary_crossentropy", "metrics": ["accuracy"]},
    "fit": {"epochs": 8, "batch_size": 16, "validation_split": 0.25}, "seed": 3}"#;

const MOONS: &str = r#"{
    "data": {"class_name": "Moons", "config": {"n": 64, "noise": 0.2}},
    "model": {"layers": [
        {"class_name": "Dense", "config": {"units": 8, "activation": "tanh"}},
        {"class_name": "Dropout", "config": {"rate": 0.2}},
        {"class_name": "Dense", "config": {"units": 1}}]},
    "compile": {
        "optimizer": {"class_name": "SGD",
            "config": {"learning_rate": 0.05, "momentum": 0.8, "nesterov": true}},
        "loss": {"class_name": "BinaryCrossentropy",
            "config": {"from_logits": true, "label_smoothing": 0.1}}},
    "fit": {"epochs": 6, "batch_size": 10}, "seed": 4294967295}"#;

/// Two inputs as two steps: state beside the weights (moments, masks, what callbacks remember).
const RINGS: &str = r#"{
    "data": {"class_name": "Circle", "config": {"n": 80, "seed": 2}},
    "model": {"layers": [
        {"class_name": "Reshape", "config": {"target_shape": [2, 1]}},
        {"class_name": "GRU", "config": {"units": 7, "return_sequences": true}},
        {"class_name": "BatchNormalization", "config": {}},
        {"class_name": "GaussianDropout", "config": {"rate": 0.1}},
        {"class_name": "Flatten", "config": {}},
        {"class_name": "Dense", "config": {"units": 1, "activation": "sigmoid"}}]},
    "compile": {
        "optimizer": {"class_name": "Adamax", "config": {"learning_rate": 0.05}},
        "loss": "binary_crossentropy", "metrics": ["AUC", "Precision"]},
    "fit": {"epochs": 6, "batch_size": 12, "validation_split": 0.2, "callbacks": [
        {"class_name": "ReduceLROnPlateau", "config": {"patience": 1, "monitor": "loss"}},
        {"class_name": "EarlyStopping", "config": {"patience": 5, "restore_best_weights": true}}]},
    "seed": 9}"#;

fn fresh(text: &str) -> Run {
    Run::new(Experiment::read(text).unwrap(), None).unwrap()
}

fn by_epochs(run: &mut Run) -> Vec<String> {
    let mut hashes = Vec::new();
    while !run.fit().done() {
        run.epoch();
        hashes.push(hash(run.model()));
    }
    hashes
}

/// All that a finished run leaves: weights, history, every batch's loss.
fn end(run: &Run) -> (String, Vec<u32>, Vec<u32>) {
    assert!(run.fit().done() && run.trouble().is_none());
    let bits = |rows: &Thinned| rows.numbers().iter().map(|v| v.to_bits()).collect();
    let (history, losses) = (bits(run.fit().history()), bits(run.fit().batch_losses()));
    (hash(run.model()), history, losses)
}

fn played(text: &str) -> (Run, (String, Vec<u32>, Vec<u32>)) {
    let mut run = fresh(text);
    by_epochs(&mut run);
    let end = end(&run);
    (run, end)
}

/// Batch by batch, or epochs and batches mixed, ends where epoch by epoch does.
pub fn check_stepped() {
    for text in [SPIRAL, MOONS, RINGS] {
        let (_, wanted) = played(text);
        let mut run = fresh(text);
        while !run.fit().done() {
            run.step();
        }
        assert_eq!(end(&run), wanted);
        let mut run = fresh(text);
        let mut stream = Stream::new(1, 0);
        while !run.fit().done() {
            if stream.below(3) == 0 {
                run.epoch();
            } else {
                run.step();
            }
        }
        assert_eq!(end(&run), wanted);
    }
}

/// A moment written down and gone back to, in a fresh run or in the finished one, ends the same.
pub fn check_restored() {
    let mut stream = Stream::new(2, 0);
    for text in [SPIRAL, MOONS, RINGS] {
        let (mut finished, wanted) = played(text);
        let n_steps = finished.steps() as u32;
        for _ in 0..10 {
            let mut run = fresh(text);
            let moment = stream.below(n_steps);
            (0..moment).for_each(|_| run.step());
            let bytes = run.checkpoint();
            let mut other = fresh(text);
            (0..stream.below(n_steps)).for_each(|_| other.step());
            for run in [&mut other, &mut finished] {
                run.restore(&bytes).unwrap();
                assert_eq!(run.steps(), u64::from(moment));
                assert_eq!(run.checkpoint(), bytes);
                by_epochs(run);
                assert_eq!(end(run), wanted, "from batch {moment}");
            }
        }
    }
}

/// Reading a run between its steps changes nothing.
pub fn check_watched() {
    for text in [SPIRAL, MOONS, RINGS] {
        let (_, wanted) = played(text);
        let mut run = fresh(text);
        let mut look = 0;
        while !run.fit().done() {
            let before = run.checkpoint();
            let sets = [Set::Train, Set::Validation, Set::Test];
            let set = sets[look % 3];
            match look % 7 {
                0 => drop(run.predictions(set)),
                1 => drop(run.evaluate(set)),
                2 => drop(run.activations(&[0.25, -0.5]).unwrap()),
                3 => drop(run.grid(7)),
                4 => drop(run.example(Set::Train, look % 5).unwrap()),
                5 => drop((run.summary(), run.log(), run.keras_code(), run.labels(set))),
                _ => assert_eq!(run.evaluate(Set::Train), run.evaluate(Set::Train)),
            }
            assert_eq!(run.checkpoint(), before, "look {look}");
            look += 1;
            run.step();
        }
        assert_eq!(end(&run), wanted);
    }
}
