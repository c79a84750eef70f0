//! Converts a drawing to an input of the network, step by step, as the training digits were made.
//!
//! The bounding box of the ink is cropped, scaled so that its longer side fills the image (the aspect ratio is kept),
//! and placed with its centre of mass as close to the centre as the box allows.

use crate::options::error::{ConfigError, Result, format_number};

/// The largest side of a drawing, in pixels.
pub const MAX_SIDE: usize = 4096;

/// The steps from a drawing to the input of the network.
#[derive(Clone, Debug, PartialEq)]
pub struct Prepared {
    /// Bounding box of the ink: `[top, left, bottom, right]`, the last two exclusive.
    pub ink_box: [usize; 4],
    /// The pixels inside that box: `[crop_height, crop_width]`.
    pub crop: Vec<f32>,
    /// Height of the crop.
    pub crop_height: usize,
    /// Width of the crop.
    pub crop_width: usize,
    /// The network's input: `[side, side]`.
    pub input: Vec<f32>,
    /// The drawing has no ink: box and crop are empty, and the input is all 0.
    pub empty: bool,
}

/// Prepares a drawing. `ink`: `[height, width]`, 0 is paper and 1 is ink.
///
/// # Errors
/// Sizes that are out of range or do not match the pixels, and ink outside of the range from 0 to 1.
pub fn prepare(ink: &[f32], height: usize, width: usize, side: usize) -> Result<Prepared> {
    check(ink, height, width, side)?;
    let Some(ink_box) = find_box(ink, width) else {
        return Ok(Prepared {
            ink_box: [0; 4],
            crop: Vec::new(),
            crop_height: 0,
            crop_width: 0,
            input: vec![0.0; side * side],
            empty: true,
        });
    };
    let [top, left, bottom, right] = ink_box;
    let (crop_height, crop_width) = (bottom - top, right - left);
    let rows = ink.chunks_exact(width).take(bottom).skip(top);
    let crop: Vec<f32> = rows.flat_map(|row| &row[left..right]).copied().collect();

    let longer = crop_height.max(crop_width);
    let scaled = |n: usize| ((2 * n * side + longer) / (2 * longer)).max(1); // rounded to the nearest
    let (rows, columns) = (scaled(crop_height), scaled(crop_width));
    let narrow = average_rows(&transpose(&crop, crop_width), crop_height, columns);
    let small = average_rows(&transpose(&narrow, crop_height), columns, rows);

    let mut input = vec![0.0; side * side];
    let above = start(&small, columns, side);
    let before = start(&transpose(&small, columns), rows, side);
    for (from, to) in small
        .chunks_exact(columns)
        .zip(input.chunks_exact_mut(side).skip(above))
    {
        to[before..before + columns].copy_from_slice(from);
    }
    Ok(Prepared {
        ink_box,
        crop,
        crop_height,
        crop_width,
        input,
        empty: false,
    })
}

fn check(ink: &[f32], height: usize, width: usize, side: usize) -> Result<()> {
    for (name, size) in [("height", height), ("width", width), ("side", side)] {
        if size == 0 || size > MAX_SIDE {
            let message = format!("The {name} of a drawing is {size}; it must be 1 to {MAX_SIDE}.");
            return Err(ConfigError::new(name, message));
        }
    }
    if ink.len() != height * width {
        let message = format!(
            "A drawing of {height} x {width} has {} pixels, and {} were given.",
            height * width,
            ink.len()
        );
        return Err(ConfigError::new("ink", message));
    }
    match ink.iter().position(|v| !(0.0..=1.0).contains(v)) {
        Some(i) => {
            let message = format!(
                "Pixel {i} of the drawing is {}; it must be 0 (paper) to 1 (ink).",
                format_number(f64::from(ink[i]))
            );
            Err(ConfigError::new(format!("ink[{i}]"), message))
        }
        None => Ok(()),
    }
}

/// The smallest box around all pixels that are not paper.
fn find_box(ink: &[f32], width: usize) -> Option<[usize; 4]> {
    let mut found: Option<[usize; 4]> = None;
    for (i, _) in ink.iter().enumerate().filter(|(_, ink)| **ink > 0.0) {
        let (row, column) = (i / width, i % width);
        let [top, left, bottom, right] = found.unwrap_or([row, column, 0, 0]);
        found = Some([
            top.min(row),
            left.min(column),
            bottom.max(row + 1),
            right.max(column + 1),
        ]);
    }
    found
}

/// The first row of an image of rows of `width` within `side` rows, such that its centre of mass is as near to the
/// centre as possible (`scripts/data.js` does the same with the training digits).
fn start(picture: &[f32], width: usize, side: usize) -> usize {
    let (mut mass, mut moment) = (0.0f64, 0.0f64);
    for (i, row) in picture.chunks_exact(width).enumerate() {
        let ink: f64 = row.iter().map(|v| f64::from(*v)).sum();
        mass += ink;
        moment += ink * (i as f64 + 0.5);
    }
    let free = side - picture.len() / width;
    let best = side as f64 / 2.0 - moment / mass - 0.5;
    (best.ceil().max(0.0) as usize).min(free)
}

