//! What many layers share: options of the same name, and the parts that are made from them.

use super::{Initial, ParamSpec, Shape, size};
use crate::functions::activations::{self, Activation};
use crate::functions::constraints::{self, Constraint};
use crate::functions::initializers::{self, Seeded};
use crate::functions::regularizers::{self, Regularizer};
use crate::numerics::rng::PythonRandom;
use crate::options::error::ConfigError;
use crate::options::{ConfigObject, Default, Kind, OptionSpec, Value, help_text};

pub const ACTIVATION: OptionSpec = function(
    "activation",
    "activation",
    "What each sum is passed through.",
    "linear",
);
pub const USE_BIAS: OptionSpec = OptionSpec {
    name: "use_bias",
    label: "bias",
    doc: help_text("Whether each unit adds a number of its own."),
    kind: Kind::Bool,
    default: Default::Bool(true),
};
pub const KERNEL_INITIALIZER: OptionSpec = initializer(
    "kernel_initializer",
    "weights begin as",
    "Where the weights begin.",
    "glorot_uniform",
);
pub const BIAS_INITIALIZER: OptionSpec = initializer(
    "bias_initializer",
    "biases begin as",
    "Where the biases begin.",
    "zeros",
);
pub const KERNEL_REGULARIZER: OptionSpec = regularizer(
    "kernel_regularizer",
    "weights' penalty",
    "What the size of the weights adds to the loss.",
);
pub const BIAS_REGULARIZER: OptionSpec = regularizer(
    "bias_regularizer",
    "biases' penalty",
    "What the size of the biases adds to the loss.",
);
pub const ACTIVITY_REGULARIZER: OptionSpec = regularizer(
    "activity_regularizer",
    "outputs' penalty",
    "What the size of the outputs adds to the loss, per example.",
);
pub const KERNEL_CONSTRAINT: OptionSpec = constraint(
    "kernel_constraint",
    "weights' limit",
    "Where the weights are brought back to after each step.",
);
pub const BIAS_CONSTRAINT: OptionSpec = constraint(
    "bias_constraint",
    "biases' limit",
    "Where the biases are brought back to after each step.",
);
pub const SEED: OptionSpec = OptionSpec {
    name: "seed",
    label: "seed",
    doc: help_text("Own seed of this layer; without one it follows from the run's seed."),
    kind: Kind::Int(0, 9_007_199_254_740_991),
    default: Default::Null,
};
pub const DATA_FORMAT: OptionSpec = OptionSpec {
    name: "data_format",
    label: "data format",
    doc: help_text("Where the channels stand: last."),
    kind: Kind::OneOfHere(&["channels_last"], &["channels_first"]),
    default: Default::Text("channels_last"),
};

/// An option that takes an activation.
pub const fn function(
    name: &'static str,
    label: &'static str,
    doc: &'static str,
    default: &'static str,
) -> OptionSpec {
    let (kind, default) = (Kind::Of(&activations::REGISTRY), Default::Text(default));
    OptionSpec {
        name,
        label,
        doc: help_text(doc),
        kind,
        default,
    }
}

/// An option that takes an initializer.
pub const fn initializer(
    name: &'static str,
    label: &'static str,
    doc: &'static str,
    default: &'static str,
) -> OptionSpec {
    let (kind, default) = (Kind::Of(&initializers::REGISTRY), Default::Text(default));
    OptionSpec {
        name,
        label,
        doc: help_text(doc),
        kind,
        default,
    }
}

/// An option that takes a regularizer or none.
pub const fn regularizer(name: &'static str, label: &'static str, doc: &'static str) -> OptionSpec {
    let (kind, default) = (Kind::Of(&regularizers::REGISTRY), Default::Null);
    OptionSpec {
        name,
        label,
        doc: help_text(doc),
        kind,
        default,
    }
}

/// An option that takes a constraint or none.
pub const fn constraint(name: &'static str, label: &'static str, doc: &'static str) -> OptionSpec {
    let (kind, default) = (Kind::Of(&constraints::REGISTRY), Default::Null);
    OptionSpec {
        name,
        label,
        doc: help_text(doc),
        kind,
        default,
    }
}

/// The seed of a layer's own random numbers, drawn where nobody chose one. Keras folds a large one
/// into 31 bits.
#[inline(never)]
pub fn seed(choice: &ConfigObject, seeds: &mut PythonRandom) -> u64 {
    match choice.get("seed") {
        Value::Int(seed) => *seed as u64 % 2_147_483_646,
        _ => seeds.default_seed(),
    }
}

