//! Where the true effect of most new places would fall.
//!
//! Higgins, Thompson & Spiegelhalter (2009), *Journal of the Royal Statistical Society A* 172:137:
//! `μ ± t √(se² + τ²)`, t with k − 2 degrees of freedom beside Wald's average and k − 1 beside
//! Hartung and Knapp's (as metafor). What must stay true: with few places it covers less than its
//! level says (84 to 90 % at k = 3 to 10 in simulation), so no page calls it "19 in 20".

use super::Prediction;
use super::hksj::Inferred;
use crate::count::count;
use crate::distributions::{OutOfDomain, critical};

/// The prediction interval at `level`; None under three studies.
pub(super) fn interval(
    average: &Inferred,
    tau2: f64,
    k: usize,
    level: f64,
) -> Result<Option<Prediction>, OutOfDomain> {
    if k < 3 {
        return Ok(None);
    }
    let df = average.df.unwrap_or(count(k) - 2.0);
    let half = critical(level, Some(df))? * (average.standard_error.powi(2) + tau2).sqrt();
    Ok(Some(Prediction {
        level,
        lower: average.estimate - half,
        upper: average.estimate + half,
    }))
}
