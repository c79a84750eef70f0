//! Elementwise operations on arrays of the same length, for recurrent cells and attention.
//!
//! Not inlined: as arguments of a function, the arrays are known not to overlap, so each loop becomes SIMD code. A loop over
//! more arrays inside a larger function does not.

/// out = a b.
#[inline(never)]
pub fn times(a: &[f32], b: &[f32], out: &mut [f32]) {
    for ((out, a), b) in out.iter_mut().zip(a).zip(b) {
        *out = a * b;
    }
}

/// out += a.
#[inline(never)]
pub fn add(a: &[f32], out: &mut [f32]) {
    for (out, a) in out.iter_mut().zip(a) {
        *out += a;
    }
}

/// out += a b.
#[inline(never)]
pub fn add_times(a: &[f32], b: &[f32], out: &mut [f32]) {
    for ((out, a), b) in out.iter_mut().zip(a).zip(b) {
        *out += a * b;
    }
}

/// Copies `[parts, rows, n]` to `[rows, parts, n]`.
#[inline(never)]
pub fn side_by_side(from: &[f32], n: usize, parts: usize, to: &mut [f32]) {
    let size = from.len() / parts;
    for (row, to) in to.chunks_exact_mut(parts * n).enumerate() {
        for part in 0..parts {
            let from = &from[part * size + row * n..][..n];
            let to = &mut to[part * n..][..n];
            let (fours, rest) = from.as_chunks::<4>();
            let (to_fours, to_rest) = to.as_chunks_mut();
            for (to, four) in to_fours.iter_mut().zip(fours) {
                *to = *four;
            }
            for (to, from) in to_rest.iter_mut().zip(rest) {
                *to = *from;
            }
        }
    }
}
