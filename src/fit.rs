//! The training loop as a state machine: a caller advances it batch by batch.
//!
//! Keras' semantics (`trainers/epoch_iterator.py`, `backend/tensorflow/trainer.py`): the last rows
//! validate, a partial batch is used, an epoch's loss is the mean of its batches' losses weighted by
//! their rows, each taken before its update.

use crate::bytes::{Reader, Writer};
use crate::choice::{Choice, Default, Entry, Family, Kind, Opt};
use crate::kernels::rows;
use crate::kernels::sparse::{Chosen, Matrix};
use crate::refusal::{Refusal, shown};
use crate::rng::Stream;
use crate::trainer::{Divergence, Examples, Input, Trainer};

/// The arguments of `fit`.
pub static ENTRY: Entry = Entry {
    class_name: "fit",
    name: "fit",
    aliases: &[],
    label: "Fit",
    doc: "How often, and in which portions, the data is gone through.",
    formula: "",
    options: &[
        Opt {
            name: "epochs",
            label: "epochs",
            doc: "How often all training data is gone through.",
            kind: Kind::Int(1, 100_000),
            default: Default::Int(1),
        },
        Opt {
            name: "batch_size",
            label: "batch size",
            doc: "How many examples make one step.",
            kind: Kind::Int(1, 100_000),
            default: Default::Int(32),
        },
        Opt {
            name: "validation_split",
            label: "validation split",
            doc: "Share of the data, from its end, that is kept out of training to measure on.",
            kind: Kind::Float(0.0, 0.99),
            default: Default::Float(0.0),
        },
        Opt {
            name: "shuffle",
            label: "shuffle",
            doc: "Goes through the training data in a new order in every epoch.",
            kind: Kind::Bool,
            default: Default::Bool(true),
        },
    ],
};

/// The family of `fit`'s one entry.
pub static FAMILY: Family = Family {
    noun: "call",
    entries: || vec![&ENTRY],
};

/// Streams of the run's seed from this number on give the order of each epoch.
const ORDER_STREAM: u64 = 1 << 40;

/// A training run in progress: data, order, history. The trainer is lent for each step.
pub struct Fit {
    train: Examples,
    validation: Option<Examples>,
    n_train: usize,
    epochs: usize,
    batch_size: usize,
    shuffle: bool,
    seed: u64,
    order: Vec<u32>,
    epoch: usize,
    /// Batches done in this epoch.
    batch: usize,
    loss_sum: f64,
    rows_seen: f64,
    names: Vec<String>,
    /// One row of `names.len()` per finished epoch.
    history: Vec<f64>,
    batch_losses: Vec<f32>,
    trouble: Option<Divergence>,
    /// The inputs once more, where they are mostly zero and the model can take them so.
    nonzeros: Option<Matrix>,
    x: Vec<f32>,
    t: Vec<f32>,
    w: Vec<f32>,
}

