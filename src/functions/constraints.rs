//! Constraints: weights are projected onto an allowed set after every update (Keras' `constraints/constraints.py`).

use crate::options::declare::{class, options};
use crate::options::error::{ConfigError, Result};
use crate::options::{self, ClassSpec, ConfigObject, Default, Kind, Registry};

/// A constraint class of Keras.
pub struct ConstraintKind {
    /// Its class and options.
    pub class: ClassSpec,
    build: fn(&ConfigObject) -> Constraint,
}

/// How a weight is projected, or a group of weights with the norm n.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Rule {
    /// `max(w, 0)`.
    NonNeg,
    /// `w / n`.
    Unit,
    /// Moves the norm by the fraction `rate` of its distance to the range.
    Range { min: f32, max: f32, rate: f32 },
}

/// Keras' fuzz factor: keeps the division away from 0.
const EPSILON: f32 = 1e-7;

options! {
    /// Axes that the norm sums over: 0 for the weights into each unit of a Dense layer, [0, 1, 2] for each filter of
    /// a Conv2D layer.
    #[advanced]
    AXIS = axis("axis"), Kind::Ints(-8, 7), Default::Int(0);
}

class! {
    /// Limits the length of the weight vector of each unit.
    #[formula("w min(n, max) / (n + 1e-7), n = sqrt(sum w^2)")]
    struct MaxNorm("MaxNorm", "max_norm", "Maximum norm") {
        /// Largest norm that is allowed.
        max_value("maximum norm"): f32 = Kind::Float(0.0, 1e30), Default::Float(2.0);
        axis: Vec<i64> = AXIS;
    }
}

class! {
    /// Sets negative weights to 0.
    #[formula("max(w, 0)")]
    struct NonNeg("NonNeg", "non_neg", "Non-negative") {}
}

class! {
    /// Keeps the weight vector of each unit at length 1, so that only its direction is learned.
    #[formula("w / (n + 1e-7), n = sqrt(sum w^2)")]
    struct UnitNorm("UnitNorm", "unit_norm", "Unit norm") {
        axis: Vec<i64> = AXIS;
    }
}

class! {
    /// Moves the length of the weight vector of each unit into a range.
    #[formula("w (rate clip(n, min, max) + (1 - rate) n) / (n + 1e-7)")]
    struct MinMaxNorm("MinMaxNorm", "min_max_norm", "Norm within a range") {
        /// Smallest norm that is allowed.
        min_value("minimum norm"): f32 = Kind::Float(0.0, 1e30), Default::Float(0.0);
        /// Largest norm that is allowed.
        #[advanced]
        max_value("maximum norm"): f32 = Kind::Float(0.0, 1e30), Default::Float(1.0);
        /// Fraction of the distance to the range that one update covers.
        #[advanced]
        rate("rate"): f32 = Kind::Float(0.0, 1.0), Default::Float(1.0);
        axis: Vec<i64> = AXIS;
    }
}

/// Every constraint, in the order of the page.
pub static ALL: &[&ConstraintKind] = &[
    &ConstraintKind {
        class: MaxNorm::SPEC,
        build: |config| {
            let options = MaxNorm::of(config);
            Constraint {
                rule: Rule::Range {
                    min: 0.0,
                    max: options.max_value,
                    rate: 1.0,
                },
                axes: options.axis,
            }
        },
    },
    &ConstraintKind {
        class: NonNeg::SPEC,
        build: |_| Constraint {
            rule: Rule::NonNeg,
            axes: Vec::new(),
        },
    },
    &ConstraintKind {
        class: UnitNorm::SPEC,
        build: |config| Constraint {
            rule: Rule::Unit,
            axes: UnitNorm::of(config).axis,
        },
    },
    &ConstraintKind {
        class: MinMaxNorm::SPEC,
        build: |config| {
            let options = MinMaxNorm::of(config);
            Constraint {
                rule: Rule::Range {
                    min: options.min_value,
                    max: options.max_value,
                    rate: options.rate,
                },
                axes: options.axis,
            }
        },
    },
];

/// The constraints, for options that take one.
pub static REGISTRY: Registry = Registry {
    noun: "constraint",
    entries: || ALL.iter().map(|kind| &kind.class).collect(),
    config_keys: &[],
    object_keys: &[],
};

/// A constraint with its options.
#[derive(Clone, Debug, PartialEq)]
pub struct Constraint {
    rule: Rule,
    axes: Vec<i64>,
}

