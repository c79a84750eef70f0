//! The training loop as a state machine: a caller advances it batch by batch.
//!
//! Keras' semantics (`trainers/epoch_iterator.py`, `backend/tensorflow/trainer.py`): the last rows
//! validate, a partial batch is used, an epoch's loss is the mean of its batches' losses weighted by
//! their rows, each taken before its update.

mod branch;
mod examples;
mod history;
mod options;
mod saved;

pub use branch::Shared;
use history::History;
pub use options::{ENTRY, REGISTRY};

use crate::kernels::rows;
use crate::kernels::sparse::{Matrix, RowSelection};
use crate::numerics::rng::Stream;
use crate::options::ConfigObject;
use crate::options::error::ConfigError;
use crate::training::callbacks::{self, Callback, CallbackAction, Event, LEARNING_RATE, Logs};
use crate::training::trainer::{Divergence, Examples, Input, MetricValue, Trainer};

/// Streams of the run's seed from this number on give the order of each pass through the data.
const ORDER_STREAM: u64 = 1 << 40;

/// A training run in progress: data, order, history. The trainer is lent for each step.
pub struct Fit {
    train: Examples,
    validation: Option<Examples>,
    n_train: usize,
    first_epoch: usize,
    epochs: usize,
    batch_size: usize,
    steps_per_epoch: Option<usize>,
    validates: Validates,
    shuffle: bool,
    seed: u64,
    order: Vec<u32>,
    epoch: usize,
    /// Batches done in this epoch.
    batch: usize,
    /// Passes through the data that are over.
    pass: usize,
    /// Batches done in this pass.
    position: usize,
    loss_sum: f64,
    rows_seen: f64,
    history: History,
    batch_losses: Vec<f32>,
    callbacks: Vec<Box<dyn Callback>>,
    events: Vec<Event>,
    /// A callback has stopped the run.
    stopped: bool,
    trouble: Option<Divergence>,
    /// The inputs once more, where they are mostly zero and the model can take them so.
    nonzeros: Option<Matrix>,
    x: Vec<f32>,
    t: Vec<f32>,
    w: Vec<f32>,
}

/// Number of an epoch, and what was logged in it under each name.
pub type EpochLogs = (usize, Vec<Option<MetricValue>>);

/// When and how it validates.
struct Validates {
    every: Vec<i64>,
    batch_size: usize,
    steps: usize,
}

impl Validates {
    /// Whether after this epoch, counted from 0.
    fn after(&self, epoch: usize) -> bool {
        match self.every[..] {
            [every] => (epoch + 1).is_multiple_of(every.max(1) as usize),
            _ => self.every.contains(&(epoch as i64 + 1)),
        }
    }
}

