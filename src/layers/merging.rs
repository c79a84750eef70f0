//! Layers that join several inputs, number by number, or one after another.

use super::layer::{
    Backward, Build, Forward, Inputs, Join, Layer, LayerKind, MaskFlow, Masks, Shape, size,
};
use crate::options::error::ConfigError;
use crate::options::{ClassSpec, Default, Kind, OptionSpec, help_text};

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
    build: fn(Build<'_>) -> Result<Box<dyn Layer>, ConfigError>,
) -> LayerKind {
    let entry = ClassSpec {
        class_name,
        name,
        aliases: &[],
        label: class_name,
        doc: help_text(doc),
        formula: help_text(formula),
        options: &[],
        group: "",
        shared: &[],
    };
    LayerKind {
        class: entry,
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
    class: ClassSpec {
        class_name: "Concatenate",
        name: "concatenate",
        aliases: &[],
        label: "Concatenate",
        doc: help_text("Puts its inputs one after another along an axis."),
        formula: help_text("y = [a b]"),
        options: &[&OptionSpec {
            name: "axis",
            label: "axis",
            doc: help_text(
                "The axis along which they stand, counted with the batch as 0; -1 is the last.",
            ),
            kind: Kind::Int(-8, 8),
            default: Default::Int(-1),
            advanced: false,
            start: "",
        }],
        group: "",
        shared: &[],
    },
    inputs: Inputs::Several,
    build: |request| Ok(Box::new(Concatenate::new(request)?)),
};

/// Joins number by number. Inputs lie one after another for each example.
struct Merge {
    shape: Shape,
    n: usize,
    parts: usize,
    /// Numbers of all inputs of an example, and where among them each output finds its own: of the first
    /// input, then of the second ... An input with one place along an axis serves all places there.
    inputs: usize,
    at: Vec<usize>,
    how: How,
}

impl Merge {
    fn build(request: Build<'_>, how: How) -> Result<Box<dyn Layer>, ConfigError> {
        let class = request.config.class.class_name;
        let rank = request.input().len();
        let shape: Shape = (0..rank)
            .map(|axis| {
                let sizes = request.inputs.iter().filter_map(|s| s.get(axis).copied());
                sizes.fold(1, |all, n| if all == 1 { n } else { all })
            })
            .collect();
        let fits =
            |s: &Shape| s.len() == rank && s.iter().zip(&shape).all(|(n, all)| n == all || *n == 1);
        if !request.inputs.iter().all(fits) {
            let message = format!(
                "{class} joins inputs of one shape, or with 1 in place of a size, and these have {:?}.",
                request.inputs
            );
            return Err(ConfigError::new("", message));
        }
        let parts = request.inputs.len();
        if how == How::Subtract && parts != 2 {
            return Err(ConfigError::new("", "Subtract takes two inputs."));
        }
        let n = size(&shape).unwrap_or(1);
        let (mut inputs, mut at) = (0, Vec::new());
        for own in request.inputs {
            at.extend((0..n).map(|k| {
                let (mut rest, mut step, mut place) = (k, 1, inputs);
                for (n, all) in own.iter().zip(&shape).rev() {
                    place += rest % all * step * usize::from(n == all);
                    rest /= all;
                    step *= n;
                }
                place
            }));
            inputs += size(own).unwrap_or(1);
        }
        Ok(Box::new(Merge {
            shape,
            n,
            parts,
            inputs,
            at,
            how,
        }))
    }
}

/// The inputs of one example, and which of their steps count.
#[derive(Clone, Copy)]
struct Example<'a> {
    x: &'a [f32],
    masks: Masks<'a>,
    nth: usize,
    batch: usize,
}

impl Merge {
    fn of(&self, example: Example<'_>, part: usize, k: usize) -> f32 {
        example.x[self.at[part * self.n + k]]
    }

    /// Whether the step of an input counts that output k is of; where the input has a mask.
    fn counts(&self, example: Example<'_>, part: usize, k: usize) -> Option<bool> {
        let mask = (example.masks)(part)?;
        let steps = mask.len() / example.batch;
        let step = k / (self.n / self.shape[0]);
        Some(mask[example.nth * steps + step.min(steps - 1)] != 0.0)
    }

    /// The product for output k without one of the inputs; what does not count is 1 there.
    fn product(&self, example: Example<'_>, k: usize, without: usize) -> f32 {
        let others = (0..self.parts).filter(|part| *part != without);
        let counting = others.filter(|part| self.counts(example, *part, k) != Some(false));
        counting.map(|part| self.of(example, part, k)).product()
    }

