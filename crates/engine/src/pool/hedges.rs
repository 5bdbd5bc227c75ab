//! The unweighted moment estimator of the variance between places.
//!
//! Hedges & Olkin (1985), *Statistical Methods for Meta-Analysis*, chapter 9:
//! `τ² = max(0, (RSS − Σ v (1 − h)) / (k − p))`, RSS and h from ordinary least squares; without
//! moderators the variance of the effects less the mean of their sampling variances.
//! Reference: `rr_HE` of `meta_bcg.json` and the like.

use super::model::Model;

/// τ² from the spread of the effects, each counting alike.
pub(super) fn tau2<M: Model>(model: &M) -> f64 {
    let freedom = model.freedom();
    if freedom <= 0.0 {
        return 0.0;
    }
    let unweighted = model.unweighted();
    ((unweighted.squares - unweighted.noise) / freedom).max(0.0)
}
