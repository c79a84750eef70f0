//! How each number of a layer is made of others: what the step view reads to open the layer.
//!
//! A layer is one [`Stage`] or several, one after another; the last one is its output. Each number of a stage has
//! as many terms, each of which takes one number by its place: those of the layer's input come first, then those
//! of its stages in order. A place of -1 lies in the padding, where zeros are.

use super::layer::Shape;
use crate::kernels::windows::Geometry;
use crate::numerics::record::Program;

/// The numbers of a layer, or of an intermediate value of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Stage {
    /// Name of the intermediate value; empty for the output.
    pub name: &'static str,
    /// Sizes of one example's array.
    pub shape: Shape,
    /// Numbers at one position. All positions share the weights.
    pub channels: usize,
    /// Groups of channels that take the same inputs.
    pub groups: usize,
    /// What the terms of a number are, one kind after another.
    pub parts: Vec<Part>,
    /// The place that each term takes: `[positions, groups, terms]`.
    pub inputs: Vec<i32>,
    /// What stands before each number that is taken.
    pub factor: Factor,
    /// The function of the sum, where there is one.
    pub activation: Option<&'static str>,
}

/// Terms of one kind.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// What they are: "input", "window", "state before".
    pub name: &'static str,
    /// Their sizes.
    pub shape: Shape,
}

/// What stands before the number that a term takes.
#[derive(Clone, Debug, PartialEq)]
pub enum Factor {
    /// A weight. Keras lays channels out on a kernel's last axis: that of channel c is the parameter
    /// `weights[term] + c` of the layer, its bias `bias + c`.
    Weight {
        /// The place of channel 0's weight for each term.
        weights: Vec<usize>,
        /// The place of channel 0's bias.
        bias: Option<usize>,
    },
    /// 1.
    One,
    /// 1 over the number of terms outside the padding.
    Mean,
    /// 1 for the first of the largest terms, 0 for the others.
    FirstLargest,
    /// The largest terms share the 1.
    Largest,
    /// A factor of its own for each number, which the forward pass keeps: [`StageValues::factors`].
    Kept,
    /// The number is an expression of its terms. The derivatives are in [`StageValues::factors`].
    Expression(Program),
}

/// What the step view calls the terms of a sum over a layer's inputs.
const INPUT: &str = "input";

impl Stage {
    /// Each number is one input, or the padding.
    pub fn rearranged(shape: &[usize], inputs: impl Iterator<Item = Option<usize>>) -> Self {
        let channels = shape.last().copied().unwrap_or(1);
        Stage {
            name: "",
            shape: shape.to_vec(),
            channels,
            groups: channels,
            parts: vec![Part::new(INPUT, &[1])],
            inputs: inputs
                .map(|at| at.and_then(|at| i32::try_from(at).ok()).unwrap_or(-1))
                .collect(),
            factor: Factor::One,
            activation: None,
        }
    }

    /// Each number is made of the input at its own place.
    pub fn each(shape: &[usize], factor: Factor) -> Self {
        let n = shape.iter().product();
        Stage {
            factor,
            ..Stage::rearranged(shape, (0..n).map(Some))
        }
    }

    /// The same with a function of each number.
    pub fn with_activation(self, activation: Option<&'static str>) -> Self {
        Stage { activation, ..self }
    }

    /// Every position's row of the input times a matrix `[n_in, channels]`, plus a bias.
    pub fn product(shape: &[usize], n_in: usize, has_bias: bool) -> Self {
        let channels = shape.last().copied().unwrap_or(1);
        let positions = shape.iter().product::<usize>() / channels;
        Stage {
            name: "",
            shape: shape.to_vec(),
            channels,
            groups: 1,
            parts: vec![Part::new(INPUT, &[n_in])],
            inputs: (0..positions * n_in).map(|at| at as i32).collect(),
            factor: Factor::Weight {
                weights: (0..n_in).map(|i| i * channels).collect(),
                bias: has_bias.then_some(n_in * channels),
            },
            activation: None,
        }
    }

