//! Reads the value of one option from JSON and checks its kind and range.

use super::{ConfigObject, Default, Kind, OptionSpec, Value, article, short};
use crate::options::error::{ConfigError, format_number};
use serde_json::Value as Json;

impl OptionSpec {
    /// Its default. `None` for a required option.
    pub fn default_value(&self) -> Option<Value> {
        Some(match (&self.default, &self.kind) {
            (Default::Required, _) => return None,
            (Default::Null, _) => Value::Null,
            (Default::Bool(v), _) => Value::Bool(*v),
            (Default::Int(v), Kind::Ints(..) | Kind::MaybeInts(..)) => Value::Ints(vec![*v]),
            (Default::Int(v), _) => Value::Int(*v),
            (Default::Float(v), Kind::Floats(..)) => Value::Floats(vec![*v]),
            (Default::Float(v), _) => Value::Float(*v),
            (Default::Pair(a, b), _) => Value::Floats(vec![*a, *b]),
            (Default::Text(name), Kind::Of(family)) => {
                Value::ConfigObject(Box::new(ConfigObject::default_of(family, name)))
            }
            (Default::Text(text), Kind::Text) => Value::Text((*text).into()),
            (Default::Text(word), _) => Value::Word(word),
        })
    }

    /// Reads a value of this option.
    ///
    /// # Errors
    /// A value of another kind or outside the range: the sentence says which values are possible.
    pub fn read(&self, json: &Json) -> Result<Value, ConfigError> {
        let wrong = |wanted: String| {
            Err(ConfigError::new(
                "",
                format!("'{}' is {}; it must be {wanted}.", self.name, short(json)),
            ))
        };
        // The default is a better proposal than the nearest end of the range.
        let outside = |nearest: String| {
            let proposal = match self.default {
                Default::Int(value) => value.to_string(),
                Default::Float(value) => format_number(value),
                _ => nearest,
            };
            wrong(format!("{}: try {proposal}", self.kind.wanted()))
        };
        if json.is_null() {
            return match (&self.default, &self.kind) {
                (Default::Null, _) | (_, Kind::MaybeFloat(..)) => Ok(Value::Null),
                (_, Kind::MaybeInts(..)) => Ok(Value::Ints(Vec::new())),
                // Keras accepts both None and "none".
                (_, Kind::OneOf(words)) if words.contains(&"none") => Ok(Value::Word("none")),
                // Keras writes `None` for "no activation".
                (Default::Text(_), Kind::Of(_)) => Ok(self.default_value().unwrap_or(Value::Null)),
                _ => wrong(self.kind.wanted()),
            };
        }
        match (&self.kind, json) {
            (Kind::Bool, Json::Bool(v)) => Ok(Value::Bool(*v)),
            (Kind::Int(min, max), Json::Number(number)) => match whole(number) {
                Some(v) if v < *min => outside(min.to_string()),
                Some(v) if v > *max => outside(max.to_string()),
                Some(v) => Ok(Value::Int(v)),
                None => wrong(self.kind.wanted()),
            },
            (
                Kind::Float(min, max)
                | Kind::MaybeFloat(min, max)
                | Kind::OneOrTwo(min, max)
                | Kind::FloatOr(min, max, _),
                Json::Number(number),
            ) => match number.as_f64() {
                Some(v) if v < *min => outside(format_number(*min)),
                Some(v) if v > *max => outside(format_number(*max)),
                Some(v) => Ok(Value::Float(v)),
                None => wrong(self.kind.wanted()),
            },
            (Kind::OneOfHere(words, keras), Json::String(word))
                if keras.contains(&word.as_str()) =>
            {
                let message = format!(
                    "Keras has '{word}' for '{}', this engine does not: use {}.",
                    self.name,
                    words.join(" or ")
                );
                Err(ConfigError::new("", message))
            }
            (Kind::OneOf(words) | Kind::OneOfHere(words, _), Json::String(word)) => {
                match words.iter().find(|w| *w == word) {
                    Some(word) => Ok(Value::Word(word)),
                    None => Err(ConfigError::unknown(
                        "",
                        &format!("'{}'", self.name),
                        word,
                        words.iter().copied(),
                    )),
                }
            }
            // Keras' save_freq: a number, or "epoch".
            (Kind::Int(..), Json::String(word)) if matches!(self.default, Default::Text(w) if w == word) => {
                Ok(self.default_value().unwrap_or(Value::Null))
            }
            (Kind::Of(family), json) | (Kind::FloatOr(_, _, family), json @ Json::Object(_)) => {
                ConfigObject::read(family, json).map(|choice| Value::ConfigObject(Box::new(choice)))
            }
            (Kind::Shape, Json::Array(sizes)) => {
                let mut shape = Vec::with_capacity(sizes.len());
                for size in sizes {
                    match (size.as_u64(), size.is_null()) {
                        (Some(n), _) if n > 0 && n <= 1 << 24 => shape.push(Some(n as usize)),
                        (_, true) => shape.push(None),
                        _ => return wrong(self.kind.wanted()),
                    }
                }
                Ok(Value::Shape(shape))
            }
            (Kind::Fixed(text), json) if *json == fixed_value(text) => Ok(Value::Null),
            (
                Kind::Ints(min, max) | Kind::MaybeInts(min, max),
                Json::Array(_) | Json::Number(_),
            ) => {
                let inside = |json: &Json| {
                    let v = json.as_number().and_then(whole)?;
                    (*min..=*max).contains(&v).then_some(v)
                };
                let list: Option<Vec<i64>> = match json {
                    Json::Array(list) => list.iter().flat_map(flat).map(|n| inside(&n)).collect(),
                    one => inside(one).map(|v| vec![v]),
                };
                let fits = |v: &Vec<i64>| !v.is_empty() || matches!(self.kind, Kind::MaybeInts(..));
                let list = list.filter(fits);
                list.map_or_else(|| wrong(self.kind.wanted()), |v| Ok(Value::Ints(v)))
            }
            (Kind::OneOrTwo(..), Json::Array(pair)) if pair.len() != 2 => wrong(self.kind.wanted()),
            (
                Kind::Floats(min, max) | Kind::OneOrTwo(min, max),
                Json::Array(_) | Json::Number(_),
            ) => {
                let inside = |json: &Json| json.as_f64().filter(|v| (*min..=*max).contains(v));
                let list: Option<Vec<f64>> = match json {
                    Json::Array(list) => list.iter().flat_map(flat).map(|n| inside(&n)).collect(),
                    one => inside(one).map(|v| vec![v]),
                };
                let list = list.filter(|v| !v.is_empty());
                list.map_or_else(|| wrong(self.kind.wanted()), |v| Ok(Value::Floats(v)))
            }
            (Kind::Text, Json::String(text)) => Ok(Value::Text(text.clone())),
            (Kind::List(family), Json::Array(list)) => {
                let read = |(i, json)| {
                    ConfigObject::read(family, json)
                        .map_err(|r: ConfigError| r.at(&format!("[{i}]")))
                };
                let list = list.iter().enumerate().map(read);
                list.collect::<Result<_, _>>().map(Value::List)
            }
            (Kind::ClassWeights, Json::Object(object)) => {
                let pair = |(class, weight): (&String, &Json)| {
                    let weight = weight.as_f64().filter(|w| (0.0..=1e30).contains(w))?;
                    Some((class.parse().ok()?, weight))
                };
                let mut pairs: Vec<(i32, f64)> = match object.iter().map(pair).collect() {
                    Some(pairs) => pairs,
                    None => return wrong(self.kind.wanted()),
                };
                pairs.sort_unstable_by_key(|pair| pair.0);
                Ok(Value::ClassWeights(pairs))
            }
            (Kind::Texts, Json::Array(list)) => {
                let list: Option<Vec<String>> =
                    list.iter().map(|t| Some(t.as_str()?.to_string())).collect();
                list.map_or_else(|| wrong(self.kind.wanted()), |v| Ok(Value::Texts(v)))
            }
            _ => wrong(self.kind.wanted()),
        }
    }
}

