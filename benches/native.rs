//! This engine natively, for `npm run bench`: a line of JSON in, a line of JSON out.
//!
//! `{"call": "prepare", "folder": f, "rows": n}` takes the first n rows of `f/x.f32` and `f/y.f32` for the
//! network of `f/workload.json`; `{"call": "train", "epochs": n}` and `{"call": "predict", "rows": n}` answer
//! `{"ms": ...}`, training also `"loss"`. What goes wrong is answered as `{"error": ...}`.

#![cfg(not(target_arch = "wasm32"))]
#![allow(missing_docs)]

use glassbox::experiment;
use glassbox::model::Sequential;
use glassbox::model::config::ModelConfig;
use glassbox::training::fit::Fit;
use glassbox::training::trainer::{CompileConfig, Examples, Trainer};
use serde_json::{Value as Json, json};
use std::error::Error;
use std::io::{Write, stdin, stdout};
use std::path::Path;
use std::time::Instant;
use std::{fs, hint};

/// As many as `fit` takes.
const EPOCHS: u64 = 100_000;
const SEED: u32 = 42;

type Answer<T> = Result<T, Box<dyn Error>>;

struct Prepared {
    workload: Json,
    rows: Examples,
    trainer: Trainer,
    fit: Fit,
}

fn main() -> Answer<()> {
    let mut prepared = None;
    for line in stdin().lines() {
        let answer = serde_json::from_str(&line?)
            .map_err(Into::into)
            .and_then(|request| answer(&request, &mut prepared));
        let answer = answer.unwrap_or_else(|error| json!({ "error": error.to_string() }));
        println!("{answer}");
        stdout().flush()?;
    }
    Ok(())
}

fn answer(request: &Json, prepared: &mut Option<Prepared>) -> Answer<Json> {
    let call = request["call"].as_str().unwrap_or_default();
    let count = |key: &str| request[key].as_u64().ok_or(format!("{call} needs {key}"));
    let there = || format!("{call} comes before prepare");
    match call {
        "version" => Ok(json!({ "version": env!("CARGO_PKG_VERSION") })),
        "prepare" => {
            let folder = request["folder"].as_str().ok_or("prepare needs folder")?;
            *prepared = Some(prepare(Path::new(folder), count("rows")? as usize)?);
            Ok(json!({}))
        }
        "train" => {
            let epochs = count("epochs")?;
            prepared.as_mut().ok_or_else(there)?.train(epochs)
        }
        "predict" => {
            let rows = count("rows")? as usize;
            Ok(prepared.as_mut().ok_or_else(there)?.predict(rows))
        }
        "free" => {
            *prepared = None;
            Ok(json!({}))
        }
        other => Err(format!("there is no call {other}").into()),
    }
}

fn prepare(folder: &Path, rows: usize) -> Answer<Prepared> {
    let workload: Json = serde_json::from_str(&fs::read_to_string(folder.join("workload.json"))?)?;
    let config = ModelConfig::read(&workload["model"]).map_err(|r| r.message)?;
    let shape = config.input_shape.clone().ok_or("no input shape")?;
    let model = Sequential::build(&config, &shape, SEED).map_err(|r| r.message)?;
    let compile = CompileConfig::read(&workload["compile"]).map_err(|r| r.message)?;
    let batch = workload["fit"]["batch_size"].as_u64().ok_or("no batch")? as usize;
    let rows = Examples {
        x: floats(&folder.join("x.f32"), rows * model.n_inputs())?.into(),
        t: floats(&folder.join("y.f32"), rows)?,
        weights: None,
    };
    let mut trainer = Trainer::new(model, &compile, batch).map_err(|r| r.message)?;
    let fit = begin(&workload, &rows, &mut trainer)?;
    Ok(Prepared {
        workload,
        rows,
        trainer,
        fit,
    })
}

fn begin(workload: &Json, rows: &Examples, trainer: &mut Trainer) -> Answer<Fit> {
    let mut options = workload["fit"].clone();
    options["epochs"] = EPOCHS.into();
    let options = experiment::read_fit(&options).map_err(|r| r.message)?;
    let fit = Fit::new(trainer, &options, rows.clone(), None, u64::from(SEED));
    Ok(fit.map_err(|r| r.message)?)
}

/// The first numbers of a file, little-endian.
fn floats(path: &Path, n: usize) -> Answer<Vec<f32>> {
    let bytes = fs::read(path)?;
    let numbers = bytes
        .chunks_exact(4)
        .map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]));
    let numbers: Vec<f32> = numbers.take(n).collect();
    if numbers.len() < n {
        return Err(format!("{} has not {n} numbers", path.display()).into());
    }
    Ok(numbers)
}

impl Prepared {
    fn train(&mut self, epochs: u64) -> Answer<Json> {
        let start = Instant::now();
        for _ in 0..epochs {
            if self.fit.done() {
                self.fit = begin(&self.workload, &self.rows, &mut self.trainer)?;
            }
            let epoch = self.fit.epochs_done();
            while !self.fit.done() && self.fit.epochs_done() == epoch {
                self.fit.step(&mut self.trainer);
            }
            if let Some(trouble) = self.fit.trouble() {
                return Err(format!("{} became infinite or undefined", trouble.what).into());
            }
        }
        let ms = milliseconds(start);
        Ok(json!({ "ms": ms, "loss": self.fit.history().numbers().last() }))
    }

    fn predict(&mut self, rows: usize) -> Json {
        let width = self.trainer.model.n_inputs();
        let x = self.rows.x.all();
        let x: Vec<f32> = x.iter().copied().cycle().take(rows * width).collect();
        let start = Instant::now();
        let mut out = vec![0.0; rows * self.trainer.model.n_outputs()];
        self.trainer.predict(&x, &mut out);
        hint::black_box(&out);
        json!({ "ms": milliseconds(start) })
    }
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1000.0
}
