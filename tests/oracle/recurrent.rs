//! Recurrent layers step by step, layers around layers, and attention.

use super::functions::{Function, activation};
use super::layers::{add_bias, kept, kept_in, product};
use super::number::N;
use super::tensor::{Pass, Tensor, flag, float, int, word};
use serde_json::{Value as Json, json};

/// One cell's weights; `bias` is empty where there is none, and of two rows for GRU's reset_after.
struct Cell<'a> {
    class: &'a str,
    units: usize,
    function: Function<'a>,
    gate: Function<'a>,
    kernel: Vec<N>,
    recurrent: Vec<N>,
    bias: Vec<N>,
    reset_after: bool,
}

impl Cell<'_> {
    /// Sums of x and of h for all gates, with the biases; of one for all gates, or of one for each.
    fn sums(&self, x: &[Vec<N>], h: &[Vec<N>]) -> (Vec<N>, Vec<N>) {
        let width = self.recurrent.len() / self.units;
        let all = |rows: &[Vec<N>], kernel: &[N]| -> Vec<N> {
            let of = |row: &Vec<N>| product(row, row.len(), kernel, width);
            let sums: Vec<Vec<N>> = rows.iter().map(of).collect();
            let own = |k: usize| (k / self.units).min(sums.len() - 1);
            (0..width).map(|k| sums[own(k)][k]).collect()
        };
        let mut of_x = all(x, &self.kernel);
        let mut of_h = all(h, &self.recurrent);
        let (first, second) = self.bias.split_at(self.bias.len().min(width));
        add_bias(&mut of_x, first);
        add_bias(&mut of_h, second);
        (of_x, of_h)
    }

    /// States after a step: h, and LSTM's c. `dropped`: factors of x and of h.
    fn step(&self, x: &[N], states: &[Vec<N>], dropped: [&[Vec<f64>]; 2]) -> Vec<Vec<N>> {
        let (u, h) = (self.units, &states[0]);
        let times = |row: &[N], factors: &[Vec<f64>]| -> Vec<Vec<N>> {
            let of = |f: &Vec<f64>| row.iter().zip(f).map(|(v, f)| *v * *f).collect();
            factors.iter().map(of).collect()
        };
        let seen = times(h, dropped[1]);
        let (of_x, of_h) = self.sums(&times(x, dropped[0]), &seen);
        let part = |k: usize| k * u..(k + 1) * u;
        let sum = |k: usize| -> Vec<N> {
            let pairs = of_x[part(k)].iter().zip(&of_h[part(k)]);
            pairs.map(|(a, b)| *a + *b).collect()
        };
        let gate = |k: usize| self.gate.rows(&sum(k), u);
        let join = |f: &dyn Fn(usize) -> N| (0..u).map(f).collect::<Vec<N>>();
        match self.class {
            "SimpleRNN" => vec![self.function.rows(&sum(0), u)],
            "LSTM" => {
                let (i, f, o) = (gate(0), gate(1), gate(3));
                let candidate = self.function.rows(&sum(2), u);
                let c = join(&|k| f[k] * states[1][k] + i[k] * candidate[k]);
                let shown = self.function.rows(&c, u);
                vec![join(&|k| o[k] * shown[k]), c]
            }
            "GRU" => {
                let (z, r) = (gate(0), gate(1));
                let from_h = match self.reset_after {
                    true => join(&|k| r[k] * of_h[2 * u + k]),
                    false => {
                        let reset = join(&|k| r[k] * seen[seen.len() - 1][k]);
                        let all = product(&reset, u, &self.recurrent, 3 * u);
                        all[part(2)].to_vec()
                    }
                };
                let candidate = self
                    .function
                    .rows(&join(&|k| of_x[2 * u + k] + from_h[k]), u);
                vec![join(&|k| z[k] * h[k] + (1.0 - z[k]) * candidate[k])]
            }
            class => panic!("the layer {class} has no oracle: add it to tests/oracle/recurrent.rs"),
        }
    }
}

