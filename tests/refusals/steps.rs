//! Random experiments whose outputs have an axis of steps: every loss, metric and toy set. Each is refused
//! with a sentence, or trains.

use glassbox::data;
use glassbox::doctor;
use glassbox::experiment::Experiment;
use glassbox::experiment::read_fit;
use glassbox::functions::losses;
use glassbox::functions::metrics;
use glassbox::model::Sequential;
use glassbox::model::config::ModelConfig;
use glassbox::numerics::rng::Stream;
use glassbox::options::{ClassSpec, Default as Preset};
use glassbox::run::{Run, Set};
use glassbox::training::fit::Fit;
use glassbox::training::trainer::{CompileConfig, Examples, Trainer};
use serde_json::{Value as Json, json};
use std::panic::catch_unwind;

/// One of these, by the stream's next number.
fn one_of<'a, T>(stream: &mut Stream, list: &'a [T]) -> &'a T {
    let at = (stream.uniform() * list.len() as f32) as usize;
    &list[at.min(list.len() - 1)]
}

/// The names of those that need no argument.
fn names(entries: &[&'static ClassSpec]) -> Vec<&'static str> {
    let free = |e: &&&ClassSpec| {
        let mut options = e.all_options();
        options.all(|o| !matches!(o.default, Preset::Required))
    };
    entries.iter().filter(free).map(|e| e.class_name).collect()
}

fn layer(class_name: &str, config: Json) -> Json {
    json!({"class_name": class_name, "config": config})
}

/// Layers that end in an answer for each of some steps (or in one, now and then).
fn layers(stream: &mut Stream) -> Vec<Json> {
    let steps = *one_of(stream, &[1, 2, 3, 4]);
    let width = *one_of(stream, &[1, 2, 3, 4, 5]);
    let function = *one_of(stream, &["softmax", "sigmoid", "linear", "tanh"]);
    let dense = |units: usize| layer("Dense", json!({"units": units, "activation": function}));
    let reshape = |shape: &[usize]| layer("Reshape", json!({"target_shape": shape}));
    match one_of(stream, &[0, 1, 2, 3, 4, 5, 6]) {
        0 => vec![reshape(&[2, 1]), dense(width)],
        1 => vec![layer("RepeatVector", json!({"n": steps})), dense(width)],
        2 => vec![
            layer("Rescaling", json!({"scale": 0.0})),
            layer(
                "Embedding",
                json!({"input_dim": 3, "output_dim": 2, "mask_zero": true}),
            ),
            dense(width),
        ],
        3 => vec![dense(steps * width), reshape(&[steps, width])],
        4 => vec![dense(steps * width * 2), reshape(&[steps, 2, width])],
        5 => vec![
            reshape(&[2, 1]),
            layer("Masking", json!({"mask_value": 0.0})),
            layer("LSTM", json!({"units": width, "return_sequences": true})),
            layer("Softmax", json!({})),
        ],
        _ => vec![dense(width)],
    }
}

fn experiment(stream: &mut Stream, sets: &[&str], losses: &[&str], metrics: &[&str]) -> Json {
    let metric = |stream: &mut Stream| match stream.uniform() < 0.5 {
        true => json!([]),
        false => json!([one_of(stream, metrics)]),
    };
    let weights = *one_of(stream, &["null", r#"{"0": 2, "3": 0.5}"#]);
    json!({
        "data": {"class_name": one_of(stream, sets), "config": {"n": 12}},
        "model": {"layers": layers(stream)},
        "compile": {
            "optimizer": "sgd",
            "loss": {"class_name": one_of(stream, losses)},
            "metrics": metric(stream),
            "weighted_metrics": metric(stream),
        },
        "fit": {
            "epochs": 1, "batch_size": 5, "validation_split": 0.25,
            "class_weight": serde_json::from_str::<Json>(weights).unwrap(),
        },
        "seed": 1,
    })
}

/// What came of an experiment: whether it ran, or its refusal.
fn outcome(text: &str) -> Result<(), String> {
    let experiment = Experiment::read(text).map_err(|r| r.to_string())?;
    let mut run = Run::new(experiment, None).map_err(|r| r.to_string())?;
    while !run.fit().done() {
        run.step();
    }
    run.evaluate(Set::Test);
    let _ = (run.keras_code(), run.trouble());
    Ok(())
}

#[test]
fn reaches_a_run_or_a_sentence_for_answers_at_each_step() {
    let losses = names(&losses::ALL.iter().map(|l| &l.class).collect::<Vec<_>>());
    let metrics = names(&metrics::ALL.iter().map(|m| &m.class).collect::<Vec<_>>());
    let sets = names(&data::ALL.iter().map(|d| &d.class).collect::<Vec<_>>());
    let sets: Vec<&str> = sets
        .into_iter()
        .filter(|s| !s.starts_with("Digits"))
        .collect();
    assert!(losses.len() > 15 && metrics.len() > 30 && sets.len() > 5);
    let mut stream = Stream::new(12, 0);
    let (mut faults, mut ran) = (Vec::new(), 0);
    let n = if cfg!(debug_assertions) { 8000 } else { 40_000 };
    for i in 0..n {
        let text = experiment(&mut stream, &sets, &losses, &metrics).to_string();
        // Advice builds the experiments that it would change to.
        let advised = || drop((i % 4 == 0).then(|| doctor::of_text(&text, None)));
        if catch_unwind(advised).is_err() {
            faults.push(format!("panics in advice: {text}"));
        }
        match catch_unwind(|| outcome(&text)) {
            Ok(Ok(())) => ran += 1,
            Ok(Err(sentence)) if sentence.contains(". (at ") || sentence.contains("? (at ") => {}
            Ok(Err(sentence)) => faults.push(format!("{sentence}: {text}")),
            Err(_) => faults.push(format!("panics: {text}")),
        }
    }
    assert!(ran > n / 50, "only {ran} of {n} ran");
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

/// Five examples of an output's `shape`, as the JavaScript API gives them: `weights` of them, and one target
/// more or less where `off` is not 0.
fn fitted(shape: &[usize], compile: &Json, weights: usize, off: i32) -> Result<(), String> {
    let batch_shape: Vec<Json> = std::iter::once(Json::Null)
        .chain(shape.iter().map(|n| json!(n)))
        .collect();
    let model = json!({"layers": [
        layer("InputLayer", json!({"batch_shape": batch_shape})),
        layer("Dense", json!({"units": shape.last(), "activation": "sigmoid"})),
    ]});
    let text = |r: glassbox::options::error::ConfigError| r.to_string();
    let config = ModelConfig::read(&model).map_err(text)?;
    let model = Sequential::build(&config, &shape.to_vec(), 0).map_err(text)?;
    let compile = CompileConfig::read(compile).map_err(text)?;
    let mut trainer = Trainer::new(model, &compile, 3).map_err(text)?;
    let n = 5 * shape.iter().product::<usize>();
    let n_t = (5 * trainer.n_targets()).saturating_add_signed(off as isize);
    let data = Examples {
        x: (0..n).map(|i| (i % 7) as f32 / 7.0).collect(),
        t: (0..n_t).map(|i| (i % 3 % 2) as f32).collect(),
        weights: (weights > 0).then(|| (0..weights).map(|i| (i % 4) as f32).collect()),
    };
    let config =
        read_fit(&json!({"epochs": 1, "batch_size": 3, "validation_split": 0.3})).map_err(text)?;
    let mut fit = Fit::new(&mut trainer, &config, data, None, 0).map_err(text)?;
    while !fit.done() {
        fit.step(&mut trainer);
    }
    Ok(())
}

#[test]
fn reaches_a_run_or_a_sentence_for_arrays_of_every_shape() {
    let losses = names(&losses::ALL.iter().map(|l| &l.class).collect::<Vec<_>>());
    let metrics = names(&metrics::ALL.iter().map(|m| &m.class).collect::<Vec<_>>());
    let shapes: [&[usize]; 7] = [&[1], &[4], &[2, 1], &[1, 4], &[3, 2], &[2, 2, 3], &[1, 1]];
    let (mut faults, mut ran, mut all) = (Vec::new(), 0, 0);
    for (i, loss) in losses.iter().enumerate() {
        for (j, metric) in metrics.iter().enumerate() {
            for (k, shape) in shapes.iter().enumerate() {
                let steps: usize = shape.iter().rev().skip(1).product();
                let weights = [0, 5, 5 * steps, 7][(i + j + k) % 4];
                let off = [0, 0, 0, 1, -1][(i + 2 * j + k) % 5];
                let list = ["metrics", "weighted_metrics"][(i + k) % 2];
                let compile =
                    json!({"optimizer": "sgd", "loss": {"class_name": loss}, list: [metric]});
                all += 1;
                match catch_unwind(|| fitted(shape, &compile, weights, off)) {
                    Ok(Ok(())) => ran += 1,
                    Ok(Err(text)) if text.contains(['.', '?']) => {}
                    Ok(Err(text)) => faults.push(format!("{text}: {shape:?} {compile}")),
                    Err(_) => faults.push(format!("panics: {shape:?} {compile} {weights} {off}")),
                }
            }
        }
    }
    assert!(ran * 8 > all, "only {ran} of {all} ran");
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}
