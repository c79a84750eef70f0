//! A network's forward pass, written down a second time: in f64, without any of the engine's code,
//! slow and obvious. Its derivatives, held to its own finite differences, are the oracle of every
//! gradient.
//!
//! To add an activation: `functions.rs`; a loss: `losses.rs`; a layer: its function in the file of its
//! kind, its line in [`compute`], and options to try in `samples.rs`.

pub mod cases;
pub mod check;
pub mod differences;
pub mod functions;
pub mod layers;
pub mod losses;
pub mod norms;
pub mod number;
pub mod picks;
pub mod recurrent;
pub mod samples;
pub mod shapes;
pub mod spatial;
pub mod tally;
pub mod tensor;

use losses::Loss;
use number::{Mode, N, Turns, gradient, start, turns, variable};
use serde_json::Value as Json;
use tensor::{Param, Pass, Tensor, price};

/// Layers of the catalog that are not asked for gradients, and why.
pub const NOT_DIFFERENTIATED: &[(&str, &str)] = &[
    ("RandomFlip", CHANGES),
    ("RandomRotation", CHANGES),
    ("RandomZoom", CHANGES),
    ("RandomTranslation", CHANGES),
    ("RandomShear", CHANGES),
    ("RandomCrop", CHANGES),
    ("RandomContrast", CHANGES),
    ("RandomBrightness", CHANGES),
    ("RandomErasing", CHANGES),
    ("Resizing", PREPARES),
    ("CenterCrop", PREPARES),
];
const CHANGES: &str = "changes images at random before a model: nothing below it is trained";
const PREPARES: &str = "brings images to a size before a model: nothing below it is trained";

/// Whether the mask of its input reaches the layers above (Keras' `supports_masking`).
fn passes_mask(class: &str, config: &Json) -> bool {
    match class {
        "SimpleRNN" | "LSTM" | "GRU" => tensor::flag(config, "return_sequences", false),
        "Bidirectional" => tensor::flag(&config["layer"]["config"], "return_sequences", false),
        "RMSNormalization" => false,
        "TimeDistributed" | "MultiHeadAttention" | "Dense" | "Masking" => true,
        "Activation" | "ReLU" | "LeakyReLU" | "PReLU" | "ELU" | "Softmax" => true,
        "ActivityRegularization" | "Rescaling" | "Normalization" => true,
        _ => {
            class.contains("Dropout") || class.contains("Noise") || class.ends_with("Normalization")
        }
    }
}

/// What outputs cost: per example.
pub fn charge(regularizer: &Json, y: &Tensor, pass: &mut Pass) {
    let whole = price(regularizer, &[1, y.data.len()], &y.data);
    pass.penalty += whole / y.batch() as f64;
}

/// A layer's output, without what its size costs.
pub fn compute(layer: &Json, inputs: &[&Tensor], pass: &mut Pass) -> Tensor {
    let class = layer["class_name"].as_str().unwrap();
    let (config, x) = (&layer["config"], inputs[0]);
    pass.trainable = config["trainable"] != false;
    match class {
        "Dense" => layers::dense(config, x, pass),
        "Activation" | "ReLU" | "LeakyReLU" | "ELU" => layers::function(class, config, x),
        "PReLU" => layers::prelu(config, x, pass),
        "Softmax" => layers::softmax(config, x),
        "Dropout" | "SpatialDropout1D" | "SpatialDropout2D" | "AlphaDropout" => {
            layers::dropout(class, config, x, pass)
        }
        "GaussianDropout" | "GaussianNoise" => layers::noise(class, config, x, pass),
        "ActivityRegularization" => x.clone(),
        "Embedding" => layers::embedding(config, x, pass),
        "Masking" => layers::masking(config, x),
        "Rescaling" | "Normalization" => layers::scaling(class, config, x),
        "Conv1D" | "Conv2D" | "DepthwiseConv1D" | "DepthwiseConv2D" | "SeparableConv1D"
        | "SeparableConv2D" => spatial::convolution(class, config, x, pass),
        "Conv1DTranspose" | "Conv2DTranspose" => spatial::transpose(config, x, pass),
        "MaxPooling1D" | "MaxPooling2D" | "AveragePooling1D" | "AveragePooling2D" => {
            spatial::pooling(class, config, x)
        }
        "GlobalMaxPooling1D"
        | "GlobalMaxPooling2D"
        | "GlobalAveragePooling1D"
        | "GlobalAveragePooling2D" => spatial::global(class, config, x),
        "BatchNormalization" | "LayerNormalization" | "GroupNormalization" | "RMSNormalization"
        | "UnitNormalization" => norms::normalization(class, config, x, pass),
        "SimpleRNN" | "LSTM" | "GRU" => recurrent::recurrent(class, config, x, pass),
        "Bidirectional" => recurrent::bidirectional(config, x, pass),
        "TimeDistributed" => recurrent::time_distributed(config, x, pass),
        "MultiHeadAttention" => recurrent::attention(config, inputs, pass),
        "Add" | "Subtract" | "Multiply" | "Average" | "Maximum" | "Minimum" | "Concatenate" => {
            shapes::merged(class, config, inputs)
        }
        "Flatten" | "Reshape" | "Permute" | "RepeatVector" | "ZeroPadding1D" | "ZeroPadding2D"
        | "Cropping1D" | "Cropping2D" | "UpSampling1D" | "UpSampling2D" => {
            shapes::rearranged(class, config, x)
        }
        class => panic!(
            "the layer {class} has no oracle: add it to tests/oracle/mod.rs, or with a reason to \
             NOT_DIFFERENTIATED"
        ),
    }
}

