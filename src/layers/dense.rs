//! Dense: every unit sees every input.

use super::common::{self, Function};
use super::{Backward, Build, Forward, Inputs, Layer, LayerKind, MaskFlow, ParamSpec, Shape, size};
use crate::functions::regularizers::Regularizer;
use crate::kernels::{registers, rows, sparse};
use crate::options::error::ConfigError;
use crate::options::{ClassSpec, Default, Kind, OptionSpec, help_text};

pub static KIND: LayerKind = LayerKind {
    entry: ClassSpec {
        class_name: "Dense",
        name: "dense",
        aliases: &[],
        label: "Dense",
        doc: help_text(
            "Every unit adds up all inputs, each times a weight of its own, and a bias.",
        ),
        formula: help_text("y = f(x W + b); W: [inputs, units], b: [units]"),
        options: &[
            &OptionSpec {
                name: "units",
                label: "units",
                doc: help_text("How many numbers come out."),
                kind: Kind::Int(1, 100_000),
                default: Default::Required,
            },
            &common::ACTIVATION,
            &common::USE_BIAS,
            &common::KERNEL_INITIALIZER,
            &common::BIAS_INITIALIZER,
            &common::KERNEL_REGULARIZER,
            &common::BIAS_REGULARIZER,
            &common::ACTIVITY_REGULARIZER,
            &common::KERNEL_CONSTRAINT,
            &common::BIAS_CONSTRAINT,
        ],
    },
    inputs: Inputs::One,
    build: |request| Ok(Box::new(Dense::new(request)?)),
};

/// y = f(x W + b) on the last axis of x. Keeps z = x W + b.
struct Dense {
    n_in: usize,
    units: usize,
    output_shape: Shape,
    function: Function,
    activity: Option<Regularizer>,
    params: Vec<ParamSpec>,
}

impl Dense {
    fn new(request: Build<'_>) -> Result<Self, ConfigError> {
        let choice = request.choice;
        let units = choice.count("units").unwrap_or(1);
        let Some((&n_in, outer)) = request.input().split_last() else {
            return Err(ConfigError::new(
                "",
                "Dense needs at least one number per example, but its input is a single value: \
                 give the input a shape, such as [1].",
            ));
        };
        let output_shape = outer.iter().copied().chain([units]).collect();
        // Keras makes both initializers, in this order, whether or not there is a bias.
        let kernel = common::param(choice, "kernel", vec![n_in, units], request.seeds);
        let bias = common::param(choice, "bias", vec![units], request.seeds);
        let mut params = vec![kernel, bias];
        params.truncate(1 + usize::from(choice.flag("use_bias")));
        Ok(Dense {
            n_in,
            units,
            output_shape,
            function: Function::of(choice, "activation"),
            activity: common::regularizer_of(choice, "activity_regularizer"),
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

    fn scratch(&self, batch: usize) -> usize {
        batch * size(&self.output_shape).unwrap_or(0)
    }

    fn forward(&self, pass: Forward<'_>) {
        let (kernel, bias) = pass.params.split_at(self.n_in * self.units);
        let z = pass.scratch;
        match pass.nonzeros {
            Some(x) => {
                sparse::product(x, kernel, z, self.units);
                if !bias.is_empty() {
                    rows::add_bias(z, bias);
                }
            }
            // What a single unit sees is a row, as its weights are.
            None if self.units == 1 => rows::dots(pass.x, kernel, bias, z),
            None => {
                let (n_in, units) = (self.n_in, self.units);
                pass.products
                    .product_plus(pass.x, kernel, bias, z, n_in, units);
            }
        }
        self.function.forward(self.units, z, pass.y);
    }

    fn backward(&self, pass: Backward<'_>) {
        let (dz, n_in, units) = (pass.dy, self.n_in, self.units);
        if !pass.at_logits {
            self.function.backward(units, pass.scratch, pass.y, dz);
        }
        let (kernel, _) = pass.params.split_at(n_in * units);
        let (dkernel, dbias) = pass.dparams.split_at_mut(n_in * units);
        match pass.nonzeros {
            Some(x) => sparse::product_of_transposed(x, dz, dkernel, units),
            // The matrices of a single column are rows, too.
            None if units == 1 => {
                pass.products.product(dz, pass.x, dkernel, dz.len(), n_in);
            }
            None => pass
                .products
                .of_transposed(pass.x, dz, dkernel, n_in, units),
        }
        if !dbias.is_empty() {
            rows::sum_rows(dz, dbias);
        }
        if let Some(dx) = pass.dx {
            match units {
                1 => pass.products.product(dz, kernel, dx, 1, n_in),
                _ => pass.products.with_transposed(dz, kernel, dx, units, n_in),
            }
        }
    }

    fn mask_flow(&self) -> MaskFlow {
        MaskFlow::Passes
    }

    fn activity_regularizer(&self) -> Option<&Regularizer> {
        self.activity.as_ref()
    }

    fn accepts_sparse_input(&self) -> bool {
        self.output_shape.len() == 1 && self.units >= registers::MIN_COLUMNS
    }

    fn activation(&self) -> Option<&'static str> {
        self.function.shown()
    }

    fn stores_preactivation(&self) -> bool {
        true
    }

    fn logits_available(&self) -> bool {
        self.function.logits_available()
    }

    fn activation_backward(&self, scratch: &[f32], y: &[f32], d: &mut [f32]) {
        self.function.backward(self.units, scratch, y, d);
    }
}
