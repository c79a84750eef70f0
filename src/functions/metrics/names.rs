//! Names of metrics in the logs.

use super::running::Metric;

/// Gives each metric its name in Keras' logs. The first `n_plain` metrics ignore sample weights; a weighted metric with
/// the name of one of them is called `weighted_...`, and other metrics with equal names are numbered.
pub fn name_apart(metrics: &mut [Metric], n_plain: usize) {
    // Keras numbers the objects that it names itself.
    for i in 1..metrics.len() {
        let (earlier, rest) = metrics.split_at_mut(i);
        let metric = &mut rest[0];
        let same = |m: &&Metric| m.counted && std::ptr::eq(m.kind, metric.kind);
        let before = earlier.iter().filter(same).count();
        if metric.counted && before > 0 {
            metric.name = format!("{}_{before}", metric.kind.class.name);
            metric.own_name.clone_from(&metric.name);
        }
    }
    let mut taken: Vec<String> = Vec::new();
    for (i, metric) in metrics.iter_mut().enumerate() {
        let mut name = metric.name.clone();
        if i >= n_plain && taken.contains(&name) {
            name = format!("weighted_{name}");
        }
        let before = taken.iter().filter(|w| **w == name).count();
        taken.push(name.clone());
        metric.name = if before == 0 {
            name
        } else {
            format!("{name}_{before}")
        };
    }
}

/// Returns the first metric with a name that the logs use for something else, and the error message. Keras keeps one
/// of the two columns without a warning.
pub fn clash(metrics: &[Metric]) -> Option<(usize, String)> {
    let clash = |(i, metric): (usize, &Metric)| {
        let name = metric.name();
        let owner = match name {
            "loss" => "the loss",
            "learning_rate" => "the learning rate",
            "epoch" => "the number of the epoch",
            _ if name.starts_with("val_") => "a validation metric, whose names all begin with val_",
            _ if metrics[..i].iter().any(|m| m.name() == name) => "another metric",
            _ => return None,
        };
        let message =
            format!("The logs use the name '{name}' for {owner}: give this metric another name.");
        Some((i, message))
    };
    metrics.iter().enumerate().find_map(clash)
}
