//! Sets of points in the plane, for networks that are small enough to show as a whole.
//!
//! Each set draws its training points from one random stream of its seed and its test points from another: the classes
//! in turn, then shuffled.

use super::set::{DataKind, Dataset, names, range};
use crate::numerics::math;
use crate::numerics::rng::Stream;
use crate::options::declare::{class, options};
use crate::options::{Default, Kind, OptionSpec};
use core::f32::consts::PI;

options! {
    /// Number of training points; the test set has the same number.
    pub(super) N = n("points"), Kind::Int(10, 10_000), Default::Int(400);
    /// Standard deviation of the noise added to each coordinate.
    #[advanced]
    pub(super) NOISE = noise("noise"), Kind::Float(0.0, 1.0), Default::Float(0.1);
    /// Seed of the data: another one draws other points by the same rule.
    #[advanced]
    pub(super) SEED = seed("data seed"), Kind::Int(0, 4_294_967_295), Default::Int(0);
}

class! {
    /// One class inside, the other in a ring around it: no straight line separates them.
    #[formula("y = 1 where the distance from the centre is below 1, y = 0 from 1.4 to 2")]
    #[aliases("circles")]
    struct Circle("Circle", "circle", "Circle") {
        n: usize = N;
        noise: f32 = NOISE;
        seed: u64 = SEED;
    }
}

pub static CIRCLE: DataKind = DataKind::drawn(Circle::SPEC, |config, _| {
    let Circle { n, noise, seed } = Circle::of(config);
    Ok(plane(Circle::SPEC.label, TWO, n, seed, &|stream, class| {
        // The square root gives a uniform density over the area.
        let distance = match class {
            1 => stream.uniform().sqrt(),
            _ => (1.96 + 2.04 * stream.uniform()).sqrt(), // from 1.4 to 2
        };
        let angle = 2.0 * PI * stream.uniform();
        let point = [distance * math::cos(angle), distance * math::sin(angle)];
        noisy(point, noise, stream)
    }))
});

class! {
    /// Opposite corners belong to the same class. A single unit cannot learn this.
    #[formula("y = 1 where x1 and x2 differ in sign")]
    struct Xor("Xor", "xor", "XOR (exclusive or)") {
        n: usize = N;
        noise: f32 = NOISE;
        seed: u64 = SEED;
    }
}

pub static XOR: DataKind = DataKind::drawn(Xor::SPEC, |config, _| {
    let Xor { n, noise, seed } = Xor::of(config);
    Ok(plane(Xor::SPEC.label, TWO, n, seed, &|stream, class| {
        let mut side = || 0.2 + 1.8 * stream.uniform(); // a gap along the axes
        let (a, b) = (side(), side());
        let right = if stream.below(2) == 1 { 1.0 } else { -1.0 };
        let top = if class == 1 { -right } else { right };
        noisy([right * a, top * b], noise, stream)
    }))
});

class! {
    /// Two round clouds that overlap a little: a straight line separates nearly all of them.
    #[formula("x ~ N((-1, -1), noise^2) for y = 0, N((1, 1), noise^2) for y = 1")]
    #[aliases("gauss")]
    struct Gaussians("Gaussians", "gaussians", "Two Gaussians") {
        n: usize = N;
        noise: f32 = OptionSpec {
            kind: Kind::Float(0.0, 3.0),
            ..NOISE.with_default(Default::Float(0.6))
        };
        seed: u64 = SEED;
    }
}

pub static GAUSSIANS: DataKind = DataKind::drawn(Gaussians::SPEC, |config, _| {
    let Gaussians { n, noise, seed } = Gaussians::of(config);
    let title = Gaussians::SPEC.label;
    Ok(plane(title, TWO, n, seed, &|stream, class| {
        let centre = if class == 1 { 1.0 } else { -1.0 };
        noisy([centre, centre], noise, stream)
    }))
});

class! {
    /// Two arms wound around each other: a hard set, for wider and deeper networks.
    #[formula("at t in [0, 1]: distance 2 t, angle 3.5 pi t + pi y")]
    struct Spiral("Spiral", "spiral", "Spiral") {
        n: usize = N;
        noise: f32 = NOISE.with_default(Default::Float(0.05));
        seed: u64 = SEED;
    }
}

pub static SPIRAL: DataKind = DataKind::drawn(Spiral::SPEC, |config, _| {
    let Spiral { n, noise, seed } = Spiral::of(config);
    Ok(plane(Spiral::SPEC.label, TWO, n, seed, &|stream, class| {
        let t = stream.uniform();
        let angle = 3.5 * PI * t + PI * class as f32;
        let point = [2.0 * t * math::cos(angle), 2.0 * t * math::sin(angle)];
        noisy(point, noise, stream)
    }))
});

