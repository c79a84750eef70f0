//! The config of a model, as Keras writes it: its input and its layers.

mod graph;
mod input;

use crate::layers::{self, Inputs, Shape};
use crate::options::error::{ConfigError, Result};
use crate::options::{ConfigObject, OBJECT_KEYS, check_keys, short};
use serde_json::{Value as Json, json};

/// Keras' `get_config()` of a Sequential, or of a Functional model with one input and one output, after reading.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelConfig {
    /// The layers after the input.
    pub layers: Vec<LayerConfig>,
    /// Shape of one example, if the config has it.
    pub input_shape: Option<Shape>,
}

/// One layer of a [`ModelConfig`].
#[derive(Clone, Debug, PartialEq)]
pub struct LayerConfig {
    /// Its class and options.
    pub choice: ConfigObject,
    /// Its own name, if it has one.
    pub name: Option<String>,
    /// False: its weights are frozen.
    pub trainable: bool,
    /// The sources of its inputs.
    pub inputs: Vec<Source>,
    /// If this is the first layer of a nested model: the input shape of that model, if its config has it.
    pub expects: Option<Shape>,
}

/// The source of a layer's input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The model's input.
    Input,
    /// The output of an earlier layer, by its number.
    Layer(usize),
}

/// Keys that Keras writes into a model, besides [`OBJECT_KEYS`]; the last two are Keras 2's.
const MODEL_KEYS: &[&str] = &["build_config", "compile_config", "keras_version", "backend"];
/// Keys that Keras writes into the config of a model.
const MODEL_CONFIG_KEYS: &[&str] = &[
    "layers",
    "name",
    "trainable",
    "dtype",
    "build_input_shape",
    "input_layers",
    "output_layers",
];
/// Keys that Keras 2 writes into the config of a first layer.
const FIRST_LAYER_KEYS: &[&str] = &["batch_input_shape", "input_shape"];

/// The name of a Functional model's input.
const INPUT_NAME: &str = "input_layer";
/// Most layers that a model may have.
const MAX_LAYERS: usize = 200;

impl ModelConfig {
    /// Reads `{"class_name": "Sequential", "config": {"layers": [...]}}`, or only its config.
    ///
    /// # Errors
    /// Every layer or option that this engine does not have, with its path.
    pub fn read(json: &Json) -> Result<Self> {
        let object = json.as_object().ok_or_else(|| {
            ConfigError::new(
                "",
                format!(
                    "{} is not a model: give Keras' config of a Sequential.",
                    short(json)
                ),
            )
        })?;
        let class = object.get("class_name").and_then(Json::as_str);
        if let Some(class) = class.filter(|c| !["Sequential", "Functional"].contains(c)) {
            let known = ["Sequential", "Functional"];
            return Err(ConfigError::unknown("class_name", "model", class, known));
        }
        let wired = class == Some("Functional");
        let outer = if class.is_some() {
            "config.layers"
        } else {
            "layers"
        };
        let config = if class.is_some() {
            object.get("config").and_then(Json::as_object)
        } else {
            Some(object)
        };
        if class.is_some() {
            let known = [OBJECT_KEYS, MODEL_KEYS].concat();
            check_keys(object, &known, "key of a model")?;
        }
        if let Some(config) = config {
            let outer = outer.strip_suffix("layers").unwrap_or("");
            check_keys(config, MODEL_CONFIG_KEYS, "option of a model")
                .map_err(|error| error.at(outer.trim_end_matches('.')))?;
        }
        let layers = config
            .and_then(|c| c.get("layers"))
            .and_then(Json::as_array);
        let Some(layers) = layers else {
            return Err(ConfigError::new(
                outer,
                "The model has no list of layers: give at least one layer.",
            ));
        };
        if layers.len() > MAX_LAYERS {
            let message = format!(
                "The model has {} layers; at most {MAX_LAYERS} are taken here.",
                layers.len()
            );
            return Err(ConfigError::new(outer, message));
        }
        let mut model = ModelConfig {
            layers: Vec::new(),
            input_shape: None,
        };
        let mut known = Vec::new();
        for (i, layer) in layers.iter().enumerate() {
            model
                .add(layer, i, i == 0, wired.then_some(&mut known))
                .map_err(|error| error.at(&format!("[{i}]")).at(outer))?;
        }
        if model.layers.is_empty() {
            return Err(ConfigError::new(
                outer,
                "The model has no layers: add at least one, such as Dense with 1 unit.",
            ));
        }
        let frozen = config.is_some_and(|c| c.get("trainable") == Some(&false.into()));
        if frozen && model.layers.iter().any(|layer| layer.trainable) {
            let message = "The model's 'trainable' is false and its layers' is not: set it in each layer that is to be \
                           frozen, and leave it out here.";
            return Err(ConfigError::new(
                outer.replace("layers", "trainable"),
                message,
            ));
        }
        if wired {
            model.check_ends(config.and_then(|c| c.get("output_layers")), outer)?;
        }
        let names = model.layer_names();
        if let Some(i) = (0..names.len()).find(|i| names[..*i].contains(&names[*i])) {
            let message = format!(
                "Two layers are called '{}': give each a name of its own, or none.",
                names[i]
            );
            let at = i + layers.len() - model.layers.len();
            return Err(ConfigError::new(
                format!("{outer}[{at}].config.name"),
                message,
            ));
        }
        Ok(model)
    }

