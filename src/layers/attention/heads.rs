//! The heads of attention: copying their columns in and out of rows of all heads, and their backward pass.

use super::Attention;
use crate::kernels::matmul::Products;
use crate::kernels::{elementwise, reduce};
use crate::layers::common::take;
use crate::layers::layer::Masks;

/// Scores of a block: 8 KiB.
const SCORES: usize = 2048;

/// Which columns of which rows belong to a head, where the rows have `n` columns for each of all heads.
#[derive(Clone, Copy)]
pub struct Head {
    /// The example.
    pub example: usize,
    /// Index of the head.
    pub index: usize,
    /// Number of heads.
    pub heads: usize,
}

impl Head {
    /// Copies its columns of all steps, `own`, into rows of all heads.
    pub fn write(self, rows: &mut [f32], n: usize, own: &[f32]) {
        let (at, len) = (self.index * n, self.heads * own.len());
        let rows = rows[self.example * len..][..len].chunks_exact_mut(self.heads * n);
        for (row, own) in rows.zip(own.chunks_exact(n)) {
            row[at..at + n].copy_from_slice(own);
        }
    }

    /// Copies its columns of all steps, `own`, out of rows of all heads.
    pub fn read(self, rows: &[f32], n: usize, own: &mut [f32]) {
        let (at, len) = (self.index * n, self.heads * own.len());
        let rows = rows[self.example * len..][..len].chunks_exact(self.heads * n);
        for (row, own) in rows.zip(own.chunks_exact_mut(n)) {
            own.copy_from_slice(&row[at..at + n]);
        }
    }

    /// As [`Head::read`], transposed: a column after the other.
    pub fn read_transposed(self, rows: &[f32], n: usize, own: &mut [f32]) {
        let (at, len) = (self.index * n, self.heads * own.len());
        let steps = own.len() / n;
        let rows = rows[self.example * len..][..len].chunks_exact(self.heads * n);
        for (step, row) in rows.enumerate() {
            let to = own.iter_mut().skip(step).step_by(steps);
            to.zip(&row[at..at + n]).for_each(|(to, from)| *to = *from);
        }
    }
}

impl Attention {
    /// Positions of the query that the backward pass takes at a time, so that their scores stay in an L1 cache from one
    /// product to the next: the sums over positions go on from block to block.
    pub fn block(&self) -> usize {
        let (t, s) = self.steps();
        t.min((SCORES / s / 4 * 4).max(8))
    }

    /// A head of an example.
    pub fn head(&self, example: usize, index: usize) -> Head {
        Head {
            example,
            index,
            heads: self.heads,
        }
    }

    /// Backward pass of the heads: fills `dq`, `dk` and `dv` from the gradient at their outputs.
    pub fn heads_back(
        &self,
        batch: usize,
        [queries, keys, values]: [&[f32]; 3],
        (scores, factors, scale, masks): (&[f32], &[f32], f32, Masks<'_>),
        [dgathered, dq, dk, dv]: [&mut [f32]; 4],
        work: &mut [f32],
        products: &mut Products,
    ) {
        let (t, s) = self.steps();
        let (kd, vd) = (self.key_dim, self.value_dim);
        let rows = self.block();
        let mut work = work;
        let (qh, kh) = (take(&mut work, t * kd), take(&mut work, s * kd));
        let (vh, doh) = (take(&mut work, s * vd), take(&mut work, t * vd));
        let (dqh, dkh) = (take(&mut work, t * kd), take(&mut work, s * kd));
        let (dvh, ds) = (take(&mut work, s * vd), take(&mut work, rows * s));
        let attends_all = self.attends_all(masks);
        for example in 0..batch {
            for h in 0..self.heads {
                let head = self.head(example, h);
                head.read(queries, kd, qh);
                qh.iter_mut().for_each(|q| *q *= scale);
                head.read(keys, kd, kh);
                head.read_transposed(values, vd, vh);
                head.read(dgathered, vd, doh);
                let at = (example * self.heads + h) * t * s;
                for start in (0..t).step_by(rows) {
                    let end = t.min(start + rows);
                    let scored = at + start * s..at + end * s;
                    let ds = &mut ds[..scored.len()];
                    let of_keys = start * kd..end * kd;
                    let (q, dq) = (&qh[of_keys.clone()], &mut dqh[of_keys]);
                    let d = &doh[start * vd..end * vd];
                    let factors = factors.get(scored.clone()).filter(|f| !f.is_empty());
                    let scores = &scores[scored];
                    // The gradient at the values: the attention weights after dropout, transposed, times the gradient.
                    let used = match factors {
                        None => scores,
                        Some(factors) => {
                            elementwise::times(scores, factors, ds);
                            &*ds
                        }
                    };
                    products.add_of_transposed((used, d), dvh, (s, vd), start == 0);
                    products.product(d, vh, ds, vd, s);
                    if let Some(factors) = factors {
                        ds.iter_mut()
                            .zip(factors)
                            .for_each(|(d, factor)| *d *= factor);
                    }
                    let pairs = ds.chunks_exact_mut(s).zip(scores.chunks_exact(s));
                    for (i, (row, p)) in (start..).zip(pairs) {
                        reduce::softmax_back(p, row);
                        if !attends_all {
                            // A masked score is a constant.
                            let masked = (0..s).filter(|j| !self.attends(masks, example, i, *j));
                            masked.for_each(|j| row[j] = 0.0);
                        }
                    }
                    products.product(ds, kh, dq, s, kd);
                    products.add_of_transposed((ds, q), dkh, (s, kd), start == 0);
                }
                dqh.iter_mut().for_each(|d| *d *= scale);
                head.write(dq, kd, dqh);
                head.write(dk, kd, dkh);
                head.write(dv, vd, dvh);
            }
        }
    }

    /// Copies the gradients at query, key and value into `dx`, in the layout of the inputs.
    pub fn scatter(&self, dx: &mut [f32], [queries, keys, values]: [&mut [f32]; 3]) {
        let sizes = self.input_sizes();
        let width: usize = sizes.iter().map(|(_, n)| n).sum();
        let n_key = if self.key.is_some() {
            sizes[2].1
        } else {
            sizes[1].1
        };
        for (i, dx) in dx.chunks_exact_mut(width).enumerate() {
            let (query, rest) = dx.split_at_mut(sizes[0].1);
            let (value, key) = rest.split_at_mut(sizes[1].1);
            query.copy_from_slice(&queries[i * query.len()..][..query.len()]);
            value.copy_from_slice(&values[i * value.len()..][..value.len()]);
            let from = &keys[i * n_key..][..n_key];
            if self.key.is_some() {
                key.copy_from_slice(from);
            } else {
                value
                    .iter_mut()
                    .zip(from)
                    .for_each(|(to, from)| *to += from);
            }
        }
    }
}
