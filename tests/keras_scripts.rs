//! Oracle: the scripts of experiments that use everything the catalog offers, and what real Keras made of
//! them (`tests/keras/scripts.json`, made by `tests/keras/scripts.py`).
//!
//! `KERAS_SCRIPTS=folder cargo test --test keras_scripts` writes the scripts, for `scripts.py` to run.

#![cfg(not(target_arch = "wasm32"))]

use glassbox::experiment::Experiment;
use glassbox::experiment::catalog;
use glassbox::keras::code::{Rows, script};
use glassbox::model::Sequential;
use glassbox::model::config::{LayerConfig, ModelConfig};
use glassbox::options::{ConfigObject, Value};
use glassbox::run::Run;
use glassbox::training::trainer::{CompileConfig, Trainer};
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;

/// What the data of each experiment are: 24 rows of so many numbers.
const N_INPUTS: usize = 72;
/// Shapes that a layer may want its input in.
const SHAPES: [&[usize]; 3] = [&[72], &[9, 8], &[6, 6, 2]];

fn class(name: &str, config: Json) -> Json {
    json!({"class_name": name, "config": config})
}

fn entries(list: &str) -> Vec<Json> {
    catalog::to_json()[list].as_array().expect("a list").clone()
}

/// An option's values other than its default.
fn others(option: &Json, outer: &str) -> Vec<Json> {
    let number = |key: &str| option[key].as_f64();
    match option["kind"].as_str().unwrap_or("") {
        "bool" => vec![(option["default"] != true).into()],
        "one_of" => option["choices"].as_array().cloned().unwrap_or_default(),
        "int" if option["default"].is_null() => vec![3.into(), 2.into()],
        "int" => vec![(option["default"].as_i64().unwrap_or(0) + 1).into()],
        // Axes that every array has.
        "ints" if option["name"] == "input_axes" => vec![0.into()],
        "ints" if option["name"] == "output_axes" => vec![(-1).into()],
        "ints" => vec![3.into(), json!([1, 2]), json!([1, 0, 2, 1])],
        "float" => {
            let inside = |v: &f64| number("min") <= Some(*v) && Some(*v) <= number("max");
            let kept: Vec<f64> = [0.3, 1.5, 0.01, -0.25].into_iter().filter(inside).collect();
            let plan = option["family"].as_str().filter(|_| outer != "schedules");
            let plan = plan.map(|list| full(&entries(list)[0], list)).into_iter();
            kept.into_iter().map(Json::from).chain(plan).collect()
        }
        "floats" => vec![json!([0.1, 0.3]), json!([0.2]), json!([0.05, 0.1, 0.2])],
        "class" => {
            let list = option["family"].as_str().expect("a family");
            let some = entries(list);
            let some = some.iter().filter(|e| e["name"] != option["default"]);
            let inner = ["Dense", "LSTM"].map(Json::from);
            let plain = |e: &&Json| list != "layers" || inner.contains(&e["class_name"]);
            let both = |e: &Json| [full(e, list), started(e)];
            some.filter(plain).take(4).flat_map(both).collect()
        }
        _ => Vec::new(),
    }
}

/// An entry with what must be given.
fn started(entry: &Json) -> Json {
    let options = entry["options"].as_array().expect("a list").iter();
    let given = options.filter(|o| o["required"] == true);
    let given = given.map(|o| (o["name"].as_str().unwrap_or("").into(), o["start"].clone()));
    class(
        entry["class_name"].as_str().expect("a name"),
        Json::Object(given.collect::<Map<String, Json>>()),
    )
}

/// An entry with every option that can be read by itself at another value than its default.
fn full(entry: &Json, list: &str) -> Json {
    widened(entry, list, |choice| {
        let family = catalog::REGISTRIES.iter().find(|(name, _)| *name == list);
        ConfigObject::read(family.expect("a family").1, choice).is_ok()
    })
}

/// Gives one option after the other another value, where `takes` still takes the whole.
fn widened(entry: &Json, list: &str, takes: impl Fn(&Json) -> bool) -> Json {
    let mut choice = started(entry);
    for option in entry["options"].as_array().expect("a list") {
        let name = option["name"].as_str().expect("a name");
        // Which axes there are only the weights know, or the outputs.
        if ["constraints", "losses", "metrics", "activations"].contains(&list) && name == "axis" {
            continue;
        }
        for value in others(option, list) {
            let mut next = choice.clone();
            next["config"][name] = value.clone();
            if value != option["default"] && takes(&next) {
                choice = next;
                break;
            }
        }
    }
    choice
}

