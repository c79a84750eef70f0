//! TerminateOnNaN: ends a run whose loss is no longer finite, as Keras does: after the update.

use super::{Callback, CallbackAction, CallbackKind, Emit};
use crate::options::{ClassSpec, OptionSpec, help_text};
use crate::training::trainer::Trainer;

pub static KIND: CallbackKind = CallbackKind {
    class: ClassSpec {
        class_name: "TerminateOnNaN",
        name: "terminate_on_nan",
        aliases: &[],
        label: "Stop on NaN",
        doc: help_text(
            "Ends the run after the batch at which the loss is no longer finite, with the weights that \
              this batch left, as Keras does. (Without it, a run here stops before that batch moves any \
              weight.)",
        ),
        formula: help_text("stop when the loss is NaN or infinite"),
        options: &[&OptionSpec::fixed("raise_error", "false")],
        group: "",
        shared: &[],
    },
    build: |_, _| Ok(Box::new(TerminateOnNaN)),
};

struct TerminateOnNaN;

impl Callback for TerminateOnNaN {
    fn on_batch_end(&mut self, batch: usize, loss: f64, _: &Trainer, tell: Emit<'_>) -> bool {
        if !loss.is_finite() {
            tell(CallbackAction::Terminated, batch as f64);
        }
        !loss.is_finite()
    }

    fn handles_nan(&self) -> bool {
        true
    }
}
