//! The protocol of the programs of `npm run bench`: a line of JSON in, a line of JSON out.
//!
//! `{"call": "prepare", "folder": f, "rows": n}` takes the first n rows of `f/x.f32` and `f/y.f32` for the
//! network of `f/workload.json`; `{"call": "train", "epochs": n}` and `{"call": "predict", "rows": n}` answer
//! `{"ms": ...}`, training also `"loss"`. Errors are answered as `{"error": ...}`.

use serde_json::{Value as Json, json};
use std::error::Error;
use std::io::{Write, stdin, stdout};
use std::path::Path;
use std::time::Instant;
use std::{fs, hint};

pub type Answer<T> = Result<T, Box<dyn Error>>;

/// A workload with its first rows.
pub struct Examples {
    /// Network, loss, optimizer and options of the training.
    pub workload: Json,
    /// Shape of an input.
    pub shape: Vec<usize>,
    pub x: Vec<f32>,
    pub y: Vec<f32>,
}

/// A network that is ready to train.
pub trait Prepared {
    /// Returns the loss of the last epoch.
    fn train(&mut self, epochs: u64) -> Answer<f64>;
    fn predict(&mut self, x: Vec<f32>) -> Answer<Vec<f32>>;
}

/// Answers calls until the input ends.
pub fn serve<P: Prepared>(version: &str, prepare: impl Fn(&Examples) -> Answer<P>) -> Answer<()> {
    let mut ready = None;
    for line in stdin().lines() {
        let answer = serde_json::from_str(&line?)
            .map_err(Into::into)
            .and_then(|request| answer(&request, version, &prepare, &mut ready));
        let answer = answer.unwrap_or_else(|error| json!({ "error": error.to_string() }));
        println!("{answer}");
        stdout().flush()?;
    }
    Ok(())
}

fn answer<P: Prepared>(
    request: &Json,
    version: &str,
    prepare: impl Fn(&Examples) -> Answer<P>,
    ready: &mut Option<(Examples, P)>,
) -> Answer<Json> {
    let call = request["call"].as_str().unwrap_or_default();
    let count = |key: &str| request[key].as_u64().ok_or(format!("{call} needs {key}"));
    let there = || format!("{call} comes before prepare");
    match call {
        "version" => Ok(json!({ "version": version })),
        "prepare" => {
            let folder = request["folder"].as_str().ok_or("prepare needs folder")?;
            let examples = read(Path::new(folder), count("rows")? as usize)?;
            let prepared = prepare(&examples)?;
            *ready = Some((examples, prepared));
            Ok(json!({}))
        }
        "train" => {
            let (_, prepared) = ready.as_mut().ok_or_else(there)?;
            let start = Instant::now();
            let loss = prepared.train(count("epochs")?)?;
            Ok(json!({ "ms": milliseconds(start), "loss": loss }))
        }
        "predict" => {
            let (examples, prepared) = ready.as_mut().ok_or_else(there)?;
            let numbers = count("rows")? as usize * examples.shape.iter().product::<usize>();
            let x = examples.x.iter().copied().cycle().take(numbers).collect();
            let start = Instant::now();
            hint::black_box(prepared.predict(x)?);
            Ok(json!({ "ms": milliseconds(start) }))
        }
        "free" => {
            *ready = None;
            Ok(json!({}))
        }
        other => Err(format!("there is no call {other}").into()),
    }
}

fn read(folder: &Path, rows: usize) -> Answer<Examples> {
    let workload: Json = serde_json::from_str(&fs::read_to_string(folder.join("workload.json"))?)?;
    let sizes = workload["model"]["config"]["layers"][0]["config"]["batch_shape"].as_array();
    let sizes = sizes.ok_or("the network has no input shape")?;
    let shape: Vec<usize> = sizes
        .iter()
        .filter_map(Json::as_u64)
        .map(|n| n as usize)
        .collect();
    Ok(Examples {
        x: floats(
            &folder.join("x.f32"),
            rows * shape.iter().product::<usize>(),
        )?,
        y: floats(&folder.join("y.f32"), rows)?,
        workload,
        shape,
    })
}

/// Reads the first numbers of a file, little-endian.
fn floats(path: &Path, n: usize) -> Answer<Vec<f32>> {
    let bytes = fs::read(path)?;
    let numbers = bytes
        .chunks_exact(4)
        .map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]));
    let numbers: Vec<f32> = numbers.take(n).collect();
    if numbers.len() < n {
        return Err(format!("{} has fewer than {n} numbers", path.display()).into());
    }
    Ok(numbers)
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1000.0
}
