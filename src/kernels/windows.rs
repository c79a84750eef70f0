//! Windows that slide over an image, and what a convolution and its gradients make of them. The windows
//! are read where they lie in the image; none is copied, but for very small ones.
//!
//! A window is a few runs of numbers that are contiguous in the image: one for each of its rows, or for
//! each of its places where these lie apart. Sums go over a window from its first number to its last, and
//! over places from the first to the last, the same in every build.

use super::matmul::{COLUMNS, Part, accumulate, first_of, sum_eight, sum_four};
use super::registers::{Registers, in_registers, strips};

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

/// Runs shorter than this are copied together before they are multiplied.
const SHORT: usize = 16;
/// Filters whose gradients are looked through at a time.
const FILTERS: usize = 64;
/// Numbers of a run that are worked on at a time: more would not stay in registers.
const LANES: usize = 20;

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
    fn rows_are_runs(&self) -> bool {
        self.dilation[1] == 1 && self.seen == self.channels
    }

    /// Numbers of a run.
    fn run(&self) -> usize {
        match self.rows_are_runs() {
            true => self.window[1] * self.seen,
            false => self.seen,
        }
    }

    /// Height and width of the image with all zeros that windows reach.
    fn padded(&self) -> [usize; 2] {
        [0, 1].map(|axis| {
            let reach = (self.window[axis] - 1) * self.dilation[axis] + 1;
            let end = (self.places[axis] - 1) * self.strides[axis] + reach;
            end.max(self.before[axis] + self.image[axis])
        })
    }

    /// Whether windows reach beyond the image.
    fn pads(&self) -> bool {
        self.padded() != self.image
    }

    /// Numbers that [`Geometry::correlate`] and its gradients work in, for `filters` filters of `groups`
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
        kernel + image + 2 * COLUMNS * self.n_window()
    }
}

/// A convolution's arithmetic on one example after another.
pub struct Windows<'a> {
    geometry: &'a Geometry,
    groups: usize,
    filters: usize,
    /// Numbers of a row of the padded image.
    pitch: usize,
    run: usize,
    n_runs: usize,
}

impl<'a> Windows<'a> {
    /// Windows with this many filters, a part of them for each group of channels.
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

    /// Filters of a group.
    fn each(&self) -> usize {
        self.filters / self.groups
    }

    /// Where a window begins in the padded image.
    #[inline(always)]
    fn start(&self, row: usize, column: usize) -> usize {
        let g = self.geometry;
        row * g.strides[0] * self.pitch + column * g.strides[1] * g.channels
    }

