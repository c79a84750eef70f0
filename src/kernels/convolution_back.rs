//! Convolution, backward: the gradients of the kernel and of the image. Each sum goes over the windows from the first to
//! the last, example after example, the same in every build.

use super::block::{COLUMNS, Part, accumulate, first_of};
use super::convolution::Windows;
use super::convolution_sparse::add_products;
use super::registers::MIN_COLUMNS;
use super::skipping::{Entry, TILE, entry, list_columns};

/// Runs shorter than this are too narrow for a strip; their sums do not skip zero gradients.
const SHORT: usize = MIN_COLUMNS;

impl Windows<'_> {
    /// Fills `dkernel` = windows(x)^T dy, summed over all windows of all examples.
    pub fn kernel_gradient(&self, x: &[f32], dy: &[f32], dkernel: &mut [f32], work: &mut [f32]) {
        if let Some(sparse) = self.sparse(x) {
            return self.kernel_gradient_sparse(&sparse, x, dy, dkernel, work);
        }
        let (g, window) = (self.geometry, self.geometry.n_window());
        let (padded, work) = work.split_at_mut(self.n_padded());
        let (sums, entries) = work.split_at_mut(window * self.filters);
        let entries = entries.as_chunks_mut().0;
        let outputs = dy.chunks_exact(g.n_places() * self.filters);
        let examples = x.chunks_exact(g.n_image()).zip(outputs);
        if self.run < SHORT {
            dkernel.fill(0.0);
            for (x, dy) in examples {
                let x = self.pad(x, padded);
                for group in 0..self.groups {
                    self.short_gradient(group, x, dy, dkernel);
                }
            }
            return;
        }
        sums.fill(0.0);
        for (x, dy) in examples {
            self.long_gradient(self.pad(x, padded), dy, sums, entries);
        }
        for (filter, sums) in sums.chunks_exact(window).enumerate() {
            // `sums` has a row per filter; the kernel has a column per filter.
            let column = dkernel.iter_mut().skip(filter).step_by(self.filters);
            column.zip(sums).for_each(|(to, sum)| *to = *sum);
        }
    }

    /// Adds the gradient of one example, for short runs: the SIMD lanes go along the filters.
    fn short_gradient(&self, group: usize, x: &[f32], dy: &[f32], dkernel: &mut [f32]) {
        let (window, each) = (self.geometry.n_window(), self.group_filters());
        let first = group * each;
        for i in (0..window).step_by(4) {
            let height = 4.min(window - i);
            let numbers: [&[f32]; 4] = std::array::from_fn(|q| {
                let number = i + q.min(height - 1);
                let run = self.offset(group, number / self.run);
                &x[run + number % self.run..]
            });
            for j in (0..each).step_by(COLUMNS) {
                let part = Part {
                    i,
                    height,
                    j: first + j,
                    width: COLUMNS.min(each - j),
                    n: self.filters,
                };
                let mut block: [[f32; COLUMNS]; 4] = part.load(dkernel, false);
                let mut at = first + j;
                for start in self.starts().take(self.geometry.n_places()) {
                    let column = numbers.map(|number| number[start]);
                    accumulate(&mut block, column, &first_of(&dy[at..]));
                    at += self.filters;
                }
                part.store(block, &[], dkernel);
            }
        }
    }

    /// Adds the gradient of one example, for long runs, to `sums`: `[filters, window]`. Zero gradients are skipped; below a
    /// pooling layer or a ReLU most are zero.
    fn long_gradient(&self, x: &[f32], dy: &[f32], sums: &mut [f32], entries: &mut [Entry]) {
        let (n, window) = (self.geometry.n_places(), self.geometry.n_window());
        let filters = sums.chunks_mut(TILE * window).enumerate();
        for (first, sums) in filters.map(|(i, sums)| (i * TILE, sums)) {
            let mut counts = [0; TILE];
            let counts = &mut counts[..sums.len() / window];
            let part = first..first + counts.len();
            let rows = dy.chunks_exact(self.filters).map(|dy| &dy[part.clone()]);
            list_columns(self.starts().zip(rows), entries, n, counts);
            let lists = entries.chunks_exact(n).zip(counts);
            let filters = (first..).zip(sums.chunks_exact_mut(window)).zip(lists);
            for ((filter, sums), (list, count)) in filters {
                for (run, sums) in sums.chunks_exact_mut(self.run).enumerate() {
                    let x = &x[self.offset(filter / self.group_filters(), run)..];
                    add_products(&list[..*count], 0, x, sums);
                }
            }
        }
    }

    /// Fills `dx`, the gradient of the image: each window adds K dy to its part of the image.
    pub fn spread(&self, dy: &[f32], kernel: &[f32], dx: &mut [f32], work: &mut [f32]) {
        let (g, window) = (self.geometry, self.geometry.n_window());
        let (padded, work) = work.split_at_mut(self.n_padded());
        let (rows, entries) = work.split_at_mut(window * self.filters);
        let entries = entries.as_chunks_mut().0;
        for (filter, row) in rows.chunks_exact_mut(window).enumerate() {
            let column = kernel.iter().skip(filter).step_by(self.filters);
            row.iter_mut().zip(column).for_each(|(to, k)| *to = *k);
        }
        let outputs = dy.chunks_exact(g.n_places() * self.filters);
        for (dx, dy) in dx.chunks_exact_mut(g.n_image()).zip(outputs) {
            if g.pads() {
                self.spread_example(dy, rows, entries, padded);
                let image_rows = dx.chunks_exact_mut(g.image[1] * g.channels);
                for (to, from) in image_rows.zip(self.inner_rows(padded)) {
                    to.copy_from_slice(from);
                }
            } else {
                self.spread_example(dy, rows, entries, dx);
            }
        }
    }

    fn spread_example(&self, dy: &[f32], rows: &[f32], entries: &mut [Entry], dx: &mut [f32]) {
        let window = self.geometry.n_window();
        dx.fill(0.0);
        for (start, dy) in self.starts().zip(dy.chunks_exact(self.filters)) {
            let groups = dy.chunks_exact(self.group_filters()).enumerate();
            for (group, dy) in groups {
                let mut n = 0;
                for (filter, dy) in (group * self.group_filters()..).zip(dy) {
                    entries[n] = entry(filter * window, *dy);
                    n += usize::from(*dy != 0.0);
                }
                for run in 0..self.n_runs {
                    let dx = &mut dx[start + self.offset(group, run)..][..self.run];
                    add_products(&entries[..n], 0, &rows[run * self.run..], dx);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::windows::Geometry;
    use crate::numerics::rng::Stream;

    /// Calls `f` for every number of every window, with the index of the window, the index of the number in the window of a
    /// group, and the index in the image (`None`: padding).
    fn each(g: &Geometry, group: usize, mut f: impl FnMut(usize, usize, Option<usize>)) {
        for place in 0..g.n_places() {
            let (row, column) = (place / g.places[1], place % g.places[1]);
            for number in 0..g.n_window() {
                let (at, channel) = (number / g.seen, number % g.seen);
                let (i, j) = (at / g.window[1], at % g.window[1]);
                let y = (row * g.strides[0] + i * g.dilation[0]).checked_sub(g.before[0]);
                let x = (column * g.strides[1] + j * g.dilation[1]).checked_sub(g.before[1]);
                let inside = match (y, x) {
                    (Some(y), Some(x)) if y < g.image[0] && x < g.image[1] => {
                        Some((y * g.image[1] + x) * g.channels + group * g.seen + channel)
                    }
                    _ => None,
                };
                f(place, number, inside);
            }
        }
    }

    /// Compares the kernels with the plain loops, to the bit.
    fn check(g: &Geometry, filters: usize, groups: usize, batch: usize, stream: &mut Stream) {
        check_above(-9.0, g, filters, groups, batch, stream);
        // Sparse, as images of digits.
        check_above(0.5, g, filters, groups, batch, stream);
    }

    /// For images in which every number up to `threshold` is zero.
    fn check_above(
        threshold: f32,
        g: &Geometry,
        filters: usize,
        groups: usize,
        batch: usize,
        stream: &mut Stream,
    ) {
        let (window, each_group) = (g.n_window(), filters / groups);
        let mut random = |n: usize| (0..n).map(|_| stream.normal()).collect::<Vec<f32>>();
        let (mut x, k) = (random(batch * g.n_image()), random(window * filters));
        x.iter_mut()
            .for_each(|x| *x = if *x > threshold { *x } else { 0.0 });
        let mut dy = random(batch * g.n_places() * filters);
        // As the gradient below a ReLU.
        dy.iter_mut()
            .for_each(|d| *d = if *d > 0.3 { *d } else { 0.0 });
        let bias = random(filters);
        let mut y = vec![0.0; dy.len()];
        let mut dk = vec![0.0; k.len()];
        let mut dx = vec![0.0; x.len()];
        for example in 0..batch {
            let x = &x[example * g.n_image()..];
            let dx = &mut dx[example * g.n_image()..];
            for filter in 0..filters {
                let at = |place: usize| (example * g.n_places() + place) * filters + filter;
                each(g, filter / each_group, |place, number, from| {
                    let x = from.map_or(0.0, |from| x[from]);
                    y[at(place)] += x * k[number * filters + filter];
                    dk[number * filters + filter] += x * dy[at(place)];
                });
                for place in 0..g.n_places() {
                    y[at(place)] += bias[filter];
                }
            }
            for place in 0..g.n_places() {
                for filter in 0..filters {
                    let d = dy[(example * g.n_places() + place) * filters + filter];
                    each(g, filter / each_group, |p, number, from| {
                        if let Some(from) = from.filter(|_| p == place) {
                            dx[from] += d * k[number * filters + filter];
                        }
                    });
                }
            }
        }
        let windows = Windows::new(g, filters, groups);
        let mut work = vec![7.0; g.work(filters, groups)];
        let mut got = vec![9.0; y.len()];
        windows.correlate(&x, &k, &bias, &mut got, &mut work);
        assert_eq!(got, y, "forward, {filters} filters, {groups} groups, {g:?}");
        let mut got = vec![9.0; k.len()];
        windows.kernel_gradient(&x, &dy, &mut got, &mut work);
        assert_eq!(got, dk, "kernel, {filters} filters, {groups} groups, {g:?}");
        let mut got = vec![9.0; x.len()];
        windows.spread(&dy, &k, &mut got, &mut work);
        assert_eq!(got, dx, "image, {filters} filters, {groups} groups, {g:?}");
    }

    #[test]
    fn bits_equal_the_plain_loops() {
        let mut stream = Stream::new(5, 6);
        let plain = Geometry {
            image: [7, 9],
            channels: 1,
            seen: 1,
            window: [3, 5],
            strides: [1, 1],
            dilation: [1, 1],
            before: [0, 0],
            places: [5, 5],
        };
        let seeing = |channels, seen| Geometry {
            channels,
            seen,
            ..plain
        };
        for filters in [1, 3, 4, 5, 8, 10, 13, 70] {
            check(&plain, filters, 1, 2, &mut stream);
            check(&seeing(6, 6), filters, 1, 2, &mut stream);
        }
        // So many numbers that skipping zeros pays.
        for filters in [32, 45, 70] {
            check(&seeing(6, 6), filters, 1, 4, &mut stream);
            let placed = Geometry {
                before: [1, 2],
                strides: [2, 1],
                dilation: [2, 1],
                places: [3, 9],
                ..seeing(6, 6)
            };
            check(&placed, filters, 1, 4, &mut stream);
        }
        for channels in [1, 2] {
            let padded = Geometry {
                before: [1, 2],
                places: [7, 9],
                ..seeing(channels, channels)
            };
            check(&padded, 9, 1, 3, &mut stream);
        }
        let strided = Geometry {
            strides: [2, 3],
            places: [3, 2],
            ..seeing(4, 4)
        };
        check(&strided, 6, 1, 2, &mut stream);
        let dilated = Geometry {
            dilation: [2, 2],
            window: [2, 3],
            ..seeing(3, 3)
        };
        check(&dilated, 8, 1, 2, &mut stream);
        check(&seeing(6, 2), 6, 3, 2, &mut stream);
        let depthwise = Geometry {
            before: [0, 1],
            ..seeing(4, 1)
        };
        check(&depthwise, 4, 4, 2, &mut stream);
        check(&depthwise, 8, 4, 1, &mut stream);
        check(&seeing(40, 20), 10, 2, 1, &mut stream);
    }
}
