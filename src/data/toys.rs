//! Sets of points in the plane, small enough that a network can be seen whole.
//!
//! Each draws its training points from one random stream of its seed and its test points from
//! another, class after class in turn, then mixes the order.

use super::Dataset;
use crate::numerics::math;
use crate::numerics::rng::Stream;
use crate::options::ConfigObject;
use crate::options::error::ConfigError;
use core::f32::consts::PI;

const TWO: &[&str] = &["0", "1"];

/// One class inside, one in a ring around it.
pub fn circle(choice: &ConfigObject, _: &[u8]) -> Result<Dataset, ConfigError> {
    let noise = choice.number("noise") as f32;
    Ok(plane("Circle", TWO, choice, &|stream, class| {
        // The square root spreads points evenly over the area.
        let distance = match class {
            1 => stream.uniform().sqrt(),
            _ => (1.96 + 2.04 * stream.uniform()).sqrt(), // from 1.4 to 2
        };
        let angle = 2.0 * PI * stream.uniform();
        let point = [distance * math::cos(angle), distance * math::sin(angle)];
        near(point, noise, stream)
    }))
}

/// Opposite quadrants belong together.
pub fn xor(choice: &ConfigObject, _: &[u8]) -> Result<Dataset, ConfigError> {
    let noise = choice.number("noise") as f32;
    Ok(plane("Exclusive or", TWO, choice, &|stream, class| {
        let mut side = || 0.2 + 1.8 * stream.uniform(); // a gap along the axes
        let (a, b) = (side(), side());
        let right = if stream.below(2) == 1 { 1.0 } else { -1.0 };
        let top = if class == 1 { -right } else { right };
        near([right * a, top * b], noise, stream)
    }))
}

/// Two round clouds.
pub fn gaussians(choice: &ConfigObject, _: &[u8]) -> Result<Dataset, ConfigError> {
    let noise = choice.number("noise") as f32;
    Ok(plane("Two clouds", TWO, choice, &|stream, class| {
        let centre = if class == 1 { 1.0 } else { -1.0 };
        near([centre, centre], noise, stream)
    }))
}

/// Two arms wound around each other.
pub fn spiral(choice: &ConfigObject, _: &[u8]) -> Result<Dataset, ConfigError> {
    let noise = choice.number("noise") as f32;
    Ok(plane("Spiral", TWO, choice, &|stream, class| {
        let t = stream.uniform();
        let angle = 3.5 * PI * t + PI * class as f32;
        let point = [2.0 * t * math::cos(angle), 2.0 * t * math::sin(angle)];
        near(point, noise, stream)
    }))
}

/// Two half circles (scikit-learn's `make_moons`).
pub fn moons(choice: &ConfigObject, _: &[u8]) -> Result<Dataset, ConfigError> {
    let noise = choice.number("noise") as f32;
    Ok(plane("Two moons", TWO, choice, &|stream, class| {
        let t = PI * stream.uniform();
        let (x, y) = (math::cos(t), math::sin(t));
        let point = if class == 1 {
            [1.0 - x, 0.5 - y]
        } else {
            [x, y]
        };
        near(point, noise, stream)
    }))
}

/// Four round clouds with the lesson's centres.
pub fn blobs(choice: &ConfigObject, _: &[u8]) -> Result<Dataset, ConfigError> {
    const CENTRES: [[f32; 2]; 4] = [[-5.0, 2.0], [-2.0, -2.0], [1.0, 2.0], [5.0, -2.0]];
    let noise = choice.number("noise") as f32;
    let names = &["0", "1", "2", "3"];
    Ok(plane("Four blobs", names, choice, &|stream, class| {
        near(CENTRES[class], noise, stream)
    }))
}

