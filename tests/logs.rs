//! Oracle: what a run logs is what Keras logs, to the last byte: History, CSVLogger's files, the printed lines,
//! the weights that ModelCheckpoint saves (`tests/keras/logs.json`, made by `tests/keras/logs.py`).

#![cfg(not(target_arch = "wasm32"))]

#[allow(dead_code)]
mod keras;

use glassbox::experiment::Experiment;
use glassbox::keras::text;
use glassbox::options::error::ConfigError;
use glassbox::run::Run;
use glassbox::training::fit::Fit;
use glassbox::training::trainer::{MetricValue, Trainer};
use keras::{cases, floats};
use serde_json::{Value as Json, json};

/// A case that runs to its end.
fn run(case: &Json) -> Result<(Trainer, Fit, Vec<MetricValue>), ConfigError> {
    let (mut trainer, data, batch) = cases::trainer(case)?;
    let fit = cases::fit(case, &mut trainer, &data)?;
    let evaluated = trainer.evaluate(&data, batch);
    Ok((trainer, fit, evaluated))
}

/// Bits of numbers in single precision; every NaN as one.
fn bits(numbers: &[f32]) -> Vec<u32> {
    let one = |x: &f32| {
        if x.is_nan() {
            f32::NAN.to_bits()
        } else {
            x.to_bits()
        }
    };
    numbers.iter().map(one).collect()
}

fn singles(value: &MetricValue) -> Vec<f32> {
    value.numbers().iter().map(|x| *x as f32).collect()
}

/// Whether values are Keras' ones: numbers and lists of them, bit by bit.
fn same(what: &str, ours: &[MetricValue], theirs: &Json) -> Result<(), String> {
    let theirs = theirs.as_array().expect("a list");
    let is_list = |value: &MetricValue| matches!(value, MetricValue::List(_));
    let alike = ours.len() == theirs.len()
        && ours.iter().zip(theirs).all(|(ours, theirs)| {
            is_list(ours) == theirs.is_array() && bits(&singles(ours)) == bits(&floats(theirs))
        });
    alike
        .then_some(())
        .ok_or_else(|| format!("{what}: {ours:?} here, {theirs:?} in Keras"))
}

fn check(case: &Json) -> Result<(), String> {
    let logged = &case["logged"];
    let (trainer, fit, evaluated) = match (run(case), case["raises"].as_str()) {
        (Err(_), Some(_)) => return Ok(()),
        (Err(refusal), None) => return Err(format!("refused here alone: {refusal}")),
        (Ok(_), Some(error)) => return Err(format!("not refused; Keras raises {error}")),
        (Ok(run), None) => run,
    };
    let history = logged["history"].as_object().expect("columns");
    for (i, name) in fit.names().iter().enumerate() {
        let column: Vec<MetricValue> = fit
            .logs_since(0)
            .into_iter()
            .filter_map(|(_, row)| row[i].clone())
            .collect();
        match history.get(name) {
            Some(theirs) => same(name, &column, theirs)?,
            None if column.is_empty() => {}
            None => return Err(format!("'{name}' is not in Keras' history")),
        }
    }
    if let Some(name) = history.keys().find(|name| !fit.names().contains(name)) {
        return Err(format!("'{name}' is in Keras' history alone"));
    }
    let callbacks = case["callbacks"]
        .as_array()
        .expect("a list")
        .iter()
        .enumerate();
    let of = |class: &'static str| callbacks.clone().filter(move |(_, c)| c["class"] == class);
    for (file, (i, callback)) in of("CSVLogger").enumerate() {
        let separator = callback["args"]["separator"].as_str().unwrap_or(",");
        let (ours, theirs) = (text::csv(&fit, i, separator), &logged["csv"][file]);
        if *theirs != ours {
            return Err(format!("file {file}: {ours:?} here, {theirs} in Keras"));
        }
    }
    for (kept, (i, _)) in of("ModelCheckpoint").enumerate() {
        let (ours, theirs) = (
            fit.callbacks()[i].state().weights,
            floats(&logged["kept"][kept]),
        );
        if !logged["kept"][kept].is_null() && bits(&ours) != bits(&theirs) {
            return Err(format!("kept: {ours:?} here, {theirs:?} in Keras"));
        }
        if logged["kept"][kept].is_null() != ours.is_empty() {
            return Err("weights are kept on one side only".into());
        }
    }
    let log = text::log(&fit);
    let lines: Vec<&str> = log.lines().collect();
    let theirs: Vec<&str> = logged["lines"]
        .as_array()
        .expect("lines")
        .iter()
        .filter_map(Json::as_str)
        .collect();
    if lines != theirs {
        return Err(format!("{lines:#?} here, {theirs:#?} in Keras"));
    }
    let weights: Vec<f32> = trainer.model.weights().collect();
    if bits(&weights) != bits(&floats(&logged["weights"])) {
        return Err(format!(
            "weights: {weights:?} here, {} in Keras",
            logged["weights"]
        ));
    }
    let names = std::iter::once("loss").chain(trainer.metrics().map(|(name, _)| name));
    for (name, value) in names.zip(evaluated) {
        same(name, &[value], &json!([logged["evaluate"][name]]))?;
    }
    Ok(())
}

