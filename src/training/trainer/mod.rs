//! A compiled model: one training step, evaluation, prediction.

mod blame;
mod check;
mod evaluate;
mod examples;
mod inspect;

pub use examples::Examples;

use crate::functions::losses::{Batch, Loss, Targets};
pub use crate::functions::metrics::MetricValue;
use crate::functions::metrics::{self, Metric};
use crate::kernels::inputs::InputRows;
use crate::kernels::rows;
pub use crate::model::Input;
use crate::model::{LossInput, MAX_NUMBERS, Sequential, Workspace};
use crate::options::ConfigObject;
use crate::options::error::{ConfigError, Result};
use crate::training::optimizers::{Optimizer, Variable};

/// What a model is compiled with.
#[derive(Clone, Debug, PartialEq)]
pub struct CompileConfig {
    /// The optimizer.
    pub optimizer: ConfigObject,
    /// The loss.
    pub loss: ConfigObject,
    /// Metrics that ignore sample weights.
    pub metrics: Vec<ConfigObject>,
    /// Metrics that use sample weights.
    pub weighted_metrics: Vec<ConfigObject>,
}

/// A model with its loss, its metrics and its optimizer.
///
/// ```
/// use glassbox::model::{Input, Sequential, config::ModelConfig};
/// use glassbox::training::trainer::{CompileConfig, Trainer};
/// use serde_json::json;
///
/// let config = json!({"layers": [{"class_name": "Dense", "config": {"units": 1}}]});
/// let model = Sequential::build(&ModelConfig::read(&config)?, &vec![2], 42)?;
/// let compile = CompileConfig::read(&json!({"optimizer": "sgd", "loss": "mse"}))?;
/// let mut trainer = Trainer::new(model, &compile, 1)?;
/// let mut step = || trainer.train_step(Input::Dense(&[1.0, 2.0]), &[3.0], None).unwrap();
/// let losses = [step(), step()];
/// assert!(losses[1] < losses[0]);
/// # Ok::<(), glassbox::options::error::ConfigError>(())
/// ```
pub struct Trainer {
    /// The model.
    pub model: Sequential,
    loss: Loss,
    metrics: Vec<Metric>,
    n_weighted: usize,
    /// What the loss is computed from in training.
    loss_input: LossInput,
    optimizer: Optimizer,
    gradients: Vec<f32>,
    /// All weights before the last update: the trainable ones first.
    previous: Vec<f32>,
    ws: Workspace,
    values: Vec<f32>,
    spare: Vec<f32>,
}

/// A number of a step that is not finite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Divergence {
    /// What became infinite or undefined: "the output of layer 'dense' (Dense)".
    pub what: String,
    /// The row that caused it, if there is one: of the batch from a trainer, of the data from a fit.
    pub row: Option<usize>,
    /// A sentence that says why or what to do.
    pub advice: String,
}

impl Trainer {
    /// Compiles a model for batches of up to `batch` rows.
    ///
    /// # Errors
    /// A batch that needs too much memory, or a loss that does not fit the outputs.
    pub fn new(model: Sequential, config: &CompileConfig, batch: usize) -> Result<Self> {
        let shape = model.output_shape();
        let loss = Loss::on(&config.loss, shape).map_err(|error| error.at("compile.loss"))?;
        let n_outputs = model.n_outputs();
        let width = shape.last().copied().unwrap_or(1);
        if loss.targets() == Targets::Classes && width < 2 {
            let message = format!(
                "{} needs one output per class, at least 2, but the last layer has 1 unit: use \
                 BinaryCrossentropy, or give the last layer a unit per class.",
                config.loss.class.class_name
            );
            return Err(ConfigError::new("compile.loss", message));
        }
        if loss.compares_rows() && shape.len() > 1 {
            let message = format!(
                "{} compares whole examples, but the last layer's output has the shape {shape:?}, one row for \
                 each step: put a Flatten or a global pooling before the last layer.",
                config.loss.class.class_name
            );
            return Err(ConfigError::new("compile.loss", message));
        }
        if let Some(marks) = model.output_marks()
            && marks != n_outputs / loss.width(shape)
        {
            let message = format!(
                "The mask has {marks} marks for an example, but the loss has a value for each of {} steps: remove \
                 the mask, or the layer that joins its steps.",
                n_outputs / loss.width(shape)
            );
            return Err(ConfigError::new("compile.loss", message));
        }
        let n_targets = loss.n_targets(width);
        for (list, choices) in [
            ("metrics", &config.metrics),
            ("weighted_metrics", &config.weighted_metrics),
        ] {
            for (i, choice) in choices.iter().enumerate() {
                metrics::check(choice, &loss, shape)
                    .map_err(|r| r.at(&format!("compile.{list}[{i}]")))?;
            }
        }
        let metric = |choice: &ConfigObject| Metric::new(choice, n_targets, width);
        let mut metrics: Vec<Metric> = config.metrics.iter().map(metric).collect();
        let n_plain = metrics.len();
        metrics.extend(config.weighted_metrics.iter().map(metric));
        metrics::name_apart(&mut metrics, n_plain);
        if let Some((i, message)) = metrics::clash(&metrics) {
            let (list, i) = match i.checked_sub(n_plain) {
                Some(weighted) => ("weighted_metrics", weighted),
                None => ("metrics", i),
            };
            let place = format!("compile.{list}[{i}].config.name");
            return Err(ConfigError::new(place, message));
        }
        let ws = model.workspace(batch)?;
        let n_weights = model.trainable().len();
        let variables = model.table().iter().filter(|p| p.trainable);
        let variables = variables.map(|p| Variable {
            span: p.span.clone(),
            shape: p.shape.clone(),
            path: p.path.clone(),
        });
        let optimizer = Optimizer::new(&config.optimizer, variables.collect())
            .map_err(|r| r.at("compile.optimizer"))?;
        Ok(Trainer {
            loss_input: model.loss_input(loss.takes_logits(), true),
            loss,
            n_weighted: config.weighted_metrics.len(),
            metrics,
            optimizer,
            gradients: vec![0.0; n_weights],
            previous: vec![0.0; model.n_parameters()],
            ws,
            values: vec![0.0; batch * n_outputs],
            spare: vec![0.0; batch * n_outputs],
            model,
        })
    }

