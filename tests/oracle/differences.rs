//! The oracle's derivatives held to its own finite differences.

use super::check::{Found, norm};
use super::number::Mode;
use super::tensor::Param;
use super::{Passed, Problem};
use glassbox::numerics::rng::Stream;

/// What the issue asks for: derivatives against finite differences, relative.
pub const SMOOTH: f64 = 1e-6;
/// The derivative of `f` at 0, by central differences of ever smaller steps, of which those are
/// extrapolated that agree best (Ridders, 1982). None where a kink is too near.
fn derivative(f: impl Fn(f64) -> (f64, u64), centre: u64) -> Option<f64> {
    let (mut best, mut error) = (None, f64::INFINITY);
    let mut rows: Vec<Vec<f64>> = Vec::new();
    for level in 4..17 {
        let h = 0.5f64.powi(level);
        let ((up, a), (down, b)) = (f(h), f(-h));
        if a != centre || b != centre || !(up - down).is_finite() {
            rows.clear();
            continue;
        }
        let mut row = vec![(up - down) / (2.0 * h)];
        if let Some(last) = rows.last() {
            let mut factor = 1.0;
            for (i, before) in last.iter().enumerate() {
                factor *= 4.0;
                let next = (factor * row[i] - before) / (factor - 1.0);
                let off = f64::max((next - row[i]).abs(), (next - before).abs());
                if off < error {
                    (best, error) = (Some(next), off);
                }
                row.push(next);
            }
        }
        rows.push(row);
        if best.is_some_and(|d| error < 1e-10 * d.abs()) {
            break;
        }
    }
    best
}

/// The oracle's derivative along directions, each in one array, against its finite differences.
///
/// # Errors
/// Where they disagree.
pub fn differences(
    problem: &Problem,
    params: &[Param],
    own: &Passed,
    stream: &mut Stream,
    found: &mut Found,
) -> Result<(), String> {
    let trainable: Vec<usize> = (0..params.len()).filter(|i| params[*i].trainable).collect();
    let mut start = 0;
    for i in trainable {
        let n = params[i].data.len();
        let g = &own.gradient[start..start + n];
        start += n;
        // Half of it along the gradient itself, so that the derivative is never small by chance.
        let random: Vec<f64> = (0..n).map(|_| f64::from(stream.uniform()) - 0.5).collect();
        let (length, steepness) = (norm(&random).max(1e-3), norm(g));
        let along = |k: usize| {
            if steepness > 0.0 {
                g[k] / steepness
            } else {
                0.0
            }
        };
        let direction: Vec<f64> = (0..n).map(|k| random[k] / length + along(k)).collect();
        let wanted: f64 = direction.iter().zip(g).map(|(d, g)| d * g).sum();
        let at = |h: f64| {
            let mut moved = params.to_vec();
            moved[i]
                .data
                .iter_mut()
                .zip(&direction)
                .for_each(|(w, d)| *w += h * d);
            let passed = problem.pass(&moved, Mode::Values);
            (passed.loss, passed.turns.taken)
        };
        found.directions += 1;
        let Some(got) = derivative(at, own.turns.taken) else {
            found.kinks += 1;
            continue;
        };
        // What differences of a number of this size can tell at all.
        let least = 1e-9 * (1.0 + own.loss.abs());
        let error = (got - wanted).abs();
        if error > least.max(SMOOTH * wanted.abs()) {
            return Err(format!(
                "{}: the oracle's derivative is {wanted}, its difference {got}",
                params[i].path
            ));
        }
        if wanted.abs() > 1e3 * least {
            found.difference = found.difference.max(error / wanted.abs());
        }
    }
    Ok(())
}
