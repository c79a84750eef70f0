//! Focal losses: cross-entropies in which what is well answered already counts less.

use super::entropies::binary;
use super::shared::{
    AXES, FROM_LOGITS, LABEL_SMOOTHING, REDUCTION, clipped, entry, log_softmax, number, smoothed,
};
use super::{Form, LossKind, Row, TakesLogits, Targets};
use crate::numerics::math;
use crate::options::{Default, Kind, OptionSpec, help_text};

const ALPHA: OptionSpec = number("alpha", "Weight of the positive class.", (0.0, 1e6), 0.25);
const GAMMA: OptionSpec = number(
    "gamma",
    "How much less what is well answered counts.",
    (0.0, 100.0),
    2.0,
);

pub const BINARY: LossKind = LossKind {
    class: entry(
        ("BinaryFocalCrossentropy", "binary_focal_crossentropy"),
        &[],
        "Binary focal cross-entropy",
        "L = (1 - p_t)^gamma BCE, p_t the probability of the right answer",
        "For yes or no where one of them is rare. (Behind a sigmoid TensorFlow takes the cross-entropy \
         from the logits, as for binary cross-entropy.)",
        &[
            &OptionSpec {
                name: "apply_class_balancing",
                label: "class balancing",
                doc: help_text("Weighs yes by alpha and no by 1 - alpha."),
                kind: Kind::Bool,
                default: Default::Bool(false),
                advanced: false,
                start: "",
            },
            &ALPHA,
            &GAMMA,
            &FROM_LOGITS,
            &LABEL_SMOOTHING,
            &AXES,
            &REDUCTION,
        ],
    ),
    form: Form::Row(binary_focal),
    targets: Targets::Probabilities,
    takes_logits: TakesLogits::UnlessFromLogits,
};

/// The cross-entropy takes logits as a sigmoid's, whatever made them; the focus takes the probability
/// that came out of the sigmoid or softmax.
fn binary_focal(row: Row<'_>) -> f32 {
    let n = row.p.len() as f32;
    let (balanced, alpha, gamma) = (row.options[0] != 0.0, row.options[1], row.options[2]);
    let log_sum = match row.softmax {
        true => log_softmax(row.p, row.d),
        false => 0.0,
    };
    let (mut sum, mut along) = (0.0, 0.0);
    for ((t, p), d) in row.t.iter().zip(row.p).zip(row.d.iter_mut()) {
        let t = smoothed(*t, row.options[4], 2.0);
        let (entropy, slope) = binary(t, *p, row.logits);
        // The probability, and how it moves with p.
        let (q, moves) = if row.softmax {
            (*d, *d)
        } else if row.logits {
            let q = math::sigmoid(*p);
            (q, q * (1.0 - q))
        } else {
            (*p, 1.0)
        };
        let miss = 1.0 - (t * q + (1.0 - t) * (1.0 - q));
        let focus = math::pow(miss, gamma);
        let weight = if balanced {
            t * alpha + (1.0 - t) * (1.0 - alpha)
        } else {
            1.0
        };
        sum += weight * (focus * entropy);
        let drift = if gamma == 0.0 {
            0.0
        } else {
            gamma * math::pow(miss, gamma - 1.0) * (1.0 - 2.0 * t) * moves
        };
        *d = weight * (focus * slope + entropy * drift) / n;
        along += weight * entropy * drift / n;
    }
    if row.softmax {
        // The softmax's other outputs move against each of them.
        for (p, d) in row.p.iter().zip(row.d) {
            *d -= math::exp(*p - log_sum) * along;
        }
    }
    sum / n
}

pub const CATEGORICAL: LossKind = LossKind {
    class: entry(
        (
            "CategoricalFocalCrossentropy",
            "categorical_focal_crossentropy",
        ),
        &[],
        "Categorical focal cross-entropy",
        "L = -sum_i alpha (1 - p_i)^gamma t_i ln p_i",
        "For one class out of several of which some are rare, with one-hot targets.",
        &[
            &ALPHA,
            &GAMMA,
            &FROM_LOGITS,
            &LABEL_SMOOTHING,
            &AXES,
            &REDUCTION,
        ],
    ),
    form: Form::Row(categorical_focal),
    targets: Targets::Probabilities,
    takes_logits: TakesLogits::Never,
};

fn categorical_focal(row: Row<'_>) -> f32 {
    let n = row.p.len() as f32;
    let (alpha, gamma) = (row.options[0], row.options[1]);
    if row.logits {
        log_softmax(row.p, row.d);
    } else {
        row.d.copy_from_slice(row.p);
    }
    let total: f32 = row.d.iter().sum();
    // Value of one output at its share of the row, and its slope there.
    let of = |t: f32, share: f32| {
        let t = smoothed(t, row.options[3], n);
        let (q, moves) = clipped(share);
        let (focus, log) = (math::pow(1.0 - q, gamma), math::ln(q));
        let drift = gamma * math::pow(1.0 - q, gamma - 1.0) * log;
        let slope = alpha * t * (drift - focus / q);
        (alpha * focus * -t * log, if moves { slope } else { 0.0 })
    };
    let (mut loss, mut along) = (0.0, 0.0);
    for (t, y) in row.t.iter().zip(&*row.d) {
        let (value, slope) = of(*t, y / total);
        loss += value;
        along += slope * (y / total);
    }
    for (t, d) in row.t.iter().zip(row.d.iter_mut()) {
        let y = *d;
        *d = (of(*t, y / total).1 - along) / total;
        if row.logits {
            // Softmax's derivative: what it takes off along the row is taken off already.
            *d *= y;
        }
    }
    loss
}
