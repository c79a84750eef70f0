//! Made of straight pieces (and one parabola): ReLU and its kin. Where two pieces meet, the slope is
//! the one that TensorFlow takes there.

use super::{Activation, each, entry, gate, map, number, slope, zip};
use crate::options::{Default, Kind, OptionSpec, help_text};

/// These, in the order in which the page offers them.
pub static ALL: &[Activation] = &[
    LINEAR,
    RELU,
    LEAKY_RELU,
    RELU6,
    HARD_SILU,
    SPARSE_PLUS,
    HARD_SIGMOID,
    HARD_TANH,
    SPARSE_SIGMOID,
    HARD_SHRINK,
    SOFT_SHRINK,
    THRESHOLD,
];

const LINEAR: Activation = Activation {
    class: entry(
        "linear",
        &[],
        "Linear",
        "y = z",
        "Leaves the sum as it is: for regression, and for logits.",
        &[],
    ),
    forward: |_, _, z, y| y.copy_from_slice(z),
    backward: |_, _, _, _, _| {},
    logits_available: false,
};

const RELU: Activation = Activation {
    class: entry(
        "relu",
        &[],
        "ReLU",
        "y = max(z, 0)",
        "Passes what is positive, stops the rest: cheap, and deep networks learn with it.",
        &[
            &number("negative_slope", "Slope below the threshold.", 0.0, 0.0),
            &OptionSpec {
                name: "max_value",
                label: "max_value",
                doc: help_text("Largest output; none where nothing is given."),
                kind: Kind::Float(1e-6, 1e6),
                default: Default::Null,
                advanced: false,
                start: "",
            },
            &number("threshold", "Passes only what is above it.", -1e6, 0.0),
        ],
    ),
    forward: |o, _, z, y| match o {
        [0.0, 0.0, 0.0] => map(z, y, |z| if z < 0.0 { 0.0 } else { z }),
        _ => each(o, z, y, |o, z| Relu::of(o).value(z)),
    },
    backward: |o, _, z, _, d| match o {
        [0.0, 0.0, 0.0] => zip(d, z, |d, z| if z > 0.0 { d } else { 0.0 }),
        _ => slope(o, z, d, |o, z| Relu::of(o).slope(z)),
    },
    logits_available: false,
};

/// ReLU with arguments.
struct Relu {
    negative_slope: f32,
    /// 0: there is none.
    max_value: f32,
    threshold: f32,
}

impl Relu {
    fn of(options: &[f32]) -> Self {
        Relu {
            negative_slope: options[0],
            max_value: options[1],
            threshold: options[2],
        }
    }

    fn passed(&self, z: f32) -> f32 {
        if z > self.threshold { z } else { 0.0 }
    }

    fn value(&self, z: f32) -> f32 {
        let mut y = self.passed(z);
        if self.max_value != 0.0 {
            y = if y < 0.0 {
                0.0
            } else if y > self.max_value {
                self.max_value
            } else {
                y
            };
        }
        let below = self.threshold - z;
        if below > 0.0 {
            y -= self.negative_slope * below;
        }
        y
    }

    fn slope(&self, z: f32) -> f32 {
        let y = self.passed(z);
        let inside = match self.max_value {
            0.0 => true,
            // TensorFlow's own relu6, which is flat at 6 already.
            6.0 if self.threshold == 0.0 => y < 6.0,
            top => (0.0..=top).contains(&y),
        };
        gate(inside && z > self.threshold) + self.negative_slope * gate(self.threshold - z > 0.0)
            // With nothing but a slope TensorFlow's own leaky_relu: it takes the lower side at 0.
            + self.negative_slope * gate(z == 0.0 && self.threshold == 0.0 && self.max_value == 0.0)
    }
}

const LEAKY_RELU: Activation = Activation {
    class: entry(
        "leaky_relu",
        &[],
        "Leaky ReLU",
        "y = z where z > 0, else negative_slope z",
        "As ReLU, but what is negative leaks through, so that no unit dies.",
        &[&number("negative_slope", "Slope below 0.", 0.0, 0.2)],
    ),
    forward: |options, _, z, y| {
        let leak = options[0];
        map(z, y, |z| if z > 0.0 { z } else { leak * z });
    },
    backward: |options, _, z, _, d| {
        let leak = options[0];
        zip(d, z, |d, z| if z > 0.0 { d } else { leak * d });
    },
    logits_available: false,
};

const RELU6: Activation = Activation {
    class: entry(
        "relu6",
        &[],
        "ReLU6",
        "y = min(max(z, 0), 6)",
        "ReLU with a ceiling: made for phones, which compute with few bits.",
        &[],
    ),
    forward: |_, _, z, y| map(z, y, relu6),
    backward: |o, _, z, _, d| slope(o, z, d, |_, z| relu6_slope(z)),
    logits_available: false,
};

fn relu6(z: f32) -> f32 {
    let z = if z < 0.0 { 0.0 } else { z };
    if z > 6.0 { 6.0 } else { z }
}

fn relu6_slope(z: f32) -> f32 {
    gate(z > 0.0 && z < 6.0)
}

