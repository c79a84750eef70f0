//! Numbers in f64 that remember how they were made.
//!
//! The oracle computes with [`N`]. On a tape each operation leaves its slopes, so that one way back
//! ([`gradient`]) gives the derivative by every variable; without a tape the same code gives plain
//! values, for finite differences. Every branch that a value takes is kept in [`Turns`]: where two
//! passes took other branches, a kink lies between them. A shaken tape errs at every operation as
//! float32 would: how far its gradient is off is what no float32 program can better.

use std::cell::{Cell, RefCell};
use std::iter::Sum;
use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub};

/// A number; constants (id 0) leave nothing on the tape.
#[derive(Clone, Copy, Debug)]
pub struct N {
    pub v: f64,
    id: u32,
}

/// What is done beside computing values.
#[derive(Clone, Copy, PartialEq)]
pub enum Mode {
    Values,
    Tape,
    /// A tape whose operations err, by this seed.
    Shaken(u64),
}

/// Which branches were taken, and how far from another the nearest was.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Turns {
    pub taken: u64,
    pub nearest: f64,
}

const NO_TURNS: Turns = Turns {
    taken: 0xcbf2_9ce4_8422_2325,
    nearest: f64::INFINITY,
};

struct Node {
    from: [u32; 2],
    slope: [f64; 2],
}

thread_local! {
    static MODE: Cell<Mode> = const { Cell::new(Mode::Values) };
    static TURNS: Cell<Turns> = const { Cell::new(NO_TURNS) };
    static NOISE: Cell<u64> = const { Cell::new(0) };
    static NODES: RefCell<Vec<Node>> = const { RefCell::new(Vec::new()) };
}

/// Forgets what was computed, and computes from now on as `mode` says.
pub fn start(mode: Mode) {
    MODE.set(mode);
    TURNS.set(NO_TURNS);
    if let Mode::Shaken(seed) = mode {
        NOISE.set(seed);
    }
    NODES.with_borrow_mut(|nodes| {
        nodes.clear();
        nodes.push(Node {
            from: [0; 2],
            slope: [0.0; 2],
        });
    });
}

/// The branches since [`start`].
pub fn turns() -> Turns {
    TURNS.get()
}

/// 1, or in a shaken pass up to half a unit in the last place of a float32 beside it.
fn shaken() -> f64 {
    if !matches!(MODE.get(), Mode::Shaken(_)) {
        return 1.0;
    }
    let mut z = NOISE.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
    NOISE.set(z);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    let unit = ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64;
    1.0 + (2.0 * unit - 1.0) * f64::from(f32::EPSILON) / 2.0
}

/// A number that derivatives are taken by; the first after [`start`] is number 0 of [`gradient`].
pub fn variable(v: f64) -> N {
    leave(v, [0; 2], [0.0; 2])
}

fn leave(v: f64, from: [u32; 2], slope: [f64; 2]) -> N {
    if MODE.get() == Mode::Values {
        return N { v, id: 1 };
    }
    NODES.with_borrow_mut(|nodes| {
        nodes.push(Node { from, slope });
        N {
            v,
            id: (nodes.len() - 1) as u32,
        }
    })
}

/// The derivatives of `of` by the first `n` variables.
pub fn gradient(of: N, n: usize) -> Vec<f64> {
    NODES.with_borrow(|nodes| {
        let mut d = vec![0.0; nodes.len()];
        d[of.id as usize] = 1.0;
        for at in (n + 1..nodes.len()).rev() {
            if d[at] == 0.0 {
                continue;
            }
            for (from, slope) in nodes[at].from.iter().zip(nodes[at].slope) {
                if *from != 0 {
                    d[*from as usize] = (d[*from as usize] + d[at] * slope * shaken()) * shaken();
                }
            }
        }
        d[1..=n].to_vec()
    })
}

fn made(v: f64, a: N, slope_a: f64, b: N, slope_b: f64) -> N {
    let v = v * shaken();
    if a.id == 0 && b.id == 0 {
        return N { v, id: 0 };
    }
    leave(v, [a.id, b.id], [slope_a, slope_b])
}

impl From<f64> for N {
    fn from(v: f64) -> N {
        N { v, id: 0 }
    }
}

impl N {
    fn by(self, v: f64, slope: f64) -> N {
        made(v, self, slope, N::from(0.0), 0.0)
    }

    /// Whether it is more than another: a branch, kept among the turns. Two equal numbers count as
    /// one and the same.
    pub fn above(self, other: impl Into<N>) -> bool {
        let other = other.into();
        let gap = (self.v - other.v).abs();
        if self.id != 0 || other.id != 0 {
            let turn = if gap == 0.0 {
                2
            } else {
                u64::from(self.v > other.v)
            };
            let mut turns = TURNS.get();
            turns.taken = (turns.taken ^ turn).wrapping_mul(0x0000_0100_0000_01b3);
            turns.taken ^= turns.taken >> 29;
            if gap > 0.0 {
                turns.nearest = turns.nearest.min(gap);
            }
            TURNS.set(turns);
        }
        self.v > other.v
    }

