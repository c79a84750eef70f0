//! ActivityRegularization: a penalty on its input, added to the loss.

use super::layer::{Backward, Forward, Layer, LayerKind, MaskFlow, Shape};
use super::terms::{Factor, Stage};
use crate::functions::regularizers::Regularizer;
use crate::options::declare::class;
use crate::options::{Default, Kind};

class! {
    /// Passes its input on and adds a penalty on its size to the loss, so that outputs stay small or sparse.
    #[formula("y = x; loss += (l1 sum |x| + l2 sum x^2) / examples")]
    #[group("regularization and noise")]
    struct Options("ActivityRegularization", "activity_regularization", "Activity regularization") {
        /// Factor of the sum of absolute values: makes many outputs 0.
        l1("l1"): f32 = Kind::Float(0.0, 1e6), Default::Float(0.0);
        /// Factor of the sum of squares: keeps outputs small.
        #[advanced]
        l2("l2"): f32 = Kind::Float(0.0, 1e6), Default::Float(0.0);
    }
}

pub static KIND: LayerKind = LayerKind::new(Options::SPEC, |request| {
    let Options { l1, l2 } = Options::of(request.config);
    Ok(Box::new(ActivityRegularization {
        shape: request.input().clone(),
        regularizer: Regularizer::l1_l2(l1, l2),
    }))
});

struct ActivityRegularization {
    shape: Shape,
    regularizer: Regularizer,
}

impl Layer for ActivityRegularization {
    fn output_shape(&self) -> &Shape {
        &self.shape
    }

    fn forward(&self, pass: Forward<'_>) {
        pass.y.copy_from_slice(pass.x);
    }

    fn backward(&self, pass: Backward<'_>) {
        if let Some(dx) = pass.dx {
            dx.copy_from_slice(pass.dy);
        }
    }

    fn mask_flow(&self) -> MaskFlow {
        MaskFlow::Passes
    }

    fn activity_regularizer(&self) -> Option<&Regularizer> {
        Some(&self.regularizer)
    }

    fn is_identity(&self, _: bool) -> bool {
        true
    }

    fn terms(&self, _: bool) -> Vec<Stage> {
        vec![Stage::each(&self.shape, Factor::One)]
    }
}
