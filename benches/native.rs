//! This engine natively, for `npm run bench`.

#![cfg(not(target_arch = "wasm32"))]
#![allow(missing_docs)]

mod program;

use glassbox::experiment;
use glassbox::model::Sequential;
use glassbox::model::config::ModelConfig;
use glassbox::training::fit::Fit;
use glassbox::training::trainer::{self, CompileConfig, Trainer};
use program::{Answer, Examples, Prepared, serve};

/// As many as `fit` takes.
const EPOCHS: u64 = 100_000;
const SEED: u32 = 42;

struct Native {
    options: serde_json::Value,
    rows: trainer::Examples,
    trainer: Trainer,
    fit: Fit,
}

fn main() -> Answer<()> {
    serve(env!("CARGO_PKG_VERSION"), prepare)
}

fn prepare(examples: &Examples) -> Answer<Native> {
    let workload = &examples.workload;
    let config = ModelConfig::read(&workload["model"]).map_err(|r| r.message)?;
    let model = Sequential::build(&config, &examples.shape, SEED).map_err(|r| r.message)?;
    let compile = CompileConfig::read(&workload["compile"]).map_err(|r| r.message)?;
    let batch = workload["fit"]["batch_size"].as_u64().ok_or("no batch")? as usize;
    let rows = trainer::Examples {
        x: examples.x.clone().into(),
        t: examples.y.clone(),
        weights: None,
    };
    let mut options = workload["fit"].clone();
    options["epochs"] = EPOCHS.into();
    let mut trainer = Trainer::new(model, &compile, batch).map_err(|r| r.message)?;
    let fit = begin(&options, &rows, &mut trainer)?;
    Ok(Native {
        options,
        rows,
        trainer,
        fit,
    })
}

fn begin(
    options: &serde_json::Value,
    rows: &trainer::Examples,
    trainer: &mut Trainer,
) -> Answer<Fit> {
    let options = experiment::read_fit(options).map_err(|r| r.message)?;
    let fit = Fit::new(trainer, &options, rows.clone(), None, u64::from(SEED));
    Ok(fit.map_err(|r| r.message)?)
}

impl Prepared for Native {
    fn train(&mut self, epochs: u64) -> Answer<f64> {
        for _ in 0..epochs {
            if self.fit.done() {
                self.fit = begin(&self.options, &self.rows, &mut self.trainer)?;
            }
            let epoch = self.fit.epochs_done();
            while !self.fit.done() && self.fit.epochs_done() == epoch {
                self.fit.step(&mut self.trainer);
            }
            if let Some(trouble) = self.fit.trouble() {
                return Err(format!("{} became infinite or undefined", trouble.what).into());
            }
        }
        let losses = self.fit.history().numbers();
        let last = losses.last().ok_or("no epoch was trained")?;
        Ok(f64::from(*last))
    }

    fn predict(&mut self, x: Vec<f32>) -> Answer<Vec<f32>> {
        let rows = x.len() / self.trainer.model.n_inputs();
        let mut out = vec![0.0; rows * self.trainer.model.n_outputs()];
        self.trainer.predict(&x, &mut out);
        Ok(out)
    }
}
