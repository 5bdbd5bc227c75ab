//! Student's t distribution.

use std::f64::consts::PI;

use libm::lgamma as ln_gamma;

use super::incomplete::{beta_regularised, solve_tail, stirling_error};
use super::normal::{normal_quantile, upper_normal};
use super::{Answer, degrees, number, probability};

/// From here on the t distribution is the normal one and Fisher's first correction, to all digits.
pub(super) const NEARLY_NORMAL: f64 = 1e8;

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
