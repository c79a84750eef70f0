//! Recurrent layers: one cell, stepped along the sequence.
//!
//! [`Recurrent`] does what all have in common: the inputs of all steps in one product, the order of
//! time, masks, and the way back through time. A [`Cell`] is the mathematics of one step. Inside, arrays
//! are time-major, `[steps, batch, ...]`, so that the batch of a step is one matrix.

mod cell;
mod dropped;
pub mod gru;
pub mod lstm;
mod options;
pub mod simple;

pub use cell::{Cell, Step, StepBack};
use dropped::{Dropped, Rates};
use options::{
    ACTIVATION, DROPOUT, GO_BACKWARDS, RECURRENT_ACTIVATION, RECURRENT_CONSTRAINT,
    RECURRENT_DROPOUT, RECURRENT_INITIALIZER, RECURRENT_REGULARIZER, RETURN_SEQUENCES, UNITS,
    UNROLL, ZERO_OUTPUT,
};

use super::common::{self, Function};
use super::{Backward, Build, Forward, Initial, Layer, MaskFlow, ParamSpec, Shape};
use crate::kernels::panels::{Order, pack, packed};
use crate::kernels::rows;
use crate::refusal::Refusal;
use crate::regularizers::Regularizer;

/// A cell stepped along a sequence `[steps, inputs]`.
///
/// Scratch, one after another, each time-major: inputs, pre-activations from the inputs, those from the
/// state, states before each step and after the last, what the cell keeps, factors of the inputs, factors of
/// the state.
pub struct Recurrent {
    cell: Box<dyn Cell>,
    steps: usize,
    n_in: usize,
    units: usize,
    output_shape: Shape,
    params: Vec<ParamSpec>,
    rates: Rates,
    returns_sequences: bool,
    backwards: bool,
    zero_output: bool,
    activity: Option<Regularizer>,
}

/// Places in the scratch.
struct Layout {
    x: usize,
    z: usize,
    hz: usize,
    states: usize,
    kept: usize,
    drop: usize,
    state_drop: usize,
    end: usize,
}

impl Recurrent {
    /// `bias_rows`: 2 where the recurrent part has a bias of its own; `forget_ones`: the second of four
    /// gates begins with biases of 1.
    ///
    /// # Errors
    /// An input that is not a sequence.
    pub fn new(
        request: Build<'_>,
        cell: Box<dyn Cell>,
        bias_rows: usize,
        forget_ones: bool,
    ) -> Result<Self, Refusal> {
        let choice = request.choice;
        let class = choice.entry.class_name;
        let &[steps, n_in] = request.input().as_slice() else {
            let message = format!(
                "{class} reads a sequence, [steps, features], but its input has the shape {:?}: give it \
                 such an input, or put a Reshape before it.",
                request.input()
            );
            return Err(Refusal::new("units", message));
        };
        let units = choice.count("units").unwrap_or(1);
        let width = cell.gates() * units;
        // SimpleRNN's cell makes its generator before its initializers, the others after them; all of
        // them whether or not they drop anything.
        let early = class == "SimpleRNN";
        let early = early.then(|| common::seed(choice, request.seeds));
        let path = |name: &str| [choice.entry.name, "_cell/", name].concat();
        let mut kernel = common::param(choice, "kernel", vec![n_in, width], request.seeds);
        let mut recurrent = common::param(choice, "recurrent", vec![units, width], request.seeds);
        let bias_shape = match bias_rows {
            1 => vec![width],
            rows => vec![rows, width],
        };
        let mut bias = common::param(choice, "bias", bias_shape, request.seeds);
        if forget_ones && let Initial::Drawn(seeded) = &bias.initial {
            // Gates i, f, c, o: the forget gate begins open.
            let ones = common::plain("ones", request.seeds);
            let parts = [(seeded.clone(), 1), (ones, 1), (seeded.clone(), 2)];
            bias.initial =
                Initial::Parts(parts.map(|(seeded, n)| (seeded, vec![n * units])).into());
        }
        (kernel.path, recurrent.path, bias.path) =
            (path("kernel"), path("recurrent_kernel"), path("bias"));
        let mut params = vec![kernel, recurrent, bias];
        params.truncate(2 + usize::from(choice.flag("use_bias")));
        let returns_sequences = choice.flag("return_sequences");
        let seed = early.unwrap_or_else(|| common::seed(choice, request.seeds));
        Ok(Recurrent {
            rates: Rates::new(
                choice.number("dropout"),
                choice.number("recurrent_dropout"),
                cell.gates(),
                seed,
            ),
            cell,
            steps,
            n_in,
            units,
            output_shape: if returns_sequences {
                vec![steps, units]
            } else {
                vec![units]
            },
            params,
            returns_sequences,
            backwards: choice.flag("go_backwards"),
            zero_output: choice.flag("zero_output_for_mask"),
            // SimpleRNN's constructor does not hand it on (Keras 3.15.1): it has no effect there.
            activity: common::regularizer_of(choice, "activity_regularizer")
                .filter(|_| class != "SimpleRNN"),
        })
    }

