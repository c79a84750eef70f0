//! Learning rate schedules, in Keras' float32 arithmetic (Keras'
//! `optimizers/schedules/learning_rate_schedule.py`).

use crate::numerics::math;
use crate::options::declare::{class, options};
use crate::options::error::{ConfigError, Result};
use crate::options::{self, ClassSpec, ConfigObject, Default, Kind, Registry};
use std::f32::consts::PI;

/// A schedule class of Keras.
pub struct ScheduleKind {
    /// Its class and options.
    pub class: ClassSpec,
    build: Build,
}

type Build = fn(&ConfigObject) -> Result<Box<dyn Rate>>;

impl ScheduleKind {
    const fn new(class: ClassSpec, build: Build) -> Self {
        ScheduleKind { class, build }
    }
}

/// A learning rate as a function of the step.
trait Rate {
    /// The learning rate at this step, counted from 0.
    fn at(&self, step: u64) -> f32;
}

options! {
    /// Learning rate at step 0.
    #[start("0.01")]
    INITIAL = initial_learning_rate("initial rate"), Kind::Float(0.0, 1e30), Default::Required;
    /// Number of optimizer steps over which the rate decays.
    #[start("500")]
    DECAY_STEPS = decay_steps("decay steps"), Kind::Int(1, 1_000_000_000), Default::Required;
    /// Strength of the decay.
    #[start("0.9")]
    DECAY_RATE = decay_rate("decay rate"), Kind::Float(0.0, 1e30), Default::Required;
    /// Decays once every `decay_steps`, instead of a little at each step.
    #[advanced]
    STAIRCASE = staircase("staircase"), Kind::Bool, Default::Bool(false);
    /// Final learning rate as a fraction of the initial one.
    #[advanced]
    ALPHA = alpha("final fraction"), Kind::Float(0.0, 1e30), Default::Float(0.0);
}

/// `x / constant`, computed as TensorFlow does in a compiled training step: as a product with the inverse. A step
/// of a staircase may therefore begin one step later than the schedule by itself says (at step 42 for 41 steps).
fn divided(x: f32, constant: f32) -> f32 {
    x * (1.0 / constant)
}

/// Number of decay periods that have passed; a whole number where `staircase`.
fn periods(step: u64, decay_steps: usize, staircase: bool) -> f32 {
    let periods = divided(step as f32, decay_steps as f32);
    if staircase { periods.floor() } else { periods }
}

/// 1 + cos(pi x): falls from 2 to 0 for x from 0 to 1.
fn cosine_from_2(x: f32) -> f32 {
    1.0 + math::cos(PI * x)
}

class! {
    /// Multiplies the rate by the same factor again and again.
    #[formula("initial * decay^(step / steps)")]
    struct ExponentialDecay("ExponentialDecay", "exponential_decay", "Exponential decay") {
        initial_learning_rate: f32 = INITIAL;
        decay_steps: usize = DECAY_STEPS;
        decay_rate: f32 = DECAY_RATE;
        staircase: bool = STAIRCASE;
    }
}

impl Rate for ExponentialDecay {
    fn at(&self, step: u64) -> f32 {
        let periods = periods(step, self.decay_steps, self.staircase);
        self.initial_learning_rate * math::pow(self.decay_rate, periods)
    }
}

class! {
    /// Keeps the rate constant up to and including a boundary step, then takes the next rate of a list.
    #[formula("values[i], boundaries[i-1] < step <= boundaries[i]")]
    struct PiecewiseConstantDecay(
        "PiecewiseConstantDecay", "piecewise_constant_decay", "Step decay (piecewise constant)"
    ) {
        /// Last step of each piece except the final one, in ascending order.
        #[start("[200]")]
        boundaries("boundaries"): Vec<i64> = Kind::Ints(0, 1_000_000_000), Default::Required;
        /// Learning rates, one more than boundaries.
        #[start("[0.01, 0.001]")]
        values("rates"): Vec<f64> = Kind::Floats(0.0, 1e30), Default::Required;
    }
}

