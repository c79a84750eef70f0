//! CSVLogger: the history as a table of text, which `keras::text::csv` writes.

use super::{Callback, CallbackKind};
use crate::choice::{Default, Entry, Kind, Opt};

pub static KIND: CallbackKind = CallbackKind {
    entry: Entry {
        class_name: "CSVLogger",
        name: "csv_logger",
        aliases: &[],
        label: "CSV log",
        doc: "Writes a line of numbers for every epoch. Without validation Keras adds empty val_ columns; so \
              does this.",
        formula: "",
        options: &[
            Opt {
                name: "filename",
                label: "file",
                doc: "Keras' place for it.",
                kind: Kind::Text,
                default: Default::Text("log.csv"),
            },
            Opt {
                name: "separator",
                label: "separator",
                doc: "What stands between two numbers.",
                kind: Kind::Text,
                default: Default::Text(","),
            },
            Opt {
                name: "append",
                label: "append",
                doc: "Changes nothing here.",
                kind: Kind::Bool,
                default: Default::Bool(false),
            },
        ],
    },
    build: |_, _| Ok(Box::new(CsvLogger)),
};

struct CsvLogger;

impl Callback for CsvLogger {}
