//! Regression sets with one or two inputs, to show the points and the fitted curve or surface.
//!
//! Each set draws its training points from one random stream of its seed and its test points from another: the inputs
//! uniformly, then the noise of the target.

use super::set::{DataKind, Dataset, names, range};
use super::toys::{N, NOISE, SEED, window};
use crate::numerics::math;
use crate::numerics::rng::Stream;
use crate::options::Default;
use crate::options::declare::{class, options};

options! {
    /// Standard deviation of the noise added to the target.
    #[advanced]
    TARGET_NOISE = noise("noise"), NOISE.kind, Default::Float(0.1);
}

class! {
    /// One input: a sine wave. No straight line fits it; a few tanh units do.
    #[formula("y = sin x + N(0, noise^2), x in [-4, 4]")]
    #[aliases("sine", "sin")]
    struct SineCurve("SineCurve", "sine_curve", "Sine curve") {
        n: usize = N.with_default(Default::Int(200));
        noise: f32 = TARGET_NOISE;
        seed: u64 = SEED;
    }
}

pub static SINE_CURVE: DataKind = DataKind::drawn(SineCurve::SPEC, |config, _| {
    let SineCurve { n, noise, seed } = SineCurve::of(config);
    let title = SineCurve::SPEC.label;
    Ok(curve(title, n, noise, seed, 4.0, math::sin))
});

class! {
    /// One input: a parabola. It has one valley; units that bend in different places form it.
    #[formula("y = x^2 / 2 + N(0, noise^2), x in [-2, 2]")]
    #[aliases("parabola")]
    struct Quadratic("Quadratic", "quadratic", "Quadratic curve") {
        n: usize = N.with_default(Default::Int(200));
        noise: f32 = TARGET_NOISE;
        seed: u64 = SEED;
    }
}

pub static QUADRATIC: DataKind = DataKind::drawn(Quadratic::SPEC, |config, _| {
    let Quadratic { n, noise, seed } = Quadratic::of(config);
    let title = Quadratic::SPEC.label;
    Ok(curve(title, n, noise, seed, 2.0, |x| 0.5 * x * x))
});

class! {
    /// Two inputs: a saddle, which rises along one axis and falls along the other. No plane fits it.
    #[formula("y = (x1^2 - x2^2) / 2 + N(0, noise^2), x1 and x2 in [-2, 2]")]
    struct Saddle("Saddle", "saddle", "Saddle surface") {
        n: usize = N;
        noise: f32 = TARGET_NOISE;
        seed: u64 = SEED;
    }
}

pub static SADDLE: DataKind = DataKind::drawn(Saddle::SPEC, |config, _| {
    let Saddle { n, noise, seed } = Saddle::of(config);
    let draw = |stream: &mut Stream| {
        let x = [within(2.0, stream), within(2.0, stream)];
        (x, 0.5 * (x[0] * x[0] - x[1] * x[1]))
    };
    let mut data = drawn(Saddle::SPEC.label, n, noise, seed, &draw);
    data.bounds = Some(window(data.x.all().iter().chain(&*data.test_x.all())));
    data.feature_names = names(&["x1", "x2"]);
    Ok(data)
});

/// A number drawn uniformly between -limit and limit.
fn within(limit: f32, stream: &mut Stream) -> f32 {
    limit * (2.0 * stream.uniform() - 1.0)
}

/// Points around the curve y = f(x), for x from -limit to limit.
fn curve(title: &str, n: usize, noise: f32, seed: u64, limit: f32, f: fn(f32) -> f32) -> Dataset {
    let draw = |stream: &mut Stream| {
        let x = within(limit, stream);
        ([x], f(x))
    };
    let mut data = drawn(title, n, noise, seed, &draw);
    let (low, high) = range(data.y.iter().chain(&data.test_y));
    // Rounded outwards to multiples of 0.5.
    let [low, high] = [
        (2.0 * low - 0.2).floor() / 2.0,
        (2.0 * high + 0.2).ceil() / 2.0,
    ];
    data.bounds = Some([-limit - 0.5, limit + 0.5, low, high]);
    data.feature_names = names(&["x"]);
    data
}

