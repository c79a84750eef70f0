//! Options that name axes of an array, counted with the batch as 0 or from the end as -1.

use crate::options::error::{ConfigError, Result};
use crate::options::short;
use serde_json::Value as Json;

/// Number of the last axes of an array of `rank` axes that the option `axis` of `class` names: all where it is empty.
///
/// # Errors
/// Axes that the array does not have, or others than the last ones.
pub fn trailing(class: &str, axes: &[i64], rank: usize) -> Result<usize> {
    let n = rank as i64;
    let from_first = |axis: &i64| if *axis < 0 { n + axis } else { *axis };
    let counted = axes.len();
    let is_named = |at: &usize| axes.iter().any(|axis| from_first(axis) == *at as i64);
    let message = if axes.is_empty() {
        return Ok(rank);
    } else if axes.iter().any(|axis| !(0..n).contains(&from_first(axis))) {
        format!(
            "'axis' of {class} is {}, but the array has {rank} axes with the batch, from 0 to {} (-1 is the last).",
            short(&as_json(axes)),
            rank - 1
        )
    } else if counted <= rank && (rank - counted..rank).all(|at| is_named(&at)) {
        return Ok(counted);
    } else {
        last_only(class, axes, rank)
    };
    Err(ConfigError::new("config.axis", message))
}

/// As [`trailing`], where only the last axis is supported.
///
/// # Errors
/// Any other axes.
pub fn check_last(class: &str, axes: &[i64], rank: usize) -> Result<()> {
    match trailing(class, axes, rank)? {
        1 => Ok(()),
        _ => {
            let message = last_only(class, axes, rank);
            Err(ConfigError::new("config.axis", message))
        }
    }
}

/// One axis as a number, several as a list.
fn as_json(axes: &[i64]) -> Json {
    match axes {
        [one] => (*one).into(),
        _ => axes.into(),
    }
}

fn last_only(class: &str, axes: &[i64], rank: usize) -> String {
    format!(
        "{class} along axis {}: Keras has that, but this engine goes along the last axis only (-1, or {} here). \
         Give -1{}.",
        short(&as_json(axes)),
        rank - 1,
        match rank {
            2 => "",
            _ => ", and put a Permute before it where another axis is meant",
        }
    )
}
