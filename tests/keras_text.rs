//! Oracle: what Keras prints (`tests/keras/texts.json`, made by `tests/keras/texts.py`).

#[allow(dead_code)]
mod keras;

use glassbox::experiment::Experiment;
use glassbox::keras::text;
use glassbox::model::Sequential;
use glassbox::model::config::ModelConfig;
use glassbox::run::Run;
use keras::cases;
use serde_json::{Value as Json, json};

fn texts() -> Json {
    serde_json::from_str(include_str!("keras/texts.json")).expect("the file is JSON")
}

#[test]
fn oracle_summaries_are_those_of_keras() {
    for model in texts()["models"].as_array().expect("a list") {
        let config = ModelConfig::read(&model["config"]).expect("a model of this engine");
        let shape = config.input_shape.clone().expect("an input layer");
        let built = Sequential::build(&config, &shape, 0).expect("a model that can be built");
        let wanted = model["summary"].as_str().expect("a text");
        let got = text::summary(&built, "sequential", None);
        assert_eq!(got.trim_end(), wanted.trim_end(), "\n{got}\n{wanted}");
    }
}

#[test]
fn oracle_summaries_before_and_after_a_step_are_those_of_keras() {
    let trained = &texts()["trained"];
    let same = |run: &Run, wanted: &Json| {
        let (got, wanted) = (run.summary(), wanted.as_str().expect("a text"));
        assert_eq!(got.trim_end(), wanted.trim_end(), "\n{got}\n{wanted}");
    };
    let after = trained["after"].as_array().expect("a list");
    assert!(after.len() > 20, "only {} optimizers", after.len());
    for case in after {
        let experiment = json!({
            "data": "Xor",
            "model": trained["config"],
            "compile": {"optimizer": case["optimizer"], "loss": "mse"},
            "fit": {"epochs": 1},
            "seed": 0,
        });
        let experiment = Experiment::read(&experiment.to_string()).expect("an experiment");
        let mut run = Run::new(experiment, None).expect("a run");
        same(&run, &trained["before"]);
        run.step();
        same(&run, &case["summary"]);
    }
}

#[test]
fn oracle_logged_numbers_are_those_of_keras() {
    for number in texts()["logged"].as_array().expect("a list") {
        let value = &number["value"];
        let value = match value.as_str() {
            Some(name) => name.parse().expect("a number that is not finite"),
            None => value.as_f64().expect("a number"),
        };
        assert_eq!(
            text::logged(value),
            number["text"].as_str().expect("a text")
        );
    }
}

/// Against the standard library's exact printer, on numbers as the logs have them: from f32.
#[test]
fn oracle_logged_numbers_are_rounded_right() {
    let python = |value: f64| {
        if value.abs() > 1e-3 {
            return format!("{value:.4}");
        }
        let text = format!("{value:.4e}");
        let (digits, exponent) = text.split_once('e').expect("an exponent");
        let exponent: i32 = exponent.parse().expect("a number");
        format!(
            "{digits}e{}{:02}",
            if exponent < 0 { '-' } else { '+' },
            exponent.abs()
        )
    };
    let mut stream = glassbox::numerics::rng::Stream::new(3, 0);
    for _ in 0..200_000 {
        let size = stream.uniform() * 30.0 - 20.0;
        let value = f64::from(stream.uniform() * glassbox::numerics::math::exp(size));
        assert_eq!(text::logged(value), python(value), "{value:e}");
    }
    for value in [
        0.99995,
        0.00099999,
        9.99996,
        0.5,
        0.03125,
        0.03135,
        99999.99999,
        0.000_999_96,
    ] {
        let value = f64::from(value as f32);
        assert_eq!(text::logged(value), python(value), "{value:e}");
        assert_eq!(text::logged(-value), python(-value), "{value:e}");
    }
}