const HARD_SIGMOID: Activation = Activation {
    class: entry(
        "hard_sigmoid",
        &[],
        "Hard sigmoid",
        "y = relu6(z + 3) / 6",
        "Three straight lines in place of sigmoid's curve: faster, and flat beyond -3 and 3.",
        &[],
    ),
    forward: |_, _, z, y| map(z, y, |z| relu6(z + 3.0) / 6.0),
    backward: |o, _, z, _, d| slope(o, z, d, |_, z| relu6_slope(z + 3.0) / 6.0),
    logits_available: false,
};

const HARD_SILU: Activation = Activation {
    class: entry(
        "hard_silu",
        &["hard_swish"],
        "Hard SiLU",
        "y = z relu6(z + 3) / 6",
        "SiLU with a hard sigmoid in it.",
        &[],
    ),
    forward: |_, _, z, y| map(z, y, |z| z * (relu6(z + 3.0) / 6.0)),
    backward: |o, _, z, _, d| {
        slope(o, z, d, |_, z| {
            relu6(z + 3.0) / 6.0 + z * (relu6_slope(z + 3.0) / 6.0)
        });
    },
    logits_available: false,
};

const HARD_TANH: Activation = Activation {
    class: entry(
        "hard_tanh",
        &[],
        "Hard tanh",
        "y = min(max(z, -1), 1)",
        "Three straight lines in place of tanh's curve.",
        &[],
    ),
    forward: |o, _, z, y| each(o, z, y, |_, z| z.clamp(-1.0, 1.0)),
    backward: |o, _, z, _, d| slope(o, z, d, |_, z| gate((-1.0..=1.0).contains(&z))),
    logits_available: false,
};

const HARD_SHRINK: Activation = Activation {
    class: entry(
        "hard_shrink",
        &[],
        "Hard shrink",
        "y = z where |z| > threshold, else 0",
        "Cuts out what is near 0.",
        &[&number(
            "threshold",
            "What is nearer to 0 is cut.",
            0.0,
            0.5,
        )],
    ),
    forward: |o, _, z, y| each(o, z, y, |o, z| if z.abs() > o[0] { z } else { 0.0 }),
    backward: |o, _, z, _, d| slope(o, z, d, |o, z| gate(z.abs() > o[0])),
    logits_available: false,
};

const SOFT_SHRINK: Activation = Activation {
    class: entry(
        "soft_shrink",
        &[],
        "Soft shrink",
        "y = z - threshold, z + threshold, or 0 between the two",
        "Draws every number towards 0 by the threshold.",
        &[&number("threshold", "How far it draws.", 0.0, 0.5)],
    ),
    forward: |o, _, z, y| {
        each(o, z, y, |o, z| match z {
            _ if z > o[0] => z - o[0],
            _ if z < -o[0] => z + o[0],
            _ => 0.0,
        });
    },
    backward: |o, _, z, _, d| slope(o, z, d, |o, z| gate(z > o[0] || z < -o[0])),
    logits_available: false,
};

const fn required(name: &'static str, doc: &'static str) -> OptionSpec {
    OptionSpec {
        name,
        label: name,
        doc: help_text(doc),
        kind: Kind::Float(-1e6, 1e6),
        default: Default::Required,
        advanced: false,
        start: "",
    }
}

const THRESHOLD: Activation = Activation {
    class: entry(
        "threshold",
        &[],
        "Threshold",
        "y = z where z > threshold, else default_value",
        "Passes what is above a threshold, and puts one number in the place of the rest.",
        &[
            &required("threshold", "Passes only what is above it."),
            &required("default_value", "What stands for the rest."),
        ],
    ),
    forward: |o, _, z, y| each(o, z, y, |o, z| if z > o[0] { z } else { o[1] }),
    backward: |o, _, z, _, d| slope(o, z, d, |o, z| gate(z > o[0])),
    logits_available: false,
};

const SPARSE_PLUS: Activation = Activation {
    class: entry(
        "sparse_plus",
        &[],
        "Sparse plus",
        "y = 0 below -1, (z + 1)^2 / 4 up to 1, z above",
        "A ReLU with a rounded corner that is exactly 0 below -1.",
        &[],
    ),
    forward: |o, _, z, y| {
        each(o, z, y, |_, z| match z {
            _ if z <= -1.0 => 0.0,
            _ if z < 1.0 => 0.25 * ((z + 1.0) * (z + 1.0)),
            _ => z,
        });
    },
    backward: |o, _, z, _, d| {
        slope(o, z, d, |_, z| match z {
            _ if z <= -1.0 => 0.0,
            _ if z < 1.0 => 0.5 * (z + 1.0),
            _ => 1.0,
        });
    },
    logits_available: false,
};

const SPARSE_SIGMOID: Activation = Activation {
    class: entry(
        "sparse_sigmoid",
        &[],
        "Sparse sigmoid",
        "y = min(max((z + 1) / 2, 0), 1)",
        "The slope of sparse plus: exactly 0 below -1 and exactly 1 above 1.",
        &[],
    ),
    forward: |o, _, z, y| {
        each(o, z, y, |_, z| match z {
            _ if z <= -1.0 => 0.0,
            _ if z >= 1.0 => 1.0,
            _ => 0.5 * (z + 1.0),
        });
    },
    backward: |o, _, z, _, d| slope(o, z, d, |_, z| 0.5 * gate(z > -1.0 && z < 1.0)),
    logits_available: false,
};
