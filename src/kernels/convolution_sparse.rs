//! Convolution of sparse images of one channel, such as digits: only nonzero pixels are multiplied.
//!
//! A pixel and a row of the kernel contribute to adjacent outputs, one per pixel of the kernel row. So the reversed kernel
//! row, times the pixel, is added to these outputs at once; a margin on both sides of the output rows takes the excess. The
//! results are bit-identical to the dense convolution if all numbers are finite, since adding a zero to a sum that started
//! at +0 does not change it.
//!
//! Measured (V8) for 28 x 28 digits, a fifth of their pixels nonzero, and 8 filters of 5 x 5: 5.3 µs per example instead of
//! 12, and 2.8 instead of 15 for the gradient of the kernel.

use super::convolution::Windows;
use super::registers::{MIN_COLUMNS, Registers, Strip, few_strips, in_few_registers};
use super::skipping::{Entry, entry, place};

/// Layout of the outputs of a sparse image. All lengths include the filters.
pub(super) struct Sparse {
    filters: usize,
    /// Number of output rows.
    rows: usize,
    /// Length of an output row.
    row: usize,
    /// Pixels in a row of the padded image.
    width: usize,
    /// Length of a row of the kernel.
    kernel_row: usize,
    /// Length of the margin on either side of an output row.
    margin: usize,
    /// Length of an output row with both margins.
    pitch: usize,
}

impl Windows<'_> {
    /// The layout, if the windows suit and at most half of the pixels are nonzero.
    pub(super) fn sparse(&self, x: &[f32]) -> Option<Sparse> {
        let g = self.geometry;
        let sparse = Sparse {
            filters: self.filters,
            rows: g.places[0],
            row: g.places[1] * self.filters,
            width: g.padded()[1],
            kernel_row: g.window[1] * self.filters,
            margin: (g.window[1] - 1) * self.filters,
            pitch: (g.padded()[1] + g.window[1] - 1) * self.filters,
        };
        let fits = g.is_dense_single_channel() && sparse.kernel_row >= MIN_COLUMNS;
        let nonzeros = || x.iter().filter(|x| **x != 0.0).count();
        (fits && nonzeros() <= x.len() / 2).then_some(sparse)
    }

    /// [`Windows::correlate`] of sparse images.
    pub(super) fn correlate_sparse(
        &self,
        sparse: &Sparse,
        x: &[f32],
        kernel: &[f32],
        bias: &[f32],
        y: &mut [f32],
        work: &mut [f32],
    ) {
        let g = self.geometry;
        let (padded, work) = work.split_at_mut(self.n_padded());
        let (kernel_rows, work) = work.split_at_mut(kernel.len());
        let (biases, work) = work.split_at_mut(sparse.row);
        sparse.reverse_rows(kernel, kernel_rows);
        biases.fill(0.0);
        biases
            .iter_mut()
            .zip(bias.iter().cycle())
            .for_each(|(to, bias)| *to = *bias);
        let (wide, entries) = work.split_at_mut(sparse.rows * sparse.pitch);
        let outputs = y.chunks_exact_mut(g.n_places() * self.filters);
        for (x, y) in x.chunks_exact(g.n_image()).zip(outputs) {
            let entries = sparse.entries(self.pad(x, padded), entries.as_chunks_mut().0);
            wide.fill(0.0);
            for (row, kernel_row) in kernel_rows.chunks_exact(sparse.kernel_row).enumerate() {
                let (entries, before) = sparse.entries_below(entries, row);
                // From the last strip to the first, so that each output is summed over its window in order.
                for strip in few_strips(sparse.kernel_row) {
                    in_few_registers!(
                        strip.width,
                        add_to_outputs(entries, before, kernel_row, wide, strip)
                    );
                }
            }
            for (y, wide) in y.chunks_exact_mut(sparse.row).zip(sparse.inner(wide)) {
                let sums = wide.iter().zip(&*biases);
                y.iter_mut()
                    .zip(sums)
                    .for_each(|(y, (sum, b))| *y = sum + b);
            }
        }
    }

    /// [`Windows::kernel_gradient`] of sparse images.
    pub(super) fn kernel_gradient_sparse(
        &self,
        sparse: &Sparse,
        x: &[f32],
        dy: &[f32],
        dkernel: &mut [f32],
        work: &mut [f32],
    ) {
        let g = self.geometry;
        let (padded, work) = work.split_at_mut(self.n_padded());
        let (dkernel_rows, work) = work.split_at_mut(dkernel.len());
        let (wide, entries) = work.split_at_mut(sparse.rows * sparse.pitch);
        dkernel_rows.fill(0.0);
        wide.fill(0.0);
        let outputs = dy.chunks_exact(g.n_places() * self.filters);
        for (x, dy) in x.chunks_exact(g.n_image()).zip(outputs) {
            let entries = sparse.entries(self.pad(x, padded), entries.as_chunks_mut().0);
            for (dy, wide) in dy
                .chunks_exact(sparse.row)
                .zip(wide.chunks_exact_mut(sparse.pitch))
            {
                wide[sparse.margin..][..sparse.row].copy_from_slice(dy);
            }
            for (row, dkernel_row) in dkernel_rows.chunks_exact_mut(sparse.kernel_row).enumerate() {
                let (entries, before) = sparse.entries_below(entries, row);
                add_products(entries, before, wide, dkernel_row);
            }
        }
        sparse.reverse_rows(dkernel_rows, dkernel);
    }
}

