//! The logs of a run: the numbers of each finished epoch.

use super::EpochLogs;
use crate::training::callbacks::{Callback, LEARNING_RATE, Logs};
use crate::training::trainer::{MetricValue, Trainer};

/// Columns of numbers, one row for each finished epoch.
pub struct History {
    names: Vec<String>,
    columns: Vec<Column>,
    /// Row after row, each column's numbers side by side.
    numbers: Vec<f64>,
    /// For each row of a parent run: which of the columns it logged.
    taken_over: Vec<Vec<bool>>,
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
            columns,
            numbers: Vec::new(),
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

    /// All numbers, row after row.
    pub fn numbers(&self) -> &[f64] {
        &self.numbers
    }

    /// Number of numbers in a row.
    pub fn width(&self) -> usize {
        self.columns.iter().map(|column| column.count).sum()
    }

    /// Reserves memory for so many rows.
    pub fn reserve(&mut self, rows: usize) {
        self.numbers.reserve(rows * self.width());
    }

    /// Replaces all rows by saved numbers.
    pub fn set_numbers(&mut self, numbers: Vec<f64>) {
        self.numbers = numbers;
    }

    /// Appends the numbers of a column to the last row; `rest` replaces missing ones.
    fn put(&mut self, column: Column, found: &[f64], rest: f64) {
        for i in 0..column.count {
            self.numbers.push(found.get(i).copied().unwrap_or(rest));
        }
    }

    /// Appends the row of an epoch. `rates`: the learning rate that each callback has logged, if it logs it.
    pub fn push(&mut self, logs: &Logs, rates: &[f64]) {
        for i in 0..self.columns.len() {
            let logged = logs.iter().find(|(name, _)| *name == self.names[i]);
            let found = match (self.columns[i].kind, logged) {
                (Kind::LearningRate, _) => rates,
                (_, Some((_, value))) => value.numbers(),
                _ => &[],
            };
            self.put(self.columns[i], found, f64::NAN);
        }
    }

    /// The values in a row, for each name. `validates`: whether the run validates in that epoch. `rates`: how many of the
    /// callbacks that log the learning rate have been called.
    pub fn row(&self, row: usize, validates: bool, rates: usize) -> Vec<Option<MetricValue>> {
        let mut rest = &self.numbers[row * self.width()..];
        let taken_over = self.taken_over.get(row);
        let mut values = Vec::with_capacity(self.columns.len());
        for (i, column) in self.columns.iter().enumerate() {
            let (own, others) = rest.split_at(column.count);
            rest = others;
            let logged = match taken_over {
                Some(logged) => logged[i],
                None => validates || !self.names[i].starts_with("val_"),
            };
            let value = match column.kind {
                Kind::Number => Some(MetricValue::Number(own[0])),
                Kind::List => Some(MetricValue::List(own.to_vec())),
                Kind::LearningRate if rates == 0 => None,
                Kind::LearningRate => Some(MetricValue::Number(own[rates - 1])),
            };
            values.push(value.filter(|_| logged));
        }
        values
    }

    /// Replaces all rows by those of another run with these `names`, as far as the columns have the same names and sizes. The
    /// other run's last learning rate becomes that of each callback.
    pub fn take_over(&mut self, names: &[String], rows: &[EpochLogs]) {
        self.numbers.clear();
        self.taken_over.clear();
        for (_, row) in rows {
            let mut logged = Vec::with_capacity(self.names.len());
            for i in 0..self.columns.len() {
                let (column, at) = (
                    self.columns[i],
                    names.iter().position(|n| *n == self.names[i]),
                );
                let found = at
                    .and_then(|at| row[at].as_ref())
                    .map_or(&[][..], MetricValue::numbers);
                let rate = column.kind == Kind::LearningRate;
                let found = match rate || found.len() == column.count {
                    true => found,
                    false => &[],
                };
                let rest = found.first().copied().filter(|_| rate);
                self.put(column, found, rest.unwrap_or(f64::NAN));
                logged.push(!found.is_empty());
            }
            self.taken_over.push(logged);
        }
    }
}
