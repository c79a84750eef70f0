//! Optimizers: rules that move weights against their gradients. They see slices only.
//!
//! To add one: a file with its [`Rule`], and its line in [`ALL`].

mod adadelta;
mod adafactor;
mod adagrad;
mod adam;
mod adamax;
mod clip;
mod common;
mod elementwise;
mod ftrl;
mod lamb;
mod lion;
mod muon;
mod nadam;
mod rmsprop;
mod schedule_free;
mod sgd;

use crate::functions::schedules::Schedule;
use crate::kernels::rows;
use crate::numerics::record::{Number, Program, Recorder};
use crate::options::error::ConfigError;
use crate::options::{ClassSpec, ConfigObject, Registry};
use clip::Clip;
use common::{
    Adam, BETA_1, BETA_2, EPSILON, MOMENTUM, decayed, flag, float, learning_rate, norm, options,
    share,
};
use elementwise::{Moment, Step, apply};
use std::ops::Range;

/// A trained array of weights.
#[derive(Clone, Debug, PartialEq)]
pub struct Variable {
    /// Where it lies among all trained weights.
    pub span: Range<usize>,
    /// Its shape.
    pub shape: Vec<usize>,
    /// Keras' path, "dense/kernel".
    pub path: String,
}

/// One update of all trainable weights: the arena of weights, that of gradients, and what the rule
/// remembers.
pub struct Update<'a> {
    /// Number of this update, from 1.
    pub t: u64,
    /// Learning rate of this update.
    pub learning_rate: f32,
    /// Weights, to be moved.
    pub w: &'a mut [f32],
    /// Gradient of the loss, as long as `w`.
    pub g: &'a [f32],
    /// What the rule remembers.
    pub slots: &'a mut [&'a mut [f32]],
    /// The arrays that all weights form.
    pub variables: &'a [Variable],
    /// Where the rule of one weight is to be written down and no weight is to be moved. A rule in which weights
    /// depend on one another leaves it empty.
    pub written: Option<Written<'a>>,
}

/// Where a rule is written down.
pub struct Written<'a> {
    /// Share of the learning rate by which a weight shrinks before it is moved.
    pub decay: f32,
    /// The rule, to be filled.
    pub program: &'a mut Option<Program>,
}

/// How an optimizer moves weights.
pub trait Rule {
    /// What it remembers, as it is before the first update: arenas of any length, most of them with a
    /// number for each of the `n` weights.
    fn memory(&mut self, n: usize, variables: &[Variable]) -> Vec<Vec<f32>>;
    /// What its arenas are called, in order.
    fn names(&self) -> &'static [&'static str] {
        &[]
    }
    /// Moves the weights once.
    fn update(&mut self, update: Update<'_>);
    /// Whether each weight's update needs its own numbers only: then some weights at a time are moved, which
    /// stay in the cache.
    fn is_elementwise(&self) -> bool {
        false
    }
    /// How many numbers of Keras' variables are none of the arenas' here.
    fn placeholders(&self, _variables: &[Variable]) -> usize {
        0
    }
    /// Sees the weights from which training begins.
    fn begin(&self, _w: &[f32], _slots: &mut [Vec<f32>]) {}
    /// Which weights shrink by which share of the learning rate at each update.
    fn decays(&self, n: usize, _variables: &[Variable], rate: f32) -> Vec<(Range<usize>, f32)> {
        vec![(0..n, rate)]
    }
}

/// Weights that are moved together by a rule that needs their own numbers only.
const BLOCK: usize = 4096;
/// Most arenas that a rule remembers.
const MAX_SLOTS: usize = 4;

/// So many arenas of zeros, one number per weight.
fn zeros(arenas: usize, n: usize) -> Vec<Vec<f32>> {
    vec![vec![0.0; n]; arenas]
}

/// An optimizer that can be chosen.
pub struct OptimizerKind {
    /// How it is called and what it is for.
    pub class: ClassSpec,
    build: fn(&ConfigObject) -> Box<dyn Rule>,
}

/// Every optimizer, in the order in which the page offers them.
pub static ALL: &[&OptimizerKind] = &[
    &sgd::KIND,
    &rmsprop::KIND,
    &adam::KIND,
    &adam::DECAYING,
    &adadelta::KIND,
    &adagrad::KIND,
    &adamax::KIND,
    &nadam::KIND,
    &ftrl::KIND,
    &lion::KIND,
    &lamb::KIND,
    &adafactor::KIND,
    &muon::KIND,
    &schedule_free::KIND,
];

/// The family, for `compile(optimizer=...)`.
pub static REGISTRY: Registry = Registry {
    noun: "optimizer",
    entries: || ALL.iter().map(|o| &o.class).collect(),
};

/// The running mean of the weights that Keras calls their exponential moving average.
struct Average {
    momentum: f32,
    /// Every so many updates the weights become their mean.
    every: Option<u64>,
}

