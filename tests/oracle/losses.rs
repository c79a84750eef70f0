//! Losses, each written down a second time: in f64, row by row, for reading.

use super::number::{N, log_sum, mean};
use super::tensor::Tensor;
use serde_json::{Map, Value as Json};

/// A loss as Keras' JSON asks for it.
#[derive(Clone, Debug)]
pub struct Loss {
    pub class: String,
    pub reduction: String,
    config: Map<String, Json>,
}

/// Keras' epsilon, where probabilities are clipped.
const EPSILON: f64 = 1e-7;

impl Loss {
    /// Reads `{"class_name", "config"}`.
    pub fn read(json: &Json) -> Self {
        let config = json["config"].as_object().cloned().unwrap_or_default();
        let reduction = config.get("reduction").and_then(Json::as_str);
        Loss {
            reduction: reduction.unwrap_or("sum_over_batch_size").to_string(),
            class: json["class_name"].as_str().unwrap().to_string(),
            config,
        }
    }

    fn number(&self, key: &str, otherwise: f64) -> f64 {
        let value = self.config.get(key).and_then(Json::as_f64);
        value.unwrap_or(otherwise)
    }

    fn flag(&self, key: &str, otherwise: bool) -> bool {
        let value = self.config.get(key).and_then(Json::as_bool);
        value.unwrap_or(otherwise)
    }

    fn ignored(&self) -> Option<f64> {
        self.config.get("ignore_class").and_then(Json::as_f64)
    }

    /// Its targets are class numbers, one per row.
    pub fn wants_classes(&self) -> bool {
        let class = self.class.as_str();
        class.starts_with("Sparse")
            || class == "CategoricalGeneralizedCrossEntropy"
            || class == "Circle"
    }

    /// Its targets' rows sum to 1.
    pub fn wants_shares(&self) -> bool {
        [
            "CategoricalCrossentropy",
            "CategoricalFocalCrossentropy",
            "CategoricalHinge",
        ]
        .contains(&self.class.as_str())
    }

    /// Its outputs must lie between 0 and 1, unless they come as logits.
    pub fn wants_probabilities(&self) -> bool {
        let entropy = self.class.to_lowercase().ends_with("crossentropy");
        (entropy || ["KLDivergence", "Poisson"].contains(&self.class.as_str()))
            && !self.flag("from_logits", false)
    }

    /// It takes the logits that a sigmoid or softmax left on its outputs.
    fn asks_for_logits(&self) -> bool {
        match self.class.as_str() {
            "BinaryCrossentropy" | "CategoricalCrossentropy" => true,
            // `ignore_class` masks the predictions first, and what comes out of that carries none any
            // more (keras/src/losses/losses.py).
            "SparseCategoricalCrossentropy" => self.ignored().is_none(),
            // Makes its own sigmoid first.
            "BinaryFocalCrossentropy" => !self.flag("from_logits", false),
            _ => false,
        }
    }

    /// The loss of a batch; `t`: `[rows, k]` or `[rows]`; `weights`: one per row, or per example for a
    /// loss that is one value. Without a reduction: the sum, which is what Keras' gradients are of; then its mean, which is shown.
    pub fn of(&self, t: &[f64], p: &Tensor, weights: Option<&[f64]>) -> (N, N) {
        let k = p.width();
        let carried = p.logits.as_deref().filter(|_| self.asks_for_logits());
        let seen = carried.unwrap_or(&p.data);
        let logits = self.flag("from_logits", false) || carried.is_some();
        let rows = seen.len() / k;
        let n_t = t.len() / rows;
        let own = |row: usize| &t[row * n_t..][..n_t];
        let labels = t.iter().all(|t| *t == 0.0 || *t == 1.0);
        let whole = self.is_whole();
        let mut values: Vec<N> = match self.class.as_str() {
            _ if whole => vec![self.row(t, seen, &p.data, logits, false)],
            "Circle" => (0..rows).map(|row| self.circle(row, t, seen, k)).collect(),
            _ => (0..rows)
                .map(|row| {
                    let [seen, out] = [seen, &p.data].map(|all| &all[row * k..][..k]);
                    self.row(own(row), seen, out, logits, labels)
                })
                .collect(),
        };
        // Which values count: the outputs' mask, the ignored class, rows of Circle without partner.
        let mask = p.mask.as_ref().filter(|m| m.len() == rows);
        let masked = mask.is_some() || self.ignored().is_some() || self.class == "Circle";
        let examples = weights.map_or(1, <[f64]>::len);
        if whole {
            // One value for all is weighed by each weight.
            values = vec![values[0]; if mask.is_some() { rows } else { examples }];
        }
        let counts = |i: usize| {
            let ignored = self.ignored().is_some_and(|class| own(i)[0] == class);
            let alone = self.class == "Circle" && values[i].v < 1e-40;
            f64::from(!ignored && !alone && mask.is_none_or(|m| m[i]))
        };
        let weight = |i: usize| weights.map_or(1.0, |w| w[i * w.len() / values.len()]);
        let sum: N = (0..values.len())
            .map(|i| values[i] * (weight(i) * counts(i)))
            .sum();
        let counted: f64 = (0..values.len()).map(counts).sum();
        // Weights are one per example, `[examples, 1]` for Keras: it divides by the sum of these,
        // unless a mask has spread them over all rows.
        let mass: f64 = match weights {
            Some(weights) if !masked => weights.iter().sum(),
            _ => (0..values.len()).map(|i| weight(i) * counts(i)).sum(),
        };
        match self.reduction.as_str() {
            "sum_over_batch_size" | "mean" => (sum / counted, sum / counted),
            "mean_with_sample_weight" => (sum / mass, sum / mass),
            "none" => (sum, sum / values.len() as f64),
            "sum" => (sum, sum),
            other => {
                panic!("the reduction '{other}' has no oracle: add it to tests/oracle/losses.rs")
            }
        }
    }