impl Fit {
    /// Prepares a run of the options in `config` (of [`REGISTRY`]), and makes room in the trainer for its batches.
    /// `validation` overrules the split.
    ///
    /// # Errors
    /// Data that does not fit the model or the loss, too few rows to split, batches that need too much memory, or a
    /// callback that cannot work here.
    pub fn new(
        trainer: &mut Trainer,
        config: &ConfigObject,
        train: Examples,
        validation: Option<Examples>,
        seed: u64,
    ) -> Result<Self, ConfigError> {
        let n_in = trainer.model.n_inputs();
        let n_t = trainer.n_targets();
        let asked = config.count("batch_size").unwrap_or(32);
        let (train, validation) = examples::of(trainer, config, train, validation)?;
        let n_train = train.x.len() / n_in;
        let n_w = train.weights_per_example(n_in);
        let batch_size = asked.min(n_train);
        let n_validation = validation.as_ref().map_or(0, |data| data.x.len() / n_in);
        let validation_batch = config.count("validation_batch_size");
        // A loss of whole batches, or one that is summed, depends on their size.
        let validation_batch_size = validation_batch
            .unwrap_or(asked)
            .clamp(1, n_validation.max(1));
        trainer.resize(batch_size).map_err(|r| r.at("fit"))?;
        trainer
            .resize(validation_batch_size)
            .map_err(|r| match validation_batch {
                Some(_) => ConfigError::new("fit.validation_batch_size", r.message),
                None => r.at("fit"),
            })?;
        let callbacks = callbacks::build_all(config.list("callbacks"), trainer)?;
        let accepts_sparse_input = trainer.model.accepts_sparse_input();
        let nonzeros = accepts_sparse_input
            .then(|| Matrix::of(&train.x, n_in))
            .flatten();
        let first_epoch = config.count("initial_epoch").unwrap_or(0);
        let mut fit = Fit {
            train,
            nonzeros,
            n_train,
            first_epoch,
            epochs: config.count("epochs").unwrap_or(1),
            batch_size,
            steps_per_epoch: config.count("steps_per_epoch"),
            validates: Validates {
                every: config.ints("validation_freq").to_vec(),
                batch_size: validation_batch_size,
                steps: config.count("validation_steps").unwrap_or(usize::MAX),
            },
            shuffle: config.flag("shuffle"),
            seed,
            order: (0..n_train as u32).collect(),
            epoch: first_epoch,
            batch: 0,
            pass: 0,
            position: 0,
            loss_sum: 0.0,
            rows_seen: 0.0,
            history: History::new(trainer, validation.is_some(), &callbacks),
            validation,
            batch_losses: Vec::new(),
            callbacks,
            events: Vec::new(),
            stopped: false,
            trouble: None,
            x: vec![0.0; batch_size * n_in],
            t: vec![0.0; batch_size * n_t],
            w: vec![0.0; batch_size * n_w],
        };
        fit.history.reserve(fit.epochs.min(10_000));
        fit.batch_losses
            .reserve((fit.n_batches() * fit.epochs).min(1 << 20));
        fit.set_order();
        Ok(fit)
    }

    /// Trains on the next batch; after the last one of an epoch, validates and ends the epoch.
    /// Does nothing once done.
    pub fn step(&mut self, trainer: &mut Trainer) {
        self.step_and(trainer, |_| {});
    }

    /// As [`Fit::step`]; `look` sees the trainer when the batch is done and before an epoch ends with it.
    pub fn step_and(&mut self, trainer: &mut Trainer, look: impl FnOnce(&Trainer)) {
        if self.done() {
            return;
        }
        if self.batch == 0 {
            trainer.reset_metrics();
            let epoch = self.epoch;
            self.each(epoch, |callback, tell| {
                callback.on_epoch_begin(epoch, trainer, tell);
                false
            });
        }
        let start = self.position * self.batch_size;
        let rows = self.next_rows().len();
        let loss = self.train_on(trainer, start, rows);
        look(trainer);
        match loss {
            Err(divergence) => {
                self.trouble = Some(divergence);
                return;
            }
            Ok(loss) => {
                self.loss_sum += f64::from(loss) * rows as f64;
                self.rows_seen += rows as f64;
                self.batch_losses.push(loss);
            }
        }
        let (batch, mean) = (self.batch, self.loss_sum / self.rows_seen);
        self.batch += 1;
        self.position += 1;
        self.each(self.epoch, |callback, tell| {
            callback.on_batch_end(batch, mean, trainer, tell)
        });
        if self.stopped || self.batch == self.n_batches() {
            self.end_epoch(trainer);
        }
    }

    /// The rows of the next batch, by their numbers among those that are trained on.
    pub fn next_rows(&self) -> &[u32] {
        let start = self.position * self.batch_size;
        &self.order[start..self.n_train.min(start + self.batch_size)]
    }

    /// Lets every callback do something in this epoch, and keeps what it tells. A callback that says so
    /// stops the run.
    fn each(
        &mut self,
        epoch: usize,
        mut work: impl FnMut(&mut dyn Callback, &mut dyn FnMut(CallbackAction, f64)) -> bool,
    ) {
        for (by, callback) in self.callbacks.iter_mut().enumerate() {
            self.stopped |= work(callback.as_mut(), &mut |deed, value| {
                self.events.push(Event {
                    epoch,
                    by,
                    deed,
                    value,
                });
            });
        }
    }

