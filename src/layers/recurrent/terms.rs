//! The terms of a recurrent layer whose state is a function of one sum.

use super::Recurrent;
use crate::functions::activations;
use crate::layers::terms::{Factor, Part, Passed, Stage, StageValues};

impl Recurrent {
    /// The states of all steps, each made of the step's input and the state before, then the output. Empty for cells
    /// with gates, behind a mask, and where dropout changes inputs or states.
    pub(super) fn stages(&self, masked: bool) -> Vec<Stage> {
        let (n_in, units, n) = (self.n_in, self.units, self.steps * self.n_in);
        let (input_drops, state_drops) = self.dropout.sizes(n_in, units);
        let function = self.cell.function();
        let along_rows = |name: &str| activations::uses_whole_row(name);
        let Some(function) = function.filter(|f| !along_rows(f.name())) else {
            return Vec::new();
        };
        if masked || input_drops + state_drops > 0 {
            return Vec::new();
        }
        let place = |at: usize| i32::try_from(at).unwrap_or(-1);
        let mut inputs = Vec::with_capacity(self.steps * (n_in + units));
        for t in 0..self.steps {
            let read = self.read_at(t) * n_in;
            inputs.extend((read..read + n_in).map(place));
            // The state before the first step is zero.
            inputs.extend((0..units).map(|k| match t {
                0 => -1,
                _ => place(n + (t - 1) * units + k),
            }));
        }
        let states = Stage {
            name: "state",
            shape: vec![self.steps, units],
            channels: units,
            groups: 1,
            parts: vec![
                Part::new("input", &[n_in]),
                Part::new("state before", &[units]),
            ],
            inputs,
            // The recurrent kernel lies behind the kernel.
            factor: Factor::Weight {
                weights: (0..n_in + units).map(|i| i * units).collect(),
                bias: (self.params.len() > 2).then_some((n_in + units) * units),
            },
            activation: function.nonlinear_name(),
        };
        let first = if self.returns_sequences {
            0
        } else {
            self.steps - 1
        };
        let shown = (first * units..self.steps * units).map(|at| Some(n + at));
        vec![states, Stage::rearranged(&self.output_shape, shown)]
    }

    /// The states, which lie time-major in the scratch.
    pub(super) fn states(&self, passed: &Passed<'_>) -> Vec<StageValues> {
        let Some(function) = self.cell.function() else {
            return Vec::new();
        };
        let (batch, units) = (passed.batch, self.units);
        let n = batch * units;
        let first_h = self.steps * batch * self.n_in;
        let h = &passed.scratch[first_h + n..][..self.steps * n];
        let z = &passed.scratch[first_h + (self.steps + 1) * n..][..self.steps * n];
        let by_example = |all: &[f32]| -> Vec<f32> {
            let rows = (0..batch).flat_map(|example| {
                (0..self.steps).flat_map(move |t| all[t * n + example * units..][..units].iter())
            });
            rows.copied().collect()
        };
        let mut states = StageValues {
            z: by_example(z),
            a: by_example(h),
            slope: vec![1.0; self.steps * n],
            ..StageValues::default()
        };
        function.backward(units, &states.z, &states.a, &mut states.slope);
        vec![states, StageValues::default()]
    }
}
