//! The forward and the backward pass of attention, one head of one example at a time.

use super::Attention;
use crate::functions::regularizers::Regularizer;
use crate::kernels::{reduce, rows};
use crate::layers::common::{take, take_ref};
use crate::layers::layer::{Backward, Forward, Layer, MaskFlow, Masks, ParamSpec, Shape};
use crate::numerics::rng::Stream;

/// Keras' value for a masked score.
const MASKED: f32 = -0.7 * f32::MAX;

/// Index of the keys' projection.
const KEY: usize = 1;

/// Size of one of the four projections.
struct Projection {
    n_in: usize,
    n_out: usize,
}

impl Attention {
    /// Steps of the query and of the value.
    pub fn steps(&self) -> (usize, usize) {
        (self.query[0], self.value[0])
    }

    fn projections(&self) -> [Projection; 4] {
        let (keys, values) = (self.heads * self.key_dim, self.heads * self.value_dim);
        let of = |n_in, n_out| Projection { n_in, n_out };
        [
            of(self.query[1], keys),
            of(self.key.unwrap_or(self.value[1]), keys),
            of(self.value[1], values),
            of(values, self.query[1]),
        ]
    }

    /// Steps of the input of each projection.
    fn projection_steps(&self) -> [usize; 4] {
        let (t, s) = self.steps();
        [t, s, s, t]
    }

    /// Kernel and bias of each projection.
    fn split<'a>(&self, mut params: &'a [f32]) -> [(&'a [f32], &'a [f32]); 4] {
        self.projections().map(|p| {
            let kernel = take_ref(&mut params, p.n_in * p.n_out);
            let bias = take_ref(&mut params, if self.bias { p.n_out } else { 0 });
            (kernel, bias)
        })
    }

    fn n_scores(&self, batch: usize) -> usize {
        batch * self.heads * self.query[0] * self.value[0]
    }

    /// Lengths of the input and the output of each projection: of queries, keys, values, and the heads' outputs.
    fn n_rows(&self, batch: usize) -> [(usize, usize); 4] {
        let (p, steps) = (self.projections(), self.projection_steps());
        [0, 1, 2, 3].map(|i| {
            let rows = batch * steps[i];
            (rows * p[i].n_in, rows * p[i].n_out)
        })
    }

    /// Copies the query, key and value of each example into arrays of their own.
    fn gather(&self, batch: usize, x: &[f32], parts: [&mut [f32]; 3]) {
        let sizes = self.input_sizes();
        let width: usize = sizes.iter().map(|(_, n)| n).sum();
        let [queries, keys, values] = parts;
        for (i, x) in x.chunks_exact(width).take(batch).enumerate() {
            let (query, rest) = x.split_at(sizes[0].1);
            let (value, key) = rest.split_at(sizes[1].1);
            queries[i * query.len()..][..query.len()].copy_from_slice(query);
            values[i * value.len()..][..value.len()].copy_from_slice(value);
            let key = if self.key.is_some() { key } else { value };
            keys[i * key.len()..][..key.len()].copy_from_slice(key);
        }
    }

    /// Steps and length of each input, in the order of x: query, value, key.
    pub fn input_sizes(&self) -> [(usize, usize); 3] {
        let key = self.key.map_or(0, |features| self.value[0] * features);
        [
            (self.query[0], self.query[0] * self.query[1]),
            (self.value[0], self.value[0] * self.value[1]),
            (self.value[0], key),
        ]
    }

    /// Whether position i of the query attends to position j of the value, by the masks and the window.
    pub fn attends(&self, masks: Masks<'_>, example: usize, i: usize, j: usize) -> bool {
        let (t, s) = self.steps();
        let counts = |input: usize, at: usize| masks(input).is_none_or(|m| m[at] != 0.0);
        let (query, value) = (example * t + i, example * s + j);
        let unmasked = counts(0, query) && counts(1, value) && counts(2, value);
        let near = self.window.is_none_or(|window| i.abs_diff(j) < window);
        unmasked && near && (!self.causal || j <= i)
    }

    /// Whether every position attends to all positions.
    pub fn attends_all(&self, masks: Masks<'_>) -> bool {
        !self.causal && self.window.is_none() && (0..3).all(|input| masks(input).is_none())
    }

    /// Draws the dropout factors of the attention weights.
    fn draw(&self, factors: &mut [f32], training: Option<u64>) {
        let Some(calls) = training else {
            factors.fill(1.0);
            return;
        };
        let mut stream = Stream::new(self.seed, calls);
        let scale = (1.0 / (1.0 - self.dropout)) as f32;
        for factor in factors {
            *factor = if stream.uniform() >= self.dropout as f32 {
                scale
            } else {
                0.0
            };
        }
    }

    /// The gradient of the activity penalty at a projection `z`, in `work`; empty without a penalty.
    fn penalty_gradient<'a>(&self, batch: usize, z: &[f32], work: &'a mut [f32]) -> &'a [f32] {
        let Some(regularizer) = &self.activity else {
            return &[];
        };
        let gradient = &mut work[..z.len()];
        gradient.fill(0.0);
        regularizer.add(&[z.len()], z, Some(gradient));
        let mean = 1.0 / batch as f32;
        gradient.iter_mut().for_each(|p| *p *= mean);
        gradient
    }

    /// The keys' bias adds the same number to all scores of a position, and softmax is invariant to that: apart from the
    /// activity penalty its gradient is exactly 0. (The computed sum would be rounding noise, which Adam would scale up to
    /// full steps.)
    fn key_bias_gradient(&self, batch: usize, keys: &[f32], work: &mut [f32], to: &mut [f32]) {
        rows::sum_rows(self.penalty_gradient(batch, keys, work), to);
    }

    fn n_dropped(&self, batch: usize) -> usize {
        if self.dropout > 0.0 {
            self.n_scores(batch)
        } else {
            0
        }
    }

    fn head_work(&self) -> usize {
        let (t, s) = self.steps();
        2 * (t + 2 * s) * self.key_dim.max(self.value_dim) + 2 * t * self.value_dim + t * s
    }
}