    /// Adds a layer. `is_first`: it is the first one of the model that lists it. `known`: in a Functional model, the names of
    /// the input and of the layers so far.
    fn add(
        &mut self,
        json: &Json,
        position: usize,
        is_first: bool,
        known: Option<&mut Vec<String>>,
    ) -> Result<()> {
        let config = json.get("config").and_then(Json::as_object);
        let class = json.get("class_name").and_then(Json::as_str).unwrap_or("");
        match (class, &known) {
            ("Sequential", None) => return self.add_nested(json, position),
            ("Sequential" | "Functional", _) => {
                let message = "Keras takes a model as a layer here; this engine takes only a Sequential inside a \
                               Sequential: put the inner model's layers in its place.";
                return Err(ConfigError::new("class_name", message));
            }
            _ => {}
        }
        if let Some(object) = json.as_object() {
            layers::REGISTRY.check_object_keys(object)?;
        }
        if position == 0 {
            self.input_shape = config.map_or(Ok(None), input::shape)?;
        }
        let own_name = json.get("name").or(config.and_then(|c| c.get("name")));
        let own_name = own_name.and_then(Json::as_str).map(String::from);
        if class == "InputLayer" {
            if let Some(config) = config {
                input::check(config)?;
            }
            if let Some(known) = known {
                known.push(own_name.unwrap_or_default());
            }
            let fits = position == 0 && self.input_shape.is_some();
            let message =
                "The input comes first and needs a shape, such as {\"batch_shape\": [null, 400]}.";
            return if fits {
                Ok(())
            } else {
                Err(ConfigError::new("config.batch_shape", message))
            };
        }
        let choice = match &known {
            None if is_first => {
                let mut json = json.clone();
                if let Some(config) = json.get_mut("config").and_then(Json::as_object_mut) {
                    config.retain(|key, _| !FIRST_LAYER_KEYS.contains(&key.as_str()));
                }
                ConfigObject::read(&layers::REGISTRY, &json)?
            }
            None => ConfigObject::read(&layers::REGISTRY, json)?,
            Some(_) => {
                let mut options = config.cloned().unwrap_or_default();
                options.extend(graph::options(json));
                ConfigObject::with_options(&layers::REGISTRY, class, &options)?
            }
        };
        let before = match self.layers.len().checked_sub(1) {
            None => Source::Input,
            Some(i) => Source::Layer(i),
        };
        let inputs = match layers::inputs_of(&choice) {
            inputs if known.is_some() => {
                let known = known.as_deref().map_or(&[][..], Vec::as_slice);
                graph::sources(json, known, inputs)?
            }
            Inputs::One => vec![before],
            Inputs::QueryAndValue => vec![before; 2],
            Inputs::Several => {
                let message = format!(
                    "{} joins the outputs of several layers, and in a Sequential there is only one \
                     before it: leave it out, or give a Functional model.",
                    choice.class.class_name
                );
                return Err(ConfigError::new("class_name", message));
            }
        };
        let given = |key: &str| config.and_then(|c| c.get(key)).filter(|v| !v.is_null());
        let wrong = |key: &str, wanted: &str| {
            let value = given(key).map_or_else(String::new, short);
            let message = format!("'{key}' is {value}; it must be {wanted}.");
            ConfigError::new(format!("config.{key}"), message)
        };
        let name = match given("name").map(Json::as_str) {
            None => None,
            Some(Some(name)) => Some(name.to_string()),
            Some(None) => return Err(wrong("name", "a text")),
        };
        let trainable = match given("trainable").map(Json::as_bool) {
            None => true,
            Some(Some(trainable)) => trainable,
            Some(None) => return Err(wrong("trainable", "true or false")),
        };
        if let Some(known) = known {
            known.push(own_name.unwrap_or_default());
        }
        self.layers.push(LayerConfig {
            choice,
            name,
            trainable,
            inputs,
            expects: None,
        });
        Ok(())
    }

