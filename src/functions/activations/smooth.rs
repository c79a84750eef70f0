//! Smooth curves: sigmoid, tanh, and rounded ReLUs.

use super::{Activation, each, entry, in_fours, map, number, slope, zip};
use crate::numerics::math::{self, CURVES, Curves};
use crate::options::{Default, Kind, OptionSpec, help_text};

/// These, in the order in which the page offers them.
pub static ALL: &[Activation] = &[
    SIGMOID,
    TANH,
    ELU,
    SELU,
    CELU,
    GELU,
    SILU,
    MISH,
    SOFTPLUS,
    SQUAREPLUS,
    SOFTSIGN,
    TANH_SHRINK,
    EXPONENTIAL,
    LOG_SIGMOID,
];

const SIGMOID: Activation = Activation {
    class: entry(
        "sigmoid",
        &[],
        "Sigmoid",
        "y = 1 / (1 + e^-z)",
        "Squashes to (0, 1), read as a probability; its slope is at most 1/4.",
        &[],
    ),
    forward: |_, _, z, y| {
        in_fours(z, y, &|z, y| {
            let curves = Curves::held();
            map(z.as_flattened(), y.as_flattened_mut(), |z| {
                curves.sigmoid(z)
            });
        });
    },
    backward: |_, _, _, y, d| zip(d, y, |d, y| d * (y * (1.0 - y))),
    logits_available: true,
};

const TANH: Activation = Activation {
    class: entry(
        "tanh",
        &[],
        "Tanh",
        "y = (e^z - e^-z) / (e^z + e^-z)",
        "Squashes to (-1, 1), centred on 0.",
        &[],
    ),
    forward: |_, _, z, y| {
        in_fours(z, y, &|z, y| {
            let curves = Curves::held();
            map(z.as_flattened(), y.as_flattened_mut(), |z| curves.tanh(z));
        });
    },
    backward: |_, _, _, y, d| zip(d, y, |d, y| d * (1.0 - y * y)),
    logits_available: false,
};

const ELU: Activation = Activation {
    class: entry(
        "elu",
        &[],
        "ELU",
        "y = z where z > 0, else alpha (e^z - 1)",
        "As ReLU above 0, a smooth way down to -alpha below.",
        &[&number("alpha", "How far down it goes.", -1e6, 1.0)],
    ),
    forward: |o, _, z, y| {
        let alpha = o[0];
        map(z, y, |z| if z > 0.0 { z } else { alpha * math::expm1(z) });
    },
    backward: |o, _, z, y, d| {
        let alpha = o[0];
        for ((d, z), y) in d.iter_mut().zip(z).zip(y) {
            *d *= if *z > 0.0 { 1.0 } else { y + alpha };
        }
    },
    logits_available: false,
};

/// Klambauer's constants: with them a deep network's signals keep mean 0 and variance 1.
const SELU_SCALE: f32 = 1.050_701;
const SELU_BOTTOM: f32 = 1.758_099_3; // scale x alpha

const SELU: Activation = Activation {
    class: entry(
        "selu",
        &[],
        "SELU",
        "y = 1.0507 z where z > 0, else 1.7581 (e^z - 1)",
        "An ELU whose two constants keep the size of signals from layer to layer.",
        &[],
    ),
    forward: |_, _, z, y| {
        map(z, y, |z| {
            if z < 0.0 {
                SELU_BOTTOM * math::expm1(z)
            } else {
                SELU_SCALE * z
            }
        });
    },
    backward: |_, _, z, y, d| {
        for ((d, z), y) in d.iter_mut().zip(z).zip(y) {
            *d *= if *z < 0.0 {
                y + SELU_BOTTOM
            } else {
                SELU_SCALE
            };
        }
    },
    logits_available: false,
};

const CELU: Activation = Activation {
    class: entry(
        "celu",
        &[],
        "CELU",
        "y = max(z, 0) + alpha (e^(min(z, 0) / alpha) - 1)",
        "An ELU without a corner at 0, whatever alpha is. (At 0 itself TensorFlow takes the slopes of \
         both halves: 2.)",
        &[&number("alpha", "How far down it goes.", 1e-3, 1.0)],
    ),
    forward: |o, _, z, y| {
        each(o, z, y, |o, z| {
            let (above, below) = if z < 0.0 { (0.0, z) } else { (z, 0.0) };
            above + o[0] * math::expm1(below / o[0])
        });
    },
    backward: |o, _, z, _, d| {
        slope(o, z, d, |o, z| {
            let above = if z >= 0.0 { 1.0 } else { 0.0 };
            let below = if z <= 0.0 { math::exp(z / o[0]) } else { 0.0 };
            above + below
        });
    },
    logits_available: false,
};

