//! What weights cost beside the loss: Keras' penalties, each value beside its gradient (Keras'
//! `regularizers/regularizers.py`).

use crate::options::error::ConfigError;
use crate::options::{ClassSpec, ConfigObject, Default, Kind, OptionSpec, Registry, help_text};

/// Keras' regularizer: what it is called, and the penalty that its options stand for.
pub struct RegularizerKind {
    /// How it is called and what it is for.
    pub class: ClassSpec,
    build: fn(&ConfigObject) -> Penalty,
}

/// What is added to the loss.
#[derive(Clone, Debug, PartialEq)]
enum Penalty {
    /// `l1 sum |w| + l2 sum w^2`; Keras has no half before the second.
    Norms { l1: f32, l2: f32 },
    /// `factor` times the mean |cosine| of all pairs of rows, or of columns.
    Orthogonal { factor: f32, rows: bool },
}

const fn factor(
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

const L1_DOC: &str = "Price of the sum of absolute values.";
const L2_DOC: &str = "Price of the sum of squares.";

/// Every regularizer, in the order in which the page offers them.
pub static ALL: &[RegularizerKind] = &[
    RegularizerKind {
        class: ClassSpec {
            class_name: "L1",
            name: "l1",
            aliases: &[],
            label: "L1 (sparse weights)",
            doc: help_text(
                "Pulls every weight towards 0 with the same force, so that many end there.",
            ),
            formula: help_text("l1 sum |w|"),
            options: &[&factor("l1", "L1", 0.01, L1_DOC)],
            group: "",
            shared: &[],
        },
        build: |choice| Penalty::Norms {
            l1: choice.number("l1") as f32,
            l2: 0.0,
        },
    },
    RegularizerKind {
        class: ClassSpec {
            class_name: "L2",
            name: "l2",
            aliases: &[],
            label: "L2 (small weights)",
            doc: help_text("Pulls large weights hardest, so that all stay small."),
            formula: help_text("l2 sum w^2"),
            options: &[&factor("l2", "L2", 0.01, L2_DOC)],
            group: "",
            shared: &[],
        },
        build: |choice| Penalty::Norms {
            l1: 0.0,
            l2: choice.number("l2") as f32,
        },
    },
    RegularizerKind {
        class: ClassSpec {
            class_name: "L1L2",
            name: "l1l2",
            aliases: &["l1_l2"],
            label: "L1 and L2",
            doc: help_text("Both pulls at once; each is off until it is given a price."),
            formula: help_text("l1 sum |w| + l2 sum w^2"),
            options: &[
                &factor("l1", "L1", 0.0, L1_DOC),
                &factor("l2", "L2", 0.0, L2_DOC),
            ],
            group: "",
            shared: &[],
        },
        build: |choice| Penalty::Norms {
            l1: choice.number("l1") as f32,
            l2: choice.number("l2") as f32,
        },
    },
    RegularizerKind {
        class: ClassSpec {
            class_name: "OrthogonalRegularizer",
            name: "orthogonal_regularizer",
            aliases: &[],
            label: "Orthogonal",
            doc: help_text(
                "Keeps the rows (or columns) of a matrix at right angles, so that none repeats another.",
            ),
            formula: help_text("factor mean over pairs of |cos(w_i, w_j)|"),
            options: &[
                &factor("factor", "factor", 0.01, "Price of the mean cosine."),
                &OptionSpec {
                    name: "mode",
                    label: "which",
                    doc: help_text("Whether rows or columns are compared."),
                    kind: Kind::OneOf(&["rows", "columns"]),
                    default: Default::Text("rows"),
                    advanced: false,
                    start: "",
                },
            ],
            group: "",
            shared: &[],
        },
        build: |choice| Penalty::Orthogonal {
            factor: choice.number("factor") as f32,
            rows: choice.word("mode") == "rows",
        },
    },
];

/// The family, for options that take a regularizer.
pub static REGISTRY: Registry = Registry {
    noun: "regularizer",
    entries: || ALL.iter().map(|r| &r.class).collect(),
    config_keys: &[],
    object_keys: &[],
};

/// A regularizer at work.
#[derive(Clone, Debug, PartialEq)]
pub struct Regularizer {
    penalty: Penalty,
}

impl Regularizer {
    /// The regularizer of a choice out of [`REGISTRY`].
    pub fn new(choice: &ConfigObject) -> Self {
        let kind = ALL
            .iter()
            .find(|r| std::ptr::eq(&r.class, choice.class))
            .unwrap_or(&ALL[0]);
        Regularizer {
            penalty: (kind.build)(choice),
        }
    }

    /// Says whether it can price an array of this shape.
    ///
    /// # Errors
    /// Where the orthogonal one meets something else than a matrix with two rows (or columns).
    pub fn check(&self, shape: &[usize]) -> Result<(), ConfigError> {
        match (&self.penalty, shape) {
            (Penalty::Norms { .. }, _) => Ok(()),
            (Penalty::Orthogonal { rows, .. }, &[n, m]) if *(if *rows { &n } else { &m }) > 1 => {
                Ok(())
            }
            _ => Err(ConfigError::new(
                "",
                format!(
                    "OrthogonalRegularizer compares the rows (or columns) of a matrix that has at least \
                     two, but this array has the shape {shape:?}: take L1 or L2 here."
                ),
            )),
        }
    }

    /// What the array `w` of this shape costs; its gradient is added to `g`.
    pub fn add(&self, shape: &[usize], w: &[f32], g: Option<&mut [f32]>) -> f32 {
        match (&self.penalty, shape) {
            (Penalty::Norms { l1, l2 }, _) => norms(*l1, *l2, w, g),
            (Penalty::Orthogonal { factor, rows }, &[n, m]) => {
                let (count, length) = if *rows { (n, m) } else { (m, n) };
                let vectors = Vectors {
                    w,
                    count,
                    length,
                    step: if *rows { (m, 1) } else { (1, m) },
                };
                vectors.orthogonal(*factor, g)
            }
            _ => 0.0,
        }
    }
}

fn norms(l1: f32, l2: f32, w: &[f32], g: Option<&mut [f32]>) -> f32 {
    let (mut absolute, mut squares) = (0.0f64, 0.0f64);
    for w in w {
        absolute += f64::from(w.abs());
        squares += f64::from(w * w);
    }
    if let Some(g) = g {
        for (g, w) in g.iter_mut().zip(w) {
            *g += l1 * sign(*w) + 2.0 * l2 * w;
        }
    }
    l1 * absolute as f32 + l2 * squares as f32
}

/// -1, 0 or 1.
fn sign(x: f32) -> f32 {
    if x > 0.0 {
        1.0
    } else if x < 0.0 {
        -1.0
    } else {
        0.0
    }
}

/// Rows or columns of a matrix.
struct Vectors<'a> {
    w: &'a [f32],
    count: usize,
    length: usize,
    /// From one vector to the next, and from one of its numbers to the next.
    step: (usize, usize),
}

