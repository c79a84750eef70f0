//! A run that sets out from a moment of another one, or with weights of its own.

use super::Run;
use crate::experiment::{Edit, Experiment, Start};
use crate::model::Param;
use crate::options::error::ConfigError;
use crate::options::nearest::nearest;
use crate::training::fit::Shared;

impl Run {
    /// Brings a fresh run to where its experiment sets out from. `asset` as for [`Run::new`].
    pub(super) fn start_from_parent(
        &mut self,
        start: &Start,
        asset: Option<&[u8]>,
    ) -> Result<(), ConfigError> {
        if let Some(experiment) = &start.experiment {
            if experiment.data != self.experiment.data {
                let message = "A branch keeps the data of the run that it leaves: choose the same, or begin anew.";
                return Err(ConfigError::new("data", message));
            }
            let within = |r: ConfigError| r.at("start.experiment");
            let mut other = Run::new((**experiment).clone(), asset).map_err(within)?;
            while other.steps < start.step && !other.fit.done() {
                other.step();
            }
            if other.steps < start.step {
                let message = format!(
                    "The run that this one leaves is over after {} batches: set out from one of these.",
                    other.steps
                );
                return Err(ConfigError::new("start.step", message));
            }
            let shared = shared(&self.experiment, experiment);
            self.fit
                .go_on(&mut self.trainer, (&other.fit, &other.trainer), shared)?;
            self.steps = other.steps;
        }
        for (i, edit) in start.weights.iter().enumerate() {
            self.apply(edit)
                .map_err(|r| r.at(&format!("start.weights[{i}]")))?;
        }
        Ok(())
    }

    /// Sets weights by hand.
    fn apply(&mut self, edit: &Edit) -> Result<(), ConfigError> {
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
                "'{}' has {} weights, but {} are to be set from place {} on.",
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

/// What a branch has in common with the experiment that it leaves.
fn shared(own: &Experiment, other: &Experiment) -> Shared {
    let (rule, rate) = (&own.compile.optimizer, "learning_rate");
    let mut theirs = other.compile.optimizer.clone();
    let learning_rate = rule.get(rate) == theirs.get(rate);
    if rule.class.class_name == theirs.class.class_name {
        theirs.set(rate, rule.get(rate).clone());
    }
    Shared {
        optimizer: *rule == theirs,
        learning_rate,
        callbacks: own.fit.list("callbacks") == other.fit.list("callbacks"),
    }
}