    fn width(&self) -> usize {
        self.cell.gates() * self.units
    }

    fn layout(&self, batch: usize) -> Layout {
        let step = self.steps * batch;
        let states = self.cell.states() * (step + batch) * self.units;
        let z = step * self.n_in;
        let hz = z + step * self.width();
        let first_state = hz + step * self.width();
        let kept = first_state + states;
        let drop = kept + step * self.cell.kept() * self.units;
        let (input, state) = self.rates.sizes(self.n_in, self.units);
        let state_drop = drop + batch * input;
        Layout {
            x: 0,
            z,
            hz,
            states: first_state,
            kept,
            drop,
            state_drop,
            end: state_drop + batch * state,
        }
    }

    /// What products of dropped inputs and states need for themselves.
    fn drop_work(&self, batch: usize) -> usize {
        let work = |n: usize| dropped::work(self.steps * batch, n, self.width());
        match self.rates.sizes(self.n_in, self.units) {
            (0, 0) => 0,
            _ => work(self.n_in.max(self.units)),
        }
    }

    /// What the recurrent weights need, packed in either order.
    fn packed(&self) -> usize {
        packed(self.units, self.width()).max(packed(self.width(), self.units))
    }

    /// The recurrent weights for the products of every step: of `back`, transposed.
    fn pack<'w>(
        &self,
        recurrent: &[f32],
        drops: &[f32],
        back: bool,
        to: &'w mut [f32],
    ) -> &'w [f32] {
        let (units, width) = (self.units, self.width());
        match (drops, back) {
            ([], false) => pack(recurrent, Order::Rows, units, width, to),
            ([], true) => pack(recurrent, Order::Columns, width, units, to),
            _ => return &[],
        }
        to
    }

    /// The step of the input that is read at time `t`.
    fn read_at(&self, t: usize) -> usize {
        if self.backwards {
            self.steps - 1 - t
        } else {
            t
        }
    }

    fn split<'a>(&self, params: &'a [f32]) -> (&'a [f32], &'a [f32], &'a [f32]) {
        let (kernel, rest) = params.split_at(self.n_in * self.width());
        let (recurrent, bias) = rest.split_at(self.units * self.width());
        (kernel, recurrent, bias)
    }

    /// Whether an example's step counts.
    fn counts(&self, mask: Option<&[f32]>, example: usize, t: usize) -> bool {
        mask.is_none_or(|m| m[example * self.steps + self.read_at(t)] != 0.0)
    }
}

impl Layer for Recurrent {
    fn output_shape(&self) -> &Shape {
        &self.output_shape
    }

    fn params(&self) -> &[ParamSpec] {
        &self.params
    }

    fn scratch(&self, batch: usize) -> usize {
        self.layout(batch).end
    }

    /// Gradients of both kinds of pre-activations at all steps and of the inputs; of the states at one
    /// step; what the cell needs.
    fn work(&self, batch: usize) -> usize {
        let step = self.steps * batch;
        2 * step * self.width()
            + step * self.n_in
            + 2 * self.cell.states() * batch * self.units
            + self.cell.work(step * self.units, self.units)
            + self.drop_work(batch)
            + self.packed()
    }

