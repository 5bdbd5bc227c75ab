//! Paule and Mandel's estimator of the variance between places.
//!
//! Paule & Mandel (1982), *Journal of Research of the National Bureau of Standards* 87:377: the τ² at
//! which `y′Py = k − p`, what chance alone would leave; zero where τ² = 0 leaves less. `y′Py` falls as
//! τ² grows, with the slope `−y′PPy`. Reference: `rr_PM` of `meta_bcg.json` and the like.

use super::model::Model;
use super::q_profile::where_q_is;

/// τ² where the generalised Q is what it should be on average.
pub(super) fn tau2<M: Model>(model: &M) -> f64 {
    if model.freedom() <= 0.0 {
        return 0.0;
    }
    where_q_is(model, model.freedom())
}