fn experiment(layers: &[Json], compile: Json, fit: Json) -> Json {
    json!({
        "data": "xor",
        "model": {"class_name": "Sequential", "config": {"layers": layers}},
        "compile": compile, "fit": fit, "seed": 7,
    })
}

fn plain_compile() -> Json {
    json!({"optimizer": class("SGD", json!({"learning_rate": 0.01})), "loss": "binary_crossentropy"})
}

/// A layer in the middle of a network: brought into the shape that it wants, and to one output.
fn around(layer: &Json, shape: &[usize]) -> Json {
    let layers = [
        class("Reshape", json!({"target_shape": shape})),
        layer.clone(),
        class("Flatten", json!({})),
        class("Dense", json!({"units": 1, "activation": "sigmoid"})),
    ];
    let from = usize::from(shape.len() == 1);
    experiment(&layers[from..], plain_compile(), json!({}))
}

/// The experiment, its model and its loss, where the engine takes them.
fn made(json: &Json) -> Option<(Experiment, Trainer)> {
    let experiment = Experiment::read(&json.to_string()).ok()?;
    let model = Sequential::build(&experiment.model, &vec![N_INPUTS], experiment.seed).ok()?;
    let mut trainer = Trainer::new(model, &experiment.compile, 8).ok()?;
    let (x, mut y) = (
        vec![0.5; N_INPUTS * 8],
        vec![0.0; trainer.model.n_outputs() * 8],
    );
    trainer.predict(&x, &mut y);
    Some((experiment, trainer))
}

/// Experiments by name that use, between them, every entry of the catalog, with defaults and without.
fn zoo() -> BTreeMap<String, Json> {
    let mut zoo = BTreeMap::new();
    for entry in entries("layers") {
        let name = entry["class_name"].as_str().expect("a name");
        let fits = |choice: &Json, shape: &[usize]| made(&around(choice, shape)).is_some();
        for shape in SHAPES {
            if fits(&started(&entry), shape) {
                let choice = widened(&entry, "layers", |choice| fits(choice, shape));
                let rank = shape.len();
                zoo.insert(format!("{name}_{rank}"), around(&started(&entry), shape));
                zoo.insert(format!("{name}_{rank}_full"), around(&choice, shape));
            }
        }
    }
    for (list, option) in [
        ("activations", "activation"),
        ("initializers", "kernel_initializer"),
        ("regularizers", "kernel_regularizer"),
        ("constraints", "bias_constraint"),
    ] {
        for entry in entries(list).iter().filter(|e| e["name"] != "glu") {
            let dense = |choice| {
                class(
                    "Dense",
                    json!({"units": 72, "activation": "tanh", option: choice}),
                )
            };
            let layers = [
                dense(started(entry)),
                dense(full(entry, list)),
                class("Dense", json!({"units": 1, "activation": "sigmoid"})),
            ];
            let name = format!("{list}_{}", entry["name"].as_str().expect("a name"));
            zoo.insert(name, experiment(&layers, plain_compile(), json!({})));
        }
    }
    let outputs = |n: usize| [class("Dense", json!({"units": n, "activation": "softmax"}))];
    let ends = [(1, "sigmoid"), (3, "softmax")];
    for (list, key) in [
        ("losses", "loss"),
        ("metrics", "metrics"),
        ("optimizers", "optimizer"),
    ] {
        // A string that is no class: tests/keras_text.rs and tests/targets.rs have it.
        let classes = entries(list).into_iter();
        for entry in classes.filter(|entry| entry["name"] != "crossentropy") {
            for (n, activation) in ends {
                let layers = [class(
                    "Dense",
                    json!({"units": n, "activation": activation}),
                )];
                let with = |choice: Json| {
                    let mut compile = plain_compile();
                    if n == 3 {
                        compile["loss"] = "categorical_crossentropy".into();
                    }
                    compile[key] = if list == "metrics" {
                        json!([choice])
                    } else {
                        choice
                    };
                    experiment(&layers, compile, json!({}))
                };
                let takes = |choice: &Json| made(&with(choice.clone())).is_some();
                if takes(&started(&entry)) && (n == 1 || list != "optimizers") {
                    let name = format!("{list}_{}_{n}", entry["name"].as_str().expect("a name"));
                    let choice = widened(&entry, list, takes);
                    zoo.insert(name.clone(), with(started(&entry)));
                    zoo.insert(name + "_full", with(choice));
                }
            }
        }
    }
    for entry in entries("schedules") {
        let name = entry["name"].as_str().expect("a name");
        let schedule = full(&entry, "schedules");
        let mut compile = plain_compile();
        compile["optimizer"]["config"]["learning_rate"] = schedule.clone();
        let fit =
            json!({"callbacks": [class("LearningRateScheduler", json!({"schedule": schedule}))]});
        let layers = outputs(1);
        zoo.insert(
            format!("schedules_{name}"),
            experiment(&layers, compile, json!({})),
        );
        zoo.insert(
            format!("epochs_{name}"),
            experiment(&layers, plain_compile(), fit),
        );
    }
    for entry in entries("callbacks") {
        let name = entry["name"].as_str().expect("a name");
        let mut choice = full(&entry, "callbacks");
        let scheduler = name == "learning_rate_scheduler";
        if scheduler {
            choice["config"] = json!({"rates": [0.1, 0.02]});
        }
        if choice["config"].get("mode").is_some() {
            choice["config"]["mode"] = "min".into();
        }
        let bare = json!({"epochs": 3, "validation_split": 0.25, "callbacks": [started(&entry)]});
        let rich = json!({"epochs": 3, "validation_split": 0.25, "callbacks": [choice]});
        if !scheduler {
            zoo.insert(
                format!("callbacks_{name}"),
                experiment(&outputs(1), plain_compile(), bare),
            );
        }
        zoo.insert(
            format!("callbacks_{name}_full"),
            experiment(&outputs(1), plain_compile(), rich),
        );
    }
    let fit = json!({
        "epochs": 5, "batch_size": 4, "validation_split": 0.25, "class_weight": {"0": 0.5, "1": 2.0},
        "initial_epoch": 2, "steps_per_epoch": 2, "validation_steps": 1, "validation_batch_size": 3,
        "validation_freq": [4], "shuffle": false,
    });
    let mut compile = plain_compile();
    compile["weighted_metrics"] = json!(["accuracy", "auc"]);
    zoo.insert("fit".into(), experiment(&outputs(1), compile, fit));
    zoo.extend(graphs());
    zoo
}

