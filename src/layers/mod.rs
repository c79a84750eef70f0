//! The layers: the list of all classes, and the constructor of a layer from its options.
//!
//! `layer.rs` has the interface. A new layer is a file with its [`LayerKind`] and its line in [`ALL`].

mod activated;
mod activation;
mod activity;
mod attention;
mod augmentation;
mod common;
mod convolution;
mod dense;
mod dropout;
mod embedding;
mod flatten;
mod layer;
mod masking;
mod merging;
mod noise;
mod normalization;
mod pooling;
mod prelu;
mod rearrange;
mod recurrent;
mod scaling;
mod softmax;
mod terms;
mod wrappers;

pub(crate) use dense::Options as DenseOptions;
pub use layer::{
    Backward, Build, Forward, Initial, Inputs, Join, Layer, LayerKind, MaskFlow, Masks, ParamSpec,
    Shape, size,
};
pub(crate) use scaling::NormalizationOptions;
pub use terms::{Factor, Passed, Stage, StageValues, fill_deltas};

use crate::functions::activations;
use crate::options::error::{ConfigError, Result};
use crate::options::{self, ConfigObject, Registry};

/// Every layer, in the order of the page.
pub static ALL: &[&LayerKind] = &[
    &dense::KIND,
    &embedding::KIND,
    &masking::KIND,
    &activation::KIND,
    &activation::RELU,
    &activation::LEAKY_RELU,
    &prelu::KIND,
    &activation::ELU,
    &softmax::KIND,
    &dropout::KIND,
    &dropout::SPATIAL_1D,
    &dropout::SPATIAL_2D,
    &noise::GAUSSIAN_DROPOUT,
    &noise::GAUSSIAN_NOISE,
    &dropout::ALPHA,
    &activity::KIND,
    &flatten::KIND,
    &rearrange::RESHAPE,
    &rearrange::PERMUTE,
    &rearrange::REPEAT_VECTOR,
    &rearrange::ZERO_PADDING_1D,
    &rearrange::ZERO_PADDING_2D,
    &rearrange::CROPPING_1D,
    &rearrange::CROPPING_2D,
    &rearrange::UP_SAMPLING_1D,
    &rearrange::UP_SAMPLING_2D,
    &merging::ADD,
    &merging::SUBTRACT,
    &merging::MULTIPLY,
    &merging::AVERAGE,
    &merging::MAXIMUM,
    &merging::MINIMUM,
    &merging::CONCATENATE,
    &convolution::plain::CONV_1D,
    &convolution::plain::CONV_2D,
    &convolution::plain::DEPTHWISE_1D,
    &convolution::plain::DEPTHWISE_2D,
    &convolution::separable::SEPARABLE_1D,
    &convolution::separable::SEPARABLE_2D,
    &convolution::transpose::TRANSPOSE_1D,
    &convolution::transpose::TRANSPOSE_2D,
    &pooling::MAX_1D,
    &pooling::MAX_2D,
    &pooling::AVERAGE_1D,
    &pooling::AVERAGE_2D,
    &pooling::GLOBAL_MAX_1D,
    &pooling::GLOBAL_MAX_2D,
    &pooling::GLOBAL_AVERAGE_1D,
    &pooling::GLOBAL_AVERAGE_2D,
    &scaling::RESCALING,
    &scaling::NORMALIZATION,
    &augmentation::FLIP,
    &augmentation::ROTATION,
    &augmentation::ZOOM,
    &augmentation::TRANSLATION,
    &augmentation::SHEAR,
    &augmentation::RANDOM_CROP,
    &augmentation::CONTRAST,
    &augmentation::BRIGHTNESS,
    &augmentation::ERASING,
    &augmentation::RESIZING,
    &augmentation::CENTER_CROP,
    &normalization::batch::KIND,
    &normalization::layer::KIND,
    &normalization::group::KIND,
    &normalization::rms::KIND,
    &normalization::unit::KIND,
    &recurrent::simple::KIND,
    &recurrent::lstm::KIND,
    &recurrent::gru::KIND,
    &wrappers::bidirectional::KIND,
    &wrappers::time::KIND,
    &attention::KIND,
];

/// Layers that apply their activations to one step at a time, an array of two axes.
static STEPWISE: &[&LayerKind] = &[
    &recurrent::simple::KIND,
    &recurrent::lstm::KIND,
    &recurrent::gru::KIND,
];

/// The layers, for the list of a model.
pub static REGISTRY: Registry = Registry {
    noun: "layer",
    entries: || ALL.iter().map(|kind| &kind.class).collect(),
    config_keys: &["name", "trainable", "dtype"],
    object_keys: &["build_config", "name", "inbound_nodes"],
};

/// The rate of a layer that drops single values or multiplies them by noise of that rate.
pub fn dropout_rate(config: &ConfigObject) -> Option<f64> {
    let noise = |config| noise::DropoutOptions::of_class(config).map(|options| options.rate);
    dropout::rate(config).or_else(|| noise(config))
}

/// Number of inputs of a layer of this class.
pub fn inputs_of(config: &ConfigObject) -> Inputs {
    options::find(ALL, |kind| &kind.class, config).map_or(Inputs::One, |kind| kind.inputs)
}

/// Constructs a layer of a class of [`REGISTRY`].
///
/// # Errors
/// Options or input shapes that do not fit.
pub fn build(request: Build<'_>) -> Result<Box<dyn Layer>> {
    let config = request.config;
    let Some(kind) = options::find(ALL, |kind| &kind.class, config) else {
        return Err(ConfigError::new("class_name", "This is not a layer."));
    };
    let halving = config
        .options_of(&activations::REGISTRY)
        .find(|(_, function)| activations::halves(function));
    if let Some((option, _)) = halving
        && !std::ptr::eq(kind, &activation::KIND)
    {
        let message = "glu halves its input, so it cannot be the activation of another layer: leave this 'linear' \
                       and add an Activation layer with glu after it.";
        return Err(ConfigError::new(option, message));
    }
    let rank = match options::find(STEPWISE, |kind| &kind.class, config) {
        Some(_) => 2,
        None => request.input().len() + 1,
    };
    for (option, function) in config.options_of(&activations::REGISTRY) {
        activations::check_axis(function, rank).map_err(|error| error.at(option))?;
    }
    (kind.build)(request)
}
