//! Sequential: layers over one arena of parameters; the way forward and the way back.
//!
//! A model knows nothing of optimizers, data or time. A pass does not change it: what a pass computes
//! stands in a [`Workspace`].

use crate::config::ModelConfig;
use crate::kernels::matmul::Products;
use crate::kernels::sparse::Chosen;
use crate::layers::{self, Backward, Build, Forward, Layer, Shape, size};
use crate::refusal::{Refusal, shown};
use crate::rng::PythonRandom;
use std::ops::Range;

/// Most parameters that a model may have: with gradients and an optimizer's memory 400 MB.
const MAX_PARAMETERS: usize = 16_000_000;
/// Most numbers that the passes over a batch may need.
const MAX_WORKSPACE: usize = 64_000_000;

/// Layers, one after another, and their parameters.
pub struct Sequential {
    layers: Vec<Built>,
    input_shape: Shape,
    /// Trainable parameters of all layers, in order.
    trainable: Vec<f32>,
    /// Parameters of layers that are not trained.
    frozen: Vec<f32>,
    table: Vec<Param>,
    training_calls: u64,
}

struct Built {
    layer: Box<dyn Layer>,
    name: String,
    class_name: &'static str,
    trainable: bool,
    /// Where its parameters lie in the arena of its kind.
    span: Range<usize>,
}

/// A parameter array: an entry of the model's table of contents, in the order of `get_weights()`.
#[derive(Clone, Debug)]
pub struct Param {
    /// Number of its layer.
    pub layer: usize,
    /// Keras' path, "dense/kernel".
    pub path: String,
    /// Keras' name, "kernel".
    pub name: &'static str,
    /// Its shape.
    pub shape: Shape,
    /// Whether training moves it.
    pub trainable: bool,
    /// Where it lies in its arena.
    pub span: Range<usize>,
}

/// All that the passes over one batch compute.
pub struct Workspace {
    capacity: usize,
    outputs: Vec<Vec<f32>>,
    scratch: Vec<Vec<f32>>,
    gradients: Vec<Vec<f32>>,
    /// Where gradients of frozen parameters go.
    unused: Vec<f32>,
    products: Products,
}

/// A batch of inputs.
#[derive(Clone, Copy)]
pub enum Input<'a> {
    /// All numbers: `[batch, inputs]`.
    Dense(&'a [f32]),
    /// Those that are not zero: gives the same results in less time. For a model that
    /// [takes them so](Sequential::takes_nonzeros).
    Nonzeros(Chosen<'a>),
}

/// Where the loss takes hold of the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Head {
    /// At the output of the last layer.
    Output,
    /// At the input of the sigmoid or softmax of this layer.
    Logits(usize),
}

impl Sequential {
    /// Builds the layers on inputs of this shape and draws their first weights, as Keras does after
    /// `keras.utils.set_random_seed(seed)`.
    ///
    /// # Errors
    /// Shapes that do not fit, and models that are too large for a browser's tab.
    pub fn build(config: &ModelConfig, input: &Shape, seed: u32) -> Result<Self, Refusal> {
        let mut seeds = PythonRandom::new(seed);
        let mut model = Sequential {
            layers: Vec::new(),
            input_shape: input.clone(),
            trainable: Vec::new(),
            frozen: Vec::new(),
            table: Vec::new(),
            training_calls: 0,
        };
        let fits = |shape: &[usize]| size(shape).is_some_and(|n| (1..=MAX_WORKSPACE).contains(&n));
        if !fits(input) {
            let message = format!(
                "An input of shape {input:?} needs more memory than a browser's tab has (or none at \
                 all): give one of 1 to {MAX_WORKSPACE} numbers."
            );
            return Err(Refusal::new("config.layers[0].config.batch_shape", message));
        }
        let mut shape = input.clone();
        let mut n_parameters = 0usize;
        let first = usize::from(config.input_shape.is_some()); // the input layer stands before
        for (i, (layer, name)) in config.layers.iter().zip(config.layer_names()).enumerate() {
            let place = format!("config.layers[{}]", i + first);
            let at = |r: Refusal| r.within("config").within(&place);
            let request = Build {
                choice: &layer.choice,
                input_shape: &shape,
                seeds: &mut seeds,
            };
            let built = layers::build(request).map_err(at)?;
            for spec in built.params() {
                let n = size(&spec.shape).unwrap_or(usize::MAX);
                n_parameters = n_parameters.saturating_add(n);
                if n_parameters > MAX_PARAMETERS {
                    let message = format!(
                        "With layer '{name}' ({} of shape {:?}) the model has more than {} million \
                         parameters, too many for a browser's tab: use fewer units.",
                        spec.name,
                        spec.shape,
                        MAX_PARAMETERS / 1_000_000
                    );
                    return Err(at(Refusal::new("units", message)));
                }
            }
            shape = built.output_shape().clone();
            if !fits(&shape) {
                let message = format!(
                    "The output of layer '{name}' has the shape {shape:?}, more numbers than a \
                     browser's tab has memory for: use fewer units."
                );
                return Err(at(Refusal::new("units", message)));
            }
            model.push(built, name, layer.choice.entry.class_name, layer.trainable);
        }
        Ok(model)
    }