/// Functional models: layers that join, attention, a frozen layer, layers with names of their own.
fn graphs() -> BTreeMap<String, Json> {
    let mut zoo = BTreeMap::new();
    let tensor = |name: &str| class("__keras_tensor__", json!({"keras_history": [name, 0, 0]}));
    let layer = |name: &str, from: &[&str], joins: bool, mut json: Json| {
        let from: Vec<Json> = from.iter().map(|n| tensor(n)).collect();
        json["name"] = name.into();
        json["config"]["name"] = name.into();
        let args = if joins { json!([from]) } else { json!(from) };
        json["inbound_nodes"] = json!([{"args": args, "kwargs": {}}]);
        json
    };
    for merge in entries("layers").iter().filter(|e| e["group"] == "merging") {
        let class_name = merge["class_name"].as_str().expect("a name");
        let input = json!({
            "class_name": "InputLayer", "name": "in", "inbound_nodes": [],
            "config": {"batch_shape": [null, 72], "name": "in"},
        });
        let attends = class(
            "MultiHeadAttention",
            json!({"num_heads": 2, "key_dim": 3, "use_causal_mask": true}),
        );
        let layers = [
            input,
            layer(
                "a row",
                &["in"],
                false,
                class("Reshape", json!({"target_shape": [9, 8]})),
            ),
            layer("1st", &["a row"], false, class("Normalization", json!({}))),
            layer("heads", &["1st", "a row"], false, attends),
            layer(
                "still",
                &["heads"],
                false,
                class("Dense", json!({"units": 8, "trainable": false})),
            ),
            layer("join", &["still", "1st"], true, started(merge)),
            layer("flat", &["join"], false, class("Flatten", json!({}))),
            layer(
                "end",
                &["flat"],
                false,
                class("Dense", json!({"units": 1, "activation": "sigmoid"})),
            ),
        ];
        let mut one = experiment(&layers, plain_compile(), json!({"validation_split": 0.25}));
        one["model"]["class_name"] = "Functional".into();
        zoo.insert(format!("graph_{class_name}"), one);
    }
    zoo
}

