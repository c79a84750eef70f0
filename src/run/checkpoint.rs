//! Checkpoints: the state of a run as bytes, and back.

use super::Run;
use crate::numerics::hash::hash;
use crate::options::error::{ConfigError, Result};
use crate::training::fit::State;
use serde::{Deserialize, Serialize};

/// First bytes of each checkpoint; the last one is the version of the format. A checksum of all bytes ends it.
const FORMAT: [u8; 8] = *b"glassbx\x04";

/// What is stored between the format and the checksum, as postcard writes it.
#[derive(Serialize, Deserialize)]
struct Checkpoint {
    /// Fingerprint of the experiment, apart from its number of epochs.
    experiment: u64,
    state: State,
}

impl Run {
    /// The state of the run as bytes.
    pub fn checkpoint(&self) -> Vec<u8> {
        let checkpoint = Checkpoint {
            experiment: self.fingerprint(),
            state: self.fit.state(&self.trainer),
        };
        // Writing numbers and lists to memory cannot fail.
        let mut bytes = postcard::to_extend(&checkpoint, FORMAT.to_vec()).unwrap_or_default();
        let sum = hash(bytes.iter().copied());
        bytes.extend(sum.to_le_bytes());
        bytes
    }

    /// Restores a state that [`Run::checkpoint`] of the same experiment wrote; only the number of epochs may differ.
    ///
    /// # Errors
    /// Bytes of another experiment, or damaged ones. Nothing is changed then.
    pub fn restore(&mut self, bytes: &[u8]) -> Result<()> {
        let (content, sum) = bytes.split_last_chunk().ok_or_else(damaged)?;
        if hash(content.iter().copied()) != u64::from_le_bytes(*sum) {
            return Err(damaged());
        }
        let content = content.strip_prefix(&FORMAT).ok_or_else(of_another)?;
        let Ok((checkpoint, [])) = postcard::take_from_bytes::<Checkpoint>(content) else {
            return Err(damaged());
        };
        if checkpoint.experiment != self.fingerprint() {
            return Err(of_another());
        }
        self.fit.restore(&mut self.trainer, checkpoint.state)?;
        self.steps = self.fit.batch_losses().count() as u64;
        Ok(())
    }

    /// A number that is equal for experiments that differ in the number of epochs only.
    fn fingerprint(&self) -> u64 {
        let mut fit = self.experiment.fit.config_json();
        fit.remove("epochs");
        let text = self.experiment.text_with(fit);
        hash(text.bytes())
    }
}

fn damaged() -> ConfigError {
    let message =
        "This checkpoint is damaged or incomplete: start the run again from the beginning.";
    ConfigError::new("checkpoint", message)
}

fn of_another() -> ConfigError {
    let message =
        "This checkpoint belongs to another experiment: start this one from the beginning.";
    ConfigError::new("checkpoint", message)
}
