//! Embedding: a learnt row of numbers for each of some whole numbers, such as the words of a text.

use super::common;
use super::layer::{Backward, Forward, Inputs, Layer, LayerKind, MaskFlow, ParamSpec, Shape, size};
use crate::functions::regularizers::Regularizer;
use crate::options::{ClassSpec, Default, Kind, OptionSpec, help_text};

pub static KIND: LayerKind = LayerKind {
    class: ClassSpec {
        class_name: "Embedding",
        name: "embedding",
        aliases: &[],
        label: "Embedding",
        doc: help_text(
            "Looks up a learnt row of numbers for each whole number of the input. Rows that a batch \
              uses several times get the sum of their gradients, as in Keras on JAX (on TensorFlow \
              most optimizers do not sum them).",
        ),
        formula: help_text("y = E[x]; E: [input_dim, output_dim]"),
        options: &[
            &OptionSpec {
                name: "input_dim",
                label: "vocabulary",
                doc: help_text("How many rows there are: the largest number of the input, plus 1."),
                kind: Kind::Int(1, 10_000_000),
                default: Default::Required,
                advanced: false,
                start: "",
            },
            &OptionSpec {
                name: "output_dim",
                label: "numbers per row",
                doc: help_text("How many numbers come out for each."),
                kind: Kind::Int(1, 100_000),
                default: Default::Required,
                advanced: false,
                start: "",
            },
            &common::initializer(
                "embeddings_initializer",
                "rows begin as",
                "Where the rows begin.",
                "random_uniform",
            ),
            &common::regularizer(
                "embeddings_regularizer",
                "rows' penalty",
                "What the size of the rows adds to the loss.",
            ),
            &common::ACTIVITY_REGULARIZER,
            &common::constraint(
                "embeddings_constraint",
                "rows' limit",
                "Where the rows are brought back to after each step.",
            ),
            &OptionSpec {
                name: "mask_zero",
                label: "0 is padding",
                doc: help_text("Whether steps of 0 are masked: layers above skip them."),
                kind: Kind::Bool,
                default: Default::Bool(false),
                advanced: false,
                start: "",
            },
        ],
        group: "",
        shared: &[],
    },
    inputs: Inputs::One,
    build: |request| {
        let config = request.config;
        let rows = config.count("input_dim").unwrap_or(1);
        let width = config.count("output_dim").unwrap_or(1);
        let places = size(request.input()).unwrap_or(1);
        let table = common::param(config, "embeddings", vec![rows, width], request.seeds);
        Ok(Box::new(Embedding {
            output_shape: request.input().iter().copied().chain([width]).collect(),
            rows,
            width,
            places,
            masks: config.flag("mask_zero"),
            activity: common::regularizer_of(config, "activity_regularizer"),
            params: vec![table],
        }))
    },
};

struct Embedding {
    output_shape: Shape,
    rows: usize,
    width: usize,
    places: usize,
    masks: bool,
    activity: Option<Regularizer>,
    params: Vec<ParamSpec>,
}

impl Embedding {
    /// The row of a number of the input, which data is checked for beforehand.
    fn row(&self, x: f32) -> usize {
        (x as usize).min(self.rows - 1)
    }
}

impl Layer for Embedding {
    fn output_shape(&self) -> &Shape {
        &self.output_shape
    }

    fn params(&self) -> &[ParamSpec] {
        &self.params
    }

    fn forward(&self, pass: Forward<'_>) {
        for (x, y) in pass.x.iter().zip(pass.y.chunks_exact_mut(self.width)) {
            let at = self.row(*x) * self.width;
            y.copy_from_slice(&pass.params[at..at + self.width]);
        }
    }

    fn backward(&self, pass: Backward<'_>) {
        pass.dparams.fill(0.0);
        for (x, dy) in pass.x.iter().zip(pass.dy.chunks_exact(self.width)) {
            let at = self.row(*x) * self.width;
            let row = &mut pass.dparams[at..at + self.width];
            row.iter_mut().zip(dy).for_each(|(d, dy)| *d += dy);
        }
        if let Some(dx) = pass.dx {
            dx.fill(0.0); // a whole number has no slope
        }
    }

    fn mask_flow(&self) -> MaskFlow {
        if self.masks {
            MaskFlow::Begins(self.places)
        } else {
            MaskFlow::Stops
        }
    }

    fn make_mask(&self, x: &[f32], mask: &mut [f32]) {
        for (x, m) in x.iter().zip(mask) {
            *m = f32::from(*x != 0.0);
        }
    }

    fn activity_regularizer(&self) -> Option<&Regularizer> {
        self.activity.as_ref()
    }

    fn vocabulary_size(&self) -> Option<usize> {
        Some(self.rows)
    }
}
