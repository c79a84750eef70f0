//! Learning rates that follow a plan: Keras' schedules, in its float32 arithmetic (Keras'
//! `optimizers/schedules/learning_rate_schedule.py`).

use crate::numerics::math;
use crate::options::error::ConfigError;
use crate::options::{
    ClassSpec, ConfigObject, Default, Kind, OptionSpec, Registry, Value, help_text,
};
use std::f32::consts::PI;

/// Keras' schedule: what it is called, and its rate at a step.
pub struct ScheduleKind {
    /// How it is called and what it is for.
    pub class: ClassSpec,
    /// The rate at this step, counted from 0.
    at: fn(&ConfigObject, u64) -> f32,
}

const INITIAL: OptionSpec = OptionSpec {
    name: "initial_learning_rate",
    label: "first rate",
    doc: help_text("The learning rate at the beginning."),
    kind: Kind::Float(0.0, 1e30),
    default: Default::Required,
    advanced: false,
    start: "",
};

const fn steps(name: &'static str, doc: &'static str) -> OptionSpec {
    OptionSpec {
        name,
        label: "steps",
        doc: help_text(doc),
        kind: Kind::Int(1, 1_000_000_000),
        default: Default::Required,
        advanced: false,
        start: "",
    }
}

const DECAY_STEPS: OptionSpec = steps(
    "decay_steps",
    "Steps of the optimizer that the decay takes.",
);

const DECAY_RATE: OptionSpec = OptionSpec {
    name: "decay_rate",
    label: "decay",
    doc: help_text("How strong the decay is."),
    kind: Kind::Float(0.0, 1e30),
    default: Default::Required,
    advanced: false,
    start: "",
};

const fn float(
    name: &'static str,
    label: &'static str,
    default: f64,
    doc: &'static str,
) -> OptionSpec {
    OptionSpec {
        name,
        label,
        doc: help_text(doc),
        kind: Kind::Float(0.0, 1e30),
        default: Default::Float(default),
        advanced: false,
        start: "",
    }
}

const ALPHA: OptionSpec = float(
    "alpha",
    "last share",
    0.0,
    "Share of the first rate that is left at the end.",
);

const fn flag(name: &'static str, doc: &'static str) -> OptionSpec {
    OptionSpec {
        name,
        label: name,
        doc: help_text(doc),
        kind: Kind::Bool,
        default: Default::Bool(false),
        advanced: false,
        start: "",
    }
}

const STAIRCASE: OptionSpec = flag(
    "staircase",
    "Decays at once after so many steps, not a little at each.",
);

/// An option's number as Keras casts it.
fn f32_of(choice: &ConfigObject, name: &str) -> f32 {
    choice.number(name) as f32
}

/// `x` by a constant. TensorFlow, where it compiles a training step, multiplies with the inverse: a stair
/// may so begin a step later than the schedule called by itself says (at step 42 for 41 steps).
fn by(x: f32, constant: f32) -> f32 {
    x * (1.0 / constant)
}

/// How many times the decay steps have passed, in whole where asked for.
fn decays(choice: &ConfigObject, step: u64) -> f32 {
    let p = by(step as f32, f32_of(choice, "decay_steps"));
    if choice.flag("staircase") {
        p.floor()
    } else {
        p
    }
}

/// Half a turn of the cosine, from 1 to 0.
fn half_cosine(share: f32) -> f32 {
    1.0 + math::cos(PI * share)
}

