//! Where weights begin: Keras' initializers, with Keras' own numbers for Keras' seeds.

use crate::choice::{Choice, Default, Entry, Family, Kind, Opt, Value};
use crate::rng::{PythonRandom, Stream};

/// How an initializer fills an array; `scale` means the spread that its doc names.
enum Fill {
    Constant(fn(&Choice) -> f32),
    Uniform(fn(&Choice, Fans) -> (f64, f64)),
    Normal(fn(&Choice) -> (f32, f32)),
    /// Drawn again beyond two standard deviations: (mean, standard deviation).
    TruncatedNormal(fn(&Choice, Fans) -> (f32, f64)),
}

/// Keras' initializer: what it is called, and how it fills.
pub struct Initializer {
    /// How it is called and what it is for.
    pub entry: Entry,
    fill: Fill,
}

/// How many numbers flow into one output and out of one input of a weight array.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fans {
    /// Inputs of one unit.
    pub fan_in: f64,
    /// Outputs that one input reaches.
    pub fan_out: f64,
}

impl Fans {
    /// Keras' `compute_fans` for a weight array of this shape.
    pub fn of(shape: &[usize]) -> Self {
        let (fan_in, fan_out) = match *shape {
            [] => (1, 1),
            [n] => (n, n),
            [fan_in, fan_out] => (fan_in, fan_out),
            [ref field @ .., fan_in, fan_out] => {
                let field: usize = field.iter().product();
                (fan_in * field, fan_out * field)
            }
        };
        Fans {
            fan_in: fan_in as f64,
            fan_out: fan_out as f64,
        }
    }

    fn average(self) -> f64 {
        (self.fan_in + self.fan_out) / 2.0
    }
}

/// Standard deviation of N(0, 1) cut at two standard deviations.
const TRUNCATED_SPREAD: f64 = 0.879_625_661_034_239_8;

static SEED: Opt = SEED_OPTION;
const SEED_OPTION: Opt = Opt {
    name: "seed",
    label: "seed",
    doc: "Own seed of this initializer; without one it follows from the run's seed.",
    kind: Kind::Int(0, 9_007_199_254_740_991),
    default: Default::Null,
};

const fn float(name: &'static str, default: f64, doc: &'static str) -> Opt {
    Opt {
        name,
        label: name,
        doc,
        kind: Kind::Float(-1e6, 1e6),
        default: Default::Float(default),
    }
}

const fn entry(
    class_name: &'static str,
    name: &'static str,
    label: &'static str,
    formula: &'static str,
    doc: &'static str,
    options: &'static [Opt],
) -> Entry {
    Entry {
        class_name,
        name,
        aliases: &[],
        label,
        doc,
        formula,
        options,
    }
}

const SEEDED: &[Opt] = std::slice::from_ref(&SEED);

/// limit of a uniform kind with variance `scale / fan`.
fn limit(scale: f64, fan: f64) -> (f64, f64) {
    let limit = (3.0 * scale / fan.max(1.0)).sqrt();
    (-limit, limit)
}

/// (mean, standard deviation) of a truncated normal kind with variance `scale / fan`.
fn spread(scale: f64, fan: f64) -> (f32, f64) {
    (0.0, (scale / fan.max(1.0)).sqrt() / TRUNCATED_SPREAD)
}

