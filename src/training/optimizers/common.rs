//! Options that several optimizers share, and the Adam step.

use crate::functions::schedules;
use crate::numerics::math;
use crate::options::declare::{NoEffect, options, shared};
use crate::options::{Default, Kind};

options! {
    /// Size of each step.
    pub LEARNING_RATE = learning_rate("learning rate"),
        Kind::FloatOr(0.0, 1e30, &schedules::REGISTRY), Default::Float(0.001);
    /// Decay rate of the mean of g.
    #[advanced]
    pub BETA_1 = beta_1("beta 1"), Kind::Float(0.0, 1.0), Default::Float(0.9);
    /// Decay rate of the mean of g^2.
    #[advanced]
    pub BETA_2 = beta_2("beta 2"), Kind::Float(0.0, 1.0), Default::Float(0.999);
    /// Keeps the divisor above 0.
    #[advanced]
    pub EPSILON = epsilon("epsilon"), Kind::Float(0.0, 1e30), Default::Float(1e-7);
    /// Fraction of the previous step that is added to this one.
    pub MOMENTUM = momentum("momentum"), Kind::Float(0.0, 1.0), Default::Float(0.0);
    /// Before each update, every weight (biases too) shrinks by this fraction times the learning rate.
    #[advanced]
    pub WEIGHT_DECAY = weight_decay("weight decay"), Kind::Float(0.0, 1e30), Default::Null;
}

shared! {
    /// The options that every optimizer has after its own.
    pub struct Shared {
        /// Scales the gradient of each array of weights down to this norm at most.
        #[advanced]
        clipnorm("clip each norm"): Option<f64> = Kind::Float(0.0, 1e30), Default::Null;
        /// Clips every number of the gradient to this magnitude.
        #[advanced]
        clipvalue("clip values"): Option<f64> = Kind::Float(0.0, 1e30), Default::Null;
        /// Scales the gradient of all weights together down to this norm at most.
        #[advanced]
        global_clipnorm("clip the global norm"): Option<f64> = Kind::Float(0.0, 1e30), Default::Null;
        /// Keeps an exponential moving average of the weights, which replaces them at the end of training.
        #[advanced]
        use_ema("average weights"): bool = Kind::Bool, Default::Bool(false);
        /// Decay rate of the average of the weights.
        #[advanced]
        ema_momentum("average's momentum"): f64 = Kind::Float(0.0, 1.0), Default::Float(0.99);
        /// Number of updates after which the average replaces the weights, again and again.
        #[advanced]
        ema_overwrite_frequency("overwrite every"): Option<u64> = Kind::Int(1, 1_000_000_000), Default::Null;
        /// Protects Keras' 16-bit gradients from underflow. Has no effect on 32 bits.
        #[advanced]
        loss_scale_factor("loss scale"): NoEffect = Kind::Float(1e-6, 1e30), Default::Null;
        /// Number of batches whose mean gradient makes one update.
        #[advanced]
        gradient_accumulation_steps("accumulate"): Option<u64> = Kind::Int(2, 1_000_000), Default::Null;
    }
}

/// The numbers of an Adam step.
#[derive(Clone, Copy)]
pub struct Adam {
    pub beta_1: f64,
    pub beta_2: f64,
    pub epsilon: f32,
}

impl Adam {
    /// The learning rate with both bias corrections, as Keras folds them into it. Epsilon is added to the uncorrected root
    /// ("epsilon hat" in the paper).
    pub fn rate(&self, learning_rate: f32, t: u64) -> f32 {
        let [power_1, power_2] = math::powers([self.beta_1 as f32, self.beta_2 as f32], t);
        learning_rate * (1.0 - power_2).sqrt() / (1.0 - power_1)
    }

    /// 1 - beta 1 and 1 - beta 2, subtracted in double precision as Keras does.
    pub fn one_minus_betas(&self) -> (f32, f32) {
        ((1.0 - self.beta_1) as f32, (1.0 - self.beta_2) as f32)
    }

    /// Updates `w` by its gradient `g`; `means` and `squares` are the moving averages of g and g^2.
    pub fn step(
        &self,
        rate: f32,
        w: &mut [f32],
        g: &[f32],
        means: &mut [f32],
        squares: &mut [f32],
    ) {
        let ((rest_1, rest_2), epsilon) = (self.one_minus_betas(), self.epsilon);
        for (((w, g), m), v) in w
            .iter_mut()
            .zip(g)
            .zip(means.iter_mut())
            .zip(squares.iter_mut())
        {
            *m += (g - *m) * rest_1;
            *v += (g * g - *v) * rest_2;
            *w -= *m * rate / (v.sqrt() + epsilon);
        }
    }
}

/// Euclidean norm, summed in double precision.
pub fn norm(x: &[f32]) -> f32 {
    let sum = x.iter().fold(0.0f64, |sum, x| sum + f64::from(x * x));
    (sum as f32).sqrt()
}