impl PiecewiseConstantDecay {
    fn new(config: &ConfigObject) -> Result<Self> {
        let options = Self::of(config);
        let (steps, rates) = (&options.boundaries, &options.values);
        if steps.is_empty() || rates.len() != steps.len() + 1 || !steps.is_sorted() {
            let message = format!(
                "PiecewiseConstantDecay has {} boundaries and {} values: give at least one boundary \
                 and one value more than boundaries, and the boundaries in rising order (Keras takes any order).",
                steps.len(),
                rates.len()
            );
            return Err(ConfigError::new("config.values", message));
        }
        Ok(options)
    }
}

impl Rate for PiecewiseConstantDecay {
    fn at(&self, step: u64) -> f32 {
        let passed = self.boundaries.iter().filter(|b| step > **b as u64);
        self.values.get(passed.count()).map_or(0.0, |v| *v as f32)
    }
}

class! {
    /// Decreases the rate to a final value along a line or a power curve, then keeps it there or starts again.
    #[formula("(initial - final) (1 - step / steps)^power + final")]
    struct PolynomialDecay("PolynomialDecay", "polynomial_decay", "Polynomial decay") {
        initial_learning_rate: f32 = INITIAL;
        decay_steps: usize = DECAY_STEPS;
        /// Final learning rate.
        #[advanced]
        end_learning_rate("final rate"): f32 = Kind::Float(0.0, 1e30), Default::Float(0.0001);
        /// Exponent: 1 is a straight line; a larger one decreases the rate faster at first.
        #[advanced]
        power("power"): f32 = Kind::Float(0.0, 1e30), Default::Float(1.0);
        /// Starts again after the end, with a period that is twice, three times ... as long.
        #[advanced]
        cycle("cycle"): bool = Kind::Bool, Default::Bool(false);
    }
}

impl Rate for PolynomialDecay {
    fn at(&self, step: u64) -> f32 {
        let (step, steps) = (step as f32, self.decay_steps as f32);
        let passed = if !self.cycle {
            divided(step.min(steps), steps)
        } else if step == 0.0 {
            0.0
        } else {
            step / (steps * divided(step, steps).ceil())
        };
        let left = math::pow(1.0 - passed, self.power);
        (self.initial_learning_rate - self.end_learning_rate) * left + self.end_learning_rate
    }
}

class! {
    /// Divides the rate by a number that grows linearly with the step: fast at first, then slower.
    #[formula("initial / (1 + decay step / steps)")]
    struct InverseTimeDecay("InverseTimeDecay", "inverse_time_decay", "Inverse time decay") {
        initial_learning_rate: f32 = INITIAL;
        decay_steps: usize = DECAY_STEPS;
        decay_rate: f32 = DECAY_RATE;
        staircase: bool = STAIRCASE;
    }
}

impl Rate for InverseTimeDecay {
    fn at(&self, step: u64) -> f32 {
        let periods = periods(step, self.decay_steps, self.staircase);
        self.initial_learning_rate / (1.0 + self.decay_rate * periods)
    }
}

class! {
    /// Decreases the rate along half a cosine: slowly, then fast, then slowly. A warm-up can come first.
    #[formula("initial ((1 - a) (1 + cos(pi step / steps)) / 2 + a)")]
    struct CosineDecay("CosineDecay", "cosine_decay", "Cosine decay") {
        initial_learning_rate: f32 = INITIAL;
        decay_steps: usize = DECAY_STEPS;
        alpha: f64 = ALPHA;
        /// Learning rate at the end of the warm-up; without it there is no warm-up.
        #[advanced]
        warmup_target("warm-up target"): Option<f32> = Kind::Float(0.0, 1e30), Default::Null;
        /// Number of steps from the initial rate to the warm-up target.
        #[advanced]
        warmup_steps("warm-up steps"): usize = Kind::Int(0, 1_000_000_000), Default::Int(0);
    }
}

impl Rate for CosineDecay {
    fn at(&self, step: u64) -> f32 {
        let (first, steps) = (self.initial_learning_rate, self.decay_steps as f32);
        let step = step as f32;
        let (top, warm) = match self.warmup_target {
            Some(target) => (target, self.warmup_steps as f32),
            None => (first, 0.0),
        };
        if step < warm {
            return (top - first) * divided(step, warm) + first;
        }
        let step = step.min(steps + warm) - warm;
        let decayed = 0.5 * cosine_from_2(divided(step, steps));
        // Keras subtracts in double precision here, unlike in CosineDecayRestarts.
        top * ((1.0 - self.alpha) as f32 * decayed + self.alpha as f32)
    }
}

