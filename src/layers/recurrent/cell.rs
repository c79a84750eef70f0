//! One step of a recurrent layer.

use super::Function;
use super::weights::Weights;

/// What a step is lent. Matrices `[batch, units]`, those of several gates one after another.
pub struct Step<'a, 'w> {
    /// Numbers of a state.
    pub units: usize,
    /// [`Cell::kept`] such matrices for the way back; the first are what comes to the gates, of those that are
    /// not [`Cell::summed`] from the inputs alone.
    pub kept: &'a mut [f32],
    /// Room for a matrix.
    pub room: &'a mut [f32],
    /// The output before.
    pub h_before: &'a [f32],
    /// The output, to be filled.
    pub h: &'a mut [f32],
    /// The memory before; empty where the cell has none.
    pub c_before: &'a [f32],
    /// The memory, to be filled.
    pub c: &'a mut [f32],
    /// From the state to the gates.
    pub states: &'a mut Weights<'w>,
}

/// What the way back through a step is lent.
pub struct StepBack<'a, 'w> {
    /// Numbers of a state.
    pub units: usize,
    /// As the step left it.
    pub kept: &'a [f32],
    /// The output before.
    pub h_before: &'a [f32],
    /// The output.
    pub h: &'a [f32],
    /// The memory before.
    pub c_before: &'a [f32],
    /// The memory.
    pub c: &'a [f32],
    /// Gradient at the output; 0 for examples that do not count. Where [`Cell::is_identity`], to be left as
    /// what goes to the output before without the weights.
    pub dh: &'a mut [f32],
    /// Gradient at the memory. May be used up.
    pub dc: &'a mut [f32],
    /// Gradient at the memory before, to be filled.
    pub dc_before: &'a mut [f32],
    /// Gradient at what the inputs gave to the gates, to be filled.
    pub d: &'a mut [f32],
    /// Gradient at what the state gave to the gates, to be filled where it is [`Cell::apart`]; else room.
    pub d_state: &'a mut [f32],
    /// From the state to the gates.
    pub states: &'a mut Weights<'w>,
}

/// The mathematics of one step.
pub trait Cell {
    /// Columns of the kernel, in units.
    fn gates(&self) -> usize;

    /// Whether a second state goes from step to step.
    fn has_memory(&self) -> bool {
        false
    }

    /// Matrices that a step keeps for the way back, those of the gates first.
    fn kept(&self) -> usize;

    /// The first gates, to which what inputs and state give comes as a sum.
    fn summed(&self) -> usize {
        self.gates()
    }

    /// Whether the gradients differ at what the inputs and at what the state gave.
    fn apart(&self) -> bool {
        false
    }

    /// Whether the other gates read the last matrix that is kept in the place of the state.
    fn resets_before(&self) -> bool {
        false
    }

    /// Whether part of the output before goes on as it is.
    fn is_identity(&self) -> bool {
        false
    }

    /// The function of the sum that alone makes the state, for a cell that has no gates.
    fn function(&self) -> Option<&Function> {
        None
    }

    /// From the state before to the state after.
    fn step(&self, step: Step<'_, '_>);

    /// And back.
    fn step_back(&self, step: StepBack<'_, '_>);
}
