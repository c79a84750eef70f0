//! The heads of attention: their columns in and out of rows of all heads, and the way back through them.

use super::Attention;
use crate::kernels::matmul::Products;
use crate::layers::layer::Masks;

/// Takes as many numbers off the front.
#[inline(never)]
pub fn take<'a>(rest: &mut &'a mut [f32], n: usize) -> &'a mut [f32] {
    let (first, others) = std::mem::take(rest).split_at_mut(n);
    *rest = others;
    first
}

/// As [`take`], to read only.
#[inline(never)]
pub fn take_ref<'a>(rest: &mut &'a [f32], n: usize) -> &'a [f32] {
    let (first, others) = rest.split_at(n);
    *rest = others;
    first
}

/// Copies a head's columns into rows of all heads.
#[inline(never)]
pub fn into_head(rows: &mut [f32], width: usize, at: usize, own: &[f32], n: usize) {
    for (row, own) in rows.chunks_exact_mut(width).zip(own.chunks_exact(n)) {
        row[at..at + n].copy_from_slice(own);
    }
}

/// Copies a head's columns out of rows of all heads.
#[inline(never)]
pub fn head_of(rows: &[f32], width: usize, at: usize, own: &mut [f32], n: usize) {
    for (row, own) in rows.chunks_exact(width).zip(own.chunks_exact_mut(n)) {
        own.copy_from_slice(&row[at..at + n]);
    }
}

impl Attention {
    /// From the gradient at the heads' outputs to those at queries, keys and values.
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
        let (wide_k, wide_v) = (self.heads * kd, self.heads * vd);
        let mut work = work;
        let (qh, kh) = (take(&mut work, t * kd), take(&mut work, s * kd));
        let (vh, doh) = (take(&mut work, s * vd), take(&mut work, t * vd));
        let (dqh, dkh) = (take(&mut work, t * kd), take(&mut work, s * kd));
        let (dvh, ds) = (take(&mut work, s * vd), take(&mut work, t * s));
        for example in 0..batch {
            for h in 0..self.heads {
                head_of(
                    &queries[example * t * wide_k..][..t * wide_k],
                    wide_k,
                    h * kd,
                    qh,
                    kd,
                );
                head_of(
                    &keys[example * s * wide_k..][..s * wide_k],
                    wide_k,
                    h * kd,
                    kh,
                    kd,
                );
                head_of(
                    &values[example * s * wide_v..][..s * wide_v],
                    wide_v,
                    h * vd,
                    vh,
                    vd,
                );
                head_of(
                    &dgathered[example * t * wide_v..][..t * wide_v],
                    wide_v,
                    h * vd,
                    doh,
                    vd,
                );
                let at = (example * self.heads + h) * t * s;
                let scores = &scores[at..at + t * s];
                let factors = factors.get(at..at + t * s).filter(|f| !f.is_empty());
                // At the values: the weights that were used, transposed.
                match factors {
                    None => ds.copy_from_slice(scores),
                    Some(factors) => {
                        for ((d, score), factor) in ds.iter_mut().zip(scores).zip(factors) {
                            *d = score * factor;
                        }
                    }
                }
                products.of_transposed(ds, doh, dvh, s, vd);
                products.with_transposed(doh, vh, ds, vd, s);
                if let Some(factors) = factors {
                    ds.iter_mut()
                        .zip(factors)
                        .for_each(|(d, factor)| *d *= factor);
                }
                let rows = ds.chunks_exact_mut(s).zip(scores.chunks_exact(s));
                for (i, (row, p)) in rows.enumerate() {
                    let along: f32 = row.iter().zip(p).map(|(d, p)| d * p).sum();
                    for (j, (d, p)) in row.iter_mut().zip(p).enumerate() {
                        // What stands in for a masked score is a constant.
                        let counts = self.sees(masks, example, i, j);
                        *d = if counts {
                            p * (*d - along) * scale
                        } else {
                            0.0
                        };
                    }
                }
                products.product(ds, kh, dqh, s, kd);
                products.of_transposed(ds, qh, dkh, s, kd);
                into_head(
                    &mut dq[example * t * wide_k..][..t * wide_k],
                    wide_k,
                    h * kd,
                    dqh,
                    kd,
                );
                into_head(
                    &mut dk[example * s * wide_k..][..s * wide_k],
                    wide_k,
                    h * kd,
                    dkh,
                    kd,
                );
                into_head(
                    &mut dv[example * s * wide_v..][..s * wide_v],
                    wide_v,
                    h * vd,
                    dvh,
                    vd,
                );
            }
        }
    }

    /// Lays the gradients of queries, keys and values where the inputs lie.
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
