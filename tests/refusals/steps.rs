//! Random experiments whose outputs have an axis of steps: every loss, metric and toy set. Each is refused
//! with a sentence, or trains.

use super::none;
use glassbox::choice::{Default as Preset, Entry};
use glassbox::experiment::Experiment;
use glassbox::rng::Stream;
use glassbox::run::{Run, Set};
use glassbox::{data, losses, metrics};
use serde_json::{Value as Json, json};
use std::panic::catch_unwind;

/// One of these, by the stream's next number.
fn one_of<'a, T>(stream: &mut Stream, list: &'a [T]) -> &'a T {
    let at = (stream.uniform() * list.len() as f32) as usize;
    &list[at.min(list.len() - 1)]
}

/// The names of those that need no argument.
fn names(entries: &[&'static Entry]) -> Vec<&'static str> {
    let free = |e: &&&Entry| {
        let mut options = e.options.iter();
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
    let losses = names(&losses::ALL.iter().map(|l| &l.entry).collect::<Vec<_>>());
    let metrics = names(&metrics::ALL.iter().map(|m| &m.entry).collect::<Vec<_>>());
    let sets = names(&data::ALL.iter().map(|d| &d.entry).collect::<Vec<_>>());
    let sets: Vec<&str> = sets
        .into_iter()
        .filter(|s| !s.starts_with("Digits"))
        .collect();
    assert!(losses.len() > 15 && metrics.len() > 30 && sets.len() > 5);
    let mut stream = Stream::new(12, 0);
    let (mut faults, mut ran) = (Vec::new(), 0);
    let n = if cfg!(debug_assertions) { 8000 } else { 40_000 };
    for _ in 0..n {
        let text = experiment(&mut stream, &sets, &losses, &metrics).to_string();
        match catch_unwind(|| outcome(&text)) {
            Ok(Ok(())) => ran += 1,
            Ok(Err(sentence)) if sentence.contains(". (at ") || sentence.contains("? (at ") => {}
            Ok(Err(sentence)) => faults.push(format!("{sentence}: {text}")),
            Err(_) => faults.push(format!("panics: {text}")),
        }
    }
    assert!(ran > n / 50, "only {ran} of {n} ran");
    none(faults);
}