/// An optimizer at work: its rule, its memory and its count of steps.
pub struct Optimizer {
    rule: Box<dyn Rule>,
    variables: Vec<Variable>,
    schedule: Option<Schedule>,
    clip: Clip,
    decays: Vec<(Range<usize>, f32)>,
    average: Option<Average>,
    /// Steps whose gradients make one update.
    accumulated: u64,
    steps: u64,
    /// All that it remembers: the learning rate; the running mean of the weights and the sum of
    /// gradients where there are such; then what the rule remembers.
    memory: Vec<Vec<f32>>,
    /// Gradients of an update where they are not those of the step.
    gradients: Vec<f32>,
}

impl Optimizer {
    /// The optimizer of a choice out of [`REGISTRY`], for these arrays of weights, which lie one after
    /// another.
    ///
    /// # Errors
    /// Options that exclude one another, and a schedule that is none.
    pub fn new(choice: &ConfigObject, variables: Vec<Variable>) -> Result<Self, ConfigError> {
        let kind = ALL
            .iter()
            .find(|o| std::ptr::eq(&o.class, choice.class))
            .unwrap_or(&ALL[0]);
        let inside = |r: ConfigError| r.at("config");
        let clip = Clip::new(choice).map_err(inside)?;
        let schedule = match choice.choice("learning_rate") {
            Some(schedule) => {
                Some(Schedule::new(schedule).map_err(|r| inside(r.at("learning_rate")))?)
            }
            None => None,
        };
        let mut rule = (kind.build)(choice);
        let n = variables.last().map_or(0, |v| v.span.end);
        let accumulated = choice
            .count("gradient_accumulation_steps")
            .unwrap_or(1)
            .max(1);
        let average = choice.flag("use_ema").then(|| Average {
            momentum: choice.number("ema_momentum") as f32,
            every: choice.count("ema_overwrite_frequency").map(|n| n as u64),
        });
        let mut memory = vec![vec![choice.number("learning_rate") as f32]];
        memory.extend(zeros(
            usize::from(average.is_some()) + usize::from(accumulated > 1),
            n,
        ));
        memory.extend(rule.memory(n, &variables));
        let changed = accumulated > 1 || clip != Clip::None;
        let mut decays = rule.decays(n, &variables, choice.number("weight_decay") as f32);
        decays.retain(|(_, rate)| *rate != 0.0);
        Ok(Optimizer {
            decays,
            rule,
            variables,
            schedule,
            clip,
            average,
            accumulated: accumulated as u64,
            steps: 0,
            memory,
            gradients: vec![0.0; if changed { n } else { 0 }],
        })
    }

    /// A step: moves the weights `w` once, against their gradients `g`; where gradients are
    /// accumulated, keeps these until there are enough. In Keras' order: accumulate, clip, decay, move,
    /// average. The weights from before are copied to `before`, unless that is empty. Returns whether all
    /// weights are finite.
    pub fn step(&mut self, w: &mut [f32], g: &[f32], before: &mut [f32]) -> bool {
        let (learning_rate, updates) = (self.learning_rate(), self.iterations());
        let own = self.n_own();
        let (shared, slots) = self.memory.split_at_mut(own);
        if self.steps == 0 {
            self.rule.begin(w, slots);
        }
        let due = (self.steps + 1).is_multiple_of(self.accumulated);
        match shared.last_mut() {
            Some(sums) if !due => sums.iter_mut().zip(g).for_each(|(sum, g)| *sum += g),
            Some(sums) if self.accumulated > 1 => {
                let count = self.accumulated as f32;
                for ((mean, g), sum) in self.gradients.iter_mut().zip(g).zip(sums.iter_mut()) {
                    *mean = (g + *sum) / count;
                    *sum = 0.0;
                }
            }
            _ if !self.gradients.is_empty() => self.gradients.copy_from_slice(g),
            _ => {}
        }
        let (mut finite, n_slots) = (true, slots.len());
        if due {
            self.clip.apply(&mut self.gradients, &self.variables);
            let g = match self.gradients.is_empty() {
                true => g,
                false => &self.gradients,
            };
            let together = match self.rule.is_elementwise() {
                true => BLOCK,
                false => w.len().max(1),
            };
            for start in (0..w.len()).step_by(together) {
                let span = start..w.len().min(start + together);
                let w = &mut w[span.clone()];
                if !before.is_empty() {
                    before[span.clone()].copy_from_slice(w);
                }
                for (decaying, rate) in &self.decays {
                    let from = decaying.start.clamp(span.start, span.end) - start;
                    let to = decaying.end.clamp(span.start, span.end) - start;
                    for w in &mut w[from..to] {
                        *w = decayed(*w, *rate, learning_rate);
                    }
                }
                let mut parts: [&mut [f32]; MAX_SLOTS] = Default::default();
                for (part, slot) in parts.iter_mut().zip(&mut *slots) {
                    *part = match together {
                        BLOCK => &mut slot[span.clone()],
                        _ => slot,
                    };
                }
                self.rule.update(Update {
                    t: updates + 1,
                    learning_rate,
                    w: &mut *w,
                    g: &g[span],
                    slots: &mut parts[..n_slots],
                    variables: &self.variables,
                    written: None,
                });
                finite &= rows::all_finite(w);
            }
        } else if !before.is_empty() {
            before.copy_from_slice(w);
        }
        if let (Some(average), [_, means, ..]) = (&self.average, shared) {
            let momentum = if updates == 0 { 0.0 } else { average.momentum };
            for (mean, w) in means.iter_mut().zip(&*w) {
                *mean = momentum * *mean + (1.0 - momentum) * w;
            }
            if average
                .every
                .is_some_and(|n| (updates + 1).is_multiple_of(n))
            {
                w.copy_from_slice(means);
            }
        }
        self.steps += 1;
        finite
    }

