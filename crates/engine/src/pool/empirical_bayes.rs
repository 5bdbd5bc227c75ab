//! The empirical Bayes estimator of the variance between places.
//!
//! Morris (1983), *Journal of the American Statistical Association* 78:47: the τ² at which
//! `Σ w [k/(k − p) (y − μ)² − (v + τ²)] = 0`. Since `Σ w (v + τ²) = k`, that is where `y′Py = k − p`: Paule
//! and Mandel's equation by another road (Viechtbauer et al. 2015, *Psychological Methods* 20:360).
//! Reference: `rr_EB` of `meta_bcg.json` and the like.

use super::model::Model;
use super::paule_mandel;

/// τ² by empirical Bayes.
pub(super) fn tau2<M: Model>(model: &M) -> f64 {
    paule_mandel::tau2(model)
}
