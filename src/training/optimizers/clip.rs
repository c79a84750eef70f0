//! Gradient clipping (Keras' `optimizers/base_optimizer.py`).

use super::common::{Shared, norm};
use super::rule::Variable;
use crate::options::error::{ConfigError, Result};

/// What is clipped, and to which size. 0 clips nothing, as in Keras.
#[derive(Clone, Copy, PartialEq)]
pub enum Clip {
    None,
    /// The norm of each array.
    Each(f32),
    /// The norm of all arrays together.
    All(f64),
    /// Every number.
    Value(f32),
}

impl Clip {
    /// Reads the clipping options of an optimizer.
    ///
    /// # Errors
    /// More than one kind of clipping.
    pub fn new(options: &Shared) -> Result<Self> {
        let all = [
            ("clipnorm", options.clipnorm),
            ("clipvalue", options.clipvalue),
            ("global_clipnorm", options.global_clipnorm),
        ];
        let mut given = all.into_iter().filter(|(_, limit)| limit.is_some());
        if let (Some((first, _)), Some((second, _))) = (given.next(), given.next()) {
            let message = format!(
                "Gradients are clipped in one way only, but both '{first}' and '{second}' are given: leave \
                 one of them out."
            );
            return Err(ConfigError::new(second, message));
        }
        let positive = |limit: Option<f64>| limit.filter(|limit| *limit > 0.0);
        Ok(if let Some(limit) = positive(options.clipnorm) {
            Clip::Each(limit as f32)
        } else if let Some(limit) = positive(options.clipvalue) {
            Clip::Value(limit as f32)
        } else {
            positive(options.global_clipnorm).map_or(Clip::None, Clip::All)
        })
    }

    /// Clips the gradients `g` of these arrays.
    pub fn apply(self, g: &mut [f32], variables: &[Variable]) {
        match self {
            Clip::None => {}
            Clip::Value(limit) => g.iter_mut().for_each(|g| *g = g.clamp(-limit, limit)),
            Clip::Each(limit) => {
                for variable in variables {
                    let g = &mut g[variable.span.clone()];
                    let longest = norm(g).max(limit);
                    g.iter_mut().for_each(|g| *g = *g * limit / longest);
                }
            }
            Clip::All(limit) => {
                let (of_norm, of_limit) = (1.0 / norm(g), (1.0 / limit) as f32);
                let scale = limit as f32
                    * if of_norm < of_limit {
                        of_norm
                    } else {
                        of_limit
                    };
                g.iter_mut().for_each(|g| *g *= scale);
            }
        }
    }
}
