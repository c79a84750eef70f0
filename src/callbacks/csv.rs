//! CSVLogger: the history as a table of text.

use super::{Callback, CallbackKind};
use crate::choice::{Default, Entry, Kind, Opt};
use crate::keras::text::python_float;

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

/// What CSVLogger writes of these epochs. `rows`: number of each epoch and its values by `names`, NaN or
/// absent where nothing was measured.
pub fn text<'a>(
    names: &[String],
    rows: impl Iterator<Item = (usize, &'a [f64])>,
    separator: &str,
) -> String {
    let mut keys: Vec<(Option<usize>, String)> = names
        .iter()
        .cloned()
        .enumerate()
        .map(|(i, n)| (Some(i), n))
        .collect();
    keys.sort_by(|a, b| a.1.cmp(&b.1));
    if !keys.iter().any(|(_, name)| name.starts_with("val_")) {
        let empty: Vec<_> = keys
            .iter()
            .map(|(_, n)| (None, ["val_", n].concat()))
            .collect();
        keys.extend(empty);
    }
    let line = |cells: Vec<String>| cells.join(separator) + "\r\n";
    let header = std::iter::once("epoch".to_string()).chain(keys.iter().map(|(_, n)| n.clone()));
    let mut text = line(header.collect());
    for (epoch, values) in rows {
        let cell = |key: &(Option<usize>, String)| match key.0 {
            Some(i) => python_float(values[i]),
            None => "NA".into(),
        };
        text += &line(
            std::iter::once(epoch.to_string())
                .chain(keys.iter().map(cell))
                .collect(),
        );
    }
    text
}
