//! Empirical Bayes: what each place's own effect most likely is, once the others are known.
//!
//! Morris (1983), *Journal of the American Statistical Association* 78:47; Raudenbush & Bryk (1985),
//! *Journal of Educational Statistics* 10:75: `(τ² y + v μ) / (τ² + v)`.

use super::average::Datum;

/// The shrunken estimate of one place.
pub(super) fn shrunken(d: Datum, tau2: f64, mean: f64) -> f64 {
    let kept = tau2 / (tau2 + d.v);
    mean + kept * (d.y - mean)
}
