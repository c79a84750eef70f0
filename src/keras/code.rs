//! The Keras script that does what an experiment says.

use crate::choice::{self, Choice, Default, Kind, Value};
use crate::experiment::Experiment;
use crate::layers::Shape;
use crate::losses::{Loss, Targets};

/// A script for Keras 3; `input` is the shape of one example, `title` says what x and y are, and
/// `n_train` of their rows are trained on.
pub fn script(experiment: &Experiment, input: &Shape, title: &str, n_train: usize) -> String {
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
    text += "])\n";
    text += &adapt_lines(experiment, n_train);
    text += "\n";
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

/// What looks at the data before training: each such layer at what the ones before make of it.
fn adapt_lines(experiment: &Experiment, n_train: usize) -> String {
    let split = experiment.fit.number("validation_split") > 0.0;
    let x = match split {
        true => format!("x[:{n_train}]"),
        false => "x".into(),
    };
    let mut text = String::new();
    for (i, layer) in experiment.model.layers.iter().enumerate() {
        let adapts = layer.choice.entry.class_name == "Normalization";
        if adapts && *layer.choice.get("mean") == Value::Null {
            let seen = match i {
                0 => x.clone(),
                _ => format!("keras.Sequential(model.layers[:{i}]).predict({x})"),
            };
            text += &format!("model.layers[{i}].adapt({seen})\n");
        }
    }
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
    let (entry, spelling) = (choice.entry, choice.spelling);
    // Keras has no string for "logcosh" and "fbeta_score", which are what its logs say.
    let known = spelling != entry.name || snake(entry.class_name) == spelling;
    if known && arguments(choice, &[]).is_empty() {
        return quoted(spelling);
    }
    call(module, choice)
}

/// A class's name as Keras writes it in small letters: MeanIoU as mean_io_u.
fn snake(class_name: &str) -> String {
    let name = class_name.as_bytes();
    let upper = |i: usize| name.get(i).is_some_and(u8::is_ascii_uppercase);
    let lower = |i: usize| name.get(i).is_some_and(u8::is_ascii_lowercase);
    let mut text = String::new();
    for (i, c) in class_name.chars().enumerate() {
        if i > 0 && upper(i) && (lower(i - 1) || lower(i + 1)) {
            text.push('_');
        }
        text.push(c.to_ascii_lowercase());
    }
    text
}

/// The options that differ from their default; those in `positional` without their name while they
/// come first.
fn arguments(choice: &Choice, positional: &[&str]) -> Vec<String> {
    let mut list: Vec<String> = Vec::new();
    let mut in_order = true;
    for option in choice.entry.options {
        let value = choice.get(option.name);
        // Keras has no default for the names of files.
        let file = matches!(
            (&option.kind, &option.default),
            (Kind::Text, Default::Text(_))
        );
        if !file && option.default_value().as_ref() == Some(value) {
            in_order = false;
            continue;
        }
        let text = python(value, &option.kind);
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

/// Keras' module of the classes that an option takes.
fn module(kind: &Kind) -> &'static str {
    match kind {
        Kind::List(_) => "keras.callbacks",
        Kind::Of(family) if family.noun == "schedule" => "keras.optimizers.schedules",
        Kind::FloatOr(..) => "keras.optimizers.schedules",
        Kind::Of(family) if family.noun == "regularizer" => "keras.regularizers",
        Kind::Of(family) if family.noun == "constraint" => "keras.constraints",
        _ => "keras.initializers",
    }
}

fn python(value: &Value, kind: &Kind) -> String {
    match value {
        Value::Null => "None".into(),
        Value::Bool(true) => "True".into(),
        Value::Bool(false) => "False".into(),
        Value::Int(v) => v.to_string(),
        Value::Float(v) => choice::text(&(*v).into()), // JSON's form of a float is Python's, too
        Value::Word(word) => quoted(word),
        Value::Shape(sizes) => {
            let sizes: Vec<String> = sizes
                .iter()
                .map(|n| n.map_or("None".into(), |n| n.to_string()))
                .collect();
            format!("({},)", sizes.join(", "))
        }
        Value::Ints(_) => choice::text(&value.to_json()),
        Value::Floats(list) => choice::text(&list.clone().into()),
        Value::Text(text) => quoted(text),
        Value::List(list) => {
            let calls: Vec<String> = list.iter().map(|c| call(module(kind), c)).collect();
            format!("[{}]", calls.join(", "))
        }
        Value::ClassWeights(pairs) => {
            let pairs: Vec<String> = pairs
                .iter()
                .map(|(class, w)| format!("{class}: {}", choice::text(&(*w).into())))
                .collect();
            format!("{{{}}}", pairs.join(", "))
        }
        Value::Texts(list) => choice::text(&list.clone().into()),
        Value::Choice(choice) if arguments(choice, &[]).is_empty() => quoted(choice.entry.name),
        Value::Choice(choice) => call(module(kind), choice),
    }
}

/// A string that Python reads as this text: JSON's form is Python's, too.
fn quoted(text: &str) -> String {
    choice::text(&text.into())
}
