//! Arrays of numbers, how a layer's options are read, and what a pass carries along.

use super::number::N;
use glassbox::model::Sequential;
use serde_json::Value as Json;

/// Numbers with their shape, the batch first; which steps count, where a mask says so; and, as Keras
/// on TensorFlow has it, the logits that a sigmoid or softmax left. An operation loses the latter.
#[derive(Clone, Debug)]
pub struct Tensor {
    pub shape: Vec<usize>,
    pub data: Vec<N>,
    pub mask: Option<Vec<bool>>,
    pub logits: Option<Vec<N>>,
}

impl Tensor {
    pub fn new(shape: &[usize], data: Vec<N>) -> Self {
        assert_eq!(shape.iter().product::<usize>(), data.len(), "{shape:?}");
        let shape = shape.to_vec();
        Tensor {
            shape,
            data,
            mask: None,
            logits: None,
        }
    }

    /// Size of the last axis.
    pub fn width(&self) -> usize {
        *self.shape.last().unwrap()
    }

    /// Number of examples.
    pub fn batch(&self) -> usize {
        self.shape[0]
    }

    /// The same shape with other numbers.
    pub fn with(&self, data: Vec<N>) -> Self {
        Tensor::new(&self.shape, data)
    }

    /// `[batch, height, width, channels]`: a sequence is an image of one row.
    pub fn image(&self) -> [usize; 4] {
        match *self.shape {
            [b, t, c] => [b, 1, t, c],
            [b, h, w, c] => [b, h, w, c],
            _ => panic!("{:?} is no image", self.shape),
        }
    }

    /// An image of this tensor's rank.
    pub fn of_image(&self, [b, h, w, c]: [usize; 4], data: Vec<N>) -> Self {
        match self.shape.len() {
            3 => Tensor::new(&[b, w, c], data),
            _ => Tensor::new(&[b, h, w, c], data),
        }
    }
}

/// For every place of an array the number of its coordinates along some axes, in row-major order: what
/// has one number belongs together. And how many numbers there are.
pub fn groups(shape: &[usize], along: impl Fn(usize) -> bool) -> (Vec<usize>, usize) {
    let mut ids = vec![0];
    let mut count = 1;
    for (axis, n) in shape.iter().enumerate() {
        let (step, kept) = if along(axis) { (*n, 1) } else { (1, 0) };
        ids = ids
            .iter()
            .flat_map(|id| (0..*n).map(move |i| id * step + i * kept))
            .collect();
        count *= step;
    }
    (ids, count)
}

/// An option's axes, of a list or a single number, counted from the batch.
pub fn axes(config: &Json, name: &str, rank: usize) -> Vec<usize> {
    let list = match &config[name] {
        Json::Null => vec![-1],
        Json::Array(list) => list.iter().map(|n| n.as_i64().unwrap()).collect(),
        one => vec![one.as_i64().unwrap()],
    };
    let place = |n: i64| if n < 0 { rank as i64 + n } else { n } as usize;
    list.into_iter().map(place).collect()
}

pub fn int(config: &Json, name: &str, otherwise: usize) -> usize {
    config[name].as_u64().map_or(otherwise, |n| n as usize)
}

pub fn float(config: &Json, name: &str, otherwise: f64) -> f64 {
    config[name].as_f64().unwrap_or(otherwise)
}

pub fn flag(config: &Json, name: &str, otherwise: bool) -> bool {
    config[name].as_bool().unwrap_or(otherwise)
}

pub fn word<'a>(config: &'a Json, name: &str, otherwise: &'a str) -> &'a str {
    config[name].as_str().unwrap_or(otherwise)
}

/// An option for both axes of an image; the single row of a sequence has `otherwise`.
pub fn sizes(config: &Json, name: &str, rank: usize, otherwise: usize) -> [usize; 2] {
    let list: Vec<usize> = match &config[name] {
        Json::Null => vec![otherwise],
        Json::Array(list) => list.iter().map(|n| n.as_u64().unwrap() as usize).collect(),
        one => vec![one.as_u64().unwrap() as usize],
    };
    match (rank, &list[..]) {
        (3, [n]) => [1, *n],
        (_, [n]) => [*n; 2],
        (_, list) => [list[0], list[1]],
    }
}

/// A parameter array of the model.
#[derive(Clone, Debug)]
pub struct Param {
    pub path: String,
    pub shape: Vec<usize>,
    pub data: Vec<f64>,
    pub trainable: bool,
}

impl Param {
    /// An entry of a model's table, with its numbers.
    pub fn of(model: &Sequential, param: &glassbox::model::Param) -> Self {
        Param {
            path: param.path.clone(),
            shape: param.shape.clone(),
            data: model.param(param).iter().map(|v| f64::from(*v)).collect(),
            trainable: param.trainable,
        }
    }
}

/// What a pass carries along.
pub struct Pass {
    /// Parameters, in the order of `get_weights()`, and how many were taken.
    pub params: Vec<(Vec<usize>, Vec<N>, bool)>,
    pub at: usize,
    /// Those whose price was paid.
    pub paid: usize,
    /// What weights and outputs add to the loss.
    pub penalty: N,
    /// How many training passes came before.
    pub calls: u64,
    /// Whether the layer's weights move.
    pub trainable: bool,
}

impl Pass {
    /// The next parameter, whose price is `config[name + "_regularizer"]`.
    pub fn take(&mut self, config: &Json, name: &str) -> Vec<N> {
        let (shape, data, trainable) = self.params[self.at].clone();
        self.at += 1;
        if self.at > self.paid {
            self.paid = self.at;
            if trainable {
                let price = price(&config[format!("{name}_regularizer")], &shape, &data);
                self.penalty += price;
            }
        }
        data
    }
}

/// What an array costs.
pub fn price(regularizer: &Json, shape: &[usize], w: &[N]) -> N {
    let class = regularizer["class_name"].as_str();
    let Some(class) = class.or(regularizer.as_str()) else {
        return N::from(0.0);
    };
    let config = &regularizer["config"];
    let norms = |l1: f64, l2: f64| {
        let sizes: N = w.iter().map(|w| w.abs()).sum();
        let squares: N = w.iter().map(|w| w.square()).sum();
        l1 * sizes + l2 * squares
    };
    match class {
        "L1" | "l1" => norms(float(config, "l1", 0.01), 0.0),
        "L2" | "l2" => norms(0.0, float(config, "l2", 0.01)),
        "L1L2" => norms(float(config, "l1", 0.0), float(config, "l2", 0.0)),
        "OrthogonalRegularizer" => {
            let rows = word(config, "mode", "rows") == "rows";
            let (n, m) = (shape[0], shape[1]);
            let (count, length) = if rows { (n, m) } else { (m, n) };
            let at = |i: usize, k: usize| w[if rows { i * m + k } else { k * m + i }];
            let product = |i, j| -> N { (0..length).map(|k| at(i, k) * at(j, k)).sum() };
            let mut sum = N::from(0.0);
            for i in 0..count {
                for j in 0..i {
                    let lengths = (product(i, i) * product(j, j)).sqrt();
                    sum += (product(i, j) / lengths).abs();
                }
            }
            let pairs = (count * (count - 1) / 2) as f64;
            float(config, "factor", 0.01) * sum / pairs
        }
        class => panic!("the regularizer {class} has no oracle: add it to tests/oracle/tensor.rs"),
    }
}
