//! The Keras script that does what an experiment says.

use crate::choice::{Choice, Value};
use crate::experiment::Experiment;
use crate::layers::Shape;
use crate::losses::{Loss, Targets};
use crate::refusal::shown;
use serde_json::Value as Json;

/// A script for Keras 3; `input` is the shape of one example, `load` the lines that make x and y.
pub fn script(experiment: &Experiment, input: &Shape, title: &str) -> String {
    let mut text = String::from("import keras\nfrom keras import layers\n\n");
    text += &format!("keras.utils.set_random_seed({})\n\n", experiment.seed);
    text += &format!("# x, y: {title}\n\n");
    let sizes: Vec<String> = input.iter().map(usize::to_string).collect();
    let comma = if sizes.len() == 1 { "," } else { "" };
    text += "model = keras.Sequential([\n";
    text += &format!("    keras.Input(shape=({}{comma})),\n", sizes.join(", "));
    for layer in &experiment.model.layers {
        let mut arguments = arguments(&layer.choice, &["units", "rate", "activation"]);
        if !layer.trainable {
            arguments.push("trainable=False".into());
        }
        if let Some(name) = &layer.name {
            arguments.push(format!("name={}", quoted(name)));
        }
        text += &format!(
            "    layers.{}({}),\n",
            layer.choice.entry.class_name,
            arguments.join(", ")
        );
    }
    text += "])\n\n";
    let compile = &experiment.compile;
    text += "model.compile(\n";
    text += &format!(
        "    optimizer={},\n",
        call("keras.optimizers", &compile.optimizer)
    );
    text += &format!("    loss={},\n", call("keras.losses", &compile.loss));
    for (key, list) in [
        ("metrics", &compile.metrics),
        ("weighted_metrics", &compile.weighted_metrics),
    ] {
        if !list.is_empty() {
            let list: Vec<String> = list
                .iter()
                .map(|m| short_call("keras.metrics", m))
                .collect();
            text += &format!("    {key}=[{}],\n", list.join(", "));
        }
    }
    text += ")\nmodel.summary()\n\n";
    let loss = Loss::new(&compile.loss);
    let one_hot = compile.loss.entry.class_name == "CategoricalCrossentropy"
        && loss.targets() == Targets::Probabilities;
    let y = if one_hot {
        "keras.utils.to_categorical(y)"
    } else {
        "y"
    };
    let mut fit = vec!["x".to_string(), y.to_string()];
    fit.extend(arguments(&experiment.fit, &[]));
    text += &format!("history = model.fit({})\n", fit.join(", "));
    text
}

fn call(module: &str, choice: &Choice) -> String {
    format!(
        "{module}.{}({})",
        choice.entry.class_name,
        arguments(choice, &[]).join(", ")
    )
}

fn short_call(module: &str, choice: &Choice) -> String {
    if arguments(choice, &[]).is_empty() {
        return quoted(choice.spelling);
    }
    call(module, choice)
}

/// The options that differ from their default; those in `positional` without their name while they
/// come first.
fn arguments(choice: &Choice, positional: &[&str]) -> Vec<String> {
    let mut list: Vec<String> = Vec::new();
    let mut in_order = true;
    for option in choice.entry.options {
        let value = choice.get(option.name);
        if option.default_value().as_ref() == Some(value) {
            in_order = false;
            continue;
        }
        let text = python(value);
        let bare = in_order && positional.contains(&option.name) && option.name != "activation"
            || choice.entry.class_name == "Activation";
        list.push(if bare {
            text
        } else {
            format!("{}={text}", option.name)
        });
    }
    list
}

fn python(value: &Value) -> String {
    match value {
        Value::Null => "None".into(),
        Value::Bool(true) => "True".into(),
        Value::Bool(false) => "False".into(),
        Value::Int(v) => v.to_string(),
        Value::Float(v) => Json::from(*v).to_string(), // JSON's form of a float is Python's, too
        Value::Word(word) => quoted(word),
        Value::Shape(sizes) => {
            let sizes: Vec<String> = sizes
                .iter()
                .map(|n| n.map_or("None".into(), |n| n.to_string()))
                .collect();
            format!("({},)", sizes.join(", "))
        }
        Value::Numbers(numbers) => {
            let numbers: Vec<String> = numbers.iter().copied().map(shown).collect();
            format!("[{}]", numbers.join(", "))
        }
        Value::Name(name) => quoted(name),
        Value::Choice(choice) if arguments(choice, &[]).is_empty() => quoted(choice.entry.name),
        Value::Choice(choice) => call("keras.initializers", choice),
    }
}

/// A string that Python reads as this text: JSON's form is Python's, too.
fn quoted(text: &str) -> String {
    Json::from(text).to_string()
}
