//! Settings that do not fit together: one function for each piece of advice, and their list.

use super::{Edit, LAYERS, first_layer, json_of, layer};
use crate::experiment::Experiment;
use crate::functions::{activations, losses};
use crate::layers::{DenseOptions, dropout_rate};
use crate::options::ConfigObject;
use crate::options::declare::NumberOr;
use crate::options::error::format_number;
use crate::run::Run;
use crate::training::{fit, optimizers};
use serde_json::json;

/// What the rules examine.
pub struct Case<'a> {
    pub run: &'a Run,
    pub experiment: &'a Experiment,
    /// The arguments of fit.
    pub fit: fit::Options,
    /// Number of outputs of an example.
    pub outputs: usize,
    /// Whether the outputs have several axes, such as one row per step or pixel.
    in_rows: bool,
    /// Index of the first layer in the list.
    first: usize,
}

/// Advice with its fix.
pub struct Found {
    pub path: String,
    pub message: String,
    pub change: String,
    pub edit: Edit,
}

impl Found {
    pub fn new(path: String, message: &str, change: &str, edit: Edit) -> Option<Self> {
        Some(Found {
            path,
            message: message.into(),
            change: change.into(),
            edit,
        })
    }
}

/// Every rule.
pub static ALL: &[fn(&Case<'_>) -> Option<Found>] = &[
    softmax_of_one,
    no_class_probabilities,
    no_probability,
    softmax_with_binary,
    activation_twice,
    output_per_step,
    last_dropped,
    nearly_all_dropped,
    batch_of_one,
    learning_rate_too_large,
    starts_after_the_end,
];

impl<'a> Case<'a> {
    pub fn new(run: &'a Run) -> Self {
        let (experiment, model) = (run.experiment(), run.model());
        Case {
            run,
            experiment,
            fit: fit::Options::of(&experiment.fit),
            outputs: model.n_outputs(),
            in_rows: model.output_shape().len() > 1,
            first: first_layer(experiment, &json_of(experiment)),
        }
    }

    pub fn layers(&self) -> impl DoubleEndedIterator<Item = (usize, &'a ConfigObject)> {
        let layers = self.experiment.model.layers.iter();
        let listed = layers.map(|layer| &layer.choice).enumerate();
        let first = self.first;
        listed
            .map(move |(i, layer)| (first + i, layer))
            .collect::<Vec<_>>()
            .into_iter()
    }

    /// The activation of the outputs: the index of its layer, its name, and whether it is an option of the layer.
    pub fn end(&self) -> Option<(usize, &'static str, bool)> {
        let (at, layer) = self.layers().next_back()?;
        match layer.class.class_name {
            "Softmax" => Some((at, "softmax", false)),
            "ReLU" => Some((at, "relu", false)),
            _ => {
                let (_, function) = layer.options_of(&activations::REGISTRY).next()?;
                Some((at, function.class.name, true))
            }
        }
    }

    /// Advice to use another activation for the outputs: as an option of the last layer, or in place of an activation layer.
    fn ending(&self, at: usize, option: bool, message: &str, function: &str) -> Option<Found> {
        let mut path = format!("model.config.layers[{at}]");
        let edit = if option {
            path += ".config.activation";
            Edit::layer(at, "activation", function)
        } else if self.experiment.model.is_chain() {
            let config = json!({"activation": function});
            Edit::Set(format!("{LAYERS}/{at}"), layer("Activation", config))
        } else {
            return None;
        };
        Found::new(path, message, &format!("Use {function}"), edit)
    }

    fn loss(&self) -> &'a ConfigObject {
        &self.experiment.compile.loss
    }

    pub fn loss_is(&self, classes: &[&str]) -> bool {
        classes.contains(&self.run.trainer().loss_class())
    }

    pub fn logits(&self) -> bool {
        losses::from_logits(self.loss())
    }
}

/// Losses of class probabilities.
const CATEGORICAL: &[&str] = &[
    "CategoricalCrossentropy",
    "SparseCategoricalCrossentropy",
    "CategoricalFocalCrossentropy",
];
/// Losses of yes/no probabilities.
pub const BINARY: &[&str] = &["BinaryCrossentropy", "BinaryFocalCrossentropy"];

fn softmax_of_one(case: &Case<'_>) -> Option<Found> {
    let alone = |layer: &ConfigObject| {
        DenseOptions::of_class(layer)
            .is_some_and(|dense| dense.units == 1 && dense.activation.class.name == "softmax")
    };
    let found = case.layers().find(|(_, layer)| alone(layer));
    let (at, option) = match (found, case.end()) {
        (Some((at, _)), _) => (at, true),
        (None, Some((at, "softmax", option))) if case.outputs == 1 => (at, option),
        _ => return None,
    };
    let message = "Softmax makes the outputs add up to 1, so a single unit always outputs 1: the network \
                   cannot learn.";
    case.ending(at, option, message, "sigmoid")
}

/// Categorical cross-entropy without softmax.
fn no_class_probabilities(case: &Case<'_>) -> Option<Found> {
    let (at, function, option) = case.end()?;
    let unfit =
        case.loss_is(CATEGORICAL) && !case.logits() && function != "softmax" && case.outputs > 1;
    if !unfit {
        return None;
    }
    let message = "This loss needs probabilities of the classes that add up to 1. Softmax outputs such \
                   probabilities, this activation does not.";
    case.ending(at, option, message, "softmax")
}

