//! Operations on the rows of a row-major array `[rows, width]`.

/// Adds `bias` (`[width]`) to every row of `y`.
#[inline(never)]
pub fn add_bias(y: &mut [f32], bias: &[f32]) {
    for row in y.chunks_exact_mut(bias.len()) {
        for (y, b) in row.iter_mut().zip(bias) {
            *y += b;
        }
    }
}

/// Sums the rows of `y` into `out` (`[width]`), from the first row to the last.
#[inline(never)]
pub fn sum_rows(y: &[f32], out: &mut [f32]) {
    out.fill(0.0);
    for row in y.chunks_exact(out.len()) {
        for (sum, y) in out.iter_mut().zip(row) {
            *sum += y;
        }
    }
}

/// Copies the chosen rows of `from` (`[n, width]`) one after another into `to`.
#[inline(never)]
pub fn gather(from: &[f32], width: usize, chosen: &[u32], to: &mut [f32]) {
    for (row, &i) in to.chunks_exact_mut(width).zip(chosen) {
        let at = i as usize * width;
        row.copy_from_slice(&from[at..at + width]);
    }
}

/// Whether every number is finite. Lanes keep it free of branches, and of waiting for one another.
#[inline(never)]
pub fn all_finite(values: &[f32]) -> bool {
    // x * 0 is 0 for a finite x, and NaN otherwise.
    let mut lanes = [0.0f32; 32];
    let (chunks, rest) = values.as_chunks::<32>();
    for chunk in chunks {
        for (lane, x) in lanes.iter_mut().zip(chunk) {
            *lane += x * 0.0;
        }
    }
    let rest: f32 = rest.iter().map(|x| x * 0.0).sum();
    lanes.iter().sum::<f32>() + rest == 0.0
}