    /// Where each window begins.
    #[inline(always)]
    fn starts(&self) -> impl Iterator<Item = usize> + use<> {
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

    /// Where a run of a group begins in a window.
    #[inline(always)]
    fn offset(&self, group: usize, run: usize) -> usize {
        let g = self.geometry;
        let inside = match g.rows_are_runs() {
            true => run * g.dilation[0] * self.pitch,
            false => {
                run / g.window[1] * g.dilation[0] * self.pitch
                    + run % g.window[1] * g.dilation[1] * g.channels
            }
        };
        inside + group * g.seen
    }

    /// The image with its zeros around: as it is where there are none.
    fn pad<'x>(&self, image: &'x [f32], room: &'x mut [f32]) -> &'x [f32] {
        let g = self.geometry;
        if !g.pads() {
            return image;
        }
        room.fill(0.0);
        for (row, to) in image
            .chunks_exact(g.image[1] * g.channels)
            .zip(self.inner_rows(room))
        {
            to.copy_from_slice(row);
        }
        room
    }

    /// The rows of the image inside of the padded one.
    fn inner_rows<'x>(&self, padded: &'x mut [f32]) -> impl Iterator<Item = &'x mut [f32]> {
        let g = self.geometry;
        let (from, n) = (g.before[1] * g.channels, g.image[1] * g.channels);
        let rows = padded.chunks_exact_mut(self.pitch).skip(g.before[0]);
        rows.take(g.image[0])
            .map(move |row| &mut row[from..from + n])
    }

    /// The numbers of the padded image; 0 where the image is taken as it is.
    fn n_padded(&self) -> usize {
        let g = self.geometry;
        if g.pads() {
            g.padded()[0] * self.pitch
        } else {
            0
        }
    }

    /// y = windows(x) K + bias. `x`: `[batch, image]`, `kernel`: `[window, filters]`, `bias`: `[filters]` or
    /// empty, `y`: `[batch, places, filters]`.
    pub fn correlate(
        &self,
        x: &[f32],
        kernel: &[f32],
        bias: &[f32],
        y: &mut [f32],
        work: &mut [f32],
    ) {
        let (g, each, window) = (self.geometry, self.each(), self.geometry.n_window());
        let (room, work) = work.split_at_mut(self.n_padded());
        let n_panels = window * each.next_multiple_of(COLUMNS);
        let (panels, copies) = work.split_at_mut(n_panels * self.groups);
        for (group, to) in panels.chunks_exact_mut(n_panels).enumerate() {
            pack_group(kernel, self.filters, group * each, each, to);
        }
        let outputs = y.chunks_exact_mut(g.n_places() * self.filters);
        for (x, y) in x.chunks_exact(g.n_image()).zip(outputs) {
            let x = self.pad(x, room);
            for (group, panels) in panels.chunks_exact(n_panels).enumerate() {
                self.correlate_group(group, x, panels, bias, y, copies);
            }
        }
    }

    fn correlate_group(
        &self,
        group: usize,
        x: &[f32],
        panels: &[f32],
        bias: &[f32],
        y: &mut [f32],
        copies: &mut [f32],
    ) {
        let [rows, columns] = self.geometry.places;
        let (each, first) = (self.each(), group * self.each());
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
                    let windows = self.some::<4>(group, x, row, column, copies);
                    for (j, panel) in (0..).step_by(COLUMNS).zip(wide.chunks_exact(window)) {
                        let part = part(column, 4, j, COLUMNS.min(each - j));
                        let mut block = [[0.0; COLUMNS]; 4];
                        for (run, panel) in panel.chunks_exact(windows.run).enumerate() {
                            sum_four(&mut block, self.runs(group, &windows, run), panel);
                        }
                        part.store(block, bias, y);
                    }
                }
            }
            if narrow > 0 {
                for column in (0..columns).step_by(8) {
                    let windows = self.some::<8>(group, x, row, column, copies);
                    let mut block = [[0.0; 4]; 8];
                    for (run, panel) in last.chunks_exact(windows.run).enumerate() {
                        sum_eight(&mut block, self.runs(group, &windows, run), panel);
                    }
                    part(column, 8, each - narrow, narrow).store(block, bias, y);
                }
            }
        }
    }

    /// Some windows that lie side by side; beyond the last one, the last one again.
    #[inline(always)]
    fn some<'x, const R: usize>(
        &'x self,
        group: usize,
        x: &'x [f32],
        row: usize,
        column: usize,
        copies: &'x mut [f32],
    ) -> Abreast<'x, R> {
        let last = self.geometry.places[1] - 1;
        let starts = std::array::from_fn(|q| self.start(row, (column + q).min(last)));
        if !self.copies() {
            let run = self.run;
            return Abreast { x, starts, run };
        }
        let window = self.geometry.n_window();
        for (start, to) in starts.iter().zip(copies.chunks_exact_mut(window)) {
            self.copy(group, &x[*start..], to);
        }
        Abreast {
            x: copies,
            starts: std::array::from_fn(|q| q * window),
            run: window,
        }
    }

    /// Whether runs are so short that a window's are first copied together.
    fn copies(&self) -> bool {
        self.run < SHORT && self.n_runs > 1
    }

    /// The runs of this number of windows that lie abreast.
    #[inline(always)]
    fn runs<'x, const R: usize>(
        &self,
        group: usize,
        abreast: &Abreast<'x, R>,
        run: usize,
    ) -> [&'x [f32]; R] {
        // Where they are copied together, nothing lies between.
        let offset = match self.copies() {
            true => 0,
            false => self.offset(group, run),
        };
        abreast
            .starts
            .map(|start| &abreast.x[start + offset..][..abreast.run])
    }

    /// Lays the runs of a window one after another.
    fn copy(&self, group: usize, x: &[f32], to: &mut [f32]) {
        for (run, to) in to.chunks_exact_mut(self.run).enumerate() {
            let from = &x[self.offset(group, run)..][..to.len()];
            match (from.first_chunk::<4>(), from.last_chunk::<4>()) {
                // Without a call of memcpy, which takes longer than so few numbers.
                (Some(first), Some(last)) if from.len() <= 8 => {
                    if let Some(to) = to.first_chunk_mut() {
                        *to = *first;
                    }
                    if let Some(to) = to.last_chunk_mut() {
                        *to = *last;
                    }
                }
                _ if from.len() < 4 => {
                    for i in 0..3 {
                        if let (Some(to), Some(from)) = (to.get_mut(i), from.get(i)) {
                            *to = *from;
                        }
                    }
                }
                _ => to.copy_from_slice(from),
            }
        }
    }

    /// K's gradient: windows(x)^T dy, summed over all places of all examples.
    pub fn kernel_gradient(&self, x: &[f32], dy: &[f32], dkernel: &mut [f32], work: &mut [f32]) {
        let (g, window) = (self.geometry, self.geometry.n_window());
        let (room, work) = work.split_at_mut(self.n_padded());
        let sums = &mut work[..window * self.filters];
        let outputs = dy.chunks_exact(g.n_places() * self.filters);
        let examples = x.chunks_exact(g.n_image()).zip(outputs);
        if self.copies() {
            dkernel.fill(0.0);
            for (x, dy) in examples {
                let x = self.pad(x, room);
                for group in 0..self.groups {
                    self.short_gradient(group, x, dy, dkernel);
                }
            }
            return;
        }
        sums.fill(0.0);
        for (x, dy) in examples {
            self.long_gradient(self.pad(x, room), dy, sums);
        }
        for (filter, sums) in sums.chunks_exact(window).enumerate() {
            // A kernel's columns are all filters; a group's window has sums of its own.
            let column = dkernel.iter_mut().skip(filter).step_by(self.filters);
            column.zip(sums).for_each(|(to, sum)| *to = *sum);
        }
    }

    /// Adds an example's part of a gradient of short runs: the lanes lie along the filters.
    fn short_gradient(&self, group: usize, x: &[f32], dy: &[f32], dkernel: &mut [f32]) {
        let (window, each, first) = (self.geometry.n_window(), self.each(), group * self.each());
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

    /// Adds an example's part of a gradient of long runs, to rows of a window each for each filter: what
    /// is zero, as most of a gradient below a pooling layer or a ReLU is, costs nothing.
    fn long_gradient(&self, x: &[f32], dy: &[f32], sums: &mut [f32]) {
        let (each, window) = (self.each(), self.geometry.n_window());
        let mut list = [(0, 0.0); FILTERS];
        for (start, dy) in self.starts().zip(dy.chunks_exact(self.filters)) {
            for (group, dy) in dy.chunks_exact(each).enumerate() {
                for (first, dy) in (group * each..).step_by(FILTERS).zip(dy.chunks(FILTERS)) {
                    let list = not_zero(dy, &mut list);
                    if list.is_empty() {
                        continue;
                    }
                    let sums = &mut sums[first * window..];
                    for run in 0..self.n_runs {
                        let x = &x[start + self.offset(group, run)..][..self.run];
                        add_to_rows(list, x, &mut sums[run * self.run..], window);
                    }
                }
            }
        }
    }

    /// The way back of [`Windows::correlate`]: every place adds K dy to its window. `dx` is filled.
    pub fn spread(&self, dy: &[f32], kernel: &[f32], dx: &mut [f32], work: &mut [f32]) {
        let (g, each, window) = (self.geometry, self.each(), self.geometry.n_window());
        let (room, work) = work.split_at_mut(self.n_padded());
        let rows = &mut work[..window * self.filters];
        for (filter, row) in rows.chunks_exact_mut(window).enumerate() {
            let column = kernel.iter().skip(filter).step_by(self.filters);
            row.iter_mut().zip(column).for_each(|(to, k)| *to = *k);
        }
        let outputs = dy.chunks_exact(g.n_places() * self.filters);
        for (dx, dy) in dx.chunks_exact_mut(g.n_image()).zip(outputs) {
            if g.pads() {
                self.spread_example(dy, rows, room, each);
                let lines = dx.chunks_exact_mut(g.image[1] * g.channels);
                for (to, from) in lines.zip(self.inner_rows(room)) {
                    to.copy_from_slice(from);
                }
            } else {
                self.spread_example(dy, rows, dx, each);
            }
        }
    }

    fn spread_example(&self, dy: &[f32], rows: &[f32], dx: &mut [f32], each: usize) {
        let window = self.geometry.n_window();
        let mut list = [(0, 0.0); FILTERS];
        dx.fill(0.0);
        for (start, dy) in self.starts().zip(dy.chunks_exact(self.filters)) {
            for (group, dy) in dy.chunks_exact(each).enumerate() {
                for (first, dy) in (group * each..).step_by(FILTERS).zip(dy.chunks(FILTERS)) {
                    let list = not_zero(dy, &mut list);
                    if list.is_empty() {
                        continue;
                    }
                    for run in 0..self.n_runs {
                        let dx = &mut dx[start + self.offset(group, run)..][..self.run];
                        add_rows(list, &rows[first * window + run * self.run..], window, dx);
                    }
                }
            }
        }
    }
}