    fn push(
        &mut self,
        layer: Box<dyn Layer>,
        name: String,
        class_name: &'static str,
        trainable: bool,
    ) {
        let arena = if trainable {
            &mut self.trainable
        } else {
            &mut self.frozen
        };
        let start = arena.len();
        for spec in layer.params() {
            let at = arena.len();
            let n = size(&spec.shape).unwrap_or(0);
            arena.resize(at + n, 0.0);
            spec.initializer.fill(&spec.shape, &mut arena[at..]);
            self.table.push(Param {
                layer: self.layers.len(),
                path: format!("{name}/{}", spec.name),
                name: spec.name,
                shape: spec.shape.clone(),
                trainable,
                span: at..at + n,
            });
        }
        let span = start..arena.len();
        self.layers.push(Built {
            layer,
            name,
            class_name,
            trainable,
            span,
        });
    }

    /// A workspace for batches of up to `batch` examples.
    ///
    /// # Errors
    /// Where it would not fit into a tab's memory.
    pub fn workspace(&self, batch: usize) -> Result<Workspace, Refusal> {
        let numbers_of = |l: &Built| {
            let outputs = size(l.layer.output_shape()).unwrap_or(MAX_WORKSPACE);
            outputs
                .saturating_mul(2)
                .saturating_add(l.layer.scratch_per_example())
        };
        let numbers = self.layers.iter().map(numbers_of);
        let per_example = numbers.fold(0, usize::saturating_add);
        if per_example.saturating_mul(batch) > MAX_WORKSPACE {
            let fitting = (MAX_WORKSPACE / per_example.max(1)).max(1);
            let message = format!(
                "A batch of {batch} examples needs more memory than a browser's tab has: use at most {fitting}."
            );
            return Err(Refusal::new("batch_size", message));
        }
        let outputs = |l: &Built| vec![0.0; size(l.layer.output_shape()).unwrap_or(0) * batch];
        let scratch = |l: &Built| vec![0.0; l.layer.scratch_per_example() * batch];
        Ok(Workspace {
            capacity: batch,
            outputs: self.layers.iter().map(outputs).collect(),
            scratch: self.layers.iter().map(scratch).collect(),
            gradients: self.layers.iter().map(outputs).collect(),
            unused: vec![0.0; self.frozen.len()],
            products: Products::default(),
        })
    }

    /// The forward pass, of at most as many examples as `ws` was made for.
    pub fn forward(&self, input: Input<'_>, training: bool, ws: &mut Workspace) {
        let batch = input.n_rows(self.n_inputs());
        let training = training.then_some(self.training_calls);
        for (i, built) in self.layers.iter().enumerate() {
            let n_out = batch * size(built.layer.output_shape()).unwrap_or(0);
            let n_scratch = batch * built.layer.scratch_per_example();
            let (below, rest) = ws.outputs.split_at_mut(i);
            let (x, nonzeros) = match below.last() {
                Some(y) => (&y[..batch * self.width(i - 1)], None),
                None => input.parts(),
            };
            built.layer.forward(Forward {
                x,
                nonzeros,
                params: self.params_of(built),
                scratch: &mut ws.scratch[i][..n_scratch],
                y: &mut rest[0][..n_out],
                products: &mut ws.products,
                training,
            });
        }
    }