    /// Resizes the buffers for batches of up to `batch` rows.
    ///
    /// # Errors
    /// A batch that needs too much memory.
    pub fn resize(&mut self, batch: usize) -> Result<()> {
        if batch > self.ws.capacity() {
            self.ws = self.model.workspace(batch)?;
            self.values = vec![0.0; batch * self.model.n_outputs()];
            self.spare = self.values.clone();
        }
        Ok(())
    }

    /// Keras' class of the loss; for 'crossentropy', the class that the outputs determine.
    pub fn loss_class(&self) -> &'static str {
        self.loss.class_name()
    }

    /// Length of the last axis of the outputs.
    pub fn width(&self) -> usize {
        self.model.output_shape().last().copied().unwrap_or(1)
    }

    /// Number of loss values of an example: 1, or the number of its steps or pixels.
    pub fn n_steps(&self) -> usize {
        self.model.n_outputs() / self.loss.width(self.model.output_shape())
    }

    /// Length of a row of targets.
    pub fn n_targets(&self) -> usize {
        self.loss.n_targets(self.width()) * (self.model.n_outputs() / self.width())
    }

    /// One training step on these rows. Returns the loss before the update.
    ///
    /// # Errors
    /// A loss, gradient or new weight that is not finite. The weights are then those before the step.
    pub fn train_step(
        &mut self,
        x: Input<'_>,
        t: &[f32],
        weights: Option<&[f32]>,
    ) -> Result<f32, Divergence> {
        let loss = self.gradient_step(x, t, weights);
        let batch = x.n_rows(self.model.n_inputs());
        if !loss.is_finite() || !rows::all_finite(&self.gradients) {
            return Err(self.diverged(x, loss));
        }
        if !self.update(batch, true) {
            let divergence = self.bad_weights();
            let (trained, others) = self.previous.split_at(self.gradients.len());
            self.model.trainable_mut().copy_from_slice(trained);
            self.model.frozen_mut().copy_from_slice(others);
            return Err(divergence);
        }
        Ok(loss)
    }

    /// As [`Trainer::train_step`], without the checks: for a run whose callbacks handle numbers that are not finite.
    pub fn train_step_unguarded(
        &mut self,
        x: Input<'_>,
        t: &[f32],
        weights: Option<&[f32]>,
    ) -> f32 {
        let loss = self.gradient_step(x, t, weights);
        self.update(x.n_rows(self.model.n_inputs()), false);
        loss
    }

    /// The second half of a step: updates the weights. If `guarded`, stores the previous ones. Returns whether all weights are
    /// finite.
    fn update(&mut self, batch: usize, guarded: bool) -> bool {
        let (trained, others) = self.previous.split_at_mut(self.gradients.len());
        let before = match guarded {
            true => trained,
            false => &mut [],
        };
        if guarded && !others.is_empty() {
            others.copy_from_slice(self.model.frozen());
        }
        let weights = self.model.trainable_mut();
        let mut finite = self.optimizer.step(weights, &self.gradients, before);
        if self.model.constrain() {
            finite &= rows::all_finite(self.model.trainable());
        }
        self.model.update_state(&self.ws, batch);
        finite && rows::all_finite(self.model.frozen())
    }

    /// The first half of a step: loss, metrics and gradients.
    fn gradient_step(&mut self, x: Input<'_>, t: &[f32], weights: Option<&[f32]>) -> f32 {
        self.model.forward(x, true, &mut self.ws);
        self.model
            .set_training_calls(self.model.training_calls() + 1);
        let loss_input = self.loss_input;
        let batch = x.n_rows(self.model.n_inputs());
        let loss = self.measure(batch, t, weights, true);
        self.model
            .backward(x, loss_input, &mut self.ws, &mut self.gradients);
        loss + self.model.activity_penalty(&self.ws, batch)
            + self.model.weight_penalty(Some(&mut self.gradients))
    }

    /// Loss and metrics of the last forward pass. Writes the gradient of the loss to the workspace.
    fn measure(&mut self, batch: usize, t: &[f32], weights: Option<&[f32]>, training: bool) -> f32 {
        let Trainer {
            model,
            loss,
            metrics,
            loss_input,
            ws,
            values,
            spare,
            ..
        } = self;
        let n_outputs = model.output_shape().last().copied().unwrap_or(1);
        let outputs = batch * model.n_outputs();
        let mut loss_input = *loss_input;
        if !metrics.is_empty() {
            spare[..outputs].copy_from_slice(ws.outputs(model, batch));
            // A cross-entropy metric takes logits even if the loss does not.
            loss_input = model.loss_input(true, training);
        }
        let (seen, gradient, mask) = ws.gradient_at(model, loss_input, batch);
        let n_plain = metrics.len() - self.n_weighted;
        for (i, metric) in metrics.iter_mut().enumerate() {
            let given = Batch {
                t,
                p: seen,
                n_outputs,
                logits: loss_input != LossInput::Output,
                softmax: model.is_softmax(loss_input),
                weights: weights.filter(|_| i >= n_plain),
                mask,
            };
            metric.update(&given, &spare[..outputs], values, gradient);
        }
        if !training || !metrics.is_empty() {
            loss_input = model.loss_input(loss.takes_logits(), training);
        }
        let (seen, gradient, mask) = ws.gradient_at(model, loss_input, batch);
        loss.evaluate(
            &Batch {
                t,
                p: seen,
                n_outputs: loss.width(model.output_shape()),
                logits: loss_input != LossInput::Output,
                softmax: model.is_softmax(loss_input),
                weights,
                mask,
            },
            values,
            gradient,
        )
    }

    /// The gradients of the last step, as long as the trainable arena.
    pub fn gradients(&self) -> &[f32] {
        &self.gradients
    }

    /// What the loss is computed from in training.
    pub fn loss_input(&self) -> LossInput {
        self.loss_input
    }

    /// The results of the passes of the last step.
    pub fn workspace(&self) -> &Workspace {
        &self.ws
    }

    /// The loss of these rows and its gradients, as a training step computes them.
    pub fn loss_and_gradients(&mut self, x: &[f32], t: &[f32], w: Option<&[f32]>) -> (f32, &[f32]) {
        let calls = self.model.training_calls();
        let loss = self.gradient_step(x.into(), t, w);
        self.model.set_training_calls(calls);
        (loss, &self.gradients)
    }

    /// Keras' `adapt(x)` of every layer that has it, in order: each layer sees the output of those before it.
    ///
    /// # Errors
    /// InputRows of such a layer that need too much memory.
    pub fn adapt(&mut self, inputs: &InputRows) -> Result<()> {
        let adapting = self.model.adapting();
        if adapting.is_empty() {
            return Ok(());
        }
        let x = &*inputs.all();
        for (i, source) in adapting {
            let Some(source) = source else {
                self.model.adapt(i, x);
                continue;
            };
            let width = self.model.layers().nth(source);
            let width = width.map_or(1, |(_, _, l)| l.output_shape().iter().product::<usize>());
            let n = x.len() / self.model.n_inputs() * width;
            if n > MAX_NUMBERS {
                let message = "This Normalization would need more memory for its inputs than a browser tab has: put it first \
                               in the model, or give it a mean and a variance.";
                let place = format!("model.config.layers[{i}]");
                return Err(ConfigError::new(place, message));
            }
            let mut seen = Vec::with_capacity(n);
            self.visit(x, |_, rows, _, ws| {
                seen.extend_from_slice(&ws.output(source)[..rows * width]);
            });
            self.model.adapt(i, &seen);
        }
        Ok(())
    }

    /// Ends training: the average of the weights replaces them if the optimizer keeps one.
    pub fn finalize(&mut self) {
        self.optimizer.finalize(self.model.trainable_mut());
    }

    /// The optimizer.
    pub fn optimizer(&self) -> &Optimizer {
        &self.optimizer
    }

    /// Number of numbers that Keras counts as the optimizer's, from its first step on.
    pub fn optimizer_numbers(&self) -> Option<usize> {
        (self.optimizer.steps() > 0).then(|| self.optimizer.n_numbers())
    }

    /// The optimizer, for changes.
    pub fn optimizer_mut(&mut self) -> &mut Optimizer {
        &mut self.optimizer
    }
}
