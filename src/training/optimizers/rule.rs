//! The trait that every optimizer implements, and the data that one update gets.

use super::elementwise::{Step, apply};
use crate::numerics::record::Program;
use crate::options::declare::NumberOr;
use crate::options::{ClassSpec, ConfigObject};
use std::ops::Range;

/// A trained array of weights.
#[derive(Clone, Debug, PartialEq)]
pub struct Variable {
    /// Its range among all trained weights.
    pub span: Range<usize>,
    /// Its shape.
    pub shape: Vec<usize>,
    /// Keras' path, "dense/kernel".
    pub path: String,
}

/// One update of all trainable weights.
pub struct Update<'a> {
    /// Number of this update, from 1.
    pub t: u64,
    /// Learning rate of this update.
    pub learning_rate: f32,
    /// The weights, which the update changes.
    pub w: &'a mut [f32],
    /// Gradient of the loss, as long as `w`.
    pub g: &'a [f32],
    /// The state of the rule.
    pub slots: &'a mut [&'a mut [f32]],
    /// The arrays that the weights form.
    pub variables: &'a [Variable],
    /// Where the rule of one weight is to be written down and no weight is to be updated. A rule in which weights
    /// depend on one another leaves it empty.
    pub written: Option<Written<'a>>,
}

/// Where a rule is written down.
pub struct Written<'a> {
    /// Weight decay: an update first subtracts decay * learning rate * w.
    pub decay: f32,
    /// The rule, to be filled.
    pub program: &'a mut Option<Program>,
}

/// The update rule of an optimizer.
pub trait Rule {
    /// The state before the first update: arrays of any length, most of them with one number for each of the `n` weights.
    fn slots(&mut self, n: usize, variables: &[Variable]) -> Vec<Vec<f32>>;
    /// The names of the slots, in order.
    fn slot_names(&self) -> &'static [&'static str] {
        &[]
    }
    /// Updates the weights once.
    fn update(&mut self, update: Update<'_>);
    /// Whether the update of a weight depends on no other weight. Blocks of weights that stay in the cache are then updated
    /// one after another.
    fn is_elementwise(&self) -> bool {
        false
    }
    /// How many numbers Keras' variables hold that no slot here holds.
    fn placeholders(&self, _variables: &[Variable]) -> usize {
        0
    }
    /// Called with the initial weights before the first update.
    fn begin(&self, _w: &[f32], _slots: &mut [Vec<f32>]) {}
    /// Weight decay by range of weights. An update first subtracts decay * learning rate * w.
    fn decays(
        &self,
        n: usize,
        _variables: &[Variable],
        weight_decay: f32,
    ) -> Vec<(Range<usize>, f32)> {
        vec![(0..n, weight_decay)]
    }
}

/// The rule of an optimizer in which the update of a weight depends on no other weight.
struct Elementwise<S, const SLOTS: usize, const SCALARS: usize> {
    step: S,
    names: &'static [&'static str; SLOTS],
    initial: [f32; SLOTS],
}

impl<const SLOTS: usize, const SCALARS: usize, S: Step<SLOTS, SCALARS>> Rule
    for Elementwise<S, SLOTS, SCALARS>
{
    fn slots(&mut self, n: usize, _: &[Variable]) -> Vec<Vec<f32>> {
        self.initial.iter().map(|value| vec![*value; n]).collect()
    }

    fn slot_names(&self) -> &'static [&'static str] {
        self.names
    }

    fn is_elementwise(&self) -> bool {
        true
    }

    fn update(&mut self, update: Update<'_>) {
        apply(&self.step, update);
    }
}

/// The rule that makes this step, with slots of these names and initial values.
pub fn elementwise<const SLOTS: usize, const SCALARS: usize>(
    step: impl Step<SLOTS, SCALARS> + 'static,
    names: &'static [&'static str; SLOTS],
    initial: [f32; SLOTS],
) -> Box<dyn Rule> {
    Box::new(Elementwise {
        step,
        names,
        initial,
    })
}

/// So many slots of zeros, one number per weight.
pub fn zeros(slots: usize, n: usize) -> Vec<Vec<f32>> {
    vec![vec![0.0; n]; slots]
}

/// An optimizer class.
pub struct OptimizerKind {
    /// Its name, help text and options.
    pub class: ClassSpec,
    /// Builds it from an object of the class.
    pub build: fn(&ConfigObject) -> Parts,
}

/// The own options of an optimizer, after reading.
pub struct Parts {
    /// The update rule.
    pub rule: Box<dyn Rule>,
    /// A number or a schedule.
    pub learning_rate: NumberOr,
    /// `None`: the weights do not decay.
    pub weight_decay: Option<f64>,
}

/// An optimizer, from its options and the rule that is made of them.
macro_rules! optimizer {
    ($options:ident, |$own:ident| $rule:expr) => {
        $crate::training::optimizers::rule::OptimizerKind {
            class: $options::SPEC,
            build: |config| {
                let mut $own = $options::of(config);
                let none = $crate::options::declare::NumberOr::Number(0.0);
                $crate::training::optimizers::rule::Parts {
                    learning_rate: std::mem::replace(&mut $own.learning_rate, none),
                    weight_decay: $own.weight_decay.into(),
                    rule: $rule,
                }
            },
        }
    };
}

pub(super) use optimizer;
