//! LSTM: a memory cell that gates write to, keep and read (Hochreiter and Schmidhuber, 1997).
//! Columns of the weights: i, f, c, o.

use super::{Cell, Recurrent, Step, StepBack, function};
use crate::kernels::elementwise::{add, add_times, times};
use crate::layers::common::{self, Function};
use crate::layers::layer::{Inputs, LayerKind};
use crate::options::{ClassSpec, Default, Kind, OptionSpec, help_text};

pub static KIND: LayerKind = LayerKind {
    class: ClassSpec {
        class_name: "LSTM",
        name: "lstm",
        aliases: &[],
        label: "LSTM",
        doc: help_text(
            "Reads a sequence step by step; gates decide what its memory takes in, keeps and gives out.",
        ),
        formula: help_text("[i f c~ o] = x_t W + h U + b; c <- s(f) c + s(i) f(c~); h = s(o) f(c)"),
        options: &[
            &super::UNITS,
            &super::ACTIVATION,
            &super::RECURRENT_ACTIVATION,
            &common::USE_BIAS,
            &common::KERNEL_INITIALIZER,
            &super::RECURRENT_INITIALIZER,
            &common::BIAS_INITIALIZER,
            &OptionSpec {
                name: "unit_forget_bias",
                label: "forget gate begins open",
                doc: help_text("Whether the forget gate's biases begin as 1."),
                kind: Kind::Bool,
                default: Default::Bool(true),
                advanced: false,
                start: "",
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
            &OptionSpec::fixed("return_state", "false"),
            &super::GO_BACKWARDS,
            &OptionSpec::fixed("stateful", "false"),
            &super::UNROLL,
            &super::ZERO_OUTPUT,
            &common::SEED,
            &OptionSpec::fixed("use_cudnn", "\"auto\""),
        ],
        group: "",
        shared: &[],
    },
    inputs: Inputs::One,
    build: |request| {
        let cell = Lstm {
            gate: function(&request, "recurrent_activation"),
            function: function(&request, "activation"),
        };
        let forget = request.config.flag("unit_forget_bias");
        Ok(Box::new(Recurrent::new(
            request,
            Box::new(cell),
            1,
            forget,
        )?))
    },
};

/// Keeps what comes to the four gates, their values and f(c).
struct Lstm {
    gate: Function,
    function: Function,
}

impl Cell for Lstm {
    fn gates(&self) -> usize {
        4
    }

    fn has_memory(&self) -> bool {
        true
    }

    fn kept(&self) -> usize {
        9
    }

    fn step(&self, step: Step<'_, '_>) {
        let (u, n) = (step.units, step.h.len());
        let (z, rest) = step.kept.split_at_mut(4 * n);
        let (gates, fc) = rest.split_at_mut(4 * n);
        self.gate.forward(u, &z[..2 * n], &mut gates[..2 * n]);
        let candidate = &mut gates[2 * n..3 * n];
        self.function.forward(u, &z[2 * n..3 * n], candidate);
        self.gate.forward(u, &z[3 * n..], &mut gates[3 * n..]);
        let (i, rest) = gates.split_at(n);
        let (f, rest) = rest.split_at(n);
        let (candidate, o) = rest.split_at(n);
        times(f, step.c_before, step.c);
        add_times(i, candidate, step.c);
        self.function.forward(u, step.c, fc);
        times(o, fc, step.h);
    }

    fn step_back(&self, step: StepBack<'_, '_>) {
        let (u, n) = (step.units, step.h.len());
        let (z, rest) = step.kept.split_at(4 * n);
        let (gates, fc) = rest.split_at(4 * n);
        let (i, rest) = gates.split_at(n);
        let (f, rest) = rest.split_at(n);
        let (candidate, o) = rest.split_at(n);
        let (d_in, d_out) = step.d.split_at_mut(3 * n);
        let (d_i_f, d_candidate) = d_in.split_at_mut(2 * n);
        let (d_i, d_f) = d_i_f.split_at_mut(n);
        let (dfc, _) = step.d_state.split_at_mut(n);
        times(step.dh, fc, d_out);
        times(step.dh, o, dfc);
        self.function.backward(u, step.c, fc, dfc);
        add(dfc, step.dc);
        times(step.dc, candidate, d_i);
        times(step.dc, step.c_before, d_f);
        times(step.dc, i, d_candidate);
        times(step.dc, f, step.dc_before);
        self.gate.backward(u, &z[..2 * n], &gates[..2 * n], d_i_f);
        self.function
            .backward(u, &z[2 * n..3 * n], candidate, d_candidate);
        self.gate.backward(u, &z[3 * n..], o, d_out);
    }
}
