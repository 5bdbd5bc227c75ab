//! An effect with its variance from a correlation, ready to be pooled.
//!
//! Who may call this: whoever asks for a pool of results that were published as correlations or as
//! regressions. What must stay true: the effects and variances are metafor's `escalc`.
//! Reference: `cohen_escalc_zcor` and `aloe_escalc_spcor` of `meta_education.json`.

use crate::count::count_u64 as count;
use crate::refusal::Refusal;

/// Fisher's z of a correlation r from n pupils, `artanh r`, and its variance `1/(n − 3)` (Fisher 1921,
/// *Metron* 1:3).
///
/// ```
/// use difference_engine::pool::fisher_z;
/// let (z, variance) = fisher_z(0.68, 10)?;
/// assert!((z - 0.829_114).abs() < 1e-6 && (variance - 1.0 / 7.0).abs() < 1e-15);
/// # Ok::<(), difference_engine::refusal::Refusal>(())
/// ```
///
/// # Errors
/// `correlation-out-of-range` where r is not inside −1 to 1, or n is under 4.
pub fn fisher_z(r: f64, n: u64) -> Result<(f64, f64), Refusal> {
    if r.is_nan() || r.abs() >= 1.0 || n < 4 {
        return Err(out_of_range(
            "A correlation is between −1 and 1, and takes four pupils or more.",
        ));
    }
    Ok((r.atanh(), 1.0 / (count(n) - 3.0)))
}

/// The semi-partial correlation of a predictor with t statistic `t` in a regression of n pupils on
/// `predictors` columns with a multiple R² of `r2`: `t √(1 − R²) / √(n − m − 1)`, and its variance
/// `(R⁴ − 2R² + s + 1 − s²)/n` with `s = R² − r²` (Aloe & Becker 2012, *Journal of Educational and
/// Behavioral Statistics* 37:278).
///
/// # Errors
/// `correlation-out-of-range` where R² is not inside 0 to 1, or no degree of freedom is left.
pub fn semipartial_correlation(
    t: f64,
    n: u64,
    predictors: u64,
    r2: f64,
) -> Result<(f64, f64), Refusal> {
    let df = count(n) - count(predictors) - 1.0;
    if !t.is_finite() || !(0.0..1.0).contains(&r2) || df <= 0.0 {
        return Err(out_of_range(
            "The t statistic, R² and the number of pupils and predictors do not fit together.",
        ));
    }
    let r = t * ((1.0 - r2) / df).sqrt();
    let rest = r2 - r * r;
    let variance = (r2 * r2 - 2.0 * r2 + rest + 1.0 - rest * rest) / count(n);
    if variance <= 0.0 {
        return Err(out_of_range(
            "The t statistic is larger than this R² can carry.",
        ));
    }
    Ok((r, variance))
}

fn out_of_range(says: &str) -> Refusal {
    Refusal::new(
        "correlation-out-of-range",
        says,
        "Check the figures against the published table.",
    )
}
