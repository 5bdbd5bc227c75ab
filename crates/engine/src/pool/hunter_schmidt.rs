//! Hunter and Schmidt's estimator of the variance between places.
//!
//! Hunter & Schmidt (2004), *Methods of Meta-Analysis*, in the form of Viechtbauer (2005):
//! `τ² = max(0, (Q − k) / Σw)`, `w = 1/v`. It comes out too small with few places.
//! Reference: `rr_HS` of `meta_bcg.json` and the like.

use super::model::Model;
use crate::count::count;

/// τ² by Hunter and Schmidt's moments.
pub(super) fn tau2<M: Model>(model: &M) -> f64 {
    if model.freedom() <= 0.0 {
        return 0.0;
    }
    let at_zero = model.at(0.0);
    ((at_zero.q - count(model.data().len())) / at_zero.sum_w).max(0.0)
}
