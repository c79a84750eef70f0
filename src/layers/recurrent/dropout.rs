//! Dropout inside a recurrent layer: the same numbers are dropped at every step of a sequence.
//!
//! Keras draws one mask for all gates. With recurrent dropout, its LSTM and GRU draw one mask per gate.

use crate::numerics::rng::Stream;

/// Dropout of the inputs and of the state.
pub struct Dropout {
    input: f64,
    state: f64,
    /// Number of masks of each.
    parts: usize,
    seed: u64,
}

impl Dropout {
    /// `input` and `state`: the dropped fractions. `gates`: the number of gates of the cell.
    pub fn new(input: f64, state: f64, gates: usize, seed: u64) -> Self {
        // Keras' LSTM and GRU ignore a rate of 1.
        let applied = |rate: f64| if gates > 1 && rate == 1.0 { 0.0 } else { rate };
        Dropout {
            input: applied(input),
            state: applied(state),
            parts: if state > 0.0 { gates } else { 1 },
            seed,
        }
    }

    /// Lengths of the factors of one example, `[parts, n_in]` and `[parts, units]`; 0 without dropout.
    pub fn sizes(&self, n_in: usize, units: usize) -> (usize, usize) {
        let size = |rate: f64, n: usize| if rate > 0.0 { self.parts * n } else { 0 };
        (size(self.input, n_in), size(self.state, units))
    }

    /// Draws the factors of the inputs, then those of the state.
    pub fn draw(&self, calls: u64, input: &mut [f32], state: &mut [f32]) {
        let n_masks = |rate: f64| u64::from(rate > 0.0 && rate < 1.0) * self.parts as u64;
        let per_call = n_masks(self.input) + n_masks(self.state);
        let mut mask = 0;
        for (rate, factors) in [(self.input, input), (self.state, state)] {
            if rate >= 1.0 {
                factors.fill(0.0);
                continue;
            }
            let scale = (1.0 / (1.0 - rate)) as f32;
            let n = (factors.len() / self.parts).max(1);
            for part in factors.chunks_exact_mut(n) {
                let mut stream = Stream::new(self.seed, calls * per_call + mask);
                part.fill_with(|| match stream.uniform() >= rate as f32 {
                    true => scale,
                    false => 0.0,
                });
                mask += 1;
            }
        }
    }
}
