//! Layers that look at numbers, rows or steps by themselves.

use super::functions::{Function, activation};
use super::number::{N, log_sum};
use super::tensor::{Pass, Tensor, axes, flag, float, groups, int};
use glassbox::numerics::rng::Stream;
use serde_json::{Value as Json, json};

/// f on the last axis, as an operation of Keras: the identity returns the very tensor.
pub fn apply(function: &Function<'_>, z: Tensor) -> Tensor {
    if function.name == "linear" {
        return z;
    }
    if function.name == "glu" {
        let half = z.width() / 2;
        let halves = |row: &[N]| {
            (0..half)
                .map(|k| row[k] * row[half + k].sigmoid())
                .collect()
        };
        let data = z
            .data
            .chunks(2 * half)
            .flat_map(|row| -> Vec<N> { halves(row) });
        let mut shape = z.shape.clone();
        *shape.last_mut().unwrap() = half;
        return Tensor::new(&shape, data.collect());
    }
    let mut y = z.with(function.rows(&z.data, z.width()));
    y.logits = function.logits_available().then_some(z.data);
    y
}

/// The function of a layer's option `activation`.
pub fn own(config: &Json, z: Tensor) -> Tensor {
    apply(&activation(&config["activation"], "linear"), z)
}

/// x W, on the last axis.
pub fn product(x: &[N], n_in: usize, kernel: &[N], n_out: usize) -> Vec<N> {
    let mut y = Vec::with_capacity(x.len() / n_in * n_out);
    for x in x.chunks(n_in) {
        for unit in 0..n_out {
            y.push((0..n_in).map(|i| x[i] * kernel[i * n_out + unit]).sum());
        }
    }
    y
}

/// b added to every row; an empty one adds nothing.
pub fn add_bias(z: &mut [N], bias: &[N]) {
    for z in z.chunks_mut(bias.len().max(1)) {
        z.iter_mut().zip(bias).for_each(|(z, b)| *z += *b);
    }
}

/// The layer's bias, where it has one.
pub fn bias(config: &Json, pass: &mut Pass) -> Vec<N> {
    match flag(config, "use_bias", true) {
        true => pass.take(config, "bias"),
        false => Vec::new(),
    }
}

pub fn dense(config: &Json, x: &Tensor, pass: &mut Pass) -> Tensor {
    let units = int(config, "units", 1);
    let kernel = pass.take(config, "kernel");
    let mut z = product(&x.data, x.width(), &kernel, units);
    add_bias(&mut z, &bias(config, pass));
    let mut shape = x.shape.clone();
    *shape.last_mut().unwrap() = units;
    own(config, Tensor::new(&shape, z))
}

/// Activation, ReLU, LeakyReLU, ELU: functions as layers.
pub fn function(class: &str, config: &Json, x: &Tensor) -> Tensor {
    let mut options = config.clone();
    let name = match class {
        "ReLU" => "relu",
        "ELU" => "elu",
        "LeakyReLU" => {
            options["negative_slope"] = json!(float(config, "negative_slope", 0.3));
            "leaky_relu"
        }
        _ => return own(config, x.clone()),
    };
    let chosen = json!({"class_name": name, "config": options});
    apply(&activation(&chosen, "linear"), x.clone())
}

pub fn prelu(config: &Json, x: &Tensor, pass: &mut Pass) -> Tensor {
    let alpha = pass.take(config, "alpha");
    let shared = match config["shared_axes"].is_null() {
        true => vec![],
        false => axes(config, "shared_axes", x.shape.len()),
    };
    let (at, n) = groups(&x.shape, |axis| axis > 0 && !shared.contains(&axis));
    assert_eq!(n, alpha.len());
    let slopes = x.data.iter().zip(&at);
    x.with(
        slopes
            .map(|(x, at)| if x.above(0.0) { *x } else { alpha[*at] * *x })
            .collect(),
    )
}

pub fn softmax(config: &Json, x: &Tensor) -> Tensor {
    let along = axes(config, "axis", x.shape.len());
    let (at, n) = groups(&x.shape, |axis| !along.contains(&axis));
    let mut parts = vec![Vec::new(); n];
    x.data
        .iter()
        .zip(&at)
        .for_each(|(x, at)| parts[*at].push(*x));
    let sums: Vec<N> = parts.iter().map(|part| log_sum(part)).collect();
    let mut y = x.with(
        x.data
            .iter()
            .zip(&at)
            .map(|(x, at)| (*x - sums[*at]).exp())
            .collect(),
    );
    // Several axes are moved together first, and what comes back is another tensor.
    y.logits = (along.len() == 1).then(|| x.data.clone());
    y
}

/// Random numbers of a layer in its call of this number: as Keras' generator gives them.
pub fn stream(config: &Json, call: u64) -> Stream {
    let seed = config["seed"].as_u64().expect("a seed");
    Stream::new(seed % 2_147_483_646, call)
}

