//! Counts as numbers that can be divided, and numbers as counts.
//!
//! Who may call this: every estimator. What must stay true: no count that a trial can have loses a
//! digit (a double holds every whole number up to 2^53); nothing else in the engine casts.

/// A count as a number: exact up to 2^53, far beyond any number of pupils.
#[must_use]
#[expect(
    clippy::as_conversions,
    reason = "exact for every count up to 2^53; the one place where a count becomes a float"
)]
pub fn count(n: usize) -> f64 {
    n as f64
}

/// The same for a count that is kept as u64.
#[must_use]
#[expect(
    clippy::as_conversions,
    reason = "exact for every count up to 2^53; the one place where a count becomes a float"
)]
pub fn count_u64(n: u64) -> f64 {
    n as f64
}

/// The nearest count to a number: 0 below 0 and for what is no number, the largest count beyond it.
#[must_use]
#[expect(
    clippy::as_conversions,
    reason = "rounded here, and a cast from float saturates; the one place where a float becomes a count"
)]
pub fn nearest(x: f64) -> u64 {
    x.round() as u64
}
