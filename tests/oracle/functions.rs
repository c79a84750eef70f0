//! Activations, each written down a second time: in f64, row by row, for reading.

use super::number::{N, log_sum};
use serde_json::{Value as Json, json};
use std::f64::consts::{PI, SQRT_2};

/// An activation as Keras' JSON asks for it.
#[derive(Clone, Debug)]
pub struct Function<'a> {
    pub name: &'a str,
    config: &'a Json,
}

/// The activation that a name, or a class with options, stands for; `otherwise` where nothing does.
pub fn activation<'a>(json: &'a Json, otherwise: &'a str) -> Function<'a> {
    let name = json.as_str().or(json["class_name"].as_str());
    Function {
        name: name.unwrap_or(otherwise),
        config: &json["config"],
    }
}

impl Function<'_> {
    /// Losses of a cross-entropy kind take its input as logits.
    pub fn logits_available(&self) -> bool {
        ["sigmoid", "softmax"].contains(&self.name)
    }

    /// y for all rows of `width`.
    pub fn rows(&self, z: &[N], width: usize) -> Vec<N> {
        z.chunks(width).flat_map(|row| self.row(row)).collect()
    }

    fn row(&self, z: &[N]) -> Vec<N> {
        match self.name {
            "softmax" => {
                let all = log_sum(z);
                z.iter().map(|z| (*z - all).exp()).collect()
            }
            "log_softmax" => {
                let all = log_sum(z);
                z.iter().map(|z| *z - all).collect()
            }
            "sparsemax" => sparsemax(z),
            _ => z.iter().map(|z| self.one(*z)).collect(),
        }
    }

    fn one(&self, z: N) -> N {
        let option = |key: &str, otherwise: f64| self.config[key].as_f64().unwrap_or(otherwise);
        let zero = N::from(0.0);
        match self.name {
            "linear" => z,
            "sigmoid" => z.sigmoid(),
            "tanh" => z.tanh(),
            "relu" => {
                let threshold = option("threshold", 0.0);
                let mut y = if z.above(threshold) { z } else { zero };
                if let Some(most) = self.config["max_value"].as_f64() {
                    y = y.clamp(0.0, most);
                }
                y - option("negative_slope", 0.0) * (threshold - z).max(0.0)
            }
            "leaky_relu" => slope(z, option("negative_slope", 0.2) * z),
            "relu6" => z.clamp(0.0, 6.0),
            "elu" => slope(z, option("alpha", 1.0) * (z.exp() - 1.0)),
            "selu" => {
                let (scale, alpha) = (1.050_700_987_355_480_5, 1.673_263_242_354_377_2);
                slope(z, alpha * (z.exp() - 1.0)) * scale
            }
            "celu" => {
                let alpha = option("alpha", 1.0);
                slope(z, alpha * ((z / alpha).exp() - 1.0))
            }
            "gelu" => {
                let below = match self.config["approximate"].as_bool() {
                    Some(true) => ((z + 0.044715 * z * z * z) * (2.0 / PI).sqrt()).tanh(),
                    _ => (z / SQRT_2).erf(),
                };
                0.5 * z * (1.0 + below)
            }
            "silu" => z * z.sigmoid(),
            "mish" => z * z.softplus().tanh(),
            "softplus" => z.softplus(),
            "softsign" => z / (1.0 + z.abs()),
            "hard_sigmoid" => (z / 6.0 + 0.5).clamp(0.0, 1.0),
            "hard_silu" => z * (z / 6.0 + 0.5).clamp(0.0, 1.0),
            "hard_tanh" => z.clamp(-1.0, 1.0),
            "hard_shrink" => match z.abs().above(option("threshold", 0.5)) {
                true => z,
                false => zero,
            },
            "soft_shrink" => {
                let threshold = option("threshold", 0.5);
                (z - threshold).max(0.0) - (-z - threshold).max(0.0)
            }
            "tanh_shrink" => z - z.tanh(),
            "threshold" => match z.above(option("threshold", 0.0)) {
                true => z,
                false => N::from(option("default_value", 0.0)),
            },
            "exponential" => z.exp(),
            "log_sigmoid" => -(-z).softplus(),
            "squareplus" => (z + (z * z + option("b", 4.0)).sqrt()) / 2.0,
            "sparse_plus" => match (z.above(-1.0), z.above(1.0)) {
                (false, _) => zero,
                (true, false) => 0.25 * (z + 1.0).square(),
                (true, true) => z,
            },
            "sparse_sigmoid" => (0.5 * (z + 1.0)).clamp(0.0, 1.0),
            name => {
                panic!("the activation '{name}' has no oracle: add it to tests/oracle/functions.rs")
            }
        }
    }
}

/// z above 0, else `below`.
fn slope(z: N, below: N) -> N {
    if z.above(0.0) { z } else { below }
}

/// Keras' sparsemax: what is left over a level that makes the sum 1. As in Keras, each number that is
/// kept is compared in the order of size.
fn sparsemax(z: &[N]) -> Vec<N> {
    let mut sorted = z.to_vec();
    sorted.sort_by(|a, b| b.v.total_cmp(&a.v));
    sorted.windows(2).for_each(|pair| {
        pair[0].above(pair[1]); // their order is a branch, too
    });
    let (mut running, mut total, mut kept) = (N::from(0.0), N::from(0.0), 0.0);
    for (i, z) in sorted.iter().enumerate() {
        running += *z;
        if (1.0 + (i + 1) as f64 * *z).above(running) {
            kept += 1.0;
            total += running;
        }
    }
    // Keras adds up the running sums of all that are kept.
    let level = (total - 1.0) / kept;
    z.iter().map(|z| (*z - level).max(0.0)).collect()
}

/// Options other than Keras' own to try of an activation.
pub fn variations(name: &str) -> Vec<Json> {
    let others = match name {
        "threshold" => vec![json!({"threshold": 0.25, "default_value": -0.5})],
        "relu" => vec![
            json!({"negative_slope": 0.25}),
            json!({"max_value": 1.5, "threshold": -0.5}),
            json!({"negative_slope": 0.5, "max_value": 2.0, "threshold": 0.25}),
        ],
        "leaky_relu" => vec![json!({"negative_slope": 0.5})],
        "elu" | "celu" => vec![json!({"alpha": 0.75})],
        "gelu" => vec![json!({"approximate": true})],
        "hard_shrink" | "soft_shrink" => vec![json!({"threshold": 0.25})],
        "squareplus" => vec![json!({"b": 0.5})],
        _ => vec![],
    };
    let own = (name != "threshold").then(|| Json::from(name));
    let with = |config| json!({"class_name": name, "config": config});
    own.into_iter()
        .chain(others.into_iter().map(with))
        .collect()
}
