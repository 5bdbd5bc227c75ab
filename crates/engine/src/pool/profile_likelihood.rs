//! Limits for the variance between places, by profiling the likelihood.
//!
//! Hardy & Thompson (1996), *Statistics in Medicine* 15:619: the τ² at which twice the log-likelihood
//! (restricted for REML, the ordinary one for every other method) has fallen from its top by the χ²₁
//! quantile. Reference: `rr_ML_confint_PL` of `meta_bcg.json` and the like.

use super::model::Model;
use super::{Heterogeneity, maximum_likelihood, reml};
use crate::distributions::{OutOfDomain, chi2_quantile};

/// The interval of τ² at `level`; None where no degree of freedom is left.
pub(super) fn interval<M: Model>(
    model: &M,
    method: Heterogeneity,
    level: f64,
) -> Result<Option<(f64, f64)>, OutOfDomain> {
    if model.freedom() <= 0.0 {
        return Ok(None);
    }
    let (top, log_likelihood): (f64, fn(&M, f64) -> f64) = match method {
        Heterogeneity::Reml => (reml::tau2(model), reml::log_likelihood::<M>),
        _ => (
            maximum_likelihood::tau2(model),
            maximum_likelihood::log_likelihood::<M>,
        ),
    };
    let bar = log_likelihood(model, top) - 0.5 * chi2_quantile(level, 1.0)?;
    let inside = |tau2: f64| log_likelihood(model, tau2) >= bar;
    let lower = if inside(0.0) {
        0.0
    } else {
        edge(inside, top, 0.0)
    };
    let mut beyond = model.smallest_v().max(2.0 * top);
    while inside(beyond) {
        beyond *= 2.0;
    }
    Ok(Some((lower, edge(inside, top, beyond))))
}

/// Where a stretch that holds `within` and not `beyond` ends, to the resolution of a double.
fn edge(inside: impl Fn(f64) -> bool, mut within: f64, mut beyond: f64) -> f64 {
    loop {
        let middle = within + (beyond - within) / 2.0;
        let done = (beyond - within).abs() <= 1e-13 * within.max(beyond);
        if done || middle == within || middle == beyond {
            return middle;
        }
        if inside(middle) {
            within = middle;
        } else {
            beyond = middle;
        }
    }
}
