//! The Keras script of an experiment.

use crate::experiment::Experiment;
use crate::functions::losses;
use crate::layers::{self, Inputs, NormalizationOptions, Shape};
use crate::model::config::{LayerConfig, Source};
use crate::options::{ConfigObject, Kind, OptionSpec, Value};
use crate::training::callbacks::SchedulerOptions;
use crate::training::fit;
use serde_json::Value as Json;

/// Facts about the data, which the script does not contain.
pub struct Rows<'a> {
    /// Shape of one example.
    pub input: &'a Shape,
    /// The title of the data set.
    pub title: &'a str,
    /// Number of rows to train on.
    pub n_train: usize,
    /// Number of classes; 0 if y holds values.
    pub n_classes: usize,
    /// Length of a row of one-hot targets; 1 if y is used as it is.
    pub n_targets: usize,
}

/// The script, for Keras 3.
pub fn script(experiment: &Experiment, rows: &Rows<'_>) -> String {
    let mut text = String::from("import keras\nfrom keras import layers\n\n");
    text += &format!("keras.utils.set_random_seed({})\n\n", experiment.seed);
    if let Some(start) = &experiment.start {
        text += &match &start.experiment {
            Some(_) => format!(
                "# This run is a branch after {} batches of another run. The script starts from the seed's initial weights.\n",
                start.step
            ),
            None => {
                "# This run starts with weights set by hand, the script with the seed's initial weights.\n".into()
            }
        };
    }
    text += &format!("# x, y: {}\n", rows.title);
    let sizes: Vec<String> = rows.input.iter().map(usize::to_string).collect();
    text += &format!("# x: shape (n, {}); y: shape (n, 1)", sizes.join(", "));
    if let Some(last) = rows.n_classes.checked_sub(1) {
        text += &format!(", class numbers from 0 to {last}");
    }
    if rows.n_targets > 1 {
        let n = rows.n_targets;
        text += &format!(",\n# which to_categorical makes one-hot: shape (n, {n})");
    }
    text += "\n\n";
    let chain = is_sequential(experiment);
    text += &if chain {
        sequential(experiment, rows.input)
    } else {
        functional(experiment, rows.input)
    };
    text += &adapt_lines(experiment, rows.n_train, chain);
    text += "\n";
    let compile = &experiment.compile;
    text += "model.compile(\n";
    text += &format!(
        "    optimizer={},\n",
        call("keras.optimizers", &compile.optimizer)
    );
    let loss = match std::ptr::eq(compile.loss.class, &losses::CROSSENTROPY) {
        true => quoted(compile.loss.class.name),
        false => call("keras.losses", &compile.loss),
    };
    text += &format!("    loss={loss},\n");
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
    let y = match rows.n_targets {
        1 => "y".into(),
        n => format!("keras.utils.to_categorical(y, {n})"),
    };
    let mut fit = vec!["x".to_string(), y];
    fit.extend(arguments(&experiment.fit));
    text += &format!("history = model.fit({})\n", fit.join(", "));
    text
}

/// Whether the model is a Keras Sequential, which calls every layer with one input.
fn is_sequential(experiment: &Experiment) -> bool {
    let one = |layer: &LayerConfig| layers::inputs_of(&layer.choice) == Inputs::One;
    experiment.model.is_chain() && experiment.model.layers.iter().all(one)
}

fn sequential(experiment: &Experiment, input: &Shape) -> String {
    let mut text = format!("model = keras.Sequential([\n    {},\n", input_call(input));
    for layer in &experiment.model.layers {
        text += &format!("    {},\n", layer_call(layer));
    }
    text + "])\n"
}

/// The functional API: `t0` is the input, `t1` the output of the first layer, and so on.
fn functional(experiment: &Experiment, input: &Shape) -> String {
    let mut text = format!("t0 = {}\n", input_call(input));
    let layers = &experiment.model.layers;
    for (i, layer) in layers.iter().enumerate() {
        let takes: Vec<String> = layer.inputs.iter().map(tensor).collect();
        let mut takes = takes.join(", ");
        if layers::inputs_of(&layer.choice) == Inputs::Several {
            takes = format!("[{takes}]");
        }
        let causal = |(option, value): (&OptionSpec, &Value)| {
            option.name == CAUSAL && *value == Value::Bool(true)
        };
        if layer.choice.options().any(causal) {
            takes += &format!(", {CAUSAL}=True");
        }
        let (mut made, i) = (layer_call(layer), i + 1);
        if adapts(layer) {
            text += &format!("layer{i} = {made}\n");
            made = format!("layer{i}");
        }
        text += &format!("t{i} = {made}({takes})\n");
    }
    text + &format!("model = keras.Model(t0, t{})\n", layers.len())
}

