//! The layout of an image in memory, and positions outside of it.

use crate::layers::layer::{Build, Shape};
use crate::options::error::{ConfigError, Result};

/// Layout of an image in memory.
#[derive(Clone, Copy)]
pub struct View {
    pub height: usize,
    pub width: usize,
    pub channels: usize,
    channels_first: bool,
}

impl View {
    /// The input of a layer, by its option `data_format`.
    ///
    /// # Errors
    /// An input that is not an image.
    pub fn of(request: &Build<'_>, data_format: &str) -> Result<Self> {
        let channels_first = data_format == "channels_first";
        match (request.input().as_slice(), channels_first) {
            (&[height, width, channels], false) | (&[channels, height, width], true) => Ok(View {
                height,
                width,
                channels,
                channels_first,
            }),
            (other, _) => {
                let message = format!(
                    "{} takes an image, [height, width, channels], but its input has the shape {other:?}: \
                     put a Reshape before it.",
                    request.config.class.class_name
                );
                Err(ConfigError::new("", message))
            }
        }
    }

    /// The same layout for an image of this height and width.
    pub fn resized(self, height: usize, width: usize) -> Self {
        View {
            height,
            width,
            ..self
        }
    }

    /// Shape of the image.
    pub fn shape(self) -> Shape {
        match self.channels_first {
            true => vec![self.channels, self.height, self.width],
            false => vec![self.height, self.width, self.channels],
        }
    }

    /// Number of values of the image.
    pub fn size(self) -> usize {
        self.height * self.width * self.channels
    }

    /// Index of a value.
    pub fn at(self, row: usize, column: usize, channel: usize) -> usize {
        match self.channels_first {
            true => (channel * self.height + row) * self.width + column,
            false => (row * self.width + column) * self.channels + channel,
        }
    }

    /// Calls `f` with the index of each value of a channel, row by row.
    pub fn plane(self, channel: usize, f: &mut dyn FnMut(usize)) {
        for row in 0..self.height {
            (0..self.width).for_each(|column| f(self.at(row, column, channel)));
        }
    }

    /// Calls `f` with row, column and channel of each value, row by row.
    pub fn each(self, f: &mut dyn FnMut(usize, usize, usize)) {
        for row in 0..self.height {
            for column in 0..self.width {
                for channel in 0..self.channels {
                    f(row, column, channel);
                }
            }
        }
    }
}

/// The nearest position inside, for `n` positions.
pub fn nearest(at: f32, n: usize) -> f32 {
    at.min((n - 1) as f32).max(0.0)
}

/// The position inside with reflection, dcba|abcd|dcba, bit for bit as TensorFlow computes it.
pub fn reflected(mut at: f32, n: usize) -> f32 {
    let (len, two) = (n as f32, (2 * n) as f32);
    if n <= 1 {
        return 0.0;
    }
    if at < 0.0 {
        at += two * (-at / two).floor();
        at = if at < -len { at + two } else { -at - 1.0 };
    } else if at > len - 1.0 {
        at -= two * (at / two).floor();
        if at >= len {
            at = two - at - 1.0;
        }
    }
    nearest(at, n)
}

/// The position inside with repetition, abcd|abcd|abcd.
pub fn wrapped(mut at: f32, n: usize) -> f32 {
    let len = n as f32;
    if n <= 1 {
        return 0.0;
    }
    if at < 0.0 {
        at += len * ((-at / (len - 1.0)).floor() + 1.0);
    } else if at > len - 1.0 {
        at -= len * (at / (len - 1.0)).floor();
    }
    nearest(at, n)
}
