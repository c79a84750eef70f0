//! Oracle: our functions against the C library's in f64, in units in the last place.

#![allow(clippy::disallowed_methods)] // std's f64 functions are the oracle here

use glassbox::math;

/// Largest error of `ours` over every 97th float of [low, high], in ulps of the true value.
fn worst(ours: fn(f32) -> f32, truth: fn(f64) -> f64, low: f32, high: f32) -> (f64, f32) {
    let mut worst = (0.0, 0.0);
    for bits in (0..=u32::MAX).step_by(97) {
        let x = f32::from_bits(bits);
        if !(low..=high).contains(&x) {
            continue;
        }
        let (got, wanted) = (f64::from(ours(x)), truth(f64::from(x)));
        let magnitude = (wanted as f32).abs().max(f32::MIN_POSITIVE);
        let ulp = f64::from(f32::from_bits(magnitude.to_bits() + 1)) - f64::from(magnitude);
        let error = (got - wanted).abs() / ulp;
        assert!(!error.is_nan(), "{x}: {got} for {wanted}");
        if error > worst.0 {
            worst = (error, x);
        }
    }
    worst
}

#[test]
fn oracle_errors_stay_within_their_bounds() {
    type Case = (&'static str, fn(f32) -> f32, fn(f64) -> f64, f32, f32, f64);
    let cases: [Case; 5] = [
        ("exp", math::exp, f64::exp, -87.0, 88.7, 1.0),
        ("ln", math::ln, f64::ln, 0.0, f32::MAX, 1.0),
        ("tanh", math::tanh, f64::tanh, -30.0, 30.0, 1.5),
        (
            "sigmoid",
            math::sigmoid,
            |x| 1.0 / (1.0 + (-x).exp()),
            -87.0,
            40.0,
            2.5,
        ),
        ("ln_1p", math::ln_1p, f64::ln_1p, 0.0, f32::MAX, 2.5),
    ];
    for (name, ours, truth, low, high, bound) in cases {
        let low = if name == "ln" { f32::from_bits(1) } else { low };
        let (error, at) = worst(ours, truth, low, high);
        println!("{name}: {error:.2} ulp at {at}");
        assert!(error <= bound, "{name} is off by {error} ulp at {at}");
    }
}

#[test]
fn oracle_edges() {
    assert_eq!(math::exp(f32::INFINITY), f32::INFINITY);
    assert_eq!(math::exp(f32::NEG_INFINITY), 0.0);
    assert!(math::exp(f32::NAN).is_nan());
    assert_eq!(math::exp(0.0), 1.0);
    assert_eq!(math::ln(0.0), f32::NEG_INFINITY);
    assert!(math::ln(-1.0).is_nan() && math::ln(f32::NAN).is_nan());
    assert_eq!(math::ln(f32::INFINITY), f32::INFINITY);
    assert_eq!(math::tanh(100.0), 1.0);
    assert_eq!(math::tanh(-100.0), -1.0);
    assert!(math::tanh(f32::NAN).is_nan());
    assert_eq!(math::tanh(0.0), 0.0);
    assert_eq!(math::sigmoid(-200.0), 0.0);
    assert_eq!(math::sigmoid(200.0), 1.0);
    assert_eq!(math::softplus(-200.0), 0.0);
    assert_eq!(math::softplus(200.0), 200.0);
    assert_eq!(math::power(0.5, 10), 0.5f32.powi(10));
}
