//! GRU: an update gate z blends the previous state with a candidate; a reset gate r scales the state that the candidate
//! reads (Cho et al., 2014). Columns of the weights: z, r, h. With `reset_after` the bias has two rows.

use super::options::{self, recurrent};
use super::{Cell, Recurrent, Step, StepBack};
use crate::kernels::elementwise::{add, add_times, times};
use crate::layers::common::{self, Function};
use crate::layers::layer::LayerKind;
use crate::options::declare::Fixed;
use crate::options::{ConfigObject, Default, Kind, OptionSpec};

recurrent! {
    /// Reads a sequence step by step. Two gates control how much of its state is kept and used.
    #[formula("z, r = s(x_t W + h U + b); h~ = f(x_t W + r (h U)); h <- z h + (1 - z) h~")]
    #[group("recurrent")]
    struct Options("GRU", "gru", "GRU") {
        activation {
            recurrent_activation: ConfigObject = options::RECURRENT_ACTIVATION;
        }
        bias_initializer {}
        zero_output_for_mask {
            /// Applies the reset gate after the product with the recurrent weights instead of before it.
            #[advanced]
            reset_after("reset after"): bool = Kind::Bool, Default::Bool(true);
        }
        seed {
            use_cudnn: Fixed = OptionSpec::fixed("use_cudnn", "\"auto\"");
        }
    }
}

pub static KIND: LayerKind = LayerKind::new(Options::SPEC, |request| {
    let options = Options::of(request.config);
    let cell = Gru {
        gate: Function::new(&options.recurrent_activation),
        function: Function::new(&options.activation),
        reset_after: options.reset_after,
    };
    let bias_rows = 1 + usize::from(options.reset_after);
    let options = options.shared();
    let layer = Recurrent::new(request, options, Box::new(cell), bias_rows, false)?;
    Ok(Box::new(layer))
});

/// Scratch: the pre-activations of z, r and h; their values; the factor that r scales, h U of the third gate with
/// `reset_after`, else the product r h.
struct Gru {
    gate: Function,
    function: Function,
    reset_after: bool,
}

impl Cell for Gru {
    fn gates(&self) -> usize {
        3
    }

    fn n_scratch(&self) -> usize {
        7
    }

    fn joint_gates(&self) -> usize {
        2
    }

    fn separates_state_gradient(&self) -> bool {
        self.reset_after
    }

    fn resets_before_product(&self) -> bool {
        !self.reset_after
    }

    fn carries_state(&self) -> bool {
        true
    }

    fn step(&self, step: Step<'_, '_>) {
        let (u, n) = (step.units, step.h.len());
        let (z, rest) = step.scratch.split_at_mut(3 * n);
        let (gates, read) = rest.split_at_mut(3 * n);
        let (z_gates, z_candidate) = z.split_at_mut(2 * n);
        self.gate.forward(u, z_gates, &mut gates[..2 * n]);
        let (update, rest) = gates.split_at_mut(n);
        let (reset, candidate) = rest.split_at_mut(n);
        if self.reset_after {
            step.states.product(2..3, step.h_before, read);
            add_times(reset, read, z_candidate);
        } else {
            times(reset, step.h_before, read);
            step.states.product(2..3, read, step.work);
            add(step.work, z_candidate);
        }
        self.function.forward(u, z_candidate, candidate);
        blend(update, step.h_before, candidate, step.h);
    }

    fn step_back(&self, step: StepBack<'_, '_>) {
        let (u, n) = (step.units, step.h.len());
        let (z, rest) = step.scratch.split_at(3 * n);
        let (gates, read) = rest.split_at(3 * n);
        let (update, rest) = gates.split_at(n);
        let (reset, candidate) = rest.split_at(n);
        let (d_gates, d_candidate) = step.d.split_at_mut(2 * n);
        let (d_update, d_reset) = d_gates.split_at_mut(n);
        let (d_state_gates, d_state_candidate) = step.d_state.split_at_mut(2 * n);
        blend_back(
            (update, step.h_before, candidate),
            step.dh,
            d_update,
            d_candidate,
        );
        self.function
            .backward(u, &z[2 * n..], candidate, d_candidate);
        if self.reset_after {
            times(d_candidate, read, d_reset);
            times(d_candidate, reset, d_state_candidate);
        } else {
            // Through the product with r h.
            let d_read = d_state_candidate;
            step.states.back(2..3, &[], d_candidate, d_read);
            times(d_read, step.h_before, d_reset);
            add_times(d_read, reset, step.dh);
        }
        self.gate.backward(u, &z[..2 * n], &gates[..2 * n], d_gates);
        d_state_gates.copy_from_slice(d_gates);
    }
}

// Separate functions: as arguments, the arrays are known not to overlap, so the loops become SIMD code.

/// out = z a + (1 - z) b.
#[inline(never)]
fn blend(z: &[f32], a: &[f32], b: &[f32], out: &mut [f32]) {
    for (((out, z), a), b) in out.iter_mut().zip(z).zip(a).zip(b) {
        *out = z * a + (1.0 - z) * b;
    }
}

/// Backward pass of [`blend`]. Turns `d`, the gradient at `out`, into the gradient at a.
#[inline(never)]
fn blend_back((z, a, b): (&[f32], &[f32], &[f32]), d: &mut [f32], dz: &mut [f32], db: &mut [f32]) {
    for (((((d, dz), db), z), a), b) in d.iter_mut().zip(dz).zip(db).zip(z).zip(a).zip(b) {
        *dz = *d * (a - b);
        *db = *d * (1.0 - z);
        *d *= z;
    }
}