fn tensor(source: &Source) -> String {
    match source {
        Source::Input => "t0".into(),
        Source::Layer(i) => format!("t{}", i + 1),
    }
}

/// The one option that Keras takes where the layer is called.
const CAUSAL: &str = "use_causal_mask";

fn input_call(input: &Shape) -> String {
    let shape = Value::Shape(input.iter().map(|n| Some(*n)).collect());
    format!("keras.Input(shape={})", python(&shape, &Kind::Shape))
}

fn layer_call(layer: &LayerConfig) -> String {
    let mut arguments = arguments(&layer.choice);
    if !layer.trainable {
        arguments.push("trainable=False".into());
    }
    if let Some(name) = &layer.name {
        arguments.push(format!("name={}", quoted(name)));
    }
    let class = layer.choice.class.class_name;
    format!("layers.{class}({})", arguments.join(", "))
}

/// The calls of `adapt`, each with the output of the layers before.
fn adapt_lines(experiment: &Experiment, n_train: usize, chain: bool) -> String {
    let x = if fit::Options::of(&experiment.fit).validation_split > 0.0 {
        format!("x[:{n_train}]")
    } else {
        "x".into()
    };
    let mut text = String::new();
    for (i, layer) in experiment.model.layers.iter().enumerate() {
        if adapts(layer) {
            let seen = match (&layer.inputs[..], chain) {
                ([Source::Input], _) => x.clone(),
                (_, true) => format!("keras.Sequential(model.layers[:{i}]).predict({x})"),
                (from, _) => format!("keras.Model(t0, {}).predict({x})", tensor(&from[0])),
            };
            text += &match chain {
                true => format!("model.layers[{i}].adapt({seen})\n"),
                false => format!("layer{}.adapt({seen})\n", i + 1),
            };
        }
    }
    text
}

/// Whether the layer adapts to the data before training.
fn adapts(layer: &LayerConfig) -> bool {
    NormalizationOptions::of_class(&layer.choice).is_some_and(|options| options.mean.is_none())
}

fn call(module: &str, config: &ConfigObject) -> String {
    format!(
        "{module}.{}({})",
        config.class.class_name,
        arguments(config).join(", ")
    )
}

fn short_call(module: &str, config: &ConfigObject) -> String {
    let (class, spelling) = (config.class, config.spelling);
    // "logcosh" and "fbeta_score" stand in Keras' logs, but are no strings for it.
    let known = spelling != class.name || snake(class.class_name) == spelling;
    if known && arguments(config).is_empty() {
        return quoted(spelling);
    }
    call(module, config)
}

/// The name of a class in Keras' snake case: MeanIoU as mean_io_u.
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

/// The options that differ from their default. The first number of a layer stands without its name.
fn arguments(config: &ConfigObject) -> Vec<String> {
    let class = config.class.class_name;
    let scheduler = SchedulerOptions::of_class(config);
    let function = scheduler.as_ref().map(epoch_schedule);
    let mut list: Vec<String> = Vec::from_iter(function.map(|f| format!("schedule={f}")));
    for (i, (option, value)) in config.options().enumerate() {
        let name = option.name;
        // Keras has no default for these.
        let required = [("CSVLogger", "filename"), ("ModelCheckpoint", "filepath")];
        let is_default = option.default_value().as_ref() == Some(value);
        let said = scheduler.is_some() && ["rates", "schedule"].contains(&name);
        if said || name == CAUSAL || is_default && !required.contains(&(class, name)) {
            continue;
        }
        let text = match (name, value) {
            (_, Value::Ints(numbers)) if numbers.is_empty() => python(value, &option.kind),
            ("boundaries" | "input_axes" | "output_axes", Value::Ints(numbers)) => list_of(numbers),
            ("validation_freq", Value::Ints(epochs)) if epochs.len() > 1 => {
                let mut epochs = epochs.clone();
                epochs.dedup();
                list_of(&epochs)
            }
            ("axis" | "axes" | "shared_axes", Value::Ints(axes))
                if axes.len() > 1 && class != "Normalization" =>
            {
                list_of(axes)
            }
            // One number does not stand for a tuple of one here.
            ("dims" | "target_shape", Value::Ints(sizes)) => tuple(sizes),
            ("padding" | "cropping", Value::Ints(sizes)) => sides(sizes),
            _ => python(value, &option.kind),
        };
        let bare = i == 0 && ["units", "rate"].contains(&name) || class == "Activation";
        list.push(match bare {
            true => text,
            false => format!("{name}={text}"),
        });
    }
    list
}