/// Whether each of so many draws of this pass is kept.
pub fn kept(config: &Json, rate: f64, n: usize, pass: &Pass) -> Vec<bool> {
    kept_in(config, rate, n, pass.calls)
}

/// Whether each of so many draws is kept, in the generator's call of this number.
pub fn kept_in(config: &Json, rate: f64, n: usize, call: u64) -> Vec<bool> {
    let mut stream = stream(config, call);
    (0..n)
        .map(|_| f64::from(stream.uniform()) >= rate)
        .collect()
}

pub fn dropout(class: &str, config: &Json, x: &Tensor, pass: &Pass) -> Tensor {
    let rate = float(config, "rate", 0.0);
    if rate == 0.0 {
        return x.clone();
    }
    // Along which axes each place draws for itself.
    let own = |axis: usize| match &config["noise_shape"] {
        Json::Array(sizes) => sizes[axis] != 1,
        _ if class.starts_with("Spatial") => axis == 0 || axis + 1 == x.shape.len(),
        _ => true,
    };
    let (at, n) = groups(&x.shape, own);
    let kept = kept(config, rate, n, pass);
    let pairs = x.data.iter().zip(at.iter().map(|at| kept[*at]));
    if class == "AlphaDropout" {
        let lowest = -1.758_099_340_847_376_6;
        let a = ((1.0 - rate) * (1.0 + rate * lowest * lowest)).powf(-0.5);
        let b = -a * lowest * rate;
        let y = pairs.map(|(x, kept)| a * if kept { *x } else { N::from(lowest) } + b);
        return x.with(y.collect());
    }
    let y = pairs.map(|(x, kept)| match kept {
        true => *x / (1.0 - rate),
        false => N::from(0.0),
    });
    x.with(y.collect())
}

pub fn noise(class: &str, config: &Json, x: &Tensor, pass: &Pass) -> Tensor {
    let multiplied = class == "GaussianDropout";
    let stddev = match multiplied {
        true => {
            let rate = float(config, "rate", 0.0);
            (rate / (1.0 - rate)).sqrt()
        }
        false => float(config, "stddev", 0.0),
    };
    if stddev == 0.0 {
        return x.clone();
    }
    let mut stream = stream(config, pass.calls);
    let noisy = x.data.iter().map(|x| {
        let drawn = f64::from(stream.normal()) * stddev;
        if multiplied {
            *x * (1.0 + drawn)
        } else {
            *x + drawn
        }
    });
    x.with(noisy.collect())
}

pub fn embedding(config: &Json, x: &Tensor, pass: &mut Pass) -> Tensor {
    let table = pass.take(config, "embeddings");
    let width = int(config, "output_dim", 1);
    let row = |x: &N| &table[x.v as usize * width..][..width];
    let mut y = Tensor::new(
        &[&x.shape[..], &[width]].concat(),
        x.data.iter().flat_map(row).copied().collect(),
    );
    if flag(config, "mask_zero", false) {
        y.mask = Some(x.data.iter().map(|x| x.v != 0.0).collect());
    }
    y
}

pub fn masking(config: &Json, x: &Tensor) -> Tensor {
    let value = float(config, "mask_value", 0.0);
    let steps = x.data.chunks(x.width());
    let mask: Vec<bool> = steps
        .map(|step| step.iter().any(|x| x.v != value))
        .collect();
    let factors = mask.iter().flat_map(|m| vec![f64::from(*m); x.width()]);
    let mut y = x.with(x.data.iter().zip(factors).map(|(x, m)| *x * m).collect());
    y.mask = Some(mask);
    y
}

/// y = x scale + offset; and (x - mean) / sqrt(variance), both given.
pub fn scaling(class: &str, config: &Json, x: &Tensor) -> Tensor {
    let list = |name: &str, otherwise: f64| -> Vec<f64> {
        let numbers = match &config[name] {
            Json::Array(list) => list.iter().map(|n| n.as_f64().unwrap()).collect(),
            Json::Null => vec![otherwise],
            one => vec![one.as_f64().unwrap()],
        };
        (0..x.width()).map(|i| numbers[i % numbers.len()]).collect()
    };
    let (factors, offsets): (Vec<f64>, Vec<f64>) = match class {
        "Rescaling" => (list("scale", 1.0), list("offset", 0.0)),
        _ => {
            let spread = list("variance", 1.0)
                .into_iter()
                .map(|v| v.sqrt().max(1e-7));
            let pairs = spread.zip(list("mean", 0.0));
            let each = |(spread, mean): (f64, f64)| match flag(config, "invert", false) {
                true => (spread, mean),
                false => (1.0 / spread, -mean / spread),
            };
            pairs.map(each).unzip()
        }
    };
    let columns = (0..x.data.len()).map(|i| i % x.width());
    x.with(
        columns
            .zip(&x.data)
            .map(|(c, x)| *x * factors[c] + offsets[c])
            .collect(),
    )
}
