//! One step of a recurrent layer. A buffer of several gates has their matrices `[batch, units]` one after another.

use super::weights::Weights;
use crate::layers::common::Function;

/// Arguments of [`Cell::step`].
pub struct Step<'a, 'w> {
    /// Size of the state.
    pub units: usize,
    /// [`Cell::n_scratch`] matrices for the backward pass. The first hold the pre-activations of the gates; beyond
    /// [`Cell::joint_gates`] only the inputs' part of them.
    pub scratch: &'a mut [f32],
    /// A temporary matrix.
    pub work: &'a mut [f32],
    /// Output of the previous step.
    pub h_before: &'a [f32],
    /// Output, filled by the call.
    pub h: &'a mut [f32],
    /// Memory after the previous step; empty if the cell has none.
    pub c_before: &'a [f32],
    /// Memory, filled by the call.
    pub c: &'a mut [f32],
    /// Recurrent weights.
    pub states: &'a mut Weights<'w>,
}

/// Arguments of [`Cell::step_back`].
pub struct StepBack<'a, 'w> {
    /// Size of the state.
    pub units: usize,
    /// Filled by [`Cell::step`].
    pub scratch: &'a [f32],
    /// Output of the previous step.
    pub h_before: &'a [f32],
    /// Output.
    pub h: &'a [f32],
    /// Memory after the previous step.
    pub c_before: &'a [f32],
    /// Memory.
    pub c: &'a [f32],
    /// Gradient at the output, 0 for masked examples. With [`Cell::carries_state`], the call replaces it by the part of
    /// the gradient at the previous output that does not pass through the weights.
    pub dh: &'a mut [f32],
    /// Gradient at the memory. The call may overwrite it.
    pub dc: &'a mut [f32],
    /// Gradient at the previous memory, filled by the call.
    pub dc_before: &'a mut [f32],
    /// Gradient at the inputs' part of the pre-activations, filled by the call.
    pub d: &'a mut [f32],
    /// Gradient at the state's part of the pre-activations, filled by the call if
    /// [`Cell::separates_state_gradient`]; else temporary.
    pub d_state: &'a mut [f32],
    /// Recurrent weights.
    pub states: &'a mut Weights<'w>,
}

/// The mathematics of one step.
pub trait Cell {
    /// Number of gates, the candidate included: columns of the kernel, divided by the units.
    fn gates(&self) -> usize;

    /// Whether a memory c passes from step to step beside the output h.
    fn has_memory(&self) -> bool {
        false
    }

    /// Number of matrices that a step stores for the backward pass, those of the pre-activations first.
    fn n_scratch(&self) -> usize;

    /// The number of first gates whose pre-activation is x W + h U + b.
    fn joint_gates(&self) -> usize {
        self.gates()
    }

    /// Whether the gradient at x W differs from the gradient at h U.
    fn separates_state_gradient(&self) -> bool {
        false
    }

    /// Whether the gates after [`Cell::joint_gates`] read the last scratch matrix instead of the state.
    fn resets_before_product(&self) -> bool {
        false
    }

    /// Whether part of the previous output passes on without the weights.
    fn carries_state(&self) -> bool {
        false
    }

    /// The function of the sum that alone makes the state, for a cell without gates.
    fn function(&self) -> Option<&Function> {
        None
    }

    /// Computes the state from the previous one.
    fn step(&self, step: Step<'_, '_>);

    /// The backward pass of [`Cell::step`].
    fn step_back(&self, step: StepBack<'_, '_>);
}