impl Fit {
    /// Prepares a run of the options in `config` (of [`FAMILY`]). `validation` overrules the split.
    ///
    /// # Errors
    /// Data that does not fit the model or the loss, or too few rows to split.
    pub fn new(
        trainer: &Trainer,
        config: &Choice,
        mut train: Examples,
        validation: Option<Examples>,
        seed: u64,
    ) -> Result<Self, Refusal> {
        trainer.check(&train)?;
        let (n_in, n_t) = (trainer.model.n_inputs(), trainer.n_targets());
        let split = config.number("validation_split");
        let validation = match validation {
            Some(given) => {
                trainer
                    .check(&given)
                    .map_err(|r| r.within("validation_data"))?;
                Some(given)
            }
            None if split > 0.0 => {
                let n = train.x.len() / n_in;
                let at = (n as f64 * (1.0 - split)).floor() as usize;
                if at == 0 || at == n {
                    let message = format!(
                        "A validation split of {} of {n} examples leaves nothing to {}: choose another share.",
                        shown(split),
                        if at == 0 { "train on" } else { "validate on" }
                    );
                    return Err(Refusal::new("fit.validation_split", message));
                }
                Some(Examples {
                    x: train.x.split_off(at * n_in),
                    t: train.t.split_off(at * n_t),
                    weights: train.weights.as_mut().map(|w| w.split_off(at)),
                })
            }
            None => None,
        };
        let n_train = train.x.len() / n_in;
        let batch_size = config.count("batch_size").unwrap_or(32).min(n_train);
        let takes_nonzeros = trainer.model.takes_nonzeros();
        let nonzeros = takes_nonzeros.then(|| Matrix::of(&train.x, n_in)).flatten();
        let mut fit = Fit {
            train,
            nonzeros,
            validation,
            n_train,
            epochs: config.count("epochs").unwrap_or(1),
            batch_size,
            shuffle: config.flag("shuffle"),
            seed,
            order: (0..n_train as u32).collect(),
            epoch: 0,
            batch: 0,
            loss_sum: 0.0,
            rows_seen: 0.0,
            names: Vec::new(),
            history: Vec::new(),
            batch_losses: Vec::new(),
            trouble: None,
            x: vec![0.0; batch_size * n_in],
            t: vec![0.0; batch_size * n_t],
            w: vec![0.0; batch_size],
        };
        let mut names: Vec<String> = Vec::new();
        for name in trainer.metrics().map(|(name, _)| name).chain(["loss"]) {
            let at = names.partition_point(|n| n.as_str() < name);
            names.insert(at, name.to_string());
        }
        if fit.validation.is_some() {
            let validated: Vec<String> = names.iter().map(|n| format!("val_{n}")).collect();
            names.extend(validated);
        }
        fit.history.reserve(names.len() * fit.epochs.min(10_000));
        fit.batch_losses
            .reserve((fit.n_batches() * fit.epochs).min(1 << 20));
        fit.names = names;
        fit.set_order();
        Ok(fit)
    }

