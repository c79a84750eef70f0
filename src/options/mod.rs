//! Objects of the catalog: a class with its options, read from Keras' JSON, checked once, and printed.
//!
//! One declaration per class ([`ClassSpec`]) serves the reader, the errors, Keras' defaults, the canonical text and the form on
//! the page, so that these cannot disagree.

pub mod axes;
pub(crate) mod declare;
pub mod error;
pub mod nearest;
mod read;

use crate::options::error::{ConfigError, Result};
use crate::options::nearest::nearest;
use serde_json::{Map, Value as Json, json};

/// A class of Keras: a layer, a loss, an optimizer, an activation ...
#[derive(Debug)]
pub struct ClassSpec {
    /// Keras' class, `"GlorotUniform"`.
    pub class_name: &'static str,
    /// Keras' string, `"glorot_uniform"`.
    pub name: &'static str,
    /// Other strings that Keras accepts for it.
    pub aliases: &'static [&'static str],
    /// Its name on the page.
    pub label: &'static str,
    /// One sentence: what it is for.
    pub doc: HelpText,
    /// The formula, in plain text.
    pub formula: HelpText,
    /// Its group on the page; empty if the family has no groups.
    pub group: HelpText,
    /// Its own options, in Keras' order.
    pub options: &'static [&'static OptionSpec],
    /// The options that all classes of its family have after their own.
    pub shared: &'static [&'static OptionSpec],
}

/// One option of a [`ClassSpec`].
#[derive(Debug)]
pub struct OptionSpec {
    /// Keras' name for it.
    pub name: &'static str,
    /// Its name on the page.
    pub label: HelpText,
    /// One sentence: what it does.
    pub doc: HelpText,
    /// The values that it accepts.
    pub kind: Kind,
    /// Keras' default.
    pub default: Default,
    /// Whether the form shows it only under "more options".
    pub advanced: bool,
    /// Its value in the form of a new object, as JSON; empty for the default.
    pub start: HelpText,
}

impl ClassSpec {
    /// All its options, in Keras' order.
    pub fn all_options(&self) -> impl Iterator<Item = &'static OptionSpec> + Clone + use<> {
        self.options.iter().chain(self.shared).copied()
    }
}

/// A help text or formula of the catalog. The catalog is written natively ([`crate::experiment::catalog`]); the wasm leaves
/// its texts out.
#[derive(Clone, Copy, Debug)]
pub struct HelpText(#[cfg(not(target_arch = "wasm32"))] &'static str);

/// The [`HelpText`] that says `text`.
#[cfg(not(target_arch = "wasm32"))]
pub const fn help_text(text: &'static str) -> HelpText {
    HelpText(text)
}

/// The [`HelpText`] that says `text` natively, and here nothing.
#[cfg(target_arch = "wasm32")]
pub const fn help_text(_: &'static str) -> HelpText {
    HelpText()
}

impl HelpText {
    /// The sentence, without the space that `///` leaves before it. Empty in the wasm.
    pub const fn text(self) -> &'static str {
        #[cfg(not(target_arch = "wasm32"))]
        return self.0.trim_ascii();
        #[cfg(target_arch = "wasm32")]
        return "";
    }
}

/// The values that an option accepts.
#[derive(Debug)]
pub enum Kind {
    /// True or false.
    Bool,
    /// A whole number between the two, both included.
    Int(i64, i64),
    /// A number between the two, both included.
    Float(f64, f64),
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// One of the first words. Keras also accepts those of the second list.
    OneOfHere(&'static [&'static str], &'static [&'static str]),
    /// A class of another list, such as an activation.
    Of(&'static Registry),
    /// A list of sizes; `null` inside stands for "any".
    Shape,
    /// A list of whole numbers between the two; one number stands for a list of one.
    Ints(i64, i64),
    /// As [`Kind::Ints`]; `None` stands for an empty list.
    MaybeInts(i64, i64),
    /// This value only, as JSON: the engine does not have the others.
    Fixed(&'static str),
    /// As [`Kind::Float`], or `None` where the default is something else.
    MaybeFloat(f64, f64),
    /// One number between the two, or a pair of them.
    OneOrTwo(f64, f64),
    /// As [`Kind::Float`], or a class of the list, such as a schedule.
    FloatOr(f64, f64, &'static Registry),
    /// A list of numbers between the two; one number stands for a list of one.
    Floats(f64, f64),
    /// A list of texts.
    Texts,
    /// A text.
    Text,
    /// A list of classes.
    List(&'static Registry),
    /// A weight for each of some class numbers: `{"0": 0.5, "1": 2}`.
    ClassWeights,
}

/// Default value of an option.
#[derive(Debug)]
pub enum Default {
    /// None: the option is required.
    Required,
    /// `None`.
    Null,
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number.
    Float(f64),
    /// A pair of numbers.
    Pair(f64, f64),
    /// A word, or the name of a class.
    Text(&'static str),
}

/// A family of classes that can replace one another.
#[derive(Debug)]
pub struct Registry {
    /// The word for one of them: "activation".
    pub noun: &'static str,
    /// All of them.
    pub entries: fn() -> Vec<&'static ClassSpec>,
    /// Keys that Keras writes into the config of every object, besides its options.
    pub config_keys: &'static [&'static str],
    /// Keys that Keras writes beside the config of every object, besides [`OBJECT_KEYS`].
    pub object_keys: &'static [&'static str],
}

/// The keys that Keras writes into every saved object.
pub const OBJECT_KEYS: &[&str] = &[
    "class_name",
    "config",
    "module",
    "registered_name",
    "shared_object_id",
];

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
    values: Vec<Value>,
}

impl PartialEq for ConfigObject {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.class, other.class) && self.values == other.values
    }
}

/// Checks that a saved `dtype` is float32, or Keras' policy of that name.
///
/// # Errors
/// Any other type.
pub fn check_dtype(dtype: &Json) -> Result<()> {
    let policy = dtype.get("config").and_then(|config| config.get("name"));
    if policy.unwrap_or(dtype) == "float32" {
        return Ok(());
    }
    let message = format!(
        "'dtype' is {}: Keras has other types of numbers, this engine computes in float32 only.",
        short(dtype)
    );
    Err(ConfigError::new("dtype", message))
}

/// Checks the keys of a JSON object.
///
/// # Errors
/// A key that is not `known`, unless its value is null. `kind` names such keys in the sentence: "option of a model".
pub fn check_keys(object: &Map<String, Json>, known: &[&str], kind: &str) -> Result<()> {
    let is_known = |key: &str| known.contains(&key);
    match object
        .iter()
        .find(|(key, value)| !is_known(key) && !value.is_null())
    {
        None => Ok(()),
        Some((key, _)) => Err(ConfigError::unknown(key, kind, key, known.iter().copied())),
    }
}

impl Registry {
    /// Checks the keys of a saved object.
    ///
    /// # Errors
    /// A key that Keras does not write there.
    pub fn check_object_keys(&self, object: &Map<String, Json>) -> Result<()> {
        let kind = format!("key of {} {}", article(self.noun), self.noun);
        check_keys(object, &[OBJECT_KEYS, self.object_keys].concat(), &kind)
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

fn article(noun: &str) -> &'static str {
    if noun.starts_with(['a', 'e', 'i', 'o', 'u']) {
        "an"
    } else {
        "a"
    }
}

/// A value as JSON, cut to a length that fits into a sentence.
pub fn short(json: &Json) -> String {
    let mut text = json.to_string();
    if text.chars().nth(40).is_some() {
        let end = text.char_indices().nth(37).map_or(0, |(at, _)| at);
        text.truncate(end);
        text.push_str("...");
    }
    text
}
