//! Builds a model from its config and draws the initial weights.

use super::workspace::MAX_NUMBERS;
use super::{Built, Param, Sequential};
use crate::layers::{self, Build, Layer, MaskFlow, Shape, size};
use crate::model::config::{LayerConfig, ModelConfig, Source};
use crate::numerics::rng::PythonRandom;
use crate::options::error::ConfigError;

/// Most parameters of a model: 400 MB with gradients and optimizer state.
const MAX_PARAMETERS: usize = 16_000_000;

fn fits(shape: &[usize]) -> bool {
    size(shape).is_some_and(|n| (1..=MAX_NUMBERS).contains(&n))
}

/// The option for an array with this suffix: `kernel_initializer` for the path "query/kernel" and "_initializer".
fn option_of(config: &LayerConfig, path: &str, suffix: &str) -> &'static str {
    let name = path.rsplit('/').next().unwrap_or(path);
    let of = |option: &&str| {
        option
            .strip_suffix(suffix)
            .is_some_and(|start| name.starts_with(start))
    };
    let mut options = config.choice.class.all_options().map(|option| option.name);
    options.find(of).unwrap_or("")
}

impl Sequential {
    /// Builds the layers for inputs of this shape and draws their initial weights, as Keras does after
    /// `keras.utils.set_random_seed(seed)`.
    ///
    /// # Errors
    /// Shapes that do not fit, and models that are too large for a browser tab.
    pub fn build(config: &ModelConfig, input: &Shape, seed: u32) -> Result<Self, ConfigError> {
        let mut seeds = PythonRandom::new(seed);
        let mut model = Sequential {
            layers: Vec::new(),
            input_shape: input.clone(),
            trainable: Vec::new(),
            frozen: Vec::new(),
            table: Vec::new(),
            penalizes: false,
            regularizes: false,
            constrains: false,
            training_calls: 0,
        };
        if !fits(input) {
            let message = format!(
                "An input of shape {input:?} is empty or needs more memory than a browser tab has: \
                 give one of 1 to {MAX_NUMBERS} numbers."
            );
            return Err(ConfigError::new(
                "config.layers[0].config.batch_shape",
                message,
            ));
        }
        let first = usize::from(config.input_shape.is_some()); // the InputLayer precedes them
        for (i, (layer, name)) in config.layers.iter().zip(config.layer_names()).enumerate() {
            let path = format!("config.layers[{}]", i + first);
            model
                .add(layer, name, &mut seeds)
                .map_err(|error| error.at("config").at(&path))?;
        }
        for built in &model.layers {
            model.penalizes |= built.layer.activity_regularizer().is_some();
            for spec in built.layer.params() {
                model.regularizes |= spec.regularizer.is_some();
                model.constrains |= spec.constraint.is_some();
            }
        }
        Ok(model)
    }

