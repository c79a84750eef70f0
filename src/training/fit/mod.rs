//! The training loop as a state machine: a caller advances it batch by batch.
//!
//! Keras' semantics (`trainers/epoch_iterator.py`, `backend/tensorflow/trainer.py`): the last rows validate; the last batch may
//! be smaller; an epoch's loss is the mean of its batches' losses, each before its update, weighted by their rows.

mod branch;
mod examples;
mod history;
mod options;
mod saved;
mod thinned;

pub use branch::Inherited;
use history::History;
pub use options::{CLASS, Options, REGISTRY};
pub use saved::State;
pub use thinned::Thinned;

use crate::kernels::rows;
use crate::kernels::sparse::{Matrix, RowSelection};
use crate::numerics::rng::Stream;
use crate::options::ConfigObject;
use crate::options::error::{ConfigError, Result};
use crate::training::callbacks::{self, Callback, CallbackAction, Event, LEARNING_RATE, Logs};
use crate::training::trainer::{Divergence, Examples, Input, MetricValue, Trainer};

/// The order of pass number n through the data is drawn from stream number `ORDER_STREAM + n` of the seed.
const ORDER_STREAM: u64 = 1 << 40;
/// Number of batches of which each loss is kept: more than a chart has pixels. A longer run keeps some of them.
const MOST_BATCHES: usize = 4_096;

/// A training run in progress: data, order, history. Each step borrows the trainer.
///
/// ```
/// use glassbox::experiment::read_fit;
/// use glassbox::model::{Sequential, config::ModelConfig};
/// use glassbox::training::fit::Fit;
/// use glassbox::training::trainer::{CompileConfig, Examples, Trainer};
/// use serde_json::json;
///
/// let config = json!({"layers": [{"class_name": "Dense", "config": {"units": 1}}]});
/// let model = Sequential::build(&ModelConfig::read(&config)?, &vec![1], 42)?;
/// let compile = CompileConfig::read(&json!({"optimizer": "sgd", "loss": "mse"}))?;
/// let mut trainer = Trainer::new(model, &compile, 2)?;
/// let data = Examples { x: vec![1.0, 2.0, 3.0].into(), t: vec![2.0, 4.0, 6.0], weights: None };
/// let options = read_fit(&json!({"epochs": 3, "batch_size": 2}))?;
/// let mut fit = Fit::new(&mut trainer, &options, data, None, 42)?;
/// while !fit.done() {
///     fit.step(&mut trainer);
/// }
/// assert_eq!((fit.epochs_done(), trainer.optimizer().steps()), (3, 6));
/// # Ok::<(), glassbox::options::error::ConfigError>(())
/// ```
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
    /// Number of batches done in this epoch.
    batch: usize,
    /// Number of finished passes through the data.
    pass: usize,
    /// Number of batches done in this pass.
    position: usize,
    loss_sum: f64,
    rows_seen: f64,
    history: History,
    batch_losses: Thinned,
    callbacks: Vec<Box<dyn Callback>>,
    events: Vec<Event>,
    /// Whether a callback has stopped the run.
    stopped: bool,
    trouble: Option<Divergence>,
    /// The inputs as a sparse matrix, if they are mostly zero and the model accepts that.
    nonzeros: Option<Matrix>,
    x: Vec<f32>,
    t: Vec<f32>,
    w: Vec<f32>,
}

/// Number of an epoch, and the value that was logged under each name.
pub type EpochLogs = (usize, Vec<Option<MetricValue>>);

/// When and how to validate.
struct Validates {
    every: Vec<i64>,
    batch_size: usize,
    steps: usize,
}

impl Validates {
    /// Whether to validate after this epoch, counted from 0.
    fn after(&self, epoch: usize) -> bool {
        match self.every[..] {
            [every] => (epoch + 1).is_multiple_of(every.max(1) as usize),
            _ => self.every.contains(&(epoch as i64 + 1)),
        }
    }
}

