//! The distributions that every judgement rests on: normal, t, χ², F and the noncentral t.
//!
//! Who may call this: everybody in the engine; nobody keeps a second copy. What must stay true: no
//! NaN comes out. An argument outside a function's domain is a typed error, [`OutOfDomain`].
//!
//! Digits: the error function and ln Γ are those of `statrs`. Its incomplete beta and gamma
//! functions lose digits from a few thousand degrees of freedom on (they subtract large logarithms
//! and stop after 140 terms), so the tails here are computed with Loader's saddle-point form of the
//! leading factor (Loader 2000, "Fast and accurate computation of binomial probabilities") and
//! continued fractions run until they settle. Quantiles are polished with Newton steps. The tests
//! hold all of it to 12 digits against values computed with 40 digits.
//!
//! ```
//! use difference_engine::distributions::{t_quantile, t_two_sided};
//! let t = t_quantile(0.975, 10.0)?;
//! assert!((t - 2.228138851986274).abs() < 1e-12);
//! assert!((t_two_sided(t, 10.0)? - 0.05).abs() < 1e-12);
//! # Ok::<(), difference_engine::distributions::OutOfDomain>(())
//! ```

use std::f64::consts::{PI, SQRT_2};

use statrs::function::erf::{erfc, erfc_inv};
use statrs::function::gamma::ln_gamma;

use crate::refusal::Refusal;

/// An argument for which a distribution has no value.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{function}: {argument} = {value} is outside its domain")]
pub struct OutOfDomain {
    /// The function that was asked, such as `t_quantile`.
    pub function: &'static str,
    /// The argument's name.
    pub argument: &'static str,
    /// The value that was given.
    pub value: f64,
}

impl From<OutOfDomain> for Refusal {
    fn from(error: OutOfDomain) -> Self {
        Self::new(
            "out-of-domain",
            format!("A probability could not be worked out ({error})."),
            "Check that each group has at least two pupils and that their scores differ.",
        )
    }
}

type Answer = Result<f64, OutOfDomain>;

fn finite(function: &'static str, argument: &'static str, value: f64) -> Answer {
    if value.is_finite() {
        Ok(value)
    } else {
        Err(OutOfDomain {
            function,
            argument,
            value,
        })
    }
}

fn number(function: &'static str, argument: &'static str, value: f64) -> Answer {
    if value.is_nan() {
        Err(OutOfDomain {
            function,
            argument,
            value,
        })
    } else {
        Ok(value)
    }
}

/// Degrees of freedom: above 0; infinity is allowed and means the limiting distribution.
fn degrees(function: &'static str, argument: &'static str, value: f64) -> Answer {
    if value > 0.0 {
        Ok(value)
    } else {
        Err(OutOfDomain {
            function,
            argument,
            value,
        })
    }
}

fn probability(function: &'static str, value: f64) -> Answer {
    if value > 0.0 && value < 1.0 {
        Ok(value)
    } else {
        Err(OutOfDomain {
            function,
            argument: "p",
            value,
        })
    }
}

// --- normal ----------------------------------------------------------------------------------

fn upper_normal(x: f64) -> f64 {
    0.5 * erfc(x / SQRT_2)
}

/// Density of the standard normal distribution.
///
/// # Errors
/// When `x` is not a number.
pub fn normal_density(x: f64) -> Answer {
    let x = number("normal_density", "x", x)?;
    Ok((-0.5 * x * x).exp() / (2.0 * PI).sqrt())
}

/// P(Z ≤ x).
///
/// # Errors
/// When `x` is not a number.
pub fn normal_cdf(x: f64) -> Answer {
    Ok(upper_normal(-number("normal_cdf", "x", x)?))
}

/// P(Z > x).
///
/// # Errors
/// When `x` is not a number.
pub fn normal_upper(x: f64) -> Answer {
    Ok(upper_normal(number("normal_upper", "x", x)?))
}

