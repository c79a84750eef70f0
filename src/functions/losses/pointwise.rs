//! Losses that are made of one term for each output: the term and its slope are stated once, for the training path
//! and for the page.

use super::Row;
use crate::numerics::record::{Plain, Program, Recorder, Tape};

/// The term of one output.
pub trait Pointwise {
    /// The term and its slope, for the target `t` and the prediction `p` (a logit where `logits`).
    fn term<R: Recorder>(
        recorder: R,
        options: &[f32],
        logits: bool,
        t: R::Number,
        p: R::Number,
    ) -> [R::Number; 2];
}

/// The mean of the terms of a row. Fills the row's gradient.
pub fn mean<P: Pointwise>(row: Row<'_>) -> f32 {
    let n = row.p.len() as f32;
    let mut sum = 0.0;
    for ((t, p), d) in row.t.iter().zip(row.p).zip(row.d) {
        let [value, slope] = P::term(Plain, row.options, row.logits, *t, *p);
        sum += value;
        *d = slope / n;
    }
    sum / n
}

/// The term, written down: its inputs are y and p (z where `logits`), its results the term and its slope.
pub fn program<P: Pointwise>(options: &[f32], logits: bool) -> Program {
    let tape = Tape::default();
    let t = tape.input(0, "y");
    let p = tape.input(1, if logits { "z" } else { "p" });
    tape.program(&P::term(&tape, options, logits, t, p))
}
