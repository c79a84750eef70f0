//! Oracle: our functions against the C library's in f64, in units in the last place.

#![allow(clippy::disallowed_methods)] // std's f64 functions are the oracle here

use glassbox::numerics::math::{self, Curves};

/// Its head says of each function a range, and the largest errors over every so many floats of it.
const SOURCE: &str = include_str!("../src/numerics/math.rs");
const STEPS: [usize; 2] = [97, 5];
/// Most that the table may say.
const MOST: f64 = 2.0;

/// Largest error of `ours` over every `step`th float of [low, high], in ulps of the true value.
fn worst(
    ours: fn(f32) -> f32,
    truth: fn(f64) -> f64,
    (low, high): (f32, f32),
    step: usize,
) -> (f64, f32) {
    let mut worst = (0.0, 0.0);
    for bits in (0..=u32::MAX).step_by(step) {
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
fn oracle_errors_are_those_of_the_table() {
    type Case = (&'static str, fn(f32) -> f32, fn(f64) -> f64);
    let cases: [Case; 10] = [
        ("exp", math::exp, f64::exp),
        ("ln", math::ln, f64::ln),
        ("tanh", math::tanh, f64::tanh),
        ("sigmoid", math::sigmoid, |x| 1.0 / (1.0 + (-x).exp())),
        ("softplus", math::softplus, |x| {
            x.max(0.0) + (-x.abs()).exp().ln_1p()
        }),
        ("ln_1p", math::ln_1p, f64::ln_1p),
        ("expm1", math::expm1, f64::exp_m1),
        ("erf", math::erf, libm::erf),
        ("sin", math::sin, f64::sin),
        ("cos", math::cos, f64::cos),
    ];
    let step = std::env::var("MATH_STEP").map_or(STEPS[0], |step| step.parse().expect("a number"));
    let column = STEPS
        .iter()
        .position(|s| *s == step)
        .expect("a column of the table");
    let rows = SOURCE.lines().filter_map(|l| l.strip_prefix("//! | `"));
    let table: Vec<Vec<&str>> = rows
        .map(|row| row.split(['`', '|']).map(str::trim).collect())
        .collect();
    assert_eq!(table.len(), cases.len(), "functions in the table");
    let mut wrong = Vec::new();
    for row in table {
        let [name, _, low, high, ref stated @ .., _] = row[..] else {
            panic!("a row of the table has too few columns: {row:?}");
        };
        let number = |text: &str| text.parse::<f64>().expect(text);
        let range = (number(low) as f32, number(high) as f32);
        let (_, ours, truth) = cases.iter().find(|c| c.0 == name).expect(name);
        let (error, at) = worst(*ours, *truth, range, step);
        println!("{name}: {error:.2} ulp at {at}");
        let stated = number(stated[column]);
        if (error * 100.0).round() / 100.0 != stated || stated > MOST {
            wrong.push(format!(
                "{name} is off by {error:.3}, and the table says {stated}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// In double precision before it is rounded: half a unit, and what the rounding of that adds.
#[test]
fn oracle_powers() {
    let mut worst = (0.0f64, 0.0f32, 0.0f32);
    for exponent in [-2.5f32, -1.0, -0.8, 0.1, 0.5, 0.7, 1.3, 2.0, 3.0, 10.5] {
        for bits in (1..0x7f80_0000u32).step_by(9973) {
            let base = f32::from_bits(bits);
            let wanted = f64::from(base).powf(f64::from(exponent));
            let magnitude = wanted as f32;
            if !magnitude.is_normal() {
                continue;
            }
            let ulp = f64::from(f32::from_bits(magnitude.to_bits() + 1)) - f64::from(magnitude);
            let error = (f64::from(math::pow(base, exponent)) - wanted).abs() / ulp;
            if error > worst.0 {
                worst = (error, base, exponent);
            }
        }
    }
    println!("pow: {:.4} ulp at {}^{}", worst.0, worst.1, worst.2);
    assert!(worst.0 <= 0.501, "{worst:?}");
    for x in [1e-300, 1e-10, 0.3, 0.999_999, 1.0, 1.5, 7.0, 1e200f64] {
        let off = (math::ln_f64(x) - x.ln()).abs();
        assert!(off <= 2e-15 * (1.0 + x.ln().abs()), "ln {x}: {off:e}");
        let y = x.ln();
        let off = (math::exp_f64(y) / x - 1.0).abs();
        assert!(off <= 1e-15 * (2.0 + y.abs()), "exp {y}: {off:e}");
    }
}

#[test]
fn bits_of_the_exponential_up_to_0() {
    let curves = Curves::held_falling();
    let negative = (0x8000_0000..=0xff80_0000).step_by(97);
    for x in negative.map(f32::from_bits).chain([0.0, f32::NEG_INFINITY]) {
        let (falling, exp) = (curves.exp_falling(x), math::exp(x));
        assert_eq!(falling.to_bits(), exp.to_bits(), "{x}");
    }
    assert!(curves.exp_falling(f32::NAN).is_nan());
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
    assert_eq!(math::expm1(0.0), 0.0);
    assert_eq!(math::expm1(-200.0), -1.0);
    assert_eq!(math::expm1(200.0), f32::INFINITY);
    assert!(math::expm1(f32::NAN).is_nan());
    assert_eq!(math::erf(f32::INFINITY), 1.0);
    assert_eq!(math::erf(f32::NEG_INFINITY), -1.0);
    assert_eq!(math::erf(0.0), 0.0);
    assert!(math::erf(f32::NAN).is_nan());
    assert_eq!(math::pow(0.0, 0.0), 1.0);
    assert_eq!(math::pow(0.0, 0.5), 0.0);
    assert_eq!(math::pow(0.0, -0.5), f32::INFINITY);
    assert_eq!(math::pow(4.0, 0.5), 2.0);
    assert_eq!(math::pow(f32::INFINITY, 0.5), f32::INFINITY);
    assert_eq!(math::pow(-2.0, 3.0), -8.0);
    assert_eq!(math::pow(-2.0, 4.0), 16.0);
    assert!(math::pow(-1.0, 0.5).is_nan() && math::pow(f32::NAN, 0.5).is_nan());
    assert_eq!(math::ln_f64(f64::INFINITY), f64::INFINITY);
    assert_eq!(math::exp_f64(-1000.0), 0.0);
    assert!(math::exp_f64(f64::NAN).is_nan() && math::ln_f64(-1.0).is_nan());
    assert_eq!(math::power(0.5, 10), 0.5f32.powi(10));
}
