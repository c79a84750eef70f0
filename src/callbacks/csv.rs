//! CSVLogger: the logs as a table of text, which `keras::text::csv` writes from the history.

use super::{Callback, CallbackKind};
use crate::choice::{Default, Entry, Kind, Opt, prose};
use crate::refusal::Refusal;

pub static KIND: CallbackKind = CallbackKind {
    entry: Entry {
        class_name: "CSVLogger",
        name: "csv_logger",
        aliases: &[],
        label: "CSV log",
        doc: prose(
            "Writes a line of numbers for every epoch: what is logged when its turn comes among the \
              callbacks. The columns are those of the first epoch; without validation in it Keras adds val_ \
              columns, and so does this.",
        ),
        formula: prose(""),
        options: &[
            &Opt {
                name: "filename",
                label: "file",
                doc: prose("Keras' place for it."),
                kind: Kind::Text,
                default: Default::Text("log.csv"),
            },
            &Opt {
                name: "separator",
                label: "separator",
                doc: prose("What stands between two numbers."),
                kind: Kind::Text,
                default: Default::Text(","),
            },
            &Opt {
                name: "append",
                label: "append",
                doc: prose("Changes nothing here."),
                kind: Kind::Bool,
                default: Default::Bool(false),
            },
        ],
    },
    build: |choice, _| {
        if choice.text("separator").chars().count() != 1 {
            let message =
                "The separator must be one character, such as a comma: Keras takes no other.";
            return Err(Refusal::new("config.separator", message));
        }
        Ok(Box::new(CsvLogger))
    },
};

struct CsvLogger;

impl Callback for CsvLogger {}