const GELU: Activation = Activation {
    class: entry(
        "gelu",
        &[],
        "GELU",
        "y = z P(Z < z), Z standard normal",
        "Weighs a number by how likely a normal one is to lie below it: the choice of transformers.",
        &[&OptionSpec {
            name: "approximate",
            label: "approximate",
            doc: help_text(
                "By tanh in place of the normal distribution: y = z (1 + tanh(0.798 (z + 0.0447 z^3))) / 2.",
            ),
            kind: Kind::Bool,
            default: Default::Bool(false),
            advanced: false,
            start: "",
        }],
    ),
    forward: |o, _, z, y| {
        if o[0] != 0.0 {
            map(z, y, |z| 0.5 * z * (1.0 + CURVES.tanh(gelu_inside(z))));
        } else {
            map(z, y, |z| 0.5 * z * (1.0 + math::erf(z * HALF_ROOT)));
        }
    },
    backward: |o, _, z, _, d| {
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
    logits_available: false,
};

const HALF_ROOT: f32 = core::f32::consts::FRAC_1_SQRT_2;
const GELU_ROOT: f32 = 0.797_884_6; // sqrt(2 / pi)
const GELU_CUBE: f32 = 0.044_715;
const NORMAL_PEAK: f32 = 0.398_942_3; // 1 / sqrt(2 pi)

#[inline(always)]
fn gelu_inside(z: f32) -> f32 {
    GELU_ROOT * (z + GELU_CUBE * (z * z * z))
}

const SILU: Activation = Activation {
    class: entry(
        "silu",
        &["swish"],
        "SiLU (swish)",
        "y = z / (1 + e^-z)",
        "A smooth ReLU that dips below 0 a little.",
        &[],
    ),
    forward: |_, _, z, y| map(z, y, |z| z * CURVES.sigmoid(z)),
    backward: |_, _, z, _, d| {
        zip(d, z, |d, z| {
            let s = CURVES.sigmoid(z);
            d * (s * (1.0 + z * (1.0 - s)))
        });
    },
    logits_available: false,
};

const MISH: Activation = Activation {
    class: entry(
        "mish",
        &[],
        "Mish",
        "y = z tanh(ln(1 + e^z))",
        "Much like SiLU, with a deeper dip.",
        &[],
    ),
    forward: |o, _, z, y| each(o, z, y, |_, z| z * math::tanh(math::softplus(z))),
    backward: |o, _, z, _, d| {
        slope(o, z, d, |_, z| {
            let t = math::tanh(math::softplus(z));
            t + z * (1.0 - t * t) * math::sigmoid(z)
        });
    },
    logits_available: false,
};

const SOFTPLUS: Activation = Activation {
    class: entry(
        "softplus",
        &[],
        "Softplus",
        "y = ln(1 + e^z)",
        "A ReLU with a rounded corner; always above 0.",
        &[],
    ),
    forward: |_, _, z, y| map(z, y, |z| CURVES.softplus(z)),
    backward: |_, _, z, _, d| zip(d, z, |d, z| d * CURVES.sigmoid(z)),
    logits_available: false,
};

const SOFTSIGN: Activation = Activation {
    class: entry(
        "softsign",
        &[],
        "Softsign",
        "y = z / (1 + |z|)",
        "Squashes to (-1, 1) as tanh does, but slowly.",
        &[],
    ),
    forward: |_, _, z, y| map(z, y, |z| z / (1.0 + z.abs())),
    backward: |o, _, z, _, d| {
        slope(o, z, d, |_, z| {
            let below = 1.0 + z.abs();
            1.0 / (below * below)
        });
    },
    logits_available: false,
};

const TANH_SHRINK: Activation = Activation {
    class: entry(
        "tanh_shrink",
        &[],
        "Tanh shrink",
        "y = z - tanh(z)",
        "Draws what is near 0 to 0 and the rest by 1 towards it.",
        &[],
    ),
    forward: |o, _, z, y| each(o, z, y, |_, z| z - math::tanh(z)),
    backward: |o, _, z, _, d| {
        slope(o, z, d, |_, z| {
            let t = math::tanh(z);
            t * t
        });
    },
    logits_available: false,
};

const EXPONENTIAL: Activation = Activation {
    class: entry(
        "exponential",
        &[],
        "Exponential",
        "y = e^z",
        "For outputs that count or measure and cannot be negative.",
        &[],
    ),
    forward: |_, _, z, y| map(z, y, math::exp),
    backward: |_, _, _, y, d| zip(d, y, |d, y| d * y),
    logits_available: false,
};

const LOG_SIGMOID: Activation = Activation {
    class: entry(
        "log_sigmoid",
        &[],
        "Log-sigmoid",
        "y = -ln(1 + e^-z)",
        "The logarithm of sigmoid, which keeps the digits of small probabilities.",
        &[],
    ),
    forward: |o, _, z, y| each(o, z, y, |_, z| -math::softplus(-z)),
    backward: |o, _, z, _, d| slope(o, z, d, |_, z| math::sigmoid(-z)),
    logits_available: false,
};

const SQUAREPLUS: Activation = Activation {
    class: entry(
        "squareplus",
        &[],
        "Squareplus",
        "y = (z + sqrt(z^2 + b)) / 2",
        "A softplus without exponentials.",
        &[&number("b", "How round the corner is.", 0.0, 4.0)],
    ),
    forward: |o, _, z, y| each(o, z, y, |o, z| (z + (z * z + o[0]).sqrt()) / 2.0),
    backward: |o, _, z, _, d| {
        slope(o, z, d, |o, z| 0.5 + 0.5 * (z / (z * z + o[0]).sqrt()));
    },
    logits_available: false,
};