/// Binary cross-entropy on outputs that are no probabilities.
fn no_probability(case: &Case<'_>) -> Option<Found> {
    let (at, function, option) = case.end()?;
    let share = ["sigmoid", "softmax", "hard_sigmoid", "sparse_sigmoid"].contains(&function);
    if !case.loss_is(BINARY) || case.logits() || share {
        return None;
    }
    let message = "Binary cross-entropy needs a probability, from 0 to 1. This activation leaves that range, \
                   and outputs beyond it are clipped and learn nothing.";
    case.ending(at, option, message, "sigmoid")
}

/// Binary cross-entropy with softmax outputs.
fn softmax_with_binary(case: &Case<'_>) -> Option<Found> {
    let (_, function, _) = case.end()?;
    if !case.loss_is(BINARY) || function != "softmax" || case.outputs < 2 {
        return None;
    }
    let message = "Binary cross-entropy treats each output as a separate yes/no question, but softmax makes \
                   the outputs add up to 1. Categorical cross-entropy is meant for that.";
    let edit = Edit::Set("/compile/loss".into(), "categorical_crossentropy".into());
    let change = "Use categorical cross-entropy";
    Found::new("compile.loss".into(), message, change, edit)
}

fn activation_twice(case: &Case<'_>) -> Option<Found> {
    let (_, function, _) = case.end()?;
    if !case.logits() || !["sigmoid", "softmax"].contains(&function) {
        return None;
    }
    let message = "With from_logits the loss applies sigmoid or softmax itself, but the last layer already \
                   does. Applied twice, no output can come near 0 or 1.";
    let edit = Edit::Set("/compile/loss/config/from_logits".into(), false.into());
    let path = "compile.loss.config.from_logits".into();
    Found::new(path, message, "Switch from_logits off", edit)
}

/// Outputs with several axes, such as an image or a sequence.
fn output_per_step(case: &Case<'_>) -> Option<Found> {
    let (at, _) = case.layers().next_back()?;
    if !case.in_rows {
        return None;
    }
    let message = "The last layer has an output for each step or pixel of its input, not one for the whole \
                   example. Flatten (or a global pooling) before it joins them.";
    let flatten = layer("Flatten", json!({}));
    let path = format!("model.config.layers[{at}]");
    Found::new(
        path,
        message,
        "Put Flatten before it",
        Edit::Insert(at, flatten),
    )
}

fn last_dropped(case: &Case<'_>) -> Option<Found> {
    let (at, layer) = case.layers().next_back()?;
    if dropout_rate(layer)? <= 0.0 || at == case.first {
        return None;
    }
    let message = "Dropout after the last layer drops outputs, not features: some outputs in training are 0 \
                   for any weights.";
    let path = format!("model.config.layers[{at}]");
    Found::new(path, message, "Remove it", Edit::Remove(LAYERS, at))
}

fn nearly_all_dropped(case: &Case<'_>) -> Option<Found> {
    let most = |layer: &ConfigObject| dropout_rate(layer).is_some_and(|rate| rate >= 0.9);
    let (at, _) = case.layers().find(|(_, layer)| most(layer))?;
    let message =
        "So much is dropped that little is left to learn from. Usual rates are 0.2 to 0.5.";
    let path = format!("model.config.layers[{at}].config.rate");
    Found::new(path, message, "Use 0.5", Edit::layer(at, "rate", 0.5))
}

fn batch_of_one(case: &Case<'_>) -> Option<Found> {
    let normalized = |layer: &ConfigObject| layer.class.class_name == "BatchNormalization";
    if case.fit.batch_size != 1 || !case.layers().any(|(_, layer)| normalized(layer)) {
        return None;
    }
    let message = "BatchNormalization compares the examples of a batch. In a batch of one example, every value \
                   becomes 0.";
    let edit = Edit::Set("/fit/batch_size".into(), 32.into());
    Found::new("fit.batch_size".into(), message, "Use 32", edit)
}

/// A learning rate that is too large for any network.
fn learning_rate_too_large(case: &Case<'_>) -> Option<Found> {
    let optimizer = &case.experiment.compile.optimizer;
    // The largest rates that are sometimes used.
    let limit = match optimizer.class.class_name {
        "SGD" => 0.999_999,
        "Adadelta" | "Adagrad" | "Adafactor" => 20.0,
        _ => 1.0,
    };
    match optimizers::learning_rate(optimizer) {
        NumberOr::Number(rate) if rate > limit => {}
        _ => return None,
    }
    let usual = if optimizer.class.class_name == "SGD" {
        0.01
    } else {
        0.001
    };
    let message = "With steps this large the weights overshoot every minimum, so the loss jumps around or keeps \
                   growing.";
    let edit = Edit::Set(
        "/compile/optimizer/config/learning_rate".into(),
        usual.into(),
    );
    let path = "compile.optimizer.config.learning_rate".into();
    Found::new(
        path,
        message,
        &format!("Use {}", format_number(usual)),
        edit,
    )
}

/// A first epoch after the last one.
fn starts_after_the_end(case: &Case<'_>) -> Option<Found> {
    if case.fit.initial_epoch < case.fit.epochs {
        return None;
    }
    let message = "Training starts after its last epoch, so no epoch is trained.";
    let edit = Edit::Set("/fit/initial_epoch".into(), 0.into());
    Found::new("fit.initial_epoch".into(), message, "Start at 0", edit)
}