/// The x with P(Z ≤ x) = p.
///
/// # Errors
/// When p is not strictly between 0 and 1.
pub fn normal_quantile(p: f64) -> Answer {
    let p = probability("normal_quantile", p)?;
    let tail = p.min(1.0 - p);
    // Distance of the quantile from 0, then Newton on the tail, which keeps its digits.
    let mut x = SQRT_2 * erfc_inv(2.0 * tail);
    for _ in 0..3 {
        let density = (-0.5 * x * x).exp() / (2.0 * PI).sqrt();
        if density == 0.0 {
            break;
        }
        let step = (upper_normal(x) - tail) / density;
        // Halley's correction: the density's slope is −x·density.
        x += step / (1.0 - 0.5 * x * step);
    }
    Ok(if p < 0.5 { -x } else { x })
}

// --- incomplete beta and gamma ---------------------------------------------------------------

/// Error of Stirling's formula: ln Γ(n + 1) − (n + ½) ln n + n − ½ ln 2π.
fn stirling_error(n: f64) -> f64 {
    if n < 10.0 {
        return ln_gamma(n + 1.0) - (n + 0.5) * n.ln() + n - 0.5 * (2.0 * PI).ln();
    }
    let s = 1.0 / (n * n);
    let terms = [
        -3617.0 / 122_400.0,
        1.0 / 156.0,
        -691.0 / 360_360.0,
        1.0 / 1188.0,
        -1.0 / 1680.0,
        1.0 / 1260.0,
        -1.0 / 360.0,
        1.0 / 12.0,
    ];
    terms.iter().fold(0.0, |sum, term| sum * s + term) / n
}

/// Loader's deviance part x ln(x/m) + m − x, without cancellation near x = m.
fn deviance_part(x: f64, m: f64) -> f64 {
    if x == 0.0 {
        return m;
    }
    if (x - m).abs() < 0.1 * (x + m) {
        let v = (x - m) / (x + m);
        let mut sum = (x - m) * v;
        let mut power = 2.0 * x * v;
        let mut odd = 1.0;
        loop {
            power *= v * v;
            odd += 2.0;
            let next = sum + power / odd;
            if next == sum {
                return sum;
            }
            sum = next;
        }
    }
    x * (x / m).ln() + m - x
}

/// x^a · y^b / B(a, b) with y = 1 − x.
fn beta_factor(a: f64, b: f64, x: f64, y: f64) -> f64 {
    let n = a + b;
    let exponent = stirling_error(n)
        - stirling_error(a)
        - stirling_error(b)
        - deviance_part(a, n * x)
        - deviance_part(b, n * y);
    exponent.exp() * (n / (2.0 * PI * a * b)).sqrt() * a * b / n
}

/// The continued fraction of the incomplete beta function (Abramowitz & Stegun 26.5.8), by Lentz.
fn beta_fraction(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let keep = |v: f64| if v.abs() < TINY { TINY } else { v };
    let mut c = 1.0;
    let mut d = 1.0 / keep(1.0 - (a + b) * x / (a + 1.0));
    let mut h = d;
    let mut m = 1.0;
    while m < 1e6 {
        let m2 = 2.0 * m;
        let even = m * (b - m) * x / ((a - 1.0 + m2) * (a + m2));
        d = 1.0 / keep(1.0 + even * d);
        c = keep(1.0 + even / c);
        h *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + m2) * (a + 1.0 + m2));
        d = 1.0 / keep(1.0 + odd * d);
        c = keep(1.0 + odd / c);
        let change = d * c;
        h *= change;
        if (change - 1.0).abs() < 1e-16 {
            break;
        }
        m += 1.0;
    }
    h
}

