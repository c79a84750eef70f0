//! Bidirectional: two recurrent layers read a sequence from both ends (Schuster and Paliwal, 1997).

use crate::layers::layer::{
    Backward, Build, Forward, Layer, LayerKind, MaskFlow, ParamSpec, Shape, size,
};
use crate::layers::recurrent::options::{GO_BACKWARDS, ZERO_OUTPUT};
use crate::layers::{self, recurrent};
use crate::options::declare::{Fixed, class};
use crate::options::error::{ConfigError, Result};
use crate::options::{ConfigObject, Default, Kind, OptionSpec, Value};

class! {
    /// Reads a sequence forwards and backwards with two recurrent layers, and merges their outputs.
    #[formula("y = [forward(x), backward(x)]")]
    #[group("recurrent")]
    struct Options("Bidirectional", "bidirectional", "Bidirectional") {
        /// The recurrent layer.
        #[start(r#"{"class_name":"LSTM","config":{"units":8}}"#)]
        layer("layer"): ConfigObject = Kind::Of(&layers::REGISTRY), Default::Required;
        /// How the two outputs are merged.
        #[advanced]
        merge_mode("merge by"): &'static str = Kind::OneOf(&["concat", "sum", "mul", "ave"]), Default::Text("concat");
        weights: Fixed = OptionSpec::fixed("weights", "null");
        /// The layer that reads backwards. Default: a copy of the layer.
        #[advanced]
        backward_layer("backward layer"): Option<ConfigObject> = Kind::Of(&layers::REGISTRY), Default::Null;
    }
}

pub static KIND: LayerKind = LayerKind::new(Options::SPEC, |request| {
    Ok(Box::new(Bidirectional::new(request)?))
});

/// Scratch: the outputs of both layers, then their scratch buffers. Work: the gradients at both outputs, at the input and
/// of the activity penalty, then the work buffer of either layer.
struct Bidirectional {
    forward: Box<dyn Layer>,
    backward: Box<dyn Layer>,
    merge: &'static str,
    sequences: bool,
    n_in: usize,
    units: usize,
    output_shape: Shape,
    params: Vec<ParamSpec>,
    n_forward: usize,
}

impl Bidirectional {
    fn new(request: Build<'_>) -> Result<Self> {
        let options = Options::of(request.config);
        let inner = options.layer;
        let Some(forward) = recurrent::options_of(&inner) else {
            let message = "Bidirectional wraps a recurrent layer: use SimpleRNN, LSTM or GRU.";
            return Err(ConfigError::new("layer", message));
        };
        let sequences = forward.return_sequences;
        let mut forward_config = inner.clone();
        let mut backward_config = options.backward_layer.unwrap_or_else(|| {
            let mut copy = inner.clone();
            copy.set(&GO_BACKWARDS, Value::Bool(true));
            copy
        });
        for config in [&mut forward_config, &mut backward_config] {
            config.set(&ZERO_OUTPUT, Value::Bool(sequences));
        }
        let fits = recurrent::options_of(&backward_config).is_some_and(|backward| {
            backward.return_sequences == sequences && backward.go_backwards != forward.go_backwards
        });
        if !fits {
            let message = "The backward layer must be recurrent, read in the other direction, and return \
                           sequences if and only if the forward layer does.";
            return Err(ConfigError::new("backward_layer", message));
        }
        let n_in = size(request.input()).unwrap_or(1);
        let seeds = request.seeds;
        let mut build = |config: &ConfigObject| {
            layers::build(Build {
                config,
                inputs: request.inputs,
                trainable: request.trainable,
                seeds,
            })
        };
        // Keras builds the given layer, then makes two copies, which draw their own seeds.
        build(&inner)?;
        let (forward, backward) = (build(&forward_config)?, build(&backward_config)?);
        if forward.output_shape() != backward.output_shape() {
            let message =
                "Both layers must have outputs of the same shape: give them the same units.";
            return Err(ConfigError::new("backward_layer", message));
        }
        let mut params = Vec::new();
        for (layer, prefix, own) in [
            (&forward, "forward_", &forward_config),
            (&backward, "backward_", &backward_config),
        ] {
            params.extend(layer.params().iter().cloned().map(|mut spec| {
                spec.path = [prefix, own.class.name, "/", &spec.path].concat();
                spec
            }));
        }
        let merge = options.merge_mode;
        let mut output_shape = forward.output_shape().clone();
        let units = output_shape.last().copied().unwrap_or(1);
        if let Some(last) = output_shape.last_mut().filter(|_| merge == "concat") {
            *last *= 2;
        }
        let specs = forward.params().iter();
        Ok(Bidirectional {
            n_forward: specs.filter_map(|s| size(&s.shape)).sum(),
            n_in,
            forward,
            backward,
            merge,
            sequences,
            units,
            output_shape,
            params,
        })
    }

    /// Length of the output of either layer, per example.
    fn n_out(&self) -> usize {
        size(self.forward.output_shape()).unwrap_or(1)
    }

    /// Calls `f` with the positions of each row of units: in y, in the forward layer's output, and in the backward
    /// layer's output, whose steps are in reverse order.
    fn rows(&self, batch: usize, mut f: impl FnMut(usize, usize, usize)) {
        let steps = self.n_out() / self.units;
        let wide = if self.merge == "concat" { 2 } else { 1 } * self.units;
        for example in 0..batch {
            for t in 0..steps {
                let row = example * steps + t;
                let other = if self.sequences {
                    example * steps + steps - 1 - t
                } else {
                    row
                };
                f(row * wide, row * self.units, other * self.units);
            }
        }
    }
}

