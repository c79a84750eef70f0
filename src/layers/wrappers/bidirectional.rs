//! Bidirectional: a sequence read from both ends by two layers alike (Schuster and Paliwal, 1997).

use super::LAYER;
use crate::layers::layer::{
    Backward, Build, Forward, Inputs, Layer, LayerKind, MaskFlow, ParamSpec, Shape, size,
};
use crate::layers::{self};
use crate::options::error::ConfigError;
use crate::options::{ClassSpec, ConfigObject, Default, Kind, OptionSpec, Value, help_text};

pub static KIND: LayerKind = LayerKind {
    class: ClassSpec {
        class_name: "Bidirectional",
        name: "bidirectional",
        aliases: &[],
        label: "Bidirectional",
        doc: help_text(
            "Reads a sequence forwards and backwards with two recurrent layers alike, and joins what they give.",
        ),
        formula: help_text("y = [forward(x), backward(x)]"),
        options: &[
            &LAYER,
            &OptionSpec {
                name: "merge_mode",
                label: "join by",
                doc: help_text("How both outputs become one."),
                kind: Kind::OneOf(&["concat", "sum", "mul", "ave"]),
                default: Default::Text("concat"),
                advanced: false,
                start: "",
            },
            &OptionSpec::fixed("weights", "null"),
            &OptionSpec {
                name: "backward_layer",
                label: "layer backwards",
                doc: help_text("The layer that reads backwards, where it is not the same."),
                kind: Kind::Of(&layers::REGISTRY),
                default: Default::Null,
                advanced: false,
                start: "",
            },
        ],
        group: "",
        shared: &[],
    },
    inputs: Inputs::One,
    build: |request| Ok(Box::new(Bidirectional::new(request)?)),
};

/// Scratch: both outputs, then both layers' own. Work: two gradients of outputs, one of the input, one
/// of what outputs cost, and the layers' own.
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
    fn new(request: Build<'_>) -> Result<Self, ConfigError> {
        let config = request.config;
        let inner = config.choice("layer");
        let recurrent =
            |c: &&ConfigObject| ["SimpleRNN", "LSTM", "GRU"].contains(&c.class.class_name);
        let Some(inner) = inner.filter(recurrent) else {
            let message = "Bidirectional holds a recurrent layer: give SimpleRNN, LSTM or GRU.";
            return Err(ConfigError::new("layer", message));
        };
        let sequences = inner.flag("return_sequences");
        let set = |config: &ConfigObject, backwards: Option<bool>| {
            let mut own = config.clone();
            own.set("zero_output_for_mask", Value::Bool(sequences));
            if let Some(backwards) = backwards {
                own.set("go_backwards", Value::Bool(backwards));
            }
            own
        };
        let ahead = set(inner, None);
        let back = match config.choice("backward_layer") {
            Some(own) => set(own, None),
            None => set(inner, Some(true)),
        };
        let fits = recurrent(&&back)
            && back.flag("return_sequences") == sequences
            && back.flag("go_backwards") != ahead.flag("go_backwards");
        if !fits {
            let message = "The backward layer must be recurrent, read the other way, and return \
                           sequences where the forward layer does.";
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
        // Keras builds the layer that it is given, then makes two copies, which draw their own seeds.
        build(inner)?;
        let (forward, backward) = (build(&ahead)?, build(&back)?);
        if forward.output_shape() != backward.output_shape() {
            let message = "Both layers must give outputs of one shape: give them the same units.";
            return Err(ConfigError::new("backward_layer", message));
        }
        let mut params = Vec::new();
        for (layer, way, own) in [
            (&forward, "forward_", &ahead),
            (&backward, "backward_", &back),
        ] {
            params.extend(layer.params().iter().cloned().map(|mut spec| {
                spec.path = [way, own.class.name, "/", &spec.path].concat();
                spec
            }));
        }
        let merge = config.word("merge_mode");
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

    /// Numbers of one layer's output for an example.
    fn n_out(&self) -> usize {
        size(self.forward.output_shape()).unwrap_or(1)
    }

    /// Calls `f` with the places of each row of units: in y, forward's output and backward's, which
    /// comes in the order in which it read.
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
        let (ahead, rest) = pass.scratch.split_at_mut(n);
        let (back, rest) = rest.split_at_mut(n);
        let (own, others) = rest.split_at_mut(self.forward.scratch(pass.batch));
        let (params, other_params) = pass.params.split_at(self.n_forward);
        for (layer, y, scratch, params) in [
            (&self.forward, &mut *ahead, own, params),
            (&self.backward, &mut *back, others, other_params),
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
            let (a, b) = (&ahead[a..a + u], &back[b..b + u]);
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
        let (ahead, rest) = pass.scratch.split_at_mut(n);
        let (back, rest) = rest.split_at_mut(n);
        let (own, others) = rest.split_at_mut(self.forward.scratch(pass.batch));
        let (d_ahead, work) = pass.work.split_at_mut(n);
        let (d_back, work) = work.split_at_mut(n);
        let (dx_own, work) = work.split_at_mut(pass.batch * self.n_in);
        let (price, work) = work.split_at_mut(n);
        let (u, dy) = (self.units, &*pass.dy);
        self.rows(pass.batch, |at, a, b| {
            for k in 0..u {
                (d_ahead[a + k], d_back[b + k]) = match self.merge {
                    "concat" => (dy[at + k], dy[at + u + k]),
                    "mul" => (dy[at + k] * back[b + k], dy[at + k] * ahead[a + k]),
                    "ave" => (dy[at + k] / 2.0, dy[at + k] / 2.0),
                    _ => (dy[at + k], dy[at + k]),
                };
            }
        });
        // What each layer's outputs cost by themselves.
        for (layer, y, d) in [
            (&self.forward, &*ahead, &mut *d_ahead),
            (&self.backward, &*back, &mut *d_back),
        ] {
            if let Some(regularizer) = layer.activity_regularizer() {
                price.fill(0.0);
                regularizer.add(&[n], y, Some(price));
                let share = 1.0 / pass.batch as f32;
                d.iter_mut().zip(&*price).for_each(|(d, p)| *d += p * share);
            }
        }
        let (params, other_params) = pass.params.split_at(self.n_forward);
        let (dparams, other_dparams) = pass.dparams.split_at_mut(self.n_forward);
        let mut dx = pass.dx;
        for (i, (layer, (y, dy), scratch, (params, dparams))) in [
            (&self.forward, (&*ahead, d_ahead), own, (params, dparams)),
            (
                &self.backward,
                (&*back, d_back),
                others,
                (other_params, other_dparams),
            ),
        ]
        .into_iter()
        .enumerate()
        {
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
                dx: dx.is_some().then_some(&mut *dx_own),
                dparams,
                products: pass.products,
                calls: pass.calls,
                at_logits: false,
            });
            match dx.as_deref_mut() {
                Some(dx) if i == 0 => dx.copy_from_slice(dx_own),
                Some(dx) => dx.iter_mut().zip(&*dx_own).for_each(|(to, d)| *to += d),
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
