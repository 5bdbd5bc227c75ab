//! Egger's regression test for funnel asymmetry.
//!
//! Egger et al. (1997), *BMJ* 315:629: the slope of the effects on their standard errors, weights `1/v`
//! and a dispersion of its own, by t with k − 2 degrees of freedom; and Sterne & Egger's mixed form with
//! variance between places, by the normal distribution (as metafor's `regtest`). The intercept is where
//! the effects go as the standard error goes to nothing. Reference: `rr_egger_lm` and `rr_egger_rma` of
//! `meta_bcg.json` and the like.

use serde::{Deserialize, Serialize};

use super::super::Heterogeneity;
use super::super::average::Datum;
use super::super::heterogeneity::tau2;
use super::super::regression::Regression;
use super::precision_effect::line;
use crate::distributions::{OutOfDomain, critical, two_sided_p};

/// A test for funnel asymmetry.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Egger {
    /// t, or z for the mixed form: above zero where small trials find higher effects.
    pub statistic: f64,
    /// k − 2; None for the normal distribution.
    pub df: Option<f64>,
    /// Two-sided.
    pub p_value: f64,
    /// The effect as the standard error goes to nothing.
    pub limit: f64,
    /// Its lower limit.
    pub lower: f64,
    /// Its upper limit.
    pub upper: f64,
}

/// Egger's test by weighted least squares; None where the line has no answer.
pub(super) fn classical(data: &[Datum], level: f64) -> Result<Option<Egger>, OutOfDomain> {
    let line = line(data, "egger", |d| d.v.sqrt(), level)?;
    Ok(line.and_then(|line| {
        let limits = line.intercept.interval?;
        Some(Egger {
            statistic: line.slope.statistic?,
            df: line.slope.df,
            p_value: line.slope.p_value?,
            limit: line.intercept.estimate,
            lower: limits.lower,
            upper: limits.upper,
        })
    }))
}

/// Egger's test with variance between places; None where the line has no answer.
pub(super) fn mixed(
    data: &[Datum],
    method: Heterogeneity,
    level: f64,
) -> Result<Option<Egger>, OutOfDomain> {
    let errors: Vec<f64> = data.iter().map(|d| d.v.sqrt()).collect();
    let Ok(model) = Regression::line(data, &errors, "standard error") else {
        return Ok(None);
    };
    let fit = model.fit(tau2(&model, method));
    let ([limit, slope], [limit_error, slope_error]) =
        (fit.coefficients.as_slice(), fit.standard_errors.as_slice())
    else {
        return Ok(None);
    };
    let statistic = slope / slope_error;
    let half = critical(level, None)? * limit_error;
    if !statistic.is_finite() || !half.is_finite() {
        return Ok(None);
    }
    Ok(Some(Egger {
        statistic,
        df: None,
        p_value: two_sided_p(statistic, None)?,
        limit: *limit,
        lower: limit - half,
        upper: limit + half,
    }))
}
