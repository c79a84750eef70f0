//! Activation: an activation function as a layer; and ReLU, LeakyReLU and ELU, which Keras has as layers too.

use super::common::Function;
use super::layer::{Backward, Build, Forward, Layer, LayerKind, MaskFlow, Shape, size};
use super::terms::{Factor, Stage};
use crate::functions::activations;
use crate::options::declare::class;
use crate::options::error::{ConfigError, Result};
use crate::options::{ConfigObject, Default, Kind};

class! {
    /// Applies a function to each number.
    #[formula("y = f(x)")]
    #[group("activation")]
    pub struct Options("Activation", "activation", "Activation") {
        /// The function.
        #[start("\"relu\"")]
        activation("activation"): ConfigObject = Kind::Of(&activations::REGISTRY), Default::Required;
    }
}

class! {
    /// Passes positive numbers and sets the others to 0. Cheap to compute, and deep networks train well with it.
    #[formula("y = min(x, max_value) where x > threshold, else negative_slope (x - threshold)")]
    #[group("activation")]
    struct ReluOptions("ReLU", "re_lu", "ReLU") {
        /// Largest output; unlimited by default.
        #[advanced]
        max_value("largest output"): Option<f32> = Kind::Float(1e-6, 1e6), Default::Null;
        /// Slope below the threshold.
        #[advanced]
        negative_slope("negative slope"): f32 = Kind::Float(0.0, 1e6), Default::Float(0.0);
        /// Numbers above the threshold pass.
        #[advanced]
        threshold("threshold"): f32 = Kind::Float(0.0, 1e6), Default::Float(0.0);
    }
}

class! {
    /// ReLU with a small slope for negative numbers, so that no unit dies. (The activation leaky_relu has the slope 0.2.)
    #[formula("y = x where x > 0, else negative_slope x")]
    #[group("activation")]
    struct LeakyReluOptions("LeakyReLU", "leaky_re_lu", "Leaky ReLU") {
        /// Slope for negative numbers.
        negative_slope("negative slope"): f32 = Kind::Float(0.0, 1e6), Default::Float(0.3);
    }
}

class! {
    /// ReLU for positive numbers; negative ones approach -alpha smoothly.
    #[formula("y = x where x > 0, else alpha (e^x - 1)")]
    #[group("activation")]
    struct EluOptions("ELU", "elu", "ELU") {
        /// Limit of the output for large negative numbers is -alpha.
        alpha("alpha"): f32 = Kind::Float(-1e6, 1e6), Default::Float(1.0);
    }
}

pub static KIND: LayerKind = LayerKind::new(Options::SPEC, |request| {
    let function = Options::of(request.config).activation;
    if activations::halves(&function) {
        return Glu::boxed(&request);
    }
    Ok(Activation::boxed(&request, Function::new(&function)))
});

pub static RELU: LayerKind = LayerKind::new(ReluOptions::SPEC, |request| {
    let options = ReluOptions::of(request.config);
    // The function takes 0 for no limit.
    let limit = options.max_value.unwrap_or(0.0);
    let numbers = [options.negative_slope, limit, options.threshold];
    let function = Function::named("relu", &numbers);
    Ok(Activation::boxed(&request, function))
});

pub static LEAKY_RELU: LayerKind = LayerKind::new(LeakyReluOptions::SPEC, |request| {
    let slope = LeakyReluOptions::of(request.config).negative_slope;
    let function = Function::named("leaky_relu", &[slope]);
    Ok(Activation::boxed(&request, function))
});

pub static ELU: LayerKind = LayerKind::new(EluOptions::SPEC, |request| {
    let alpha = EluOptions::of(request.config).alpha;
    Ok(Activation::boxed(
        &request,
        Function::named("elu", &[alpha]),
    ))
});

/// y = f(x). Scratch holds x, the pre-activations and logits.
struct Activation {
    shape: Shape,
    function: Function,
}

impl Activation {
    fn boxed(request: &Build<'_>, function: Function) -> Box<dyn Layer> {
        let shape = request.input().clone();
        Box::new(Activation { shape, function })
    }

    fn width(&self) -> usize {
        self.shape.last().copied().unwrap_or(1)
    }
}

impl Layer for Activation {
    fn output_shape(&self) -> &Shape {
        &self.shape
    }

    fn scratch(&self, batch: usize) -> usize {
        batch * size(&self.shape).unwrap_or(0)
    }

    fn forward(&self, pass: Forward<'_>) {
        pass.scratch.copy_from_slice(pass.x);
        self.function.forward(self.width(), pass.x, pass.y);
    }

    fn backward(&self, pass: Backward<'_>) {
        let dz = pass.dy;
        if !pass.at_logits {
            self.activation_backward(pass.scratch, pass.y, dz);
        }
        if let Some(dx) = pass.dx {
            dx.copy_from_slice(dz);
        }
    }

    fn mask_flow(&self) -> MaskFlow {
        MaskFlow::Passes
    }

    fn activation(&self) -> Option<&'static str> {
        Some(self.function.name())
    }

    /// Keras' `linear` returns its input tensor itself.
    fn is_identity(&self, _: bool) -> bool {
        self.function.name() == "linear"
    }

    fn stores_preactivation(&self) -> bool {
        true
    }

    fn logits_available(&self) -> bool {
        self.function.logits_available()
    }

    fn activation_backward(&self, scratch: &[f32], y: &[f32], d: &mut [f32]) {
        self.function.backward(self.width(), scratch, y, d);
    }

    fn terms(&self, _: bool) -> Vec<Stage> {
        let stage = Stage::each(&self.shape, Factor::One);
        vec![stage.with_activation(self.activation())]
    }
}

/// The gated linear unit: the output has half the width of the input.
struct Glu {
    width: usize,
    shape: Shape,
}

impl Glu {
    fn boxed(request: &Build<'_>) -> Result<Box<dyn Layer>> {
        let mut shape = request.input().clone();
        let width = shape.last().copied().unwrap_or(1);
        match shape.last_mut() {
            Some(last) if width.is_multiple_of(2) => *last = width / 2,
            _ => {
                let message = format!(
                    "glu splits the last axis into two halves, but the input's last axis has size {width}: \
                     make it even."
                );
                return Err(ConfigError::new("activation", message));
            }
        }
        Ok(Box::new(Glu { width, shape }))
    }
}

impl Layer for Glu {
    fn output_shape(&self) -> &Shape {
        &self.shape
    }

    fn forward(&self, pass: Forward<'_>) {
        activations::glu(self.width, pass.x, pass.y);
    }

    fn backward(&self, pass: Backward<'_>) {
        if let Some(dx) = pass.dx {
            activations::glu_backward(self.width, pass.x, pass.dy, dx);
        }
    }

    fn mask_flow(&self) -> MaskFlow {
        MaskFlow::Passes
    }

    fn activation(&self) -> Option<&'static str> {
        Some("glu")
    }
}
