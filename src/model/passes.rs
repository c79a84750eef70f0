//! Forward and backward passes.

use super::{Built, Input, LossInput, Sequential, Workspace};
use crate::kernels::sparse::RowSelection;
use crate::layers::{Backward, Forward};
use crate::model::config::Source;

impl Sequential {
    /// Forward pass on at most as many examples as the capacity of `ws`.
    pub fn forward(&self, input: Input<'_>, training: bool, ws: &mut Workspace) {
        let batch = input.n_rows(self.n_inputs());
        let training = training.then_some(self.training_calls);
        ws.take(self, batch);
        for (i, built) in self.layers.iter().enumerate() {
            let (below, rest) = ws.outputs.split_at_mut(i);
            if built.inputs.len() > 1 {
                self.join(built, input, below, &mut ws.joined[i], batch);
            }
            let (x, nonzeros) = self.input_of(i, input, below, &ws.joined, batch);
            self.make_mask(i, x, &mut ws.masks, ws.capacity, batch);
            let (masks, capacity) = (&ws.masks, ws.capacity);
            let masks = |k: usize| self.mask_into(built, k, masks, capacity, batch);
            built.layer.forward(Forward {
                batch,
                x,
                nonzeros,
                mask: masks(0),
                masks: &masks,
                params: self.params_of(built),
                state: &self.frozen[built.state.clone()],
                scratch: &mut ws.scratch[i][..ws.n_scratch[i]],
                work: &mut ws.work,
                y: &mut rest[0][..batch * self.width(i)],
                products: &mut ws.products,
                training,
            });
        }
    }

    /// Backward pass after [`Sequential::forward`] in training with the same input. [`Workspace::gradient_at`] holds the gradient of
    /// the loss at `loss_input`. Fills `gradients`, which is as long as the trainable parameters.
    pub fn backward(
        &self,
        input: Input<'_>,
        loss_input: LossInput,
        ws: &mut Workspace,
        gradients: &mut [f32],
    ) {
        let batch = input.n_rows(self.n_inputs());
        let top = self.top(loss_input);
        if !ws.spare.is_empty() {
            ws.written.fill(false);
        }
        // Layers above the logits are identities: penalties on their outputs act on the same numbers.
        for i in top + 1..self.layers.len() {
            self.add_activity_gradient(i, top, true, ws, batch);
        }
        for (i, built) in self.layers.iter().enumerate().take(top + 1).rev() {
            let at_logits = loss_input == LossInput::Logits(i);
            self.add_activity_gradient(i, i, at_logits, ws, batch);
            let (below, rest) = ws.gradients.split_at_mut(i);
            let (x, nonzeros) = self.input_of(i, input, &ws.outputs, &ws.joined, batch);
            // The gradient of the layer below is written directly if no other layer adds to it.
            let sole_consumer = match *built.inputs {
                [Source::Layer(j)] if self.layers[j].n_consumers == 1 => Some(j),
                _ => None,
            };
            let n_spare = batch * self.sources_width(built);
            let wanted = built.inputs.iter().any(|s| *s != Source::Input);
            let dx = match sole_consumer {
                Some(j) => Some(&mut below[j][..batch * self.width(j)]),
                None => wanted.then(|| &mut ws.spare[..n_spare]),
            };
            let arena = if built.trained {
                &mut *gradients
            } else {
                &mut ws.unused[..]
            };
            let (masks, capacity) = (&ws.masks, ws.capacity);
            let masks = |k: usize| self.mask_into(built, k, masks, capacity, batch);
            built.layer.backward(Backward {
                batch,
                x,
                nonzeros,
                mask: masks(0),
                masks: &masks,
                params: self.params_of(built),
                state: &self.frozen[built.state.clone()],
                scratch: &mut ws.scratch[i][..ws.n_scratch[i]],
                work: &mut ws.work,
                y: &ws.outputs[i][..batch * self.width(i)],
                dy: &mut rest[0][..batch * self.width(i)],
                dx,
                dparams: &mut arena[built.params.clone()],
                products: &mut ws.products,
                calls: self.training_calls,
                at_logits,
            });
            if sole_consumer.is_none() && wanted {
                self.accumulate_input_grads(built, below, &ws.spare, &mut ws.written, batch);
            }
        }
    }

