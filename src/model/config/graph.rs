//! The graph of a Functional model in Keras' form: the sources of each layer's inputs.

use super::Source;
use crate::layers::Inputs;
use crate::options::error::{ConfigError, Result};
use serde_json::{Map, Value as Json, json};

/// Names of the tensors among a call's arguments, in order, and the arguments that are not tensors.
fn arguments(json: &Json, names: &mut Vec<String>) {
    match json {
        Json::Array(list) => list.iter().for_each(|item| arguments(item, names)),
        Json::Object(object) if object.get("class_name") == Some(&"__keras_tensor__".into()) => {
            let history = object.get("config").and_then(|c| c.get("keras_history"));
            let name = history.and_then(|h| h.get(0)).and_then(Json::as_str);
            names.extend(name.map(String::from));
        }
        // Keras 2: [["dense", 0, 0, {}]]
        Json::String(name) => names.push(name.clone()),
        _ => {}
    }
}

/// The sources of a layer's inputs in a Functional model. `known`: names of the input and of the layers before it, in order.
///
/// # Errors
/// A layer that is called several times, or that takes an output of no layer before it.
pub fn sources(layer: &Json, known: &[String], inputs: Inputs) -> Result<Vec<Source>> {
    let refuse = |message: String| Err(ConfigError::new("inbound_nodes", message));
    let nodes = layer.get("inbound_nodes").and_then(Json::as_array);
    let [node] = nodes.map_or(&[][..], Vec::as_slice) else {
        return refuse(
            "Every layer of a Functional model must be called once: give one inbound node.".into(),
        );
    };
    let mut names = Vec::new();
    match node.get("args") {
        Some(args) => {
            arguments(args, &mut names);
            let named = node.get("kwargs").and_then(Json::as_object);
            named.into_iter().flatten().for_each(|(_, value)| {
                if value.is_object() || value.is_array() {
                    arguments(value, &mut names);
                }
            });
        }
        None => arguments(node, &mut names),
    }
    let fits = match inputs {
        Inputs::One => names.len() == 1,
        Inputs::QueryAndValue => (2..=3).contains(&names.len()),
        Inputs::Several => names.len() >= 2,
    };
    if !fits {
        return refuse(format!("This layer does not take {} inputs.", names.len()));
    }
    let mut sources = Vec::new();
    for name in names {
        match known.iter().position(|k| *k == name) {
            Some(0) => sources.push(Source::Input),
            Some(i) => sources.push(Source::Layer(i - 1)),
            None => {
                return refuse(format!(
                    "It takes the output of '{name}', which does not come before it."
                ));
            }
        }
    }
    Ok(sources)
}

/// Arguments of the call that are no tensors, such as `use_causal_mask`. `training` is left out: a model passes its own value
/// to all layers. (Keras writes the value at the time when the model was built.)
pub fn options(layer: &Json) -> Map<String, Json> {
    let node = layer.get("inbound_nodes").and_then(|n| n.get(0));
    let named = node.and_then(|n| n.get("kwargs")).and_then(Json::as_object);
    let plain = |(key, value): &(&String, &Json)| {
        *key != "training" && (value.is_boolean() || value.is_number())
    };
    named
        .into_iter()
        .flatten()
        .filter(plain)
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

/// The inbound nodes of a layer with these sources.
pub fn nodes(names: &[&str], several: bool) -> Json {
    let tensor = |name: &&str| {
        let history = Json::Array(vec![(*name).into(), 0.into(), 0.into()]);
        json!({"class_name": "__keras_tensor__", "config": json!({"keras_history": history})})
    };
    let tensors: Vec<Json> = names.iter().map(tensor).collect();
    let args: Json = if several {
        vec![Json::from(tensors)].into()
    } else {
        tensors.into()
    };
    let node = json!({"args": args, "kwargs": json!({})});
    vec![node].into()
}
