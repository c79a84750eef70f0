//! MultiHeadAttention: every position gathers from all positions by softmax(Q K^T / sqrt(key_dim)) V (Vaswani et al.,
//! 2017).

mod heads;
mod passes;

use super::common;
use super::layer::{Build, Initial, Inputs, LayerKind, ParamSpec, Shape};
use crate::functions::initializers::Seeded;
use crate::functions::regularizers::Regularizer;
use crate::options::declare::{Fixed, class};
use crate::options::error::{ConfigError, Result};
use crate::options::{ConfigObject, Default, Kind, OptionSpec};

class! {
    /// Each position of a sequence compares its query with the keys of all positions, and gets the mean of their values,
    /// weighted by the fit. Several heads do so side by side.
    #[formula("softmax(Q K^T / sqrt(key_dim)) V for each head; then all heads times W_o")]
    #[group("attention")]
    struct Options("MultiHeadAttention", "multi_head_attention", "Multi-head attention") {
        /// Number of queries per position.
        #[start("2")]
        num_heads("heads"): usize = Kind::Int(1, 10_000), Default::Required;
        /// Size of a query and of a key.
        #[start("8")]
        key_dim("key size"): usize = Kind::Int(1, 10_000), Default::Required;
        /// Size of a value. Default: the key size.
        #[advanced]
        value_dim("value size"): Option<usize> = Kind::Int(1, 10_000), Default::Null;
        /// Fraction of the attention weights that is dropped in training.
        #[advanced]
        dropout("dropout"): f64 = Kind::Float(0.0, 0.99), Default::Float(0.0);
        use_bias: bool = common::USE_BIAS;
        output_shape: Fixed = OptionSpec::fixed("output_shape", "null");
        attention_axes: Fixed = OptionSpec::fixed("attention_axes", "[1]");
        /// A position attends only to positions that are fewer than this many steps away.
        #[advanced]
        sliding_window("window"): Option<usize> = Kind::Int(1, 10_000), Default::Null;
        flash_attention: Fixed = OptionSpec::fixed("flash_attention", "null");
        kernel_initializer: ConfigObject = common::KERNEL_INITIALIZER;
        bias_initializer: ConfigObject = common::BIAS_INITIALIZER;
        kernel_regularizer: Option<ConfigObject> = common::KERNEL_REGULARIZER;
        bias_regularizer: Option<ConfigObject> = common::BIAS_REGULARIZER;
        activity_regularizer: Option<ConfigObject> = common::ACTIVITY_REGULARIZER;
        kernel_constraint: Option<ConfigObject> = common::KERNEL_CONSTRAINT;
        bias_constraint: Option<ConfigObject> = common::BIAS_CONSTRAINT;
        use_gate: Fixed = OptionSpec::fixed("use_gate", "false");
        seed: Option<u64> = common::SEED;
        /// Causal mask: a position attends only to itself and to earlier positions. (In Keras an argument of the call.)
        #[advanced]
        use_causal_mask("causal mask"): bool = Kind::Bool, Default::Bool(false);
    }
}

pub static KIND: LayerKind = LayerKind::new(Options::SPEC, |request| {
    Ok(Box::new(Attention::new(request)?))
})
.taking(Inputs::QueryAndValue);

/// Sizes and options; `passes.rs` has the arithmetic.
struct Attention {
    output_shape: Shape,
    /// Steps and features of the query.
    query: [usize; 2],
    /// Steps and features of the value.
    value: [usize; 2],
    /// Features of the key; `None`: the value is the key.
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
    fn new(request: Build<'_>) -> Result<Self> {
        let options = Options::of(request.config);
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
        let (heads, key_dim) = (options.num_heads, options.key_dim);
        let value_dim = options.value_dim.unwrap_or(key_dim);
        let bias = options.use_bias;
        let seeds = request.seeds;
        // Keras draws seeds in the constructor, and again for the initializers of each projection.
        Seeded::new(&options.kernel_initializer, seeds);
        Seeded::new(&options.bias_initializer, seeds);
        let key_features = key.map_or(value[1], |key| key[1]);
        let mut params = Vec::new();
        let mut seed = 0;
        for (name, shape) in [
            ("query", [query[1], heads, key_dim]),
            ("key", [key_features, heads, key_dim]),
            ("value", [value[1], heads, value_dim]),
            ("attention_output", [heads, value_dim, query[1]]),
        ] {
            let is_output = name == "attention_output";
            if is_output && options.dropout > 0.0 {
                seed = common::layer_seed(options.seed, seeds);
            }
            let mut kernel = common::array!(options, &[name, "/kernel"].concat(), shape.to_vec(), seeds;
                [kernel_initializer, kernel_regularizer, kernel_constraint]);
            // fan_in is the number of summed inputs, fan_out the number of outputs, on whichever axes they are.
            let (summed, outputs) = shape.split_at(if is_output { 2 } else { 1 });
            let fans = vec![summed.iter().product(), outputs.iter().product()];
            if let Initial::Drawn(seeded) = &kernel.initial
                && seeded.counts_fans()
            {
                kernel.initial = Initial::Parts(vec![(seeded.clone(), fans)]);
            }
            let offsets = common::array!(options, &[name, "/bias"].concat(), outputs.to_vec(), seeds;
                [bias_initializer, bias_regularizer, bias_constraint]);
            params.push(kernel);
            params.extend(bias.then_some(offsets));
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
            dropout: options.dropout,
            seed,
            causal: options.use_causal_mask,
            window: options.sliding_window,
            activity: options.activity_regularizer.as_ref().map(Regularizer::new),
            params,
        })
    }
}