pub fn recurrent(class: &str, config: &Json, x: &Tensor, pass: &mut Pass) -> Tensor {
    let [b, steps, n_in] = *x.shape else {
        panic!("{:?} is no sequence", x.shape)
    };
    let u = int(config, "units", 1);
    let kernel = pass.take(config, "kernel");
    let recurrent = pass.take(config, "recurrent");
    let cell = Cell {
        class,
        units: u,
        function: activation(&config["activation"], "tanh"),
        gate: activation(&config["recurrent_activation"], "sigmoid"),
        kernel,
        recurrent,
        bias: super::layers::bias(config, pass),
        reset_after: flag(config, "reset_after", true),
    };
    // One draw for each number of a step, the same at all steps; where the state is dropped, too, one
    // for each gate.
    let (rate, state_rate) = (
        float(config, "dropout", 0.0),
        float(config, "recurrent_dropout", 0.0),
    );
    let gates = cell.recurrent.len() / u / u;
    let parts = if state_rate > 0.0 { gates } else { 1 };
    let per_call = [rate, state_rate].iter().filter(|r| **r > 0.0).count() * parts;
    let mut drawn = pass.calls * per_call as u64;
    let mut factors = |rate: f64, n: usize| -> Vec<Vec<f64>> {
        let mut one = |_| {
            if rate == 0.0 {
                return vec![1.0; b * n];
            }
            let kept = kept_in(config, rate, b * n, drawn);
            drawn += 1;
            let factor = |kept: bool| f64::from(u8::from(kept)) / (1.0 - rate);
            kept.into_iter().map(factor).collect()
        };
        (0..parts).map(&mut one).collect()
    };
    let (of_x, of_h) = (factors(rate, n_in), factors(state_rate, u));
    let of_example = |all: &[Vec<f64>], e: usize, n: usize| -> Vec<Vec<f64>> {
        all.iter().map(|f| f[e * n..][..n].to_vec()).collect()
    };
    let backwards = flag(config, "go_backwards", false);
    let sequences = flag(config, "return_sequences", false);
    let mut y = Vec::new();
    for example in 0..b {
        let mut states = vec![vec![N::from(0.0); u]; 2];
        let (dropped_x, dropped_h) = (
            of_example(&of_x, example, n_in),
            of_example(&of_h, example, u),
        );
        for t in 0..steps {
            let read = example * steps + if backwards { steps - 1 - t } else { t };
            let row = &x.data[read * n_in..][..n_in];
            let counts = x.mask.as_ref().is_none_or(|m| m[read]);
            if counts {
                states = cell.step(row, &states, [&dropped_x, &dropped_h]);
            }
            // Unrolled, Keras 3.15.1 hides outputs by the mask as it stands, though it reads from the end.
            let unrolled = backwards && sequences && flag(config, "unroll", false);
            let marked = if unrolled { example * steps + t } else { read };
            let hidden = x.mask.as_ref().is_some_and(|m| !m[marked]);
            let hidden = hidden && flag(config, "zero_output_for_mask", false);
            let shown = if hidden {
                vec![N::from(0.0); u]
            } else {
                states[0].clone()
            };
            if sequences || t + 1 == steps {
                y.extend(shown);
            }
        }
    }
    match sequences {
        true => Tensor::new(&[b, steps, u], y),
        false => Tensor::new(&[b, u], y),
    }
}

/// A copy of a layer with another option.
fn with(layer: &Json, option: &str, value: bool) -> Json {
    let mut layer = layer.clone();
    layer["config"][option] = json!(value);
    layer
}

pub fn bidirectional(config: &Json, x: &Tensor, pass: &mut Pass) -> Tensor {
    let layer = &config["layer"];
    let sequences = flag(&layer["config"], "return_sequences", false);
    let ahead = with(layer, "zero_output_for_mask", sequences);
    let back = match config["backward_layer"].is_null() {
        true => with(&ahead, "go_backwards", true),
        false => with(&config["backward_layer"], "zero_output_for_mask", sequences),
    };
    let mut read = |layer: &Json| {
        let y = recurrent(
            layer["class_name"].as_str().unwrap(),
            &layer["config"],
            x,
            pass,
        );
        if layer["class_name"] != "SimpleRNN" {
            super::charge(&layer["config"]["activity_regularizer"], &y, pass);
        }
        y
    };
    let (a, mut b) = (read(&ahead), read(&back));
    let u = a.width();
    if sequences {
        // What was read from the end comes out in the order of time.
        let examples = b.data.chunks(x.shape[1] * u);
        b.data = examples
            .flat_map(|e| e.chunks(u).rev().flatten().copied())
            .collect();
    }
    let mode = word(config, "merge_mode", "concat");
    if mode == "concat" {
        let rows = a.data.chunks(u).zip(b.data.chunks(u));
        let mut shape = a.shape.clone();
        *shape.last_mut().unwrap() *= 2;
        return Tensor::new(&shape, rows.flat_map(|(a, b)| [a, b].concat()).collect());
    }
    let join = |(a, b): (&N, &N)| match mode {
        "mul" => *a * *b,
        "sum" => *a + *b,
        _ => (*a + *b) / 2.0,
    };
    a.with(a.data.iter().zip(&b.data).map(join).collect())
}

