//! The terms of a normalization of each place: mean, variance, the normalized numbers, then scale and offset.

use crate::layers::terms::{Factor, Part, Stage, StageValues};
use crate::numerics::record::{Number, Plain, Program, Recorder, Symbol, Tape};

/// The places of an example, each with channels of its own that are normalized together.
pub struct Places {
    /// How many there are.
    pub outer: usize,
    /// Channels of each.
    pub channels: usize,
    /// Whether the mean is taken off.
    pub centred: bool,
    /// Added to the variance.
    pub epsilon: f32,
}

/// The square of a number's distance from the mean.
fn square<N: Number>(x: N, mean: Option<N>) -> N {
    let deviation = mean.map_or(x, |mean| x - mean);
    deviation * deviation
}

/// (x - mean) / sqrt(variance + epsilon).
fn normalized<N: Number>(x: N, mean: Option<N>, variance: N, epsilon: N) -> N {
    mean.map_or(x, |mean| x - mean) / (variance + epsilon).sqrt()
}

impl Places {
    /// The stages for an input and output of this `shape`, with a scale and perhaps an offset.
    pub fn stages(&self, shape: &[usize], has_offset: bool) -> Vec<Stage> {
        let (outer, channels) = (self.outer, self.channels);
        let n = outer * channels;
        let each = |name,
                    parts: &[(&'static str, usize)],
                    inputs: &dyn Fn(usize, usize) -> usize,
                    factor| {
            let places = (0..n).flat_map(|i| (0..parts.len()).map(move |k| (i, k)));
            Stage {
                name,
                shape: shape.to_vec(),
                channels,
                groups: channels,
                parts: parts
                    .iter()
                    .map(|(name, n)| Part::new(name, &[*n]))
                    .collect(),
                inputs: places.map(|(i, k)| inputs(i, k) as i32).collect(),
                factor,
                activation: None,
            }
        };
        let mean = |name, part, first: usize| Stage {
            name,
            shape: vec![outer, 1],
            channels: 1,
            groups: 1,
            parts: vec![Part::new(part, &[channels])],
            inputs: (first..first + n).map(|at| at as i32).collect(),
            factor: Factor::Mean,
            activation: None,
        };
        // Places: the input, then the stages one after another.
        let squares_at = n + if self.centred { outer } else { 0 };
        let variance_at = squares_at + n;
        let normalized_at = variance_at + outer;
        let (at_mean, at_variance) = (
            move |i: usize| n + i / channels,
            move |i: usize| variance_at + i / channels,
        );
        let output = each(
            "",
            &[("normalized", 1)],
            &|i, _| normalized_at + i,
            Factor::Weight {
                weights: vec![0],
                bias: has_offset.then_some(channels),
            },
        );
        let tape = Tape::default();
        let [squares, result] = self.programs(&tape);
        if !self.centred {
            return vec![
                each(
                    "square",
                    &[("input", 1)],
                    &|i, _| i,
                    Factor::Expression(squares),
                ),
                mean("mean square", "square", squares_at),
                each(
                    "normalized",
                    &[("input", 1), ("mean square", 1)],
                    &|i, k| [i, at_variance(i)][k],
                    Factor::Expression(result),
                ),
                output,
            ];
        }
        vec![
            mean("mean", "input", 0),
            each(
                "squared deviation",
                &[("input", 1), ("mean", 1)],
                &|i, k| [i, at_mean(i)][k],
                Factor::Expression(squares),
            ),
            mean("variance", "squared deviation", squares_at),
            each(
                "normalized",
                &[("input", 1), ("mean", 1), ("variance", 1)],
                &|i, k| [i, at_mean(i), at_variance(i)][k],
                Factor::Expression(result),
            ),
            output,
        ]
    }

    /// The square and the normalized number, written down.
    fn programs(&self, tape: &Tape) -> [Program; 2] {
        let other = Tape::default();
        let mean =
            |tape| -> Option<Symbol<'_>> { self.centred.then(|| Tape::input(tape, 1, "μ")) };
        let squared = square(tape.input(0, "x"), mean(tape)).named("d");
        let x = other.input(0, "x");
        let mean_of = mean(&other);
        let variance = other.input(1 + usize::from(self.centred), "σ²");
        let epsilon = (&other).constant("ε", self.epsilon);
        let result = normalized(x, mean_of, variance, epsilon).named("x̂");
        [tape.program(&[squared]), other.program(&[result])]
    }

    /// The numbers of all stages for inputs `x`, from the mean and variance of each place.
    pub fn values(&self, x: &[f32], moments: &[f32]) -> Vec<StageValues> {
        let epsilon = Plain.constant("ε", self.epsilon);
        let [mut means, mut squares, mut variances, mut results] =
            [(); 4].map(|()| StageValues::default());
        for (place, moments) in x.chunks_exact(self.channels).zip(moments.chunks_exact(2)) {
            let (mean, variance) = (self.centred.then_some(moments[0]), moments[1]);
            means.a.extend(mean);
            variances.a.push(variance);
            let inverse = 1.0 / (variance + epsilon).sqrt();
            for x in place {
                squares.a.push(square(*x, mean));
                let y = normalized(*x, mean, variance, epsilon);
                results.a.push(y);
                // The derivatives with respect to x, mean and variance.
                let deviation = mean.map_or(*x, |mean| x - mean);
                squares.factors.push(2.0 * deviation);
                squares.factors.extend(mean.map(|_| -2.0 * deviation));
                results.factors.push(inverse);
                results.factors.extend(mean.map(|_| -inverse));
                results.factors.push(-0.5 * y * inverse * inverse);
            }
        }
        let first = self.centred.then_some(means);
        let rest = [squares, variances, results, StageValues::default()];
        first.into_iter().chain(rest).collect()
    }
}