impl Vectors<'_> {
    fn at(&self, i: usize, k: usize) -> usize {
        i * self.step.0 + k * self.step.1
    }

    fn product(&self, i: usize, j: usize) -> f64 {
        let number = |i, k| f64::from(self.w[self.at(i, k)]);
        (0..self.length).fold(0.0, |sum, k| sum + number(i, k) * number(j, k))
    }

    /// 1 / |w_i|, and whether Keras held it at 1 / epsilon (it moves no more then).
    fn inverse(&self, i: usize) -> (f64, bool) {
        let inverse = 1.0 / self.product(i, i).sqrt();
        if inverse < 1e7 {
            (inverse, false)
        } else {
            (1e7, true)
        }
    }

    /// `d |cos| / d w_i = sign(cos) (w_j / |w_j| - cos w_i / |w_i|) / |w_i|` for every pair.
    fn orthogonal(&self, factor: f32, mut g: Option<&mut [f32]>) -> f32 {
        let pairs = self.count as f64 * (self.count as f64 - 1.0) / 2.0;
        let price = f64::from(factor) / pairs;
        let mut sum = 0.0f64;
        for i in 0..self.count {
            let of_i = self.inverse(i);
            for j in 0..i {
                let of_j = self.inverse(j);
                let cosine = self.product(i, j) * of_i.0 * of_j.0;
                sum += cosine.abs();
                let Some(g) = g.as_deref_mut() else { continue };
                let force = price * f64::from(sign(cosine as f32));
                for (a, (own, held), b, (other, _)) in [(i, of_i, j, of_j), (j, of_j, i, of_i)] {
                    let along = if held { 0.0 } else { cosine };
                    for k in 0..self.length {
                        let (at, from) = (self.at(a, k), self.at(b, k));
                        let toward = f64::from(self.w[from]) * other;
                        let back = f64::from(self.w[at]) * own * along;
                        g[at] += (force * own * (toward - back)) as f32;
                    }
                }
            }
        }
        (price * sum) as f32
    }
}
