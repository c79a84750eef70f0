//! The engine held to the oracle, and the oracle to itself.

use super::cases::{Case, Model};
use super::differences::{SMOOTH, differences};
use super::losses::Loss;
use super::number::Mode;
use super::tensor::Param;
use super::{Passed, Problem};
use glassbox::model::Sequential;
use glassbox::model::config::ModelConfig;
use glassbox::numerics::rng::Stream;
use glassbox::training::trainer::{CompileConfig, Examples, Trainer};
use serde_json::{Value as Json, json};

/// A float32 gradient against the f64 one, |g - g'| / |g'| of an array.
const FLOAT: f64 = 1e-5;
/// Where sums nearly cancel no float32 program keeps so many digits: an array may be off by so many
/// times what a pass that errs at random by float32's rounding is off.
const FLOORS: f64 = 8.0;
/// Outputs and losses in float32 against f64, relative to the largest.
const VALUES: f64 = 1e-5;
/// Nearer to a kink float32 may stand on its other side.
const NEAR: f64 = 2e-5;

/// What became of a case.
#[derive(Debug)]
pub enum Outcome {
    Compared(Found),
    /// A kink is too near for float32.
    TooNear,
    /// Its numbers grow without bounds.
    NotFinite,
}

/// Errors that were found, all within bounds.
#[derive(Clone, Copy, Debug, Default)]
pub struct Found {
    pub arrays: usize,
    /// Arrays off by more than [`SMOOTH`], and those by more than [`FLOAT`].
    pub over_smooth: usize,
    pub at_the_floor: usize,
    /// Directions along which differences were taken, and those with a kink too near.
    pub directions: usize,
    pub kinks: usize,
    /// Worst errors: of derivatives by differences, of arrays not at the floor, of outputs.
    pub difference: f64,
    pub array: f64,
    pub output: f64,
}

pub fn norm(values: &[f64]) -> f64 {
    values.iter().map(|v| v * v).sum::<f64>().sqrt()
}

pub fn doubles(values: &[f32]) -> Vec<f64> {
    values.iter().map(|v| f64::from(*v)).collect()
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    norm(&a.iter().zip(b).map(|(a, b)| a - b).collect::<Vec<f64>>())
}

/// Keras' config of a model: Sequential where every layer takes the one before.
pub fn config(model: &Model) -> Json {
    let tensor = |i: &usize| {
        let name = if *i == 0 {
            "input".to_string()
        } else {
            format!("layer_{i}")
        };
        json!({"class_name": "__keras_tensor__", "config": {"keras_history": [name, 0, 0]}})
    };
    let chain = model
        .layers
        .iter()
        .enumerate()
        .all(|(i, (_, from))| from.iter().all(|f| *f == i));
    if chain {
        return json!({"layers": model.layers.iter().map(|(layer, _)| layer).collect::<Vec<_>>()});
    }
    let batch_shape: Vec<Json> = [Json::Null]
        .into_iter()
        .chain(model.shapes[0].iter().map(|n| json!(n)))
        .collect();
    let mut list = vec![json!({
        "class_name": "InputLayer", "name": "input", "config": {"batch_shape": batch_shape},
        "inbound_nodes": [],
    })];
    for (i, (layer, from)) in model.layers.iter().enumerate() {
        let mut layer = layer.clone();
        let tensors: Vec<Json> = from.iter().map(tensor).collect();
        let several = tensors.len() > 1 && layer["class_name"] != "MultiHeadAttention";
        layer["name"] = json!(format!("layer_{}", i + 1));
        let args = if several {
            json!([tensors])
        } else {
            json!(tensors)
        };
        layer["inbound_nodes"] = json!([{"args": args, "kwargs": {}}]);
        list.push(layer);
    }
    json!({"class_name": "Functional", "config": {"layers": list}})
}

/// Weights of a size at which nothing saturates or vanishes.
fn weights(model: &Sequential, stream: &mut Stream) -> Vec<Vec<f32>> {
    let mut draw = |n: usize, low: f32, high: f32| -> Vec<f32> {
        (0..n)
            .map(|_| low + (high - low) * stream.uniform())
            .collect()
    };
    let drawn = model.table().iter().map(|param| {
        let n = param.span.len();
        let fan: usize = param.shape[..param.shape.len() - 1].iter().product();
        match param.name() {
            "gamma" | "scale" | "moving_variance" => draw(n, 0.5, 1.5),
            name if name.contains("kernel") => {
                let most = 1.6 / (fan as f32).sqrt();
                draw(n, -most, most)
            }
            "embeddings" => draw(n, -1.0, 1.0),
            _ => draw(n, -0.5, 0.5),
        }
    });
    drawn.collect()
}

