//! The χ² distribution.

use std::f64::consts::PI;

use super::incomplete::{deviance_part, gamma_regularised, solve_either, stirling_error};
use super::normal::normal_quantile;
use super::{Answer, degrees, finite, number, probability};

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
        (-stirling_error(a) - deviance_part(a, h, a - h)).exp() / (2.0 * PI * a).sqrt() * a / x
    };
    Ok(solve_either(
        |x| gamma_regularised(a, 0.5 * x),
        density,
        p,
        start,
    ))
}