/// The regularised incomplete beta function I_x(a, b) and its complement; y is 1 − x, given so that
/// neither end loses digits.
fn beta_regularised(a: f64, b: f64, x: f64, y: f64) -> (f64, f64) {
    if x <= 0.0 {
        return (0.0, 1.0);
    }
    if y <= 0.0 {
        return (1.0, 0.0);
    }
    let factor = beta_factor(a, b, x, y);
    if x < (a + 1.0) / (a + b + 2.0) {
        let lower = factor * beta_fraction(a, b, x) / a;
        (lower, 1.0 - lower)
    } else {
        let upper = factor * beta_fraction(b, a, y) / b;
        (1.0 - upper, upper)
    }
}

/// The regularised incomplete gamma functions P(a, x) and Q(a, x).
fn gamma_regularised(a: f64, x: f64) -> (f64, f64) {
    if x <= 0.0 {
        return (0.0, 1.0);
    }
    if x.is_infinite() {
        return (1.0, 0.0);
    }
    // x^a e^−x / Γ(a + 1)
    let factor = (-stirling_error(a) - deviance_part(a, x)).exp() / (2.0 * PI * a).sqrt();
    if x < a + 1.0 {
        let mut term = 1.0;
        let mut sum = 1.0;
        let mut k = a;
        while term > sum * 1e-17 {
            k += 1.0;
            term *= x / k;
            sum += term;
        }
        let lower = factor * sum;
        (lower, 1.0 - lower)
    } else {
        const TINY: f64 = 1e-300;
        let keep = |v: f64| if v.abs() < TINY { TINY } else { v };
        let mut b = x + 1.0 - a;
        let mut c = 1.0 / TINY;
        let mut d = 1.0 / keep(b);
        let mut h = d;
        let mut i = 1.0;
        while i < 1e6 {
            let an = -i * (i - a);
            b += 2.0;
            d = 1.0 / keep(an * d + b);
            c = keep(b + an / c);
            let change = d * c;
            h *= change;
            if (change - 1.0).abs() < 1e-16 {
                break;
            }
            i += 1.0;
        }
        let upper = factor * a * h;
        (1.0 - upper, upper)
    }
}

/// The x ≥ 0 at which a decreasing `tail` reaches `target`: Newton steps kept inside a bracket.
fn solve_tail(
    tail: impl Fn(f64) -> f64,
    density: impl Fn(f64) -> f64,
    target: f64,
    start: f64,
) -> f64 {
    let mut lower = 0.0;
    let mut upper = start.max(1e-8);
    while tail(upper) > target && upper < f64::MAX / 4.0 {
        lower = upper;
        upper *= 2.0;
    }
    let mut x = start.clamp(lower, upper);
    for _ in 0..200 {
        let here = tail(x);
        if here > target {
            lower = x;
        } else {
            upper = x;
        }
        let slope = density(x);
        // Newton on the logarithm of the tail: straight where tails are heavy or thin.
        let step = if slope > 0.0 && here > 0.0 {
            (here / target).ln() * here / slope
        } else {
            f64::INFINITY
        };
        let mut next = x + step;
        if !(next > lower && next < upper) {
            next = if lower == 0.0 || upper / lower > 4.0 {
                // Quantiles near 0 are found in few steps on the scale of their size.
                if lower == 0.0 {
                    upper / 16.0
                } else {
                    (lower * upper).sqrt()
                }
            } else {
                0.5 * (lower + upper)
            };
        }
        if (next - x).abs() <= 1e-16 * x.abs() || upper - lower <= 1e-16 * upper {
            return next;
        }
        x = next;
    }
    x
}

// --- Student's t -----------------------------------------------------------------------------

/// From here on the t distribution is the normal one and Fisher's first correction, to all digits.
const NEARLY_NORMAL: f64 = 1e8;

/// P(T > t) for t ≥ 0.
fn t_tail(t: f64, df: f64) -> f64 {
    if t == f64::INFINITY {
        return 0.0;
    }
    if df > NEARLY_NORMAL {
        let density = (-0.5 * t * t).exp() / (2.0 * PI).sqrt();
        let correction = if density > 0.0 {
            density * (t * t * t + t) / (4.0 * df)
        } else {
            0.0
        };
        return upper_normal(t) + correction;
    }
    let square = t * t;
    if square.is_infinite() {
        return 0.0;
    }
    let (x, y) = (df / (df + square), square / (df + square));
    0.5 * beta_regularised(0.5 * df, 0.5, x, y).0
}

