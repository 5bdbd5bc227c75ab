//! Begg and Mazumdar's rank test for funnel asymmetry.
//!
//! Begg & Mazumdar (1994), *Biometrics* 50:1088: Kendall's τ-b between the effects, each less the
//! equal-effects average and over the standard error of that difference, and their variances. Without
//! ties and under 50 results p is exact (the counts of inversions); otherwise normal, with the variance
//! that ties leave (Kendall 1970, *Rank Correlation Methods*). Reference: `rr_ranktest` of
//! `meta_bcg.json` and the like.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::super::average::{Datum, average};
use crate::count::{count, nearest};
use crate::distributions::{OutOfDomain, two_sided_p};

/// Below this many results without ties, p is exact.
const EXACT_BELOW: usize = 50;

/// A rank correlation of effects and variances.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Begg {
    /// Kendall's τ-b, −1 to 1: above zero where small trials find higher effects.
    pub tau: f64,
    /// Two-sided.
    pub p_value: f64,
    /// Whether p was counted out.
    pub exact: bool,
}

/// The rank test; None under three results or where all are of one size.
pub(super) fn begg(data: &[Datum]) -> Result<Option<Begg>, OutOfDomain> {
    let at = average(data, 0.0);
    let standardised: Vec<f64> = data
        .iter()
        .map(|d| (d.y - at.mean) / (d.v - 1.0 / at.sum_w).sqrt())
        .collect();
    let variances: Vec<f64> = data.iter().map(|d| d.v).collect();
    if data.len() < 3 || standardised.iter().any(|x| !x.is_finite()) {
        return Ok(None);
    }
    let n = count(data.len());
    let mut s: i64 = 0;
    for (i, (x, v)) in standardised.iter().zip(&variances).enumerate() {
        for (z, u) in standardised.iter().zip(&variances).skip(i + 1) {
            s += sign(x.total_cmp(z)) * sign(v.total_cmp(u));
        }
    }
    let s = signed(s);
    let (x, y) = (Ties::of(&standardised), Ties::of(&variances));
    let pairs = 0.5 * n * (n - 1.0);
    let comparable = ((pairs - x.pairs) * (pairs - y.pairs)).sqrt();
    if comparable <= 0.0 {
        return Ok(None);
    }
    let exact = x.pairs + y.pairs == 0.0 && data.len() < EXACT_BELOW;
    let p_value = if exact {
        counted_out(data.len(), 0.5 * (s + pairs))
    } else {
        let variance = (n * (n - 1.0) * (2.0 * n + 5.0) - x.cubic - y.cubic) / 18.0
            + 2.0 * x.pairs * y.pairs / (n * (n - 1.0))
            + x.triples * y.triples / (9.0 * n * (n - 1.0) * (n - 2.0));
        two_sided_p(s / variance.sqrt(), None)?
    };
    Ok(Some(Begg {
        tau: s / comparable,
        p_value,
        exact,
    }))
}

/// What groups of equal values take away.
struct Ties {
    /// `Σ t (t − 1) / 2`.
    pairs: f64,
    /// `Σ t (t − 1)(2t + 5)`.
    cubic: f64,
    /// `Σ t (t − 1)(t − 2)`.
    triples: f64,
}

impl Ties {
    fn of(values: &[f64]) -> Self {
        let mut groups: BTreeMap<u64, f64> = BTreeMap::new();
        for value in values {
            *groups.entry((value + 0.0).to_bits()).or_default() += 1.0;
        }
        let sum = |f: fn(f64) -> f64| groups.values().map(|t| f(*t)).sum();
        Self {
            pairs: sum(|t| t * (t - 1.0) / 2.0),
            cubic: sum(|t| t * (t - 1.0) * (2.0 * t + 5.0)),
            triples: sum(|t| t * (t - 1.0) * (t - 2.0)),
        }
    }
}

fn sign(order: Ordering) -> i64 {
    match order {
        Ordering::Less => -1,
        Ordering::Equal => 0,
        Ordering::Greater => 1,
    }
}

fn signed(s: i64) -> f64 {
    let size = crate::count::count_u64(s.unsigned_abs());
    if s < 0 { -size } else { size }
}

/// Two-sided p of a number of concordant pairs, by the number of orders of n that have so many.
fn counted_out(n: usize, concordant: f64) -> f64 {
    // The share of orders with each number of inversions: the uniform numbers 0 … i − 1, added up.
    let mut shares = vec![1.0];
    for i in 2..=n {
        let mut next = vec![0.0; shares.len() + i - 1];
        for (at, share) in shares.iter().enumerate() {
            for place in next.iter_mut().skip(at).take(i) {
                *place += share / count(i);
            }
        }
        shares = next;
    }
    let at = usize::try_from(nearest(concordant)).unwrap_or(usize::MAX);
    let lower: f64 = shares.iter().take(at.saturating_add(1)).sum();
    let upper: f64 = shares.iter().skip(at).sum();
    (2.0 * lower.min(upper)).min(1.0)
}
