//! Activations and losses, each written down a second time: in f64, row by row, for reading.

use serde_json::Value as Json;

/// An activation on one row of the last axis.
pub struct Function {
    pub name: &'static str,
    pub row: fn(&[f64]) -> Vec<f64>,
    /// Its slope jumps at 0.
    pub has_kink: bool,
    /// Keras on TensorFlow leaves its input on its output as `_keras_logits`.
    pub leaves_logits: bool,
    /// It returns the very tensor that it is given, `_keras_logits` and all.
    pub is_identity: bool,
}

const PLAIN: Function = Function {
    name: "",
    row: |z| z.to_vec(),
    has_kink: false,
    leaves_logits: false,
    is_identity: false,
};

const FUNCTIONS: &[Function] = &[
    Function {
        name: "linear",
        is_identity: true,
        ..PLAIN
    },
    Function {
        name: "sigmoid",
        row: |z| z.iter().map(|z| 1.0 / (1.0 + (-z).exp())).collect(),
        leaves_logits: true,
        ..PLAIN
    },
    Function {
        name: "tanh",
        row: |z| z.iter().map(|z| z.tanh()).collect(),
        ..PLAIN
    },
    Function {
        name: "relu",
        row: |z| z.iter().map(|z| z.max(0.0)).collect(),
        has_kink: true,
        ..PLAIN
    },
    Function {
        name: "softmax",
        row: |z| {
            let sum: f64 = z.iter().map(|z| z.exp()).sum();
            z.iter().map(|z| z.exp() / sum).collect()
        },
        leaves_logits: true,
        ..PLAIN
    },
];

/// The activation called `name`.
pub fn activation(name: &str) -> &'static Function {
    let found = FUNCTIONS.iter().find(|f| f.name == name);
    found.unwrap_or_else(|| panic!("the activation '{name}' has no oracle: add it to FUNCTIONS"))
}

/// A loss as Keras' JSON asks for it.
#[derive(Clone, Debug, Default)]
pub struct Loss {
    pub class: String,
    pub from_logits: bool,
    pub label_smoothing: f64,
    pub ignore_class: Option<i64>,
    pub reduction: String,
}

/// Nearest that a probability may come to 0 or 1 before it is clipped: far from Keras' 1e-7.
const EPSILON: f64 = 1e-7;

impl Loss {
    /// Reads `{"class_name", "config"}`; what it does not know fails.
    pub fn read(json: &Json) -> Self {
        let mut loss = Loss {
            class: json["class_name"].as_str().unwrap().to_string(),
            reduction: "sum_over_batch_size".into(),
            ..Loss::default()
        };
        for (key, value) in json["config"].as_object().into_iter().flatten() {
            match key.as_str() {
                "from_logits" => loss.from_logits = value.as_bool().unwrap(),
                "label_smoothing" => loss.label_smoothing = value.as_f64().unwrap(),
                "ignore_class" => loss.ignore_class = value.as_i64(),
                "reduction" => loss.reduction = value.as_str().unwrap().into(),
                "axis" => assert_eq!(value.as_i64(), Some(-1)),
                _ => panic!("the oracle of {} has no option '{key}'", loss.class),
            }
        }
        loss
    }

    /// Its targets are class numbers, one per row.
    pub fn wants_classes(&self) -> bool {
        self.class == "SparseCategoricalCrossentropy"
    }

    /// The loss of a batch: `p`: `[rows, k]`, the model's outputs, or what they were made from where
    /// they carry it; `t`: `[rows, k]` or `[rows]`; `weights`: `[examples]`.
    ///
    /// The second number is how near a probability comes to where it is clipped.
    pub fn of(
        &self,
        t: &[f64],
        p: &[f64],
        carried: Option<&[f64]>,
        k: usize,
        weights: Option<&[f64]>,
    ) -> (f64, f64) {
        // Only cross-entropies ask for logits; `ignore_class` masks the predictions first, and what
        // comes out of that carries none any more (keras/src/losses/losses.py).
        let asks = self.class.ends_with("Crossentropy") && self.ignore_class.is_none();
        let carried = carried.filter(|_| asks);
        let seen = carried.unwrap_or(p);
        let logits = self.from_logits || carried.is_some();
        let rows = p.len() / k;
        let n_t = t.len() / rows;
        let examples = weights.map_or(rows, <[f64]>::len);
        let mut edge = f64::INFINITY;
        let (mut sum, mut counted, mut mass) = (0.0, 0.0, 0.0);
        for row in 0..rows {
            let t = &t[row * n_t..][..n_t];
            let weight = weights.map_or(1.0, |w| w[row / (rows / examples)]);
            if self.ignore_class.is_some_and(|class| t[0] == class as f64) {
                continue;
            }
            let value = self.row(t, &seen[row * k..][..k], logits, &mut edge);
            sum += weight * value;
            counted += 1.0;
            mass += weight;
        }
        // Weights are one per example, `[examples, 1]` for Keras: it divides by the sum of these,
        // unless a mask has spread them over all rows.
        if self.ignore_class.is_none() && weights.is_some() {
            mass /= (rows / examples) as f64;
        }
        let value = match self.reduction.as_str() {
            "sum_over_batch_size" | "mean" => sum / counted,
            "sum" => sum,
            "mean_with_sample_weight" => sum / mass,
            other => panic!("the reduction '{other}' has no oracle"),
        };
        (value, edge)
    }

    fn row(&self, t: &[f64], p: &[f64], logits: bool, edge: &mut f64) -> f64 {
        let k = p.len() as f64;
        let mut keep = |p: f64| {
            *edge = edge.min((p - EPSILON).abs()).min((1.0 - EPSILON - p).abs());
            p.clamp(EPSILON, 1.0 - EPSILON)
        };
        let log_sum = || p.iter().map(|z| z.exp()).sum::<f64>().ln();
        let s = self.label_smoothing;
        match (self.class.as_str(), logits) {
            ("MeanSquaredError", _) => {
                let squares = t.iter().zip(p).map(|(t, p)| (t - p).powi(2));
                squares.sum::<f64>() / k
            }
            ("BinaryCrossentropy", _) => {
                let mut sum = 0.0;
                for (t, p) in t.iter().zip(p) {
                    let t = t * (1.0 - s) + s / 2.0;
                    let p = if logits {
                        1.0 / (1.0 + (-p).exp())
                    } else {
                        keep(*p)
                    };
                    sum -= t * p.ln() + (1.0 - t) * (1.0 - p).ln();
                }
                sum / k
            }
            ("CategoricalCrossentropy", _) => {
                let total: f64 = p.iter().sum();
                let mut sum = 0.0;
                for (t, p) in t.iter().zip(p) {
                    let t = t * (1.0 - s) + s / k;
                    sum -= t * if logits {
                        p - log_sum()
                    } else {
                        keep(p / total).ln()
                    };
                }
                sum
            }
            ("SparseCategoricalCrossentropy", true) => log_sum() - p[t[0] as usize],
            ("SparseCategoricalCrossentropy", false) => {
                let q: Vec<f64> = p.iter().map(|p| keep(*p)).collect();
                q.iter().sum::<f64>().ln() - q[t[0] as usize].ln()
            }
            (class, _) => panic!("the loss {class} has no oracle: add it to Loss::row"),
        }
    }
}
