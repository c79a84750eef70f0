//! Options that convolutions share.

use crate::functions::{constraints, initializers, regularizers};
use crate::options::declare::options;
use crate::options::{Default, Kind};

options! {
    /// Number of output channels.
    #[start("8")]
    pub FILTERS = filters("filters"), Kind::Int(1, 100_000), Default::Required;
    /// Size of the window. For an image: height and width, or one number for both.
    #[start("3")]
    pub KERNEL_SIZE = kernel_size("kernel size"), Kind::Ints(1, 1000), Default::Required;
    /// Step from one window to the next.
    pub STRIDES = strides("strides"), Kind::Ints(1, 1000), Default::Int(1);
    /// valid: every window lies inside the input. same: zeros around the input give one output per stride.
    pub PADDING = padding("padding"), Kind::OneOf(&["valid", "same"]), Default::Text("valid");
    /// valid: every window lies inside the input. same: zeros around the input give one output per stride.
    /// causal: zeros before the sequence, so that no output depends on later steps.
    pub PADDING_CAUSAL = padding("padding"), Kind::OneOf(&["valid", "same", "causal"]), Default::Text("valid");
    /// Distance between neighbouring inputs of one window.
    #[advanced]
    pub DILATION_RATE = dilation_rate("dilation"), Kind::Ints(1, 1000), Default::Int(1);
    /// Number of filters per channel.
    #[advanced]
    pub DEPTH_MULTIPLIER = depth_multiplier("filters per channel"), Kind::Int(1, 1000), Default::Int(1);
    /// Initializer of the depthwise kernel.
    #[advanced]
    pub DEPTHWISE_INITIALIZER = depthwise_initializer("initial depthwise weights"),
        Kind::Of(&initializers::REGISTRY), Default::Text("glorot_uniform");
    /// Penalty on the depthwise kernel, added to the loss.
    #[advanced]
    pub DEPTHWISE_REGULARIZER = depthwise_regularizer("depthwise weight penalty"),
        Kind::Of(&regularizers::REGISTRY), Default::Null;
    /// Constraint that the depthwise kernel meets after each update.
    #[advanced]
    pub DEPTHWISE_CONSTRAINT = depthwise_constraint("depthwise weight constraint"),
        Kind::Of(&constraints::REGISTRY), Default::Null;
}
