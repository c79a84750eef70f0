//! ReduceLROnPlateau: reduces the learning rate where a run no longer improves
//! (Keras' `callbacks/reduce_lr_on_plateau.py`).

use super::callback::{
    Callback, CallbackAction, CallbackKind, CallbackState, Emit, Logs, check_learning_rate,
    log_learning_rate, logged,
};
use super::monitor::{MIN_DELTA, MODE, MONITOR, Monitor, VERBOSE};
use crate::options::declare::{NoEffect, class};
use crate::options::error::Result;
use crate::options::{Default, Kind};
use crate::training::trainer::Trainer;

class! {
    /// Reduces the learning rate when the monitored value has not improved for a while.
    #[formula("lr <- max(lr factor, min_lr)")]
    pub struct Options("ReduceLROnPlateau", "reduce_lr_on_plateau", "Reduce the learning rate on a plateau") {
        monitor: String = MONITOR;
        /// Factor that multiplies the learning rate.
        #[advanced]
        factor("factor"): f64 = Kind::Float(0.0, 0.999_999), Default::Float(0.1);
        /// Number of epochs without improvement before the learning rate is reduced.
        patience("patience"): usize = Kind::Int(0, 100_000), Default::Int(10);
        verbose: NoEffect = VERBOSE;
        mode: &'static str = MODE;
        min_delta: f64 = MIN_DELTA.with_default(Default::Float(1e-4));
        /// Number of epochs after a reduction before monitoring continues.
        #[advanced]
        cooldown("cooldown"): usize = Kind::Int(0, 100_000), Default::Int(0);
        /// Lower bound of the learning rate.
        #[advanced]
        min_lr("minimum learning rate"): f64 = Kind::Float(0.0, 1e30), Default::Float(0.0);
    }
}

pub static KIND: CallbackKind = CallbackKind::new(Options::SPEC, |config, trainer| {
    let mut options = Options::of(config);
    let name = std::mem::take(&mut options.monitor);
    Ok(Box::new(Plateau {
        monitor: Monitor::new(name, options.mode, options.min_delta, trainer)?,
        options,
        wait: 0,
        cooling: 0,
    }))
});

struct Plateau {
    options: Options,
    monitor: Monitor,
    wait: usize,
    cooling: usize,
}

impl Callback for Plateau {
    fn on_epoch_end(
        &mut self,
        _: usize,
        logs: &mut Logs,
        trainer: &mut Trainer,
        emit: Emit<'_>,
    ) -> bool {
        log_learning_rate(logs, trainer);
        let rate = trainer.optimizer().learning_rate();
        let Some(current) = logged(logs, &self.monitor.name) else {
            return false;
        };
        if self.cooling > 0 {
            self.cooling -= 1;
            self.wait = 0;
        }
        if self.monitor.beats(current) {
            self.wait = 0;
        } else if self.cooling == 0 {
            self.wait += 1;
            if self.wait >= self.options.patience && rate > self.options.min_lr as f32 {
                let smaller = (f64::from(rate) * self.options.factor).max(self.options.min_lr);
                // Fails only with a schedule, which `check` has ruled out.
                let _ = trainer.optimizer_mut().set_learning_rate(smaller as f32);
                emit(CallbackAction::Reduced, smaller);
                (self.cooling, self.wait) = (self.options.cooldown, 0);
            }
        }
        false
    }

    fn logs_learning_rate(&self) -> bool {
        true
    }

    fn check(&self, trainer: &Trainer) -> Result<()> {
        check_learning_rate(trainer, "ReduceLROnPlateau")
    }

    fn state(&self) -> CallbackState {
        CallbackState {
            best: self.monitor.best(),
            wait: self.wait as u32,
            cooldown: self.cooling as u32,
            ..CallbackState::default()
        }
    }

    fn restore(&mut self, state: CallbackState) {
        self.monitor.restore(state.best);
        (self.wait, self.cooling) = (state.wait as usize, state.cooldown as usize);
    }
}
