//! A network's forward pass, written down a second time: in f64, without any of the engine's code,
//! slow and obvious. Its finite differences are the oracle of every gradient.

pub mod functions;

use functions::{Function, Loss, activation};
use serde_json::Value as Json;

/// Numbers with their shape, the batch first - and, as Keras on TensorFlow has it, the logits that a
/// sigmoid or softmax left on them. Any operation that makes a new tensor loses these.
#[derive(Clone)]
pub struct Tensor {
    pub shape: Vec<usize>,
    pub data: Vec<f64>,
    pub keras_logits: Option<Vec<f64>>,
}

/// A layer that is ready to be used.
#[derive(Clone)]
pub enum Layer {
    /// Units, bias?, activation: its parameters are the next ones of the list.
    Dense(usize, bool, &'static Function),
    Activation(&'static Function),
    Flatten,
    /// The factor of every number of the batch; `None`: nothing is dropped.
    Dropout(Option<Vec<f64>>),
}

impl Layer {
    /// Reads `{"class_name", "config"}`; `mask` is what its dropout would multiply by.
    pub fn read(json: &Json, mask: Option<Vec<f64>>) -> Self {
        let config = &json["config"];
        let function = || activation(config["activation"].as_str().unwrap_or("linear"));
        match json["class_name"].as_str().unwrap() {
            "Dense" => {
                let units = config["units"].as_u64().unwrap() as usize;
                Layer::Dense(units, config["use_bias"] != false, function())
            }
            "Activation" => Layer::Activation(function()),
            "Flatten" => Layer::Flatten,
            "Dropout" => Layer::Dropout(mask),
            class => panic!("the layer {class} has no oracle: add it to tests/oracle"),
        }
    }
}

/// What a forward pass shows beside its output.
pub struct Passed {
    pub y: Tensor,
    /// Smallest |z| where a function's slope jumps at 0.
    pub edge: f64,
}

/// y = f(x) for the arrays of parameters in `params`.
pub fn forward(layers: &[Layer], params: &[Vec<f64>], x: Tensor) -> Passed {
    let mut edge = f64::INFINITY;
    let mut next = params.iter();
    let mut x = x;
    for layer in layers {
        x = match layer {
            Layer::Dense(units, has_bias, function) => {
                let kernel = next.next().unwrap();
                let bias = has_bias.then(|| next.next().unwrap());
                let z = affine(&x, kernel, bias, *units);
                apply(function, z, &mut edge)
            }
            Layer::Activation(function) => apply(function, x, &mut edge),
            Layer::Flatten => {
                let batch = x.shape[0];
                Tensor {
                    shape: vec![batch, x.data.len() / batch],
                    data: x.data,
                    keras_logits: None,
                }
            }
            Layer::Dropout(None) => x,
            Layer::Dropout(Some(mask)) => Tensor {
                data: x.data.iter().zip(mask).map(|(x, m)| x * m).collect(),
                keras_logits: None,
                ..x
            },
        };
    }
    assert!(next.next().is_none(), "parameters are left over");
    Passed { y: x, edge }
}

/// x W + b on the last axis.
fn affine(x: &Tensor, kernel: &[f64], bias: Option<&Vec<f64>>, units: usize) -> Tensor {
    let n_in = *x.shape.last().unwrap();
    assert_eq!(kernel.len(), n_in * units);
    let mut data = Vec::new();
    for x in x.data.chunks(n_in) {
        for unit in 0..units {
            let mut sum = bias.map_or(0.0, |b| b[unit]);
            for (i, x) in x.iter().enumerate() {
                sum += x * kernel[i * units + unit];
            }
            data.push(sum);
        }
    }
    let mut shape = x.shape.clone();
    *shape.last_mut().unwrap() = units;
    Tensor {
        shape,
        data,
        keras_logits: None,
    }
}

fn apply(function: &Function, z: Tensor, edge: &mut f64) -> Tensor {
    if function.is_identity {
        return z;
    }
    if function.has_kink {
        *edge = z.data.iter().fold(*edge, |edge, z| edge.min(z.abs()));
    }
    let width = *z.shape.last().unwrap();
    let data = z.data.chunks(width).flat_map(function.row).collect();
    Tensor {
        shape: z.shape,
        data,
        keras_logits: function.leaves_logits.then_some(z.data),
    }
}

/// A batch with all that its loss depends on, but the parameters.
#[derive(Clone)]
pub struct Problem {
    pub layers: Vec<Layer>,
    pub loss: Loss,
    pub x: Tensor,
    pub t: Vec<f64>,
    pub weights: Option<Vec<f64>>,
}

impl Problem {
    /// The loss, and how near the pass comes to where it has no derivative.
    pub fn loss(&self, params: &[Vec<f64>]) -> (f64, f64) {
        let Passed { y, edge } = forward(&self.layers, params, self.x.clone());
        let k = *y.shape.last().unwrap();
        let logits = y.keras_logits.as_deref();
        let weights = self.weights.as_deref();
        let (loss, near) = self.loss.of(&self.t, &y.data, logits, k, weights);
        (loss, edge.min(near))
    }

    /// The gradient with respect to array `of` of the parameters, by central differences of fourth
    /// order: (8 (f(w + h) - f(w - h)) - (f(w + 2h) - f(w - 2h))) / 12h.
    pub fn gradient(&self, params: &[Vec<f64>], of: usize) -> Vec<f64> {
        const H: f64 = 2e-5;
        let mut moved = params.to_vec();
        let mut at = |i: usize, steps: f64| {
            moved[of][i] = params[of][i] + steps * H;
            let loss = self.loss(&moved).0;
            moved[of][i] = params[of][i];
            loss
        };
        (0..params[of].len())
            .map(|i| {
                let near = at(i, 1.0) - at(i, -1.0);
                let far = at(i, 2.0) - at(i, -2.0);
                (8.0 * near - far) / (12.0 * H)
            })
            .collect()
    }
}
