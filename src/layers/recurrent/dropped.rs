//! Dropout inside of a recurrent layer: the same numbers are dropped at every step of a sequence.
//!
//! Keras draws one mask for all gates, or where the state is dropped too one for each of the gates of an
//! LSTM or GRU: then each gate sees an input and a state of its own.

use crate::numerics::rng::Stream;

/// What a layer drops of its inputs and of its state.
pub struct Rates {
    input: f64,
    state: f64,
    /// Masks of each.
    parts: usize,
    seed: u64,
}

impl Rates {
    /// `gates`: how many a cell has.
    pub fn new(input: f64, state: f64, gates: usize, seed: u64) -> Self {
        // Keras' LSTM and GRU drop nothing at all where everything is to be dropped.
        let heard = |rate: f64| if gates > 1 && rate == 1.0 { 0.0 } else { rate };
        Rates {
            input: heard(input),
            state: heard(state),
            parts: if state > 0.0 { gates } else { 1 },
            seed,
        }
    }

    /// Factors of the inputs and of the state for an example: `[parts, n]`.
    pub fn sizes(&self, n_in: usize, units: usize) -> (usize, usize) {
        let size = |rate: f64, n: usize| if rate > 0.0 { self.parts * n } else { 0 };
        (size(self.input, n_in), size(self.state, units))
    }

    /// Draws the factors of the inputs, then those of the state.
    pub fn draw(&self, calls: u64, input: &mut [f32], state: &mut [f32]) {
        let drawn = |rate: f64| u64::from(rate > 0.0 && rate < 1.0) * self.parts as u64;
        let per_call = drawn(self.input) + drawn(self.state);
        let mut k = 0;
        for (rate, factors) in [(self.input, input), (self.state, state)] {
            if rate >= 1.0 {
                factors.fill(0.0);
                continue;
            }
            let kept = (1.0 / (1.0 - rate)) as f32;
            let n = (factors.len() / self.parts).max(1);
            for part in factors.chunks_exact_mut(n) {
                let mut stream = Stream::new(self.seed, calls * per_call + k);
                part.fill_with(|| match stream.uniform() >= rate as f32 {
                    true => kept,
                    false => 0.0,
                });
                k += 1;
            }
        }
    }
}
