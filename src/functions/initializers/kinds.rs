//! The initializer classes: their options, and the [`Fill`] that each stands for.

use super::{Fill, Initializer, Scaling};
use crate::options::declare::{class, options, shared};
use crate::options::{ConfigObject, Default, Kind};

options! {
    /// Seed of this initializer; without one it follows from the seed of the run.
    #[advanced]
    SEED = seed("seed"), Kind::Int(0, 9_007_199_254_740_991), Default::Null;
    /// Axes of the weight array that count the inputs of a unit; used only together with output_axes.
    #[advanced]
    pub(super) INPUT_AXES = input_axes("input axes"), Kind::Ints(-8, 7), Default::Null;
    /// Axes of the weight array that count its outputs; used only together with input_axes.
    #[advanced]
    pub(super) OUTPUT_AXES = output_axes("output axes"), Kind::Ints(-8, 7), Default::Null;
    /// Mean of the distribution.
    MEAN = mean("mean"), Kind::Float(-1e6, 1e6), Default::Float(0.0);
    /// Standard deviation of the distribution, before any truncation.
    #[advanced]
    STDDEV = stddev("standard deviation"), Kind::Float(-1e6, 1e6), Default::Float(0.05);
}

shared! {
    /// The options of all initializers whose variance follows from the fans.
    struct ScaledOptions {
        seed: Option<u64> = SEED;
        input_axes: Vec<i64> = INPUT_AXES;
        output_axes: Vec<i64> = OUTPUT_AXES;
    }
}

class! {
    /// Keeps signals and gradients the same size through sigmoid and tanh layers. Keras' default.
    #[formula("U(-l, l), l = sqrt(6 / (fan_in + fan_out))")]
    struct GlorotUniform("GlorotUniform", "glorot_uniform", "Glorot uniform") + ScaledOptions {}
}

class! {
    /// As Glorot uniform, from a normal distribution.
    #[formula("N(0, 2 / (fan_in + fan_out)), cut at 2 sigma")]
    struct GlorotNormal("GlorotNormal", "glorot_normal", "Glorot normal") + ScaledOptions {}
}

class! {
    /// For ReLU layers, which block half of the signal.
    #[formula("U(-l, l), l = sqrt(6 / fan_in)")]
    struct HeUniform("HeUniform", "he_uniform", "He uniform") + ScaledOptions {}
}

class! {
    /// As He uniform, from a normal distribution.
    #[formula("N(0, 2 / fan_in), cut at 2 sigma")]
    struct HeNormal("HeNormal", "he_normal", "He normal") + ScaledOptions {}
}

class! {
    /// Keeps the size of the signal in the forward pass.
    #[formula("U(-l, l), l = sqrt(3 / fan_in)")]
    struct LecunUniform("LecunUniform", "lecun_uniform", "LeCun uniform") + ScaledOptions {}
}

class! {
    /// As LeCun uniform, from a normal distribution.
    #[formula("N(0, 1 / fan_in), cut at 2 sigma")]
    struct LecunNormal("LecunNormal", "lecun_normal", "LeCun normal") + ScaledOptions {}
}

class! {
    /// Uniform between two limits, independent of the layer's size.
    #[formula("U(minval, maxval)")]
    #[aliases("uniform")]
    struct RandomUniform("RandomUniform", "random_uniform", "Random uniform") {
        /// Lower limit.
        minval("minimum"): f64 = Kind::Float(-1e6, 1e6), Default::Float(-0.05);
        /// Upper limit.
        #[advanced]
        maxval("maximum"): f64 = Kind::Float(-1e6, 1e6), Default::Float(0.05);
        seed: Option<u64> = SEED;
    }
}

class! {
    /// A normal distribution of a chosen width, independent of the layer's size.
    #[formula("N(mean, stddev^2)")]
    #[aliases("normal")]
    struct RandomNormal("RandomNormal", "random_normal", "Random normal") {
        mean: f64 = MEAN;
        stddev: f64 = STDDEV;
        seed: Option<u64> = SEED;
    }
}

class! {
    /// A normal distribution without its tails.
    #[formula("N(mean, stddev^2), cut at 2 sigma")]
    struct TruncatedNormal("TruncatedNormal", "truncated_normal", "Truncated normal") {
        mean: f64 = MEAN;
        stddev: f64 = STDDEV;
        seed: Option<u64> = SEED;
    }
}

class! {
    /// For biases. Weights that all start at 0 stay equal.
    #[formula("0")]
    #[aliases("zero")]
    struct Zeros("Zeros", "zeros", "Zeros") {}
}

class! {
    /// All weights are 1.
    #[formula("1")]
    #[aliases("one")]
    struct Ones("Ones", "ones", "Ones") {}
}

class! {
    /// All weights have a chosen value.
    #[formula("value")]
    struct Constant("Constant", "constant", "Constant") {
        /// Value of every weight.
        value("value"): f32 = Kind::Float(-1e6, 1e6), Default::Float(0.0);
    }
}

