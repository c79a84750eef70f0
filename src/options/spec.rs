//! The declaration of a class: its names, its options, and the family that it belongs to.

use super::check::{article, check_keys};
use super::error::Result;
use serde_json::{Map, Value as Json};

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