/// The scripts of built-in and own data with every loss that takes them, by one output and by one for each class.
fn scripts_of_data() -> BTreeMap<String, String> {
    let numbers = |y: &[f64], shape: &[usize]| {
        let n = y.len() * shape.iter().product::<usize>();
        let x: Vec<f64> = (0..n).map(|i| (i % 7) as f64 / 7.0).collect();
        class("Numbers", json!({"x": x, "y": y, "shape": shape}))
    };
    let sets = [
        ("xor", class("Xor", json!({"n": 40})), 2),
        ("blobs", class("Blobs", json!({"n": 40})), 4),
        ("coffee", class("CoffeeRoasting", json!({})), 2),
        ("values", numbers(&[0.5, -1.0, 2.25, 0.0, 1.5], &[3]), 1),
        (
            "images",
            numbers(&[0.0, 1.0, 2.0, 0.0, 1.0, 2.0], &[4, 5, 1]),
            3,
        ),
        ("sequences", numbers(&[0.0, 1.0, 1.0, 0.0], &[6, 2]), 2),
    ];
    let mut scripts = BTreeMap::new();
    for (set, data, classes) in &sets {
        for loss in entries("losses") {
            for (n, activation) in [(1, "sigmoid"), (*classes, "softmax")] {
                let mut json = json!({
                    "data": data, "seed": 7,
                    "model": {"layers": [
                        class("Flatten", json!({})),
                        class("Dense", json!({"units": n, "activation": activation})),
                    ]},
                    "compile": {"optimizer": "sgd", "loss": started(&loss), "metrics": ["accuracy"]},
                    "fit": {"epochs": 1, "validation_split": 0.25},
                });
                if *classes == 1 {
                    json["compile"]["metrics"] = json!([]);
                }
                let experiment = Experiment::read(&json.to_string()).expect("an experiment");
                if let Ok(run) = Run::new(experiment, None) {
                    let name = format!("data_{set}_{}_{n}", loss["name"].as_str().expect("a name"));
                    scripts.insert(name, run.keras_code());
                }
            }
        }
    }
    scripts
}

fn text_of(experiment: &Experiment, trainer: &Trainer) -> String {
    let n_targets = trainer.n_targets();
    let rows = Rows {
        input: &vec![N_INPUTS],
        title: "the zoo's",
        n_train: 18,
        n_classes: match experiment.compile.loss.class.class_name {
            "SparseCategoricalCrossentropy" => trainer.model.n_outputs(),
            _ => n_targets.max(2),
        },
        n_targets,
    };
    script(experiment, &rows)
}

