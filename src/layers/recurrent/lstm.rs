//! LSTM: a memory cell that gates write to, keep and read (Hochreiter and Schmidhuber, 1997).
//! Columns of the weights: i, f, c, o.

use super::{Cell, Recurrent, Step, StepBack, function};
use crate::choice::{Default, Entry, Kind, Opt, prose};
use crate::layers::common::{self, Function};
use crate::layers::{Inputs, LayerKind};

pub static KIND: LayerKind = LayerKind {
    entry: Entry {
        class_name: "LSTM",
        name: "lstm",
        aliases: &[],
        label: "LSTM",
        doc: prose(
            "Reads a sequence step by step; gates decide what its memory takes in, keeps and gives out.",
        ),
        formula: prose("[i f c~ o] = x_t W + h U + b; c <- s(f) c + s(i) f(c~); h = s(o) f(c)"),
        options: &[
            &super::UNITS,
            &super::ACTIVATION,
            &super::RECURRENT_ACTIVATION,
            &common::USE_BIAS,
            &common::KERNEL_INITIALIZER,
            &super::RECURRENT_INITIALIZER,
            &common::BIAS_INITIALIZER,
            &Opt {
                name: "unit_forget_bias",
                label: "forget gate begins open",
                doc: prose("Whether the forget gate's biases begin as 1."),
                kind: Kind::Bool,
                default: Default::Bool(true),
            },
            &common::KERNEL_REGULARIZER,
            &super::RECURRENT_REGULARIZER,
            &common::BIAS_REGULARIZER,
            &common::ACTIVITY_REGULARIZER,
            &common::KERNEL_CONSTRAINT,
            &super::RECURRENT_CONSTRAINT,
            &common::BIAS_CONSTRAINT,
            &super::DROPOUT,
            &super::RECURRENT_DROPOUT,
            &super::RETURN_SEQUENCES,
            &Opt::fixed("return_state", "false"),
            &super::GO_BACKWARDS,
            &Opt::fixed("stateful", "false"),
            &super::UNROLL,
            &super::ZERO_OUTPUT,
            &common::SEED,
            &Opt::fixed("use_cudnn", "\"auto\""),
        ],
    },
    inputs: Inputs::One,
    build: |request| {
        let cell = Lstm {
            gate: function(&request, "recurrent_activation"),
            function: function(&request, "activation"),
        };
        let forget = request.choice.flag("unit_forget_bias");
        Ok(Box::new(Recurrent::new(
            request,
            Box::new(cell),
            1,
            forget,
        )?))
    },
};

/// States: h, c. Keeps the four gates' values and f(c).
struct Lstm {
    gate: Function,
    function: Function,
}

impl Cell for Lstm {
    fn gates(&self) -> usize {
        4
    }

    fn states(&self) -> usize {
        2
    }

    fn kept(&self) -> usize {
        5
    }

    /// The outputs of all steps, gathered.
    fn work(&self, outputs: usize, _: usize) -> usize {
        outputs
    }

    fn step(&self, step: Step<'_, '_>) {
        let u = step.units;
        let n = step.before.len() / 2;
        let (h_before, c_before) = step.before.split_at(n);
        step.dropped
            .product(step.products, h_before, step.recurrent, step.hz, (u, 4 * u));
        for (z, hz) in step.z.iter_mut().zip(&*step.hz) {
            *z += hz;
        }
        let (h, c) = step.after.split_at_mut(n);
        let rows = step
            .z
            .chunks_exact(4 * u)
            .zip(step.kept.chunks_exact_mut(5 * u));
        let states = c_before
            .chunks_exact(u)
            .zip(h.chunks_exact_mut(u))
            .zip(c.chunks_exact_mut(u));
        for ((z, kept), ((c_before, h), c)) in rows.zip(states) {
            let (gates, fc) = kept.split_at_mut(4 * u);
            self.gate.forward(u, &z[..2 * u], &mut gates[..2 * u]);
            self.function
                .forward(u, &z[2 * u..3 * u], &mut gates[2 * u..3 * u]);
            self.gate.forward(u, &z[3 * u..], &mut gates[3 * u..]);
            for k in 0..u {
                c[k] = gates[u + k] * c_before[k] + gates[k] * gates[2 * u + k];
            }
            self.function.forward(u, c, fc);
            for k in 0..u {
                h[k] = gates[3 * u + k] * fc[k];
            }
        }
    }

    fn step_back(&self, step: StepBack<'_, '_>) {
        let u = step.units;
        let n = step.before.len() / 2;
        let (_, c_before) = step.before.split_at(n);
        let (_, c) = step.after.split_at(n);
        let (dh, dc) = step.d.split_at_mut(n);
        let (dh_before, dc_before) = step.d_before.split_at_mut(n);
        for row in 0..n / u {
            let at = row * u..(row + 1) * u;
            let (gates, fc) = step.kept[row * 5 * u..(row + 1) * 5 * u].split_at(4 * u);
            let z = &step.z[row * 4 * u..(row + 1) * 4 * u];
            let dz = &mut step.dz[row * 4 * u..(row + 1) * 4 * u];
            let (dh, dc) = (&mut dh[at.clone()], &mut dc[at.clone()]);
            let (c_before, c) = (&c_before[at.clone()], &c[at.clone()]);
            let dc_before = &mut dc_before[at];
            for k in 0..u {
                dz[3 * u + k] = dh[k] * fc[k];
                dh[k] *= gates[3 * u + k];
            }
            self.function.backward(u, c, fc, dh);
            for k in 0..u {
                dc[k] += dh[k];
                dz[k] = dc[k] * gates[2 * u + k];
                dz[u + k] = dc[k] * c_before[k];
                dz[2 * u + k] = dc[k] * gates[k];
                dc_before[k] += dc[k] * gates[u + k];
            }
            self.gate
                .backward(u, &z[..2 * u], &gates[..2 * u], &mut dz[..2 * u]);
            let (g, dg) = (&gates[2 * u..3 * u], &mut dz[2 * u..3 * u]);
            self.function.backward(u, &z[2 * u..3 * u], g, dg);
            self.gate
                .backward(u, &z[3 * u..], &gates[3 * u..], &mut dz[3 * u..]);
        }
        step.dhz.copy_from_slice(step.dz);
        step.dropped
            .back(step.products, step.dhz, step.recurrent, dh, (u, 4 * u));
        dh_before.iter_mut().zip(&*dh).for_each(|(to, d)| *to += d);
    }
}
