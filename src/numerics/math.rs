//! Transcendental functions from `+ - * /` and bit operations only: bit-identical natively, in Firefox and in Chromium.
//!
//! std's functions call the platform's C library. glibc and wasm differ in the last bit of 4 to 10 % of inputs, so clippy
//! bans them in this crate. The functions of the training path have no branches, so that a loop over a slice becomes SIMD
//! code with the same result per number. Functions for initializers only come from the `libm` crate, which is plain Rust.
//!
//! Maximum errors in units in the last place, over every 97th and over every 5th float of a range. `tests/math.rs` reads
//! this table and measures the first; with `MATH_STEP=5` in its environment, the second:
//!
//! | function | from | to | every 97th | every 5th |
//! |---|---|---|---|---|
//! | `exp` | -87.3 | 88.7 | 0.98 | 0.98 |
//! | `ln` | 1e-45 | 3.4e38 | 0.78 | 0.82 |
//! | `tanh` | -30 | 30 | 1.20 | 1.18 |
//! | `sigmoid` | -87.3 | 40 | 1.69 | 1.80 |
//! | `softplus` | -87.3 | 3.4e38 | 1.84 | 1.97 |
//! | `ln_1p` | -0.99 | 3.4e38 | 1.44 | 1.44 |
//! | `expm1` | -110 | 88.7 | 1.56 | 1.59 |
//! | `erf` | -30 | 30 | 1.57 | 1.67 |
//! | `sin` | -2e8 | 2e8 | 0.50 | 0.50 |
//! | `cos` | -2e8 | 2e8 | 0.50 | 0.50 |
//!
//! `pow`, `power` and `ln_exact` are computed in double precision and rounded once: 0.501.

#![allow(clippy::excessive_precision)] // constants as printed in their sources

/// The coefficients of [`exp`], tanh, sigmoid and softplus. A loop over many numbers calls [`Curves::held`] first.
#[derive(Clone, Copy)]
pub struct Curves {
    /// 1.5 2^23 + 127. Adding and subtracting it rounds a float of magnitude below 2^21 to an integer n; the lowest bits of
    /// the sum are those of n + 127, the biased exponent of 2^n.
    round: f32,
    log2_e: f32,
    /// ln 2 in two parts; multiples of the first are exact.
    ln_2: [f32; 2],
    /// (e^r - 1 - r) / r^2, highest power first. The error of e^r is at most 0.06 2^-24 for |r| < 0.3466 (Lawson's
    /// iteration, coefficients rounded one after another).
    exp: [f32; 5],
    /// (tanh x - x) / x^3 as a polynomial in x^2, from Cephes' `tanhf`.
    tanh: [f32; 5],
    /// The polynomial is used below this magnitude.
    near: f32,
    one: f32,
    two: f32,
    /// tanh is 1 beyond it.
    far: f32,
    /// sigmoid is 0 below it.
    lowest: f32,
    /// e^x is 0 below it.
    least: f32,
    /// 2^-64.
    small: f32,
    /// The sign bit.
    sign: u32,
}

/// The coefficients.
pub static CURVES: Curves = Curves {
    round: 12_583_039.0,
    log2_e: core::f32::consts::LOG2_E,
    ln_2: [0.693_359_375, -2.121_944_4e-4],
    exp: [
        1.386_342_9e-3,
        8.367_434e-3,
        4.166_724e-2,
        1.666_653_5e-1,
        0.5,
    ],
    tanh: [
        -5.704_988_73e-3,
        2.063_908_88e-2,
        -5.373_971_55e-2,
        1.333_144_22e-1,
        -3.333_328_2e-1,
    ],
    near: 0.625,
    one: 1.0,
    two: 2.0,
    far: 10.0,
    lowest: -88.0,
    least: -104.0,
    small: 1.0 / 18_446_744_073_709_551_616.0,
    sign: 1 << 31,
};

impl Curves {
    /// A copy whose values are hidden from the compiler, so that they stay in registers or on the stack for a whole loop. V8
    /// otherwise materializes each constant vector at every use. Measured: a step of a 2-8-8-1 tanh network takes 5 % less
    /// time, a step of the lesson's network 2 % less.
    #[inline(always)]
    pub fn held() -> Curves {
        *core::hint::black_box(&CURVES)
    }

