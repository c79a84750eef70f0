//! Matrices with orthogonal rows or columns, from the QR decomposition of normal numbers.

use crate::numerics::rng::Stream;

/// Fills `out` with `gain` times Q of the QR decomposition of a normal matrix, its signs such that R's diagonal is
/// positive. Gram-Schmidt in double precision; each column is made orthogonal twice, against rounding errors.
pub fn fill(stream: &mut Stream, shape: &[usize], gain: f32, out: &mut [f32]) {
    let columns = shape.last().copied().unwrap_or(1).max(1);
    let rows = out.len() / columns;
    let (long, short) = (rows.max(columns), rows.min(columns));
    // `q` is stored by columns; Keras draws by rows.
    let mut q = vec![0.0f64; long * short];
    for i in 0..long {
        for j in 0..short {
            q[j * long + i] = f64::from(stream.normal());
        }
    }
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    for j in 0..short {
        let (done, rest) = q.split_at_mut(j * long);
        let column = &mut rest[..long];
        for other in done.chunks_exact(long).chain(done.chunks_exact(long)) {
            let along = dot(other, column);
            column
                .iter_mut()
                .zip(other)
                .for_each(|(c, o)| *c -= along * o);
        }
        let length = dot(column, column).sqrt();
        column.iter_mut().for_each(|c| *c /= length);
    }
    for (at, w) in out.iter_mut().enumerate() {
        let (i, j) = (at / columns, at % columns);
        let source = if rows < columns {
            i * long + j
        } else {
            j * long + i
        };
        *w = gain * q[source] as f32;
    }
}
