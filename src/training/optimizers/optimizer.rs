//! An optimizer in a training run: its rule with learning rate, clipping, weight decay, averaging and accumulation
//! (Keras' `optimizers/base_optimizer.py`).

use super::clip::Clip;
use super::common::{Shared, decayed};
use super::kind_of;
use super::rule::{Rule, Update, Variable, Written, zeros};
use crate::functions::schedules::Schedule;
use crate::kernels::rows;
use crate::numerics::record::Program;
use crate::options::ConfigObject;
use crate::options::declare::NumberOr;
use crate::options::error::{ConfigError, Result};
use std::ops::Range;

/// Number of weights that an elementwise rule updates at a time.
const BLOCK: usize = 4096;
/// Most slots that a rule has.
const MAX_SLOTS: usize = 4;

/// The exponential moving average of the weights.
struct Average {
    momentum: f32,
    /// Number of updates after which the average replaces the weights.
    every: Option<u64>,
}

/// An optimizer with its state and its count of steps.
pub struct Optimizer {
    rule: Box<dyn Rule>,
    variables: Vec<Variable>,
    schedule: Option<Schedule>,
    clip: Clip,
    decays: Vec<(Range<usize>, f32)>,
    average: Option<Average>,
    /// Number of steps whose mean gradient makes one update.
    accumulated: u64,
    steps: u64,
    /// The learning rate; the average of the weights and the sum of gradients, if there are such; the slots of the rule.
    slots: Vec<Vec<f32>>,
    /// Gradients of an update, if they differ from those of the step.
    gradients: Vec<f32>,
}

impl Optimizer {
    /// The optimizer of an object of [`super::REGISTRY`] for these arrays of weights, which lie one after another.
    ///
    /// # Errors
    /// Options that exclude one another, and an invalid schedule.
    pub fn new(config: &ConfigObject, variables: Vec<Variable>) -> Result<Self> {
        let inside = |error: ConfigError| error.at("config");
        let shared = Shared::of(config);
        let clip = Clip::new(&shared).map_err(inside)?;
        let mut parts = (kind_of(config).build)(config);
        let (rate, schedule) = match &parts.learning_rate {
            NumberOr::Number(rate) => (*rate as f32, None),
            NumberOr::Class(schedule) => {
                let schedule = Schedule::new(schedule);
                (
                    0.0,
                    Some(schedule.map_err(|error| inside(error.at("learning_rate")))?),
                )
            }
        };
        let n = variables.last().map_or(0, |v| v.span.end);
        let accumulated = shared.gradient_accumulation_steps.map_or(1, |n| n.max(1));
        let average = shared.use_ema.then_some(Average {
            momentum: shared.ema_momentum as f32,
            every: shared.ema_overwrite_frequency,
        });
        let mut slots = vec![vec![rate]];
        slots.extend(zeros(
            usize::from(average.is_some()) + usize::from(accumulated > 1),
            n,
        ));
        slots.extend(parts.rule.slots(n, &variables));
        let changed = accumulated > 1 || clip != Clip::None;
        let weight_decay = parts.weight_decay.unwrap_or(0.0) as f32;
        let mut decays = parts.rule.decays(n, &variables, weight_decay);
        decays.retain(|(_, decay)| *decay != 0.0);
        Ok(Optimizer {
            decays,
            rule: parts.rule,
            variables,
            schedule,
            clip,
            average,
            accumulated,
            steps: 0,
            slots,
            gradients: vec![0.0; if changed { n } else { 0 }],
        })
    }

