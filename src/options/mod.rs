//! What a choice is: a class of the catalog with its options, read from Keras' JSON, checked here
//! once, and printed back.
//!
//! One table per class ([`ClassSpec`]) reads the request, refuses what does not fit, fills in Keras'
//! defaults, prints the canonical text and describes the form on the page, so that these can never
//! disagree.

pub mod axes;
pub(crate) mod declare;
pub mod error;
pub mod nearest;
mod read;

use crate::options::error::ConfigError;
use crate::options::nearest::nearest;
use serde_json::{Map, Value as Json, json};

/// One thing that a person can choose: a layer, a loss, an optimizer, an activation ...
#[derive(Debug)]
pub struct ClassSpec {
    /// Keras' class, `"GlorotUniform"`.
    pub class_name: &'static str,
    /// Keras' string, `"glorot_uniform"`.
    pub name: &'static str,
    /// Other strings that Keras takes for it.
    pub aliases: &'static [&'static str],
    /// What the page calls it.
    pub label: &'static str,
    /// One sentence: what it is for.
    pub doc: HelpText,
    /// The formula, in plain text.
    pub formula: HelpText,
    /// The group of its family in which the page lists it; empty where the family has none.
    pub group: &'static str,
    /// Its arguments, in Keras' order.
    pub options: &'static [&'static OptionSpec],
    /// The arguments after those that all classes of its family have.
    pub shared: &'static [&'static OptionSpec],
}

/// One argument of an [`ClassSpec`].
#[derive(Debug)]
pub struct OptionSpec {
    /// Keras' name for it.
    pub name: &'static str,
    /// What the page calls it.
    pub label: &'static str,
    /// One sentence: what it does.
    pub doc: HelpText,
    /// Which values it takes.
    pub kind: Kind,
    /// Keras' default.
    pub default: Default,
    /// The form shows it only under "more options".
    pub advanced: bool,
    /// The value with which the form of a new object begins, as JSON; empty for the default.
    pub start: &'static str,
}

impl ClassSpec {
    /// All its arguments, in Keras' order.
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

/// Which values an option takes.
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
    /// One of the first words; Keras takes those of the second list, too.
    OneOfHere(&'static [&'static str], &'static [&'static str]),
    /// A class of another list, such as an activation.
    Of(&'static Registry),
    /// A list of sizes; `null` inside stands for "any".
    Shape,
    /// A list of whole numbers between the two; one number stands for a list of one.
    Ints(i64, i64),
    /// As [`Kind::Ints`]; `None` stands for an empty list.
    MaybeInts(i64, i64),
    /// Nothing but this value, as JSON has it: an argument of Keras that has no other use here.
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

/// An option's value when nobody says anything.
#[derive(Debug)]
pub enum Default {
    /// There is none: the option must be given.
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

/// A list of entries that can stand in for one another.
#[derive(Debug)]
pub struct Registry {
    /// What one of them is called: "activation".
    pub noun: &'static str,
    /// All of them.
    pub entries: fn() -> Vec<&'static ClassSpec>,
}

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

/// An entry with a value for each of its options.
#[derive(Clone, Debug)]
pub struct ConfigObject {
    /// What was chosen.
    pub class: &'static ClassSpec,
    /// The string it was asked by, where it was a string: Keras calls a metric by it in the logs.
    pub spelling: &'static str,
    /// One value per option, in the entry's order.
    values: Vec<Value>,
}

impl PartialEq for ConfigObject {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.class, other.class) && self.values == other.values
    }
}

/// Keras' own bookkeeping in a saved config, which says nothing about the numbers.
const BOOKKEEPING: &[&str] = &[
    "name",
    "trainable",
    "dtype",
    "module",
    "registered_name",
    "build_config",
    "compile_config",
    "batch_input_shape",
    "batch_shape",
    "input_shape",
    "batch_size",
    "is_legacy_optimizer",
    "jit_compile",
    "fn",
];

/// Whether a saved `dtype` is a float32, or Keras' policy of that name.
fn is_float32(dtype: &Json) -> bool {
    let policy = dtype.get("config").and_then(|config| config.get("name"));
    policy.unwrap_or(dtype) == "float32"
}

