//! Counts as numbers that can be divided.
//!
//! Who may call this: every estimator. What must stay true: no count that a trial can have loses a
//! digit (a double holds every whole number up to 2^53).

/// A count as a number: exact up to 2^53, far beyond any number of pupils.
#[must_use]
#[expect(
    clippy::as_conversions,
    reason = "exact for every count up to 2^53; the one place where a count becomes a float"
)]
pub fn count(n: usize) -> f64 {
    n as f64
}
