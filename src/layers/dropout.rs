//! Dropout: sets random inputs to 0 in training (Srivastava et al., 2014); SpatialDropout: whole channels (Tompson et al.,
//! 2014); AlphaDropout: keeps mean and variance of SELU's outputs (Klambauer et al., 2017).

use super::common;
use super::layer::{Backward, Build, Forward, Layer, LayerKind, MaskFlow, Shape, size};
use super::terms::{Factor, Passed, Stage, StageValues};
use crate::numerics::rng::Stream;
use crate::options::declare::{Fixed, class, options};
use crate::options::error::{ConfigError, Result};
use crate::options::{ConfigObject, Default, Kind};

options! {
    /// Fraction of the inputs that is dropped.
    #[start("0.2")]
    RATE = rate("rate"), Kind::Float(0.0, 1.0), Default::Required;
    /// Shape of the random mask, with the batch: null for the input's size, 1 to drop all positions of that axis together.
    #[advanced]
    NOISE_SHAPE = noise_shape("noise shape"), Kind::Shape, Default::Null;
}

class! {
    /// In training, sets a random fraction of the inputs to 0 and scales up the others. Reduces overfitting.
    #[formula("y = x / (1 - rate) where u >= rate, else 0; y = x at inference")]
    #[group("regularization and noise")]
    struct Options("Dropout", "dropout", "Dropout") {
        rate: f64 = RATE;
        noise_shape: Option<Vec<Option<usize>>> = NOISE_SHAPE;
        seed: Option<u64> = common::SEED;
    }
}

class! {
    /// Dropout of whole channels of a sequence, because neighbouring steps are alike.
    #[formula("y = x / (1 - rate) where the channel's u >= rate, else 0; y = x at inference")]
    #[group("regularization and noise")]
    struct Spatial1dOptions("SpatialDropout1D", "spatial_dropout1d", "Spatial dropout 1D") {
        rate: f64 = RATE;
        seed: Option<u64> = common::SEED;
    }
}

class! {
    /// Dropout of whole channels of an image, because neighbouring pixels are alike.
    #[formula("y = x / (1 - rate) where the channel's u >= rate, else 0; y = x at inference")]
    #[group("regularization and noise")]
    struct Spatial2dOptions("SpatialDropout2D", "spatial_dropout2d", "Spatial dropout 2D") {
        rate: f64 = RATE;
        data_format: Fixed = common::DATA_FORMAT;
        seed: Option<u64> = common::SEED;
    }
}

class! {
    /// Dropout for SELU: sets dropped inputs to SELU's lowest value, so that mean and variance stay the same.
    #[formula("y = a (x where u >= rate, else -1.758) + b; y = x at inference")]
    #[group("regularization and noise")]
    struct AlphaOptions("AlphaDropout", "alpha_dropout", "Alpha dropout") {
        rate: f64 = RATE;
        noise_shape: Option<Vec<Option<usize>>> = NOISE_SHAPE;
        seed: Option<u64> = common::SEED;
    }
}

/// The rate of a layer that drops single values.
pub fn rate(config: &ConfigObject) -> Option<f64> {
    let plain = Options::of_class(config).map(|options| options.rate);
    plain.or_else(|| AlphaOptions::of_class(config).map(|options| options.rate))
}

pub static KIND: LayerKind = LayerKind::new(Options::SPEC, |request| {
    let Options {
        rate,
        noise_shape,
        seed,
    } = Options::of(request.config);
    let mask = MaskShape::of(request.input(), noise_shape)?;
    Ok(Dropout::boxed(request, mask, rate, seed, false))
});

pub static SPATIAL_1D: LayerKind = LayerKind::new(Spatial1dOptions::SPEC, |request| {
    let Spatial1dOptions { rate, seed } = Spatial1dOptions::of(request.config);
    let mask = MaskShape::of_channels(&request, 1)?;
    Ok(Dropout::boxed(request, mask, rate, seed, false))
});

pub static SPATIAL_2D: LayerKind = LayerKind::new(Spatial2dOptions::SPEC, |request| {
    let Spatial2dOptions { rate, seed, .. } = Spatial2dOptions::of(request.config);
    let mask = MaskShape::of_channels(&request, 2)?;
    Ok(Dropout::boxed(request, mask, rate, seed, false))
});

pub static ALPHA: LayerKind = LayerKind::new(AlphaOptions::SPEC, |request| {
    let AlphaOptions {
        rate,
        noise_shape,
        seed,
    } = AlphaOptions::of(request.config);
    let mask = MaskShape::of(request.input(), noise_shape)?;
    common::check_below_one("rate", rate)?;
    Ok(Dropout::boxed(request, mask, rate, seed, true))
});

/// Shape of the random mask.
struct MaskShape {
    /// Sizes for one example; 1 drops all positions of that axis together.
    sizes: Shape,
    /// Whether all examples of a batch share one mask.
    shared: bool,
}

