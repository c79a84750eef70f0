//! Dense: every unit sees every input.

use super::{Backward, Build, Forward, Layer, LayerKind, ParamSpec, Shape, size};
use crate::activations::{self, Activation};
use crate::choice::{Choice, Default, Entry, Kind, Opt};
use crate::initializers::{self, Seeded};
use crate::kernels::{rows, sparse};
use crate::refusal::Refusal;

pub static KIND: LayerKind = LayerKind {
    entry: Entry {
        class_name: "Dense",
        name: "dense",
        aliases: &[],
        label: "Dense",
        doc: "Every unit adds up all inputs, each times a weight of its own, and a bias.",
        formula: "y = f(x W + b); W: [inputs, units], b: [units]",
        options: &[
            Opt {
                name: "units",
                label: "units",
                doc: "How many numbers come out.",
                kind: Kind::Int(1, 100_000),
                default: Default::Required,
            },
            Opt {
                name: "activation",
                label: "activation",
                doc: "What each sum is passed through.",
                kind: Kind::Of(&activations::FAMILY),
                default: Default::Text("linear"),
            },
            Opt {
                name: "use_bias",
                label: "bias",
                doc: "Whether each unit adds a number of its own.",
                kind: Kind::Bool,
                default: Default::Bool(true),
            },
            Opt {
                name: "kernel_initializer",
                label: "weights begin as",
                doc: "Where the weights begin.",
                kind: Kind::Of(&initializers::FAMILY),
                default: Default::Text("glorot_uniform"),
            },
            Opt {
                name: "bias_initializer",
                label: "biases begin as",
                doc: "Where the biases begin.",
                kind: Kind::Of(&initializers::FAMILY),
                default: Default::Text("zeros"),
            },
        ],
    },
    build: |request| Ok(Box::new(Dense::new(request)?)),
};

/// y = f(x W + b) on the last axis of x. Keeps z = x W + b.
struct Dense {
    n_in: usize,
    units: usize,
    output_shape: Shape,
    activation: &'static Activation,
    options: Vec<f32>,
    params: Vec<ParamSpec>,
}

impl Dense {
    fn new(request: Build<'_>) -> Result<Self, Refusal> {
        let Build {
            choice,
            input_shape,
            seeds,
        } = request;
        let units = choice.count("units").unwrap_or(1);
        let Some((&n_in, outer)) = input_shape.split_last() else {
            return Err(Refusal::new(
                "",
                "Dense needs at least one number per example, but its input is a single value: \
                 give the input a shape, such as [1].",
            ));
        };
        let function = choice.choice("activation");
        let activation = function.map_or(&activations::ALL[0], activations::of);
        let initializer = |name: &str, seeds: &mut _| {
            let default = || Choice::default_of(&initializers::FAMILY, "zeros");
            Seeded::new(&choice.choice(name).cloned().unwrap_or_else(default), seeds)
        };
        // Keras makes both initializers, in this order, whether or not there is a bias.
        let kernel = initializer("kernel_initializer", seeds);
        let bias = initializer("bias_initializer", seeds);
        let mut params = vec![ParamSpec {
            name: "kernel",
            shape: vec![n_in, units],
            initializer: kernel,
        }];
        if choice.flag("use_bias") {
            params.push(ParamSpec {
                name: "bias",
                shape: vec![units],
                initializer: bias,
            });
        }
        let output_shape = outer.iter().copied().chain([units]).collect();
        let options = function.map(Choice::numbers).unwrap_or_default();
        Ok(Dense {
            n_in,
            units,
            output_shape,
            activation,
            options,
            params,
        })
    }
}

impl Layer for Dense {
    fn output_shape(&self) -> &Shape {
        &self.output_shape
    }

    fn params(&self) -> &[ParamSpec] {
        &self.params
    }

    fn scratch_per_example(&self) -> usize {
        size(&self.output_shape).unwrap_or(0)
    }

    fn forward(&self, pass: Forward<'_>) {
        let (kernel, bias) = pass.params.split_at(self.n_in * self.units);
        let z = pass.scratch;
        match pass.nonzeros {
            Some(x) => sparse::product(x, kernel, z, self.units),
            None => pass
                .products
                .product(pass.x, kernel, z, self.n_in, self.units),
        }
        if !bias.is_empty() {
            rows::add_bias(z, bias);
        }
        (self.activation.forward)(&self.options, self.units, z, pass.y);
    }

    fn backward(&self, pass: Backward<'_>) {
        let dz = pass.dy;
        if !pass.at_logits {
            (self.activation.backward)(&self.options, self.units, pass.scratch, pass.y, dz);
        }
        let (kernel, _) = pass.params.split_at(self.n_in * self.units);
        let (dkernel, dbias) = pass.dparams.split_at_mut(self.n_in * self.units);
        match pass.nonzeros {
            Some(x) => sparse::product_of_transposed(x, dz, dkernel, self.units),
            None => pass
                .products
                .of_transposed(pass.x, dz, dkernel, self.n_in, self.units),
        }
        if !dbias.is_empty() {
            rows::sum_rows(dz, dbias);
        }
        if let Some(dx) = pass.dx {
            pass.products
                .with_transposed(dz, kernel, dx, self.units, self.n_in);
        }
    }

    fn takes_nonzeros(&self) -> bool {
        self.output_shape.len() == 1 && self.units >= sparse::MIN_COLUMNS
    }

    fn activation(&self) -> Option<&'static str> {
        let name = self.activation.entry.name;
        (name != "linear").then_some(name)
    }

    fn leaves_logits(&self) -> bool {
        self.activation.leaves_logits
    }
}
