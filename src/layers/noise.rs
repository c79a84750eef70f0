//! GaussianNoise adds normal noise in training; GaussianDropout multiplies by it, a smooth form of dropout (Srivastava et
//! al., 2014).

use super::common;
use super::layer::{Backward, Build, Forward, Layer, LayerKind, MaskFlow, Shape, size};
use super::terms::{Factor, Passed, Stage, StageValues};
use crate::numerics::rng::Stream;
use crate::options::declare::class;
use crate::options::{Default, Kind};

class! {
    /// In training, multiplies each number by a random factor around 1. Reduces overfitting.
    #[formula("y = x N(1, sqrt(rate / (1 - rate))); y = x at inference")]
    #[group("regularization and noise")]
    pub struct DropoutOptions("GaussianDropout", "gaussian_dropout", "Gaussian dropout") {
        /// Strength of the noise: its variance is that of Dropout with this rate.
        #[start("0.2")]
        rate("rate"): f64 = Kind::Float(0.0, 1.0), Default::Required;
        seed: Option<u64> = common::SEED;
    }
}

class! {
    /// In training, adds a random number around 0 to each number. Reduces overfitting.
    #[formula("y = x + N(0, stddev); y = x at inference")]
    #[group("regularization and noise")]
    struct NoiseOptions("GaussianNoise", "gaussian_noise", "Gaussian noise") {
        /// Standard deviation of the noise.
        #[start("0.1")]
        stddev("stddev"): f64 = Kind::Float(0.0, 1.0), Default::Required;
        seed: Option<u64> = common::SEED;
    }
}

pub static GAUSSIAN_DROPOUT: LayerKind = LayerKind::new(DropoutOptions::SPEC, |request| {
    let DropoutOptions { rate, seed } = DropoutOptions::of(request.config);
    common::check_below_one("rate", rate)?;
    let stddev = (rate / (1.0 - rate)).sqrt();
    Ok(Noise::boxed(request, stddev, seed, true))
});

pub static GAUSSIAN_NOISE: LayerKind = LayerKind::new(NoiseOptions::SPEC, |request| {
    let NoiseOptions { stddev, seed } = NoiseOptions::of(request.config);
    Ok(Noise::boxed(request, stddev, seed, false))
});

/// y = x + noise or y = x noise. Scratch holds the derivative of each output: 1, or the factor.
struct Noise {
    shape: Shape,
    stddev: f64,
    multiplicative: bool,
    seed: u64,
}

impl Noise {
    fn boxed(
        request: Build<'_>,
        stddev: f64,
        seed: Option<u64>,
        multiplicative: bool,
    ) -> Box<dyn Layer> {
        // Keras makes no generator for noise of strength 0.
        let seed = if stddev > 0.0 {
            common::layer_seed(seed, request.seeds)
        } else {
            0
        };
        Box::new(Noise {
            shape: request.input().clone(),
            stddev,
            multiplicative,
            seed,
        })
    }
}

impl Layer for Noise {
    fn output_shape(&self) -> &Shape {
        &self.shape
    }

    fn scratch(&self, batch: usize) -> usize {
        batch * size(&self.shape).unwrap_or(0)
    }

    fn forward(&self, pass: Forward<'_>) {
        pass.scratch.fill(1.0);
        pass.y.copy_from_slice(pass.x);
        let Some(calls) = pass.training.filter(|_| self.stddev > 0.0) else {
            return;
        };
        let stddev = self.stddev as f32;
        let mut stream = Stream::new(self.seed, calls);
        for (factor, y) in pass.scratch.iter_mut().zip(pass.y) {
            let noise = stream.normal() * stddev;
            if self.multiplicative {
                *factor = noise + 1.0;
                *y *= *factor;
            } else {
                *y += noise;
            }
        }
    }

    fn backward(&self, pass: Backward<'_>) {
        common::backward_by_factors(pass);
    }

    fn mask_flow(&self) -> MaskFlow {
        MaskFlow::Passes
    }

    fn is_identity(&self, training: bool) -> bool {
        !training || self.stddev == 0.0
    }

    /// Noise that is added is no term of the input.
    fn terms(&self, _: bool) -> Vec<Stage> {
        match self.multiplicative {
            true => vec![Stage::each(&self.shape, Factor::Kept)],
            false => Vec::new(),
        }
    }

    fn stage_values(&self, passed: &Passed<'_>) -> Vec<StageValues> {
        common::factors(passed)
    }
}
