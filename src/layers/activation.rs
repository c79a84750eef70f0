//! Activation: a function of every number, as a layer of its own; and those functions that Keras has
//! as layers by themselves.

use super::common::{self, Function};
use super::layer::{Backward, Build, Forward, Inputs, Layer, LayerKind, MaskFlow, Shape, size};
use crate::functions::activations;
use crate::options::error::ConfigError;
use crate::options::{ClassSpec, Default, Kind, OptionSpec, help_text};

pub static KIND: LayerKind = LayerKind {
    class: ClassSpec {
        class_name: "Activation",
        name: "activation",
        aliases: &[],
        label: "Activation",
        doc: help_text("Passes every number through a function."),
        formula: help_text("y = f(x)"),
        options: &[&OptionSpec {
            default: Default::Required,
            ..common::function("activation", "activation", "The function.", "linear")
        }],
        group: "",
        shared: &[],
    },
    inputs: Inputs::One,
    build: |request| {
        if request
            .config
            .choice("activation")
            .is_some_and(activations::halves)
        {
            return Glu::boxed(&request);
        }
        let function = Function::of(request.config, "activation");
        Ok(Activation::boxed(&request, function))
    },
};

pub static RELU: LayerKind = LayerKind {
    class: ClassSpec {
        class_name: "ReLU",
        name: "re_lu",
        aliases: &[],
        label: "ReLU",
        doc: help_text(
            "Passes what is positive, stops the rest: cheap, and deep networks learn with it.",
        ),
        formula: help_text(
            "y = min(x, max_value) where x > threshold, else negative_slope (x - threshold)",
        ),
        options: &[
            &OptionSpec {
                name: "max_value",
                label: "largest output",
                doc: help_text("Largest output; none where nothing is given."),
                kind: Kind::Float(1e-6, 1e6),
                default: Default::Null,
                advanced: false,
                start: "",
            },
            &slope("negative_slope", 0.0),
            &OptionSpec {
                name: "threshold",
                label: "threshold",
                doc: help_text("Passes only what is above it."),
                kind: Kind::Float(0.0, 1e6),
                default: Default::Float(0.0),
                advanced: false,
                start: "",
            },
        ],
        group: "",
        shared: &[],
    },
    inputs: Inputs::One,
    build: |request| {
        let option = |name| request.config.number(name) as f32;
        let options = ["negative_slope", "max_value", "threshold"].map(option);
        Ok(Activation::boxed(
            &request,
            Function::named("relu", &options),
        ))
    },
};

pub static LEAKY_RELU: LayerKind = LayerKind {
    class: ClassSpec {
        class_name: "LeakyReLU",
        name: "leaky_re_lu",
        aliases: &[],
        label: "Leaky ReLU",
        doc: help_text(
            "As ReLU, but what is negative leaks through, so that no unit dies. (The \
             activation leaky_relu has the slope 0.2.)",
        ),
        formula: help_text("y = x where x > 0, else negative_slope x"),
        options: &[&slope("negative_slope", 0.3)],
        group: "",
        shared: &[],
    },
    inputs: Inputs::One,
    build: |request| {
        let slope = request.config.number("negative_slope") as f32;
        let function = Function::named("leaky_relu", &[slope]);
        Ok(Activation::boxed(&request, function))
    },
};

pub static ELU: LayerKind = LayerKind {
    class: ClassSpec {
        class_name: "ELU",
        name: "elu",
        aliases: &[],
        label: "ELU",
        doc: help_text("As ReLU where positive; below, it nears -alpha smoothly."),
        formula: help_text("y = x where x > 0, else alpha (e^x - 1)"),
        options: &[&OptionSpec {
            name: "alpha",
            label: "alpha",
            doc: help_text("How far below 0 it goes."),
            kind: Kind::Float(-1e6, 1e6),
            default: Default::Float(1.0),
            advanced: false,
            start: "",
        }],
        group: "",
        shared: &[],
    },
    inputs: Inputs::One,
    build: |request| {
        let alpha = request.config.number("alpha") as f32;
        Ok(Activation::boxed(
            &request,
            Function::named("elu", &[alpha]),
        ))
    },
};

const fn slope(name: &'static str, default: f64) -> OptionSpec {
    OptionSpec {
        name,
        label: "negative slope",
        doc: help_text("Slope of what is below."),
        kind: Kind::Float(0.0, 1e6),
        default: Default::Float(default),
        advanced: false,
        start: "",
    }
}

/// y = f(x). Keeps x, so that it looks to the loss as Dense does.
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

    /// Keras' `linear` returns the very tensor that it is given.
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
}

/// The gated linear unit: half as many numbers come out.
struct Glu {
    width: usize,
    shape: Shape,
}

impl Glu {
    fn boxed(request: &Build<'_>) -> Result<Box<dyn Layer>, ConfigError> {
        let mut shape = request.input().clone();
        let width = shape.last().copied().unwrap_or(1);
        match shape.last_mut() {
            Some(last) if width.is_multiple_of(2) => *last = width / 2,
            _ => {
                let message = format!(
                    "glu takes a row in two halves, but the input's last axis has {width} places: make \
                     it an even number."
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