fn t_density_raw(t: f64, df: f64) -> f64 {
    if df > NEARLY_NORMAL {
        return (-0.5 * t * t).exp() / (2.0 * PI).sqrt();
    }
    // Γ((ν + 1)/2)/(Γ(ν/2)√(νπ)) through Stirling errors, so that large ν keeps its digits.
    let half = 0.5 * df;
    let ratio = if df < 20.0 {
        (ln_gamma(half + 0.5) - ln_gamma(half)).exp()
    } else {
        let m = half - 0.5;
        // ln Γ(m + 1) − ln Γ(m + ½), with Γ(m + ½) = Γ((m − ½) + 1).
        let k = m - 0.5;
        (stirling_error(m) - stirling_error(k) + (m + 0.5) * (0.5 / k).ln_1p() - 0.5).exp()
            * k.sqrt()
    };
    ratio / (df * PI).sqrt() * (-(half + 0.5) * (t * t / df).ln_1p()).exp()
}

/// Density of Student's t.
///
/// # Errors
/// When `t` is not a number or `df` is not above 0.
pub fn t_density(t: f64, df: f64) -> Answer {
    let t = number("t_density", "t", t)?;
    Ok(t_density_raw(t, degrees("t_density", "df", df)?))
}

/// P(T ≤ t) of Student's t; an infinite `df` is the normal distribution.
///
/// # Errors
/// When `t` is not a number or `df` is not above 0.
pub fn t_cdf(t: f64, df: f64) -> Answer {
    t_upper(-number("t_cdf", "t", t)?, df)
}

/// P(T > t) of Student's t.
///
/// # Errors
/// When `t` is not a number or `df` is not above 0.
pub fn t_upper(t: f64, df: f64) -> Answer {
    let t = number("t_upper", "t", t)?;
    let df = degrees("t_upper", "df", df)?;
    Ok(if t >= 0.0 {
        t_tail(t, df)
    } else {
        1.0 - t_tail(-t, df)
    })
}

/// P(|T| > |t|): the two-sided p-value.
///
/// # Errors
/// When `t` is not a number or `df` is not above 0.
pub fn t_two_sided(t: f64, df: f64) -> Answer {
    let t = number("t_two_sided", "t", t)?.abs();
    Ok((2.0 * t_tail(t, degrees("t_two_sided", "df", df)?)).min(1.0))
}

/// The t with P(T ≤ t) = p.
///
/// # Errors
/// When p is not strictly between 0 and 1, or `df` is not above 0.
pub fn t_quantile(p: f64, df: f64) -> Answer {
    let p = probability("t_quantile", p)?;
    let df = degrees("t_quantile", "df", df)?;
    if df.is_infinite() {
        return normal_quantile(p);
    }
    let tail = p.min(1.0 - p);
    if tail == 0.5 {
        return Ok(0.0);
    }
    let z = normal_quantile(1.0 - tail)?;
    // Peiser's first correction as a start; the solver brackets it.
    let start = z + (z * z * z + z) / (4.0 * df.max(1.0));
    let t = solve_tail(|x| t_tail(x, df), |x| t_density_raw(x, df), tail, start);
    Ok(if p < 0.5 { -t } else { t })
}

/// The two-sided p-value of an estimate's statistic: Student's t with `df`, or the normal
/// distribution where `df` is `None`, as in [`crate::evaluation::Estimate`].
///
/// # Errors
/// As [`t_two_sided`].
pub fn two_sided_p(statistic: f64, df: Option<f64>) -> Answer {
    t_two_sided(statistic, df.unwrap_or(f64::INFINITY))
}

