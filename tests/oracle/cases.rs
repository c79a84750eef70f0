//! Models, losses and batches out of a few numbers.

use super::losses::Loss;
use super::picks::Pick;
use super::samples::{self, Wants, wants};
use glassbox::layers::{self, Build, Inputs, Shape};
use glassbox::numerics::rng::{PythonRandom, Stream};
use glassbox::options::ConfigObject;
use serde_json::{Value as Json, json};

/// What stands at a model's beginning.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Start {
    Vector,
    Sequence,
    Image,
    /// Masking over a sequence, some of whose steps are padding.
    Masked,
    /// Embedding of whole numbers; 0 is masked where `true`.
    Words(bool),
}

/// A layer that is asked for, and the number of its options.
#[derive(Clone, Debug)]
pub struct Ask {
    pub class: &'static str,
    pub options: u64,
    /// In place of a drawn activation.
    pub activation: Option<Json>,
}

/// A case, before its shapes are known.
#[derive(Clone, Debug)]
pub struct Case {
    pub start: Start,
    pub sizes: [usize; 3],
    pub batch: usize,
    pub layers: Vec<Ask>,
    /// Units and activation of the last layer; 0 units: what came before is the last.
    pub last: (usize, Json),
    pub loss: Json,
    pub weighted: bool,
    pub seed: u64,
}

/// A model as a list of layers, each with its sources: 0 is the input, i + 1 the output of layer i.
#[derive(Clone, Debug, Default)]
pub struct Model {
    pub layers: Vec<(Json, Vec<usize>)>,
    /// Of the input, then of every layer's output, without the batch.
    pub shapes: Vec<Shape>,
    pub masked: bool,
}

/// Most numbers of an example between two layers, and most of their parameters.
const MOST: usize = 150;

impl Model {
    fn end(&self) -> usize {
        self.layers.len()
    }

    fn shape(&self) -> &Shape {
        &self.shapes[self.end()]
    }

    /// Puts a layer on top; false where it does not fit.
    fn push(&mut self, class: &str, config: Json, from: Vec<usize>) -> bool {
        let json = json!({"class_name": class, "config": config});
        let choice = ConfigObject::read(&layers::REGISTRY, &json)
            .unwrap_or_else(|r| panic!("{r:?}: {json}"));
        let inputs: Vec<Shape> = from.iter().map(|i| self.shapes[*i].clone()).collect();
        let built = layers::build(Build {
            config: &choice,
            inputs: &inputs,
            trainable: true,
            seeds: &mut PythonRandom::new(0),
        });
        let Ok(built) = built else { return false };
        let shape = built.output_shape().clone();
        // What others need below or above them always fits.
        let most = if ["Dense", "Reshape", "RepeatVector"].contains(&class) {
            5 * MOST
        } else {
            MOST
        };
        if shape.iter().product::<usize>() > most || shape.contains(&0) {
            return false;
        }
        self.shapes.push(shape);
        self.layers.push((json, from));
        true
    }

    fn on_top(&mut self, class: &str, config: Json) -> bool {
        self.push(class, config, vec![self.end()])
    }

    fn dense(&mut self, units: usize, activation: Json) -> bool {
        self.on_top("Dense", json!({"units": units, "activation": activation}))
    }

    /// Brings the output to a rank that a layer wants.
    fn adapt(&mut self, to: Wants) {
        let shape = self.shape().clone();
        let n: usize = shape.iter().product();
        let reshaped = |shape: Vec<usize>| ("Reshape", json!({"target_shape": shape}));
        let (class, config) = match (to, &shape[..]) {
            (Wants::Vector, [_]) | (Wants::Sequence, [_, _]) | (Wants::Image, [_, _, _]) => return,
            (Wants::Anything, _) | (Wants::Steps, [_, _, ..]) => return,
            (Wants::Vector, _) => ("Flatten", json!({})),
            (_, [_]) if to != Wants::Image => ("RepeatVector", json!({"n": 3})),
            (Wants::Image, [n]) if n % 2 == 0 => reshaped(vec![n / 2, 2, 1]),
            (Wants::Image, [n]) => reshaped(vec![*n, 1, 1]),
            (Wants::Image, [t, c]) if *c > 1 => reshaped(vec![*t, *c, 1]),
            (Wants::Image, [t, c]) => reshaped(vec![*t, 1, *c]),
            (_, shape) => reshaped(vec![n / shape[shape.len() - 1], shape[shape.len() - 1]]),
        };
        self.masked = false;
        assert!(self.on_top(class, config));
    }

