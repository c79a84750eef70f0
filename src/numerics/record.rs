//! Arithmetic that is computed or written down: a rule is stated once, generic over [`Number`], and runs on
//! `f32` where a model trains, on [`Symbol`] where the page shows its formula.
//!
//! [`Plain`] records nothing and has no size, so that the training path is that of the same rule written for `f32`.

use super::math;
use core::cell::RefCell;
use core::ops::{Add, Div, Mul, Neg, Sub};

/// A number of a rule.
pub trait Number:
    Copy
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
{
    /// This number, called `symbol` where the rule is shown.
    fn named(self, symbol: &'static str) -> Self;
    /// Square root.
    fn sqrt(self) -> Self;
    /// Absolute value.
    fn abs(self) -> Self;
    /// Natural logarithm.
    fn ln(self) -> Self;
    /// ln(1 + x).
    fn ln_1p(self) -> Self;
    /// e to this power.
    fn exp(self) -> Self;
    /// 1 / (1 + e^-x).
    fn sigmoid(self) -> Self;
    /// Hyperbolic tangent.
    fn tanh(self) -> Self;
    /// ln(1 + e^x).
    fn softplus(self) -> Self;
    /// This number to the power `p`.
    fn pow(self, p: Self) -> Self;
    /// This number where it is greater than the other one, else the other one.
    fn greater(self, other: Self) -> Self;
    /// `then` where this number is less than `limit`, else `otherwise`.
    fn if_less(self, limit: Self, then: Self, otherwise: Self) -> Self;
    /// `then` where this number is at most `limit`, else `otherwise`.
    fn if_at_most(self, limit: Self, then: Self, otherwise: Self) -> Self;
}

impl Number for f32 {
    #[inline(always)]
    fn named(self, _: &'static str) -> Self {
        self
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        f32::sqrt(self)
    }
    #[inline(always)]
    fn abs(self) -> Self {
        f32::abs(self)
    }
    #[inline(always)]
    fn ln(self) -> Self {
        math::ln(self)
    }
    #[inline(always)]
    fn ln_1p(self) -> Self {
        math::ln_1p(self)
    }
    #[inline(always)]
    fn exp(self) -> Self {
        math::exp(self)
    }
    #[inline(always)]
    fn sigmoid(self) -> Self {
        math::sigmoid(self)
    }
    #[inline(always)]
    fn tanh(self) -> Self {
        math::tanh(self)
    }
    #[inline(always)]
    fn softplus(self) -> Self {
        math::softplus(self)
    }
    #[inline(always)]
    fn pow(self, p: Self) -> Self {
        math::pow(self, p)
    }
    #[inline(always)]
    fn greater(self, other: Self) -> Self {
        if self > other { self } else { other }
    }
    #[inline(always)]
    fn if_less(self, limit: Self, then: Self, otherwise: Self) -> Self {
        if self < limit { then } else { otherwise }
    }
    #[inline(always)]
    fn if_at_most(self, limit: Self, then: Self, otherwise: Self) -> Self {
        if self <= limit { then } else { otherwise }
    }
}

/// Where the constants of a rule come from.
pub trait Recorder: Copy {
    /// What the rule computes with.
    type Number: Number;
    /// A value that has a symbol of its own, such as a hyperparameter.
    fn constant(self, symbol: &'static str, value: f32) -> Self::Number;
    /// A number that stands for itself.
    fn literal(self, value: f32) -> Self::Number;
}

/// Records nothing.
#[derive(Clone, Copy)]
pub struct Plain;

impl Recorder for Plain {
    type Number = f32;
    #[inline(always)]
    fn constant(self, _: &'static str, value: f32) -> f32 {
        value
    }
    #[inline(always)]
    fn literal(self, value: f32) -> f32 {
        value
    }
}

/// What a node of a program is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Op {
    /// The input of this number.
    Input(usize),
    /// A constant.
    Value(f32),
    /// An operation, as the page knows it, on other nodes.
    Call(&'static str),
}

/// A step of a program.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What it is.
    pub op: Op,
    /// The nodes that an operation takes.
    pub of: Vec<usize>,
    /// What it is called; empty where it has no name.
    pub symbol: &'static str,
}

/// A rule that was written down: each node takes earlier ones.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Program {
    /// All nodes, in the order in which the rule computes them.
    pub nodes: Vec<Node>,
    /// The nodes that come out.
    pub results: Vec<usize>,
}

/// Records every operation on its [`Symbol`]s.
#[derive(Default)]
pub struct Tape(RefCell<Vec<Node>>);

