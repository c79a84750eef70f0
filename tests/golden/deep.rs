//! A convolutional, a recurrent and an attentive network: sums, poolings, gates and masks of every family.

use super::{dense, picture, trained};
use glassbox::numerics::rng::Stream;
use glassbox::training::trainer::Examples;
use serde_json::{Value as Json, json};

fn layer(class: &str, config: Json) -> Json {
    json!({"class_name": class, "config": config})
}

fn examples(x: Vec<f32>, t: Vec<f32>) -> Examples {
    Examples {
        x: x.into(),
        t,
        weights: None,
    }
}

/// Pictures of rings and strokes through both kinds of convolution, with moments of each batch.
pub fn cnn() -> Vec<String> {
    let mut stream = Stream::new(13, 0);
    let (mut x, mut t) = (Vec::new(), Vec::new());
    for _ in 0..90 {
        let class = stream.below(2) as usize;
        x.extend(picture(&mut stream, class));
        t.push(class as f32);
    }
    let layers = json!([
        layer("Reshape", json!({"target_shape": [20, 20, 1]})),
        layer(
            "Conv2D",
            json!({"filters": 4, "kernel_size": 5, "activation": "relu"})
        ),
        layer("MaxPooling2D", json!({"pool_size": 2})),
        layer("BatchNormalization", json!({})),
        layer("SpatialDropout2D", json!({"rate": 0.25})),
        layer(
            "SeparableConv2D",
            json!({"filters": 5, "kernel_size": 3, "padding": "same", "activation": "gelu"})
        ),
        layer(
            "Conv2DTranspose",
            json!({"filters": 3, "kernel_size": 2, "strides": 2})
        ),
        layer("GlobalAveragePooling2D", json!({})),
        dense(2, "softmax"),
    ]);
    let schedule = layer(
        "CosineDecay",
        json!({"initial_learning_rate": 0.02, "decay_steps": 60}),
    );
    let compile = json!({
        "optimizer": layer("Nadam", json!({"learning_rate": schedule, "global_clipnorm": 1.0})),
        "loss": "sparse_categorical_crossentropy",
        "metrics": ["accuracy"],
    });
    let fit = json!({"epochs": 6, "batch_size": 16, "validation_split": 0.1});
    trained(
        &json!({"layers": layers}),
        &[400],
        &compile,
        &fit,
        5,
        examples(x, t),
    )
}

/// Which of two steps was larger, some steps ago: gates in both directions.
pub fn lstm() -> Vec<String> {
    let mut stream = Stream::new(14, 0);
    let (mut x, mut t) = (Vec::new(), Vec::new());
    for _ in 0..100 {
        let row: Vec<f32> = (0..21).map(|_| stream.normal()).collect();
        t.push(f32::from(row[3] > row[9]));
        x.extend(row);
    }
    let lstm = layer("LSTM", json!({"units": 5, "return_sequences": true}));
    let layers = json!([
        layer("Reshape", json!({"target_shape": [7, 3]})),
        layer("Bidirectional", json!({"layer": lstm})),
        layer("LayerNormalization", json!({})),
        layer("GRU", json!({"units": 6})),
        dense(1, "sigmoid"),
    ]);
    let regular = layer("L2", json!({"l2": 1e-4}));
    let mut layers = layers;
    layers[3]["config"]["recurrent_regularizer"] = regular;
    let compile = json!({
        "optimizer": layer("Adam", json!({"learning_rate": 0.02, "amsgrad": true, "clipvalue": 0.5})),
        "loss": "binary_crossentropy",
    });
    let fit = json!({"epochs": 8, "batch_size": 9});
    trained(
        &json!({"layers": layers}),
        &[21],
        &compile,
        &fit,
        6,
        examples(x, t),
    )
}

/// Does token 1 stand before token 2? A residual block of self-attention over padded texts.
pub fn attention() -> Vec<String> {
    let mut stream = Stream::new(15, 0);
    let (mut x, mut t) = (Vec::new(), Vec::new());
    for _ in 0..120 {
        let words = 4 + stream.below(3) as usize;
        let mut row: Vec<f32> = (0..words).map(|_| 3.0 + stream.below(5) as f32).collect();
        let (a, b) = (
            stream.below(words as u32) as usize,
            stream.below(words as u32) as usize,
        );
        row[a] = 1.0;
        row[b] = 2.0;
        row.resize(6, 0.0);
        x.extend(row);
        t.push(f32::from(a < b));
    }
    let model = functional(&[
        (
            "embedding",
            layer(
                "Embedding",
                json!({"input_dim": 8, "output_dim": 6, "mask_zero": true}),
            ),
            &["input"],
        ),
        (
            "position",
            layer(
                "Conv1D",
                json!({"filters": 6, "kernel_size": 2, "padding": "causal"}),
            ),
            &["embedding"],
        ),
        (
            "heads",
            layer(
                "MultiHeadAttention",
                json!({"num_heads": 2, "key_dim": 4, "dropout": 0.1}),
            ),
            &["position", "position"],
        ),
        ("add", layer("Add", json!({})), &["position", "heads"]),
        ("norm", layer("RMSNormalization", json!({})), &["add"]),
        ("pool", layer("GlobalMaxPooling1D", json!({})), &["norm"]),
        ("out", dense(1, "sigmoid"), &["pool"]),
    ]);
    let compile = json!({
        "optimizer": layer("AdamW", json!({"learning_rate": 0.02, "use_ema": true, "ema_overwrite_frequency": 7})),
        "loss": layer("BinaryFocalCrossentropy", json!({})),
        "metrics": ["accuracy"],
    });
    let fit = json!({"epochs": 8, "batch_size": 11});
    trained(&model, &[6], &compile, &fit, 8, examples(x, t))
}

/// A Functional model as Keras writes it: each layer with its name and the names of what it takes.
fn functional(layers: &[(&str, Json, &[&str])]) -> Json {
    let tensor = |name: &&str| json!({"class_name": "__keras_tensor__", "config": {"keras_history": [name, 0, 0]}});
    let input = json!({
        "class_name": "InputLayer", "name": "input", "inbound_nodes": [],
        "config": {"name": "input", "batch_shape": [null, 6]},
    });
    let called = layers.iter().map(|(name, layer, from)| {
        let tensors: Vec<Json> = from.iter().map(tensor).collect();
        let several = layer["class_name"] == "Add";
        let args = if several {
            json!([tensors])
        } else {
            json!(tensors)
        };
        let mut layer = layer.clone();
        layer["config"]["name"] = json!(name);
        layer["inbound_nodes"] = json!([{"args": args, "kwargs": {}}]);
        layer
    });
    let layers: Vec<Json> = std::iter::once(input).chain(called).collect();
    json!({"class_name": "Functional", "config": {
        "layers": layers, "input_layers": [["input", 0, 0]], "output_layers": [["out", 0, 0]],
    }})
}