/// A layer's output with its mask, and its price paid.
fn apply(layer: &Json, inputs: &[&Tensor], pass: &mut Pass) -> Tensor {
    let class = layer["class_name"].as_str().unwrap();
    let config = &layer["config"];
    let mut y = compute(layer, inputs, pass);
    // Where a layer returns its input, the logits that it carries stay.
    y.mask = match class {
        "Embedding" | "Masking" => y.mask,
        "Add" | "Subtract" | "Multiply" | "Average" | "Maximum" | "Minimum" | "Concatenate" => {
            shapes::merged_mask(class, config, inputs)
        }
        _ if passes_mask(class, config) => inputs[0].mask.clone(),
        _ => None,
    };
    match class {
        // Keras 3.15.1: SimpleRNN does not hand it on.
        "SimpleRNN" => {}
        "ActivityRegularization" => {
            let own = serde_json::json!({"class_name": "L1L2", "config": config});
            charge(&own, &y, pass);
        }
        _ => charge(&config["activity_regularizer"], &y, pass),
    }
    y
}

/// A batch with all that its loss depends on, but the parameters.
#[derive(Clone, Debug)]
pub struct Problem {
    /// Each layer with its sources: 0 is the input, i + 1 the output of layer i.
    pub layers: Vec<(Json, Vec<usize>)>,
    pub loss: Loss,
    pub shape: Vec<usize>,
    pub x: Vec<f64>,
    pub t: Vec<f64>,
    pub weights: Option<Vec<f64>>,
}

/// What a pass gives.
pub struct Passed {
    /// What gradients are of.
    pub loss: f64,
    /// What is shown as the loss.
    pub shown: f64,
    /// The output of every layer.
    pub outputs: Vec<Vec<f64>>,
    /// By every number of the trainable parameters, where there was a tape.
    pub gradient: Vec<f64>,
    pub turns: Turns,
}

impl Problem {
    /// One pass with these parameters.
    pub fn pass(&self, params: &[Param], mode: Mode) -> Passed {
        start(mode);
        let number = |param: &Param, v: f64| {
            if param.trainable {
                variable(v)
            } else {
                N::from(v)
            }
        };
        let numbers = params.iter().map(|p| {
            let data = p.data.iter().map(|v| number(p, *v)).collect();
            (p.shape.clone(), data, p.trainable)
        });
        let mut pass = Pass {
            params: numbers.collect(),
            at: 0,
            paid: 0,
            penalty: N::from(0.0),
            calls: 0,
            trainable: true,
        };
        let x = self.x.iter().map(|x| N::from(*x)).collect();
        let mut tensors = vec![Tensor::new(&self.shape, x)];
        for (layer, from) in &self.layers {
            let inputs: Vec<&Tensor> = from.iter().map(|i| &tensors[*i]).collect();
            let y = apply(layer, &inputs, &mut pass);
            tensors.push(y);
        }
        assert_eq!(pass.at, params.len(), "parameters are left over");
        let (loss, shown) = self
            .loss
            .of(&self.t, tensors.last().unwrap(), self.weights.as_deref());
        let (loss, shown) = (loss + pass.penalty, shown + pass.penalty);
        let n = params
            .iter()
            .filter(|p| p.trainable)
            .map(|p| p.data.len())
            .sum();
        let values = |y: &Tensor| y.data.iter().map(|y| y.v).collect();
        Passed {
            loss: loss.v,
            shown: shown.v,
            outputs: tensors[1..].iter().map(values).collect(),
            gradient: if mode == Mode::Values {
                Vec::new()
            } else {
                gradient(loss, n)
            },
            turns: turns(),
        }
    }
}