    /// Splits e^x = 2^n (1 + q), by Cody and Waite's reduction x = n ln 2 + r. Returns q, and a float whose lowest bits are
    /// n + 127. |x| < 200.
    #[inline(always)]
    fn parts(&self, x: f32) -> (f32, f32) {
        let shifted = x * self.log2_e + self.round;
        let n = shifted - self.round;
        let r = (x - n * self.ln_2[0]) - n * self.ln_2[1];
        let mut p = self.exp[0];
        p = p * r + self.exp[1];
        p = p * r + self.exp[2];
        p = p * r + self.exp[3];
        p = p * r + self.exp[4];
        (p * (r * r) + r, shifted)
    }

    /// Hyperbolic tangent: a polynomial near 0; beyond, 1 - 2 / (e^(2|x|) + 1) with the sign of x.
    #[inline(always)]
    pub fn tanh(&self, x: f32) -> f32 {
        let sign = x.to_bits() & self.sign;
        let a = f32::from_bits(x.to_bits() ^ sign);
        let z = x * x;
        let mut p = self.tanh[0];
        p = p * z + self.tanh[1];
        p = p * z + self.tanh[2];
        p = p * z + self.tanh[3];
        p = p * z + self.tanh[4];
        let near = p * z * x + x;
        let clamped = if a > self.far { self.far } else { a };
        let (q, shifted) = self.parts(clamped + clamped);
        let s = scale(shifted);
        let far = self.one - self.two / (s * q + (s + self.one));
        let far = f32::from_bits(far.to_bits() ^ sign);
        if a < self.near { near } else { far }
    }

    /// 1 / (1 + e^-x). With e = e^-|x|: 1 / (1 + e), or e / (1 + e) for negative x, where the rounding error of 1 + e is
    /// subtracted from e as well. 0 below -87.68.
    #[inline(always)]
    pub fn sigmoid(&self, x: f32) -> f32 {
        let a = f32::from_bits(x.to_bits() | self.sign);
        let (q, shifted) = self.parts(if a < self.lowest { self.lowest } else { a });
        let s = scale(shifted);
        let e = s * q + s;
        let sum = self.one + e;
        let error = e - (sum - self.one);
        let negative = (self.one + (q - error)) * s;
        (if x < 0.0 { negative } else { self.one }) / sum
    }

    /// As [`Curves::held`], for [`Curves::exp_falling`] only.
    #[inline(always)]
    pub fn held_falling() -> Curves {
        let curves = Curves::held();
        let round = curves.round + 64.0;
        Curves { round, ..curves }
    }

    /// e^x with the bits of [`exp`], for x up to 0: there 2^(n + 64) is a normal float, so that 2^n needs no halves.
    #[inline(always)]
    pub fn exp_falling(&self, x: f32) -> f32 {
        let (q, shifted) = self.parts(if x < self.least { self.least } else { x });
        (q + self.one) * scale(shifted) * self.small
    }

    /// ln(1 + e^x), without overflow.
    #[inline(always)]
    pub fn softplus(&self, x: f32) -> f32 {
        let positive = if x > 0.0 { x } else { 0.0 };
        positive + ln_1p(exp(-x.abs()))
    }
}

/// 2^n from [`Curves::parts`], for -127 <= n <= 127; 0 for -127.
#[inline(always)]
fn scale(shifted: f32) -> f32 {
    f32::from_bits(shifted.to_bits() << 23)
}

/// n from [`Curves::parts`] as a sum of two halves, so that 2^n is a product of two normal floats.
#[inline(always)]
fn halves(shifted: f32) -> (i32, i32) {
    let n = shifted.to_bits().wrapping_sub(CURVES.round.to_bits()) as i32;
    let half = n >> 1;
    (half, n.wrapping_sub(half))
}

/// Clamps `x` to the range beyond which e^x is 0 or infinite. NaN stays NaN.
#[inline(always)]
fn within_range(x: f32) -> f32 {
    let x = if x > 89.0 { 89.0 } else { x };
    if x < -104.0 { -104.0 } else { x }
}

/// e^x. Overflows to infinity above 88.72, underflows gradually to 0 below -103.97.
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    let (q, shifted) = CURVES.parts(within_range(x));
    let (half, rest) = halves(shifted);
    (q + 1.0) * power_of_two(half) * power_of_two(rest)
}

/// e^x - 1 without cancellation near 0: as [`exp`], with 1 subtracted before the last product.
#[inline(always)]
pub fn expm1(x: f32) -> f32 {
    let (q, shifted) = CURVES.parts(within_range(x));
    let (half, rest) = halves(shifted);
    let first = power_of_two(half);
    (q * first + (first - power_of_two(rest.wrapping_neg()))) * power_of_two(rest)
}

