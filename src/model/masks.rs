//! Masks: which steps of a layer's input count.

use super::{Built, Sequential};
use crate::layers::{Join, MaskFlow, Shape};
use crate::model::config::Source;

impl Sequential {
    /// The layer that made the mask of this source.
    fn maker(&self, source: Source) -> Option<usize> {
        match source {
            Source::Input => None,
            Source::Layer(j) => self.layers[j].mask,
        }
    }

    /// Whether a mask reaches layer `i`.
    pub fn is_masked(&self, i: usize) -> bool {
        let source = self.source_of(i);
        source.is_some_and(|source| self.maker(source).is_some())
    }

    /// What layer `i` takes first.
    pub fn source_of(&self, i: usize) -> Option<Source> {
        self.layers.get(i)?.inputs.first().copied()
    }

    fn shape_of(&self, source: Source) -> &Shape {
        match source {
            Source::Input => &self.input_shape,
            Source::Layer(j) => self.layers[j].layer.output_shape(),
        }
    }

    /// Whether the masks of these sources are joined into one.
    pub(super) fn joins(&self, how: Join, sources: &[Source]) -> bool {
        let mut made = sources.iter().filter_map(|s| Some((self.maker(*s)?, *s)));
        let n_made = made.clone().count();
        let first = made.clone().next().map_or(0, |(i, _)| self.mask_steps(i));
        let fits = made.all(|(i, source)| match how {
            // Masks can be concatenated only if each has one step for each of the first axis of its array.
            Join::Along => Some(&self.mask_steps(i)) == self.shape_of(source).first(),
            _ => self.mask_steps(i) == first,
        });
        fits && n_made >= if how == Join::Any { sources.len() } else { 1 }
    }

    /// Number of steps in the mask that a layer makes; 0 if it makes none.
    pub(super) fn mask_steps(&self, i: usize) -> usize {
        let built = &self.layers[i];
        match built.layer.mask_flow() {
            MaskFlow::Begins(steps) => steps,
            MaskFlow::Joins(_) if built.mask != Some(i) => 0,
            MaskFlow::Joins(Join::Along) => {
                let steps = |s: &Source| self.shape_of(*s).first().copied().unwrap_or(1);
                built.inputs.iter().map(steps).sum()
            }
            MaskFlow::Joins(_) => {
                let mut makers = built.inputs.iter().filter_map(|s| self.maker(*s));
                makers.next().map_or(0, |j| self.mask_steps(j))
            }
            _ => 0,
        }
    }

    /// Fills the mask that layer i makes, if it makes one.
    pub(super) fn make_mask(
        &self,
        i: usize,
        x: &[f32],
        masks: &mut [Vec<f32>],
        capacity: usize,
        batch: usize,
    ) {
        let built = &self.layers[i];
        let (before, rest) = masks.split_at_mut(i);
        if built.mask != Some(i) {
            return;
        }
        let steps = rest[0].len() / capacity;
        let to = &mut rest[0][..batch * steps];
        let MaskFlow::Joins(how) = built.layer.mask_flow() else {
            return built.layer.make_mask(x, to);
        };
        let mut at = 0;
        for (nth, source) in built.inputs.iter().enumerate() {
            let mask = self.mask_of(*source, before, capacity, batch);
            let n = match how {
                Join::Along => self.shape_of(*source).first().copied().unwrap_or(1),
                _ => steps,
            };
            for example in 0..batch {
                let to = &mut to[example * steps + at..][..n];
                let own = mask.map(|m| &m[example * n..][..n]);
                match own {
                    Some(own) if nth > 0 && how != Join::Along => {
                        let pairs = to.iter_mut().zip(own);
                        pairs.for_each(|(to, m)| *to = if *m != 0.0 { 1.0 } else { *to });
                    }
                    Some(own) => to.copy_from_slice(own),
                    None => to.fill(1.0),
                }
            }
            if how == Join::Along {
                at += n;
            }
        }
    }

    fn mask_of<'a>(
        &self,
        source: Source,
        masks: &'a [Vec<f32>],
        capacity: usize,
        batch: usize,
    ) -> Option<&'a [f32]> {
        let made = &masks[self.maker(source)?];
        Some(&made[..batch * (made.len() / capacity)])
    }

    /// The mask of a layer's input with this index.
    pub(super) fn mask_into<'a>(
        &self,
        built: &Built,
        input: usize,
        masks: &'a [Vec<f32>],
        capacity: usize,
        batch: usize,
    ) -> Option<&'a [f32]> {
        self.mask_of(*built.inputs.get(input)?, masks, capacity, batch)
    }
}
