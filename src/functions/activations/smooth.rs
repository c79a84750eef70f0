//! Smooth activations: sigmoid, tanh, and rounded ReLUs.

use super::activation::{Activation, in_fours, map, scale, zip};
use crate::numerics::math::{self, CURVES, Curves};
use crate::options::declare::class;
use crate::options::{Default, Kind};

class! {
    /// Maps to (0, 1), read as a probability. Its slope is at most 1/4.
    #[formula("y = 1 / (1 + e^-z)")]
    #[group("most used")]
    struct Sigmoid("sigmoid", "sigmoid", "Sigmoid") {}
}

pub static SIGMOID: Activation = Activation::new(
    Sigmoid::SPEC,
    |_, _, z, y| {
        in_fours(z, y, &|z, y| {
            let curves = Curves::held();
            map(z.as_flattened(), y.as_flattened_mut(), |z| {
                curves.sigmoid(z)
            });
        });
    },
    |_, _, _, y, d| zip(d, y, |d, y| d * (y * (1.0 - y))),
)
.with_logits();

class! {
    /// Maps to (-1, 1), centred on 0.
    #[formula("y = (e^z - e^-z) / (e^z + e^-z)")]
    #[group("most used")]
    struct Tanh("tanh", "tanh", "Tanh") {}
}

pub static TANH: Activation = Activation::new(
    Tanh::SPEC,
    |_, _, z, y| {
        in_fours(z, y, &|z, y| {
            let curves = Curves::held();
            map(z.as_flattened(), y.as_flattened_mut(), |z| curves.tanh(z));
        });
    },
    |_, _, _, y, d| zip(d, y, |d, y| d * (1.0 - y * y)),
);

class! {
    /// As ReLU above 0; falls smoothly to -alpha below 0.
    #[formula("y = z where z > 0, else alpha (e^z - 1)")]
    #[group("ReLU family")]
    struct Elu("elu", "elu", "ELU") {
        /// Limit for large negative values is -alpha.
        alpha("alpha"): f32 = Kind::Float(-1e6, 1e6), Default::Float(1.0);
    }
}

pub static ELU: Activation = Activation::new(
    Elu::SPEC,
    |o, _, z, y| {
        let alpha = o[0];
        map(z, y, |z| if z > 0.0 { z } else { alpha * math::expm1(z) });
    },
    |o, _, z, y, d| {
        let alpha = o[0];
        for ((d, z), y) in d.iter_mut().zip(z).zip(y) {
            *d *= if *z > 0.0 { 1.0 } else { y + alpha };
        }
    },
)
.with_numbers(|config| vec![Elu::of(config).alpha]);

/// The constants of Klambauer et al. (2017): the signals of a deep network keep mean 0 and variance 1.
const SELU_SCALE: f32 = 1.050_701;
const SELU_BOTTOM: f32 = 1.758_099_3; // scale x alpha

class! {
    /// An ELU with two constants that keep the size of signals from layer to layer.
    #[formula("y = 1.0507 z where z > 0, else 1.7581 (e^z - 1)")]
    #[group("ReLU family")]
    struct Selu("selu", "selu", "SELU") {}
}

pub static SELU: Activation = Activation::new(
    Selu::SPEC,
    |_, _, z, y| {
        map(z, y, |z| {
            if z < 0.0 {
                SELU_BOTTOM * math::expm1(z)
            } else {
                SELU_SCALE * z
            }
        });
    },
    |_, _, z, y, d| {
        for ((d, z), y) in d.iter_mut().zip(z).zip(y) {
            *d *= if *z < 0.0 {
                y + SELU_BOTTOM
            } else {
                SELU_SCALE
            };
        }
    },
);

class! {
    /// An ELU without a corner at 0 for any alpha. (At 0 itself TensorFlow adds the slopes of both halves: 2.)
    #[formula("y = max(z, 0) + alpha (e^(min(z, 0) / alpha) - 1)")]
    #[group("ReLU family")]
    struct Celu("celu", "celu", "CELU") {
        /// Limit for large negative values is -alpha.
        alpha("alpha"): f32 = Kind::Float(1e-3, 1e6), Default::Float(1.0);
    }
}

pub static CELU: Activation = Activation::new(
    Celu::SPEC,
    |o, _, z, y| {
        map(z, y, |z| {
            let (above, below) = if z < 0.0 { (0.0, z) } else { (z, 0.0) };
            above + o[0] * math::expm1(below / o[0])
        });
    },
    |o, _, z, _, d| {
        scale(d, z, |z| {
            let above = if z >= 0.0 { 1.0 } else { 0.0 };
            let below = if z <= 0.0 { math::exp(z / o[0]) } else { 0.0 };
            above + below
        });
    },
)
.with_numbers(|config| vec![Celu::of(config).alpha]);

class! {
    /// Weights a value by the probability that a standard normal number is below it: the choice of transformers.
    #[formula("y = z P(Z < z), Z standard normal")]
    #[group("ReLU family")]
    struct Gelu("gelu", "gelu", "GELU") {
        /// Uses tanh in place of the normal distribution: y = z (1 + tanh(0.798 (z + 0.0447 z^3))) / 2.
        #[advanced]
        approximate("approximate"): bool = Kind::Bool, Default::Bool(false);
    }
}

