//! Metrics that are a mean over rows: accuracies, errors and correlations.

use super::metric::{Measure, MetricKind, NAME, Named, Settings, Targets, argmax};
use crate::functions::losses::cosine;
use crate::functions::losses::shared::AXES;
use crate::options::declare::{class, options};
use crate::options::{Default, Kind};

class! {
    // Keras' string; its class of that name is `Equality`.
    /// Fraction of correct predictions. Binary, categorical or sparse accuracy is chosen automatically.
    #[formula("correct predictions / predictions")]
    #[group("accuracy")]
    #[aliases("acc")]
    struct Accuracy("accuracy", "accuracy", "Accuracy") + Named {}
}

pub static ACCURACY: MetricKind = MetricKind::up(Accuracy::SPEC, |config| {
    Settings::new(Named::of(config).name, Targets::Any, Measure::Accuracy)
});

class! {
    /// Fraction of outputs that equal their targets exactly.
    #[formula("mean of p = t")]
    #[group("accuracy")]
    struct Equality("Accuracy", "Accuracy", "Accuracy (equal numbers)") + Named {}
}

pub static EQUALITY: MetricKind = MetricKind::up(Equality::SPEC, |config| {
    Settings::mean(Named::of(config).name, |t, p| {
        let equal = t.iter().zip(p).filter(|(t, p)| t == p).count();
        equal as f32 / p.len() as f32
    })
});

class! {
    /// Fraction of outputs on the correct side of the threshold.
    #[formula("mean of (p > threshold) = t")]
    #[group("accuracy")]
    pub struct BinaryAccuracy("BinaryAccuracy", "binary_accuracy", "Binary accuracy") {
        name: Option<String> = NAME;
        /// Output above which the prediction is yes.
        #[advanced]
        threshold("threshold"): f32 = Kind::Float(-1e6, 1e6), Default::Float(0.5);
    }
}

pub static BINARY_ACCURACY: MetricKind = MetricKind::up(BinaryAccuracy::SPEC, |config| {
    let BinaryAccuracy { name, threshold } = BinaryAccuracy::of(config);
    Settings::mean(name, move |t, p| binary_accuracy(threshold, t, p))
});

/// Fraction of a row's outputs on the correct side of the threshold.
pub fn binary_accuracy(threshold: f32, t: &[f32], p: &[f32]) -> f32 {
    let correct = |(t, p): &(&f32, &f32)| f32::from(**p > threshold) == **t;
    t.iter().zip(p).filter(correct).count() as f32 / p.len() as f32
}

class! {
    /// Fraction of rows whose largest output is that of the one-hot target.
    #[formula("argmax p = argmax t")]
    #[group("accuracy")]
    struct CategoricalAccuracy(
        "CategoricalAccuracy", "categorical_accuracy", "Categorical accuracy"
    ) + Named {}
}

pub static CATEGORICAL_ACCURACY: MetricKind = MetricKind::up(CategoricalAccuracy::SPEC, |config| {
    Settings::mean(Named::of(config).name, |t, p| {
        f32::from(argmax(t) == argmax(p))
    })
});

class! {
    /// Fraction of rows whose largest output is that of the target class.
    #[formula("argmax p = t")]
    #[group("accuracy")]
    struct SparseCategoricalAccuracy(
        "SparseCategoricalAccuracy", "sparse_categorical_accuracy", "Sparse categorical accuracy"
    ) + Named {}
}

pub static SPARSE_ACCURACY: MetricKind =
    MetricKind::up(SparseCategoricalAccuracy::SPEC, |config| {
        let row = Box::new(|t: &[f32], p: &[f32]| f32::from(argmax(p) as f32 == t[0]));
        Settings::new(Named::of(config).name, Targets::Classes, Measure::Mean(row))
    });

options! {
    /// Number of the largest outputs among which the target class counts as correct.
    K = k("k"), Kind::Int(1, 1_000_000), Default::Int(5);
}

/// 1 where fewer than k outputs exceed that of the class, else 0; ties count for the class, as in TensorFlow.
fn in_top(k: usize, class: f32, p: &[f32]) -> f32 {
    let (index, finite) = (class as usize, p.iter().all(|p| p.is_finite()));
    let Some(own) = p.get(index).filter(|_| class >= 0.0 && finite) else {
        return 0.0;
    };
    f32::from(p.iter().filter(|p| *p > own).count() < k)
}

class! {
    /// Fraction of rows whose one-hot target is among the k largest outputs.
    #[formula("argmax t among the k largest p")]
    #[group("accuracy")]
    struct TopKCategoricalAccuracy(
        "TopKCategoricalAccuracy", "top_k_categorical_accuracy", "Top-k categorical accuracy"
    ) {
        k: usize = K;
        name: Option<String> = NAME;
    }
}

pub static TOP_K: MetricKind = MetricKind::up(TopKCategoricalAccuracy::SPEC, |config| {
    let TopKCategoricalAccuracy { k, name } = TopKCategoricalAccuracy::of(config);
    Settings::mean(name, move |t, p| in_top(k, argmax(t) as f32, p))
});

