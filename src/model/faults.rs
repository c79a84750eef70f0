//! The first number of a pass that is not finite.

use super::{Input, Sequential, Workspace};

/// An output that is not finite although the input is.
pub struct Fault<'a> {
    /// Its layer: name and class.
    pub name: &'a str,
    /// Keras' class of the layer.
    pub class_name: &'static str,
    /// Row of the batch.
    pub row: usize,
    /// The activation, if its inputs are finite.
    pub function: Option<&'static str>,
    /// Largest magnitude of the inputs of the activation, or else of the layer; 0 if it is not known.
    pub largest: f32,
    /// Whether the mask excludes every step of the row.
    pub masked: bool,
}

/// Position of the first number that is not finite.
pub fn first_bad(numbers: &[f32]) -> Option<usize> {
    numbers.iter().position(|v| !v.is_finite())
}

/// The largest magnitude; infinite if a number is not finite.
fn largest(numbers: &[f32]) -> f32 {
    let magnitude = |most: f32, v: &f32| if v.abs() > most { v.abs() } else { most };
    match first_bad(numbers) {
        Some(_) => f32::INFINITY,
        None => numbers.iter().fold(0.0, magnitude),
    }
}

impl Sequential {
    /// The first layer whose output of the last forward pass, of `batch` examples, is not finite.
    pub fn fault(&self, input: Input<'_>, ws: &Workspace, batch: usize) -> Option<Fault<'_>> {
        let bad = |i: usize| Some((i, first_bad(&ws.outputs[i][..batch * self.width(i)])?));
        let (i, at) = (0..self.layers.len()).find_map(bad)?;
        let (built, width) = (&self.layers[i], self.width(i));
        let row = at / width;
        let (x, _) = self.input_of(i, input, &ws.outputs, &ws.joined, batch);
        let n_in = x.len() / batch;
        let given = largest(&x[row * n_in..][..n_in]);
        let sums = match built.layer.stores_preactivation() {
            true => largest(&ws.scratch[i][row * width..][..width]),
            false => f32::INFINITY,
        };
        let function = built.layer.activation().filter(|_| sums.is_finite());
        let mask = self.mask_into(built, 0, &ws.masks, ws.capacity, batch);
        let masked = mask.is_some_and(|mask| {
            let steps = mask.len() / batch;
            mask[row * steps..][..steps].iter().all(|m| *m == 0.0)
        });
        Some(Fault {
            name: &built.name,
            class_name: built.class_name,
            row,
            function,
            largest: if function.is_some() { sums } else { given },
            masked,
        })
    }

    /// The layer nearest to the loss at whose output the gradient of the last backward pass is not
    /// finite, from layer `top` down: its number, name and row.
    pub fn gradient_fault(
        &self,
        ws: &Workspace,
        top: usize,
        batch: usize,
    ) -> Option<(usize, &str, usize)> {
        (0..=top).rev().find_map(|i| {
            let at = first_bad(&ws.gradients[i][..batch * self.width(i)])?;
            Some((i, self.layers[i].name.as_str(), at / self.width(i)))
        })
    }
}