/// Windows side by side: where each begins in `x`, and their runs.
struct Abreast<'x, const R: usize> {
    x: &'x [f32],
    starts: [usize; R],
    run: usize,
}

/// Packs the columns of a group.
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

/// Places and values of the numbers that are not zero.
#[inline(always)]
fn not_zero<'l>(from: &[f32], list: &'l mut [(u32, f32); FILTERS]) -> &'l [(u32, f32)] {
    let mut n = 0;
    for (i, v) in from.iter().enumerate() {
        list[n % FILTERS] = (i as u32, *v);
        n += usize::from(*v != 0.0);
    }
    &list[..n]
}

/// rows\[i\] += v x for every (i, v) of the list; rows of `stride` numbers.
#[inline(always)]
fn add_to_rows(list: &[(u32, f32)], x: &[f32], rows: &mut [f32], stride: usize) {
    if x.len() < 4 {
        for (i, v) in list {
            let row = &mut rows[*i as usize * stride..][..x.len()];
            row.iter_mut().zip(x).for_each(|(to, x)| *to += v * x);
        }
        return;
    }
    for strip in strips(x.len(), LANES) {
        let x = &x[strip.start..strip.start + strip.width];
        in_registers!(
            strip.width,
            add_to_rows_strip(list, x, &mut rows[strip.start..], stride)
        );
    }
}