    /// The next update of one weight as a program: its inputs are the weight, its gradient and what the rule
    /// remembers of it, its results the weight and what the rule remembers then. `None` for a rule in which weights
    /// depend on one another. Clipping, accumulated gradients and averages are not in it.
    pub fn program(&mut self) -> Option<Program> {
        let n = self.variables.last().map_or(0, |v| v.span.end);
        // The rule sees what all weights share, as it is before the update.
        let shared = |slot: &Vec<f32>| {
            if slot.len() == n {
                Vec::new()
            } else {
                slot.clone()
            }
        };
        let mut slots: Vec<Vec<f32>> = self.memory[self.n_own()..].iter().map(shared).collect();
        let mut slots: Vec<&mut [f32]> = slots.iter_mut().map(Vec::as_mut_slice).collect();
        let mut program = None;
        self.rule.update(Update {
            t: self.iterations() + 1,
            learning_rate: self.learning_rate(),
            w: &mut [],
            g: &[],
            slots: &mut slots,
            variables: &[],
            written: Some(Written {
                decay: self.decays.first().map_or(0.0, |(_, rate)| *rate),
                program: &mut program,
            }),
        });
        program
    }

    /// Arenas that are not the rule's: the learning rate, the average, the sums of gradients.
    pub fn n_own(&self) -> usize {
        1 + usize::from(self.average.is_some()) + usize::from(self.accumulated > 1)
    }

    /// How many numbers Keras' `optimizer.variables` hold: the count of steps, the learning rate unless it
    /// follows a schedule, and all that the rule remembers.
    pub fn n_numbers(&self) -> usize {
        let memory: usize = self.memory.iter().map(Vec::len).sum();
        let rate = usize::from(self.schedule.is_some());
        1 + memory - rate + self.rule.placeholders(&self.variables)
    }

    /// What the arenas of [`Optimizer::slots`] after the first are called, as far as they have names.
    pub fn names(&self) -> Vec<&'static str> {
        let average = self.average.as_ref().map(|_| "average");
        let sums = (self.accumulated > 1).then_some("accumulated gradient");
        let own = average.into_iter().chain(sums);
        own.chain(self.rule.names().iter().copied()).collect()
    }

    /// The end of a training: where a running mean of the weights is kept, they become it.
    pub fn finalize(&self, w: &mut [f32]) {
        if let (Some(_), [_, means, ..]) = (&self.average, &self.memory[..]) {
            w.copy_from_slice(means);
        }
    }

    /// Updates done so far: Keras' `iterations`.
    pub fn iterations(&self) -> u64 {
        self.steps / self.accumulated
    }

    /// Steps done so far: more than updates where gradients are accumulated.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// The learning rate of the next step.
    pub fn learning_rate(&self) -> f32 {
        match &self.schedule {
            Some(schedule) => schedule.at(self.steps),
            None => self.memory[0][0],
        }
    }

    /// Whether the learning rate follows a schedule.
    pub fn is_scheduled(&self) -> bool {
        self.schedule.is_some()
    }

    /// Sets the learning rate of the steps to come.
    ///
    /// # Errors
    /// Where the learning rate follows a schedule.
    pub fn set_learning_rate(&mut self, rate: f32) -> Result<(), ConfigError> {
        if self.schedule.is_some() {
            let message = "The optimizer's learning rate follows a schedule, so that nothing else can set \
                           it: give the optimizer a number as its learning rate.";
            return Err(ConfigError::new(
                "compile.optimizer.config.learning_rate",
                message,
            ));
        }
        self.memory[0][0] = rate;
        Ok(())
    }

    /// What it remembers, the learning rate among it: arenas of lengths that stay.
    pub fn slots(&self) -> &[Vec<f32>] {
        &self.memory
    }

    /// Goes back to a kept memory, of the same lengths, after so many steps.
    pub fn restore(&mut self, steps: u64, slots: Vec<Vec<f32>>) {
        (self.steps, self.memory) = (steps, slots);
    }
}
