//! CSVLogger: the logs as a table of text, which `keras::text::csv` writes from the history.

use super::{Callback, CallbackKind};
use crate::options::error::ConfigError;
use crate::options::{ClassSpec, Default, Kind, OptionSpec, help_text};

pub static KIND: CallbackKind = CallbackKind {
    class: ClassSpec {
        class_name: "CSVLogger",
        name: "csv_logger",
        aliases: &[],
        label: "CSV log",
        doc: help_text(
            "Writes a line of numbers for every epoch: what is logged when its turn comes among the \
              callbacks. The columns are those of the first epoch; without validation in it Keras adds val_ \
              columns, and so does this.",
        ),
        formula: help_text(""),
        options: &[
            &OptionSpec {
                name: "filename",
                label: "file",
                doc: help_text("Keras' place for it."),
                kind: Kind::Text,
                default: Default::Text("log.csv"),
                advanced: false,
                start: "",
            },
            &OptionSpec {
                name: "separator",
                label: "separator",
                doc: help_text("What stands between two numbers."),
                kind: Kind::Text,
                default: Default::Text(","),
                advanced: false,
                start: "",
            },
            &OptionSpec {
                name: "append",
                label: "append",
                doc: help_text("Changes nothing here."),
                kind: Kind::Bool,
                default: Default::Bool(false),
                advanced: false,
                start: "",
            },
        ],
        group: "",
        shared: &[],
    },
    build: |choice, _| {
        if choice.text("separator").chars().count() != 1 {
            let message =
                "The separator must be one character, such as a comma: Keras takes no other.";
            return Err(ConfigError::new("config.separator", message));
        }
        Ok(Box::new(CsvLogger))
    },
};

struct CsvLogger;

impl Callback for CsvLogger {}
