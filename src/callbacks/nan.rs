//! TerminateOnNaN: ends a run whose loss is no longer finite, as Keras does: after the update.

use super::{Callback, CallbackKind, Deed, Tell};
use crate::choice::{Entry, Opt, prose};
use crate::trainer::Trainer;

pub static KIND: CallbackKind = CallbackKind {
    entry: Entry {
        class_name: "TerminateOnNaN",
        name: "terminate_on_nan",
        aliases: &[],
        label: "Stop on NaN",
        doc: prose(
            "Ends the run after the batch at which the loss is no longer finite, with the weights that \
              this batch left, as Keras does. (Without it, a run here stops before that batch moves any \
              weight.)",
        ),
        formula: prose("stop when the loss is NaN or infinite"),
        options: &[&Opt::fixed("raise_error", "false")],
    },
    build: |_, _| Ok(Box::new(TerminateOnNaN)),
};

struct TerminateOnNaN;

impl Callback for TerminateOnNaN {
    fn on_batch_end(&mut self, batch: usize, loss: f64, _: &Trainer, tell: Tell<'_>) -> bool {
        if !loss.is_finite() {
            tell(Deed::Terminated, batch as f64);
        }
        !loss.is_finite()
    }

    fn minds_nan(&self) -> bool {
        true
    }
}