fn add_to_rows_strip<const F: usize>(
    list: &[(u32, f32)],
    x: &[f32],
    rows: &mut [f32],
    stride: usize,
) {
    let held = Registers::<F>::load(x);
    for (i, v) in list {
        let row = &mut rows[*i as usize * stride..][..x.len()];
        Registers::load(row).plus(*v, held).store(row);
    }
}

/// to += v rows\[i\] for every (i, v) of the list; rows of `stride` numbers.
#[inline(always)]
fn add_rows(list: &[(u32, f32)], rows: &[f32], stride: usize, to: &mut [f32]) {
    if to.len() < 4 {
        for (i, v) in list {
            let row = &rows[*i as usize * stride..][..to.len()];
            to.iter_mut().zip(row).for_each(|(to, k)| *to += v * k);
        }
        return;
    }
    for strip in strips(to.len(), LANES) {
        let to = &mut to[strip.start..strip.start + strip.width];
        in_registers!(
            strip.width,
            add_rows_strip(list, &rows[strip.start..], stride, to)
        );
    }
}

fn add_rows_strip<const F: usize>(
    list: &[(u32, f32)],
    rows: &[f32],
    stride: usize,
    to: &mut [f32],
) {
    let mut sums = Registers::<F>::load(to);
    for (i, v) in list {
        sums = sums.plus(
            *v,
            Registers::load(&rows[*i as usize * stride..][..to.len()]),
        );
    }
    sums.store(to);
}
