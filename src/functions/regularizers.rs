//! Regularizers: penalties on weights or outputs, added to the loss, each beside its gradient (Keras'
//! `regularizers/regularizers.py`).

use crate::options::declare::class;
use crate::options::error::{ConfigError, Result};
use crate::options::{self, ClassSpec, ConfigObject, Default, Kind, Registry};

/// A regularizer class of Keras.
pub struct RegularizerKind {
    /// Its class and options.
    pub class: ClassSpec,
    build: fn(&ConfigObject) -> Penalty,
}

/// The term that is added to the loss.
#[derive(Clone, Debug, PartialEq)]
enum Penalty {
    /// `l1 sum |w| + l2 sum w^2`, without a factor 1/2, as in Keras.
    Norms { l1: f32, l2: f32 },
    /// `factor` times the mean |cosine| of all pairs of rows, or of columns.
    Orthogonal { factor: f32, rows: bool },
}

class! {
    /// Pulls every weight towards 0 with the same force, so that many weights become 0.
    #[formula("l1 sum |w|")]
    struct L1("L1", "l1", "L1 (sparse weights)") {
        /// Factor of the sum of absolute values.
        l1("L1"): f32 = Kind::Float(0.0, 1e30), Default::Float(0.01);
    }
}

class! {
    /// Pulls large weights most strongly, so that all weights stay small.
    #[formula("l2 sum w^2")]
    struct L2("L2", "l2", "L2 (small weights)") {
        /// Factor of the squared-weights penalty.
        l2("L2"): f32 = Kind::Float(0.0, 1e30), Default::Float(0.01);
    }
}

class! {
    /// Adds both penalties; each is off until its factor is set.
    #[formula("l1 sum |w| + l2 sum w^2")]
    #[aliases("l1_l2")]
    struct L1L2("L1L2", "l1l2", "L1 and L2") {
        /// Factor of the sum of absolute values.
        l1("L1"): f32 = Kind::Float(0.0, 1e30), Default::Float(0.0);
        /// Factor of the squared-weights penalty.
        #[advanced]
        l2("L2"): f32 = Kind::Float(0.0, 1e30), Default::Float(0.0);
    }
}

class! {
    /// Keeps the rows (or columns) of a matrix orthogonal, so that no two units learn the same.
    #[formula("factor mean over pairs of |cos(w_i, w_j)|")]
    struct Orthogonal("OrthogonalRegularizer", "orthogonal_regularizer", "Orthogonal") {
        /// Factor of the mean cosine.
        factor("factor"): f32 = Kind::Float(0.0, 1e30), Default::Float(0.01);
        /// Compares rows or columns.
        #[advanced]
        mode("mode"): &'static str = Kind::OneOf(&["rows", "columns"]), Default::Text("rows");
    }
}

/// Every regularizer, in the order of the page.
pub static ALL: &[&RegularizerKind] = &[
    &RegularizerKind {
        class: L1::SPEC,
        build: |config| Penalty::Norms {
            l1: L1::of(config).l1,
            l2: 0.0,
        },
    },
    &RegularizerKind {
        class: L2::SPEC,
        build: |config| Penalty::Norms {
            l1: 0.0,
            l2: L2::of(config).l2,
        },
    },
    &RegularizerKind {
        class: L1L2::SPEC,
        build: |config| {
            let L1L2 { l1, l2 } = L1L2::of(config);
            Penalty::Norms { l1, l2 }
        },
    },
    &RegularizerKind {
        class: Orthogonal::SPEC,
        build: |config| {
            let options = Orthogonal::of(config);
            Penalty::Orthogonal {
                factor: options.factor,
                rows: options.mode == "rows",
            }
        },
    },
];

/// The regularizers, for options that take one.
pub static REGISTRY: Registry = Registry {
    noun: "regularizer",
    entries: || ALL.iter().map(|kind| &kind.class).collect(),
    config_keys: &[],
    object_keys: &[],
};

/// A regularizer with its options.
#[derive(Clone, Debug, PartialEq)]
pub struct Regularizer {
    penalty: Penalty,
}

impl Regularizer {
    /// The regularizer of a config read by [`REGISTRY`].
    pub fn new(config: &ConfigObject) -> Self {
        let kind = options::find(ALL, |kind| &kind.class, config).unwrap_or(ALL[0]);
        Regularizer {
            penalty: (kind.build)(config),
        }
    }

    /// The penalty `l1 sum |w| + l2 sum w^2`.
    pub fn l1_l2(l1: f32, l2: f32) -> Self {
        Regularizer {
            penalty: Penalty::Norms { l1, l2 },
        }
    }

    /// Checks that the penalty is defined for an array of this shape.
    ///
    /// # Errors
    /// The orthogonal penalty is defined for matrices with two or more rows (or columns) only.
    pub fn check(&self, shape: &[usize]) -> Result<()> {
        match (&self.penalty, shape) {
            (Penalty::Norms { .. }, _) => Ok(()),
            (Penalty::Orthogonal { rows, .. }, &[n, m]) if *(if *rows { &n } else { &m }) > 1 => {
                Ok(())
            }
            _ => Err(ConfigError::new(
                "",
                format!(
                    "OrthogonalRegularizer compares the rows (or columns) of a matrix that has at least \
                     two, but this array has the shape {shape:?}: use L1 or L2 here."
                ),
            )),
        }
    }

    /// Returns the penalty of the array `w` of this shape, and adds its gradient to `g`.
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
    /// Distance between vectors, and between neighbouring elements of a vector.
    step: (usize, usize),
}

impl Vectors<'_> {
    fn at(&self, i: usize, k: usize) -> usize {
        i * self.step.0 + k * self.step.1
    }

    fn product(&self, i: usize, j: usize) -> f64 {
        let element = |i, k| f64::from(self.w[self.at(i, k)]);
        (0..self.length).fold(0.0, |sum, k| sum + element(i, k) * element(j, k))
    }

    /// 1 / |w_i|, and whether Keras clips it to 1 / epsilon (its derivative is 0 there).
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
        let scale = f64::from(factor) / pairs;
        let mut sum = 0.0f64;
        for i in 0..self.count {
            let of_i = self.inverse(i);
            for j in 0..i {
                let of_j = self.inverse(j);
                let cosine = self.product(i, j) * of_i.0 * of_j.0;
                sum += cosine.abs();
                let Some(g) = g.as_deref_mut() else { continue };
                let slope = scale * f64::from(sign(cosine as f32));
                for (a, (own, clipped), b, (other, _)) in [(i, of_i, j, of_j), (j, of_j, i, of_i)] {
                    let along = if clipped { 0.0 } else { cosine };
                    for k in 0..self.length {
                        let (at, from) = (self.at(a, k), self.at(b, k));
                        let toward = f64::from(self.w[from]) * other;
                        let back = f64::from(self.w[at]) * own * along;
                        g[at] += (slope * own * (toward - back)) as f32;
                    }
                }
            }
        }
        (scale * sum) as f32
    }
}
