//! Funnel: places beside each other, with limits that narrow as their denominators grow.
//!
//! Spiegelhalter (2005), "Funnel plots for comparing institutional performance", *Statistics in
//! Medicine* 24:1185. Limits at 95% and 99.8% about the share or rate of all places together: exact
//! (binomial or Poisson, interpolated, his appendix A.1), and where places differ more than chance
//! would have it, normal limits widened by √φ̂, with φ̂ the mean squared z, winsorised at 10% (his section 4.3).

use crate::count::count;
use crate::distributions::{binomial_cdf, normal_quantile, poisson_cdf};

/// The chances below the lower and upper limits: 95% limits, then 99.8%.
pub const WARNING: (f64, f64) = (0.025, 0.975);
/// 99.8% limits.
pub const ACTION: (f64, f64) = (0.001, 0.999);

/// What the counts are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counts {
    /// So many out of so many.
    Binomial,
    /// Events over a denominator that they may exceed.
    Poisson,
}

/// The share or rate that a place with denominator `n` has less than with chance `p`, by interpolation.
///
/// With r the smallest count such that P(R ≤ r) > p, it is (r − α) / n, α = (P(R ≤ r) − p) /
/// (P(R ≤ r) − P(R ≤ r − 1)).
#[must_use]
pub fn exact(counts: Counts, centre: f64, n: f64, p: f64) -> f64 {
    let cdf = |r: f64| {
        if r < 0.0 {
            return 0.0;
        }
        match counts {
            Counts::Binomial => binomial_cdf(r, n, centre),
            Counts::Poisson => poisson_cdf(r, n * centre),
        }
        .unwrap_or(1.0)
    };
    // The count is found by halving: below `low` the chance is p or less, at `high` it is more.
    let sigma = sigma(counts, centre, n) * n;
    let mut low = -1.0;
    let mut high = (n * centre + 10.0 * sigma + 20.0).floor();
    if counts == Counts::Binomial {
        high = high.min(n.floor());
    }
    while high - low > 1.0 {
        let middle = ((low + high) / 2.0).floor();
        if cdf(middle) > p {
            high = middle;
        } else {
            low = middle;
        }
    }
    let (at, before) = (cdf(high), cdf(high - 1.0));
    let alpha = if at > before {
        (at - p) / (at - before)
    } else {
        0.0
    };
    let limit = ((high - alpha) / n).max(0.0);
    match counts {
        Counts::Binomial => limit.min(1.0),
        Counts::Poisson => limit,
    }
}

/// Normal limit at chance `p`, widened by √φ̂.
#[must_use]
pub fn widened(counts: Counts, centre: f64, n: f64, p: f64, phi: f64) -> f64 {
    let z = normal_quantile(p).unwrap_or(0.0);
    let limit = (centre + z * sigma(counts, centre, n) * phi.sqrt()).max(0.0);
    match counts {
        Counts::Binomial => limit.min(1.0),
        Counts::Poisson => limit,
    }
}

/// The standard deviation that chance gives the share or rate of a denominator `n`.
#[must_use]
pub fn sigma(counts: Counts, centre: f64, n: f64) -> f64 {
    match counts {
        Counts::Binomial => super::p::sigma(centre, n),
        Counts::Poisson => super::u::sigma(centre, n),
    }
}

/// φ̂ of standardised values, those beyond the 10% quantiles at either end moved to them; None for fewer
/// than two.
#[must_use]
pub fn overdispersion(z: &[f64]) -> Option<f64> {
    if z.len() < 2 {
        return None;
    }
    let mut sorted = z.to_vec();
    sorted.sort_by(f64::total_cmp);
    let cut = z.len() / 10;
    let (low, high) = (*sorted.get(cut)?, *sorted.get(z.len() - 1 - cut)?);
    let squares: f64 = z.iter().map(|z| z.clamp(low, high).powi(2)).sum();
    Some(squares / count(z.len()))
}

/// Above this φ̂ places differ more than chance: 1 + 2 √(2/k) (a χ² of k over k).
#[must_use]
pub fn more_than_chance(places: usize) -> f64 {
    1.0 + 2.0 * (2.0 / count(places.max(1))).sqrt()
}
