//! CSVLogger: the history as a table of text, which `keras::text::csv` writes.

use super::{Callback, CallbackKind};
use crate::choice::{Default, Entry, Kind, Opt, prose};

pub static KIND: CallbackKind = CallbackKind {
    entry: Entry {
        class_name: "CSVLogger",
        name: "csv_logger",
        aliases: &[],
        label: "CSV log",
        doc: prose(
            "Writes a line of numbers for every epoch. Without validation Keras adds empty val_ columns; so \
              does this.",
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
    build: |_, _| Ok(Box::new(CsvLogger)),
};

struct CsvLogger;

impl Callback for CsvLogger {}