/// `keras.metrics.get` of 3.15.1 knows no "logcosh" and no "fbeta_score", which are what its logs say.
#[test]
fn reaches_a_metric_without_a_string_in_keras_in_the_script_as_its_class() {
    let given = |class: &str| json!({"class_name": class, "config": {}});
    let metrics = [
        (given("LogCoshError"), "keras.metrics.LogCoshError()"),
        (given("FBetaScore"), "keras.metrics.FBetaScore()"),
        (given("F1Score"), "\"f1_score\""),
        (json!("log_cosh_error"), "\"log_cosh_error\""),
        (json!("AUC"), "\"AUC\""),
        (json!("mae"), "\"mae\""),
    ];
    for (metric, printed) in metrics {
        let experiment = json!({
            "data": "Xor",
            "model": {"layers": [
                {"class_name": "Dense", "config": {"units": 1, "activation": "sigmoid"}},
            ]},
            "compile": {"loss": "mse", "metrics": [metric]},
            "seed": 1,
        });
        let experiment = Experiment::read(&experiment.to_string()).expect("an experiment");
        let script = Run::new(experiment, None).expect("a run").keras_code();
        let line = format!("    metrics=[{printed}],\n");
        assert!(script.contains(&line), "{line}{script}");
    }
}

/// Whole logs, with every line of a callback, of golden cases with callbacks.
#[test]
fn oracle_logs_are_those_of_keras_with_verbose_callbacks() {
    for wanted in texts()["logs"].as_array().expect("a list") {
        let name = wanted["case"].as_str().expect("a text");
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let path = root.join(format!("tests/keras/cases/{name}.json"));
        let mut case = keras::read(&path).unwrap_or_else(|e| panic!("{e}"));
        case["callbacks"] = wanted["callbacks"].clone();
        let (mut trainer, data, _) = cases::trainer(&case).expect("a case of this engine");
        let fit = cases::fit(&case, &mut trainer, &data).expect("a run to the end");
        let log = text::log(&fit);
        let lines: Vec<&str> = log.lines().collect();
        let wanted = wanted["lines"].as_array().expect("a list");
        let wanted: Vec<&str> = wanted.iter().filter_map(Json::as_str).collect();
        assert_eq!(lines.len(), wanted.len(), "{name}: {lines:?}");
        let columns = case["history"].as_object().expect("columns").values();
        let history: Vec<f64> = columns
            .flat_map(|column| column.as_array().expect("a column"))
            .filter_map(Json::as_f64)
            .collect();
        for (line, wanted) in lines.iter().zip(wanted) {
            assert!(
                prints_alike(line, wanted, &history),
                "{name}: {line}, in Keras {wanted}"
            );
        }
    }
}

/// Whether two lines are the same, or differ only in how one and the same number of Keras' own history, known as
/// well as the golden cases know it, falls to either side: that history holds 2.0531502 where its log has 2.0531.
fn prints_alike(line: &str, wanted: &str, history: &[f64]) -> bool {
    let printed = |word: &str| {
        let (_, decimals) = word.split_once('.')?;
        let value = word.parse::<f64>().ok()?;
        (decimals.len() == 4).then_some(value)
    };
    let may_print = |text: f64, value: f64| {
        let known = 2e-6 + 2e-5 * value.abs();
        (text - value).abs() <= 0.5e-4 + known
    };
    let words = line.split(' ');
    words.clone().count() == wanted.split(' ').count()
        && words.zip(wanted.split(' ')).all(|(word, wanted)| {
            let pair = printed(word).zip(printed(wanted));
            let by_chance = |(a, b)| history.iter().any(|v| may_print(a, *v) && may_print(b, *v));
            word == wanted || pair.is_some_and(by_chance)
        })
}

/// Keras reads it in `compile` alone: it has no class of that name.
#[test]
fn reaches_the_loss_crossentropy_in_the_script_as_its_string() {
    for (data, units, word) in [("Xor", 1, "crossentropy"), ("Blobs", 4, "ce")] {
        let activation = if units == 1 { "sigmoid" } else { "softmax" };
        let experiment = json!({
            "data": data,
            "model": {"layers": [
                {"class_name": "Dense", "config": {"units": units, "activation": activation}},
            ]},
            "compile": {"loss": word, "metrics": ["accuracy"]},
            "seed": 1,
        });
        let experiment = Experiment::read(&experiment.to_string()).expect("an experiment");
        assert_eq!(
            Experiment::read(&experiment.text()).as_ref(),
            Ok(&experiment)
        );
        let script = Run::new(experiment, None).expect("a run").keras_code();
        assert!(script.contains("    loss=\"crossentropy\",\n"), "{script}");
        assert!(script.contains("model.fit(x, y"), "{script}");
    }
}
