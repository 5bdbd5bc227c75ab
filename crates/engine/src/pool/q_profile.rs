//! Limits for the variance between places, by profiling Q.
//!
//! Viechtbauer (2007), *Statistics in Medicine* 26:37. `Q(τ²) = Σ w (y − μ)²` falls as τ² grows and
//! is χ² with k − 1 degrees of freedom at the true value, so the limits are where it passes the
//! outer quantiles.

use super::average::{Datum, average};
use super::root::bisect;
use crate::count::count;
use crate::distributions::{OutOfDomain, chi2_quantile};

/// The interval of τ² at `level`; None with fewer than two studies. Both limits are zero where even
/// τ² = 0 leaves less variation than chance would.
pub(super) fn interval(data: &[Datum], level: f64) -> Result<Option<(f64, f64)>, OutOfDomain> {
    if data.len() < 2 {
        return Ok(None);
    }
    let df = count(data.len()) - 1.0;
    let tail = (1.0 - level) / 2.0;
    Ok(Some((
        where_q_is(data, chi2_quantile(1.0 - tail, df)?),
        where_q_is(data, chi2_quantile(tail, df)?),
    )))
}

fn where_q_is(data: &[Datum], target: f64) -> f64 {
    let above = |tau2: f64| average(data, tau2).q - target;
    if above(0.0) <= 0.0 {
        return 0.0;
    }
    let mut high = data.iter().map(|d| d.v).fold(f64::INFINITY, f64::min);
    while above(high) > 0.0 {
        high *= 2.0;
    }
    bisect(above, 0.0, high)
}
