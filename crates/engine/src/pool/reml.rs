//! Restricted maximum likelihood of the variance between places.
//!
//! Viechtbauer (2005), *Journal of Educational and Behavioral Statistics* 30:261. The restricted
//! log-likelihood, up to a constant, is `−½ Σ log(v + τ²) − ½ log Σw − ½ Σ w (y − μ)²` and its slope
//! `½ [Σ w² (y − μ)² − (Σw − Σw²/Σw)]`. It can have several peaks: all of them are found by the
//! slope's changes of sign on a fine geometric grid, and the highest is taken.

use super::average::{Datum, average};
use super::root::bisect;
use crate::count::count;

/// τ² by restricted maximum likelihood, never below zero.
pub(super) fn tau2(data: &[Datum]) -> f64 {
    let lowest = data.iter().map(|d| d.y).fold(f64::INFINITY, f64::min);
    let highest = data.iter().map(|d| d.y).fold(f64::NEG_INFINITY, f64::max);
    let range2 = (highest - lowest).powi(2);
    if data.len() < 2 || range2 <= 0.0 {
        return 0.0;
    }
    let smallest_v = data.iter().map(|d| d.v).fold(f64::INFINITY, f64::min);
    // Beyond k times the squared range the slope is negative: no peak is higher up.
    let ceiling = count(data.len()) * range2;

    let mut best = (restricted_log_likelihood(data, 0.0), 0.0);
    let (mut low, mut step) = (0.0, (smallest_v * 1e-4).min(ceiling));
    while low < ceiling {
        let high = (low + step).min(ceiling);
        if slope(data, low) > 0.0 && slope(data, high) <= 0.0 {
            let peak = bisect(|t| slope(data, t), low, high);
            let height = restricted_log_likelihood(data, peak);
            if height > best.0 {
                best = (height, peak);
            }
        }
        low = high;
        step = high * 0.5;
    }
    best.1
}

/// The slope of the restricted log-likelihood, times two.
fn slope(data: &[Datum], tau2: f64) -> f64 {
    let at = average(data, tau2);
    at.q2 - at.spread
}

/// The restricted log-likelihood at `tau2`, up to a constant.
fn restricted_log_likelihood(data: &[Datum], tau2: f64) -> f64 {
    let at = average(data, tau2);
    let log_variances: f64 = data.iter().map(|d| (d.v + tau2).ln()).sum();
    -0.5 * (log_variances + at.sum_w.ln() + at.q)
}
