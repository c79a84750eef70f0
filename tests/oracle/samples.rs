//! Options to try of every layer, drawn from a number: 0 gives the plainest.

use super::picks::{Pick, options};
use serde_json::{Value as Json, json};

/// One option more where a layer has it.
fn add(config: &mut Json, name: &str, value: Json) {
    config[name] = value;
}

/// Which inputs a layer takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Wants {
    Anything,
    Vector,
    Sequence,
    Image,
    /// At least one axis beside the last.
    Steps,
}

pub fn wants(class: &str) -> Wants {
    match class {
        "RepeatVector" => Wants::Vector,
        "SimpleRNN" | "LSTM" | "GRU" | "Bidirectional" | "MultiHeadAttention" => Wants::Sequence,
        "TimeDistributed" => Wants::Steps,
        _ if class.contains("1D") => Wants::Sequence,
        _ if class.contains("2D") => Wants::Image,
        _ => Wants::Anything,
    }
}

/// Sizes for one axis or both: a number, or a list of two.
fn both(pick: &mut Pick, image: bool, mut draw: impl FnMut(&mut Pick) -> usize) -> Json {
    match image && pick.below(2) == 1 {
        true => json!([draw(pick), draw(pick)]),
        false => json!(draw(pick)),
    }
}

/// Options of a layer on an input of this shape (without the batch).
pub fn layer(class: &str, shape: &[usize], masked: bool, pick: &mut Pick) -> Json {
    let (rank, width) = (shape.len(), *shape.last().unwrap());
    let image = class.contains("2D");
    // Counted with the batch as 0.
    let any_axis = |pick: &mut Pick| match pick.below(3) {
        1 if !masked => json!([1 + pick.below(rank)]),
        2 if !masked => json!((1..=rank).collect::<Vec<usize>>()),
        _ => json!(-1),
    };
    let rate = |pick: &mut Pick| pick.of(&[0.25, 0.5, 0.0]);
    let config = match class {
        "Dense" => {
            let units = 1 + pick.below(5);
            json!({
                "units": units, "activation": pick.activation(), "use_bias": pick.no(),
                "kernel_regularizer": pick.matrix_regularizer(width, units),
                "bias_regularizer": pick.regularizer(), "activity_regularizer": pick.regularizer(),
                "trainable": if pick.below(6) == 5 { json!(false) } else { Json::Null },
            })
        }
        // Halves of a row.
        "Activation" if width % 2 == 0 && pick.below(3) == 2 => json!({"activation": "glu"}),
        "Activation" => json!({"activation": pick.activation()}),
        "ReLU" => json!({
            "max_value": pick.seldom(json!(1.5)), "negative_slope": pick.of(&[0.0, 0.25]),
            "threshold": pick.of(&[0.0, 0.25]),
        }),
        "LeakyReLU" => json!({"negative_slope": pick.of(&[0.25, 0.5])}),
        "ELU" => json!({"alpha": pick.of(&[1.0, 0.5])}),
        "PReLU" => {
            let axes: Vec<usize> = (1..=rank).filter(|_| pick.below(2) == 1).collect();
            let axes = if axes.is_empty() {
                Json::Null
            } else {
                json!(axes)
            };
            json!({"shared_axes": axes, "alpha_regularizer": pick.regularizer()})
        }
        "Softmax" => json!({"axis": any_axis(pick)}),
        "Dropout" | "AlphaDropout" => {
            let sizes: Vec<Json> = shape
                .iter()
                .map(|_| pick.of(&[Json::Null, json!(1)]))
                .collect();
            let all = [vec![pick.of(&[Json::Null, json!(1)])], sizes].concat();
            json!({"rate": rate(pick), "noise_shape": pick.seldom(json!(all)), "seed": pick.seed()})
        }
        "SpatialDropout1D" | "SpatialDropout2D" | "GaussianDropout" => {
            json!({"rate": rate(pick), "seed": pick.seed()})
        }
        "GaussianNoise" => json!({"stddev": rate(pick), "seed": pick.seed()}),
        "ActivityRegularization" => {
            json!({"l1": pick.of(&[0.125, 0.0]), "l2": pick.of(&[0.25, 0.0])})
        }
        "Rescaling" => json!({
            "scale": pick.of(&[json!(0.5), json!(vec![2.0; width])]),
            "offset": pick.of(&[0.0, 0.25]),
        }),
        "Normalization" => {
            let whole = json!({"mean": 0.25, "variance": 2.25, "axis": 1});
            let each = json!({"mean": vec![0.5; width], "variance": vec![0.25; width], "axis": -1});
            let mut config = pick.of(&[each, whole]);
            add(&mut config, "invert", pick.flag());
            config
        }
        "Reshape" => {
            let n: usize = shape.iter().product();
            let flat = [
                json!([-1, width]),
                json!([n]),
                json!([1, -1]),
                json!([n / width, 1, width]),
            ];
            json!({"target_shape": pick.of(&flat)})
        }
        "Permute" => {
            let mut dims: Vec<usize> = (1..=rank).rev().collect();
            let by = pick.below(rank);
            dims.rotate_left(by);
            json!({"dims": dims})
        }
        "RepeatVector" => json!({"n": 2 + pick.below(2)}),
        "ZeroPadding1D" => json!({"padding": pick.of(&[json!(1), json!([0, 2]), json!([1, 0])])}),
        "ZeroPadding2D" => {
            json!({"padding": pick.of(&[json!(1), json!([0, 1]), json!([[1, 0], [0, 2]])])})
        }
        "Cropping1D" => json!({"cropping": pick.of(&[json!([1, 0]), json!(1), json!([0, 2])])}),
        "Cropping2D" => {
            // As much as is there.
            let [rows, columns] = [shape[0], shape[1]].map(|n| n.saturating_sub(1).min(1));
            let sides = [
                json!([[rows, 0], [0, columns]]),
                json!([rows / 2, 0]),
                json!(0),
                json!(1),
            ];
            json!({"cropping": pick.of(&sides)})
        }
        "UpSampling1D" => json!({"size": 2 + pick.below(2)}),
        "UpSampling2D" => json!({
            "size": pick.of(&[json!(2), json!([1, 3]), json!([3, 2])]),
            "interpolation": pick.of(&["nearest", "bilinear"]),
        }),
        "MaxPooling1D" | "MaxPooling2D" | "AveragePooling1D" | "AveragePooling2D" => {
            let size = both(pick, image, |pick| 1 + (1 + pick.below(3)) % 3);
            let strides = both(pick, image, |pick| 1 + pick.below(3));
            json!({
                "pool_size": size, "strides": pick.of(&[Json::Null, strides]),
                "padding": pick.of(&["valid", "same"]),
            })
        }
        "GlobalMaxPooling1D"
        | "GlobalMaxPooling2D"
        | "GlobalAveragePooling1D"
        | "GlobalAveragePooling2D" => json!({"keepdims": pick.flag()}),
        "BatchNormalization" | "LayerNormalization" | "GroupNormalization" | "RMSNormalization"
        | "UnitNormalization" => return normalization(class, shape, any_axis(pick), pick),
        "SimpleRNN" | "LSTM" | "GRU" => {
            let units = 1 + pick.below(4);
            recurrent(class, units, pick)
        }
        "Bidirectional" => {
            let inner = pick.of(&["SimpleRNN", "LSTM", "GRU"]);
            let units = 1 + pick.below(4);
            let mut ahead = options(recurrent(inner, units, pick));
            let mut back = options(recurrent(inner, units, pick));
            back["return_sequences"] = ahead["return_sequences"].clone();
            back["go_backwards"] = json!(ahead["go_backwards"] != true);
            let back = json!({"class_name": inner, "config": back});
            let back = if pick.below(3) == 2 { back } else { Json::Null };
            if back.is_null() {
                ahead["go_backwards"] = json!(false);
            }
            json!({
                "layer": {"class_name": inner, "config": ahead}, "backward_layer": back,
                "merge_mode": pick.of(&["concat", "sum", "mul", "ave"]),
            })
        }
        "TimeDistributed" => {
            let mut inside = vec!["Dense", "LayerNormalization"];
            let more = [
                "Dropout",
                "Activation",
                "BatchNormalization",
                "PReLU",
                "Flatten",
            ];
            inside.extend(more.iter().filter(|_| !masked));
            match rank {
                3 => inside.extend(["Conv1D", "GRU", "MaxPooling1D", "GlobalAveragePooling1D"]),
                4 => inside.extend(["Conv2D", "AveragePooling2D"]),
                _ => {}
            }
            let inner = pick.of(&inside);
            let mut config = layer(inner, &shape[1..], false, pick);
            config.as_object_mut().unwrap().remove("trainable");
            json!({"layer": {"class_name": inner, "config": config}})
        }
        "MultiHeadAttention" => json!({
            "num_heads": 1 + pick.below(3), "key_dim": 1 + pick.below(3),
            "value_dim": pick.of(&[Json::Null, json!(2)]), "dropout": pick.of(&[0.0, 0.25]),
            "use_bias": pick.no(), "sliding_window": pick.seldom(json!(2)), "seed": pick.seed(),
            "use_causal_mask": pick.flag(), "kernel_regularizer": pick.regularizer(),
            "bias_regularizer": pick.regularizer(), "activity_regularizer": pick.regularizer(),
        }),
        "Concatenate" => json!({"axis": pick.of(&[-1, 1])}),
        "Add" | "Subtract" | "Multiply" | "Average" | "Maximum" | "Minimum" | "Flatten" => {
            json!({})
        }
        _ if class.contains("Conv") => convolution(class, shape, pick),
        class => {
            panic!("tests/oracle/samples.rs has no options to try for the layer {class}: add them")
        }
    };
    options(config)
}