/// Every initializer, in the order in which the page offers them.
pub static ALL: &[Initializer] = &[
    Initializer {
        entry: entry(
            "GlorotUniform",
            "glorot_uniform",
            "Glorot uniform",
            "U(-l, l), l = sqrt(6 / (fan_in + fan_out))",
            "Keeps signals and gradients of one size through sigmoid and tanh layers; Keras' default.",
            SEEDED,
        ),
        fill: Fill::Uniform(|_, fans| limit(1.0, fans.average())),
    },
    Initializer {
        entry: entry(
            "GlorotNormal",
            "glorot_normal",
            "Glorot normal",
            "N(0, 2 / (fan_in + fan_out)), cut at 2 sigma",
            "As Glorot uniform, from a bell curve.",
            SEEDED,
        ),
        fill: Fill::TruncatedNormal(|_, fans| spread(1.0, fans.average())),
    },
    Initializer {
        entry: entry(
            "HeUniform",
            "he_uniform",
            "He uniform",
            "U(-l, l), l = sqrt(6 / fan_in)",
            "For ReLU layers, which stop half of the signal.",
            SEEDED,
        ),
        fill: Fill::Uniform(|_, fans| limit(2.0, fans.fan_in)),
    },
    Initializer {
        entry: entry(
            "HeNormal",
            "he_normal",
            "He normal",
            "N(0, 2 / fan_in), cut at 2 sigma",
            "As He uniform, from a bell curve.",
            SEEDED,
        ),
        fill: Fill::TruncatedNormal(|_, fans| spread(2.0, fans.fan_in)),
    },
    Initializer {
        entry: entry(
            "LecunUniform",
            "lecun_uniform",
            "LeCun uniform",
            "U(-l, l), l = sqrt(3 / fan_in)",
            "Keeps the size of the signal on the way forward.",
            SEEDED,
        ),
        fill: Fill::Uniform(|_, fans| limit(1.0, fans.fan_in)),
    },
    Initializer {
        entry: entry(
            "LecunNormal",
            "lecun_normal",
            "LeCun normal",
            "N(0, 1 / fan_in), cut at 2 sigma",
            "As LeCun uniform, from a bell curve.",
            SEEDED,
        ),
        fill: Fill::TruncatedNormal(|_, fans| spread(1.0, fans.fan_in)),
    },
    Initializer {
        entry: entry(
            "RandomUniform",
            "random_uniform",
            "Random uniform",
            "U(minval, maxval)",
            "Evenly between two limits, whatever the layer's size.",
            &[
                float("minval", -0.05, "Lower limit."),
                float("maxval", 0.05, "Upper limit."),
                SEED_OPTION,
            ],
        ),
        fill: Fill::Uniform(|c, _| (c.number("minval"), c.number("maxval"))),
    },
    Initializer {
        entry: entry(
            "RandomNormal",
            "random_normal",
            "Random normal",
            "N(mean, stddev^2)",
            "A bell curve of a chosen width, whatever the layer's size.",
            &[
                float("mean", 0.0, "Its centre."),
                float("stddev", 0.05, "Its standard deviation."),
                SEED_OPTION,
            ],
        ),
        fill: Fill::Normal(|c| (c.number("mean") as f32, c.number("stddev") as f32)),
    },
    Initializer {
        entry: entry(
            "TruncatedNormal",
            "truncated_normal",
            "Truncated normal",
            "N(mean, stddev^2), cut at 2 sigma",
            "A bell curve without its tails.",
            &[
                float("mean", 0.0, "Its centre."),
                float("stddev", 0.05, "Its standard deviation before the cut."),
                SEED_OPTION,
            ],
        ),
        fill: Fill::TruncatedNormal(|c, _| (c.number("mean") as f32, c.number("stddev"))),
    },
    Initializer {
        entry: entry(
            "Zeros",
            "zeros",
            "Zeros",
            "0",
            "For biases. Weights that all begin at 0 stay alike for ever.",
            &[],
        ),
        fill: Fill::Constant(|_| 0.0),
    },
    Initializer {
        entry: entry("Ones", "ones", "Ones", "1", "Every weight alike.", &[]),
        fill: Fill::Constant(|_| 1.0),
    },
    Initializer {
        entry: entry(
            "Constant",
            "constant",
            "Constant",
            "value",
            "Every weight alike, at a chosen value.",
            &[float("value", 0.0, "The value.")],
        ),
        fill: Fill::Constant(|c| c.number("value") as f32),
    },
];

/// The family, for options that take an initializer.
pub static FAMILY: Family = Family {
    noun: "initializer",
    entries: || ALL.iter().map(|i| &i.entry).collect(),
};

/// An initializer of one weight array, with its seed.
#[derive(Clone, Debug)]
pub struct Seeded {
    choice: Choice,
    seed: u64,
}

impl Seeded {
    /// Binds a choice to its own seed, or to the next one that Keras would draw. Kinds that draw
    /// nothing take no seed, as in Keras.
    pub fn new(choice: &Choice, seeds: &mut PythonRandom) -> Self {
        let random = choice.entry.options.iter().any(|o| o.name == "seed");
        let seed = match random.then(|| choice.get("seed")) {
            Some(Value::Int(seed)) => *seed as u64,
            Some(_) => seeds.default_seed(),
            None => 0,
        };
        Seeded {
            choice: choice.clone(),
            seed,
        }
    }

    /// Fills `out`, an array of this shape.
    pub fn fill(&self, shape: &[usize], out: &mut [f32]) {
        let found = ALL
            .iter()
            .find(|i| std::ptr::eq(&i.entry, self.choice.entry));
        let mut stream = Stream::new(self.seed, 0);
        match found.map(|i| &i.fill) {
            None => {}
            Some(Fill::Constant(value)) => out.fill(value(&self.choice)),
            Some(Fill::Uniform(limits)) => {
                let (low, high) = limits(&self.choice, Fans::of(shape));
                let (low, high) = (low as f32, high as f32);
                out.iter_mut()
                    .for_each(|w| *w = stream.uniform() * (high - low) + low);
            }
            Some(Fill::Normal(parameters)) => {
                let (mean, deviation) = parameters(&self.choice);
                out.iter_mut()
                    .for_each(|w| *w = stream.normal() * deviation + mean);
            }
            Some(Fill::TruncatedNormal(parameters)) => {
                let (mean, deviation) = parameters(&self.choice, Fans::of(shape));
                stream.fill_truncated_normal(out);
                out.iter_mut()
                    .for_each(|w| *w = *w * deviation as f32 + mean);
            }
        }
    }
}
