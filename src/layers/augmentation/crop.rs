//! RandomCrop, CenterCrop: a part of each image.

use super::resample::{Method, Resampled, Span, cut};
use super::{Augment, Change, DATA_FORMAT, Draw, HEIGHT, View, WIDTH};
use crate::layers::common;
use crate::layers::layer::{Inputs, LayerKind};
use crate::options::{ClassSpec, Value, help_text};

pub static RANDOM_CROP: LayerKind = LayerKind {
    class: ClassSpec {
        class_name: "RandomCrop",
        name: "random_crop",
        aliases: &[],
        label: "Random crop",
        doc: help_text(
            "In training, cuts the same window out of all images of a batch, somewhere; when predicting, \
              the largest window in the middle, brought to that size. (Keras 3.15.1 then hands the image on \
              whole, whatever shape it announced.)",
        ),
        formula: help_text("y at (r, c) = x at (r + i, c + j)"),
        options: &[&HEIGHT, &WIDTH, &common::SEED, &DATA_FORMAT],
        group: "",
        shared: &[],
    },
    inputs: Inputs::One,
    build: |request| {
        let view = View::of(&request)?;
        let to = view.resized(request.config);
        if *request.config.get("seed") == Value::Null {
            // Keras' constructor draws one that it never uses.
            request.seeds.default_seed();
        }
        let window = cut(view, to);
        let moves = view.height > to.height && view.width > to.width;
        let in_the_middle = Resampled::new(view, to, window, &Method::Bilinear, 0.0);
        // Where a side is too short Keras begins at that window, and stretches what is there.
        let rest = |span: Span, side: usize, to: usize| Span {
            n: to.min(side - span.start as usize),
            ..span
        };
        let window = (
            rest(window.0, view.height, to.height),
            rest(window.1, view.width, to.width),
        );
        let change = RandomCrop {
            view,
            to,
            moves,
            stretched: Resampled::new(view, to, window, &Method::Bilinear, 0.0),
            in_the_middle,
        };
        Ok(Augment::boxed(request, Box::new(change), to))
    },
};

pub static CENTER_CROP: LayerKind = LayerKind {
    class: ClassSpec {
        class_name: "CenterCrop",
        name: "center_crop",
        aliases: &[],
        label: "Center crop",
        doc: help_text(
            "Cuts the middle out of images, when predicting too; one that is too small is cut to the right \
              proportions and enlarged.",
        ),
        formula: help_text("y at (r, c) = x at (r + i, c + j)"),
        options: &[&HEIGHT, &WIDTH, &DATA_FORMAT],
        group: "",
        shared: &[],
    },
    inputs: Inputs::One,
    build: |request| {
        let view = View::of(&request)?;
        let to = view.resized(request.config);
        let window = if view.height >= to.height && view.width >= to.width {
            let middle = |side: usize, n: usize| Span {
                start: ((side - n) / 2) as i64,
                n,
            };
            (middle(view.height, to.height), middle(view.width, to.width))
        } else {
            cut(view, to)
        };
        let change = Resampled::new(view, to, window, &Method::Bilinear, 0.0);
        Ok(Augment::boxed(request, Box::new(change), to))
    },
};

struct RandomCrop {
    view: View,
    to: View,
    /// Both sides are longer than asked: the window is drawn.
    moves: bool,
    stretched: Resampled,
    in_the_middle: Resampled,
}

impl Change for RandomCrop {
    fn draws(&self) -> Vec<Draw> {
        let starts =
            |side: usize, n: usize| Draw::between([0.0, (side + 1).saturating_sub(n) as f64]);
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

    fn apply(&self, drawn: &[f32], x: &[f32], y: &mut [f32]) {
        let &[i, j] = drawn else {
            return self.stretched.apply(drawn, x, y);
        };
        self.to.each(&mut |row, column, channel| {
            let from = self.view.at(row + i as usize, column + j as usize, channel);
            y[self.to.at(row, column, channel)] = x[from];
        });
    }

    fn back(&self, drawn: &[f32], x: &[f32], dy: &[f32], dx: &mut [f32]) {
        let &[i, j] = drawn else {
            return self.stretched.back(drawn, x, dy, dx);
        };
        dx.fill(0.0);
        self.to.each(&mut |row, column, channel| {
            let from = self.view.at(row + i as usize, column + j as usize, channel);
            dx[from] = dy[self.to.at(row, column, channel)];
        });
    }

    fn at_rest(&self, x: &[f32], y: &mut [f32]) {
        self.in_the_middle.apply(&[], x, y);
    }
}
