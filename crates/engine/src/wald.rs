//! Several coefficients at once: do any of these columns say anything?
//!
//! Who may call this: whoever has estimates with a robust covariance, the cluster-robust variances first. What must
//! stay true: the small-sample form is the one to show; the χ² and the naive F stand beside it for
//! comparison, because with few clusters they are far too sure.
//!
//! With `Q = b'V⁻¹b` over `q` coefficients, Hotelling's T² approximation says `(η − q + 1)/(ηq) · Q ~ F(q, η − q + 1)`,
//! where `η = q(q + 1)/Σ Var(ω_st)` and ω is V standardised by what it should be under the working model ("HTZ").
//! Tipton, E. & Pustejovsky, J. E. (2015). Small-sample adjustments for tests of moderators and model fit using robust
//! variance estimation in meta-regression. *Journal of Educational and Behavioral Statistics* 40(6), 604–634.
//! Reference: `ols_robust awards_wald_HTZ`.

use faer::linalg::solvers::Solve;
use faer::{Mat, Side};

use crate::count::count;
use crate::distributions::{chi2_upper, f_upper};
use crate::refusal::Refusal;

/// A test that several coefficients are all zero.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wald {
    /// F; the χ² over its degrees of freedom where the second ones are unbounded.
    pub statistic: f64,
    /// Coefficients tested.
    pub df: f64,
    /// Of the denominator; None where they are unbounded (χ²).
    pub df_denominator: Option<f64>,
    /// Upper tail.
    pub p_value: f64,
}

/// `b'V⁻¹b`, for estimates `b` with the covariance `V` (rows of numbers).
///
/// # Errors
/// `collinear` where V has no inverse: with fewer clusters than coefficients, or coefficients that repeat each other.
pub fn quadratic(estimates: &[f64], covariance: &[Vec<f64>]) -> Result<f64, Refusal> {
    let q = estimates.len();
    let value = |i: usize, j: usize| covariance.get(i).and_then(|row| row.get(j)).copied();
    // In units of each coefficient's own standard error.
    let units: Vec<f64> = (0..q)
        .map(|i| value(i, i).unwrap_or_default().sqrt())
        .collect();
    if units.iter().any(|unit| !(*unit > 0.0 && unit.is_finite())) {
        return Err(untestable());
    }
    let unit = |i: usize| units.get(i).copied().unwrap_or(1.0);
    let correlations = Mat::from_fn(q, q, |i, j| {
        value(i, j).unwrap_or_default() / (unit(i) * unit(j))
    });
    let scaled = Mat::from_fn(q, 1, |i, _| {
        estimates.get(i).copied().unwrap_or_default() / unit(i)
    });
    let cholesky = correlations.llt(Side::Lower).map_err(|_| untestable())?;
    let found = (scaled.transpose() * cholesky.solve(&scaled))
        .get(0, 0)
        .to_owned();
    if found.is_finite() && (0.0..1e14).contains(&found) {
        Ok(found)
    } else {
        Err(untestable())
    }
}

/// The χ² form, right with very many clusters.
///
/// ```
/// // 3.84 is where one coefficient's χ² reaches 5 %.
/// let wald = difference_engine::wald::chi_squared(3.841_458_820_694_124, 1)?;
/// assert!((wald.p_value - 0.05).abs() < 1e-12);
/// # Ok::<(), difference_engine::refusal::Refusal>(())
/// ```
///
/// # Errors
/// `out-of-domain` without coefficients.
pub fn chi_squared(quadratic: f64, coefficients: usize) -> Result<Wald, Refusal> {
    let df = count(coefficients);
    Ok(Wald {
        statistic: quadratic / df,
        df,
        df_denominator: None,
        p_value: chi2_upper(quadratic, df)?,
    })
}

/// The F form with some degrees of freedom in the denominator: rows less coefficients where rows are independent; clusters less
/// one is the naive form with clusters.
///
/// # Errors
/// `out-of-domain` without coefficients, or with no degrees of freedom.
pub fn f(quadratic: f64, coefficients: usize, below: f64) -> Result<Wald, Refusal> {
    let df = count(coefficients);
    Ok(Wald {
        statistic: quadratic / df,
        df,
        df_denominator: Some(below),
        p_value: f_upper(quadratic / df, df, below)?,
    })
}

/// Hotelling's T² approximation with `η` degrees of freedom ("HTZ").
///
/// ```
/// // With one coefficient it is the t-test, squared.
/// let wald = difference_engine::wald::hotelling(4.0, 1, 10.0)?;
/// let t = difference_engine::distributions::t_two_sided(2.0, 10.0)?;
/// assert!((wald.p_value - t).abs() < 1e-14);
/// # Ok::<(), difference_engine::refusal::Refusal>(())
/// ```
///
/// # Errors
/// `too-few-clusters` where η is not above the number of coefficients less one.
pub fn hotelling(quadratic: f64, coefficients: usize, eta: f64) -> Result<Wald, Refusal> {
    let q = count(coefficients);
    let below = eta - q + 1.0;
    if !(below > 0.0 && below.is_finite()) {
        return Err(Refusal::new(
            "too-few-clusters",
            format!(
                "Too few classes or schools carry {coefficients} figures at once for a test of them together."
            ),
            "Compare more of them, or fewer groups.",
        ));
    }
    let statistic = below / (eta * q) * quadratic;
    Ok(Wald {
        statistic,
        df: q,
        df_denominator: Some(below),
        p_value: f_upper(statistic, q, below)?,
    })
}

fn untestable() -> Refusal {
    Refusal::new(
        "collinear",
        "The figures can’t be told apart well enough to be tested together.",
        "Compare more classes or schools, or fewer groups.",
    )
}