    /// Trains on the next batch; after the last one of an epoch, validates and ends the epoch.
    /// Does nothing once done.
    pub fn step(&mut self, trainer: &mut Trainer) {
        if self.done() {
            return;
        }
        if self.batch == 0 {
            trainer.reset_metrics();
        }
        let start = self.batch * self.batch_size;
        let rows = self.batch_size.min(self.n_train - start);
        let (n_in, n_t) = (trainer.model.n_inputs(), trainer.n_targets());
        let chosen = &self.order[start..start + rows];
        let (x, t) = (&mut self.x[..rows * n_in], &mut self.t[..rows * n_t]);
        let input = match &self.nonzeros {
            Some(matrix) => Input::Nonzeros(Chosen {
                matrix,
                rows: chosen,
            }),
            None => {
                rows::gather(&self.train.x, n_in, chosen, x);
                Input::Dense(x)
            }
        };
        rows::gather(&self.train.t, n_t, chosen, t);
        let weights = self.train.weights.as_ref().map(|from| {
            rows::gather(from, 1, chosen, &mut self.w[..rows]);
            &self.w[..rows]
        });
        match trainer.train_step(input, t, weights) {
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
        self.batch += 1;
        if self.batch == self.n_batches() {
            self.end_epoch(trainer);
        }
    }

    fn end_epoch(&mut self, trainer: &mut Trainer) {
        let loss = f64::from((self.loss_sum / self.rows_seen) as f32);
        let measured = |loss: f64, metrics: &[(String, f64)], prefix: &str, name: &str| {
            let name = name.strip_prefix(prefix)?;
            let found = metrics.iter().find(|(n, _)| n == name).map(|(_, v)| *v);
            found.or((name == "loss").then_some(loss))
        };
        let named = |trainer: &Trainer| -> Vec<(String, f64)> {
            trainer.metrics().map(|(n, v)| (n.to_string(), v)).collect()
        };
        let training = named(trainer);
        let validation = self.validation.as_ref().map(|data| {
            let values = trainer.evaluate(data, self.batch_size);
            let names = training.iter().map(|(n, _)| n.clone());
            (
                values[0],
                names.zip(values[1..].iter().copied()).collect::<Vec<_>>(),
            )
        });
        for (i, name) in self.names.iter().enumerate() {
            let value = match &validation {
                Some((loss, metrics)) if i >= self.names.len() / 2 => {
                    measured(*loss, metrics, "val_", name)
                }
                _ => measured(loss, &training, "", name),
            };
            self.history.push(value.unwrap_or(f64::NAN));
        }
        self.epoch += 1;
        self.batch = 0;
        (self.loss_sum, self.rows_seen) = (0.0, 0.0);
        if self.epoch == self.epochs {
            trainer.finalize();
        }
        self.set_order();
    }

    /// The order in which the epoch that begins goes through the rows: a function of seed and epoch.
    fn set_order(&mut self) {
        self.order.iter_mut().zip(0..).for_each(|(o, i)| *o = i);
        if self.shuffle {
            Stream::new(self.seed, ORDER_STREAM + self.epoch as u64).shuffle(&mut self.order);
        }
    }

    /// Whether all epochs are over, or the run has diverged.
    pub fn done(&self) -> bool {
        self.epoch >= self.epochs || self.trouble.is_some()
    }

    /// How many epochs there are to be.
    pub fn epochs(&self) -> usize {
        self.epochs
    }

    /// Epochs finished.
    pub fn epochs_done(&self) -> usize {
        self.epoch
    }

    /// Batches done in the epoch that is going on.
    pub fn batch(&self) -> usize {
        self.batch
    }

    /// Batches of an epoch.
    pub fn n_batches(&self) -> usize {
        self.n_train.div_ceil(self.batch_size)
    }

    /// Rows to train on, and rows to validate on.
    pub fn examples(&self) -> (&Examples, Option<&Examples>) {
        (&self.train, self.validation.as_ref())
    }

    /// Why the run stopped before its end.
    pub fn trouble(&self) -> Option<&Divergence> {
        self.trouble.as_ref()
    }

    /// Names of the columns of [`Fit::history`]: sorted as Keras sorts them, `val_` ones last.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// One row per finished epoch, NaN where nothing was measured.
    pub fn history(&self) -> &[f64] {
        &self.history
    }

    /// The loss of every batch so far, each before its update.
    pub fn batch_losses(&self) -> &[f32] {
        &self.batch_losses
    }

    /// Writes all that moves in the run and in its trainer.
    pub fn save(&self, trainer: &Trainer, to: &mut Writer) {
        to.whole(self.epoch as u64);
        to.whole(self.batch as u64);
        to.doubles(&[self.loss_sum, self.rows_seen]);
        to.doubles(&self.history);
        to.floats(&self.batch_losses);
        to.floats(&trainer.model.weights().collect::<Vec<f32>>());
        to.whole(trainer.model.training_calls());
        to.whole(trainer.optimizer().steps());
        trainer
            .optimizer()
            .slots()
            .iter()
            .for_each(|slot| to.floats(slot));
        to.doubles(&trainer.metric_states());
    }

    /// Goes back to a written moment, of a run with the same data, model and compile.
    ///
    /// # Errors
    /// Bytes that were not written by such a run; nothing is changed then.
    pub fn restore(&mut self, trainer: &mut Trainer, from: &mut Reader<'_>) -> Result<(), Refusal> {
        let (epoch, batch) = (from.whole()? as usize, from.whole()? as usize);
        let sums = from.doubles()?;
        let history = from.doubles()?;
        let batch_losses = from.floats()?;
        let weights = from.floats_of(trainer.model.n_parameters())?;
        let (calls, iterations) = (from.whole()?, from.whole()?);
        let sizes: Vec<usize> = trainer.optimizer().slots().iter().map(Vec::len).collect();
        let slots = sizes
            .into_iter()
            .map(|n| from.floats_of(n))
            .collect::<Result<_, _>>()?;
        let metrics = from.doubles()?;
        let steps = epoch
            .checked_mul(self.n_batches())
            .and_then(|n| n.checked_add(batch));
        let fits = epoch <= self.epochs
            && batch < self.n_batches()
            && sums.len() == 2
            && history.len() == epoch * self.names.len()
            && steps == Some(batch_losses.len())
            && metrics.len() == trainer.metric_states().len()
            && calls.max(iterations) < 1 << 53; // counts that leave room to count on
        if !fits {
            let message =
                "This saved moment belongs to another run: start the run from its beginning.";
            return Err(Refusal::new("checkpoint", message));
        }
        trainer.model.set_weights(&weights)?;
        trainer.model.set_training_calls(calls);
        trainer.optimizer_mut().restore(iterations, slots);
        trainer.set_metric_states(&metrics);
        (self.epoch, self.batch) = (epoch, batch);
        (self.loss_sum, self.rows_seen) = (sums[0], sums[1]);
        (self.history, self.batch_losses) = (history, batch_losses);
        self.trouble = None;
        self.set_order();
        Ok(())
    }
}