    /// One step: updates the weights `w` by their gradients `g`. With accumulation, only every so many steps make an update.
    /// In Keras' order: accumulate, clip, decay, update, average. Copies the previous weights to `before`, unless that is
    /// empty. Returns whether all weights are finite.
    pub fn step(&mut self, w: &mut [f32], g: &[f32], before: &mut [f32]) -> bool {
        let (learning_rate, updates) = (self.learning_rate(), self.iterations());
        let own = self.n_own();
        let (shared, slots) = self.slots.split_at_mut(own);
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
            let block = match self.rule.is_elementwise() {
                true => BLOCK,
                false => w.len().max(1),
            };
            for start in (0..w.len()).step_by(block) {
                let span = start..w.len().min(start + block);
                let w = &mut w[span.clone()];
                if !before.is_empty() {
                    before[span.clone()].copy_from_slice(w);
                }
                for (decaying, decay) in &self.decays {
                    let from = decaying.start.clamp(span.start, span.end) - start;
                    let to = decaying.end.clamp(span.start, span.end) - start;
                    for w in &mut w[from..to] {
                        *w = decayed(*w, *decay, learning_rate);
                    }
                }
                let mut parts: [&mut [f32]; MAX_SLOTS] = Default::default();
                for (part, slot) in parts.iter_mut().zip(&mut *slots) {
                    *part = match block {
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

    /// Number of numbers in Keras' `optimizer.variables`: the step count, the learning rate unless a schedule sets it, and
    /// the slots.
    pub fn n_numbers(&self) -> usize {
        let slots: usize = self.slots.iter().map(Vec::len).sum();
        let rate = usize::from(self.schedule.is_some());
        1 + slots - rate + self.rule.placeholders(&self.variables)
    }

    /// Names of the [`Optimizer::slots`] after the first, as far as they have names.
    pub fn names(&self) -> Vec<&'static str> {
        let average = self.average.as_ref().map(|_| "average");
        let sums = (self.accumulated > 1).then_some("accumulated gradient");
        let own = average.into_iter().chain(sums);
        own.chain(self.rule.slot_names().iter().copied()).collect()
    }

    /// The next update of one weight as a program: its inputs are the weight, its gradient and the slots of the rule,
    /// its results the weight and the slots after the update. `None` for a rule in which weights depend on one another.
    /// Clipping, accumulation and averages are not in it.
    pub fn program(&mut self) -> Option<Program> {
        let n = self.variables.last().map_or(0, |v| v.span.end);
        // What all weights share is as it is before the update.
        let shared = |slot: &Vec<f32>| {
            if slot.len() == n {
                Vec::new()
            } else {
                slot.clone()
            }
        };
        let mut slots: Vec<Vec<f32>> = self.slots[self.n_own()..].iter().map(shared).collect();
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
                decay: self.decays.first().map_or(0.0, |(_, decay)| *decay),
                program: &mut program,
            }),
        });
        program
    }

    /// Slots that are not the rule's: the learning rate, the average of the weights, the sum of gradients.
    pub fn n_own(&self) -> usize {
        1 + usize::from(self.average.is_some()) + usize::from(self.accumulated > 1)
    }

    /// Ends training: the average of the weights replaces them, if there is one.
    pub fn finalize(&self, w: &mut [f32]) {
        if let (Some(_), [_, means, ..]) = (&self.average, &self.slots[..]) {
            w.copy_from_slice(means);
        }
    }

    /// Number of updates so far: Keras' `iterations`.
    pub fn iterations(&self) -> u64 {
        self.steps / self.accumulated
    }

    /// Number of steps so far. With accumulation, several steps make one update.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// The learning rate of the next step.
    pub fn learning_rate(&self) -> f32 {
        match &self.schedule {
            Some(schedule) => schedule.at(self.steps),
            None => self.slots[0][0],
        }
    }

    /// Whether a schedule sets the learning rate.
    pub fn is_scheduled(&self) -> bool {
        self.schedule.is_some()
    }

    /// Sets the learning rate of the following steps.
    ///
    /// # Errors
    /// If a schedule sets the learning rate.
    pub fn set_learning_rate(&mut self, rate: f32) -> Result<()> {
        if self.schedule.is_some() {
            let message = "The optimizer's learning rate follows a schedule, so that nothing else can set \
                           it: give the optimizer a number as its learning rate.";
            return Err(ConfigError::new(
                "compile.optimizer.config.learning_rate",
                message,
            ));
        }
        self.slots[0][0] = rate;
        Ok(())
    }

    /// The state: the learning rate, then further arrays. Their lengths never change.
    pub fn slots(&self) -> &[Vec<f32>] {
        &self.slots
    }

    /// Restores a saved state of the same lengths, after so many steps.
    pub fn restore(&mut self, steps: u64, slots: Vec<Vec<f32>>) {
        (self.steps, self.slots) = (steps, slots);
    }
}