    /// Whether all inputs have masks and none counts: then a product is 0.
    fn is_nothing(&self, example: Example<'_>, k: usize) -> bool {
        (0..self.parts).all(|part| self.counts(example, part, k) == Some(false))
    }

    /// The input that has the largest (or smallest) number. Keras compares in turn, and of equal ones the
    /// first wins; what does not count gives way to the others.
    fn winner(&self, example: Example<'_>, k: usize) -> usize {
        let sign = if self.how == How::Maximum { 1.0 } else { -1.0 };
        let mut best = 0;
        let mut counted = self.counts(example, 0, k);
        for part in 1..self.parts {
            let counts = self.counts(example, part, k);
            let beats = || sign * self.of(example, part, k) > sign * self.of(example, best, k);
            if counts != Some(false) && (counted == Some(false) || beats()) {
                best = part;
            }
            counted = counted.zip(counts).map(|(a, b)| a || b);
        }
        best
    }
}

impl Layer for Merge {
    fn output_shape(&self) -> &Shape {
        &self.shape
    }

    fn forward(&self, pass: Forward<'_>) {
        let examples = pass.x.chunks_exact(self.inputs);
        for (nth, (x, y)) in examples.zip(pass.y.chunks_exact_mut(self.n)).enumerate() {
            let example = Example {
                x,
                masks: pass.masks,
                nth,
                batch: pass.batch,
            };
            for (k, y) in y.iter_mut().enumerate() {
                let of = |part: usize| self.of(example, part, k);
                let sum = || (1..self.parts).fold(of(0), |sum, part| sum + of(part));
                *y = match self.how {
                    How::Add => sum(),
                    How::Average => sum() / self.parts as f32,
                    How::Subtract => of(0) - of(1),
                    How::Multiply if self.is_nothing(example, k) => 0.0,
                    How::Multiply => self.product(example, k, self.parts),
                    How::Maximum | How::Minimum => of(self.winner(example, k)),
                };
            }
        }
    }

    fn backward(&self, pass: Backward<'_>) {
        let Some(dx) = pass.dx else { return };
        let (n, parts) = (self.n, self.parts);
        dx.fill(0.0);
        let examples = pass.x.chunks_exact(self.inputs);
        let ds = pass
            .dy
            .chunks_exact(n)
            .zip(dx.chunks_exact_mut(self.inputs));
        for (nth, (x, (dy, dx))) in examples.zip(ds).enumerate() {
            let example = Example {
                x,
                masks: pass.masks,
                nth,
                batch: pass.batch,
            };
            for (k, dy) in dy.iter().enumerate() {
                let mut add = |part: usize, d: f32| dx[self.at[part * n + k]] += d;
                match self.how {
                    How::Subtract => {
                        add(0, *dy);
                        add(1, -dy);
                    }
                    How::Add => (0..parts).for_each(|part| add(part, *dy)),
                    How::Average => (0..parts).for_each(|part| add(part, dy / parts as f32)),
                    How::Multiply => {
                        for part in 0..parts {
                            if self.counts(example, part, k) != Some(false) {
                                add(part, dy * self.product(example, k, part));
                            }
                        }
                    }
                    How::Maximum | How::Minimum => add(self.winner(example, k), *dy),
                }
            }
        }
    }

    fn mask_flow(&self) -> MaskFlow {
        MaskFlow::Joins(Join::Any)
    }
}

/// Joins along an axis.
struct Concatenate {
    shape: Shape,
    /// Numbers of each input that stand together.
    runs: Vec<usize>,
    outer: usize,
    mask: MaskFlow,
}

impl Concatenate {
    fn new(request: Build<'_>) -> Result<Self, ConfigError> {
        let first = request.input();
        let axis = request.config.number("axis") as i64;
        let at = if axis < 0 {
            first.len() as i64 + axis
        } else {
            axis - 1
        };
        let Some(at) = usize::try_from(at).ok().filter(|at| *at < first.len()) else {
            let message = "'axis' must name an axis of the inputs other than the batch: try -1.";
            return Err(ConfigError::new("axis", message));
        };
        let alike = |shape: &Shape| {
            shape.len() == first.len() && (0..shape.len()).all(|i| i == at || shape[i] == first[i])
        };
        if !request.inputs.iter().all(alike) {
            let message = format!(
                "Concatenate needs inputs that differ in that axis alone, and these have the shapes {:?}.",
                request.inputs
            );
            return Err(ConfigError::new("axis", message));
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
            _ if at + 1 == shape.len() => MaskFlow::Joins(Join::Some),
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
