//! Numerics with identical results on every machine: transcendental functions, random numbers, a hash.

pub mod hash;
pub mod math;
pub mod record;
pub mod rng;
