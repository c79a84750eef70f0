//! Layers that put numbers elsewhere, and layers that join inputs.

use super::number::N;
use super::tensor::{Tensor, int, sizes, word};
use serde_json::Value as Json;

/// An array of this shape, whose number at some coordinates `f` says.
fn filled(shape: &[usize], f: impl Fn(&[usize]) -> N) -> Tensor {
    let n = shape.iter().product();
    let mut at = vec![0; shape.len()];
    let mut data = Vec::with_capacity(n);
    for _ in 0..n {
        data.push(f(&at));
        for axis in (0..shape.len()).rev() {
            at[axis] += 1;
            if at[axis] < shape[axis] {
                break;
            }
            at[axis] = 0;
        }
    }
    Tensor::new(shape, data)
}

fn at(x: &Tensor, place: &[usize]) -> N {
    let index = place
        .iter()
        .zip(&x.shape)
        .fold(0, |index, (at, n)| index * n + at);
    x.data[index]
}

/// How much is added or cut off before and after each axis between batch and channels.
fn sides(amount: &Json, rank: usize, otherwise: usize) -> Vec<[usize; 2]> {
    let number = |json: &Json| json.as_u64().unwrap() as usize;
    let pair = |json: &Json| match json {
        Json::Array(list) => [number(&list[0]), number(&list[1])],
        one => [number(one); 2],
    };
    match (rank, amount) {
        (_, Json::Null) => vec![[otherwise; 2]; rank],
        (1, amount) => vec![pair(amount)],
        // [symmetric rows, symmetric columns], or pairs
        (_, Json::Array(list)) => list.iter().map(pair).collect(),
        (_, one) => vec![pair(one); rank],
    }
}

pub fn rearranged(class: &str, config: &Json, x: &Tensor) -> Tensor {
    let (b, n) = (x.batch(), x.data.len() / x.batch());
    let rank = x.shape.len() - 2;
    let dimensions = if class.ends_with("1D") { 1 } else { 2 };
    match class {
        "Flatten" => Tensor::new(&[b, n], x.data.clone()),
        "Reshape" => {
            let wanted = config["target_shape"].as_array().unwrap().iter();
            let wanted: Vec<i64> = wanted.map(|n| n.as_i64().unwrap()).collect();
            let known: i64 = wanted.iter().filter(|n| **n > 0).product();
            let left = n / known as usize;
            let size = |n: &i64| if *n < 0 { left } else { *n as usize };
            let shape: Vec<usize> = [b].into_iter().chain(wanted.iter().map(size)).collect();
            Tensor::new(&shape, x.data.clone())
        }
        "Permute" => {
            let dims = config["dims"].as_array().unwrap().iter();
            let dims: Vec<usize> = [0]
                .into_iter()
                .chain(dims.map(|d| d.as_u64().unwrap() as usize))
                .collect();
            let shape: Vec<usize> = dims.iter().map(|d| x.shape[*d]).collect();
            filled(&shape, |to| {
                let mut from = vec![0; to.len()];
                dims.iter().zip(to).for_each(|(d, i)| from[*d] = *i);
                at(x, &from)
            })
        }
        "RepeatVector" => filled(&[b, int(config, "n", 1), n], |to| at(x, &[to[0], to[2]])),
        "ZeroPadding1D" | "ZeroPadding2D" => {
            let sides = sides(&config["padding"], dimensions, 1);
            let mut shape = x.shape.clone();
            sides
                .iter()
                .enumerate()
                .for_each(|(i, s)| shape[i + 1] += s[0] + s[1]);
            filled(&shape, |to| {
                let mut from = to.to_vec();
                for (i, [before, _]) in sides.iter().enumerate() {
                    from[i + 1] = to[i + 1].wrapping_sub(*before);
                    if from[i + 1] >= x.shape[i + 1] {
                        return N::from(0.0);
                    }
                }
                at(x, &from)
            })
        }
        "Cropping1D" | "Cropping2D" => {
            let sides = sides(&config["cropping"], dimensions, 2 - dimensions);
            let mut shape = x.shape.clone();
            sides
                .iter()
                .enumerate()
                .for_each(|(i, s)| shape[i + 1] -= s[0] + s[1]);
            filled(&shape, |to| {
                let mut from = to.to_vec();
                sides
                    .iter()
                    .enumerate()
                    .for_each(|(i, s)| from[i + 1] += s[0]);
                at(x, &from)
            })
        }
        "UpSampling1D" | "UpSampling2D" => {
            let by = sizes(config, "size", rank + 2, 2);
            let by = if rank == 1 { vec![by[1]] } else { by.to_vec() };
            let mut shape = x.shape.clone();
            by.iter().enumerate().for_each(|(i, by)| shape[i + 1] *= by);
            let bilinear = word(config, "interpolation", "nearest") == "bilinear";
            filled(&shape, |to| match bilinear {
                true => between(x, to, &by),
                false => {
                    let mut from = to.to_vec();
                    by.iter().enumerate().for_each(|(i, by)| from[i + 1] /= by);
                    at(x, &from)
                }
            })
        }
        class => panic!("the layer {class} has no oracle: add it to tests/oracle/shapes.rs"),
    }
}

