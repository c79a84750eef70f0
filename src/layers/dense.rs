//! Dense: each unit is connected to all inputs.

use super::activated::{Activated, activated};
use super::common;
use super::layer::{Backward, Build, Forward, Layer, LayerKind, MaskFlow, Shape};
use super::terms::Stage;
use crate::kernels::{registers, rows, sparse};
use crate::options::declare::class;
use crate::options::error::{ConfigError, Result};
use crate::options::{ConfigObject, Default, Kind};

class! {
    /// Each unit computes a weighted sum of all inputs plus a bias.
    #[formula("y = f(x W + b); W: [inputs, units], b: [units]")]
    #[group("core")]
    pub struct Options("Dense", "dense", "Dense") {
        /// Number of outputs.
        #[start("8")]
        units("units"): usize = Kind::Int(1, 100_000), Default::Required;
        activation: ConfigObject = common::ACTIVATION;
        use_bias: bool = common::USE_BIAS;
        kernel_initializer: ConfigObject = common::KERNEL_INITIALIZER;
        bias_initializer: ConfigObject = common::BIAS_INITIALIZER;
        kernel_regularizer: Option<ConfigObject> = common::KERNEL_REGULARIZER;
        bias_regularizer: Option<ConfigObject> = common::BIAS_REGULARIZER;
        activity_regularizer: Option<ConfigObject> = common::ACTIVITY_REGULARIZER;
        kernel_constraint: Option<ConfigObject> = common::KERNEL_CONSTRAINT;
        bias_constraint: Option<ConfigObject> = common::BIAS_CONSTRAINT;
    }
}

pub static KIND: LayerKind =
    LayerKind::new(Options::SPEC, |request| Ok(Box::new(Dense::new(request)?)));

/// y = f(x W + b) on the last axis of x. Scratch holds z = x W + b.
struct Dense {
    n_in: usize,
    units: usize,
    activated: Activated,
}

impl Dense {
    fn new(request: Build<'_>) -> Result<Self> {
        let options = Options::of(request.config);
        let units = options.units;
        let Some((&n_in, outer)) = request.input().split_last() else {
            return Err(ConfigError::new(
                "",
                "Dense needs a list of numbers for each example, but its input has no axis but that of the \
                 examples: give the input a shape such as [1], or take a layer before it that keeps an axis.",
            ));
        };
        let output_shape: Shape = outer.iter().copied().chain([units]).collect();
        Ok(Dense {
            n_in,
            units,
            activated: activated!(
                options,
                output_shape,
                request.seeds,
                (
                    "kernel",
                    vec![n_in, units],
                    [kernel_initializer, kernel_regularizer, kernel_constraint]
                )
            ),
        })
    }
}

impl Layer for Dense {
    fn output_shape(&self) -> &Shape {
        &self.activated.shape
    }

    fn activated(&self) -> Option<&Activated> {
        Some(&self.activated)
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
            // The weights of a single unit are a row, as its inputs are.
            None if self.units == 1 => rows::dots(pass.x, kernel, bias, z),
            None => {
                let (n_in, units) = (self.n_in, self.units);
                pass.products
                    .product_plus(pass.x, kernel, bias, z, n_in, units);
            }
        }
        self.activated.forward(z, pass.y);
    }

    fn backward(&self, pass: Backward<'_>) {
        let (dz, n_in, units) = (pass.dy, self.n_in, self.units);
        if !pass.at_logits {
            self.activated.backward(pass.scratch, pass.y, dz);
        }
        let (kernel, _) = pass.params.split_at(n_in * units);
        let (dkernel, dbias) = pass.dparams.split_at_mut(n_in * units);
        match pass.nonzeros {
            Some(x) => sparse::product_of_transposed(x, dz, dkernel, units),
            // A matrix of one column is laid out as a row.
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

    fn accepts_sparse_input(&self) -> bool {
        self.activated.shape.len() == 1 && self.units >= registers::MIN_COLUMNS
    }

    fn terms(&self, _: bool) -> Vec<Stage> {
        let has_bias = self.activated.params.len() > 1;
        let stage = Stage::product(&self.activated.shape, self.n_in, has_bias);
        vec![stage.with_activation(self.activation())]
    }
}