    /// Another branch from the output: a Dense of its own, with as many units or others.
    fn branch(&mut self, units: usize, from: usize) -> usize {
        let function = ["tanh", "sigmoid", "softplus"][self.end() % 3];
        let config = json!({"units": units, "activation": function});
        assert!(self.push("Dense", config, vec![from]), "a branch");
        self.end()
    }

    /// Puts a layer of this class on top, with what it needs below; false where it does not fit.
    pub fn add(&mut self, ask: &Ask) -> bool {
        // Keras' Softmax cannot take a mask of steps.
        if self.masked && ask.class == "Softmax" {
            return false;
        }
        self.adapt(wants(ask.class));
        let mut pick = Pick(ask.options);
        let mut config = samples::layer(ask.class, self.shape(), self.masked, &mut pick);
        if let Some(activation) = &ask.activation {
            config["activation"] = activation.clone();
        }
        let (from, width) = (self.end(), *self.shape().last().unwrap());
        let json = json!({"class_name": ask.class, "config": config});
        let choice = ConfigObject::read(&layers::REGISTRY, &json)
            .unwrap_or_else(|r| panic!("{r:?}: {json}"));
        let sources = match layers::inputs_of(&choice) {
            Inputs::One => vec![from],
            Inputs::QueryAndValue => match pick.below(4) {
                0 => vec![from, from],
                1 => vec![from, self.branch(width + 1, from)],
                2 if !self.masked && self.shape()[0] > 2 => {
                    // A value of fewer steps than the query.
                    assert!(self.push("Cropping1D", json!({"cropping": [1, 1]}), vec![from]));
                    vec![from, self.end()]
                }
                _ => vec![from, self.branch(width, from), self.branch(width + 1, from)],
            },
            Inputs::Several => {
                // Along the last axis alone the parts may differ; one number serves a whole row.
                let units = match ask.class {
                    "Concatenate" if config["axis"] == -1 => width + 1,
                    "Concatenate" => width,
                    _ => pick.of(&[width, width, 1]),
                };
                let mut sources = vec![from, self.branch(units, from)];
                if ask.class != "Subtract" && pick.below(2) == 1 {
                    sources.push(self.branch(width, from));
                }
                sources
            }
        };
        let added = self.push(ask.class, config, sources);
        if !added {
            // Nothing may lead nowhere.
            self.layers.truncate(from);
            self.shapes.truncate(from + 1);
        }
        // Which layers a mask passes is the oracle's own business; here it only limits the choice.
        self.masked &= !["Flatten", "Reshape", "Permute"].contains(&ask.class);
        added
    }
}

