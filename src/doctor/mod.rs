//! Advice: what in an experiment does not fit although it runs, and the one change that mends it; and
//! for an experiment that is refused, a change after which it is not.
//!
//! To add a piece of advice: its function in `rules.rs`, or in `silent.rs` for what trains and measures something else
//! than was meant, and its line in that file's `ALL`.

mod rules;
mod silent;

use crate::data;
use crate::experiment::Experiment;
use crate::layers::{Inputs, Shape, inputs_of, size};
use crate::model::Sequential;
use crate::options::error::ConfigError;
use crate::run::Run;
use serde_json::{Value as Json, json};

/// A choice that does not fit.
#[derive(Clone, Debug, PartialEq)]
pub struct Advice {
    /// Where it was made, as [`ConfigError::path`] has it.
    pub path: String,
    /// Why it does not fit and what comes of it; empty where a refusal says so already.
    pub message: String,
    /// What the change does, for a button: "Use sigmoid".
    pub change: String,
    /// The experiment's text after the change.
    pub text: String,
}

/// One change of an experiment's JSON.
enum Edit {
    /// Another value at this JSON pointer; the object that it is in is there.
    Set(String, Json),
    /// A layer more, which then has this number among the listed ones.
    Insert(usize, Json),
    /// A layer more on either side of the one with this number.
    Around(usize, [Json; 2]),
    /// Without what has this number in the list at the pointer.
    Remove(&'static str, usize),
}

const LAYERS: &str = "/model/config/layers";

impl Edit {
    fn layer(at: usize, option: &str, value: impl Into<Json>) -> Self {
        Edit::Set(format!("{LAYERS}/{at}/config/{option}"), value.into())
    }

    /// The experiment's JSON after this change.
    fn apply(self, mut json: Json) -> Option<Json> {
        let list = |json: &mut Json, pointer: &str| {
            Some(std::mem::take(inside(json, pointer)?.as_array_mut()?))
        };
        match self {
            Edit::Set(pointer, value) => {
                let (parent, key) = pointer.rsplit_once('/')?;
                match inside(&mut json, parent)? {
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
                *inside(&mut json, LAYERS)? = layers.into();
            }
            Edit::Around(at, [before, after]) => {
                let inner = Edit::Insert(at + 1, after).apply(json)?;
                return Edit::Insert(at, before).apply(inner);
            }
            Edit::Remove(pointer, at) => {
                let mut all = list(&mut json, pointer)?;
                (at < all.len()).then(|| all.remove(at))?;
                *inside(&mut json, pointer)? = all.into();
            }
        }
        Some(json)
    }
}

/// What is in there under the keys of a path, `/model/config/layers/2`.
fn inside<'a>(json: &'a mut Json, path: &str) -> Option<&'a mut Json> {
    path.split('/')
        .skip(1)
        .try_fold(json, |json, key| match json {
            Json::Object(object) => object.get_mut(key),
            Json::Array(list) => list.get_mut(key.parse::<usize>().ok()?),
            _ => None,
        })
}

fn layer(class: &str, config: Json) -> Json {
    json!({"class_name": class, "config": config})
}

/// What does not fit in an experiment's text; for one that is refused, what mends it, if one change does.
pub fn of_text(text: &str, asset: Option<&[u8]>) -> Vec<Advice> {
    let experiment = match Experiment::read(text) {
        Ok(experiment) => experiment,
        Err(refusal) => return without(text, asset, &refusal).into_iter().collect(),
    };
    match Run::new(experiment.clone(), asset) {
        Ok(run) => of(&run),
        Err(refusal) => suggest_fix(&experiment, asset, &refusal)
            .into_iter()
            .collect(),
    }
}

/// For a text with a layer that cannot stand where it does: the same without it, if that runs.
fn without(text: &str, asset: Option<&[u8]>, refusal: &ConfigError) -> Option<Advice> {
    let listed = layer_of(&refusal.path)?;
    if refusal.path != format!("model.config.layers[{listed}].class_name") {
        return None;
    }
    let json = serde_json::from_str(text).ok()?;
    let json = Edit::Remove(LAYERS, listed).apply(json)?;
    let text = json.to_string();
    let run = Run::new(Experiment::read(&text).ok()?, asset).ok()?;
    of(&run).is_empty().then(|| Advice {
        path: refusal.path.clone(),
        message: String::new(),
        change: "Take it out".into(),
        text,
    })
}

/// What does not fit in an experiment that runs.
pub fn of(run: &Run) -> Vec<Advice> {
    let experiment = run.experiment();
    let json = json_of(experiment);
    let case = rules::Case::new(run);
    let all = rules::ALL.iter().chain(silent::ALL);
    let told = all.filter_map(|rule| rule(&case));
    told.filter_map(|found| {
        Some(Advice {
            path: found.path,
            message: found.message,
            change: found.change,
            text: found.edit.apply(json.clone())?.to_string(),
        })
    })
    .collect()
}

