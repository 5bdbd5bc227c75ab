//! Correlated effects ("CORR"): every place may have its own true effect, and its results are that effect seen several
//! times, with sampling errors that are all correlated by ρ.
//!
//! Who may call this: this folder. What must stay true: ρ only enters τ², so the average hardly moves with it; a
//! place weighs `1/(v̄ + τ²)` whatever the number of its results.
//!
//! With starting weights `w_j = 1/(k_j v̄_j)` and `M = (Σ w_j X_j'X_j)⁻¹`, the expectation of the weighted sum of squares Q
//! is `m − (1 − ρ) tr(M Σ w_j/k_j X_j'X_j) − ρ tr(M Σ w_j/k_j X_j'JX_j) + τ² (Σ k_j w_j − tr(M Σ w_j² X_j'JX_j))`.
//!
//! Hedges, L. V., Tipton, E. & Johnson, M. C. (2010). Robust variance estimation in meta-regression with dependent
//! effect size estimates. *Research Synthesis Methods* 1(1), 39–65. Reference: `dropout_robu_CORR` of
//! `meta_multilevel.json` and the like (robumeta).

use faer::Mat;

use super::clusters::{Cluster, Clusters};
use super::moments::{Moments, gram};
use super::sandwich::out_of_range;
use crate::count::count;
use crate::matrix::{dot, trace};
use crate::refusal::Refusal;

/// What the moments say.
#[derive(Clone, Copy, Debug)]
pub(super) struct Correlated {
    /// Variance between places.
    pub tau2: f64,
    /// Share of Q above its expectation without it, in per cent.
    pub i2: f64,
}

/// Mean sampling variance of a place.
pub(super) fn mean_variance(place: &Cluster) -> f64 {
    place.rows().map(|(v, _, _)| v / count(place.k())).sum()
}

/// τ² by moments, for a correlation `rho` from 0 to 1.
pub(super) fn correlated(clusters: &Clusters, rho: f64) -> Result<Correlated, Refusal> {
    let weight = |place: &Cluster| 1.0 / (count(place.k()) * mean_variance(place));
    let start = Moments::new(clusters, |place, _| weight(place))?;
    let p = clusters.p();
    let mut squares = 0.0;
    let (mut alone, mut together, mut spread) = (
        Mat::<f64>::zeros(p, p),
        Mat::<f64>::zeros(p, p),
        Mat::<f64>::zeros(p, p),
    );
    let mut mass = 0.0;
    for place in &clusters.places {
        let (k, w) = (count(place.k()), weight(place));
        mass += k * w;
        let mut sum = vec![0.0; p];
        for (_, z, y) in place.rows() {
            squares += w * (y - dot(z, &start.gamma)).powi(2);
            gram(&mut alone, w / k, z, z);
            for (sum, z) in sum.iter_mut().zip(z) {
                *sum += z;
            }
        }
        gram(&mut together, w / k, &sum, &sum);
        gram(&mut spread, w * w, &sum, &sum);
    }
    let expected = count(clusters.places.len())
        - (1.0 - rho) * trace(&(&start.m * alone))
        - rho * trace(&(&start.m * together));
    let slope = mass - trace(&(&start.m * spread));
    let tau2 = ((squares - expected) / slope).max(0.0);
    if !(tau2.is_finite() && slope > 0.0) {
        return Err(out_of_range());
    }
    let i2 = if squares > expected {
        100.0 * (squares - expected) / squares
    } else {
        0.0
    };
    Ok(Correlated { tau2, i2 })
}

/// The working covariance of a place: `k (v̄ + τ²) I`.
pub(super) fn working(place: &Cluster, tau2: f64) -> Mat<f64> {
    let n = place.k();
    let variance = count(n) * (mean_variance(place) + tau2);
    Mat::from_fn(n, n, |i, j| if i == j { variance } else { 0.0 })
}