/// Every schedule, in the order in which the page offers them.
pub static ALL: &[ScheduleKind] = &[
    ScheduleKind {
        class: ClassSpec {
            class_name: "ExponentialDecay",
            name: "exponential_decay",
            aliases: &[],
            label: "Exponential decay",
            doc: help_text("Multiplies the rate by the same factor again and again."),
            formula: help_text("first * decay^(step / steps)"),
            options: &[&INITIAL, &DECAY_STEPS, &DECAY_RATE, &STAIRCASE],
            group: "",
            shared: &[],
        },
        at: |c, step| f32_of(c, INITIAL.name) * math::pow(f32_of(c, "decay_rate"), decays(c, step)),
    },
    ScheduleKind {
        class: ClassSpec {
            class_name: "PiecewiseConstantDecay",
            name: "piecewise_constant_decay",
            aliases: &[],
            label: "In stairs",
            doc: help_text(
                "Holds the rate up to and with a step, then takes the next one of a list.",
            ),
            formula: help_text("values[i], boundaries[i-1] < step <= boundaries[i]"),
            options: &[
                &OptionSpec {
                    name: "boundaries",
                    label: "boundaries",
                    doc: help_text("The last step of each stair but the last, rising."),
                    kind: Kind::Ints(0, 1_000_000_000),
                    default: Default::Required,
                    advanced: false,
                    start: "",
                },
                &OptionSpec {
                    name: "values",
                    label: "rates",
                    doc: help_text("The rates, one more than boundaries."),
                    kind: Kind::Floats(0.0, 1e30),
                    default: Default::Required,
                    advanced: false,
                    start: "",
                },
            ],
            group: "",
            shared: &[],
        },
        at: |c, step| {
            let passed = c.ints("boundaries").iter().filter(|b| step > **b as u64);
            c.floats("values")
                .get(passed.count())
                .map_or(0.0, |v| *v as f32)
        },
    },
    ScheduleKind {
        class: ClassSpec {
            class_name: "PolynomialDecay",
            name: "polynomial_decay",
            aliases: &[],
            label: "Polynomial decay",
            doc: help_text(
                "Goes down to a last rate along a line or a power, and stays there or begins again.",
            ),
            formula: help_text("(first - last) (1 - step / steps)^power + last"),
            options: &[
                &INITIAL,
                &DECAY_STEPS,
                &float(
                    "end_learning_rate",
                    "last rate",
                    0.0001,
                    "The learning rate at the end.",
                ),
                &float("power", "power", 1.0, "1 for a line; more bends it down."),
                &flag(
                    "cycle",
                    "Begins again, twice as long and so on, after the end.",
                ),
            ],
            group: "",
            shared: &[],
        },
        at: |c, step| {
            let (step, steps) = (step as f32, f32_of(c, "decay_steps"));
            let passed = if !c.flag("cycle") {
                by(step.min(steps), steps)
            } else if step == 0.0 {
                0.0
            } else {
                step / (steps * by(step, steps).ceil())
            };
            let last = f32_of(c, "end_learning_rate");
            let left = math::pow(1.0 - passed, f32_of(c, "power"));
            (f32_of(c, INITIAL.name) - last) * left + last
        },
    },
    ScheduleKind {
        class: ClassSpec {
            class_name: "InverseTimeDecay",
            name: "inverse_time_decay",
            aliases: &[],
            label: "Inverse time decay",
            doc: help_text(
                "Divides the rate by the time that has passed: fast at first, ever slower.",
            ),
            formula: help_text("first / (1 + decay step / steps)"),
            options: &[&INITIAL, &DECAY_STEPS, &DECAY_RATE, &STAIRCASE],
            group: "",
            shared: &[],
        },
        at: |c, step| f32_of(c, INITIAL.name) / (1.0 + f32_of(c, "decay_rate") * decays(c, step)),
    },
    ScheduleKind {
        class: ClassSpec {
            class_name: "CosineDecay",
            name: "cosine_decay",
            aliases: &[],
            label: "Cosine decay",
            doc: help_text(
                "Slowly, then fast, then slowly down to the last share; a warm-up may stand before.",
            ),
            formula: help_text("first ((1 - a) (1 + cos(pi step / steps)) / 2 + a)"),
            options: &[
                &INITIAL,
                &DECAY_STEPS,
                &ALPHA,
                &OptionSpec {
                    name: "warmup_target",
                    label: "after warm-up",
                    doc: help_text(
                        "The rate that the warm-up goes up to; without one there is no warm-up.",
                    ),
                    kind: Kind::Float(0.0, 1e30),
                    default: Default::Null,
                    advanced: false,
                    start: "",
                },
                &OptionSpec {
                    name: "warmup_steps",
                    label: "warm-up steps",
                    doc: help_text("Steps from the first rate to the one after warm-up."),
                    kind: Kind::Int(0, 1_000_000_000),
                    default: Default::Int(0),
                    advanced: false,
                    start: "",
                },
            ],
            group: "",
            shared: &[],
        },
        at: |c, step| {
            let (first, steps) = (f32_of(c, INITIAL.name), f32_of(c, "decay_steps"));
            let step = step as f32;
            let warms = *c.get("warmup_target") != Value::Null;
            let (top, warm) = if warms {
                (f32_of(c, "warmup_target"), f32_of(c, "warmup_steps"))
            } else {
                (first, 0.0)
            };
            if step < warm {
                return (top - first) * by(step, warm) + first;
            }
            let step = step.min(steps + warm) - warm;
            let alpha = c.number("alpha");
            top * ((1.0 - alpha) as f32 * (0.5 * half_cosine(by(step, steps))) + alpha as f32)
        },
    },
    ScheduleKind {
        class: ClassSpec {
            class_name: "CosineDecayRestarts",
            name: "cosine_decay_restarts",
            aliases: &[],
            label: "Cosine decay with restarts",
            doc: help_text(
                "A cosine decay that begins again and again, each time longer and lower.",
            ),
            formula: help_text(
                "first ((1 - a) m^i (1 + cos(pi f)) / 2 + a), f: share of the i-th period",
            ),
            options: &[
                &INITIAL,
                &steps("first_decay_steps", "Steps of the first period."),
                &float(
                    "t_mul",
                    "longer",
                    2.0,
                    "How much longer each period is than the last.",
                ),
                &float(
                    "m_mul",
                    "higher",
                    1.0,
                    "How much higher each period begins than the last.",
                ),
                &ALPHA,
            ],
            group: "",
            shared: &[],
        },
        at: |c, step| {
            let (t, m) = (f32_of(c, "t_mul"), f32_of(c, "m_mul"));
            let alpha = f32_of(c, "alpha");
            let mut share = by(step as f32, f32_of(c, "first_decay_steps"));
            let period;
            if t == 1.0 {
                period = share.floor();
                share -= period;
            } else {
                let ln = |x: f32| math::ln_exact(x);
                period = by(ln(1.0 - share * (1.0 - t)), ln(t)).floor();
                let grown = math::pow(t, period);
                share = (share - by(1.0 - grown, 1.0 - t)) / grown;
            }
            let decayed = 0.5 * math::pow(m, period) * half_cosine(share);
            f32_of(c, INITIAL.name) * ((1.0 - alpha) * decayed + alpha)
        },
    },
];

