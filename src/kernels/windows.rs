//! Convolution as a product of matrices: each place's window becomes a row of a matrix, and back.

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

    /// Calls `f` with the place in a row of the matrix of windows, and in the image, of every run of
    /// `seen` channels; the latter `None` beyond the edge.
    #[inline(always)]
    fn each(&self, group: usize, mut f: impl FnMut(usize, Option<usize>)) {
        let [height, width] = self.image;
        let mut at = 0;
        for top in 0..self.places[0] {
            for left in 0..self.places[1] {
                for i in 0..self.window[0] {
                    let row = top * self.strides[0] + i * self.dilation[0];
                    let row = row.checked_sub(self.before[0]).filter(|r| *r < height);
                    for j in 0..self.window[1] {
                        let column = left * self.strides[1] + j * self.dilation[1];
                        let column = column.checked_sub(self.before[1]).filter(|c| *c < width);
                        let place = match (row, column) {
                            (Some(row), Some(column)) => {
                                Some((row * width + column) * self.channels + group * self.seen)
                            }
                            _ => None,
                        };
                        f(at, place);
                        at += self.seen;
                    }
                }
            }
        }
    }

    /// Fills `windows` (`[places, window]`) from a group of the image's channels.
    pub fn unfold(&self, group: usize, image: &[f32], windows: &mut [f32]) {
        let n = self.seen;
        self.each(group, |at, place| match place {
            Some(from) => windows[at..at + n].copy_from_slice(&image[from..from + n]),
            None => windows[at..at + n].fill(0.0),
        });
    }

    /// Adds `windows` to a group of the image's channels, where they came from.
    pub fn fold(&self, group: usize, windows: &[f32], image: &mut [f32]) {
        let n = self.seen;
        self.each(group, |at, place| {
            if let Some(to) = place {
                let numbers = image[to..to + n].iter_mut().zip(&windows[at..at + n]);
                numbers.for_each(|(to, from)| *to += from);
            }
        });
    }
}

/// Copies `n` columns from `start` on out of rows of `width`.
pub fn columns(from: &[f32], width: usize, start: usize, to: &mut [f32], n: usize) {
    for (from, to) in from.chunks_exact(width).zip(to.chunks_exact_mut(n)) {
        to.copy_from_slice(&from[start..start + n]);
    }
}

/// Copies rows of `n` into the columns from `start` on of rows of `width`.
pub fn into_columns(from: &[f32], n: usize, to: &mut [f32], width: usize, start: usize) {
    for (from, to) in from.chunks_exact(n).zip(to.chunks_exact_mut(width)) {
        to[start..start + n].copy_from_slice(from);
    }
}
