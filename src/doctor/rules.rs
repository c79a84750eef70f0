//! What does not fit, each with why and what to do: one function a piece, and their list.

use super::{Edit, LAYERS, first_layer, json_of, layer};
use crate::experiment::Experiment;
use crate::options::{ConfigObject, Kind};
use crate::run::Run;
use serde_json::json;

/// What the rules look at.
pub struct Case<'a> {
    pub run: &'a Run,
    pub experiment: &'a Experiment,
    /// How many numbers the last layer gives.
    pub outputs: usize,
    /// Whether it gives them in rows: one for each step, or pixel.
    in_rows: bool,
    /// Which number the first layer has in the list.
    first: usize,
}

/// Something found.
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
    no_probabilities,
    no_share,
    one_of_several,
    squashed_twice,
    one_for_each_step,
    last_dropped,
    nearly_all_dropped,
    batch_of_one,
    great_strides,
    begun_behind_the_end,
];

impl<'a> Case<'a> {
    pub fn new(run: &'a Run) -> Self {
        let (experiment, model) = (run.experiment(), run.model());
        Case {
            run,
            experiment,
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
            .map(move |(i, choice)| (first + i, choice))
            .collect::<Vec<_>>()
            .into_iter()
    }

    /// The function that the outputs come from, and the number of its layer.
    pub fn end(&self) -> Option<(usize, &'static str, bool)> {
        let (at, choice) = self.layers().next_back()?;
        match choice.class.class_name {
            "Softmax" => Some((at, "softmax", false)),
            "ReLU" => Some((at, "relu", false)),
            _ if !has(choice, "activation") => None,
            _ => {
                let function = choice.choice("activation");
                Some((at, function.map_or("linear", |f| f.class.name), true))
            }
        }
    }

    /// Another function at the end: of the last layer, or in its place where it is nothing but a function.
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
        has(self.loss(), "from_logits") && self.loss().flag("from_logits")
    }
}

const SEVERAL: &[&str] = &[
    "CategoricalCrossentropy",
    "SparseCategoricalCrossentropy",
    "CategoricalFocalCrossentropy",
];
pub const SHARES: &[&str] = &["BinaryCrossentropy", "BinaryFocalCrossentropy"];

pub fn has(choice: &ConfigObject, option: &str) -> bool {
    choice.class.all_options().any(|o| o.name == option)
}

fn softmax_of_one(case: &Case<'_>) -> Option<Found> {
    let alone = |choice: &ConfigObject| {
        choice.class.class_name == "Dense"
            && choice.count("units") == Some(1)
            && choice
                .choice("activation")
                .is_some_and(|f| f.class.name == "softmax")
    };
    let found = case.layers().find(|(_, choice)| alone(choice));
    let (at, option) = match (found, case.end()) {
        (Some((at, _)), _) => (at, true),
        (None, Some((at, "softmax", option))) if case.outputs == 1 => (at, option),
        _ => return None,
    };
    let message = "Softmax makes the outputs add up to 1, so a single unit always gives 1, whatever its \
                   input: the network cannot learn.";
    case.ending(at, option, message, "sigmoid")
}

/// Cross-entropy of several classes without softmax.
fn no_probabilities(case: &Case<'_>) -> Option<Found> {
    let (at, function, option) = case.end()?;
    let unfit =
        case.loss_is(SEVERAL) && !case.logits() && function != "softmax" && case.outputs > 1;
    if !unfit {
        return None;
    }
    let message = "This loss compares shares of several classes that add up to 1, and this function does \
                   not give such shares: softmax does.";
    case.ending(at, option, message, "softmax")
}

/// Cross-entropy of yes or no on numbers that are no shares.
fn no_share(case: &Case<'_>) -> Option<Found> {
    let (at, function, option) = case.end()?;
    let share = ["sigmoid", "softmax", "hard_sigmoid", "sparse_sigmoid"].contains(&function);
    if !case.loss_is(SHARES) || case.logits() || share {
        return None;
    }
    let message = "Binary cross-entropy takes the output for a probability, from 0 to 1. This function \
                   leaves that range, where outputs are cut off and learn nothing.";
    case.ending(at, option, message, "sigmoid")
}

