//! What metrics are called in the logs.

use super::Metric;

/// Gives each metric the name that Keras' logs have for it. `n_plain` of them are blind to weights;
/// a weighted one that shares their name is called `weighted_...`, others of one name are counted.
pub fn name_apart(metrics: &mut [Metric], n_plain: usize) {
    // Keras counts the objects that it has to name itself.
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
    let mut wanted: Vec<String> = Vec::new();
    for (i, metric) in metrics.iter_mut().enumerate() {
        let mut name = metric.name.clone();
        if i >= n_plain && wanted.contains(&name) {
            name = format!("weighted_{name}");
        }
        let before = wanted.iter().filter(|w| **w == name).count();
        wanted.push(name.clone());
        metric.name = if before == 0 {
            name
        } else {
            format!("{name}_{before}")
        };
    }
}

/// Says which metric has a name that the logs need for something else, and what that is. Keras trains on
/// and keeps one column of the two.
pub fn clash(metrics: &[Metric]) -> Option<(usize, String)> {
    let wrong = |(i, metric): (usize, &Metric)| {
        let name = metric.name();
        let what = match name {
            "loss" => "the loss",
            "learning_rate" => "the learning rate",
            "epoch" => "the number of the epoch",
            _ if name.starts_with("val_") => {
                "what is measured on the validation rows, whose names all begin with val_"
            }
            _ if metrics[..i].iter().any(|m| m.name() == name) => "another metric",
            _ => return None,
        };
        let message =
            format!("The logs use the name '{name}' for {what}: give this metric another name.");
        Some((i, message))
    };
    metrics.iter().enumerate().find_map(wrong)
}