/// The function of the epoch that LearningRateScheduler takes. Rates come before a schedule.
fn epoch_schedule(scheduler: &SchedulerOptions) -> String {
    match (scheduler.rates.len().checked_sub(1), &scheduler.schedule) {
        (None, Some(schedule)) => {
            let schedule = call("keras.optimizers.schedules", schedule);
            format!("lambda epoch: float({schedule}(epoch))")
        }
        (last, _) => {
            let last = last.unwrap_or(0);
            format!(
                "lambda epoch: {}[min(epoch, {last})]",
                floats(&scheduler.rates)
            )
        }
    }
}

/// Padding or cropping: the sides of two axes stand in pairs.
fn sides(list: &[i64]) -> String {
    match list {
        [a, b, c, d] => format!("({}, {})", tuple(&[*a, *b]), tuple(&[*c, *d])),
        [one] => one.to_string(),
        _ => tuple(list),
    }
}

/// Numbers as Python's list.
fn list_of(numbers: &[i64]) -> String {
    let texts: Vec<String> = numbers.iter().map(i64::to_string).collect();
    format!("[{}]", texts.join(", "))
}

/// Decimals as Python's list. JSON's form of a float is also Python's.
fn floats(numbers: &[f64]) -> String {
    let texts: Vec<String> = numbers.iter().map(|v| Json::from(*v).to_string()).collect();
    format!("[{}]", texts.join(", "))
}

/// Numbers as Python's tuple, which Keras makes of all sizes.
fn tuple(numbers: &[i64]) -> String {
    tuple_of(numbers.iter().map(i64::to_string))
}

fn tuple_of(texts: impl Iterator<Item = String>) -> String {
    let texts: Vec<String> = texts.collect();
    let comma = if texts.len() == 1 { "," } else { "" };
    format!("({}{comma})", texts.join(", "))
}

fn python(value: &Value, kind: &Kind) -> String {
    match value {
        Value::Null => "None".into(),
        Value::Bool(true) => "True".into(),
        Value::Bool(false) => "False".into(),
        Value::Int(v) => v.to_string(),
        Value::Float(v) => Json::from(*v).to_string(), // JSON's form of a float is also Python's
        Value::Word(word) => quoted(word),
        Value::Shape(sizes) => tuple_of(
            sizes
                .iter()
                .map(|n| n.map_or("None".into(), |n| n.to_string())),
        ),
        Value::Ints(numbers) => match &numbers[..] {
            [] => "None".into(),
            [one] => one.to_string(),
            several => tuple(several),
        },
        Value::Floats(pair) if matches!(kind, Kind::OneOrTwo(..)) => {
            floats(pair).replace('[', "(").replace(']', ")")
        }
        Value::Floats(list) => floats(list),
        Value::Text(text) => quoted(text),
        Value::List(list) => {
            let calls: Vec<String> = list.iter().map(|c| call("keras.callbacks", c)).collect();
            format!("[{}]", calls.join(", "))
        }
        Value::ClassWeights(pairs) => {
            let pairs: Vec<String> = pairs
                .iter()
                .map(|(class, w)| format!("{class}: {}", Json::from(*w)))
                .collect();
            format!("{{{}}}", pairs.join(", "))
        }
        Value::Texts(list) => {
            let texts: Vec<String> = list.iter().map(|t| quoted(t)).collect();
            format!("[{}]", texts.join(", "))
        }
        Value::ConfigObject(config) => object(config, kind),
    }
}

/// A class or a function as the value of an option.
fn object(config: &ConfigObject, kind: &Kind) -> String {
    let noun = match kind {
        Kind::Of(family) | Kind::FloatOr(_, _, family) => family.noun,
        _ => "",
    };
    let arguments = arguments(config);
    let name = config.class.name;
    match noun {
        "layer" => call("layers", config),
        "learning rate schedule" => call("keras.optimizers.schedules", config),
        // Keras refuses the string "constant".
        _ if arguments.is_empty() && name != "constant" => quoted(name),
        "activation" => {
            let arguments = arguments.join(", ");
            format!("lambda z: keras.activations.{name}(z, {arguments})")
        }
        "regularizer" => call("keras.regularizers", config),
        "constraint" => call("keras.constraints", config),
        _ => call("keras.initializers", config),
    }
}

/// A text as Python's string. JSON's form is also Python's.
fn quoted(text: &str) -> String {
    Json::from(text).to_string()
}