impl Kind {
    /// The values it takes, in words.
    fn wanted(&self) -> String {
        match self {
            Kind::Bool => "true or false".into(),
            Kind::Int(min, max) => format!("a whole number from {min} to {max}"),
            Kind::Float(min, max) | Kind::MaybeFloat(min, max) => {
                format!(
                    "a number from {} to {}",
                    format_number(*min),
                    format_number(*max)
                )
            }
            Kind::FloatOr(min, max, family) => format!(
                "a number from {} to {}, or {} {}",
                format_number(*min),
                format_number(*max),
                article(family.noun),
                family.noun
            ),
            Kind::OneOf(words) | Kind::OneOfHere(words, _) => {
                format!("one of: {}", words.join(", "))
            }
            Kind::Of(family) => format!("{} {}", article(family.noun), family.noun),
            Kind::Shape => "a list of sizes".into(),
            Kind::Fixed(text) => (*text).into(),
            Kind::OneOrTwo(min, max) => format!(
                "a number from {} to {}, or a pair of them",
                format_number(*min),
                format_number(*max)
            ),
            Kind::Ints(min, max) | Kind::MaybeInts(min, max) => {
                format!("a list of one or more whole numbers from {min} to {max}")
            }
            Kind::Floats(min, max) => {
                format!(
                    "a list of one or more numbers from {} to {}",
                    format_number(*min),
                    format_number(*max)
                )
            }
            Kind::Texts => "a list of texts".into(),
            Kind::Text => "a text".into(),
            Kind::List(family) => format!("a list of {}s", family.noun),
            Kind::ClassWeights => {
                "an object of weights from 0, such as {\"0\": 0.5, \"1\": 2}".into()
            }
        }
    }
}

/// What stands in a list inside of a list: Keras writes the sides of an image as pairs.
fn flat(json: &Json) -> Vec<Json> {
    match json {
        Json::Array(inner) => inner.clone(),
        one => vec![one.clone()],
    }
}

/// The value of [`Kind::Fixed`].
fn fixed_value(text: &str) -> Json {
    serde_json::from_str(text).unwrap_or(Json::Null)
}

/// A whole number, also where JSON has it as 25.0.
fn whole(number: &serde_json::Number) -> Option<i64> {
    let float = number.as_f64()?;
    number
        .as_i64()
        .or((float.fract() == 0.0 && float.abs() < 9e15).then_some(float as i64))
}
