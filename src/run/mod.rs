//! A run: the training of an experiment on its data. Same experiment, same numbers, to the last bit.
//!
//! Reading a run never changes it. Its state can be saved as a checkpoint and restored.

mod checkpoint;
mod outputs;
mod start;
mod stopping;
mod targets;
pub mod trace;

use crate::data::{self, Dataset};
use crate::experiment::Experiment;
use crate::functions::metrics::argmax;
use crate::keras::{code, text};
use crate::kernels::inputs::{Bytes, InputRows};
use crate::model::Sequential;
use crate::options::error::{ConfigError, Result};
use crate::training::callbacks::CsvLoggerOptions;
use crate::training::fit::{self, Fit};
use crate::training::trainer::{Examples, MetricValue, Trainer};

/// A training run that can be advanced, read, saved and restored.
///
/// ```
/// use glassbox::{experiment::Experiment, run::Run};
///
/// let text = r#"{"data": "Xor", "model": {"layers": [{"class_name": "Dense", "config": {"units": 1}}]},
///                "compile": {"optimizer": "adam", "loss": "mse"}, "fit": {"epochs": 2}, "seed": 42}"#;
/// let mut run = Run::new(Experiment::read(text)?, None)?;
/// while !run.fit().done() {
///     run.epoch();
/// }
/// let losses = run.fit().history().numbers();
/// assert!(losses[1] < losses[0]);
/// # Ok::<(), glassbox::options::error::ConfigError>(())
/// ```
pub struct Run {
    experiment: Experiment,
    /// The data set, without its arrays.
    dataset: Dataset,
    trainer: Trainer,
    fit: Fit,
    test: Examples,
    /// The inputs of a set that is missing.
    no_rows: InputRows,
    steps: u64,
}

/// The kind of a run's targets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// Two classes, by one output.
    Binary,
    /// Several classes, by one output each.
    Multiclass,
    /// Values.
    Regression,
}

/// A part of the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Set {
    /// The training rows.
    Train,
    /// The rows held out for validation.
    Validation,
    /// The test rows, which training never uses.
    Test,
}

impl Set {
    /// The set with this name.
    ///
    /// # Errors
    /// Any other name.
    pub fn of(name: &str) -> Result<Self> {
        match name {
            "train" => Ok(Set::Train),
            "validation" => Ok(Set::Validation),
            "test" => Ok(Set::Test),
            _ => Err(ConfigError::unknown(
                "set",
                "set of rows",
                name,
                ["train", "validation", "test"],
            )),
        }
    }
}

impl Run {
    /// Prepares an experiment: reads its data (`asset`: the bytes of the data set's file, if it has one), builds its model with the
    /// seed's initial weights, and compiles it.
    ///
    /// # Errors
    /// Settings that do not fit together.
    pub fn new(experiment: Experiment, asset: Option<&Bytes>) -> Result<Self> {
        let mut dataset = data::load(&experiment.data, asset).map_err(|error| error.at("data"))?;
        let input_shape = dataset.input_shape.clone();
        if let Some(asked) = experiment
            .model
            .input_shape
            .as_ref()
            .filter(|s| **s != input_shape)
        {
            let message = format!(
                "The model needs inputs of shape {asked:?}, but '{}' has {input_shape:?}: remove the input layer, or choose other data.",
                dataset.title
            );
            return Err(ConfigError::new(
                "model.config.layers[0].config.batch_shape",
                message,
            ));
        }
        let model = Sequential::build(&experiment.model, &input_shape, experiment.seed)
            .map_err(|error| error.at("model"))?;
        targets::check_fit(&experiment, &dataset, &model)?;
        let batch = fit::Options::of(&experiment.fit).batch_size;
        let batch = batch.min(dataset.y.len()).max(1);
        let mut trainer = Trainer::new(model, &experiment.compile, batch).map_err(|error| {
            if error.path == "batch_size" {
                error.at("fit")
            } else {
                error
            }
        })?;
        let examples = |x: &mut InputRows, y: &mut Vec<f32>| {
            let (x, y) = (std::mem::take(x), std::mem::take(y));
            Examples {
                x,
                t: targets::of(y, trainer.n_targets(), &dataset.class_names),
                weights: None,
            }
        };
        let train = examples(&mut dataset.x, &mut dataset.y);
        let test = examples(&mut dataset.test_x, &mut dataset.test_y);
        let fit = Fit::new(
            &mut trainer,
            &experiment.fit,
            train,
            None,
            u64::from(experiment.seed),
        )
        .map_err(|error| {
            if error.path.starts_with("fit") {
                error
            } else {
                error.at("data")
            }
        })?;
        trainer.adapt(&fit.examples().0.x)?;
        let mut run = Run {
            experiment,
            dataset,
            trainer,
            fit,
            test,
            no_rows: InputRows::default(),
            steps: 0,
        };
        if let Some(start) = run.experiment.start.clone() {
            run.start_from_parent(&start, asset)?;
        }
        Ok(run)
    }

