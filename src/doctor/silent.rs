//! What trains without a word and measures something else than was meant: metrics, validation rows and callbacks
//! that contradict the rest of the experiment.

use super::Edit;
use super::rules::{Case, Found, SHARES, has};
use crate::options::{ConfigObject, Value};
use crate::run::Set;
use serde_json::{Value as Json, json};

/// Every rule.
pub static ALL: &[fn(&Case<'_>) -> Option<Found>] = &[
    classes_left_out,
    one_class_for_auc,
    thresholds_for_logits,
    accuracy_of_values,
    exclusive_classes,
    opposite_mode,
    validation_watched,
    validation_in_a_name,
    rate_watched,
];

/// The classes of the rows that are trained on, and of those that validate, each in the rows' order.
fn classes(case: &Case<'_>) -> Option<[Vec<f32>; 2]> {
    let labels = [Set::Train, Set::Validation].map(|set| case.run.labels(set));
    let known = !case.run.dataset().class_names.is_empty() && !labels[1].is_empty();
    known.then_some(labels)
}

/// The experiment's own rows in an order in which the classes are spread evenly; `None` for a built-in set.
fn mixed(case: &Case<'_>, labels: &[Vec<f32>; 2]) -> Option<Edit> {
    let data = &case.experiment.data;
    if data.class.class_name != "Numbers" {
        return None;
    }
    let labels = labels.concat();
    // Each row's path among those of its class, from 0 to 1.
    let mut seen: Vec<(f32, f64)> = Vec::new();
    let mut count = |label: f32| match seen.iter_mut().find(|(l, _)| *l == label) {
        Some((_, n)) => {
            *n += 1.0;
            *n
        }
        None => {
            seen.push((label, 1.0));
            1.0
        }
    };
    let numbered: Vec<f64> = labels.iter().map(|label| count(*label)).collect();
    let size = |label: f32| {
        seen.iter()
            .find(|(l, _)| *l == label)
            .map_or(1.0, |(_, n)| *n)
    };
    let places = labels.iter().zip(numbered);
    let places: Vec<f64> = places.map(|(label, n)| (n - 0.5) / size(*label)).collect();
    let mut order: Vec<usize> = (0..labels.len()).collect();
    order.sort_by(|a, b| places[*a].total_cmp(&places[*b]));
    let (x, y) = (data.floats("x"), data.floats("y"));
    let width = x.len() / y.len().max(1);
    let rows = |from: &[f64], width: usize| -> Json {
        let row = |row: &usize| from[row * width..][..width].to_vec();
        order.iter().flat_map(row).collect()
    };
    let mut config = data.config_json();
    config.insert("x".into(), rows(x, width));
    config.insert("y".into(), rows(y, 1));
    Some(Edit::Set("/data/config".into(), Json::Object(config)))
}

/// Rows that stand sorted by class: the last ones validate.
fn classes_left_out(case: &Case<'_>) -> Option<Found> {
    let labels = classes(case)?;
    let unseen = labels[1].iter().find(|label| !labels[0].contains(label))?;
    let edit = mixed(case, &labels)?;
    let name = case.run.dataset().class_names.get(*unseen as usize)?;
    let message = format!(
        "validation_split takes the last rows before they are shuffled, and these rows are sorted: class {name} is only \
         among the validation rows, so the network never trains on it."
    );
    let path = "fit.validation_split".into();
    Found::new(path, &message, "Mix the rows", edit)
}

fn metrics<'a>(case: &Case<'a>) -> impl Iterator<Item = (&'static str, usize, &'a ConfigObject)> {
    let compile = &case.experiment.compile;
    let lists = [
        ("metrics", &compile.metrics),
        ("weighted_metrics", &compile.weighted_metrics),
    ];
    lists.into_iter().flat_map(|(list, choices)| {
        let numbered = choices.iter().enumerate();
        numbered.map(move |(i, choice)| (list, i, choice))
    })
}