/// How many standard errors an interval at `level` (such as 0.95) reaches to each side.
///
/// # Errors
/// When `level` is not strictly between 0 and 1, or `df` is not above 0.
pub fn critical(level: f64, df: Option<f64>) -> Answer {
    let level = probability("critical", level)?;
    t_quantile(0.5 + 0.5 * level, df.unwrap_or(f64::INFINITY))
}

// --- χ² and F --------------------------------------------------------------------------------

/// P(X ≤ x) of χ² with `df` degrees of freedom.
///
/// # Errors
/// When `x` is not a number or `df` is not above 0 and finite.
pub fn chi2_cdf(x: f64, df: f64) -> Answer {
    let x = number("chi2_cdf", "x", x)?;
    let df = finite("chi2_cdf", "df", degrees("chi2_cdf", "df", df)?)?;
    Ok(gamma_regularised(0.5 * df, 0.5 * x).0)
}

/// P(X > x) of χ² with `df` degrees of freedom.
///
/// # Errors
/// When `x` is not a number or `df` is not above 0 and finite.
pub fn chi2_upper(x: f64, df: f64) -> Answer {
    let x = number("chi2_upper", "x", x)?;
    let df = finite("chi2_upper", "df", degrees("chi2_upper", "df", df)?)?;
    Ok(gamma_regularised(0.5 * df, 0.5 * x).1)
}

/// The x with P(X ≤ x) = p of χ².
///
/// # Errors
/// When p is not strictly between 0 and 1, or `df` is not above 0 and finite.
pub fn chi2_quantile(p: f64, df: f64) -> Answer {
    let p = probability("chi2_quantile", p)?;
    let df = finite("chi2_quantile", "df", degrees("chi2_quantile", "df", df)?)?;
    // Wilson & Hilferty 1931 as a start.
    let z = normal_quantile(p)?;
    let start = df * (1.0 - 2.0 / (9.0 * df) + z * (2.0 / (9.0 * df)).sqrt()).powi(3);
    let a = 0.5 * df;
    let density = |x: f64| {
        let h = 0.5 * x;
        (-stirling_error(a) - deviance_part(a, h)).exp() / (2.0 * PI * a).sqrt() * a / x
    };
    Ok(solve_either(
        |x| gamma_regularised(a, 0.5 * x),
        density,
        p,
        start,
    ))
}

fn f_parts(x: f64, df1: f64, df2: f64) -> (f64, f64) {
    if x <= 0.0 {
        return (0.0, 1.0);
    }
    let scaled = df1 * x;
    if scaled.is_infinite() {
        return (1.0, 0.0);
    }
    beta_regularised(
        0.5 * df1,
        0.5 * df2,
        scaled / (scaled + df2),
        df2 / (scaled + df2),
    )
}

/// P(X ≤ x) of F with `df1` and `df2` degrees of freedom.
///
/// # Errors
/// When `x` is not a number or a `df` is not above 0 and finite.
pub fn f_cdf(x: f64, df1: f64, df2: f64) -> Answer {
    let x = number("f_cdf", "x", x)?;
    let df1 = finite("f_cdf", "df1", degrees("f_cdf", "df1", df1)?)?;
    let df2 = finite("f_cdf", "df2", degrees("f_cdf", "df2", df2)?)?;
    Ok(f_parts(x, df1, df2).0)
}

/// P(X > x) of F with `df1` and `df2` degrees of freedom.
///
/// # Errors
/// When `x` is not a number or a `df` is not above 0 and finite.
pub fn f_upper(x: f64, df1: f64, df2: f64) -> Answer {
    let x = number("f_upper", "x", x)?;
    let df1 = finite("f_upper", "df1", degrees("f_upper", "df1", df1)?)?;
    let df2 = finite("f_upper", "df2", degrees("f_upper", "df2", df2)?)?;
    Ok(f_parts(x, df1, df2).1)
}

