//! Advice: settings that run but do not fit together, each with a fix; and for an experiment that is refused, a change after
//! which it runs.
//!
//! To add advice: its function in `rules.rs`, or in `silent.rs` for an experiment that trains but measures something else than
//! was meant, and its line in that file's `ALL`.

mod rules;
mod silent;

use crate::data;
use crate::experiment::Experiment;
use crate::kernels::inputs::Bytes;
use crate::layers::{Inputs, Shape, inputs_of, size};
use crate::model::Sequential;
use crate::options::error::ConfigError;
use crate::run::Run;
use serde_json::{Value as Json, json};

/// Advice on one setting.
#[derive(Clone, Debug, PartialEq)]
pub struct Advice {
    /// The path of the setting, as in [`ConfigError::path`].
    pub path: String,
    /// Why it does not fit, and the consequence. Empty if an error says so already.
    pub message: String,
    /// The fix, as the label of a button: "Use sigmoid".
    pub change: String,
    /// The experiment's text after the fix.
    pub text: String,
}

/// One change of an experiment's JSON.
enum Edit {
    /// Sets the value at this JSON pointer, in an object or list that exists.
    Set(String, Json),
    /// Inserts a layer at this index of the list.
    Insert(usize, Json),
    /// Inserts a layer before and one after the layer at this index.
    Around(usize, [Json; 2]),
    /// Removes the item at this index of the list at the pointer.
    Remove(&'static str, usize),
}

const LAYERS: &str = "/model/config/layers";

impl Edit {
    fn layer(at: usize, option: &str, value: impl Into<Json>) -> Self {
        Edit::Set(format!("{LAYERS}/{at}/config/{option}"), value.into())
    }

