//! [`Activation`]: a function and its derivative, and the loops that all of them share.

use crate::options::{ClassSpec, ConfigObject};

/// An activation function: y = f(z), on rows of `width` numbers.
pub struct Activation {
    /// Its class and options.
    pub class: ClassSpec,
    /// Its options as the numbers that `forward` and `backward` take, in the order in which these read them: kernels
    /// see slices of numbers, not configs.
    pub numbers: fn(&ConfigObject) -> Vec<f32>,
    /// Fills `y` with f(z).
    pub forward: Function,
    /// Turns dL/dy into dL/dz.
    pub backward: Derivative,
    /// Whether cross-entropies take the input of this activation as logits (Keras on TensorFlow).
    pub logits_available: bool,
}

impl Activation {
    /// An activation without options, whose input is not taken as logits.
    pub const fn new(class: ClassSpec, forward: Function, backward: Derivative) -> Self {
        Activation {
            class,
            numbers: |_| Vec::new(),
            forward,
            backward,
            logits_available: false,
        }
    }

    /// The same activation, whose passes take these numbers.
    pub const fn with_numbers(self, numbers: fn(&ConfigObject) -> Vec<f32>) -> Self {
        Activation { numbers, ..self }
    }

    /// The same activation, whose input cross-entropies take as logits.
    pub const fn with_logits(self) -> Self {
        Activation {
            logits_available: true,
            ..self
        }
    }
}

/// Fills `y` with f(z). `z`, `y`: `[rows, width]`.
pub type Function = fn(numbers: &[f32], width: usize, z: &[f32], y: &mut [f32]);

/// Turns dL/dy in `d` into dL/dz, in place. `z`, `y`, `d`: `[rows, width]`.
pub type Derivative = fn(numbers: &[f32], width: usize, z: &[f32], y: &[f32], d: &mut [f32]);

/// y = f(z), element by element.
pub fn map(z: &[f32], y: &mut [f32], f: impl Fn(f32) -> f32) {
    for (y, z) in y.iter_mut().zip(z) {
        *y = f(*z);
    }
}

/// d <- f(d, x), element by element.
pub fn zip(d: &mut [f32], x: &[f32], f: impl Fn(f32, f32) -> f32) {
    for (d, x) in d.iter_mut().zip(x) {
        *d = f(*d, *x);
    }
}

/// d <- d f'(z), element by element.
pub fn scale(d: &mut [f32], z: &[f32], derivative: impl Fn(f32) -> f32) {
    zip(d, z, |d, z| d * derivative(z));
}

/// Four numbers, which fill a SIMD register.
type Four = [f32; 4];

/// Calls `run` for all whole groups of four numbers, and once more for the remainder, padded with zeros: the loop in
/// `run` needs no scalar tail.
pub fn in_fours(z: &[f32], y: &mut [f32], run: &dyn Fn(&[Four], &mut [Four])) {
    let (z, z_rest) = z.as_chunks();
    let (y, y_rest) = y.as_chunks_mut();
    run(z, y);
    if !y_rest.is_empty() {
        let (mut from, mut to) = ([0.0; 4], [0.0; 4]);
        from.iter_mut().zip(z_rest).for_each(|(to, z)| *to = *z);
        run(&[from], std::slice::from_mut(&mut to));
        y_rest.iter_mut().zip(to).for_each(|(y, to)| *y = to);
    }
}

/// 1 where `passes`, else 0: the slope of a piece.
pub fn gate(passes: bool) -> f32 {
    if passes { 1.0 } else { 0.0 }
}
