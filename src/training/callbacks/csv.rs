//! CSVLogger: the logs as a table. `keras::text::csv` writes it from the history.

use super::callback::{Callback, CallbackKind};
use crate::options::declare::{NoEffect, class};
use crate::options::error::ConfigError;
use crate::options::{Default, Kind};

class! {
    /// Writes one line of numbers per epoch: the values that are logged when it is called among the callbacks. The columns are those of the first epoch. If that has no validation, Keras adds val_ columns, and so does this.
    pub struct Options("CSVLogger", "csv_logger", "CSV log") {
        /// Name of the file.
        filename("file"): String = Kind::Text, Default::Text("log.csv");
        /// Character between two numbers.
        #[advanced]
        separator("separator"): String = Kind::Text, Default::Text(",");
        /// Whether Keras appends to an existing file. Has no effect here.
        #[advanced]
        append("append"): NoEffect = Kind::Bool, Default::Bool(false);
    }
}

pub static KIND: CallbackKind = CallbackKind::new(Options::SPEC, |config, _| {
    if Options::of(config).separator.chars().count() != 1 {
        let message = "The separator must be one character, such as a comma: Keras takes no other.";
        return Err(ConfigError::new("config.separator", message));
    }
    Ok(Box::new(CsvLogger))
});

struct CsvLogger;

impl Callback for CsvLogger {}
