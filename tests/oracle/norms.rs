//! Normalizations.

use super::number::N;
use super::tensor::{Pass, Tensor, axes, flag, float, groups};
use serde_json::Value as Json;

/// Mean (0 unless `centred`) and variance of each group; of what counts alone, where a mask says so.
fn moments(x: &[N], at: &[usize], n: usize, centred: bool, mask: Option<&[bool]>) -> Vec<(N, N)> {
    let run = mask.map_or(1, |m| x.len() / m.len());
    let counts = |i: usize| mask.is_none_or(|m| m[i / run]);
    (0..n)
        .map(|group| {
            let mine = (0..x.len()).filter(|i| at[*i] == group && counts(*i));
            let mine: Vec<N> = mine.map(|i| x[i]).collect();
            // Keras adds its epsilon to the number of what counts.
            let count = mine.len() as f64 + if mask.is_some() { 1e-7 } else { 0.0 };
            let mean = match centred {
                true => mine.iter().copied().sum::<N>() / count,
                false => N::from(0.0),
            };
            let squares: N = mine.iter().map(|x| (*x - mean).square()).sum();
            (mean, squares / count)
        })
        .collect()
}

pub fn normalization(class: &str, config: &Json, x: &Tensor, pass: &mut Pass) -> Tensor {
    let rank = x.shape.len();
    let own = axes(config, "axis", rank);
    let batch = class == "BatchNormalization";
    let (channel, n_channels) = groups(&x.shape, |axis| own.contains(&axis));
    let (mut group, mut n_groups) = match batch {
        true => (channel.clone(), n_channels),
        false => groups(&x.shape, |axis| !own.contains(&axis)),
    };
    if class == "GroupNormalization" {
        // The channels of an example in groups, over all of its places.
        let asked = config["groups"].as_i64().unwrap_or(32);
        let parts = if asked < 0 {
            n_channels
        } else {
            asked as usize
        };
        let (example, n) = groups(&x.shape, |axis| axis == 0);
        let part = |c: usize| c / (n_channels / parts);
        group = example
            .iter()
            .zip(&channel)
            .map(|(e, c)| e * parts + part(*c))
            .collect();
        n_groups = n * parts;
    }
    if class == "UnitNormalization" {
        let mut squares = vec![N::from(0.0); n_groups];
        x.data
            .iter()
            .zip(&group)
            .for_each(|(x, at)| squares[*at] += x.square());
        let lengths: Vec<N> = squares.iter().map(|s| s.max(1e-12).sqrt()).collect();
        return x.with(
            x.data
                .iter()
                .zip(&group)
                .map(|(x, at)| *x / lengths[*at])
                .collect(),
        );
    }
    let plain = class == "RMSNormalization";
    let gamma = match plain || flag(config, "scale", true) {
        true => pass.take(config, "gamma"),
        false => vec![N::from(1.0); n_channels],
    };
    let beta = match !plain && flag(config, "center", true) {
        true => pass.take(config, "beta"),
        false => vec![N::from(0.0); n_channels],
    };
    let mask = x.mask.as_deref().filter(|_| batch);
    let mut by = moments(&x.data, &group, n_groups, !plain, mask);
    if batch {
        let (mean, variance) = (pass.take(config, "mean"), pass.take(config, "variance"));
        // Frozen, it normalizes by its moving means.
        if !pass.trainable {
            by = mean.into_iter().zip(variance).collect();
        }
    }
    let epsilon = float(config, "epsilon", if plain { 1e-6 } else { 1e-3 });
    let spread: Vec<N> = by
        .iter()
        .map(|(_, variance)| (*variance + epsilon).sqrt())
        .collect();
    let y = (0..x.data.len()).map(|i| {
        let (g, c) = (group[i], channel[i]);
        // As Keras does it: where a group is one number, float32 sees what is left of two large ones.
        let scale = gamma[c] / spread[g];
        x.data[i] * scale + (beta[c] - by[g].0 * scale)
    });
    x.with(y.collect())
}
