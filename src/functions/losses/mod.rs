//! Losses, each beside its gradient.
//!
//! Most losses compute the value and the gradient of one row at a time; [`Form`] has the others. [`Loss`] adds Keras'
//! reductions, weights and masks, and a rule of Keras on TensorFlow: a cross-entropy after a sigmoid or softmax is
//! computed from the logits, not from the probabilities (`losses/losses.py`, `losses/loss.py`,
//! `backend/tensorflow/nn.py`).
//!
//! To add one: its class and its [`LossKind`] in the file of its kind, and its line in [`ALL`]. Keras' CTC is not among
//! them, because its targets are sequences of their own length.

mod binary;
mod circle;
pub(crate) mod entropies;
mod evaluate;
mod focal;
pub(crate) mod loss;
pub(crate) mod margins;
mod overlap;
pub(crate) mod pointwise;
pub(crate) mod regression;
pub(crate) mod shared;

use crate::options::declare::class;
use crate::options::{ClassSpec, ConfigObject, Registry};
pub use evaluate::Loss;
pub use loss::{Batch, Form, LossKind, Reduction, Row, Settings, TakesLogits, Targets};
pub use regression::cosine;

/// Every loss, in the order of the page.
pub static ALL: &[&LossKind] = &[
    &entropies::BINARY,
    &regression::SQUARED,
    &entropies::CATEGORICAL,
    &entropies::SPARSE,
    &regression::ABSOLUTE,
    &regression::PERCENTAGE,
    &regression::LOGARITHMIC,
    &regression::HUBER,
    &regression::LOG_COSH,
    &regression::COSINE,
    &margins::HINGE,
    &margins::SQUARED,
    &margins::CATEGORICAL,
    &entropies::KL_DIVERGENCE,
    &entropies::POISSON,
    &focal::BINARY,
    &focal::CATEGORICAL,
    &entropies::GENERALIZED,
    &overlap::DICE,
    &overlap::TVERSKY,
    &circle::CIRCLE,
];

class! {
    /// Binary cross-entropy for one output, sparse categorical cross-entropy for several. (With one-hot targets Keras
    /// uses the categorical one: choose that here.)
    #[formula("binary for one output, else sparse categorical")]
    #[group("for classes")]
    #[aliases("ce")]
    struct Crossentropy("crossentropy", "crossentropy", "Cross-entropy, by the outputs") {}
}

/// Keras' string "crossentropy", which only `compile` takes: the outputs decide which class it is.
pub static CROSSENTROPY: ClassSpec = Crossentropy::SPEC;

/// The losses, for `compile(loss=...)`.
pub static REGISTRY: Registry = Registry {
    noun: "loss",
    entries: || {
        let own = ALL.iter().map(|kind| &kind.class);
        own.chain([&CROSSENTROPY]).collect()
    },
    config_keys: &["name", "dtype", "fn"],
    object_keys: &[],
};

/// Whether the options of a loss say that the model's outputs are logits.
pub fn from_logits(config: &ConfigObject) -> bool {
    let kind = crate::options::find(ALL, |kind| &kind.class, config);
    kind.is_some_and(|kind| (kind.build)(config).from_logits)
}