class! {
    /// Fraction of rows whose target class is among the k largest outputs.
    #[formula("t among the k largest p")]
    #[group("accuracy")]
    struct SparseTopKCategoricalAccuracy(
        "SparseTopKCategoricalAccuracy", "sparse_top_k_categorical_accuracy", "Sparse top-k categorical accuracy"
    ) {
        k: usize = K;
        name: Option<String> = NAME;
        /// The outputs are class numbers, the most probable first.
        #[advanced]
        from_sorted_ids("from sorted ids"): bool = Kind::Bool, Default::Bool(false);
    }
}

pub static SPARSE_TOP_K: MetricKind =
    MetricKind::up(SparseTopKCategoricalAccuracy::SPEC, |config| {
        let options = SparseTopKCategoricalAccuracy::of(config);
        let (k, sorted) = (options.k, options.from_sorted_ids);
        let row = Box::new(move |t: &[f32], p: &[f32]| match sorted {
            true => f32::from(p.iter().take(k).any(|p| *p == t[0])),
            false => in_top(k, t[0], p),
        });
        Settings::new(options.name, Targets::Classes, Measure::Mean(row))
    });

class! {
    /// Square root of the mean squared error, in the unit of the target. (Keras ignores masks here.)
    #[formula("sqrt(mean of (t - p)^2)")]
    #[group("for numbers")]
    struct RootMeanSquaredError(
        "RootMeanSquaredError", "root_mean_squared_error", "Root mean squared error"
    ) + Named {}
}

pub static ROOT_MEAN_SQUARED: MetricKind = MetricKind::down(RootMeanSquaredError::SPEC, |config| {
    let row = Box::new(|t: &[f32], p: &[f32]| {
        let sum: f32 = t.iter().zip(p).map(|(t, p)| (p - t) * (p - t)).sum();
        sum / p.len() as f32
    });
    Settings::new(
        Named::of(config).name,
        Targets::Numbers,
        Measure::RootMean(row),
    )
});

class! {
    /// 1 where the row points in the direction of its target, -1 where it points in the opposite one.
    #[formula("sum_i t_i p_i / (|t| |p|)")]
    #[group("similarity")]
    struct CosineSimilarity("CosineSimilarity", "cosine_similarity", "Cosine similarity") {
        name: Option<String> = NAME;
        axis: Vec<i64> = AXES;
    }
}

pub static COSINE: MetricKind = MetricKind::up(CosineSimilarity::SPEC, |config| {
    let CosineSimilarity { name, axis } = CosineSimilarity::of(config);
    Settings {
        axis,
        ..Settings::mean(name, |t, p| cosine(t, p).0)
    }
});

/// Mean and standard deviation of a row.
fn moments(x: &[f32]) -> (f64, f64) {
    let n = x.len() as f64;
    let mean = x.iter().map(|x| f64::from(*x)).sum::<f64>() / n;
    let squares = |x: &f32| (f64::from(*x) - mean) * (f64::from(*x) - mean);
    (mean, (x.iter().map(squares).sum::<f64>() / n).sqrt())
}

class! {
    /// Correlation of a row's outputs with its targets, independent of scale and offset. Needs several outputs.
    #[formula("cov(t, p) / (sd t sd p), over a row")]
    #[group("similarity")]
    struct PearsonCorrelation("PearsonCorrelation", "pearson_correlation", "Pearson correlation") {
        name: Option<String> = NAME;
        axis: Vec<i64> = AXES;
    }
}

pub static PEARSON: MetricKind = MetricKind::up(PearsonCorrelation::SPEC, |config| {
    let PearsonCorrelation { name, axis } = PearsonCorrelation::of(config);
    Settings {
        axis,
        ..Settings::mean(name, pearson)
    }
});

fn pearson(t: &[f32], p: &[f32]) -> f32 {
    let ((mean_t, sd_t), (mean_p, sd_p)) = (moments(t), moments(p));
    let product =
        |(t, p): (&f32, &f32)| (f64::from(*t) - mean_t) / sd_t * ((f64::from(*p) - mean_p) / sd_p);
    (t.iter().zip(p).map(product).sum::<f64>() / p.len() as f64) as f32
}

class! {
    /// As Pearson correlation, but scale and offset must match too.
    #[formula("2 cov(t, p) / (var t + var p + (mean t - mean p)^2), over a row")]
    #[group("similarity")]
    struct ConcordanceCorrelation(
        "ConcordanceCorrelation", "concordance_correlation", "Concordance correlation"
    ) {
        name: Option<String> = NAME;
        axis: Vec<i64> = AXES;
    }
}

pub static CONCORDANCE: MetricKind = MetricKind::up(ConcordanceCorrelation::SPEC, |config| {
    let ConcordanceCorrelation { name, axis } = ConcordanceCorrelation::of(config);
    Settings {
        axis,
        ..Settings::mean(name, concordance)
    }
});

fn concordance(t: &[f32], p: &[f32]) -> f32 {
    let ((mean_t, sd_t), (mean_p, sd_p)) = (moments(t), moments(p));
    let apart = mean_t - mean_p;
    let norm = sd_t * sd_t + sd_p * sd_p + apart * apart + 1e-7;
    let product =
        |(t, p): (&f32, &f32)| (f64::from(*t) - mean_p) * (f64::from(*p) - mean_p) * 2.0 / norm;
    (t.iter().zip(p).map(product).sum::<f64>() / p.len() as f64) as f32
}
