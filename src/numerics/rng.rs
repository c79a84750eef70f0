//! Keras' random numbers: Philox4x32-10, as TensorFlow's stateless generators use it, and Python's Mersenne twister, from
//! which Keras draws the seed of each layer (`keras.utils.set_random_seed` seeds it).
//!
//! Sources: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (SC 2011); TensorFlow's
//! `stateless_random_ops`; Matsumoto and Nishimura's MT19937 as CPython's `random` seeds it.

use crate::numerics::math;

/// One call of the Philox4x32-10 bijection.
pub fn philox(mut counter: [u32; 4], mut key: [u32; 2]) -> [u32; 4] {
    for _ in 0..10 {
        let p0 = 0xD251_1F53_u64 * u64::from(counter[0]);
        let p1 = 0xCD9E_8D57_u64 * u64::from(counter[2]);
        counter = [
            (p1 >> 32) as u32 ^ counter[1] ^ key[0],
            p1 as u32,
            (p0 >> 32) as u32 ^ counter[3] ^ key[1],
            p0 as u32,
        ];
        key = [
            key[0].wrapping_add(0x9E37_79B9),
            key[1].wrapping_add(0xBB67_AE85),
        ];
    }
    counter
}

/// Converts 32 random bits to a uniform number in [0, 1), as TensorFlow does (23 bits are used).
pub fn unit_interval(bits: u32) -> f32 {
    f32::from_bits((bits & 0x007f_ffff) | 0x3f80_0000) - 1.0
}

/// The stream of random numbers of the pair (seed, n).
///
/// Keras: `seed=[seed, n]`; an initializer uses `(seed, 0)`, the n-th call of a Dropout `(seed, n)`.
///
/// ```
/// use glassbox::numerics::rng::Stream;
///
/// let mut stream = Stream::new(42, 0);
/// let numbers = [stream.uniform(), stream.uniform()];
/// assert!(numbers.iter().all(|u| (0.0..1.0).contains(u)));
/// assert_eq!(Stream::new(42, 0).uniform(), numbers[0]);
/// assert_ne!(Stream::new(42, 1).uniform(), numbers[0]);
/// ```
#[derive(Clone, Debug)]
pub struct Stream {
    key: [u32; 2],
    counter: u128,
    buffer: [u32; 4],
    used: usize,
    spare_normal: Option<f32>,
}

impl Stream {
    /// The stream of (seed, n), from its start.
    pub fn new(seed: u64, n: u64) -> Self {
        let words = [seed as u32, (seed >> 32) as u32, n as u32, (n >> 32) as u32];
        let mix = philox(words, [0x3ec8_f720, 0x0246_1e29]);
        Stream {
            key: [mix[0], mix[1]],
            counter: (u128::from(mix[2]) << 64) | (u128::from(mix[3]) << 96),
            buffer: [0; 4],
            used: 4,
            spare_normal: None,
        }
    }

    /// The same stream, advanced by `blocks` blocks of four numbers.
    fn skipped(&self, blocks: u128) -> Self {
        let counter = self.counter.wrapping_add(blocks);
        Stream {
            counter,
            used: 4,
            spare_normal: None,
            ..self.clone()
        }
    }

    /// The next 32 random bits.
    pub fn bits(&mut self) -> u32 {
        if self.used == 4 {
            let c = self.counter;
            let words = [
                c as u32,
                (c >> 32) as u32,
                (c >> 64) as u32,
                (c >> 96) as u32,
            ];
            self.buffer = philox(words, self.key);
            self.counter = c.wrapping_add(1);
            self.used = 0;
        }
        self.used += 1;
        self.buffer[self.used - 1]
    }

    /// The next number, uniform in [0, 1).
    pub fn uniform(&mut self) -> f32 {
        unit_interval(self.bits())
    }

    /// The next number from N(0, 1), by the Box-Muller transform, the sine first.
    pub fn normal(&mut self) -> f32 {
        if let Some(spare) = self.spare_normal.take() {
            return spare;
        }
        let (first, second) = self.normal_pair();
        self.spare_normal = Some(second);
        first
    }

    fn normal_pair(&mut self) -> (f32, f32) {
        let u = self.uniform().max(1e-7);
        // TensorFlow multiplies by 2 pi in double precision, then rounds to float32.
        let angle = (core::f64::consts::TAU * f64::from(self.uniform())) as f32;
        let radius = (-2.0 * math::ln(u)).sqrt();
        (math::sin(angle) * radius, math::cos(angle) * radius)
    }