/// The lesson's coffee: 150 to 285 C, 11.5 to 15.5 minutes, standardised by the training rows' mean
/// and deviation, as Keras' `Normalization` does.
pub fn coffee_roasting(choice: &ConfigObject, _: &[u8]) -> Result<Dataset, ConfigError> {
    let n = choice.count("n").unwrap_or(200);
    let draw = |part: u64| {
        let mut stream = Stream::new(choice.number("seed") as u64, part);
        let mut x = Vec::with_capacity(2 * n);
        for _ in 0..n {
            x.push(150.0 + 135.0 * stream.uniform());
            x.push(11.5 + 4.0 * stream.uniform());
        }
        let y: Vec<f32> = x.chunks_exact(2).map(|x| good_roast(x[0], x[1])).collect();
        (x, y)
    };
    let ((mut x, mut y), (mut test_x, test_y)) = (draw(0), draw(1));
    let scales = [scale_of(&x, 0), scale_of(&x, 1)];
    let standard = |value: f32, feature: usize| {
        let (mean, deviation) = scales[feature];
        (value - mean) / deviation
    };
    for values in [&mut x, &mut test_x] {
        for point in values.chunks_exact_mut(2) {
            point[0] = standard(point[0], 0);
            point[1] = standard(point[1], 1);
        }
    }
    let copies = choice.count("tile").unwrap_or(1);
    (x, y) = (x.repeat(copies), y.repeat(copies));
    Ok(Dataset {
        title: "Coffee roasting",
        x,
        y,
        test_x,
        test_y,
        input_shape: vec![2],
        class_names: vec!["bad roast", "good roast"],
        feature_names: vec!["temperature, standardised", "duration, standardised"],
        image: None,
        bounds: Some([
            standard(150.0, 0),
            standard(285.0, 0),
            standard(11.5, 1),
            standard(15.5, 1),
        ]),
    })
}

/// 1 where this temperature (C) and duration (minutes) make good coffee.
fn good_roast(t: f32, d: f32) -> f32 {
    let line = -3.0 / (260.0 - 175.0) * t + 21.0;
    let good = t > 175.0 && t < 260.0 && d > 12.0 && d < 15.0 && d <= line;
    f32::from(u8::from(good))
}

/// Mean and standard deviation (of the whole population) of every second value from `at` on.
fn scale_of(x: &[f32], at: usize) -> (f32, f32) {
    let values = || x.iter().skip(at).step_by(2).map(|&v| f64::from(v));
    let n = (x.len() / 2) as f64;
    let mean = values().sum::<f64>() / n;
    let variance = values().map(|v| (v - mean) * (v - mean)).sum::<f64>() / n;
    (mean as f32, variance.sqrt().max(1e-7) as f32)
}

/// A point with N(0, noise^2) added to each coordinate.
fn near([x, y]: [f32; 2], noise: f32, stream: &mut Stream) -> [f32; 2] {
    [x + noise * stream.normal(), y + noise * stream.normal()]
}

