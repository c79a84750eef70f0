//! GRU: one gate mixes the old state with a new one, another says how much of the old the new one sees
//! (Cho et al., 2014). Columns of the weights: z, r, h; with `reset_after` the bias has two rows.

use super::cell::first_states;
use super::dropped::{Dropped, columns, into_columns};
use super::{Cell, Recurrent, Step, StepBack, function};
use crate::choice::{Default, Entry, Kind, Opt, prose};
use crate::kernels::matmul::Products;
use crate::layers::common::{self, Function};
use crate::layers::{Inputs, LayerKind};

pub static KIND: LayerKind = LayerKind {
    entry: Entry {
        class_name: "GRU",
        name: "gru",
        aliases: &[],
        label: "GRU",
        doc: prose(
            "Reads a sequence step by step; two gates decide how much of its state is kept and seen.",
        ),
        formula: prose("z, r = s(x_t W + h U + b); h~ = f(x_t W + r (h U)); h <- z h + (1 - z) h~"),
        options: &[
            &super::UNITS,
            &super::ACTIVATION,
            &super::RECURRENT_ACTIVATION,
            &common::USE_BIAS,
            &common::KERNEL_INITIALIZER,
            &super::RECURRENT_INITIALIZER,
            &common::BIAS_INITIALIZER,
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
            &Opt {
                name: "reset_after",
                label: "reset after",
                doc: prose(
                    "Whether the reset gate acts on the product with the recurrent weights or before it.",
                ),
                kind: Kind::Bool,
                default: Default::Bool(true),
            },
            &common::SEED,
            &Opt::fixed("use_cudnn", "\"auto\""),
        ],
    },
    inputs: Inputs::One,
    build: |request| {
        let reset_after = request.choice.flag("reset_after");
        let cell = Gru {
            gate: function(&request, "recurrent_activation"),
            function: function(&request, "activation"),
            reset_after,
        };
        let bias_rows = 1 + usize::from(reset_after);
        Ok(Box::new(Recurrent::new(
            request,
            Box::new(cell),
            bias_rows,
            false,
        )?))
    },
};

/// Gates z, r, h. Keeps their values and, where the reset comes before the product, r h.
struct Gru {
    gate: Function,
    function: Function,
    reset_after: bool,
}

impl Cell for Gru {
    fn gates(&self) -> usize {
        3
    }

    fn kept(&self) -> usize {
        4
    }

    /// The recurrent weights and matrices of all steps, gates z and r apart from h.
    fn work(&self, outputs: usize, units: usize) -> usize {
        if self.reset_after {
            0
        } else {
            5 * outputs + 3 * units * units
        }
    }

    fn step(&self, step: Step<'_, '_>) {
        let u = step.units;
        let n = step.before.len();
        if self.reset_after {
            step.dropped.product(
                step.products,
                step.before,
                step.recurrent,
                step.hz,
                (u, 3 * u),
            );
            if !step.recurrent_bias.is_empty() {
                crate::kernels::rows::add_bias(step.hz, step.recurrent_bias);
            }
        } else {
            let (weights, work) = step.work.split_at_mut(2 * u * u);
            columns(step.recurrent, 3 * u, 0, weights, 2 * u);
            let gates = &mut work[..2 * n];
            step.dropped.first(2, u).product(
                step.products,
                step.before,
                weights,
                gates,
                (u, 2 * u),
            );
            into_columns(gates, 2 * u, step.hz, 3 * u, 0);
        }
        let rows = step
            .z
            .chunks_exact_mut(3 * u)
            .zip(step.kept.chunks_exact_mut(4 * u));
        let state = step.hz.chunks_exact(3 * u).zip(step.before.chunks_exact(u));
        for (row, ((z, kept), (hz, before))) in rows.zip(state).enumerate() {
            for k in 0..2 * u {
                z[k] += hz[k];
            }
            self.gate.forward(u, &z[..2 * u], &mut kept[..2 * u]);
            let factors = step.dropped.of(2, row, u);
            for k in 0..u {
                kept[3 * u + k] = kept[u + k] * before[k] * factors.map_or(1.0, |f| f[k]);
            }
        }
        if !self.reset_after {
            let (weights, work) = step.work.split_at_mut(u * u);
            let (reset, candidate) = work.split_at_mut(n);
            columns(step.recurrent, 3 * u, 2 * u, weights, u);
            columns(step.kept, 4 * u, 3 * u, &mut reset[..n], u);
            step.products
                .product(&reset[..n], weights, &mut candidate[..n], u, u);
            into_columns(&candidate[..n], u, step.hz, 3 * u, 2 * u);
        }
        let rows = step
            .z
            .chunks_exact_mut(3 * u)
            .zip(step.kept.chunks_exact_mut(4 * u));
        let state = step.hz.chunks_exact(3 * u).zip(step.before.chunks_exact(u));
        for (((z, kept), (hz, before)), after) in
            rows.zip(state).zip(step.after.chunks_exact_mut(u))
        {
            for k in 2 * u..3 * u {
                let reset = if self.reset_after { kept[k - u] } else { 1.0 };
                z[k] += reset * hz[k];
            }
            self.function
                .forward(u, &z[2 * u..], &mut kept[2 * u..3 * u]);
            for k in 0..u {
                after[k] = kept[k] * before[k] + (1.0 - kept[k]) * kept[2 * u + k];
            }
        }
    }

