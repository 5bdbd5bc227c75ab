//! A line through the effects and their imprecision: PET and PEESE.
//!
//! Stanley & Doucouliagos (2014), *Research Synthesis Methods* 5:60: weighted least squares of the
//! effects on their standard errors (PET) or variances (PEESE), weights `1/v`, with a dispersion of its
//! own. The intercept is what a trial without sampling error would find. Reference: `bangert_pet` and
//! `bangert_peese` of `meta_education.json`.

use serde::{Deserialize, Serialize};

use super::super::average::Datum;
use super::super::model::Model;
use super::super::regression::Regression;
use crate::distributions::{OutOfDomain, critical, two_sided_p};
use crate::evaluation::{Estimate, Interval};

/// A weighted line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// The effect where there is no sampling error.
    pub intercept: Estimate,
    /// How effects move with imprecision.
    pub slope: Estimate,
}

/// The precision-effect test; None where the line has no answer.
pub(super) fn pet(data: &[Datum], level: f64) -> Result<Option<Line>, OutOfDomain> {
    line(data, "pet", |d| d.v.sqrt(), level)
}

/// The precision-effect estimate with standard errors; None where the line has no answer.
pub(super) fn peese(data: &[Datum], level: f64) -> Result<Option<Line>, OutOfDomain> {
    line(data, "peese", |d| d.v, level)
}

/// The line through one measure of imprecision; None where it has no answer.
pub(super) fn line(
    data: &[Datum],
    name: &str,
    x: impl Fn(&Datum) -> f64,
    level: f64,
) -> Result<Option<Line>, OutOfDomain> {
    let x: Vec<f64> = data.iter().map(x).collect();
    let Ok(model) = Regression::line(data, &x, name) else {
        return Ok(None);
    };
    let fit = model.fit(0.0);
    let df = model.freedom();
    let dispersion = (fit.q / df).sqrt();
    let critical = critical(level, Some(df))?;
    let estimate = |term: &str, at: usize| {
        let estimate = fit.coefficients.get(at).copied()?;
        let error = dispersion * fit.standard_errors.get(at).copied()?;
        let statistic = estimate / error;
        let half = critical * error;
        (statistic.is_finite() && half.is_finite()).then(|| Estimate {
            method: name.to_owned(),
            term: term.to_owned(),
            estimate,
            standard_error: Some(error),
            statistic: Some(statistic),
            df: Some(df),
            p_value: two_sided_p(statistic, Some(df)).ok(),
            interval: Some(Interval {
                level,
                lower: estimate - half,
                upper: estimate + half,
            }),
            primary: false,
            note: None,
        })
    };
    Ok(estimate("intercept", 0)
        .zip(estimate("slope", 1))
        .map(|(intercept, slope)| Line { intercept, slope }))
}