/// The area under the curve needs both answers.
fn one_class_for_auc(case: &Case<'_>) -> Option<Found> {
    let (list, i, _) = metrics(case).find(|(_, _, m)| m.class.class_name == "AUC")?;
    let labels = classes(case)?;
    let alone = |labels: &[f32]| labels.iter().all(|label| *label == labels[0]);
    if case.outputs > 1 || !alone(&labels[1]) || alone(&labels[0]) {
        return None;
    }
    let both = labels.concat();
    let half = Edit::Set("/fit/validation_split".into(), 0.5.into());
    let (change, edit) = match mixed(case, &labels) {
        Some(edit) => ("Mix the rows", edit),
        None if alone(&both[both.len() / 2..]) => return None,
        None => ("Keep half for validation", half),
    };
    let message = "AUC compares the outputs for the two classes, and all validation rows are of one class: \
                   their area is the same whatever the network answers (0 for ROC).";
    Found::new(format!("compile.{list}[{i}]"), message, change, edit)
}

/// A metric of probabilities beside a loss of logits.
fn thresholds_for_logits(case: &Case<'_>) -> Option<Found> {
    if !case.run.outputs_are_logits() || case.outputs != 1 || !case.loss_is(SHARES) {
        return None;
    }
    let replaced = |metric: &ConfigObject| {
        let config = match metric.class.class_name {
            "accuracy" => json!({"name": "accuracy", "threshold": 0.0}),
            "BinaryAccuracy" if metric.number("threshold") == 0.5 => {
                changed(metric, "threshold", 0.0.into())
            }
            "AUC" if metric.flag("from_logits") => return None,
            "AUC" => changed(metric, "from_logits", true.into()),
            _ if has(metric, "thresholds") && *metric.get("thresholds") == Value::Null => {
                changed(metric, "thresholds", vec![0.0].into())
            }
            _ => return None,
        };
        let class = match metric.class.class_name {
            "accuracy" => "BinaryAccuracy",
            own => own,
        };
        Some(json!({"class_name": class, "config": config}))
    };
    let mut found = metrics(case).filter_map(|(list, i, m)| Some((list, i, m, replaced(m)?)));
    let (list, i, metric, json) = found.next()?;
    let auc = metric.class.class_name == "AUC";
    let message = match auc {
        true => {
            "With from_logits in the loss the outputs are logits, any numbers, and AUC counts at thresholds from 0 to 1: \
             it needs from_logits, too."
        }
        false => {
            "With from_logits in the loss the outputs are logits, and this metric takes an output for a yes from 0.5 on: \
             that is a probability of 0.62. A logit of 0 is a probability of 0.5."
        }
    };
    let change = if auc {
        "Switch its from_logits on"
    } else {
        "Count from 0 on"
    };
    let edit = Edit::Set(format!("/compile/{list}/{i}"), json);
    Found::new(format!("compile.{list}[{i}]"), message, change, edit)
}

/// The options of a choice with another value for one of them.
fn changed(choice: &ConfigObject, option: &str, value: Json) -> Json {
    let mut config = choice.config_json();
    config.insert(option.into(), value);
    Json::Object(config)
}

/// Right or wrong, asked of numbers of which none is hit exactly.
fn accuracy_of_values(case: &Case<'_>) -> Option<Found> {
    let counts =
        |m: &ConfigObject| ["accuracy", "Accuracy", "BinaryAccuracy"].contains(&m.class.class_name);
    let (list, i, _) = metrics(case).find(|(_, _, metric)| counts(metric))?;
    if !case.run.dataset().class_names.is_empty() {
        return None;
    }
    let message = "Accuracy counts answers that are exactly right, and these targets are values, not classes: it stays \
                   near 0 however good the network is.";
    let edit = Edit::Set(format!("/compile/{list}/{i}"), "mae".into());
    Found::new(format!("compile.{list}[{i}]"), message, "Use mae", edit)
}

/// Yes or no asked twice of what is one question.
fn exclusive_classes(case: &Case<'_>) -> Option<Found> {
    let (at, function, option) = case.end()?;
    let asks = function == "sigmoid" && !case.logits() || function == "linear" && case.logits();
    let two = case.outputs == 2 && case.run.dataset().class_names.len() == 2;
    if !case.loss_is(SHARES) || !asks || !two || !option {
        return None;
    }
    let (_, last) = case.layers().next_back()?;
    if last.class.class_name != "Dense" {
        return None;
    }
    let message = "One of the two classes is right, and with binary cross-entropy each unit says yes or no by itself: \
                   both can say yes, or neither. One unit asks the one question that there is.";
    let path = format!("model.config.layers[{at}].config.units");
    Found::new(path, message, "Use 1 unit", Edit::layer(at, "units", 1))
}