impl Layer for Bidirectional {
    fn output_shape(&self) -> &Shape {
        &self.output_shape
    }

    fn params(&self) -> &[ParamSpec] {
        &self.params
    }

    fn scratch(&self, batch: usize) -> usize {
        2 * batch * self.n_out() + self.forward.scratch(batch) + self.backward.scratch(batch)
    }

    fn work(&self, batch: usize) -> usize {
        let own = 3 * batch * self.n_out() + batch * self.n_in;
        own + self.forward.work(batch).max(self.backward.work(batch))
    }

    fn forward(&self, pass: Forward<'_>) {
        let n = pass.batch * self.n_out();
        let (forward, rest) = pass.scratch.split_at_mut(n);
        let (backward, rest) = rest.split_at_mut(n);
        let scratch = rest.split_at_mut(self.forward.scratch(pass.batch));
        let params = pass.params.split_at(self.n_forward);
        for (layer, y, scratch, params) in [
            (&self.forward, &mut *forward, scratch.0, params.0),
            (&self.backward, &mut *backward, scratch.1, params.1),
        ] {
            layer.forward(Forward {
                batch: pass.batch,
                x: pass.x,
                nonzeros: None,
                mask: pass.mask,
                masks: &|_| None,
                params,
                state: pass.state,
                scratch: &mut scratch[..layer.scratch(pass.batch)],
                work: pass.work,
                y,
                products: pass.products,
                training: pass.training,
            });
        }
        let (u, y) = (self.units, pass.y);
        self.rows(pass.batch, |at, a, b| {
            let (a, b) = (&forward[a..a + u], &backward[b..b + u]);
            if self.merge == "concat" {
                y[at..at + u].copy_from_slice(a);
                y[at + u..at + 2 * u].copy_from_slice(b);
                return;
            }
            for ((y, a), b) in y[at..at + u].iter_mut().zip(a).zip(b) {
                *y = match self.merge {
                    "mul" => a * b,
                    "ave" => (a + b) / 2.0,
                    _ => a + b,
                };
            }
        });
    }

    fn backward(&self, pass: Backward<'_>) {
        let n = pass.batch * self.n_out();
        let (forward, rest) = pass.scratch.split_at_mut(n);
        let (backward, rest) = rest.split_at_mut(n);
        let scratch = rest.split_at_mut(self.forward.scratch(pass.batch));
        let (d_forward, work) = pass.work.split_at_mut(n);
        let (d_backward, work) = work.split_at_mut(n);
        let (dx_layer, work) = work.split_at_mut(pass.batch * self.n_in);
        let (d_penalty, work) = work.split_at_mut(n);
        let (u, dy) = (self.units, &*pass.dy);
        self.rows(pass.batch, |at, a, b| {
            for k in 0..u {
                (d_forward[a + k], d_backward[b + k]) = match self.merge {
                    "concat" => (dy[at + k], dy[at + u + k]),
                    "mul" => (dy[at + k] * backward[b + k], dy[at + k] * forward[a + k]),
                    "ave" => (dy[at + k] / 2.0, dy[at + k] / 2.0),
                    _ => (dy[at + k], dy[at + k]),
                };
            }
        });
        // The activity penalty of each layer.
        for (layer, y, d) in [
            (&self.forward, &*forward, &mut *d_forward),
            (&self.backward, &*backward, &mut *d_backward),
        ] {
            if let Some(regularizer) = layer.activity_regularizer() {
                d_penalty.fill(0.0);
                regularizer.add(&[n], y, Some(d_penalty));
                let mean = 1.0 / pass.batch as f32;
                d.iter_mut()
                    .zip(&*d_penalty)
                    .for_each(|(d, p)| *d += p * mean);
            }
        }
        let params = pass.params.split_at(self.n_forward);
        let dparams = pass.dparams.split_at_mut(self.n_forward);
        let first = (&self.forward, &*forward, d_forward, scratch.0);
        let second = (&self.backward, &*backward, d_backward, scratch.1);
        let parts = [(first, params.0, dparams.0), (second, params.1, dparams.1)];
        let mut dx = pass.dx;
        for (i, ((layer, y, dy, scratch), params, dparams)) in parts.into_iter().enumerate() {
            layer.backward(Backward {
                batch: pass.batch,
                x: pass.x,
                nonzeros: None,
                mask: pass.mask,
                masks: &|_| None,
                params,
                state: pass.state,
                scratch: &mut scratch[..layer.scratch(pass.batch)],
                work,
                y,
                dy,
                dx: dx.is_some().then_some(&mut *dx_layer),
                dparams,
                products: pass.products,
                calls: pass.calls,
                at_logits: false,
            });
            match dx.as_deref_mut() {
                Some(dx) if i == 0 => dx.copy_from_slice(dx_layer),
                Some(dx) => dx.iter_mut().zip(&*dx_layer).for_each(|(to, d)| *to += d),
                None => {}
            }
        }
    }

    fn mask_flow(&self) -> MaskFlow {
        if self.sequences {
            MaskFlow::Passes
        } else {
            MaskFlow::Stops
        }
    }

    fn inner_penalty(&self, scratch: &[f32], batch: usize) -> f32 {
        let outputs = scratch.chunks_exact(batch * self.n_out());
        let mut sum = 0.0;
        for (layer, y) in [&self.forward, &self.backward].into_iter().zip(outputs) {
            if let Some(regularizer) = layer.activity_regularizer() {
                sum += regularizer.add(&[y.len()], y, None) / batch as f32;
            }
        }
        sum
    }
}