    /// Adds the layers of a nested Sequential one after another, which gives the same numbers. Its own `trainable` has no
    /// effect, as in Keras: freezing a model freezes its layers.
    fn add_nested(&mut self, json: &Json, position: usize) -> Result<()> {
        let config = json.get("config");
        if let Some(object) = json.as_object() {
            let known = [OBJECT_KEYS, MODEL_KEYS].concat();
            check_keys(object, &known, "key of a model")?;
        }
        if let Some(config) = config.and_then(Json::as_object) {
            check_keys(config, MODEL_CONFIG_KEYS, "option of a model")
                .map_err(|error| error.at("config"))?;
        }
        let layers = config.and_then(|c| c.get("layers"));
        let layers = layers
            .and_then(Json::as_array)
            .map_or(&[][..], Vec::as_slice);
        let first = self.layers.len();
        let mut expects = None;
        for (k, layer) in layers.iter().enumerate() {
            let begins =
                k == 0 && position > 0 && layer.get("class_name") == Some(&"InputLayer".into());
            let added = match (begins, layer.get("config").and_then(Json::as_object)) {
                (true, Some(config)) => input::check(config)
                    .and_then(|()| input::shape(config))
                    .map(|shape| expects = shape),
                _ => self.add(layer, position + k, k == 0, None),
            };
            added.map_err(|error| error.at(&format!("[{k}]")).at("config.layers"))?;
        }
        let (outer, inner) = self.layers.split_at_mut(first);
        // Keras makes names unique within a model, not across two.
        for layer in inner.iter_mut() {
            let taken = |name: &String| outer.iter().any(|l| l.name.as_ref() == Some(name));
            if let Some(name) = layer.name.clone().filter(taken) {
                let mut others = (1..).map(|n| format!("{name}_{n}"));
                layer.name = others.find(|other| !taken(other));
            }
        }
        if inner.is_empty() {
            let message = "This Sequential has no layers: add at least one, or leave it out.";
            return Err(ConfigError::new("config.layers", message));
        };
        // Without a shape here, that of a model nested further stays.
        if expects.is_some() {
            inner[0].expects = expects;
        }
        Ok(())
    }

