//! How much each result moves the average: leave-one-out diagnostics.
//!
//! Who may call this: [`super::pool`]. What must stay true: each study costs a constant amount of work
//! once [`super::series::without_each`] has the averages without it.
//!
//! Viechtbauer & Cheung (2010), *Research Synthesis Methods* 1:112, with the figures of metafor's
//! `influence()`. Reference: `rr_influence_REML` of `meta_bcg.json` and the like.

use serde::{Deserialize, Serialize};

use super::average::{Datum, average};
use super::hksj::Inferred;
use super::series::Without;

/// What one result does to the average; (−i) marks what the others say without it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Influence {
    /// The study.
    pub label: String,
    /// `(y − μ₍₋ᵢ₎) / √(v + τ²₍₋ᵢ₎ + var μ₍₋ᵢ₎)`: how far it lies from what the others predict.
    pub rstudent: f64,
    /// `(μ − μ₍₋ᵢ₎) / √(h (v + τ²₍₋ᵢ₎))`: how far the average moves with it, in standard errors.
    /// None, as [`dfbetas`](Self::dfbetas), where the others are all equal and their interval has no floor.
    pub dffits: Option<f64>,
    /// `(μ − μ₍₋ᵢ₎)² / var μ`: Cook's distance.
    pub cook_d: f64,
    /// `var μ₍₋ᵢ₎ / var μ`: below 1 the average is surer without it.
    pub cov_r: f64,
    /// τ² without it.
    pub tau2: f64,
    /// Cochran's Q without it.
    pub q: f64,
    /// Its share of the average, 0 to 1 (the hat value).
    pub hat: f64,
    /// `(μ − μ₍₋ᵢ₎)` over the standard error that μ has at `τ²₍₋ᵢ₎`.
    pub dfbetas: Option<f64>,
}

/// Each study's influence, for sorted data, in their order; labels are filled in by the caller.
pub(super) fn influence(
    data: &[Datum],
    tau2: f64,
    whole: &Inferred,
    without: &[Without],
) -> Vec<Influence> {
    let sum_w = average(data, tau2).sum_w;
    let variance = whole.standard_error.powi(2);
    data.iter()
        .zip(without)
        .map(|(d, without)| {
            let others = &without.average;
            let others_variance = others.standard_error.powi(2);
            let moved = whole.estimate - others.estimate;
            let hat = 1.0 / (d.v + tau2) / sum_w;
            // The others' weights at their own τ², and this study's added to them.
            let sum_w_then = without.sum_w + 1.0 / (d.v + without.tau2);
            let factor = others_variance * without.sum_w;
            Influence {
                label: String::new(),
                rstudent: (d.y - others.estimate) / (d.v + without.tau2 + others_variance).sqrt(),
                dffits: finite(moved / (factor * hat * (d.v + without.tau2)).sqrt()),
                cook_d: moved * moved / variance,
                cov_r: others_variance / variance,
                tau2: without.tau2,
                q: without.q,
                hat,
                dfbetas: finite(moved / (factor / sum_w_then).sqrt()),
            }
        })
        .collect()
}

fn finite(x: f64) -> Option<f64> {
    x.is_finite().then_some(x)
}