/// A change after which a refused experiment runs: of those that come into question where the refusal
/// stands, the first that does. `None`: no single one.
pub fn suggest_fix(
    experiment: &Experiment,
    asset: Option<&[u8]>,
    refusal: &ConfigError,
) -> Option<Advice> {
    let json = json_of(experiment);
    let dataset = data::load(&experiment.data, asset).ok()?;
    let candidates = candidates(experiment, &json, &dataset, refusal);
    candidates.into_iter().find_map(|(change, edit)| {
        let text = edit.apply(json.clone())?.to_string();
        let mended = Experiment::read(&text).ok()?;
        let runs = Run::new(mended, asset).ok()?;
        // A change that calls for another one is none that mends.
        of(&runs).is_empty().then(|| Advice {
            path: refusal.path.clone(),
            message: String::new(),
            change,
            text,
        })
    })
}

fn json_of(experiment: &Experiment) -> Json {
    serde_json::from_str(&experiment.text()).unwrap_or_default()
}

/// Which number the experiment's first layer has in the list: an input layer may stand before it.
fn first_layer(experiment: &Experiment, json: &Json) -> usize {
    let listed = json["model"]["config"]["layers"].as_array();
    listed.map_or(0, |l| l.len() - experiment.model.layers.len())
}

fn candidates(
    experiment: &Experiment,
    json: &Json,
    dataset: &data::Dataset,
    refusal: &ConfigError,
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
    if let Some(listed) = layer_of(&refusal.path)
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
            // Of what follows, most takes a row of numbers.
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
            found.push((format!("Take {name} out"), Edit::Remove(LAYERS, listed)));
        }
    }
    if refusal.path.starts_with("compile.loss") || refusal.path.starts_with("model") {
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
    let weighted = refusal.path.starts_with("compile.weighted_metrics");
    let reads_words = layers[0].choice.class.class_name == "Embedding";
    if refusal.path.starts_with("data") && reads_words {
        found.push(("Take Embedding out".into(), Edit::Remove(LAYERS, first)));
    }
    if refusal.path.starts_with("compile.metrics") || weighted {
        let listed = layer_of(&refusal.path).unwrap_or(0);
        let pointer = match weighted {
            true => "/compile/weighted_metrics",
            false => "/compile/metrics",
        };
        let other = if k == 0 { "mae" } else { "accuracy" };
        let change = Edit::Set(format!("{pointer}/{listed}"), other.into());
        found.push((format!("Use {other}"), change));
        found.push(("Take this metric out".into(), Edit::Remove(pointer, listed)));
    }
    if refusal.path.starts_with("fit.callbacks") {
        let listed = layer_of(&refusal.path).unwrap_or(0);
        if refusal.path.ends_with(".config.filename") {
            let name = format!("log_{}.csv", listed + 1);
            let pointer = format!("/fit/callbacks/{listed}/config/filename");
            let change = Edit::Set(pointer, name.as_str().into());
            found.push((format!("Write to {name}"), change));
        }
        let share = Edit::Set("/fit/validation_split".into(), 0.2.into());
        found.push(("Keep a fifth of the rows for validation".into(), share));
        let rate = Edit::Set(
            "/compile/optimizer/config/learning_rate".into(),
            0.001.into(),
        );
        found.push(("Begin with a learning rate of 0.001".into(), rate));
        found.push((
            "Take this callback out".into(),
            Edit::Remove("/fit/callbacks", listed),
        ));
    }
    found
}

/// The first number in brackets.
fn layer_of(path: &str) -> Option<usize> {
    let (_, rest) = path.split_once('[')?;
    rest.split_once(']')?.0.parse().ok()
}

/// As what a flat input could be read before that layer: a picture, a sequence.
fn shapes_before(experiment: &Experiment, dataset: &data::Dataset, at: usize) -> Vec<Shape> {
    let mut input = dataset.input_shape.clone();
    if at > 0 {
        let mut begun = experiment.model.clone();
        begun.layers.truncate(at);
        match Sequential::build(&begun, &input, 0) {
            Ok(model) => input = model.output_shape().clone(),
            Err(_) => return Vec::new(),
        }
    }
    let Some(n) = size(&input) else {
        return Vec::new();
    };
    let side = (1..=n).find(|s| s * s >= n).filter(|s| s * s == n);
    let picture = dataset.image.filter(|(h, w)| h * w == n);
    let mut shapes = Vec::new();
    if let Some((height, width)) = picture.or(side.map(|s| (s, s))) {
        shapes.push(vec![height, width, 1]);
        shapes.push(vec![height, width]);
    }
    shapes.extend([vec![n, 1], vec![n, 1, 1]]);
    shapes.retain(|shape| *shape != input);
    shapes
}
