//! Focal losses: cross-entropies that give less weight to examples with a confident right prediction.

use super::binary::binary;
use super::loss::{LossKind, Row, Settings, TakesLogits, Targets};
use super::shared::{
    AXES, FROM_LOGITS, LABEL_SMOOTHING, REDUCTION, clipped, log_softmax, smoothed,
};
use crate::numerics::math;
use crate::options::declare::{class, options};
use crate::options::{Default, Kind};

options! {
    /// Strength with which confident right predictions lose weight.
    #[advanced]
    GAMMA = gamma("gamma"), Kind::Float(0.0, 100.0), Default::Float(2.0);
}

class! {
    /// For yes/no questions where one of the answers is rare. (After a sigmoid the cross-entropy is computed from the
    /// logits, as for binary cross-entropy.)
    #[formula("L = (1 - p_t)^gamma BCE, p_t the probability of the right answer")]
    #[group("for classes")]
    struct BinaryFocalCrossentropy(
        "BinaryFocalCrossentropy", "binary_focal_crossentropy", "Binary focal cross-entropy"
    ) {
        /// Multiplies the loss of positive examples by alpha and that of negative ones by 1 - alpha.
        apply_class_balancing("class balancing"): bool = Kind::Bool, Default::Bool(false);
        /// Weight of the positive class.
        #[advanced]
        alpha("alpha"): f32 = Kind::Float(0.0, 1e6), Default::Float(0.25);
        gamma: f32 = GAMMA;
        from_logits: bool = FROM_LOGITS;
        label_smoothing: f32 = LABEL_SMOOTHING;
        axis: Vec<i64> = AXES;
        reduction: &'static str = REDUCTION;
    }
}

pub static BINARY: LossKind = LossKind::new(
    BinaryFocalCrossentropy::SPEC,
    Targets::Probabilities,
    |config| {
        let mut options = BinaryFocalCrossentropy::of(config);
        Settings {
            from_logits: options.from_logits,
            axis: std::mem::take(&mut options.axis),
            ..Settings::by_row(options.reduction, move |row| binary_focal(&options, row))
        }
    },
)
.taking_logits(TakesLogits::UnlessFromLogits);

/// The cross-entropy treats logits as those of a sigmoid. The focal factor uses the probability after the sigmoid or
/// softmax.
fn binary_focal(options: &BinaryFocalCrossentropy, row: Row<'_>) -> f32 {
    let n = row.p.len() as f32;
    let (alpha, gamma) = (options.alpha, options.gamma);
    let log_sum = match row.softmax {
        true => log_softmax(row.p, row.d),
        false => 0.0,
    };
    let (mut sum, mut along) = (0.0, 0.0);
    for ((t, p), d) in row.t.iter().zip(row.p).zip(row.d.iter_mut()) {
        let t = smoothed(*t, options.label_smoothing, 2.0);
        let (entropy, slope) = binary(t, *p, row.logits);
        // The probability, and its derivative with respect to p.
        let (q, dq) = if row.softmax {
            (*d, *d)
        } else if row.logits {
            let q = math::sigmoid(*p);
            (q, q * (1.0 - q))
        } else {
            (*p, 1.0)
        };
        let miss = 1.0 - (t * q + (1.0 - t) * (1.0 - q));
        let focus = math::pow(miss, gamma);
        let weight = if options.apply_class_balancing {
            t * alpha + (1.0 - t) * (1.0 - alpha)
        } else {
            1.0
        };
        sum += weight * (focus * entropy);
        let drift = if gamma == 0.0 {
            0.0
        } else {
            gamma * math::pow(miss, gamma - 1.0) * (1.0 - 2.0 * t) * dq
        };
        *d = weight * (focus * slope + entropy * drift) / n;
        along += weight * entropy * drift / n;
    }
    if row.softmax {
        // Each output of a softmax depends on all logits.
        for (p, d) in row.p.iter().zip(row.d) {
            *d -= math::exp(*p - log_sum) * along;
        }
    }
    sum / n
}

class! {
    /// For one class out of several of which some are rare, with one-hot targets.
    #[formula("L = -sum_i alpha (1 - p_i)^gamma t_i ln p_i")]
    #[group("for classes")]
    struct CategoricalFocalCrossentropy(
        "CategoricalFocalCrossentropy", "categorical_focal_crossentropy", "Categorical focal cross-entropy"
    ) {
        /// Factor of the loss.
        alpha("alpha"): f32 = Kind::Float(0.0, 1e6), Default::Float(0.25);
        gamma: f32 = GAMMA;
        from_logits: bool = FROM_LOGITS;
        label_smoothing: f32 = LABEL_SMOOTHING;
        axis: Vec<i64> = AXES;
        reduction: &'static str = REDUCTION;
    }
}

pub static CATEGORICAL: LossKind = LossKind::new(
    CategoricalFocalCrossentropy::SPEC,
    Targets::Probabilities,
    |config| {
        let mut options = CategoricalFocalCrossentropy::of(config);
        Settings {
            from_logits: options.from_logits,
            axis: std::mem::take(&mut options.axis),
            ..Settings::by_row(options.reduction, move |row| {
                categorical_focal(&options, row)
            })
        }
    },
)
.over_classes();

fn categorical_focal(options: &CategoricalFocalCrossentropy, row: Row<'_>) -> f32 {
    let n = row.p.len() as f32;
    let (alpha, gamma) = (options.alpha, options.gamma);
    if row.logits {
        log_softmax(row.p, row.d);
    } else {
        row.d.copy_from_slice(row.p);
    }
    let total: f32 = row.d.iter().sum();
    // Value and derivative of one output at its normalized probability.
    let of = |t: f32, probability: f32| {
        let t = smoothed(t, options.label_smoothing, n);
        let (q, passes) = clipped(probability);
        let (focus, log) = (math::pow(1.0 - q, gamma), math::ln(q));
        let drift = gamma * math::pow(1.0 - q, gamma - 1.0) * log;
        let slope = alpha * t * (drift - focus / q);
        (alpha * focus * -t * log, if passes { slope } else { 0.0 })
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
            // The softmax derivative; `along` is subtracted already.
            *d *= y;
        }
    }
    loss
}
