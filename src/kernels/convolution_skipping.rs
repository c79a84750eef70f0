//! Convolution of images with several channels of which most numbers are zero, such as the outputs of a ReLU: zeros are
//! skipped.
//!
//! What is not zero is listed once for each row of an image. A row of a window is then a part of such a list, and each of
//! its numbers meets the row of the kernel that belongs to it. The results are bit-identical to the dense convolution if all
//! numbers are finite.

use super::convolution::Windows;
use super::skipping::{Entry, STRIP, Sums, ZERO, add, entry, pays};
use super::windows::Geometry;

impl Geometry {
    /// Whether such a convolution can skip zeros.
    pub(super) fn can_skip(&self) -> bool {
        self.rows_are_runs()
    }

    /// Numbers that it needs beside the padded image: the kernel in strips, the entries, and where those of a pixel start.
    pub(super) fn skipping_work(&self, filters: usize) -> usize {
        let [height, width] = self.padded();
        let strips = self.n_window() * filters.next_multiple_of(STRIP);
        strips + 2 * height * width * self.channels + height * (width + 1)
    }
}

impl Windows<'_> {
    /// Whether to use [`Windows::correlate_skipping`].
    pub(super) fn skips(&self, x: &[f32]) -> bool {
        self.geometry.can_skip() && self.groups == 1 && pays(x, self.filters)
    }

    /// [`Windows::correlate`] of images of which most numbers are zero.
    pub(super) fn correlate_skipping(
        &self,
        x: &[f32],
        kernel: &[f32],
        bias: &[f32],
        y: &mut [f32],
        work: &mut [f32],
    ) {
        let g = self.geometry;
        let (padded, work) = work.split_at_mut(self.n_padded());
        let n_strip = g.n_window() * STRIP;
        let (strips, work) = work.split_at_mut(self.filters.div_ceil(STRIP) * n_strip);
        for (strip, to) in strips.chunks_exact_mut(n_strip).enumerate() {
            let first = strip * STRIP;
            let width = STRIP.min(self.filters - first);
            for (to, row) in to
                .chunks_exact_mut(STRIP)
                .zip(kernel.chunks_exact(self.filters))
            {
                to[..width].copy_from_slice(&row[first..first + width]);
                to[width..].fill(0.0);
            }
        }
        let [height, width] = g.padded();
        let (starts, entries) = work.split_at_mut(height * (width + 1));
        let entries = entries.as_chunks_mut().0;
        let outputs = y.chunks_exact_mut(g.n_places() * self.filters);
        for (x, y) in x.chunks_exact(g.n_image()).zip(outputs) {
            list(self.pad(x, padded), g, starts, entries);
            for (strip, panel) in (0..).step_by(STRIP).zip(strips.chunks_exact(n_strip)) {
                let panel = panel.as_chunks().0.as_chunks().0;
                let width = STRIP.min(self.filters - strip);
                let bias = bias.get(strip..strip + width).unwrap_or_default();
                self.strip(starts, entries, panel, bias, &mut y[strip..], width);
            }
        }
    }

    /// The outputs of some adjacent filters, for one example. `y` starts with the first of them.
    fn strip(
        &self,
        starts: &[f32],
        entries: &[Entry],
        panel: &[Sums],
        bias: &[f32],
        y: &mut [f32],
        width: usize,
    ) {
        let g = self.geometry;
        let per_row = g.padded()[1] + 1;
        let at = |row: usize, pixel: usize| starts[row * per_row + pixel].to_bits() as usize;
        let [rows, columns] = g.places;
        for row in 0..rows {
            for column in 0..columns {
                let pixel = column * g.strides[1];
                let mut sums = ZERO;
                for (run, panel) in panel.chunks_exact(self.run).enumerate() {
                    let image_row = row * g.strides[0] + run * g.dilation[0];
                    let list = &entries[at(image_row, pixel)..at(image_row, pixel + g.window[1])];
                    sums = add(sums, list, pixel * g.channels, panel);
                }
                let sums = &sums.as_flattened()[..width];
                let y = &mut y[(row * columns + column) * self.filters..][..width];
                match bias {
                    [] => y.copy_from_slice(sums),
                    _ => {
                        let sums = sums.iter().zip(bias);
                        y.iter_mut()
                            .zip(sums)
                            .for_each(|(y, (sum, b))| *y = sum + b);
                    }
                }
            }
        }
    }
}

/// Lists the numbers of a padded image that are not zero, with their places in their row, and for each pixel of a row, and
/// for its end, where its entries start.
fn list(x: &[f32], g: &Geometry, starts: &mut [f32], entries: &mut [Entry]) {
    let width = g.padded()[1];
    let mut n = 0;
    let rows = x.chunks_exact(width * g.channels);
    for (row, starts) in rows.zip(starts.chunks_exact_mut(width + 1)) {
        let mut at = 0;
        for (pixel, start) in row.chunks_exact(g.channels).zip(&mut *starts) {
            *start = f32::from_bits(n as u32);
            for x in pixel {
                entries[n] = entry(at, *x);
                n += usize::from(*x != 0.0);
                at += 1;
            }
        }
        starts[width] = f32::from_bits(n as u32);
    }
}