impl ConfigObject {
    /// Reads `"name"` or `{"class_name": ..., "config": {...}}` as a member of `family`.
    ///
    /// # Errors
    /// Unknown names, options that the class does not have, values outside their range, each with
    /// its place and the nearest valid choice.
    pub fn read(family: &Registry, json: &Json) -> Result<Self, ConfigError> {
        match json {
            Json::String(name) => {
                let mut choice = Self::with_options(family, name, &Map::new())?;
                let aliases = choice.class.aliases.iter();
                choice.spelling = aliases
                    .copied()
                    .chain([choice.class.class_name])
                    .find(|a| a == name)
                    .unwrap_or(choice.class.name);
                Ok(choice)
            }
            Json::Object(object) => {
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
                    // A function is saved by Keras as {"class_name": "function", "config": "relu"}.
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
    pub fn with_options(
        family: &Registry,
        name: &str,
        config: &Map<String, Json>,
    ) -> Result<Self, ConfigError> {
        let entries = (family.entries)();
        let known = |e: &&&'static ClassSpec| {
            e.class_name == name || e.name == name || e.aliases.contains(&name)
        };
        let Some(entry) = entries.iter().find(known) else {
            let names: Vec<&str> = entries.iter().map(|e| e.name).collect();
            let classes: Vec<&str> = entries.iter().map(|e| e.class_name).collect();
            // Answer in the spelling that was asked in.
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
            if key == "dtype" && !is_float32(value) {
                let message = format!(
                    "'dtype' is {}: Keras has other types of numbers, this engine computes in float32 only.",
                    short(value)
                );
                return Err(ConfigError::new("config.dtype", message));
            }
            if !BOOKKEEPING.contains(&key.as_str()) {
                let what = format!("option of {}", entry.class_name);
                let place = format!("config.{key}");
                let names = entry.all_options().map(|o| o.name);
                return Err(ConfigError::unknown(place, &what, key, names));
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
    /// Where there is no such class or an option has no default: for names written in the code.
    pub fn default_of(family: &Registry, name: &str) -> Self {
        match Self::with_options(family, name, &Map::new()) {
            Ok(choice) => choice,
            Err(refusal) => panic!("{refusal}"),
        }
    }

    /// The values of all options, in the class' order.
    pub(crate) fn values(&self) -> &[Value] {
        &self.values
    }

    /// All options with their values, in the class' order.
    pub fn options(&self) -> impl Iterator<Item = (&'static OptionSpec, &Value)> {
        self.class.all_options().zip(&self.values)
    }

    /// The value of the option called `name`.
    ///
    /// # Panics
    /// Where the class has no such option: for names written in the code.
    #[inline(never)]
    pub fn get(&self, name: &str) -> &Value {
        match self.class.all_options().position(|o| o.name == name) {
            Some(i) => &self.values[i],
            None => panic!("{} has no option {name}", self.class.class_name),
        }
    }

    /// Gives the option called `name` another value, if the class has it.
    pub fn set(&mut self, name: &str, value: Value) {
        if let Some(i) = self.class.all_options().position(|o| o.name == name) {
            self.values[i] = value;
        }
    }

    /// A number (whole or not); 0 for `None`.
    #[inline(never)]
    pub fn number(&self, name: &str) -> f64 {
        match self.get(name) {
            Value::Float(v) => *v,
            Value::Int(v) => *v as f64,
            _ => 0.0,
        }
    }

    /// A whole number that is not negative; `None` where none was given.
    #[inline(never)]
    pub fn count(&self, name: &str) -> Option<usize> {
        match self.get(name) {
            Value::Int(v) => usize::try_from(*v).ok(),
            _ => None,
        }
    }

    /// A truth value.
    #[inline(never)]
    pub fn flag(&self, name: &str) -> bool {
        *self.get(name) == Value::Bool(true)
    }

    /// A word out of the option's list; empty for `None`.
    #[inline(never)]
    pub fn word(&self, name: &str) -> &'static str {
        match self.get(name) {
            Value::Word(word) => word,
            _ => "",
        }
    }

    /// A list of whole numbers, or one; empty for `None`.
    #[inline(never)]
    pub fn ints(&self, name: &str) -> &[i64] {
        match self.get(name) {
            Value::Ints(list) => list,
            Value::Int(one) => std::slice::from_ref(one),
            _ => &[],
        }
    }

    /// A list of numbers; empty for `None`.
    #[inline(never)]
    pub fn floats(&self, name: &str) -> &[f64] {
        match self.get(name) {
            Value::Floats(list) => list,
            _ => &[],
        }
    }

    /// A list of texts; empty for `None`.
    #[inline(never)]
    pub fn texts(&self, name: &str) -> &[String] {
        match self.get(name) {
            Value::Texts(list) => list,
            _ => &[],
        }
    }

    /// A text; empty for `None`.
    #[inline(never)]
    pub fn text(&self, name: &str) -> &str {
        match self.get(name) {
            Value::Text(text) => text,
            _ => "",
        }
    }

    /// A list of classes; empty for `None`.
    #[inline(never)]
    pub fn list(&self, name: &str) -> &[ConfigObject] {
        match self.get(name) {
            Value::List(list) => list,
            _ => &[],
        }
    }

    /// A class of another list; `None` where none was chosen.
    #[inline(never)]
    pub fn choice(&self, name: &str) -> Option<&ConfigObject> {
        match self.get(name) {
            Value::ConfigObject(choice) => Some(choice),
            _ => None,
        }
    }

    /// A name of the person's own, where one was given and the class takes one.
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

    /// The options that differ from their default, in the entry's order.
    pub fn config_json(&self) -> Map<String, Json> {
        let mut config = Map::new();
        for (option, value) in self.class.all_options().zip(&self.values) {
            if option.default_value().as_ref() != Some(value) {
                config.insert(option.name.into(), value.to_json());
            }
        }
        config
    }

    /// As [`ConfigObject::to_json`], or the bare name where every option has its default.
    pub fn to_short_json(&self) -> Json {
        if self.config_json().is_empty() {
            self.class.name.into()
        } else {
            self.to_json()
        }
    }
}

impl Value {
    /// As Keras' config has it.
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

/// A value as a person typed it, cut to a length that a sentence can carry.
pub fn short(json: &Json) -> String {
    let mut text = json.to_string();
    if text.chars().nth(40).is_some() {
        let end = text.char_indices().nth(37).map_or(0, |(at, _)| at);
        text.truncate(end);
        text.push_str("...");
    }
    text
}