/// What is written down for `scripts.py`, or held to what it wrote.
#[test]
fn oracle_scripts_run_in_keras_and_make_the_same_model() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let (zoo, of_data) = (zoo(), scripts_of_data());
    assert!(zoo.len() > 300, "only {} experiments", zoo.len());
    assert!(
        of_data.len() > 100,
        "only {} scripts of data",
        of_data.len()
    );
    if let Ok(folder) = std::env::var("KERAS_SCRIPTS") {
        std::fs::create_dir_all(&folder).expect("a folder");
        for (name, json) in &zoo {
            let (experiment, trainer) = made(json).unwrap_or_else(|| panic!("{name}: {json}"));
            let path = std::path::Path::new(&folder).join(format!("{name}.py"));
            std::fs::write(path, text_of(&experiment, &trainer)).expect("a file");
        }
        for (name, text) in &of_data {
            let path = std::path::Path::new(&folder).join(format!("{name}.py"));
            std::fs::write(path, text).expect("a file");
        }
        return;
    }
    let file = std::fs::read_to_string(root.join("tests/keras/scripts.json")).expect("a file");
    let seen: Json = serde_json::from_str(&file).expect("the file is JSON");
    let mut wrong = Vec::new();
    for (name, json) in &zoo {
        let (experiment, trainer) = made(json).unwrap_or_else(|| panic!("{name}: {json}"));
        if let Err(why) = agrees(&experiment, &trainer, &seen["scripts"][name]) {
            wrong.push(format!("{name}: {why}"));
        }
    }
    for (name, text) in &of_data {
        if seen["scripts"][name]["script"] != *text.as_str() {
            wrong.push(format!("{name}: Keras has not run this script: {text}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        zoo.len(),
        wrong.join("\n")
    );
}

/// What Keras does not write down in `get_config`, or not as it was given.
const UNTOLD: [(&str, &str); 5] = [
    ("BinaryIoU", "target_class_ids"),
    ("Huber", "delta"),
    ("Identity", "gain"),
    ("Muon", "exclude_layers"),
    ("SimpleRNN", "activity_regularizer"),
];

/// Every option of a choice, numbers as f32 has them, one number for several of the same, and what Keras
/// fills in where nothing is said.
fn plain(choice: &ConfigObject) -> Json {
    let mut all = Map::new();
    let untold = |name: &str| UNTOLD.contains(&(choice.class.class_name, name));
    let option_of = |name: &str| {
        let found = choice.options().find(|(option, _)| option.name == name);
        found.map_or(&Value::Null, |(_, value)| value)
    };
    for (option, value) in choice.options().filter(|(o, _)| !untold(o.name)) {
        let value = match (option.name, value) {
            ("strides", Value::Null) => option_of("pool_size"),
            ("value_dim", Value::Null) => option_of("key_dim"),
            // Keras names metrics and draws seeds where none is given; the first weights tell of seeds.
            ("name" | "seed", _) => &Value::Null,
            // Keras counts the thresholds that are given.
            ("num_thresholds", _) if choice.class.class_name == "AUC" => option_of("thresholds"),
            ("distribution", Value::Word("normal")) => &Value::Word("truncated_normal"),
            (_, value) => value,
        };
        all.insert(option.name.into(), plain_value(value));
    }
    class(choice.class.class_name, Json::Object(all))
}

fn plain_value(value: &Value) -> Json {
    let rounded = |v: f64| Json::from(f64::from(v as f32));
    match value {
        Value::ConfigObject(choice) => plain(choice),
        Value::Float(v) => rounded(*v),
        Value::Int(v) => rounded(*v as f64),
        // From nothing, or from as much the other way, up to a number: that number.
        Value::Floats(list) if list.len() == 2 && (list[0] == 0.0 || list[0] == -list[1]) => {
            rounded(list[1])
        }
        Value::Floats(list) => list.iter().map(|v| rounded(*v)).collect(),
        Value::Ints(list) => {
            let mut list: Vec<f64> = list.iter().map(|v| *v as f64).collect();
            if list.len() == 4 && list[0] == list[1] && list[2] == list[3] {
                list = vec![list[0], list[2]];
            }
            list.dedup();
            list.into_iter().map(rounded).collect()
        }
        other => other.to_json(),
    }
}

/// Whether Keras ran this very script, and its model, weights and compile are the experiment's.
fn agrees(experiment: &Experiment, trainer: &Trainer, keras: &Json) -> Result<(), String> {
    let same = |what: &str, ours: String, theirs: String| {
        (ours == theirs)
            .then_some(())
            .ok_or(format!("{what}: {ours} here, {theirs} in Keras"))
    };
    let text = text_of(experiment, trainer);
    same(
        "script",
        text,
        keras["script"].as_str().unwrap_or("").into(),
    )?;
    let model = ModelConfig::read(&keras["model"]).map_err(|r| r.to_string())?;
    let wires = |model: &ModelConfig| {
        let one = |l: &LayerConfig| format!("{} {:?}", l.trainable, l.inputs);
        model.layers.iter().map(one).collect::<Vec<_>>().join(", ")
    };
    same("wires", wires(&experiment.model), wires(&model))?;
    for (ours, theirs) in experiment.model.layers.iter().zip(&model.layers) {
        let (ours, mut theirs) = (plain(&ours.choice), plain(&theirs.choice));
        // Keras writes the backward layer down where it made it itself.
        if ours["config"]["backward_layer"].is_null() && ours["class_name"] == "Bidirectional" {
            theirs["config"]["backward_layer"] = Json::Null;
        }
        same("layer", ours.to_string(), theirs.to_string())?;
    }
    let theirs = CompileConfig::read(&keras["compile"]).map_err(|r| r.to_string())?;
    let ours = &experiment.compile;
    let lists = |c: &CompileConfig| -> Vec<Json> {
        let one = [&c.optimizer, &c.loss].into_iter();
        let all = one.chain(&c.metrics).chain(&c.weighted_metrics);
        all.map(plain).collect()
    };
    let text = |c: &CompileConfig| Json::from(lists(c)).to_string();
    same("compile", text(ours), text(&theirs))?;
    if text_of(experiment, trainer).contains(".adapt(") {
        return Ok(()); // The trainer here has not looked at any data.
    }
    let n = trainer.model.n_parameters();
    same(
        "parameters",
        n.to_string(),
        keras["n_parameters"].to_string(),
    )?;
    let first: Vec<f32> = trainer.model.weights().collect();
    let size: f64 = first.iter().map(|w| f64::from(w.abs())).sum();
    let wanted = keras["first_weights"].as_f64().unwrap_or(f64::NAN);
    if (size - wanted).abs() > 1e-5 * (1.0 + wanted.abs()) {
        return Err(format!("first weights: {size} here, {wanted} in Keras"));
    }
    Ok(())
}