    fn forward(&self, pass: Forward<'_>) {
        let (batch, units, width, n_in) = (pass.batch, self.units, self.width(), self.n_in);
        let at = self.layout(batch);
        let (kernel, recurrent, bias) = self.split(pass.params);
        let (x, rest) = pass.scratch[at.x..].split_at_mut(at.z);
        let (z, rest) = rest.split_at_mut(at.hz - at.z);
        let (hz, rest) = rest.split_at_mut(at.states - at.hz);
        let (states, rest) = rest.split_at_mut(at.kept - at.states);
        let (kept, drop) = rest.split_at_mut(at.drop - at.kept);
        let (drop, state_drop) = drop.split_at_mut(at.state_drop - at.drop);
        self.rates.draw(pass.training, drop, state_drop);
        let (drop_work, work) = pass.work.split_at_mut(self.drop_work(batch));
        let (packed, work) = work.split_at_mut(self.packed());
        for t in 0..self.steps {
            for example in 0..batch {
                let from = &pass.x[(example * self.steps + self.read_at(t)) * n_in..][..n_in];
                let to = &mut x[(t * batch + example) * n_in..][..n_in];
                to.copy_from_slice(from);
            }
        }
        let mut dropped = Dropped {
            factors: drop,
            batch,
            packed: &[],
            work: drop_work,
        };
        dropped.product(pass.products, x, kernel, z, (n_in, width));
        dropped.factors = state_drop;
        dropped.packed = self.pack(recurrent, state_drop, false, packed);
        let (input_bias, recurrent_bias) = bias.split_at(bias.len().min(width));
        if !input_bias.is_empty() {
            rows::add_bias(z, input_bias);
        }
        let n_step = batch * units;
        let n_states = self.cell.states() * n_step;
        states[..n_states].fill(0.0);
        for t in 0..self.steps {
            let (before, after) = states[t * n_states..].split_at_mut(n_states);
            let after = &mut after[..n_states];
            self.cell.step(Step {
                units,
                recurrent,
                recurrent_bias,
                z: &mut z[t * batch * width..][..batch * width],
                hz: &mut hz[t * batch * width..][..batch * width],
                before,
                after,
                kept: &mut kept[t * n_step * self.cell.kept()..][..n_step * self.cell.kept()],
                dropped: &mut dropped,
                work,
                products: pass.products,
            });
            for example in 0..batch {
                let counts = self.counts(pass.mask, example, t);
                for state in 0..self.cell.states() {
                    let row =
                        state * n_step + example * units..state * n_step + (example + 1) * units;
                    if !counts {
                        after[row.clone()].copy_from_slice(&before[row]);
                    }
                }
                if !self.returns_sequences && t + 1 < self.steps {
                    continue;
                }
                let h = &after[example * units..(example + 1) * units];
                let y = match self.returns_sequences {
                    true => &mut pass.y[(example * self.steps + t) * units..][..units],
                    false => &mut pass.y[example * units..][..units],
                };
                if counts || !self.zero_output {
                    y.copy_from_slice(h);
                } else {
                    y.fill(0.0);
                }
            }
        }
    }