    /// Trains on the next batch. Does nothing once done.
    pub fn step(&mut self) {
        self.step_and(|_| {});
    }

    /// As [`Run::step`]. `look` gets the trainer after the batch, before the epoch ends.
    pub fn step_and(&mut self, look: impl FnOnce(&Trainer)) {
        self.fit.step_and(&mut self.trainer, look);
        self.steps = self.fit.batch_losses().count() as u64;
    }

    /// Trains to the end of the current epoch, or until the run diverges. Returns the number of batches.
    pub fn epoch(&mut self) -> u64 {
        let (from, epoch) = (self.steps, self.fit.epochs_done());
        while !self.fit.done() && self.fit.epochs_done() == epoch {
            self.step();
        }
        self.steps - from
    }

    /// Number of batches so far.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// The experiment.
    pub fn experiment(&self) -> &Experiment {
        &self.experiment
    }

    /// Facts about the data, without its arrays.
    pub fn dataset(&self) -> &Dataset {
        &self.dataset
    }

    /// The model with its current weights.
    pub fn model(&self) -> &Sequential {
        &self.trainer.model
    }

    /// The model with its loss and its optimizer.
    pub fn trainer(&self) -> &Trainer {
        &self.trainer
    }

    /// The same, for analyses that restore it.
    pub(crate) fn trainer_mut(&mut self) -> &mut Trainer {
        &mut self.trainer
    }

    /// The training loop: epochs, batches, history.
    pub fn fit(&self) -> &Fit {
        &self.fit
    }

    /// The rows of a set: inputs and targets. Empty without a validation split.
    pub fn rows(&self, set: Set) -> (&InputRows, &[f32]) {
        rows_of(&self.fit, &self.test, set).map_or((&self.no_rows, &[]), |e| (&e.x, &e.t))
    }

    /// The class number or value of every row of a set.
    pub fn labels(&self, set: Set) -> Vec<f32> {
        let (_, t) = self.rows(set);
        match self.trainer.n_targets() {
            1 => t.to_vec(),
            n => t.chunks_exact(n).map(|row| argmax(row) as f32).collect(),
        }
    }

    /// The kind of the targets.
    pub fn task(&self) -> Task {
        match (self.dataset.class_names.len(), self.model().n_outputs()) {
            (2, 1) => Task::Binary,
            (k, n) if k > 0 && n >= k => Task::Multiclass,
            _ => Task::Regression,
        }
    }

    /// Why the run diverged, and what to do.
    pub fn trouble(&self) -> Option<String> {
        self.fit.trouble_text()
    }

    /// Loss and metrics on a set, in the order of compile. Empty for an empty set.
    pub fn evaluate(&mut self, set: Set) -> Vec<MetricValue> {
        let examples = rows_of(&self.fit, &self.test, set).filter(|e| !e.x.is_empty());
        examples.map_or_else(Vec::new, |e| self.trainer.evaluate(e, usize::MAX))
    }

    /// `model.summary()`.
    pub fn summary(&self) -> String {
        text::summary(self.model(), "sequential", self.trainer.optimizer_numbers())
    }

    /// The output of Keras' `fit` for the kept epochs.
    pub fn log(&self) -> String {
        text::log(&self.fit)
    }

    /// File and text of each CSVLogger of the run.
    pub fn csv(&self) -> Vec<(String, String)> {
        let callbacks = fit::Options::of(&self.experiment.fit).callbacks;
        let loggers = callbacks.iter().map(CsvLoggerOptions::of_class).enumerate();
        loggers
            .filter_map(|(i, logger)| {
                let logger = logger?;
                let text = text::csv(&self.fit, i, &logger.separator);
                Some((logger.filename, text))
            })
            .collect()
    }

    /// The Keras script of this experiment.
    pub fn keras_code(&self) -> String {
        code::script(
            &self.experiment,
            &code::Rows {
                input: self.model().input_shape(),
                title: &self.dataset.title,
                n_train: self.rows(Set::Train).1.len() / self.trainer.n_targets(),
                n_classes: self.dataset.class_names.len(),
                n_targets: match self.dataset.class_names.len() {
                    0 => 1,
                    _ => self.trainer.n_targets(),
                },
            },
        )
    }
}

/// The examples of a set, without a borrow of the trainer.
fn rows_of<'a>(fit: &'a Fit, test: &'a Examples, set: Set) -> Option<&'a Examples> {
    let (train, validation) = fit.examples();
    match set {
        Set::Train => Some(train),
        Set::Validation => validation,
        Set::Test => Some(test),
    }
}
