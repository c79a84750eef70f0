//! ActivityRegularization: the size of what passes adds to the loss.

use super::layer::{Backward, Forward, Inputs, Layer, LayerKind, MaskFlow, Shape};
use crate::functions::regularizers::{self, Regularizer};
use crate::options::{ClassSpec, ConfigObject, Default, Kind, OptionSpec, help_text};

const fn share(name: &'static str, doc: &'static str) -> OptionSpec {
    OptionSpec {
        name,
        label: name,
        doc: help_text(doc),
        kind: Kind::Float(0.0, 1e6),
        default: Default::Float(0.0),
        advanced: false,
        start: "",
    }
}

pub static KIND: LayerKind = LayerKind {
    class: ClassSpec {
        class_name: "ActivityRegularization",
        name: "activity_regularization",
        aliases: &[],
        label: "Activity regularization",
        doc: help_text(
            "Hands its input on; its size is added to the loss, so that outputs stay small or sparse.",
        ),
        formula: help_text("y = x; loss += (l1 sum |x| + l2 sum x^2) / examples"),
        options: &[
            &share("l1", "Weight of the sum of sizes: makes many outputs 0."),
            &share("l2", "Weight of the sum of squares: keeps outputs small."),
        ],
        group: "",
        shared: &[],
    },
    inputs: Inputs::One,
    build: |request| {
        let values = request.config.config_json();
        let both = ConfigObject::with_options(&regularizers::REGISTRY, "L1L2", &values)?;
        Ok(Box::new(ActivityRegularization {
            shape: request.input().clone(),
            regularizer: Regularizer::new(&both),
        }))
    },
};

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
}
