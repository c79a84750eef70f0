//! How an image lies in memory, and what stands outside of it.

use crate::layers::layer::{Build, Shape};
use crate::options::ConfigObject;
use crate::options::error::ConfigError;

/// How an image lies in memory.
#[derive(Clone, Copy)]
pub struct View {
    pub height: usize,
    pub width: usize,
    pub channels: usize,
    channels_first: bool,
}

impl View {
    /// The input of a layer.
    ///
    /// # Errors
    /// Anything but an image.
    pub fn of(request: &Build<'_>) -> Result<Self, ConfigError> {
        let channels_first = request
            .config
            .class
            .options
            .iter()
            .any(|o| o.name == "data_format")
            && request.config.word("data_format") == "channels_first";
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

    /// As large as the options `height` and `width` say.
    pub fn resized(self, config: &ConfigObject) -> Self {
        View {
            height: config.count("height").unwrap_or(1),
            width: config.count("width").unwrap_or(1),
            ..self
        }
    }

    pub fn shape(self) -> Shape {
        match self.channels_first {
            true => vec![self.channels, self.height, self.width],
            false => vec![self.height, self.width, self.channels],
        }
    }

    pub fn size(self) -> usize {
        self.height * self.width * self.channels
    }

    pub fn at(self, row: usize, column: usize, channel: usize) -> usize {
        match self.channels_first {
            true => (channel * self.height + row) * self.width + column,
            false => (row * self.width + column) * self.channels + channel,
        }
    }

    /// Calls with the place of every number of a channel, rows first.
    pub fn plane(self, channel: usize, f: &mut dyn FnMut(usize)) {
        for row in 0..self.height {
            (0..self.width).for_each(|column| f(self.at(row, column, channel)));
        }
    }

    /// Calls with row, column and channel of every number, rows first.
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

/// The nearest place inside.
pub fn held(at: f32, n: usize) -> f32 {
    at.min((n - 1) as f32).max(0.0)
}

/// dcba|abcd|dcba, to the last bit as TensorFlow folds it.
pub fn mirrored(mut at: f32, n: usize) -> f32 {
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
    held(at, n)
}

/// abcd|abcd|abcd.
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
    held(at, n)
}
