//! candle as a contestant of `npm run bench`: layers and AdamW of candle-nn.

#[path = "../../program/mod.rs"]
mod program;

use candle_core::{DType, Device, Module, Result, Tensor};
use candle_nn::init::ZERO;
use candle_nn::rnn::RNN;
use candle_nn::{
    Activation, AdamW, LSTMConfig, Optimizer, ParamsAdamW, VarBuilder, VarMap, conv2d, linear,
    loss, lstm, ops,
};
use program::{Answer, Examples, Prepared, serve};
use serde_json::Value as Json;

type Layer = Box<dyn Fn(&Tensor) -> Result<Tensor>>;

struct Candle {
    layers: Vec<Layer>,
    optimizer: AdamW,
    loss: String,
    batch: usize,
    /// Shape of an input.
    shape: Vec<usize>,
    x: Tensor,
    y: Tensor,
}

/// Rows that are predicted at a time.
const PREDICT_BATCH: usize = 1000;

fn main() -> Answer<()> {
    serve(concat!("candle ", env!("CARGO_PKG_VERSION")), prepare)
}

fn prepare(examples: &Examples) -> Answer<Candle> {
    let workload = &examples.workload;
    let loss = workload["compile"]["loss"].as_str().unwrap_or_default();
    let variables = VarMap::new();
    let builder = VarBuilder::from_varmap(&variables, DType::F32, &Device::Cpu);
    let x = inputs(examples.x.clone(), &examples.shape)?;
    let (mut layers, mut seen) = (Vec::new(), x.narrow(0, 0, 1)?);
    let configs = workload["model"]["config"]["layers"].as_array();
    let configs = &configs.ok_or("the network has no layers")?[1..];
    for (i, config) in configs.iter().enumerate() {
        // Where the loss takes logits, it computes the last activation.
        let logits = i + 1 == configs.len() && loss != "mean_squared_error";
        let made = layer(config, seen.dims(), logits, builder.pp(i))?;
        seen = made(&seen)?;
        layers.push(made);
    }
    let rate = &workload["compile"]["optimizer"]["config"]["learning_rate"];
    let params = ParamsAdamW {
        lr: rate.as_f64().ok_or("no rate")?,
        eps: 1e-7,
        weight_decay: 0.0,
        ..Default::default()
    };
    Ok(Candle {
        layers,
        optimizer: AdamW::new(variables.all_vars(), params)?,
        loss: loss.into(),
        batch: size(&workload["fit"]["batch_size"]),
        shape: examples.shape.clone(),
        y: Tensor::from_slice(&examples.y, (examples.y.len(), 1), &Device::Cpu)?,
        x,
    })
}

fn size(json: &Json) -> usize {
    json.as_u64().unwrap_or_default() as usize
}

fn activation(name: &Json) -> Result<Layer> {
    Ok(match name.as_str() {
        Some("relu") => Box::new(Tensor::relu),
        Some("tanh") => Box::new(Tensor::tanh),
        Some("sigmoid") => Box::new(|x| Activation::Sigmoid.forward(x)),
        other => candle_core::bail!("there is no activation {other:?} here"),
    })
}

/// A layer with its activation, for inputs of this shape. `logits`: leaves out the activation.
fn layer(json: &Json, shape: &[usize], logits: bool, builder: VarBuilder) -> Result<Layer> {
    let config = &json["config"];
    let units = size(&config["units"]);
    let width = shape[shape.len() - 1];
    Ok(match json["class_name"].as_str().unwrap_or_default() {
        "Dense" => {
            let made = linear(width, units, builder)?;
            if logits {
                return Ok(Box::new(move |x| made.forward(x)));
            }
            let activation = activation(&config["activation"])?;
            Box::new(move |x| activation(&made.forward(x)?))
        }
        "Conv2D" => {
            let (filters, side) = (size(&config["filters"]), size(&config["kernel_size"][0]));
            let made = conv2d(shape[1], filters, side, Default::default(), builder)?;
            let activation = activation(&config["activation"])?;
            Box::new(move |x| activation(&made.forward(x)?))
        }
        "MaxPooling2D" => {
            let side = size(&config["pool_size"][0]);
            Box::new(move |x| x.max_pool2d(side))
        }
        "Flatten" => Box::new(|x| x.flatten_from(1)),
        "LSTM" => {
            // One bias, as in Keras.
            let one_bias = LSTMConfig {
                b_ih_init: Some(ZERO),
                ..LSTMConfig::default_no_bias()
            };
            let made = lstm(width, units, one_bias, builder)?;
            Box::new(move |x| Ok(made.seq(x)?[x.dim(1)? - 1].h().clone()))
        }
        "MultiHeadAttention" => attention(config, width, builder)?,
        other => candle_core::bail!("candle has no {other} here"),
    })
}