/// A number that stands for a node of a tape.
#[derive(Clone, Copy)]
pub struct Symbol<'t> {
    tape: &'t Tape,
    node: usize,
}

impl Tape {
    /// Input number `i` of the rule.
    pub fn input(&self, i: usize, symbol: &'static str) -> Symbol<'_> {
        self.symbol(self.push(Op::Input(i), &[], symbol))
    }

    /// The program that has these results.
    pub fn program(&self, results: &[Symbol<'_>]) -> Program {
        Program {
            nodes: self.0.borrow().clone(),
            results: results.iter().map(|symbol| symbol.node).collect(),
        }
    }

    fn symbol(&self, node: usize) -> Symbol<'_> {
        Symbol { tape: self, node }
    }

    /// Not inlined, like the three functions below: this is not the training path, and its copies in every rule were a
    /// tenth of the engine's download.
    #[inline(never)]
    fn push(&self, op: Op, of: &[usize], symbol: &'static str) -> usize {
        let mut nodes = self.0.borrow_mut();
        let of = of.to_vec();
        nodes.push(Node { op, of, symbol });
        nodes.len() - 1
    }

    #[inline(never)]
    fn unary(&self, op: &'static str, a: usize) -> usize {
        self.push(Op::Call(op), &[a], "")
    }

    #[inline(never)]
    fn binary(&self, op: &'static str, a: usize, b: usize) -> usize {
        self.push(Op::Call(op), &[a, b], "")
    }

    #[inline(never)]
    fn choice(&self, op: &'static str, of: [usize; 4]) -> usize {
        self.push(Op::Call(op), &of, "")
    }
}

impl<'t> Recorder for &'t Tape {
    type Number = Symbol<'t>;
    fn constant(self, symbol: &'static str, value: f32) -> Symbol<'t> {
        self.symbol(self.push(Op::Value(value), &[], symbol))
    }
    fn literal(self, value: f32) -> Symbol<'t> {
        self.constant("", value)
    }
}

impl Symbol<'_> {
    #[inline(always)]
    fn unary(self, op: &'static str) -> Self {
        self.tape.symbol(self.tape.unary(op, self.node))
    }

    #[inline(always)]
    fn binary(self, op: &'static str, other: Self) -> Self {
        self.tape
            .symbol(self.tape.binary(op, self.node, other.node))
    }

    #[inline(always)]
    fn choice(self, op: &'static str, limit: Self, then: Self, otherwise: Self) -> Self {
        let of = [self.node, limit.node, then.node, otherwise.node];
        self.tape.symbol(self.tape.choice(op, of))
    }
}

macro_rules! operators {
    ($($operator:ident $method:ident $op:literal;)+) => {$(
        impl $operator for Symbol<'_> {
            type Output = Self;
            fn $method(self, other: Self) -> Self {
                self.binary($op, other)
            }
        }
    )+};
}

operators! {
    Add add "+";
    Sub sub "-";
    Mul mul "*";
    Div div "/";
}

impl Neg for Symbol<'_> {
    type Output = Self;
    fn neg(self) -> Self {
        self.unary("neg")
    }
}

impl Number for Symbol<'_> {
    #[inline(never)]
    fn named(self, symbol: &'static str) -> Self {
        if let Some(node) = self.tape.0.borrow_mut().get_mut(self.node) {
            node.symbol = symbol;
        }
        self
    }
    fn sqrt(self) -> Self {
        self.unary("sqrt")
    }
    fn abs(self) -> Self {
        self.unary("abs")
    }
    fn ln(self) -> Self {
        self.unary("ln")
    }
    fn ln_1p(self) -> Self {
        self.unary("ln_1p")
    }
    fn exp(self) -> Self {
        self.unary("exp")
    }
    fn sigmoid(self) -> Self {
        self.unary("sigmoid")
    }
    fn tanh(self) -> Self {
        self.unary("tanh")
    }
    fn softplus(self) -> Self {
        self.unary("softplus")
    }
    fn pow(self, p: Self) -> Self {
        self.binary("pow", p)
    }
    fn greater(self, other: Self) -> Self {
        self.binary("max", other)
    }
    fn if_less(self, limit: Self, then: Self, otherwise: Self) -> Self {
        self.choice("if_less", limit, then, otherwise)
    }
    fn if_at_most(self, limit: Self, then: Self, otherwise: Self) -> Self {
        self.choice("if_at_most", limit, then, otherwise)
    }
}