/// A set of `n` points to train and `n` to test, without its bounds. `draw` returns the inputs and the exact target.
fn drawn<const INPUTS: usize>(
    title: &str,
    n: usize,
    noise: f32,
    seed: u64,
    draw: &dyn Fn(&mut Stream) -> ([f32; INPUTS], f32),
) -> Dataset {
    let part = |part: u64| {
        let mut stream = Stream::new(seed, part);
        let (mut x, mut y) = (Vec::with_capacity(INPUTS * n), Vec::with_capacity(n));
        for _ in 0..n {
            let (inputs, target) = draw(&mut stream);
            x.extend(inputs);
            y.push(target + noise * stream.normal());
        }
        (x, y)
    };
    let ((x, y), (test_x, test_y)) = (part(0), part(1));
    Dataset {
        title: title.into(),
        x: x.into(),
        y,
        test_x: test_x.into(),
        test_y,
        input_shape: vec![INPUTS],
        class_names: Vec::new(),
        feature_names: Vec::new(),
        image: None,
        bounds: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{REGISTRY, load};
    use crate::kernels::inputs::InputRows;
    use crate::options::ConfigObject;
    use serde_json::json;

    fn set(name: &str, config: serde_json::Value) -> Dataset {
        let json = json!({"class_name": name, "config": config});
        load(&ConfigObject::read(&REGISTRY, &json).unwrap(), None).unwrap()
    }

    /// The formula of a set.
    type Rule = fn(&[f64]) -> f64;

    /// The formulas of the sets in f64; the sine by std, another one than the engine's.
    #[allow(clippy::disallowed_methods)]
    const RULES: [(&str, Rule); 3] = [
        ("SineCurve", |x| x[0].sin()),
        ("Quadratic", |x| x[0] * x[0] / 2.0),
        ("Saddle", |x| (x[0] * x[0] - x[1] * x[1]) / 2.0),
    ];

    #[test]
    fn oracle_targets_follow_the_formula() {
        for (name, rule) in RULES {
            for (noise, low, high) in [(0.0, 0.0, 1e-6), (0.1, 0.09, 0.11), (0.5, 0.45, 0.55)] {
                let data = set(name, json!({"n": 2000, "noise": noise}));
                let width = data.input_shape[0];
                for (x, y) in [(&data.x, &data.y), (&data.test_x, &data.test_y)] {
                    let x = x.all();
                    let rows = x.chunks_exact(width).zip(y);
                    let squares = rows.map(|(x, y)| {
                        let x: Vec<f64> = x.iter().map(|x| f64::from(*x)).collect();
                        let error = f64::from(*y) - rule(&x);
                        error * error
                    });
                    let deviation = (squares.sum::<f64>() / y.len() as f64).sqrt();
                    assert!((low..=high).contains(&deviation), "{name}: {deviation}");
                }
            }
        }
    }

    #[test]
    fn all_points_lie_within_the_bounds() {
        for (name, _) in RULES {
            for noise in [0.0, 0.1, 1.0] {
                let data = set(name, json!({"noise": noise}));
                assert_eq!(data.y.len(), data.test_y.len(), "{name}");
                assert_ne!(data.x, data.test_x, "{name}");
                assert_eq!(data.feature_names.len(), data.input_shape[0], "{name}");
                let [x0, x1, y0, y1] = data.bounds.unwrap();
                let width = data.input_shape[0];
                let rows = |x: &InputRows, y: &[f32]| -> Vec<[f32; 2]> {
                    let x = x.all();
                    let rows = x.chunks_exact(width).zip(y);
                    rows.map(|(x, y)| [x[0], if width == 2 { x[1] } else { *y }])
                        .collect()
                };
                let all = [rows(&data.x, &data.y), rows(&data.test_x, &data.test_y)].concat();
                for [x, y] in all {
                    assert!((x0..=x1).contains(&x) && (y0..=y1).contains(&y), "{name}");
                }
            }
        }
    }

    /// A hash (FNV-1a) of the points of each set: the same natively, optimised or not, and in wasm.
    #[test]
    fn bits_of_all_sets() {
        for (name, bits) in BITS {
            let data = set(name, json!({}));
            let x = data.x.all();
            let values = x.iter().chain(&data.y).chain(&data.test_y);
            let found = values.fold(0xcbf2_9ce4_8422_2325_u64, |hash, value| {
                (hash ^ u64::from(value.to_bits())).wrapping_mul(0x0100_0000_01b3)
            });
            assert_eq!(found, bits, "{name} has {found:#018x}");
        }
    }

    /// The test prints the new hash when it differs. A changed set changes the runs of shared links.
    const BITS: [(&str, u64); 3] = [
        ("SineCurve", 0x80a8_ff72_94eb_56b6),
        ("Quadratic", 0x555a_728f_3572_d86d),
        ("Saddle", 0x13b2_c874_50e6_9eac),
    ];
}
