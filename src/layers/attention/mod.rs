//! MultiHeadAttention (Vaswani et al., 2017): every place gathers from all places what it looks for.

mod heads;
mod passes;

use super::common;
use super::layer::{Build, Initial, Inputs, LayerKind, ParamSpec, Shape};
use crate::functions::regularizers::Regularizer;
use crate::options::error::ConfigError;
use crate::options::{ClassSpec, Default, Kind, OptionSpec, help_text};

const fn count(
    name: &'static str,
    label: &'static str,
    doc: &'static str,
    default: Default,
) -> OptionSpec {
    let kind = Kind::Int(1, 10_000);
    OptionSpec {
        name,
        label,
        doc: help_text(doc),
        kind,
        default,
        advanced: false,
        start: "",
    }
}

pub static KIND: LayerKind = LayerKind {
    class: ClassSpec {
        class_name: "MultiHeadAttention",
        name: "multi_head_attention",
        aliases: &[],
        label: "Multi-head attention",
        doc: help_text(
            "Every place of a sequence asks a question (query), all places answer by how well it fits \
              their key, and the place gets the mean of their values, several times side by side.",
        ),
        formula: help_text(
            "softmax(Q K^T / sqrt(key_dim)) V for each head; then all heads times W_o",
        ),
        options: &[
            &count(
                "num_heads",
                "heads",
                "How many questions each place asks.",
                Default::Required,
            ),
            &count(
                "key_dim",
                "key size",
                "How many numbers a query and a key have.",
                Default::Required,
            ),
            &count(
                "value_dim",
                "value size",
                "How many numbers a value has; as a key where not said.",
                Default::Null,
            ),
            &OptionSpec {
                name: "dropout",
                label: "dropout",
                doc: help_text("Share of the attention weights that is dropped in training."),
                kind: Kind::Float(0.0, 0.99),
                default: Default::Float(0.0),
                advanced: false,
                start: "",
            },
            &common::USE_BIAS,
            &OptionSpec::fixed("output_shape", "null"),
            &OptionSpec::fixed("attention_axes", "[1]"),
            &count(
                "sliding_window",
                "window",
                "A place sees only places fewer than this many away.",
                Default::Null,
            ),
            &OptionSpec::fixed("flash_attention", "null"),
            &common::KERNEL_INITIALIZER,
            &common::BIAS_INITIALIZER,
            &common::KERNEL_REGULARIZER,
            &common::BIAS_REGULARIZER,
            &common::ACTIVITY_REGULARIZER,
            &common::KERNEL_CONSTRAINT,
            &common::BIAS_CONSTRAINT,
            &OptionSpec::fixed("use_gate", "false"),
            &common::SEED,
            &OptionSpec {
                name: "use_causal_mask",
                label: "only backwards",
                doc: help_text(
                    "Whether a place sees only itself and places before it (Keras: an argument of the call).",
                ),
                kind: Kind::Bool,
                default: Default::Bool(false),
                advanced: false,
                start: "",
            },
        ],
        group: "",
        shared: &[],
    },
    inputs: Inputs::QueryAndValue,
    build: |request| Ok(Box::new(Attention::new(request)?)),
};

/// Sizes and options; `passes.rs` has the arithmetic.
struct Attention {
    output_shape: Shape,
    /// Steps and features of the query.
    query: [usize; 2],
    /// Steps and features of the value.
    value: [usize; 2],
    /// Features of the key, where it is not the value.
    key: Option<usize>,
    heads: usize,
    key_dim: usize,
    value_dim: usize,
    bias: bool,
    dropout: f64,
    seed: u64,
    causal: bool,
    window: Option<usize>,
    activity: Option<Regularizer>,
    params: Vec<ParamSpec>,
}

impl Attention {
    fn new(request: Build<'_>) -> Result<Self, ConfigError> {
        let config = request.config;
        let sequence = |i: usize| match request.inputs.get(i).map(Vec::as_slice) {
            Some(&[steps, features]) => Some([steps, features]),
            _ => None,
        };
        let (Some(query), Some(value)) = (sequence(0), sequence(1)) else {
            let message = format!(
                "MultiHeadAttention reads sequences, [steps, features], but its input has the shape \
                 {:?}: put a Reshape or an Embedding before it.",
                request.input()
            );
            return Err(ConfigError::new("num_heads", message));
        };
        let key = sequence(2);
        if key.is_some_and(|key| key[0] != value[0]) {
            let message = "Keys and values must have the same number of steps.";
            return Err(ConfigError::new("num_heads", message));
        }
        let heads = config.count("num_heads").unwrap_or(1);
        let key_dim = config.count("key_dim").unwrap_or(1);
        let value_dim = config.count("value_dim").unwrap_or(key_dim);
        let bias = config.flag("use_bias");
        // Keras makes one initializer in the constructor, and a copy of its own for each array.
        common::seeded(config, "kernel_initializer", request.seeds);
        common::seeded(config, "bias_initializer", request.seeds);
        let key_features = key.map_or(value[1], |key| key[1]);
        let mut params = Vec::new();
        let mut seed = 0;
        for (name, kernel, offsets) in [
            (
                "query",
                vec![query[1], heads, key_dim],
                vec![heads, key_dim],
            ),
            (
                "key",
                vec![key_features, heads, key_dim],
                vec![heads, key_dim],
            ),
            (
                "value",
                vec![value[1], heads, value_dim],
                vec![heads, value_dim],
            ),
            (
                "attention_output",
                vec![heads, value_dim, query[1]],
                vec![query[1]],
            ),
        ] {
            let dropout = config.number("dropout") > 0.0;
            if name == "attention_output" && dropout {
                seed = common::seed(config, request.seeds);
            }
            let mut kernel = common::param(config, "kernel", kernel, request.seeds);
            // Fans count what is summed over and what comes out, not axes by their place.
            let inputs = if name == "attention_output" { 2 } else { 1 };
            let (summed, made) = kernel.shape.split_at(inputs);
            let fans = vec![summed.iter().product(), made.iter().product()];
            if let Initial::Drawn(seeded) = &kernel.initial
                && seeded.counts_fans()
            {
                kernel.initial = Initial::Parts(vec![(seeded.clone(), fans)]);
            }
            let mut offset = common::param(config, "bias", offsets, request.seeds);
            kernel.path = [name, "/kernel"].concat();
            offset.path = [name, "/bias"].concat();
            params.push(kernel);
            params.extend(bias.then_some(offset));
        }
        Ok(Attention {
            output_shape: vec![query[0], query[1]],
            query,
            value,
            key: key.map(|key| key[1]),
            heads,
            key_dim,
            value_dim,
            bias,
            dropout: config.number("dropout"),
            seed,
            causal: config.flag("use_causal_mask"),
            window: config.count("sliding_window"),
            activity: common::regularizer_of(config, "activity_regularizer"),
            params,
        })
    }
}
