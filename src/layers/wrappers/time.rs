//! TimeDistributed: one layer, applied to every step of a sequence.

use crate::layers;
use crate::layers::layer::{
    Backward, Build, Forward, Inputs, Layer, LayerKind, MaskFlow, ParamSpec, Shape, size,
};
use crate::options::declare::class;
use crate::options::error::{ConfigError, Result};
use crate::options::{ConfigObject, Default, Kind};

class! {
    /// Applies one layer, with one set of weights, to every step of a sequence.
    #[formula("y_t = layer(x_t)")]
    #[group("recurrent")]
    struct Options("TimeDistributed", "time_distributed", "Time distributed") {
        /// The layer that is applied.
        #[start(r#"{"class_name":"Dense","config":{"units":8}}"#)]
        layer("layer"): ConfigObject = Kind::Of(&layers::REGISTRY), Default::Required;
    }
}

pub static KIND: LayerKind = LayerKind::new(Options::SPEC, |request| {
    Ok(Box::new(TimeDistributed::new(request)?))
});

/// Scratch, for every step: its inputs, its outputs and the layer's scratch. Work: the gradients at a step's outputs,
/// inputs and parameters, then the layer's work buffer.
struct TimeDistributed {
    layer: Box<dyn Layer>,
    steps: usize,
    n_in: usize,
    n_out: usize,
    n_params: usize,
    output_shape: Shape,
    params: Vec<ParamSpec>,
    takes_mask: bool,
}

/// Layers whose call takes a mask in Keras.
const TAKE_MASKS: &[&str] = &[
    "BatchNormalization",
    "Bidirectional",
    "GlobalAveragePooling1D",
    "GRU",
    "LSTM",
    "SimpleRNN",
    "Softmax",
    "TimeDistributed",
];

impl TimeDistributed {
    fn new(request: Build<'_>) -> Result<Self> {
        let inner = Options::of(request.config).layer;
        if layers::inputs_of(&inner) != Inputs::One {
            let message = "TimeDistributed wraps a layer with one input, such as Dense.";
            return Err(ConfigError::new("layer", message));
        }
        let input = request.input().clone();
        let Some((&steps, step)) = input.split_first() else {
            let message = "TimeDistributed needs a sequence, but its input is a single value.";
            return Err(ConfigError::new("layer", message));
        };
        let inputs = [step.to_vec()];
        let layer = layers::build(Build {
            config: &inner,
            inputs: &inputs,
            trainable: request.trainable,
            seeds: request.seeds,
        })?;
        let with_prefix = |mut spec: ParamSpec| {
            spec.path = [inner.class.name, "/", &spec.path].concat();
            spec
        };
        let trained = layer.params().iter().filter(|s| s.trainable);
        let output_shape = [&[steps], layer.output_shape().as_slice()].concat();
        Ok(TimeDistributed {
            steps,
            n_in: size(step).unwrap_or(1),
            n_out: size(layer.output_shape()).unwrap_or(1),
            n_params: trained.filter_map(|s| size(&s.shape)).sum(),
            output_shape,
            params: layer.params().iter().cloned().map(with_prefix).collect(),
            takes_mask: TAKE_MASKS.contains(&inner.class.class_name),
            layer,
        })
    }

    /// Length of the scratch buffer of one step.
    fn n_step(&self, batch: usize) -> usize {
        batch * (self.n_in + self.n_out) + self.layer.scratch(batch)
    }

    /// Copies one step of every example, `[batch, n]`, out of sequences.
    fn gather(&self, from: &[f32], n: usize, t: usize, to: &mut [f32]) {
        for (from, to) in from
            .chunks_exact(self.steps * n)
            .zip(to.chunks_exact_mut(n))
        {
            to.copy_from_slice(&from[t * n..(t + 1) * n]);
        }
    }

