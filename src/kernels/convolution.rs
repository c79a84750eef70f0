//! Convolution, forward: the product of every window of an image with a kernel. Windows are read in place, without a copy
//! of each (im2col).
//!
//! Each sum goes over a window from its first number to its last, the same in every build.

use super::block::{COLUMNS, Part, first_of, sum_eight, sum_four};
use super::windows::Geometry;

/// A convolution: forward, and the gradients of its kernel and of its image.
pub struct Windows<'a> {
    pub(super) geometry: &'a Geometry,
    pub(super) groups: usize,
    pub(super) filters: usize,
    /// Length of a row of the padded image.
    pitch: usize,
    /// Length of a run.
    pub(super) run: usize,
    /// Number of runs of a window.
    pub(super) n_runs: usize,
}

impl<'a> Windows<'a> {
    /// `filters`: the number of all filters; each of the `groups` of channels has an equal part of them.
    pub fn new(geometry: &'a Geometry, filters: usize, groups: usize) -> Self {
        let run = geometry.run();
        Windows {
            geometry,
            groups,
            filters,
            pitch: geometry.padded()[1] * geometry.channels,
            run,
            n_runs: geometry.n_window() / run,
        }
    }

    /// Filters of one group.
    pub(super) fn group_filters(&self) -> usize {
        self.filters / self.groups
    }

    /// Start of a window in the padded image.
    #[inline(always)]
    pub(super) fn start(&self, row: usize, column: usize) -> usize {
        let g = self.geometry;
        row * g.strides[0] * self.pitch + column * g.strides[1] * g.channels
    }

    /// Starts of all windows.
    #[inline(always)]
    pub(super) fn starts(&self) -> impl Iterator<Item = usize> + use<> {
        let g = self.geometry;
        let (step, next_row) = (g.strides[1] * g.channels, g.strides[0] * self.pitch);
        let (mut row, mut column, columns) = (0, 0, g.places[1]);
        std::iter::from_fn(move || {
            let start = row + column * step;
            column += 1;
            if column == columns {
                (row, column) = (row + next_row, 0);
            }
            Some(start)
        })
    }

    /// Offset of a run of a group, from the start of its window.
    #[inline(always)]
    pub(super) fn offset(&self, group: usize, run: usize) -> usize {
        let g = self.geometry;
        let offset = match g.rows_are_runs() {
            true => run * g.dilation[0] * self.pitch,
            false => {
                run / g.window[1] * g.dilation[0] * self.pitch
                    + run % g.window[1] * g.dilation[1] * g.channels
            }
        };
        offset + group * g.seen
    }

    /// Returns the padded image: a copy in `buffer`, or the image itself if nothing is padded.
    pub(super) fn pad<'x>(&self, image: &'x [f32], buffer: &'x mut [f32]) -> &'x [f32] {
        let g = self.geometry;
        if !g.pads() {
            return image;
        }
        buffer.fill(0.0);
        for (row, to) in image
            .chunks_exact(g.image[1] * g.channels)
            .zip(self.inner_rows(buffer))
        {
            to.copy_from_slice(row);
        }
        buffer
    }

