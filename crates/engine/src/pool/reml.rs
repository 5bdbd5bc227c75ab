//! Restricted maximum likelihood of the variance between places.
//!
//! Viechtbauer (2005), *Journal of Educational and Behavioral Statistics* 30:261. The restricted
//! log-likelihood, up to a constant, is `−½ [Σ ln(v + τ²) + ln|X′WX| + y′Py]` and its slope
//! `½ [y′PPy − tr P]`. Reference: `rr_REML` of `meta_bcg.json` and the like.

use super::likelihood::{Likelihood, highest};
use super::model::Model;

/// τ² by restricted maximum likelihood, never below zero.
pub(super) fn tau2<M: Model>(model: &M) -> f64 {
    highest(
        model,
        &Likelihood {
            height: |tau2| log_likelihood(model, tau2),
            slope: |tau2| {
                let at = model.at(tau2);
                at.q2 - at.trace
            },
            steepness: |tau2| {
                let (at, second) = model.steep(tau2);
                (at.q2 - at.trace, second.trace2 - 2.0 * second.q3)
            },
        },
    )
}

/// The restricted log-likelihood at `tau2`, up to a constant.
pub(super) fn log_likelihood<M: Model>(model: &M, tau2: f64) -> f64 {
    let at = model.at(tau2);
    let log_variances: f64 = model.data().iter().map(|d| (d.v + tau2).ln()).sum();
    -0.5 * (log_variances + at.log_det + at.q)
}
