//! An object of the catalog: a class with a value for each of its options.

use super::check::{article, check_dtype, short};
use super::error::{ConfigError, Result};
use super::nearest::nearest;
use super::spec::{ClassSpec, Kind, OptionSpec, Registry};
use serde_json::{Map, Value as Json, json};

/// The member of a family whose class is that of `config`; `class` reads the class of a member.
pub fn find<K>(
    all: &[&'static K],
    class: fn(&K) -> &ClassSpec,
    config: &ConfigObject,
) -> Option<&'static K> {
    all.iter()
        .find(|kind| std::ptr::eq(class(kind), config.class))
        .copied()
}

/// A value of an option, of the option's kind.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `None`.
    Null,
    /// Of [`Kind::Bool`].
    Bool(bool),
    /// Of [`Kind::Int`].
    Int(i64),
    /// Of [`Kind::Float`].
    Float(f64),
    /// Of [`Kind::OneOf`] and [`Kind::OneOfHere`].
    Word(&'static str),
    /// Of [`Kind::Of`].
    ConfigObject(Box<ConfigObject>),
    /// Of [`Kind::Shape`].
    Shape(Vec<Option<usize>>),
    /// Of [`Kind::Ints`].
    Ints(Vec<i64>),
    /// Of [`Kind::Floats`].
    Floats(Vec<f64>),
    /// Of [`Kind::Texts`].
    Texts(Vec<String>),
    /// Of [`Kind::Text`].
    Text(String),
    /// Of [`Kind::List`].
    List(Vec<ConfigObject>),
    /// Of [`Kind::ClassWeights`], by class.
    ClassWeights(Vec<(i32, f64)>),
}

/// An object: a class with a value for each of its options.
///
/// ```
/// use glassbox::options::ConfigObject;
/// use glassbox::training::optimizers::REGISTRY;
/// use serde_json::json;
///
/// let adam = json!({"class_name": "Adam", "config": {"learning_rate": 0.01, "epsilon": 1e-7}});
/// let adam = ConfigObject::read(&REGISTRY, &adam)?;
/// // Only what differs from the default.
/// assert_eq!(adam.to_json(), json!({"class_name": "Adam", "config": {"learning_rate": 0.01}}));
/// assert_eq!(ConfigObject::read(&REGISTRY, &json!("adam"))?.to_short_json(), json!("adam"));
/// # Ok::<(), glassbox::options::error::ConfigError>(())
/// ```
#[derive(Clone, Debug)]
pub struct ConfigObject {
    /// Its class.
    pub class: &'static ClassSpec,
    /// The string that named it, if it was a string: Keras' name of a metric in the logs.
    pub spelling: &'static str,
    /// One value per option, in the class' order.
    pub(super) values: Vec<Value>,
}

impl PartialEq for ConfigObject {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.class, other.class) && self.values == other.values
    }
}

impl ConfigObject {
    /// Reads `"name"` or `{"class_name": ..., "config": {...}}` as a member of `family`.
    ///
    /// # Errors
    /// Unknown names, options that the class does not have, values outside their range, each with its path and the nearest valid
    /// value.
    pub fn read(family: &Registry, json: &Json) -> Result<Self> {
        match json {
            Json::String(name) => {
                let mut object = Self::with_options(family, name, &Map::new())?;
                let aliases = object.class.aliases.iter();
                object.spelling = aliases
                    .copied()
                    .chain([object.class.class_name])
                    .find(|a| a == name)
                    .unwrap_or(object.class.name);
                Ok(object)
            }
            Json::Object(object) => {
                family.check_object_keys(object)?;
                let name = object
                    .get("class_name")
                    .and_then(Json::as_str)
                    .ok_or_else(|| {
                        let message = format!(
                            "This {} has no \"class_name\". Give its Keras name, such as '{}'.",
                            family.noun,
                            (family.entries)().first().map_or("", |e| e.class_name),
                        );
                        ConfigError::new("class_name", message)
                    })?;
                match object.get("config") {
                    None | Some(Json::Null) => Self::with_options(family, name, &Map::new()),
                    Some(Json::Object(config)) => Self::with_options(family, name, config),
                    // Keras saves a function as {"class_name": "function", "config": "relu"}.
                    Some(Json::String(function)) if name == "function" => {
                        Self::with_options(family, function, &Map::new())
                    }
                    Some(_) => Err(ConfigError::new(
                        "config",
                        format!("The config of {name} is not an object of options."),
                    )),
                }
            }
            other => Err(ConfigError::new(
                "",
                format!(
                    "{} is not {} {}: give its name, or {{\"class_name\": ..., \"config\": ...}}.",
                    short(other),
                    article(family.noun),
                    family.noun
                ),
            )),
        }
    }

