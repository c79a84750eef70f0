//! Binary cross-entropy of one output, which the focal loss also uses.

use super::shared::EPSILON;
use crate::numerics::record::{Number, Plain, Recorder};

/// Binary cross-entropy of one output, and its derivative.
pub fn binary(t: f32, p: f32, logits: bool) -> (f32, f32) {
    let [value, slope] = binary_of(Plain, t, p, logits);
    (value, slope)
}

/// As [`binary`], for any kind of number.
#[inline(always)]
pub fn binary_of<R: Recorder>(
    recorder: R,
    t: R::Number,
    p: R::Number,
    logits: bool,
) -> [R::Number; 2] {
    let (zero, one) = (recorder.literal(0.0), recorder.literal(1.0));
    if logits {
        let z = p;
        let positive = zero.if_less(z, z, z * zero);
        let value = positive - z * t + (-z.abs()).exp().ln_1p();
        let p = z.sigmoid().named("p");
        return [value.named("ℓ"), (p - t).named("ℓ′")];
    }
    let (low, high) = (recorder.literal(EPSILON), recorder.literal(1.0 - EPSILON));
    let q = p.if_less(low, low, high.if_less(p, high, p)).named("q");
    let value = -(t * q.ln() + (one - t) * (one - q).ln());
    let slope = (one - t) / (one - q) - t / q;
    // A clipped probability does not change with p.
    let slope = low.if_at_most(p, p.if_at_most(high, slope, zero), zero);
    [value.named("ℓ"), slope.named("ℓ′")]
}