/// Yes or no, asked of classes of which one is right.
fn one_of_several(case: &Case<'_>) -> Option<Found> {
    let (_, function, _) = case.end()?;
    if !case.loss_is(SHARES) || function != "softmax" || case.outputs < 2 {
        return None;
    }
    let message = "Binary cross-entropy asks yes or no of each output by itself, and softmax makes them \
                   share one yes: categorical cross-entropy is made for that.";
    let edit = Edit::Set("/compile/loss".into(), "categorical_crossentropy".into());
    let change = "Use categorical cross-entropy";
    Found::new("compile.loss".into(), message, change, edit)
}

fn squashed_twice(case: &Case<'_>) -> Option<Found> {
    let (_, function, _) = case.end()?;
    if !case.logits() || !["sigmoid", "softmax"].contains(&function) {
        return None;
    }
    let message = "With from_logits the loss applies sigmoid or softmax itself, and the last layer has \
                   done so already: applied twice, no answer can be certain.";
    let edit = Edit::Set("/compile/loss/config/from_logits".into(), false.into());
    let path = "compile.loss.config.from_logits".into();
    Found::new(path, message, "Switch from_logits off", edit)
}

/// An image or a sequence right up to the loss.
fn one_for_each_step(case: &Case<'_>) -> Option<Found> {
    let (at, _) = case.layers().next_back()?;
    if !case.in_rows {
        return None;
    }
    let message = "The last layer answers once for each step or pixel of its input, not once for the whole \
                   example: Flatten (or a global pooling) brings all of it together first.";
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
    let (at, choice) = case.layers().next_back()?;
    let drops = choice.class.class_name.ends_with("Dropout") && choice.number("rate") > 0.0;
    if !drops || at == case.first {
        return None;
    }
    let message = "Dropout after the last layer strikes out answers, not features: whatever the network \
                   learns, some answers in training are 0.";
    let path = format!("model.config.layers[{at}]");
    Found::new(path, message, "Take it out", Edit::Remove(LAYERS, at))
}

fn nearly_all_dropped(case: &Case<'_>) -> Option<Found> {
    let most = |choice: &ConfigObject| {
        choice.class.class_name.ends_with("Dropout") && choice.number("rate") >= 0.9
    };
    let (at, _) = case.layers().find(|(_, choice)| most(choice))?;
    let message =
        "So much is struck out that hardly anything is left to learn from; 0.2 to 0.5 is usual.";
    let path = format!("model.config.layers[{at}].config.rate");
    Found::new(path, message, "Use 0.5", Edit::layer(at, "rate", 0.5))
}

fn batch_of_one(case: &Case<'_>) -> Option<Found> {
    let normalized = |choice: &ConfigObject| choice.class.class_name == "BatchNormalization";
    let single = case.experiment.fit.count("batch_size") == Some(1);
    if !single || !case.layers().any(|(_, choice)| normalized(choice)) {
        return None;
    }
    let message = "BatchNormalization compares the examples of a batch with each other; with one in a \
                   batch, each becomes 0.";
    let edit = Edit::Set("/fit/batch_size".into(), 32.into());
    Found::new("fit.batch_size".into(), message, "Use 32", edit)
}

/// A learning rate with which no network gets anywhere.
fn great_strides(case: &Case<'_>) -> Option<Found> {
    let optimizer = &case.experiment.compile.optimizer;
    let option = optimizer
        .class
        .options
        .iter()
        .find(|o| o.name == "learning_rate")?;
    // Largest rates that are used now and then.
    let limit = match optimizer.class.class_name {
        "SGD" => 0.999_999,
        "Adadelta" | "Adagrad" | "Adafactor" => 20.0,
        _ => 1.0,
    };
    if optimizer.choice("learning_rate").is_some() || optimizer.number("learning_rate") <= limit {
        return None;
    }
    let Kind::FloatOr(..) = option.kind else {
        return None;
    };
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
        &format!("Use {}", crate::options::error::format_number(usual)),
        edit,
    )
}

/// A first epoch that lies behind the last one.
fn begun_behind_the_end(case: &Case<'_>) -> Option<Found> {
    let fit = &case.experiment.fit;
    if fit.count("initial_epoch")? < fit.count("epochs")? {
        return None;
    }
    let message = "Training begins behind its last epoch: no epoch is trained.";
    let edit = Edit::Set("/fit/initial_epoch".into(), 0.into());
    Found::new("fit.initial_epoch".into(), message, "Begin with 0", edit)
}
