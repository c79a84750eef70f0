//! The logs of a run: the numbers of each finished epoch.

use super::EpochLogs;
use super::thinned::Thinned;
use crate::training::callbacks::{Callback, LEARNING_RATE, Logs};
use crate::training::trainer::{MetricValue, Trainer};

/// Number of epochs of which each one is kept. A longer run keeps some of them.
const MOST: usize = 10_000;

/// Columns of numbers, one row for each kept epoch.
pub struct History {
    names: Vec<String>,
    columns: Vec<Column>,
    /// Each column's numbers side by side. All that Keras logs are single-precision numbers.
    rows: Thinned,
    /// For the kept epochs of a parent run, in their order: which of the columns it logged.
    taken_over: Vec<(usize, Vec<bool>)>,
}

/// The numbers under one name of the logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Column {
    kind: Kind,
    /// How many numbers a row has.
    count: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Number,
    List,
    /// One number for each callback that logs the learning rate, in their order. The last one counts.
    LearningRate,
}

impl History {
    /// Loss and metrics sorted by name, as Keras sorts them; the same of the validation; the learning rate.
    pub fn new(trainer: &Trainer, validates: bool, callbacks: &[Box<dyn Callback>]) -> Self {
        let number = Column {
            kind: Kind::Number,
            count: 1,
        };
        let (mut names, mut columns) = (vec!["loss".to_string()], vec![number]);
        for (name, value) in trainer.metrics() {
            let at = names.partition_point(|n| n.as_str() < name);
            let kind = match value {
                MetricValue::Number(_) => Kind::Number,
                MetricValue::List(_) => Kind::List,
            };
            let count = value.numbers().len();
            names.insert(at, name.to_string());
            columns.insert(at, Column { kind, count });
        }
        if validates {
            let validated: Vec<String> = names.iter().map(|n| ["val_", n].concat()).collect();
            names.extend(validated);
            columns.extend_from_within(..);
        }
        let rates = callbacks.iter().filter(|c| c.logs_learning_rate()).count();
        if rates > 0 {
            names.push(LEARNING_RATE.into());
            columns.push(Column {
                kind: Kind::LearningRate,
                count: rates,
            });
        }
        History {
            names,
            rows: Thinned::new(width(&columns), MOST),
            columns,
            taken_over: Vec::new(),
        }
    }

    /// Names of the columns.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Number of values under each name of the logs.
    pub fn counts(&self) -> impl Iterator<Item = usize> {
        self.columns.iter().map(|column| match column.kind {
            Kind::LearningRate => 1,
            _ => column.count,
        })
    }

    /// The kept rows.
    pub fn rows(&self) -> &Thinned {
        &self.rows
    }

    /// The kept rows, to restore them.
    pub fn rows_mut(&mut self) -> &mut Thinned {
        &mut self.rows
    }

    /// Appends the row of an epoch. `rates`: the learning rate that each callback has logged, if it logs it.
    pub fn push(&mut self, logs: &Logs, rates: &[f64]) {
        let mut row = Vec::new();
        for (name, column) in self.names.iter().zip(&self.columns) {
            let logged = logs.iter().find(|(n, _)| n == name);
            let found = match (column.kind, logged) {
                (Kind::LearningRate, _) => rates,
                (_, Some((_, value))) => value.numbers(),
                _ => &[],
            };
            put(&mut row, *column, found, f64::NAN);
        }
        self.rows.push(row);
    }

    /// The values in a kept row, for each name. `validates`: whether the run validates in that epoch. `rates`: how many of
    /// the callbacks that log the learning rate have been called.
    pub fn row(&self, kept: usize, validates: bool, rates: usize) -> Vec<Option<MetricValue>> {
        let mut rest = &self.rows.numbers()[kept * width(&self.columns)..];
        let index = self.rows.index(kept);
        let found = self
            .taken_over
            .binary_search_by_key(&index, |(index, _)| *index);
        let taken_over = found.ok().map(|at| &self.taken_over[at].1);
        let mut values = Vec::with_capacity(self.columns.len());
        for (i, column) in self.columns.iter().enumerate() {
            let (own, others) = rest.split_at(column.count);
            rest = others;
            let logged = match taken_over {
                Some(logged) => logged[i],
                None => validates || !self.names[i].starts_with("val_"),
            };
            let value = match column.kind {
                Kind::Number => Some(MetricValue::Number(own[0].into())),
                Kind::List => Some(MetricValue::List(
                    own.iter().map(|v| f64::from(*v)).collect(),
                )),
                Kind::LearningRate if rates == 0 => None,
                Kind::LearningRate => Some(MetricValue::Number(own[rates - 1].into())),
            };
            values.push(value.filter(|_| logged));
        }
        values
    }

    /// Replaces all rows by those of another run, as far as the columns have the same names and sizes. `logs`: its kept
    /// rows. Its last learning rate becomes that of each callback.
    pub fn take_over(&mut self, other: &History, logs: &[EpochLogs]) {
        self.taken_over.clear();
        let mut numbers = Vec::new();
        for (kept, (_, row)) in logs.iter().enumerate() {
            let mut logged = Vec::with_capacity(self.names.len());
            for (name, column) in self.names.iter().zip(&self.columns) {
                let at = other.names.iter().position(|n| n == name);
                let found = at
                    .and_then(|at| row[at].as_ref())
                    .map_or(&[][..], MetricValue::numbers);
                let rate = column.kind == Kind::LearningRate;
                let found = match rate || found.len() == column.count {
                    true => found,
                    false => &[],
                };
                let rest = found.first().copied().filter(|_| rate);
                put(&mut numbers, *column, found, rest.unwrap_or(f64::NAN));
                logged.push(!found.is_empty());
            }
            self.taken_over.push((other.rows.index(kept), logged));
        }
        self.rows.set(other.rows.count(), numbers);
    }
}

/// Number of numbers in a row.
fn width(columns: &[Column]) -> usize {
    columns.iter().map(|column| column.count).sum()
}

/// Appends the numbers of a column to a row; `rest` replaces missing ones.
fn put(row: &mut Vec<f32>, column: Column, found: &[f64], rest: f64) {
    for i in 0..column.count {
        row.push(found.get(i).copied().unwrap_or(rest) as f32);
    }
}