/// A set of `n` points to train and `n` to test, classes in turn, then mixed.
fn plane(
    title: &'static str,
    class_names: &[&'static str],
    choice: &ConfigObject,
    point: &dyn Fn(&mut Stream, usize) -> [f32; 2],
) -> Dataset {
    let n = choice.count("n").unwrap_or(100);
    let draw = |part: u64| {
        let mut stream = Stream::new(choice.number("seed") as u64, part);
        let classes = (0..n).map(|i| i % class_names.len());
        let mut rows: Vec<([f32; 2], usize)> = classes
            .map(|class| (point(&mut stream, class), class))
            .collect();
        stream.shuffle(&mut rows);
        let x: Vec<f32> = rows.iter().flat_map(|(x, _)| *x).collect();
        let y: Vec<f32> = rows.iter().map(|(_, class)| *class as f32).collect();
        (x, y)
    };
    let ((x, y), (test_x, test_y)) = (draw(0), draw(1));
    let bounds = Some(window(x.iter().chain(&test_x)));
    Dataset {
        title,
        x,
        y,
        test_x,
        test_y,
        input_shape: vec![2],
        class_names: class_names.to_vec(),
        feature_names: vec!["x1", "x2"],
        image: None,
        bounds,
    }
}

/// A square around all points, its middle and its half side in steps of a half.
fn window<'a>(points: impl Iterator<Item = &'a f32> + Clone) -> [f32; 4] {
    let range = |at: usize| {
        let values = points.clone().skip(at).step_by(2);
        values.fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), &v| {
            (low.min(v), high.max(v))
        })
    };
    let ((x0, x1), (y0, y1)) = (range(0), range(1));
    let (x, y) = ((x0 + x1).round() / 2.0, (y0 + y1).round() / 2.0);
    let reach = (x1 - x).max(x - x0).max(y1 - y).max(y - y0);
    let half = (2.0 * reach + 0.2).ceil() / 2.0;
    [x - half, x + half, y - half, y + half]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{REGISTRY, load};
    use serde_json::json;

    fn set(json: serde_json::Value) -> Dataset {
        load(&ConfigObject::read(&REGISTRY, &json).unwrap(), None).unwrap()
    }

    /// The published rule at points on both sides of each of its edges.
    #[test]
    fn oracle_good_coffee() {
        let cases = [
            (200.0, 13.0, 1.0),
            (174.0, 13.0, 0.0),
            (261.0, 11.7, 0.0),
            (200.0, 11.9, 0.0),
            (170.0, 15.1, 0.0),
            (200.0, 13.9, 1.0), // the line is at 13.94
            (200.0, 14.0, 0.0),
        ];
        for (t, d, good) in cases {
            assert_eq!(good_roast(t, d), good, "{t} C, {d} min");
        }
    }

    #[test]
    fn reaches_mean_0_and_deviation_1() {
        let data = set(json!({"class_name": "CoffeeRoasting", "config": {"tile": 3}}));
        assert_eq!(
            (data.x.len(), data.y.len(), data.test_y.len()),
            (1200, 600, 200)
        );
        for at in [0, 1] {
            let (mean, deviation) = scale_of(&data.x, at);
            assert!(mean.abs() < 1e-5 && (deviation - 1.0).abs() < 1e-5);
        }
    }

    /// Without noise every point lies where the set's formula says.
    #[test]
    fn reaches_the_formulas_without_noise() {
        type Rule = fn(f32, f32) -> f32;
        let rules: [(&str, Rule); 4] = [
            ("Circle", |x, y| f32::from(u8::from(x * x + y * y < 1.4))),
            ("Xor", |x, y| f32::from(u8::from(x * y < 0.0))),
            ("Gaussians", |x, _| f32::from(u8::from(x > 0.0))),
            // On its own circle a moon's points are exactly 1 away from its centre.
            ("Moons", |x, y| {
                f32::from(u8::from((x * x + y * y - 1.0).abs() > 1e-5))
            }),
        ];
        for (name, rule) in rules {
            let data = set(json!({"class_name": name, "config": {"noise": 0}}));
            let rows = data.x.chunks_exact(2).zip(&data.y);
            let right = rows.filter(|(x, y)| rule(x[0], x[1]) == **y).count();
            assert!(right >= data.y.len() - 2, "{name}: {right}"); // moons cross twice
        }
    }

    /// The points of each set, as 64 bits (FNV-1a): the same natively, optimised or not, and in wasm.
    #[test]
    fn bits_of_all_sets() {
        let hash = |name: &str| {
            let data = set(json!({"class_name": name}));
            let values = data.x.iter().chain(&data.y).chain(&data.test_x);
            values.fold(0xcbf2_9ce4_8422_2325_u64, |hash, value| {
                (hash ^ u64::from(value.to_bits())).wrapping_mul(0x0100_0000_01b3)
            })
        };
        for (name, bits) in BITS {
            let found = hash(name);
            assert_eq!(found, bits, "{name} has {found:#018x}");
        }
    }

    /// Printed by this test when they differ; changing a set changes the runs that people shared.
    const BITS: [(&str, u64); 7] = [
        ("Circle", 0xc0f3_6461_6fb6_9fb5),
        ("Xor", 0x5fae_08f5_9524_40ca),
        ("Gaussians", 0x234a_0fb2_2b28_359a),
        ("Spiral", 0xc157_b9ff_9942_6468),
        ("Moons", 0x4c99_1658_29d6_d491),
        ("Blobs", 0x7d4e_4408_2d95_f03e),
        ("CoffeeRoasting", 0x9d4c_941d_16b6_910d),
    ];
}