    fn add(
        &mut self,
        config: &LayerConfig,
        name: String,
        seeds: &mut PythonRandom,
    ) -> Result<(), ConfigError> {
        let shape_of = |source: &Source| match *source {
            Source::Input => self.input_shape.clone(),
            Source::Layer(j) => self.layers[j].layer.output_shape().clone(),
        };
        let inputs: Vec<Shape> = config.inputs.iter().map(shape_of).collect();
        if let Some(expected) = config
            .expects
            .as_ref()
            .filter(|shape| inputs.first() != Some(*shape))
        {
            let message = format!(
                "The model that starts with this layer expects the input shape {expected:?}, but gets \
                 {:?}.",
                inputs[0]
            );
            return Err(ConfigError::new("", message));
        }
        let layer = layers::build(Build {
            config: &config.choice,
            inputs: &inputs,
            trainable: config.trainable,
            seeds,
        })?;
        let masked = |s: &Source| matches!(*s, Source::Layer(j) if self.layers[j].mask.is_some());
        if let MaskFlow::Refused(why) = layer.mask_flow()
            && config.inputs.iter().any(masked)
        {
            return Err(ConfigError::new("", why));
        }
        let mut n_parameters = self.n_parameters();
        for spec in layer.params() {
            let within = |suffix: &'static str| {
                move |error: ConfigError| error.at(option_of(config, &spec.path, suffix))
            };
            let shape = &spec.shape;
            spec.initial.check(shape).map_err(within("_initializer"))?;
            if let Some(regularizer) = &spec.regularizer {
                regularizer.check(shape).map_err(within("_regularizer"))?;
            }
            if let Some(constraint) = &spec.constraint {
                constraint.check(shape).map_err(within("_constraint"))?;
            }
            n_parameters = n_parameters.saturating_add(size(&spec.shape).unwrap_or(usize::MAX));
            if n_parameters > MAX_PARAMETERS {
                let message = format!(
                    "With layer '{name}' ({} of shape {:?}) the model has more than {} million \
                     parameters, too many for a browser tab: use fewer units.",
                    spec.path,
                    spec.shape,
                    MAX_PARAMETERS / 1_000_000
                );
                return Err(ConfigError::new("units", message));
            }
        }
        let shape = layer.output_shape();
        if !fits(shape) {
            let message = format!(
                "The output of layer '{name}' has the shape {shape:?}, which is empty or needs more memory than a \
                 browser tab has: use fewer units."
            );
            return Err(ConfigError::new("units", message));
        }
        self.push(layer, config, name);
        Ok(())
    }

    fn push(&mut self, layer: Box<dyn Layer>, config: &LayerConfig, name: String) {
        let number = self.layers.len();
        let trained = config.trainable;
        let (trainable, frozen) = (self.trainable.len(), self.frozen.len());
        // Among the frozen parameters, those that could be trained come first.
        let specs = layer.params().iter().enumerate();
        for movable in [true, false] {
            for (i, spec) in specs.clone().filter(|(_, s)| s.trainable == movable) {
                let in_trainable = movable && trained;
                let arena = if in_trainable {
                    &mut self.trainable
                } else {
                    &mut self.frozen
                };
                let at = arena.len();
                let span = at..at + size(&spec.shape).unwrap_or(0);
                arena.resize(span.end, 0.0);
                spec.initial.fill(&spec.shape, &mut arena[span.clone()]);
                let param = Param {
                    layer: number,
                    path: format!("{name}/{}", spec.path),
                    shape: spec.shape.clone(),
                    trainable: in_trainable,
                    span,
                    spec: i,
                };
                // The table is in Keras' order, that of the layer's list.
                let key = (number, i);
                let place = self.table.partition_point(|p| (p.layer, p.spec) < key);
                self.table.insert(place, param);
            }
        }
        let movable = |p: &&Param| p.layer == number && layer.params()[p.spec].trainable;
        let n_movable: usize = self
            .table
            .iter()
            .filter(movable)
            .map(|p| p.span.len())
            .sum();
        let start = if trained { trainable } else { frozen };
        let params = start..start + n_movable;
        let state = if trained { frozen } else { params.end }..self.frozen.len();
        let mask_of = |source: &Source| match *source {
            Source::Input => None,
            Source::Layer(j) => self.layers[j].mask,
        };
        let mask = match layer.mask_flow() {
            MaskFlow::Refused(_) => None,
            MaskFlow::Passes => config.inputs.first().and_then(mask_of),
            MaskFlow::Stops => None,
            MaskFlow::Begins(_) => Some(number),
            MaskFlow::Joins(how) => self.joins(how, &config.inputs).then_some(number),
        };
        for source in &config.inputs {
            if let Source::Layer(j) = *source {
                self.layers[j].n_consumers += 1;
            }
        }
        self.layers.push(Built {
            width: size(layer.output_shape()).unwrap_or(0),
            layer,
            name,
            class_name: config.choice.class.class_name,
            inputs: config.inputs.clone(),
            n_consumers: 0,
            trained,
            params,
            state,
            mask,
        });
    }
}