    /// The rows of the image inside the padded image.
    pub(super) fn inner_rows<'x>(
        &self,
        padded: &'x mut [f32],
    ) -> impl Iterator<Item = &'x mut [f32]> {
        let g = self.geometry;
        let (from, n) = (g.before[1] * g.channels, g.image[1] * g.channels);
        let rows = padded.chunks_exact_mut(self.pitch).skip(g.before[0]);
        rows.take(g.image[0])
            .map(move |row| &mut row[from..from + n])
    }

    /// Length of the padded image; 0 if nothing is padded.
    pub(super) fn n_padded(&self) -> usize {
        let g = self.geometry;
        if g.pads() {
            g.padded()[0] * self.pitch
        } else {
            0
        }
    }

    /// y = windows(x) K + bias. `x`: `[batch, image]`, `kernel`: `[window, filters]`, `bias`: `[filters]` or empty, `y`:
    /// `[batch, windows, filters]`, `work`: [`Geometry::work`] numbers.
    pub fn correlate(
        &self,
        x: &[f32],
        kernel: &[f32],
        bias: &[f32],
        y: &mut [f32],
        work: &mut [f32],
    ) {
        if self.skips(x) {
            return self.correlate_skipping(x, kernel, bias, y, work);
        }
        if let Some(sparse) = self.sparse(x) {
            return self.correlate_sparse(&sparse, x, kernel, bias, y, work);
        }
        let (g, each, window) = (
            self.geometry,
            self.group_filters(),
            self.geometry.n_window(),
        );
        let (padded, work) = work.split_at_mut(self.n_padded());
        let n_panels = window * each.next_multiple_of(COLUMNS);
        let panels = &mut work[..n_panels * self.groups];
        for (group, to) in panels.chunks_exact_mut(n_panels).enumerate() {
            pack_group(kernel, self.filters, group * each, each, to);
        }
        let outputs = y.chunks_exact_mut(g.n_places() * self.filters);
        for (x, y) in x.chunks_exact(g.n_image()).zip(outputs) {
            let x = self.pad(x, padded);
            for (group, panels) in panels.chunks_exact(n_panels).enumerate() {
                self.correlate_group(group, x, panels, bias, y);
            }
        }
    }

    /// The filters of one group, on one example.
    fn correlate_group(
        &self,
        group: usize,
        x: &[f32],
        panels: &[f32],
        bias: &[f32],
        y: &mut [f32],
    ) {
        let [rows, columns] = self.geometry.places;
        let (each, first) = (self.group_filters(), group * self.group_filters());
        let narrow = if each % COLUMNS <= 4 {
            each % COLUMNS
        } else {
            0
        };
        let window = self.geometry.n_window();
        let (wide, last) = panels
            .as_chunks()
            .0
            .split_at(window * ((each - narrow).div_ceil(COLUMNS)));
        for row in 0..rows {
            let part = |column: usize, height: usize, j: usize, width: usize| Part {
                i: row * columns + column,
                height: height.min(columns - column),
                j: first + j,
                width,
                n: self.filters,
            };
            if !wide.is_empty() {
                for column in (0..columns).step_by(4) {
                    let starts = self.row_starts::<4>(row, column);
                    for (j, panel) in (0..).step_by(COLUMNS).zip(wide.chunks_exact(window)) {
                        let part = part(column, 4, j, COLUMNS.min(each - j));
                        let mut block = [[0.0; COLUMNS]; 4];
                        for (run, panel) in panel.chunks_exact(self.run).enumerate() {
                            let runs = self.runs(x, &starts, self.offset(group, run));
                            sum_four(&mut block, runs, panel);
                        }
                        part.store(block, bias, y);
                    }
                }
            }
            if narrow > 0 {
                for column in (0..columns).step_by(8) {
                    let starts = self.row_starts::<8>(row, column);
                    let mut block = [[0.0; 4]; 8];
                    for (run, panel) in last.chunks_exact(self.run).enumerate() {
                        let runs = self.runs(x, &starts, self.offset(group, run));
                        sum_eight(&mut block, runs, panel);
                    }
                    part(column, 8, each - narrow, narrow).store(block, bias, y);
                }
            }
        }
    }

    /// Starts of R windows of one row. Beyond the last window, it is repeated.
    #[inline(always)]
    fn row_starts<const R: usize>(&self, row: usize, column: usize) -> [usize; R] {
        let last = self.geometry.places[1] - 1;
        std::array::from_fn(|q| self.start(row, (column + q).min(last)))
    }

    /// The run at `offset` of each of R windows.
    #[inline(always)]
    fn runs<'x, const R: usize>(
        &self,
        x: &'x [f32],
        starts: &[usize; R],
        offset: usize,
    ) -> [&'x [f32]; R] {
        starts.map(|start| &x[start + offset..][..self.run])
    }
}

/// Packs the columns of one group of filters into panels.
fn pack_group(kernel: &[f32], filters: usize, first: usize, each: usize, to: &mut [f32]) {
    let window = kernel.len() / filters;
    for (strip, panel) in to
        .as_chunks_mut::<COLUMNS>()
        .0
        .chunks_exact_mut(window)
        .enumerate()
    {
        let j = first + strip * COLUMNS;
        let width = COLUMNS.min(first + each - j);
        for (to, row) in panel.iter_mut().zip(kernel.chunks_exact(filters)) {
            *to = first_of(&row[j..j + width]);
        }
    }
}
