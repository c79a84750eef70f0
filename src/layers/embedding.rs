//! Embedding: a trainable vector for each integer id, such as the words of a text.

use super::common;
use super::layer::{Backward, Forward, Layer, LayerKind, MaskFlow, ParamSpec, Shape, size};
use crate::functions::regularizers::Regularizer;
use crate::functions::{constraints, initializers, regularizers};
use crate::options::declare::class;
use crate::options::{ConfigObject, Default, Kind};

class! {
    /// Looks up a trainable vector for each integer id of the input. An id that a batch has several times gets the sum of its
    /// gradients, as in Keras on JAX (on TensorFlow, most optimizers do not sum them).
    #[formula("y = E[x]; E: [input_dim, output_dim]")]
    #[group("core")]
    struct Options("Embedding", "embedding", "Embedding") {
        /// Size of the vocabulary: the largest id plus 1.
        #[start("16")]
        input_dim("vocabulary"): usize = Kind::Int(1, 10_000_000), Default::Required;
        /// Length of each vector.
        #[start("8")]
        output_dim("vector length"): usize = Kind::Int(1, 100_000), Default::Required;
        /// Initializer of the vectors.
        #[advanced]
        embeddings_initializer("initial vectors"): ConfigObject =
            Kind::Of(&initializers::REGISTRY), Default::Text("random_uniform");
        /// Penalty on the vectors, added to the loss.
        #[advanced]
        embeddings_regularizer("vector penalty"): Option<ConfigObject> = Kind::Of(&regularizers::REGISTRY), Default::Null;
        activity_regularizer: Option<ConfigObject> = common::ACTIVITY_REGULARIZER;
        /// Constraint that the vectors meet after each update.
        #[advanced]
        embeddings_constraint("vector constraint"): Option<ConfigObject> = Kind::Of(&constraints::REGISTRY), Default::Null;
        /// Whether id 0 is padding: the layers above skip its steps.
        #[advanced]
        mask_zero("0 is padding"): bool = Kind::Bool, Default::Bool(false);
    }
}

pub static KIND: LayerKind = LayerKind::new(Options::SPEC, |request| {
    let options = Options::of(request.config);
    let (rows, width) = (options.input_dim, options.output_dim);
    let table = common::array!(options, "embeddings", vec![rows, width], request.seeds;
        [embeddings_initializer, embeddings_regularizer, embeddings_constraint]);
    Ok(Box::new(Embedding {
        output_shape: request.input().iter().copied().chain([width]).collect(),
        rows,
        width,
        n_ids: size(request.input()).unwrap_or(1),
        masks: options.mask_zero,
        activity: options.activity_regularizer.as_ref().map(Regularizer::new),
        params: vec![table],
    }))
});

struct Embedding {
    output_shape: Shape,
    rows: usize,
    width: usize,
    n_ids: usize,
    masks: bool,
    activity: Option<Regularizer>,
    params: Vec<ParamSpec>,
}

impl Embedding {
    /// Row of the table for an id. The data is checked before training; the clamp keeps the lookup from panicking.
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
            dx.fill(0.0); // An id has no gradient.
        }
    }

    fn mask_flow(&self) -> MaskFlow {
        if self.masks {
            MaskFlow::Begins(self.n_ids)
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
