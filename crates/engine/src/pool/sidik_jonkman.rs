//! Sidik and Jonkman's estimator of the variance between places.
//!
//! Sidik & Jonkman (2005), *Journal of the Royal Statistical Society C* 54:367. From the crude start
//! `τ₀² = Σ (y − ȳ)² / k`, one step: `τ² = τ₀² y′Py / (k − p)` with weights `1/(v + τ₀²)`. It is above zero
//! wherever effects differ at all. Reference: `rr_SJ` of `meta_bcg.json` and the like.

use super::model::{Constant, Model};
use crate::count::count;

/// τ² in one step from the crude variance of the effects.
pub(super) fn tau2<M: Model>(model: &M) -> f64 {
    let data = model.data();
    let crude = Constant(data).unweighted().squares / count(data.len());
    if model.freedom() <= 0.0 || crude <= 0.0 {
        return 0.0;
    }
    crude * model.at(crude).q / model.freedom()
}
