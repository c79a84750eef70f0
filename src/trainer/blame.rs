//! Where a step went out of bounds.

use super::{Divergence, Trainer};
use crate::kernels::rows;
use crate::model::Param;

impl Trainer {
    /// What was not finite in a step that left its loss and gradients.
    pub(super) fn diverged(&self, batch: usize, loss: f32) -> Divergence {
        for (i, (name, _, layer)) in self.model.layers().enumerate() {
            let n = batch * layer.output_shape().iter().product::<usize>();
            if !rows::all_finite(&self.ws.output(i)[..n]) {
                return Divergence {
                    what: format!("the output of layer '{name}'"),
                };
            }
        }
        if !loss.is_finite() {
            let last = self.model.layers().last().map_or("", |(name, _, _)| name);
            return Divergence {
                what: format!("the loss of what layer '{last}' gave"),
            };
        }
        let what = self.first_bad_param(&self.gradients, true, "a gradient of");
        Divergence {
            what: what.unwrap_or_else(|| "a gradient".into()),
        }
    }

    fn first_bad_param(&self, arena: &[f32], trainable: bool, of_what: &str) -> Option<String> {
        let mut table = self.model.table().iter();
        let bad =
            |p: &&Param| p.trainable == trainable && !rows::all_finite(&arena[p.span.clone()]);
        let bad = table.find(bad)?;
        let name = self
            .model
            .layers()
            .nth(bad.layer)
            .map_or("", |(name, _, _)| name);
        Some(format!("{of_what} layer '{name}' ({})", bad.name()))
    }

    /// Which weights are not finite.
    pub(super) fn bad_weights(&self) -> String {
        let arenas = [(self.model.trainable(), true), (self.model.frozen(), false)];
        let found = arenas.into_iter().find_map(|(arena, trainable)| {
            self.first_bad_param(arena, trainable, "the new weights of")
        });
        found.unwrap_or_else(|| "a weight".into())
    }
}