/// One layer for every step, with one set of weights.
pub fn time_distributed(config: &Json, x: &Tensor, pass: &mut Pass) -> Tensor {
    let (b, steps) = (x.shape[0], x.shape[1]);
    let n = x.data.len() / b / steps;
    let (start, calls) = (pass.at, pass.calls);
    let mut outputs = Vec::new();
    for t in 0..steps {
        pass.at = start;
        pass.calls = calls * steps as u64 + t as u64;
        let rows = (0..b).flat_map(|e| &x.data[(e * steps + t) * n..][..n]);
        let step = Tensor::new(&[&[b], &x.shape[2..]].concat(), rows.copied().collect());
        // Keras calls what is inside by `call`: its price of outputs is not asked for.
        outputs.push(super::compute(&config["layer"], &[&step], pass));
    }
    pass.calls = calls;
    let n_out = outputs[0].data.len() / b;
    let rows = (0..b).flat_map(|e| outputs.iter().map(move |y| (e, y)));
    let data = rows
        .flat_map(|(e, y)| y.data[e * n_out..][..n_out].to_vec())
        .collect();
    Tensor::new(&[&[b, steps], &outputs[0].shape[1..]].concat(), data)
}

/// Query, value and perhaps key.
pub fn attention(config: &Json, inputs: &[&Tensor], pass: &mut Pass) -> Tensor {
    let (query, value) = (inputs[0], inputs[1]);
    let key = inputs.get(2).copied().unwrap_or(value);
    let [b, t, features] = *query.shape else {
        panic!("{:?} is no sequence", query.shape)
    };
    let s = value.shape[1];
    let heads = int(config, "num_heads", 1);
    let kd = int(config, "key_dim", 1);
    let vd = int(config, "value_dim", kd);
    let project = |x: &[N], n_in: usize, n_out: usize, pass: &mut Pass| {
        let kernel = pass.take(config, "kernel");
        let mut z = product(x, n_in, &kernel, n_out);
        add_bias(&mut z, &super::layers::bias(config, pass));
        z
    };
    let q = project(&query.data, features, heads * kd, pass);
    let k = project(&key.data, key.width(), heads * kd, pass);
    let v = project(&value.data, value.width(), heads * vd, pass);
    // Keras gives the price of outputs to every projection.
    for (rows, projected) in [(t, &q), (s, &k), (s, &v)] {
        let y = Tensor::new(&[b, rows, projected.len() / b / rows], projected.clone());
        super::charge(&config["activity_regularizer"], &y, pass);
    }
    let rate = float(config, "dropout", 0.0);
    let kept = match rate > 0.0 {
        true => kept(config, rate, b * heads * t * s, pass),
        false => vec![true; b * heads * t * s],
    };
    let seen = |x: &Tensor, at: usize| x.mask.as_ref().is_none_or(|m| m[at]);
    let window = int(config, "sliding_window", usize::MAX);
    let causal = flag(config, "use_causal_mask", false);
    let mut out = vec![N::from(0.0); b * t * heads * vd];
    for e in 0..b {
        for h in 0..heads {
            for i in 0..t {
                let scores = (0..s).map(|j| {
                    let own =
                        seen(query, e * t + i) && seen(value, e * s + j) && seen(key, e * s + j);
                    if !own || causal && j > i || i.abs_diff(j) >= window {
                        return N::from(-1e30);
                    }
                    let (i, j) = ((e * t + i) * heads + h, (e * s + j) * heads + h);
                    let product: N = (0..kd).map(|n| q[i * kd + n] * k[j * kd + n]).sum();
                    product / (kd as f64).sqrt()
                });
                let scores: Vec<N> = scores.collect();
                // Where nothing may be seen, everything counts alike; with dropout Keras takes another path, on
                // which nothing counts (`_masked_softmax` in layers/attention/multi_head_attention.py).
                if rate > 0.0 && scores.iter().all(|s| s.v == -1e30) {
                    continue;
                }
                let top = scores.iter().fold(f64::NEG_INFINITY, |top, s| top.max(s.v));
                let shares: Vec<N> = scores.iter().map(|s| (*s - top).exp()).collect();
                let all: N = shares.iter().copied().sum();
                for (j, share) in shares.iter().enumerate() {
                    let mut weight = *share / all;
                    if rate > 0.0 {
                        let kept = kept[((e * heads + h) * t + i) * s + j];
                        weight = weight * (f64::from(u8::from(kept)) / (1.0 - rate));
                    }
                    for n in 0..vd {
                        out[((e * t + i) * heads + h) * vd + n] +=
                            weight * v[((e * s + j) * heads + h) * vd + n];
                    }
                }
            }
        }
    }
    Tensor::new(&[b, t, features], project(&out, heads * vd, features, pass))
}