class! {
    /// Two interleaving half circles, as scikit-learn's make_moons.
    #[formula("(cos t, sin t) for y = 0, (1 - cos t, 1/2 - sin t) for y = 1, t in [0, pi]")]
    struct Moons("Moons", "moons", "Two moons") {
        n: usize = N;
        noise: f32 = NOISE;
        seed: u64 = SEED;
    }
}

pub static MOONS: DataKind = DataKind::drawn(Moons::SPEC, |config, _| {
    let Moons { n, noise, seed } = Moons::of(config);
    Ok(plane(Moons::SPEC.label, TWO, n, seed, &|stream, class| {
        let t = PI * stream.uniform();
        let (x, y) = (math::cos(t), math::sin(t));
        let point = if class == 1 {
            [1.0 - x, 0.5 - y]
        } else {
            [x, y]
        };
        noisy(point, noise, stream)
    }))
});

class! {
    /// Four round clouds, one per class: the lesson's set for softmax.
    #[formula("x ~ N(centre of y, noise^2); centres (-5, 2), (-2, -2), (1, 2), (5, -2)")]
    struct Blobs("Blobs", "blobs", "Four blobs") {
        n: usize = N.with_default(Default::Int(100));
        noise: f32 = OptionSpec {
            kind: Kind::Float(0.0, 3.0),
            ..NOISE.with_default(Default::Float(1.0))
        };
        seed: u64 = SEED;
    }
}

pub static BLOBS: DataKind = DataKind::drawn(Blobs::SPEC, |config, _| {
    const CENTRES: [[f32; 2]; 4] = [[-5.0, 2.0], [-2.0, -2.0], [1.0, 2.0], [5.0, -2.0]];
    let Blobs { n, noise, seed } = Blobs::of(config);
    let names = &["0", "1", "2", "3"];
    Ok(plane(
        Blobs::SPEC.label,
        names,
        n,
        seed,
        &|stream, class| noisy(CENTRES[class], noise, stream),
    ))
});

class! {
    /// Good coffee needs a roast that is neither too cool nor too short, nor too hot and long together: the lesson's
    /// set.
    #[formula("y = 1 where 175 C < t < 260 C, 12 min < d < 15 min, d < 21 - 3 t / 85; inputs (x - mean) / deviation")]
    #[aliases("coffee")]
    struct CoffeeRoasting("CoffeeRoasting", "coffee_roasting", "Coffee roasting") {
        n: usize = N.with_default(Default::Int(200));
        /// Number of times that the rows are repeated; the lesson has 1000 copies.
        #[advanced]
        tile("copies"): usize = Kind::Int(1, 1000), Default::Int(1);
        seed: u64 = SEED;
    }
}

pub static COFFEE_ROASTING: DataKind = DataKind::drawn(CoffeeRoasting::SPEC, |config, _| {
    Ok(coffee_roasting(&CoffeeRoasting::of(config)))
});

