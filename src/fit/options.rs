//! The arguments of `fit`.

use crate::callbacks;
use crate::choice::{Default, Entry, Family, Kind, Opt, prose};

/// The arguments of `fit`.
pub static ENTRY: Entry = Entry {
    class_name: "fit",
    name: "fit",
    aliases: &[],
    label: "Fit",
    doc: prose("How often, and in which portions, the data is gone through."),
    formula: prose(""),
    options: &[
        &Opt {
            name: "epochs",
            label: "epochs",
            doc: prose("How often all training data is gone through."),
            kind: Kind::Int(1, 100_000),
            default: Default::Int(1),
        },
        &Opt {
            name: "batch_size",
            label: "batch size",
            doc: prose("How many examples make one step."),
            kind: Kind::Int(1, 100_000),
            default: Default::Int(32),
        },
        &Opt {
            name: "validation_split",
            label: "validation split",
            doc: prose(
                "Share of the data, from its end and before it is shuffled, that is kept out of \
             training to measure on.",
            ),
            kind: Kind::Float(0.0, 0.99),
            default: Default::Float(0.0),
        },
        &Opt {
            name: "callbacks",
            label: "callbacks",
            doc: prose("What watches the run, and may stop it or change its learning rate."),
            kind: Kind::List(&callbacks::FAMILY),
            default: Default::Null,
        },
        &Opt {
            name: "class_weight",
            label: "class weights",
            doc: prose(
                "How much the examples of each class count in the loss; those not named \
             count 1. The sum is still divided by how many there are.",
            ),
            kind: Kind::ClassWeights,
            default: Default::Null,
        },
        &Opt {
            name: "initial_epoch",
            label: "first epoch",
            doc: prose("The number of the epoch that training begins with."),
            kind: Kind::Int(0, 100_000),
            default: Default::Int(0),
        },
        &Opt {
            name: "steps_per_epoch",
            label: "steps per epoch",
            doc: prose("How many batches make an epoch; the next one goes on where it ended."),
            kind: Kind::Int(1, 1_000_000),
            default: Default::Null,
        },
        &Opt {
            name: "validation_steps",
            label: "validation steps",
            doc: prose("How many batches are validated on; all, where not said."),
            kind: Kind::Int(1, 1_000_000),
            default: Default::Null,
        },
        &Opt {
            name: "validation_batch_size",
            label: "validation batch size",
            doc: prose("How many examples are validated at a time."),
            kind: Kind::Int(1, 100_000),
            default: Default::Null,
        },
        &Opt {
            name: "validation_freq",
            label: "validate every",
            doc: prose(
                "After how many epochs each it validates; a list: after which epochs, counted from 1.",
            ),
            kind: Kind::Ints(1, 100_000),
            default: Default::Int(1),
        },
        &Opt {
            name: "shuffle",
            label: "shuffle",
            doc: prose("Goes through the training data in a new order in every epoch."),
            kind: Kind::Bool,
            default: Default::Bool(true),
        },
    ],
};

/// The family of `fit`'s one entry.
pub static FAMILY: Family = Family {
    noun: "call",
    entries: || vec![&ENTRY],
};
