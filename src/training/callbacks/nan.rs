//! TerminateOnNaN: ends a run whose loss is no longer finite, after the update, as Keras does.

use super::callback::{Callback, CallbackAction, CallbackKind, Emit};
use crate::options::OptionSpec;
use crate::options::declare::{Fixed, class};
use crate::training::trainer::Trainer;

class! {
    /// Ends the run after the batch in which the loss is no longer finite, with the weights after that batch, as Keras does. (Without this callback, a run here stops before that batch updates any weight.)
    #[formula("stops when the loss is NaN or infinite")]
    struct Options("TerminateOnNaN", "terminate_on_nan", "Stop on NaN") {
        raise_error: Fixed = OptionSpec::fixed("raise_error", "false");
    }
}

pub static KIND: CallbackKind =
    CallbackKind::new(Options::SPEC, |_, _| Ok(Box::new(TerminateOnNaN)));

struct TerminateOnNaN;

impl Callback for TerminateOnNaN {
    fn on_batch_end(&mut self, batch: usize, loss: f64, _: &Trainer, emit: Emit<'_>) -> bool {
        if !loss.is_finite() {
            emit(CallbackAction::Terminated, batch as f64);
        }
        !loss.is_finite()
    }

    fn handles_nan(&self) -> bool {
        true
    }
}
