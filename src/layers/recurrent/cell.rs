//! One step of a recurrent layer.

use super::dropped::Dropped;
use crate::kernels::matmul::Products;

/// What a step is lent. Matrices `[batch, ...]`; gates stand side by side in a row.
pub struct Step<'a, 'd> {
    /// Numbers of a state.
    pub units: usize,
    /// Weights from the state to the gates.
    pub recurrent: &'a [f32],
    /// Biases of the recurrent part; may be empty.
    pub recurrent_bias: &'a [f32],
    /// What the inputs give to the gates.
    pub z: &'a mut [f32],
    /// What the state gives to the gates, to be filled.
    pub hz: &'a mut [f32],
    /// States before the step, one matrix after another; the first is the output.
    pub before: &'a [f32],
    /// States after the step, to be filled.
    pub after: &'a mut [f32],
    /// [`Cell::kept`] numbers per unit for the way back.
    pub kept: &'a mut [f32],
    /// What is dropped of the first state.
    pub dropped: &'a mut Dropped<'d>,
    /// [`Cell::work`] numbers, whatever they are.
    pub work: &'a mut [f32],
    /// Makes products of matrices.
    pub products: &'a mut Products,
}

/// What the way back through a step is lent.
pub struct StepBack<'a, 'd> {
    /// Numbers of a state.
    pub units: usize,
    /// Weights from the state to the gates.
    pub recurrent: &'a [f32],
    /// As the step left it.
    pub z: &'a [f32],
    /// As the step left it.
    pub hz: &'a [f32],
    /// States before the step.
    pub before: &'a [f32],
    /// States after the step.
    pub after: &'a [f32],
    /// As the step left it.
    pub kept: &'a [f32],
    /// Gradient at the states after the step; 0 for examples that do not count.
    pub d: &'a mut [f32],
    /// Gradient at the states before the step, to be added to.
    pub d_before: &'a mut [f32],
    /// Gradient at what the inputs gave, to be filled.
    pub dz: &'a mut [f32],
    /// Gradient at what the state gave, to be filled.
    pub dhz: &'a mut [f32],
    /// What is dropped of the first state.
    pub dropped: &'a mut Dropped<'d>,
    /// [`Cell::work`] numbers, whatever they are.
    pub work: &'a mut [f32],
    /// Makes products of matrices.
    pub products: &'a mut Products,
}

/// The mathematics of one step.
pub trait Cell {
    /// Columns of the kernel, in units.
    fn gates(&self) -> usize;

    /// State matrices.
    fn states(&self) -> usize {
        1
    }

    /// Numbers per unit and step that are kept for the way back.
    fn kept(&self) -> usize;

    /// Numbers that a step, or [`Cell::recurrent_gradient`], needs for itself; `outputs`: numbers of all
    /// steps' outputs.
    fn work(&self, outputs: usize, units: usize) -> usize;

    /// From the states before to the states after.
    fn step(&self, step: Step<'_, '_>);

    /// And back.
    fn step_back(&self, step: StepBack<'_, '_>);

    /// The gradient of the recurrent weights, from all steps together: states before each step (and
    /// after the last), what was kept, and the gradients at what the states gave.
    #[allow(clippy::too_many_arguments)]
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
        let _ = kept;
        let h = first_states(self.states(), units, batch, steps, states, work);
        let shape = (units, self.gates() * units);
        dropped.kernel_gradient(products, h, dhz, drecurrent, shape);
    }
}

/// The outputs before each step, one after another: as they lie, or gathered where other states lie
/// between them.
pub fn first_states<'a>(
    n_states: usize,
    units: usize,
    batch: usize,
    steps: usize,
    states: &'a [f32],
    work: &'a mut [f32],
) -> &'a [f32] {
    let n = batch * units;
    if n_states == 1 {
        return &states[..steps * n];
    }
    for (to, from) in work
        .chunks_exact_mut(n)
        .zip(states.chunks_exact(n_states * n))
        .take(steps)
    {
        to.copy_from_slice(&from[..n]);
    }
    &work[..steps * n]
}
