//! Layers that merge several inputs: element by element, or by concatenation.

use super::layer::{
    Backward, Build, Forward, Inputs, Join, Layer, LayerKind, MaskFlow, Masks, Shape, size,
};
use crate::options::declare::class;
use crate::options::error::{ConfigError, Result};
use crate::options::{Default, Kind};

#[derive(Clone, Copy, PartialEq)]
enum How {
    Add,
    Subtract,
    Multiply,
    Average,
    Maximum,
    Minimum,
}

class! {
    /// Adds its inputs.
    #[formula("y = a + b")]
    #[group("merging")]
    struct AddOptions("Add", "add", "Add") {}
}

pub static ADD: LayerKind =
    LayerKind::new(AddOptions::SPEC, |request| Merge::boxed(request, How::Add))
        .taking(Inputs::Several);

class! {
    /// Subtracts its second input from its first.
    #[formula("y = a - b")]
    #[group("merging")]
    struct SubtractOptions("Subtract", "subtract", "Subtract") {}
}

pub static SUBTRACT: LayerKind = LayerKind::new(SubtractOptions::SPEC, |request| {
    Merge::boxed(request, How::Subtract)
})
.taking(Inputs::Several);

class! {
    /// Multiplies its inputs.
    #[formula("y = a b")]
    #[group("merging")]
    struct MultiplyOptions("Multiply", "multiply", "Multiply") {}
}

pub static MULTIPLY: LayerKind = LayerKind::new(MultiplyOptions::SPEC, |request| {
    Merge::boxed(request, How::Multiply)
})
.taking(Inputs::Several);

class! {
    /// Computes the mean of its inputs.
    #[formula("y = (a + b) / 2")]
    #[group("merging")]
    struct AverageOptions("Average", "average", "Average") {}
}

pub static AVERAGE: LayerKind = LayerKind::new(AverageOptions::SPEC, |request| {
    Merge::boxed(request, How::Average)
})
.taking(Inputs::Several);

class! {
    /// Computes the largest of its inputs, element by element.
    #[formula("y = max(a, b)")]
    #[group("merging")]
    struct MaximumOptions("Maximum", "maximum", "Maximum") {}
}

pub static MAXIMUM: LayerKind = LayerKind::new(MaximumOptions::SPEC, |request| {
    Merge::boxed(request, How::Maximum)
})
.taking(Inputs::Several);

class! {
    /// Computes the smallest of its inputs, element by element.
    #[formula("y = min(a, b)")]
    #[group("merging")]
    struct MinimumOptions("Minimum", "minimum", "Minimum") {}
}

pub static MINIMUM: LayerKind = LayerKind::new(MinimumOptions::SPEC, |request| {
    Merge::boxed(request, How::Minimum)
})
.taking(Inputs::Several);

class! {
    /// Concatenates its inputs along an axis.
    #[formula("y = [a b]")]
    #[group("merging")]
    struct ConcatenateOptions("Concatenate", "concatenate", "Concatenate") {
        /// Axis of the concatenation; 0 is the batch, -1 the last axis.
        #[advanced]
        axis("axis"): i64 = Kind::Int(-8, 8), Default::Int(-1);
    }
}

pub static CONCATENATE: LayerKind = LayerKind::new(ConcatenateOptions::SPEC, |request| {
    Ok(Box::new(Concatenate::new(request)?))
})
.taking(Inputs::Several);

/// Merges element by element. An input of size 1 along an axis is broadcast.
struct Merge {
    shape: Shape,
    /// Number of outputs.
    n: usize,
    /// Number of inputs that are merged.
    parts: usize,
    /// Length of an example's inputs, concatenated.
    n_in: usize,
    /// Index among them of each output's element of the first input, then of the second, and so on.
    indices: Vec<usize>,
    how: How,
}

impl Merge {
    /// # Errors
    /// Shapes that do not broadcast to one; another number of inputs than two for Subtract.
    fn boxed(request: Build<'_>, how: How) -> Result<Box<dyn Layer>> {
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
                "{class} merges inputs of the same shape, or of size 1 along an axis, but these have the shapes {:?}.",
                request.inputs
            );
            return Err(ConfigError::new("", message));
        }
        let parts = request.inputs.len();
        if how == How::Subtract && parts != 2 {
            return Err(ConfigError::new("", "Subtract takes two inputs."));
        }
        let n = size(&shape).unwrap_or(1);
        let (mut n_in, mut indices) = (0, Vec::new());
        for input in request.inputs {
            indices.extend((0..n).map(|k| {
                let (mut rest, mut stride, mut index) = (k, 1, n_in);
                for (n, all) in input.iter().zip(&shape).rev() {
                    index += rest % all * stride * usize::from(n == all);
                    rest /= all;
                    stride *= n;
                }
                index
            }));
            n_in += size(input).unwrap_or(1);
        }
        Ok(Box::new(Merge {
            shape,
            n,
            parts,
            n_in,
            indices,
            how,
        }))
    }
}

/// The inputs of one example, and their masks.
#[derive(Clone, Copy)]
struct Example<'a> {
    x: &'a [f32],
    masks: Masks<'a>,
    index: usize,
    batch: usize,
}

