//! The moment estimator of the variance between places.
//!
//! DerSimonian & Laird (1986), *Controlled Clinical Trials* 7:177:
//! `τ² = max(0, (Q − (k − 1)) / (Σw − Σw²/Σw))`, `w = 1/v`.

use super::average::{Datum, average};
use crate::count::count;

/// τ² by the method of moments.
pub(super) fn tau2(data: &[Datum]) -> f64 {
    let at_zero = average(data, 0.0);
    let excess = at_zero.q - (count(data.len()) - 1.0);
    if data.len() < 2 || excess <= 0.0 {
        0.0
    } else {
        excess / at_zero.spread
    }
}
