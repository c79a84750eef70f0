//! Layers that join several inputs of one shape, number by number, or one after another.

use super::{Backward, Build, Forward, Inputs, Join, Layer, LayerKind, MaskFlow, Shape, size};
use crate::choice::{Default, Entry, Kind, Opt, prose};
use crate::refusal::Refusal;

#[derive(Clone, Copy, PartialEq)]
enum How {
    Add,
    Subtract,
    Multiply,
    Average,
    Maximum,
    Minimum,
}

const fn kind(
    class_name: &'static str,
    name: &'static str,
    doc: &'static str,
    formula: &'static str,
    build: fn(Build<'_>) -> Result<Box<dyn Layer>, Refusal>,
) -> LayerKind {
    let entry = Entry {
        class_name,
        name,
        aliases: &[],
        label: class_name,
        doc: prose(doc),
        formula: prose(formula),
        options: &[],
    };
    LayerKind {
        entry,
        inputs: Inputs::Several,
        build,
    }
}

pub static ADD: LayerKind = kind("Add", "add", "Adds its inputs.", "y = a + b", |r| {
    Merge::build(r, How::Add)
});
pub static SUBTRACT: LayerKind = kind(
    "Subtract",
    "subtract",
    "Takes its second input from its first.",
    "y = a - b",
    |r| Merge::build(r, How::Subtract),
);
pub static MULTIPLY: LayerKind = kind(
    "Multiply",
    "multiply",
    "Multiplies its inputs.",
    "y = a b",
    |r| Merge::build(r, How::Multiply),
);
pub static AVERAGE: LayerKind = kind(
    "Average",
    "average",
    "Takes the mean of its inputs.",
    "y = (a + b) / 2",
    |r| Merge::build(r, How::Average),
);
pub static MAXIMUM: LayerKind = kind(
    "Maximum",
    "maximum",
    "Keeps the largest of its inputs.",
    "y = max(a, b)",
    |r| Merge::build(r, How::Maximum),
);
pub static MINIMUM: LayerKind = kind(
    "Minimum",
    "minimum",
    "Keeps the smallest of its inputs.",
    "y = min(a, b)",
    |r| Merge::build(r, How::Minimum),
);

pub static CONCATENATE: LayerKind = LayerKind {
    entry: Entry {
        class_name: "Concatenate",
        name: "concatenate",
        aliases: &[],
        label: "Concatenate",
        doc: prose("Puts its inputs one after another along an axis."),
        formula: prose("y = [a b]"),
        options: &[&Opt {
            name: "axis",
            label: "axis",
            doc: prose(
                "The axis along which they stand, counted with the batch as 0; -1 is the last.",
            ),
            kind: Kind::Int(-8, 8),
            default: Default::Int(-1),
        }],
    },
    inputs: Inputs::Several,
    build: |request| Ok(Box::new(Concatenate::new(request)?)),
};

/// Joins number by number. Inputs lie one after another for each example.
struct Merge {
    shape: Shape,
    n: usize,
    parts: usize,
    how: How,
}

impl Merge {
    fn build(request: Build<'_>, how: How) -> Result<Box<dyn Layer>, Refusal> {
        let class = request.choice.entry.class_name;
        let shape = request.input().clone();
        if request.inputs.iter().any(|s| *s != shape) {
            let message = format!(
                "{class} joins inputs of one shape, and these have {:?}.",
                request.inputs
            );
            return Err(Refusal::new("", message));
        }
        let parts = request.inputs.len();
        if how == How::Subtract && parts != 2 {
            return Err(Refusal::new("", "Subtract takes two inputs."));
        }
        let n = size(&shape).unwrap_or(1);
        Ok(Box::new(Merge {
            shape,
            n,
            parts,
            how,
        }))
    }
}

impl Layer for Merge {
    fn output_shape(&self) -> &Shape {
        &self.shape
    }

    fn forward(&self, pass: Forward<'_>) {
        let n = self.n;
        for (x, y) in pass
            .x
            .chunks_exact(n * self.parts)
            .zip(pass.y.chunks_exact_mut(n))
        {
            y.copy_from_slice(&x[..n]);
            for part in x[n..].chunks_exact(n) {
                for (y, x) in y.iter_mut().zip(part) {
                    *y = match self.how {
                        How::Add | How::Average => *y + x,
                        How::Subtract => *y - x,
                        How::Multiply => *y * x,
                        How::Maximum => {
                            if *x > *y {
                                *x
                            } else {
                                *y
                            }
                        }
                        How::Minimum => {
                            if *x < *y {
                                *x
                            } else {
                                *y
                            }
                        }
                    };
                }
            }
            if self.how == How::Average {
                y.iter_mut().for_each(|y| *y /= self.parts as f32);
            }
        }
    }

    fn backward(&self, pass: Backward<'_>) {
        let Some(dx) = pass.dx else { return };
        let (n, parts) = (self.n, self.parts);
        for (i, dx) in dx.chunks_exact_mut(n * parts).enumerate() {
            let x = &pass.x[i * n * parts..(i + 1) * n * parts];
            let dy = &pass.dy[i * n..(i + 1) * n];
            for k in 0..n {
                // Of equal ones, all before the last share by halves, as pairs are compared in turn.
                let mut left = dy[k];
                for part in (0..parts).rev() {
                    let at = part * n + k;
                    dx[at] = match self.how {
                        How::Add => dy[k],
                        How::Subtract => {
                            if part == 0 {
                                dy[k]
                            } else {
                                -dy[k]
                            }
                        }
                        How::Average => dy[k] / parts as f32,
                        How::Multiply => {
                            let others = (0..parts).filter(|p| *p != part);
                            dy[k] * others.map(|p| x[p * n + k]).product::<f32>()
                        }
                        How::Maximum | How::Minimum => {
                            let sign = if self.how == How::Maximum { 1.0 } else { -1.0 };
                            let before = (0..part).map(|p| sign * x[p * n + k]);
                            let best = before.fold(f32::NEG_INFINITY, f32::max);
                            let own = sign * x[at];
                            let taken = match part {
                                0 => left,
                                _ if own > best => left,
                                _ if own == best => left * TIE,
                                _ => 0.0,
                            };
                            left -= taken;
                            taken
                        }
                    };
                }
            }
        }
    }

    fn mask_flow(&self) -> MaskFlow {
        MaskFlow::Joins(Join::Any)
    }
}

/// The share of the second of two equal numbers: TensorFlow's maximum and minimum give all to the first.
const TIE: f32 = 0.0;

/// Joins along an axis.
struct Concatenate {
    shape: Shape,
    /// Numbers of each input that stand together.
    runs: Vec<usize>,
    outer: usize,
    mask: MaskFlow,
}

impl Concatenate {
    fn new(request: Build<'_>) -> Result<Self, Refusal> {
        let first = request.input();
        let axis = request.choice.number("axis") as i64;
        let at = if axis < 0 {
            first.len() as i64 + axis
        } else {
            axis - 1
        };
        let Some(at) = usize::try_from(at).ok().filter(|at| *at < first.len()) else {
            let message = "'axis' must name an axis of the inputs other than the batch: try -1.";
            return Err(Refusal::new("axis", message));
        };
        let alike = |shape: &Shape| {
            shape.len() == first.len() && (0..shape.len()).all(|i| i == at || shape[i] == first[i])
        };
        if !request.inputs.iter().all(alike) {
            let message = format!(
                "Concatenate needs inputs that differ in that axis alone, and these have the shapes {:?}.",
                request.inputs
            );
            return Err(Refusal::new("axis", message));
        }
        let mut shape = first.clone();
        shape[at] = request.inputs.iter().map(|s| s[at]).sum();
        let runs = request
            .inputs
            .iter()
            .map(|s| size(&s[at..]).unwrap_or(1))
            .collect();
        let outer = size(&first[..at]).unwrap_or(1);
        let mask = match at {
            _ if at + 1 == shape.len() => MaskFlow::Joins(Join::All),
            0 => MaskFlow::Joins(Join::Along),
            _ => MaskFlow::Stops,
        };
        Ok(Concatenate {
            shape,
            runs,
            outer,
            mask,
        })
    }

    /// Calls `f` with the places of each run in the joined inputs and in the output, and its length.
    fn each(&self, batch: usize, mut f: impl FnMut(usize, usize, usize)) {
        let row: usize = self.runs.iter().sum();
        for example in 0..batch {
            let start = example * row * self.outer;
            let mut from = start;
            let mut offset = 0;
            for run in &self.runs {
                for o in 0..self.outer {
                    f(from + o * run, start + o * row + offset, *run);
                }
                from += self.outer * run;
                offset += run;
            }
        }
    }
}

impl Layer for Concatenate {
    fn output_shape(&self) -> &Shape {
        &self.shape
    }

    fn forward(&self, pass: Forward<'_>) {
        let (x, y) = (pass.x, pass.y);
        self.each(pass.batch, |from, to, n| {
            y[to..to + n].copy_from_slice(&x[from..from + n])
        });
    }

    fn backward(&self, pass: Backward<'_>) {
        let Some(dx) = pass.dx else { return };
        let dy = pass.dy;
        self.each(pass.batch, |from, to, n| {
            dx[from..from + n].copy_from_slice(&dy[to..to + n])
        });
    }

    fn mask_flow(&self) -> MaskFlow {
        self.mask
    }
}