/// The x with P(X ≤ x) = p of F.
///
/// # Errors
/// When p is not strictly between 0 and 1, or a `df` is not above 0 and finite.
pub fn f_quantile(p: f64, df1: f64, df2: f64) -> Answer {
    let p = probability("f_quantile", p)?;
    let df1 = finite("f_quantile", "df1", degrees("f_quantile", "df1", df1)?)?;
    let df2 = finite("f_quantile", "df2", degrees("f_quantile", "df2", df2)?)?;
    let density = |x: f64| {
        let scaled = df1 * x;
        let (u, v) = (scaled / (scaled + df2), df2 / (scaled + df2));
        beta_factor(0.5 * df1, 0.5 * df2, u, v) / x
    };
    Ok(solve_either(|x| f_parts(x, df1, df2), density, p, 1.0))
}

/// Solves for a quantile on whichever tail is the smaller, so that neither loses digits.
fn solve_either(
    parts: impl Fn(f64) -> (f64, f64),
    density: impl Fn(f64) -> f64,
    p: f64,
    start: f64,
) -> f64 {
    if p > 0.5 {
        solve_tail(|x| parts(x).1, density, 1.0 - p, start)
    } else {
        // A rising lower tail is a falling tail of 1/x.
        let inverse = |w: f64| if w > 0.0 { 1.0 / w } else { f64::INFINITY };
        let w = solve_tail(
            |w| parts(inverse(w)).0,
            |w| density(inverse(w)) / (w * w),
            p,
            inverse(start.max(1e-8)),
        );
        inverse(w)
    }
}

// --- noncentral t ----------------------------------------------------------------------------

/// P(T ≤ t) and P(T > t) of the noncentral t: T = (Z + δ)/√(χ²_ν/ν).
///
/// Both are integrals of smooth functions that fall off at both ends, for which the trapezoidal
/// rule converges faster than any power of its step. AS 243 (Lenth 1989) sums a series that needs
/// ever more terms, and gives out past δ ≈ 37; this does not.
fn noncentral_t_parts(t: f64, df: f64, delta: f64) -> (f64, f64) {
    if df > NEARLY_NORMAL {
        // Johnson & Welch 1940: (t(1 − 1/4ν) − δ)/√(1 + t²/2ν).
        let x = (t * (1.0 - 0.25 / df) - delta) / (1.0 + t * t / (2.0 * df)).sqrt();
        return (upper_normal(-x), upper_normal(x));
    }
    if t < 0.0 {
        let (lower, upper) = noncentral_t_parts(-t, df, -delta);
        return (upper, lower);
    }
    if delta > 40.0 && t * t > 2.0 * df {
        // Over z, given which T ≤ t is a tail of χ²; the part beyond −δ is nothing here.
        let step = 0.125;
        let mut lower: f64 = 0.0;
        let mut upper: f64 = 0.0;
        let mut z: f64 = -9.0;
        while z <= 9.0 {
            let weight = (-0.5 * z * z).exp() / (2.0 * PI).sqrt() * step;
            let edge = (z + delta) / t;
            let (below, above) = gamma_regularised(0.5 * df, 0.5 * df * edge * edge);
            lower += weight * above;
            upper += weight * below;
            z += step;
        }
        return (lower.min(1.0), upper.min(1.0));
    }
    // Over u = ln √(χ²_ν/ν), given which T ≤ t is a normal tail.
    let log_factor = (2.0_f64).ln() + 0.5 * (0.25 * df / PI).ln() - ln_gamma_correction(0.5 * df);
    let weight = |u: f64| {
        // u − (e^2u − 1)/2, by its series where it would cancel.
        let body = if u.abs() < 1e-2 {
            let w = 2.0 * u;
            -0.5 * w
                * w
                * (0.5 + w * (1.0 / 6.0 + w * (1.0 / 24.0 + w * (1.0 / 120.0 + w / 720.0))))
        } else {
            u - 0.5 * (2.0 * u).exp_m1()
        };
        log_factor + df * body
    };
    let spread = (2.0 * df).sqrt();
    let step = 0.4
        / (2.0 * df + t * t.min(4.0 * delta * delta + 100.0))
            .sqrt()
            .max(2.0);
    let mut lower: f64 = 0.0;
    let mut upper: f64 = 0.0;
    let mut largest = f64::NEG_INFINITY;
    // Left from the peak, then right, until the weight is nothing.
    for direction in [-1.0, 1.0] {
        let mut u = if direction < 0.0 { 0.0 } else { step };
        loop {
            let log_weight = weight(u);
            largest = largest.max(log_weight);
            if log_weight < largest - 745.0 || (log_weight < -80.0 && u.abs() > 12.0 / spread) {
                break;
            }
            let x = t * u.exp() - delta;
            let w = log_weight.exp() * step;
            lower += w * upper_normal(-x);
            upper += w * upper_normal(x);
            u += direction * step;
        }
    }
    (lower.min(1.0), upper.min(1.0))
}