class! {
    /// Repeats a cosine decay; each period can be longer and start lower than the previous one.
    #[formula("initial ((1 - a) m^i (1 + cos(pi f)) / 2 + a), f: fraction of the i-th period")]
    struct CosineDecayRestarts("CosineDecayRestarts", "cosine_decay_restarts", "Cosine decay with restarts") {
        initial_learning_rate: f32 = INITIAL;
        /// Number of steps of the first period.
        #[start("500")]
        first_decay_steps("steps of the first period"): usize = Kind::Int(1, 1_000_000_000), Default::Required;
        /// Factor from the length of a period to that of the next one.
        #[advanced]
        t_mul("factor of the length"): f32 = Kind::Float(0.0, 1e30), Default::Float(2.0);
        /// Factor from the first rate of a period to that of the next one.
        #[advanced]
        m_mul("factor of the rate"): f32 = Kind::Float(0.0, 1e30), Default::Float(1.0);
        alpha: f32 = ALPHA;
    }
}

impl Rate for CosineDecayRestarts {
    fn at(&self, step: u64) -> f32 {
        let (t, m, alpha) = (self.t_mul, self.m_mul, self.alpha);
        let mut fraction = divided(step as f32, self.first_decay_steps as f32);
        let period;
        if t == 1.0 {
            period = fraction.floor();
            fraction -= period;
        } else {
            let ln = |x: f32| math::ln_exact(x);
            period = divided(ln(1.0 - fraction * (1.0 - t)), ln(t)).floor();
            let grown = math::pow(t, period);
            fraction = (fraction - divided(1.0 - grown, 1.0 - t)) / grown;
        }
        let decayed = 0.5 * math::pow(m, period) * cosine_from_2(fraction);
        self.initial_learning_rate * ((1.0 - alpha) * decayed + alpha)
    }
}

/// Every schedule, in the order of the page.
pub static ALL: &[&ScheduleKind] = &[
    &ScheduleKind::new(ExponentialDecay::SPEC, |config| {
        Ok(Box::new(ExponentialDecay::of(config)))
    }),
    &ScheduleKind::new(PiecewiseConstantDecay::SPEC, |config| {
        Ok(Box::new(PiecewiseConstantDecay::new(config)?))
    }),
    &ScheduleKind::new(PolynomialDecay::SPEC, |config| {
        Ok(Box::new(PolynomialDecay::of(config)))
    }),
    &ScheduleKind::new(InverseTimeDecay::SPEC, |config| {
        Ok(Box::new(InverseTimeDecay::of(config)))
    }),
    &ScheduleKind::new(CosineDecay::SPEC, |config| {
        Ok(Box::new(CosineDecay::of(config)))
    }),
    &ScheduleKind::new(CosineDecayRestarts::SPEC, |config| {
        Ok(Box::new(CosineDecayRestarts::of(config)))
    }),
];

/// The schedules, for `learning_rate`.
pub static REGISTRY: Registry = Registry {
    noun: "learning rate schedule",
    entries: || ALL.iter().map(|kind| &kind.class).collect(),
    config_keys: &["name"],
    object_keys: &[],
};

/// A schedule with its options.
pub struct Schedule {
    rate: Box<dyn Rate>,
}

impl Schedule {
    /// The schedule of a config read by [`REGISTRY`].
    ///
    /// # Errors
    /// A piecewise constant schedule that has not one rate more than boundaries.
    pub fn new(config: &ConfigObject) -> Result<Self> {
        let kind = options::find(ALL, |kind| &kind.class, config).unwrap_or(ALL[0]);
        Ok(Schedule {
            rate: (kind.build)(config)?,
        })
    }

    /// The learning rate at this step, counted from 0.
    pub fn at(&self, step: u64) -> f32 {
        self.rate.at(step)
    }
}