impl Fit {
    /// Prepares a run with the arguments in `config` (of [`REGISTRY`]), and resizes the trainer for its batches. `validation`
    /// replaces the split.
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
    ) -> Result<Self> {
        let n_in = trainer.model.n_inputs();
        let n_t = trainer.n_targets();
        let options = Options::of(config);
        let (train, validation) = examples::of(trainer, &options, train, validation)?;
        let n_train = train.x.len() / n_in;
        let n_w = train.weights_per_example(n_in);
        let batch_size = options.batch_size.min(n_train);
        let n_validation = validation.as_ref().map_or(0, |data| data.x.len() / n_in);
        // A loss that is summed, or that compares the rows of a batch, depends on the batch size.
        let validation_batch_size = options
            .validation_batch_size
            .unwrap_or(options.batch_size)
            .clamp(1, n_validation.max(1));
        trainer
            .resize(batch_size)
            .map_err(|error| error.at("fit"))?;
        trainer.resize(validation_batch_size).map_err(|error| {
            match options.validation_batch_size {
                Some(_) => ConfigError::new("fit.validation_batch_size", error.message),
                None => error.at("fit"),
            }
        })?;
        let callbacks = callbacks::build_all(&options.callbacks, trainer)?;
        let accepts_sparse_input = trainer.model.accepts_sparse_input();
        let nonzeros = accepts_sparse_input
            .then(|| Matrix::of(&train.x, n_in))
            .flatten();
        let first_epoch = options.initial_epoch;
        let mut fit = Fit {
            train,
            nonzeros,
            n_train,
            first_epoch,
            epochs: options.epochs,
            batch_size,
            steps_per_epoch: options.steps_per_epoch,
            validates: Validates {
                every: options.validation_freq,
                batch_size: validation_batch_size,
                steps: options.validation_steps.unwrap_or(usize::MAX),
            },
            shuffle: options.shuffle,
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
            batch_losses: Thinned::new(1, MOST_BATCHES),
            callbacks,
            events: Vec::new(),
            stopped: false,
            trouble: None,
            x: vec![0.0; batch_size * n_in],
            t: vec![0.0; batch_size * n_t],
            w: vec![0.0; batch_size * n_w],
        };
        fit.history.rows_mut().reserve(fit.epochs);
        fit.batch_losses.reserve(fit.n_batches() * fit.epochs);
        fit.set_order();
        Ok(fit)
    }

    /// Trains on the next batch. After the last batch of an epoch, validates and ends the epoch. Does nothing once done.
    pub fn step(&mut self, trainer: &mut Trainer) {
        self.step_and(trainer, |_| {});
    }

    /// As [`Fit::step`]. `look` gets the trainer after the batch, before the epoch ends.
    pub fn step_and(&mut self, trainer: &mut Trainer, look: impl FnOnce(&Trainer)) {
        if self.done() {
            return;
        }
        if self.batch == 0 {
            trainer.reset_metrics();
            let epoch = self.epoch;
            self.each(epoch, |callback, emit| {
                callback.on_epoch_begin(epoch, trainer, emit);
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
                self.batch_losses.push([loss]);
            }
        }
        let (batch, mean) = (self.batch, self.loss_sum / self.rows_seen);
        self.batch += 1;
        self.position += 1;
        self.each(self.epoch, |callback, emit| {
            callback.on_batch_end(batch, mean, trainer, emit)
        });
        if self.stopped || self.batch == self.n_batches() {
            self.end_epoch(trainer);
        }
    }

    /// The rows of the next batch: their indices in the training data.
    pub fn next_rows(&self) -> &[u32] {
        let start = self.position * self.batch_size;
        &self.order[start..self.n_train.min(start + self.batch_size)]
    }

    /// Calls every callback in this epoch and stores the actions. The run stops if one of the calls returns true.
    fn each(
        &mut self,
        epoch: usize,
        mut work: impl FnMut(&mut dyn Callback, &mut dyn FnMut(CallbackAction, f64)) -> bool,
    ) {
        for (i, callback) in self.callbacks.iter_mut().enumerate() {
            self.stopped |= work(callback.as_mut(), &mut |action, value| {
                self.events.push(Event {
                    epoch,
                    callback: i,
                    action,
                    value,
                });
            });
        }
    }

    /// One step on the rows `start..start + rows` of the order.
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
                self.train.x.gather(n_in, chosen, x);
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

    /// Whether a callback handles numbers that are not finite.
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
        self.each(epoch, |callback, emit| {
            let stops = callback.on_epoch_end(epoch, &mut logs, trainer, emit);
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
            self.each(epoch, |callback, emit| {
                callback.on_train_end(trainer, emit);
                false
            });
        }
    }

    /// Sets the order of the rows in the pass that begins. It depends on the seed and the number of the pass.
    fn set_order(&mut self) {
        self.order.iter_mut().zip(0..).for_each(|(o, i)| *o = i);
        if self.shuffle {
            Stream::new(self.seed, ORDER_STREAM + self.pass as u64).shuffle(&mut self.order);
        }
    }

    /// Whether all epochs are done, a callback has stopped the run, or it has diverged.
    pub fn done(&self) -> bool {
        self.epoch >= self.epochs || self.stopped || self.trouble.is_some()
    }

    /// Number of epochs to train.
    pub fn epochs(&self) -> usize {
        self.epochs
    }

    /// Number of the epoch that training started with.
    pub fn first_epoch(&self) -> usize {
        self.first_epoch
    }

    /// Whether it validates after this epoch, counted from 0.
    pub fn validates_after(&self, epoch: usize) -> bool {
        self.validation.is_some() && self.validates.after(epoch)
    }

    /// Whether a callback has stopped the run.
    pub fn stopped(&self) -> bool {
        self.stopped
    }

    /// Number of the current or next epoch, from 0.
    pub fn epochs_done(&self) -> usize {
        self.epoch
    }

    /// Number of batches done in the current epoch.
    pub fn batch(&self) -> usize {
        self.batch
    }

    /// Number of batches of the current epoch.
    pub fn n_batches(&self) -> usize {
        let all = self.n_train.div_ceil(self.batch_size);
        match self.steps_per_epoch {
            None => all,
            // The end of a pass ends the epoch.
            Some(steps) => steps.min(all - (self.position - self.batch)),
        }
    }

    /// The callbacks of the run.
    pub fn callbacks(&self) -> &[Box<dyn Callback>] {
        &self.callbacks
    }

    /// The actions of the callbacks so far.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// The examples to train on, and those to validate on.
    pub fn examples(&self) -> (&Examples, Option<&Examples>) {
        (&self.train, self.validation.as_ref())
    }

    /// Why the run diverged.
    pub fn trouble(&self) -> Option<&Divergence> {
        self.trouble.as_ref()
    }

    /// The same in sentences: when, what, in which row of the training data, and what to do.
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

    /// Names in the logs: sorted as Keras sorts them, `val_` names after the others, then the learning rate.
    pub fn names(&self) -> &[String] {
        self.history.names()
    }

    /// Number of values under each of [`Fit::names`]: more than one if a metric is a list.
    pub fn counts(&self) -> impl Iterator<Item = usize> {
        self.history.counts()
    }

    /// Number and logs of each kept epoch from kept row `first` on, one value for each of [`Fit::names`], as in Keras'
    /// History. `None` where nothing was logged.
    pub fn logs_since(&self, first: usize) -> Vec<EpochLogs> {
        self.rows(first, self.callbacks.len())
    }

    /// The logs of all kept epochs as the callback with this index sees them: without a learning rate that later callbacks
    /// log.
    pub fn logs_before(&self, callback: usize) -> Vec<EpochLogs> {
        self.rows(0, callback)
    }

    fn rows(&self, first: usize, callbacks: usize) -> Vec<EpochLogs> {
        let before = self.callbacks.iter().take(callbacks);
        let rates = before.filter(|c| c.logs_learning_rate()).count();
        let kept = self.history.rows();
        let row = |row: usize| {
            let epoch = self.first_epoch + kept.index(row);
            let validates = self.validates.after(epoch);
            (epoch, self.history.row(row, validates, rates))
        };
        (first..kept.n_rows()).map(row).collect()
    }

    /// The numbers of the kept epochs, in the order of [`Fit::names`]. NaN where nothing was logged. Each of the first 10,000
    /// epochs is kept, and some of more.
    pub fn history(&self) -> &Thinned {
        self.history.rows()
    }

    /// The losses of the kept batches, each before its update. Each of the first 4,096 batches is kept, and some of more.
    pub fn batch_losses(&self) -> &Thinned {
        &self.batch_losses
    }
}