    /// The backward pass after [`Sequential::forward`] with the same input. The gradient of the loss at
    /// `head` stands in [`Workspace::gradient_at`]; `gradients` is filled, as long as the trainable
    /// arena.
    pub fn backward(
        &self,
        input: Input<'_>,
        head: Head,
        ws: &mut Workspace,
        gradients: &mut [f32],
    ) {
        let batch = input.n_rows(self.n_inputs());
        let top = self.top(head);
        for (i, built) in self.layers.iter().enumerate().take(top + 1).rev() {
            let (below, rest) = ws.gradients.split_at_mut(i);
            let n = batch * self.width(i);
            let (x, nonzeros) = match i.checked_sub(1) {
                Some(below) => (&ws.outputs[below][..batch * self.width(below)], None),
                None => input.parts(),
            };
            let dx = below
                .last_mut()
                .map(|d| &mut d[..batch * self.width(i - 1)]);
            let arena = if built.trainable {
                &mut *gradients
            } else {
                &mut ws.unused[..]
            };
            let dparams = &mut arena[built.span.clone()];
            built.layer.backward(Backward {
                x,
                nonzeros,
                params: self.params_of(built),
                scratch: &ws.scratch[i][..batch * built.layer.scratch_per_example()],
                y: &ws.outputs[i][..n],
                dy: &mut rest[0][..n],
                dx,
                dparams,
                products: &mut ws.products,
                at_logits: head == Head::Logits(i),
            });
        }
    }

    /// Whether [`Input::Nonzeros`] can be given.
    pub fn takes_nonzeros(&self) -> bool {
        let first = self.layers.first();
        first.is_some_and(|built| built.layer.takes_nonzeros())
    }

    /// Where a loss takes hold: at the logits behind the last sigmoid or softmax, if it takes logits
    /// and nothing but layers that hand their input on stands above.
    pub fn head(&self, takes_logits: bool, training: bool) -> Head {
        let top = self
            .layers
            .iter()
            .rposition(|l| !l.layer.hands_on(training));
        match top {
            Some(i) if takes_logits && self.layers[i].layer.leaves_logits() => Head::Logits(i),
            _ => Head::Output,
        }
    }

    fn top(&self, head: Head) -> usize {
        match head {
            Head::Output => self.layers.len() - 1,
            Head::Logits(i) => i,
        }
    }

    fn width(&self, layer: usize) -> usize {
        size(self.layers[layer].layer.output_shape()).unwrap_or(0)
    }

    fn params_of(&self, built: &Built) -> &[f32] {
        let arena = if built.trainable {
            &self.trainable
        } else {
            &self.frozen
        };
        &arena[built.span.clone()]
    }

    /// Numbers of one example's input.
    pub fn n_inputs(&self) -> usize {
        size(&self.input_shape).unwrap_or(1)
    }

    /// Numbers of one example's output.
    pub fn n_outputs(&self) -> usize {
        self.width(self.layers.len() - 1)
    }

    /// Shape of one example's input.
    pub fn input_shape(&self) -> &Shape {
        &self.input_shape
    }

    /// Shape of one example's output.
    pub fn output_shape(&self) -> &Shape {
        self.layers[self.layers.len() - 1].layer.output_shape()
    }

    /// The layers: name, class and mathematics of each.
    pub fn layers(&self) -> impl Iterator<Item = (&str, &'static str, &dyn Layer)> {
        self.layers
            .iter()
            .map(|l| (l.name.as_str(), l.class_name, &*l.layer))
    }

    /// Table of contents of the parameters, in the order of `get_weights()`.
    pub fn table(&self) -> &[Param] {
        &self.table
    }

    /// The numbers of an entry of the table.
    pub fn param(&self, param: &Param) -> &[f32] {
        let arena = if param.trainable {
            &self.trainable
        } else {
            &self.frozen
        };
        &arena[param.span.clone()]
    }