/// ln Γ(z) − (z − ½) ln z + z − ½ ln 2π.
fn ln_gamma_correction(z: f64) -> f64 {
    // Γ(z) = Γ(z + 1)/z, so the error of Stirling's formula is the same.
    stirling_error(z)
}

/// P(T ≤ t) of the noncentral t with `df` degrees of freedom and noncentrality `delta`.
///
/// # Errors
/// When `t` or `delta` is not finite or `df` is not above 0.
pub fn noncentral_t_cdf(t: f64, df: f64, delta: f64) -> Answer {
    let t = finite("noncentral_t_cdf", "t", t)?;
    let delta = finite("noncentral_t_cdf", "delta", delta)?;
    Ok(noncentral_t_parts(t, degrees("noncentral_t_cdf", "df", df)?, delta).0)
}

/// P(T > t) of the noncentral t.
///
/// # Errors
/// When `t` or `delta` is not finite or `df` is not above 0.
pub fn noncentral_t_upper(t: f64, df: f64, delta: f64) -> Answer {
    let t = finite("noncentral_t_upper", "t", t)?;
    let delta = finite("noncentral_t_upper", "delta", delta)?;
    Ok(noncentral_t_parts(t, degrees("noncentral_t_upper", "df", df)?, delta).1)
}

/// The noncentrality δ for which P(T ≤ t) = p: the limits of Cumming & Finch (2001) are those at
/// p = 0.975 (lower) and 0.025 (upper).
///
/// # Errors
/// When p is not strictly between 0 and 1, `t` is not finite, or `df` is not above 0.
pub fn noncentrality(t: f64, df: f64, p: f64) -> Answer {
    const NAME: &str = "noncentrality";
    let p = probability(NAME, p)?;
    let t = finite(NAME, "t", t)?;
    let df = degrees(NAME, "df", df)?;
    // δ from the normal approximation, then secant steps on the probit of the probability, which
    // is nearly straight in δ.
    let z = normal_quantile(p)?;
    let width = (1.0 + t * t / (2.0 * df)).sqrt();
    let probit = |delta: f64| -> f64 {
        let (lower, upper) = noncentral_t_parts(t, df, delta);
        if lower < 0.5 {
            normal_quantile(lower.max(1e-300)).unwrap_or(-37.0) - z
        } else {
            -normal_quantile(upper.max(1e-300)).unwrap_or(-37.0) - z
        }
    };
    let mut older = t - z * width;
    let mut at_older = probit(older);
    let mut newer = older + at_older * width;
    for _ in 0..60 {
        let at_newer = probit(newer);
        let slope = (at_newer - at_older) / (newer - older);
        if at_newer == 0.0 || !slope.is_finite() || slope == 0.0 {
            break;
        }
        let next = newer - (at_newer / slope).clamp(-4.0 * width, 4.0 * width);
        older = newer;
        at_older = at_newer;
        newer = next;
        if (newer - older).abs() <= 1e-14 * (1.0 + newer.abs()) {
            break;
        }
    }
    finite(NAME, "t", newer)
}