    fn backward(&self, pass: Backward<'_>) {
        let (batch, units, width, n_in) = (pass.batch, self.units, self.width(), self.n_in);
        let at = self.layout(batch);
        let (kernel, recurrent, bias) = self.split(pass.params);
        let (n_step, n_cells) = (batch * units, self.steps * batch);
        let n_states = self.cell.states() * n_step;
        let (drop_work, work) = pass.work.split_at_mut(self.drop_work(batch));
        let (packed, work) = work.split_at_mut(self.packed());
        let (dz, work) = work.split_at_mut(n_cells * width);
        let (dhz, work) = work.split_at_mut(n_cells * width);
        let (dx, work) = work.split_at_mut(n_cells * n_in);
        let (mut d, work) = work.split_at_mut(n_states);
        let (mut d_before, work) = work.split_at_mut(n_states);
        let scratch = &*pass.scratch;
        let states = &scratch[at.states..at.kept];
        let kept = &scratch[at.kept..at.drop];
        let mut dropped = Dropped {
            factors: &scratch[at.state_drop..],
            batch,
            packed: self.pack(recurrent, &scratch[at.state_drop..], true, packed),
            work: drop_work,
        };
        d.fill(0.0);
        for t in (0..self.steps).rev() {
            for example in 0..batch {
                let dy = match self.returns_sequences {
                    true => &pass.dy[(example * self.steps + t) * units..][..units],
                    false if t + 1 == self.steps => &pass.dy[example * units..][..units],
                    false => continue,
                };
                if self.counts(pass.mask, example, t) || !self.zero_output {
                    let dh = &mut d[example * units..][..units];
                    dh.iter_mut().zip(dy).for_each(|(dh, dy)| *dh += dy);
                }
            }
            let (before, after) = states[t * n_states..].split_at(n_states);
            let dz = &mut dz[t * batch * width..][..batch * width];
            let dhz = &mut dhz[t * batch * width..][..batch * width];
            let step = || t * batch * width..(t + 1) * batch * width;
            // A masked step hands its gradient to the step before as it is.
            for example in 0..batch {
                if !self.counts(pass.mask, example, t) {
                    for state in 0..self.cell.states() {
                        let at = state * n_step + example * units;
                        d_before[at..at + units].copy_from_slice(&d[at..at + units]);
                        d[at..at + units].fill(0.0);
                    }
                } else {
                    for state in 0..self.cell.states() {
                        let at = state * n_step + example * units;
                        d_before[at..at + units].fill(0.0);
                    }
                }
            }
            self.cell.step_back(StepBack {
                units,
                recurrent,
                z: &scratch[at.z..at.hz][step()],
                hz: &scratch[at.hz..at.states][step()],
                before,
                after: &after[..n_states],
                kept: &kept[t * n_step * self.cell.kept()..][..n_step * self.cell.kept()],
                d,
                d_before,
                dz,
                dhz,
                dropped: &mut dropped,
                work,
                products: pass.products,
            });
            std::mem::swap(&mut d, &mut d_before);
        }
        let (dkernel, rest) = pass.dparams.split_at_mut(n_in * width);
        let (drecurrent, dbias) = rest.split_at_mut(units * width);
        let (dinput_bias, drecurrent_bias) = dbias.split_at_mut(bias.len().min(width));
        let x = &scratch[at.x..at.z];
        self.cell.recurrent_gradient(
            (units, batch, self.steps),
            states,
            kept,
            dhz,
            drecurrent,
            &mut dropped,
            work,
            pass.products,
        );
        dropped.factors = &scratch[at.drop..at.state_drop];
        dropped.packed = &[];
        dropped.kernel_gradient(pass.products, x, dz, dkernel, (n_in, width));
        if !dinput_bias.is_empty() {
            rows::sum_rows(dz, dinput_bias);
        }
        if !drecurrent_bias.is_empty() {
            rows::sum_rows(dhz, drecurrent_bias);
        }
        let Some(out) = pass.dx else { return };
        dropped.back(pass.products, dz, kernel, dx, (n_in, width));
        for t in 0..self.steps {
            for example in 0..batch {
                let from = &dx[(t * batch + example) * n_in..][..n_in];
                let to = &mut out[(example * self.steps + self.read_at(t)) * n_in..][..n_in];
                to.copy_from_slice(from);
            }
        }
    }

    fn mask_flow(&self) -> MaskFlow {
        if self.returns_sequences {
            MaskFlow::Passes
        } else {
            MaskFlow::Stops
        }
    }

    fn activity_regularizer(&self) -> Option<&Regularizer> {
        self.activity.as_ref()
    }
}

/// The function of an option, for cells.
fn function(request: &Build<'_>, option: &str) -> Function {
    Function::of(request.choice, option)
}
