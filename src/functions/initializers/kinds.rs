//! Every initializer: what it is called, its options, and how it fills.

use super::{Fill, Initializer, scaling};
use crate::options::{ClassSpec, Default, Kind, OptionSpec, help_text};

const SEED: OptionSpec = OptionSpec {
    name: "seed",
    label: "seed",
    doc: help_text("Own seed of this initializer; without one it follows from the run's seed."),
    kind: Kind::Int(0, 9_007_199_254_740_991),
    default: Default::Null,
    advanced: false,
    start: "",
};

const fn float(name: &'static str, default: f64, doc: &'static str) -> OptionSpec {
    OptionSpec {
        name,
        label: name,
        doc: help_text(doc),
        kind: Kind::Float(-1e6, 1e6),
        default: Default::Float(default),
        advanced: false,
        start: "",
    }
}

const fn entry(
    class_name: &'static str,
    name: &'static str,
    aliases: &'static [&'static str],
    label: &'static str,
    formula: &'static str,
    doc: &'static str,
    options: &'static [&'static OptionSpec],
) -> ClassSpec {
    ClassSpec {
        class_name,
        name,
        aliases,
        label,
        doc: help_text(doc),
        formula: help_text(formula),
        options,
        group: "",
        shared: &[],
    }
}

const fn axes(name: &'static str, doc: &'static str) -> OptionSpec {
    OptionSpec {
        name,
        label: name,
        doc: help_text(doc),
        kind: Kind::Ints(-8, 7),
        default: Default::Null,
        advanced: false,
        start: "",
    }
}

pub(super) const INPUT_AXES: OptionSpec = axes(
    "input_axes",
    "Axes of the weight array that count the inputs of a unit; used where output_axes is given, too.",
);
pub(super) const OUTPUT_AXES: OptionSpec = axes(
    "output_axes",
    "Axes of the weight array that count its outputs; used where input_axes is given, too.",
);

const SCALED: &[&OptionSpec] = &[&SEED, &INPUT_AXES, &OUTPUT_AXES];

