//! Losses that are made of one term for each output: the term and its slope are stated once, for the training path
//! and for the page.

use super::loss::{Form, LossKind, Row, Settings, Targets};
use super::shared::Reduced;
use crate::numerics::record::{Plain, Program, Recorder, Tape};
use crate::options::ClassSpec;

/// The term of one output, with the options that it needs.
pub trait Pointwise: Copy + 'static {
    /// The term and its slope, for the target `t` and the prediction `p` (a logit where `logits`).
    fn term<R: Recorder>(
        self,
        recorder: R,
        logits: bool,
        t: R::Number,
        p: R::Number,
    ) -> [R::Number; 2];

    /// What the prediction is called.
    fn symbol(logits: bool) -> &'static str {
        if logits { "z" } else { "p" }
    }
}

/// Writes a term down: its inputs are y and p (z where `logits`), its results the term and its slope.
pub type TermProgram = Box<dyn Fn(bool) -> Program>;

/// Returns the mean of the terms of a row and fills its gradient.
pub fn mean<P: Pointwise>(terms: P, row: Row<'_>) -> f32 {
    let n = row.p.len() as f32;
    let mut sum = 0.0;
    for ((t, p), d) in row.t.iter().zip(row.p).zip(row.d) {
        let [value, slope] = terms.term(Plain, row.logits, *t, *p);
        sum += value;
        *d = slope / n;
    }
    sum / n
}

/// The settings of a loss whose values are means of such terms.
pub fn by_mean<P: Pointwise>(reduction: &str, terms: P) -> Settings {
    Settings {
        term: Some((program(terms), true)),
        ..Settings::new(reduction, Form::Row(Box::new(move |row| mean(terms, row))))
    }
}

/// A loss without other options than the reduction, whose values are means of a term.
pub const fn mean_of<P: Pointwise + Default>(class: ClassSpec) -> LossKind {
    LossKind::new(class, Targets::Numbers, |config| {
        by_mean(Reduced::of(config).reduction, P::default())
    })
}

/// A term without options.
macro_rules! term {
    ($name:ident, |$recorder:ident, $t:ident, $p:ident| $body:block) => {
        #[derive(Clone, Copy, Default)]
        struct $name;

        impl Pointwise for $name {
            #[inline(always)]
            fn term<R: Recorder>(
                self,
                $recorder: R,
                _: bool,
                $t: R::Number,
                $p: R::Number,
            ) -> [R::Number; 2] {
                $body
            }
        }
    };
}

pub(super) use term;

/// The program of a term.
pub fn program<P: Pointwise>(terms: P) -> TermProgram {
    Box::new(move |logits| {
        let tape = Tape::default();
        let t = tape.input(0, "y");
        let p = tape.input(1, P::symbol(logits));
        tape.program(&terms.term(&tape, logits, t, p))
    })
}