    /// Applies the change to an experiment's JSON.
    fn apply(self, mut json: Json) -> Option<Json> {
        let list = |json: &mut Json, pointer: &str| {
            Some(std::mem::take(json.pointer_mut(pointer)?.as_array_mut()?))
        };
        match self {
            Edit::Set(pointer, value) => {
                let (parent, key) = pointer.rsplit_once('/')?;
                match json.pointer_mut(parent)? {
                    Json::Object(object) => {
                        object.insert(key.into(), value);
                    }
                    Json::Array(list) => *list.get_mut(key.parse::<usize>().ok()?)? = value,
                    _ => return None,
                }
            }
            Edit::Insert(at, layer) => {
                let mut layers = list(&mut json, LAYERS)?;
                layers.insert(at.min(layers.len()), layer);
                *json.pointer_mut(LAYERS)? = layers.into();
            }
            Edit::Around(at, [before, after]) => {
                let inner = Edit::Insert(at + 1, after).apply(json)?;
                return Edit::Insert(at, before).apply(inner);
            }
            Edit::Remove(pointer, at) => {
                let mut all = list(&mut json, pointer)?;
                (at < all.len()).then(|| all.remove(at))?;
                *json.pointer_mut(pointer)? = all.into();
            }
        }
        Some(json)
    }
}

fn layer(class: &str, config: Json) -> Json {
    json!({"class_name": class, "config": config})
}

/// Advice on an experiment's text. For a text that is refused: a change that fixes it, if a single change does.
pub fn of_text(text: &str, asset: Option<&Bytes>) -> Vec<Advice> {
    let experiment = match Experiment::read(text) {
        Ok(experiment) => experiment,
        Err(error) => return without_layer(text, asset, &error).into_iter().collect(),
    };
    match Run::new(experiment.clone(), asset) {
        Ok(run) => of(&run),
        Err(error) => suggest_fix(&experiment, asset, &error)
            .into_iter()
            .collect(),
    }
}

/// For a text with a layer that is not possible at its place: the text without that layer, if that runs.
fn without_layer(text: &str, asset: Option<&Bytes>, error: &ConfigError) -> Option<Advice> {
    let listed = layer_of(&error.path)?;
    if error.path != format!("model.config.layers[{listed}].class_name") {
        return None;
    }
    let json = serde_json::from_str(text).ok()?;
    let json = Edit::Remove(LAYERS, listed).apply(json)?;
    let text = json.to_string();
    let run = Run::new(Experiment::read(&text).ok()?, asset).ok()?;
    of(&run).is_empty().then(|| Advice {
        path: error.path.clone(),
        message: String::new(),
        change: "Remove it".into(),
        text,
    })
}

/// Advice on an experiment that runs.
pub fn of(run: &Run) -> Vec<Advice> {
    let experiment = run.experiment();
    let json = json_of(experiment);
    let case = rules::Case::new(run);
    let all = rules::ALL.iter().chain(silent::ALL);
    let all = all.filter_map(|rule| rule(&case));
    all.filter_map(|found| {
        Some(Advice {
            path: found.path,
            message: found.message,
            change: found.change,
            text: found.edit.apply(json.clone())?.to_string(),
        })
    })
    .collect()
}

/// A change after which a refused experiment runs: the first of the candidates for the path of the error. `None`: no candidate
/// does.
pub fn suggest_fix(
    experiment: &Experiment,
    asset: Option<&Bytes>,
    error: &ConfigError,
) -> Option<Advice> {
    let json = json_of(experiment);
    let dataset = data::load(&experiment.data, asset).ok()?;
    let candidates = candidates(experiment, &json, &dataset, error);
    candidates.into_iter().find_map(|(change, edit)| {
        let text = edit.apply(json.clone())?.to_string();
        let fixed = Experiment::read(&text).ok()?;
        let run = Run::new(fixed, asset).ok()?;
        // Reject a fix that triggers new advice.
        of(&run).is_empty().then(|| Advice {
            path: error.path.clone(),
            message: String::new(),
            change,
            text,
        })
    })
}

fn json_of(experiment: &Experiment) -> Json {
    serde_json::from_str(&experiment.text()).unwrap_or_default()
}

/// Index of the experiment's first layer in the list: an input layer may precede it.
fn first_layer(experiment: &Experiment, json: &Json) -> usize {
    let listed = json["model"]["config"]["layers"].as_array();
    listed.map_or(0, |l| l.len() - experiment.model.layers.len())
}

fn candidates(
    experiment: &Experiment,
    json: &Json,
    dataset: &data::Dataset,
    error: &ConfigError,
) -> Vec<(String, Edit)> {
    let layers = &experiment.model.layers;
    let first = first_layer(experiment, json);
    let last = layers.len() - 1;
    let mut found = Vec::new();
    let shaped = |target: Shape| {
        let shown: Vec<String> = target.iter().map(usize::to_string).collect();
        let config = json!({"target_shape": target});
        (shown.join(" x "), layer("Reshape", config))
    };
    let units = |n: usize| {
        let unit = if n == 1 { "unit" } else { "units" };
        (
            format!("Give the last layer {n} {unit}"),
            Edit::layer(first + last, "units", n),
        )
    };
    let k = dataset.class_names.len();
    if let Some(listed) = layer_of(&error.path)
        && let Some(at) = listed.checked_sub(first).filter(|at| *at <= last)
    {
        let flatten = || layer("Flatten", json!({}));
        let chain = experiment.model.is_chain() && inputs_of(&layers[at].choice) == Inputs::One;
        let shapes = match chain {
            true => shapes_before(experiment, dataset, at),
            false => Vec::new(),
        };
        for target in shapes.clone() {
            let (shown, layer) = shaped(target);
            let change = format!("Put Reshape to {shown} before it");
            found.push((change, Edit::Insert(listed, layer)));
        }
        found.push((
            "Put Flatten before it".into(),
            Edit::Insert(listed, flatten()),
        ));
        if at < last {
            // Most layers that follow take a row of numbers.
            for target in shapes.into_iter().filter(|s| !s.ends_with(&[1, 1])) {
                let (shown, layer) = shaped(target);
                let change = format!("Put Reshape to {shown} before it and Flatten after it");
                found.push((change, Edit::Around(listed, [layer, flatten()])));
            }
        }
        if at == last {
            found.extend([k.max(1), 1].map(units));
        }
        if at < last {
            let name = layers[at].choice.class.label;
            found.push((format!("Remove {name}"), Edit::Remove(LAYERS, listed)));
        }
    }
    if error.path.starts_with("compile.loss") || error.path.starts_with("model") {
        let flat = (
            "Put Flatten before the last layer".into(),
            Edit::Insert(first + last, layer("Flatten", json!({}))),
        );
        found.push(flat);
        found.extend([k.max(1), 1].map(units));
        for (loss, label) in [
            ("binary_crossentropy", "binary cross-entropy"),
            ("categorical_crossentropy", "categorical cross-entropy"),
            ("mean_squared_error", "mean squared error"),
        ] {
            found.push((
                format!("Use {label}"),
                Edit::Set("/compile/loss".into(), loss.into()),
            ));
        }
    }
    let weighted = error.path.starts_with("compile.weighted_metrics");
    let reads_words = layers[0].choice.class.class_name == "Embedding";
    if error.path.starts_with("data") && reads_words {
        found.push(("Remove Embedding".into(), Edit::Remove(LAYERS, first)));
    }
    if error.path.starts_with("compile.metrics") || weighted {
        let listed = layer_of(&error.path).unwrap_or(0);
        let pointer = match weighted {
            true => "/compile/weighted_metrics",
            false => "/compile/metrics",
        };
        let other = if k == 0 { "mae" } else { "accuracy" };
        let change = Edit::Set(format!("{pointer}/{listed}"), other.into());
        found.push((format!("Use {other}"), change));
        found.push(("Remove this metric".into(), Edit::Remove(pointer, listed)));
    }
    if error.path.starts_with("fit.callbacks") {
        let listed = layer_of(&error.path).unwrap_or(0);
        if error.path.ends_with(".config.filename") {
            let name = format!("log_{}.csv", listed + 1);
            let pointer = format!("/fit/callbacks/{listed}/config/filename");
            let change = Edit::Set(pointer, name.as_str().into());
            found.push((format!("Write to {name}"), change));
        }
        let share = Edit::Set("/fit/validation_split".into(), 0.2.into());
        found.push(("Hold out a fifth of the rows for validation".into(), share));
        let rate = Edit::Set(
            "/compile/optimizer/config/learning_rate".into(),
            0.001.into(),
        );
        found.push(("Use a constant learning rate of 0.001".into(), rate));
        found.push((
            "Remove this callback".into(),
            Edit::Remove("/fit/callbacks", listed),
        ));
    }
    found
}

/// The first index in a path.
fn layer_of(path: &str) -> Option<usize> {
    let (_, rest) = path.split_once('[')?;
    rest.split_once(']')?.0.parse().ok()
}

/// Shapes that a flat input could have before that layer: an image, a sequence.
fn shapes_before(experiment: &Experiment, dataset: &data::Dataset, at: usize) -> Vec<Shape> {
    let mut input = dataset.input_shape.clone();
    if at > 0 {
        let mut before = experiment.model.clone();
        before.layers.truncate(at);
        match Sequential::build(&before, &input, 0) {
            Ok(model) => input = model.output_shape().clone(),
            Err(_) => return Vec::new(),
        }
    }
    let Some(n) = size(&input) else {
        return Vec::new();
    };
    let side = (1..=n).find(|s| s * s >= n).filter(|s| s * s == n);
    let image = dataset.image.filter(|(h, w)| h * w == n);
    let mut shapes = Vec::new();
    if let Some((height, width)) = image.or(side.map(|s| (s, s))) {
        shapes.push(vec![height, width, 1]);
        shapes.push(vec![height, width]);
    }
    shapes.extend([vec![n, 1], vec![n, 1, 1]]);
    shapes.retain(|shape| *shape != input);
    shapes
}
