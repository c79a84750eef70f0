//! Clipping: gradients that are too long are shortened before they are used (Keras'
//! `optimizers/base_optimizer.py`).

use super::{Variable, norm};
use crate::options::error::ConfigError;
use crate::options::{ConfigObject, Value};

/// What is cut, and to which length. 0 cuts nothing, as in Keras.
#[derive(Clone, Copy, PartialEq)]
pub enum Clip {
    None,
    /// The norm of each array.
    Each(f32),
    /// The norm of all together.
    All(f64),
    /// Every number.
    Value(f32),
}

impl Clip {
    /// What an optimizer's options ask for.
    ///
    /// # Errors
    /// More than one way to clip.
    pub fn new(choice: &ConfigObject) -> Result<Self, ConfigError> {
        let mut given = ["clipnorm", "clipvalue", "global_clipnorm"]
            .into_iter()
            .filter(|name| *choice.get(name) != Value::Null);
        let first = given.next().unwrap_or("");
        if let Some(second) = given.next() {
            let message = format!(
                "Gradients are clipped in one way only, but both '{first}' and '{second}' are given: leave \
                 one of them out."
            );
            return Err(ConfigError::new(second, message));
        }
        let limit = if first.is_empty() {
            0.0
        } else {
            choice.number(first)
        };
        Ok(match first {
            _ if limit <= 0.0 => Clip::None,
            "clipnorm" => Clip::Each(limit as f32),
            "clipvalue" => Clip::Value(limit as f32),
            _ => Clip::All(limit),
        })
    }

    /// Shortens the gradients `g` of these arrays.
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
                let (whole, share) = (1.0 / norm(g), (1.0 / limit) as f32);
                let scale = limit as f32 * if whole < share { whole } else { share };
                g.iter_mut().for_each(|g| *g *= scale);
            }
        }
    }
}
