//! A branch: a run that starts from a checkpoint of another run, or with weights that were set by hand.

use super::Run;
use crate::experiment::{Edit, Experiment, Start};
use crate::kernels::inputs::Bytes;
use crate::model::Param;
use crate::options::error::{ConfigError, Result};
use crate::options::nearest::nearest;
use crate::training::fit::{Inherited, Options};

impl Run {
    /// Brings a new run to the start of its experiment. `asset` as for [`Run::new`].
    pub(super) fn start_from_parent(&mut self, start: &Start, asset: Option<&Bytes>) -> Result<()> {
        if let Some(experiment) = &start.experiment {
            if experiment.data != self.experiment.data {
                let message = "A branch keeps the data of its parent run: choose the same data, or start a new run.";
                return Err(ConfigError::new("data", message));
            }
            let mut parent = Run::new((**experiment).clone(), asset)
                .map_err(|error| error.at("start.experiment"))?;
            while parent.steps < start.step && !parent.fit.done() {
                parent.step();
            }
            if parent.steps < start.step {
                let message = format!(
                    "The parent run ends after {} batches: branch from one of these.",
                    parent.steps
                );
                return Err(ConfigError::new("start.step", message));
            }
            let inherited = inherited(&self.experiment, experiment);
            self.fit
                .resume_from(&mut self.trainer, (&parent.fit, &parent.trainer), inherited)?;
            self.steps = parent.steps;
        }
        for (i, edit) in start.weights.iter().enumerate() {
            self.apply(edit)
                .map_err(|error| error.at(&format!("start.weights[{i}]")))?;
        }
        Ok(())
    }

    /// Sets weights by hand.
    fn apply(&mut self, edit: &Edit) -> Result<()> {
        let model = &mut self.trainer.model;
        let Some(param) = model.table().iter().find(|p| p.path == edit.path) else {
            let paths: Vec<&str> = model.table().iter().map(|p| p.path.as_str()).collect();
            let hint = nearest(&edit.path, &paths).map(|n| format!(" Did you mean '{n}'?"));
            let message = format!(
                "This model has no weights '{}'.{}",
                edit.path,
                hint.unwrap_or_default()
            );
            return Err(ConfigError::new("path", message));
        };
        let Param {
            span, trainable, ..
        } = param.clone();
        let end = edit.at.saturating_add(edit.values.len());
        if end > span.len() {
            let message = format!(
                "'{}' has {} weights, but {} are to be set from index {} on.",
                edit.path,
                span.len(),
                edit.values.len(),
                edit.at
            );
            return Err(ConfigError::new("at", message));
        }
        let arena = match trainable {
            true => model.trainable_mut(),
            false => model.frozen_mut(),
        };
        let places = &mut arena[span][edit.at..end];
        for (place, value) in places.iter_mut().zip(&edit.values) {
            *place = *value as f32;
        }
        Ok(())
    }
}

/// The state that a branch inherits: that of the parts with the same settings in both experiments.
fn inherited(own: &Experiment, parent: &Experiment) -> Inherited {
    let optimizer = |experiment: &Experiment| {
        let optimizer = &experiment.compile.optimizer;
        let mut config = optimizer.config_json();
        let learning_rate = config.remove("learning_rate");
        (optimizer.class.class_name, config, learning_rate)
    };
    let (class, config, learning_rate) = optimizer(own);
    let (parent_class, parent_config, parent_rate) = optimizer(parent);
    let callbacks = |experiment: &Experiment| Options::of(&experiment.fit).callbacks;
    Inherited {
        optimizer: class == parent_class && config == parent_config,
        learning_rate: learning_rate == parent_rate,
        callbacks: callbacks(own) == callbacks(parent),
    }
}
