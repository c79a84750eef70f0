//! Options that name axes of an array, counted with the batch as 0 or from the end as -1.

use super::ConfigObject;
use crate::options::error::ConfigError;
use crate::options::short;

impl ConfigObject {
    /// How many of the last axes of an array of `rank` axes its option `axis` names: 1 without such an
    /// option, all where it is `None`.
    ///
    /// # Errors
    /// Axes that the array does not have, or others than the last ones.
    pub fn trailing_axes(&self, rank: usize) -> Result<usize, ConfigError> {
        if self.class.all_options().all(|o| o.name != "axis") {
            return Ok(1);
        }
        let (axes, n) = (self.ints("axis"), rank as i64);
        let place = |axis: &i64| if *axis < 0 { n + axis } else { *axis };
        let counted = axes.len();
        let named = |at: &usize| axes.iter().any(|axis| place(axis) == *at as i64);
        let message = if axes.is_empty() {
            return Ok(rank);
        } else if axes.iter().any(|axis| !(0..n).contains(&place(axis))) {
            format!(
                "'axis' of {} is {}, but the array has {rank} axes with the batch, from 0 to {} (-1 is the last).",
                self.class.class_name,
                short(&self.axis_json()),
                rank - 1
            )
        } else if counted <= rank && (rank - counted..rank).all(|at| named(&at)) {
            return Ok(counted);
        } else {
            self.last_axis_only(rank)
        };
        Err(ConfigError::new("config.axis", message))
    }

    /// As [`ConfigObject::trailing_axes`], where only the last axis will do.
    ///
    /// # Errors
    /// Any other axes.
    pub fn check_last_axis(&self, rank: usize) -> Result<(), ConfigError> {
        match self.trailing_axes(rank)? {
            1 => Ok(()),
            _ => Err(ConfigError::new("config.axis", self.last_axis_only(rank))),
        }
    }

    fn axis_json(&self) -> serde_json::Value {
        self.get("axis").to_json()
    }

    fn last_axis_only(&self, rank: usize) -> String {
        format!(
            "{} along axis {}: Keras has that, but this engine goes along the last axis only (-1, or {} here). \
             Give -1{}.",
            self.class.class_name,
            short(&self.axis_json()),
            rank - 1,
            match rank {
                2 => "",
                _ => ", and put a Permute before it where another axis is meant",
            }
        )
    }
}