pub static GELU: Activation = Activation::new(
    Gelu::SPEC,
    |o, _, z, y| {
        if o[0] != 0.0 {
            map(z, y, |z| 0.5 * z * (1.0 + CURVES.tanh(gelu_inside(z))));
        } else {
            map(z, y, |z| 0.5 * z * (1.0 + math::erf(z * HALF_ROOT)));
        }
    },
    |o, _, z, _, d| {
        if o[0] != 0.0 {
            zip(d, z, |d, z| {
                let t = CURVES.tanh(gelu_inside(z));
                let inner = GELU_ROOT * (1.0 + 3.0 * GELU_CUBE * (z * z));
                d * (0.5 * (1.0 + t) + 0.5 * z * (1.0 - t * t) * inner)
            });
        } else {
            zip(d, z, |d, z| {
                let below = 0.5 * (1.0 + math::erf(z * HALF_ROOT));
                d * (below + z * (NORMAL_PEAK * math::exp(-0.5 * (z * z))))
            });
        }
    },
)
.with_numbers(|config| vec![f32::from(Gelu::of(config).approximate)]);

const HALF_ROOT: f32 = core::f32::consts::FRAC_1_SQRT_2;
const GELU_ROOT: f32 = 0.797_884_6; // sqrt(2 / pi)
const GELU_CUBE: f32 = 0.044_715;
const NORMAL_PEAK: f32 = 0.398_942_3; // 1 / sqrt(2 pi)

#[inline(always)]
fn gelu_inside(z: f32) -> f32 {
    GELU_ROOT * (z + GELU_CUBE * (z * z * z))
}

class! {
    /// A smooth ReLU that dips a little below 0.
    #[formula("y = z / (1 + e^-z)")]
    #[group("ReLU family")]
    #[aliases("swish")]
    struct Silu("silu", "silu", "SiLU (swish)") {}
}

pub static SILU: Activation = Activation::new(
    Silu::SPEC,
    |_, _, z, y| map(z, y, |z| z * CURVES.sigmoid(z)),
    |_, _, z, _, d| {
        zip(d, z, |d, z| {
            let s = CURVES.sigmoid(z);
            d * (s * (1.0 + z * (1.0 - s)))
        });
    },
);

class! {
    /// Similar to SiLU, with a deeper dip.
    #[formula("y = z tanh(ln(1 + e^z))")]
    #[group("ReLU family")]
    struct Mish("mish", "mish", "Mish") {}
}

pub static MISH: Activation = Activation::new(
    Mish::SPEC,
    |_, _, z, y| map(z, y, |z| z * math::tanh(math::softplus(z))),
    |_, _, z, _, d| {
        scale(d, z, |z| {
            let t = math::tanh(math::softplus(z));
            t + z * (1.0 - t * t) * math::sigmoid(z)
        });
    },
);

class! {
    /// A ReLU with a rounded corner; always above 0.
    #[formula("y = ln(1 + e^z)")]
    #[group("ReLU family")]
    struct Softplus("softplus", "softplus", "Softplus") {}
}

pub static SOFTPLUS: Activation = Activation::new(
    Softplus::SPEC,
    |_, _, z, y| map(z, y, |z| CURVES.softplus(z)),
    |_, _, z, _, d| zip(d, z, |d, z| d * CURVES.sigmoid(z)),
);

class! {
    /// Maps to (-1, 1) as tanh does, but approaches the limits slowly.
    #[formula("y = z / (1 + |z|)")]
    #[group("sigmoid and tanh family")]
    struct Softsign("softsign", "softsign", "Softsign") {}
}

pub static SOFTSIGN: Activation = Activation::new(
    Softsign::SPEC,
    |_, _, z, y| map(z, y, |z| z / (1.0 + z.abs())),
    |_, _, z, _, d| {
        scale(d, z, |z| {
            let below = 1.0 + z.abs();
            1.0 / (below * below)
        });
    },
);

class! {
    /// Moves values near 0 to almost 0, and large values towards 0 by 1.
    #[formula("y = z - tanh(z)")]
    #[group("shrinking")]
    struct TanhShrink("tanh_shrink", "tanh_shrink", "Tanh shrink") {}
}

pub static TANH_SHRINK: Activation = Activation::new(
    TanhShrink::SPEC,
    |_, _, z, y| map(z, y, |z| z - math::tanh(z)),
    |_, _, z, _, d| {
        scale(d, z, |z| {
            let t = math::tanh(z);
            t * t
        });
    },
);

class! {
    /// For outputs that count or measure and cannot be negative.
    #[formula("y = e^z")]
    #[group("other")]
    struct Exponential("exponential", "exponential", "Exponential") {}
}

pub static EXPONENTIAL: Activation = Activation::new(
    Exponential::SPEC,
    |_, _, z, y| map(z, y, math::exp),
    |_, _, _, y, d| zip(d, y, |d, y| d * y),
);

class! {
    /// The logarithm of sigmoid, precise for small probabilities.
    #[formula("y = -ln(1 + e^-z)")]
    #[group("other")]
    struct LogSigmoid("log_sigmoid", "log_sigmoid", "Log-sigmoid") {}
}

pub static LOG_SIGMOID: Activation = Activation::new(
    LogSigmoid::SPEC,
    |_, _, z, y| map(z, y, |z| -math::softplus(-z)),
    |_, _, z, _, d| scale(d, z, |z| math::sigmoid(-z)),
);

class! {
    /// A softplus without exponentials.
    #[formula("y = (z + sqrt(z^2 + b)) / 2")]
    #[group("ReLU family")]
    struct Squareplus("squareplus", "squareplus", "Squareplus") {
        /// Roundness of the corner.
        b("b"): f32 = Kind::Float(0.0, 1e6), Default::Float(4.0);
    }
}

pub static SQUAREPLUS: Activation = Activation::new(
    Squareplus::SPEC,
    |o, _, z, y| map(z, y, |z| (z + (z * z + o[0]).sqrt()) / 2.0),
    |o, _, z, _, d| {
        scale(d, z, |z| 0.5 + 0.5 * (z / (z * z + o[0]).sqrt()));
    },
)
.with_numbers(|config| vec![Squareplus::of(config).b]);