    /// The class called `name` (Keras' class or string) of `family`, with the options in `config`.
    ///
    /// # Errors
    /// As [`ConfigObject::read`].
    pub fn with_options(family: &Registry, name: &str, config: &Map<String, Json>) -> Result<Self> {
        let entries = (family.entries)();
        let known = |e: &&&'static ClassSpec| {
            e.class_name == name || e.name == name || e.aliases.contains(&name)
        };
        let Some(entry) = entries.iter().find(known) else {
            let names: Vec<&str> = entries.iter().map(|e| e.name).collect();
            let classes: Vec<&str> = entries.iter().map(|e| e.class_name).collect();
            // Answer in the spelling of the request.
            let spelled_as_class = name.chars().next().is_some_and(char::is_uppercase)
                || nearest(name, &names).is_none() && nearest(name, &classes).is_some();
            let known = if spelled_as_class { classes } else { names };
            return Err(ConfigError::unknown("class_name", family.noun, name, known));
        };
        let mut values = Vec::new();
        for option in entry.all_options() {
            let value = match config.get(option.name) {
                Some(json) => option
                    .read(json)
                    .map_err(|r| r.at(option.name).at("config"))?,
                None => option.default_value().ok_or_else(|| {
                    let place = format!("config.{}", option.name);
                    ConfigError::new(
                        place,
                        format!("{} needs '{}'.", entry.class_name, option.name),
                    )
                })?,
            };
            values.push(value);
        }
        for (key, value) in config {
            let has = entry.all_options().any(|o| o.name == key);
            if has || value.is_null() {
                continue;
            }
            if !family.config_keys.contains(&key.as_str()) {
                let kind = format!("option of {}", entry.class_name);
                let path = format!("config.{key}");
                let names = entry.all_options().map(|o| o.name);
                return Err(ConfigError::unknown(path, &kind, key, names));
            }
            if key == "dtype" {
                check_dtype(value).map_err(|error| error.at("config"))?;
            }
        }
        Ok(ConfigObject {
            class: entry,
            spelling: entry.name,
            values,
        })
    }

    /// The class called `name` with every option at its default.
    ///
    /// # Panics
    /// If there is no such class or an option has no default: for names written in the code.
    pub fn default_of(family: &Registry, name: &str) -> Self {
        match Self::with_options(family, name, &Map::new()) {
            Ok(object) => object,
            Err(error) => panic!("{error}"),
        }
    }

    /// The values of all options, in the class' order.
    pub(crate) fn values(&self) -> &[Value] {
        &self.values
    }

    /// All options with their values, in the class' order.
    pub fn options(&self) -> impl Iterator<Item = (&'static OptionSpec, &Value)> + Clone {
        self.class.all_options().zip(&self.values)
    }

    /// The names of the options that take a class of this family, with the classes.
    pub fn options_of(
        &self,
        family: &'static Registry,
    ) -> impl Iterator<Item = (&'static str, &ConfigObject)> + Clone {
        self.options()
            .filter_map(move |(option, value)| match (&option.kind, value) {
                (Kind::Of(of), Value::ConfigObject(object)) if std::ptr::eq(*of, family) => {
                    Some((option.name, &**object))
                }
                _ => None,
            })
    }

    /// Gives an option another value, if the class has one of its name.
    pub fn set(&mut self, option: &OptionSpec, value: Value) {
        if let Some(i) = self.class.all_options().position(|o| o.name == option.name) {
            self.values[i] = value;
        }
    }

    /// The user's own name for the object, if the class has such an option and it was given.
    pub fn own_name(&self) -> Option<&str> {
        self.values.iter().find_map(|value| match value {
            Value::Text(name) => Some(name.as_str()),
            _ => None,
        })
    }

    /// Keras' form, with the options that differ from their default.
    pub fn to_json(&self) -> Json {
        json!({"class_name": self.class.class_name, "config": Json::Object(self.config_json())})
    }

    /// The options that differ from their default, in the class' order.
    pub fn config_json(&self) -> Map<String, Json> {
        let mut config = Map::new();
        for (option, value) in self.class.all_options().zip(&self.values) {
            if option.default_value().as_ref() != Some(value) {
                config.insert(option.name.into(), value.to_json());
            }
        }
        config
    }

    /// As [`ConfigObject::to_json`], or the bare name if every option has its default.
    pub fn to_short_json(&self) -> Json {
        if self.config_json().is_empty() {
            self.class.name.into()
        } else {
            self.to_json()
        }
    }
}

impl Value {
    /// As in Keras' config.
    pub fn to_json(&self) -> Json {
        match self {
            Value::Null => Json::Null,
            Value::Bool(v) => (*v).into(),
            Value::Int(v) => (*v).into(),
            Value::Float(v) => (*v).into(),
            Value::Word(v) => (*v).into(),
            Value::ConfigObject(v) => v.to_short_json(),
            Value::Shape(v) => v.iter().map(|n| n.map_or(Json::Null, Json::from)).collect(),
            Value::Ints(v) => match v[..] {
                [one] => one.into(),
                _ => v.clone().into(),
            },
            Value::Floats(v) => v.clone().into(),
            Value::Texts(v) => v.clone().into(),
            Value::Text(v) => v.as_str().into(),
            Value::List(v) => v.iter().map(ConfigObject::to_json).collect(),
            Value::ClassWeights(v) => Json::Object(
                v.iter()
                    .map(|(class, w)| (class.to_string(), (*w).into()))
                    .collect(),
            ),
        }
    }
}
