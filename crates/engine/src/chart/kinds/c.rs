//! c chart: how many events, where there is always the same room for them.
//!
//! c̄ ± 3 √c̄, not below 0 (Shewhart 1931). It rests on events that come independently; where their
//! variance is far above their mean (index of dispersion above 1) an XmR chart is the honest one. Held
//! to `reference/spc.json`: `cdi_c`.

use crate::count::count;

/// How far the limits are from a mean count.
///
/// ```
/// assert_eq!(difference_engine::chart::kinds::c::reach(16.0), 12.0);
/// ```
#[must_use]
pub fn reach(centre: f64) -> f64 {
    3.0 * centre.max(0.0).sqrt()
}

/// Variance over mean: 1 where events come independently; None for fewer than two counts or none above 0.
#[must_use]
pub fn dispersion(counts: &[f64]) -> Option<f64> {
    let mean = super::run::mean(counts)?;
    if counts.len() < 2 || mean <= 0.0 {
        return None;
    }
    let squares: f64 = counts.iter().map(|c| (c - mean) * (c - mean)).sum();
    Some(squares / count(counts.len() - 1) / mean)
}
