//! The results of the passes over one batch.

use super::{LossInput, Sequential};
use crate::kernels::matmul::Products;
use crate::options::error::{ConfigError, Result};

/// Most numbers that the passes over a batch may need.
pub const MAX_NUMBERS: usize = 64_000_000;

/// The results of the passes over one batch, for each layer.
pub struct Workspace {
    pub(super) capacity: usize,
    /// Number of examples in the last forward pass, and the size of each layer's scratch for them.
    n_rows: usize,
    pub(super) n_scratch: Vec<usize>,
    pub(super) outputs: Vec<Vec<f32>>,
    pub(super) scratch: Vec<Vec<f32>>,
    pub(super) gradients: Vec<Vec<f32>>,
    /// Concatenated inputs of a layer with several.
    pub(super) joined: Vec<Vec<f32>>,
    /// Masks that a layer makes.
    pub(super) masks: Vec<Vec<f32>>,
    /// Whether a layer's gradient has been written in this pass.
    pub(super) written: Vec<bool>,
    /// Temporary numbers of one layer's call.
    pub(super) work: Vec<f32>,
    /// Gradient at the inputs of a layer, before it is added to that of other consumers.
    pub(super) spare: Vec<f32>,
    /// Gradients of frozen parameters, which are discarded.
    pub(super) unused: Vec<f32>,
    pub(super) products: Products,
}

impl Sequential {
    /// A workspace for batches of up to `batch` examples.
    ///
    /// # Errors
    /// If it needs more memory than a browser tab has.
    pub fn workspace(&self, batch: usize) -> Result<Workspace> {
        let numbers = (0..self.layers.len())
            .map(|i| {
                let outputs = 2 * self.width(i) + self.joined_width(i) + self.mask_steps(i);
                outputs.saturating_mul(batch) + self.layers[i].layer.scratch(batch)
            })
            .fold(
                self.n_work(batch) + self.n_spare(batch),
                usize::saturating_add,
            );
        if numbers > MAX_NUMBERS {
            let fitting = (MAX_NUMBERS / (numbers / batch.max(1)).max(1)).max(1);
            let message = format!(
                "A batch of {batch} examples needs more memory than a browser tab has: use at most {fitting}."
            );
            return Err(ConfigError::new("batch_size", message));
        }
        let each = |n: &dyn Fn(usize) -> usize| -> Vec<Vec<f32>> {
            (0..self.layers.len()).map(|i| vec![0.0; n(i)]).collect()
        };
        Ok(Workspace {
            capacity: batch,
            n_rows: 0,
            n_scratch: vec![0; self.layers.len()],
            outputs: each(&|i| self.width(i) * batch),
            scratch: each(&|i| self.layers[i].layer.scratch(batch)),
            gradients: each(&|i| self.width(i) * batch),
            joined: each(&|i| self.joined_width(i) * batch),
            masks: each(&|i| self.mask_steps(i) * batch),
            written: vec![false; self.layers.len()],
            work: vec![0.0; self.n_work(batch)],
            spare: vec![0.0; self.n_spare(batch)],
            unused: vec![0.0; self.frozen.len()],
            products: Products::default(),
        })
    }

    /// Size of an example's concatenated inputs; 0 for a layer with one input.
    pub(super) fn joined_width(&self, i: usize) -> usize {
        match self.layers[i].inputs.len() {
            1 => 0,
            _ => self.layers[i]
                .inputs
                .iter()
                .map(|s| self.source_width(*s))
                .sum(),
        }
    }

    /// Most numbers that a layer's call or the gradient of its activity penalty needs.
    fn n_work(&self, batch: usize) -> usize {
        let of = |i: usize| {
            let built = &self.layers[i];
            let penalized = built.layer.activity_regularizer().is_some();
            let outputs = if penalized { self.width(i) * batch } else { 0 };
            built.layer.work(batch).max(outputs)
        };
        (0..self.layers.len()).map(of).max().unwrap_or(0)
    }

    fn n_spare(&self, batch: usize) -> usize {
        let of = |i: usize| match *self.layers[i].inputs {
            [source] if self.is_shared(source) => self.source_width(source) * batch,
            _ => self.joined_width(i) * batch,
        };
        (0..self.layers.len()).map(of).max().unwrap_or(0)
    }
}

impl Workspace {
    /// Prepares for a forward pass of so many examples.
    pub(super) fn take(&mut self, model: &Sequential, n_rows: usize) {
        if self.n_rows != n_rows {
            self.n_rows = n_rows;
            for (n, built) in self.n_scratch.iter_mut().zip(&model.layers) {
                *n = built.layer.scratch(n_rows);
            }
        }
    }

    /// Most examples of a batch.
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// The output of a layer in the last forward pass; the first numbers are those of the batch.
    pub fn output(&self, layer: usize) -> &[f32] {
        &self.outputs[layer]
    }

    /// The scratch of a layer from the last forward pass.
    pub fn kept(&self, layer: usize) -> &[f32] {
        &self.scratch[layer]
    }

    /// The output of the last layer: `[batch, outputs]`.
    pub fn outputs(&self, model: &Sequential, batch: usize) -> &[f32] {
        &self.outputs[model.layers.len() - 1][..batch * model.n_outputs()]
    }

    /// The gradient of the loss with respect to a layer's output, from the last backward pass.
    pub fn gradient(&self, layer: usize) -> &[f32] {
        &self.gradients[layer]
    }

    /// The numbers at `loss_input` and the gradient to fill, both `[batch, outputs]`; and the mask of the outputs, `[batch, steps]`, if they
    /// have one.
    pub fn gradient_at(
        &mut self,
        model: &Sequential,
        loss_input: LossInput,
        batch: usize,
    ) -> (&[f32], &mut [f32], Option<&[f32]>) {
        let top = model.top(loss_input);
        let n = batch * model.n_outputs();
        let seen = match loss_input {
            LossInput::Output => &self.outputs[top],
            LossInput::Logits(i) => &self.scratch[i],
        };
        let made_by = model.layers.last().and_then(|l| l.mask);
        let mask = made_by.map(|i| &self.masks[i]);
        let mask = mask.map(|m| &m[..batch * (m.len() / self.capacity)]);
        (&seen[..n], &mut self.gradients[top][..n], mask)
    }
}