class! {
    /// The general form of the Glorot, He and LeCun initializers.
    #[formula("variance scale / fan")]
    struct VarianceScaling("VarianceScaling", "variance_scaling", "Variance scaling") + ScaledOptions {
        /// Variance of a unit's weighted sum.
        scale("scale"): f64 = Kind::Float(1e-6, 1e6), Default::Float(1.0);
        /// Divides by the number of inputs, of outputs, or by their mean.
        #[advanced]
        mode("mode"): &'static str =
            Kind::OneOf(&["fan_in", "fan_out", "fan_avg"]), Default::Text("fan_in");
        /// Normal distribution without its tails, with them, or uniform between two limits.
        #[advanced]
        distribution("distribution"): &'static str =
            Kind::OneOf(&["truncated_normal", "normal", "untruncated_normal", "uniform"]),
            Default::Text("truncated_normal");
    }
}

class! {
    /// Orthogonal columns (or rows) of equal length: repeated application keeps the size of a signal. For the
    /// recurrent weights of recurrent layers.
    #[formula("Q of a random matrix's QR decomposition, times gain")]
    #[aliases("OrthogonalInitializer")]
    struct Orthogonal("Orthogonal", "orthogonal", "Orthogonal") {
        /// Length of each column.
        gain("gain"): f32 = Kind::Float(-1e6, 1e6), Default::Float(1.0);
        seed: Option<u64> = SEED;
    }
}

class! {
    /// Passes each input on unchanged.
    #[formula("gain on the diagonal, else 0")]
    #[aliases("IdentityInitializer")]
    struct Identity("Identity", "identity", "Identity") {
        /// Value on the diagonal.
        gain("gain"): f32 = Kind::Float(-1e6, 1e6), Default::Float(1.0);
    }
}

/// The fill and the seed of an initializer with [`ScaledOptions`].
fn scaled(
    config: &ConfigObject,
    scale: f64,
    mode: &'static str,
    distribution: &'static str,
) -> (Fill, Option<u64>) {
    let options = ScaledOptions::of(config);
    // As in Keras, one of the two alone has no effect.
    let both = !options.input_axes.is_empty() && !options.output_axes.is_empty();
    let fill = Fill::Scaled(Scaling {
        scale,
        mode,
        distribution,
        axes: both.then_some((options.input_axes, options.output_axes)),
    });
    (fill, options.seed)
}

/// Every initializer, in the order of the page.
pub static ALL: &[&Initializer] = &[
    &Initializer::new(GlorotUniform::SPEC, |config| {
        scaled(config, 1.0, "fan_avg", "uniform")
    }),
    &Initializer::new(GlorotNormal::SPEC, |config| {
        scaled(config, 1.0, "fan_avg", "truncated_normal")
    }),
    &Initializer::new(HeUniform::SPEC, |config| {
        scaled(config, 2.0, "fan_in", "uniform")
    }),
    &Initializer::new(HeNormal::SPEC, |config| {
        scaled(config, 2.0, "fan_in", "truncated_normal")
    }),
    &Initializer::new(LecunUniform::SPEC, |config| {
        scaled(config, 1.0, "fan_in", "uniform")
    }),
    &Initializer::new(LecunNormal::SPEC, |config| {
        scaled(config, 1.0, "fan_in", "truncated_normal")
    }),
    &Initializer::new(RandomUniform::SPEC, |config| {
        let options = RandomUniform::of(config);
        let fill = Fill::Uniform(options.minval, options.maxval);
        (fill, options.seed)
    }),
    &Initializer::new(RandomNormal::SPEC, |config| {
        let options = RandomNormal::of(config);
        let fill = Fill::Normal(options.mean, options.stddev);
        (fill, options.seed)
    }),
    &Initializer::new(TruncatedNormal::SPEC, |config| {
        let options = TruncatedNormal::of(config);
        let fill = Fill::TruncatedNormal(options.mean, options.stddev);
        (fill, options.seed)
    }),
    &Initializer::new(Zeros::SPEC, |_| (Fill::Constant(0.0), None)),
    &Initializer::new(Ones::SPEC, |_| (Fill::Constant(1.0), None)),
    &Initializer::new(Constant::SPEC, |config| {
        (Fill::Constant(Constant::of(config).value), None)
    }),
    &Initializer::new(VarianceScaling::SPEC, |config| {
        let options = VarianceScaling::of(config);
        scaled(config, options.scale, options.mode, options.distribution)
    }),
    &Initializer::new(Orthogonal::SPEC, |config| {
        let options = Orthogonal::of(config);
        (Fill::Orthogonal(options.gain), options.seed)
    }),
    &Initializer::new(Identity::SPEC, |config| {
        (Fill::Identity(Identity::of(config).gain), None)
    }),
];
