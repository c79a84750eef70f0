//! Overlap losses for segmentation: how far two areas, given by a probability at each position, fail to overlap.

use super::loss::{Form, LossKind, Row, Settings, Targets};
use super::shared::{EPSILON, REDUCTION, WHOLE_AXES};
use crate::options::declare::class;
use crate::options::{Default, Kind};

/// Sums over a row, or over a batch, in double precision.
fn sum(numbers: impl Iterator<Item = f32>) -> f32 {
    numbers.map(f64::from).sum::<f64>() as f32
}

class! {
    /// For areas (segmentation): 0 where prediction and target coincide. One value for the whole batch unless axis is
    /// -1.
    #[formula("L = 1 - 2 sum t p / (sum t + sum p)")]
    #[group("overlap")]
    struct Dice("Dice", "dice", "Dice") {
        reduction: &'static str = REDUCTION;
        axis: Vec<i64> = WHOLE_AXES;
    }
}

pub static DICE: LossKind = LossKind::new(Dice::SPEC, Targets::Numbers, |config| {
    let options = Dice::of(config);
    Settings {
        axis: options.axis,
        ..Settings::new(options.reduction, Form::Whole(Box::new(dice)))
    }
});

fn dice(row: Row<'_>) -> f32 {
    let both = 2.0 * sum(row.t.iter().zip(row.p).map(|(t, p)| t * p));
    let all = sum(row.t.iter().copied()) + sum(row.p.iter().copied()) + EPSILON;
    for (t, d) in row.t.iter().zip(row.d) {
        *d = (both / all - 2.0 * t) / all;
    }
    1.0 - both / all
}

class! {
    /// As Dice, with separate weights for missed areas (alpha) and for false ones (beta). (The manual of Keras
    /// exchanges alpha and beta; Keras 3.15.1 computes this.)
    #[formula("L = 1 - TP / (TP + alpha FN + beta FP)")]
    #[group("overlap")]
    struct Tversky("Tversky", "tversky", "Tversky") {
        /// Weight of missed areas (false negatives).
        alpha("alpha"): f32 = Kind::Float(0.0, 1e6), Default::Float(0.5);
        /// Weight of false areas (false positives).
        #[advanced]
        beta("beta"): f32 = Kind::Float(0.0, 1e6), Default::Float(0.5);
        reduction: &'static str = REDUCTION;
        axis: Vec<i64> = WHOLE_AXES;
    }
}

pub static TVERSKY: LossKind = LossKind::new(Tversky::SPEC, Targets::Numbers, |config| {
    let options = Tversky::of(config);
    let (alpha, beta) = (options.alpha, options.beta);
    let form = Form::Whole(Box::new(move |row| tversky(alpha, beta, row)));
    Settings {
        axis: options.axis,
        ..Settings::new(options.reduction, form)
    }
});

fn tversky(alpha: f32, beta: f32, row: Row<'_>) -> f32 {
    let pairs = || row.t.iter().zip(row.p);
    let both = sum(pairs().map(|(t, p)| t * p));
    let missed = sum(pairs().map(|(t, p)| (1.0 - p) * t));
    let extra = sum(pairs().map(|(t, p)| p * (1.0 - t)));
    let all = both + missed * alpha + extra * beta + EPSILON;
    for (t, d) in row.t.iter().zip(row.d) {
        let grows = t - alpha * t + beta * (1.0 - t);
        *d = (both / all * grows - t) / all;
    }
    1.0 - both / all
}
