//! How windows slide over an image: where each begins, and which of its numbers are contiguous.
//!
//! A window is a few runs of numbers that are contiguous in the image: one for each of its rows, or for
//! each of its places where these lie apart.

use super::block::COLUMNS;

/// How windows lie on an image `[height, width, channels]`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Geometry {
    /// Height and width of the image.
    pub image: [usize; 2],
    /// Channels of the image.
    pub channels: usize,
    /// Channels that a window sees: those of one group.
    pub seen: usize,
    /// Height and width of the window.
    pub window: [usize; 2],
    /// Steps from one window to the next.
    pub strides: [usize; 2],
    /// Steps from one number of a window to the next.
    pub dilation: [usize; 2],
    /// Zeros above and left of the image.
    pub before: [usize; 2],
    /// Rows and columns of windows.
    pub places: [usize; 2],
}

impl Geometry {
    /// How many windows there are.
    pub fn n_places(&self) -> usize {
        self.places[0] * self.places[1]
    }

    /// Numbers of a window.
    pub fn n_window(&self) -> usize {
        self.window[0] * self.window[1] * self.seen
    }

    /// Numbers of an image.
    pub fn n_image(&self) -> usize {
        self.image[0] * self.image[1] * self.channels
    }

    /// Whether a row of a window is one run.
    pub(super) fn rows_are_runs(&self) -> bool {
        self.dilation[1] == 1 && self.seen == self.channels
    }

    /// Numbers of a run.
    pub(super) fn run(&self) -> usize {
        match self.rows_are_runs() {
            true => self.window[1] * self.seen,
            false => self.seen,
        }
    }

    /// Height and width of the image with all zeros that windows reach.
    pub(super) fn padded(&self) -> [usize; 2] {
        [0, 1].map(|axis| {
            let reach = (self.window[axis] - 1) * self.dilation[axis] + 1;
            let end = (self.places[axis] - 1) * self.strides[axis] + reach;
            end.max(self.before[axis] + self.image[axis])
        })
    }

    /// Whether windows reach beyond the image.
    pub(super) fn pads(&self) -> bool {
        self.padded() != self.image
    }

    /// Whether windows see one channel, and lie side by side.
    pub(super) fn lies_side_by_side(&self) -> bool {
        self.channels == 1 && self.strides == [1, 1] && self.dilation == [1, 1]
    }

    /// Numbers that [`Windows::correlate`](super::convolution::Windows::correlate) and its gradients work in, for `filters` filters of `groups`
    /// groups.
    pub fn work(&self, filters: usize, groups: usize) -> usize {
        let [height, width] = self.padded();
        let each = filters / groups.max(1);
        let kernel = self.n_window() * each.next_multiple_of(COLUMNS) * groups;
        let image = if self.pads() {
            height * width * self.channels
        } else {
            0
        };
        let sparse = if self.lies_side_by_side() {
            // Outputs with margins, a row of biases, and two numbers for each of an image.
            let columns = width + self.window[1] - 1;
            (self.places[0] * columns + self.places[1]) * filters + 2 * height * width
        } else {
            0
        };
        kernel + image + sparse.max(2 * self.n_places().max(each))
    }
}
