//! exp, ln, tanh, sigmoid ... made of `+ - * /` and bit operations only: the same bits natively, in
//! Firefox and in Chromium.
//!
//! std's functions call the platform's C library, which differs between glibc and wasm in the last
//! bit of 4 to 10 % of inputs; clippy bans them in this crate. The functions of the training path are
//! free of branches, so that a loop over a slice becomes SIMD code with the same result per number.
//! Those that only initialisers use come from the `libm` crate, which is plain Rust.
//!
//! Errors, measured over every 97th float by `tests/math.rs`, in units in the last place:
//! `exp` 0.96, `ln` 0.78, `tanh` 1.31, `sigmoid` 2.42, `ln_1p` 1.20, `expm1` 1.53,
//! `erf` 1.57; `pow` is rounded once.

#![allow(clippy::excessive_precision)] // constants are given as their sources print them

/// Adding and subtracting it rounds a float of magnitude below 2^22 to a whole number.
const ROUND: f32 = 12_582_912.0; // 1.5 * 2^23

/// e^x. Overflows to infinity above 88.72, underflows gradually to 0 below -103.97.
///
/// Cody and Waite's reduction x = n ln 2 + r, then the polynomial of Cephes' `expf`.
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    // Comparisons instead of clamp(): a NaN must pass through.
    let x = if x > 89.0 { 89.0 } else { x };
    let x = if x < -104.0 { -104.0 } else { x };
    let shifted = x * core::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let r = (x - n * 0.693_359_375) - n * -2.121_944_4e-4;
    let mut p = 1.987_569_15e-4;
    p = p * r + 1.398_199_95e-3;
    p = p * r + 8.333_451_9e-3;
    p = p * r + 4.166_579_6e-2;
    p = p * r + 1.666_666_55e-1;
    p = p * r + 5.000_000_1e-1;
    let y = p * (r * r) + r + 1.0;
    // 2^n as a product of two powers, each of which is a normal float.
    let n = shifted.to_bits().wrapping_sub(ROUND.to_bits()) as i32;
    let half = n >> 1;
    y * power_of_two(half) * power_of_two(n.wrapping_sub(half))
}

/// e^x - 1 without the loss of digits near 0. As [`exp`], the 1 taken off before the last product.
#[inline(always)]
pub fn expm1(x: f32) -> f32 {
    let x = if x > 89.0 { 89.0 } else { x };
    let x = if x < -104.0 { -104.0 } else { x };
    let shifted = x * core::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let r = (x - n * 0.693_359_375) - n * -2.121_944_4e-4;
    let mut p = 1.987_569_15e-4;
    p = p * r + 1.398_199_95e-3;
    p = p * r + 8.333_451_9e-3;
    p = p * r + 4.166_579_6e-2;
    p = p * r + 1.666_666_55e-1;
    p = p * r + 5.000_000_1e-1;
    let y = p * (r * r) + r;
    let n = shifted.to_bits().wrapping_sub(ROUND.to_bits()) as i32;
    let half = n >> 1;
    let rest = n.wrapping_sub(half);
    let first = power_of_two(half);
    (y * first + (first - power_of_two(rest.wrapping_neg()))) * power_of_two(rest)
}

/// The error function: twice the share of a normal distribution of variance 1/2 between 0 and x.
///
/// N. Juffa's two polynomials: erf itself near 0, the logarithm of 1 - erf beyond.
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

/// Natural logarithm; -infinity at 0, NaN below. After Cephes' `logf`.
#[inline(always)]
pub fn ln(x: f32) -> f32 {
    // Subnormal numbers are brought into the normal range first.
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

/// ln(1 + x) without the loss of digits near 0, for x > -1: ln u of the rounded u = 1 + x, and what the
/// rounding took away.
#[inline(always)]
pub fn ln_1p(x: f32) -> f32 {
    let u = 1.0 + x;
    let y = ln(u) + (x - (u - 1.0)) / u;
    if x < f32::INFINITY { y } else { x }
}

/// Hyperbolic tangent. After Cephes' `tanhf`.
#[inline(always)]
pub fn tanh(x: f32) -> f32 {
    let a = x.abs();
    let z = x * x;
    let mut p = -5.704_988_73e-3;
    p = p * z + 2.063_908_88e-2;
    p = p * z - 5.373_971_55e-2;
    p = p * z + 1.333_144_22e-1;
    p = p * z - 3.333_328_2e-1;
    let near = p * z * x + x;
    let far = 1.0 - 2.0 / (exp(2.0 * a) + 1.0);
    let far = if x < 0.0 { -far } else { far };
    if a < 0.625 { near } else { far }
}

/// 1 / (1 + e^-x).
#[inline(always)]
pub fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

/// ln(1 + e^x), without overflow.
#[inline(always)]
pub fn softplus(x: f32) -> f32 {
    let positive = if x > 0.0 { x } else { 0.0 };
    positive + ln_1p(exp(-x.abs()))
}

/// Sine, of an angle in radians.
pub fn sin(x: f32) -> f32 {
    quarter(x, 0)
}

/// Cosine, of an angle in radians.
pub fn cos(x: f32) -> f32 {
    quarter(x, 1)
}

/// Sine of the angle `turns` quarter turns on: takes whole quarters off (pi/2 in two parts, the first of
/// 25 bits, so that its multiples are exact), and sums the series of what is left. Beyond 2^28, where an
/// f32's neighbours lie several turns away, an angle counts as 0.
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

/// Natural logarithm in double precision, off by some 1e-15 of its size: for sums and quotients that
/// are rounded once, at the end. -infinity at 0, NaN below.
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

/// e^x in double precision, off by some 1e-15 of its size.
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

/// base^exponent, computed in double precision and rounded once; NaN where the base is negative and
/// the exponent not whole. 0^0 is 1.
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
pub fn power(base: f32, mut n: u64) -> f32 {
    let (mut square, mut product) = (f64::from(base), 1.0f64);
    while n > 0 {
        if n & 1 == 1 {
            product *= square;
        }
        square *= square;
        n >>= 1;
    }
    product as f32
}

/// Natural logarithm, rounded once from f64: for quotients of logarithms that should come out whole.
pub fn ln_exact(x: f32) -> f32 {
    libm::log(f64::from(x)) as f32
}