/// A pixel of an enlarged image: evenly between the pixels' middles.
fn between(x: &Tensor, to: &[usize], by: &[usize]) -> N {
    let mut corners = vec![(vec![to[0]], 1.0)];
    for (i, by) in by.iter().enumerate() {
        let last = x.shape[i + 1] - 1;
        let place = ((to[i + 1] as f64 + 0.5) / *by as f64 - 0.5).clamp(0.0, last as f64);
        let (low, share) = (place.floor() as usize, place.fract());
        let ends = [(low, 1.0 - share), ((low + 1).min(last), share)];
        corners = corners
            .iter()
            .flat_map(|(at, w)| ends.map(|(end, share)| ([&at[..], &[end]].concat(), w * share)))
            .collect();
    }
    let pixel =
        |(place, share): &(Vec<usize>, f64)| at(x, &[&place[..], &to[3..]].concat()) * *share;
    corners.iter().map(pixel).sum()
}

pub fn merged(class: &str, config: &Json, inputs: &[&Tensor]) -> Tensor {
    let first = inputs[0];
    if class == "Concatenate" {
        let axis = config["axis"].as_i64().unwrap_or(-1);
        let axis = if axis < 0 {
            first.shape.len() as i64 + axis
        } else {
            axis
        } as usize;
        let mut shape = first.shape.clone();
        shape[axis] = inputs.iter().map(|x| x.shape[axis]).sum();
        return filled(&shape, |to| {
            let mut from = to.to_vec();
            for x in inputs {
                if from[axis] < x.shape[axis] {
                    return at(x, &from);
                }
                from[axis] -= x.shape[axis];
            }
            unreachable!()
        });
    }
    let join = |a: N, b: N| match class {
        "Add" | "Average" => a + b,
        "Subtract" => a - b,
        "Multiply" => a * b,
        "Maximum" => a.max(b),
        "Minimum" => a.min(b),
        class => panic!("the layer {class} has no oracle: add it to tests/oracle/shapes.rs"),
    };
    let share = if class == "Average" {
        1.0 / inputs.len() as f64
    } else {
        1.0
    };
    // The first is as large as what comes out; where another has one place, it serves all.
    filled(&first.shape, |to| {
        let mut all = inputs.iter().map(|x| {
            let places = to.iter().zip(&x.shape);
            let place: Vec<usize> = places.map(|(to, n)| *to.min(&(n - 1))).collect();
            let counts = x.mask.as_ref().map(|m| m[place[0] * x.shape[1] + place[1]]);
            (at(x, &place), counts)
        });
        if class == "Multiply" {
            let all: Vec<(N, Option<bool>)> = all.collect();
            let nothing = all.iter().all(|(_, counts)| *counts == Some(false));
            let counting = all.iter().filter(|(_, counts)| *counts != Some(false));
            let product = counting.map(|(x, _)| *x).reduce(join);
            return product.unwrap_or(N::from(if nothing { 0.0 } else { 1.0 }));
        }
        if class == "Maximum" || class == "Minimum" {
            // Keras' base_merge.py: what does not count is replaced by the other.
            let first = all.next().unwrap();
            let joined = all.fold(first, |(y, shown), (x, counts)| {
                let x = if counts == Some(false) { y } else { x };
                let y = if shown == Some(false) { x } else { y };
                let both = shown.zip(counts).map(|(a, b)| a || b);
                (
                    if shown == Some(false) || counts == Some(false) {
                        x
                    } else {
                        join(y, x)
                    },
                    both,
                )
            });
            return joined.0;
        }
        let joined = all.map(|(x, _)| x).reduce(join).unwrap();
        if share < 1.0 { joined * share } else { joined }
    })
}

/// The mask of joined inputs.
pub fn merged_mask(class: &str, config: &Json, inputs: &[&Tensor]) -> Option<Vec<bool>> {
    let masks: Vec<Option<&Vec<bool>>> = inputs.iter().map(|x| x.mask.as_ref()).collect();
    let n = masks.iter().find_map(|m| m.map(Vec::len))?;
    let mine = |at: usize| masks.iter().map(move |m| m.is_none_or(|m| m[at]));
    if class != "Concatenate" {
        // A step counts where it counts in any of them, where all have a mask.
        let all = masks.iter().all(Option::is_some);
        return all.then(|| (0..n).map(|at| mine(at).any(|m| m)).collect());
    }
    if config["axis"] == 1 && inputs[0].shape.len() > 2 {
        // Steps after steps.
        let of = |e: usize| {
            inputs.iter().flat_map(move |x| {
                let t = x.shape[1];
                (0..t).map(move |at| x.mask.as_ref().is_none_or(|m| m[e * t + at]))
            })
        };
        return Some((0..inputs[0].batch()).flat_map(of).collect());
    }
    // A step counts where it counts in any of them (Keras 3.15.1's concatenate.py).
    Some((0..n).map(|at| mine(at).any(|m| m)).collect())
}
