//! Intersection over union of areas, from a confusion matrix.

use super::metric::{Accumulate, MetricKind, NAME, Settings, Targets, argmax};
use crate::functions::losses::Batch;
use crate::options::declare::{class, options, shared};
use crate::options::error::format_number;
use crate::options::{ConfigObject, Default, Kind};

/// Keras' `epsilon()`.
const EPSILON: f64 = 1e-7;

options! {
    /// Number of classes.
    #[start("2")]
    CLASSES = num_classes("number of classes"), Kind::Int(1, 512), Default::Required;
    /// Classes that the mean covers.
    #[start("[0, 1]")]
    IDS = target_class_ids("classes"), Kind::Floats(0.0, 1e6), Default::Required;
    /// Positions of this class are not counted.
    #[advanced]
    IGNORE = ignore_class("ignored class"), Kind::Int(-1_000_000, 1_000_000), Default::Null;
    /// Targets are class numbers, rather than one number per class.
    #[advanced]
    SPARSE_TARGETS = sparse_y_true("sparse targets"), Kind::Bool, Default::Bool(true);
    /// Outputs are class numbers, rather than one number per class of which the largest counts.
    #[advanced]
    SPARSE_OUTPUTS = sparse_y_pred("sparse outputs"), Kind::Bool, Default::Bool(true);
    /// Axis of the classes: the last one, -1. (Keras' IoU fails with any other number.)
    #[advanced]
    AXIS = axis("axis"), Kind::Int(-1, -1), Default::Int(-1);
}

shared! {
    /// The last options of the metrics of class numbers.
    struct OfNumbers {
        name: Option<String> = NAME;
        ignore_class: Option<i64> = IGNORE;
        sparse_y_true: bool = SPARSE_TARGETS;
        sparse_y_pred: bool = SPARSE_OUTPUTS;
        axis: i64 = AXIS;
    }
}

shared! {
    /// The last options of the metrics with one-hot targets.
    struct OfOneHot {
        name: Option<String> = NAME;
        ignore_class: Option<i64> = IGNORE;
        sparse_y_pred: bool = SPARSE_OUTPUTS.with_default(Default::Bool(false));
        axis: i64 = AXIS;
    }
}

class! {
    /// Overlap of predicted and true areas of some classes. (Keras truncates weights to integers here.)
    #[formula("TP / (TP + FP + FN), mean over some classes")]
    #[group("overlap")]
    struct IoU("IoU", "io_u", "IoU") + OfNumbers {
        num_classes: usize = CLASSES;
        target_class_ids: Vec<f64> = IDS;
    }
}

pub static IOU: MetricKind = MetricKind::up(IoU::SPEC, |config| {
    let options = IoU::of(config);
    of_numbers(config, options.num_classes, options.target_class_ids)
});

class! {
    /// Overlap of predicted and true areas of no and of yes.
    #[formula("TP / (TP + FP + FN), mean over no and yes")]
    #[group("overlap")]
    struct BinaryIoU("BinaryIoU", "binary_io_u", "Binary IoU") {
        /// Classes that the mean covers; 0 and 1 without it.
        #[advanced]
        target_class_ids("classes"): Vec<f64> = Kind::Floats(0.0, 1.0), Default::Null;
        /// Smallest output for which the prediction is yes.
        #[advanced]
        threshold("threshold"): f32 = Kind::Float(-1e6, 1e6), Default::Float(0.5);
        name: Option<String> = NAME;
    }
}

pub static BINARY_IOU: MetricKind = MetricKind::up(BinaryIoU::SPEC, |config| {
    let options = BinaryIoU::of(config);
    let areas = Areas {
        classes: 2,
        ids: options.target_class_ids,
        threshold: Some(options.threshold),
        ignored: None,
        sparse_targets: true,
        sparse_outputs: true,
    };
    areas.settings(options.name, -1)
});

class! {
    /// Overlap of predicted and true areas, over all classes that occur.
    #[formula("TP / (TP + FP + FN), mean over classes")]
    #[group("overlap")]
    struct MeanIoU("MeanIoU", "mean_io_u", "Mean IoU") + OfNumbers {
        num_classes: usize = CLASSES;
    }
}

pub static MEAN_IOU: MetricKind = MetricKind::up(MeanIoU::SPEC, |config| {
    of_numbers(config, MeanIoU::of(config).num_classes, Vec::new())
});

class! {
    /// As IoU, with one-hot targets.
    #[formula("TP / (TP + FP + FN), mean over some classes")]
    #[group("overlap")]
    struct OneHotIoU("OneHotIoU", "one_hot_io_u", "One-hot IoU") + OfOneHot {
        num_classes: usize = CLASSES;
        target_class_ids: Vec<f64> = IDS;
    }
}

pub static ONE_HOT_IOU: MetricKind = MetricKind::up(OneHotIoU::SPEC, |config| {
    let options = OneHotIoU::of(config);
    of_one_hot(config, options.num_classes, options.target_class_ids)
});

