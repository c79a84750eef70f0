//! RandomCrop and CenterCrop: cut a window out of each image.

use super::resample::{Method, Resampled, Span, centred_window};
use super::{Augment, DATA_FORMAT, Draw, HEIGHT, Transform, View, WIDTH};
use crate::layers::common;
use crate::layers::layer::LayerKind;
use crate::options::declare::class;

class! {
    /// In training, cuts the same window, at a random position, out of all images of a batch. At inference, it resizes the
    /// largest centred window. (Keras 3.15.1 returns the whole image at inference, unlike its declared shape.)
    #[formula("y at (r, c) = x at (r + i, c + j)")]
    #[group("augmentation")]
    struct RandomOptions("RandomCrop", "random_crop", "Random crop") {
        height: usize = HEIGHT;
        width: usize = WIDTH;
        seed: Option<u64> = common::SEED;
        data_format: &'static str = DATA_FORMAT;
    }
}

pub static RANDOM_CROP: LayerKind = LayerKind::new(RandomOptions::SPEC, |request| {
    let options = RandomOptions::of(request.config);
    let view = View::of(&request, options.data_format)?;
    let to = view.resized(options.height, options.width);
    if options.seed.is_none() {
        // Keras' constructor draws a seed that it does not use.
        request.seeds.default_seed();
    }
    let seed = common::layer_seed(options.seed, request.seeds);
    let (rows, columns) = centred_window(view, to);
    let centred = Resampled::new(view, to, (rows, columns), &Method::Bilinear, 0.0);
    // If a side is too short, Keras starts at that window and stretches the rest of the image.
    let rest = |span: Span, side: usize, to: usize| Span {
        n: to.min(side - span.start as usize),
        ..span
    };
    let window = (
        rest(rows, view.height, to.height),
        rest(columns, view.width, to.width),
    );
    let crop = RandomCrop {
        view,
        to,
        moves: view.height > to.height && view.width > to.width,
        stretched: Resampled::new(view, to, window, &Method::Bilinear, 0.0),
        centred,
    };
    Ok(Augment::boxed(&request, seed, Box::new(crop), to))
});

class! {
    /// Cuts the centre out of each image, at inference too. A smaller image is cropped to the proportions of the output and
    /// enlarged.
    #[formula("y at (r, c) = x at (r + i, c + j)")]
    #[group("augmentation")]
    struct CenterOptions("CenterCrop", "center_crop", "Center crop") {
        height: usize = HEIGHT;
        width: usize = WIDTH;
        data_format: &'static str = DATA_FORMAT;
    }
}

pub static CENTER_CROP: LayerKind = LayerKind::new(CenterOptions::SPEC, |request| {
    let options = CenterOptions::of(request.config);
    let view = View::of(&request, options.data_format)?;
    let to = view.resized(options.height, options.width);
    let window = if view.height >= to.height && view.width >= to.width {
        let centre = |side: usize, n: usize| Span {
            start: ((side - n) / 2) as i64,
            n,
        };
        (centre(view.height, to.height), centre(view.width, to.width))
    } else {
        centred_window(view, to)
    };
    let crop = Resampled::new(view, to, window, &Method::Bilinear, 0.0);
    Ok(Augment::boxed(&request, 0, Box::new(crop), to))
});

struct RandomCrop {
    view: View,
    to: View,
    /// Whether the position of the window is random: both sides are longer than the window.
    moves: bool,
    /// For training if the window does not move.
    stretched: Resampled,
    /// For inference.
    centred: Resampled,
}

impl Transform for RandomCrop {
    fn draws(&self) -> Vec<Draw> {
        let starts =
            |side: usize, n: usize| Draw::uniform([0.0, (side + 1).saturating_sub(n) as f64]);
        match self.moves {
            true => vec![
                starts(self.view.height, self.to.height),
                starts(self.view.width, self.to.width),
            ],
            false => Vec::new(),
        }
    }

    fn shared(&self) -> bool {
        true
    }

    fn apply(&self, random: &[f32], x: &[f32], y: &mut [f32]) {
        let &[i, j] = random else {
            return self.stretched.apply(random, x, y);
        };
        self.to.each(&mut |row, column, channel| {
            let from = self.view.at(row + i as usize, column + j as usize, channel);
            y[self.to.at(row, column, channel)] = x[from];
        });
    }

    fn backward(&self, random: &[f32], x: &[f32], dy: &[f32], dx: &mut [f32]) {
        let &[i, j] = random else {
            return self.stretched.backward(random, x, dy, dx);
        };
        dx.fill(0.0);
        self.to.each(&mut |row, column, channel| {
            let from = self.view.at(row + i as usize, column + j as usize, channel);
            dx[from] = dy[self.to.at(row, column, channel)];
        });
    }

    fn predict(&self, x: &[f32], y: &mut [f32]) {
        self.centred.apply(&[], x, y);
    }
}
