//! The confidence sequence: an interval that may be read at every look.
//!
//! Who may call this: [`super::Sequence`], and whoever keeps [`Sums`] of their own. What must stay true: it holds the
//! effects for which the mixture's e-value, taken around them, is below 1/α, and so covers at all looks together
//! with a chance of at least 1 − α where the true effect is the same everywhere.
//!
//! Robbins (1970); Howard et al. (2021): `S/V ± √(2 (1 + V g²) ln(√(1 + V g²) / α) / (V² g²))`.

use super::{Mixture, Sums};

/// Lower and upper limit at level 1 − α; None before anything has joined, when no effect is ruled out, and where α is
/// not between 0 and 1.
///
/// ```
/// use difference_engine::anytime::{Mixture, Sums, limits};
/// let mixture = Mixture::new(0.2)?;
/// let mut sums = Sums::default();
/// assert_eq!(limits(&sums, &mixture, 0.05), None);
/// sums.add(0.3, 0.01)?;
/// let (lower, upper) = limits(&sums, &mixture, 0.05).unwrap();
/// // Wider than 0.3 ± 1.96 × 0.1: the price of looking as often as one likes.
/// assert!(lower < 0.1 && 0.5 < upper);
/// # Ok::<(), difference_engine::refusal::Refusal>(())
/// ```
#[must_use]
pub fn limits(sums: &Sums, mixture: &Mixture, alpha: f64) -> Option<(f64, f64)> {
    let estimate = sums.estimate()?;
    if !(alpha > 0.0 && alpha < 1.0) {
        return None;
    }
    let vg2 = sums.information * mixture.variance();
    let reach = 0.5 * vg2.ln_1p() - alpha.ln();
    let half = (2.0 * (1.0 + vg2) * reach / vg2 / sums.information).sqrt();
    Some((estimate - half, estimate + half))
}