    fn step_back(&self, step: StepBack<'_, '_>) {
        let u = step.units;
        let n = step.before.len();
        for row in 0..n / u {
            let at = row * u..(row + 1) * u;
            let wide = row * 3 * u..(row + 1) * 3 * u;
            let kept = &step.kept[row * 4 * u..(row + 1) * 4 * u];
            let (z, dz) = (&step.z[wide.clone()], &mut step.dz[wide]);
            let (before, d) = (&step.before[at.clone()], &step.d[at.clone()]);
            let d_before = &mut step.d_before[at];
            for k in 0..u {
                dz[k] = d[k] * (before[k] - kept[2 * u + k]);
                dz[2 * u + k] = d[k] * (1.0 - kept[k]);
                d_before[k] += d[k] * kept[k];
            }
            self.function
                .backward(u, &z[2 * u..], &kept[2 * u..3 * u], &mut dz[2 * u..]);
        }
        if !self.reset_after {
            // Back through the product with r h: the gradient of r h takes d's place.
            let (weights, candidate) = step.work.split_at_mut(u * u);
            columns(step.recurrent, 3 * u, 2 * u, weights, u);
            columns(step.dz, 3 * u, 2 * u, &mut candidate[..n], u);
            step.products
                .with_transposed(&candidate[..n], weights, step.d, u, u);
            for (row, d) in step.d.chunks_exact_mut(u).enumerate() {
                let factors = step.dropped.of(2, row, u).into_iter().flatten();
                d.iter_mut()
                    .zip(factors)
                    .for_each(|(d, factor)| *d *= factor);
            }
        }
        for row in 0..n / u {
            let at = row * u..(row + 1) * u;
            let wide = row * 3 * u..(row + 1) * 3 * u;
            let kept = &step.kept[row * 4 * u..(row + 1) * 4 * u];
            let (z, hz) = (&step.z[wide.clone()], &step.hz[wide.clone()]);
            let (dz, dhz) = (&mut step.dz[wide.clone()], &mut step.dhz[wide]);
            let (before, d) = (&step.before[at.clone()], &step.d[at.clone()]);
            let d_before = &mut step.d_before[at];
            for k in 0..u {
                if self.reset_after {
                    dz[u + k] = dz[2 * u + k] * hz[2 * u + k];
                    dhz[2 * u + k] = dz[2 * u + k] * kept[u + k];
                } else {
                    dz[u + k] = d[k] * before[k];
                    dhz[2 * u + k] = dz[2 * u + k];
                    d_before[k] += d[k] * kept[u + k];
                }
            }
            self.gate
                .backward(u, &z[..2 * u], &kept[..2 * u], &mut dz[..2 * u]);
            dhz[..2 * u].copy_from_slice(&dz[..2 * u]);
        }
        let d = step.d; // no longer needed: room for what is added
        if self.reset_after {
            step.dropped
                .back(step.products, step.dhz, step.recurrent, d, (u, 3 * u));
        } else {
            let (weights, gates) = step.work.split_at_mut(2 * u * u);
            columns(step.recurrent, 3 * u, 0, weights, 2 * u);
            columns(step.dhz, 3 * u, 0, &mut gates[..2 * n], 2 * u);
            let gates = &gates[..2 * n];
            step.dropped
                .first(2, u)
                .back(step.products, gates, weights, d, (u, 2 * u));
        }
        step.d_before
            .iter_mut()
            .zip(&*d)
            .for_each(|(to, d)| *to += d);
    }

    fn recurrent_gradient(
        &self,
        (units, batch, steps): (usize, usize, usize),
        states: &[f32],
        kept: &[f32],
        dhz: &[f32],
        drecurrent: &mut [f32],
        dropped: &mut Dropped<'_>,
        work: &mut [f32],
        products: &mut Products,
    ) {
        let h = first_states(1, units, batch, steps, states, &mut []);
        if self.reset_after {
            dropped.kernel_gradient(products, h, dhz, drecurrent, (units, 3 * units));
            return;
        }
        let n = steps * batch * units;
        let (weights, work) = work.split_at_mut(2 * units * units);
        let (gates, work) = work.split_at_mut(2 * n);
        let (candidate, reset) = work.split_at_mut(n);
        columns(dhz, 3 * units, 0, gates, 2 * units);
        let shape = (units, 2 * units);
        dropped
            .first(2, units)
            .kernel_gradient(products, h, gates, weights, shape);
        into_columns(weights, 2 * units, drecurrent, 3 * units, 0);
        columns(dhz, 3 * units, 2 * units, candidate, units);
        columns(kept, 4 * units, 3 * units, &mut reset[..n], units);
        let weights = &mut weights[..units * units];
        products.of_transposed(&reset[..n], candidate, weights, units, units);
        into_columns(weights, units, drecurrent, 3 * units, 2 * units);
    }
}