/// The error function, 2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x.
///
/// N. Juffa's two polynomials: erf near 0, ln(1 - erf) beyond.
#[inline(always)]
pub fn erf(x: f32) -> f32 {
    let a = x.abs();
    let s = x * x;
    let mut near = -5.967_617_03e-4;
    near = near * s + 4.991_194_23e-3;
    near = near * s - 2.676_813_49e-2;
    near = near * s + 1.128_199_25e-1;
    near = near * s - 3.761_253_36e-1;
    near = near * s + 1.283_791_66e-1;
    let near = near * x + x;
    let u = -3.883_964_38e-3 * a + 2.425_462_19e-2;
    let mut far = -1.728_534_7e-5 * a + 3.831_971_26e-4;
    far = far * s + u;
    far = far * a - 1.067_778_77e-1;
    far = far * a - 6.348_468_87e-1;
    far = far * a - 1.287_175_12e-1;
    let far = 1.0 - exp(far * a - a);
    let far = if a > 4.0 { 1.0 } else { far };
    let far = if x < 0.0 { -far } else { far };
    if a > 0.921_875 { far } else { near }
}

#[inline(always)]
fn power_of_two(n: i32) -> f32 {
    f32::from_bits((n.wrapping_add(127) as u32) << 23)
}

/// Natural logarithm; -infinity at 0, NaN below. From Cephes' `logf`.
#[inline(always)]
pub fn ln(x: f32) -> f32 {
    // Scales subnormal numbers into the normal range.
    let tiny = x < f32::MIN_POSITIVE;
    let scaled = if tiny { x * 8_388_608.0 } else { x };
    let bias = if tiny { 126.0 + 23.0 } else { 126.0 };
    let bits = scaled.to_bits();
    let mut e = ((bits >> 23) & 0xff) as f32 - bias;
    let mut m = f32::from_bits((bits & 0x007f_ffff) | 0x3f00_0000); // in [0.5, 1)
    let low = m < core::f32::consts::FRAC_1_SQRT_2;
    e -= if low { 1.0 } else { 0.0 };
    m = if low { m + m - 1.0 } else { m - 1.0 };
    let z = m * m;
    let mut p = 7.037_683_63e-2;
    p = p * m - 1.151_461_03e-1;
    p = p * m + 1.167_699_87e-1;
    p = p * m - 1.242_014_08e-1;
    p = p * m + 1.424_932_28e-1;
    p = p * m - 1.666_805_77e-1;
    p = p * m + 2.000_071_48e-1;
    p = p * m - 2.499_999_40e-1;
    p = p * m + 3.333_333_12e-1;
    let mut y = p * m * z;
    y += e * -2.121_944_4e-4;
    y -= 0.5 * z;
    let y = m + y + e * 0.693_359_375;
    let y = if x == 0.0 { f32::NEG_INFINITY } else { y };
    let y = if x < 0.0 { f32::NAN } else { y };
    if x < f32::INFINITY { y } else { x } // infinity and NaN
}

/// ln(1 + x) without cancellation near 0, for x > -1: ln u of the rounded u = 1 + x, plus a correction for the rounding.
#[inline(always)]
pub fn ln_1p(x: f32) -> f32 {
    let u = 1.0 + x;
    let y = ln(u) + (x - (u - 1.0)) / u;
    if x < f32::INFINITY { y } else { x }
}

/// Hyperbolic tangent of a single number. Loops use [`Curves::held`], as for [`sigmoid`] and [`softplus`].
pub fn tanh(x: f32) -> f32 {
    CURVES.tanh(x)
}

/// 1 / (1 + e^-x).
pub fn sigmoid(x: f32) -> f32 {
    CURVES.sigmoid(x)
}

/// ln(1 + e^x), without overflow.
pub fn softplus(x: f32) -> f32 {
    CURVES.softplus(x)
}

/// Sine of an angle in radians.
pub fn sin(x: f32) -> f32 {
    quarter(x, 0)
}

/// Cosine of an angle in radians.
pub fn cos(x: f32) -> f32 {
    quarter(x, 1)
}

