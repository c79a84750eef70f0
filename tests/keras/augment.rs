//! The table of augmentation layers: each image goes through a layer whose factor leaves it no choice
//! but the recorded one.

use super::{Comparison, called, chosen, floats, sizes};
use glassbox::numerics::rng::Stream;
use glassbox::options::error::ConfigError;
use serde_json::{Value as Json, json};

/// The first number that a layer of this seed draws.
fn coin(seed: u64) -> f64 {
    f64::from(Stream::new(seed, 0).uniform())
}

/// The first seed for which something can be said.
fn found<T>(of: impl Fn(u64) -> Option<T>) -> (u64, Option<T>) {
    let seeds = (1..1000).map(|seed| (seed, of(seed)));
    let mut said = seeds.filter(|(_, v)| v.is_some());
    said.next().unwrap_or((0, None))
}

/// The options that make the layer do to image `i` what was recorded.
fn options(row: &Json, i: usize) -> Json {
    let drawn = &row["transformation"];
    let side = |axis: usize| drawn["input_shape"][axis].as_f64().unwrap_or(1.0);
    let number = |key: &str, at: usize| drawn[key]["data"][at].as_f64().unwrap_or(0.0);
    let both = |v: f64| json!([v, v]);
    match row["layer"].as_str().unwrap_or("") {
        "RandomFlip" => {
            let flips = drawn["flips"]["data"][i] == true;
            let (seed, _) = found(|seed| ((coin(seed) <= 0.5) == flips).then_some(()));
            json!({"seed": seed})
        }
        // 1 - a + 2 a u is the factor.
        "RandomContrast" => {
            let f = number("contrast_factor", i);
            let strength = |seed| {
                let a = (f - 1.0) / (2.0 * coin(seed) - 1.0);
                (0.0..=1.0).contains(&a).then_some(a)
            };
            let (seed, a) = found(strength);
            json!({"seed": seed, "factor": [a, a]})
        }
        "RandomBrightness" => json!({"factor": both(number("rgb_delta", i) / 255.0)}),
        "RandomZoom" => json!({
            "height_factor": both(number("height_zoom", i) - 1.0),
            "width_factor": both(number("width_zoom", i) - 1.0),
        }),
        "RandomTranslation" => json!({
            "height_factor": both(number("translations", 2 * i + 1) / side(1)),
            "width_factor": both(number("translations", 2 * i) / side(2)),
        }),
        "RandomRotation" => {
            let degrees = row["angle_degrees"][i].as_f64().unwrap_or(0.0);
            json!({"factor": both(degrees / 360.0)})
        }
        _ => json!({}),
    }
}

/// A row of the table.
pub fn check(row: &Json, images: &Json) -> Result<Comparison, ConfigError> {
    let mut shape = sizes(&images["shape"]);
    let x = floats(images);
    let n = x.len() / shape[0];
    let batch = std::mem::replace(&mut shape[0], 1);
    let mut out = Vec::new();
    for i in 0..batch {
        let mut layer = chosen(row, "layer");
        for (key, value) in options(row, i).as_object().into_iter().flatten() {
            layer["config"][key] = value.clone();
        }
        out.extend(called(layer, &shape, &x[i * n..(i + 1) * n])?);
    }
    let mut seen = Comparison::default();
    seen.section("out", &out, &floats(&row["out"]), 0.0);
    Ok(seen)
}