fn normalization(class: &str, shape: &[usize], axis: Json, pick: &mut Pick) -> Json {
    let rank = shape.len();
    let mut config = json!({"axis": axis});
    if class == "UnitNormalization" {
        return config;
    }
    add(&mut config, "epsilon", json!(pick.of(&[0.015625, 0.125])));
    if class == "RMSNormalization" {
        return config;
    }
    add(&mut config, "center", pick.no());
    add(&mut config, "scale", pick.no());
    add(&mut config, "gamma_regularizer", pick.regularizer());
    add(&mut config, "beta_regularizer", pick.regularizer());
    match class {
        "BatchNormalization" => {
            add(&mut config, "momentum", json!(pick.of(&[0.75, 0.5])));
            let frozen = if pick.below(5) == 4 {
                json!(false)
            } else {
                Json::Null
            };
            add(&mut config, "trainable", frozen);
        }
        "GroupNormalization" => {
            let axis = pick.of(&[rank, 1]);
            let n = shape[axis - 1];
            let fitting: Vec<i64> = (1..=n as i64).filter(|g| n as i64 % g == 0).collect();
            add(&mut config, "axis", json!(axis));
            add(
                &mut config,
                "groups",
                json!(pick.of(&[fitting, vec![-1]].concat())),
            );
        }
        _ => {}
    }
    options(config)
}

