//! A Sequential model as Keras writes it down: which layers, in which order, on what input.

use crate::choice::{Choice, object, short};
use crate::layers::{self, Inputs, Shape};
use crate::refusal::Refusal;
use serde_json::{Map, Value as Json};

/// Keras' `Sequential.get_config()`, checked.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelConfig {
    /// The layers after the input.
    pub layers: Vec<LayerConfig>,
    /// Shape of one example, where the config says it.
    pub input_shape: Option<Shape>,
}

/// One layer of a [`ModelConfig`].
#[derive(Clone, Debug, PartialEq)]
pub struct LayerConfig {
    /// Which layer, with its options.
    pub choice: Choice,
    /// Its own name, where it has one.
    pub name: Option<String>,
    /// False: its weights stay as they are.
    pub trainable: bool,
    /// Whose outputs it takes.
    pub inputs: Vec<Source>,
}

/// Where a layer's input comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The model's input.
    Input,
    /// The output of an earlier layer, by its number.
    Layer(usize),
}

/// Most layers that a model may have.
const MAX_LAYERS: usize = 200;

impl ModelConfig {
    /// Reads `{"class_name": "Sequential", "config": {"layers": [...]}}`, or only its config.
    ///
    /// # Errors
    /// Every layer or option that this engine does not have, with its place.
    pub fn read(json: &Json) -> Result<Self, Refusal> {
        let object = json.as_object().ok_or_else(|| {
            Refusal::new(
                "",
                format!(
                    "{} is not a model: give Keras' config of a Sequential.",
                    short(json)
                ),
            )
        })?;
        let class = object.get("class_name").and_then(Json::as_str);
        if let Some(class) = class.filter(|c| *c != "Sequential") {
            return Err(Refusal::unknown(
                "class_name",
                "model",
                class,
                ["Sequential"],
            ));
        }
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
        let layers = config
            .and_then(|c| c.get("layers"))
            .and_then(Json::as_array);
        let Some(layers) = layers else {
            return Err(Refusal::new(
                outer,
                "The model has no list of layers: give at least one layer.",
            ));
        };
        if layers.len() > MAX_LAYERS {
            let message = format!(
                "The model has {} layers; at most {MAX_LAYERS} are taken here.",
                layers.len()
            );
            return Err(Refusal::new(outer, message));
        }
        let mut model = ModelConfig {
            layers: Vec::new(),
            input_shape: None,
        };
        for (i, layer) in layers.iter().enumerate() {
            model
                .add(layer, i)
                .map_err(|r| r.within(&format!("[{i}]")).within(outer))?;
        }
        if model.layers.is_empty() {
            return Err(Refusal::new(
                outer,
                "The model has no layers: add at least one, such as Dense with 1 unit.",
            ));
        }
        let names = model.layer_names();
        if let Some(i) = (0..names.len()).find(|i| names[..*i].contains(&names[*i])) {
            let message = format!(
                "Two layers are called '{}': give each a name of its own, or none.",
                names[i]
            );
            let at = i + layers.len() - model.layers.len();
            return Err(Refusal::new(format!("{outer}[{at}].config.name"), message));
        }
        Ok(model)
    }

    fn add(&mut self, json: &Json, position: usize) -> Result<(), Refusal> {
        let config = json.get("config").and_then(Json::as_object);
        let class = json.get("class_name").and_then(Json::as_str).unwrap_or("");
        if position == 0 {
            self.input_shape = config.map_or(Ok(None), input_shape)?;
        }
        if class == "InputLayer" {
            let known = position == 0 && self.input_shape.is_some();
            let message =
                "The input comes first and needs a shape, such as {\"batch_shape\": [null, 400]}.";
            return if known {
                Ok(())
            } else {
                Err(Refusal::new("config.batch_shape", message))
            };
        }
        let choice = Choice::read(&layers::FAMILY, json)?;
        let before = match self.layers.len().checked_sub(1) {
            None => Source::Input,
            Some(i) => Source::Layer(i),
        };
        let inputs = match layers::inputs_of(&choice) {
            Inputs::One => vec![before],
            Inputs::QueryAndValue => vec![before; 2],
            Inputs::Several => {
                let message = format!(
                    "{} joins the outputs of several layers, and in a Sequential there is only one \
                     before it: leave it out, or give a Functional model.",
                    choice.entry.class_name
                );
                return Err(Refusal::new("class_name", message));
            }
        };
        let given = |key: &str| config.and_then(|c| c.get(key)).filter(|v| !v.is_null());
        let wrong = |key: &str, wanted: &str| {
            let value = given(key).map_or_else(String::new, short);
            let message = format!("'{key}' is {value}; it must be {wanted}.");
            Refusal::new(format!("config.{key}"), message)
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
        self.layers.push(LayerConfig {
            choice,
            name,
            trainable,
            inputs,
        });
        Ok(())
    }

    /// Keras' form, with what differs from the defaults.
    pub fn to_json(&self) -> Json {
        let mut list = Vec::new();
        if let Some(shape) = &self.input_shape {
            let batch_shape: Vec<Json> = [Json::Null]
                .into_iter()
                .chain(shape.iter().map(|n| (*n).into()))
                .collect();
            list.push(class(
                "InputLayer",
                object(&[("batch_shape", batch_shape.into())]),
            ));
        }
        list.extend(self.layers.iter().map(LayerConfig::to_json));
        class("Sequential", object(&[("layers", list.into())]))
    }

    /// The names of the layers as Keras gives them: own ones, else the class in snake case, counted.
    pub fn layer_names(&self) -> Vec<String> {
        let mut taken: Vec<(&str, usize)> = Vec::new();
        let mut name = |layer: &LayerConfig| {
            if let Some(name) = &layer.name {
                return name.clone();
            }
            let class = layer.choice.entry.name;
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
        class(self.choice.entry.class_name, config.into())
    }
}

/// Keras' form of an object.
fn class(class_name: &str, config: Json) -> Json {
    object(&[("class_name", class_name.into()), ("config", config)])
}

/// The shape of one example out of `batch_shape`, `batch_input_shape` or `input_shape`.
fn input_shape(config: &Map<String, Json>) -> Result<Option<Shape>, Refusal> {
    let spelled = [
        ("batch_shape", 1),
        ("batch_input_shape", 1),
        ("input_shape", 0),
        ("shape", 0),
    ];
    let found = spelled
        .iter()
        .find_map(|(key, skip)| Some((*key, *skip, config.get(*key)?)));
    let Some((key, skip, json)) = found.filter(|(_, _, json)| !json.is_null()) else {
        return Ok(None);
    };
    let place = format!("config.{key}");
    let wrong = || {
        let message = format!(
            "The input's shape is {}; give a list of sizes from 1, such as [400].",
            short(json)
        );
        Refusal::new(place.clone(), message)
    };
    let sizes = json
        .as_array()
        .filter(|a| a.len() >= skip)
        .ok_or_else(wrong)?;
    let size = |json: &Json| {
        json.as_u64()
            .filter(|n| (1..1 << 24).contains(n))
            .map(|n| n as usize)
    };
    sizes
        .iter()
        .skip(skip)
        .map(size)
        .collect::<Option<Shape>>()
        .map(Some)
        .ok_or_else(wrong)
}