    /// Copies one step of every example, `[batch, n]`, into sequences.
    fn scatter(&self, from: &[f32], n: usize, t: usize, to: &mut [f32]) {
        for (from, to) in from
            .chunks_exact(n)
            .zip(to.chunks_exact_mut(self.steps * n))
        {
            to[t * n..(t + 1) * n].copy_from_slice(from);
        }
    }
}

impl Layer for TimeDistributed {
    fn output_shape(&self) -> &Shape {
        &self.output_shape
    }

    fn params(&self) -> &[ParamSpec] {
        &self.params
    }

    fn scratch(&self, batch: usize) -> usize {
        self.steps * self.n_step(batch)
    }

    fn work(&self, batch: usize) -> usize {
        batch * (self.n_in + self.n_out) + self.n_params + self.layer.work(batch)
    }

    fn forward(&self, pass: Forward<'_>) {
        let batch = pass.batch;
        for (t, scratch) in pass
            .scratch
            .chunks_exact_mut(self.n_step(batch))
            .enumerate()
        {
            let (x, rest) = scratch.split_at_mut(batch * self.n_in);
            let (y, scratch) = rest.split_at_mut(batch * self.n_out);
            self.gather(pass.x, self.n_in, t, x);
            self.layer.forward(Forward {
                batch,
                x,
                nonzeros: None,
                mask: None,
                masks: &|_| None,
                params: pass.params,
                state: pass.state,
                scratch,
                work: pass.work,
                y,
                products: pass.products,
                // A layer with random numbers draws new ones at every step.
                training: pass
                    .training
                    .map(|calls| calls * self.steps as u64 + t as u64),
            });
            self.scatter(y, self.n_out, t, pass.y);
        }
    }

    fn backward(&self, pass: Backward<'_>) {
        let batch = pass.batch;
        let (dy, work) = pass.work.split_at_mut(batch * self.n_out);
        let (dx, work) = work.split_at_mut(batch * self.n_in);
        let (dparams, work) = work.split_at_mut(self.n_params);
        pass.dparams.fill(0.0);
        let mut out = pass.dx;
        for (t, scratch) in pass
            .scratch
            .chunks_exact_mut(self.n_step(batch))
            .enumerate()
        {
            let (x, rest) = scratch.split_at_mut(batch * self.n_in);
            let (y, scratch) = rest.split_at_mut(batch * self.n_out);
            self.gather(pass.dy, self.n_out, t, dy);
            self.layer.backward(Backward {
                batch,
                x,
                nonzeros: None,
                mask: None,
                masks: &|_| None,
                params: pass.params,
                state: pass.state,
                scratch,
                work,
                y,
                dy,
                dx: out.is_some().then_some(&mut *dx),
                dparams,
                products: pass.products,
                calls: pass.calls * self.steps as u64 + t as u64,
                at_logits: false,
            });
            pass.dparams
                .iter_mut()
                .zip(&*dparams)
                .for_each(|(to, d)| *to += d);
            if let Some(out) = out.as_deref_mut() {
                self.scatter(dx, self.n_in, t, out);
            }
        }
    }

    fn update_state(&self, batch: usize, scratch: &[f32], state: &mut [f32]) {
        for step in scratch.chunks_exact(self.n_step(batch)) {
            let own = &step[batch * (self.n_in + self.n_out)..];
            self.layer.update_state(batch, own, state);
        }
    }

    fn mask_flow(&self) -> MaskFlow {
        match self.takes_mask {
            true => MaskFlow::Refused(
                "With a mask (from Masking or mask_zero), Keras passes each step's part of it to the layer inside \
                 TimeDistributed; this engine does not. Remove the mask, or use that layer without TimeDistributed.",
            ),
            false => MaskFlow::Passes,
        }
    }

    fn inner_penalty(&self, scratch: &[f32], batch: usize) -> f32 {
        let steps = scratch.chunks_exact(self.n_step(batch)).take(self.steps);
        let penalty = |step: &[f32]| {
            let own = &step[batch * (self.n_in + self.n_out)..];
            self.layer.inner_penalty(own, batch)
        };
        steps.map(penalty).sum()
    }
}