fn recurrent(class: &str, units: usize, pick: &mut Pick) -> Json {
    let mut config = json!({
        "units": units, "activation": pick.of(&[json!("tanh"), pick.clone().activation()]),
        "use_bias": pick.no(), "dropout": pick.of(&[0.0, 0.25]), "seed": pick.seed(),
        "recurrent_dropout": pick.of(&[0.0, 0.5, 0.0]),
        "return_sequences": pick.flag(), "go_backwards": pick.flag(), "unroll": pick.flag(),
        "zero_output_for_mask": pick.flag(), "kernel_regularizer": pick.regularizer(),
        "recurrent_regularizer": pick.matrix_regularizer(units, units),
        "bias_regularizer": pick.regularizer(), "activity_regularizer": pick.regularizer(),
    });
    if class != "SimpleRNN" {
        let gate = pick.of(&[json!("sigmoid"), pick.clone().activation()]);
        add(&mut config, "recurrent_activation", gate);
    }
    match class {
        "GRU" => add(&mut config, "reset_after", pick.no()),
        "LSTM" => add(&mut config, "unit_forget_bias", pick.no()),
        _ => {}
    }
    config
}

fn convolution(class: &str, shape: &[usize], pick: &mut Pick) -> Json {
    let (image, width) = (class.contains("2D"), *shape.last().unwrap());
    let transposed = class.contains("Transpose");
    let shortest = *shape[..shape.len() - 1].iter().min().unwrap();
    let plain = class.starts_with("Conv") && !transposed;
    let paddings = match plain && !image {
        true => vec!["valid", "same", "causal"],
        false => vec!["valid", "same"],
    };
    let padding = pick.of(&paddings);
    // Where channels are not summed, strides and dilation go together.
    let both_ways = match plain || transposed {
        true => vec![(1, 1), (2, 1), (1, 2), (3, 1)],
        false => vec![(1, 1), (2, 1), (1, 2), (3, 1), (2, 2), (3, 2)],
    };
    let (stride, dilation) = pick.of(&both_ways);
    let widest = match padding == "valid" && !transposed {
        true => 1 + (shortest - 1) / dilation,
        false => 3,
    };
    let size = both(pick, image, |pick| widest.min(2 + pick.below(2)));
    // Channels that share no filters.
    let groups = if plain { pick.of(&[1, width]) } else { 1 };
    let more = both(pick, image, |pick| pick.below(stride));
    // TensorFlow's channelwise convolutions take one stride for both axes.
    let apart = image && (plain || transposed);
    let strides = match apart {
        true => both(pick, true, |pick| pick.of(&[stride, 1])),
        false => json!(stride),
    };
    let mut config = json!({
        "kernel_size": size, "strides": strides, "padding": padding, "dilation_rate": dilation,
        "activation": pick.activation(), "use_bias": pick.no(),
        "bias_regularizer": pick.regularizer(), "activity_regularizer": pick.regularizer(),
    });
    if !class.starts_with("Depthwise") {
        add(&mut config, "filters", json!(groups * (1 + pick.below(2))));
    }
    match (plain, transposed) {
        (true, _) => add(&mut config, "groups", json!(groups)),
        (_, true) => {
            let all_strided = config["strides"] == json!(stride);
            let more = if all_strided { more } else { Json::Null };
            add(&mut config, "output_padding", pick.seldom(more));
        }
        _ => {
            add(&mut config, "depth_multiplier", json!(1 + pick.below(2)));
            add(&mut config, "depthwise_regularizer", pick.regularizer());
        }
    }
    match class {
        "SeparableConv1D" | "SeparableConv2D" => {
            add(&mut config, "pointwise_regularizer", pick.regularizer());
        }
        _ if plain || transposed => add(&mut config, "kernel_regularizer", pick.regularizer()),
        _ => {}
    }
    config
}