    /// Keras' form, with the options that differ from their defaults.
    pub fn to_json(&self) -> Json {
        let mut list = Vec::new();
        if let Some(shape) = &self.input_shape {
            let batch_shape: Vec<Json> = [Json::Null]
                .into_iter()
                .chain(shape.iter().map(|n| (*n).into()))
                .collect();
            list.push(class("InputLayer", json!({"batch_shape": batch_shape})));
        }
        if self.is_chain() {
            list.extend(self.layers.iter().map(LayerConfig::to_json));
            return class("Sequential", json!({"layers": list}));
        }
        let names = self.layer_names();
        let name_of = |source: &Source| match *source {
            Source::Input => INPUT_NAME,
            Source::Layer(i) => names[i].as_str(),
        };
        for input in list.iter_mut().filter_map(Json::as_object_mut) {
            input.insert("name".into(), INPUT_NAME.into());
            input.insert("inbound_nodes".into(), Vec::<Json>::new().into());
        }
        for (layer, name) in self.layers.iter().zip(&names) {
            let takes: Vec<&str> = layer.inputs.iter().map(name_of).collect();
            let several = layers::inputs_of(&layer.choice) == Inputs::Several;
            let mut json = layer.to_json();
            if let Some(object) = json.as_object_mut() {
                object.insert("name".into(), name.as_str().into());
                object.insert("inbound_nodes".into(), graph::nodes(&takes, several));
            }
            list.push(json);
        }
        let last = names.last().map_or("", String::as_str);
        let config = json!({
            "layers": list,
            "input_layers": [INPUT_NAME, 0, 0],
            "output_layers": [last, 0, 0],
        });
        class("Functional", config)
    }

    /// Whether every layer takes the output of the one before it and nothing else.
    pub fn is_chain(&self) -> bool {
        let before = |i: usize| i.checked_sub(1).map_or(Source::Input, Source::Layer);
        let mut layers = self.layers.iter().enumerate();
        layers.all(|(i, layer)| layer.inputs.iter().all(|source| *source == before(i)))
    }

    /// Checks that every layer leads to the last one.
    fn check_ends(&self, output: Option<&Json>, outer: &str) -> Result<()> {
        let names = self.layer_names();
        let taken = |i: usize| {
            self.layers
                .iter()
                .any(|l| l.inputs.contains(&Source::Layer(i)))
        };
        if let Some(i) = (0..names.len() - 1).find(|i| !taken(*i)) {
            let message = format!(
                "The output of layer '{}' is not used: a Functional model has one output here, its \
                 last layer's.",
                names[i]
            );
            return Err(ConfigError::new(format!("{outer}[{}]", i + 1), message));
        }
        let named = output.and_then(|o| o.get(0).and_then(|o| o.get(0).or(Some(o))));
        let named = named.and_then(Json::as_str);
        if named.is_some() && named != names.last().map(String::as_str) {
            let message = "The model's output must be its last layer's, and its only one.";
            return Err(ConfigError::new("config.output_layers", message));
        }
        Ok(())
    }

    /// The names of the layers: their own, else Keras' default, the class in snake case with a number.
    pub fn layer_names(&self) -> Vec<String> {
        let mut taken: Vec<(&str, usize)> = Vec::new();
        let mut name = |layer: &LayerConfig| {
            if let Some(name) = &layer.name {
                return name.clone();
            }
            let class = layer.choice.class.name;
            match taken.iter_mut().find(|(c, _)| *c == class) {
                Some((_, n)) => {
                    *n += 1;
                    format!("{class}_{n}")
                }
                None => {
                    taken.push((class, 0));
                    class.to_string()
                }
            }
        };
        self.layers.iter().map(&mut name).collect()
    }
}

impl LayerConfig {
    fn to_json(&self) -> Json {
        let mut config = self.choice.config_json();
        if let Some(name) = &self.name {
            config.insert("name".into(), name.as_str().into());
        }
        if !self.trainable {
            config.insert("trainable".into(), false.into());
        }
        class(self.choice.class.class_name, config.into())
    }
}

/// Keras' form of an object.
fn class(class_name: &str, config: Json) -> Json {
    json!({"class_name": class_name, "config": config})
}