/// The family, for `learning_rate`.
pub static REGISTRY: Registry = Registry {
    noun: "learning rate schedule",
    entries: || ALL.iter().map(|s| &s.class).collect(),
    config_keys: &["name"],
    object_keys: &[],
};

/// A schedule at work.
#[derive(Clone, Debug, PartialEq)]
pub struct Schedule {
    choice: ConfigObject,
}

impl Schedule {
    /// The schedule of a choice out of [`REGISTRY`].
    ///
    /// # Errors
    /// Stairs whose list of rates is not one longer than the list of boundaries.
    pub fn new(choice: &ConfigObject) -> Result<Self, ConfigError> {
        if choice.class.class_name == "PiecewiseConstantDecay" {
            let (steps, rates) = (choice.ints("boundaries"), choice.floats("values"));
            if steps.is_empty() || rates.len() != steps.len() + 1 || !steps.is_sorted() {
                let message = format!(
                    "PiecewiseConstantDecay has {} boundaries and {} values: give at least one boundary \
                     and one value more than boundaries, and the boundaries in rising order (Keras takes any order).",
                    steps.len(),
                    rates.len()
                );
                return Err(ConfigError::new("config.values", message));
            }
        }
        Ok(Schedule {
            choice: choice.clone(),
        })
    }

    /// The learning rate of the step after so many.
    pub fn at(&self, step: u64) -> f32 {
        let kind = ALL
            .iter()
            .find(|s| std::ptr::eq(&s.class, self.choice.class));
        kind.map_or(0.0, |s| (s.at)(&self.choice, step))
    }
}