impl Sparse {
    /// The nonzero pixels of a padded image, with their positions in the outputs with margins.
    fn entries<'r>(&self, x: &[f32], buffer: &'r mut [Entry]) -> &'r [Entry] {
        let mut n = 0;
        for (row, x) in x.chunks_exact(self.width).enumerate() {
            let mut at = row * self.pitch;
            for x in x {
                if *x != 0.0 {
                    buffer[n] = entry(at, *x);
                    n += 1;
                }
                at += self.filters;
            }
        }
        &buffer[..n]
    }

    /// The entries that meet a row of the kernel, and the distance from their outputs to them.
    fn entries_below<'d>(&self, entries: &'d [Entry], row: usize) -> (&'d [Entry], usize) {
        let before = row * self.pitch;
        let until = |end: usize| entries.partition_point(|entry| place(entry) < end);
        let range = until(before)..until(before + self.rows * self.pitch);
        (&entries[range], before)
    }

    /// The output rows without their margins.
    fn inner<'w>(&self, wide: &'w [f32]) -> impl Iterator<Item = &'w [f32]> {
        let (from, to) = (self.margin, self.margin + self.row);
        wide.chunks_exact(self.pitch).map(move |row| &row[from..to])
    }

    /// Reverses the order of the pixels in each row of a kernel.
    fn reverse_rows(&self, kernel: &[f32], to: &mut [f32]) {
        for (from, to) in kernel
            .chunks_exact(self.kernel_row)
            .zip(to.chunks_exact_mut(self.kernel_row))
        {
            let pixels = from.chunks_exact(self.filters).rev();
            for (to, from) in to.chunks_exact_mut(self.filters).zip(pixels) {
                to.copy_from_slice(from);
            }
        }
    }
}

/// Adds value * kernel row to the outputs at the position of each entry, less `before`.
fn add_to_outputs<const F: usize>(
    entries: &[Entry],
    before: usize,
    kernel_row: &[f32],
    outputs: &mut [f32],
    strip: Strip,
) {
    strip.assert_holds(F);
    let kernel_row = Registers::<F>::load(&kernel_row[strip.start..][..strip.width]);
    let outputs = &mut outputs[strip.start..];
    for entry in entries {
        let outputs = &mut outputs[place(entry) - before..][..strip.width];
        Registers::load(outputs)
            .plus(entry[1], kernel_row)
            .store(outputs);
    }
}

/// Adds value * x, from the position of each entry, less `before`, to `sums`.
pub(super) fn add_products(entries: &[Entry], before: usize, x: &[f32], sums: &mut [f32]) {
    if sums.len() < MIN_COLUMNS {
        for entry in entries {
            let x = &x[place(entry) - before..];
            sums.iter_mut()
                .zip(x)
                .for_each(|(sum, x)| *sum += entry[1] * x);
        }
        return;
    }
    for strip in few_strips(sums.len()) {
        let (x, sums) = (&x[strip.start..], &mut sums[strip.start..][..strip.width]);
        in_few_registers!(
            strip.width,
            add_products_to_strip(entries, before, x, sums, strip)
        );
    }
}

fn add_products_to_strip<const F: usize>(
    entries: &[Entry],
    before: usize,
    x: &[f32],
    to: &mut [f32],
    strip: Strip,
) {
    strip.assert_holds(F);
    let mut sums = Registers::<F>::load(to);
    for entry in entries {
        let x = &x[place(entry) - before..][..strip.width];
        sums = sums.plus(entry[1], Registers::load(x));
    }
    sums.store(to);
}
