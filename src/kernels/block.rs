//! Blocks of a product whose sums stay in registers: four rows by eight columns, or eight by four.

/// Rows of a block.
pub const ROWS: usize = 4;
/// Columns of a block, and width of a panel.
pub const COLUMNS: usize = 8;

/// Rows of a panel per loop iteration. Both are addressed from one pointer.
const STEP: usize = 2;

/// A row of a panel.
pub type Row = [f32; COLUMNS];

/// A depth with a block of its own, without a loop: the size of a head of attention (measured, V8, 256 x 8 by 256: 0.75 of
/// the time).
const SHALLOW: usize = 8;

/// block += A panel, for four rows of A, summed over the rows of the panel in order.
#[inline(always)]
pub fn sum_four(block: &mut [[f32; COLUMNS]; ROWS], a: [&[f32]; ROWS], panel: &[Row]) {
    if let (Ok(panel), [Ok(a0), Ok(a1), Ok(a2), Ok(a3)]) = (
        <&[Row; SHALLOW]>::try_from(panel),
        a.map(<&[f32; SHALLOW]>::try_from),
    ) {
        for (p, row) in panel.iter().enumerate() {
            accumulate(block, [a0[p], a1[p], a2[p], a3[p]], row);
        }
        return;
    }
    let (panel2, panel) = panel.as_chunks::<STEP>();
    let [(a0, b0), (a1, b1), (a2, b2), (a3, b3)] = a.map(<[f32]>::as_chunks::<STEP>);
    for ((((b, a0), a1), a2), a3) in panel2.iter().zip(a0).zip(a1).zip(a2).zip(a3) {
        accumulate(block, [a0[0], a1[0], a2[0], a3[0]], &b[0]);
        accumulate(block, [a0[1], a1[1], a2[1], a3[1]], &b[1]);
    }
    for ((((b, a0), a1), a2), a3) in panel.iter().zip(b0).zip(b1).zip(b2).zip(b3) {
        accumulate(block, [*a0, *a1, *a2, *a3], b);
    }
}

/// As [`sum_four`], for four columns of A, packed as `[depth, 4]`: block += A^T panel.
#[inline(always)]
pub fn sum_columns(block: &mut [[f32; COLUMNS]; ROWS], a: &[[f32; ROWS]], panel: &[Row]) {
    let (panel2, panel) = panel.as_chunks::<STEP>();
    let (a2, a) = a.as_chunks::<STEP>();
    for (b, a) in panel2.iter().zip(a2) {
        accumulate(block, a[0], &b[0]);
        accumulate(block, a[1], &b[1]);
    }
    for (b, a) in panel.iter().zip(a) {
        accumulate(block, *a, b);
    }
}

/// As [`sum_four`], for eight rows and the first four columns of a panel.
#[inline(always)]
pub fn sum_eight(block: &mut [[f32; 4]; 2 * ROWS], a: [&[f32]; 2 * ROWS], panel: &[Row]) {
    let (panel2, panel) = panel.as_chunks::<STEP>();
    let [a0, a1, a2, a3, a4, a5, a6, a7] = a.map(<[f32]>::as_chunks::<STEP>);
    let upper = a0.0.iter().zip(a1.0).zip(a2.0).zip(a3.0);
    let lower = a4.0.iter().zip(a5.0).zip(a6.0).zip(a7.0);
    for ((b, (((a0, a1), a2), a3)), (((a4, a5), a6), a7)) in panel2.iter().zip(upper).zip(lower) {
        let column = |k: usize| [a0[k], a1[k], a2[k], a3[k], a4[k], a5[k], a6[k], a7[k]];
        accumulate(block, column(0), &left_half(&b[0]));
        accumulate(block, column(1), &left_half(&b[1]));
    }
    // The last row of an odd number of rows.
    if let ([b], [a0], [a1], [a2], [a3]) = (panel, a0.1, a1.1, a2.1, a3.1)
        && let ([a4], [a5], [a6], [a7]) = (a4.1, a5.1, a6.1, a7.1)
    {
        accumulate(
            block,
            [*a0, *a1, *a2, *a3, *a4, *a5, *a6, *a7],
            &left_half(b),
        );
    }
}

#[inline(always)]
fn left_half(row: &Row) -> [f32; 4] {
    [row[0], row[1], row[2], row[3]]
}

/// The first N numbers of a slice, padded with zeros.
#[inline(always)]
pub fn first_of<const N: usize>(from: &[f32]) -> [f32; N] {
    match from.first_chunk() {
        Some(all) => *all,
        None => {
            let mut padded = [0.0; N];
            padded
                .iter_mut()
                .zip(from)
                .for_each(|(to, from)| *to = *from);
            padded
        }
    }
}

/// As [`first_of`], not inlined.
#[inline(never)]
fn some_of<const N: usize>(from: &[f32]) -> [f32; N] {
    first_of(from)
}

/// block += column * row (outer product).
#[inline(always)]
pub fn accumulate<const R: usize, const C: usize>(
    block: &mut [[f32; C]; R],
    column: [f32; R],
    row: &[f32; C],
) {
    for (sums, a) in block.iter_mut().zip(column) {
        for (sum, b) in sums.iter_mut().zip(row) {
            *sum += a * b;
        }
    }
}

/// Position of a block in C.
#[derive(Clone, Copy)]
pub struct Part {
    /// First row.
    pub i: usize,
    /// Number of rows.
    pub height: usize,
    /// First column.
    pub j: usize,
    /// Number of columns.
    pub width: usize,
    /// Columns of C.
    pub n: usize,
}

impl Part {
    /// Zeros if `first`, else the block of C. Columns beyond the width are arbitrary.
    #[inline(always)]
    pub fn load<const R: usize, const C: usize>(self, c: &[f32], first: bool) -> [[f32; C]; R] {
        let mut block = [[0.0; C]; R];
        if first {
            return block;
        }
        let whole = self.height == R && self.width == C;
        for (r, row) in block.iter_mut().enumerate() {
            let at = (self.i + r) * self.n + self.j;
            if whole {
                row.copy_from_slice(&c[at..at + C]);
            } else if r < self.height {
                *row = some_of(&c[at..]);
            }
        }
        block
    }

    /// Writes the block, plus the bias unless it is empty.
    #[inline(always)]
    pub fn store<const R: usize, const C: usize>(
        self,
        mut block: [[f32; C]; R],
        bias: &[f32],
        c: &mut [f32],
    ) {
        if !bias.is_empty() {
            let bias: [f32; C] = first_of(&bias[self.j..]);
            for row in &mut block {
                row.iter_mut().zip(bias).for_each(|(sum, b)| *sum += b);
            }
        }
        if self.height < R || self.width < C {
            return self.store_some(block, c);
        }
        for (r, row) in block.iter().enumerate() {
            let to = &mut c[(self.i + r) * self.n + self.j..][..C];
            to.copy_from_slice(row);
        }
    }

    /// Not inlined, and by value: rows that are counted at run time would keep the block out of the registers.
    #[inline(never)]
    fn store_some<const R: usize, const C: usize>(self, block: [[f32; C]; R], c: &mut [f32]) {
        let rows = c[self.i * self.n..].chunks_mut(self.n).take(self.height);
        for (to, row) in rows.zip(&block) {
            let to = &mut to[self.j..][..self.width];
            to.iter_mut().zip(row).for_each(|(to, sum)| *to = *sum);
        }
    }
}