    /// Fills `out` from N(0, 1), truncated to two standard deviations by drawing again.
    ///
    /// In TensorFlow each group of four outputs has its own 256 blocks of the stream.
    pub fn fill_truncated_normal(&self, out: &mut [f32]) {
        for (group, four) in out.chunks_mut(4).enumerate() {
            let mut stream = self.skipped(256 * group as u128);
            let mut n = 0;
            while n < four.len() {
                let (a, b) = stream.normal_pair();
                for value in [a, b] {
                    if value.abs() < 2.0 && n < four.len() {
                        four[n] = value;
                        n += 1;
                    }
                }
            }
        }
    }

    /// A uniform integer in 0..n. `n` must not be 0.
    pub fn below(&mut self, n: u32) -> u32 {
        // Lemire's multiplication; a draw in the biased low part is rejected.
        let threshold = n.wrapping_neg() % n;
        loop {
            let product = u64::from(self.bits()) * u64::from(n);
            if product as u32 >= threshold {
                return (product >> 32) as u32;
            }
        }
    }

    /// Shuffles `order` (Fisher-Yates).
    pub fn shuffle<T>(&mut self, order: &mut [T]) {
        for i in (1..order.len()).rev() {
            order.swap(i, self.below(i as u32 + 1) as usize);
        }
    }
}

/// Python's `random` after `random.seed(seed)`: Keras' source of the seeds that a model leaves open.
#[derive(Clone)]
pub struct PythonRandom {
    state: [u32; 624],
    next: usize,
}

impl PythonRandom {
    /// The state after `random.seed(seed)`.
    pub fn new(seed: u32) -> Self {
        let mut state = [0u32; 624];
        state[0] = 19_650_218;
        for i in 1..624 {
            let previous = state[i - 1] ^ (state[i - 1] >> 30);
            state[i] = previous.wrapping_mul(1_812_433_253).wrapping_add(i as u32);
        }
        let mut i = 1;
        for _ in 0..624 {
            let mixed = (state[i - 1] ^ (state[i - 1] >> 30)).wrapping_mul(1_664_525);
            state[i] = (state[i] ^ mixed).wrapping_add(seed);
            i += 1;
            if i == 624 {
                state[0] = state[623];
                i = 1;
            }
        }
        for _ in 0..623 {
            let mixed = (state[i - 1] ^ (state[i - 1] >> 30)).wrapping_mul(1_566_083_941);
            state[i] = (state[i] ^ mixed).wrapping_sub(i as u32);
            i += 1;
            if i == 624 {
                state[0] = state[623];
                i = 1;
            }
        }
        state[0] = 0x8000_0000;
        PythonRandom { state, next: 624 }
    }

    fn bits(&mut self) -> u32 {
        if self.next == 624 {
            for i in 0..624 {
                let y = (self.state[i] & 0x8000_0000) | (self.state[(i + 1) % 624] & 0x7fff_ffff);
                let odd = if y & 1 == 1 { 0x9908_b0df } else { 0 };
                self.state[i] = self.state[(i + 397) % 624] ^ (y >> 1) ^ odd;
            }
            self.next = 0;
        }
        let mut y = self.state[self.next];
        self.next += 1;
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c_5680;
        y ^= (y << 15) & 0xefc6_0000;
        y ^ (y >> 18)
    }

    /// `random.randint(1, 10**9)`: the default seed of a layer (Keras' `backend.common.global_state`,
    /// `make_default_seed`).
    pub fn default_seed(&mut self) -> u64 {
        loop {
            let bits = self.bits() >> 2; // 10**9 has 30 bits
            if bits < 1_000_000_000 {
                return u64::from(bits) + 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Known answers of the Random123 distribution (`kat_vectors`, philox4x32 10).
    #[test]
    fn oracle_philox_known_answers() {
        assert_eq!(
            philox([0; 4], [0; 2]),
            [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]
        );
        assert_eq!(
            philox([u32::MAX; 4], [u32::MAX; 2]),
            [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
        );
    }

    /// CPython 3.11: `random.seed(42); random.randint(1, 10**9)`.
    #[test]
    fn oracle_python_seed_42() {
        assert_eq!(PythonRandom::new(42).default_seed(), 686_579_304);
    }

    #[test]
    fn reaches_below_is_even_and_shuffle_keeps_all() {
        let mut stream = Stream::new(7, 0);
        let mut counts = [0; 6];
        (0..60_000).for_each(|_| counts[stream.below(6) as usize] += 1);
        assert!(
            counts.iter().all(|&c| (9_600..10_400).contains(&c)),
            "{counts:?}"
        );
        let mut order: Vec<u32> = (0..100).collect();
        stream.shuffle(&mut order);
        assert_ne!(order, (0..100).collect::<Vec<_>>());
        order.sort_unstable();
        assert_eq!(order, (0..100).collect::<Vec<_>>());
    }
}
