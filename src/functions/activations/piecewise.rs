//! Piecewise linear activations: the ReLU family, and one with a parabola. Where two pieces meet, the slope is
//! TensorFlow's.

use super::activation::{Activation, gate, map, scale, zip};
use crate::options::declare::class;
use crate::options::{Default, Kind};

class! {
    /// Returns the sum unchanged: for regression, and for logits.
    #[formula("y = z")]
    #[group("most used")]
    struct Linear("linear", "linear", "Linear") {}
}

pub static LINEAR: Activation = Activation::new(
    Linear::SPEC,
    |_, _, z, y| y.copy_from_slice(z),
    |_, _, _, _, _| {},
);

class! {
    /// Passes positive values and sets the rest to 0: cheap, and deep networks train well with it.
    #[formula("y = max(z, 0)")]
    #[group("most used")]
    struct Relu("relu", "relu", "ReLU") {
        /// Slope below the threshold.
        #[advanced]
        negative_slope("negative slope"): f32 = Kind::Float(0.0, 1e6), Default::Float(0.0);
        /// Largest output; without it there is no limit.
        #[advanced]
        max_value("maximum output"): Option<f32> = Kind::Float(1e-6, 1e6), Default::Null;
        /// Input above which values pass.
        #[advanced]
        threshold("threshold"): f32 = Kind::Float(-1e6, 1e6), Default::Float(0.0);
    }
}

pub static RELU: Activation = Activation::new(
    Relu::SPEC,
    |o, _, z, y| match o {
        [0.0, 0.0, 0.0] => map(z, y, |z| if z < 0.0 { 0.0 } else { z }),
        _ => map(z, y, |z| Arguments::of(o).value(z)),
    },
    |o, _, z, _, d| match o {
        [0.0, 0.0, 0.0] => zip(d, z, |d, z| if z > 0.0 { d } else { 0.0 }),
        _ => scale(d, z, |z| Arguments::of(o).slope(z)),
    },
)
.with_numbers(|config| {
    let options = Relu::of(config);
    vec![
        options.negative_slope,
        options.max_value.unwrap_or(0.0),
        options.threshold,
    ]
});

/// The options of [`RELU`], from its numbers.
struct Arguments {
    negative_slope: f32,
    /// 0 where there is no maximum.
    max_value: f32,
    threshold: f32,
}

impl Arguments {
    fn of(options: &[f32]) -> Self {
        Arguments {
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
            // TensorFlow's relu6 has the slope 0 at 6.
            6.0 if self.threshold == 0.0 => y < 6.0,
            top => (0.0..=top).contains(&y),
        };
        gate(inside && z > self.threshold) + self.negative_slope * gate(self.threshold - z > 0.0)
            // With a slope alone Keras calls TensorFlow's leaky_relu, which has the lower slope at 0.
            + self.negative_slope * gate(z == 0.0 && self.threshold == 0.0 && self.max_value == 0.0)
    }
}

class! {
    /// As ReLU, with a small slope for negative values, so that no unit stops learning.
    #[formula("y = z where z > 0, else negative_slope z")]
    #[group("ReLU family")]
    struct LeakyRelu("leaky_relu", "leaky_relu", "Leaky ReLU") {
        /// Slope below 0.
        negative_slope("negative slope"): f32 = Kind::Float(0.0, 1e6), Default::Float(0.2);
    }
}

pub static LEAKY_RELU: Activation = Activation::new(
    LeakyRelu::SPEC,
    |options, _, z, y| {
        let leak = options[0];
        map(z, y, |z| if z > 0.0 { z } else { leak * z });
    },
    |options, _, z, _, d| {
        let leak = options[0];
        zip(d, z, |d, z| if z > 0.0 { d } else { leak * d });
    },
)
.with_numbers(|config| vec![LeakyRelu::of(config).negative_slope]);

class! {
    /// ReLU with a maximum of 6: made for phones, which compute with few bits.
    #[formula("y = min(max(z, 0), 6)")]
    #[group("ReLU family")]
    struct Relu6("relu6", "relu6", "ReLU6") {}
}

pub static RELU6: Activation = Activation::new(
    Relu6::SPEC,
    |_, _, z, y| map(z, y, relu6),
    |_, _, z, _, d| scale(d, z, relu6_slope),
);

fn relu6(z: f32) -> f32 {
    let z = if z < 0.0 { 0.0 } else { z };
    if z > 6.0 { 6.0 } else { z }
}

fn relu6_slope(z: f32) -> f32 {
    gate(z > 0.0 && z < 6.0)
}

class! {
    /// Sigmoid as three straight lines: faster, and flat beyond -3 and 3.
    #[formula("y = relu6(z + 3) / 6")]
    #[group("sigmoid and tanh family")]
    struct HardSigmoid("hard_sigmoid", "hard_sigmoid", "Hard sigmoid") {}
}

pub static HARD_SIGMOID: Activation = Activation::new(
    HardSigmoid::SPEC,
    |_, _, z, y| map(z, y, |z| relu6(z + 3.0) / 6.0),
    |_, _, z, _, d| scale(d, z, |z| relu6_slope(z + 3.0) / 6.0),
);

class! {
    /// SiLU with a hard sigmoid in place of the sigmoid.
    #[formula("y = z relu6(z + 3) / 6")]
    #[group("ReLU family")]
    #[aliases("hard_swish")]
    struct HardSilu("hard_silu", "hard_silu", "Hard SiLU") {}
}