/// sin(x + turns pi/2): reduces x by multiples of pi/2 (in two parts, the first of 25 bits, so that its multiples are exact)
/// and evaluates the series of the remainder. Beyond 2^28, where adjacent f32 are several turns apart, x counts as 0.
fn quarter(x: f32, turns: i64) -> f32 {
    const PI_2: [f64; 2] = [1.570_796_310_901_641_8, 1.589_325_477_352_819_7e-8];
    let x = match f64::from(x) {
        near if near.abs() < 268_435_456.0 => near,
        far if far.is_finite() => 0.0,
        _ => f64::NAN,
    };
    let quarters = (x * std::f64::consts::FRAC_2_PI).round_ties_even();
    let y = x - quarters * PI_2[0] - quarters * PI_2[1];
    let z = y * y;
    let turned = quarters as i64 + turns;
    let value = if turned & 1 == 0 {
        let tail = -0.000_198_393_348_360_966_32 + z * 0.000_002_718_311_493_989_822;
        let s = z * y;
        (y + s * (-0.166_666_666_416_265_24 + z * 0.008_333_329_385_889_463)) + s * (z * z) * tail
    } else {
        let tail = -0.001_388_676_377_460_993 + z * 0.000_024_390_448_796_277_41;
        let w = z * z;
        ((1.0 + z * -0.499_999_997_251_031) + w * 0.041_666_623_323_739_06) + (w * z) * tail
    };
    let value = value as f32;
    if turned & 2 == 0 { value } else { -value }
}

/// Natural logarithm in double precision, relative error about 1e-15. -infinity at 0, NaN below.
pub fn ln_f64(x: f64) -> f64 {
    if x == 0.0 {
        return f64::NEG_INFINITY;
    }
    if !(x > 0.0 && x < f64::INFINITY) {
        return if x > 0.0 { x } else { f64::NAN };
    }
    let (scaled, bias) = if x < f64::MIN_POSITIVE {
        (x * 18_014_398_509_481_984.0, 1023 + 54)
    } else {
        (x, 1023)
    };
    let bits = scaled.to_bits();
    let mut e = (bits >> 52) as i64 - bias;
    let mut m = f64::from_bits((bits & ((1 << 52) - 1)) | (1023 << 52)); // in [1, 2)
    if m > core::f64::consts::SQRT_2 {
        m *= 0.5;
        e += 1;
    }
    // ln m = 2 artanh((m - 1) / (m + 1)), by its series.
    let s = (m - 1.0) / (m + 1.0);
    let z = s * s;
    let mut sum = 0.0;
    for k in (0..11u32).rev() {
        sum = sum * z + 1.0 / f64::from(2 * k + 1);
    }
    2.0 * s * sum + e as f64 * core::f64::consts::LN_2
}

/// e^x in double precision, relative error about 1e-15.
pub fn exp_f64(x: f64) -> f64 {
    if !(x > -745.0 && x < 709.8) {
        return match x {
            _ if x >= 709.8 => f64::INFINITY,
            _ if x <= -745.0 => 0.0,
            _ => x,
        };
    }
    let n = (x * core::f64::consts::LOG2_E).round();
    let r = (x - n * 6.931_471_803_691_238e-1) - n * 1.908_214_929_270_587_7e-10;
    let mut sum = 1.0;
    for k in (1..15u32).rev() {
        sum = 1.0 + r / f64::from(k) * sum;
    }
    let power = |n: i64| f64::from_bits(((n + 1023) as u64) << 52);
    let n = n as i64;
    sum * power(n / 2) * power(n - n / 2)
}

/// base^exponent, computed in double precision and rounded once. NaN for a negative base and a fractional exponent;
/// 0^0 is 1.
pub fn pow(base: f32, exponent: f32) -> f32 {
    match (base, exponent) {
        (_, 0.0) | (1.0, _) => return 1.0,
        (_, 1.0) => return base,
        (_, 2.0) => return base * base,
        _ => {}
    }
    let whole = exponent == exponent.trunc();
    let size = if whole { base.abs() } else { base };
    let power = exp_f64(f64::from(exponent) * ln_f64(f64::from(size))) as f32;
    if base < 0.0 && exponent * 0.5 != (exponent * 0.5).trunc() {
        -power
    } else {
        power
    }
}

/// base^n by repeated squaring, rounded once at the end.
pub fn power(base: f32, n: u64) -> f32 {
    powers([base], n)[0]
}

/// As [`power`], for several bases at once, without a branch on the bits of n.
pub fn powers<const N: usize>(bases: [f32; N], mut n: u64) -> [f32; N] {
    let (mut squares, mut products) = (bases.map(f64::from), [1.0f64; N]);
    while n > 0 {
        for (square, product) in squares.iter_mut().zip(&mut products) {
            *product *= if n & 1 == 1 { *square } else { 1.0 };
            *square *= *square;
        }
        n >>= 1;
    }
    products.map(|product| product as f32)
}

/// Natural logarithm, rounded once from f64, so that quotients of logarithms that should be integers are.
pub fn ln_exact(x: f32) -> f32 {
    libm::log(f64::from(x)) as f32
}
