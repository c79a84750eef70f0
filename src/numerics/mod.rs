//! Numbers that are the same on every machine: transcendental functions, random streams, a hash; and rules that
//! can be computed or written down.

pub mod hash;
pub mod math;
pub mod record;
pub mod rng;