pub static HARD_SILU: Activation = Activation::new(
    HardSilu::SPEC,
    |_, _, z, y| map(z, y, |z| z * (relu6(z + 3.0) / 6.0)),
    |_, _, z, _, d| {
        scale(d, z, |z| {
            relu6(z + 3.0) / 6.0 + z * (relu6_slope(z + 3.0) / 6.0)
        });
    },
);

class! {
    /// Tanh as three straight lines.
    #[formula("y = min(max(z, -1), 1)")]
    #[group("sigmoid and tanh family")]
    struct HardTanh("hard_tanh", "hard_tanh", "Hard tanh") {}
}

pub static HARD_TANH: Activation = Activation::new(
    HardTanh::SPEC,
    |_, _, z, y| map(z, y, |z| z.clamp(-1.0, 1.0)),
    |_, _, z, _, d| scale(d, z, |z| gate((-1.0..=1.0).contains(&z))),
);

class! {
    /// Sets values near 0 to 0.
    #[formula("y = z where |z| > threshold, else 0")]
    #[group("shrinking")]
    struct HardShrink("hard_shrink", "hard_shrink", "Hard shrink") {
        /// Largest distance from 0 that is set to 0.
        threshold("threshold"): f32 = Kind::Float(0.0, 1e6), Default::Float(0.5);
    }
}

pub static HARD_SHRINK: Activation = Activation::new(
    HardShrink::SPEC,
    |o, _, z, y| map(z, y, |z| if z.abs() > o[0] { z } else { 0.0 }),
    |o, _, z, _, d| scale(d, z, |z| gate(z.abs() > o[0])),
)
.with_numbers(|config| vec![HardShrink::of(config).threshold]);

class! {
    /// Moves every value towards 0 by the threshold.
    #[formula("y = z - threshold, z + threshold, or 0 between the two")]
    #[group("shrinking")]
    struct SoftShrink("soft_shrink", "soft_shrink", "Soft shrink") {
        /// Distance that each value moves.
        threshold("threshold"): f32 = Kind::Float(0.0, 1e6), Default::Float(0.5);
    }
}

pub static SOFT_SHRINK: Activation = Activation::new(
    SoftShrink::SPEC,
    |o, _, z, y| {
        map(z, y, |z| match z {
            _ if z > o[0] => z - o[0],
            _ if z < -o[0] => z + o[0],
            _ => 0.0,
        });
    },
    |o, _, z, _, d| scale(d, z, |z| gate(z > o[0] || z < -o[0])),
)
.with_numbers(|config| vec![SoftShrink::of(config).threshold]);

class! {
    /// Passes values above a threshold and replaces the rest by one number.
    #[formula("y = z where z > threshold, else default_value")]
    #[group("shrinking")]
    struct Threshold("threshold", "threshold", "Threshold") {
        /// Input above which values pass.
        #[start("0.5")]
        threshold("threshold"): f32 = Kind::Float(-1e6, 1e6), Default::Required;
        /// Output for all other values.
        #[start("0.5")]
        default_value("default value"): f32 = Kind::Float(-1e6, 1e6), Default::Required;
    }
}

pub static THRESHOLD: Activation = Activation::new(
    Threshold::SPEC,
    |o, _, z, y| map(z, y, |z| if z > o[0] { z } else { o[1] }),
    |o, _, z, _, d| scale(d, z, |z| gate(z > o[0])),
)
.with_numbers(|config| {
    let options = Threshold::of(config);
    vec![options.threshold, options.default_value]
});

class! {
    /// A ReLU with a rounded corner that is exactly 0 below -1.
    #[formula("y = 0 below -1, (z + 1)^2 / 4 up to 1, z above")]
    #[group("ReLU family")]
    struct SparsePlus("sparse_plus", "sparse_plus", "Sparse plus") {}
}

pub static SPARSE_PLUS: Activation = Activation::new(
    SparsePlus::SPEC,
    |_, _, z, y| {
        map(z, y, |z| match z {
            _ if z <= -1.0 => 0.0,
            _ if z < 1.0 => 0.25 * ((z + 1.0) * (z + 1.0)),
            _ => z,
        });
    },
    |_, _, z, _, d| {
        scale(d, z, |z| match z {
            _ if z <= -1.0 => 0.0,
            _ if z < 1.0 => 0.5 * (z + 1.0),
            _ => 1.0,
        });
    },
);

class! {
    /// The slope of sparse plus: exactly 0 below -1 and exactly 1 above 1.
    #[formula("y = min(max((z + 1) / 2, 0), 1)")]
    #[group("sigmoid and tanh family")]
    struct SparseSigmoid("sparse_sigmoid", "sparse_sigmoid", "Sparse sigmoid") {}
}

pub static SPARSE_SIGMOID: Activation = Activation::new(
    SparseSigmoid::SPEC,
    |_, _, z, y| {
        map(z, y, |z| match z {
            _ if z <= -1.0 => 0.0,
            _ if z >= 1.0 => 1.0,
            _ => 0.5 * (z + 1.0),
        });
    },
    |_, _, z, _, d| scale(d, z, |z| 0.5 * gate(z > -1.0 && z < 1.0)),
);
