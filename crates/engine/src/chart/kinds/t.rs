//! t chart: how long between two rare events.
//!
//! Times between events that come at a constant rate are exponential; y = t^(1/3.6) makes them nearly
//! normal (Nelson 1994, *Journal of Quality Technology* 26:213). An XmR chart of y is drawn, and its
//! lines are taken back, t = y^3.6 (Provost & Murray 2011). Times can't be below 0.

/// Nelson's power.
pub const POWER: f64 = 3.6;

/// y = t^(1/3.6).
#[must_use]
pub fn to_normal(time: f64) -> f64 {
    time.max(0.0).powf(1.0 / POWER)
}

/// t = y^3.6, 0 for what would be below it.
///
/// ```
/// use difference_engine::chart::kinds::t::{from_normal, to_normal};
/// assert!((from_normal(to_normal(30.0)) - 30.0).abs() < 1e-9);
/// ```
#[must_use]
pub fn from_normal(y: f64) -> f64 {
    y.max(0.0).powf(POWER)
}
