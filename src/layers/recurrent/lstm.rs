//! LSTM: a memory cell with an input, a forget and an output gate (Hochreiter and Schmidhuber, 1997).
//! Columns of the weights: i, f, c, o.

use super::options::{self, recurrent};
use super::{Cell, Recurrent, Step, StepBack};
use crate::kernels::elementwise::{add, add_times, times};
use crate::layers::common::{self, Function};
use crate::layers::layer::LayerKind;
use crate::options::declare::Fixed;
use crate::options::{ConfigObject, Default, Kind, OptionSpec};

recurrent! {
    /// Reads a sequence step by step. Gates control how much its memory stores, keeps and outputs.
    #[formula("[i f c~ o] = x_t W + h U + b; c <- s(f) c + s(i) f(c~); h = s(o) f(c)")]
    #[group("recurrent")]
    struct Options("LSTM", "lstm", "LSTM") {
        activation {
            recurrent_activation: ConfigObject = options::RECURRENT_ACTIVATION;
        }
        bias_initializer {
            /// Initializes the biases of the forget gate to 1.
            #[advanced]
            unit_forget_bias("initial forget bias 1"): bool = Kind::Bool, Default::Bool(true);
        }
        zero_output_for_mask {}
        seed {
            use_cudnn: Fixed = OptionSpec::fixed("use_cudnn", "\"auto\"");
        }
    }
}

pub static KIND: LayerKind = LayerKind::new(Options::SPEC, |request| {
    let options = Options::of(request.config);
    let cell = Lstm {
        gate: Function::new(&options.recurrent_activation),
        function: Function::new(&options.activation),
    };
    let forget_ones = options.unit_forget_bias;
    let options = options.shared();
    let layer = Recurrent::new(request, options, Box::new(cell), 1, forget_ones)?;
    Ok(Box::new(layer))
});

/// Scratch: the pre-activations of the gates i, f, c, o; the gates; f(c).
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

    fn n_scratch(&self) -> usize {
        9
    }

    fn step(&self, step: Step<'_, '_>) {
        let (u, n) = (step.units, step.h.len());
        let (z, rest) = step.scratch.split_at_mut(4 * n);
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
        let (z, rest) = step.scratch.split_at(4 * n);
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