/// Holds a case's loss, outputs and gradients to the oracle.
///
/// # Errors
/// What disagrees.
pub fn compare(case: &Case) -> Result<Outcome, String> {
    let model = case.model();
    let read = ModelConfig::read(&config(&model)).map_err(|r| format!("{r:?}"))?;
    let mut engine = Sequential::build(&read, &model.shapes[0], 0).map_err(|r| format!("{r:?}"))?;
    let mut stream = Stream::new(case.seed, 0);
    let numbers = weights(&engine, &mut stream);
    engine.set_weights(&numbers.concat()).unwrap();
    let params: Vec<Param> = engine
        .table()
        .iter()
        .map(|p| Param::of(&engine, p))
        .collect();
    let x = case.inputs(&model, &mut stream);
    let outputs = model.shapes.last().unwrap();
    let k = *outputs.last().unwrap();
    let rows = case.batch * outputs.iter().product::<usize>() / k;
    let t = case.targets(rows, k, &mut stream);
    // One for each value of the loss; one value for all takes one per example, too.
    let n_weights = match Loss::read(&case.loss).is_whole() && case.seed.is_multiple_of(2) {
        true if !model.masked => case.batch,
        _ => rows,
    };
    let weights: Option<Vec<f32>> = case.weighted.then(|| {
        (0..n_weights)
            .map(|_| 0.25 + 1.75 * stream.uniform())
            .collect()
    });
    let problem = Problem {
        layers: model.layers.clone(),
        loss: Loss::read(&case.loss),
        shape: [&[case.batch], &model.shapes[0][..]].concat(),
        x: doubles(&x),
        t: doubles(&t),
        weights: weights.as_ref().map(|w| doubles(w)),
    };
    let own = problem.pass(&params, Mode::Tape);
    let large = |values: &[f64]| values.iter().any(|v| v.is_nan() || v.abs() > 1e4);
    if large(&[own.loss]) || own.outputs.iter().any(|y| large(y)) || large(&own.gradient) {
        return Ok(Outcome::NotFinite);
    }
    let shaken: Vec<Passed> = (1..5)
        .map(|seed| problem.pass(&params, Mode::Shaken(seed)))
        .collect();
    let turned = shaken.iter().any(|s| s.turns.taken != own.turns.taken);
    if own.turns.nearest < NEAR || turned {
        return Ok(Outcome::TooNear);
    }
    let mut found = Found::default();
    let mut ws = engine.workspace(case.batch).unwrap();
    engine.forward(x[..].into(), true, &mut ws);
    for (i, wanted) in own.outputs.iter().enumerate() {
        let got = doubles(&ws.output(i)[..wanted.len()]);
        let largest = wanted.iter().fold(1e-2f64, |a, b| a.max(b.abs()));
        let far = |got: &[f64]| {
            got.iter()
                .zip(wanted)
                .fold(0.0f64, |a, (g, w)| a.max((g - w).abs()))
        };
        let floor = shaken
            .iter()
            .fold(0.0, |a, s| f64::max(a, far(&s.outputs[i])));
        let off = far(&got) / largest;
        found.output = found.output.max(off);
        if off > VALUES.max(FLOORS * floor / largest) {
            return Err(format!(
                "the output of layer {} is off by {off:.1e}: {got:?}, {wanted:?}",
                i + 1
            ));
        }
    }
    differences(&problem, &params, &own, &mut stream, &mut found)?;
    let compile = CompileConfig::read(&json!({"optimizer": "sgd", "loss": case.loss})).unwrap();
    let mut trainer = Trainer::new(engine, &compile, case.batch).map_err(|r| format!("{r:?}"))?;
    let (x, t) = (x.clone(), t.clone());
    trainer
        .check(&Examples {
            x: x.clone().into(),
            t: t.clone(),
            weights: weights.clone(),
        })
        .map_err(|r| format!("{r:?}"))?;
    let (loss, gradients) = trainer.loss_and_gradients(&x, &t, weights.as_deref());
    let size = own.shown.abs().max(1e-1);
    let off = (f64::from(loss) - own.shown).abs() / size;
    let floor = shaken
        .iter()
        .fold(0.0, |a, s| f64::max(a, (s.shown - own.shown).abs()));
    found.output = found.output.max(off);
    if off > VALUES.max(FLOORS * floor / size) {
        return Err(format!("the loss is {loss}, and should be {}", own.shown));
    }
    let mut start = 0;
    let gradients = doubles(gradients);
    // The last place of the gradient as a whole.
    let least = f64::from(f32::EPSILON) * norm(&own.gradient);
    for param in params.iter().filter(|p| p.trainable) {
        let span = start..start + param.data.len();
        start = span.end;
        let (got, wanted) = (&gradients[span.clone()], &own.gradient[span.clone()]);
        let off = distance(got, wanted);
        let floor = shaken.iter().fold(least / FLOORS, |floor, s| {
            f64::max(floor, distance(&s.gradient[span.clone()], wanted))
        });
        found.arrays += 1;
        found.over_smooth += usize::from(off > SMOOTH * norm(wanted));
        if off <= FLOAT * norm(wanted) {
            found.array = found
                .array
                .max(if off > 0.0 { off / norm(wanted) } else { 0.0 });
        } else if off <= FLOORS * floor {
            found.at_the_floor += 1;
        } else {
            let path = &param.path;
            return Err(format!(
                "the gradient of {path} is off by {:.1e} (float32's own: {:.1e}):\n{got:?}\n{wanted:?}",
                off / norm(wanted),
                floor / norm(wanted)
            ));
        }
    }
    Ok(Outcome::Compared(found))
}
