//! A run: the training of an experiment on its data. Same experiment, same numbers, to the last bit.
//!
//! Reading a run never changes it. Its state can be saved as a checkpoint and restored.

mod checkpoint;
mod start;
mod stopping;
pub mod trace;

use crate::data::{self, Dataset};
use crate::experiment::Experiment;
use crate::functions::activations;
use crate::functions::losses::{self, Loss, Targets};
use crate::functions::metrics::argmax;
use crate::keras::{code, text};
use crate::layers::size;
use crate::model::config::LayerConfig;
use crate::model::{LossInput, Sequential};
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
/// let losses: Vec<f64> = run.fit().history().to_vec();
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
    pub fn new(experiment: Experiment, asset: Option<&[u8]>) -> Result<Self> {
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
        check_targets_fit(&experiment, &dataset, &model)?;
        let batch = fit::Options::of(&experiment.fit).batch_size;
        let batch = batch.min(dataset.y.len()).max(1);
        let mut trainer = Trainer::new(model, &experiment.compile, batch).map_err(|error| {
            if error.path == "batch_size" {
                error.at("fit")
            } else {
                error
            }
        })?;
        let examples = |x: &mut Vec<f32>, y: &mut Vec<f32>| {
            let (x, y) = (std::mem::take(x), std::mem::take(y));
            Examples {
                x,
                t: targets(y, trainer.n_targets(), &dataset.class_names),
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
        self.steps = self.fit.batch_losses().len() as u64;
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
    pub fn rows(&self, set: Set) -> (&[f32], &[f32]) {
        rows_of(&self.fit, &self.test, set).map_or((&[], &[]), |e| (&e.x, &e.t))
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

    /// Number of outputs of all layers for one example.
    pub fn n_activations(&self) -> usize {
        self.model()
            .layers()
            .map(|(_, _, l)| size(l.output_shape()).unwrap_or(0))
            .sum()
    }

    /// The outputs of all layers for one input, layer after layer. `x`: `[inputs]`.
    ///
    /// # Errors
    /// An input of another length, or with numbers that are not finite.
    pub fn activations(&mut self, x: &[f32]) -> Result<Vec<f32>> {
        let wanted = self.model().n_inputs();
        if x.len() != wanted || x.iter().any(|x| !x.is_finite()) {
            let message = format!(
                "The input must be {wanted} finite numbers, but {} were given.",
                x.len()
            );
            return Err(ConfigError::new("x", message));
        }
        let mut all = Vec::with_capacity(self.n_activations());
        self.trainer.visit(x, |_, _, model, ws| {
            for (i, (_, _, layer)) in model.layers().enumerate() {
                all.extend_from_slice(&ws.output(i)[..size(layer.output_shape()).unwrap_or(0)]);
            }
        });
        Ok(all)
    }

    /// The outputs of all layers for row `i` of a set.
    ///
    /// # Errors
    /// A row that the set does not have.
    pub fn example(&mut self, set: Set, i: usize) -> Result<Vec<f32>> {
        let n_in = self.model().n_inputs();
        let (x, _) = self.rows(set);
        let Some(x) = x.get(i * n_in..(i + 1) * n_in).map(<[f32]>::to_vec) else {
            let message = format!("There is no row {i}: this set has {} rows.", x.len() / n_in);
            return Err(ConfigError::new("index", message));
        };
        self.activations(&x)
    }

    /// The model's outputs for all rows of a set: `[n, outputs]`. Logits are converted to probabilities.
    pub fn predictions(&mut self, set: Set) -> Vec<f32> {
        let x = rows_of(&self.fit, &self.test, set).map_or(&[][..], |e| &e.x);
        let n_out = self.trainer.model.n_outputs();
        let mut out = vec![0.0; x.len() / self.trainer.model.n_inputs() * n_out];
        self.trainer.predict(x, &mut out);
        self.probabilities(out)
    }

    /// Outputs of the model, `[n, outputs]`, as probabilities if the loss takes logits from the last layer.
    pub fn probabilities(&self, outputs: Vec<f32>) -> Vec<f32> {
        if !self.outputs_are_logits() {
            return outputs;
        }
        let n_out = self.trainer.model.n_outputs();
        let name = if n_out == 1 { "sigmoid" } else { "softmax" };
        let mut p = outputs.clone();
        (activations::named(name).forward)(&[], n_out, &outputs, &mut p);
        p
    }

    /// Whether the last layer outputs logits, according to the loss.
    pub fn outputs_are_logits(&self) -> bool {
        let loss = &self.experiment.compile.loss;
        losses::from_logits(loss) && self.model().loss_input(true, false) == LossInput::Output
    }

    /// Every unit's output on a grid over the data's bounds: `[activations, side, side]`, top row first. Empty unless inputs are two
    /// numbers.
    pub fn grid(&mut self, side: usize) -> Vec<f32> {
        let Some([x0, x1, y0, y1]) = self.dataset.bounds else {
            return Vec::new();
        };
        let side = side.clamp(2, 200);
        let along =
            |from: f32, to: f32, i: usize| from + (to - from) * (i as f32 + 0.5) / side as f32;
        let mut points = Vec::with_capacity(2 * side * side);
        for row in 0..side {
            for column in 0..side {
                points.extend([along(x0, x1, column), along(y1, y0, row)]);
            }
        }
        let n = side * side;
        let mut maps = vec![0.0; self.n_activations() * n];
        self.trainer.visit(&points, |first, rows, model, ws| {
            let mut unit = 0;
            for (i, (_, _, layer)) in model.layers().enumerate() {
                let width = size(layer.output_shape()).unwrap_or(0);
                for (row, y) in ws.output(i).chunks_exact(width).take(rows).enumerate() {
                    for (j, y) in y.iter().enumerate() {
                        maps[(unit + j) * n + first + row] = *y;
                    }
                }
                unit += width;
            }
        });
        maps
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

    /// The output of Keras' `fit` for the finished epochs from this one on.
    pub fn log(&self, from_epoch: usize) -> String {
        text::log(&self.fit, from_epoch)
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
                title: self.dataset.title,
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

/// Class numbers, or one-hot rows if the loss needs one target per output.
fn targets(y: Vec<f32>, n_targets: usize, class_names: &[&str]) -> Vec<f32> {
    if n_targets == 1 || class_names.is_empty() {
        return y;
    }
    let mut rows = vec![0.0; y.len() * n_targets];
    for (row, class) in rows.chunks_exact_mut(n_targets).zip(y) {
        row[class as usize] = 1.0;
    }
    rows
}

/// Checks that the outputs fit the targets of the data.
///
/// # Errors
/// A wrong number of outputs.
fn check_targets_fit(experiment: &Experiment, dataset: &Dataset, model: &Sequential) -> Result<()> {
    let (k, n) = (dataset.class_names.len(), model.n_outputs());
    let shape = model.output_shape();
    let loss =
        Loss::on(&experiment.compile.loss, shape).map_err(|error| error.at("compile.loss"))?;
    let class = experiment.compile.loss.class.class_name;
    let width = shape.last().copied().unwrap_or(1);
    let n_targets = n / width * loss.n_targets(width);
    let units = if k == 2 && loss.targets() == Targets::Probabilities {
        1
    } else {
        k.max(1)
    };
    let fits = match loss.targets() {
        // The data has one target per example.
        _ if shape.len() > 1 && n_targets > 1 => false,
        Targets::Labels => true,
        Targets::Classes => k >= 2 && n >= k,
        _ if k > 2 && loss.targets() == Targets::Numbers => n == 1 || n == k,
        _ if class == "CategoricalCrossentropy" => k >= 2 && n == k,
        _ if k <= 2 => n == 1 || k == 2 && n == k,
        _ => n == k,
    };
    if fits {
        return Ok(());
    }
    if k == 0 && shape.len() == 1 {
        let message = format!(
            "'{}' has one target value, but the last layer has {n} outputs for {class}: give it 1 unit and use MeanSquaredError.",
            dataset.title
        );
        return Err(ConfigError::new("compile.loss", message));
    }
    let has_units = |l: &LayerConfig| l.choice.class.all_options().any(|o| o.name == "units");
    let last = experiment
        .model
        .layers
        .iter()
        .rposition(has_units)
        .unwrap_or(0)
        + usize::from(experiment.model.input_shape.is_some());
    let units = if class == "CategoricalCrossentropy" {
        k
    } else {
        units
    };
    let other = match (k, n) {
        (2, 1) => ", or use BinaryCrossentropy",
        _ => "",
    };
    if shape.len() > 1 {
        let message = format!(
            "'{}' has one target per example, but the last layer's output for {class} has the shape {shape:?}, a row for \
             each step: put a Flatten or a global pooling before it.",
            dataset.title
        );
        return Err(ConfigError::new(
            format!("model.config.layers[{last}]"),
            message,
        ));
    }
    let message = format!(
        "'{}' has {k} classes, but the last layer has {n} output{} for {class}: give it {units} unit{}{other}.",
        dataset.title,
        if n == 1 { "" } else { "s" },
        if units == 1 { "" } else { "s" },
    );
    Err(ConfigError::new(
        format!("model.config.layers[{last}].config.units"),
        message,
    ))
}
