//! Limits for the variance between places, by profiling Q.
//!
//! Viechtbauer (2007), *Statistics in Medicine* 26:37. `Q(τ²) = y′Py` falls as τ² grows and is χ² with
//! k − p degrees of freedom at the true value, so the limits are where it passes the outer quantiles.

use super::model::Model;
use super::root::falling;
use crate::distributions::{OutOfDomain, chi2_quantile};

/// The interval of τ² at `level`; None where no degree of freedom is left. Both limits are zero where
/// even τ² = 0 leaves less variation than chance would.
pub(super) fn interval<M: Model>(model: &M, level: f64) -> Result<Option<(f64, f64)>, OutOfDomain> {
    let df = model.freedom();
    if df <= 0.0 {
        return Ok(None);
    }
    let tail = (1.0 - level) / 2.0;
    Ok(Some((
        where_q_is(model, chi2_quantile(1.0 - tail, df)?),
        where_q_is(model, chi2_quantile(tail, df)?),
    )))
}

/// The τ² at which `Q(τ²)` is `target`; zero where it is smaller even at τ² = 0.
pub(super) fn where_q_is<M: Model>(model: &M, target: f64) -> f64 {
    let above = |tau2: f64| {
        let at = model.at(tau2);
        (at.q - target, -at.q2)
    };
    if above(0.0).0 <= 0.0 {
        return 0.0;
    }
    let mut high = model.smallest_v();
    while above(high).0 > 0.0 {
        high *= 2.0;
    }
    falling(above, 0.0, high)
}