/// The callbacks that watch a number, and act on it.
fn watching<'a>(case: &Case<'a>) -> impl Iterator<Item = (usize, &'a ConfigObject, &'a str)> {
    let all = case.experiment.fit.list("callbacks").iter().enumerate();
    let acts = |c: &ConfigObject| !has(c, "save_best_only") || c.flag("save_best_only");
    let some = all.filter(move |(_, c)| has(c, "monitor") && acts(c));
    some.map(|(at, c)| (at, c, c.text("monitor")))
}

/// A mode that takes the worst for the best.
fn opposite_mode(case: &Case<'_>) -> Option<Found> {
    let opposite = |(_, callback, monitor): &(usize, &ConfigObject, &str)| {
        let name = monitor.strip_prefix("val_").unwrap_or(monitor);
        let larger = case.run.trainer().larger_is_better(name);
        let mode = callback.word("mode");
        larger.is_some_and(|larger| mode == if larger { "min" } else { "max" })
    };
    let (at, callback, monitor) = watching(case).find(opposite)?;
    let (mode, better) = match callback.word("mode") {
        "min" => ("min", "large"),
        _ => ("max", "small"),
    };
    let message = format!(
        "With mode '{mode}' this callback takes the worst epoch for the best: {monitor} is better {better}."
    );
    let edit = Edit::Set(format!("/fit/callbacks/{at}/config/mode"), "auto".into());
    let path = format!("fit.callbacks[{at}].config.mode");
    Found::new(path, &message, "Use auto", edit)
}

/// A callback that waits for a number that no epoch has.
fn validation_watched(case: &Case<'_>) -> Option<Found> {
    if case.experiment.fit.number("validation_split") > 0.0 {
        return None;
    }
    let (at, callback, _) = watching(case).find(|(_, _, monitor)| monitor.starts_with("val_"))?;
    let what = match callback.class.class_name {
        "ModelCheckpoint" => "it keeps every epoch",
        _ => "it never acts",
    };
    let message =
        format!("It watches a validation measure, and no rows are kept for validation: {what}.");
    let edit = Edit::Set("/fit/validation_split".into(), 0.2.into());
    let path = format!("fit.callbacks[{at}].config.monitor");
    Found::new(path, &message, "Keep a fifth for validation", edit)
}

/// A file named after a number that no epoch has.
fn validation_in_a_name(case: &Case<'_>) -> Option<Found> {
    let fit = &case.experiment.fit;
    let named = |c: &ConfigObject| has(c, "filepath") && c.text("filepath").contains("{val_");
    let at = fit.list("callbacks").iter().position(named)?;
    if fit.number("validation_split") > 0.0 {
        return None;
    }
    let message = "Its file is named after a validation measure, and no rows are kept for validation: Keras stops \
                   there with an error.";
    let edit = Edit::Set("/fit/validation_split".into(), 0.2.into());
    let path = format!("fit.callbacks[{at}].config.filepath");
    Found::new(path, message, "Keep a fifth for validation", edit)
}

/// The learning rate, watched before a callback has logged it.
fn rate_watched(case: &Case<'_>) -> Option<Found> {
    let all = case.experiment.fit.list("callbacks");
    let logs = |c: &ConfigObject| {
        ["ReduceLROnPlateau", "LearningRateScheduler"].contains(&c.class.class_name)
    };
    let (at, _, _) = watching(case)
        .find(|(at, _, monitor)| *monitor == "learning_rate" && !all[..=*at].iter().any(logs))?;
    let message = "ReduceLROnPlateau and LearningRateScheduler log the learning rate, and none of them stands before \
                   this callback: it never acts.";
    let path = format!("fit.callbacks[{at}].config.monitor");
    Found::new(
        path,
        message,
        "Take this callback out",
        Edit::Remove("/fit/callbacks", at),
    )
}
