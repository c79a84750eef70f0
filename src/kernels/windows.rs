//! Geometry of sliding windows: the position of each window on an image, and its contiguous runs.
//!
//! A run is a part of a window that is contiguous in the image: a row of the window or, with dilation or groups, the
//! channels of one pixel.

use super::block::COLUMNS;
use super::skipping::TILE;

/// Positions of the windows on an image `[height, width, channels]`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Geometry {
    /// Height and width of the image.
    pub image: [usize; 2],
    /// Channels of the image.
    pub channels: usize,
    /// Channels of a window: those of one group.
    pub seen: usize,
    /// Height and width of the window.
    pub window: [usize; 2],
    /// Step from one window to the next, down and right.
    pub strides: [usize; 2],
    /// Step from one pixel of a window to the next (dilation).
    pub dilation: [usize; 2],
    /// Padding above and left of the image.
    pub before: [usize; 2],
    /// Number of windows down and right.
    pub places: [usize; 2],
}

impl Geometry {
    /// Number of windows.
    pub fn n_places(&self) -> usize {
        self.places[0] * self.places[1]
    }

    /// Length of a window.
    pub fn n_window(&self) -> usize {
        self.window[0] * self.window[1] * self.seen
    }

    /// Length of an image.
    pub fn n_image(&self) -> usize {
        self.image[0] * self.image[1] * self.channels
    }

    /// Whether each row of a window is one run.
    pub(super) fn rows_are_runs(&self) -> bool {
        self.dilation[1] == 1 && self.seen == self.channels
    }

    /// Length of a run.
    pub(super) fn run(&self) -> usize {
        match self.rows_are_runs() {
            true => self.window[1] * self.seen,
            false => self.seen,
        }
    }

    /// Height and width of the image with the padding that windows reach.
    pub(super) fn padded(&self) -> [usize; 2] {
        [0, 1].map(|axis| {
            let extent = (self.window[axis] - 1) * self.dilation[axis] + 1;
            let end = (self.places[axis] - 1) * self.strides[axis] + extent;
            end.max(self.before[axis] + self.image[axis])
        })
    }

    /// Whether windows reach into padding.
    pub(super) fn pads(&self) -> bool {
        self.padded() != self.image
    }

    /// Whether windows have one channel, stride 1 and no dilation.
    pub(super) fn is_dense_single_channel(&self) -> bool {
        self.channels == 1 && self.strides == [1, 1] && self.dilation == [1, 1]
    }

    /// Length of the work buffer of [`Windows::correlate`](super::convolution::Windows::correlate) and its gradients.
    pub fn work(&self, filters: usize, groups: usize) -> usize {
        let [height, width] = self.padded();
        let each = filters / groups.max(1);
        let kernel = self.n_window() * each.next_multiple_of(COLUMNS) * groups;
        let image = if self.pads() {
            height * width * self.channels
        } else {
            0
        };
        let sparse = if self.is_dense_single_channel() {
            // Outputs with margins, a row of biases, and two numbers per pixel.
            let columns = width + self.window[1] - 1;
            (self.places[0] * columns + self.places[1]) * filters + 2 * height * width
        } else {
            0
        };
        let skipping = match self.can_skip() {
            true => self.skipping_work(filters),
            false => 0,
        };
        let lists = 2 * (self.n_places() * TILE.min(filters)).max(each);
        image + (kernel + sparse.max(lists)).max(skipping)
    }
}