    /// Activity penalty of the last forward pass, a part of the loss.
    pub fn activity_penalty(&self, ws: &Workspace, batch: usize) -> f32 {
        let mut sum = 0.0;
        for (i, built) in self.layers.iter().enumerate() {
            if self.penalizes
                && let Some(regularizer) = built.layer.activity_regularizer()
            {
                let y = &ws.outputs[i][..batch * self.width(i)];
                sum += regularizer.add(&[y.len()], y, None) / batch as f32;
            }
            sum += built.layer.inner_penalty(&ws.scratch[i], batch);
        }
        sum
    }

    /// Weight penalty, a part of the loss. Adds its gradient to `gradients`.
    pub fn weight_penalty(&self, mut gradients: Option<&mut [f32]>) -> f32 {
        let mut sum = 0.0;
        if !self.regularizes {
            return sum;
        }
        for param in self.table.iter().filter(|p| p.trainable) {
            let spec = &self.layers[param.layer].layer.params()[param.spec];
            if let Some(regularizer) = &spec.regularizer {
                let g = gradients.as_deref_mut().map(|g| &mut g[param.span.clone()]);
                sum += regularizer.add(&param.shape, &self.trainable[param.span.clone()], g);
            }
        }
        sum
    }

    /// Applies the constraints to the trainable parameters. Returns whether there are any.
    pub fn constrain(&mut self) -> bool {
        if !self.constrains {
            return false;
        }
        for param in self.table.iter().filter(|p| p.trainable) {
            let spec = &self.layers[param.layer].layer.params()[param.spec];
            if let Some(constraint) = &spec.constraint {
                constraint.apply(&param.shape, &mut self.trainable[param.span.clone()]);
            }
        }
        true
    }

    /// Updates the non-trainable state (moving averages) from the last forward pass, which was one of training.
    pub fn update_state(&mut self, ws: &Workspace, batch: usize) {
        for (i, built) in self.layers.iter().enumerate() {
            let state = &mut self.frozen[built.state.clone()];
            if !state.is_empty() {
                let scratch = &ws.scratch[i][..ws.n_scratch[i]];
                built.layer.update_state(batch, scratch, state);
            }
        }
    }

    /// Adds the gradient of layer i's activity penalty to the gradient of layer `to`.
    fn add_activity_gradient(
        &self,
        i: usize,
        to: usize,
        at_logits: bool,
        ws: &mut Workspace,
        batch: usize,
    ) {
        if !self.penalizes {
            return;
        }
        let Some(regularizer) = self.layers[i].layer.activity_regularizer() else {
            return;
        };
        let n = batch * self.width(i);
        let (y, d) = (&ws.outputs[i][..n], &mut ws.work[..n]);
        d.fill(0.0);
        regularizer.add(&[n], y, Some(d));
        let share = 1.0 / batch as f32;
        d.iter_mut().for_each(|d| *d *= share);
        if at_logits {
            self.layers[to]
                .layer
                .activation_backward(&ws.scratch[to], y, d);
        }
        for (to, d) in ws.gradients[to].iter_mut().zip(d) {
            *to += *d;
        }
    }