impl Case {
    /// The model, with everything that its loss needs. Layers that do not fit are left out.
    pub fn model(&self) -> Model {
        let [a, b, c] = self.sizes;
        let loss = Loss::read(&self.loss);
        let mut model = Model {
            masked: matches!(self.start, Start::Masked | Start::Words(true)),
            ..Model::default()
        };
        model.shapes.push(match self.start {
            Start::Vector => vec![a],
            Start::Sequence | Start::Masked => vec![a, b],
            Start::Image => vec![a, b, c],
            Start::Words(_) => vec![a],
        });
        match self.start {
            Start::Masked => assert!(model.on_top("Masking", json!({"mask_value": 0.5}))),
            Start::Words(masks) => {
                let config = json!({"input_dim": 5, "output_dim": b, "mask_zero": masks});
                assert!(model.on_top("Embedding", config));
            }
            _ => {}
        }
        // Something to be trained below every layer, so that the gradient at its input is seen.
        model.dense(*model.shape().last().unwrap(), json!("tanh"));
        for ask in &self.layers {
            model.add(ask);
        }
        let (units, activation) = &self.last;
        let needs_rows = loss.class == "Circle";
        if needs_rows {
            model.adapt(Wants::Vector);
        }
        if *units > 0 {
            model.dense(*units, activation.clone());
        }
        let name = activation
            .as_str()
            .or(activation["class_name"].as_str())
            .unwrap();
        let probable = *units > 0 && ["sigmoid", "softmax"].contains(&name);
        let positive = loss.class == "CategoricalGeneralizedCrossEntropy";
        if (loss.wants_probabilities() || positive) && !probable {
            model.dense((*units).max(3), json!("sigmoid"));
        } else if loss.wants_classes() && *model.shape().last().unwrap() < 2 {
            model.dense(3, json!("linear"));
        }
        if probable && self.seed % 3 == 1 {
            // Hides its logits from the loss.
            let shape = model.shape().clone();
            model.on_top("Reshape", json!({"target_shape": shape}));
        }
        model
    }

    /// Inputs: of words the numbers, of masked sequences some padding, but never all.
    pub fn inputs(&self, model: &Model, stream: &mut Stream) -> Vec<f32> {
        let shape = &model.shapes[0];
        let n = self.batch * shape.iter().product::<usize>();
        if matches!(self.start, Start::Words(_)) {
            let word = |i: usize, drawn: u32| {
                if i.is_multiple_of(shape[0]) {
                    1 + drawn % 4
                } else {
                    drawn
                }
            };
            return (0..n).map(|i| word(i, stream.below(5)) as f32).collect();
        }
        let mut x: Vec<f32> = (0..n).map(|_| 2.0 * stream.uniform() - 1.0).collect();
        if self.start == Start::Masked {
            for (i, step) in x.chunks_mut(shape[1]).enumerate() {
                if i % shape[0] != shape[0] / 2 && stream.below(3) == 0 {
                    step.fill(0.5);
                }
            }
        }
        x
    }

    /// Targets of a kind that the loss takes, for so many rows of `k` outputs.
    pub fn targets(&self, rows: usize, k: usize, stream: &mut Stream) -> Vec<f32> {
        let loss = Loss::read(&self.loss);
        if loss.wants_classes() {
            let n = if loss.class == "Circle" { 3 } else { k as u32 };
            return (0..rows).map(|_| stream.below(n) as f32).collect();
        }
        if loss.wants_shares() {
            // One-hot, or shares that sum to 1: TensorFlow's kernel, and so ours, supposes that they do.
            let mut row = |soft: bool| -> Vec<f32> {
                let class = stream.below(k as u32) as usize;
                let rest = if soft { 0.25 / k as f32 } else { 0.0 };
                let share = |i: usize| {
                    rest + if i == class {
                        1.0 - rest * k as f32
                    } else {
                        0.0
                    }
                };
                (0..k).map(share).collect()
            };
            let soft = self.seed.is_multiple_of(3);
            return (0..rows).flat_map(|_| row(soft)).collect();
        }
        let hinge = loss.class.ends_with("Hinge");
        let inside = loss.wants_probabilities()
            || ["Dice", "Tversky"].contains(&loss.class.as_str())
            || loss.class.contains("rossentropy");
        let mut one = || match (hinge, inside, self.seed % 2) {
            (true, _, 0) => stream.below(2) as f32,
            (true, _, _) => 2.0 * stream.below(2) as f32 - 1.0,
            (_, true, 0) => stream.below(2) as f32,
            (_, true, _) => stream.uniform(),
            _ => (0.2 + stream.uniform()) * if stream.below(3) == 0 { -1.0 } else { 1.0 },
        };
        (0..rows * k).map(|_| one()).collect()
    }
}