fn attention(config: &Json, width: usize, builder: VarBuilder) -> Result<Layer> {
    let (heads, size) = (size(&config["num_heads"]), size(&config["key_dim"]));
    let inner = heads * size;
    let query = linear(width, inner, builder.pp("query"))?;
    let key = linear(width, inner, builder.pp("key"))?;
    let value = linear(width, inner, builder.pp("value"))?;
    let output = linear(inner, width, builder.pp("output"))?;
    Ok(Box::new(move |x| {
        let (batch, steps, _) = x.dims3()?;
        let heads = |made: &candle_nn::Linear| {
            let all = made.forward(x)?.reshape((batch, steps, heads, size))?;
            all.transpose(1, 2)?.contiguous()
        };
        let scale = 1.0 / (size as f64).sqrt();
        let scores = (heads(&query)?.matmul(&heads(&key)?.t()?.contiguous()?)? * scale)?;
        // The fused `softmax_last_dim` has no gradient.
        let seen = ops::softmax(&scores, 3)?.matmul(&heads(&value)?)?;
        output.forward(&seen.transpose(1, 2)?.reshape((batch, steps, inner))?)
    }))
}

/// Rows of inputs; candle's images have their channels before rows and columns.
fn inputs(x: Vec<f32>, shape: &[usize]) -> Result<Tensor> {
    let rows = x.len() / shape.iter().product::<usize>();
    let x = Tensor::from_vec(x, [&[rows], shape].concat(), &Device::Cpu)?;
    match shape.len() {
        3 => x.permute((0, 3, 1, 2))?.contiguous(),
        _ => Ok(x),
    }
}

impl Candle {
    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let mut x = x.clone();
        for layer in &self.layers {
            x = layer(&x)?;
        }
        Ok(x)
    }

    fn loss(&self, z: &Tensor, y: &Tensor) -> Result<Tensor> {
        match self.loss.as_str() {
            "mean_squared_error" => loss::mse(z, y),
            "binary_crossentropy" => loss::binary_cross_entropy_with_logit(z, y),
            _ => loss::cross_entropy(z, &y.squeeze(1)?.to_dtype(DType::U32)?),
        }
    }
}

impl Prepared for Candle {
    fn train(&mut self, epochs: u64) -> Answer<f64> {
        let n = self.x.dim(0)?;
        let mut total = 0.0;
        for _ in 0..epochs {
            total = 0.0;
            let order = Tensor::rand(0f32, 1f32, n, &Device::Cpu)?.arg_sort_last_dim(true)?;
            for at in (0..n).step_by(self.batch) {
                let rows = order.narrow(0, at, self.batch.min(n - at))?;
                let x = self.x.index_select(&rows, 0)?;
                let y = self.y.index_select(&rows, 0)?;
                let loss = self.loss(&self.forward(&x)?, &y)?;
                self.optimizer.backward_step(&loss)?;
                total += f64::from(loss.to_scalar::<f32>()?) * rows.dim(0)? as f64;
            }
        }
        Ok(total / n as f64)
    }

    fn predict(&mut self, x: Vec<f32>) -> Answer<Vec<f32>> {
        let mut out = Vec::new();
        for some in x.chunks(PREDICT_BATCH * self.shape.iter().product::<usize>()) {
            let answer = self.forward(&inputs(some.to_vec(), &self.shape)?)?;
            out.extend(answer.flatten_all()?.to_vec1::<f32>()?);
        }
        Ok(out)
    }
}