impl MaskShape {
    /// The mask of the option `noise_shape`.
    ///
    /// # Errors
    /// A shape that does not broadcast to the input.
    fn of(input: &Shape, noise_shape: Option<Vec<Option<usize>>>) -> Result<Self> {
        let Some(given) = noise_shape else {
            return Ok(MaskShape {
                sizes: input.clone(),
                shared: false,
            });
        };
        let (batch, sizes) = match given.split_first() {
            Some((batch, sizes)) if sizes.len() == input.len() => (*batch, sizes),
            _ => (Some(0), &given[..0]),
        };
        let fits = |(n, given): (&usize, &Option<usize>)| given.is_none_or(|g| g == *n || g == 1);
        if !matches!(batch, None | Some(1)) || !input.iter().zip(sizes).all(fits) {
            let message = format!(
                "'noise_shape' must have null or 1 for the batch, then null, 1 or its size for each axis of \
                 the input, whose shape is {input:?}."
            );
            return Err(ConfigError::new("noise_shape", message));
        }
        let sizes = input
            .iter()
            .zip(sizes)
            .map(|(n, given)| given.unwrap_or(*n));
        Ok(MaskShape {
            sizes: sizes.collect(),
            shared: batch == Some(1),
        })
    }

    /// One value of the mask for each channel of an image, or of a sequence (rank 1).
    ///
    /// # Errors
    /// An input of another rank.
    fn of_channels(request: &Build<'_>, rank: usize) -> Result<Self> {
        super::convolution::image_of(request, rank)?;
        let mut sizes = vec![1; rank];
        sizes.extend(request.input().last());
        Ok(MaskShape {
            sizes,
            shared: false,
        })
    }
}

/// Limit of SELU for large negative numbers: minus its scale times its alpha.
const LOWEST: f64 = -1.758_099_340_847_376_6;

/// y = scale (x mask + fill (1 - mask)) + shift. Scratch holds the factor of each number: 0 or the scale.
struct Dropout {
    shape: Shape,
    rate: f64,
    seed: u64,
    /// Value of a dropped input, before scale and shift.
    fill: f32,
    scale: f32,
    shift: f32,
    /// Number of values of an example's mask.
    n_mask: usize,
    /// Index in the mask for each input; empty if the mask has the input's shape.
    mask_indices: Vec<u32>,
    /// Whether all examples of a batch share one mask.
    shared: bool,
}

impl Dropout {
    fn boxed(
        request: Build<'_>,
        mask: MaskShape,
        rate: f64,
        seed: Option<u64>,
        alpha: bool,
    ) -> Box<dyn Layer> {
        // Keras makes no generator for rate 0.
        let seed = if rate > 0.0 {
            common::layer_seed(seed, request.seeds)
        } else {
            0
        };
        let shape = request.input().clone();
        let a = 1.0 / ((1.0 - rate) * (1.0 + rate * LOWEST * LOWEST)).sqrt();
        let (fill, scale, shift) = match alpha {
            true => (LOWEST, a, -a * LOWEST * rate),
            false if rate < 1.0 => (0.0, 1.0 / (1.0 - rate), 0.0),
            false => (0.0, 0.0, 0.0),
        };
        Box::new(Dropout {
            rate,
            seed,
            fill: fill as f32,
            scale: scale as f32,
            shift: shift as f32,
            n_mask: size(&mask.sizes).unwrap_or(1),
            mask_indices: match mask.sizes == shape {
                true => Vec::new(),
                false => common::broadcast_indices(&mask.sizes, &shape),
            },
            shared: mask.shared,
            shape,
        })
    }
}

impl Layer for Dropout {
    fn output_shape(&self) -> &Shape {
        &self.shape
    }

    fn scratch(&self, batch: usize) -> usize {
        batch * size(&self.shape).unwrap_or(0)
    }

    fn work(&self, _: usize) -> usize {
        self.n_mask
    }

    fn forward(&self, pass: Forward<'_>) {
        let Some(calls) = pass.training.filter(|_| self.rate > 0.0) else {
            pass.scratch.fill(1.0);
            pass.y.copy_from_slice(pass.x);
            return;
        };
        let rate = self.rate as f32;
        let n = size(&self.shape).unwrap_or(1);
        let mask = &mut pass.work[..self.n_mask];
        let mut stream = Stream::new(self.seed, calls);
        let mut draw = || match stream.uniform() >= rate {
            true => self.scale,
            false => 0.0,
        };
        for (i, factors) in pass.scratch.chunks_exact_mut(n).enumerate() {
            if self.mask_indices.is_empty() && !self.shared {
                factors.fill_with(&mut draw);
                continue;
            }
            if i == 0 || !self.shared {
                mask.fill_with(&mut draw);
            }
            match self.mask_indices.is_empty() {
                true => factors.copy_from_slice(mask),
                false => {
                    for (factor, index) in factors.iter_mut().zip(&self.mask_indices) {
                        *factor = mask[*index as usize];
                    }
                }
            }
        }
        let dropped = self.scale * self.fill + self.shift;
        for ((factor, x), y) in pass.scratch.iter().zip(pass.x).zip(pass.y) {
            *y = match *factor == 0.0 {
                true => dropped,
                false => x * factor + self.shift,
            };
        }
    }

    fn backward(&self, pass: Backward<'_>) {
        common::backward_by_factors(pass);
    }

    fn mask_flow(&self) -> MaskFlow {
        MaskFlow::Passes
    }

    fn is_identity(&self, training: bool) -> bool {
        !training || self.rate == 0.0
    }

    /// Alpha dropout also shifts what it drops and what it keeps.
    fn terms(&self, _: bool) -> Vec<Stage> {
        match self.fill == 0.0 && self.shift == 0.0 {
            true => vec![Stage::each(&self.shape, Factor::Kept)],
            false => Vec::new(),
        }
    }

    fn stage_values(&self, passed: &Passed<'_>) -> Vec<StageValues> {
        common::factors(passed)
    }
}