/// From 150 to 285 °C and from 11.5 to 15.5 minutes, standardized with the mean and deviation of the training rows, as
/// Keras' `Normalization` does.
fn coffee_roasting(options: &CoffeeRoasting) -> Dataset {
    let n = options.n;
    let draw = |part: u64| {
        let mut stream = Stream::new(options.seed, part);
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
    (x, y) = (x.repeat(options.tile), y.repeat(options.tile));
    Dataset {
        title: CoffeeRoasting::SPEC.label.into(),
        x: x.into(),
        y,
        test_x: test_x.into(),
        test_y,
        input_shape: vec![2],
        class_names: names(&["bad roast", "good roast"]),
        feature_names: names(&["temperature, standardized", "duration, standardized"]),
        image: None,
        bounds: Some([
            standard(150.0, 0),
            standard(285.0, 0),
            standard(11.5, 1),
            standard(15.5, 1),
        ]),
    }
}

/// 1 where this temperature (°C) and duration (minutes) give good coffee.
fn good_roast(t: f32, d: f32) -> f32 {
    let line = -3.0 / (260.0 - 175.0) * t + 21.0;
    let good = t > 175.0 && t < 260.0 && d > 12.0 && d < 15.0 && d <= line;
    f32::from(u8::from(good))
}

/// Mean and population standard deviation of every second value, starting at index `at`.
fn scale_of(x: &[f32], at: usize) -> (f32, f32) {
    let values = || x.iter().skip(at).step_by(2).map(|&v| f64::from(v));
    let n = (x.len() / 2) as f64;
    let mean = values().sum::<f64>() / n;
    let variance = values().map(|v| (v - mean) * (v - mean)).sum::<f64>() / n;
    (mean as f32, variance.sqrt().max(1e-7) as f32)
}

/// The class names of most sets.
const TWO: &[&str] = &["0", "1"];

/// A point with N(0, noise^2) added to each coordinate.
fn noisy([x, y]: [f32; 2], noise: f32, stream: &mut Stream) -> [f32; 2] {
    [x + noise * stream.normal(), y + noise * stream.normal()]
}

/// A set of `n` points to train and `n` to test: the classes in turn, then shuffled.
fn plane(
    title: &str,
    class_names: &[&str],
    n: usize,
    seed: u64,
    point: &dyn Fn(&mut Stream, usize) -> [f32; 2],
) -> Dataset {
    let draw = |part: u64| {
        let mut stream = Stream::new(seed, part);
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
        title: title.into(),
        x: x.into(),
        y,
        test_x: test_x.into(),
        test_y,
        input_shape: vec![2],
        class_names: names(class_names),
        feature_names: names(&["x1", "x2"]),
        image: None,
        bounds,
    }
}

/// A square around all points, with its centre and its half side rounded to multiples of 0.5.
pub(super) fn window<'a>(points: impl Iterator<Item = &'a f32> + Clone) -> [f32; 4] {
    let axis = |at: usize| range(points.clone().skip(at).step_by(2));
    let ((x0, x1), (y0, y1)) = (axis(0), axis(1));
    let (x, y) = ((x0 + x1).round() / 2.0, (y0 + y1).round() / 2.0);
    let reach = (x1 - x).max(x - x0).max(y1 - y).max(y - y0);
    let half = (2.0 * reach + 0.2).ceil() / 2.0;
    [x - half, x + half, y - half, y + half]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{REGISTRY, load};
    use crate::options::ConfigObject;
    use serde_json::json;

    fn set(json: serde_json::Value) -> Dataset {
        load(&ConfigObject::read(&REGISTRY, &json).unwrap(), None).unwrap()
    }

    /// The lesson's rule at points on both sides of each of its borders.
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
    fn coffee_has_mean_0_and_deviation_1() {
        let data = set(json!({"class_name": "CoffeeRoasting", "config": {"tile": 3}}));
        assert_eq!(
            (data.x.len(), data.y.len(), data.test_y.len()),
            (1200, 600, 200)
        );
        for at in [0, 1] {
            let (mean, deviation) = scale_of(&data.x.all(), at);
            assert!(mean.abs() < 1e-5 && (deviation - 1.0).abs() < 1e-5);
        }
    }

    /// Without noise every point lies where the set's formula says.
    #[test]
    fn points_follow_the_formula_without_noise() {
        type Rule = fn(f32, f32) -> f32;
        let rules: [(&str, Rule); 4] = [
            ("Circle", |x, y| f32::from(u8::from(x * x + y * y < 1.4))),
            ("Xor", |x, y| f32::from(u8::from(x * y < 0.0))),
            ("Gaussians", |x, _| f32::from(u8::from(x > 0.0))),
            // The points of a moon have the distance 1 from the centre of its circle.
            ("Moons", |x, y| {
                f32::from(u8::from((x * x + y * y - 1.0).abs() > 1e-5))
            }),
        ];
        for (name, rule) in rules {
            let data = set(json!({"class_name": name, "config": {"noise": 0}}));
            let x = data.x.all();
            let rows = x.chunks_exact(2).zip(&data.y);
            let right = rows.filter(|(x, y)| rule(x[0], x[1]) == **y).count();
            assert!(right >= data.y.len() - 2, "{name}: {right}"); // the moons cross twice
        }
    }

    /// A hash (FNV-1a) of the points of each set: the same natively, optimised or not, and in wasm.
    #[test]
    fn bits_of_all_sets() {
        let hash = |name: &str| {
            let data = set(json!({"class_name": name}));
            let (x, test_x) = (data.x.all(), data.test_x.all());
            let values = x.iter().chain(&data.y).chain(&*test_x);
            values.fold(0xcbf2_9ce4_8422_2325_u64, |hash, value| {
                (hash ^ u64::from(value.to_bits())).wrapping_mul(0x0100_0000_01b3)
            })
        };
        for (name, bits) in BITS {
            let found = hash(name);
            assert_eq!(found, bits, "{name} has {found:#018x}");
        }
    }

    /// The test prints the new hash when it differs. A changed set changes the runs of shared links.
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