#[test]
fn oracle_logs_are_those_of_keras_byte_by_byte() {
    let file: Json =
        serde_json::from_str(include_str!("keras/logs.json")).expect("the file is JSON");
    let all = file["cases"].as_array().expect("a list");
    assert!(all.len() > 70, "only {} cases", all.len());
    let wrong: Vec<String> = all
        .iter()
        .filter_map(|case| Some(format!("{}: {}", case["name"], check(case).err()?)))
        .collect();
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        all.len(),
        wrong.join("\n")
    );
}

/// Measured in Keras 3.15.1: it trains on and keeps one column of two with one name. A metric called "loss" stands
/// in the loss's place (EarlyStopping then stops after 2 epochs, not 5), "val_mae" is replaced by the validation's
/// "mae", "learning_rate" by the rate, "epoch" stands in CSVLogger's first column, and of "mae", "mae" and a metric
/// called "mae_1" two are left. A name that begins with "val_" makes CSVLogger leave out its val_ columns.
#[test]
fn reaches_a_refusal_at_the_name_where_the_logs_use_it_already() {
    let mae = |name: &str| json!({"class_name": "MeanAbsoluteError", "config": {"name": name}});
    let cases = [
        (
            json!([mae("loss")]),
            json!([]),
            "compile.metrics[0].config.name",
        ),
        (
            json!(["mse", mae("val_loss")]),
            json!([]),
            "compile.metrics[1].config.name",
        ),
        (
            json!(["mae", mae("val_mae")]),
            json!([]),
            "compile.metrics[1].config.name",
        ),
        (
            json!([mae("learning_rate")]),
            json!([]),
            "compile.metrics[0].config.name",
        ),
        (
            json!([]),
            json!([mae("epoch")]),
            "compile.weighted_metrics[0].config.name",
        ),
        (
            json!(["mae", "mae", mae("mae_1")]),
            json!([]),
            "compile.metrics[2].config.name",
        ),
        (
            json!(["mae"]),
            json!(["mae", mae("val_x")]),
            "compile.weighted_metrics[1].config.name",
        ),
    ];
    for (metrics, weighted, place) in cases {
        let experiment = json!({
            "data": "Xor",
            "model": {"layers": [{"class_name": "Dense", "config": {"units": 1}}]},
            "compile": {"loss": "mse", "metrics": metrics, "weighted_metrics": weighted},
            "fit": {"epochs": 5, "callbacks": [{"class_name": "EarlyStopping", "config": {"monitor": "loss"}}]},
            "seed": 1,
        });
        let experiment = Experiment::read(&experiment.to_string()).expect("an experiment");
        let refusal = Run::new(experiment, None)
            .err()
            .unwrap_or_else(|| panic!("{metrics} is taken"));
        assert_eq!(refusal.path, place, "{refusal}");
        assert!(refusal.message.contains("another name"), "{refusal}");
    }
}