/// Every initializer, in the order in which the page offers them.
pub static ALL: &[Initializer] = &[
    Initializer {
        class: entry(
            "GlorotUniform",
            "glorot_uniform",
            &[],
            "Glorot uniform",
            "U(-l, l), l = sqrt(6 / (fan_in + fan_out))",
            "Keeps signals and gradients of one size through sigmoid and tanh layers; Keras' default.",
            SCALED,
        ),
        fill: Fill::Scaled(|_| scaling(1.0, "fan_avg", "uniform")),
    },
    Initializer {
        class: entry(
            "GlorotNormal",
            "glorot_normal",
            &[],
            "Glorot normal",
            "N(0, 2 / (fan_in + fan_out)), cut at 2 sigma",
            "As Glorot uniform, from a bell curve.",
            SCALED,
        ),
        fill: Fill::Scaled(|_| scaling(1.0, "fan_avg", "truncated_normal")),
    },
    Initializer {
        class: entry(
            "HeUniform",
            "he_uniform",
            &[],
            "He uniform",
            "U(-l, l), l = sqrt(6 / fan_in)",
            "For ReLU layers, which stop half of the signal.",
            SCALED,
        ),
        fill: Fill::Scaled(|_| scaling(2.0, "fan_in", "uniform")),
    },
    Initializer {
        class: entry(
            "HeNormal",
            "he_normal",
            &[],
            "He normal",
            "N(0, 2 / fan_in), cut at 2 sigma",
            "As He uniform, from a bell curve.",
            SCALED,
        ),
        fill: Fill::Scaled(|_| scaling(2.0, "fan_in", "truncated_normal")),
    },
    Initializer {
        class: entry(
            "LecunUniform",
            "lecun_uniform",
            &[],
            "LeCun uniform",
            "U(-l, l), l = sqrt(3 / fan_in)",
            "Keeps the size of the signal on the way forward.",
            SCALED,
        ),
        fill: Fill::Scaled(|_| scaling(1.0, "fan_in", "uniform")),
    },
    Initializer {
        class: entry(
            "LecunNormal",
            "lecun_normal",
            &[],
            "LeCun normal",
            "N(0, 1 / fan_in), cut at 2 sigma",
            "As LeCun uniform, from a bell curve.",
            SCALED,
        ),
        fill: Fill::Scaled(|_| scaling(1.0, "fan_in", "truncated_normal")),
    },
    Initializer {
        class: entry(
            "RandomUniform",
            "random_uniform",
            &["uniform"],
            "Random uniform",
            "U(minval, maxval)",
            "Evenly between two limits, whatever the layer's size.",
            &[
                &float("minval", -0.05, "Lower limit."),
                &float("maxval", 0.05, "Upper limit."),
                &SEED,
            ],
        ),
        fill: Fill::Uniform(|c| (c.number("minval"), c.number("maxval"))),
    },
    Initializer {
        class: entry(
            "RandomNormal",
            "random_normal",
            &["normal"],
            "Random normal",
            "N(mean, stddev^2)",
            "A bell curve of a chosen width, whatever the layer's size.",
            &[
                &float("mean", 0.0, "Its centre."),
                &float("stddev", 0.05, "Its standard deviation."),
                &SEED,
            ],
        ),
        fill: Fill::Normal(|c| (c.number("mean"), c.number("stddev"))),
    },
    Initializer {
        class: entry(
            "TruncatedNormal",
            "truncated_normal",
            &[],
            "Truncated normal",
            "N(mean, stddev^2), cut at 2 sigma",
            "A bell curve without its tails.",
            &[
                &float("mean", 0.0, "Its centre."),
                &float("stddev", 0.05, "Its standard deviation before the cut."),
                &SEED,
            ],
        ),
        fill: Fill::TruncatedNormal(|c| (c.number("mean"), c.number("stddev"))),
    },
    Initializer {
        class: entry(
            "Zeros",
            "zeros",
            &["zero"],
            "Zeros",
            "0",
            "For biases. Weights that all begin at 0 stay alike for ever.",
            &[],
        ),
        fill: Fill::Constant(|_| 0.0),
    },
    Initializer {
        class: entry(
            "Ones",
            "ones",
            &["one"],
            "Ones",
            "1",
            "Every weight alike.",
            &[],
        ),
        fill: Fill::Constant(|_| 1.0),
    },
    Initializer {
        class: entry(
            "Constant",
            "constant",
            &[],
            "Constant",
            "value",
            "Every weight alike, at a chosen value.",
            &[&float("value", 0.0, "The value.")],
        ),
        fill: Fill::Constant(|c| c.number("value") as f32),
    },
    Initializer {
        class: entry(
            "VarianceScaling",
            "variance_scaling",
            &[],
            "Variance scaling",
            "variance scale / fan",
            "What the Glorot, He and LeCun kinds are special cases of.",
            &[
                &OptionSpec {
                    name: "scale",
                    label: "scale",
                    doc: help_text("Variance of what a unit sums up."),
                    kind: Kind::Float(1e-6, 1e6),
                    default: Default::Float(1.0),
                    advanced: false,
                    start: "",
                },
                &OptionSpec {
                    name: "mode",
                    label: "mode",
                    doc: help_text(
                        "Divides by the number of inputs, of outputs, or by their mean.",
                    ),
                    kind: Kind::OneOf(&["fan_in", "fan_out", "fan_avg"]),
                    default: Default::Text("fan_in"),
                    advanced: false,
                    start: "",
                },
                &OptionSpec {
                    name: "distribution",
                    label: "distribution",
                    doc: help_text(
                        "A bell curve without its tails, with them, or evenly between two limits.",
                    ),
                    kind: Kind::OneOf(&[
                        "truncated_normal",
                        "normal",
                        "untruncated_normal",
                        "uniform",
                    ]),
                    default: Default::Text("truncated_normal"),
                    advanced: false,
                    start: "",
                },
                &SEED,
                &INPUT_AXES,
                &OUTPUT_AXES,
            ],
        ),
        fill: Fill::Scaled(|c| scaling(c.number("scale"), c.word("mode"), c.word("distribution"))),
    },
    Initializer {
        class: entry(
            "Orthogonal",
            "orthogonal",
            &["OrthogonalInitializer"],
            "Orthogonal",
            "Q of a random matrix's QR decomposition, times gain",
            "Columns (or rows) at right angles and of one length: a signal keeps its size however often \
             it passes. For the recurrent weights of a network with memory.",
            &[&float("gain", 1.0, "Length of a column."), &SEED],
        ),
        fill: Fill::Orthogonal,
    },
    Initializer {
        class: entry(
            "Identity",
            "identity",
            &["IdentityInitializer"],
            "Identity",
            "gain on the diagonal, else 0",
            "Passes what comes in, unmixed.",
            &[&float("gain", 1.0, "The diagonal's value.")],
        ),
        fill: Fill::Identity,
    },
];
