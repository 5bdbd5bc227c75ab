//! The F distribution.

use super::incomplete::{beta_factor, beta_regularised, solve_either};
use super::{Answer, degrees, finite, number, probability};

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
