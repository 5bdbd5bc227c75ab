//! Laney's σz: how much more (or less) a share or a rate moves than chance within each denominator.
//!
//! D. B. Laney (2002), "Improved control charts for attributes", *Quality Engineering* 14:531. Each
//! value is standardised by its own binomial or Poisson standard deviation, zᵢ = (xᵢ − x̄) / σᵢ, and
//! σz = mean |zᵢ − zᵢ₋₁| / 1.128. Limits are x̄ ± 3 σᵢ σz.

use super::D2;
use crate::count::count;

/// σz of standardised values in the order of time; 1 where there are fewer than two.
#[must_use]
pub fn sigma_z(z: &[f64]) -> f64 {
    let steps = super::xmr::moving_ranges(z);
    if steps.is_empty() {
        return 1.0;
    }
    steps.iter().sum::<f64>() / count(steps.len()) / D2
}

/// Above this, σz of `points` points is more than chance: 1 + 2 standard errors, as a mean moving range
/// of n normal values has about 0.62 (n − 1) degrees of freedom (Palm & Wheeler 1990).
#[must_use]
pub fn more_than_chance(points: usize) -> f64 {
    1.0 + 2.0 / (2.0 * 0.62 * count(points.saturating_sub(1)).max(1.0)).sqrt()
}