impl Layer for Attention {
    fn output_shape(&self) -> &Shape {
        &self.output_shape
    }

    fn params(&self) -> &[ParamSpec] {
        &self.params
    }

    /// Inputs and projections of queries, keys and values; outputs of the heads; attention weights; their dropout
    /// factors.
    fn scratch(&self, batch: usize) -> usize {
        let [q, k, v, o] = self.n_rows(batch);
        q.0 + q.1 + k.0 + k.1 + v.0 + v.1 + o.0 + self.n_scores(batch) + self.n_dropped(batch)
    }

    fn work(&self, batch: usize) -> usize {
        let [q, k, v, o] = self.n_rows(batch);
        let projected = q.1 + k.1 + v.1;
        q.0 + k.0 + v.0 + projected + o.0 + self.head_work().max(projected)
    }

    fn forward(&self, pass: Forward<'_>) {
        let (batch, (t, s)) = (pass.batch, self.steps());
        let (kd, vd) = (self.key_dim, self.value_dim);
        let [q, k, v, o] = self.n_rows(batch);
        let mut rest = pass.scratch;
        let inputs = [q.0, k.0, v.0].map(|n| take(&mut rest, n));
        let projected = [q.1, k.1, v.1].map(|n| take(&mut rest, n));
        let gathered = take(&mut rest, o.0);
        let scores = take(&mut rest, self.n_scores(batch));
        let factors = take(&mut rest, self.n_dropped(batch));
        self.draw(factors, pass.training);
        let [xq, xk, xv] = inputs;
        self.gather(batch, pass.x, [&mut *xq, &mut *xk, &mut *xv]);
        let weights = self.split(pass.params);
        let sizes = self.projections();
        let [queries, keys, values] = projected;
        for (i, (x, z)) in [
            (&*xq, &mut *queries),
            (&*xk, &mut *keys),
            (&*xv, &mut *values),
        ]
        .into_iter()
        .enumerate()
        {
            let (n_in, n_out) = (sizes[i].n_in, sizes[i].n_out);
            pass.products
                .product_plus(x, weights[i].0, weights[i].1, z, n_in, n_out);
        }
        let scale = 1.0 / (kd as f32).sqrt();
        let mut work = pass.work;
        let (qh, kh) = (take(&mut work, t * kd), take(&mut work, s * kd));
        let (vh, oh) = (take(&mut work, s * vd), take(&mut work, t * vd));
        let dropped = take(&mut work, t * s);
        let attends_all = self.attends_all(pass.masks);
        for example in 0..batch {
            for h in 0..self.heads {
                let head = self.head(example, h);
                head.read(queries, kd, qh);
                qh.iter_mut().for_each(|q| *q *= scale);
                head.read(keys, kd, kh);
                head.read(values, vd, vh);
                let at = (example * self.heads + h) * t * s;
                let scores = &mut scores[at..at + t * s];
                pass.products.with_transposed(qh, kh, scores, kd, s);
                for (i, row) in scores.chunks_exact_mut(s).enumerate() {
                    if attends_all {
                        reduce::softmax(row);
                        continue;
                    }
                    let mut attends_any = false;
                    for (j, score) in row.iter_mut().enumerate() {
                        let attends = self.attends(pass.masks, example, i, j);
                        attends_any |= attends;
                        if !attends {
                            *score = MASKED;
                        }
                    }
                    reduce::softmax(row);
                    // For a fully masked row, Keras returns 0 with dropout (its Softmax layer does so), and the average of
                    // all values without.
                    if self.dropout > 0.0 && !attends_any {
                        row.fill(0.0);
                    }
                }
                let used = match factors.get(at..at + t * s).filter(|f| !f.is_empty()) {
                    None => &*scores,
                    Some(factors) => {
                        for ((to, score), factor) in dropped.iter_mut().zip(&*scores).zip(factors) {
                            *to = score * factor;
                        }
                        &*dropped
                    }
                };
                pass.products.product(used, vh, oh, s, vd);
                head.write(gathered, vd, oh);
            }
        }
        pass.products.product_plus(
            gathered,
            weights[3].0,
            weights[3].1,
            pass.y,
            sizes[3].n_in,
            sizes[3].n_out,
        );
    }