impl Merge {
    /// Element of an input that output k is computed from.
    fn element(&self, example: Example<'_>, part: usize, k: usize) -> f32 {
        example.x[self.indices[part * self.n + k]]
    }

    /// Whether the mask of an input keeps the step of output k; `None` without a mask.
    fn counts(&self, example: Example<'_>, part: usize, k: usize) -> Option<bool> {
        let mask = (example.masks)(part)?;
        let steps = mask.len() / example.batch;
        let step = k / (self.n / self.shape[0]);
        Some(mask[example.index * steps + step.min(steps - 1)] != 0.0)
    }

    /// Product of all inputs but one for output k; masked elements count as 1.
    fn product(&self, example: Example<'_>, k: usize, without: usize) -> f32 {
        let others = (0..self.parts).filter(|part| *part != without);
        let counting = others.filter(|part| self.counts(example, *part, k) != Some(false));
        counting
            .map(|part| self.element(example, part, k))
            .product()
    }

    /// Whether all inputs are masked at output k: the product is 0 then.
    fn all_masked(&self, example: Example<'_>, k: usize) -> bool {
        (0..self.parts).all(|part| self.counts(example, part, k) == Some(false))
    }

    /// The input with the largest (or smallest) element. Keras compares one input after another: the first of equal ones
    /// wins, and a masked one loses.
    fn winner(&self, example: Example<'_>, k: usize) -> usize {
        let sign = if self.how == How::Maximum { 1.0 } else { -1.0 };
        let mut best = 0;
        let mut counted = self.counts(example, 0, k);
        for part in 1..self.parts {
            let counts = self.counts(example, part, k);
            let beats =
                || sign * self.element(example, part, k) > sign * self.element(example, best, k);
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
        let examples = pass.x.chunks_exact(self.n_in);
        for (index, (x, y)) in examples.zip(pass.y.chunks_exact_mut(self.n)).enumerate() {
            let example = Example {
                x,
                masks: pass.masks,
                index,
                batch: pass.batch,
            };
            for (k, y) in y.iter_mut().enumerate() {
                let element = |part: usize| self.element(example, part, k);
                let sum = || (1..self.parts).fold(element(0), |sum, part| sum + element(part));
                *y = match self.how {
                    How::Add => sum(),
                    How::Average => sum() / self.parts as f32,
                    How::Subtract => element(0) - element(1),
                    How::Multiply if self.all_masked(example, k) => 0.0,
                    How::Multiply => self.product(example, k, self.parts),
                    How::Maximum | How::Minimum => element(self.winner(example, k)),
                };
            }
        }
    }

    fn backward(&self, pass: Backward<'_>) {
        let Some(dx) = pass.dx else { return };
        let (n, parts) = (self.n, self.parts);
        dx.fill(0.0);
        let examples = pass.x.chunks_exact(self.n_in);
        let ds = pass.dy.chunks_exact(n).zip(dx.chunks_exact_mut(self.n_in));
        for (index, (x, (dy, dx))) in examples.zip(ds).enumerate() {
            let example = Example {
                x,
                masks: pass.masks,
                index,
                batch: pass.batch,
            };
            for (k, dy) in dy.iter().enumerate() {
                let mut add = |part: usize, d: f32| dx[self.indices[part * n + k]] += d;
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

/// Concatenates along an axis.
struct Concatenate {
    shape: Shape,
    /// Length of the contiguous runs of each input.
    runs: Vec<usize>,
    /// Number of runs of each input.
    outer: usize,
    mask: MaskFlow,
}

impl Concatenate {
    fn new(request: Build<'_>) -> Result<Self> {
        let first = request.input();
        let axis = ConcatenateOptions::of(request.config).axis;
        let at = if axis < 0 {
            first.len() as i64 + axis
        } else {
            axis - 1
        };
        let Some(at) = usize::try_from(at).ok().filter(|at| *at < first.len()) else {
            let message = "'axis' must name an axis of the inputs other than the batch: try -1.";
            return Err(ConfigError::new("axis", message));
        };
        let same = |shape: &Shape| {
            shape.len() == first.len() && (0..shape.len()).all(|i| i == at || shape[i] == first[i])
        };
        if !request.inputs.iter().all(same) {
            let message = format!(
                "Concatenate needs inputs that differ along its axis only, but these have the shapes {:?}.",
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

    /// Calls `f` with the start of each run in the inputs, its start in the output, and its length.
    fn for_each_run(&self, batch: usize, mut f: impl FnMut(usize, usize, usize)) {
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
        self.for_each_run(pass.batch, |from, to, n| {
            y[to..to + n].copy_from_slice(&x[from..from + n])
        });
    }

    fn backward(&self, pass: Backward<'_>) {
        let Some(dx) = pass.dx else { return };
        let dy = pass.dy;
        self.for_each_run(pass.batch, |from, to, n| {
            dx[from..from + n].copy_from_slice(&dy[to..to + n])
        });
    }

    fn mask_flow(&self) -> MaskFlow {
        self.mask
    }
}
