//! Numbers that are the same on every machine: transcendental functions, random streams, a hash.

pub mod hash;
pub mod math;
pub mod rng;