    /// Windows over an image. `shape`: of the output; `groups`: of channels that see the same inputs.
    pub fn windows(shape: &[usize], geometry: &Geometry, groups: usize, factor: Factor) -> Self {
        let Geometry {
            image,
            channels,
            seen,
            window,
            strides,
            dilation,
            before,
            places,
        } = *geometry;
        let mut inputs = Vec::with_capacity(geometry.n_places() * groups * geometry.n_window());
        for place in 0..geometry.n_places() {
            for group in 0..groups {
                for tap in 0..window[0] * window[1] {
                    let at = |axis: usize, place: usize, tap: usize| {
                        let at = place * strides[axis] + tap * dilation[axis];
                        at.checked_sub(before[axis]).filter(|at| *at < image[axis])
                    };
                    let row = at(0, place / places[1], tap / window[1]);
                    let column = at(1, place % places[1], tap % window[1]);
                    for inner in 0..seen {
                        inputs.push(match (row, column) {
                            (Some(row), Some(column)) => {
                                let pixel = row * image[1] + column;
                                (pixel * channels + group * seen + inner) as i32
                            }
                            _ => -1,
                        });
                    }
                }
            }
        }
        // A sequence is an image of one row.
        let axes = if shape.len() == 3 {
            &window[..]
        } else {
            &window[1..]
        };
        Stage {
            name: "",
            shape: shape.to_vec(),
            channels: shape.last().copied().unwrap_or(1),
            groups,
            parts: vec![Part::new("window", &[axes, &[seen]].concat())],
            inputs,
            factor,
            activation: None,
        }
    }

    /// Terms of each number.
    pub fn n_terms(&self) -> usize {
        self.parts.iter().map(Part::len).sum()
    }

    /// Numbers of the stage.
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// Whether it has no numbers.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The places that a number takes.
    fn inputs_of(&self, unit: usize) -> &[i32] {
        let (position, channel) = (unit / self.channels, unit % self.channels);
        let group = channel * self.groups / self.channels;
        let terms = self.n_terms();
        &self.inputs[(position * self.groups + group) * terms..][..terms]
    }
}

impl Part {
    /// Terms of this kind and these sizes.
    pub fn new(name: &'static str, shape: &[usize]) -> Self {
        Part {
            name,
            shape: shape.to_vec(),
        }
    }

    /// How many they are.
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// What a stage computed for the rows of a batch. `n`: numbers of one row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StageValues {
    /// The sums before the activation: `[batch, n]`; empty for a stage that has none.
    pub z: Vec<f32>,
    /// The numbers: `[batch, n]`.
    pub a: Vec<f32>,
    /// f'(z), where the activation looks at one number at a time: `[batch, n]`.
    pub slope: Vec<f32>,
    /// dL/dz where there is a z, dL/da elsewhere: `[batch, n]`; empty above the logits that the loss takes.
    pub delta: Vec<f32>,
    /// Of [`Factor::Kept`] the factors, of [`Factor::Expression`] the derivatives: `[batch, n, terms]`.
    pub factors: Vec<f32>,
}

/// What a forward pass of training left behind.
pub struct Passed<'a> {
    /// Number of examples.
    pub batch: usize,
    /// Inputs: `[batch, inputs]`.
    pub x: &'a [f32],
    /// What the layer keeps for the backward pass.
    pub scratch: &'a [f32],
}

/// Fills the deltas of all stages but the last, whose delta is known: the chain rule over the terms.
/// `params`: the layer's parameters; `n_in`: numbers of its input.
pub fn fill_deltas(stages: &[Stage], values: &mut [StageValues], params: &[f32], n_in: usize) {
    let mut first = n_in;
    let starts: Vec<usize> = stages
        .iter()
        .map(|stage| {
            first += stage.len();
            first - stage.len()
        })
        .collect();
    let inner = stages.len().saturating_sub(1);
    for values in &mut values[..inner] {
        values.delta = vec![0.0; values.a.len()];
    }
    for s in (0..stages.len()).rev() {
        let (stage, n, terms) = (&stages[s], stages[s].len(), stages[s].n_terms());
        // Positions take earlier ones of their own stage only.
        for at in (0..values[s].delta.len()).rev() {
            if s < inner && !values[s].slope.is_empty() {
                values[s].delta[at] *= values[s].slope[at];
            }
            let (row, unit, delta) = (at / n, at % n, values[s].delta[at]);
            let places = stage.inputs_of(unit);
            let counted = places.iter().filter(|place| **place >= 0).count() as f32;
            for (term, place) in places.iter().enumerate() {
                let Some(place) = usize::try_from(*place).ok().filter(|place| *place >= n_in)
                else {
                    continue;
                };
                let factor = match &stage.factor {
                    Factor::Weight { weights, .. } => params[weights[term] + unit % stage.channels],
                    Factor::Kept | Factor::Expression(_) => values[s].factors[at * terms + term],
                    Factor::Mean => 1.0 / counted,
                    Factor::One => 1.0,
                    // Of inputs alone.
                    Factor::FirstLargest | Factor::Largest => 0.0,
                };
                let to = starts.partition_point(|start| *start <= place) - 1;
                let to_unit = row * stages[to].len() + place - starts[to];
                values[to].delta[to_unit] += factor * delta;
            }
        }
    }
}