    /// One value for the whole batch.
    pub fn is_whole(&self) -> bool {
        ["Dice", "Tversky"].contains(&self.class.as_str())
            && self.config.get("axis").is_none_or(Json::is_null)
    }

    /// `out`: what the model gave, where `p` may be the logits that it was made from.
    fn row(&self, t: &[f64], p: &[N], out: &[N], logits: bool, labels: bool) -> N {
        let k = p.len() as f64;
        let pairs = || t.iter().copied().zip(p.iter().copied());
        let each = |f: &dyn Fn(f64, N) -> N| pairs().map(|(t, p)| f(t, p)).collect::<Vec<N>>();
        let sum = |f: &dyn Fn(f64, N) -> N| pairs().map(|(t, p)| f(t, p)).sum::<N>();
        let keep = |p: N| p.clamp(EPSILON, 1.0 - EPSILON);
        let smooth = self.number("label_smoothing", 0.0);
        let binary = |t: f64| t * (1.0 - smooth) + smooth / 2.0;
        let (alpha, gamma) = (self.number("alpha", 0.25), self.number("gamma", 2.0));
        let entropy = |t: f64, p: N| -t * p.ln() - (1.0 - t) * (1.0 - p).ln();
        match self.class.as_str() {
            "MeanSquaredError" => mean(&each(&|t, p| (p - t).square())),
            "MeanAbsoluteError" => mean(&each(&|t, p| (p - t).abs())),
            "MeanAbsolutePercentageError" => {
                100.0 * mean(&each(&|t, p| (p - t).abs() / t.abs().max(EPSILON)))
            }
            "MeanSquaredLogarithmicError" => mean(&each(&|t, p| {
                ((p.max(EPSILON) + 1.0).ln() - t.max(EPSILON).ln_1p()).square()
            })),
            "Huber" => {
                let delta = self.number("delta", 1.0);
                mean(&each(&|t, p| {
                    let e = (p - t).abs();
                    match e.above(delta) {
                        true => delta * (e - delta / 2.0),
                        false => e * e / 2.0,
                    }
                }))
            }
            "LogCosh" => mean(&each(&|t, p| {
                let e = p - t;
                e + (-2.0 * e).softplus() - 2f64.ln()
            })),
            "CosineSimilarity" => {
                let length = t.iter().map(|t| t * t).sum::<f64>().sqrt();
                // Of a single number it is the sign.
                if let [p] = p {
                    p.above(0.0);
                }
                -sum(&|t, p| t / length * p) / sum(&|_, p| p * p).max(1e-14).sqrt()
            }
            "Hinge" | "SquaredHinge" => mean(&each(&|t, p| {
                let short = (1.0 - if labels { 2.0 * t - 1.0 } else { t } * p).max(0.0);
                if self.class == "Hinge" {
                    short
                } else {
                    short.square()
                }
            })),
            "CategoricalHinge" => {
                let others = each(&|t, p| (1.0 - t) * p);
                let most = others.iter().copied().reduce(N::max).unwrap();
                (most - sum(&|t, p| t * p) + 1.0).max(0.0)
            }
            "KLDivergence" => sum(&|t, p| {
                let t = t.clamp(EPSILON, 1.0);
                t * (t.ln() - p.clamp(EPSILON, 1.0).ln())
            }),
            "Poisson" => mean(&each(&|t, p| p - t * (p + EPSILON).ln())),
            "BinaryCrossentropy" if logits => mean(&each(&|t, z| z.softplus() - binary(t) * z)),
            "BinaryCrossentropy" => mean(&each(&|t, p| entropy(binary(t), keep(p)))),
            "BinaryFocalCrossentropy" => {
                let one = |t: f64, p: N, out: N| {
                    let t = binary(t);
                    let (p, value) = match logits {
                        true if self.flag("from_logits", false) => {
                            (p.sigmoid(), p.softplus() - t * p)
                        }
                        // The entropy as of a sigmoid, for any activation.
                        true => (out, p.softplus() - t * p),
                        false => (p, entropy(t, keep(p))),
                    };
                    let miss = 1.0 - (t * p + (1.0 - t) * (1.0 - p));
                    let weight = match self.flag("apply_class_balancing", false) {
                        true => t * alpha + (1.0 - t) * (1.0 - alpha),
                        false => 1.0,
                    };
                    weight * miss.powf(gamma) * value
                };
                let all = pairs().zip(out.iter().copied());
                mean(&all.map(|((t, p), out)| one(t, p, out)).collect::<Vec<N>>())
            }
            "CategoricalCrossentropy" | "CategoricalFocalCrossentropy" => {
                let focal = self.class == "CategoricalFocalCrossentropy";
                let total: N = p.iter().copied().sum();
                let all = log_sum(p);
                sum(&|t, p| {
                    let t = t * (1.0 - smooth) + smooth / k;
                    let log = match (logits, focal) {
                        (true, false) => return -t * (p - all),
                        (true, true) => keep((p - all).exp()).ln(),
                        (false, _) => keep(p / total).ln(),
                    };
                    match focal {
                        true => -t * log * alpha * (1.0 - log.exp()).powf(gamma),
                        false => -t * log,
                    }
                })
            }
            "SparseCategoricalCrossentropy" if t[0] < 0.0 => N::from(0.0), // ignored
            "SparseCategoricalCrossentropy" if logits => log_sum(p) - p[t[0] as usize],
            "SparseCategoricalCrossentropy" => {
                let q: Vec<N> = p.iter().map(|p| keep(*p)).collect();
                q.iter().copied().sum::<N>().ln() - q[t[0] as usize].ln()
            }
            "CategoricalGeneralizedCrossEntropy" => {
                let q = self.number("q", 0.5);
                (1.0 - p[t[0] as usize].powf(q)) / q
            }
            "Dice" => {
                let both = sum(&|t, p| t * p);
                1.0 - 2.0 * both / (sum(&|t, p| t + p) + EPSILON)
            }
            "Tversky" => {
                let (alpha, beta) = (self.number("alpha", 0.5), self.number("beta", 0.5));
                let both = sum(&|t, p| t * p);
                // Keras 3.15.1: alpha weighs what is missed.
                let priced = sum(&|t, p| alpha * t * (1.0 - p) + beta * (1.0 - t) * p);
                1.0 - both / (both + priced + EPSILON)
            }
            class => panic!("the loss {class} has no oracle: add it to tests/oracle/losses.rs"),
        }
    }

    fn circle(&self, row: usize, t: &[f64], p: &[N], k: usize) -> N {
        let (gamma, margin) = (self.number("gamma", 80.0), self.number("margin", 0.4));
        let (mut near, mut far) = (Vec::new(), Vec::new());
        for other in 0..t.len() {
            if other == row && self.flag("remove_diagonal", true) {
                continue;
            }
            let product: N = (0..k).map(|i| p[row * k + i] * p[other * k + i]).sum();
            let distance = (1.0 - product).max(0.0);
            if t[row] == t[other] {
                let weight = (margin + distance).max(0.0);
                near.push(gamma * weight * (distance - margin));
            } else {
                let weight = (1.0 + margin - distance).max(0.0);
                far.push(gamma * weight * (1.0 - margin - distance));
            }
        }
        match near.is_empty() || far.is_empty() {
            true => N::from(0.0),
            false => (log_sum(&near) + log_sum(&far)).softplus(),
        }
    }
}
