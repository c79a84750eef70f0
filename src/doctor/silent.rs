//! Experiments that train but measure something else than was meant: metrics, validation rows and callbacks that contradict
//! the other settings.

use super::Edit;
use super::rules::{BINARY, Case, Found};
use crate::data::Numbers;
use crate::functions::metrics::{Auc, BinaryAccuracy};
use crate::options::{ConfigObject, Value};
use crate::run::Set;
use crate::training::callbacks::{self, CheckpointOptions, LEARNING_RATE, Monitored};
use serde_json::{Value as Json, json};

/// Every rule.
pub static ALL: &[fn(&Case<'_>) -> Option<Found>] = &[
    classes_left_out,
    one_class_for_auc,
    thresholds_for_logits,
    accuracy_of_values,
    exclusive_classes,
    opposite_mode,
    validation_monitored,
    validation_in_a_name,
    learning_rate_monitored,
];

/// The classes of the training rows and of the validation rows, in the rows' order.
fn classes(case: &Case<'_>) -> Option<[Vec<f32>; 2]> {
    let labels = [Set::Train, Set::Validation].map(|set| case.run.labels(set));
    let known = !case.run.dataset().class_names.is_empty() && !labels[1].is_empty();
    known.then_some(labels)
}

/// The experiment's own rows in an order that spreads the classes evenly; `None` for a built-in data set.
fn mixed(case: &Case<'_>, labels: &[Vec<f32>; 2]) -> Option<Edit> {
    let data = &case.experiment.data;
    let Numbers { x, y, .. } = Numbers::of_class(data)?;
    let labels = labels.concat();
    // The position of each row among those of its class, from 0 to 1.
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
    order.sort_unstable_by(|a, b| places[*a].total_cmp(&places[*b]).then(a.cmp(b)));
    let width = x.len() / y.len().max(1);
    let rows = |from: &[f64], width: usize| -> Json {
        let row = |row: &usize| from[row * width..][..width].to_vec();
        order.iter().flat_map(row).collect()
    };
    let mut config = data.config_json();
    config.insert("x".into(), rows(&x, width));
    config.insert("y".into(), rows(&y, 1));
    Some(Edit::Set("/data/config".into(), Json::Object(config)))
}

/// Rows that are sorted by class, of which the last ones validate.
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

/// AUC needs rows of both classes.
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
        None => ("Hold out half for validation", half),
    };
    let message = "AUC compares the outputs for the two classes, but all validation rows are of one class: \
                   the area does not depend on the outputs (0 for ROC).";
    Found::new(format!("compile.{list}[{i}]"), message, change, edit)
}

/// A metric of probabilities with a loss of logits.
fn thresholds_for_logits(case: &Case<'_>) -> Option<Found> {
    if !case.run.outputs_are_logits() || case.outputs != 1 || !case.loss_is(BINARY) {
        return None;
    }
    let replaced = |metric: &ConfigObject| {
        let config = match metric.class.class_name {
            "accuracy" => json!({"name": "accuracy", "threshold": 0.0}),
            _ if BinaryAccuracy::of_class(metric).is_some_and(|m| m.threshold == 0.5) => {
                changed(metric, "threshold", 0.0.into())
            }
            "AUC" if Auc::of_class(metric).is_some_and(|auc| auc.from_logits) => return None,
            "AUC" => changed(metric, "from_logits", true.into()),
            _ if default_thresholds(metric) => changed(metric, "thresholds", vec![0.0].into()),
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
            "With from_logits in the loss the outputs are logits, and AUC uses thresholds from 0 to 1: \
             it needs from_logits, too."
        }
        false => {
            "With from_logits in the loss the outputs are logits, and this metric counts an output above 0.5 as a yes, \
             which is a probability of 0.62. A logit of 0 is a probability of 0.5."
        }
    };
    let change = if auc {
        "Switch its from_logits on"
    } else {
        "Use a threshold of 0"
    };
    let edit = Edit::Set(format!("/compile/{list}/{i}"), json);
    Found::new(format!("compile.{list}[{i}]"), message, change, edit)
}

/// Whether a metric has thresholds, and they are the default.
fn default_thresholds(metric: &ConfigObject) -> bool {
    let mut options = metric.options();
    options.any(|(option, value)| option.name == "thresholds" && *value == Value::Null)
}

/// The options of an object with another value for one of them.
fn changed(object: &ConfigObject, option: &str, value: Json) -> Json {
    let mut config = object.config_json();
    config.insert(option.into(), value);
    Json::Object(config)
}