    /// The input of a layer: the output of its one source, or `joined` for several.
    pub(super) fn input_of<'a>(
        &self,
        i: usize,
        input: Input<'a>,
        outputs: &'a [Vec<f32>],
        joined: &'a [Vec<f32>],
        batch: usize,
    ) -> (&'a [f32], Option<RowSelection<'a>>) {
        match *self.layers[i].inputs {
            [Source::Input] => input.parts(),
            [Source::Layer(j)] => (&outputs[j][..batch * self.width(j)], None),
            _ => (&joined[i][..batch * self.joined_width(i)], None),
        }
    }

    /// Concatenates the inputs of each example.
    fn join(
        &self,
        built: &Built,
        input: Input<'_>,
        outputs: &[Vec<f32>],
        joined: &mut [f32],
        batch: usize,
    ) {
        let stride = self.sources_width(built);
        let mut start = 0;
        for source in &built.inputs {
            let width = self.source_width(*source);
            let from = match *source {
                Source::Input => input.parts().0,
                Source::Layer(j) => &outputs[j],
            };
            let rows = from
                .chunks_exact(width)
                .zip(joined.chunks_exact_mut(stride));
            for (from, to) in rows.take(batch) {
                to[start..start + width].copy_from_slice(from);
            }
            start += width;
        }
    }

    /// Adds the gradient at a layer's inputs to the gradients of their sources.
    fn accumulate_input_grads(
        &self,
        built: &Built,
        below: &mut [Vec<f32>],
        joined: &[f32],
        written: &mut [bool],
        batch: usize,
    ) {
        let stride = self.sources_width(built);
        let mut start = 0;
        for source in &built.inputs {
            let width = self.source_width(*source);
            if let Source::Layer(j) = *source {
                let rows = joined
                    .chunks_exact(stride)
                    .zip(below[j].chunks_exact_mut(width));
                for (from, to) in rows.take(batch) {
                    let from = &from[start..start + width];
                    if written[j] {
                        to.iter_mut().zip(from).for_each(|(to, from)| *to += from);
                    } else {
                        to.copy_from_slice(from);
                    }
                }
                written[j] = true;
            }
            start += width;
        }
    }

    fn sources_width(&self, built: &Built) -> usize {
        built.inputs.iter().map(|s| self.source_width(*s)).sum()
    }

    /// Whether several layers consume it.
    pub(super) fn is_shared(&self, source: Source) -> bool {
        match source {
            Source::Input => false,
            Source::Layer(j) => self.layers[j].n_consumers > 1,
        }
    }

    pub(super) fn source_width(&self, source: Source) -> usize {
        match source {
            Source::Input => self.n_inputs(),
            Source::Layer(j) => self.width(j),
        }
    }

    /// Whether [`Input::Nonzeros`] can be given.
    pub fn accepts_sparse_input(&self) -> bool {
        let consumers = self
            .layers
            .iter()
            .filter(|l| l.inputs.contains(&Source::Input));
        let mut consumers =
            consumers.filter(|l| l.inputs.len() > 1 || !l.layer.accepts_sparse_input());
        consumers.next().is_none()
    }

    /// The input of the loss: the logits before the last sigmoid or softmax, if the loss takes logits and all layers above are
    /// identities.
    pub fn loss_input(&self, takes_logits: bool, training: bool) -> LossInput {
        let mut i = self.layers.len() - 1;
        while self.layers[i].layer.is_identity(training) {
            match *self.layers[i].inputs {
                [Source::Layer(j)] if self.layers[j].n_consumers == 1 => i = j,
                _ => return LossInput::Output,
            }
        }
        if takes_logits && self.layers[i].layer.logits_available() {
            LossInput::Logits(i)
        } else {
            LossInput::Output
        }
    }

    /// Whether the logits at `loss_input` are those of a softmax.
    pub fn is_softmax(&self, loss_input: LossInput) -> bool {
        match loss_input {
            LossInput::Output => false,
            LossInput::Logits(i) => self.layers[i].layer.activation() == Some("softmax"),
        }
    }

    /// The topmost layer that the gradient of a loss at `loss_input` passes.
    pub fn top(&self, loss_input: LossInput) -> usize {
        match loss_input {
            LossInput::Output => self.layers.len() - 1,
            LossInput::Logits(i) => i,
        }
    }
}
