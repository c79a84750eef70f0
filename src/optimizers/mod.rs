//! Optimizers: rules that move weights against their gradients. They see slices only.
//!
//! To add one: a file with its [`Rule`], and its line in [`ALL`].

mod adam;
mod rmsprop;
mod sgd;

use crate::choice::{Choice, Default, Entry, Family, Kind, Opt};

/// One update of all trainable weights: the arena of weights, that of gradients and one arena per slot.
pub struct Update<'a> {
    /// Number of this update, from 1.
    pub t: u64,
    /// Learning rate of this update.
    pub learning_rate: f32,
    /// Weights, to be moved.
    pub w: &'a mut [f32],
    /// Gradient of the loss, as long as `w`.
    pub g: &'a [f32],
    /// What the rule remembers, each as long as `w`; zeros before the first update.
    pub slots: &'a mut [Vec<f32>],
}

/// How an optimizer moves weights.
pub trait Rule {
    /// How many numbers it remembers per weight.
    fn n_slots(&self) -> usize;
    /// Moves the weights once.
    fn update(&self, update: Update<'_>);
}

/// An optimizer that can be chosen.
pub struct OptimizerKind {
    /// How it is called and what it is for.
    pub entry: Entry,
    build: fn(&Choice) -> Box<dyn Rule>,
}

/// Every optimizer, in the order in which the page offers them.
pub static ALL: &[&OptimizerKind] = &[&sgd::KIND, &rmsprop::KIND, &adam::KIND];

/// The family, for `compile(optimizer=...)`.
pub static FAMILY: Family = Family {
    noun: "optimizer",
    entries: || ALL.iter().map(|o| &o.entry).collect(),
};

/// The learning rate, which every optimizer has.
const fn learning_rate(default: f64) -> Opt {
    Opt {
        name: "learning_rate",
        label: "learning rate",
        doc: "How far a step goes.",
        kind: Kind::Float(0.0, 1e30),
        default: Default::Float(default),
    }
}

/// A share between 0 and 1.
const fn share(name: &'static str, label: &'static str, default: f64, doc: &'static str) -> Opt {
    Opt {
        name,
        label,
        doc,
        kind: Kind::Float(0.0, 1.0),
        default: Default::Float(default),
    }
}

const EPSILON: Opt = Opt {
    name: "epsilon",
    label: "epsilon",
    doc: "Keeps the division away from 0.",
    kind: Kind::Float(0.0, 1.0),
    default: Default::Float(1e-7),
};

const fn flag(name: &'static str, label: &'static str, doc: &'static str) -> Opt {
    Opt {
        name,
        label,
        doc,
        kind: Kind::Bool,
        default: Default::Bool(false),
    }
}

/// An optimizer at work: its rule, its memory and its count of updates.
pub struct Optimizer {
    rule: Box<dyn Rule>,
    learning_rate: f32,
    iterations: u64,
    slots: Vec<Vec<f32>>,
}

impl Optimizer {
    /// The optimizer of a choice out of [`FAMILY`], for so many weights.
    pub fn new(choice: &Choice, n_weights: usize) -> Self {
        let kind = ALL
            .iter()
            .find(|o| std::ptr::eq(&o.entry, choice.entry))
            .unwrap_or(&ALL[0]);
        let rule = (kind.build)(choice);
        let slots = vec![vec![0.0; n_weights]; rule.n_slots()];
        let learning_rate = choice.number("learning_rate") as f32;
        Optimizer {
            rule,
            learning_rate,
            iterations: 0,
            slots,
        }
    }

    /// Moves the weights `w` once, against their gradients `g`.
    pub fn step(&mut self, w: &mut [f32], g: &[f32]) {
        self.iterations += 1;
        let (t, learning_rate) = (self.iterations, self.learning_rate);
        self.rule.update(Update {
            t,
            learning_rate,
            w,
            g,
            slots: &mut self.slots,
        });
    }

    /// Updates done so far.
    pub fn iterations(&self) -> u64 {
        self.iterations
    }

    /// The learning rate of the next update.
    pub fn learning_rate(&self) -> f32 {
        self.learning_rate
    }

    /// What it remembers: one arena per slot.
    pub fn slots(&self) -> &[Vec<f32>] {
        &self.slots
    }

    /// Goes back to a kept memory. `slots` must be of the same sizes.
    pub fn restore(&mut self, iterations: u64, slots: Vec<Vec<f32>>) {
        (self.iterations, self.slots) = (iterations, slots);
    }
}
