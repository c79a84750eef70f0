//! ModelCheckpoint: sets weights aside, in memory.

use super::monitor::{MODE, MONITOR, Monitor};
use super::{Callback, CallbackKind, Deed, Logs, Tell, logged};
use crate::choice::{Default, Entry, Kind, Opt, Value, prose};
use crate::trainer::Trainer;

pub static KIND: CallbackKind = CallbackKind {
    entry: Entry {
        class_name: "ModelCheckpoint",
        name: "model_checkpoint",
        aliases: &[],
        label: "Model checkpoint",
        doc: prose(
            "Sets the weights aside after every epoch, or only after one that is the best so far.",
        ),
        formula: prose(""),
        options: &[
            &Opt {
                name: "filepath",
                label: "file",
                doc: prose("Keras' place for it; here the weights stay in memory."),
                kind: Kind::Text,
                default: Default::Text("best.weights.h5"),
            },
            &MONITOR,
            &Opt {
                name: "save_best_only",
                label: "only the best",
                doc: prose("Whether only an epoch that is better than all before is kept."),
                kind: Kind::Bool,
                default: Default::Bool(false),
            },
            &Opt {
                name: "save_weights_only",
                label: "only weights",
                doc: prose("Changes nothing here."),
                kind: Kind::Bool,
                default: Default::Bool(false),
            },
            &MODE,
            &Opt {
                name: "initial_value_threshold",
                label: "threshold",
                doc: prose("What the first best has to beat."),
                kind: Kind::Float(-1e30, 1e30),
                default: Default::Null,
            },
        ],
    },
    build: |choice, trainer| {
        let best_only = choice.flag("save_best_only");
        let mut monitor = best_only
            .then(|| Monitor::new(choice, trainer))
            .transpose()?;
        let threshold = choice.get("initial_value_threshold") != &Value::Null;
        if let Some(monitor) = monitor.as_mut().filter(|_| threshold) {
            monitor.beats(choice.number("initial_value_threshold"));
        }
        Ok(Box::new(Checkpoint {
            monitor,
            weights: Vec::new(),
        }))
    },
};

struct Checkpoint {
    /// What is watched, where only the best is kept.
    monitor: Option<Monitor>,
    weights: Vec<f32>,
}

impl Callback for Checkpoint {
    fn on_epoch_end(
        &mut self,
        _: usize,
        logs: &mut Logs,
        trainer: &mut Trainer,
        tell: Tell<'_>,
    ) -> bool {
        let better = match &mut self.monitor {
            None => true,
            Some(monitor) => match logged(logs, &monitor.name) {
                Some(current) if monitor.beats(current) => {
                    tell(Deed::Kept, current);
                    true
                }
                _ => false,
            },
        };
        if better {
            self.weights = trainer.model.weights().collect();
        }
        false
    }

    fn state(&self) -> (Vec<f64>, &[f32]) {
        let best = self.monitor.as_ref().map(Monitor::state);
        (best.map_or(Vec::new(), Vec::from), &self.weights)
    }

    fn restore(&mut self, numbers: &[f64], weights: Vec<f32>) {
        if let Some(monitor) = &mut self.monitor {
            monitor.restore(numbers);
        }
        self.weights = weights;
    }
}