/// In Keras a second `fit` begins another history; here a branch keeps the rows of the run that it leaves, as far as
/// they have the same names, and knows which were not logged.
#[test]
fn reaches_a_branch_that_measures_something_else() {
    let experiment = |metrics: Json, frequency: u32, start: Option<&Json>| {
        let mut json = json!({
            "data": {"class_name": "Xor", "config": {"n": 40}},
            "model": {"layers": [{"class_name": "Dense", "config": {"units": 1, "activation": "sigmoid"}}]},
            "compile": {"loss": "mse", "metrics": metrics},
            "fit": {"epochs": 6, "batch_size": 40, "validation_split": 0.25, "validation_freq": frequency,
                "callbacks": [
                    {"class_name": "ReduceLROnPlateau", "config": {"monitor": "loss"}},
                    {"class_name": "CSVLogger", "config": {"filename": "a.csv"}},
                ]},
            "seed": 1,
        });
        if let Some(left) = start {
            json["start"] = json!({"step": 3, "experiment": left});
        }
        json
    };
    let lists =
        json!({"class_name": "Precision", "config": {"thresholds": [0.25, 0.75], "name": "p"}});
    let left = experiment(json!(["mae"]), 2, None);
    let branch = experiment(json!(["mae", lists]), 3, Some(&left));
    let open = |json: &Json| {
        let experiment = Experiment::read(&json.to_string()).expect("an experiment");
        Run::new(experiment, None).expect("a run")
    };
    let mut run = open(&branch);
    assert_eq!(
        run.fit().names(),
        [
            "loss",
            "mae",
            "p",
            "val_loss",
            "val_mae",
            "val_p",
            "learning_rate"
        ]
    );
    assert_eq!(
        run.fit().counts().collect::<Vec<_>>(),
        [1, 1, 2, 1, 1, 2, 1]
    );
    while !run.fit().done() {
        run.step();
    }
    let logged = |run: &Run| -> Vec<Vec<bool>> {
        let rows = run.fit().logs_since(0);
        rows.iter()
            .map(|(_, row)| row.iter().map(Option::is_some).collect())
            .collect()
    };
    let rows = [
        (true, false, false, false),
        (true, false, true, false),
        (true, false, false, false),
        (true, true, false, false),
        (true, true, false, false),
        (true, true, true, true),
    ];
    let wanted =
        rows.map(|(mae, p, val_mae, val_p)| vec![true, mae, p, val_mae, val_mae, val_p, true]);
    assert_eq!(logged(&run), wanted);
    let bytes = run.checkpoint();
    let mut again = open(&branch);
    again.restore(&bytes).expect("its own moment");
    assert_eq!(logged(&again), wanted);
    assert_eq!(again.csv(), run.csv());
    let header = run.csv()[0].1.lines().next().map(String::from);
    assert_eq!(
        header.as_deref(),
        Some("epoch,learning_rate,loss,mae,val_learning_rate,val_loss,val_mae")
    );
}

/// Keras 3.15.1: a list names epochs, so `[2]` validates after the second one alone; 2 after every second one.
#[test]
fn reaches_one_epoch_named_in_a_list() {
    for (frequency, wanted) in [
        (json!([2]), vec![2]),
        (json!(2), vec![2, 4]),
        (json!([2, 5]), vec![2, 5]),
        (json!([1]), vec![1]),
    ] {
        let experiment = json!({
            "data": {"class_name": "Xor", "config": {"n": 40}},
            "model": {"layers": [{"class_name": "Dense", "config": {"units": 1, "activation": "sigmoid"}}]},
            "compile": {"loss": "mse"},
            "fit": {"epochs": 5, "validation_split": 0.25, "validation_freq": frequency},
            "seed": 1,
        });
        let experiment = Experiment::read(&experiment.to_string()).expect("an experiment");
        let again = Experiment::read(&experiment.text()).expect("its own text");
        assert_eq!(again.text(), experiment.text());
        let mut run = Run::new(again, None).expect("a run");
        while !run.fit().done() {
            run.step();
        }
        let rows = run.fit().logs_since(0).into_iter();
        let validated = rows.filter(|(_, row)| row[1].is_some());
        let epochs: Vec<usize> = validated.map(|(epoch, _)| epoch + 1).collect();
        assert_eq!(epochs, wanted, "{frequency}");
        let script = run.keras_code();
        assert_eq!(
            script.contains("validation_freq=["),
            frequency.is_array(),
            "{script}"
        );
    }
}

/// Keras 3.15.1 warns that only a scalar can be the best, and keeps the weights of each epoch.
#[test]
fn reaches_the_sentence_for_the_best_of_a_list() {
    let experiment = json!({
        "data": "Xor",
        "model": {"layers": [{"class_name": "Dense", "config": {"units": 2, "activation": "softmax"}}]},
        "compile": {"loss": "categorical_crossentropy", "metrics": [{"class_name": "F1Score", "config": {"name": "f"}}]},
        "fit": {"epochs": 2, "callbacks": [{"class_name": "ModelCheckpoint", "config": {
            "filepath": "a.keras", "monitor": "f", "mode": "max", "save_best_only": true}}]},
        "seed": 1,
    });
    let experiment = Experiment::read(&experiment.to_string()).expect("an experiment");
    let refusal = Run::new(experiment, None).err().expect("a refusal");
    assert_eq!(refusal.path, "fit.callbacks[0].config.monitor");
    assert!(
        refusal.message.contains("Keras then keeps the weights"),
        "{refusal}"
    );
}
