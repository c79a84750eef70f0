//! Rules that move each weight by its own numbers alone. Such a rule is stated once and either moves the weights
//! or is written down for the page.

use super::common::decayed;
use super::rule::{Update, Written};
use crate::numerics::record::{Number, Plain, Program, Recorder, Symbol, Tape};
use std::array;

/// What an update is made with, the same for all weights.
#[derive(Clone, Copy)]
pub struct Moment {
    /// Number of the update, from 1.
    pub t: u64,
    /// Its learning rate.
    pub learning_rate: f32,
}

/// The rule of one weight with `SLOTS` remembered numbers and `SCALARS` numbers that all weights share.
pub trait Step<const SLOTS: usize, const SCALARS: usize> {
    /// Symbols of the remembered numbers.
    const SYMBOLS: [&'static str; SLOTS];

    /// The numbers that all weights share.
    fn scalars<R: Recorder>(&self, recorder: R, moment: Moment) -> [R::Number; SCALARS];

    /// The new weight and the new remembered numbers, from the weight `w`, its gradient `g` and the remembered
    /// numbers.
    fn step<N: Number>(scalars: [N; SCALARS], w: N, g: N, slots: [N; SLOTS]) -> (N, [N; SLOTS]);
}

/// Moves all weights of an update by a rule, or writes the rule down where the update asks for its program.
#[inline(always)]
pub fn apply<const SLOTS: usize, const SCALARS: usize, S: Step<SLOTS, SCALARS>>(
    rule: &S,
    update: Update<'_>,
) {
    let moment = Moment {
        t: update.t,
        learning_rate: update.learning_rate,
    };
    if let Some(Written { decay, program }) = update.written {
        *program = Some(written(rule, moment, decay));
        return;
    }
    let Some(slots) = update.slots.first_chunk_mut::<SLOTS>() else {
        return;
    };
    let scalars = rule.scalars(Plain, moment);
    let n = update.w.len();
    let (w, g) = (&mut update.w[..n], &update.g[..n]);
    let slots = slots.each_mut().map(|slot| &mut slot[..n]);
    for i in 0..n {
        let before = array::from_fn(|k| slots[k][i]);
        let (moved, after) = S::step(scalars, w[i], g[i], before);
        w[i] = moved;
        for k in 0..SLOTS {
            slots[k][i] = after[k];
        }
    }
    if moment.t.is_multiple_of(FLUSH_EVERY) {
        slots.into_iter().for_each(flush);
    }
}

/// Number of updates after which the remembered numbers are flushed.
const FLUSH_EVERY: u64 = 8;

/// Replaces subnormal numbers by 0. A running mean of gradients that became 0 decays for hundreds of updates through the
/// subnormal numbers, with which processors compute up to a hundred times as slowly. TensorFlow and JAX flush the products
/// of such numbers, so that their running means stay near 1e-37.
/// Measured: an epoch of a network with many dead ReLU units takes half the time.
#[inline(never)] // Each optimizer would have its copy.
fn flush(numbers: &mut [f32]) {
    for x in numbers {
        *x = match x.abs() < f32::MIN_POSITIVE {
            true => 0.0,
            false => *x,
        };
    }
}

/// The program of a rule: its inputs are w, g and the remembered numbers, its results w and the remembered numbers.
fn written<const SLOTS: usize, const SCALARS: usize, S: Step<SLOTS, SCALARS>>(
    rule: &S,
    moment: Moment,
    decay: f32,
) -> Program {
    let tape = Tape::default();
    let (mut w, g) = (tape.input(0, "w"), tape.input(1, "g"));
    if decay != 0.0 {
        let [rate, alpha] = [("λ", decay), ("α", moment.learning_rate)]
            .map(|(symbol, value)| (&tape).constant(symbol, value));
        w = decayed(w, rate, alpha).named("w");
    }
    let slots: [Symbol<'_>; SLOTS] = array::from_fn(|k| tape.input(2 + k, S::SYMBOLS[k]));
    let (w, after) = S::step(rule.scalars(&tape, moment), w, g, slots);
    let mut results = vec![w.named("w")];
    results.extend(after);
    tape.program(&results)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::optimizers::common::Adam;
    use crate::training::optimizers::rule::elementwise;

    /// A weight whose gradient has become 0: its running means pass no subnormal number for long, and become 0.
    #[test]
    fn reaches_no_lasting_subnormal_state() {
        let mut rule = elementwise(
            Adam::new(0.9, 0.999, 1e-7),
            &["momentum", "velocity"],
            [0.0; 2],
        );
        let mut state = rule.slots(1, &[]);
        let (mut w, mut subnormal) = ([0.5f32], 0);
        for t in 1..=2000 {
            let mut parts: Vec<&mut [f32]> = state.iter_mut().map(Vec::as_mut_slice).collect();
            rule.update(Update {
                t,
                learning_rate: 0.001,
                w: &mut w,
                g: &[if t == 1 { 1e-3 } else { 0.0 }],
                slots: &mut parts,
                variables: &[],
                written: None,
            });
            subnormal += u32::from(state[0][0] != 0.0 && !state[0][0].is_normal());
        }
        assert_eq!(state[0][0], 0.0);
        assert!(subnormal <= FLUSH_EVERY as u32, "{subnormal} updates");
    }
}
