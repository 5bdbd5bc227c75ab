//! EWMA: an average that forgets, so that a small lasting step shows.
//!
//! zᵢ = λxᵢ + (1 − λ)zᵢ₋₁ from z₀ = μ; limits μ ± L σ √(λ / (2 − λ) × (1 − (1 − λ)²ⁱ)) (Roberts 1959,
//! *Technometrics* 1:239), λ = 0.2 and L = 3, σ = mR̄ / 1.128. Held to `reference/spc.json`: `…_ewma`.

/// Weight of the newest value.
pub const LAMBDA: f64 = 0.2;
/// Limits in standard deviations of the average.
pub const L: f64 = 3.0;

/// zᵢ after each value.
///
/// ```
/// use difference_engine::chart::kinds::ewma::ewma;
/// assert_eq!(ewma(&[10.0, 5.0], 0.0, 0.5), [5.0, 5.0]);
/// ```
#[must_use]
pub fn ewma(values: &[f64], centre: f64, lambda: f64) -> Vec<f64> {
    let mut z = centre;
    values
        .iter()
        .map(|value| {
            z += lambda * (value - z);
            z
        })
        .collect()
}

/// How far the limits are from the centre at the value with this number, from 0.
#[must_use]
pub fn reach(sigma: f64, lambda: f64, l: f64, number: usize) -> f64 {
    // Beyond a few hundred values the power is 0 to every digit.
    let steps = i32::try_from(number).unwrap_or(i32::MAX - 1).min(100_000) + 1;
    l * sigma * (lambda / (2.0 - lambda) * (1.0 - (1.0 - lambda).powi(2 * steps))).sqrt()
}