/// A share that Keras divides by the rest of.
///
/// # Errors
/// Where nothing is left.
pub fn below_one(choice: &ConfigObject, option: &str) -> Result<f64, ConfigError> {
    let share = choice.number(option);
    if share < 1.0 {
        return Ok(share);
    }
    let message =
        format!("'{option}' is 1, which leaves nothing of the input: use less, such as 0.5.");
    Err(ConfigError::new(option, message))
}

/// For each number of an array of the shape `to` its place in one of the shape `from`, whose axes of
/// size 1 are stretched.
pub fn stretched(from: &[usize], to: &[usize]) -> Vec<u32> {
    let place = |mut at: usize| {
        let (mut place, mut stride) = (0, 1);
        for (from, to) in from.iter().zip(to).rev() {
            if *from > 1 {
                place += at % to * stride;
            }
            stride *= from;
            at /= to;
        }
        place as u32
    };
    (0..size(to).unwrap_or(0)).map(place).collect()
}

/// The initializer of an option, with a seed drawn where it needs one.
#[inline(never)]
pub fn seeded(choice: &ConfigObject, option: &str, seeds: &mut PythonRandom) -> Seeded {
    let default = || ConfigObject::default_of(&initializers::REGISTRY, "zeros");
    Seeded::new(
        &choice.choice(option).cloned().unwrap_or_else(default),
        seeds,
    )
}

/// An initializer without options.
#[inline(never)]
pub fn plain(name: &str, seeds: &mut PythonRandom) -> Seeded {
    Seeded::new(
        &ConfigObject::default_of(&initializers::REGISTRY, name),
        seeds,
    )
}

/// What an array of an option's initializer begins as.
#[inline(never)]
pub fn initial(choice: &ConfigObject, option: &str, seeds: &mut PythonRandom) -> Initial {
    Initial::Drawn(seeded(choice, option, seeds))
}

/// The regularizer of an option, where one was chosen.
#[inline(never)]
pub fn regularizer_of(choice: &ConfigObject, option: &str) -> Option<Regularizer> {
    choice.choice(option).map(Regularizer::new)
}

/// A parameter array as the options `<name>_initializer`, `_regularizer` and `_constraint` say.
#[inline(never)]
pub fn param(
    choice: &ConfigObject,
    name: &str,
    shape: Shape,
    seeds: &mut PythonRandom,
) -> ParamSpec {
    let option = |what: &str| [name, what].concat();
    let initial = initial(choice, &option("_initializer"), seeds);
    ParamSpec {
        path: name.into(),
        shape,
        initial,
        trainable: true,
        regularizer: regularizer_of(choice, &option("_regularizer")),
        constraint: choice.choice(&option("_constraint")).map(Constraint::new),
    }
}

/// An activation with its options.
pub struct Function {
    kind: &'static Activation,
    options: Vec<f32>,
}

impl Function {
    /// The activation of an option; linear where none was chosen.
    pub fn of(choice: &ConfigObject, option: &str) -> Self {
        let chosen = choice.choice(option);
        Function {
            kind: chosen.map_or_else(|| activations::named("linear"), activations::of),
            options: chosen.map(ConfigObject::numbers).unwrap_or_default(),
        }
    }

    /// The activation of this name, with its options as numbers; for names written in the code.
    pub fn named(name: &str, options: &[f32]) -> Self {
        Function {
            kind: activations::named(name),
            options: options.to_vec(),
        }
    }

    /// Fills `y` with f(z), on rows of `width`.
    pub fn forward(&self, width: usize, z: &[f32], y: &mut [f32]) {
        (self.kind.forward)(&self.options, width, z, y);
    }

    /// Turns the gradient at f(z) into that at z.
    pub fn backward(&self, width: usize, z: &[f32], y: &[f32], d: &mut [f32]) {
        (self.kind.backward)(&self.options, width, z, y, d);
    }

    /// Keras' name, "sigmoid".
    pub fn name(&self) -> &'static str {
        self.kind.entry.name
    }

    /// Its name where it is not linear.
    pub fn shown(&self) -> Option<&'static str> {
        (self.name() != "linear").then(|| self.name())
    }

    /// Losses of a cross-entropy kind take its input as logits.
    pub fn logits_available(&self) -> bool {
        self.kind.logits_available
    }
}
