//! A request that cannot be carried out, as a sentence for the person who made it.

use std::fmt;

/// Says what was refused, where, and what to do instead.
///
/// Every value that a person can choose is checked once, above the mathematics; what does not fit
/// comes back as a `Refusal`. Below that line nothing fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Path to the offending value, such as `model.config.layers[1].config.units`; empty for the whole.
    pub place: String,
    /// A whole sentence: what is wrong and what to do.
    pub message: String,
    /// The request names something that this engine does not have (rather than a bad value for
    /// something that it has); holds that name.
    pub missing: Option<String>,
}

impl Refusal {
    /// A bad value at `place`.
    pub fn new(place: impl AsRef<str>, message: impl AsRef<str>) -> Self {
        Self::at(place.as_ref(), message.as_ref())
    }

    /// One function for the hundred places that refuse: copied into each, it would cost kilobytes.
    #[cold]
    #[inline(never)]
    fn at(place: &str, message: &str) -> Self {
        Refusal {
            place: place.into(),
            message: message.into(),
            missing: None,
        }
    }

    /// A name that is not among `known`: the sentence offers the nearest ones.
    ///
    /// `what` is the kind of thing asked for ("activation", "option of Dense").
    #[inline(never)]
    pub fn unknown<'a>(
        place: impl Into<String>,
        what: &str,
        name: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let known: Vec<&str> = known.into_iter().collect();
        let hint = match nearest(name, &known) {
            Some(near) => format!("Did you mean '{near}'?"),
            None if known.is_empty() => "There is none to choose from here.".to_string(),
            None => format!("Choose one of: {}.", known.join(", ")),
        };
        Refusal {
            place: place.into(),
            message: format!("There is no {what} called '{name}'. {hint}"),
            missing: Some(format!("{what} {name}")),
        }
    }

    /// The same refusal seen from one level further out: `outer` stands before the place.
    #[cold]
    #[inline(never)]
    pub fn within(mut self, outer: &str) -> Self {
        self.place = match (outer.is_empty(), self.place.is_empty()) {
            (true, _) => self.place,
            (_, true) => outer.to_string(),
            _ if self.place.starts_with('[') => format!("{outer}{}", self.place),
            _ => format!("{outer}.{}", self.place),
        };
        self
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.place.is_empty() {
            f.write_str(&self.message)
        } else {
            write!(f, "{} (at {})", self.message, self.place)
        }
    }
}

impl std::error::Error for Refusal {}

/// A number in a sentence. Through serde_json, whose printer the text of an experiment needs anyway:
/// the standard library's would cost the page four kilobytes more.
#[inline(never)]
pub fn shown(number: f64) -> String {
    match serde_json::Number::from_f64(number) {
        Some(finite) => {
            let text = finite.to_string();
            text.strip_suffix(".0").map_or(text.clone(), String::from)
        }
        None if number.is_nan() => "NaN".into(),
        None => (if number > 0.0 { "inf" } else { "-inf" }).into(),
    }
}

/// The word of `known` that most probably was meant by `word`, if any comes close.
pub fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let folded = fold(word);
    let (distance, _, best) = known
        .iter()
        // Of two that come as close, the one that is spelled alike.
        .map(|k| (edit_distance(&folded, &fold(k)), edit_distance(word, k), *k))
        .min()?;
    (distance <= 1 + folded.len() / 4).then_some(best)
}

fn fold(word: &str) -> String {
    word.chars()
        .filter(char::is_ascii_alphanumeric)
        .take(60)
        .collect::<String>()
        .to_ascii_lowercase()
}

/// Levenshtein's distance: insertions, deletions and replacements that turn `a` into `b`.
fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, cb) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(ca != *cb);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(row[j + 1] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reaches_offers_the_nearest_word() {
        let known = ["relu", "sigmoid", "softmax", "tanh"];
        assert_eq!(nearest("sigmoyd", &known), Some("sigmoid"));
        assert_eq!(nearest("Soft_Max", &known), Some("softmax"));
        assert_eq!(nearest("quantum", &known), None);
        assert_eq!(edit_distance("kitten", "sitting"), 3);
    }

    #[test]
    fn reaches_places_nest() {
        let inner = Refusal::new("units", "no");
        assert_eq!(
            inner.within("config").within("layers[1]").place,
            "layers[1].config.units"
        );
    }
}
