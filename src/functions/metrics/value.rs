//! The result of a metric.

/// One number, or one per threshold, class or output, as in Keras' logs.
#[derive(Clone, Debug, PartialEq)]
pub enum MetricValue {
    /// One number.
    Number(f64),
    /// A list, which may have one number: F1Score of a single output.
    List(Vec<f64>),
}

impl MetricValue {
    /// All its numbers.
    pub fn numbers(&self) -> &[f64] {
        match self {
            MetricValue::Number(value) => std::slice::from_ref(value),
            MetricValue::List(list) => list,
        }
    }

    /// The number, or the mean of the list in single precision: what Keras' progress bar prints.
    pub fn mean(&self) -> f64 {
        match self {
            MetricValue::Number(value) => *value,
            MetricValue::List(list) => {
                let sum: f64 = list.iter().sum();
                f64::from((sum / list.len() as f64) as f32)
            }
        }
    }
}
