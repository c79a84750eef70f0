//! What weights may be: Keras' constraints, applied in place after every step of an optimizer (Keras'
//! `constraints/constraints.py`).

use crate::options::error::ConfigError;
use crate::options::{ClassSpec, ConfigObject, Default, Kind, OptionSpec, Registry, help_text};

/// Keras' constraint: what it is called, and the rule that its options stand for.
pub struct ConstraintKind {
    /// How it is called and what it is for.
    pub class: ClassSpec,
    build: fn(&ConfigObject) -> Rule,
}

/// What becomes of a weight, or of a group of weights with the norm n.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Rule {
    /// `max(w, 0)`.
    NonNeg,
    /// `w / n`.
    Unit,
    /// The norm goes this share of the way into the interval.
    Between { min: f32, max: f32, rate: f32 },
}

/// Keras' fuzz factor: keeps the division away from 0.
const EPSILON: f32 = 1e-7;

const AXIS: OptionSpec = OptionSpec {
    name: "axis",
    label: "axis",
    doc: help_text(
        "Axes that are summed over: 0 for the weights into each unit of a Dense layer, [0, 1, 2] for \
          each filter of a Conv2D layer.",
    ),
    kind: Kind::Ints(-8, 7),
    default: Default::Int(0),
    advanced: false,
    start: "",
};

const fn norm(
    name: &'static str,
    label: &'static str,
    default: f64,
    doc: &'static str,
) -> OptionSpec {
    OptionSpec {
        name,
        label,
        doc: help_text(doc),
        kind: Kind::Float(0.0, 1e30),
        default: Default::Float(default),
        advanced: false,
        start: "",
    }
}

/// Every constraint, in the order in which the page offers them.
pub static ALL: &[ConstraintKind] = &[
    ConstraintKind {
        class: ClassSpec {
            class_name: "MaxNorm",
            name: "max_norm",
            aliases: &[],
            label: "Largest norm",
            doc: help_text("Shortens the weights into a unit where they have grown too long."),
            formula: help_text("w min(n, max) / (n + 1e-7), n = sqrt(sum w^2)"),
            options: &[&norm("max_value", "largest", 2.0, "Largest norm."), &AXIS],
            group: "",
            shared: &[],
        },
        build: |choice| Rule::Between {
            min: 0.0,
            max: choice.number("max_value") as f32,
            rate: 1.0,
        },
    },
    ConstraintKind {
        class: ClassSpec {
            class_name: "NonNeg",
            name: "non_neg",
            aliases: &[],
            label: "Not negative",
            doc: help_text("Puts negative weights to 0."),
            formula: help_text("max(w, 0)"),
            options: &[],
            group: "",
            shared: &[],
        },
        build: |_| Rule::NonNeg,
    },
    ConstraintKind {
        class: ClassSpec {
            class_name: "UnitNorm",
            name: "unit_norm",
            aliases: &[],
            label: "Norm 1",
            doc: help_text(
                "Keeps the weights into a unit at length 1, so that only their direction is learnt.",
            ),
            formula: help_text("w / (n + 1e-7), n = sqrt(sum w^2)"),
            options: &[&AXIS],
            group: "",
            shared: &[],
        },
        build: |_| Rule::Unit,
    },
    ConstraintKind {
        class: ClassSpec {
            class_name: "MinMaxNorm",
            name: "min_max_norm",
            aliases: &[],
            label: "Norm in an interval",
            doc: help_text("Lengthens or shortens the weights into a unit towards an interval."),
            formula: help_text("w (rate clip(n, min, max) + (1 - rate) n) / (n + 1e-7)"),
            options: &[
                &norm("min_value", "smallest", 0.0, "Smallest norm."),
                &norm("max_value", "largest", 1.0, "Largest norm."),
                &OptionSpec {
                    name: "rate",
                    label: "rate",
                    doc: help_text("How much of the way is gone at once."),
                    kind: Kind::Float(0.0, 1.0),
                    default: Default::Float(1.0),
                    advanced: false,
                    start: "",
                },
                &AXIS,
            ],
            group: "",
            shared: &[],
        },
        build: |choice| Rule::Between {
            min: choice.number("min_value") as f32,
            max: choice.number("max_value") as f32,
            rate: choice.number("rate") as f32,
        },
    },
];

/// The family, for options that take a constraint.
pub static REGISTRY: Registry = Registry {
    noun: "constraint",
    entries: || ALL.iter().map(|c| &c.class).collect(),
    config_keys: &[],
    object_keys: &[],
};

/// A constraint at work.
#[derive(Clone, Debug, PartialEq)]
pub struct Constraint {
    rule: Rule,
    axes: Vec<i64>,
}

impl Constraint {
    /// The constraint of a choice out of [`REGISTRY`].
    pub fn new(choice: &ConfigObject) -> Self {
        let kind = ALL
            .iter()
            .find(|c| std::ptr::eq(&c.class, choice.class))
            .unwrap_or(&ALL[0]);
        let rule = (kind.build)(choice);
        let axes = match rule {
            Rule::NonNeg => Vec::new(),
            _ => choice.ints("axis").to_vec(),
        };
        Constraint { rule, axes }
    }

    /// Says whether an array of this shape has the axes that are summed over.
    ///
    /// # Errors
    /// An axis that the array does not have.
    pub fn check(&self, shape: &[usize]) -> Result<(), ConfigError> {
        let rank = shape.len() as i64;
        if let Some(axis) = self.axes.iter().find(|a| !(-rank..rank).contains(a)) {
            let message = format!(
                "There is no axis {axis} in weights of shape {shape:?}: take axes from 0 to {}.",
                rank - 1
            );
            return Err(ConfigError::new("config.axis", message));
        }
        let from_first: Vec<i64> = self.axes.iter().map(|a| (a + rank) % rank).collect();
        if (1..from_first.len()).any(|i| from_first[..i].contains(&from_first[i])) {
            let message = format!("An axis stands twice in {:?}: name each once.", self.axes);
            return Err(ConfigError::new("config.axis", message));
        }
        Ok(())
    }

    /// Makes the array `w` of this shape what it may be.
    pub fn apply(&self, shape: &[usize], w: &mut [f32]) {
        let rule = self.rule;
        let scale = |norm: f32| match rule {
            Rule::Between { min, max, rate } => {
                let held = if norm > max { max } else { norm };
                let held = if held < min { min } else { held };
                (rate * held + (1.0 - rate) * norm) / (EPSILON + norm)
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
            let first = axes.place(false, group);
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

/// The axes of an array: those that are summed over and the others.
struct Axes<'a> {
    shape: &'a [usize],
    /// Bit i: whether axis i is summed over.
    summed: u32,
    /// Numbers in a sum.
    length: usize,
    /// From one number of a sum to the next, where the axes stand side by side.
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
        // Side by side: the bits are one run of ones.
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

    /// Place of the `index`-th combination of the summed axes (or of the others), the rest at 0.
    fn place(&self, summed: bool, mut index: usize) -> usize {
        let (mut place, mut stride) = (0, 1);
        for (i, n) in self.shape.iter().enumerate().rev() {
            if (self.summed >> i & 1 == 1) == summed {
                place += index % n * stride;
                index /= n;
            }
            stride *= n;
        }
        place
    }

    fn at(&self, k: usize) -> usize {
        self.stride.map_or_else(|| self.place(true, k), |s| k * s)
    }
}
