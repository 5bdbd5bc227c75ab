//! g chart: how many cases between two rare events, such as school days between two accidents.
//!
//! Counts between events that come with a constant chance are geometric. With ḡ their mean, limits are
//! ḡ ± 3 √(ḡ(ḡ + 1)), not below 0 (Benneyan 2001, *Health Care Management Science* 4:305). As they
//! are skewed, runs are counted about the distribution's median, 0.693 ḡ (Provost & Murray 2011,
//! *The Health Care Data Guide*, p. 228), and only a point above the upper limit is outside.

/// The median of a geometric distribution, as a part of its mean.
pub const MEDIAN: f64 = 0.693;

/// How far the upper limit is above the mean count between events.
///
/// ```
/// assert_eq!(difference_engine::chart::kinds::g::reach(0.0), 0.0);
/// assert!((difference_engine::chart::kinds::g::reach(3.0) - 3.0 * 12.0_f64.sqrt()).abs() < 1e-12);
/// ```
#[must_use]
pub fn reach(mean: f64) -> f64 {
    3.0 * (mean.max(0.0) * (mean.max(0.0) + 1.0)).sqrt()
}