impl Constraint {
    /// The constraint of a config read by [`REGISTRY`].
    pub fn new(config: &ConfigObject) -> Self {
        let kind = options::find(ALL, |kind| &kind.class, config).unwrap_or(ALL[0]);
        (kind.build)(config)
    }

    /// Checks that an array of this shape has the axes that the norm sums over.
    ///
    /// # Errors
    /// An axis that the array does not have, or one named twice.
    pub fn check(&self, shape: &[usize]) -> Result<()> {
        let rank = shape.len() as i64;
        if let Some(axis) = self.axes.iter().find(|a| !(-rank..rank).contains(a)) {
            let message = format!(
                "There is no axis {axis} in weights of shape {shape:?}: use axes from 0 to {}.",
                rank - 1
            );
            return Err(ConfigError::new("config.axis", message));
        }
        let from_first: Vec<i64> = self.axes.iter().map(|a| (a + rank) % rank).collect();
        if (1..from_first.len()).any(|i| from_first[..i].contains(&from_first[i])) {
            let message = format!(
                "An axis is repeated in {:?}: name each axis once.",
                self.axes
            );
            return Err(ConfigError::new("config.axis", message));
        }
        Ok(())
    }

    /// Projects the array `w` of this shape, in place.
    pub fn apply(&self, shape: &[usize], w: &mut [f32]) {
        let rule = self.rule;
        let scale = |norm: f32| match rule {
            Rule::Range { min, max, rate } => {
                let clipped = if norm > max { max } else { norm };
                let clipped = if clipped < min { min } else { clipped };
                (rate * clipped + (1.0 - rate) * norm) / (EPSILON + norm)
            }
            _ => 1.0 / (EPSILON + norm),
        };
        if rule == Rule::NonNeg {
            w.iter_mut()
                .for_each(|w| *w = if *w < 0.0 { 0.0 } else { *w });
            return;
        }
        let axes = Axes::new(shape, &self.axes);
        for group in 0..w.len() / axes.length.max(1) {
            let first = axes.offset(false, group);
            let mut squares = 0.0f64;
            for k in 0..axes.length {
                let w = w[first + axes.at(k)];
                squares += f64::from(w * w);
            }
            let scale = scale((squares as f32).sqrt());
            for k in 0..axes.length {
                w[first + axes.at(k)] *= scale;
            }
        }
    }
}

/// The axes of an array, divided into those that the norm sums over and the others.
struct Axes<'a> {
    shape: &'a [usize],
    /// Bit i is set where the norm sums over axis i.
    summed: u32,
    /// Number of terms of a sum.
    length: usize,
    /// Distance between neighbouring terms of a sum, where the summed axes are adjacent.
    stride: Option<usize>,
}

impl<'a> Axes<'a> {
    fn new(shape: &'a [usize], axes: &[i64]) -> Self {
        let rank = shape.len() as i64;
        let summed = axes
            .iter()
            .map(|axis| if *axis < 0 { axis + rank } else { *axis })
            .filter(|axis| (0..rank).contains(axis))
            .fold(0u32, |bits, axis| bits | 1 << axis);
        let size = |range: std::ops::Range<usize>| shape[range].iter().product::<usize>();
        let (mut length, mut last) = (1, 0);
        for (i, n) in shape
            .iter()
            .enumerate()
            .filter(|(i, _)| summed >> i & 1 == 1)
        {
            (length, last) = (length * n, i);
        }
        // The axes are adjacent where the bits are one run of ones.
        let run = summed.checked_shr(summed.trailing_zeros()).unwrap_or(0);
        let stride =
            (run & run.wrapping_add(1) == 0 && run > 0).then(|| size(last + 1..shape.len()));
        Axes {
            shape,
            summed,
            length,
            stride,
        }
    }

    /// Offset of the `index`-th combination of the summed axes (or of the others), with the rest at 0.
    fn offset(&self, summed: bool, mut index: usize) -> usize {
        let (mut offset, mut stride) = (0, 1);
        for (i, n) in self.shape.iter().enumerate().rev() {
            if (self.summed >> i & 1 == 1) == summed {
                offset += index % n * stride;
                index /= n;
            }
            stride *= n;
        }
        offset
    }

    fn at(&self, k: usize) -> usize {
        self.stride.map_or_else(|| self.offset(true, k), |s| k * s)
    }
}