    /// One step on `rows` rows of the order, from `start` on.
    fn train_on(
        &mut self,
        trainer: &mut Trainer,
        start: usize,
        rows: usize,
    ) -> Result<f32, Divergence> {
        let (n_in, n_t) = (trainer.model.n_inputs(), trainer.n_targets());
        let handles_nan = self.handles_nan();
        let chosen = &self.order[start..start + rows];
        let (x, t) = (&mut self.x[..rows * n_in], &mut self.t[..rows * n_t]);
        let input = match &self.nonzeros {
            Some(matrix) => Input::Nonzeros(RowSelection {
                matrix,
                rows: chosen,
            }),
            None => {
                rows::gather(&self.train.x, n_in, chosen, x);
                Input::Dense(x)
            }
        };
        rows::gather(&self.train.t, n_t, chosen, t);
        let n_w = self.w.len() / self.batch_size;
        let weights = self.train.weights.as_ref().map(|from| {
            let w = &mut self.w[..rows * n_w];
            rows::gather(from, n_w, chosen, w);
            &*w
        });
        if handles_nan {
            return Ok(trainer.train_step_unguarded(input, t, weights));
        }
        trainer
            .train_step(input, t, weights)
            .map_err(|divergence| Divergence {
                row: divergence.row.map(|row| chosen[row] as usize),
                ..divergence
            })
    }

    /// Whether a callback watches for numbers that are not finite.
    fn handles_nan(&self) -> bool {
        self.callbacks.iter().any(|callback| callback.handles_nan())
    }

    fn end_epoch(&mut self, trainer: &mut Trainer) {
        let loss = f64::from((self.loss_sum / self.rows_seen) as f32);
        let mut logs: Logs = vec![("loss".into(), MetricValue::Number(loss))];
        logs.extend(
            trainer
                .metrics()
                .map(|(name, value)| (name.to_string(), value)),
        );
        let validates = self.validates.after(self.epoch);
        if let Some(data) = self.validation.as_ref().filter(|_| validates) {
            let names: Vec<String> = logs
                .iter()
                .map(|(name, _)| ["val_", name].concat())
                .collect();
            let (batch, steps) = (self.validates.batch_size, self.validates.steps);
            logs.extend(
                names
                    .into_iter()
                    .zip(trainer.evaluate_some(data, batch, steps)),
            );
        }
        let epoch = self.epoch;
        let mut rates = Vec::new();
        self.each(epoch, |callback, tell| {
            let stops = callback.on_epoch_end(epoch, &mut logs, trainer, tell);
            if callback.logs_learning_rate() {
                rates.extend(callbacks::logged(&logs, LEARNING_RATE));
            }
            stops
        });
        self.history.push(&logs, &rates);
        self.epoch += 1;
        self.batch = 0;
        (self.loss_sum, self.rows_seen) = (0.0, 0.0);
        if self.position == self.n_train.div_ceil(self.batch_size) {
            self.pass += 1;
            self.position = 0;
            self.set_order();
        }
        if self.done() {
            trainer.finalize();
            self.each(epoch, |callback, tell| {
                callback.on_train_end(trainer, tell);
                false
            });
        }
    }

    /// The order in which the pass that begins goes through the rows: a function of seed and pass.
    fn set_order(&mut self) {
        self.order.iter_mut().zip(0..).for_each(|(o, i)| *o = i);
        if self.shuffle {
            Stream::new(self.seed, ORDER_STREAM + self.pass as u64).shuffle(&mut self.order);
        }
    }

    /// Whether all epochs are over, or the run has diverged.
    pub fn done(&self) -> bool {
        self.epoch >= self.epochs || self.stopped || self.trouble.is_some()
    }

