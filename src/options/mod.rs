//! Objects of the catalog: a class with its options, read from Keras' JSON, checked once, and printed.
//!
//! One declaration per class ([`ClassSpec`]) serves the reader, the errors, Keras' defaults, the canonical text and the form on
//! the page, so that these cannot disagree.

pub mod axes;
mod check;
pub(crate) mod declare;
pub mod error;
pub mod nearest;
mod object;
mod read;
mod spec;
mod typed;

pub use check::{article, check_dtype, check_keys, short};
pub use object::{ConfigObject, Value, find};
pub use spec::{ClassSpec, Default, HelpText, Kind, OBJECT_KEYS, OptionSpec, Registry, help_text};
