//! Maximum likelihood of the variance between places.
//!
//! Hardy & Thompson (1996), *Statistics in Medicine* 15:619. The log-likelihood, profiled over the
//! average and up to a constant, is `−½ [Σ ln(v + τ²) + y′Py]` and its slope `½ [y′PPy − Σw]`. It takes
//! no account of the average being estimated, so with few places τ² comes out too small.
//! Reference: `rr_ML` of `meta_bcg.json` and the like.

use super::likelihood::{Likelihood, highest};
use super::model::Model;

/// τ² by maximum likelihood, never below zero.
pub(super) fn tau2<M: Model>(model: &M) -> f64 {
    highest(
        model,
        &Likelihood {
            height: |tau2| log_likelihood(model, tau2),
            slope: |tau2| {
                let at = model.at(tau2);
                at.q2 - at.sum_w
            },
            steepness: |tau2| {
                let (at, second) = model.steep(tau2);
                (at.q2 - at.sum_w, second.sum_w2 - 2.0 * second.q3)
            },
        },
    )
}

/// The profiled log-likelihood at `tau2`, up to a constant.
pub(super) fn log_likelihood<M: Model>(model: &M, tau2: f64) -> f64 {
    let log_variances: f64 = model.data().iter().map(|d| (d.v + tau2).ln()).sum();
    -0.5 * (log_variances + model.at(tau2).q)
}
