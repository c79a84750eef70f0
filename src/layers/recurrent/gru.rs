//! GRU: one gate mixes the old state with a new one, another says how much of the old the new one sees
//! (Cho et al., 2014). Columns of the weights: z, r, h; with `reset_after` the bias has two rows.

use super::{Cell, Recurrent, Step, StepBack, function};
use crate::kernels::elementwise::{add, add_times, times};
use crate::layers::common::{self, Function};
use crate::layers::layer::{Inputs, LayerKind};
use crate::options::{ClassSpec, Default, Kind, OptionSpec, help_text};

pub static KIND: LayerKind = LayerKind {
    class: ClassSpec {
        class_name: "GRU",
        name: "gru",
        aliases: &[],
        label: "GRU",
        doc: help_text(
            "Reads a sequence step by step; two gates decide how much of its state is kept and seen.",
        ),
        formula: help_text(
            "z, r = s(x_t W + h U + b); h~ = f(x_t W + r (h U)); h <- z h + (1 - z) h~",
        ),
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
            &OptionSpec::fixed("return_state", "false"),
            &super::GO_BACKWARDS,
            &OptionSpec::fixed("stateful", "false"),
            &super::UNROLL,
            &super::ZERO_OUTPUT,
            &OptionSpec {
                name: "reset_after",
                label: "reset after",
                doc: help_text(
                    "Whether the reset gate acts on the product with the recurrent weights or before it.",
                ),
                kind: Kind::Bool,
                default: Default::Bool(true),
                advanced: false,
                start: "",
            },
            &common::SEED,
            &OptionSpec::fixed("use_cudnn", "\"auto\""),
        ],
        group: "",
        shared: &[],
    },
    inputs: Inputs::One,
    build: |request| {
        let reset_after = request.config.flag("reset_after");
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

/// Gates z, r, h. Keeps what comes to them, their values, and what r meets: h U of the third gate, or
/// where the reset comes before the product its own product with h.
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
        7
    }

    fn summed(&self) -> usize {
        2
    }

    fn apart(&self) -> bool {
        self.reset_after
    }

    fn resets_before(&self) -> bool {
        !self.reset_after
    }

    fn is_identity(&self) -> bool {
        true
    }

    fn step(&self, step: Step<'_, '_>) {
        let (u, n) = (step.units, step.h.len());
        let (z, rest) = step.kept.split_at_mut(3 * n);
        let (gates, met) = rest.split_at_mut(3 * n);
        let (z_gates, z_candidate) = z.split_at_mut(2 * n);
        self.gate.forward(u, z_gates, &mut gates[..2 * n]);
        let (update, rest) = gates.split_at_mut(n);
        let (reset, candidate) = rest.split_at_mut(n);
        if self.reset_after {
            step.states.product(2..3, step.h_before, met);
            add_times(reset, met, z_candidate);
        } else {
            times(reset, step.h_before, met);
            step.states.product(2..3, met, step.room);
            add(step.room, z_candidate);
        }
        self.function.forward(u, z_candidate, candidate);
        between(update, step.h_before, candidate, step.h);
    }

    fn step_back(&self, step: StepBack<'_, '_>) {
        let (u, n) = (step.units, step.h.len());
        let (z, rest) = step.kept.split_at(3 * n);
        let (gates, met) = rest.split_at(3 * n);
        let (update, rest) = gates.split_at(n);
        let (reset, candidate) = rest.split_at(n);
        let (d_gates, d_candidate) = step.d.split_at_mut(2 * n);
        let (d_update, d_reset) = d_gates.split_at_mut(n);
        let (d_state_gates, d_state_candidate) = step.d_state.split_at_mut(2 * n);
        between_back(
            (update, step.h_before, candidate),
            step.dh,
            d_update,
            d_candidate,
        );
        self.function
            .backward(u, &z[2 * n..], candidate, d_candidate);
        if self.reset_after {
            times(d_candidate, met, d_reset);
            times(d_candidate, reset, d_state_candidate);
        } else {
            // Back through the product with r h.
            let d_met = d_state_candidate;
            step.states.back(2..3, &[], d_candidate, d_met);
            times(d_met, step.h_before, d_reset);
            add_times(d_met, reset, step.dh);
        }
        self.gate.backward(u, &z[..2 * n], &gates[..2 * n], d_gates);
        d_state_gates.copy_from_slice(d_gates);
    }
}

/// out = z a + (1 - z) b.
#[inline(never)]
fn between(z: &[f32], a: &[f32], b: &[f32], out: &mut [f32]) {
    for (((out, z), a), b) in out.iter_mut().zip(z).zip(a).zip(b) {
        *out = z * a + (1.0 - z) * b;
    }
}

/// Back through [`between`]: of `d`, the gradient at `out`, that at a is left.
#[inline(never)]
fn between_back(
    (z, a, b): (&[f32], &[f32], &[f32]),
    d: &mut [f32],
    dz: &mut [f32],
    db: &mut [f32],
) {
    for (((((d, dz), db), z), a), b) in d.iter_mut().zip(dz).zip(db).zip(z).zip(a).zip(b) {
        *dz = *d * (a - b);
        *db = *d * (1.0 - z);
        *d *= z;
    }
}