class! {
    /// As mean IoU, with one-hot targets.
    #[formula("TP / (TP + FP + FN), mean over classes")]
    #[group("overlap")]
    struct OneHotMeanIoU("OneHotMeanIoU", "one_hot_mean_io_u", "One-hot mean IoU") + OfOneHot {
        num_classes: usize = CLASSES;
    }
}

pub static ONE_HOT_MEAN_IOU: MetricKind = MetricKind::up(OneHotMeanIoU::SPEC, |config| {
    of_one_hot(config, OneHotMeanIoU::of(config).num_classes, Vec::new())
});

/// State: the confusion matrix, true class by predicted class: `[classes, classes]`.
struct Areas {
    classes: usize,
    /// The classes that the mean covers; empty for all.
    ids: Vec<f64>,
    /// Outputs are compared with this threshold; `None` where they are classes.
    threshold: Option<f32>,
    ignored: Option<i64>,
    sparse_targets: bool,
    sparse_outputs: bool,
}

fn of_numbers(config: &ConfigObject, classes: usize, ids: Vec<f64>) -> Settings {
    let options = OfNumbers::of(config);
    let areas = Areas {
        classes,
        ids,
        threshold: None,
        ignored: options.ignore_class,
        sparse_targets: options.sparse_y_true,
        sparse_outputs: options.sparse_y_pred,
    };
    areas.settings(options.name, options.axis)
}

fn of_one_hot(config: &ConfigObject, classes: usize, ids: Vec<f64>) -> Settings {
    let options = OfOneHot::of(config);
    let areas = Areas {
        classes,
        ids,
        threshold: None,
        ignored: options.ignore_class,
        sparse_targets: false,
        sparse_outputs: options.sparse_y_pred,
    };
    areas.settings(options.name, options.axis)
}

impl Areas {
    fn settings(self, name: Option<String>, axis: i64) -> Settings {
        Settings {
            targets: match self.sparse_targets == self.sparse_outputs {
                true => Targets::Numbers,
                false => Targets::Classes,
            },
            axis: vec![axis],
            ..Settings::accumulated(name, self)
        }
    }
}

impl Accumulate for Areas {
    fn state_len(&self, _: usize) -> usize {
        self.classes * self.classes
    }

    fn misfit(&self, class: &str, _: usize) -> Option<String> {
        let known = self.classes as f64;
        let unknown = |id: &f64| *id >= known || *id != id.trunc();
        self.ids.iter().any(unknown).then(|| {
            format!(
                "{class} has target_class_ids that are not classes from 0 to {}.",
                format_number(known - 1.0)
            )
        })
    }

    /// Keras' BinaryIoU compares each output by itself, and does not broadcast the weight of a row over them.
    fn takes_weights(&self, width: usize) -> bool {
        self.threshold.is_none() || width == 1
    }

    fn update(&self, batch: &Batch<'_>, state: &mut [f64]) {
        let (classes, rows, k) = (self.classes, batch.rows(), batch.n_outputs);
        let ignored = self.ignored.map(|class| class as f32);
        let n_targets = batch.t.len() / rows.max(1);
        for i in 0..rows {
            let (t, p) = (
                &batch.t[i * n_targets..][..n_targets],
                &batch.p[i * k..][..k],
            );
            // Keras' confusion matrix has integer elements.
            let weight = f64::from(batch.weight(i)).trunc();
            for j in 0..if self.sparse_outputs { k } else { 1 } {
                let own = if self.sparse_targets {
                    t.get(j).map_or(-1.0, |t| t.trunc())
                } else {
                    argmax(t) as f32
                };
                let predicted = match self.threshold {
                    Some(threshold) => f32::from(u8::from(p[j] >= threshold)),
                    None if self.sparse_outputs => p[j].trunc(),
                    None => argmax(p) as f32,
                };
                let known = |class: f32| class >= 0.0 && class < classes as f32;
                if known(own) && known(predicted) && ignored != Some(own) {
                    state[own as usize * classes + predicted as usize] += weight;
                }
            }
        }
    }

    fn result(&self, state: &[f64], show: &mut dyn FnMut(f64)) {
        let n = self.classes;
        let ids: Vec<usize> = match self.ids[..] {
            [] => (0..n).collect(),
            _ => self.ids.iter().map(|id| *id as usize).collect(),
        };
        let (mut sum, mut n_present) = (0.0, 0.0);
        for class in ids {
            let both = state[class * n + class];
            let true_: f64 = state[class * n..][..n].iter().sum();
            let predicted: f64 = (0..n).map(|t| state[t * n + class]).sum();
            let either = true_ + predicted - both;
            if either > 1e-9 {
                sum += both / (either + EPSILON);
                n_present += 1.0;
            }
        }
        show(sum / (n_present + EPSILON));
    }
}