    /// The arena of trainable parameters.
    pub fn trainable(&self) -> &[f32] {
        &self.trainable
    }

    /// The arena of trainable parameters, to be moved.
    pub fn trainable_mut(&mut self) -> &mut [f32] {
        &mut self.trainable
    }

    /// All parameters, in the order of `get_weights()`.
    pub fn weights(&self) -> impl Iterator<Item = f32> {
        self.table
            .iter()
            .flat_map(|p| self.param(p).iter().copied())
    }

    /// Number of all parameters.
    pub fn n_parameters(&self) -> usize {
        self.trainable.len() + self.frozen.len()
    }

    /// Replaces all parameters, given in the order of `get_weights()`.
    ///
    /// # Errors
    /// Too few or too many numbers, or numbers that are not finite.
    pub fn set_weights(&mut self, weights: &[f32]) -> Result<(), Refusal> {
        let wanted = self.n_parameters();
        if weights.len() != wanted {
            let message = format!(
                "The model has {wanted} weights, but {} were given.",
                weights.len()
            );
            return Err(Refusal::new("weights", message));
        }
        if let Some(i) = weights.iter().position(|w| !w.is_finite()) {
            let message = format!(
                "Weight {i} is {}: weights must be finite.",
                shown(f64::from(weights[i]))
            );
            return Err(Refusal::new("weights", message));
        }
        let mut rest = weights;
        for param in &self.table {
            let (these, others) = rest.split_at(param.span.len());
            let arena = if param.trainable {
                &mut self.trainable
            } else {
                &mut self.frozen
            };
            arena[param.span.clone()].copy_from_slice(these);
            rest = others;
        }
        Ok(())
    }

    /// Training passes so far: Dropout's count of calls.
    pub fn training_calls(&self) -> u64 {
        self.training_calls
    }

    /// Sets the count of training passes.
    pub fn set_training_calls(&mut self, calls: u64) {
        self.training_calls = calls;
    }

    /// FNV-1a of the bits of all weights: equal hashes, equal weights.
    pub fn weights_hash(&self) -> u64 {
        self.weights()
            .flat_map(|w| w.to_bits().to_le_bytes())
            .fold(0xcbf2_9ce4_8422_2325, |h, b| {
                (h ^ u64::from(b)).wrapping_mul(0x0000_0100_0000_01b3)
            })
    }
}

impl<'a> Input<'a> {
    /// How many examples there are, of `width` numbers each.
    pub fn n_rows(self, width: usize) -> usize {
        match self {
            Input::Dense(x) => x.len() / width,
            Input::Nonzeros(chosen) => chosen.rows.len(),
        }
    }

    fn parts(self) -> (&'a [f32], Option<Chosen<'a>>) {
        match self {
            Input::Dense(x) => (x, None),
            Input::Nonzeros(chosen) => (&[], Some(chosen)),
        }
    }
}

impl<'a> From<&'a [f32]> for Input<'a> {
    fn from(x: &'a [f32]) -> Self {
        Input::Dense(x)
    }
}

impl Workspace {
    /// Most examples that it can take at a time.
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// What a layer gave in the last forward pass; the first numbers are the batch's.
    pub fn output(&self, layer: usize) -> &[f32] {
        &self.outputs[layer]
    }

    /// What the last layer gave: `[batch, outputs]`.
    pub fn outputs(&self, model: &Sequential, batch: usize) -> &[f32] {
        &self.outputs[model.layers.len() - 1][..batch * model.n_outputs()]
    }

    /// The gradient of the loss with respect to a layer's output, as the last backward pass left it.
    pub fn gradient(&self, layer: usize) -> &[f32] {
        &self.gradients[layer]
    }

    /// What the loss sees at `head`, and the gradient that it is to fill: both `[batch, outputs]`.
    pub fn gradient_at(
        &mut self,
        model: &Sequential,
        head: Head,
        batch: usize,
    ) -> (&[f32], &mut [f32]) {
        let top = model.top(head);
        let n = batch * model.n_outputs();
        let seen = match head {
            Head::Output => &self.outputs[top],
            Head::Logits(i) => &self.scratch[i],
        };
        (&seen[..n], &mut self.gradients[top][..n])
    }
}
