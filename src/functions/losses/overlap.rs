//! How far two areas, given by a share at each place, fail to overlap: for segmentation.

use super::shared::{EPSILON, REDUCTION, WHOLE_AXES, entry, number};
use super::{Form, LossKind, TakesLogits, Targets};

/// Sums over a row, or over a batch, in double precision.
fn sum(numbers: impl Iterator<Item = f32>) -> f32 {
    numbers.map(f64::from).sum::<f64>() as f32
}

pub const DICE: LossKind = LossKind {
    class: entry(
        ("Dice", "dice"),
        &[],
        "Dice",
        "L = 1 - 2 sum t p / (sum t + sum p)",
        "For areas: 0 where they cover each other; over the whole batch unless axis is -1.",
        &[&REDUCTION, &WHOLE_AXES],
    ),
    form: Form::Whole(|row| {
        let both = 2.0 * sum(row.t.iter().zip(row.p).map(|(t, p)| t * p));
        let all = sum(row.t.iter().copied()) + sum(row.p.iter().copied()) + EPSILON;
        for (t, d) in row.t.iter().zip(row.d) {
            *d = (both / all - 2.0 * t) / all;
        }
        1.0 - both / all
    }),
    targets: Targets::Numbers,
    takes_logits: TakesLogits::Never,
};

pub const TVERSKY: LossKind = LossKind {
    class: entry(
        ("Tversky", "tversky"),
        &[],
        "Tversky",
        "L = 1 - TP / (TP + alpha FN + beta FP)",
        "As Dice, with a price for what is missed (alpha) and for what is too much (beta). (Keras' \
         manual has alpha and beta the other way round; 3.15.1 computes this.)",
        &[
            &number("alpha", "Price of what is missed.", (0.0, 1e6), 0.5),
            &number("beta", "Price of what is too much.", (0.0, 1e6), 0.5),
            &REDUCTION,
            &WHOLE_AXES,
        ],
    ),
    form: Form::Whole(|row| {
        let (alpha, beta) = (row.options[0], row.options[1]);
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
    }),
    targets: Targets::Numbers,
    takes_logits: TakesLogits::Never,
};