    pub fn max(self, other: impl Into<N>) -> N {
        let other = other.into();
        if other.above(self) { other } else { self }
    }

    pub fn min(self, other: impl Into<N>) -> N {
        let other = other.into();
        if self.above(other) { other } else { self }
    }

    pub fn clamp(self, low: f64, high: f64) -> N {
        self.max(low).min(high)
    }

    pub fn abs(self) -> N {
        if self.above(0.0) { self } else { -self }
    }

    pub fn exp(self) -> N {
        self.by(self.v.exp(), self.v.exp())
    }

    pub fn ln(self) -> N {
        self.by(self.v.ln(), 1.0 / self.v)
    }

    pub fn sqrt(self) -> N {
        self.by(self.v.sqrt(), 0.5 / self.v.sqrt())
    }

    /// Its slope is made from the output as it was rounded (TensorFlow's TanhGrad): near 1 little is left.
    pub fn tanh(self) -> N {
        let y = self.v.tanh();
        let rounded = y * shaken();
        self.by(y, 1.0 - rounded * rounded)
    }

    pub fn powf(self, n: f64) -> N {
        self.by(self.v.powf(n), n * self.v.powf(n - 1.0))
    }

    pub fn square(self) -> N {
        self * self
    }

    pub fn sigmoid(self) -> N {
        let y = 1.0 / (1.0 + (-self.v).exp());
        self.by(y, y * (1.0 - y))
    }

    pub fn softplus(self) -> N {
        let y = self.v.max(0.0) + (-self.v.abs()).exp().ln_1p();
        self.by(y, 1.0 / (1.0 + (-self.v).exp()))
    }

    /// erf by its series, for the sizes that are met here.
    pub fn erf(self) -> N {
        let x = self.v.clamp(-5.5, 5.5);
        let (mut term, mut sum) = (x, x);
        for n in 1..250 {
            term *= -x * x / f64::from(n);
            sum += term / f64::from(2 * n + 1);
        }
        let scale = 2.0 / std::f64::consts::PI.sqrt();
        self.by(scale * sum, scale * (-self.v * self.v).exp())
    }
}

impl Add for N {
    type Output = N;
    fn add(self, other: N) -> N {
        made(self.v + other.v, self, 1.0, other, 1.0)
    }
}

impl Sub for N {
    type Output = N;
    fn sub(self, other: N) -> N {
        made(self.v - other.v, self, 1.0, other, -1.0)
    }
}

impl Mul for N {
    type Output = N;
    fn mul(self, other: N) -> N {
        // 0 times anything is a constant: what is dropped or masked has no kink.
        if self.id == 0 && self.v == 0.0 || other.id == 0 && other.v == 0.0 {
            return N::from(0.0);
        }
        made(self.v * other.v, self, other.v, other, self.v)
    }
}

impl Div for N {
    type Output = N;
    fn div(self, other: N) -> N {
        let y = self.v / other.v;
        made(y, self, 1.0 / other.v, other, -y / other.v)
    }
}

macro_rules! with_plain {
    ($($name:ident $call:ident),*) => {$(
        impl $name<f64> for N {
            type Output = N;
            fn $call(self, other: f64) -> N {
                $name::$call(self, N::from(other))
            }
        }
        impl $name<N> for f64 {
            type Output = N;
            fn $call(self, other: N) -> N {
                $name::$call(N::from(self), other)
            }
        }
    )*};
}

with_plain!(Add add, Sub sub, Mul mul, Div div);

impl Neg for N {
    type Output = N;
    fn neg(self) -> N {
        self * -1.0
    }
}

impl AddAssign for N {
    fn add_assign(&mut self, other: N) {
        *self = *self + other;
    }
}

impl Sum for N {
    fn sum<I: Iterator<Item = N>>(numbers: I) -> N {
        numbers.reduce(|a, b| a + b).unwrap_or(N::from(0.0))
    }
}

/// Their mean.
pub fn mean(numbers: &[N]) -> N {
    numbers.iter().copied().sum::<N>() / numbers.len() as f64
}

/// ln of the sum of their exponentials.
pub fn log_sum(numbers: &[N]) -> N {
    let top = numbers
        .iter()
        .fold(f64::NEG_INFINITY, |top, z| top.max(z.v));
    top + numbers.iter().map(|z| (*z - top).exp()).sum::<N>().ln()
}