    /// How many epochs there are to be.
    pub fn epochs(&self) -> usize {
        self.epochs
    }

    /// The epoch that training began with.
    pub fn first_epoch(&self) -> usize {
        self.first_epoch
    }

    /// Whether it validates after this epoch, counted from 0.
    pub fn validates_after(&self, epoch: usize) -> bool {
        self.validation.is_some() && self.validates.after(epoch)
    }

    /// Whether a callback has stopped it.
    pub fn stopped(&self) -> bool {
        self.stopped
    }

    /// Number of the epoch that is going on, or would come next: from 0, epochs finished.
    pub fn epochs_done(&self) -> usize {
        self.epoch
    }

    /// Batches done in the epoch that is going on.
    pub fn batch(&self) -> usize {
        self.batch
    }

    /// Batches of the epoch that is going on.
    pub fn n_batches(&self) -> usize {
        let all = self.n_train.div_ceil(self.batch_size);
        match self.steps_per_epoch {
            None => all,
            // A pass that ends ends the epoch.
            Some(steps) => steps.min(all - (self.position - self.batch)),
        }
    }

    /// The callbacks of the run.
    pub fn callbacks(&self) -> &[Box<dyn Callback>] {
        &self.callbacks
    }

    /// What the callbacks have done so far.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// Rows to train on, and rows to validate on.
    pub fn examples(&self) -> (&Examples, Option<&Examples>) {
        (&self.train, self.validation.as_ref())
    }

    /// Why the run stopped before its end.
    pub fn trouble(&self) -> Option<&Divergence> {
        self.trouble.as_ref()
    }

    /// The same as sentences: when, what, in which row of the training data, and what to do.
    pub fn trouble_text(&self) -> Option<String> {
        let Divergence { what, row, advice } = self.trouble.as_ref()?;
        let place = row.map_or_else(String::new, |row| {
            format!(" in row {row} of the training data")
        });
        Some(format!(
            "In epoch {}, batch {}, {what} became infinite or undefined{place}. The run stopped before that \
             batch changed a weight. {advice}",
            self.epoch + 1,
            self.batch + 1
        ))
    }

    /// Names in the logs: sorted as Keras sorts them, `val_` ones after the others, then the learning rate.
    pub fn names(&self) -> &[String] {
        self.history.names()
    }

    /// How many numbers each of [`Fit::names`] has: more than one where a metric is a list.
    pub fn counts(&self) -> impl Iterator<Item = usize> {
        self.history.counts()
    }

    /// Number and logs of each finished epoch from the `first`th on, one value for each of [`Fit::names`]: what
    /// Keras' History holds. `None` where nothing was logged.
    pub fn logs_since(&self, first: usize) -> Vec<EpochLogs> {
        self.rows(first, self.callbacks.len())
    }

    /// The logs of all finished epochs as the callback with this number sees them: it knows nothing of a learning
    /// rate that later ones log.
    pub fn logs_before(&self, callback: usize) -> Vec<EpochLogs> {
        self.rows(0, callback)
    }

    #[inline(never)]
    fn rows(&self, first: usize, callbacks: usize) -> Vec<EpochLogs> {
        let before = self.callbacks.iter().take(callbacks);
        let rates = before.filter(|c| c.logs_learning_rate()).count();
        let mut rows = Vec::new();
        for row in first..self.epoch - self.first_epoch {
            let epoch = self.first_epoch + row;
            let validates = self.validates.after(epoch);
            rows.push((epoch, self.history.row(row, validates, rates)));
        }
        rows
    }

    /// All numbers of the finished epochs, one row each, in the order of [`Fit::names`]: NaN where nothing was
    /// logged.
    pub fn history(&self) -> &[f64] {
        self.history.numbers()
    }

    /// The loss of every batch so far, each before its update.
    pub fn batch_losses(&self) -> &[f32] {
        &self.batch_losses
    }
}