    fn backward(&self, pass: Backward<'_>) {
        let batch = pass.batch;
        let kd = self.key_dim;
        let [q, k, v, o] = self.n_rows(batch);
        let mut rest = &*pass.scratch;
        let inputs = [q.0, k.0, v.0].map(|n| take_ref(&mut rest, n));
        let [queries, keys, values] = [q.1, k.1, v.1].map(|n| take_ref(&mut rest, n));
        let gathered = take_ref(&mut rest, o.0);
        let scores = take_ref(&mut rest, self.n_scores(batch));
        let factors = take_ref(&mut rest, self.n_dropped(batch));
        let weights = self.split(pass.params);
        let sizes = self.projections();
        let mut work = pass.work;
        let dgathered = take(&mut work, o.0);
        let [dq, dk, dv] = [q.1, k.1, v.1].map(|n| take(&mut work, n));
        let dinputs = [q.0, k.0, v.0].map(|n| take(&mut work, n));
        let mut dparams = pass.dparams;
        let (dy, products) = (&*pass.dy, pass.products);
        products.with_transposed(dy, weights[3].0, dgathered, sizes[3].n_out, sizes[3].n_in);
        let scale = 1.0 / (kd as f32).sqrt();
        self.heads_back(
            batch,
            [queries, keys, values],
            (scores, factors, scale, pass.masks),
            [dgathered, &mut *dq, &mut *dk, &mut *dv],
            &mut *work,
            products,
        );
        if self.activity.is_some() {
            for (z, d) in [(queries, &mut *dq), (keys, &mut *dk), (values, &mut *dv)] {
                let penalty = self.penalty_gradient(batch, z, work);
                d.iter_mut().zip(penalty).for_each(|(d, p)| *d += p);
            }
        }
        let pairs: [(&[f32], &[f32]); 4] = [
            (inputs[0], &*dq),
            (inputs[1], &*dk),
            (inputs[2], &*dv),
            (gathered, dy),
        ];
        for (i, (x, d)) in pairs.into_iter().enumerate() {
            let dkernel = take(&mut dparams, sizes[i].n_in * sizes[i].n_out);
            products.of_transposed(x, d, dkernel, sizes[i].n_in, sizes[i].n_out);
            if self.bias {
                let dbias = take(&mut dparams, sizes[i].n_out);
                match i {
                    KEY => self.key_bias_gradient(batch, keys, work, dbias),
                    _ => rows::sum_rows(d, dbias),
                }
            }
        }
        let Some(dx) = pass.dx else { return };
        let [dxq, dxk, dxv] = dinputs;
        for (i, (d, to)) in [(&*dq, &mut *dxq), (&*dk, &mut *dxk), (&*dv, &mut *dxv)]
            .into_iter()
            .enumerate()
        {
            products.with_transposed(d, weights[i].0, to, sizes[i].n_out, sizes[i].n_in);
        }
        self.scatter(dx, [dxq, dxk, dxv]);
    }

    fn mask_flow(&self) -> MaskFlow {
        MaskFlow::Passes
    }

    fn activity_regularizer(&self) -> Option<&Regularizer> {
        self.activity.as_ref()
    }

    /// Keras passes the activity regularizer to the projections, too: the penalty includes queries, keys and values.
    fn inner_penalty(&self, scratch: &[f32], batch: usize) -> f32 {
        let [q, k, v, _] = self.n_rows(batch);
        let projected = &scratch[q.0 + k.0 + v.0..][..q.1 + k.1 + v.1];
        let penalty = |r: &Regularizer| r.add(&[projected.len()], projected, None) / batch as f32;
        self.activity.as_ref().map_or(0.0, penalty)
    }
}