fn transpose(picture: &[f32], width: usize) -> Vec<f32> {
    let columns = (0..width).flat_map(|c| picture.iter().skip(c).step_by(width));
    columns.copied().collect()
}

/// Resizes an image of rows of `width` to `n_out` rows; each is the average of the rows that it covers.
///
/// In units of 1 / `n_out` of an old row, an old row has the length `n_out` and a new one `n_in`: both are integers,
/// so that the fractions are exact.
fn average_rows(picture: &[f32], width: usize, n_out: usize) -> Vec<f32> {
    let n_in = picture.len() / width;
    let mut out = vec![0.0; n_out * width];
    for (i, to) in out.chunks_exact_mut(width).enumerate() {
        let (start, end) = (i * n_in, (i + 1) * n_in);
        for j in start / n_out..end.div_ceil(n_out) {
            let covered = end.min((j + 1) * n_out) - start.max(j * n_out);
            let fraction = covered as f32 / n_in as f32;
            for (to, from) in to.iter_mut().zip(&picture[j * width..]) {
                *to += fraction * from;
            }
        }
        to.iter_mut().for_each(|v| *v = v.min(1.0));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(not(target_arch = "wasm32"))]
    use proptest::prelude::*;

    fn drawing(rows: &[&str]) -> (Vec<f32>, usize, usize) {
        let pixels = rows.iter().flat_map(|row| row.chars());
        let ink = pixels.map(|c| f32::from(u8::from(c == '#'))).collect();
        (ink, rows.len(), rows[0].len())
    }

    #[test]
    fn oracle_worked_by_hand() {
        // Four rows of two pixels are reduced to two rows of one, left of the centre.
        let (ink, height, width) =
            drawing(&["......", "..##..", "..#...", "..#...", "..#...", "......"]);
        let p = prepare(&ink, height, width, 2).unwrap();
        assert_eq!(p.ink_box, [1, 2, 5, 4]);
        assert_eq!((p.crop_height, p.crop_width), (4, 2));
        assert_eq!(p.crop, [1.0, 1.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0]);
        assert_eq!(p.input, [0.75, 0.0, 0.5, 0.0]);
        // Three columns are averaged into two: fractions of 2/3 and 1/3.
        let p = prepare(&[1.0, 0.0, 1.0], 1, 3, 2).unwrap();
        assert_eq!(p.input, [2.0 / 3.0, 2.0 / 3.0, 0.0, 0.0]);
    }

    #[test]
    fn ink_fills_the_longer_side_and_is_centred() {
        let (ink, height, width) =
            drawing(&["..........", "....#.....", "....#.....", ".........."]);
        let p = prepare(&ink, height, width, 20).unwrap();
        for (i, v) in p.input.iter().enumerate() {
            let inked = (5..15).contains(&(i % 20));
            assert_eq!(*v, f32::from(u8::from(inked)), "pixel {i}");
        }
    }

    #[test]
    fn a_drawing_without_ink_is_empty() {
        let p = prepare(&[0.0; 6], 2, 3, 20).unwrap();
        assert!(p.empty && p.crop.is_empty() && p.input == [0.0; 400]);
    }

    #[test]
    fn every_wrong_drawing_is_an_error() {
        let cases = [
            (prepare(&[], 0, 3, 20), "height"),
            (prepare(&[0.0], 1, 5000, 20), "width"),
            (prepare(&[0.0], 1, 1, 0), "side"),
            (prepare(&[0.0; 5], 2, 3, 20), "ink"),
            (prepare(&[0.0, f32::NAN], 1, 2, 20), "ink[1]"),
            (prepare(&[2.0, 0.0], 1, 2, 20), "ink[0]"),
        ];
        for (result, path) in cases {
            assert_eq!(result.unwrap_err().path, path);
        }
    }

    /// A prepared image does not change: its longer side is 20 already.
    #[test]
    fn round_trip_of_a_prepared_drawing() {
        let (ink, height, width) = drawing(&[".##..", ".#...", "####."]);
        let once = prepare(&ink, height, width, 20).unwrap();
        assert_eq!(prepare(&once.input, 20, 20, 20).unwrap().input, once.input);
    }

    #[cfg(not(target_arch = "wasm32"))]
    proptest! {
        #[test]
        fn any_drawing_keeps_its_mean(
            (height, width, ink) in (1usize..30, 1usize..30).prop_flat_map(|(h, w)| {
                (Just(h), Just(w), proptest::collection::vec(prop_oneof![Just(0.0f32), 0.0f32..=1.0], h * w))
            }),
            side in 1usize..25,
        ) {
            let p = prepare(&ink, height, width, side).unwrap();
            prop_assert_eq!(p.input.len(), side * side);
            prop_assert!(p.input.iter().all(|v| (0.0..=1.0).contains(v)));
            if !p.empty {
                let longer = p.crop_height.max(p.crop_width);
                let size = |n: usize| ((n * side) as f32 / longer as f32 + 0.5).floor().max(1.0);
                let area = size(p.crop_height) * size(p.crop_width);
                let mean = p.input.iter().sum::<f32>() / area;
                let crop_mean = p.crop.iter().sum::<f32>() / p.crop.len() as f32;
                prop_assert!((mean - crop_mean).abs() < 1e-4, "{} {}", mean, crop_mean);
            }
        }
    }
}
