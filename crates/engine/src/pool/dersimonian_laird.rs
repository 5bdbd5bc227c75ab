//! The moment estimator of the variance between places.
//!
//! DerSimonian & Laird (1986), *Controlled Clinical Trials* 7:177:
//! `τ² = max(0, (Q − (k − p)) / tr P)` with weights `w = 1/v`; without moderators p is 1 and `tr P` is
//! `Σw − Σw²/Σw`. Reference: `rr_DL` of `meta_bcg.json` and the like.

use super::model::Model;

/// τ² by the method of moments.
pub(super) fn tau2<M: Model>(model: &M) -> f64 {
    let at_zero = model.at(0.0);
    let excess = at_zero.q - model.freedom();
    if model.freedom() <= 0.0 || excess <= 0.0 {
        0.0
    } else {
        excess / at_zero.trace
    }
}
