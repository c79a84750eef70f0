//! The arguments of `fit`.

use crate::options::{ClassSpec, Default, Kind, OptionSpec, Registry, help_text};
use crate::training::callbacks;

/// The arguments of `fit`.
pub static ENTRY: ClassSpec = ClassSpec {
    class_name: "fit",
    name: "fit",
    aliases: &[],
    label: "Fit",
    doc: help_text("How often, and in which portions, the data is gone through."),
    formula: help_text(""),
    options: &[
        &OptionSpec {
            name: "epochs",
            label: "epochs",
            doc: help_text("How often all training data is gone through."),
            kind: Kind::Int(1, 100_000),
            default: Default::Int(1),
            advanced: false,
            start: "",
        },
        &OptionSpec {
            name: "batch_size",
            label: "batch size",
            doc: help_text("How many examples make one step."),
            kind: Kind::Int(1, 100_000),
            default: Default::Int(32),
            advanced: false,
            start: "",
        },
        &OptionSpec {
            name: "validation_split",
            label: "validation split",
            doc: help_text(
                "Share of the data, from its end and before it is shuffled, that is kept out of \
             training to measure on.",
            ),
            kind: Kind::Float(0.0, 0.99),
            default: Default::Float(0.0),
            advanced: false,
            start: "",
        },
        &OptionSpec {
            name: "callbacks",
            label: "callbacks",
            doc: help_text("What watches the run, and may stop it or change its learning rate."),
            kind: Kind::List(&callbacks::REGISTRY),
            default: Default::Null,
            advanced: false,
            start: "",
        },
        &OptionSpec {
            name: "class_weight",
            label: "class weights",
            doc: help_text(
                "How much the examples of each class count in the loss; those not named \
             count 1. The sum is still divided by how many there are.",
            ),
            kind: Kind::ClassWeights,
            default: Default::Null,
            advanced: false,
            start: "",
        },
        &OptionSpec {
            name: "initial_epoch",
            label: "first epoch",
            doc: help_text("The number of the epoch that training begins with."),
            kind: Kind::Int(0, 100_000),
            default: Default::Int(0),
            advanced: false,
            start: "",
        },
        &OptionSpec {
            name: "steps_per_epoch",
            label: "steps per epoch",
            doc: help_text("How many batches make an epoch; the next one goes on where it ended."),
            kind: Kind::Int(1, 1_000_000),
            default: Default::Null,
            advanced: false,
            start: "",
        },
        &OptionSpec {
            name: "validation_steps",
            label: "validation steps",
            doc: help_text("How many batches are validated on; all, where not said."),
            kind: Kind::Int(1, 1_000_000),
            default: Default::Null,
            advanced: false,
            start: "",
        },
        &OptionSpec {
            name: "validation_batch_size",
            label: "validation batch size",
            doc: help_text("How many examples are validated at a time."),
            kind: Kind::Int(1, 100_000),
            default: Default::Null,
            advanced: false,
            start: "",
        },
        &OptionSpec {
            name: "validation_freq",
            label: "validate every",
            doc: help_text(
                "After how many epochs each it validates; a list: after which epochs, counted from 1.",
            ),
            kind: Kind::Ints(1, 100_000),
            default: Default::Int(1),
            advanced: false,
            start: "",
        },
        &OptionSpec {
            name: "shuffle",
            label: "shuffle",
            doc: help_text("Goes through the training data in a new order in every epoch."),
            kind: Kind::Bool,
            default: Default::Bool(true),
            advanced: false,
            start: "",
        },
    ],
    group: "",
    shared: &[],
};

/// The family of `fit`'s one entry.
pub static REGISTRY: Registry = Registry {
    noun: "call",
    entries: || vec![&ENTRY],
};