/// Accuracy of a regression.
fn accuracy_of_values(case: &Case<'_>) -> Option<Found> {
    let counts =
        |m: &ConfigObject| ["accuracy", "Accuracy", "BinaryAccuracy"].contains(&m.class.class_name);
    let (list, i, _) = metrics(case).find(|(_, _, metric)| counts(metric))?;
    if !case.run.dataset().class_names.is_empty() {
        return None;
    }
    let message = "Accuracy counts outputs that are exactly right, but these targets are values, not classes: it stays \
                   near 0 however good the network is.";
    let edit = Edit::Set(format!("/compile/{list}/{i}"), "mae".into());
    Found::new(format!("compile.{list}[{i}]"), message, "Use mae", edit)
}

/// Two sigmoid units for two classes that exclude each other.
fn exclusive_classes(case: &Case<'_>) -> Option<Found> {
    let (at, function, option) = case.end()?;
    let asks = function == "sigmoid" && !case.logits() || function == "linear" && case.logits();
    let two = case.outputs == 2 && case.run.dataset().class_names.len() == 2;
    if !case.loss_is(BINARY) || !asks || !two || !option {
        return None;
    }
    let (_, last) = case.layers().next_back()?;
    if last.class.class_name != "Dense" {
        return None;
    }
    let message = "Each example is of one of the two classes, but with binary cross-entropy each unit is a separate yes/no \
                   question: both can be yes, or neither. One unit is enough.";
    let path = format!("model.config.layers[{at}].config.units");
    Found::new(path, message, "Use 1 unit", Edit::layer(at, "units", 1))
}

/// The callbacks that act on a monitored value: index, object and value.
fn monitoring<'c>(
    case: &'c Case<'_>,
) -> impl Iterator<Item = (usize, &'c ConfigObject, Monitored)> {
    let all = case.fit.callbacks.iter().enumerate();
    all.filter_map(|(at, callback)| Some((at, callback, callbacks::monitored(callback)?)))
}

/// A mode that takes the worst epoch for the best.
fn opposite_mode(case: &Case<'_>) -> Option<Found> {
    let opposite = |(_, _, monitored): &(usize, &ConfigObject, Monitored)| {
        let name = monitored.name.strip_prefix("val_");
        let larger = case
            .run
            .trainer()
            .larger_is_better(name.unwrap_or(&monitored.name));
        larger.is_some_and(|larger| monitored.mode == if larger { "min" } else { "max" })
    };
    let (at, _, Monitored { name, mode }) = monitoring(case).find(opposite)?;
    let (mode, better) = match mode {
        "min" => ("min", "large"),
        _ => ("max", "small"),
    };
    let message = format!(
        "With mode '{mode}' this callback takes the worst epoch for the best: {name} is better {better}."
    );
    let edit = Edit::Set(format!("/fit/callbacks/{at}/config/mode"), "auto".into());
    let path = format!("fit.callbacks[{at}].config.mode");
    Found::new(path, &message, "Use auto", edit)
}

/// A callback that monitors validation, without validation.
fn validation_monitored(case: &Case<'_>) -> Option<Found> {
    if case.fit.validation_split > 0.0 {
        return None;
    }
    let (at, callback, _) =
        monitoring(case).find(|(_, _, monitored)| monitored.name.starts_with("val_"))?;
    let consequence = match callback.class.class_name {
        "ModelCheckpoint" => "it keeps every epoch",
        _ => "it never acts",
    };
    let message =
        format!("It monitors validation, but no rows are held out for validation: {consequence}.");
    let edit = Edit::Set("/fit/validation_split".into(), 0.2.into());
    let path = format!("fit.callbacks[{at}].config.monitor");
    Found::new(path, &message, "Hold out a fifth for validation", edit)
}

/// A file name with a validation value, without validation.
fn validation_in_a_name(case: &Case<'_>) -> Option<Found> {
    let named = |callback: &ConfigObject| {
        CheckpointOptions::of_class(callback).is_some_and(|o| o.filepath.contains("{val_"))
    };
    let at = case.fit.callbacks.iter().position(named)?;
    if case.fit.validation_split > 0.0 {
        return None;
    }
    let message = "Its file name contains a validation value, but no rows are held out for validation: Keras stops \
                   there with an error.";
    let edit = Edit::Set("/fit/validation_split".into(), 0.2.into());
    let path = format!("fit.callbacks[{at}].config.filepath");
    Found::new(path, message, "Hold out a fifth for validation", edit)
}

/// A callback that monitors the learning rate before another one logs it.
fn learning_rate_monitored(case: &Case<'_>) -> Option<Found> {
    let logged = |at: usize| {
        let mut before = case.fit.callbacks[..=at].iter();
        before.any(callbacks::logs_learning_rate)
    };
    let (at, _, _) = monitoring(case)
        .find(|(at, _, monitored)| monitored.name == LEARNING_RATE && !logged(*at))?;
    let message = "ReduceLROnPlateau and LearningRateScheduler log the learning rate, but none of them precedes \
                   this callback: it never acts.";
    let path = format!("fit.callbacks[{at}].config.monitor");
    Found::new(
        path,
        message,
        "Remove this callback",
        Edit::Remove("/fit/callbacks", at),
    )
}
